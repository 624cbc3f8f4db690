"""Whose arms grew, and why: stocks by what they come from, and capability as rivals see it."""

from dataclasses import dataclass

from sim.engines.compiled.layout import LOITERING, NET, NONE, PATH_BURDEN, PATH_GDP, PATRON_SUPPLIER, SRB, UAV, XKX
from sim.engines.compiled.vectorized import Array, on_arrays
from sim.explain.attribution import (
    Attributed,
    Cause,
    apply,
    apply_sequentially,
    constant,
    rebased,
    single_cause,
    total,
)
from sim.explain.deliveries import Arrival, arrivals
from sim.explain.events import named, scripted
from sim.explain.recorded_run import Record, by_quarter
from sim.model.calendar import HISTORY_UNTIL, QUARTER
from sim.model.parameters import CLASSES
from sim.model.schedule import FROM_BUDGET, FROM_OUTSIDE
from sim.rules.capability import capability_change, perceived_capability, system_capability
from sim.rules.elementary import lognormal_mean, positive_part
from sim.rules.patrons import expected_deliveries
from sim.rules.spending import spending_level
from sim.rules.stocks import capital_next, capital_start, units_next


@dataclass(frozen=True, eq=False)
class Stocks:
    """What a state holds in a quarter after its deliveries: units, those its budget paid, and capital."""

    units: dict[int, Attributed]
    own: dict[int, Attributed]
    capital: Attributed


@by_quarter
def stocks(record: Record, state: int, quarter: int, before: Stocks | None) -> Stocks:
    """A state's stocks, by what they come from; the reference is the stock of the start."""
    name = NET.states[state]
    if before is None:
        units = {kind: constant(record.param(f"{CLASSES[kind]}_start", state)) for kind in (UAV, LOITERING)}
        own, capital = dict(units), constant(_capital_start(record, state))
    else:
        units, own = (
            {kind: _worn(record, name, kind, left) for kind, left in held.items()}
            for held in (before.units, before.own)
        )
        capital = _capital_next(record, state, quarter - 1, before.capital)
    arrived = arrivals(record, state)[quarter]
    for kind in (UAV, LOITERING):
        of_kind = [one for one in arrived if one.kind == kind]
        paid = [one for one in of_kind if one.payment == FROM_BUDGET]
        units[kind] = total([units[kind], *(single_cause(one.units, one.cause) for one in of_kind)])
        own[kind] = total([own[kind], *(single_cause(one.units, one.cause) for one in paid)])
    donated = [single_cause(one.value, one.cause) for one in arrived if _is_capital(one)]
    grants = named("arms", name, "grant")
    return Stocks(units, own, scripted(record, "capital_stock", (name,), quarter, total([capital, *donated]), grants))


def _is_capital(one: Arrival) -> bool:
    return one.kind not in (UAV, LOITERING) and one.payment == FROM_OUTSIDE


def _worn(record: Record, name: str, kind: int, units: Attributed) -> Attributed:
    left = apply(units_next, units=units, attrition=record.param(f"{CLASSES[kind]}_attrition"), years=QUARTER)
    return rebased(left, units.reference, Cause("arms", name, CLASSES[kind]))


def spending_start(record: Record, state: int) -> Array:
    """Spending when the run begins."""
    return on_arrays(
        spending_level,
        burden_target=record.param("spending_scale", state) * PATH_BURDEN[state, 0],
        gdp=PATH_GDP[state, 0],
        log_spending_gap=0.0,
        burden_max=record.param("burden_max"),
    )


def _capital_start(record: Record, state: int) -> Array:
    return on_arrays(
        capital_start,
        spending=spending_start(record, state),
        procurement_share=record.param("procurement_share", state),
        depreciation=record.param("depreciation"),
        growth=record.param("capital_growth"),
    )


def _capital_next(record: Record, state: int, quarter: int, capital: Attributed) -> Attributed:
    """Capital after purchases and wear, which are one cause: what the state's own budget makes of its forces."""
    bought = Cause("arms", NET.states[state], "budget")
    worn = apply(
        capital_next,
        capital=capital,
        inflow=_inflow(record, state, quarter, bought),
        depreciation=record.param("depreciation"),
        years=QUARTER,
    )
    return rebased(worn, capital.reference, bought)


def _inflow(record: Record, state: int, quarter: int, bought: Cause) -> Attributed:
    """Equipment that flows in: bought with the budget, paid by patrons; see `flow_in` of the engine."""
    name = NET.states[state]
    inflow = single_cause(record.param("procurement_share", state) * record.row("spending", state, quarter), bought)
    for patron, code in enumerate(NET.patrons):
        if state == XKX:
            inflow = inflow + single_cause(record.row("grants", patron, quarter), Cause("patron", code, name))
        if state == SRB and quarter > HISTORY_UNTIL and PATRON_SUPPLIER[patron] != NONE:
            inflow = inflow - single_cause(_expected(record, patron), Cause("patron", code, name))
    return apply(positive_part, x=inflow)


def _expected(record: Record, patron: int) -> Array:
    """What a patron's drawn deliveries bring Serbia on average."""
    mean = on_arrays(lognormal_mean, median=record.param("counter_size"), spread=record.param("counter_spread"))
    return on_arrays(
        expected_deliveries,
        access=record.param("chance") * record.param("patron_access", patron),
        rate=record.param("counter_rate"),
        value=mean,
    )


# ---- capability ------------------------------------------------------------------------------------------------------


@by_quarter
def capability(record: Record, state: int, quarter: int, _: Attributed | None) -> Attributed:
    """Logarithmic change of a state's capability, beyond the growth of its economy."""
    held = stocks(record, state)[quarter]
    uav, loitering = (
        apply(
            system_capability,
            units=held.units[kind],
            units_own=held.own[kind],
            price=record.param(f"{CLASSES[kind]}_price"),
            perceived_value=record.param(f"{CLASSES[kind]}_perceived_value"),
        )
        for kind in (UAV, LOITERING)
    )
    years = single_cause(record.zeros + float(quarter) * QUARTER, Cause("arms", NET.states[state], "budget"))
    return apply_sequentially(
        capability_change,
        capability=apply(perceived_capability, capital=held.capital, uav=uav, loitering=loitering),
        log_capability_start=record.row("log_capability_start", state, quarter),
        trend_growth=record.param("gdp_growth", state),
        years=years,
    )
