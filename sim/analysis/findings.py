"""What a run found, as rows: what moved, by how much, and how sure that is. The words for it stand in the templates."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from sim.io.formatting import PER_CENT, fixed, in_a_hundred, signed
from sim.io.quarters import PER_YEAR, index_of, name_of, quarters_of_year, year_of
from sim.model.directions import AGREED, UNCLEAR, UNKNOWN, Direction
from sim.model.parameter_table import ParameterTable
from sim.model.parameters import load_parameters
from sim.model.variables import Series

if TYPE_CHECKING:
    from sim.analysis.results import Bands, Contrast, Run

HORIZON = 2030
MANY_UNCHANGED = 0.2

FIRST, LATER, LAST, PEAK, FULL_YEAR, LAST_YEAR = (
    "first quarter",
    "a year later",
    "last quarter",
    "quarter in which the median moves most",
    "first full year",
    "last year",
)


@dataclass(frozen=True)
class Topic:
    """A row that is offered: which series, when, and how it is written."""

    words: str
    variable: str
    actor: str
    counterpart: str
    times: tuple[str, ...]
    unit: str
    digits: int = 2
    scale: float = 1.0
    in_per_cent: bool = False

    @property
    def series(self) -> Series:
        return Series(self.variable, self.actor, self.counterpart)


YEARLY = (FULL_YEAR, LAST_YEAR)
TOPICS = (
    Topic("Serbia's spending", "spending", "SRB", "", YEARLY, "%", 1, in_per_cent=True),
    Topic("Kosovo's spending", "spending", "XKX", "", YEARLY, "%", 1, in_per_cent=True),
    Topic("Serbia's attitude to Türkiye", "attitude", "SRB", "TUR", (FIRST, LATER, LAST, PEAK), ""),
    Topic("Serbia's cooperation with Türkiye (slow part)", "relation", "SRB", "TUR", (LATER, PEAK), ""),
    Topic("Serbia's attitude to Kosovo", "attitude", "SRB", "XKX", (LAST,), ""),
    Topic("Kosovo's attitude to Türkiye", "attitude", "XKX", "TUR", (FIRST, LAST, PEAK), ""),
    Topic("tension of Serbia and Kosovo", "tension", "SRB", "XKX", (FIRST, LATER, PEAK), ""),
    Topic("rate of serious incidents", "hazard", "SRB", "XKX", (FIRST, PEAK, *YEARLY), "a year"),
    Topic("chance Serbia buys Turkish UAVs", "supplier_choice", "SRB", "TUR", YEARLY, "points", 1, PER_CENT),
    Topic("Turkish share of Kosovo's arms", "dependence", "XKX", "TUR", (LAST_YEAR,), "points", 1, PER_CENT),
    Topic("index of Turkish influence in Kosovo", "influence", "TUR", "XKX", (LAST_YEAR,), ""),
    Topic("trade of Serbia and Türkiye", "trade", "SRB", "TUR", (LAST_YEAR,), "% of 2018", 1, PER_CENT),
    Topic("Kosovo's loitering munitions", "loitering", "XKX", "", (FIRST, LAST), "units", 0),
    Topic("Kosovo's armed UAVs", "uav", "XKX", "", (FIRST, LAST), "units", 1),
    Topic("Kosovo's other arms", "capital_stock", "XKX", "", (LAST,), "m US$", 1),
    Topic("Serbia's armed UAVs", "uav", "SRB", "", (FIRST, LAST), "units", 1),
    Topic("Serbia's loitering munitions", "loitering", "SRB", "", (FIRST, LAST), "units", 0),
    Topic("Serbia's other arms", "capital_stock", "SRB", "", (LAST,), "m US$", 1),
    Topic("KFOR's strength", "troops", "NATO", "", (FIRST, LAST), "thousand", 1),
)


@dataclass(frozen=True)
class Finding:
    """One row of the answer.

    median, low, high : the middle of all worlds and the 5-95 % range, in `unit`
    p_positive        : share of worlds in which the difference is strictly above zero
    p_negative        : share of worlds in which it is strictly below zero; the others are unchanged
    whose             : whose word the direction is, where enough simulations agree on one
    """

    topic: Topic
    when: str
    median: float
    low: float
    high: float
    p_positive: float
    p_negative: float
    whose: Direction = UNKNOWN

    @property
    def what(self) -> str:
        return f"{self.topic.words} in {self.when}"

    @property
    def is_moved(self) -> bool:
        """Whether any world changes."""
        return self.p_positive > 0.0 or self.p_negative > 0.0

    @property
    def is_undetermined(self) -> bool:
        return max(self.p_positive, self.p_negative) < AGREED

    @property
    def is_negligible(self) -> bool:
        """Whether nothing of it is left after rounding."""
        return all(round(value, self.topic.digits) == 0.0 for value in (self.low, self.high))

    @property
    def median_shown(self) -> float:
        """The middle world's change with the digits that are printed."""
        return round(self.median, self.topic.digits)

    @property
    def label(self) -> str:
        """Whose word the direction is, of `sim.model.directions.LABELS`; "" where nothing is to be said."""
        if not self.is_moved:
            return ""
        return UNCLEAR if self.is_undetermined else self.whose.label

    @property
    def change(self) -> str:
        return f"{signed(self.median, self.topic.digits)} {self.topic.unit}".strip()

    @property
    def band(self) -> str:
        return " to ".join(self.ends)

    @property
    def ends(self) -> tuple[str, str]:
        return signed(self.low, self.topic.digits), signed(self.high, self.topic.digits)

    @property
    def direction(self) -> str:
        return "higher" if self.p_positive >= self.p_negative else "lower"

    @property
    def counts(self) -> tuple[tuple[str, str], ...]:
        """How many worlds of a hundred go the more common way, and how many are unchanged if those are many."""
        unchanged = max(0.0, 1.0 - self.p_positive - self.p_negative)
        most = (in_a_hundred(max(self.p_positive, self.p_negative)), self.direction)
        return (most, (in_a_hundred(unchanged), "unchanged")) if unchanged >= MANY_UNCHANGED else (most,)


