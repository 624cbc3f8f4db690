"""Relations in a quarter, compiled: provocation, resentment, gratitude, attitudes, trade.

See `initial_state` for how phases read and write.
"""

from sim.engines.compiled.jit import compiled
from sim.engines.compiled.layout import (
    ACTORS,
    ANSWERS,
    AT,
    CALM_ROW,
    ENCIRCLED,
    GRUDGE_CAUSES,
    GRUDGES,
    KINDS,
    LANES,
    OF,
    ONE_ROW,
    PAIR_TIES,
    PAIRS,
    QUARTER,
    STATE_ACTOR,
    STATES,
    SUPPLIER_ACTOR,
    SUPPLIERS,
    SUSPICION_ROW,
    TIE_OF,
    TIE_PAIR,
    TIES,
    WITNESSES,
)
from sim.rules.capability import hostility
from sim.rules.elementary import drifted, share_of, weighted
from sim.rules.relations import (
    answer,
    attitude,
    bounded,
    cooperation_anchor,
    cooperation_loss,
    pair_mean,
    rhetoric_loss,
    trade_gap_next,
    trade_index,
)
from sim.rules.transfers import provocation, provocation_felt


@compiled
def fade(now, given):
    """Relations return to their anchors, words and grudges fade, and hostile words of the quarter before are answered."""
    for n in range(ANSWERS.shape[0]):
        for k in range(LANES):
            now[AT.answer + n, k] = answer(
                rhetoric=now[AT.rhetoric + ANSWERS[n, 1], k], readiness=given[ANSWERS[n, 2], k]
            )
    for e in range(TIES):
        for k in range(LANES):
            anchor = cooperation_anchor(
                base=given[OF.relation_base + e, k],
                trade_weight=given[OF.trade_anchor, k],
                trade_gap=now[AT.trade_gap + TIE_PAIR[e], k],
            )
            now[AT.cooperation + e, k] = drifted(
                value=now[AT.cooperation + e, k], anchor=anchor, kept=now[AT.cooperation_kept, k]
            )
            now[AT.rhetoric + e, k] = drifted(value=now[AT.rhetoric + e, k], anchor=0.0, kept=now[AT.rhetoric_kept, k])
    for n in range(ANSWERS.shape[0]):
        for k in range(LANES):
            now[AT.rhetoric + ANSWERS[n, 0], k] -= now[AT.answer + n, k]
    for g in range(GRUDGES):
        for k in range(LANES):
            now[AT.memory + g, k] = drifted(value=now[AT.memory + g, k], anchor=0.0, kept=now[AT.memory_kept, k])


@compiled
def express(now):
    """Attitudes, from cooperation and rhetoric."""
    for e in range(TIES):
        for k in range(LANES):
            now[AT.cooperation + e, k] = bounded(level=now[AT.cooperation + e, k])
            now[AT.rhetoric + e, k] = bounded(level=now[AT.rhetoric + e, k])
            now[AT.attitude + e, k] = attitude(cooperation=now[AT.cooperation + e, k], rhetoric=now[AT.rhetoric + e, k])


@compiled
def trade(now, given, quarter):
    """Trade of every pair."""
    years = weighted(weight=float(quarter), amount=QUARTER)
    for n in range(PAIRS):
        one, other = PAIR_TIES[n]
        for k in range(LANES):
            now[AT.trade_gap + n, k] = trade_gap_next(
                trade_gap=now[AT.trade_gap + n, k],
                relation=pair_mean(one=now[AT.cooperation + one, k], other=now[AT.cooperation + other, k]),
                relation_start=pair_mean(
                    one=given[OF.relation_base + one, k], other=given[OF.relation_base + other, k]
                ),
                sensitivity=given[OF.trade_sensitivity, k],
                years=QUARTER,
            )
            now[AT.trade + n, k] = trade_index(
                trade_gap=now[AT.trade_gap + n, k], growth=given[OF.trade_growth, k], years=years
            )


