"""What a scenario makes happen, quarter by quarter, in the form that both engines read."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from sim.model.distributions import Distribution

LEVEL, SUPPLEMENT, VISIT, AGREEMENT, STATEMENT, INCIDENT_HAPPENS, TRADE_SHOCK, ORDER, DELIVERY, OFFER, GRANT = range(11)
FROM_BUDGET, FROM_OUTSIDE = 1, 0
ONE_UNIT_PRICE = Distribution("fixed", 1.0)


@dataclass(frozen=True)
class Size:
    """An uncertain number of an event and the name of its draw, the same in every scenario that has the event.

    parameter : key of the parameter that gives the number instead, or ""
    """

    distribution: Distribution
    draw: str
    parameter: str = ""


@dataclass(frozen=True)
class Item:
    """One thing that happens.

    kind    : one of the constants above
    what    : the level that is set, or the class of arms
    subject : who acts (a state, supplier, patron), or ""
    target  : on whom, or ""
    sizes   : the numbers, in the order that the kind needs
    payment : FROM_BUDGET or FROM_OUTSIDE
    booked  : for an order, whether its delivery waits for a drawn lead time
    """

    quarter: int
    kind: int
    id: str
    what: str = ""
    subject: str = ""
    target: str = ""
    sizes: tuple[Size, ...] = ()
    payment: int = FROM_OUTSIDE
    booked: bool = False


@dataclass(frozen=True)
class Script:
    """All items of a scenario, by quarter, and within a quarter in the order of the scenario."""

    items: tuple[Item, ...]

    @cached_property
    def by_quarter(self) -> dict[int, tuple[Item, ...]]:
        found: dict[int, list[Item]] = {}
        for item in self.items:
            found.setdefault(item.quarter, []).append(item)
        return {quarter: tuple(items) for quarter, items in found.items()}


def script_of(events: Iterable[Any]) -> Script:
    """The script of a resolved scenario's events, which are checked and sorted.

    Where events that hold for a while overlap (embargoes, forced choices, supplements, reserves), the one that began last
    counts; when it ends, the one before it counts again if it still holds.
    """
    events = tuple(events)
    arrivals = {event.ref: event.quarter for event in events if getattr(event, "ref", None) is not None}
    items = [item for event in events for item in _items(event, arrivals)]
    spells = [spell for event in events if event.type in _SPELLS for spell in _SPELLS[event.type](event)]
    return Script(tuple(sorted([*items, *_played(spells)], key=lambda item: item.quarter)))


def _items(event: Any, arrivals: dict[str, int]) -> Iterator[Item]:
    if getattr(event, "ref", None) is None and event.type not in _SPELLS:
        yield from _WRITERS[event.type](event, arrivals)


@dataclass(frozen=True)
class Spell:
    """Something that holds from one quarter until before another, or for good.

    on, off : the item that switches it on, and the one that switches off whatever holds, both at any quarter
    """

    start: int
    end: int | None
    on: Item
    off: Item

    @property
    def key(self) -> tuple[int, str, str, str]:
        """What is switched: spells with the same key exclude each other."""
        subject = "" if self.on.what in ("forced_supplier", "commander") else self.on.subject
        return self.on.kind, self.on.what, subject, self.on.target

    def holds(self, quarter: int) -> bool:
        return self.start <= quarter and (self.end is None or quarter < self.end)


def _played(spells: Iterable[Spell]) -> Iterator[Item]:
    """The items of spells, in the order of time."""
    groups: dict[tuple[int, str, str, str], list[Spell]] = {}
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


def _size(event: Any, field: str) -> Size:
    return Size(getattr(event, field), f"{event.id}.{field}")


def _held(event: Any, what: str, subject: str = "", target: str = "", field: str = "level") -> Item:
    return Item(event.quarter, LEVEL, event.id, what, subject, target, (_size(event, field),))


def _fixed(event: Any, value: float, name: str) -> Size:
    return Size(Distribution("fixed", value), f"{event.id}.{name}")


def _levels(event: Any, what: str, on: Size, subject: str = "", target: str = "") -> tuple[Item, Item]:
    """The items that set a level and that set it back to zero."""
    item = Item(event.quarter, LEVEL, event.id, what, subject, target, (on,))
    return item, replace(item, sizes=(_fixed(event, 0.0, "end"),))


def _after(event: Any) -> int | None:
    return None if event.end_quarter is None else event.end_quarter + 1


def _goods(event: Any) -> tuple[Size, Size]:
    """Units and price: arms that are given by value are units at a price of one."""
    if event.value_musd is not None:
        return _size(event, "value_musd"), Size(ONE_UNIT_PRICE, f"{event.id}.price")
    if event.unit_price_musd is not None:
        return _size(event, "n"), _size(event, "unit_price_musd")
    return _size(event, "n"), Size(ONE_UNIT_PRICE, f"{event.id}.price", f"{event.weapon_class}_price")


def _transfer(event: Any, kind: int, quarter: int, booked: bool = False) -> Item:
    payment = FROM_BUDGET if event.payment == "budget" else FROM_OUTSIDE
    return Item(
        quarter, kind, event.id, event.weapon_class, event.supplier, event.buyer, _goods(event), payment, booked
    )


def _order(event: Any, arrivals: dict[str, int]) -> Iterator[Item]:
    due = arrivals.get(event.id, event.end_quarter)
    yield _transfer(event, ORDER, event.quarter, booked=due is None)
    if due is not None:
        yield _transfer(event, DELIVERY, due)


def _delivery(event: Any, _: dict[str, int]) -> Iterator[Item]:
    yield _transfer(event, DELIVERY, event.quarter)


def _offer(event: Any, _: dict[str, int]) -> Iterator[Item]:
    yield _transfer(event, OFFER, event.quarter)


def _grant(event: Any, _: dict[str, int]) -> Iterator[Item]:
    yield Item(event.quarter, GRANT, event.id, "", event.patron, event.recipient, (_size(event, "value_musd"),))


def _agreement(event: Any, _: dict[str, int]) -> Iterator[Item]:
    one, other = event.parties
    yield Item(event.quarter, AGREEMENT, event.id, "", one, other)


def _visit(event: Any, _: dict[str, int]) -> Iterator[Item]:
    yield Item(event.quarter, VISIT, event.id, "", event.actor, event.target)


def _statement(event: Any, _: dict[str, int]) -> Iterator[Item]:
    yield Item(event.quarter, STATEMENT, event.id, "", event.actor, event.target, (_size(event, "tone"),))


def _incident(event: Any, _: dict[str, int]) -> Iterator[Item]:
    size = Size(Distribution("fixed", float(event.count)), f"{event.id}.count")
    yield Item(event.quarter, INCIDENT_HAPPENS, event.id, event.severity, sizes=(size,))


def _trade_shock(event: Any, _: dict[str, int]) -> Iterator[Item]:
    one, other = event.parties
    yield Item(event.quarter, TRADE_SHOCK, event.id, "", one, other, (_size(event, "change"),))


def _election(event: Any) -> Iterator[Spell]:
    yield Spell(event.quarter, event.quarter + 1, *_levels(event, "election", _fixed(event, 1.0, "election")))


def _embargo(event: Any) -> Iterator[Spell]:
    levels = _levels(event, "embargo", _fixed(event, 1.0, "embargo"), event.supplier, event.buyer)
    yield Spell(event.quarter, _after(event), *levels)


def _force_choice(event: Any) -> Iterator[Spell]:
    on = Item(event.quarter, LEVEL, event.id, "forced_supplier", event.supplier, event.buyer)
    yield Spell(event.quarter, _after(event), on, replace(on, subject=""))


def _supplement(event: Any) -> Iterator[Spell]:
    on = Item(event.quarter, SUPPLEMENT, event.id, "", event.actor, "", (_size(event, "change"),))
    yield Spell(event.quarter, _after(event), on, replace(on, sizes=(_fixed(event, 0.0, "end"),)))


def _command(event: Any) -> Iterator[Spell]:
    on = Item(event.quarter, LEVEL, event.id, "commander", event.nation)
    yield Spell(event.quarter, _after(event), on, replace(on, subject=""))


def _support(event: Any) -> Iterator[Spell]:
    on = _held(event, "support", event.patron, event.recipient)
    yield Spell(event.quarter, _after(event), on, replace(on, sizes=(_fixed(event, 1.0, "end"),)))


def _insecurity(event: Any) -> Iterator[Spell]:
    yield Spell(event.quarter, _after(event), *_levels(event, "insecurity_outside", _size(event, "level")))


def _forum(event: Any) -> Iterator[Spell]:
    for member in event.members:
        yield Spell(event.quarter, _after(event), *_levels(event, "transparency", _size(event, "level"), member))


def _release_reserve(event: Any) -> Iterator[Spell]:
    end = event.quarter + event.quarters
    yield Spell(event.quarter, end, *_levels(event, "reserve_scripted", _size(event, "troops")))


def _kfor(event: Any, _: dict[str, int]) -> Iterator[Item]:
    yield _held(event, "troops_agreed", field="troops")


def _dialogue(event: Any, _: dict[str, int]) -> Iterator[Item]:
    yield _held(event, "dialogue_agreed")


def _accession(event: Any, _: dict[str, int]) -> Iterator[Item]:
    yield _held(event, "accession")


def _unrest(event: Any, _: dict[str, int]) -> Iterator[Item]:
    yield _held(event, "unrest", subject=event.actor)


_WRITERS: dict[str, Callable[[Any, dict[str, int]], Iterator[Item]]] = {
    "order": _order,
    "deliver": _delivery,
    "offer": _offer,
    "grant": _grant,
    "agreement": _agreement,
    "visit": _visit,
    "statement": _statement,
    "incident": _incident,
    "trade_shock": _trade_shock,
    "kfor": _kfor,
    "dialogue": _dialogue,
    "accession": _accession,
    "unrest": _unrest,
}

_SPELLS: dict[str, Callable[[Any], Iterator[Spell]]] = {
    "election": _election,
    "embargo": _embargo,
    "force_choice": _force_choice,
    "supplement": _supplement,
    "release_reserve": _release_reserve,
    "command": _command,
    "support": _support,
    "insecurity": _insecurity,
    "forum": _forum,
}
