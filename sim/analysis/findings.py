"""What a run found, as rows that a reader understands: what moved, by how much, and how sure that is."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.data.actors import load_actors
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

if TYPE_CHECKING:
    from sim.analysis.results import Bands, Contrast, Run
    from sim.model.variables import Series
    from sim.scenario.loading import Scenario
from collections.abc import Sequence

HORIZON = 2030
PER_CENT = 100.0
NO_EFFECT_YET = ("orders",)  # an order on paper moves nothing before it is delivered

FIRST, LATER, LAST, PEAK, FULL_YEAR, LAST_YEAR = (
    "first quarter",
    "a year later",
    "last quarter",
    "quarter in which the middle world moves most",
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


def _spending(actor: str, whose: str) -> Topic:
    return Topic(f"{whose} spending", "spending", actor, "", (FULL_YEAR, LAST_YEAR), "%", 1, in_per_cent=True)


TOPICS = (
    _spending("SRB", "Serbia's"),
    _spending("XKX", "Kosovo's"),
    Topic("Serbia's attitude to Türkiye", "attitude", "SRB", "TUR", (FIRST, LATER, LAST, PEAK), ""),
    Topic("Serbia's cooperation with Türkiye (slow part)", "relation", "SRB", "TUR", (LATER, PEAK), ""),
    Topic("Serbia's attitude to Kosovo", "attitude", "SRB", "XKX", (LAST,), ""),
    Topic("Kosovo's attitude to Türkiye", "attitude", "XKX", "TUR", (FIRST, LAST, PEAK), ""),
    Topic("tension of Serbia and Kosovo", "tension", "SRB", "XKX", (FIRST, LATER, PEAK), ""),
    Topic("rate of serious incidents", "hazard", "SRB", "XKX", (FIRST, PEAK, FULL_YEAR, LAST_YEAR), "a year"),
    Topic(
        "chance Serbia buys Turkish UAVs",
        "supplier_choice",
        "SRB",
        "TUR",
        (FULL_YEAR, LAST_YEAR),
        "points",
        1,
        PER_CENT,
    ),
    Topic("Turkish share of Kosovo's arms", "dependence", "XKX", "TUR", (LAST_YEAR,), "points", 1, PER_CENT),
    Topic("index of Turkish influence in Kosovo", "influence", "TUR", "XKX", (LAST_YEAR,), ""),
    Topic("arms from China to Serbia", "patron_support", "CHN", "SRB", (FULL_YEAR, LAST_YEAR), "m US$/yr", 1),
    Topic("arms from Russia to Serbia", "patron_support", "RUS", "SRB", (FULL_YEAR, LAST_YEAR), "m US$/yr", 1),
    Topic("trade of Serbia and Türkiye", "trade", "SRB", "TUR", (LAST_YEAR,), "% of 2018", 1, PER_CENT),
    Topic("Kosovo's loitering munitions", "loitering", "XKX", "", (FIRST, LAST), "units", 0),
    Topic("Kosovo's armed UAVs", "uav", "XKX", "", (FIRST, LAST), "units", 1),
    Topic("Kosovo's other arms", "capital_stock", "XKX", "", (LAST,), "m US$", 1),
    Topic("Serbia's armed UAVs", "uav", "SRB", "", (FIRST, LAST), "units", 1),
    Topic("Serbia's loitering munitions", "loitering", "SRB", "", (FIRST, LAST), "units", 0),
    Topic("Serbia's other arms", "capital_stock", "SRB", "", (LAST,), "m US$", 1),
    Topic("KFOR's strength", "troops", "NATO", "", (FIRST, LAST), "thousand", 1),
)
IN_WORDS = {"all": "all worlds", "none": "no world"}
MANY_UNCHANGED = 0.2
SIGN_RULE = "Undetermined: fewer than 95 of 100 worlds move the same way."
SCALES = "Attitudes and cooperation run from -1 to 1, tension from 0 to 1; money is in US$ of 2023."


@dataclass(frozen=True)
class Pair:
    """Two worlds and what the user changed in them."""

    scenario: "Scenario"
    baseline: "Scenario | None"
    settings: tuple[str, ...]


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
    def change(self) -> str:
        return f"{signed(self.median, self.topic.digits)} {self.topic.unit}".strip()

    @property
    def band(self) -> str:
        return f"{signed(self.low, self.topic.digits)} to {signed(self.high, self.topic.digits)}"

    @property
    def direction(self) -> str:
        return "higher" if self.p_positive >= self.p_negative else "lower"

    @property
    def counts(self) -> tuple[tuple[str, str], ...]:
        """How many worlds of a hundred go the more common way, and how many are unchanged if those are many."""
        unchanged = max(0.0, 1.0 - self.p_positive - self.p_negative)
        told = (in_a_hundred(max(self.p_positive, self.p_negative)), self.direction)
        return (told, (in_a_hundred(unchanged), "unchanged")) if unchanged >= MANY_UNCHANGED else (told,)

    @property
    def reservation(self) -> str:
        """What follows the number of worlds: whose word the sign is."""
        if self.is_undetermined:
            return ""
        if self.is_contested:
            return ", sign contested"
        return ", sign assumed" if self.rests_on else ""

    @property
    def certainty(self) -> str:
        """Worlds of a hundred that go which way, for a cell of a table."""
        count = ", ".join(f"{count} {way}" for count, way in self.counts)
        return f"undetermined, {count}" if self.is_undetermined else count + self.reservation

    @property
    def sentence(self) -> str:
        last = self.counts[-1][0]
        ways = ", ".join(f"{way} in {count}" for count, way in self.counts)
        worlds = ways.removesuffix(last) + IN_WORDS.get(last, f"{last} of 100 worlds")
        sure = f"undetermined ({worlds})" if self.is_undetermined else worlds + self.reservation
        return f"{self.what[:1].upper()}{self.what[1:]}: {self.change} (5-95 %: {self.band}), {sure}"


def signed(value: float, digits: int) -> str:
    """A change with its sign; what rounds to zero has none.

    >>> signed(1234.56, 1), signed(-0.04, 1)
    ('+1,234.6', '0.0')
    """
    return f"{0.0:.{digits}f}" if round(value, digits) == 0.0 else f"{value:+,.{digits}f}"


def in_a_hundred(share: float) -> str:
    """A share of worlds, of a hundred, rounded down so that "all" is never a rounding.

    >>> in_a_hundred(1.0), in_a_hundred(0.999), in_a_hundred(0.0004)
    ('all', '99', 'under 1')
    """
    if share >= 1.0:
        return "all"
    whole = int(PER_CENT * share + 1e-9)
    if whole == 0:
        return "none" if share <= 0.0 else "under 1"
    return str(whole)


def findings(run: "Run") -> tuple[Finding, ...]:
    """The rows of the answer that the scenario touches, in the order of `TOPICS`."""
    start = run.first_effect
    return () if start is None else tuple(findings_from(run, start, still=False))


def largest_of_each(rows: Iterable[Finding]) -> dict[Topic, Finding]:
    """Of each topic the row in which the middle world moves most, the first of equals."""
    found: dict[Topic, Finding] = {}
    for row in rows:
        if row.topic not in found or abs(row.median_shown) > abs(found[row.topic].median_shown):
            found[row.topic] = row
    return found


def findings_from(run: "Run", start: int, *, still: bool) -> Iterator[Finding]:
    """Rows of the times that follow from a first quarter.

    still : also those that the scenario leaves as they are, and at the same times in every run, so none at a peak of its own
    """
    sign_of = signs_of(run)
    for topic in TOPICS:
        contrast = contrast_of_topic(run, topic)
        if contrast is None or (contrast.first_difference is None and not still):
            continue
        rests_on, contested = sign_of(topic)
        for when, bands, place in _bands(run, topic, contrast, start, peaks=not still):
            low, _, median, _, high = (topic.scale * float(value) for value in bands.quantiles[:, place])
            shares = float(bands.p_positive[place]), float(bands.p_negative[place])
            yield Finding(topic, when, median, low, high, *shares, rests_on, contested)


def signs_of(pair: "Run | Pair") -> Callable[["Topic | Series"], tuple[tuple[str, ...], bool]]:
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


def contrast_of_topic(run: "Run", topic: Topic) -> "Contrast | None":
    """The contrast that a topic is about, or None where it was not recorded."""
    try:
        return run.contrast(topic.variable, topic.actor, topic.counterpart)
    except KeyError:
        return None


def _bands(
    run: "Run", topic: Topic, contrast: "Contrast", start: int, *, peaks: bool
) -> Iterator[tuple[str, "Bands", int]]:
    """Bands of the paired difference at the topic's times, as far as the run reaches; each time once."""
    yearly = contrast.yearly_per_cent if topic.in_per_cent else contrast.yearly_difference
    said = set()
    for time in topic.times if peaks else [time for time in topic.times if time != PEAK]:
        if time in (FULL_YEAR, LAST_YEAR):
            year = first_full_year(start) if time == FULL_YEAR else HORIZON
            if yearly is not None and year in run.years and year >= year_of(start) and str(year) not in said:
                said.add(str(year))
                yield str(year), yearly, run.years.index(year)
        else:
            quarter = _quarter(time, contrast, start)
            if contrast.difference is not None and start <= quarter < run.quarters and name_of(quarter) not in said:
                said.add(name_of(quarter))
                yield name_of(quarter), contrast.difference, quarter


