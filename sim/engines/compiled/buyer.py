"""Arms deals in compiled code: who needs, offers, chooses, consents, books and receives.

See `sim.engines.compiled.initial_state` for how they read and write. Deals are rare, so most of this goes member by member.
"""

from sim.engines.compiled import layout
from sim.engines.compiled.arrays import Book, Members, Parameters, Pools, Requests, Values
from sim.engines.compiled.layout import KINDS, LANES, LOITERING, NONE, PARAM, ROW, STATES, SUPPLIERS, UAV
from sim.engines.compiled.state import perceived_value
from sim.model import random_numbers
from sim.model.calendar import QUARTER
from sim.model.random_numbers import QUARTERLY, uniform
from sim.model.schedule import FROM_BUDGET
from sim.rules import transfers
from sim.rules.capability import drone_gap, hostility, system_gap
from sim.rules.elementary import lognormal_value, normal_quantile, share_of, whole
from sim.rules.spending import incident_probability
from sim.rules.supplier_history import share_of_others


def update_requests(values: Values, params: Parameters) -> None:
    """The probability that a state requests a class of arms in this quarter, or one before it in the list."""
    for i in range(STATES):
        rival_drones(values, params, i)
        reached = ROW.request_reached + i * KINDS
        for k in range(LANES):
            total = 0.0
            for c in range(KINDS):
                total += request_rate_of(values, params, i, c, k)
                values[reached + c, k] = total
            probability = params[PARAM.chance, k] * incident_probability(hazard=total, years=QUARTER)
            for c in range(KINDS):
                values[reached + c, k] = probability * share_of(part=values[reached + c, k], whole=total)


def rival_drones(values: Values, params: Parameters, i: int) -> None:
    """Drones of a state's rivals, by their shares of its threat."""
    for k in range(LANES):
        values[ROW.rival_uav, k] = 0.0
        values[ROW.rival_loitering, k] = 0.0
    for n in range(layout.RIVALS_FROM[i], layout.RIVALS_FROM[i] + layout.RIVALS_OF[i]):
        for k in range(LANES):
            share = params[PARAM.threat_share + n, k]
            values[ROW.rival_uav, k] += share * values[ROW.uav + layout.RIVAL_STATES[n, 1], k]
            values[ROW.rival_loitering, k] += share * values[ROW.loitering + layout.RIVAL_STATES[n, 1], k]


def gap_of(values: Values, params: Parameters, i: int, kind: int, k: int) -> float:
    """How far a state lies behind its rivals in a class, or with air defence behind their drones."""
    if kind == UAV:
        return system_gap(
            units=values[ROW.uav + i, k], rival_units=values[ROW.rival_uav, k], lot=params[PARAM.request_units + UAV, k]
        )
    if kind == LOITERING:
        return system_gap(
            units=values[ROW.loitering + i, k],
            rival_units=values[ROW.rival_loitering, k],
            lot=params[PARAM.request_units + LOITERING, k],
        )
    if kind == layout.AIR_DEFENCE:
        return drone_gap(
            uav=params[PARAM.uav_price, k] * values[ROW.rival_uav, k],
            loitering=params[PARAM.loitering_price, k] * values[ROW.rival_loitering, k],
            air_defence=values[ROW.air_defence + i, k],
            scale=params[PARAM.provocation_scale, k],
        )
    return 0.0


def request_rate_of(values: Values, params: Parameters, i: int, kind: int, k: int) -> float:
    """Rate at which a state seeks deals of a class."""
    return transfers.request_rate(
        base=params[PARAM.request_rate + kind, k],
        factor=params[PARAM.request_factor + i, k],
        threat_weight=params[PARAM.coupling, k] * params[PARAM.request_threat, k],
        threat_rise=values[ROW.threat_rise + i, k],
        emulation=params[PARAM.coupling, k] * params[PARAM.emulation + kind, k],
        gap=gap_of(values, params, i, kind, k),
        demand=params[PARAM.external_demand, k],
        insecurity=values[ROW.insecurity_outside, k],
    )


def burden_of(values: Values, params: Parameters, buyer: int, value: float, k: int) -> float:
    """What a deal at the reference supplier's price costs a buyer, against its funds."""
    return transfers.deal_burden(
        value=value,
        spending=values[ROW.spending + buyer, k],
        procurement_share=params[PARAM.procurement_share + buyer, k],
    )


