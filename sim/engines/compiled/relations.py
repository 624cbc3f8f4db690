"""Ties in a quarter, compiled: relations, dialogue and the pull of accession, attitudes, trade; see `sim.engines.compiled.initial_state`."""

from sim.engines.compiled.jit import compiled
from sim.engines.compiled.layout import ANSWERS, AT, GRUDGES, OF, PAIR_TIES, PAIRS, TIE_PAIR, TIE_SRB_XKX, TIE_XKX_SRB, TIES
from sim.engines.compiled.initial_state import LANES, QUARTER
from sim.rules.elementary import drifted, effect, positive_part, weighted
from sim.rules.patrons import dialogue_intensity, diversion_share
from sim.rules.relations import answer, attitude, bounded, cooperation_anchor, pair_mean, trade_gap_next, trade_index
from sim.rules.transfers import lot_scale


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
def settle(now, given):
    """Dialogue, peacekeepers, the pull of accession and of outside insecurity, once this quarter's events are known."""
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
        now[AT.troops_extra, k] = drifted(
            value=now[AT.troops_extra, k],
            anchor=effect(
                slope=given[OF.troops_response, k], value=now[AT.tension, k], reference=given[OF.tension_rest, k]
            ),
            kept=now[AT.troops_kept, k],
        )
        troops += now[AT.troops_extra, k]
        now[AT.troops, k] = positive_part(x=troops)
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
        now[AT.lot_scale, k] = lot_scale(demand=given[OF.external_demand, k], insecurity=now[AT.insecurity_outside, k])


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
