"""What a run found, as rows: what moved, by how much, and how sure that is. The words for it stand in the templates."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from sim.analysis.topics import FIRST, FULL_YEAR, HORIZON, LATER, PEAK, YEARLY, Topic, first_full_year
from sim.io.formatting import fixed, share_words, signed
from sim.io.quarters import PER_YEAR, index_of, name_of, quarters_of_year, year_of
from sim.model.directions import AGREED, UNCLEAR, UNKNOWN, Direction
from sim.model.variables import Series

if TYPE_CHECKING:
    from sim.analysis.results import Bands, Contrast, Run

MANY_UNCHANGED = 0.2


@dataclass(frozen=True)
class Finding:
    """One row of the answer.

    median, low, high : over simulations, and the ends of the 90 % range, in `unit`
    p_positive        : share of simulations in which the difference is strictly above zero
    p_negative        : share of simulations in which it is strictly below zero; the others are unchanged
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

    def __repr__(self) -> str:
        return f"Finding({self.what}: {self.median:.3g}, 90 % {self.low:.3g} to {self.high:.3g})"

    @property
    def what(self) -> str:
        return f"{self.topic.words} in {self.when}"

    @property
    def subject(self) -> str:
        """The same within a sentence: "the incident rate in 2026", "Serbia's spending in 2026"."""
        return f"the {self.what}" if self.what[0].islower() else self.what

    @property
    def is_moved(self) -> bool:
        """Whether any simulation changes."""
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
        """The median with the digits that are printed."""
        return round(self.median, self.topic.digits)

    @property
    def size(self) -> float:
        """The median over what is a large change of this number, without its sign; zero of what the scenario's file sets itself."""
        is_effect = self.topic.large > 0.0 and self.label != ""
        return abs(self.median_shown) / self.topic.large if is_effect else 0.0

    @property
    def label(self) -> str:
        """Whose word the direction is, of `sim.model.directions.LABELS`; "" where nothing is to be said."""
        if not self.is_moved:
            return ""
        return UNCLEAR if self.is_undetermined else self.whose.label

    @property
    def amount(self) -> str:
        """The median without its unit."""
        return change_words(self.median, self.topic.digits)

    @property
    def change(self) -> str:
        return f"{self.amount} {self.topic.unit}".strip()

    @property
    def band(self) -> str:
        return " to ".join(self.ends)

    @property
    def ends(self) -> tuple[str, str]:
        return signed(self.low, self.topic.digits), signed(self.high, self.topic.digits)

    @property
    def direction(self) -> str:
        return way_of(self.p_positive, self.p_negative, agreed=0.0)

    @property
    def way(self) -> str:
        return way_of(self.p_positive, self.p_negative)

    @property
    def counts(self) -> tuple[tuple[str, str], ...]:
        """The share of simulations that go the more common way, and of those that are unchanged if they are many."""
        unchanged = max(0.0, 1.0 - self.p_positive - self.p_negative)
        most = (share_words(max(self.p_positive, self.p_negative)), self.direction)
        return (most, (share_words(unchanged), "unchanged")) if unchanged >= MANY_UNCHANGED else (most,)


class Directions(Protocol):
    """What tells whose word a direction is, see `sim.directions`."""

    def of(self, series: Series, quarters: Sequence[int], way: int, *, relative: bool = False) -> Direction: ...


# ---- the rows of a run -----------------------------------------------------------------------------------------------


def findings_from(run: "Run", topics: Iterable[Topic], start: int, *, still: bool) -> Iterator[Finding]:
    """Rows of some topics at the times that follow from a first quarter.

    still : also those that the scenario leaves as they are, and at the same times in every run, so none at a peak of its own
    """
    for topic in topics:
        contrast = run.by_series.get(topic.series)
        if contrast is None or (contrast.first_difference is None and not still):
            continue
        for when, bands, place in _bands(run, topic, contrast, start, peaks=not still):
            yield _finding(run, topic, when, bands, place)


def finding_at(run: "Run", topic: Topic, when: str) -> Finding:
    """The row of a topic in a quarter or a calendar year of the run."""
    contrast = run.by_series[topic.series]
    yearly = contrast.yearly_per_cent if topic.in_per_cent else contrast.yearly_difference
    bands, place = (contrast.difference, index_of(when)) if "Q" in when else (yearly, run.years.index(int(when)))
    assert bands is not None  # there is no finding without a baseline
    return _finding(run, topic, when, bands, place)


def _finding(run: "Run", topic: Topic, when: str, bands: "Bands", place: int) -> Finding:
    low, _, median, _, high = (topic.scale * float(value) for value in bands.quantiles[:, place])
    shares = float(bands.p_positive[place]), float(bands.p_negative[place])
    whose = direction_of(run.directions, topic.series, quarters_named(when), *shares, relative=topic.in_per_cent)
    return Finding(topic, when, median, low, high, *shares, whose)


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


