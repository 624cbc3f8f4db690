"""What the ensemble is fitted to, as declared in ``calibration/moments.yaml``: figures, and how far each can be trusted.

Every moment names its figures by their ids in `seeds/`; values are read from there and never written a second time.
"""

import calendar
import hashlib
import json
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from sim.data.tables import OBSERVED_YEARS, Row, rows_by_id
from sim.io.assets import data_file
from sim.io.errors import InputError, Problem, Steps, suggestion
from sim.io.quarters import index_of, quarters_of_year
from sim.io.yaml_reader import Document, read_yaml, validated
from sim.model.distributions import Distribution, LegalRange, distribution
from sim.model.network import TURKEY, network
from sim.model.parameters import CLASSES, load_parameters
from sim.model.variables import Series, all_series

TABLES = ("figures", "events", "context")
MONTHS = 12.0
PERCENT = 100.0


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class Factor(_Strict):
    """One factor of what the model predicts: a recorded series at a time, a parameter, or a supplier's consent."""

    series: str | None = None
    actor: str = ""
    counterpart: str = ""
    at: int | str | list[str] | None = None
    parameter: str | None = None
    consent: Literal[CLASSES] | None = None  # type: ignore[valid-type]
    buyer: str = ""

    @property
    def quarters(self) -> tuple[int, ...]:
        """Quarters whose mean is meant."""
        if isinstance(self.at, list):
            first, last = (index_of(quarter) for quarter in self.at)
            return tuple(range(first, last + 1))
        if isinstance(self.at, int):
            return tuple(index_of(quarter) for quarter in quarters_of_year(self.at))
        return (index_of(str(self.at)),)

    @property
    def recorded(self) -> Series | None:
        return None if self.series is None else Series(self.series, self.actor, self.counterpart)


class _Moment(_Strict):
    what: str
    document: str
    figures: list[str]
    why: str
    remark: str = ""


class Level(_Moment):
    """A number with a relative error: the figure, or the first figure divided by the second."""

    kind: Literal["level"]
    of: list[Factor]
    against: list[Factor] = []
    divide: bool = False
    factor: float = 1.0
    error: float = Field(gt=0)


class AtLeast(_Moment):
    """A printed lower bound on a number, or on the growth of a number."""

    kind: Literal["at_least"]
    of: list[Factor]
    against: list[Factor] = []
    bound: Literal["value", "percent_more"] = "value"
    factor: float = 1.0
    error: float = Field(gt=0)


class Ordering(_Moment):
    """Which of two states of the world was the higher; several terms of a side are averaged."""

    kind: Literal["order"]
    higher: list[Factor]
    lower: list[Factor]
    error: float = Field(gt=0)


class Choice(_Moment):
    """Something was done, or was not, with the probability that the model gives it."""

    kind: Literal["choice"]
    of: list[Factor]
    done: bool


class LeadTime(_Moment):
    """Time from an order to its delivery, known as far as the two dates are printed."""

    kind: Literal["lead_time"]
    cls: Literal[CLASSES] = Field(alias="class")  # type: ignore[valid-type]
    ordered: str | None = None


class Incidents(_Moment):
    """Dates of serious incidents in a stretch of quarters."""

    kind: Literal["incidents"]
    during: list[str]

    @property
    def quarters(self) -> range:
        first, last = (index_of(quarter) for quarter in self.during)
        return range(first, last + 1)


class YearlyExports(_Moment):
    """A row of a table of yearly exports: small steady trade, and rarely large orders."""

    kind: Literal["lumpy_exports"]
    buyer: str
    factor: float = 1.0


Moment = Level | AtLeast | Ordering | Choice | LeadTime | Incidents | YearlyExports


class _Observation(_Strict):
    meaning: str
    unit: str
    prior: Any
    range: list[float]


class _NotFitted(_Strict):
    what: str
    figures: list[str]
    reason: str


class _File(_Strict):
    format_version: Literal[1]
    scenario: str
    observation: dict[str, _Observation]
    moments: dict[str, Annotated[Moment, Field(discriminator="kind")]]
    not_fitted: list[_NotFitted]


@dataclass(frozen=True)
class Moments:
    """All that is fitted.

    scenario    : library id of the history that is replayed
    observation : name -> prior of what the figures need besides the model
    moments     : id -> moment
    not_fitted  : what the sources also say, and why it is left out
    digest      : SHA-256 of the file's content and of the figures' values
    """

    scenario: str
    observation: dict[str, Distribution]
    moments: dict[str, Moment]
    not_fitted: tuple[_NotFitted, ...]
    digest: str


def figure(name: str) -> Row:
    """A row of the figures, events or context by its id; KeyError if there is none."""
    for table in TABLES:
        found = rows_by_id(table).get(name)
        if found is not None:
            return found
    raise KeyError(name)


def value_of(name: str) -> float:
    """The number of a figure."""
    return float(figure(name)["value"])


def observed_level(moment: Level) -> float:
    """The number that a level moment was observed to have, in the model's unit."""
    values = [value_of(name) for name in moment.figures]
    return moment.factor * (values[0] / values[1] if moment.divide else values[0])


def observed_bound(moment: AtLeast) -> float:
    """The bound of an at-least moment, in the model's unit."""
    value = value_of(moment.figures[0])
    return 1.0 + value / PERCENT if moment.bound == "percent_more" else moment.factor * value


def observed_lead(moment: LeadTime) -> tuple[float, float]:
    """Shortest and longest time that the dates of order and delivery leave open, in years."""
    ordered = moment.ordered or figure(moment.figures[0])["date"]
    first, last = date_span(ordered)
    earliest, latest = date_span(figure(moment.figures[-1])["date"])
    return max(0.0, earliest - last), latest - first


