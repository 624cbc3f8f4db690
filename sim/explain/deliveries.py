"""Arms that arrive in a quarter, by the event or the deal behind them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from sim.engines.compiled.layout import KINDS, LOITERING, NET, SUPPLIER_ACTOR, SUPPLIERS, SUSPICION_ROW, UAV
from sim.engines.compiled.vectorized import Array, on_arrays
from sim.explain.attribution import Attributed, Cause, apply, single_cause, total
from sim.explain.events import resentment_left, scripted
from sim.explain.recorded_run import Record, cached, entry
from sim.model.calendar import HISTORY_UNTIL, QUARTER
from sim.model.parameters import CLASSES
from sim.model.random_numbers import QUARTERLY, REQUEST_LEAD, uniforms
from sim.model.schedule import DELIVER, FROM_BUDGET, OFFER, ORDER, Item
from sim.rules.elementary import lognormal_value, normal_quantile
from sim.rules.transfers import deal_value, lead_quarters, provocation, provocation_felt

LEAST_ORDER = 1e-9  # million dollars: less is a rounding error


@dataclass(frozen=True, eq=False)
class Arrival:
    """Arms that arrive in one quarter; members to whom none arrive have zero.

    kind, supplier : places in the lists of classes and suppliers
    payment        : FROM_BUDGET or FROM_OUTSIDE
    cause          : the event or deal behind them
    """

    kind: int
    supplier: int
    payment: int
    units: Array
    value: Array
    cause: Cause


@cached
def arrivals(record: Record, state: int) -> list[list[Arrival]]:
    """What a state receives in each quarter."""
    received: list[list[Arrival]] = [[] for _ in range(record.quarters)]
    for due, one in (*_scripted(record, state), *_drawn(record, state)):
        for quarter in np.unique(due[one.value > 0.0]):
            if quarter < record.quarters:
                falls = due == quarter
                received[int(quarter)].append(replace(one, units=one.units * falls, value=one.value * falls))
    return received


def _scripted(record: Record, state: int) -> Iterator[tuple[Array, Arrival]]:
    """What the script delivers, and the orders and offers whose lead time is drawn."""
    for item in record.script.items:
        if item.operation not in (DELIVER, ORDER, OFFER) or item.target != NET.states[state]:
            continue
        if item.quarter >= record.quarters or (item.operation == ORDER and not item.booked):
            continue
        one = _of_item(record, item)
        if item.operation == DELIVER:
            yield record.zeros + item.quarter, one
            continue
        is_taken = _is_taken(record, item) if item.operation == OFFER else record.zeros + 1.0
        wait = _waiting(record, one.kind, record.uniforms(f"{item.id}.lead", record.seeds[1]))
        yield item.quarter + wait, replace(one, units=one.units * is_taken, value=one.value * is_taken)


def _of_item(record: Record, item: Item) -> Arrival:
    units = record.size(item)
    value = on_arrays(deal_value, units=units, price=record.size(item, 1))
    cause = Cause("arms", item.target, item.what, entry(item))
    return Arrival(CLASSES.index(item.what), NET.suppliers.index(item.subject), item.payment, units, value, cause)


def _is_taken(record: Record, item: Item) -> Array:
    """One for the members in whose world an offer became an order."""
    state, supplier = NET.states.index(item.target), NET.suppliers.index(item.subject)
    ordered = record.row("orders", state * SUPPLIERS + supplier, item.quarter)
    return (ordered >= _of_item(record, item).value - LEAST_ORDER).astype(float)


def _waiting(record: Record, kind: int, shares: Array) -> Array:
    """Quarters from order to delivery."""
    years = on_arrays(
        lognormal_value,
        median=record.param("lead_time", kind),
        spread=record.param("lead_spread"),
        deviate=on_arrays(normal_quantile, u=shares),
    )
    return on_arrays(lead_quarters, years=years, quarter=QUARTER)


def _drawn(record: Record, state: int) -> Iterator[tuple[Array, Arrival]]:
    """Orders that a state placed by itself."""
    for quarter in range(HISTORY_UNTIL + 1, record.quarters):
        reached = np.array([record.row("request_reached", state * KINDS + kind, quarter) for kind in range(KINDS)])
        drawn = record.row("request_deviate", state, quarter)
        kinds = (drawn >= reached).sum(axis=0)
        shares = uniforms(record.seeds[1], record.members, quarter, REQUEST_LEAD + state, QUARTERLY)
        for supplier in range(SUPPLIERS):
            ordered = record.row("orders", state * SUPPLIERS + supplier, quarter)
            value = ordered - _ordered(record, state, supplier, quarter)
            for kind in np.unique(kinds[value > LEAST_ORDER]):
                part = np.where((kinds == kind) & (value > LEAST_ORDER), value, 0.0)
                cause = Cause("deals", NET.states[state], CLASSES[kind])
                price = record.param(f"{CLASSES[kind]}_price") if kind in (UAV, LOITERING) else record.zeros + 1.0
                order = Arrival(int(kind), supplier, FROM_BUDGET, part / price, part, cause)
                yield quarter + _waiting(record, kind, shares), order


def _ordered(record: Record, state: int, supplier: int, quarter: int) -> Array:
    """What the script puts into the order book in a quarter."""
    value = record.zeros
    for item in record.script.by_quarter.get(quarter, ()):
        is_theirs = (item.target, item.subject) == (NET.states[state], NET.suppliers[supplier])
        if is_theirs and item.operation in (ORDER, OFFER):
            is_taken = _is_taken(record, item) if item.operation == OFFER else 1.0
            value = value + _of_item(record, item).value * is_taken
    return value


@cached
def provoked(record: Record, state: int, giver: int, quarter: int) -> Attributed:
    """What a giver's deliveries to a state, their agreements and its gifts provoke in a quarter."""
    who, to = NET.givers[giver], NET.states[state]
    signed = scripted(record, "provoked", (to, who), quarter, name=lambda one: Cause(one.channel, who, to, entry(one)))
    return total([*_delivered(record, state, giver, quarter), signed])


