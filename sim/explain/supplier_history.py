"""What suppliers' past dealings with a state left behind: influence, arms still in use, agreements; by event."""

from collections.abc import Iterator

from sim.engines.compiled.layout import DOM, NET, NONE, PATRON_OF, QUARTER, SIDE_STATES, SUPPLIERS, XKX
from sim.engines.compiled.vectorized import on_arrays
from sim.explain.attribution import Cause, Split, fixed, of, sum_of_splits, through
from sim.explain.deliveries import arrivals
from sim.explain.events import command, named, scripted
from sim.explain.recorded_run import Record, told_once
from sim.rules.elementary import drifted, effect, positive_part, weighted
from sim.rules.supplier_history import influence_won


@told_once
def soft_power(record: Record, state: int, supplier: int) -> list[Split]:
    """Influence that a supplier has won over a state, in each quarter."""
    now, found = fixed(record.nothing), []
    for quarter in range(record.quarters):
        kept = through(drifted, value=now, anchor=0.0, kept=record.row("influence_kept", 0, quarter))
        now = sum_of_splits(kept, *_won(record, state, supplier, quarter))
        found.append(now)
    return found


def _won(record: Record, state: int, supplier: int, quarter: int) -> Iterator[Split]:
    """Influence won in a quarter: by agreements, visits, grants, the command of KFOR, and deliveries."""
    who, to = NET.suppliers[supplier], NET.states[state]
    yield scripted(record, "soft_power", (to, who), quarter, name=named("influence", who, to))
    holder = command(record, quarter)
    if holder is not None and holder.who == who and state in SIDE_STATES:
        won = on_arrays(weighted, weight=record.given("influence_command"), amount=QUARTER)
        yield of(won, Cause("influence", who, to, holder.event))
    came = [one for one in arrivals(record, state)[quarter] if one.supplier == supplier != DOM]
    if came:
        sent = sum_of_splits(*(of(one.value, Cause("influence", who, to, one.cause.event)) for one in came))
        yield through(
            influence_won, value=sent, weight=record.given("influence_arms"), scale=record.given("provocation_scale")
        )


@told_once
def held_from(record: Record, state: int, supplier: int) -> list[Split]:
    """Value of a supplier's arms that a state has in use, in each quarter after its deliveries."""
    now, found = fixed(record.nothing), []
    for quarter in range(record.quarters):
        now = sum_of_splits(now, *_received(record, state, supplier, quarter))
        found.append(now)
        tied = _tied(record, supplier, quarter) if state == XKX else ()
        now = through(drifted, value=sum_of_splits(now, *tied), anchor=0.0, kept=record.row("wear_kept", 0, quarter))
    return found


def _received(record: Record, state: int, supplier: int, quarter: int) -> Iterator[Split]:
    who, to = NET.suppliers[supplier], NET.states[state]
    for one in arrivals(record, state)[quarter]:
        if one.supplier == supplier != DOM:
            yield of(one.value, Cause("held", who, to, one.cause.event))
    yield scripted(record, "held_from", (to, who), quarter, name=named("held", who, to))


def _tied(record: Record, supplier: int, quarter: int) -> Iterator[Split]:
    """What Kosovo buys at a patron's firms with grants beyond those of the start."""
    patron = int(PATRON_OF[supplier])
    if patron != NONE:
        beyond = on_arrays(
            effect,
            slope=QUARTER,
            value=record.row("grants", patron, quarter),
            reference=record.given("grant_base", patron),
        )
        value = on_arrays(weighted, weight=record.given("grant_tied"), amount=on_arrays(positive_part, x=beyond))
        yield of(value, Cause("held", NET.suppliers[supplier], NET.states[XKX]))


@told_once
def held_in_all(record: Record, state: int, quarter: int) -> Split:
    """Value of the arms from all outside suppliers that a state has in use."""
    return sum_of_splits(*(held_from(record, state, supplier)[quarter] for supplier in range(SUPPLIERS)))


@told_once
def in_force(record: Record, state: int, supplier: int) -> list[Split]:
    """Agreements in force between a state and a supplier, in each quarter."""
    who, to = NET.suppliers[supplier], NET.states[state]
    signed, now, found = fixed(record.nothing), fixed(record.nothing), []
    for quarter in range(record.quarters):
        now = through(drifted, value=now, anchor=signed, kept=record.row("ratification_kept", 0, quarter))
        found.append(now)
        signed = scripted(record, "signed", (to, who), quarter, signed, named("agreements", who, to))
    return found
