"""What the ensemble is fitted to, as declared in ``calibration/moments.yaml``: figures, and how far each can be trusted.

Every moment names its figures by their ids in `seeds/`; values are read from there and never written a second time.
"""

import calendar
import hashlib
import json
import math
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from sim.data.tables import OBSERVED_YEARS, Row, rows_by_id
from sim.io.assets import data_file
from sim.io.errors import suggestion
from sim.io.formatting import PER_CENT
from sim.io.quarters import index_of, quarters_of_year
from sim.io.schema import Schema, validated
from sim.io.yaml_reader import Document, read_yaml
from sim.model.distributions import Distribution, LegalRange, distribution
from sim.model.network import FOLLOWED, network
from sim.model.parameters import CLASSES, load_parameters
from sim.model.variables import Series, all_series

TABLES = ("figures", "events", "context", "context_events")
MONTHS = 12.0
SMALL_TRADE = ("background_spread", "background_growth")  # what a row of Table 1 needs besides the model


def figure(name: str) -> Row:
    """A row of the figures, events, context or the record beyond the documents by its id; KeyError if there is none."""
    for table in TABLES:
        if (row := rows_by_id(table).get(name)) is not None:
            return row
    raise KeyError(name)


def value_of(name: str) -> float:
    """The number of a figure."""
    return float(figure(name)["value"])


def _known(name: str) -> str:
    known = [row for table in TABLES for row in rows_by_id(table)]
    if name not in known:
        near = suggestion(name, known) or "; rows of your own stand in seeds/figures.csv of a folder that --data names"
        raise ValueError(f'no figure, event or context row "{name}"{near}')
    return name


Figures = list[Annotated[str, AfterValidator(_known)]]
WeaponClass = Literal[CLASSES]  # type: ignore[valid-type]

# ---- what is declared ------------------------------------------------------------------------------------------------


class Factor(Schema):
    """One factor of what the model predicts: a recorded series at a time, a parameter, or a supplier's consent."""

    series: str | None = None
    actor: str = ""
    counterpart: str = ""
    at: int | str | list[str] | None = None
    parameter: str | None = None
    consent: WeaponClass | None = None
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

    @model_validator(mode="after")
    def _is_known(self) -> Self:
        if sum(part is not None for part in (self.series, self.parameter, self.consent)) != 1:
            raise ValueError("each factor needs exactly one of series, parameter and consent")
        keys = load_parameters().keys
        if self.parameter is not None and self.parameter not in keys:
            raise ValueError(f'unknown parameter "{self.parameter}"{suggestion(self.parameter, keys)}')
        if self.consent is not None and self.buyer not in network().states:
            raise ValueError(f'unknown buyer "{self.buyer}"')
        if self.recorded is not None and self.recorded not in all_series():
            raise ValueError(f"no recorded series {self.series} {self.actor} {self.counterpart}".rstrip())
        try:
            _ = self.recorded and self.quarters
        except (ValueError, TypeError) as error:
            raise ValueError(f"`at` is not a year, a quarter or two quarters ({error})") from None
        return self


class _Moment(Schema):
    what: str
    document: str
    figures: Figures
    why: str
    remark: str = ""

    @model_validator(mode="after")
    def _can_be_read(self) -> Self:
        try:
            fault = self.fault()
        except (ValueError, AttributeError, IndexError) as error:
            fault = f"its figures cannot be read for this kind ({error})"
        if fault:
            raise ValueError(fault)
        return self

    def fault(self) -> str:
        """What is wrong with the values of the figures, or nothing."""
        return ""


class _Amount(_Moment):
    of: list[Factor]
    against: list[Factor] = Field([])
    factor: float = 1.0
    error: float = Field(gt=0)


class Level(_Amount):
    """A number with a relative error: the figure, or the first figure divided by the second."""

    kind: Literal["level"]
    divide: bool = False

    def observed(self) -> float:
        """The number, in the model's unit."""
        values = [value_of(name) for name in self.figures]
        return self.factor * (values[0] / values[1] if self.divide else values[0])

    def fault(self) -> str:
        return "" if self.observed() > 0 else "its value must be above zero"


class AtLeast(_Amount):
    """A printed lower bound on a number, or on the growth of a number."""

    kind: Literal["at_least"]
    bound: Literal["value", "percent_more"] = "value"

    def observed(self) -> float:
        """The bound, in the model's unit."""
        value = value_of(self.figures[0])
        return 1.0 + value / PER_CENT if self.bound == "percent_more" else self.factor * value

    def fault(self) -> str:
        return "" if self.observed() > 0 else "its bound must be above zero"


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
    cls: WeaponClass = Field(alias="class")
    ordered: str | None = None

    def observed(self) -> tuple[float, float]:
        """Shortest and longest time that the dates of order and delivery leave open, in years."""
        first, last = date_span(self.ordered or figure(self.figures[0])["date"])
        earliest, latest = date_span(figure(self.figures[-1])["date"])
        return max(0.0, earliest - last), latest - first

    def fault(self) -> str:
        return "" if math.isfinite(sum(self.observed())) else "its dates cannot be read"