def utility(values: Values, params: Parameters, buyer: int, supplier: int, kind: int, burden: float, k: int) -> float:
    """Utility of a supplier's offer to a buyer, against buying nothing."""
    appeal = params[PARAM.appeal + supplier, k] + params[PARAM.appeal_to + buyer * SUPPLIERS + supplier, k]
    merit = transfers.offer_merit(
        appeal=appeal + params[PARAM.class_appeal + kind * SUPPLIERS + supplier, k],
        relation_weight=params[PARAM.relation_weight, k],
        attitude=values[layout.ATTITUDE_ROW[buyer, supplier], k],
        price_weight=params[PARAM.price_weight, k],
        deal_burden=burden,
        premium=values[ROW.premium + supplier, k],
    )
    example = share_of_others(
        adopters=values[ROW.adopters + supplier, k],
        is_adopter=values[ROW.adopted + buyer * SUPPLIERS + supplier, k],
        states=float(STATES),
    )
    return transfers.offer_utility(
        merit=merit,
        memory_weight=params[PARAM.memory_weight, k],
        memory=values[layout.MEMORY_ROW[buyer, supplier], k],
        standard_weight=params[PARAM.standard_weight, k],
        standard=params[PARAM.nato_standard + supplier, k] * params[PARAM.nato_alignment + buyer, k],
        standing=values[ROW.standing + buyer * SUPPLIERS + supplier, k],
        demonstration=params[PARAM.demonstration, k],
        example=example if kind == UAV or kind == LOITERING else 0.0,
        embargo_weight=params[PARAM.accept_embargo, k],
        embargo=values[ROW.embargo + buyer * SUPPLIERS + supplier, k],
    )


def consent(values: Values, params: Parameters, buyer: int, supplier: int, kind: int, value: float, k: int) -> float:
    """Probability that a supplier accepts a buyer's request; domestic production always does."""
    if supplier == layout.DOM:
        return 1.0
    gain = transfers.deal_gain(
        base=params[PARAM.accept_base, k],
        profit_weight=params[PARAM.accept_profit, k],
        profit=transfers.deal_profit(value=value, scale=params[PARAM.deal_scale, k]),
        influence_weight=params[PARAM.accept_influence, k],
        influence=values[ROW.influence + buyer * SUPPLIERS + supplier, k],
        relation_weight=params[PARAM.accept_relation, k],
        attitude=values[layout.SELLER_ATTITUDE_ROW[buyer, supplier], k],
    )
    provoking = params[PARAM.coupling, k] * transfers.provocation(
        value=value,
        perceived_value=perceived_value(params, kind, k),
        weight=params[PARAM.provocation_weight + kind, k],
        scale=params[PARAM.provocation_scale, k],
    )
    return transfers.consent_probability(
        gain=gain,
        friendship_weight=params[PARAM.accept_friendship + supplier, k],
        stake=provoking * friendships_at_stake(values, params, buyer, supplier, k),
        embargo_weight=params[PARAM.accept_embargo, k],
        embargo=values[ROW.embargo + buyer * SUPPLIERS + supplier, k],
    )


def friendships_at_stake(values: Values, params: Parameters, buyer: int, supplier: int, k: int) -> float:
    """What a supplier risks with all its friends by arming a buyer."""
    stake = 0.0
    first = layout.FRIENDS_FROM[buyer, supplier]
    for n in range(first, first + layout.FRIENDS_OF[buyer, supplier]):
        stake += transfers.friendship_at_stake(
            hostility=hostility(attitude=values[ROW.attitude + layout.FRIENDS[n, 3], k]),
            attitude=values[ROW.attitude + layout.FRIENDS[n, 2], k],
            trade_weight=params[PARAM.friend_weight, k],
        )
    return stake


def weigh_usual(values: Values, params: Parameters, buyer: int, kind: int) -> None:
    """A buyer's supplier shares for a usual request of a class; in loops that fit the vector registers."""
    for k in range(LANES):
        value = usual_value(values, params, buyer, kind, k)
        values[ROW.usual_burden, k] = burden_of(values, params, buyer, value, k)
    for s in range(SUPPLIERS):
        for k in range(LANES):
            values[ROW.utility + s, k] = utility(values, params, buyer, s, kind, values[ROW.usual_burden, k], k)
    choose(values, buyer)


def usual_value(values: Values, params: Parameters, buyer: int, kind: int, k: int) -> float:
    """Value of a request of median size."""
    if kind == UAV or kind == LOITERING:
        return transfers.deal_value(units=params[PARAM.request_units + kind, k], price=price_of(params, kind, k))
    funds = params[PARAM.procurement_share + buyer, k] * values[ROW.spending + buyer, k]
    return params[PARAM.request_share + kind, k] * funds


