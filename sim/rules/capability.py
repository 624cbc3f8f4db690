"""What a state's arms look like to its rivals, and the threat that a state reads from them."""

from sim.rules.elementary import clamped, exp, log, positive_part


def system_capability(units: float, price: float, perceived_value: float) -> float:
    """Capability that rivals see in a stock of one class of system.

    units           : [units]         stock
    price           : [m USD2023]     price of one unit
    perceived_value : [1]             perceived capability per dollar relative to legacy equipment
    returns         : [m USD2023]

    Source: model.

    >>> system_capability(units=5.0, price=10.0, perceived_value=1.5)
    75.0
    """
    return price * perceived_value * units


def perceived_capability(capital: float, uav: float, loitering: float) -> float:
    """Arms of a state: its capital stock, and the two classes that are counted.

    capital   : [m USD2023]  stock of all other equipment
    uav       : [m USD2023]  of armed unmanned aircraft, see `system_capability`
    loitering : [m USD2023]  of loitering munitions
    returns   : [m USD2023]  as rivals see them; at a perceived value of one, what they cost

    Source: model.

    >>> perceived_capability(capital=200.0, uav=75.0, loitering=12.0)
    287.0
    """
    return capital + uav + loitering


def capability_change(
    capability: float, capability_start: float, trend_growth: float, years: float, guarantee: float, alone: float
) -> float:
    """Logarithmic change of what deters on behalf of a state, by what its arms grew beyond its economy.

    capability       : [m USD2023]  now
    capability_start : [m USD2023]  at the start
    trend_growth     : [1/yr]       growth of the economy
    years            : [yr]         since the start
    guarantee        : [m USD2023]  that usually stands beside the arms, see `guarantee`
    alone            : [1]          weight of what the arms are by themselves, between 0 (all counts beside the guarantee) and 1
    returns          : [1]          zero for a stock that only grows with the economy

    Source: model; document 004 for arms by themselves; beside a guarantee they count as in `threat_from`. What its end does is apart.

    >>> capability_change(capability=50.0, capability_start=10.0, trend_growth=0.0, years=2.0, guarantee=30.0, alone=0.0)
    0.6931471805599453
    """
    trend = capability_start * exp(x=trend_growth * years)
    beside = log(x=(capability + guarantee) / (trend + guarantee))
    return beside + alone * (log(x=capability / trend) - beside)


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
    """By how much a state overstates a rival's arms.

    exaggeration : [1]  where nothing can be checked
    transparency : [1]  between 0 and 1
    returns      : [1]  not negative

    Source: model; document 004 (deliveries that are claimed and not on record).

    >>> misperception(exaggeration=0.5, transparency=0.25)
    0.375
    """
    return exaggeration * (1.0 - transparency)


def arms_read(capability: float, misperception: float) -> float:
    """A rival's arms as a state reads them.

    capability    : [m USD2023]  see `perceived_capability`
    misperception : [1]          not negative
    returns       : [m USD2023]

    Source: model.

    >>> arms_read(capability=200.0, misperception=0.25)
    250.0
    """
    return capability * (1.0 + misperception)


def guarantee(worth: float, cover: float, commitment: float, presence_share: float, presence: float) -> float:
    """What a state's guarantors add to its own arms in its eyes: their promise, and their troops on the spot.

    worth          : [m USD2023]  of a full guarantee, in arms of one's own
    cover          : [1]          how far the state is covered against the rivals that the model knows, between 0 and 1
    commitment     : [1]          how far the promise still holds, between 0 and 1
    presence_share : [1]          share of the guarantee that troops on the spot carry
    presence       : [1]          troops relative to those of reference
    returns        : [m USD2023]

    Source: model; document 001 (KFOR), document 004 (the Security Force and its allies).

    >>> guarantee(worth=4000.0, cover=1.0, commitment=0.5, presence_share=0.5, presence=1.0)
    3000.0
    """
    return worth * cover * ((1.0 - presence_share) * commitment + presence_share * presence)


def threat_from(hostility: float, arms: float, own_arms: float, guarantee: float) -> float:
    """Threat that one rival is to a state: its arms against the state's own and those of its guarantors, if it is hostile.

    hostility : [1]          of the state towards the rival, between 0 and 1; its mirror is what the state expects from it
    arms      : [m USD2023]  of the rival, see `arms_read`
    own_arms  : [m USD2023]  of the state
    guarantee : [m USD2023]  see `guarantee`
    returns   : [1]          not negative; its slope in the logarithm of the rival's arms lies between 0 and 1

    Source: richardson1960, the rivalry variant, with a ratio of levels; document 004 (purchases that shift the balance).

    >>> threat_from(hostility=0.0, arms=100.0, own_arms=50.0, guarantee=0.0)
    0.0
    """
    return log(x=1.0 + hostility * arms / (own_arms + guarantee))


def system_gap(units: float, rival_units: float, lot: float) -> float:
    """How far a state lies behind its rivals in one class of system, as a logarithm.

    units       : [units]  own stock
    rival_units : [units]  rivals' stocks, weighted with their shares of the state's threat
    lot         : [units]  of a usual purchase
    returns     : [1]      zero if it lies ahead

    Source: model; horowitz2022 (adoption of armed drones).

    >>> system_gap(units=10.0, rival_units=3.0, lot=5.0)
    0.0
    """
    return positive_part(x=log(x=(lot + rival_units) / (lot + units)))


def drone_gap(uav: float, loitering: float, air_defence: float, scale: float) -> float:
    """How far a state's air defence lies behind its rivals' drones, as a logarithm.

    uav         : [m USD2023]  armed unmanned aircraft of rivals, weighted with their shares of the state's threat
    loitering   : [m USD2023]  their loitering munitions, weighted in the same way
    air_defence : [m USD2023]  that the state received since the start
    scale       : [m USD2023]  value that is noticed
    returns     : [1]          zero if it lies ahead

    Source: model.

    >>> drone_gap(uav=8.0, loitering=2.0, air_defence=30.0, scale=10.0)
    0.0
    """
    return positive_part(x=log(x=(scale + uav + loitering) / (scale + air_defence)))
