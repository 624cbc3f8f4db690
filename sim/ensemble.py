"""The compiled engine: many members at once, in blocks of lanes, on any number of threads.

`simulate_block` is the one function that carries the arrays from phase to phase. A block is independent of every other,
so blocks run on threads in any order and give the same bytes.
"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

import sim.compiled  # registers the rules before anything is compiled
from sim import phases
from sim.chance import (
    COUNTER_SIZE,
    EVENT,
    PARAMETER,
    QUARTERLY,
    REQUEST_CHOICE,
    REQUEST_CONSENT,
    REQUEST_LEAD,
    REQUEST_SIZE,
    channel_of,
    uniform,
)
from sim.layout import (
    ACTORS,
    AIR_DEFENCE,
    AT,
    GIVEN_ROWS,
    KINDS,
    LOITERING,
    LOT_ROWS,
    NET,
    NONE,
    OF,
    PATRON_SUPPLIER,
    PATRONS,
    ROWS,
    SRB,
    STATE_OF,
    STATES,
    SUPPLIER_ACTOR,
    SUPPLIERS,
    TIE_OF,
    UAV,
    XKX,
)
from sim.parameters import CLASSES, Distribution, ParameterTable
from sim.quarters import index_of, name_of
from sim.phases import LANES, QUARTER, compiled
from sim.rules import draws
from sim.rules.draws import drawn_value
from sim.rules.elementary import lognormal_value, normal_quantile, share_of, weighted, whole
from sim.rules.relations import bounded
from sim.rules.spending import incident_probability, relative_change
from sim.rules.transfers import choice_weight, deal_value, lead_quarters, provocation
from sim.script import (
    AGREEMENT,
    DELIVERY,
    FROM_BUDGET,
    GRANT,
    INCIDENT_HAPPENS,
    LEVEL,
    OFFER,
    ORDER,
    STATEMENT,
    SUPPLEMENT,
    TRADE_SHOCK,
    VISIT,
    Item,
    Script,
    Size,
)
from sim.seeds import EVENTS_DOCUMENTED_UNTIL
from sim.variables import OF_STATES, OF_TIES, Series, all_series
from sim.world import SERBIA

BOOK_SIZE = 512
FORCED, FREE = -2, -1
@compiled
def draw(kinds, numbers, channels, stream, seed, member, out):
    """Every row's distribution, drawn for the members of a block."""
    for row in range(kinds.shape[0]):
        for k in range(LANES):
            if kinds[row] == draws.FIXED:
                out[row, k] = numbers[row, 0]
            else:
                out[row, k] = drawn_value(
                    kind=kinds[row],
                    centre=numbers[row, 0],
                    spread=numbers[row, 1],
                    low=numbers[row, 2],
                    high=numbers[row, 3],
                    u=uniform(seed, member[k], 0, channels[row], stream),
                )


@compiled
def deliver(now, is_touched, is_provoked, k, buyer, supplier_place, supplier, kind, units, value, own):
    """One delivery to one member's buyer: into its stocks, its pool of provocation, and the quarter's deliveries."""
    now[AT.arrived + (buyer * KINDS + kind) * SUPPLIERS + supplier, k] += value
    now[AT.arrived_in_all + buyer * KINDS + kind, k] += value
    now[AT.deliveries + buyer * SUPPLIERS + supplier, k] += value
    is_touched[buyer, kind] = True
    is_provoked[buyer, supplier_place] = True
    if kind == UAV:
        now[AT.uav + buyer, k] += units
        now[AT.uav_own + buyer, k] += weighted(weight=own, amount=units)
    elif kind == LOITERING:
        now[AT.loitering + buyer, k] += units
        now[AT.loitering_own + buyer, k] += weighted(weight=own, amount=units)
    else:
        now[AT.capital_stock + buyer, k] += weighted(weight=1.0 - own, amount=value)


