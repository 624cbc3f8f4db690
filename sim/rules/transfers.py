"""Arms transfers: what they provoke, whether a supplier accepts, whom a buyer chooses, when they arrive."""

import math

from sim.rules.elementary import exp, log, logistic


def provocation(value: float, perceived_value: float, weight: float, scale: float) -> float:
    """How much the deliveries of one class to one buyer in one quarter provoke its rivals: the logarithm of their size.

    value           : [m USD2023]  all that arrived, from every supplier
    perceived_value : [1]          what rivals see per dollar of the class, as in their view of a stock
    weight          : [1]          of the class
    scale           : [m USD2023]  value as rivals see it from which twice as much provokes less than twice as much
    returns         : [1]          not negative

    Source: model; documents 002 and 004 (cheap munitions brought words as sharp as dear aircraft).

    >>> provocation(value=0.0, perceived_value=1.5, weight=0.5, scale=10.0)
    0.0
    """
    return weight * log(x=1.0 + perceived_value * value / scale)


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


def request_rate(
    base: float,
    factor: float,
    threat_weight: float,
    threat_rise: float,
    emulation: float,
    gap: float,
    demand: float,
    insecurity: float,
) -> float:
    """Rate at which a buyer seeks deals of a class of arms: it follows threat, and what its rivals have and it has not.

    base          : [1/yr]  of the class
    factor        : [1]     of the buyer
    threat_weight : [1]     logarithmic rise per unit of threat
    threat_rise   : [1]     see `desired_gap`
    emulation     : [1]     logarithmic rise per unit of the gap; may be negative
    gap           : [1]     see `system_gap` and `drone_gap`; zero in other classes
    demand        : [1]     logarithmic rise at the highest insecurity
    insecurity    : [1]     from outside the region, between 0 and 1
    returns       : [1/yr]

    Source: model; horowitz2022 (threat and rivals' drones); document 004 (demand for arms across the region).

    >>> request_rate(
    ...     base=0.5, factor=0.5, threat_weight=0.5, threat_rise=0.0, emulation=0.5, gap=0.0, demand=0.5, insecurity=0.0
    ... )
    0.25
    """
    return base * factor * exp(x=threat_weight * threat_rise + emulation * gap + demand * insecurity)


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


def deal_gain(
    base: float,
    profit_weight: float,
    profit: float,
    influence_weight: float,
    influence: float,
    relation_weight: float,
    attitude: float,
) -> float:
    """What speaks for a deal in its supplier's eyes.

    base             : [1]  readiness to sell
    profit_weight    : [1]
    profit           : [1]  see `deal_profit`
    influence_weight : [1]
    influence        : [1]  value that the supplier puts on influence over the buyer
    relation_weight  : [1]
    attitude         : [1]  of the supplier to the buyer
    returns          : [1]  logit

    Source: model; document 004 (three deals, promised or kept).

    >>> deal_gain(
    ...     base=1.0, profit_weight=0.5, profit=0.5, influence_weight=0.5, influence=1.0, relation_weight=2.0, attitude=-0.5
    ... )
    0.75
    """
    return base + profit_weight * profit + influence_weight * influence + relation_weight * attitude


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


def consent_probability(
    gain: float, friendship_weight: float, stake: float, embargo_weight: float, embargo: float
) -> float:
    """Probability that a supplier accepts a buyer's request.

    gain              : [1]  what speaks for the deal, see `deal_gain`
    friendship_weight : [1]
    stake             : [1]  friendships that the deal puts at stake, times what it provokes
    embargo_weight    : [1]
    embargo           : [1]  1 while one holds, else 0
    returns           : [1]

    Source: model, logit.

    >>> consent_probability(gain=1.0, friendship_weight=2.0, stake=0.5, embargo_weight=10.0, embargo=0.0)
    0.5
    """
    return logistic(x=gain - friendship_weight * stake - embargo_weight * embargo)


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


def offer_merit(
    appeal: float,
    relation_weight: float,
    attitude: float,
    price_weight: float,
    deal_burden: float,
    premium: float,
) -> float:
    """What an offer is worth by what the supplier is and sells, against buying nothing.

    appeal          : [1]  lasting appeal of the supplier, to this buyer and in this class
    relation_weight : [1]
    attitude        : [1]  of the buyer to the supplier
    price_weight    : [1]
    deal_burden     : [1]  cost at the reference supplier's price, see `deal_burden`
    premium         : [1]  of this supplier's price, see `price_premium`
    returns         : [1]

    Source: model, multinomial logit; document 003 (the Bayraktar platform).

    >>> offer_merit(
    ...     appeal=1.0, relation_weight=0.5, attitude=-1.0, price_weight=0.5, deal_burden=0.25, premium=0.25
    ... )
    0.25
    """
    return appeal + relation_weight * attitude - price_weight * (deal_burden + premium)


def offer_utility(
    merit: float,
    memory_weight: float,
    memory: float,
    standard_weight: float,
    standard: float,
    standing: float,
    demonstration: float,
    example: float,
    embargo_weight: float,
    embargo: float,
) -> float:
    """Utility of a supplier's offer to a buyer, against buying nothing.

    merit           : [1]  see `offer_merit`
    memory_weight   : [1]
    memory          : [1]  how much the supplier armed the buyer's rivals
    standard_weight : [1]
    standard        : [1]  how far the goods follow the standard that the buyer keeps to
    standing        : [1]  what past dealings add, see `standing`
    demonstration   : [1]  weight of other buyers' example
    example         : [1]  see `share_of_others`; zero in a class that is not counted
    embargo_weight  : [1]
    embargo         : [1]  1 while the supplier refuses all, which the buyer knows, else 0
    returns         : [1]

    Source: model, multinomial logit; document 004 (NATO standards; buyers praise, neighbours look).

    >>> offer_utility(
    ...     merit=0.5, memory_weight=0.5, memory=0.5, standard_weight=0.25, standard=1.0, standing=0.125, demonstration=0.5,
    ...     example=0.25, embargo_weight=8.0, embargo=0.0,
    ... )
    0.75
    """
    dealings = standard_weight * standard + standing + demonstration * example
    return merit - memory_weight * memory + dealings - embargo_weight * embargo


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
