"""Patrons in a quarter, compiled: grants to the guarded side; see `initial_state` for how phases read and write."""

from sim.engines.compiled.arrays import Parameters, Values
from sim.engines.compiled.layout import CLIENT_OF, HELPED, LANES, PARAM, PATRONS, ROW
from sim.model.calendar import QUARTER
from sim.rules.elementary import relaxed
from sim.rules.patrons import grant_anchor


def update_patrons(values: Values, params: Parameters) -> None:
    """Patrons: grants to the guarded side."""
    for p in range(PATRONS):
        support = ROW.support + CLIENT_OF[HELPED] * PATRONS + p
        for k in range(LANES):
            anchor = grant_anchor(
                base=params[PARAM.grant_base + p, k],
                response=params[PARAM.coupling, k] * params[PARAM.grant_response + p, k],
                threat_rise=values[ROW.threat_rise + HELPED, k],
                spending=values[ROW.spending + HELPED, k],
                boost=values[support, k] * values[ROW.boost, k],
            )
            values[ROW.grants + p, k] = relaxed(
                value=values[ROW.grants + p, k], anchor=anchor, rate=params[PARAM.grant_adjustment, k], years=QUARTER
            )
