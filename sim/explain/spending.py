"""Why a state spends what it spends: its economy, its plan, and what presses the budget off the plan."""

from sim.engines.compiled.layout import NET
from sim.engines.compiled.vectorized import Array, on_arrays
from sim.explain.attribution import Attributed, Cause, apply, constant, cut_off, single_cause
from sim.explain.events import level
from sim.explain.recorded_run import Record, by_quarter, cached
from sim.explain.threat import threat_rise
from sim.model.calendar import FIRST_STEP, OBSERVED_QUARTERS, QUARTER
from sim.rules import spending as rules
from sim.rules.elementary import log

NEARLY = 1e-12  # of rounding, where a limit is reached


@cached
def log_spending(record: Record, state: int, quarter: int) -> Attributed:
    """Logarithm of spending; its reference is that of the start of 2018."""
    off_plan = log_spending_gap(record, state)[quarter]
    decided = level(record, "supplement", NET.states[state], quarter)
    wanted = economy(record, state)[quarter] + plan(record, state, quarter) + off_plan + decided
    spent = on_arrays(log, x=record.row("spending", state, quarter))
    is_capped = record.row("burden", state, quarter) >= record.param("burden_max") * (1.0 - NEARLY)
    return cut_off(
        Attributed(spent, wanted.parts), _log_start(record, state), is_capped, Cause("burden_cap", NET.states[state])
    )


def _log_start(record: Record, state: int) -> Array:
    """Logarithm of the plan of the first quarter."""
    planned = on_arrays(
        rules.spending_level,
        burden_target=record.param("spending_scale", state) * record.row("burden_target", state, 0),
        gdp=record.row("gdp", state, 0),
        log_spending_gap=0.0,
        supplement=0.0,
        burden_max=float("inf"),
    )
    return on_arrays(log, x=planned)


@by_quarter
def economy(record: Record, state: int, quarter: int, before: Attributed | None) -> Attributed:
    """Logarithm of GDP relative to the start: as observed, then its trend and its chance part."""
    name = NET.states[state]
    if quarter < OBSERVED_QUARTERS or before is None:
        return single_cause(_log_ratio(record, "gdp", state, quarter), Cause("economy", name))
    return before + apply(
        rules.log_growth,
        growth=single_cause(record.param("gdp_growth", state), Cause("economy", name)),
        spread=record.param("chance") * record.param("gdp_spread"),
        years=FIRST_STEP if quarter == OBSERVED_QUARTERS else QUARTER,
        deviate=single_cause(record.row("growth_deviate", state, quarter), Cause("chance", name, "economy")),
    )


def plan(record: Record, state: int, quarter: int) -> Attributed:
    """Logarithm of the planned burden relative to the start."""
    return single_cause(_log_ratio(record, "burden_target", state, quarter), Cause("plan", NET.states[state]))


def _log_ratio(record: Record, name: str, state: int, quarter: int) -> Array:
    """Logarithm of a row relative to the first quarter."""
    now, start = (on_arrays(log, x=record.row(name, state, when)) for when in (quarter, 0))
    return now - start


@by_quarter
def log_spending_gap(record: Record, state: int, quarter: int, before: Attributed | None) -> Attributed:
    """Logarithmic distance of spending from its plan, zero at the start; the budget is revised in the members for which that is due."""
    before = constant(record.zeros) if before is None else before
    interval = record.param("budget_interval")
    revised = apply(
        rules.log_spending_gap_next,
        log_spending_gap=before,
        desired_gap=desired_gap(record, state, quarter),
        fatigue=record.param("fatigue", state),
        adjustment=record.param("adjustment", state),
        years=interval * QUARTER,
        shock=_shock(record, state, quarter),
    )
    is_due = on_arrays(rules.is_budget_quarter, quarter=float(quarter), interval=interval)
    return is_due * revised + (1.0 - is_due) * before


def _shock(record: Record, state: int, quarter: int) -> Attributed:
    """The chance part of a budget."""
    if quarter < OBSERVED_QUARTERS:
        return constant(record.zeros)
    own_spread, own, common_spread = (
        record.row(name, state, quarter) for name in ("budget_spread", "budget_deviate", "common_spread")
    )
    return apply(
        rules.budget_shock,
        own_spread=own_spread,
        own=single_cause(own, Cause("chance", NET.states[state], "budget")),
        common_spread=common_spread,
        common=single_cause(record.row("common_deviate", 0, quarter), Cause("chance", what="region")),
    )


@cached
def desired_gap(record: Record, state: int, quarter: int) -> Attributed:
    """Where threat would hold the budget if nothing tired, as a logarithm."""
    name, coupling = NET.states[state], record.param("coupling")
    return apply(
        rules.desired_gap,
        reaction=coupling * record.param("reaction", state),
        threat_rise=threat_rise(record, state, quarter),
        yielding=record.param("yielding"),
        grievance=single_cause(record.param("grievance", state), Cause("grievance", name)),
        insecurity_outside=record.param("external_spending") * level(record, "insecurity_outside", "", quarter),
    )
