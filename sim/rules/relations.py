"""Relations at two speeds: slow cooperation and fast rhetoric, and the trade that anchors them."""

from sim.rules.elementary import clamped, exp, positive_part


def cooperation_anchor(base: float, trade_weight: float, trade_gap: float) -> float:
    """Level to which cooperation returns: that of the start, lifted by trade above its trend.

    base         : [1]
    trade_weight : [1]
    trade_gap    : [1]  logarithmic distance of trade from its trend
    returns      : [1]

    Source: model; the "golden age" of trade that outlives quarrels, documents 001 and 002.

    >>> cooperation_anchor(base=0.5, trade_weight=0.08, trade_gap=0.0)
    0.5
    """
    return base + trade_weight * trade_gap


def cooperation_loss(hostility: float, provocation: float, sensitivity: float) -> float:
    """Cooperation that a state withdraws from a supplier who arms its rival.

    hostility   : [1]  of the state towards the rival
    provocation : [1]  of the supplier's deliveries to the rival
    sensitivity : [1]
    returns     : [1]

    Source: model.

    >>> cooperation_loss(hostility=0.5, provocation=1.0, sensitivity=0.25)
    0.125
    """
    return sensitivity * hostility * provocation


def rhetoric_loss(
    hostility: float, provocation: float, sensitivity: float, unrest: float, amplification: float, framing: float
) -> float:
    """Verbal backlash against a supplier who arms a rival, amplified by unrest at home and by how it is framed.

    hostility     : [1]  of the state towards the rival
    provocation   : [1]  of the supplier's deliveries to the rival
    sensitivity   : [1]
    unrest        : [1]  at home, between 0 and 1
    amplification : [1]  per unit of unrest
    framing       : [1]  by a legal or historical frame
    returns       : [1]

    Source: model; diversion and the frames as in document 002.

    >>> rhetoric_loss(hostility=0.5, provocation=1.0, sensitivity=0.5, unrest=0.5, amplification=2.0, framing=0.5)
    0.625
    """
    return sensitivity * hostility * provocation * (1.0 + amplification * unrest + framing)


def credibility(memory: float, loss: float) -> float:
    """How far a state believes a supplier's assurances: less, the more it remembers that its rivals were armed.

    memory  : [1]  of the supplier arming the state's rivals
    loss    : [1]  logarithmic, per unit of memory
    returns : [1]  between 0 and 1, one without memory

    Source: model; document 004 (assurances and the analysts who doubt them).

    >>> credibility(memory=0.0, loss=0.5)
    1.0
    """
    return exp(x=-(loss * memory))


def trust_in_commander(credibility: float, hostility: float, suspicion: float) -> float:
    """How far a state trusts whoever commands the peacekeepers: not at all where it is wholly hostile.

    credibility : [1]  of its assurances, see `credibility`
    hostility   : [1]  of the state towards it
    suspicion   : [1]  of the state towards it, as of a supplier
    returns     : [1]  between 0 and 1

    Source: model; document 001 (Serbia appreciates a commander that it is on good terms with).

    >>> trust_in_commander(credibility=0.5, hostility=0.5, suspicion=0.25)
    0.2
    """
    return credibility * (1.0 - hostility) / (1.0 + suspicion)


def resentment_share(shield: float, trust: float) -> float:
    """Share of a state's resentment of a delivery that is left while the giver commands the peacekeepers.

    shield  : [1]  share that a fully trusted command takes off
    trust   : [1]  see `trust_in_commander`
    returns : [1]

    Source: model; document 002 (the command lets its holder deflect).

    >>> resentment_share(shield=0.5, trust=0.5)
    0.75
    """
    return 1.0 - shield * trust


def answer(rhetoric: float, readiness: float) -> float:
    """Hostile rhetoric with which a state answers another's.

    rhetoric  : [1]  of the other, in the quarter before
    readiness : [1]  answered per unit; 0 is silence
    returns   : [1]  not negative

    Source: model; document 002 (the Kosovar president answers, Ankara does not).

    >>> answer(rhetoric=-0.5, readiness=0.25)
    0.125
    """
    return readiness * positive_part(x=-rhetoric)


def bounded(level: float) -> float:
    """A relation held within its scale.

    level   : [1]
    returns : [1]  between -1 and 1

    Source: definition.

    >>> bounded(level=-1.5)
    -1.0
    """
    return clamped(x=level, low=-1.0, high=1.0)


def attitude(cooperation: float, rhetoric: float) -> float:
    """Attitude of one actor to another: slow cooperation plus fast rhetoric.

    cooperation : [1]
    rhetoric    : [1]
    returns     : [1]  between -1 and 1

    Source: model.

    >>> attitude(cooperation=0.5, rhetoric=-0.75)
    -0.25
    """
    return clamped(x=cooperation + rhetoric, low=-1.0, high=1.0)


def trade_gap_next(trade_gap: float, relation: float, relation_start: float, sensitivity: float, years: float) -> float:
    """Logarithmic distance of trade from its trend after a while.

    trade_gap      : [1]
    relation       : [1]     mean cooperation of the pair
    relation_start : [1]     the same at the start
    sensitivity    : [1/yr]
    years          : [yr]
    returns        : [1]

    Source: model.

    >>> trade_gap_next(trade_gap=0.5, relation=-0.75, relation_start=0.25, sensitivity=0.5, years=0.25)
    0.375
    """
    return trade_gap + sensitivity * (relation - relation_start) * years


def trade_index(trade_gap: float, growth: float, years: float) -> float:
    """Trade of a pair, one at the start.

    trade_gap : [1]
    growth    : [1/yr]  of its trend
    years     : [yr]    since the start
    returns   : [1]

    Source: model.

    >>> trade_index(trade_gap=0.0, growth=0.05, years=0.0)
    1.0
    """
    return exp(x=growth * years + trade_gap)


def pair_mean(one: float, other: float) -> float:
    """Mean of the two directions of a pair.

    one     : [1]
    other   : [1]
    returns : [1]

    Source: definition.

    >>> pair_mean(one=1.0, other=0.5)
    0.75
    """
    return 0.5 * (one + other)