@compiled
def provoke(now, given, is_touched):
    """What this quarter's deliveries provoke: pooled by buyer and class, then laid to each supplier by its share."""
    for i in range(STATES):
        for c in range(KINDS):
            if not is_touched[i, c]:
                continue
            pool = AT.arrived + (i * KINDS + c) * SUPPLIERS
            for k in range(LANES):
                now[AT.felt, k] = weighted(
                    weight=given[OF.coupling, k],
                    amount=provocation(
                        value=now[AT.arrived_in_all + i * KINDS + c, k],
                        weight=given[OF.provocation_weight + c, k],
                        scale=given[OF.provocation_scale, k],
                    ),
                )
            for s in range(SUPPLIERS):
                for k in range(LANES):
                    share = share_of(part=now[pool + s, k], whole=now[AT.arrived_in_all + i * KINDS + c, k])
                    part = weighted(weight=share, amount=now[AT.felt, k])
                    now[AT.provoked + i * ACTORS + SUPPLIER_ACTOR[s], k] += part
                    now[AT.armed + i * SUPPLIERS + s, k] += part


@compiled
def remember(now, is_provoked):
    """Whoever sees a rival armed remembers who did it."""
    for n in range(GRUDGE_CAUSES.shape[0]):
        g, supplier, to_rival, rival = GRUDGE_CAUSES[n]
        if not is_provoked[rival, SUPPLIER_ACTOR[supplier]]:
            continue
        for k in range(LANES):
            now[AT.memory + g, k] += weighted(
                weight=hostility(attitude=now[AT.attitude + to_rival, k]),
                amount=now[AT.armed + rival * SUPPLIERS + supplier, k],
            )


@compiled
def resent(now, given, is_provoked):
    """Whoever sees a rival armed withdraws cooperation and speaks up."""
    commander = int(now[AT.commander, 0])  # scripted, so the same in every member
    for n in range(WITNESSES.shape[0]):
        e, to_rival, giver, rival, observer = WITNESSES[n]
        if not is_provoked[rival, giver]:
            continue
        suspicion = SUSPICION_ROW[observer, giver]
        calm = CALM_ROW[observer] if giver == commander else ONE_ROW
        for k in range(LANES):
            felt = provocation_felt(
                provocation=now[AT.provoked + rival * ACTORS + giver, k],
                suspicion=now[suspicion, k],
                resentment_share=now[calm, k],
            )
            hostile = hostility(attitude=now[AT.attitude + to_rival, k])
            now[AT.cooperation + e, k] -= cooperation_loss(
                hostility=hostile, provocation=felt, sensitivity=given[OF.cooperation_sensitivity, k]
            )
            now[AT.rhetoric + e, k] -= rhetoric_loss(
                hostility=hostile,
                provocation=felt,
                sensitivity=given[OF.rhetoric_sensitivity, k],
                unrest=weighted(weight=now[AT.diversion_share, k], amount=now[AT.unrest + observer, k]),
                amplification=given[OF.unrest_amplification, k],
                framing=given[OF.framing + observer, k],
            )


@compiled
def shun(now, given, is_provoked):
    """Whoever sees a hostile giver arm a neighbour, or sign with it, withdraws cooperation from the giver."""
    for n in range(ENCIRCLED.shape[0]):
        e, giver, neighbour, row = ENCIRCLED[n]
        if not is_provoked[neighbour, giver]:
            continue
        for k in range(LANES):
            now[AT.cooperation + e, k] -= cooperation_loss(
                hostility=hostility(attitude=now[AT.attitude + e, k]),
                provocation=now[AT.provoked + neighbour * ACTORS + giver, k],
                sensitivity=given[row, k],
            )


@compiled
def thank(now, given, is_provoked):
    """Whoever was armed is grateful."""
    for i in range(STATES):
        for giver in range(ACTORS):
            e = TIE_OF[STATE_ACTOR[i], giver]
            if e < 0 or not is_provoked[i, giver]:
                continue
            for k in range(LANES):
                now[AT.cooperation + e, k] += weighted(
                    weight=given[OF.gratitude, k], amount=now[AT.provoked + i * ACTORS + giver, k]
                )
