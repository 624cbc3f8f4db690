"""What the script makes happen in a Mesa model: the operations of `sim.model.schedule`, item by item."""

from typing import TYPE_CHECKING, Any

from sim.engines.agents.relations import Order
from sim.model import schedule
from sim.model.random_numbers import EVENT, channel_of, uniform
from sim.model.schedule import Item, Size
from sim.rules import draws
from sim.rules.elementary import positive_part, share_of
from sim.rules.spending import relative_change
from sim.rules.supplier_history import influence_won
from sim.rules.tension import tension_eased
from sim.rules.transfers import choice_weight, deal_value, provocation

if TYPE_CHECKING:
    from sim.engines.agents.model import RegionModel

BY_CODE = ("embargo", "provoked")  # what a state keeps in a table by code, and not in its dealings
ATTRIBUTES = {"trade_gap": "gap"}  # variables whose owner calls them otherwise


def apply_event(model: "RegionModel", item: Item) -> None:
    """One item of the script."""
    if item.operation in (schedule.DELIVER, schedule.ORDER, schedule.OFFER):
        trade_arms(model, item)
    else:
        write(model, item)


# ---- numbers ---------------------------------------------------------------------------------------------------------


def sizes(model: "RegionModel", item: Item) -> list[float]:
    """The numbers of an item in this simulation."""
    return [model.params[size.parameter] if size.parameter else drawn_size(model, size) for size in item.sizes]


def drawn_size(model: "RegionModel", size: Size) -> float:
    return draws.drawn_value(
        kind=draws.CODES[size.distribution.kind],
        centre=size.distribution.centre,
        spread=size.distribution.spread,
        low=size.distribution.low,
        high=size.distribution.high,
        u=event_uniform(model, model.draw_seed, size.draw),
    )


def event_uniform(model: "RegionModel", seed: int, name: str) -> float:
    u: float = uniform(seed, model.member, 0, channel_of(name), EVENT)
    return u


def chance(model: "RegionModel", item: Item, what: str) -> float:
    """What chance decides about an item: when an order arrives, whether an offer is taken."""
    return event_uniform(model, model.chance_seed, f"{item.id}.{what}")


def amount(model: "RegionModel", item: Item) -> float:
    """What an item writes, as far as it is believed."""
    first, *others = sizes(model, item)
    if item.rule == schedule.PRODUCT:
        first = first * others[0]
    elif item.rule == schedule.RELATIVE_CHANGE:
        first = relative_change(change=first)
    elif item.rule == schedule.PROVOCATION:
        first = others[2] * provocation(value=first, perceived_value=1.0, weight=others[0], scale=others[1])
    elif item.rule == schedule.INFLUENCE:
        first = influence_won(value=first, weight=others[0], scale=others[1])
    if item.believed and item.believed[0] in model.net.states:
        first = model.state(item.believed[0]).trust_in(item.believed[1]) * first
    return first


# ---- variables -------------------------------------------------------------------------------------------------------


def write(model: "RegionModel", item: Item) -> None:
    """A variable becomes an amount, grows by it, is eased by it, or names an actor."""
    table, key = address(model, item.what, item.of)
    if item.operation == schedule.CHOOSE:
        table[key] = item.subject
    elif item.operation == schedule.SET:
        table[key] = amount(model, item)
    elif item.operation == schedule.ADD:
        table[key] = table.get(key, 0.0) + amount(model, item)
    else:
        table[key] = tension_eased(tension=table[key], relief=amount(model, item))


def address(model: "RegionModel", what: str, of: tuple[str, ...]) -> tuple[dict[str, Any], str]:
    """The table, or the attributes of the agent, that a variable stands in, and its name there."""
    index = schedule.WRITABLE[what]
    if what in BY_CODE:
        return getattr(model.state(of[0]), what), of[1]
    owner: Any = model.peacekeeper
    if index == "tie":
        owner = model.actors[of[0]].ties[of[1]]
    elif index == "pair":
        owner = model.pair(*of)
    elif index == "state":
        owner = model.state(of[0])
    elif index != "region":
        owner = model.state(of[0]).dealing(of[1])
    return vars(owner), ATTRIBUTES.get(what, what)


# ---- arms ------------------------------------------------------------------------------------------------------------


def trade_arms(model: "RegionModel", item: Item) -> None:
    """An order, a delivery or an offer of the script."""
    units, price = sizes(model, item)
    value = deal_value(units=units, price=price)
    buyer = model.state(item.target)
    if item.operation == schedule.DELIVER:
        buyer.receive(item.subject, item.what, units, value, item.payment)
        return
    if item.operation == schedule.OFFER and not is_agreed(model, item, value):
        return
    buyer.orders[item.subject] += value
    if item.booked:
        wait = model.waiting(item.what, chance(model, item, "lead"))
        model.book(wait, Order(item.target, item.subject, item.what, item.payment, units, value))


def is_agreed(model: "RegionModel", item: Item, value: float) -> bool:
    """Whether a buyer takes a supplier's offer rather than nothing, and the supplier stands by it."""
    buyer = model.state(item.target)
    offered = buyer.utility(item.subject, item.what, buyer.burden_of(value))
    best = positive_part(x=offered)
    taken = choice_weight(utility=offered, utility_best=best)
    total = choice_weight(utility=0.0, utility_best=best) + taken
    is_taken = chance(model, item, "choice") < share_of(part=taken, whole=total)
    return is_taken and chance(model, item, "consent") < model.consent(item.subject, buyer, item.what, value)