def _quarter(time: str, contrast: "Contrast", start: int) -> int:
    """The quarter that a time means, after a first one."""
    last = index_of(f"{HORIZON}Q4")
    if time == PEAK and contrast.difference is not None:
        middle = contrast.difference.median
        return max(range(start, min(last + 1, len(middle))), key=lambda quarter: abs(middle[quarter]), default=start)
    return {FIRST: start, LATER: start + PER_YEAR}.get(time, last)


def first_full_year(start: int) -> int:
    """The first calendar year that lies wholly after a quarter, or begins with it.

    >>> first_full_year(index_of("2025Q4")), first_full_year(index_of("2026Q1"))
    (2026, 2026)
    """
    return year_of(start + PER_YEAR - 1)


def parameters_of(run: "Run | Pair") -> ParameterTable:
    """The parameters of the run's scenario, settings included."""
    return load_parameters().with_overrides(run.scenario.parameters)


def keys_fixed_by_user(run: "Run | Pair", table: ParameterTable) -> frozenset[str]:
    """Keys that `--set` fixes at one number, the same in every world."""
    names = [name for name in map(setting_name, run.settings) if not name.startswith("events.")]
    rows = {row for name in names for row in table.rows_of(name)}
    fixed = {table.keys[row] for row in rows if table.distributions[row].kind == "fixed"}
    whole = {one.name for one in table.parameters if fixed.issuperset(one.keys)}
    return frozenset(fixed | whole)


