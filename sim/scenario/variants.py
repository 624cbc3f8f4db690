"""A variant as data files write it, one side of a comparison: a scenario of the library, or one with something laid over it."""

from dataclasses import replace
from functools import cache
from typing import Any

from pydantic import Field

from sim.io.errors import FORMAT_VERSION, InputError, Steps, place_words
from sim.io.schema import Schema
from sim.io.yaml_reader import Document
from sim.scenario.fields import Text
from sim.scenario.loading import Scenario, load_scenario, scenario_over


class Changes(Schema):
    """What is laid over a scenario, as a scenario file writes it."""

    parameters: dict[str, Any] = Field({})
    remove: list[str] = Field([])
    series: dict[str, Any] = Field({})
    events: list[Any] = Field([])


class Variant(Changes):
    """A scenario of the library with what is changed in it."""

    scenario: Text


def variant_scenario(document: Document, steps: Steps, variant: str | Variant) -> Scenario:
    """The scenario of a variant; InputError places what is wrong in the file, at the way to the variant in it."""
    try:
        base = _library(variant if isinstance(variant, str) else variant.scenario)
    except InputError as error:
        raise _placed(error, document, steps) from None
    return base if isinstance(variant, str) else with_changes(document, steps, base, variant)


def with_changes(document: Document, steps: Steps, base: Scenario, changes: Changes) -> Scenario:
    """A scenario with changes laid over it; errors as in `variant_scenario`."""
    head = {"format_version": FORMAT_VERSION, "title": base.title, "question": base.question, "extends": base.id}
    data = {**head, **changes.model_dump(exclude={"scenario"}, exclude_unset=True)}
    try:
        return scenario_over(base, document.part(steps, data))
    except InputError as error:
        raise _placed(error, document, steps) from None


def _placed(error: InputError, document: Document, steps: Steps) -> InputError:
    """The same problems, told with the full way to them in the file."""
    here = place_words(steps, document.data)
    is_inside = error.file == document.file
    problems = [
        replace(
            problem,
            where=f"{here}, {problem.where}" if problem.where else here,
            line=(problem.line if is_inside else None) or document.line(steps),
        )
        for problem in error.problems
    ]
    return InputError(document.file, problems)


@cache
def _library(ref: str) -> Scenario:
    return load_scenario(ref)
