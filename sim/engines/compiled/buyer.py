"""Arms deals in compiled code: who needs, offers, chooses, consents, books and receives.

See `sim.engines.compiled.initial_state` for how they read and write. Deals are rare, so most of this goes member by member.
"""

from collections import namedtuple

from sim.engines.compiled.jit import compiled
from sim.engines.compiled.layout import (
    ADOPTED_ROW,
    ADOPTERS_ROW,
    ATTITUDE_ROW,
    DOM,
    FRIENDS,
    FRIENDS_FROM,
    FRIENDS_OF,
    KINDS,
    LANES,
    LOITERING,
    MEMORY_ROW,
    NONE,
    PARAM,
    QUARTER,
    RIVAL_STATES,
    RIVALS_FROM,
    RIVALS_OF,
    ROW,
    STANDING_ROW,
    STATE_ACTOR,
    STATES,
    SUPPLIER_ACTOR,
    SUPPLIERS,
    TIE_OF,
    UAV,
)
from sim.model.random_numbers import (
    QUARTERLY,
    REQUEST_CHOICE,
    REQUEST_CONSENT,
    REQUEST_LEAD,
    REQUEST_SIZE,
    uniform,
)
from sim.model.schedule import FROM_BUDGET
from sim.rules.capability import hostility, system_gap
from sim.rules.elementary import logistic, lognormal_value, normal_quantile, positive_part, share_of, weighted, whole
from sim.rules.supplier_history import share_of_others
from sim.rules.transfers import (
    affordability,
    choice_weight,
    deal_burden,
    deal_profit,
    deal_value,
    friendship_at_stake,
    lead_quarters,
    provocation,
)

Book = namedtuple("Book", "orders sizes head tail count")  # noqa: PYI024 - compiled code reads it
"""Orders of every member: (buyer, supplier, class, payment, next) and (units, value) of each, and the first and last order
that falls due in each quarter."""

Pools = namedtuple("Pools", "is_touched is_provoked is_linked is_signed")  # noqa: PYI024 - compiled code reads it
"""Which (state, class) got a delivery this quarter, and which (state, giver) provoked; which (state, supplier) ever dealt
with each other or may, and which ever signed an agreement: in any member of the block."""


@compiled
def need(values, params, buyer, kind, k):
    """A buyer's need: threat above the start, and how far it lies behind its rivals in the class."""
    wanted = positive_part(x=values[ROW.threat + buyer, k])
    if kind == UAV or kind == LOITERING:
        row = ROW.uav if kind == UAV else ROW.loitering
        rival_units = 0.0
        for n in range(RIVALS_FROM[buyer], RIVALS_FROM[buyer] + RIVALS_OF[buyer]):
            rival_units += weighted(
                weight=params[PARAM.threat_share + n, k], amount=values[row + RIVAL_STATES[n, 1], k]
            )
        wanted += system_gap(units=values[row + buyer, k], rival_units=rival_units)
    return wanted


@compiled
def utility(values, params, buyer, supplier, kind, burden, wanted, k):
    """Utility of a supplier's offer to a buyer, against buying nothing."""
    total = merit(values, params, buyer, supplier, kind, burden, wanted, k)
    total += values[STANDING_ROW[buyer, supplier], k]
    if kind == UAV or kind == LOITERING:
        others = share_of_others(
            adopters=values[ADOPTERS_ROW[supplier], k],
            is_adopter=values[ADOPTED_ROW[buyer, supplier], k],
            states=float(STATES),
        )
        total += weighted(weight=params[PARAM.demonstration, k], amount=others)
    return total


@compiled
def burden_of(values, params, buyer, value, k):
    """What a deal at the reference supplier's price costs a buyer, against its funds."""
    return deal_burden(
        value=value,
        spending=values[ROW.spending + buyer, k],
        procurement_share=params[PARAM.procurement_share + buyer, k],
    )