def observed_counts(moment: Incidents) -> tuple[int, ...]:
    """Incidents in each quarter of the stretch."""
    dates = [figure(name)["date"] for name in moment.figures]
    found = [index_of(f"{date[:4]}Q{(int(date[5:7]) + 2) // 3}") for date in dates]
    return tuple(found.count(quarter) for quarter in moment.quarters)


def observed_exports(moment: YearlyExports) -> tuple[float, ...]:
    """Exports of every year, in the model's unit."""
    return tuple(moment.factor * value_of(name) for name in moment.figures)


def date_span(text: str) -> tuple[float, float]:
    """First and last moment that a printed date can mean, in years.

    >>> date_span("2022")
    (2022.0, 2023.0)
    """
    found = _DATE.fullmatch(text)
    if found is None:
        raise ValueError(f'"{text}" is not a date such as 2023, 2023-05 or 2023-05-29')
    year, month, day = (int(part) if part else 0 for part in found.groups())
    if not month:
        return float(year), float(year + 1)
    start = year + (month - 1) / MONTHS
    if not day:
        return start, start + 1 / MONTHS
    length = calendar.monthrange(year, month)[1] * MONTHS
    return start + (day - 1) / length, start + day / length


_DATE = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")


@cache
def load_moments(path: Path | None = None) -> Moments:
    """The declared moments; InputError lists all that is wrong with the file."""
    document = read_yaml(path or data_file("calibration", "moments.yaml"))
    file = validated(_File, document, _fields)
    problems = [
        Problem(document.line(("moments", name)), f"moments.{name}", message)
        for name, moment in file.moments.items()
        for message in _faults(moment)
    ]
    observation = _observation(file, document, problems)
    if problems:
        raise InputError(document.file, problems)
    return Moments(file.scenario, observation, file.moments, tuple(file.not_fitted), _digest(document, file))


def _observation(file: _File, document: Document, problems: list[Problem]) -> dict[str, Distribution]:
    found = {}
    for name, entry in file.observation.items():
        try:
            found[name] = distribution(entry.prior, LegalRange(entry.range[0], entry.range[-1], entry.unit))
        except ValueError as error:
            problems.append(Problem(document.line(("observation", name, "prior")), f"observation.{name}", str(error)))
    return found


def _digest(document: Document, file: _File) -> str:
    used = {name: figure(name) for moment in file.moments.values() for name in moment.figures}
    rows = {name: [row.get("value", ""), row["date"]] for name, row in used.items()}
    return hashlib.sha256(json.dumps([document.data, rows], sort_keys=True).encode()).hexdigest()


def _fields(steps: Steps) -> Iterable[str]:
    if len(steps) == 1:
        return _File.model_fields
    if "moments" in steps:
        kinds = (Level, AtLeast, Ordering, Choice, LeadTime, Incidents, YearlyExports)
        inner = Factor.model_fields if any(isinstance(step, int) for step in steps) else {}
        return [*inner, *(name for kind in kinds for name in kind.model_fields)]
    return (_Observation if "observation" in steps else _NotFitted).model_fields


def _faults(moment: Moment) -> Iterable[str]:
    """What is wrong with a moment that has the right form."""
    for name in moment.figures:
        try:
            figure(name)
        except KeyError:
            known = [row for table in TABLES for row in rows_by_id(table)]
            yield f'no figure, event or context row "{name}"{suggestion(name, known)}'
            return
    factors = [one for side in ("of", "against", "higher", "lower") for one in getattr(moment, side, [])]
    for factor in factors:
        yield from _factor_faults(factor)
    try:
        yield from _value_faults(moment)
    except (ValueError, AttributeError, IndexError) as error:
        yield f"its figures cannot be read for this kind ({error})"


def _value_faults(moment: Moment) -> Iterable[str]:
    if isinstance(moment, Level) and not observed_level(moment) > 0:
        yield "its value must be above zero"
    if isinstance(moment, AtLeast) and not observed_bound(moment) > 0:
        yield "its bound must be above zero"
    if isinstance(moment, LeadTime) and not math.isfinite(sum(observed_lead(moment))):
        yield "its dates cannot be read"
    if isinstance(moment, Incidents) and sum(observed_counts(moment)) != len(moment.figures):
        yield "an incident lies outside its quarters"
    if isinstance(moment, YearlyExports):
        if moment.buyer not in network().states or moment.buyer == TURKEY:
            yield f'"{moment.buyer}" is not a buyer'
        if len(moment.figures) != len(OBSERVED_YEARS) or min(observed_exports(moment)) <= 0:
            yield f"needs one figure above zero for each year {OBSERVED_YEARS[0]}-{OBSERVED_YEARS[-1]}"


def _factor_faults(factor: Factor) -> Iterable[str]:
    if sum(one is not None for one in (factor.series, factor.parameter, factor.consent)) != 1:
        yield "each factor needs exactly one of series, parameter and consent"
    elif factor.parameter is not None and factor.parameter not in load_parameters().keys:
        yield f'unknown parameter "{factor.parameter}"{suggestion(factor.parameter, load_parameters().keys)}'
    elif factor.consent is not None and factor.buyer not in network().states:
        yield f'unknown buyer "{factor.buyer}"'
    elif factor.series is not None:
        if factor.recorded not in all_series():
            yield f"no recorded series {factor.series} {factor.actor} {factor.counterpart}".rstrip()
        try:
            _ = factor.quarters
        except (ValueError, TypeError) as error:
            yield f"`at` is not a year, a quarter or two quarters ({error})"
