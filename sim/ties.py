"""Ties in a quarter, compiled: relations, dialogue and the pull of accession, attitudes, trade; see `sim.phases`."""

from sim.compiled import compiled
from sim.layout import (
    AT,
    GRUDGES,
    OF,
    PAIR_TIES,
    PAIRS,
    STATES,
    SUPPLIERS,
    TIE_PAIR,
    TIE_SRB_XKX,
    TIE_XKX_SRB,
    TIES,
    TUR_AS_SUPPLIER,
)
from sim.phases import LANES, QUARTER
from sim.rules.elementary import drifted, weighted
from sim.rules.patrons import dialogue_intensity, diversion_share, influence_index
from sim.rules.relations import attitude, bounded, cooperation_anchor, pair_mean, trade_gap_next, trade_index


@compiled
def fade(now, given):
    """Relations return to their anchors, words and grudges fade."""
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
    for g in range(GRUDGES):
        for k in range(LANES):
            now[AT.memory + g, k] = drifted(value=now[AT.memory + g, k], anchor=0.0, kept=now[AT.memory_kept, k])


@compiled
def settle(now, given):
    """Dialogue, peacekeepers, the pull of accession, and the value of influence, once this quarter's events are known."""
    for k in range(LANES):
        is_mediated = 1.0 if now[AT.mediation_left, k] > 0.0 else 0.0
        now[AT.mediation_left, k] -= is_mediated
        now[AT.dialogue, k] = dialogue_intensity(
            agreed=now[AT.dialogue_agreed, k],
            mediation=weighted(weight=is_mediated, amount=given[OF.mediation_level, k]),
            accession_weight=given[OF.accession_dialogue, k],
            accession=now[AT.accession, k],
            accession_start=given[OF.accession_start, k],
        )
        is_called = 1.0 if now[AT.reserve_left, k] > 0.0 else 0.0
        now[AT.reserve_left, k] -= is_called
        troops = now[AT.troops_agreed, k]
        troops += now[AT.reserve_scripted, k]
        troops += weighted(weight=is_called, amount=given[OF.reserve_troops, k])
        now[AT.troops, k] = troops
        is_boosted = now[AT.boost_left, k] > 0.0
        now[AT.boost_left, k] -= 1.0 if is_boosted else 0.0
        now[AT.boost, k] = given[OF.grant_boost, k] if is_boosted else 1.0
        now[AT.diversion_share, k] = diversion_share(
            relief=given[OF.accession_relief, k],
            accession=now[AT.accession, k],
            accession_start=given[OF.accession_start, k],
        )
        gain = weighted(
            weight=given[OF.dialogue_rapprochement, k], amount=weighted(weight=now[AT.dialogue, k], amount=QUARTER)
        )
        now[AT.cooperation + TIE_SRB_XKX, k] += gain
        now[AT.cooperation + TIE_XKX_SRB, k] += gain
    for i in range(STATES):
        for s in range(SUPPLIERS):
            for k in range(LANES):
                weight = given[OF.accession_influence, k] if s == TUR_AS_SUPPLIER else 0.0
                now[AT.influence + i * SUPPLIERS + s, k] = influence_index(
                    base=given[OF.influence_value + s * STATES + i, k],
                    accession_weight=weight,
                    accession=now[AT.accession, k],
                    accession_start=given[OF.accession_start, k],
                )


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
