"""Relations in a quarter, compiled: provocation, resentment, gratitude, attitudes, trade.

See `initial_state` for how phases read and write.
"""

from sim.engines.compiled import layout
from sim.engines.compiled.arrays import Parameters, Provoked, Touched, Values
from sim.engines.compiled.layout import ACTORS, GRUDGES, KINDS, LANES, PAIRS, PARAM, ROW, STATES, SUPPLIERS, TIES
from sim.engines.compiled.state import fade, perceived_value
from sim.model.calendar import QUARTER
from sim.rules import relations
from sim.rules.capability import hostility
from sim.rules.elementary import drifted, share_of
from sim.rules.transfers import provocation, provocation_felt


def fade_relations(values: Values, params: Parameters) -> None:
    """Relations return to their anchors, words and grudges fade, and hostile words of the quarter before are answered."""
    for n in range(layout.ANSWERS.shape[0]):
        for k in range(LANES):
            values[ROW.answer + n, k] = relations.answer(
                rhetoric=values[ROW.rhetoric + layout.ANSWERS[n, 1], k], readiness=params[layout.ANSWERS[n, 2], k]
            )
    for e in range(TIES):
        for k in range(LANES):
            anchor = relations.cooperation_anchor(
                base=params[PARAM.relation_base + e, k],
                trade_weight=params[PARAM.trade_anchor, k],
                trade_gap=values[ROW.trade_gap + layout.TIE_PAIR[e], k],
            )
            values[ROW.cooperation + e, k] = drifted(
                value=values[ROW.cooperation + e, k], anchor=anchor, kept=values[ROW.cooperation_kept, k]
            )
        fade(values, ROW.rhetoric + e, ROW.rhetoric_kept)
    for n in range(layout.ANSWERS.shape[0]):
        for k in range(LANES):
            values[ROW.rhetoric + layout.ANSWERS[n, 0], k] -= values[ROW.answer + n, k]
    for g in range(GRUDGES):
        fade(values, ROW.memory + g, ROW.memory_kept)


def update_attitudes(values: Values) -> None:
    """Attitudes, from cooperation and rhetoric."""
    for e in range(TIES):
        for k in range(LANES):
            values[ROW.cooperation + e, k] = relations.bounded(level=values[ROW.cooperation + e, k])
            values[ROW.rhetoric + e, k] = relations.bounded(level=values[ROW.rhetoric + e, k])
            values[ROW.attitude + e, k] = relations.attitude(
                cooperation=values[ROW.cooperation + e, k], rhetoric=values[ROW.rhetoric + e, k]
            )


def update_trade(values: Values, params: Parameters, quarter: int) -> None:
    """Trade of every pair."""
    years = float(quarter) * QUARTER
    for n in range(PAIRS):
        one, other = layout.PAIR_TIES[n]
        for k in range(LANES):
            values[ROW.trade_gap + n, k] = relations.trade_gap_next(
                trade_gap=values[ROW.trade_gap + n, k],
                relation=relations.pair_mean(
                    one=values[ROW.cooperation + one, k], other=values[ROW.cooperation + other, k]
                ),
                relation_start=relations.pair_mean(
                    one=params[PARAM.relation_base + one, k], other=params[PARAM.relation_base + other, k]
                ),
                sensitivity=params[PARAM.trade_sensitivity, k],
                years=QUARTER,
            )
            values[ROW.trade + n, k] = relations.trade_index(
                trade_gap=values[ROW.trade_gap + n, k], growth=params[PARAM.trade_growth, k], years=years
            )


