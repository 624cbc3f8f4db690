"""Whether a rival answers a delivery in kind: with the same class of arms, or with the class against it.

Asked of every delivery or purchase that stands in one of two scenarios and not in the other. The same simulations, with the same
draws, are looked at with it and without it: does the rival receive the class within one, three and five years after that
delivery, and from whom. What a scenario file itself lets the rival have in a quarter is no answer and is not counted.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.analysis.store import Store, stretches
from sim.io.quarters import PER_YEAR, name_of
from sim.model.calendar import HISTORY_UNTIL
from sim.model.network import network
from sim.model.schedule import DELIVER, OFFER, ORDER, Item, Script
from sim.model.variables import Series, arrivals
from sim.rules.elementary import normal_quantile

HORIZONS = (1, 3, 5)  # years after the delivery
COUNTERS = {"uav": ("air_defence",), "loitering": ("air_defence",)}
SAME, COUNTER = "same class", "counter"
LEVEL = 0.95
EVERYBODY = "all"  # in place of the code of a supplier
NEVER = np.iinfo(np.int64).max // 2
COLUMNS = (
    "buyer", "delivered", "since", "rival", "answer", "kind", "within_years", "supplier", "simulations", "p_scenario",
    "p_baseline", "difference", "low", "high",
)  # fmt: skip
Whole = NDArray[np.int64]


@dataclass(frozen=True)
class ArmsMoved:
    """Deliveries of one class to one buyer in which two scenarios differ.

    first    : number of the quarter of the first of them; of an order or offer without a date, that in which it is made
    is_added : whether it is the scenario that has them, or has more entries of them, and not what it is compared with
    """

    buyer: str
    weapon_class: str
    first: int
    is_added: bool


@dataclass(frozen=True)
class Share:
    """How often something comes about in pairs of simulations.

    simulations        : pairs that were looked at; 0 where the run ends before the time is over, and nothing else is known then
    scenario, baseline : [1]  share of them with the scenario, and with what it is compared with
    low, high          : [1]  95 % interval of the difference, which says how far the number of simulations pins it down
    """

    simulations: int
    scenario: float = 0.0
    baseline: float = 0.0
    low: float = 0.0
    high: float = 0.0

    @property
    def difference(self) -> float:
        return self.scenario - self.baseline


@dataclass(frozen=True)
class Answer:
    """Whether one rival gets one class within some years.

    moved     : the delivery that it answers
    since     : number of the quarter of that delivery, the median over simulations
    kind      : `SAME` or `COUNTER`
    share     : of the rival getting the class from anybody
    suppliers : supplier -> the same of the first delivery being from it, those that ever are
    """

    moved: ArmsMoved
    since: int
    rival: str
    weapon_class: str
    kind: str
    within_years: int
    share: Share
    suppliers: dict[str, Share]

    @property
    def is_known(self) -> bool:
        """Whether the run lasts so long."""
        return self.share.simulations > 0

    @property
    def raised_by(self) -> float:
        """How much more often the rival gets the class with the delivery than without it."""
        return self.share.difference if self.moved.is_added else -self.share.difference

    @property
    def is_raised(self) -> bool:
        """Whether that is more than the number of simulations leaves open: the whole interval lies on that side of zero."""
        return self.is_known and (self.share.low > 0.0 if self.moved.is_added else self.share.high < 0.0)

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Rows of answer_in_kind.csv: from anybody, then by supplier; blank where the run ends too early."""
        moved = self.moved
        head = (moved.buyer, moved.weapon_class, name_of(self.since), self.rival, self.weapon_class, self.kind)
        for supplier, share in {EVERYBODY: self.share, **self.suppliers}.items():
            numbers = (share.scenario, share.baseline, share.difference, share.low, share.high)
            known = numbers if share.simulations else (None,) * len(numbers)
            yield (*head, self.within_years, supplier, share.simulations, *known)


def rivals_of(buyer: str) -> tuple[str, ...]:
    """States that count the buyer among their rivals."""
    return tuple(state for state, rival in network().rivals if rival == buyer)


def answering(weapon_class: str) -> dict[str, str]:
    """Classes that answer one, and whether each is the same or stands against it."""
    return {weapon_class: SAME, **dict.fromkeys(COUNTERS.get(weapon_class, ()), COUNTER)}


