"""What a scenario makes happen, quarter by quarter, in the few operations that both engines know.

A type of event (`sim.scenario.events`) says what it writes; no engine knows a type of event.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from sim.io import plugged
from sim.io.errors import refusal, suggestion
from sim.model.distributions import Distribution
from sim.model.network import SUPPORTED, network

SET, ADD, EASE, CHOOSE, DELIVER, ORDER, OFFER = range(7)
"""A variable becomes an amount, grows by it, is eased by it, or names an actor; arms arrive, are ordered, are offered. What
writes a variable comes before `DELIVER`, by which the compiled engine tells the two apart."""

PLAIN, PRODUCT, RELATIVE_CHANGE, PROVOCATION, INFLUENCE = range(5)
"""How numbers make an amount: the only one; the product of two; through the rules `relative_change`, `provocation` (value,
weight, scale; times the fourth) and `influence_won` (value, weight, scale)."""

WRITABLE = {
    **dict.fromkeys(
        ("accession", "commander", "dialogue_agreed", "election", "incidents", "insecurity_outside"), "region"
    ),
    **dict.fromkeys(("is_lethal", "reserve_scripted", "shock", "tension", "troops_agreed"), "region"),
    **dict.fromkeys(
        ("capital_stock", "commitment", "forced_supplier", "supplement", "transparency", "unrest"), "state"
    ),
    **dict.fromkeys(("embargo", "held_from", "signed", "soft_power"), "supplier"),
    **dict.fromkeys(("cooperation", "rhetoric"), "tie"),
    "provoked": "giver",
    "support": "patron",
    "trade_gap": "pair",
}
"""Variables that an event may write, and by what each is counted: of the region; by state; by state and
supplier, giver or patron, the state first; by tie (who, towards whom); by pair."""

FROM_BUDGET, FROM_OUTSIDE = 1, 0


def place_of(what: str, of: tuple[str, ...]) -> int:
    """Place of one number of a variable in the order of the network; -1 where the model holds none."""
    net, index = network(), WRITABLE[what]
    if index == "tie":
        return net.tie(*of)
    if index == "pair":
        return net.pair(*of)
    lists = {
        "region": (),
        "state": (net.states,),
        "supplier": (net.states, net.suppliers),
        "giver": (net.states, net.givers),
        "patron": (SUPPORTED, net.patrons),
    }[index]
    place = 0
    for code, codes in zip(of, lists, strict=True):
        if code not in codes:
            return -1
        place = place * len(codes) + codes.index(code)
    return place


@dataclass(frozen=True)
class Size:
    """A number of an event: drawn under a name that is the same in every scenario with the event, or a parameter's, by its key."""

    distribution: Distribution
    draw: str = ""
    parameter: str = ""


def number(value: float) -> Size:
    """A number that is the same in every simulation."""
    return Size(Distribution("fixed", value))


ONE = number(1.0)


def parameter(key: str) -> Size:
    """The number that a parameter gives."""
    return Size(ONE.distribution, parameter=key)


@dataclass(frozen=True)
class Item:
    """One thing that happens.

    operation : one of the operations above
    what      : the variable that is written, or the class of arms
    of        : whose variable, see `WRITABLE`
    subject   : who acts (a state, supplier, patron), or ""
    target    : on whom, or ""
    sizes     : the numbers that make the amount; of arms the units and the price
    rule      : how they make it, see above
    believed  : who hears of it and from whom, where the amount counts only as far as the one believes the other
    channel   : what an explanation calls the cause
    payment   : FROM_BUDGET or FROM_OUTSIDE
    booked    : for an order, whether its delivery waits for a drawn lead time
    """

    quarter: int
    operation: int
    id: str
    what: str = ""
    of: tuple[str, ...] = ()
    subject: str = ""
    target: str = ""
    sizes: tuple[Size, ...] = ()
    rule: int = PLAIN
    believed: tuple[str, str] | None = None
    channel: str = ""
    payment: int = FROM_OUTSIDE
    booked: bool = False

    @property
    def exists(self) -> bool:
        """Whether the model holds what is written; of two actors that are indifferent it holds no relation."""
        return self.operation in (DELIVER, ORDER, OFFER) or place_of(self.what, self.of) >= 0


