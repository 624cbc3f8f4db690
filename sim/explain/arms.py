"""Whose arms grew, and why: stocks by what they come from, and capability as rivals see it."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sim.engines.compiled.layout import (
    LOITERING,
    NET,
    NONE,
    PATH_BURDEN,
    PATH_GDP,
    PATRON_SUPPLIER,
    QUARTER,
    SRB,
    UAV,
    XKX,
)
from sim.engines.compiled.vectorized import Array, on_arrays
from sim.explain.attribution import Cause, Split, fixed, in_turn, of, rebased, sum_of_splits, through
from sim.explain.deliveries import HISTORY_UNTIL, Arrival, arrivals
from sim.explain.events import named, scripted
from sim.explain.recorded_run import Record, told_once
from sim.model.parameters import CLASSES
from sim.model.schedule import FROM_BUDGET, FROM_OUTSIDE
from sim.rules.capability import capability_change, system_capability
from sim.rules.elementary import lognormal_mean, positive_part, weighted
from sim.rules.spending import spending_level
from sim.rules.stocks import capital_next, capital_start, units_next


@dataclass(frozen=True, eq=False)
class Stocks:
    """What a state holds in a quarter after its deliveries: units, those its budget paid, and capital."""

    units: dict[int, Split]
    own: dict[int, Split]
    capital: Split


@told_once
def stocks(record: Record, state: int) -> list[Stocks]:
    """A state's stocks in each quarter, by what they come from; the reference is the stock of the start."""
    name = NET.states[state]
    grants = named("arms", name, "grant")
    units = {kind: fixed(record.given(f"{CLASSES[kind]}_start", state)) for kind in (UAV, LOITERING)}
    own, capital = dict(units), fixed(_capital_start(record, state))
    found = []
    for quarter in range(record.quarters):
        arrived = arrivals(record, state)[quarter]
        for kind in (UAV, LOITERING):
            came = [one for one in arrived if one.kind == kind]
            units[kind] = sum_of_splits(units[kind], *(of(one.units, one.cause) for one in came))
            paid = [of(one.units, one.cause) for one in came if one.payment == FROM_BUDGET]
            own[kind] = sum_of_splits(own[kind], *paid)
        given = [of(one.value, one.cause) for one in arrived if _is_capital(one)]
        capital = scripted(record, "capital_stock", (name,), quarter, sum_of_splits(capital, *given), grants)
        found.append(Stocks(dict(units), dict(own), capital))
        for kind in (UAV, LOITERING):
            units[kind], own[kind] = _worn(record, name, kind, units[kind]), _worn(record, name, kind, own[kind])
        capital = _capital_next(record, state, quarter, capital)
    return found


def _is_capital(one: Arrival) -> bool:
    return one.kind not in (UAV, LOITERING) and one.payment == FROM_OUTSIDE


def _worn(record: Record, name: str, kind: int, units: Split) -> Split:
    left = through(units_next, units=units, attrition=record.given(f"{CLASSES[kind]}_attrition"), years=QUARTER)
    return rebased(left, units.reference, Cause("arms", name, CLASSES[kind]))


def spending_start(record: Record, state: int) -> Array:
    """Spending when the world begins."""
    planned = on_arrays(weighted, weight=record.given("spending_scale", state), amount=PATH_BURDEN[state, 0])
    return on_arrays(
        spending_level,
        burden_target=planned,
        gdp=PATH_GDP[state, 0],
        outlay_gap=0.0,
        burden_max=record.given("burden_max"),
    )


def _capital_start(record: Record, state: int) -> Array:
    return on_arrays(
        capital_start,
        spending=spending_start(record, state),
        procurement_share=record.given("procurement_share", state),
        depreciation=record.given("depreciation"),
        growth=record.given("capital_growth"),
    )


def _capital_next(record: Record, state: int, quarter: int, capital: Split) -> Split:
    """Capital after purchases and wear, which are one cause: what the state's own budget makes of its forces."""
    bought = Cause("arms", NET.states[state], "budget")
    worn = through(
        capital_next,
        capital=capital,
        inflow=_inflow(record, state, quarter, bought),
        depreciation=record.given("depreciation"),
        years=QUARTER,
    )
    return rebased(worn, capital.reference, bought)


def _inflow(record: Record, state: int, quarter: int, bought: Cause) -> Split:
    """Equipment that flows in: bought with the budget, paid by patrons."""
    purchases = on_arrays(
        weighted, weight=record.given("procurement_share", state), amount=record.row("spending", state, quarter)
    )
    terms = [of(purchases, bought)]
    if state == XKX:
        for patron, name in enumerate(NET.patrons):
            terms.append(of(record.row("grants", patron, quarter), Cause("patron", name, NET.states[state])))
    if state == SRB and quarter > HISTORY_UNTIL:
        terms += [of(-usual, Cause("patron", name, NET.states[state])) for name, usual in _usual(record)]
        return through(positive_part, x=sum_of_splits(*terms))
    return sum_of_splits(*terms)


def _usual(record: Record) -> Iterator[tuple[str, Array]]:
    """What patrons send on average, which is taken off Serbia's purchases."""
    mean = on_arrays(lognormal_mean, median=record.given("counter_size"), spread=record.given("counter_spread"))
    for patron in np.flatnonzero(PATRON_SUPPLIER != NONE):
        openness = on_arrays(weighted, weight=record.given("chance"), amount=record.given("patron_access", int(patron)))
        rate = on_arrays(weighted, weight=record.given("counter_rate"), amount=mean)
        yield NET.patrons[patron], on_arrays(weighted, weight=openness, amount=rate)


# ---- capability ------------------------------------------------------------------------------------------------------


@told_once
def capability(record: Record, state: int) -> list[Split]:
    """Logarithmic change of a state's capability in each quarter, beyond the growth of its economy."""
    return [_capability(record, state, quarter, one) for quarter, one in enumerate(stocks(record, state))]


def _capability(record: Record, state: int, quarter: int, held: Stocks) -> Split:
    systems = [
        through(
            system_capability,
            units=held.units[kind],
            units_own=held.own[kind],
            price=record.given(f"{CLASSES[kind]}_price"),
            perceived_value=record.given(f"{CLASSES[kind]}_perceived_value"),
        )
        for kind in (UAV, LOITERING)
    ]
    return in_turn(
        capability_change,
        capability=sum_of_splits(held.capital, *systems),
        log_capability_start=record.row("log_capability_start", state, quarter),
        trend_growth=record.given("gdp_growth", state),
        years=of(record.nothing + QUARTER * quarter, Cause("arms", NET.states[state], "budget")),
    )
