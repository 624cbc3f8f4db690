"""What suppliers' dealings with states leave behind, compiled: influence, dependence, agreements, the command of peacekeepers.

Most pairs of a state and a supplier never deal, so only those that did in any member of the block are walked. See
`sim.engines.compiled.initial_state` for how the phases read and write.
"""

from sim.engines.compiled import layout
from sim.engines.compiled.arrays import Parameters, Pools, Values
from sim.engines.compiled.layout import DOM, HELPED, LANES, NONE, PARAM, ROW, SIDES, STATES, SUPPLIERS
from sim.engines.compiled.state import arms_at_value, fade
from sim.model.calendar import QUARTER
from sim.rules.elementary import drifted
from sim.rules.patrons import influence_index
from sim.rules.relations import credibility
from sim.rules.supplier_history import appeal_of_agreements, dependence, influence_won, standing, tied_purchases


def fade_influence(values: Values, pools: Pools) -> None:
    """Influence that suppliers won fades, and signed agreements enter into force."""
    for i in range(STATES):
        for s in range(SUPPLIERS):
            pair = i * SUPPLIERS + s
            if pools.is_linked[i, s]:
                fade(values, ROW.soft_power + pair, ROW.influence_kept)
            if pools.is_signed[i, s]:
                for k in range(LANES):
                    values[ROW.in_force + pair, k] = drifted(
                        value=values[ROW.in_force + pair, k],
                        anchor=values[ROW.signed + pair, k],
                        kept=values[ROW.ratification_kept, k],
                    )


def influence_from_deliveries(values: Values, params: Parameters, pools: Pools) -> None:
    """Influence that suppliers win by this quarter's deliveries."""
    for i in range(STATES):
        for s in range(SUPPLIERS):
            if s == DOM or not pools.is_provoked[i, layout.SUPPLIER_ACTOR[s]]:
                continue
            pair = i * SUPPLIERS + s
            for k in range(LANES):
                values[ROW.soft_power + pair, k] += influence_won(
                    value=values[ROW.deliveries + pair, k],
                    weight=params[PARAM.influence_arms, k],
                    scale=params[PARAM.provocation_scale, k],
                )


def update_influence(values: Values, params: Parameters) -> None:
    """The value that suppliers put on influence: their interest, what accession leaves them, and what they have won."""
    for i in range(STATES):
        for s in range(SUPPLIERS):
            for k in range(LANES):
                values[ROW.influence + i * SUPPLIERS + s, k] = influence_index(
                    base=params[PARAM.influence_value + s * STATES + i, k],
                    accession_weight=params[PARAM.accession_influence, k] if s == layout.FOLLOWED_SUPPLIER else 0.0,
                    accession=values[ROW.accession, k],
                    accession_start=params[PARAM.accession_start, k],
                    won=values[ROW.soft_power + i * SUPPLIERS + s, k],
                )


def supplier_appeal(values: Values, params: Parameters, pools: Pools) -> None:
    """What past dealings add to a supplier's appeal, and how far each state depends on each supplier."""
    for i in range(STATES):
        is_any = False
        for s in range(SUPPLIERS):
            is_any = is_any or pools.is_linked[i, s]
        if not is_any:
            continue
        held_from_all(values, pools, i)
        arms_at_value(values, params, i, ROW.equipment, False)
        for s in range(SUPPLIERS):
            if pools.is_linked[i, s]:
                agreements = ROW.nothing
                if pools.is_signed[i, s]:
                    appeal_from_agreements(values, params, i * SUPPLIERS + s)
                    agreements = ROW.agreement_appeal
                update_standing(values, params, i, s, agreements)
    for side in range(SIDES):
        row = layout.MEMORY_ROW[layout.SIDE_STATES[side], layout.FOLLOWED_SUPPLIER]
        for k in range(LANES):
            values[ROW.image + side, k] = credibility(memory=values[row, k], loss=params[PARAM.credibility_loss, k])


def held_from_all(values: Values, pools: Pools, i: int) -> None:
    """What a state holds from all outside suppliers since the start."""
    for k in range(LANES):
        values[ROW.held_in_all + i, k] = 0.0
    for s in range(SUPPLIERS):
        if pools.is_linked[i, s]:
            for k in range(LANES):
                values[ROW.held_in_all + i, k] += values[ROW.held_from + i * SUPPLIERS + s, k]


def appeal_from_agreements(values: Values, params: Parameters, pair: int) -> None:
    """What agreements in force add to a supplier's appeal."""
    for k in range(LANES):
        values[ROW.agreement_appeal, k] = appeal_of_agreements(
            in_force=values[ROW.in_force + pair, k], weight=params[PARAM.agreement_appeal, k]
        )


def update_standing(values: Values, params: Parameters, i: int, s: int, agreements: int) -> None:
    """A state's dependence on a supplier, and what past dealings add to the supplier's appeal."""
    pair, support = i * SUPPLIERS + s, layout.SUPPORT_ROW[i, s]
    for k in range(LANES):
        values[ROW.dependence + pair, k] = dependence(
            held=values[ROW.held_from + pair, k],
            held_in_all=values[ROW.held_in_all + i, k],
            equipment=values[ROW.equipment, k],
        )
        values[ROW.standing + pair, k] = standing(
            influence_weight=params[PARAM.influence_appeal, k],
            influence=values[ROW.soft_power + pair, k],
            lock_in=params[PARAM.lock_in, k],
            dependence=values[ROW.dependence + pair, k],
            agreements=values[agreements, k],
            support_weight=params[PARAM.support_appeal, k],
            support=values[support, k],
        )


def depreciate_holdings(values: Values, params: Parameters, pools: Pools) -> None:
    """What suppliers sent wears. Grants to the guarded side beyond those of the start are spent at the giver's firms."""
    for p in range(layout.PATRONS):
        s = layout.PATRON_SUPPLIER[p]
        if s != NONE:
            for k in range(LANES):
                values[ROW.held_from + HELPED * SUPPLIERS + s, k] += tied_purchases(
                    tied_share=params[PARAM.grant_tied, k],
                    grants=values[ROW.grants + p, k],
                    grants_usual=params[PARAM.grant_base + p, k],
                    years=QUARTER,
                )
    for i in range(STATES):
        for s in range(SUPPLIERS):
            if pools.is_linked[i, s]:
                fade(values, ROW.held_from + i * SUPPLIERS + s, ROW.wear_kept)