@dataclass(frozen=True)
class Script:
    """All items of a scenario, by quarter, and within a quarter in the order of the scenario."""

    items: tuple[Item, ...]

    @cached_property
    def by_quarter(self) -> dict[int, tuple[Item, ...]]:
        quarters: dict[int, list[Item]] = {}
        for item in self.items:
            quarters.setdefault(item.quarter, []).append(item)
        return {quarter: tuple(items) for quarter, items in quarters.items()}


@dataclass(frozen=True)
class Spell:
    """What holds from one quarter until before another, or for good: items that switch it on, and off whatever holds, at any time."""

    start: int
    end: int | None
    on: Item
    off: Item

    @property
    def key(self) -> tuple[str, tuple[str, ...]]:
        """What is switched: spells with the same key exclude each other."""
        return self.on.what, self.on.of

    def holds(self, quarter: int) -> bool:
        return self.start <= quarter and (self.end is None or quarter < self.end)


def script_of(events: Iterable[Any]) -> Script:
    """The script of a resolved scenario's events, which are checked and sorted.

    Where spells of one kind overlap (embargoes, forced choices, supplements, reserves), the one that began last counts; when
    it ends, the one before it counts again if it still holds.
    """
    events = tuple(events)
    arrivals = {event.ref: event.at for event in events if getattr(event, "ref", None) is not None}
    effects = [effect for event in events for effect in _effects_of(event.arriving(arrivals.get(event.id)))]
    items = [effect for effect in effects if isinstance(effect, Item)]
    items += _played(effect for effect in effects if isinstance(effect, Spell))
    return Script(tuple(sorted((item for item in items if item.exists), key=lambda item: item.quarter)))


def _effects_of(event: Any) -> list[Item | Spell]:
    """The effects of an event; InputError for what the class of a plug-in does wrong."""
    if type(event) not in plugged.EVENTS:
        return [*event.effects()]
    where, file = f"{type(event).__name__}.effects", plugged.BROUGHT["EVENTS", event.type_name()]
    try:
        effects = [*event.effects()]
    except Exception as error:
        raise refusal(file, f"{where} fails: {type(error).__name__}: {error}", event.id) from error
    for effect in effects:
        if fault := _fault_of(effect):
            raise refusal(file, f"{where} {fault}; see docs/plugins.md", event.id)
    return effects


def _fault_of(effect: Any) -> str:
    """What is wrong with an effect of a plug-in's event; "" if nothing is."""
    if not isinstance(effect, Item | Spell):
        return f"gives {effect!r}, which is no effect"
    item = effect.on if isinstance(effect, Spell) else effect
    if item.operation < DELIVER and item.what not in WRITABLE:
        return f'writes "{item.what}", which no event may write{suggestion(item.what, WRITABLE)}'
    try:
        assert isinstance(item.exists, bool)
    except Exception as error:  # noqa: BLE001 - whatever a user's class names is told as the user's
        return f"writes {item.what} of {item.of!r}, which is none ({type(error).__name__}: {error})"
    return ""


def _played(spells: Iterable[Spell]) -> Iterator[Item]:
    """The items of spells, in the order of time."""
    groups: dict[tuple[str, tuple[str, ...]], list[Spell]] = {}
    for spell in spells:
        groups.setdefault(spell.key, []).append(spell)
    for group in groups.values():
        group.sort(key=lambda spell: spell.start)
        playing: Item | None = None
        for quarter in sorted({time for spell in group for time in (spell.start, spell.end) if time is not None}):
            holding = [spell.on for spell in group if spell.holds(quarter)]
            wanted = holding[-1] if holding else group[0].off
            if wanted is not playing:
                yield replace(wanted, quarter=quarter)
                playing = wanted
