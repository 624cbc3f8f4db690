"""Patrons: counter-transfers, grants, and the European Union's pull."""

from sim.rules.elementary import clamped, exp, positive_part


def counter_transfer_rate(
    access: float,
    base_rate: float,
    threat_slope: float,
    threat: float,
    relation_slope: float,
    relation_loss: float,
    rate_max: float,
) -> float:
    """Yearly rate at which a patron delivers arms to its client.

    access         : [1]     how open the patron's supply is, one if fully
    base_rate      : [1/yr]
    threat_slope   : [1]     logarithmic rise per unit of threat
    threat         : [1]     perceived by the client
    relation_slope : [1]     logarithmic rise per unit of a quarrel
    relation_loss  : [1]     by how much the client's attitude to another supplier fell; only a fall counts
    rate_max       : [1/yr]
    returns        : [1/yr]

    Source: model; document 000 (ties with Russia), document 002 (training in China).

    >>> counter_transfer_rate(
    ...     access=1.0, base_rate=0.5, threat_slope=2.0, threat=0.0, relation_slope=0.5, relation_loss=-0.25, rate_max=8.0
    ... )
    0.5
    """
    rate = access * base_rate * exp(x=threat_slope * threat + relation_slope * positive_part(x=relation_loss))
    return rate if rate < rate_max else rate_max


def expected_deliveries(access: float, rate: float, value: float) -> float:
    """Arms that a patron's deliveries bring its client in an average year, at the rate of the start.

    access  : [1]             how open the patron's supply is
    rate    : [1/yr]
    value   : [m USD2023]     mean of one delivery
    returns : [m USD2023/yr]

    Source: model.

    >>> expected_deliveries(access=0.5, rate=0.25, value=80.0)
    10.0
    """
    return access * (rate * value)


def grant_anchor(base: float, response: float, threat: float, spending: float, boost: float) -> float:
    """Yearly grants that a patron would give a client in the long run.

    base     : [m USD2023/yr]
    response : [1]             grants per unit of threat, relative to the client's spending
    threat   : [1]             perceived by the client; only the part above zero counts
    spending : [m USD2023/yr]  of the client
    boost    : [1]             factor after an incident
    returns  : [m USD2023/yr]

    Source: model; document 003 (one million dollars to the Kosovo Security Force).

    >>> grant_anchor(base=1.0, response=0.1, threat=-0.5, spending=100.0, boost=1.0)
    1.0
    """
    return (base + response * positive_part(x=threat) * spending) * boost


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


def diversion_share(relief: float, accession: float, accession_start: float) -> float:
    """Share of unrest that turns outward, lower where accession is credible.

    relief          : [1]
    accession       : [1]
    accession_start : [1]
    returns         : [1]  between 0 and 2

    Source: model.

    >>> diversion_share(relief=0.5, accession=1.0, accession_start=0.5)
    0.75
    """
    return clamped(x=1.0 - relief * (accession - accession_start), low=0.0, high=2.0)


def dialogue_intensity(
    agreed: float, mediation: float, accession_weight: float, accession: float, accession_start: float
) -> float:
    """Intensity of the dialogue between Belgrade and Pristina.

    agreed           : [1]  scripted level
    mediation        : [1]  pulse of a visit after an incident
    accession_weight : [1]
    accession        : [1]
    accession_start  : [1]
    returns          : [1]  between 0 and 1

    Source: model.

    >>> dialogue_intensity(agreed=0.25, mediation=0.25, accession_weight=0.5, accession=0.5, accession_start=0.5)
    0.5
    """
    return clamped(x=agreed + mediation + accession_weight * (accession - accession_start), low=0.0, high=1.0)