@compiled
def merit(values, params, buyer, supplier, kind, burden, wanted, k):
    """Utility of an offer by what the supplier is and sells, before their dealings since the start."""
    total = params[PARAM.appeal + supplier, k]
    total += params[PARAM.appeal_to + buyer * SUPPLIERS + supplier, k]
    total += params[PARAM.class_appeal + kind * SUPPLIERS + supplier, k]
    total += weighted(weight=params[PARAM.need_weight, k], amount=wanted)
    total += weighted(weight=params[PARAM.relation_weight, k], amount=values[ATTITUDE_ROW[buyer, supplier], k])
    total -= weighted(
        weight=params[PARAM.price_weight, k],
        amount=affordability(deal_burden=burden, premium=values[ROW.premium + supplier, k]),
    )
    total -= weighted(weight=params[PARAM.memory_weight, k], amount=values[MEMORY_ROW[buyer, supplier], k])
    total += weighted(
        weight=params[PARAM.standard_weight, k],
        amount=weighted(
            weight=params[PARAM.nato_standard + supplier, k], amount=params[PARAM.nato_alignment + buyer, k]
        ),
    )
    return total


@compiled
def consent(values, params, buyer, supplier, kind, value, k):
    """Probability that a supplier accepts a buyer's request; domestic production always does."""
    if supplier == DOM:
        return 1.0
    total = params[PARAM.accept_base, k]
    total += weighted(
        weight=params[PARAM.accept_profit, k], amount=deal_profit(value=value, scale=params[PARAM.deal_scale, k])
    )
    total += weighted(
        weight=params[PARAM.accept_influence, k], amount=values[ROW.influence + buyer * SUPPLIERS + supplier, k]
    )
    e = TIE_OF[SUPPLIER_ACTOR[supplier], STATE_ACTOR[buyer]]
    if e >= 0:
        total += weighted(weight=params[PARAM.accept_relation, k], amount=values[ROW.attitude + e, k])
    stake = 0.0
    first = FRIENDS_FROM[buyer, supplier]
    for n in range(first, first + FRIENDS_OF[buyer, supplier]):
        stake += friendship_at_stake(
            hostility=hostility(attitude=values[ROW.attitude + FRIENDS[n, 3], k]),
            attitude=values[ROW.attitude + FRIENDS[n, 2], k],
            trade_weight=params[PARAM.friend_weight, k],
        )
    provoking = weighted(
        weight=params[PARAM.coupling, k],
        amount=provocation(
            value=value, weight=params[PARAM.provocation_weight + kind, k], scale=params[PARAM.provocation_scale, k]
        ),
    )
    total -= weighted(
        weight=params[PARAM.accept_friendship + supplier, k], amount=weighted(weight=provoking, amount=stake)
    )
    total -= weighted(
        weight=params[PARAM.accept_embargo, k], amount=values[ROW.embargo + buyer * SUPPLIERS + supplier, k]
    )
    return logistic(x=total)


@compiled
def weigh_uav(values, params, buyer):
    """A buyer's supplier shares for a usual request of armed unmanned aircraft."""
    ask_usual(values, params, buyer)
    rate(values, params, buyer)
    choose(values, buyer)


@compiled
def ask_usual(values, params, buyer):
    """The need of a usual request, and what it costs. Apart from `rate`, so that both loops fit the vector registers."""
    for k in range(LANES):
        values[ROW.wanted, k] = need(values, params, buyer, UAV, k)
    for k in range(LANES):
        value = deal_value(units=params[PARAM.request_units + UAV, k], price=params[PARAM.uav_price, k])
        values[ROW.usual_burden, k] = burden_of(values, params, buyer, value, k)


@compiled
def rate(values, params, buyer):
    """Utility of every supplier for that request: as in `utility`, in loops that fit the vector registers."""
    for s in range(SUPPLIERS):
        for k in range(LANES):
            values[ROW.utility + s, k] = merit(
                values, params, buyer, s, UAV, values[ROW.usual_burden, k], values[ROW.wanted, k], k
            )
        standing, adopters, adopted = STANDING_ROW[buyer, s], ADOPTERS_ROW[s], ADOPTED_ROW[buyer, s]
        for k in range(LANES):
            values[ROW.utility + s, k] += values[standing, k]
        for k in range(LANES):
            others = share_of_others(adopters=values[adopters, k], is_adopter=values[adopted, k], states=float(STATES))
            values[ROW.utility + s, k] += weighted(weight=params[PARAM.demonstration, k], amount=others)