@cached
def armed(record: Record, state: int, supplier: int, quarter: int) -> Attributed:
    """What a supplier's deliveries to a state provoke in a quarter, which its rivals remember."""
    return total(_delivered(record, state, int(SUPPLIER_ACTOR[supplier]), quarter))


def felt(record: Record, state: int, giver: int, observer: int, quarter: int, is_shielded: bool = True) -> Attributed:
    """The same in the eyes of one state, which may suspect the giver, or spare it while it commands the peacekeepers."""
    raw = provoked(record, state, giver, quarter)
    if not raw.parts:
        return raw
    left: Array | float = resentment_left(record, observer, NET.givers[giver], quarter) if is_shielded else 1.0
    return apply(
        provocation_felt,
        provocation=raw,
        suspicion=record.at(int(SUSPICION_ROW[observer, giver]), quarter),
        resentment_share=left,
    )


def _delivered(record: Record, state: int, giver: int, quarter: int) -> Iterator[Attributed]:
    """Pooled by class, then laid to each supplier by its share."""
    who, to = NET.givers[giver], NET.states[state]
    for kind in range(KINDS):
        came = [one for one in arrivals(record, state)[quarter] if one.kind == kind]
        if not any(SUPPLIER_ACTOR[one.supplier] == giver for one in came):
            continue
        causes = [Cause("delivery", NET.suppliers[one.supplier], to, one.cause.event) for one in came]
        pool = [single_cause(one.value, cause) for one, cause in zip(came, causes, strict=True)]
        provoking = record.param("coupling") * apply(
            provocation,
            value=total(pool, record.zeros),
            perceived_value=record.param(f"{CLASSES[kind]}_perceived_value") if kind in (UAV, LOITERING) else 1.0,
            weight=record.param("provocation_weight", kind),
            scale=record.param("provocation_scale"),
        )
        yield from (single_cause(part, cause) for cause, part in provoking.parts.items() if cause.who == who)
