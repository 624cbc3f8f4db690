"""Tension between Serbia and Kosovo and the hazard of a serious incident in the north."""

from sim.rules.elementary import exp, log, positive_part


def tension_relaxed(tension: float, rest: float, decay: float, damping: float, years: float) -> float:
    """Tension after a while without shocks; dialogue and forums damp it.

    tension  : [1]     between 0 and 1
    rest     : [1]     level of rest without damping
    decay    : [1/yr]
    damping  : [1/yr]  added by dialogue and by forums
    years    : [yr]
    returns  : [1]     between 0 and 1, solved exactly

    Source: model.

    >>> tension_relaxed(tension=0.5, rest=0.5, decay=1.0, damping=0.0, years=0.25)
    0.5
    """
    rate = decay + damping
    anchor = rest * decay / rate
    return anchor + (tension - anchor) * exp(x=-(rate * years))


def tension_raised(tension: float, shock: float) -> float:
    """Tension after a shock; it saturates at one.

    tension : [1]  between 0 and 1
    shock   : [1]  not negative
    returns : [1]

    Source: model.

    >>> tension_raised(tension=0.25, shock=0.0)
    0.25
    """
    return tension + (1.0 - tension) * (1.0 - exp(x=-shock))


def tension_eased(tension: float, relief: float) -> float:
    """Tension after visible restraint.

    tension : [1]
    relief  : [1]  not negative
    returns : [1]

    Source: model.

    >>> tension_eased(tension=0.25, relief=0.0)
    0.25
    """
    return tension * exp(x=-relief)


def tension_disturbed(tension: float, surprise: float) -> float:
    """Tension after a chance change of its logit.

    tension  : [1]  between 0 and 1
    surprise : [1]
    returns  : [1]  between 0 and 1

    Source: model.

    >>> tension_disturbed(tension=0.5, surprise=0.0)
    0.5
    """
    odds = exp(x=surprise)
    return tension * odds / (tension * odds + (1.0 - tension))


def hostile_words(rhetoric: float, years: float) -> float:
    """Hostile rhetoric summed over a while.

    rhetoric : [1]
    years    : [yr]
    returns  : [yr]

    Source: model.

    >>> hostile_words(rhetoric=-0.5, years=0.25)
    0.125
    """
    return positive_part(x=-rhetoric) * years


def backing(arms: float, purchases: float) -> float:
    """How far a state feels backed by its patrons: their arms in use, over a year of its own purchases, as a logarithm.

    arms      : [m USD2023]     received from outside since the start
    purchases : [m USD2023/yr]  equipment that the state's own budget buys
    returns   : [1]             zero without such arms

    Source: model; document 003 (unilateral acts that a patron supports), which document 002 denies.

    >>> backing(arms=0.0, purchases=25.0)
    0.0
    """
    return log(x=1.0 + arms / purchases)


def hazard(reference: float, exponent: float, hazard_max: float) -> float:
    """Rate of serious incidents in the north of Kosovo.

    reference  : [1/yr]  rate at reference tension, troops, balance and unrest
    exponent   : [1]     sum of the logarithmic effects of all of these
    hazard_max : [1/yr]
    returns    : [1/yr]

    Source: model.

    >>> hazard(reference=0.5, exponent=0.0, hazard_max=8.0)
    0.5
    """
    rate = reference * exp(x=exponent)
    return rate if rate < hazard_max else hazard_max


def incident_shock(severity_share: float, is_lethal: float) -> float:
    """Weight of an incident: one if lethal, a share of it for a stand-off.

    severity_share : [1]  weight of a stand-off relative to a lethal incident
    is_lethal      : [1]  1 or 0
    returns        : [1]

    Source: model.

    >>> incident_shock(severity_share=0.5, is_lethal=0.0)
    0.5
    """
    return is_lethal + severity_share * (1.0 - is_lethal)


def softened(amount: float, softening: float, dialogue: float) -> float:
    """A disturbance of tension that dialogue softens.

    amount    : [1]
    softening : [1]  share taken off by full dialogue
    dialogue  : [1]  between 0 and 1
    returns   : [1]

    Source: model; document 000 (clarify intentions).

    >>> softened(amount=2.0, softening=0.5, dialogue=0.5)
    1.5
    """
    return amount * (1.0 - softening * dialogue)
