"""What a run found, as rows: what moved, by how much, and how sure that is. The words for it stand in the templates."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.io.formatting import PER_CENT, fixed, in_a_hundred, signed
from sim.io.quarters import PER_YEAR, index_of, name_of, year_of
from sim.model.parameter_table import ParameterTable
from sim.model.parameters import load_parameters
from sim.model.sign_assumptions import (
    AGREED,
    CONTESTED,
    HAZARD_RESTS_ON,
    assumed_signs,
    events_changed,
    is_contested,
    is_moved_by_fear_alone,
    only_events_changed,
)
from sim.model.variables import Series

if TYPE_CHECKING:
    from sim.analysis.results import Bands, Contrast, Run
    from sim.scenario.loading import Scenario

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
    Topic("arms from China to Serbia", "patron_support", "CHN", "SRB", YEARLY, "m US$/yr", 1),
    Topic("arms from Russia to Serbia", "patron_support", "RUS", "SRB", YEARLY, "m US$/yr", 1),
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
    rests_on          : parameters that alone decide the sign, none of them measured; empty where that is not so
    is_contested      : whether the sign is that of what arms do to incidents, on which the documents disagree
    """

    topic: Topic
    when: str
    median: float
    low: float
    high: float
    p_positive: float
    p_negative: float
    rests_on: tuple[str, ...]
    is_contested: bool

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
    def sign(self) -> str:
        """Whose word the sign is: undetermined, contested, assumed, or nothing to say."""
        if not self.is_moved:
            return ""
        if self.is_undetermined:
            return "undetermined"
        return "contested" if self.is_contested else "assumed" if self.rests_on else ""

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


@dataclass(frozen=True)
class ScenarioPair:
    """Two worlds and what the user changed in them."""

    scenario: "Scenario"
    baseline: "Scenario | None"
    settings: tuple[str, ...]


# ---- the rows of a run -----------------------------------------------------------------------------------------------


def findings_from(run: "Run", start: int, *, still: bool) -> Iterator[Finding]:
    """Rows of the times that follow from a first quarter, in the order of `TOPICS`.

    still : also those that the scenario leaves as they are, and at the same times in every run, so none at a peak of its own
    """
    sign_of = signs_of(run)
    for topic in TOPICS:
        contrast = run.by_series.get(topic.series)
        if contrast is None or (contrast.first_difference is None and not still):
            continue
        rests_on, contested = sign_of(topic)
        for when, bands, place in _bands(run, topic, contrast, start, peaks=not still):
            low, _, median, _, high = (topic.scale * float(value) for value in bands.quantiles[:, place])
            shares = float(bands.p_positive[place]), float(bands.p_negative[place])
            yield Finding(topic, when, median, low, high, *shares, rests_on, contested)


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


# ---- whose word a sign is --------------------------------------------------------------------------------------------


def signs_of(pair: "Run | ScenarioPair") -> Callable[["Topic | Series"], tuple[tuple[str, ...], bool]]:
    """What tells of a topic or a series the parameters on which alone its sign rests, none of them measured, and whether that sign is
    contested."""
    table = parameters_of(pair)
    chosen = keys_fixed_by_user(pair, table)
    changed = events_changed(pair.scenario, pair.baseline)
    only_changed = only_events_changed(pair.scenario, pair.baseline)

    def sign_of(topic: "Topic | Series") -> tuple[tuple[str, ...], bool]:
        of = topic.variable, topic.actor, table, changed
        followed = CONTESTED[0] if is_moved_by_fear_alone(*of) else topic.variable
        contested = is_contested(followed, only_changed)
        signs = assumed_signs(*of, chosen)
        if followed in CONTESTED and not contested:
            signs = tuple(key for key in (*HAZARD_RESTS_ON, *signs) if key not in chosen)
        return signs, contested

    return sign_of


def parameters_of(pair: "Run | ScenarioPair") -> ParameterTable:
    """The parameters of the scenario, settings included."""
    return load_parameters().with_overrides(pair.scenario.parameters)


def keys_fixed_by_user(pair: "Run | ScenarioPair", table: ParameterTable) -> frozenset[str]:
    """Keys that `--set` fixes at one number, the same in every world."""
    names = [name for name in map(setting_name, pair.settings) if not name.startswith("events.")]
    rows = {row for name in names for row in table.rows_of(name)}
    fixed = {table.keys[row] for row in rows if table.distributions[row].kind == "fixed"}
    whole = {parameter.name for parameter in table.parameters if fixed.issuperset(parameter.keys)}
    return frozenset(fixed | whole)


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