def choose(values: Values, buyer: int) -> None:
    """Shares of the suppliers in a buyer's choice, where buying nothing has utility zero."""
    for k in range(LANES):
        values[ROW.utility_best, k] = 0.0
    for s in range(SUPPLIERS):
        for k in range(LANES):
            best = values[ROW.utility_best, k]
            values[ROW.utility_best, k] = values[ROW.utility + s, k] if values[ROW.utility + s, k] > best else best
    for k in range(LANES):
        values[ROW.weight_in_all, k] = transfers.choice_weight(utility=0.0, utility_best=values[ROW.utility_best, k])
    for s in range(SUPPLIERS):
        for k in range(LANES):
            weight = transfers.choice_weight(
                utility=values[ROW.utility + s, k], utility_best=values[ROW.utility_best, k]
            )
            values[ROW.utility + s, k] = weight
            values[ROW.weight_in_all, k] += weight
    for s in range(SUPPLIERS):
        for k in range(LANES):
            values[ROW.choice + buyer * SUPPLIERS + s, k] = share_of(
                part=values[ROW.utility + s, k], whole=values[ROW.weight_in_all, k]
            )


def request(
    values: Values, params: Parameters, book: Book, requests: Requests, quarter: int, seed: int, member: Members
) -> None:
    """Requests of every buyer: at most one a quarter, whose class, size, supplier and delivery are drawn."""
    asked = ask(values, requests)
    draw_sizes(requests, asked, quarter, seed, member)
    weigh_offers(values, params, requests, asked)
    weigh_suppliers(requests, asked)
    for n in range(asked):
        negotiate(values, params, book, requests, n, quarter, seed, member[requests.lane[n]])


def ask(values: Values, requests: Requests) -> int:
    """List who asks for what, buyer by buyer; returns how many."""
    asked = 0
    for buyer in range(STATES):
        reached = ROW.request_reached + buyer * KINDS
        for k in range(LANES):
            u = values[ROW.request_deviate + buyer, k]
            if u >= values[reached + KINDS - 1, k]:
                continue
            kind = 0
            while u >= values[reached + kind, k]:
                kind += 1
            requests.buyer[asked] = buyer
            requests.kind[asked] = kind
            requests.lane[asked] = k
            asked += 1
    return asked


def draw_sizes(requests: Requests, asked: int, quarter: int, seed: int, member: Members) -> None:
    """The draw of every request's size, as a standard normal number."""
    for n in range(asked):
        channel = random_numbers.REQUEST_SIZE + requests.buyer[n]
        requests.deviate[n] = uniform(seed, member[requests.lane[n]], quarter, channel, QUARTERLY)
    for n in range(asked):
        requests.deviate[n] = normal_quantile(u=requests.deviate[n])


def weigh_offers(values: Values, params: Parameters, requests: Requests, count: int) -> None:
    """Units and value of every request, and the utility of every supplier's offer."""
    for n in range(count):  # each reads all over the values: faster one by one than side by side
        buyer, kind, k = requests.buyer[n], requests.kind[n], requests.lane[n]
        units = request_size(values, params, buyer, kind, requests.deviate[n], k)
        value = transfers.deal_value(units=units, price=price_of(params, kind, k))
        burden = burden_of(values, params, buyer, value, k)
        best = 0.0
        for s in range(SUPPLIERS):
            offered = utility(values, params, buyer, s, kind, burden, k)
            requests.weights[s, n] = offered
            best = offered if offered > best else best
        requests.units[n] = units
        requests.value[n] = value
        requests.best[n] = best


def weigh_suppliers(requests: Requests, asked: int) -> None:
    """Weight of every supplier in every request's choice, and of all with that of buying nothing."""
    for n in range(asked):
        requests.total[n] = transfers.choice_weight(utility=0.0, utility_best=requests.best[n])
    for s in range(SUPPLIERS):
        for n in range(asked):
            weight = transfers.choice_weight(utility=requests.weights[s, n], utility_best=requests.best[n])
            requests.weights[s, n] = weight
            requests.total[n] += weight