@compiled
def choose(values, buyer):
    """Shares of the suppliers in a buyer's choice, where buying nothing has utility zero."""
    for k in range(LANES):
        values[ROW.utility_best, k] = 0.0
    for s in range(SUPPLIERS):
        for k in range(LANES):
            best = values[ROW.utility_best, k]
            values[ROW.utility_best, k] = values[ROW.utility + s, k] if values[ROW.utility + s, k] > best else best
    for k in range(LANES):
        values[ROW.weight_in_all, k] = choice_weight(utility=0.0, utility_best=values[ROW.utility_best, k])
    for s in range(SUPPLIERS):
        for k in range(LANES):
            weight = choice_weight(utility=values[ROW.utility + s, k], utility_best=values[ROW.utility_best, k])
            values[ROW.utility + s, k] = weight
            values[ROW.weight_in_all, k] += weight
    for s in range(SUPPLIERS):
        for k in range(LANES):
            values[ROW.choice + buyer * SUPPLIERS + s, k] = share_of(
                part=values[ROW.utility + s, k], whole=values[ROW.weight_in_all, k]
            )


@compiled
def request(values, params, book, weights, quarter, seed, member):
    """Requests of every buyer: at most one a quarter, whose class, size, supplier and delivery are drawn."""
    for buyer in range(STATES):
        reached = ROW.request_reached + buyer * KINDS
        for k in range(LANES):
            u = weighted(weight=values[ROW.request_scale, k], amount=values[ROW.request_deviate + buyer, k])
            if u >= values[reached + KINDS - 1, k]:
                continue
            kind = 0
            while u >= values[reached + kind, k]:
                kind += 1
            negotiate(values, params, book, weights, quarter, seed, member[k], buyer, kind, k)


@compiled
def negotiate(values, params, book, weights, quarter, seed, who, buyer, kind, k):
    """One request: the buyer chooses a supplier or none, the supplier consents or not, the order is booked."""
    deviate = normal_quantile(u=uniform(seed, who, quarter, REQUEST_SIZE + buyer, QUARTERLY))
    if kind == UAV or kind == LOITERING:
        units = whole(
            x=lognormal_value(
                median=params[PARAM.request_units + kind, k],
                spread=params[PARAM.request_spread + kind, k],
                deviate=deviate,
            )
        )
        price = params[PARAM.uav_price, k] if kind == UAV else params[PARAM.loitering_price, k]
    else:
        funds = weighted(weight=params[PARAM.procurement_share + buyer, k], amount=values[ROW.spending + buyer, k])
        units = lognormal_value(
            median=weighted(weight=params[PARAM.request_share + kind, k], amount=funds),
            spread=params[PARAM.request_spread + kind, k],
            deviate=deviate,
        )
        price = 1.0
    value = deal_value(units=units, price=price)
    u = uniform(seed, who, quarter, REQUEST_CHOICE + buyer, QUARTERLY)
    supplier = chosen(values, params, weights, buyer, kind, value, u, k)
    if supplier == NONE:
        return
    u = uniform(seed, who, quarter, REQUEST_CONSENT + buyer, QUARTERLY)
    if u < consent(values, params, buyer, supplier, kind, value, k):
        values[ROW.orders + buyer * SUPPLIERS + supplier, k] += value
        due = quarter + waiting(params, kind, uniform(seed, who, quarter, REQUEST_LEAD + buyer, QUARTERLY), k)
        book_order(book, k, due, buyer, supplier, kind, FROM_BUDGET, units, value)


