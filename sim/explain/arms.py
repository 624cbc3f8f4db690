"""Whose arms grew, and why: stocks by what they come from, and capability as rivals see it."""

from dataclasses import dataclass

from sim.engines.compiled.layout import HELPED, LOITERING, NET, PATH_BURDEN, PATH_GDP, UAV
from sim.engines.compiled.vectorized import Array, on_arrays
from sim.explain.attribution import Attributed, Cause, apply, apply_sequentially, constant, rebased, single_cause, total
from sim.explain.deliveries import arrivals
from sim.explain.events import named, scripted
from sim.explain.recorded_run import Record, by_quarter
from sim.model.calendar import QUARTER
from sim.model.parameters import CLASSES
from sim.model.schedule import FROM_BUDGET
from sim.rules.capability import perceived_capability, system_capability
from sim.rules.spending import payment, spending_level
from sim.rules.stocks import capital_next, capital_start, units_next


@dataclass(frozen=True, eq=False)
class Stocks:
    """What a state holds in a quarter after its deliveries: units, capital, and what it has still to pay."""

    units: dict[int, Attributed]
    capital: Attributed
    owed: Attributed


@by_quarter
def stocks(record: Record, state: int, quarter: int, before: Stocks | None) -> Stocks:
    """A state's stocks, by what they come from; the reference is the stock of the start."""
    name = NET.states[state]
    if before is None:
        units = {kind: constant(record.param(f"{CLASSES[kind]}_start", state)) for kind in (UAV, LOITERING)}
        capital, owed = constant(_capital_start(record, state)), constant(record.zeros)
    else:
        units = {}
        for kind, held in before.units.items():
            left = apply(units_next, units=held, attrition=record.param(f"{CLASSES[kind]}_attrition"), years=QUARTER)
            units[kind] = rebased(left, held.reference, Cause("arms", name, CLASSES[kind]))
        paid = _paid(record, state, quarter - 1, before.owed)
        capital = _capital_next(record, state, quarter - 1, before.capital, paid)
        owed = before.owed - paid * QUARTER
    arrived = arrivals(record, state)[quarter]
    for kind in (UAV, LOITERING):
        of_kind = (single_cause(one.units, one.cause) for one in arrived if one.kind == kind)
        units[kind] = total([units[kind], *of_kind])
    others = (single_cause(one.value, one.cause) for one in arrived if one.kind not in (UAV, LOITERING))
    bought = (single_cause(one.value, one.cause) for one in arrived if one.payment == FROM_BUDGET)
    grants = named("arms", name, "grant")
    capital = scripted(record, "capital_stock", (name,), quarter, total([capital, *others]), grants)
    return Stocks(units, capital, total([owed, *bought]))


def _paid(record: Record, state: int, quarter: int, owed: Attributed) -> Attributed:
    """What the state pays in a year for arms that were delivered, which buys no other equipment; by what it pays for."""
    funds = record.param("procurement_share", state) * record.row("spending", state, quarter)
    return apply_sequentially(payment, owed=owed, years=record.param("instalment_years"), funds=funds)


def spending_start(record: Record, state: int) -> Array:
    """Spending when the run begins."""
    return on_arrays(
        spending_level,
        burden_target=record.param("spending_scale", state) * PATH_BURDEN[state, 0],
        gdp=PATH_GDP[state, 0],
        log_spending_gap=0.0,
        supplement=0.0,
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


def _capital_next(record: Record, state: int, quarter: int, capital: Attributed, paid: Attributed) -> Attributed:
    """Capital after purchases and wear, which are one cause: what the state's own budget makes of its forces."""
    name = NET.states[state]
    bought = Cause("arms", name, "budget")
    funds = record.param("procurement_share", state) * record.row("spending", state, quarter)
    inflow = single_cause(funds, bought) - paid
    for patron, code in enumerate(NET.patrons) if state == HELPED else ():
        inflow = inflow + single_cause(record.row("grants", patron, quarter), Cause("patron", code, name))
    worn = apply(capital_next, capital=capital, inflow=inflow, depreciation=record.param("depreciation"), years=QUARTER)
    return rebased(worn, capital.reference, bought)


# ---- capability ------------------------------------------------------------------------------------------------------


@by_quarter
def capability(record: Record, state: int, quarter: int, _: Attributed | None) -> Attributed:
    """A state's arms as its rivals see them."""
    return valued(record, stocks(record, state)[quarter], is_perceived=True)


def valued(record: Record, held: Stocks, *, is_perceived: bool) -> Attributed:
    """All that a state holds, as its rivals see it or at what it cost."""
    uav, loitering = (
        apply(
            system_capability,
            units=held.units[kind],
            price=record.param(f"{CLASSES[kind]}_price"),
            perceived_value=record.param(f"{CLASSES[kind]}_perceived_value") if is_perceived else 1.0,
        )
        for kind in (UAV, LOITERING)
    )
    return apply(perceived_capability, capital=held.capital, uav=uav, loitering=loitering)