@compiled
def book_order(orders, order_sizes, head, tail, count, k, quarters, due, buyer, supplier, kind, own, units, value):
    """Put an order into a member's book; it is delivered in the quarter `due`, first come first delivered."""
    place = count[k]
    if place >= BOOK_SIZE:
        raise ValueError("a member's order book is full; lower the request rates")
    if due >= quarters:
        return
    count[k] = place + 1
    orders[k, place, 0] = buyer
    orders[k, place, 1] = supplier
    orders[k, place, 2] = kind
    orders[k, place, 3] = own
    orders[k, place, 4] = NONE
    order_sizes[k, place, 0] = units
    order_sizes[k, place, 1] = value
    if head[k, due] == NONE:
        head[k, due] = place
    else:
        orders[k, tail[k, due], 4] = place
    tail[k, due] = place


@compiled
def act_out(now, given, is_touched, is_provoked, orders, order_sizes, head, tail, count, lines, sizes, leads, line, quarter, seed, member):
    """One line of the script, for every member of the block."""
    kind, what, subject, target, row, own, first, lead = lines[line]
    quarters = head.shape[1]
    if kind == LEVEL:
        for k in range(LANES):
            now[row, k] = sizes[first, k]
    elif kind == SUPPLEMENT:
        for k in range(LANES):
            now[row, k] = relative_change(change=sizes[first, k])
    elif kind == VISIT:
        befriend(now, given, OF.visit_effect, subject, target)
    elif kind == AGREEMENT:
        befriend(now, given, OF.agreement_effect, subject, target)
        sign(now, given, is_provoked, subject, target)
        sign(now, given, is_provoked, target, subject)
    elif kind == STATEMENT:
        tie = TIE_OF[subject, target]
        if tie >= 0:
            for k in range(LANES):
                now[AT.rhetoric + tie, k] += weighted(weight=given[OF.statement_effect, k], amount=sizes[first, k])
    elif kind == INCIDENT_HAPPENS:
        for k in range(LANES):
            weight = 1.0 if what == 1 else given[OF.standoff_weight, k]
            now[AT.incidents, k] += sizes[first, k]
            now[AT.shock, k] += weighted(weight=weight, amount=sizes[first, k])
            now[AT.is_lethal, k] += 1.0 if what == 1 else 0.0
    elif kind == TRADE_SHOCK:
        for k in range(LANES):
            now[row, k] += relative_change(change=sizes[first, k])
    elif kind == GRANT:
        state = STATE_OF[target]
        is_provoked[state, subject] = True
        for k in range(LANES):
            now[AT.capital_stock + state, k] += sizes[first, k]
            now[AT.provoked + state * ACTORS + subject, k] += weighted(
                weight=given[OF.coupling, k],
                amount=provocation(
                    value=sizes[first, k], weight=given[OF.provocation_by_grant, k], scale=given[OF.provocation_scale, k]
                ),
            )
    elif kind == ORDER:
        for k in range(LANES):
            value = deal_value(units=sizes[first, k], price=sizes[first + 1, k])
            now[AT.orders + target * SUPPLIERS + subject, k] += value
            if lead >= 0:
                due = quarter + waiting(given, what, leads[lead, k], k)
                book_order(
                    orders, order_sizes, head, tail, count, k, quarters, due, target, subject, what, own, sizes[first, k], value
                )
    elif kind == DELIVERY:
        for k in range(LANES):
            value = deal_value(units=sizes[first, k], price=sizes[first + 1, k])
            deliver(
                now, is_touched, is_provoked, k, target, SUPPLIER_ACTOR[subject], subject, what, sizes[first, k], value, float(own)
            )
    elif kind == OFFER:
        for k in range(LANES):
            value = deal_value(units=sizes[first, k], price=sizes[first + 1, k])
            wanted = phases.need(now, given, target, what, k)
            offered = phases.utility(now, given, target, subject, what, value, wanted, k)
            best = offered if offered > 0.0 else 0.0
            taken = choice_weight(utility=offered, utility_best=best)
            total = choice_weight(utility=0.0, utility_best=best)
            total += taken
            is_taken = leads[lead + 1, k] < share_of(part=taken, whole=total)
            is_agreed = leads[lead + 2, k] < phases.consent(now, given, target, subject, what, value, k)
            if is_taken and is_agreed:
                now[AT.orders + target * SUPPLIERS + subject, k] += value
                due = quarter + waiting(given, what, leads[lead, k], k)
                book_order(
                    orders, order_sizes, head, tail, count, k, quarters, due, target, subject, what, own, sizes[first, k], value
                )


