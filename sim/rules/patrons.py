"""Patrons: grants, and the European Union's pull."""

from sim.rules.elementary import clamped, positive_part


def grant_anchor(base: float, response: float, threat_rise: float, spending: float, boost: float) -> float:
    """Yearly grants that a patron would give a client in the long run.

    base        : [m USD2023/yr]
    response    : [1]             grants per unit of threat, relative to the client's spending
    threat_rise : [1]             perceived by the client, see `desired_gap`; only the part above zero counts
    spending    : [m USD2023/yr]  of the client
    boost       : [1]             factor after an incident
    returns     : [m USD2023/yr]

    Source: model; document 003 (one million dollars to the Kosovo Security Force).

    >>> grant_anchor(base=1.0, response=0.1, threat_rise=-0.5, spending=100.0, boost=1.0)
    1.0
    """
    return (base + response * positive_part(x=threat_rise) * spending) * boost


def influence_index(
    base: float, accession_weight: float, accession: float, accession_start: float, won: float
) -> float:
    """Value that a supplier puts on influence over a buyer: higher where the European door closes, and with what it won.

    base             : [1]
    accession_weight : [1]
    accession        : [1]  credibility of accession, between 0 and 1
    accession_start  : [1]  at the start
    won              : [1]  influence won since the start
    returns          : [1]

    Source: model; document 003 ("second option").

    >>> influence_index(base=0.8, accession_weight=0.5, accession=0.25, accession_start=0.75, won=0.25)
    1.3
    """
    return base + accession_weight * (accession_start - accession) + won


def dialogue_intensity(
    agreed: float, mediation: float, accession_weight: float, accession: float, tension_weight: float, tension: float
) -> float:
    """Intensity of the dialogue between Belgrade and Pristina: tension takes a share of it, calm adds one.

    agreed           : [1]  scripted level
    mediation        : [1]  pulse of a visit after an incident
    accession_weight : [1]
    accession        : [1]  credibility of accession, beyond that of the start
    tension_weight   : [1]  share of the dialogue lost per unit of tension
    tension          : [1]  of the quarter before, beyond the reference
    returns          : [1]  between 0 and 1

    Source: model; document 000 (arms purchases strain the dialogue).

    >>> dialogue_intensity(
    ...     agreed=0.25, mediation=0.25, accession_weight=0.5, accession=0.0, tension_weight=0.5, tension=0.25
    ... )
    0.4375
    """
    open_to = agreed + mediation + accession_weight * accession
    return clamped(x=open_to * positive_part(x=1.0 - tension_weight * tension), low=0.0, high=1.0)
