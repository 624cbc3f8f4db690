"""What a state's arms look like to its rivals, and the threat that a state reads from them."""

from sim.rules.elementary import log, positive_part


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


def threat(
    rival_pressure: float, own_change: float, rivalry: float, hostility_pressure: float, hostility_weight: float
) -> float:
    """Threat that a state perceives: its rivals' arms, less its own, plus the change in their hostility.

    rival_pressure     : [1]  rivals' capability changes, weighted with their shares of the state's threat
    own_change         : [1]  the state's own capability change
    rivalry            : [1]  0: the state reacts to the rivals' level; 1: to the gap
    hostility_pressure : [1]  changes of hostility towards the rivals, weighted with the same shares
    hostility_weight   : [1]  threat per unit of hostility
    returns            : [1]

    Source: richardson1960, action-reaction and its rivalry variant. Departs: logarithmic changes and shares for levels.

    >>> threat(rival_pressure=0.5, own_change=0.25, rivalry=0.5, hostility_pressure=0.5, hostility_weight=0.25)
    0.5
    """
    return rival_pressure - rivalry * own_change + hostility_weight * hostility_pressure


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