@compiled
def waiting(given, kind, u, k):
    """Quarters from order to delivery for a uniform draw."""
    years = lognormal_value(
        median=given[OF.lead_time + kind, k], spread=given[OF.lead_spread, k], deviate=normal_quantile(u=u)
    )
    return int(lead_quarters(years=years, quarter=QUARTER))


@compiled
def befriend(now, given, row, one, other):
    """A visit or an agreement draws both sides closer."""
    for tie in (TIE_OF[one, other], TIE_OF[other, one]):
        if tie >= 0:
            for k in range(LANES):
                now[AT.cooperation + tie, k] += given[row, k]


@compiled
def sign(now, given, is_provoked, giver, receiver):
    """An agreement provokes the rivals of a signatory that is a state."""
    state = STATE_OF[receiver]
    if state >= 0:
        is_provoked[state, giver] = True
        for k in range(LANES):
            now[AT.provoked + state * ACTORS + giver, k] += weighted(
                weight=given[OF.coupling, k], amount=given[OF.provocation_by_agreement, k]
            )


@compiled
def receive(now, is_touched, is_provoked, orders, order_sizes, head, quarter):
    """Booked orders that fall due, for every member in the order in which it placed them."""
    for k in range(LANES):
        place = head[k, quarter]
        while place != NONE:
            buyer, supplier, kind = orders[k, place, 0], orders[k, place, 1], orders[k, place, 2]
            deliver(
                now,
                is_touched,
                is_provoked,
                k,
                buyer,
                SUPPLIER_ACTOR[supplier],
                supplier,
                kind,
                order_sizes[k, place, 0],
                order_sizes[k, place, 1],
                float(orders[k, place, 3]),
            )
            place = orders[k, place, 4]


@compiled
def clear(now, is_touched, is_provoked):
    """Empty the pools that this quarter's deliveries filled."""
    for i in range(STATES):
        for c in range(KINDS):
            if is_touched[i, c]:
                is_touched[i, c] = False
                now[AT.arrived_in_all + i * KINDS + c, :] = 0.0
                for s in range(SUPPLIERS):
                    now[AT.arrived + (i * KINDS + c) * SUPPLIERS + s, :] = 0.0
                    now[AT.armed + i * SUPPLIERS + s, :] = 0.0
        for giver in range(ACTORS):
            if is_provoked[i, giver]:
                is_provoked[i, giver] = False
                now[AT.provoked + i * ACTORS + giver, :] = 0.0


def uav_weigher(buyer):
    """A function that fills a buyer's supplier shares for a usual request of armed unmanned aircraft."""

    @compiled
    def weigh(now, given, utilities, wanted):
        for k in range(LANES):
            wanted[k] = phases.need(now, given, buyer, UAV, k)
        for s in range(SUPPLIERS):
            for k in range(LANES):
                value = deal_value(units=given[OF.request_units + UAV, k], price=given[OF.uav_price, k])
                utilities[s, k] = phases.utility(now, given, buyer, s, UAV, value, wanted[k], k)
        phases.choose(now, given, buyer, utilities)

    return weigh


weigh_in_belgrade, weigh_in_pristina = uav_weigher(SRB), uav_weigher(XKX)


@compiled
def request(now, given, orders, order_sizes, head, tail, count, weights, quarter, seed, member):
    """Requests of every buyer: at most one a quarter, whose class, size, supplier and delivery are drawn."""
    for buyer in range(STATES):
        reached = AT.request_reached + buyer * KINDS
        for k in range(LANES):
            u = now[AT.request_luck + buyer, k]
            if u >= now[reached + KINDS - 1, k]:
                continue
            kind = 0
            while u >= now[reached + kind, k]:
                kind += 1
            negotiate(
                now, given, orders, order_sizes, head, tail, count, weights, quarter, seed, member[k], buyer, kind, k
            )