class Directions(Protocol):
    """What tells whose word a direction is, see `sim.directions`."""

    def of(self, series: Series, quarters: Sequence[int], way: int, *, relative: bool = False) -> Direction: ...


# ---- the rows of a run -----------------------------------------------------------------------------------------------


def findings_from(run: "Run", start: int, *, still: bool) -> Iterator[Finding]:
    """Rows of the times that follow from a first quarter, in the order of `TOPICS`.

    still : also those that the scenario leaves as they are, and at the same times in every run, so none at a peak of its own
    """
    for topic in TOPICS:
        contrast = run.by_series.get(topic.series)
        if contrast is None or (contrast.first_difference is None and not still):
            continue
        for when, bands, place in _bands(run, topic, contrast, start, peaks=not still):
            low, _, median, _, high = (topic.scale * float(value) for value in bands.quantiles[:, place])
            shares = float(bands.p_positive[place]), float(bands.p_negative[place])
            whose = direction_of(
                run.directions, topic.series, quarters_named(when), *shares, relative=topic.in_per_cent
            )
            yield Finding(topic, when, median, low, high, *shares, whose)


def _bands(
    run: "Run", topic: Topic, contrast: "Contrast", start: int, *, peaks: bool
) -> Iterable[tuple[str, "Bands", int]]:
    """Name, bands of the paired difference and place of the topic's times, as far as the run reaches; each time once."""
    yearly = contrast.yearly_per_cent if topic.in_per_cent else contrast.yearly_difference
    placed: dict[str, tuple[str, Bands, int]] = {}
    for time in topic.times:
        if time in YEARLY:
            year = first_full_year(start) if time == FULL_YEAR else HORIZON
            if yearly is not None and year in run.years and year >= year_of(start):
                placed.setdefault(str(year), (str(year), yearly, run.years.index(year)))
        elif contrast.difference is not None and (peaks or time != PEAK):
            quarter = _quarter(time, contrast.difference, start)
            if start <= quarter < run.quarters:
                placed.setdefault(name_of(quarter), (name_of(quarter), contrast.difference, quarter))
    return placed.values()


def _quarter(time: str, difference: "Bands", start: int) -> int:
    """The quarter that a time means, after a first one."""
    last = index_of(f"{HORIZON}Q4")
    if time == PEAK:
        middle = difference.median
        return max(range(start, min(last + 1, len(middle))), key=lambda quarter: abs(middle[quarter]), default=start)
    return {FIRST: start, LATER: start + PER_YEAR}.get(time, last)


