"""What a supplier's past dealings with a state amount to: influence, dependence, agreements, the example of others."""

from sim.rules.elementary import exp, log, positive_part


def influence_won(value: float, weight: float, scale: float) -> float:
    """Influence that a supplier wins by arms or a grant; it saturates with the value.

    value   : [m USD2023]
    weight  : [1]          won by a large one
    scale   : [m USD2023]  value at which 63 per cent of it is won
    returns : [1]

    Source: model; document 003 (a donation as a bridgehead), document 004 (drones and long relations).

    >>> influence_won(value=0.0, weight=0.1, scale=10.0)
    0.0
    """
    return weight * (1.0 - exp(x=-(value / scale)))


def dependence(held: float, held_in_all: float, equipment: float) -> float:
    """Share of a state's equipment in use that came from one supplier since the start.

    held        : [m USD2023]  from this supplier
    held_in_all : [m USD2023]  from all outside suppliers
    equipment   : [m USD2023]  all that the state holds, positive
    returns     : [1]          between 0 and 1; the shares of all suppliers add up to one at most

    Source: model; document 004 (grants foster dependency).

    >>> dependence(held=20.0, held_in_all=30.0, equipment=80.0)
    0.25
    """
    whole = equipment if equipment > held_in_all else held_in_all
    return held / whole


def appeal_of_agreements(in_force: float, weight: float) -> float:
    """Utility that agreements in force lend to a supplier's offer.

    in_force : [1]  how many
    weight   : [1]  per unit of the logarithm of one plus their number
    returns  : [1]

    Source: model; document 004 (agreements open training and exports).

    >>> appeal_of_agreements(in_force=0.0, weight=0.2)
    0.0
    """
    return weight * log(x=1.0 + in_force)


def standing(
    influence_weight: float,
    influence: float,
    lock_in: float,
    dependence: float,
    agreements: float,
    support_weight: float,
    support: float,
) -> float:
    """What past dealings add to the utility of a supplier's offer.

    influence_weight : [1]
    influence        : [1]  that the supplier won over the state since the start
    lock_in          : [1]  per unit of dependence
    dependence       : [1]  see `dependence`
    agreements       : [1]  see `appeal_of_agreements`
    support_weight   : [1]
    support          : [1]  as a patron, 1 as at the start
    returns          : [1]  zero at the start

    Source: model; document 003 (soft power), document 004 (grants foster dependency, agreements open exports).

    >>> standing(
    ...     influence_weight=0.5, influence=0.5, lock_in=2.0, dependence=0.25, agreements=0.125, support_weight=0.5,
    ...     support=0.5,
    ... )
    0.625
    """
    return influence_weight * influence + lock_in * dependence + agreements + support_weight * (support - 1.0)


def tied_purchases(tied_share: float, grants: float, grants_usual: float, years: float) -> float:
    """Arms that a client buys at a patron's firms with its grants beyond those of the start.

    tied_share   : [1]             share of a grant that must be spent there
    grants       : [m USD2023/yr]
    grants_usual : [m USD2023/yr]  at the start
    years        : [yr]
    returns      : [m USD2023]     not negative

    Source: model; document 004 (grants are spent at Turkish firms).

    >>> tied_purchases(tied_share=0.5, grants=9.0, grants_usual=1.0, years=0.25)
    1.0
    """
    return tied_share * positive_part(x=years * (grants - grants_usual))


def share_of_others(adopters: float, is_adopter: float, states: float) -> float:
    """Share of the other states that received armed aircraft from a supplier since the start.

    adopters   : [1]  how many did
    is_adopter : [1]  1 if the buyer is among them, else 0
    states     : [1]  how many there are in all
    returns    : [1]

    Source: model; document 004 (buyers praise, neighbours look).

    >>> share_of_others(adopters=4.0, is_adopter=1.0, states=13.0)
    0.25
    """
    return (adopters - is_adopter) / (states - 1.0)