@compiled
def negotiate(now, given, orders, order_sizes, head, tail, count, weights, quarter, seed, who, buyer, kind, k):
    """One request: the buyer chooses a supplier or none, the supplier consents or not, the order is booked."""
    deviate = normal_quantile(u=uniform(seed, who, quarter, REQUEST_SIZE + buyer, QUARTERLY))
    if kind == UAV or kind == LOITERING:
        units = whole(
            x=lognormal_value(
                median=given[OF.request_units + kind, k], spread=given[OF.request_spread + kind, k], deviate=deviate
            )
        )
        price = given[OF.uav_price, k] if kind == UAV else given[OF.loitering_price, k]
    else:
        funds = weighted(weight=given[OF.procurement_share + buyer, k], amount=now[AT.spending + buyer, k])
        units = lognormal_value(
            median=weighted(weight=given[OF.request_share + kind, k], amount=funds),
            spread=given[OF.request_spread + kind, k],
            deviate=deviate,
        )
        price = 1.0
    value = deal_value(units=units, price=price)
    u = uniform(seed, who, quarter, REQUEST_CHOICE + buyer, QUARTERLY)
    supplier = chosen(now, given, weights, buyer, kind, value, u, k)
    if supplier == NONE:
        return
    u = uniform(seed, who, quarter, REQUEST_CONSENT + buyer, QUARTERLY)
    if u < phases.consent(now, given, buyer, supplier, kind, value, k):
        now[AT.orders + buyer * SUPPLIERS + supplier, k] += value
        due = quarter + waiting(given, kind, uniform(seed, who, quarter, REQUEST_LEAD + buyer, QUARTERLY), k)
        book_order(
            orders, order_sizes, head, tail, count, k, head.shape[1], due, buyer, supplier, kind, FROM_BUDGET, units, value
        )


@compiled
def chosen(now, given, weights, buyer, kind, value, u, k):
    """The supplier that a buyer chooses for a uniform draw, in table order; NONE if it buys nothing."""
    forced = int(now[AT.forced_supplier + buyer, k])
    if forced != NONE:
        return forced
    wanted = phases.need(now, given, buyer, kind, k)
    best = 0.0
    for s in range(SUPPLIERS):
        weights[s] = phases.utility(now, given, buyer, s, kind, value, wanted, k)
        best = weights[s] if weights[s] > best else best
    total = choice_weight(utility=0.0, utility_best=best)
    for s in range(SUPPLIERS):
        weights[s] = choice_weight(utility=weights[s], utility_best=best)
        total += weights[s]
    reached = 0.0
    for s in range(SUPPLIERS):
        reached += share_of(part=weights[s], whole=total)
        if u < reached:
            return s
    return NONE


@compiled
def counter_transfer(now, given, orders, order_sizes, head, tail, count, quarter, seed, member):
    """Arms that a patron sends to Serbia, which arrive in the next quarter and cost Serbia's budget nothing."""
    for p in range(PATRONS):
        supplier = PATRON_SUPPLIER[p]
        if supplier == NONE:
            continue
        for k in range(LANES):
            probability = weighted(
                weight=given[OF.chance, k], amount=incident_probability(hazard=now[AT.counter_rate + p, k], years=QUARTER)
            )
            if now[AT.counter_luck + p, k] < probability:
                value = lognormal_value(
                    median=given[OF.counter_size, k],
                    spread=given[OF.counter_spread, k],
                    deviate=normal_quantile(u=uniform(seed, member[k], quarter, COUNTER_SIZE + p, QUARTERLY)),
                )
                now[AT.orders + SRB * SUPPLIERS + supplier, k] += value
                book_order(
                    orders, order_sizes, head, tail, count, k, head.shape[1], quarter + 1, SRB, supplier, AIR_DEFENCE, 0, value, value
                )


