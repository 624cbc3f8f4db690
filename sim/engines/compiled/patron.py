"""Patrons in a quarter, compiled: grants to Kosovo and deliveries to Serbia; see `initial_state` for how phases read and write."""

from sim.engines.compiled.arrays import Book, Members, Parameters, World
from sim.engines.compiled.buyer import book_order
from sim.engines.compiled.layout import (
    AIR_DEFENCE,
    CLIENT_OF,
    LANES,
    NONE,
    PARAM,
    PATRON_SUPPLIER,
    PATRONS,
    ROW,
    SRB,
    SUPPLIERS,
    TIE_SRB_TUR,
    XKX,
)
from sim.model.calendar import QUARTER
from sim.model.random_numbers import COUNTER_SIZE, QUARTERLY, uniform
from sim.model.schedule import FROM_OUTSIDE
from sim.rules.elementary import lognormal_value, normal_quantile, relaxed
from sim.rules.patrons import counter_transfer_rate, grant_anchor
from sim.rules.spending import incident_probability


def update_patrons(values: World, params: Parameters) -> None:
    """Patrons: the rate of deliveries to Serbia, and grants to Kosovo."""
    for p in range(PATRONS):
        update_counter_rate(values, params, p)
        update_grants(values, params, p)


def update_counter_rate(values: World, params: Parameters, p: int) -> None:
    """The rate at which a patron delivers arms to Serbia, and what they are worth in an average year."""
    support = ROW.support + CLIENT_OF[SRB] * PATRONS + p
    for k in range(LANES):
        loss = params[PARAM.relation_base + TIE_SRB_TUR, k] - values[ROW.attitude + TIE_SRB_TUR, k]
        values[ROW.counter_rate + p, k] = counter_transfer_rate(
            access=values[support, k] * params[PARAM.patron_access + p, k],
            base_rate=params[PARAM.counter_rate, k],
            threat_slope=params[PARAM.coupling, k] * params[PARAM.counter_threat_slope, k],
            threat=values[ROW.threat + SRB, k],
            relation_slope=params[PARAM.coupling, k] * params[PARAM.counter_relation_slope, k],
            relation_loss=loss,
            rate_max=params[PARAM.counter_rate_max, k],
        )
        values[ROW.counter_support + p, k] = values[ROW.counter_rate + p, k] * values[ROW.counter_mean, k]


def update_grants(values: World, params: Parameters, p: int) -> None:
    """What a patron gives Kosovo in a year."""
    support = ROW.support + CLIENT_OF[XKX] * PATRONS + p
    for k in range(LANES):
        anchor = grant_anchor(
            base=params[PARAM.grant_base + p, k],
            response=params[PARAM.coupling, k] * params[PARAM.grant_response + p, k],
            threat=values[ROW.threat + XKX, k],
            spending=values[ROW.spending + XKX, k],
            boost=values[support, k] * values[ROW.boost, k],
        )
        values[ROW.grants + p, k] = relaxed(
            value=values[ROW.grants + p, k], anchor=anchor, rate=params[PARAM.grant_adjustment, k], years=QUARTER
        )


def draw_counter_transfers(
    values: World, params: Parameters, book: Book, quarter: int, seed: int, member: Members
) -> None:
    """Arms that a patron sends to Serbia, which arrive in the next quarter and cost Serbia's budget nothing."""
    for p in range(PATRONS):
        supplier = PATRON_SUPPLIER[p]
        if supplier == NONE:
            continue
        for k in range(LANES):
            probability = incident_probability(hazard=values[ROW.counter_rate + p, k], years=QUARTER)
            if values[ROW.counter_deviate + p, k] < params[PARAM.chance, k] * probability:
                value = lognormal_value(
                    median=params[PARAM.counter_size, k],
                    spread=params[PARAM.counter_spread, k],
                    deviate=normal_quantile(u=uniform(seed, member[k], quarter, COUNTER_SIZE + p, QUARTERLY)),
                )
                values[ROW.orders + SRB * SUPPLIERS + supplier, k] += value
                book_order(book, k, quarter + 1, SRB, supplier, AIR_DEFENCE, FROM_OUTSIDE, value, value)
