"""`armsrace compare`: several scenarios side by side against one baseline."""

from pathlib import Path
from typing import Annotated

from sim.cli.options import (
    RESULTS,
    Engine,
    Ensemble,
    Format,
    Full,
    Members,
    Overwrite,
    Prefer,
    Seed,
    Settings,
    Theories,
    Threads,
    Threshold,
    Until,
    answering,
    command_words,
    option,
)
from sim.ensembles.registry import DEFAULT_FIT
from sim.io.terminal import say

Scenarios = Annotated[str, option("Scenarios of the library (see: armsrace list), or paths of scenario files.")]
Baseline = Annotated[
    str | None,
    option(
        "What they are compared with. Default: what all of them name as compare_to, or baseline where they name different ones."
    ),
]
Since = Annotated[
    str | None,
    option(
        "First quarter of the window over which outcomes are averaged, such as 2026Q1. Default: the first in which anything differs."
    ),
]
Out = Annotated[Path | None, option("Folder to write. Default: results/compare-A-B/ below the current directory.")]


def compare(
    *scenarios: Scenarios,
    baseline: Baseline = None,
    members: Members = 1000,
    seed: Seed = 1,
    since: Since = None,
    until: Until = "2035Q4",
    settings: Settings = (),
    engine: Engine = "compiled",
    ensemble: Ensemble = DEFAULT_FIT,
    theory: Theories = None,
    prefer: Prefer = (),
    threshold: Threshold = (),
    out: Out = None,
    form: Format = "text",
    overwrite: Overwrite = False,
    threads: Threads = None,
    full: Full = False,
) -> None:
    """Compare several scenarios with one baseline, in the same simulations.

    Prints the verdict and the outcomes that move most, with serious incidents avoided; --full adds every outcome and regret: which would
    have been the better choice in each simulation, by directions that are yours to choose. Writes tables, pictures, a report and a
    manifest.
    """
    from sim.analysis.regret import Preferences
    from sim.engines.options import ALL, RunOptions
    from sim.report.comparison_text import comparison_answer, comparison_ending
    from sim.runs.comparison import chosen_scenarios
    from sim.runs.comparison_output import compare_into, document

    single_theory = None if theory == ALL else theory
    options = RunOptions(members, seed, until, engine, ensemble, single_theory, settings, threads=threads)
    base, chosen = chosen_scenarios(scenarios, baseline)
    folder = out or RESULTS / "-".join(["compare", *(scenario.id for scenario in chosen)])[:100]
    command = command_words(
        "compare", *scenarios, members=members, seed=seed, since=since, until=until, engine=engine, ensemble=ensemble, theory=theory,
        settings=settings, prefer=prefer, threshold=threshold, baseline=baseline, out=folder,
    )  # fmt: skip
    told = answering(form, lambda made: document(made, folder), lambda made: comparison_answer(made, full=full))
    with told as (progress, listener):
        compared = compare_into(
            folder, base, chosen, options, since=since, preferences=Preferences(prefer, threshold),
            overwrite=overwrite, command=command, listener=listener, progress=progress, under_all=theory == ALL,
        )  # fmt: skip
    if form == "text":
        say(*comparison_ending(compared, scenarios, folder, full=full))