class Incidents(_Moment):
    """Dates of serious incidents in a stretch of quarters."""

    kind: Literal["incidents"]
    during: list[str]

    @property
    def quarters(self) -> range:
        first, last = (index_of(quarter) for quarter in self.during)
        return range(first, last + 1)

    def observed(self) -> tuple[int, ...]:
        """Incidents in each quarter of the stretch."""
        dates = [figure(name)["date"] for name in self.figures]
        quarters = [index_of(f"{date[:4]}Q{(int(date[5:7]) + 2) // 3}") for date in dates]
        return tuple(quarters.count(quarter) for quarter in self.quarters)

    def fault(self) -> str:
        return "" if sum(self.observed()) == len(self.figures) else "an incident lies outside its quarters"


class YearlyExports(_Moment):
    """A row of a table of yearly exports: small steady trade, and rarely large orders."""

    kind: Literal["lumpy_exports"]
    buyer: str
    factor: float = 1.0

    def observed(self) -> tuple[float, ...]:
        """Exports of every year, in the model's unit."""
        return tuple(self.factor * value_of(name) for name in self.figures)

    def fault(self) -> str:
        if self.buyer not in network().states or self.buyer == FOLLOWED:
            return f'"{self.buyer}" is not a buyer'
        if len(self.figures) == len(OBSERVED_YEARS) and min(self.observed()) > 0:
            return ""
        return f"needs one figure above zero for each year {OBSERVED_YEARS[0]}-{OBSERVED_YEARS[-1]}"


Moment = Level | AtLeast | Ordering | Choice | LeadTime | Incidents | YearlyExports


class Observation(Schema):
    """A number that the figures need besides the model."""

    group: ClassVar = "observation"

    meaning: str
    unit: str
    prior: Any
    range: list[float]

    @model_validator(mode="after")
    def _is_legal(self) -> Self:
        _ = self.distribution
        return self

    @property
    def distribution(self) -> Distribution:
        return distribution(self.prior, LegalRange(self.range[0], self.range[-1], self.unit))


class _NotFitted(Schema):
    what: str
    figures: list[str]
    reason: str


class _File(Schema):
    format_version: Literal[1]
    scenario: str
    observation: dict[str, Observation] = Field(default_factory=dict)
    moments: Annotated[dict[str, Annotated[Moment, Field(discriminator="kind")]], Field(min_length=1)]
    not_fitted: list[_NotFitted] = Field(default_factory=list)

    @model_validator(mode="after")
    def _has_what_exports_need(self) -> Self:
        missing = [name for name in SMALL_TRADE if name not in self.observation]
        if missing and any(isinstance(moment, YearlyExports) for moment in self.moments.values()):
            raise ValueError(
                f"lumpy_exports needs {' and '.join(missing)} under observation; see calibration/moments.yaml"
            )
        return self


@dataclass(frozen=True)
class Moments:
    """All that is fitted, as the file declares it; the digest is the SHA-256 of its content and of the figures' values."""

    scenario: str
    declared: dict[str, Observation]
    moments: dict[str, Moment]
    not_fitted: tuple[_NotFitted, ...]
    digest: str

    @property
    def observation(self) -> dict[str, Distribution]:
        """Priors of what the figures need besides the model."""
        return {name: entry.distribution for name, entry in self.declared.items()}


@cache
def load_moments(path: Path | None = None) -> Moments:
    """The declared moments; InputError lists all that is wrong with the file."""
    document = read_yaml(path or data_file("calibration", "moments.yaml"))
    file = validated(_File, document)
    return Moments(file.scenario, file.observation, file.moments, tuple(file.not_fitted), _digest(document, file))


def _digest(document: Document, file: _File) -> str:
    used = {name: figure(name) for moment in file.moments.values() for name in moment.figures}
    rows = {name: [row.get("value", ""), row["date"]] for name, row in used.items()}
    return hashlib.sha256(json.dumps([document.data, rows], sort_keys=True).encode()).hexdigest()


def date_span(text: str) -> tuple[float, float]:
    """First and last moment that a printed date can mean, in years.

    >>> date_span("2022")
    (2022.0, 2023.0)
    """
    parts = re.fullmatch(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?", text)
    if parts is None:
        raise ValueError(f'"{text}" is not a date such as 2023, 2023-05 or 2023-05-29')
    year, month, day = (int(part) if part else 0 for part in parts.groups())
    if not month:
        return float(year), float(year + 1)
    start = year + (month - 1) / MONTHS
    if not day:
        return start, start + 1 / MONTHS
    length = calendar.monthrange(year, month)[1] * MONTHS
    return start + (day - 1) / length, start + day / length
