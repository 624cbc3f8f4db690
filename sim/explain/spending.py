"""Why a state spends what it spends: its economy, its plan, and what presses the budget off the plan."""

from sim.engines.compiled.layout import FIRST_STEP, NET, OBSERVED_QUARTERS, QUARTER, SRB, XKX, YEAR
from sim.engines.compiled.vectorized import Array, on_arrays
from sim.explain.attribution import Cause, Split, added, fixed, in_turn, of, scaled, sum_of_splits, through
from sim.explain.events import level
from sim.explain.recorded_run import Record, told_once
from sim.explain.security import hazard
from sim.explain.threat import threat
from sim.rules import spending as rules
from sim.rules.elementary import effect, log, weighted


@told_once
def log_spending(record: Record, state: int, quarter: int) -> Split:
    """Logarithm of spending; its reference is that of the start of 2018."""
    wanted = sum_of_splits(
        economy(record, state)[quarter], plan(record, state, quarter), outlay_gap(record, state)[quarter]
    )
    spent = on_arrays(log, x=record.row("spending", state, quarter))
    beyond = spent - _log_start(record, state) - wanted.value
    return Split(spent, added([*wanted.parts.items(), (Cause("burden_cap", NET.states[state]), beyond)]))


def _log_start(record: Record, state: int) -> Array:
    """Logarithm of the plan of the first quarter."""
    scale, target = record.given("spending_scale", state), record.row("burden_target", state, 0)
    planned = on_arrays(
        rules.spending_level,
        burden_target=on_arrays(weighted, weight=scale, amount=target),
        gdp=record.row("gdp", state, 0),
        outlay_gap=0.0,
        burden_max=float("inf"),
    )
    return on_arrays(log, x=planned)


@told_once
def economy(record: Record, state: int) -> list[Split]:
    """Logarithm of GDP relative to the start: as observed, then its trend and its chance part."""
    name = NET.states[state]
    now, found = fixed(record.nothing), []
    for quarter in range(record.quarters):
        if quarter < OBSERVED_QUARTERS:
            observed = _log_ratio(record, "gdp", state, quarter)
            now = of(observed, Cause("economy", name))
        else:
            years = FIRST_STEP if quarter == OBSERVED_QUARTERS else QUARTER
            now = sum_of_splits(now, *_growth(record, state, quarter, years))
        found.append(now)
    return found


def _growth(record: Record, state: int, quarter: int, years: float) -> tuple[Split, Split]:
    name = NET.states[state]
    trend = on_arrays(weighted, weight=record.given("gdp_growth", state), amount=years)
    luck = on_arrays(
        rules.chance_step,
        spread=on_arrays(weighted, weight=record.given("chance"), amount=record.given("gdp_spread")),
        years=years,
        deviate=record.row("growth_deviate", state, quarter),
    )
    return of(trend, Cause("economy", name)), of(luck, Cause("chance", name, "economy"))


def plan(record: Record, state: int, quarter: int) -> Split:
    """Logarithm of the planned burden relative to the start."""
    return of(_log_ratio(record, "burden_target", state, quarter), Cause("plan", NET.states[state]))


def _log_ratio(record: Record, name: str, state: int, quarter: int) -> Array:
    """Logarithm of a row relative to the first quarter."""
    now, start = (on_arrays(log, x=record.row(name, state, when)) for when in (quarter, 0))
    return now - start


@told_once
def outlay_gap(record: Record, state: int) -> list[Split]:
    """Logarithmic distance of spending from its plan in each quarter, zero at the start."""
    now, found = fixed(record.nothing), []
    for quarter in range(record.quarters):
        now = _budget(record, state, quarter, now)
        found.append(now)
    return found


def _budget(record: Record, state: int, quarter: int, before: Split) -> Split:
    """The distance after a quarter in which the budget is revised, for the members in whose world it is due."""
    interval = record.given("budget_interval")
    years = on_arrays(weighted, weight=interval, amount=QUARTER)
    revised = through(
        rules.outlay_gap_next,
        outlay_gap=before,
        pressure=pressure(record, state, quarter),
        fatigue=record.given("fatigue", state),
        adjustment=record.given("adjustment", state),
        years=years,
        surprise=_surprise(record, state, quarter),
    )
    is_due = on_arrays(rules.is_budget_quarter, quarter=float(quarter), interval=interval)
    kept = 1.0 - is_due
    parts = added([*scaled(revised.parts, is_due).items(), *scaled(before.parts, kept).items()])
    return Split(is_due * revised.value + kept * before.value, parts)


def _surprise(record: Record, state: int, quarter: int) -> Split:
    if quarter < OBSERVED_QUARTERS:
        return fixed(record.nothing)
    spread, deviate = (record.row(name, state, quarter) for name in ("budget_spread", "budget_deviate"))
    luck = on_arrays(weighted, weight=spread, amount=deviate)
    return of(luck, Cause("chance", NET.states[state], "budget"))


@told_once
def pressure(record: Record, state: int, quarter: int) -> Split:
    """Where threat, insecurity and unrest would hold the budget if nothing tired, as a logarithm."""
    name = NET.states[state]
    reaction = on_arrays(weighted, weight=record.given("coupling"), amount=record.given("reaction", state))
    terms = [
        through(weighted, weight=reaction, amount=threat(record, state)[quarter]),
        of(record.given("grievance", state), Cause("grievance", name)),
        _unrest(record, state, quarter),
        level(record, "supplement", name, quarter),
        through(
            weighted,
            weight=record.given("external_spending"),
            amount=level(record, "insecurity_outside", "", quarter),
        ),
    ]
    if state in (SRB, XKX):
        terms.append(_insecurity(record, quarter))
    return sum_of_splits(*terms)


def _insecurity(record: Record, quarter: int) -> Split:
    """What a higher probability of an incident adds."""
    rate = record.given("hazard_reference")
    felt = in_turn(
        rules.insecurity,
        probability=in_turn(rules.incident_probability, hazard=hazard(record, quarter), years=YEAR),
        probability_reference=on_arrays(rules.incident_probability, hazard=rate, years=YEAR),
        outlay_per_probability=record.given("outlay_per_probability"),
        fatal_share=on_arrays(weighted, weight=record.given("coupling"), amount=record.given("fatal_share")),
    )
    return felt.relabelled(lambda cause: Cause("risk", what=cause.channel, event=cause.event))


def _unrest(record: Record, state: int, quarter: int) -> Split:
    """The part of unrest that turns outward."""
    diversion = on_arrays(weighted, weight=record.given("coupling"), amount=record.given("diversion"))
    return through(
        effect,
        slope=on_arrays(weighted, weight=diversion, amount=record.row("diversion_share", 0, quarter)),
        value=level(record, "unrest", NET.states[state], quarter),
        reference=record.given("unrest_reference"),
    )