def negotiate(
    values: Values, params: Parameters, book: Book, requests: Requests, n: int, quarter: int, seed: int, who: int
) -> None:
    """One request: the buyer chooses a supplier or none, the supplier consents or not, the order is booked."""
    buyer, kind, k, value = requests.buyer[n], requests.kind[n], requests.lane[n], requests.value[n]
    supplier = int(values[ROW.forced_supplier + buyer, k])
    if supplier == NONE:
        supplier = chosen(
            requests,
            n,
            uniform(seed, who, quarter, random_numbers.REQUEST_CHOICE + buyer, QUARTERLY),
        )
    if supplier == NONE:
        return
    u = uniform(seed, who, quarter, random_numbers.REQUEST_CONSENT + buyer, QUARTERLY)
    if u < consent(values, params, buyer, supplier, kind, value, k):
        values[ROW.orders + buyer * SUPPLIERS + supplier, k] += value
        due = quarter + waiting(
            params,
            kind,
            uniform(seed, who, quarter, random_numbers.REQUEST_LEAD + buyer, QUARTERLY),
            k,
        )
        book_order(book, k, due, buyer, supplier, kind, FROM_BUDGET, requests.units[n], value)


def chosen(requests: Requests, n: int, u: float) -> int:
    """The supplier that a uniform draw chooses in a request, in table order; NONE if it is to buy nothing."""
    reached = 0.0
    for s in range(SUPPLIERS):
        reached += share_of(part=requests.weights[s, n], whole=requests.total[n])
        if u < reached:
            return s
    return NONE


def request_size(values: Values, params: Parameters, buyer: int, kind: int, deviate: float, k: int) -> float:
    """Units of a request; of a class that is not counted, its value."""
    spread = params[PARAM.request_spread + kind, k]
    if kind == UAV or kind == LOITERING:
        return whole(x=lognormal_value(median=params[PARAM.request_units + kind, k], spread=spread, deviate=deviate))
    funds = params[PARAM.procurement_share + buyer, k] * values[ROW.spending + buyer, k]
    return lognormal_value(median=params[PARAM.request_share + kind, k] * funds, spread=spread, deviate=deviate)


def price_of(params: Parameters, kind: int, k: int) -> float:
    """Price of a unit; one in a class that is not counted."""
    if kind == UAV:
        return params[PARAM.uav_price, k]
    if kind == LOITERING:
        return params[PARAM.loitering_price, k]
    return 1.0


def waiting(params: Parameters, kind: int, u: float, k: int) -> int:
    """Quarters from order to delivery for a uniform draw."""
    years = lognormal_value(
        median=params[PARAM.lead_time + kind, k], spread=params[PARAM.lead_spread, k], deviate=normal_quantile(u=u)
    )
    return int(transfers.lead_quarters(years=years, quarter=QUARTER))


def deliver(
    values: Values, pools: Pools, k: int, buyer: int, supplier: int, kind: int, units: float, value: float, own: float
) -> None:
    """One delivery to one member's buyer: into its stocks, its pool of provocation, and the quarter's deliveries."""
    values[ROW.arrived + (buyer * KINDS + kind) * SUPPLIERS + supplier, k] += value
    values[ROW.arrived_in_all + buyer * KINDS + kind, k] += value
    values[ROW.deliveries + buyer * SUPPLIERS + supplier, k] += value
    pools.is_touched[buyer, kind] = True
    pools.is_provoked[buyer, layout.SUPPLIER_ACTOR[supplier]] = True
    if supplier != layout.DOM:
        pools.is_linked[buyer, supplier] = True
        values[ROW.held_from + buyer * SUPPLIERS + supplier, k] += value
    if kind == UAV and supplier != layout.DOM and values[ROW.adopted + buyer * SUPPLIERS + supplier, k] == 0.0:
        values[ROW.adopted + buyer * SUPPLIERS + supplier, k] = 1.0
        values[ROW.adopters + supplier, k] += 1.0
    values[ROW.owed + buyer, k] += own * value
    if kind == UAV:
        values[ROW.uav + buyer, k] += units
    elif kind == LOITERING:
        values[ROW.loitering + buyer, k] += units
    else:
        values[ROW.capital_stock + buyer, k] += value
        if kind == layout.AIR_DEFENCE:
            values[ROW.air_defence + buyer, k] += value


def book_order(
    book: Book, k: int, due: int, buyer: int, supplier: int, kind: int, own: int, units: float, value: float
) -> None:
    """Put an order into a member's book; it is delivered in the quarter `due`, first come first delivered."""
    if due >= book.head.shape[1]:
        return
    place = book.placed[k]
    book.placed[k] = place + 1
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


def receive_orders(values: Values, pools: Pools, book: Book, quarter: int) -> None:
    """Booked orders that fall due, for every member in the order in which it placed them."""
    for k in range(LANES):
        place = book.head[k, quarter]
        while place != NONE:
            buyer, supplier, kind, own, following = book.orders[k, place]
            units, value = book.sizes[k, place]
            deliver(values, pools, k, buyer, supplier, kind, units, value, float(own))
            place = following