# ---- levels ----------------------------------------------------------------------------------------------------------


def yearly_levels(run: "Run", series: Series, digits: int) -> tuple[str, str, str]:
    """Median and ends of the 90 % range in the horizon year: low, median, high."""
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


def setting_name(setting: str) -> str:
    """The name in NAME=VALUE.

    >>> setting_name("reaction.SRB = 0.4")
    'reaction.SRB'
    """
    return setting.partition("=")[0].strip()


def change_words(change: float, digits: int) -> str:
    """A change with its sign; of one too small for its digits, that it is.

    >>> change_words(0.126, 2), change_words(-0.004, 2), change_words(0.0, 2), change_words(0.3, 0)
    ('+0.13', 'under 0.01', '0.00', 'under 1')
    """
    is_small = change != 0.0 and round(change, digits) == 0.0
    return f"under {fixed(10.0**-digits, digits)}" if is_small else signed(change, digits)


def way_of(p_positive: float, p_negative: float, agreed: float = AGREED) -> str:
    """The direction in which enough simulations move; `UNCLEAR` where they do not agree."""
    if max(p_positive, p_negative) < agreed:
        return UNCLEAR
    return "higher" if p_positive >= p_negative else "lower"


# ---- what is told first ----------------------------------------------------------------------------------------------

LEAST, MOST, NAMED = 4, 6, 4  # rows of a short answer, and those of them that the question names


def largest_of_each(rows: Iterable[Finding]) -> dict[Topic, Finding]:
    """Of each topic the row in which the median moves most, the first of equals."""
    largest: dict[Topic, Finding] = {}
    for row in rows:
        if row.topic not in largest or abs(row.median_shown) > abs(largest[row.topic].median_shown):
            largest[row.topic] = row
    return largest


def largest_effect(rows: Iterable[Finding]) -> Finding | None:
    """The row that moves most for its scale, one with a clear direction if there is any; None where nothing moves visibly."""
    moved = [row for row in rows if row.size > 0.0]
    return max(moved, key=lambda row: (not row.is_undetermined, row.size), default=None)


def headlines(rows: Sequence[Finding], asked: Callable[[Topic], int | None]) -> tuple[Finding, ...]:
    """The rows of a short answer: those that the question names, by turns of what they are about, and those that move most.

    asked : where the question names a topic; None where it does not
    """
    largest = largest_of_each(rows)
    attitudes = {(topic.actor, topic.counterpart) for topic in largest if topic.variable == "attitude"}
    kept = [
        row
        for topic, row in largest.items()
        if topic.variable != "relation" or (topic.actor, topic.counterpart) not in attitudes
    ]  # of an attitude and its slow part the whole is told
    places = {topic: place for topic in largest if (place := asked(topic)) is not None}
    named = _by_turns(sorted((row for row in kept if row.topic in places), key=lambda row: places[row.topic]))[:NAMED]
    rest = sorted((row for row in kept if row not in named), key=_rank)
    visible = [row for row in rest if row.size > 0.0]
    chosen = [*named, *visible][:MOST]
    chosen += [row for row in rest if row not in chosen][: max(0, LEAST - len(chosen))]
    return tuple(one for row in chosen for one in (row, *_in_the_end(row, rows)))


def _in_the_end(first: Finding, rows: Sequence[Finding]) -> Iterator[Finding]:
    """The incident rate in the last year beside that of another time: at once arms stir, later they may deter."""
    for row in rows:
        if row.topic == first.topic and row.topic.variable == "hazard" and row.when == str(HORIZON) != first.when:
            yield row


def _by_turns(rows: Sequence[Finding]) -> list[Finding]:
    """First one row of each variable, then a second one of each, and so on; in each turn what moves most first."""
    before: dict[str, int] = {}
    turns = []
    for row in rows:
        turns.append(before.get(row.topic.variable, 0))
        before[row.topic.variable] = turns[-1] + 1
    return [row for _, row in sorted(zip(turns, rows, strict=True), key=lambda pair: (pair[0], _rank(pair[1])))]


def _rank(row: Finding) -> tuple[bool, bool, float]:
    """Lower for what moves visibly, is sure, and is large for its scale."""
    return row.size == 0.0, row.is_undetermined, -row.size


def ordered(rows: Sequence[Finding], first: Sequence[Finding]) -> tuple[Finding, ...]:
    """All rows, those of the topics that are told first in front."""
    order: dict[Topic, int] = {row.topic: place for place, row in enumerate(first)}
    return tuple(sorted(rows, key=lambda row: order.get(row.topic, len(order))))