def setting_name(setting: str) -> str:
    """The name in NAME=VALUE.

    >>> setting_name("reaction.SRB = 0.4")
    'reaction.SRB'
    """
    return setting.partition("=")[0].strip()


def actor_name(code: str) -> str:
    """English name of an actor, or its code where it is none of ours."""
    actors = load_actors()
    return actors.name(code) if code in actors.codes else code


ALWAYS = ("spending", "SRB")  # the race is about it
RISK = "hazard"
OTHERS = 2
# a change that is large: a tenth of a budget, in per cent, and a quarter of the scale
LARGE = {"spending": 10.0, "attitude": 0.5, "tension": 0.25}


def headlines(rows: Sequence[Finding]) -> tuple[Finding, ...]:
    """Serbia's spending, the two others that move most for their scale, and the rate of incidents, as far as they move.

    Where fewer of these move, other lines fill the places in their order.
    """
    largest = tuple(largest_of_each(rows).values())
    first = [row for row in largest if (row.topic.variable, row.topic.actor) == ALWAYS]
    risk = [row for row in largest if row.topic.variable == RISK]
    others = sorted((row for row in largest if row not in first and row not in risk), key=_rank)
    return (*first, *others[: OTHERS + (not first)], *risk)


def _rank(row: Finding) -> tuple[bool, bool, bool, float]:
    """Lower for what moves visibly, is one of the things first asked for, is sure, and is large."""
    large = LARGE.get(row.topic.variable)
    size = abs(row.median_shown) / large if large else 0.0
    return row.median_shown == 0.0, large is None, row.is_undetermined, -size


def headlines_first(rows: Sequence[Finding]) -> tuple[Finding, ...]:
    """All rows, those of the topics that are told first in front."""
    order: dict[Topic, int] = {row.topic: place for place, row in enumerate(headlines(rows))}
    return tuple(sorted(rows, key=lambda row: order.get(row.topic, len(order))))
