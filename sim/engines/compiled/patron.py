"""Patrons in a quarter, compiled: grants to Kosovo and deliveries to Serbia; see `initial_state` for how phases read and write."""

from sim.engines.compiled.buyer import book_order
from sim.engines.compiled.jit import compiled
from sim.engines.compiled.layout import (
    AIR_DEFENCE,
    AT,
    CLIENT_OF,
    LANES,
    NONE,
    OF,
    PATRON_SUPPLIER,
    PATRONS,
    QUARTER,
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
def counter_transfer(now, given, book, quarter, seed, member):
    """Arms that a patron sends to Serbia, which arrive in the next quarter and cost Serbia's budget nothing."""
    for p in range(PATRONS):
        supplier = PATRON_SUPPLIER[p]
        if supplier == NONE:
            continue
        for k in range(LANES):
            probability = weighted(
                weight=given[OF.chance, k],
                amount=incident_probability(hazard=now[AT.counter_rate + p, k], years=QUARTER),
            )
            if now[AT.counter_luck + p, k] < probability:
                value = lognormal_value(
                    median=given[OF.counter_size, k],
                    spread=given[OF.counter_spread, k],
                    deviate=normal_quantile(u=uniform(seed, member[k], quarter, COUNTER_SIZE + p, QUARTERLY)),
                )
                now[AT.orders + SRB * SUPPLIERS + supplier, k] += value
                book_order(book, k, quarter + 1, SRB, supplier, AIR_DEFENCE, FROM_OUTSIDE, value, value)


@compiled
def patronise(now, given):
    """Patrons: the rate of deliveries to Serbia, and grants to Kosovo."""
    to_serbia, to_kosovo = AT.support + CLIENT_OF[SRB] * PATRONS, AT.support + CLIENT_OF[XKX] * PATRONS
    for p in range(PATRONS):
        for k in range(LANES):
            coupling = given[OF.coupling, k]
            lost = effect(
                slope=-1.0, value=now[AT.attitude + TIE_SRB_TUR, k], reference=given[OF.relation_base + TIE_SRB_TUR, k]
            )
            now[AT.counter_rate + p, k] = counter_transfer_rate(
                access=weighted(weight=now[to_serbia + p, k], amount=given[OF.patron_access + p, k]),
                base_rate=given[OF.counter_rate, k],
                threat_pull=weighted(
                    weight=weighted(weight=coupling, amount=given[OF.counter_threat_slope, k]),
                    amount=now[AT.threat + SRB, k],
                ),
                relation_pull=weighted(
                    weight=weighted(weight=coupling, amount=given[OF.counter_relation_slope, k]),
                    amount=positive_part(x=lost),
                ),
                rate_max=given[OF.counter_rate_max, k],
            )
            now[AT.counter_support + p, k] = weighted(
                weight=now[AT.counter_rate + p, k], amount=now[AT.counter_mean, k]
            )
            anchor = grant_anchor(
                base=given[OF.grant_base + p, k],
                response=weighted(weight=coupling, amount=given[OF.grant_response + p, k]),
                threat=now[AT.threat + XKX, k],
                spending=now[AT.spending + XKX, k],
                boost=weighted(weight=now[to_kosovo + p, k], amount=now[AT.boost, k]),
            )
            now[AT.grants + p, k] = relaxed(
                value=now[AT.grants + p, k], anchor=anchor, rate=given[OF.grant_adjustment, k], years=QUARTER
            )
