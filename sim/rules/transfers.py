"""Arms transfers: what they provoke, whether a supplier accepts, whom a buyer chooses, when they arrive."""

import math

from sim.rules.elementary import exp, log


def provocation(value: float, weight: float, scale: float) -> float:
    """How much the deliveries of one class to one buyer in one quarter provoke its rivals; it saturates with size.

    value   : [m USD2023]  all that arrived, from every supplier
    weight  : [1]          of the class
    scale   : [m USD2023]  value at which 63 per cent of the effect is reached
    returns : [1]          between 0 and weight

    Source: model.

    >>> provocation(value=0.0, weight=1.0, scale=10.0)
    0.0
    """
    return weight * (1.0 - exp(x=-(value / scale)))


def provocation_felt(provocation: float, suspicion: float, resentment_share: float) -> float:
    """What a delivery provokes in one state's eyes, given who sends it.

    provocation      : [1]  by the same goods from a supplier that is not suspected
    suspicion        : [1]  of this supplier
    resentment_share : [1]  left while the supplier commands the peacekeepers, else one
    returns          : [1]

    Source: model; document 000 (Turkish influence viewed with suspicion).

    >>> provocation_felt(provocation=0.5, suspicion=0.5, resentment_share=1.0)
    0.75
    """
    return provocation * (1.0 + suspicion) * resentment_share


def request_scale(demand: float, insecurity: float) -> float:
    """Factor on the lot that decides whether a buyer seeks a deal; below one, more deals are sought.

    demand     : [1]  logarithmic rise of the rate of requests at the highest insecurity
    insecurity : [1]  from outside the region, between 0 and 1
    returns    : [1]  one without insecurity

    Source: model; document 004 (demand for arms across the region).

    >>> request_scale(demand=0.5, insecurity=0.0)
    1.0
    """
    return exp(x=-(demand * insecurity))


def deal_profit(value: float, scale: float) -> float:
    """What a deal earns its supplier, on a logarithmic scale.

    value   : [m USD2023]
    scale   : [m USD2023]
    returns : [1]

    Source: model.

    >>> deal_profit(value=0.0, scale=10.0)
    0.0
    """
    return log(x=1.0 + value / scale)


def friendship_at_stake(hostility: float, attitude: float, trade_weight: float) -> float:
    """What a supplier risks with one of its friends by arming that friend's rival.

    hostility    : [1]  of the buyer and the friend
    attitude     : [1]  of the supplier towards the friend
    trade_weight : [1]  weight of the friend in the supplier's eyes
    returns      : [1]  zero if it is no friend

    Source: model.

    >>> friendship_at_stake(hostility=0.5, attitude=-0.5, trade_weight=1.0)
    0.0
    """
    return hostility * (attitude if attitude > 0.0 else 0.0) * trade_weight


def deal_burden(value: float, spending: float, procurement_share: float) -> float:
    """Cost of a deal at the reference supplier's price, relative to the money that buys equipment in a year, as a logarithm.

    value             : [m USD2023]
    spending          : [m USD2023/yr]  of the buyer
    procurement_share : [1]
    returns           : [1]

    Source: model.

    >>> deal_burden(value=25.0, spending=100.0, procurement_share=0.25)
    0.0
    """
    return log(x=value / (spending * procurement_share))


def price_premium(price_index: float) -> float:
    """Price of a supplier relative to the reference supplier's, as a logarithm.

    price_index : [1]  above zero
    returns     : [1]

    Source: definition.

    >>> price_premium(price_index=1.0)
    0.0
    """
    return log(x=price_index)


def affordability(deal_burden: float, premium: float) -> float:
    """Cost of a supplier's offer relative to the money that buys equipment in a year, as a logarithm.

    deal_burden : [1]  at the reference supplier's price
    premium     : [1]  of this supplier
    returns     : [1]

    Source: definition.

    >>> affordability(deal_burden=0.5, premium=-0.25)
    0.25
    """
    return deal_burden + premium


def choice_weight(utility: float, utility_best: float) -> float:
    """Weight of an option among others, one for the best.

    utility      : [1]
    utility_best : [1]  the largest of all options
    returns      : [1]  between 0 and 1

    Source: multinomial logit.

    >>> choice_weight(utility=2.0, utility_best=2.0)
    1.0
    """
    return exp(x=utility - utility_best)


def lead_quarters(years: float, quarter: float) -> float:
    """Whole quarters from order to delivery, at least one.

    years   : [yr]
    quarter : [yr]        length of a quarter
    returns : [quarters]

    Source: model.

    >>> lead_quarters(years=0.9, quarter=0.25)
    4.0
    """
    quarters = float(math.floor(years / quarter + 0.5))
    return quarters if quarters > 1.0 else 1.0


def deal_value(units: float, price: float) -> float:
    """Value of a deal.

    units   : [units]
    price   : [m USD2023]  of one unit
    returns : [m USD2023]

    Source: definition.

    >>> deal_value(units=18.0, price=0.5)
    9.0
    """
    return units * price
