"""What the script makes happen, compiled: one line at a time, for every member of a block."""

from collections import namedtuple

from sim.engines.compiled.buyer import book_order, burden_of, consent, deliver, need, utility, waiting
from sim.engines.compiled.jit import compiled
from sim.engines.compiled.layout import (
    ACTORS,
    KINDS,
    LANES,
    NONE,
    PARAM,
    ROW,
    SRB_ACTOR,
    STATE_OF,
    STATES,
    SUPPLIER_OF,
    SUPPLIERS,
    TIE_OF,
    TRUST_ROW,
    XKX_ACTOR,
)
from sim.model.schedule import (
    AGREEMENT,
    DELIVERY,
    GRANT,
    INCIDENT_HAPPENS,
    LEVEL,
    OFFER,
    STATEMENT,
    SUPPLEMENT,
    TRADE_SHOCK,
    VISIT,
)
from sim.rules.elementary import share_of
from sim.rules.relations import credibility
from sim.rules.spending import relative_change
from sim.rules.supplier_history import influence_won
from sim.rules.tension import tension_eased
from sim.rules.transfers import choice_weight, deal_value, provocation

Lines = namedtuple("Lines", "lines sizes lots")  # noqa: PYI024 - compiled code reads it
"""The script: its lines, and for every member the sizes and the uniform draws that they need."""


@compiled
def apply_event(values, params, pools, book, script, line, quarter):
    """One line of the script, for every member of the block."""
    kind, what, subject, target, row, _, first, _ = script.lines[line]
    sizes = script.sizes
    if kind == LEVEL:
        for k in range(LANES):
            values[row, k] = sizes[first, k]
    elif kind == SUPPLEMENT:
        for k in range(LANES):
            values[row, k] = relative_change(change=sizes[first, k])
    elif kind == TRADE_SHOCK:
        for k in range(LANES):
            values[row, k] += relative_change(change=sizes[first, k])
    elif kind == VISIT:
        visit(values, params, pools, subject, target)
    elif kind == AGREEMENT:
        agreement(values, params, subject, target)
        sign_agreement(values, params, pools, subject, target)
        sign_agreement(values, params, pools, target, subject)
    elif kind == STATEMENT:
        statement(values, params, TIE_OF[subject, target], sizes[first])
    elif kind == INCIDENT_HAPPENS:
        incident(values, params, what == 1, sizes[first])
    elif kind == GRANT:
        grant(values, params, pools, subject, STATE_OF[target], sizes[first])
    else:
        trade_arms(values, params, pools, book, script, line, quarter)


@compiled
def trade_arms(values, params, pools, book, script, line, quarter):
    """An order, a delivery or an offer of the script."""
    kind, what, subject, target, _, own, first, lead = script.lines[line]
    for k in range(LANES):
        units = script.sizes[first, k]
        value = deal_value(units=units, price=script.sizes[first + 1, k])
        if kind == DELIVERY:
            deliver(values, pools, k, target, subject, what, units, value, float(own))
            continue
        if kind == OFFER and not is_agreed(values, params, target, subject, what, value, script.lots, lead, k):
            continue
        values[ROW.orders + target * SUPPLIERS + subject, k] += value
        if lead != NONE:
            due = quarter + waiting(params, what, script.lots[lead, k], k)
            book_order(book, k, due, target, subject, what, own, units, value)


@compiled
def is_agreed(values, params, buyer, supplier, kind, value, lots, lead, k):
    """Whether a buyer takes a supplier's offer rather than nothing, and the supplier stands by it."""
    burden = burden_of(values, params, buyer, value, k)
    offered = utility(values, params, buyer, supplier, kind, burden, need(values, params, buyer, kind, k), k)
    best = offered if offered > 0.0 else 0.0
    taken = choice_weight(utility=offered, utility_best=best)
    total = choice_weight(utility=0.0, utility_best=best)
    total += taken
    is_taken = lots[lead + 1, k] < share_of(part=taken, whole=total)
    return is_taken and lots[lead + 2, k] < consent(values, params, buyer, supplier, kind, value, k)


@compiled
def statement(values, params, tie, tones):
    """A statement of one actor about another."""
    if tie >= 0:
        for k in range(LANES):
            values[ROW.rhetoric + tie, k] += params[PARAM.statement_effect, k] * tones[k]


