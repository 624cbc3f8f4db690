"""What suppliers' dealings with states leave behind, compiled: influence, dependence, agreements, the command of KFOR.

Most pairs of a state and a supplier never deal, so only those that did in any member of the block are walked. See
`sim.engines.compiled.initial_state` for how the phases read and write.
"""

from sim.engines.compiled.jit import compiled
from sim.engines.compiled.layout import (
    AT,
    CLIENT_OF,
    DOM,
    KINDS_OF_UNITS,
    LANES,
    MEMORY_ROW,
    NONE,
    OF,
    PATRON_OF,
    PATRON_SUPPLIER,
    PATRONS,
    QUARTER,
    SIDE_STATES,
    SIDES,
    STATES,
    SUPPLIER_ACTOR,
    SUPPLIERS,
    TUR_AS_SUPPLIER,
    XKX,
)
from sim.rules.capability import system_capability
from sim.rules.elementary import drifted, effect, positive_part, weighted
from sim.rules.patrons import influence_index
from sim.rules.relations import credibility
from sim.rules.supplier_history import appeal_of_agreements, dependence, influence_won


@compiled
def forget(now, pools):
    """Influence that suppliers won fades, and signed agreements enter into force."""
    for i in range(STATES):
        for s in range(SUPPLIERS):
            pair = i * SUPPLIERS + s
            if pools.is_linked[i, s]:
                for k in range(LANES):
                    now[AT.soft_power + pair, k] = drifted(
                        value=now[AT.soft_power + pair, k], anchor=0.0, kept=now[AT.influence_kept, k]
                    )
            if pools.is_signed[i, s]:
                for k in range(LANES):
                    now[AT.in_force + pair, k] = drifted(
                        value=now[AT.in_force + pair, k],
                        anchor=now[AT.signed + pair, k],
                        kept=now[AT.ratification_kept, k],
                    )


@compiled
def impress(now, given, pools):
    """Influence that suppliers win by this quarter's deliveries."""
    for i in range(STATES):
        for s in range(SUPPLIERS):
            if s == DOM or not pools.is_provoked[i, SUPPLIER_ACTOR[s]]:
                continue
            pair = i * SUPPLIERS + s
            for k in range(LANES):
                now[AT.soft_power + pair, k] += influence_won(
                    value=now[AT.deliveries + pair, k],
                    weight=given[OF.influence_arms, k],
                    scale=given[OF.provocation_scale, k],
                )


@compiled
def value(now, given):
    """The value that suppliers put on influence: their interest, what accession leaves them, and what they have won."""
    for i in range(STATES):
        for s in range(SUPPLIERS):
            for k in range(LANES):
                weight = given[OF.accession_influence, k] if s == TUR_AS_SUPPLIER else 0.0
                index = influence_index(
                    base=given[OF.influence_value + s * STATES + i, k],
                    accession_weight=weight,
                    accession=now[AT.accession, k],
                    accession_start=given[OF.accession_start, k],
                )
                index += now[AT.soft_power + i * SUPPLIERS + s, k]
                now[AT.influence + i * SUPPLIERS + s, k] = index


@compiled
def stand(now, given, pools):
    """What past dealings add to a supplier's appeal, and how far each state depends on each supplier."""
    for i in range(STATES):
        if not pools.is_linked[i].any():
            continue
        tally(now, given, pools, i)
        for s in range(SUPPLIERS):
            if pools.is_linked[i, s]:
                rely(now, given, i, s)
            if pools.is_signed[i, s]:
                trust_treaties(now, given, i * SUPPLIERS + s)
            if CLIENT_OF[i] != NONE and PATRON_OF[s] != NONE:
                row = AT.support + CLIENT_OF[i] * PATRONS + PATRON_OF[s]
                for k in range(LANES):
                    now[AT.standing + i * SUPPLIERS + s, k] += effect(
                        slope=given[OF.support_appeal, k], value=now[row, k], reference=1.0
                    )
    for side in range(SIDES):
        row = MEMORY_ROW[SIDE_STATES[side], TUR_AS_SUPPLIER]
        for k in range(LANES):
            now[AT.image + side, k] = credibility(memory=now[row, k], loss=given[OF.credibility_loss, k])


@compiled
def tally(now, given, pools, i):
    """A state's equipment: all of it, and what came from outside suppliers since the start."""
    for k in range(LANES):
        now[AT.held_in_all + i, k] = 0.0
        now[AT.equipment, k] = now[AT.capital_stock + i, k]
    for s in range(SUPPLIERS):
        if pools.is_linked[i, s]:
            for k in range(LANES):
                now[AT.held_in_all + i, k] += now[AT.held_from + i * SUPPLIERS + s, k]
    for units, own, price in KINDS_OF_UNITS:
        for k in range(LANES):
            now[AT.equipment, k] += system_capability(
                units=now[units + i, k], units_own=now[own + i, k], price=given[price, k], perceived_value=1.0
            )


@compiled
def rely(now, given, i, s):
    """A state's dependence on a supplier, and what it and the supplier's influence add to the supplier's appeal."""
    pair = i * SUPPLIERS + s
    for k in range(LANES):
        now[AT.dependence + pair, k] = dependence(
            held=now[AT.held_from + pair, k], held_in_all=now[AT.held_in_all + i, k], equipment=now[AT.equipment, k]
        )
        standing = weighted(weight=given[OF.influence_appeal, k], amount=now[AT.soft_power + pair, k])
        standing += weighted(weight=given[OF.lock_in, k], amount=now[AT.dependence + pair, k])
        now[AT.standing + pair, k] = standing


@compiled
def trust_treaties(now, given, pair):
    """What agreements in force add to a supplier's appeal."""
    for k in range(LANES):
        now[AT.standing + pair, k] += appeal_of_agreements(
            in_force=now[AT.in_force + pair, k], weight=given[OF.agreement_appeal, k]
        )


@compiled
def age(now, given, pools):
    """What suppliers sent wears. Grants to Kosovo beyond those of the start are spent at the giver's firms."""
    for p in range(PATRONS):
        s = PATRON_SUPPLIER[p]
        if s != NONE:
            for k in range(LANES):
                beyond = effect(slope=QUARTER, value=now[AT.grants + p, k], reference=given[OF.grant_base + p, k])
                now[AT.held_from + XKX * SUPPLIERS + s, k] += weighted(
                    weight=given[OF.grant_tied, k], amount=positive_part(x=beyond)
                )
    for i in range(STATES):
        for s in range(SUPPLIERS):
            if pools.is_linked[i, s]:
                pair = i * SUPPLIERS + s
                for k in range(LANES):
                    now[AT.held_from + pair, k] = drifted(
                        value=now[AT.held_from + pair, k], anchor=0.0, kept=now[AT.wear_kept, k]
                    )