@njit(nogil=True, error_model="numpy", cache=True)
def simulate_block(
    seed, member, quarters, history_until, kinds, numbers, channels, size_kinds, size_numbers, size_channels,
    size_rows, lead_channels, lines, starts, recorded, out,
):  # fmt: skip
    """Run one block of members and record it.

    member        : (LANES,) numbers of the members
    history_until : last quarter whose events come from the record only
    kinds, numbers, channels : the parameters' distributions and the channels of their draws
    size_*        : the same for the sizes of the script's events, and the parameter row that gives a size instead
    lead_channels : channels of the uniform draws that booked orders and offers of the script need
    lines, starts : the script, and the first line of each quarter
    recorded      : (series,) rows of the world to record
    out           : (series, quarters, LANES) filled
    """
    now = np.zeros((ROWS, LANES))
    given = np.empty((GIVEN_ROWS, LANES))
    sizes = np.empty((size_kinds.shape[0], LANES))
    leads = np.empty((lead_channels.shape[0], LANES))
    utilities = np.empty((SUPPLIERS, LANES))
    weights = np.empty(SUPPLIERS)
    wanted = np.empty(LANES)
    is_touched = np.zeros((STATES, KINDS), np.bool_)
    is_provoked = np.zeros((STATES, ACTORS), np.bool_)
    orders = np.empty((LANES, BOOK_SIZE, 5), np.int64)
    order_sizes = np.empty((LANES, BOOK_SIZE, 2))
    head = np.full((LANES, quarters), NONE)
    tail = np.full((LANES, quarters), NONE)
    count = np.zeros(LANES, np.int64)
    draw(kinds, numbers, channels, PARAMETER, seed, member, given)
    draw(size_kinds, size_numbers, size_channels, EVENT, seed, member, sizes)
    for row in range(size_rows.shape[0]):
        if size_rows[row] != NONE:
            sizes[row] = given[size_rows[row]]
    for row in range(lead_channels.shape[0]):
        for k in range(LANES):
            leads[row, k] = uniform(seed, member[k], 0, lead_channels[row], EVENT)
    phases.begin(now, given)
    for quarter in range(quarters):
        is_drawn = quarter > history_until
        if quarter >= phases.OBSERVED_QUARTERS:
            lots = now[AT.growth_luck : AT.growth_luck + LOT_ROWS]
            phases.cast(lots, quarter, seed, member)
            phases.bend(lots)
        phases.grow(now, given, quarter)
        phases.fade(now, given)
        for line in range(starts[quarter], starts[quarter + 1]):
            act_out(
                now, given, is_touched, is_provoked, orders, order_sizes, head, tail, count, lines, sizes, leads, line,
                quarter, seed, member,
            )  # fmt: skip
        receive(now, is_touched, is_provoked, orders, order_sizes, head, quarter)
        phases.settle(now, given)
        phases.provoke(now, given, is_touched)
        phases.resent(now, given, is_provoked)
        phases.express(now)
        phases.assess(now, given, quarter)
        phases.strain(now, given, is_provoked, is_drawn)
        phases.risk(now, given, is_drawn)
        phases.budget(now, given, quarter)
        weigh_in_belgrade(now, given, utilities, wanted)
        weigh_in_pristina(now, given, utilities, wanted)
        if is_drawn:
            request(now, given, orders, order_sizes, head, tail, count, weights, quarter, seed, member)
        phases.patronise(now, given, is_drawn)
        if is_drawn:
            counter_transfer(now, given, orders, order_sizes, head, tail, count, quarter, seed, member)
        phases.wear(now, given, is_drawn)
        phases.trade(now, given, quarter)
        phases.express(now)
        clear(now, is_touched, is_provoked)
        for s in range(recorded.shape[0]):
            for k in range(LANES):
                out[s, quarter, k] = now[recorded[s], k]


ROW_OF_VARIABLE = {
    "relation": "cooperation",
    "supplier_choice": "choice",
}