def arms_moved(baseline: Script, scenario: Script, quarters: int) -> tuple[ArmsMoved, ...]:
    """Deliveries in which two scripts differ before the end of a run, by buyer and class, to buyers that have a rival."""
    own, base = (frozenset(_deliveries(script.items)) for script in (scenario, baseline))
    differing = sorted(own ^ base, key=lambda item: item.quarter)
    groups: dict[tuple[str, str], list[Item]] = {}
    for item in differing:
        if item.quarter < quarters and rivals_of(item.target):
            groups.setdefault((item.target, item.what), []).append(item)
    return tuple(
        ArmsMoved(*key, items[0].quarter, sum(item in own for item in items) > sum(item in base for item in items))
        for key, items in groups.items()
    )


def _deliveries(items: Iterable[Item]) -> Iterator[Item]:
    """What brings arms: deliveries, and orders and offers whose delivery is drawn."""
    return (item for item in items if item.operation in (DELIVER, OFFER) or (item.operation == ORDER and item.booked))


def series_of_answers(moved: Iterable[ArmsMoved]) -> tuple[Series, ...]:
    """What must be recorded to tell the answers: arrivals at the buyers, and at their rivals."""
    wanted = [
        one
        for each in moved
        for state, classes in ((each.buyer, (each.weapon_class,)), *_askings(each))
        for weapon_class in classes
        for one in arrivals(state, weapon_class)
    ]
    return tuple(dict.fromkeys(wanted))


def _askings(moved: ArmsMoved) -> Iterator[tuple[str, tuple[str, ...]]]:
    return ((rival, tuple(answering(moved.weapon_class))) for rival in rivals_of(moved.buyer))


# ---- what came -------------------------------------------------------------------------------------------------------


def answers_in_kind(
    moved: Sequence[ArmsMoved], scripts: Sequence[Script], stores: Sequence[Store], quarters: int, members: int
) -> tuple[Answer, ...]:
    """Every rival's answers to the deliveries that differ.

    scripts, stores : of what the scenario is compared with, and of the scenario; the stores hold `series_of_answers`
    """
    return tuple(answer for each in moved for answer in _answers_to(each, scripts, stores, quarters, members))


def _answers_to(
    moved: ArmsMoved, scripts: Sequence[Script], stores: Sequence[Store], quarters: int, members: int
) -> Iterator[Answer]:
    since = _dates(moved, stores, quarters, members)
    if (since == NEVER).all():
        return
    middle = int(np.median(since[since < NEVER]))
    for rival, classes in _askings(moved):
        for weapon_class in classes:
            scripted = _scripted(scripts, rival, weapon_class)
            base, own = (_first_after(store, rival, weapon_class, since, scripted, quarters) for store in stores)
            for years in HORIZONS:
                if middle + PER_YEAR * years < HISTORY_UNTIL + PER_YEAR:
                    continue  # purchases are drawn after the record only: nobody could have answered
                share, suppliers = _shares(base, own, since, years, quarters)
                kind = answering(moved.weapon_class)[weapon_class]
                yield Answer(moved, middle, rival, weapon_class, kind, years, share, suppliers)


def _dates(moved: ArmsMoved, stores: Sequence[Store], quarters: int, members: int) -> Whole:
    """Quarter in which the buyer's deliveries first differ in each simulation; `NEVER` where they do not."""
    found = np.full(members, NEVER, dtype=np.int64)
    for one in arrivals(moved.buyer, moved.weapon_class):
        for span in stretches(quarters, members):
            differs = stores[0].values(one, span) != stores[1].values(one, span)
            found = np.minimum(found, _first(differs & (_times(span) >= moved.first), span))
    return found


def _times(span: range) -> Whole:
    return np.arange(span.start, span.stop, dtype=np.int64)[:, None]


def _first(is_so: NDArray[np.bool_], span: range) -> Whole:
    """The first quarter of a span in which something is so, for each simulation; `NEVER` where it is not."""
    return np.where(is_so.any(axis=0), span.start + is_so.argmax(axis=0), NEVER)


