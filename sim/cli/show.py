"""`armsrace show`: what a scenario changes."""

from typing import Annotated

from sim.cli.options import Format, ScenarioRef, flag
from sim.io.terminal import emit, say

Resolved = Annotated[bool, flag("Print the whole scenario as YAML, with everything it extends. Default: changes only.")]


def show(scenario: ScenarioRef, /, *, resolved: Resolved = False, form: Format = "text") -> None:
    """Show what a scenario changes, and the sources it rests on."""
    from sim.report.scenario_text import description, resolved_text, scenario_lines
    from sim.scenario.loading import load_scenario

    chosen = load_scenario(scenario)
    base = None if chosen.compare_to is None else load_scenario(chosen.compare_to)
    if resolved and form == "text":
        say(resolved_text(chosen))
    else:
        emit(form, lambda: description(chosen, base), lambda: scenario_lines(chosen, base), indent=1)
