"""What an answer may be about: rows that every run offers, rows of those whom a scenario acts on or moves most, and which of them
the scenario's question names."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from sim.data.actors import actor_name, load_actors, named, whose
from sim.io.formatting import PER_CENT
from sim.io.quarters import PER_YEAR, index_of, year_of
from sim.model.network import FIRST as ONE
from sim.model.network import FOLLOWED, MISSION, REGION, network
from sim.model.network import SECOND as OTHER
from sim.model.variables import BETWEEN, KEEPERS, Series, all_series
from sim.scenario.levers import events_changed
from sim.scenario.loading import Scenario

if TYPE_CHECKING:
    from sim.analysis.results import Run

HORIZON = 2030
FIRST, LATER, LAST, PEAK = "first quarter", "a year later", "last quarter", "quarter in which the median moves most"
FULL_YEAR, LAST_YEAR = "first full year", "last year"
YEARLY = (FULL_YEAR, LAST_YEAR)
MOST_CONCERNED, MOST_MOVED = 4, 3  # actors of the scenario, and others, that get rows of their own


@dataclass(frozen=True)
class Topic:
    """A row that is offered: which series, when, and how it is written.

    large : a change of it that is large, in `unit`, by which changes of unlike numbers are ranked; zero where the scenario's file sets it
    """

    words: str
    variable: str
    actor: str
    counterpart: str
    times: tuple[str, ...]
    unit: str
    digits: int = 2
    scale: float = 1.0
    in_per_cent: bool = False
    large: float = 0.0

    @property
    def series(self) -> Series:
        return Series(self.variable, self.actor, self.counterpart)


def spending_of(state: str) -> Topic:
    """The military spending of a state, in per cent."""
    return Topic(f"{whose(state)} spending", "spending", state, "", YEARLY, "%", 1, in_per_cent=True, large=10.0)


def attitude_of(actor: str, to: str, times: tuple[str, ...] = (FIRST, LATER, LAST, PEAK)) -> Topic:
    """The attitude of one actor to another."""
    return Topic(f"{whose(actor)} attitude to {named(to)}", "attitude", actor, to, times, "", large=0.5)


def stock_of(state: str, weapon_class: str) -> Topic:
    """What a state holds of a class of arms; classes that are not told apart by their value together."""
    owner = whose(state)
    match weapon_class:
        case "uav":
            return Topic(f"{owner} armed drones", "uav", state, "", (FIRST, LAST), "units", 1)
        case "loitering":
            return Topic(f"{owner} one-way drones", "loitering", state, "", (FIRST, LAST), "units", 0)
        case "air_defence":
            return Topic(f"{owner} air defence (value)", "air_defence", state, "", (LAST,), "m US$", 1)
        case _:
            return Topic(f"{owner} other equipment (value)", "capital_stock", state, "", (LAST,), "m US$", 1)


def tension(times: tuple[str, ...]) -> Topic:
    """The tension between the two sides."""
    return Topic(f"tension between {BETWEEN}", "tension", ONE, OTHER, times, "", large=0.25)


def incident_rate(times: tuple[str, ...]) -> Topic:
    """The rate of serious incidents at the flashpoint."""
    return Topic("incident rate", "hazard", ONE, OTHER, times, "a year", large=0.5)


def long_term_relations(actor: str, to: str, times: tuple[str, ...]) -> Topic:
    """The slow part of an attitude."""
    words = f"{whose(actor)} long-term relations with {named(to)}"
    return Topic(words, "relation", actor, to, times, "", large=0.5)


def recorded_once(topics: Iterable[Topic]) -> tuple[Topic, ...]:
    """Those of recorded series, each series once: where the followed supplier is a side, it has no attitude to itself, for example."""
    known = {topic.series: topic for topic in reversed(list(topics))}
    return tuple(topic for topic in reversed(known.values()) if topic.series in all_series())


_OFFERED = (
    spending_of(ONE),
    spending_of(OTHER),
    attitude_of(ONE, FOLLOWED),
    long_term_relations(ONE, FOLLOWED, (LATER, PEAK)),
    attitude_of(ONE, OTHER, (LAST,)),
    attitude_of(OTHER, FOLLOWED, (FIRST, LAST, PEAK)),
    tension((FIRST, LATER, PEAK)),
    incident_rate((FIRST, PEAK, *YEARLY)),
    Topic(
        f"chance that {named(ONE)} chooses {REGION.adjective} armed drones", "supplier_choice", ONE, FOLLOWED, YEARLY, "points", 1,
        PER_CENT,
        large=25.0,
    ),
    Topic(
        f"{whose(FOLLOWED)} share of {whose(OTHER)} arms", "dependence", OTHER, FOLLOWED, (LAST_YEAR,), "points", 1, PER_CENT,
        large=25.0,
    ),
    Topic(f"index of {REGION.adjective} influence in {named(OTHER)}", "influence", FOLLOWED, OTHER, (LAST_YEAR,), "", large=0.25),
    Topic(f"trade of {named(ONE)} and {named(FOLLOWED)}", "trade", ONE, FOLLOWED, (LAST_YEAR,), "% of 2018", 1, PER_CENT, large=10.0),
    stock_of(OTHER, "loitering"),
    stock_of(OTHER, "uav"),
    stock_of(OTHER, "arms"),
    stock_of(ONE, "uav"),
    stock_of(ONE, "loitering"),
    stock_of(ONE, "arms"),
    Topic(f"{KEEPERS}'s strength", "troops", MISSION, "", (FIRST, LAST), "thousand", 1),
)  # fmt: skip
TOPICS = recorded_once(_OFFERED)


def first_full_year(start: int) -> int:
    """The first calendar year that lies wholly after a quarter, or begins with it.

    >>> first_full_year(index_of("2025Q4")), first_full_year(index_of("2026Q1"))
    (2026, 2026)
    """
    return year_of(start + PER_YEAR - 1)


# ---- whom a scenario is about ----------------------------------------------------------------------------------------


def topics_of(run: "Run") -> tuple[Topic, ...]:
    """The rows of every run; of the actors of the changed events, of their rivals and of what they buy; and of whom it moves most."""
    if run.baseline is None or run.first_effect is None:
        return TOPICS
    added: dict[Series, Topic] = {topic.series: topic for topic in TOPICS}
    for topic in (*topics_concerned(run.scenario, run.baseline), *_moved_most(run)):
        if topic.series in run.by_series:
            added.setdefault(topic.series, topic)
    return tuple(added.values())


def states_concerned(scenario: Scenario, baseline: Scenario | None) -> tuple[str, ...]:
    """States that the changed events name, in their order."""
    named_ones = (code for event in _events(scenario, baseline) for code in _codes(event))
    return tuple(dict.fromkeys(code for code in named_ones if code in network().states))


def states_armed(scenario: Scenario, baseline: Scenario | None) -> tuple[str, ...]:
    """States whose own arms, budget or guarantee the changed events are about; not who sells, visits or commands."""
    fields = ("buyer", "recipient", "state")
    named = [getattr(event, field, None) for event in _events(scenario, baseline) for field in fields]
    budgets = [event.actor for event in _events(scenario, baseline) if event.type == "supplement"]
    return tuple(dict.fromkeys(code for code in (*named, *budgets) if code in network().states))


def _events(scenario: Scenario, baseline: Scenario | None) -> list[Any]:
    """The changed events, a delivery as the order that it fulfils."""
    known = (*scenario.events, *(() if baseline is None else baseline.events))
    orders = {event.id: event for event in known}
    return [orders.get(getattr(event, "ref", None) or "", event) for event in events_changed(scenario, baseline)]


def _codes(event: Any) -> Iterator[str]:
    """Codes of the actors in an event's fields."""
    known = load_actors().codes
    for value in event.plain().values():
        yield from (code for code in (value if isinstance(value, list) else [value]) if code in known)


