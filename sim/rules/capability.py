"""What a state's arms look like to its rivals, and the threat that a state reads from them."""

from sim.rules.elementary import clamped, log, positive_part


def system_capability(units: float, units_own: float, price: float, perceived_value: float) -> float:
    """Capability that rivals see in a stock of one class of system, beyond what the capital stock already holds.

    units           : [units]         stock
    units_own       : [units]         the part that the state's own budget paid, whose cost the capital stock holds
    price           : [m USD2023]     price of one unit
    perceived_value : [1]             perceived capability per dollar relative to legacy equipment
    returns         : [m USD2023]     not negative as long as perceived_value >= 1

    Source: model.

    >>> system_capability(units=5.0, units_own=2.0, price=10.0, perceived_value=1.5)
    55.0
    """
    return price * (perceived_value * units - units_own)


def perceived_capability(capital: float, uav: float, loitering: float) -> float:
    """Arms of a state: its capital stock, and what the two classes that are counted add to it.

    capital   : [m USD2023]  stock of equipment that the budget paid
    uav       : [m USD2023]  of armed unmanned aircraft, see `system_capability`
    loitering : [m USD2023]  of loitering munitions
    returns   : [m USD2023]  as rivals see them; at a perceived value of one, what they cost

    Source: model.

    >>> perceived_capability(capital=200.0, uav=55.0, loitering=12.0)
    267.0
    """
    return capital + uav + loitering


def capability_change(capability: float, log_capability_start: float, trend_growth: float, years: float) -> float:
    """Logarithmic change of capability beyond the growth of the state's economy.

    capability           : [m USD2023]  now
    log_capability_start : [1]          its logarithm at the start
    trend_growth         : [1/yr]       growth of the economy
    years                : [yr]         since the start
    returns              : [1]          zero for a stock that only grows with the economy

    Source: model.

    >>> capability_change(capability=1.0, log_capability_start=0.0, trend_growth=0.25, years=2.0)
    -0.5
    """
    return log(x=capability) - log_capability_start - trend_growth * years


def hostility(attitude: float) -> float:
    """Hostile part of an attitude.

    attitude : [1]  between -1 and 1
    returns  : [1]  between 0 and 1

    Source: model.

    >>> hostility(attitude=-0.75)
    0.75
    """
    return positive_part(x=-attitude)


def transparency(one: float, other: float, dialogue: float) -> float:
    """How well two states can check each other's arms: no better than the less open of them, and better by dialogue.

    one      : [1]  openness of the one, between 0 and 1
    other    : [1]  of the other
    dialogue : [1]  what dialogue between the two adds
    returns  : [1]  between 0 and 1

    Source: model; document 004 (forums that leave Kosovo out), document 000 (clarify intentions).

    >>> transparency(one=0.75, other=0.25, dialogue=0.125)
    0.375
    """
    return clamped(x=(one if one < other else other) + dialogue, low=0.0, high=1.0)


def misperception(exaggeration: float, transparency: float) -> float:
    """By how much a state overstates a rise of a rival's arms.

    exaggeration : [1]  where nothing can be checked
    transparency : [1]  between 0 and 1
    returns      : [1]  not negative

    Source: model; document 004 (deliveries that are claimed and not on record).

    >>> misperception(exaggeration=0.5, transparency=0.25)
    0.375
    """
    return exaggeration * (1.0 - transparency)


def change_perceived(change: float, misperception: float) -> float:
    """A rival's capability change as a state reads it: a rise is overstated, a fall is not.

    change        : [1]  logarithmic, see `capability_change`
    misperception : [1]  not negative
    returns       : [1]

    Source: model.

    >>> change_perceived(change=0.5, misperception=0.25)
    0.625
    """
    return change + misperception * positive_part(x=change)


def threat(
    rival_pressure: float,
    own_change: float,
    rivalry: float,
    double_standard: float,
    hostility_pressure: float,
    hostility_weight: float,
) -> float:
    """Threat that a state perceives: its rivals' arms, less its own, plus the change in their hostility.

    rival_pressure     : [1]  rivals' capability changes, weighted with their shares of the state's threat
    own_change         : [1]  the state's own capability change
    rivalry            : [1]  0: the state reacts to the rivals' level; 1: to the gap
    double_standard    : [1]  share of its own change that the state leaves out of account
    hostility_pressure : [1]  changes of hostility towards the rivals, weighted with the same shares
    hostility_weight   : [1]  threat per unit of hostility
    returns            : [1]

    Source: richardson1960, action-reaction and its rivalry variant. Departs: logarithmic changes and shares for levels.

    >>> threat(
    ...     rival_pressure=0.5, own_change=0.5, rivalry=0.5, double_standard=0.5, hostility_pressure=0.5, hostility_weight=0.25
    ... )
    0.5
    """
    own_weight = rivalry * (1.0 - double_standard)
    return rival_pressure - own_weight * own_change + hostility_weight * hostility_pressure


def system_gap(units: float, rival_units: float) -> float:
    """How far a state lies behind its rivals in one class of system, as a logarithm.

    units       : [units]  own stock
    rival_units : [units]  rivals' stocks, weighted with their shares of the state's threat
    returns     : [1]      zero if it lies ahead

    Source: model.

    >>> system_gap(units=10.0, rival_units=3.0)
    0.0
    """
    return positive_part(x=log(x=(1.0 + rival_units) / (1.0 + units)))