def row_of(series: Series) -> int:
    """Row of the world that holds a recorded series."""
    base: int = getattr(AT, ROW_OF_VARIABLE.get(series.variable, series.variable), NONE)
    actor, counterpart = series.actor, series.counterpart
    if series.variable in OF_STATES:
        return base + NET.states.index(actor)
    if series.variable == "trade":
        return base + NET.pair(actor, counterpart)
    if series.variable in OF_TIES:
        return base + NET.tie(actor, counterpart)
    if series.variable in ("supplier_choice", "orders", "deliveries"):
        return base + NET.states.index(actor) * SUPPLIERS + NET.suppliers.index(counterpart)
    if series.variable == "influence":
        return base + NET.states.index(counterpart) * SUPPLIERS + NET.suppliers.index(actor)
    if series.variable == "patron_support":
        return (AT.counter_support if counterpart == SERBIA else AT.grants) + NET.patrons.index(actor)
    return base


@dataclass(frozen=True)
class Encoded:
    """A parameter table and a script as the arrays that `simulate_block` reads."""

    kinds: NDArray[np.int64]
    numbers: NDArray[np.float64]
    channels: NDArray[np.int64]
    size_kinds: NDArray[np.int64]
    size_numbers: NDArray[np.float64]
    size_channels: NDArray[np.int64]
    size_rows: NDArray[np.int64]
    lead_channels: NDArray[np.int64]
    lines: NDArray[np.int64]
    starts: NDArray[np.int64]


def encoded(parameters: ParameterTable, script: Script, quarters: int) -> Encoded:
    """The arrays of a parameter table and a script, for a run of so many quarters."""
    sizes: list[Size] = []
    leads: list[str] = []
    lines, starts = [], [0]
    for quarter in range(quarters):
        for item in script.by_quarter.get(quarter, ()):
            lines.append(_line(item, len(sizes), len(leads)))
            sizes += item.sizes or (Size(Distribution("fixed", _place_of_supplier(item.subject)), item.id),)
            leads += [f"{item.id}.{what}" for what in _waits(item)]
        starts.append(len(lines))
    return Encoded(
        *_distributions(parameters.distributions, parameters.keys),
        *_distributions([size.distribution for size in sizes], [size.draw for size in sizes]),
        np.array([parameters.offset(size.parameter) if size.parameter else NONE for size in sizes], dtype=np.int64),
        np.array([channel_of(name) for name in leads], dtype=np.int64),
        np.array(lines, dtype=np.int64).reshape(-1, 8),
        np.array(starts, dtype=np.int64),
    )


def _waits(item: Item) -> tuple[str, ...]:
    """Names of the uniform draws that an item needs when it happens."""
    if item.kind == OFFER:
        return ("lead", "choice", "consent")
    return ("lead",) if item.booked else ()


def _place_of_supplier(code: str) -> float:
    return float(NET.suppliers.index(code) if code in NET.suppliers else NONE)


def _distributions(
    distributions: Sequence[Distribution], names: Sequence[str]
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int64]]:
    codes = np.array([draws.CODES[d.kind] for d in distributions], dtype=np.int64)
    numbers = np.array([(d.centre, d.spread, d.low, d.high) for d in distributions], dtype=np.float64).reshape(-1, 4)
    return codes, numbers, np.array([channel_of(name) for name in names], dtype=np.int64)


def _line(item: Item, first: int, lead: int) -> tuple[int, ...]:
    """kind, what, subject, target, row, payment, first size, first lead draw."""
    what = CLASSES.index(item.what) if item.what in CLASSES else int(item.what == "lethal")
    goods = item.kind in (ORDER, DELIVERY, OFFER)
    subject = _place(NET.suppliers if goods else NET.givers, item.subject)
    target = _place(NET.states if goods else NET.givers, item.target)
    return item.kind, what, subject, target, _row(item), item.payment, first, lead if _waits(item) else NONE


def _place(codes: tuple[str, ...], code: str) -> int:
    return codes.index(code) if code else NONE