def update_provocation(values: Values, params: Parameters, is_touched: Touched) -> None:
    """What this quarter's deliveries provoke: pooled by buyer and class, then laid to each supplier by its share."""
    for i in range(STATES):
        for c in range(KINDS):
            if not is_touched[i, c]:
                continue
            pool = ROW.arrived + (i * KINDS + c) * SUPPLIERS
            for k in range(LANES):
                values[ROW.felt, k] = params[PARAM.coupling, k] * provocation(
                    value=values[ROW.arrived_in_all + i * KINDS + c, k],
                    perceived_value=perceived_value(params, c, k),
                    weight=params[PARAM.provocation_weight + c, k],
                    scale=params[PARAM.provocation_scale, k],
                )
            for s in range(SUPPLIERS):
                for k in range(LANES):
                    share = share_of(part=values[pool + s, k], whole=values[ROW.arrived_in_all + i * KINDS + c, k])
                    part = share * values[ROW.felt, k]
                    values[ROW.provoked + i * ACTORS + layout.SUPPLIER_ACTOR[s], k] += part
                    values[ROW.armed + i * SUPPLIERS + s, k] += part


def update_grievances(values: Values, is_provoked: Provoked) -> None:
    """Whoever sees a rival armed remembers who did it."""
    for n in range(layout.GRUDGE_CAUSES.shape[0]):
        g, supplier, to_rival, rival = layout.GRUDGE_CAUSES[n]
        if not is_provoked[rival, layout.SUPPLIER_ACTOR[supplier]]:
            continue
        for k in range(LANES):
            hostile = hostility(attitude=values[ROW.attitude + to_rival, k])
            values[ROW.memory + g, k] += hostile * values[ROW.armed + rival * SUPPLIERS + supplier, k]


def backlash(values: Values, params: Parameters, is_provoked: Provoked) -> None:
    """Whoever sees a rival armed withdraws cooperation and speaks up."""
    commander = int(values[ROW.commander, 0])  # scripted, so the same in every member
    for n in range(layout.WITNESSES.shape[0]):
        e, to_rival, giver, rival, observer = layout.WITNESSES[n]
        if not is_provoked[rival, giver]:
            continue
        suspicion = layout.SUSPICION_ROW[observer, giver]
        calm = layout.CALM_ROW[observer] if giver == commander else ROW.one
        for k in range(LANES):
            felt = provocation_felt(
                provocation=values[ROW.provoked + rival * ACTORS + giver, k],
                suspicion=values[suspicion, k],
                resentment_share=values[calm, k],
            )
            hostile = hostility(attitude=values[ROW.attitude + to_rival, k])
            values[ROW.cooperation + e, k] -= relations.cooperation_loss(
                hostility=hostile, provocation=felt, sensitivity=params[PARAM.cooperation_sensitivity, k]
            )
            values[ROW.rhetoric + e, k] -= relations.rhetoric_loss(
                hostility=hostile,
                provocation=felt,
                sensitivity=params[PARAM.rhetoric_sensitivity, k],
                unrest=values[ROW.unrest + observer, k],
                amplification=params[PARAM.unrest_amplification, k],
                framing=params[PARAM.framing + observer, k],
            )


def encirclement_loss(values: Values, params: Parameters, is_provoked: Provoked) -> None:
    """Whoever sees a hostile giver arm a neighbour, or sign with it, withdraws cooperation from the giver."""
    for n in range(layout.ENCIRCLED.shape[0]):
        e, giver, neighbour, row = layout.ENCIRCLED[n]
        if not is_provoked[neighbour, giver]:
            continue
        for k in range(LANES):
            values[ROW.cooperation + e, k] -= relations.cooperation_loss(
                hostility=hostility(attitude=values[ROW.attitude + e, k]),
                provocation=values[ROW.provoked + neighbour * ACTORS + giver, k],
                sensitivity=params[row, k],
            )


def gratitude(values: Values, params: Parameters, is_provoked: Provoked) -> None:
    """Whoever was armed is grateful."""
    for i in range(STATES):
        for giver in range(ACTORS):
            e = layout.TIE_OF[layout.STATE_ACTOR[i], giver]
            if e < 0 or not is_provoked[i, giver]:
                continue
            for k in range(LANES):
                provoked = values[ROW.provoked + i * ACTORS + giver, k]
                values[ROW.cooperation + e, k] += params[PARAM.gratitude, k] * provoked