def topics_concerned(scenario: Scenario, baseline: Scenario | None) -> Iterator[Topic]:
    """Rows of the states that the changed events name, of their rivals, of how they stand to each other, and of what they buy."""
    states = states_concerned(scenario, baseline)[:MOST_CONCERNED]
    yield from map(spending_of, states)
    yield from (spending_of(state) for state, rival in network().rivals if rival in states)
    for event in _events(scenario, baseline):
        codes = list(_codes(event))[:MOST_CONCERNED]
        yield from (attitude_of(one, other) for one in codes for other in codes if one != other)
        if hasattr(event, "weapon_class") and hasattr(event, "buyer"):
            yield stock_of(event.buyer, event.weapon_class)


def _moved_most(run: "Run") -> Iterator[Topic]:
    """The states whose budgets, and the ties whose attitudes, move most, as far as something is left of it after rounding."""
    start = run.first_effect or 0
    spans = {"spending": [], "attitude": []}  # type: dict[str, list[tuple[float, Topic]]]
    last = index_of(f"{HORIZON}Q4") + 1
    years = [place for place, year in enumerate(run.years) if first_full_year(start) <= year <= HORIZON]
    for contrast in run.contrasts:
        series = contrast.series
        if series.variable == "spending" and contrast.yearly_per_cent is not None and years:
            values, topic = contrast.yearly_per_cent.median[years], spending_of(series.actor)
        elif series.variable == "attitude" and contrast.difference is not None:
            values, topic = contrast.difference.median[start:last], attitude_of(series.actor, series.counterpart)
        else:
            continue
        size = float(abs(values).max(initial=0.0))
        if round(size, topic.digits):
            spans[series.variable].append((size, topic))
    for found in spans.values():
        yield from (topic for _, topic in sorted(found, key=lambda pair: -pair[0])[:MOST_MOVED])


