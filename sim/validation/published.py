"""The published results of `seeds/published.yaml`, held against what the code computes today.

A comparison is one number, pair, interval or word; a result is what one publication says, with all its comparisons.
"""

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import model_validator

from sim.io.assets import data_file
from sim.io.schema import Schema, validated
from sim.io.yaml_reader import read_yaml
from sim.scenario.fields import Source, choice
from sim.validation import published_evidence as evidence
from sim.validation import published_theory as theory
from sim.validation.published_theory import Given, Value, Values

Verdict = Literal["holds", "fails", "data only", "not judged"]

COMPUTED_BY: dict[str, Callable[[Given], Values]] = {
    "bloc_race": theory.bloc_race_values,
    "budgets": theory.budget_values,
    "multiplier": evidence.multiplier_values,
    "odds": evidence.odds_values,
    "peacekeepers": evidence.peacekeeper_values,
    "race": theory.race_values,
    "rate": evidence.rate_values,
    "reaction": evidence.reaction_values,
}
MEETS_DATA = ("budgets", "reaction")  # computations that fit an equation to what was spent


class Expected(Schema):
    """What one number of a source should be; `value` goes with `tolerance`, in the line's unit."""

    quantity: str
    unit: str
    value: float | list[float] | str | None = None
    tolerance: float | None = None
    within: list[float] | None = None
    contains: float | None = None
    above: float | None = None
    judged: bool = True
    source: Source = ""
    status: Literal["", "reported", "derived", "unverified"] = ""
    note: str = ""

    @model_validator(mode="after")
    def _says_what_to_expect(self) -> Self:
        """In exactly one way and completely, if it is judged."""
        ways = [self.value, self.within, self.contains, self.above]
        is_number = self.value is not None and not isinstance(self.value, str)
        is_whole = sum(way is not None for way in ways) == 1 and is_number == (self.tolerance is not None)
        if self.judged and not is_whole:
            raise ValueError(
                "expects nothing, or two things; give a value with its tolerance, or within, contains or above"
            )
        return self


class _Part(Schema):
    name: str
    kind: Annotated[str, choice("a kind of computation", lambda: COMPUTED_BY)]
    given: dict[str, Any]
    lines: list[Expected]


class _Result(Schema):
    title: str
    source: Source
    locator: str
    status: Literal["reported", "derived", "unverified"]
    data_only: bool = False
    note: str = ""
    parts: list[_Part]


class _File(Schema):
    format_version: Literal[1]
    results: dict[str, _Result]
    applications: dict[str, _Result]


@dataclass(frozen=True)
class Check:
    """A line of a source, and what the code gives in its unit."""

    part: str
    line: Expected
    got: Value
    status: str

    @property
    def verdict(self) -> Verdict:
        """Whether it holds; what is not judged never fails."""
        if not self.line.judged:
            return "not judged"
        return "holds" if _is_met(self.line, self.got) else "fails"


class PublishedResult(_Result):
    """What one publication says, and how the code compares."""

    id: str
    comparisons: tuple[Any, ...]

    @property
    def meets_data(self) -> bool:
        """Whether an equation is held against figures of the world; else it is arithmetic that is compared."""
        return any(part.kind in MEETS_DATA for part in self.parts) and not self.data_only

    @property
    def verdict(self) -> Verdict:
        """Fails if any comparison fails; data that test no equation, and fits without a rival number, do not hold."""
        verdicts = {comparison.verdict for comparison in self.comparisons}
        if "fails" in verdicts:
            return "fails"
        if self.data_only:
            return "data only"
        return "holds" if "holds" in verdicts else "not judged"


def published_results(path: Path | None = None, only: Collection[str] = ()) -> tuple[PublishedResult, ...]:
    """Published results, computed now, all or only some; from the project's own file unless another is named."""
    file = _read(path or data_file("seeds", "published.yaml"))
    return tuple(_compared(id_, result) for id_, result in file.results.items() if not only or id_ in only)


def applications() -> tuple[PublishedResult, ...]:
    """The same routines on pairs of our own, for which nothing is published: shown, not judged."""
    file = _read(data_file("seeds", "published.yaml"))
    return tuple(_compared(id_, result) for id_, result in file.applications.items())


def _compared(id_: str, result: _Result) -> PublishedResult:
    comparisons = tuple(
        Check(part.name, line, values[line.quantity], line.status or result.status)
        for part in result.parts
        for values in [COMPUTED_BY[part.kind](part.given)]
        for line in part.lines
    )
    return PublishedResult.model_construct(id=id_, comparisons=comparisons, **vars(result))


def _is_met(line: Expected, got: Value) -> bool:
    """Whether a value is what a line expects. Not a number never is."""
    if isinstance(line.value, str) or isinstance(got, str):
        return got == line.value
    numbers = _numbers(got)
    if line.value is not None:
        expected = _numbers(line.value)
        tolerance = line.tolerance or 0.0
        return len(numbers) == len(expected) and all(
            abs(number - wanted) <= tolerance for number, wanted in zip(numbers, expected, strict=True)
        )
    low, high = numbers[0], numbers[-1]
    if line.within is not None:
        return line.within[0] <= low and high <= line.within[1]
    if line.contains is not None:
        return low <= line.contains <= high
    return line.above is not None and low > line.above and not math.isnan(high)


def _numbers(value: float | Sequence[float]) -> tuple[float, ...]:
    return (float(value),) if isinstance(value, int | float) else tuple(float(number) for number in value)


@cache
def _read(path: Path) -> _File:
    return validated(_File, read_yaml(path))