def first_full_year(start: int) -> int:
    """The first calendar year that lies wholly after a quarter, or begins with it.

    >>> first_full_year(index_of("2025Q4")), first_full_year(index_of("2026Q1"))
    (2026, 2026)
    """
    return year_of(start + PER_YEAR - 1)


# ---- levels ----------------------------------------------------------------------------------------------------------


def yearly_levels(run: "Run", series: Series, digits: int) -> tuple[str, str, str]:
    """Lower end, median and upper end of 90 % of worlds in the horizon year."""
    quantiles = run.by_series[series].yearly_scenario.quantiles[:, run.years.index(horizon_year(run))]
    low, _, median, _, high = (fixed(value, digits) for value in quantiles)
    return low, median, high


def horizon_year(run: "Run") -> int:
    """The year of which levels are told: that of the horizon, or the last of a run that ends before."""
    return HORIZON if HORIZON in run.years else run.years[-1]


# ---- whose word a direction is ---------------------------------------------------------------------------------------


def direction_of(
    directions: Directions | None, series: Series, quarters: Sequence[int], p_positive: float, p_negative: float, *,
    relative: bool,
) -> Direction:  # fmt: skip
    """Whose word it is that a series moves as it does; nothing where too few simulations agree, or nobody can tell.

    quarters : whose mean is taken
    relative : whether the change is taken as a share of the baseline
    """
    if directions is None or max(p_positive, p_negative) < AGREED:
        return UNKNOWN
    return directions.of(series, quarters, 1 if p_positive >= p_negative else -1, relative=relative)


def quarters_named(when: str) -> list[int]:
    """The quarters that a quarter or a calendar year names.

    >>> quarters_named("2026Q4"), quarters_named("2026")
    ([35], [32, 33, 34, 35])
    """
    return [index_of(name) for name in ([when] if "Q" in when else quarters_of_year(when))]


def parameters_of(run: "Run") -> ParameterTable:
    """The parameters of the scenario, settings included."""
    return load_parameters().with_overrides(run.scenario.parameters)


def setting_name(setting: str) -> str:
    """The name in NAME=VALUE.

    >>> setting_name("reaction.SRB = 0.4")
    'reaction.SRB'
    """
    return setting.partition("=")[0].strip()


# ---- what is told first ----------------------------------------------------------------------------------------------

ALWAYS = ("spending", "SRB")  # the race is about it
RISK = "hazard"
OTHERS = 2
# a change that is large: a tenth of a budget, in per cent, and a quarter of the scale
LARGE = {"spending": 10.0, "attitude": 0.5, "tension": 0.25}


def largest_of_each(rows: Iterable[Finding]) -> dict[Topic, Finding]:
    """Of each topic the row in which the middle world moves most, the first of equals."""
    largest: dict[Topic, Finding] = {}
    for row in rows:
        if row.topic not in largest or abs(row.median_shown) > abs(largest[row.topic].median_shown):
            largest[row.topic] = row
    return largest


def headlines(rows: Sequence[Finding]) -> tuple[Finding, ...]:
    """Serbia's spending, the two others that move most for their scale, and the rate of incidents, as far as they move.

    Where fewer of these move, other lines fill the places in their order.
    """
    largest = tuple(largest_of_each(rows).values())
    first = [row for row in largest if (row.topic.variable, row.topic.actor) == ALWAYS]
    risk = [row for row in largest if row.topic.variable == RISK]
    rest = sorted((row for row in largest if row not in first and row not in risk), key=_rank)
    return (*first, *rest[: OTHERS + (not first)], *risk)


def _rank(row: Finding) -> tuple[bool, bool, bool, float]:
    """Lower for what moves visibly, is one of the things first asked for, is sure, and is large."""
    large = LARGE.get(row.topic.variable)
    size = abs(row.median_shown) / large if large else 0.0
    return row.median_shown == 0.0, large is None, row.is_undetermined, -size


def headlines_first(rows: Sequence[Finding]) -> tuple[Finding, ...]:
    """All rows, those of the topics that are told first in front."""
    order: dict[Topic, int] = {row.topic: place for place, row in enumerate(headlines(rows))}
    return tuple(sorted(rows, key=lambda row: order.get(row.topic, len(order))))