# ---- what a question names -------------------------------------------------------------------------------------------

OF_THE_NORTH = ("tension", "hazard", "troops")  # named without the states that they are about
SAID = {
    "spending": "",  # of a state that is named, always
    "attitude": "relation|attitude|quarrel|friend|cooperat|diplom|words",
    "relation": "relation|cooperat|friend",
    "tension": "tension|dialogue|escalat|calm|crisis",
    "hazard": "risk|incident|violen|clash|danger|flashpoint",
    "supplier_choice": "supplier|seller|purchas|buy|bought|drone",
    "dependence": "depend|share of",
    "influence": "influence",
    "trade": "trade",
    "troops": "kfor|peacekeep|soldier",
    "uav": "drone|uav|tb2|bayraktar|aircraft",
    "loitering": "munition|skydagger|one-way",
    "air_defence": "air defence|s-400|missile",
    "capital_stock": "arms|weapon|equipment|tank|artillery|jet|f-16|rafale|fighter",
}


def place_named(topic: Topic, question: str) -> int | None:
    """Where a question names a topic, its subject by a word and its states by a name: the letter at which the last of these states first
    stands. None where it does not.

    >>> asked = "What does an order by Athens do to Turkish spending, and to the risk in the north?"
    >>> [place_named(topic, asked) for topic in (spending_of("TUR"), spending_of("SRB"), incident_rate(()), tension(()))]
    [35, None, 0, None]
    """
    text = question.lower()
    if topic.variable not in SAID or not re.search(SAID[topic.variable], text):
        return None
    codes = [] if topic.variable in OF_THE_NORTH else [code for code in (topic.actor, topic.counterpart) if code]
    found = [re.search(_called(code), text) for code in codes]
    return None if None in found else max((one.start() for one in found if one), default=0)


@cache
def _called(code: str) -> str:
    stems = {one.code: one.stems for one in load_actors().actors}
    return rf"\b(?:{stems.get(code) or re.escape(actor_name(code).lower())})"
