"""Patrons in a quarter, compiled: grants to Kosovo and deliveries to Serbia; see `initial_state` for how phases read and write."""

from sim.engines.compiled.buyer import book_order
from sim.engines.compiled.jit import compiled
from sim.engines.compiled.layout import (
    AIR_DEFENCE,
    CLIENT_OF,
    LANES,
    NONE,
    PARAM,
    PATRON_SUPPLIER,
    PATRONS,
    QUARTER,
    ROW,
    SRB,
    SUPPLIERS,
    TIE_SRB_TUR,
    XKX,
)
from sim.model.random_numbers import COUNTER_SIZE, QUARTERLY, uniform
from sim.model.schedule import FROM_OUTSIDE
from sim.rules.elementary import (
    effect,
    lognormal_value,
    normal_quantile,
    positive_part,
    relaxed,
    weighted,
)
from sim.rules.patrons import counter_transfer_rate, grant_anchor
from sim.rules.spending import incident_probability


@compiled
def draw_counter_transfers(values, params, book, quarter, seed, member):
    """Arms that a patron sends to Serbia, which arrive in the next quarter and cost Serbia's budget nothing."""
    for p in range(PATRONS):
        supplier = PATRON_SUPPLIER[p]
        if supplier == NONE:
            continue
        for k in range(LANES):
            probability = weighted(
                weight=params[PARAM.chance, k],
                amount=incident_probability(hazard=values[ROW.counter_rate + p, k], years=QUARTER),
            )
            if values[ROW.counter_deviate + p, k] < probability:
                value = lognormal_value(
                    median=params[PARAM.counter_size, k],
                    spread=params[PARAM.counter_spread, k],
                    deviate=normal_quantile(u=uniform(seed, member[k], quarter, COUNTER_SIZE + p, QUARTERLY)),
                )
                values[ROW.orders + SRB * SUPPLIERS + supplier, k] += value
                book_order(book, k, quarter + 1, SRB, supplier, AIR_DEFENCE, FROM_OUTSIDE, value, value)


@compiled
def update_patrons(values, params):
    """Patrons: the rate of deliveries to Serbia, and grants to Kosovo."""
    to_serbia, to_kosovo = ROW.support + CLIENT_OF[SRB] * PATRONS, ROW.support + CLIENT_OF[XKX] * PATRONS
    for p in range(PATRONS):
        for k in range(LANES):
            coupling = params[PARAM.coupling, k]
            lost = effect(
                slope=-1.0,
                value=values[ROW.attitude + TIE_SRB_TUR, k],
                reference=params[PARAM.relation_base + TIE_SRB_TUR, k],
            )
            values[ROW.counter_rate + p, k] = counter_transfer_rate(
                access=weighted(weight=values[to_serbia + p, k], amount=params[PARAM.patron_access + p, k]),
                base_rate=params[PARAM.counter_rate, k],
                threat_pull=weighted(
                    weight=weighted(weight=coupling, amount=params[PARAM.counter_threat_slope, k]),
                    amount=values[ROW.threat + SRB, k],
                ),
                relation_pull=weighted(
                    weight=weighted(weight=coupling, amount=params[PARAM.counter_relation_slope, k]),
                    amount=positive_part(x=lost),
                ),
                rate_max=params[PARAM.counter_rate_max, k],
            )
            values[ROW.counter_support + p, k] = weighted(
                weight=values[ROW.counter_rate + p, k], amount=values[ROW.counter_mean, k]
            )
            anchor = grant_anchor(
                base=params[PARAM.grant_base + p, k],
                response=weighted(weight=coupling, amount=params[PARAM.grant_response + p, k]),
                threat=values[ROW.threat + XKX, k],
                spending=values[ROW.spending + XKX, k],
                boost=weighted(weight=values[to_kosovo + p, k], amount=values[ROW.boost, k]),
            )
            values[ROW.grants + p, k] = relaxed(
                value=values[ROW.grants + p, k], anchor=anchor, rate=params[PARAM.grant_adjustment, k], years=QUARTER
            )
