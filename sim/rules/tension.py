"""Tension between Serbia and Kosovo and the hazard of a serious incident in the north."""

from sim.rules.elementary import exp, log, positive_part, relaxed


def tension_damping(dialogue_weight: float, dialogue: float, forum_weight: float, transparency: float) -> float:
    """Speed at which dialogue and forums calm tension, beyond its own decay.

    dialogue_weight : [1/yr]  at full dialogue
    dialogue        : [1]     between 0 and 1
    forum_weight    : [1/yr]  at full transparency
    transparency    : [1]     that forums of which both sides are members lend them
    returns         : [1/yr]

    Source: model; document 000 (clarify intentions), document 004 (confidence building in forums).

    >>> tension_damping(dialogue_weight=0.5, dialogue=0.5, forum_weight=0.25, transparency=0.5)
    0.375
    """
    return dialogue_weight * dialogue + forum_weight * transparency


def tension_relaxed(tension: float, rest: float, decay: float, damping: float, years: float) -> float:
    """Tension after a while without shocks; dialogue and forums damp it.

    tension  : [1]     between 0 and 1
    rest     : [1]     level of rest without damping
    decay    : [1/yr]
    damping  : [1/yr]  see `tension_damping`
    years    : [yr]
    returns  : [1]     between 0 and 1, solved exactly

    Source: model.

    >>> tension_relaxed(tension=0.5, rest=0.5, decay=1.0, damping=0.0, years=0.25)
    0.5
    """
    rate = decay + damping
    return relaxed(value=tension, anchor=rest * decay / rate, rate=rate, years=years)


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


def tension_shock(delivery_weight: float, provocation: float, words_weight: float, words: float) -> float:
    """Shock to tension from deliveries and hostile words.

    delivery_weight : [1]
    provocation     : [1]     what deliveries to either side provoke in the other's eyes
    words_weight    : [1/yr]
    words           : [yr]    hostile words, see `hostile_words`
    returns         : [1]     not negative

    Source: model; kinsella1998 (arms imports and conflict).

    >>> tension_shock(delivery_weight=0.5, provocation=0.5, words_weight=0.5, words=0.25)
    0.375
    """
    return delivery_weight * provocation + words_weight * words


def tension_raised(tension: float, shock: float) -> float:
    """Tension after a shock; it saturates at one.

    tension : [1]  between 0 and 1
    shock   : [1]  not negative, see `tension_shock`
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


def tension_disturbed(tension: float, disturbance: float) -> float:
    """Tension after a chance change of its logit.

    tension     : [1]  between 0 and 1
    disturbance : [1]
    returns     : [1]  between 0 and 1

    Source: model.

    >>> tension_disturbed(tension=0.5, disturbance=0.0)
    0.5
    """
    odds = exp(x=disturbance)
    return tension * odds / (tension * odds + (1.0 - tension))


def backing(arms: float, purchases: float) -> float:
    """How far a state feels backed by its suppliers: their arms in use, over a year of the purchases it plans, as a logarithm.

    arms      : [m USD2023]     received from outside since the start
    purchases : [m USD2023/yr]  equipment that the planned budget buys
    returns   : [1]             zero without such arms

    Source: model; document 003 (unilateral acts that a patron supports), which document 002 denies; taken alike for both sides.

    >>> backing(arms=0.0, purchases=25.0)
    0.0
    """
    return log(x=1.0 + arms / purchases)


def troops_deployed(agreed: float, reserve_scripted: float, reserve_called: float, reinforcement: float) -> float:
    """Peacekeepers in Kosovo.

    agreed           : [thousand]
    reserve_scripted : [thousand]  sent by a scenario
    reserve_called   : [thousand]  for the quarter after a lethal incident
    reinforcement    : [thousand]  that follows tension; negative where it is low
    returns          : [thousand]  not negative

    Source: model; document 004 (the reserve battalion of June 2023).

    >>> troops_deployed(agreed=4.5, reserve_scripted=0.25, reserve_called=0.5, reinforcement=-0.25)
    5.0
    """
    return positive_part(x=agreed + reserve_scripted + reserve_called + reinforcement)


def restrained_tension(
    tension_weight: float,
    tension: float,
    troops_weight: float,
    troops: float,
    deterrence: float,
    arms: float,
) -> float:
    """What tension adds to the exponent of the hazard, less what peacekeepers and both sides' power to punish take off it.

    tension_weight : [1]           per unit of tension
    tension        : [1]           above the reference, which no parameter of tension moves
    troops_weight  : [1/thousand]
    troops         : [thousand]    above the reference
    deterrence     : [1]           per unit of both sides' arms
    arms           : [1]           of both sides, see `capability_change`, added
    returns        : [1]

    Source: model; hultman-kathman-shannon (peacekeepers); document 004 against document 000 (deterrence).

    >>> restrained_tension(tension_weight=2.0, tension=0.5, troops_weight=0.25, troops=2.0, deterrence=0.5, arms=0.5)
    0.25
    """
    return tension_weight * tension - troops_weight * troops - deterrence * arms


def hazard_exponent(
    restrained_tension: float,
    threat_weight: float,
    threat_rise: float,
    guarantee_weight: float,
    guarantee_lost: float,
    election_weight: float,
    election: float,
    moral_hazard: float,
    backing: float,
) -> float:
    """Logarithm of the rate of incidents relative to that of reference.

    restrained_tension : [1]  of tension, peacekeepers and both sides' power to punish
    threat_weight      : [1]  per unit of threat
    threat_rise        : [1]  of Serbia and Kosovo together, see `desired_gap`
    guarantee_weight   : [1]  rise without any promise to Kosovo
    guarantee_lost     : [1]  share of the promise to Kosovo that no longer holds
    election_weight    : [1]
    election           : [1]  1 in a quarter with elections in Kosovo, else 0
    moral_hazard       : [1]  per unit of backing
    backing            : [1]  that Serbia and Kosovo feel together, see `backing`
    returns            : [1]  zero at the reference

    Source: model; leeds2003 (guarantees), document 002 (elections), document 003 (unilateral acts that a patron supports).

    >>> hazard_exponent(
    ...     restrained_tension=0.5, threat_weight=0.5, threat_rise=0.5, guarantee_weight=0.5, guarantee_lost=0.0,
    ...     election_weight=0.25, election=1.0, moral_hazard=0.5, backing=0.25,
    ... )
    1.125
    """
    return (
        restrained_tension
        + threat_weight * threat_rise
        + guarantee_weight * guarantee_lost
        + election_weight * election
        + moral_hazard * backing
    )


def hazard(reference: float, exponent: float, hazard_max: float) -> float:
    """Rate of serious incidents in the north of Kosovo.

    reference  : [1/yr]  rate at reference tension, troops, arms and guarantee
    exponent   : [1]     see `hazard_exponent`
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