def _scripted(scripts: Sequence[Script], rival: str, weapon_class: str) -> frozenset[tuple[str, int]]:
    """Suppliers and quarters in which a file of the two lets the rival have the class."""
    items = (item for script in scripts for item in script.items)
    return frozenset(
        (item.subject, item.quarter)
        for item in items
        if item.operation == DELIVER and (item.target, item.what) == (rival, weapon_class)
    )


def _first_after(
    store: Store, rival: str, weapon_class: str, since: Whole, scripted: frozenset[tuple[str, int]], quarters: int
) -> tuple[Whole, Whole]:
    """Quarter of the first delivery of a class to a rival after a date, `NEVER` without one, and place of its supplier."""
    when, who = (np.full(since.shape, missing, dtype=np.int64) for missing in (NEVER, -1))
    for one in arrivals(rival, weapon_class):
        place = network().suppliers.index(one.counterpart)
        for span in stretches(quarters, len(since)):
            is_own = [[(one.counterpart, quarter) not in scripted] for quarter in span]
            first = _first((store.values(one, span) > 0.0) & (_times(span) > since) & is_own, span)
            who[first < when] = place
            when = np.minimum(when, first)
    return when, who


def _shares(
    base: tuple[Whole, Whole], own: tuple[Whole, Whole], since: Whole, years: int, quarters: int
) -> tuple[Share, dict[str, Share]]:
    """The share that gets the class within some years, from anybody and by the supplier of the first delivery."""
    looked = since < quarters - PER_YEAR * years
    until = since[looked] + PER_YEAR * years

    def share(is_from: Callable[[Whole], NDArray[np.bool_]]) -> Share:
        with_it, without = ((when[looked] <= until) & is_from(who[looked]) for when, who in (own, base))
        return share_of_pairs(with_it, without)

    by_supplier = {code: share(lambda who, p=place: who == p) for place, code in enumerate(network().suppliers)}  # type: ignore[misc]
    seen = {code: one for code, one in by_supplier.items() if one.scenario or one.baseline}
    return share(lambda who: who >= 0), seen


def share_of_pairs(scenario: NDArray[np.bool_], baseline: NDArray[np.bool_]) -> Share:
    """How often something is so in each of two, over the same simulations."""
    pairs = len(scenario)
    if not pairs:
        return Share(0)
    gained, lost = (int((one & ~other).sum()) for one, other in ((scenario, baseline), (baseline, scenario)))
    interval = paired_difference_interval(gained, lost, pairs, LEVEL)
    return Share(pairs, float(scenario.mean()), float(baseline.mean()), *interval)


def paired_difference_interval(gained: int, lost: int, pairs: int, level: float) -> tuple[float, float]:
    """Interval of the difference of two proportions that were counted on the same pairs, by Agresti and Min's adjusted Wald method.

    gained, lost : pairs with the first alone, and with the second alone
    pairs        : all pairs, 1 or more
    returns      : [1]  low, high, between -1 and 1; the middle is the difference, drawn a little towards zero

    After A. Agresti and Y. Min, Statistics in Medicine 24(5), 2005: half a pair is added to each of the four cells.

    >>> low, high = paired_difference_interval(gained=30, lost=10, pairs=98, level=0.95)
    >>> round(low, 4), round(high, 4)
    (0.0808, 0.3192)
    """
    total = pairs + 2.0
    middle = (gained - lost) / total
    spread = math.sqrt((gained + lost + 1.0) / total - middle * middle) / math.sqrt(total)
    reach = normal_quantile(u=0.5 + level / 2.0) * spread
    return max(-1.0, middle - reach), min(1.0, middle + reach)


def longest_known(answers: Iterable[Answer]) -> tuple[Answer, ...]:
    """Of each delivery, rival and class the answer over the most years that the run lasts, same classes first."""
    longest: dict[tuple[ArmsMoved, str, str], Answer] = {}
    for answer in answers:
        if answer.is_known:
            longest[answer.moved, answer.rival, answer.weapon_class] = answer
    return tuple(longest.values())


def answer_document(answers: Iterable[Answer]) -> list[dict[str, Any]]:
    """The rows of answer_in_kind.csv by the names of their columns."""
    return [dict(zip(COLUMNS, row, strict=True)) for answer in answers for row in answer.rows()]
