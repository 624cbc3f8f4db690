"""The published results of `seeds/published.yaml`, held against what the code computes today.

A comparison is one number, pair, interval or word; a result is what one publication says, with all its comparisons.
"""

import math
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from sim.data.tables import sources
from sim.io.assets import data_file
from sim.io.errors import InputError, Problem, Steps, dotted, suggestion
from sim.io.yaml_reader import Document, read_yaml, validated
from sim.validation.published_evidence import (
    insecurity_values,
    multiplier_values,
    odds_values,
    peacekeeper_values,
    rate_values,
    reaction_values,
)
from sim.validation.published_theory import (
    Given,
    Value,
    Values,
    bloc_race_values,
    budget_values,
    race_values,
    theorem_values,
)

Verdict = Literal["holds", "fails", "data only", "not judged"]

COMPUTED_BY: dict[str, Callable[[Given], Values]] = {
    "bloc_race": bloc_race_values,
    "budgets": budget_values,
    "insecurity": insecurity_values,
    "multiplier": multiplier_values,
    "odds": odds_values,
    "peacekeepers": peacekeeper_values,
    "race": race_values,
    "rate": rate_values,
    "reaction": reaction_values,
    "theorems": theorem_values,
}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class Expected(_Strict):
    """What one number of a source should be; `value` goes with `tolerance`, in the line's unit."""

    quantity: str
    unit: str
    value: float | list[float] | str | None = None
    tolerance: float | None = None
    within: list[float] | None = None
    contains: float | None = None
    above: float | None = None
    judged: bool = True
    source: str = ""
    status: Literal["", "reported", "derived", "unverified"] = ""
    note: str = ""

    @property
    def wants(self) -> bool:
        """Whether the line says what to expect, in exactly one way and completely."""
        ways = [self.value, self.within, self.contains, self.above]
        is_number = self.value is not None and not isinstance(self.value, str)
        return sum(way is not None for way in ways) == 1 and is_number == (self.tolerance is not None)


class _Part(_Strict):
    name: str
    kind: str
    given: dict[str, Any]
    lines: list[Expected]


class _Result(_Strict):
    title: str
    source: str
    locator: str
    status: Literal["reported", "derived", "unverified"]
    data_only: bool = False
    note: str = ""
    parts: list[_Part]


class _File(_Strict):
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


@dataclass(frozen=True)
class PublishedResult:
    """What one publication says, and how the code compares.

    status : of the expected numbers: reported, derived or unverified
    """

    id: str
    title: str
    source: str
    locator: str
    status: str
    data_only: bool
    note: str
    comparisons: tuple[Check, ...]

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


def applications(path: Path | None = None) -> tuple[PublishedResult, ...]:
    """The same routines on pairs of our own, for which nothing is published: shown, not judged."""
    file = _read(path or data_file("seeds", "published.yaml"))
    return tuple(_compared(id_, result) for id_, result in file.applications.items())


def _compared(id_: str, result: _Result) -> PublishedResult:
    comparisons = tuple(
        Check(part.name, line, values[line.quantity], line.status or result.status)
        for part in result.parts
        for values in [COMPUTED_BY[part.kind](part.given)]
        for line in part.lines
    )
    texts = {name: getattr(result, name) for name in ("title", "source", "locator", "status", "data_only", "note")}
    return PublishedResult(id_, comparisons=comparisons, **texts)


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
    document = read_yaml(path)
    file = validated(_File, document, _fields)
    problems = list(_problems(document, file))
    if problems:
        raise InputError(document.file, problems)
    return file


def _problems(document: Document, file: _File) -> Iterator[Problem]:
    """What the schema cannot see: unknown kinds and sources, and lines that expect nothing or two things."""
    for group, results in (("results", file.results), ("applications", file.applications)):
        for id_, result in results.items():
            yield from _source_problem(document, (group, id_, "source"), result.source)
            for place, part in enumerate(result.parts):
                yield from _part_problems(document, (group, id_, "parts", place), part)


def _part_problems(document: Document, steps: Steps, part: _Part) -> Iterator[Problem]:
    if part.kind not in COMPUTED_BY:
        message = f'nothing computes "{part.kind}"{suggestion(part.kind, COMPUTED_BY)}'
        yield _problem(document, (*steps, "kind"), message)
    for place, line in enumerate(part.lines):
        where = (*steps, "lines", place)
        yield from _source_problem(document, where, line.source or "assumed")
        if line.judged and not line.wants:
            message = "expects nothing, or two things; give a value with its tolerance, or within, contains or above"
            yield _problem(document, where, message)


def _source_problem(document: Document, steps: Steps, source: str) -> Iterator[Problem]:
    if source not in sources():
        yield _problem(document, steps, f'"{source}" is not in sources.yaml{suggestion(source, sources())}')


def _problem(document: Document, steps: Steps, message: str) -> Problem:
    return Problem(document.line(steps), dotted(steps), message)


def _fields(steps: Steps) -> tuple[str, ...]:
    """Names of the fields that are allowed where an unknown one was found."""
    models: dict[int, type[BaseModel]] = {1: _File, 3: _Result, 5: _Part}
    return tuple(models.get(len(steps), Expected).model_fields)
