"""What the script makes happen in a Mesa model, item by item."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from sim.engines.agents.relations import Order
from sim.model.network import KOSOVO, SERBIA
from sim.model.random_numbers import EVENT, channel_of, uniform
from sim.model.schedule import (
    AGREEMENT,
    DELIVERY,
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
    Size,
)
from sim.rules import draws, spending, transfers
from sim.rules.elementary import share_of

if TYPE_CHECKING:
    from sim.engines.agents.model import RegionModel

NORTH = (SERBIA, KOSOVO)


def sizes(model: "RegionModel", item: Item) -> list[float]:
    """The numbers of an item in this world."""
    return [model.params[size.parameter] if size.parameter else drawn_size(model, size) for size in item.sizes]


def drawn_size(model: "RegionModel", size: Size) -> float:
    return draws.drawn_value(
        kind=draws.CODES[size.distribution.kind],
        centre=size.distribution.centre,
        spread=size.distribution.spread,
        low=size.distribution.low,
        high=size.distribution.high,
        u=event_draw(model, size.draw),
    )


def event_draw(model: "RegionModel", name: str) -> float:
    return script_draw(model, model.draw_seed, name)


def event_lot(model: "RegionModel", name: str) -> float:
    """What chance decides about an event of the script: when an order arrives, whether an offer is taken."""
    return script_draw(model, model.chance_seed, name)


def script_draw(model: "RegionModel", seed: int, name: str) -> float:
    u: float = uniform(seed, model.member, 0, channel_of(name), EVENT)
    return u


def set_level(model: "RegionModel", item: Item) -> None:
    if item.what == "forced_supplier":
        model.state(item.target).forced_supplier = item.subject
    elif item.what == "embargo":
        model.state(item.target).embargo[item.subject] = sizes(model, item)[0]
    elif item.what in ("unrest", "transparency"):
        setattr(model.state(item.subject), item.what, sizes(model, item)[0])
    elif item.what == "support":
        model.state(item.target).dealing(item.subject).support = sizes(model, item)[0]
    elif item.what == "commander":
        model.peacekeeper.commander = item.subject
    else:
        setattr(model.peacekeeper, item.what, sizes(model, item)[0])


def supplement(model: "RegionModel", item: Item) -> None:
    model.state(item.subject).supplement = spending.relative_change(change=sizes(model, item)[0])


def visit(model: "RegionModel", item: Item) -> None:
    """A visit draws both sides closer, the host only as far as it believes the visitor; it calms Serbia and Kosovo."""
    params, visitor, host = model.params, item.subject, item.target
    is_state = host in model.net.states
    trust = model.state(host).trust_in(visitor) if is_state else 1.0
    if host in model.actors[visitor].ties:
        model.actors[visitor].ties[host].cooperation += params["visit_effect"]
    if visitor in model.actors[host].ties:
        model.actors[host].ties[visitor].cooperation += trust * params["visit_effect"]
    if host in NORTH and visitor not in NORTH:
        model.peacekeeper.ease(trust * params["visit_relief"])
    if is_state and visitor in model.net.suppliers:
        model.state(host).dealing(visitor).soft_power += params["influence_visit"]


def agreement(model: "RegionModel", item: Item) -> None:
    befriend(model, item, model.params["agreement_effect"])
    for giver, receiver in ((item.subject, item.target), (item.target, item.subject)):
        if receiver in model.net.states:
            amount = model.params["coupling"] * model.params["provocation_by_agreement"]
            model.state(receiver).feel_provocation(giver, amount)
            if giver in model.net.suppliers:
                model.state(receiver).dealing(giver).sign(model.params)


def befriend(model: "RegionModel", item: Item, gain: float) -> None:
    for one, other in ((item.subject, item.target), (item.target, item.subject)):
        if other in model.actors[one].ties:
            model.actors[one].ties[other].cooperation += gain


def statement(model: "RegionModel", item: Item) -> None:
    ties = model.actors[item.subject].ties
    if item.target in ties:
        ties[item.target].rhetoric += model.params["statement_effect"] * sizes(model, item)[0]


def incident(model: "RegionModel", item: Item) -> None:
    count = sizes(model, item)[0]
    weight = 1.0 if item.what == "lethal" else model.params["standoff_weight"]
    model.peacekeeper.incidents += count
    model.peacekeeper.shock += weight * count
    model.peacekeeper.is_lethal += 1.0 if item.what == "lethal" else 0.0


def trade_shock(model: "RegionModel", item: Item) -> None:
    model.pair(item.subject, item.target).gap += spending.relative_change(change=sizes(model, item)[0])


def grant(model: "RegionModel", item: Item) -> None:
    value, state = sizes(model, item)[0], model.state(item.target)
    state.capital_stock += value
    amount = model.params["coupling"] * transfers.provocation(
        value=value, weight=model.params["provocation_by_grant"], scale=model.params["provocation_scale"]
    )
    state.feel_provocation(item.subject, amount)
    if item.subject in model.net.suppliers:
        state.dealing(item.subject).give(model.params, value)


def order(model: "RegionModel", item: Item) -> None:
    units, price = sizes(model, item)
    value = transfers.deal_value(units=units, price=price)
    model.state(item.target).orders[item.subject] += value
    if item.booked:
        book_item(model, item, units, value)


def book_item(model: "RegionModel", item: Item, units: float, value: float) -> None:
    wait = model.waiting(item.what, event_lot(model, f"{item.id}.lead"))
    model.book(wait, Order(item.target, item.subject, item.what, item.payment, units, value))


def delivery(model: "RegionModel", item: Item) -> None:
    units, price = sizes(model, item)
    value = transfers.deal_value(units=units, price=price)
    model.state(item.target).receive(item.subject, item.what, units, value, item.payment)


def offer(model: "RegionModel", item: Item) -> None:
    units, price = sizes(model, item)
    value = transfers.deal_value(units=units, price=price)
    buyer = model.state(item.target)
    offered = buyer.utility(item.subject, item.what, buyer.burden_of(value), buyer.need(item.what))
    best = offered if offered > 0.0 else 0.0
    taken = transfers.choice_weight(utility=offered, utility_best=best)
    total = transfers.choice_weight(utility=0.0, utility_best=best)
    total += taken
    is_taken = event_lot(model, f"{item.id}.choice") < share_of(part=taken, whole=total)
    is_agreed = event_lot(model, f"{item.id}.consent") < model.consent(item.subject, buyer, item.what, value)
    if is_taken and is_agreed:
        buyer.orders[item.subject] += value
        book_item(model, item, units, value)


ACTIONS: dict[int, Callable[["RegionModel", Item], None]] = {
    LEVEL: set_level,
    SUPPLEMENT: supplement,
    VISIT: visit,
    AGREEMENT: agreement,
    STATEMENT: statement,
    INCIDENT_HAPPENS: incident,
    TRADE_SHOCK: trade_shock,
    ORDER: order,
    DELIVERY: delivery,
    OFFER: offer,
    GRANT: grant,
}
"""What each kind of item of the script does to a model."""