@compiled
def chosen(values, params, weights, buyer, kind, value, u, k):
    """The supplier that a buyer chooses for a uniform draw, in table order; NONE if it buys nothing."""
    forced = int(values[ROW.forced_supplier + buyer, k])
    if forced != NONE:
        return forced
    wanted = need(values, params, buyer, kind, k)
    burden = burden_of(values, params, buyer, value, k)
    best = 0.0
    for s in range(SUPPLIERS):
        weights[s] = utility(values, params, buyer, s, kind, burden, wanted, k)
        best = weights[s] if weights[s] > best else best
    for s in range(SUPPLIERS):  # without the sum, so that it fits the vector registers
        weights[s] = choice_weight(utility=weights[s], utility_best=best)
    total = choice_weight(utility=0.0, utility_best=best)
    for s in range(SUPPLIERS):
        total += weights[s]
    reached = 0.0
    for s in range(SUPPLIERS):
        reached += share_of(part=weights[s], whole=total)
        if u < reached:
            return s
    return NONE


@compiled
def waiting(params, kind, u, k):
    """Quarters from order to delivery for a uniform draw."""
    years = lognormal_value(
        median=params[PARAM.lead_time + kind, k], spread=params[PARAM.lead_spread, k], deviate=normal_quantile(u=u)
    )
    return int(lead_quarters(years=years, quarter=QUARTER))


@compiled
def deliver(values, pools, k, buyer, supplier, kind, units, value, own):
    """One delivery to one member's buyer: into its stocks, its pool of provocation, and the quarter's deliveries."""
    values[ROW.arrived + (buyer * KINDS + kind) * SUPPLIERS + supplier, k] += value
    values[ROW.arrived_in_all + buyer * KINDS + kind, k] += value
    values[ROW.deliveries + buyer * SUPPLIERS + supplier, k] += value
    pools.is_touched[buyer, kind] = True
    pools.is_provoked[buyer, SUPPLIER_ACTOR[supplier]] = True
    if supplier != DOM:
        pools.is_linked[buyer, supplier] = True
        values[ROW.held_from + buyer * SUPPLIERS + supplier, k] += value
    if kind == UAV and supplier != DOM and values[ROW.adopted + buyer * SUPPLIERS + supplier, k] == 0.0:
        values[ROW.adopted + buyer * SUPPLIERS + supplier, k] = 1.0
        values[ROW.adopters + supplier, k] += 1.0
    if kind == UAV:
        values[ROW.uav + buyer, k] += units
        values[ROW.uav_own + buyer, k] += weighted(weight=own, amount=units)
    elif kind == LOITERING:
        values[ROW.loitering + buyer, k] += units
        values[ROW.loitering_own + buyer, k] += weighted(weight=own, amount=units)
    else:
        values[ROW.capital_stock + buyer, k] += weighted(weight=1.0 - own, amount=value)


@compiled
def book_order(book, k, due, buyer, supplier, kind, own, units, value):
    """Put an order into a member's book; it is delivered in the quarter `due`, first come first delivered."""
    if due >= book.head.shape[1]:
        return
    place = book.count[k]
    book.count[k] = place + 1
    book.orders[k, place, 0] = buyer
    book.orders[k, place, 1] = supplier
    book.orders[k, place, 2] = kind
    book.orders[k, place, 3] = own
    book.orders[k, place, 4] = NONE
    book.sizes[k, place, 0] = units
    book.sizes[k, place, 1] = value
    if book.head[k, due] == NONE:
        book.head[k, due] = place
    else:
        book.orders[k, book.tail[k, due], 4] = place
    book.tail[k, due] = place


@compiled
def receive(values, pools, book, quarter):
    """Booked orders that fall due, for every member in the order in which it placed them."""
    for k in range(LANES):
        place = book.head[k, quarter]
        while place != NONE:
            buyer, supplier, kind, own = book.orders[k, place, :4]
            units, value = book.sizes[k, place]
            deliver(values, pools, k, buyer, supplier, kind, units, value, float(own))
            place = book.orders[k, place, 4]
