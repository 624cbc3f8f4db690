"""One side of a comparison as data files write it: a scenario of the library, or one with something laid over it."""

from dataclasses import replace
from functools import cache
from typing import Any

from pydantic import Field

from sim.io.errors import InputError, Steps, dotted
from sim.io.yaml_reader import Document
from sim.scenario.fields import Schema, Text
from sim.scenario.loading import FORMAT_VERSION, Scenario, load_scenario, scenario_over


class ChangesFile(Schema):
    """What is laid over a scenario, as a scenario file writes it."""

    parameters: dict[str, Any] = Field({})
    remove: list[str] = Field([])
    series: dict[str, Any] = Field({})
    events: list[Any] = Field([])


class SideFile(ChangesFile):
    """A scenario of the library with what is changed in it."""

    scenario: Text


def scenario_of(document: Document, steps: Steps, side: str | SideFile) -> Scenario:
    """The scenario of a side; InputError places what is wrong in the file that the side stands in.

    steps : the way to the side in the document
    """
    try:
        base = _library(side if isinstance(side, str) else side.scenario)
    except InputError as error:
        raise _placed(error, document, steps) from None
    return base if isinstance(side, str) else changed(document, steps, base, side)


def changed(document: Document, steps: Steps, base: Scenario, changes: ChangesFile) -> Scenario:
    """A scenario with changes laid over it; errors as in `scenario_of`."""
    head = {"format_version": FORMAT_VERSION, "title": base.title, "question": base.question, "extends": base.id}
    data = {**head, **changes.model_dump(exclude={"scenario"}, exclude_unset=True)}
    try:
        return scenario_over(base, document.part(steps, data))
    except InputError as error:
        raise _placed(error, document, steps) from None


def _placed(error: InputError, document: Document, steps: Steps) -> InputError:
    """The same problems, told with the full way to them in the file."""
    here = dotted(steps)
    is_inside = error.file == document.file
    problems = [
        replace(
            problem,
            where=f"{here}.{problem.where}" if problem.where else here,
            line=(problem.line if is_inside else None) or document.line(steps),
        )
        for problem in error.problems
    ]
    return InputError(document.file, problems)


@cache
def _library(ref: str) -> Scenario:
    return load_scenario(ref)
