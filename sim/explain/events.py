"""What the script sets and what happens in the north: levels, incidents, dialogue and the command of KFOR, by event."""

from collections.abc import Callable

import numpy as np

from sim.engines.compiled.layout import CALM_ROW, NET, SRB, TRUST_ROW, XKX
from sim.engines.compiled.vectorized import Array, on_arrays
from sim.explain.attribution import Cause, Split, fixed, in_turn, of, sum_of_splits, through
from sim.explain.recorded_run import Record, entry, told_once
from sim.model.network import KOSOVO, SERBIA
from sim.model.schedule import ADD, EASE, INFLUENCE, PRODUCT, PROVOCATION, RELATIVE_CHANGE, Item
from sim.rules import capability as seen
from sim.rules.elementary import drifted, weighted
from sim.rules.patrons import dialogue_intensity
from sim.rules.relations import credibility
from sim.rules.spending import relative_change
from sim.rules.supplier_history import influence_won
from sim.rules.tension import tension_eased
from sim.rules.transfers import provocation

GIVEN_AT_START = {"troops_agreed": "troops_reference", "accession": "accession_start", "unrest": "unrest_reference"}
ONE_AT_START = ("support",)


def amount(record: Record, item: Item) -> Array:
    """What an item writes, as far as it is believed."""
    first, *others = (record.size(item, number) for number in range(len(item.sizes)))
    if item.rule == PRODUCT:
        first = first * others[0]
    elif item.rule == RELATIVE_CHANGE:
        first = on_arrays(relative_change, change=first)
    elif item.rule == PROVOCATION:
        first = others[2] * on_arrays(provocation, value=first, weight=others[0], scale=others[1])
    elif item.rule == INFLUENCE:
        first = on_arrays(influence_won, value=first, weight=others[0], scale=others[1])
    return trust(record, *item.believed, item.quarter) * first if item.believed else first


def cause_of(item: Item) -> Cause:
    """An item as a cause, named by its type of event."""
    return Cause(item.channel, item.subject, item.target, entry(item))


def named(channel: str, who: str = "", what: str = "") -> Callable[[Item], Cause]:
    """Items as one way of acting, whatever their types of event."""
    return lambda item: Cause(channel, who, what, entry(item))


def written(record: Record, item: Item, before: Split, cause: Cause) -> Split:
    """A variable after an item of the script."""
    value = amount(record, item)
    if item.operation == ADD:
        return sum_of_splits(before, of(value, cause))
    if item.operation == EASE:
        return in_turn(tension_eased, tension=before, relief=of(value, cause))
    return Split(value, {cause: value - before.reference})


def scripted(
    record: Record, what: str, whose: tuple[str, ...], quarter: int, before: Split | None = None,
    name: Callable[[Item], Cause] = cause_of,
) -> Split:  # fmt: skip
    """A variable after all that the script writes to it in a quarter, by event; from nothing where none is given.

    name : of the cause that an item is
    """
    after = fixed(record.nothing) if before is None else before
    for item in record.script.by_quarter.get(quarter, ()):
        if (item.what, item.of) == (what, whose):
            after = written(record, item, after, name(item))
    return after


@told_once
def level(record: Record, name: str, subject: str, quarter: int, target: str = "") -> Split:
    """A level that the script sets, such as unrest, by the events that moved it; the reference is its start."""
    whose = tuple(code for code in (target, subject) if code)
    now = fixed(_start(record, name))
    steps: dict[Cause, Array] = {}
    for item in record.script.items:
        if (item.what, item.of) == (name, whose) and item.quarter <= quarter:
            cause = Cause(name, subject, target, entry(item))
            value = written(record, item, now, cause).value
            steps[cause] = steps.get(cause, record.nothing) + value - now.value
            now = fixed(value)
    return Split(now.value, steps)


def _start(record: Record, name: str) -> Array:
    """A level before the script sets it."""
    if name in GIVEN_AT_START:
        return record.given(GIVEN_AT_START[name])
    return record.nothing + 1.0 if name in ONE_AT_START else record.nothing


@told_once
def shock(record: Record, quarter: int) -> Split:
    """Incidents of a quarter, weighted by severity: those of the script, and those that were drawn."""
    known = scripted(record, "shock", (), quarter, name=named("incident"))
    return sum_of_splits(known, of(record.row("shock", 0, quarter) - known.value, Cause("incident")))


@told_once
def dialogue(record: Record, quarter: int) -> Split:
    """Dialogue between Belgrade and Pristina: what was agreed, mediation after incidents, the pull of accession."""
    agreed, accession = level(record, "dialogue_agreed", "", quarter), level(record, "accession", "", quarter)
    others = {
        "accession_weight": record.given("accession_dialogue"),
        "accession_start": record.given("accession_start"),
    }
    without = on_arrays(dialogue_intensity, agreed=agreed.value, mediation=0.0, accession=accession.value, **others)
    # a pulse that an end of the scale cuts off wholly is not seen here, and has no effect either
    is_mediated = record.row("dialogue", 0, quarter) > without
    mediation = of(np.where(is_mediated, record.given("mediation_level"), 0.0), Cause("mediation"))
    return through(dialogue_intensity, agreed=agreed, mediation=mediation, accession=accession, **others)


@told_once
def openness(record: Record, one: int, other: int, quarter: int) -> Split:
    """How well two states can check each other's arms, by the events that opened them and by dialogue."""
    clarified = fixed(record.nothing)
    if {one, other} == {SRB, XKX}:
        clarified = through(weighted, weight=record.given("dialogue_transparency"), amount=dialogue(record, quarter))
    return through(
        seen.transparency,
        one=level(record, "transparency", NET.states[one], quarter),
        other=level(record, "transparency", NET.states[other], quarter),
        dialogue=clarified,
    )


@told_once
def forum(record: Record, quarter: int) -> Split:
    """What forums of which both Serbia and Kosovo are members let them check."""
    return through(
        seen.transparency,
        one=level(record, "transparency", SERBIA, quarter),
        other=level(record, "transparency", KOSOVO, quarter),
        dialogue=0.0,
    )


@told_once
def command(record: Record, quarter: int) -> Cause | None:
    """The command of KFOR that holds in a quarter, or None."""
    holding = None
    for item in record.script.items:
        if item.what == "commander" and item.quarter <= quarter:
            holding = Cause("command", item.subject, "", entry(item)) if item.subject else None
    return holding


@told_once
def trust(record: Record, host: str, visitor: str, quarter: int) -> Array:
    """How far a host believes a visitor when a quarter begins."""
    row = int(TRUST_ROW[NET.givers.index(host), NET.givers.index(visitor)])
    before = record.nothing if quarter == 0 else record.at(row, quarter - 1)
    memory = on_arrays(drifted, value=before, anchor=0.0, kept=record.row("memory_kept", 0, quarter))
    return on_arrays(credibility, memory=memory, loss=record.given("credibility_loss"))


def resentment_left(record: Record, observer: int, giver: str, quarter: int) -> Array:
    """Share of a state's resentment that is left of a giver that commands KFOR; one for any other."""
    holder = command(record, quarter)
    if holder is None or holder.who != giver:
        return record.nothing + 1.0
    return record.at(int(CALM_ROW[observer]), quarter)