def _row(item: Item) -> int:
    """Row of the world that an item sets or shifts, if it does."""
    if item.kind == SUPPLEMENT:
        return AT.supplement + NET.states.index(item.subject)
    if item.kind == TRADE_SHOCK:
        return AT.trade_gap + NET.pair(item.subject, item.target)
    if item.kind != LEVEL:
        return NONE
    base: int = getattr(AT, item.what)
    if item.what == "unrest":
        return base + NET.states.index(item.subject)
    if item.what == "forced_supplier":
        return base + NET.states.index(item.target)
    if item.what == "embargo":
        return base + NET.states.index(item.target) * SUPPLIERS + NET.suppliers.index(item.subject)
    return base


def simulate(
    parameters: ParameterTable,
    script: Script,
    *,
    members: Sequence[int] | NDArray[np.int64],
    seed: int,
    quarters: int,
    series: Sequence[Series] | None = None,
    threads: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> NDArray[np.float64]:
    """Run members and return what was recorded.

    members  : numbers of the members; each member's result depends on its number and the seed only
    quarters : how many, from 2018Q1
    series   : what to record; everything by default
    threads  : at most so many at once; all cores by default. The result does not depend on it
    progress : called with the number of members that a finished block adds
    returns  : (series, quarters, members)

    Raises FloatingPointError if a recorded number is not finite.
    """
    wanted = all_series() if series is None else tuple(series)
    rows = np.array([row_of(one) for one in wanted], dtype=np.int64)
    numbers = np.asarray(members, dtype=np.int64)
    arrays = encoded(parameters, script, quarters)
    blocks = -(-len(numbers) // LANES)
    padded = np.resize(numbers, blocks * LANES)
    out = np.empty((len(wanted), quarters, blocks * LANES))
    history_until = index_of(EVENTS_DOCUMENTED_UNTIL)

    def run(block: int) -> None:
        lanes = slice(block * LANES, (block + 1) * LANES)
        simulate_block(
            seed, padded[lanes], quarters, history_until,
            arrays.kinds, arrays.numbers, arrays.channels, arrays.size_kinds, arrays.size_numbers, arrays.size_channels,
            arrays.size_rows,
            arrays.lead_channels, arrays.lines, arrays.starts, rows, out[:, :, lanes],
        )  # fmt: skip
        if progress is not None:
            progress(min(LANES, len(numbers) - block * LANES))

    with ThreadPoolExecutor(threads or os.cpu_count()) as pool:
        list(pool.map(run, range(blocks)))
    recorded = out[:, :, : len(numbers)]
    if not np.isfinite(recorded).all():
        raise FloatingPointError(_not_finite(recorded, wanted, numbers))
    return recorded


def _not_finite(recorded: NDArray[np.float64], wanted: Sequence[Series], members: NDArray[np.int64]) -> str:
    series, quarter, member = np.argwhere(~np.isfinite(recorded))[0]
    one = wanted[series]
    return f"{one.variable} {one.actor} {one.counterpart} is not finite in quarter {name_of(quarter)} of member {members[member]}"


@njit(nogil=True, error_model="numpy", cache=True)
def draw_members(kinds, numbers, channels, seed, members, out):
    """Parameters of any number of members: out is (rows, members), members a multiple of the block size."""
    for block in range(members.shape[0] // LANES):
        lanes = slice(block * LANES, (block + 1) * LANES)
        draw(kinds, numbers, channels, PARAMETER, seed, members[lanes], out[:, lanes])


def drawn_parameters(
    table: ParameterTable, *, members: Sequence[int] | NDArray[np.int64], seed: int
) -> NDArray[np.float64]:
    """The parameters that members draw, (rows of the table, members)."""
    numbers = np.asarray(members, dtype=np.int64)
    padded = np.resize(numbers, -(-len(numbers) // LANES) * LANES)
    out = np.empty((table.size, len(padded)))
    draw_members(*_distributions(table.distributions, table.keys), seed, padded, out)
    return out[:, : len(numbers)]
