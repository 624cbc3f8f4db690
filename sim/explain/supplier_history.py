"""What suppliers' past dealings with a state left behind: influence, arms still in use, agreements; by event."""

from collections.abc import Iterator

from sim.engines.compiled.layout import DOM, HELPED, NET, NONE, PATRON_OF, SIDE_STATES, SUPPLIERS
from sim.engines.compiled.vectorized import on_arrays
from sim.explain.attribution import Attributed, Cause, apply, constant, single_cause, total
from sim.explain.deliveries import arrivals
from sim.explain.events import command, named, scripted
from sim.explain.recorded_run import Record, by_quarter, cached
from sim.model.calendar import QUARTER
from sim.rules.elementary import drifted
from sim.rules.supplier_history import influence_won, tied_purchases


@by_quarter
def soft_power(record: Record, state: int, supplier: int, quarter: int, before: Attributed | None) -> Attributed:
    """Influence that a supplier has won over a state."""
    won = constant(record.zeros) if before is None else before
    kept = apply(drifted, value=won, anchor=0.0, kept=record.row("influence_kept", 0, quarter))
    return total([kept, *_won(record, state, supplier, quarter)])


def _won(record: Record, state: int, supplier: int, quarter: int) -> Iterator[Attributed]:
    """Influence won in a quarter: by agreements, visits, grants, the command of peacekeepers, and deliveries."""
    who, to = NET.suppliers[supplier], NET.states[state]
    yield scripted(record, "soft_power", (to, who), quarter, name=named("influence", who, to))
    holder = command(record, quarter)
    if holder is not None and holder.who == who and state in SIDE_STATES:
        yield single_cause(record.param("influence_command") * QUARTER, Cause("influence", who, to, holder.event))
    came = [one for one in arrivals(record, state)[quarter] if one.supplier == supplier != DOM]
    if came:
        sent = total(single_cause(one.value, Cause("influence", who, to, one.cause.event)) for one in came)
        yield apply(
            influence_won, value=sent, weight=record.param("influence_arms"), scale=record.param("provocation_scale")
        )


@by_quarter
def held_from(record: Record, state: int, supplier: int, quarter: int, before: Attributed | None) -> Attributed:
    """Value of a supplier's arms that a state has in use after the quarter's deliveries."""
    who, to = NET.suppliers[supplier], NET.states[state]
    held, last = constant(record.zeros), quarter - 1
    if before is not None:
        tied = _tied(record, supplier, last) if state == HELPED else ()
        held = apply(drifted, value=total([before, *tied]), anchor=0.0, kept=record.row("wear_kept", 0, last))
    came = [one for one in arrivals(record, state)[quarter] if one.supplier == supplier != DOM]
    received = [single_cause(one.value, Cause("held", who, to, one.cause.event)) for one in came]
    return total([held, *received, scripted(record, "held_from", (to, who), quarter, name=named("held", who, to))])


def _tied(record: Record, supplier: int, quarter: int) -> Iterator[Attributed]:
    """What the guarded side buys at a patron's firms with grants beyond those of the start."""
    patron = int(PATRON_OF[supplier])
    if patron != NONE:
        value = on_arrays(
            tied_purchases,
            tied_share=record.param("grant_tied"),
            grants=record.row("grants", patron, quarter),
            grants_usual=record.param("grant_base", patron),
            years=QUARTER,
        )
        yield single_cause(value, Cause("held", NET.suppliers[supplier], NET.states[HELPED]))


@cached
def held_in_all(record: Record, state: int, quarter: int) -> Attributed:
    """Value of the arms from all outside suppliers that a state has in use."""
    return total(held_from(record, state, supplier)[quarter] for supplier in range(SUPPLIERS))


@by_quarter
def agreements(
    record: Record, state: int, supplier: int, quarter: int, before: tuple[Attributed, Attributed] | None
) -> tuple[Attributed, Attributed]:
    """Agreements between a state and a supplier: those in force, and those that are signed."""
    who, to = NET.suppliers[supplier], NET.states[state]
    valid, signed = (constant(record.zeros), constant(record.zeros)) if before is None else before
    valid = apply(drifted, value=valid, anchor=signed, kept=record.row("ratification_kept", 0, quarter))
    return valid, scripted(record, "signed", (to, who), quarter, signed, named("agreements", who, to))