@compiled
def incident(values, params, is_lethal, counts):
    """Incidents in the north."""
    for k in range(LANES):
        weight = 1.0 if is_lethal else params[PARAM.standoff_weight, k]
        values[ROW.incidents, k] += counts[k]
        values[ROW.shock, k] += weight * counts[k]
        values[ROW.is_lethal, k] += 1.0 if is_lethal else 0.0


@compiled
def grant(values, params, pools, giver, state, amounts):
    """Money or training that a patron gives a state."""
    pools.is_provoked[state, giver] = True
    for k in range(LANES):
        values[ROW.capital_stock + state, k] += amounts[k]
        values[ROW.provoked + state * ACTORS + giver, k] += params[PARAM.coupling, k] * provocation(
            value=amounts[k], weight=params[PARAM.provocation_by_grant, k], scale=params[PARAM.provocation_scale, k]
        )
    supplier = SUPPLIER_OF[giver]
    if supplier >= 0:
        pools.is_linked[state, supplier] = True
        for k in range(LANES):
            values[ROW.held_from + state * SUPPLIERS + supplier, k] += params[PARAM.grant_tied, k] * amounts[k]
            values[ROW.soft_power + state * SUPPLIERS + supplier, k] += influence_won(
                value=amounts[k], weight=params[PARAM.influence_grant, k], scale=params[PARAM.influence_grant_scale, k]
            )


@compiled
def agreement(values, params, one, other):
    """An agreement draws both sides closer."""
    for tie in (TIE_OF[one, other], TIE_OF[other, one]):
        if tie >= 0:
            for k in range(LANES):
                values[ROW.cooperation + tie, k] += params[PARAM.agreement_effect, k]


@compiled
def visit(values, params, pools, visitor, host):
    """A visit draws both sides closer, the host only as far as it believes the visitor; it calms Serbia and Kosovo."""
    there, back = TIE_OF[visitor, host], TIE_OF[host, visitor]
    is_calming = (host == SRB_ACTOR or host == XKX_ACTOR) and visitor != SRB_ACTOR and visitor != XKX_ACTOR
    for k in range(LANES):
        trust = credibility(memory=values[TRUST_ROW[host, visitor], k], loss=params[PARAM.credibility_loss, k])
        if there >= 0:
            values[ROW.cooperation + there, k] += params[PARAM.visit_effect, k]
        if back >= 0:
            values[ROW.cooperation + back, k] += trust * params[PARAM.visit_effect, k]
        if is_calming:
            relief = trust * params[PARAM.visit_relief, k]
            values[ROW.tension, k] = tension_eased(tension=values[ROW.tension, k], relief=relief)
    state, supplier = STATE_OF[host], SUPPLIER_OF[visitor]
    if state >= 0 and supplier >= 0:
        pools.is_linked[state, supplier] = True
        for k in range(LANES):
            values[ROW.soft_power + state * SUPPLIERS + supplier, k] += params[PARAM.influence_visit, k]


@compiled
def sign_agreement(values, params, pools, giver, receiver):
    """An agreement provokes the rivals of a signatory that is a state."""
    state = STATE_OF[receiver]
    if state >= 0:
        pools.is_provoked[state, giver] = True
        for k in range(LANES):
            provoking = params[PARAM.coupling, k] * params[PARAM.provocation_by_agreement, k]
            values[ROW.provoked + state * ACTORS + giver, k] += provoking
    supplier = SUPPLIER_OF[giver]
    if state >= 0 and supplier >= 0:
        pools.is_linked[state, supplier] = True
        pools.is_signed[state, supplier] = True
        for k in range(LANES):
            values[ROW.signed + state * SUPPLIERS + supplier, k] += 1.0
            values[ROW.soft_power + state * SUPPLIERS + supplier, k] += params[PARAM.influence_agreement, k]


@compiled
def clear_pools(values, pools):
    """Empty the pools that this quarter's deliveries filled."""
    for i in range(STATES):
        for c in range(KINDS):
            if pools.is_touched[i, c]:
                pools.is_touched[i, c] = False
                values[ROW.arrived_in_all + i * KINDS + c, :] = 0.0
                for s in range(SUPPLIERS):
                    values[ROW.arrived + (i * KINDS + c) * SUPPLIERS + s, :] = 0.0
                    values[ROW.armed + i * SUPPLIERS + s, :] = 0.0
        for giver in range(ACTORS):
            if pools.is_provoked[i, giver]:
                pools.is_provoked[i, giver] = False
                values[ROW.provoked + i * ACTORS + giver, :] = 0.0
