"""What the script sets and what happens at the flashpoint: levels, incidents, dialogue and the command of peacekeepers, by event."""

from collections.abc import Callable

import numpy as np

from sim.engines.compiled.layout import CALM_ROW, NET, SIDE_STATES, TRUST_ROW
from sim.engines.compiled.vectorized import Array, on_arrays
from sim.explain.attribution import Attributed, Cause, apply, apply_sequentially, constant, single_cause, total
from sim.explain.recorded_run import Record, cached, entry
from sim.model.schedule import ADD, EASE, INFLUENCE, PRODUCT, PROVOCATION, RELATIVE_CHANGE, Item
from sim.rules import capability as seen
from sim.rules.elementary import drifted
from sim.rules.patrons import dialogue_intensity
from sim.rules.relations import credibility
from sim.rules.spending import relative_change
from sim.rules.supplier_history import influence_won
from sim.rules.tension import incident_shock, tension_eased, troops_deployed
from sim.rules.transfers import provocation

GIVEN_AT_START = {"troops_agreed": "troops_reference", "accession": "accession_start", "unrest": "unrest_reference"}
ONE_AT_START = ("support", "commitment")


def amount(record: Record, item: Item) -> Array:
    """What an item writes, as far as it is believed."""
    first, *others = (record.size(item, number) for number in range(len(item.sizes)))
    if item.rule == PRODUCT:
        first = first * others[0]
    elif item.rule == RELATIVE_CHANGE:
        first = on_arrays(relative_change, change=first)
    elif item.rule == PROVOCATION:
        first = others[2] * on_arrays(provocation, value=first, perceived_value=1.0, weight=others[0], scale=others[1])
    elif item.rule == INFLUENCE:
        first = on_arrays(influence_won, value=first, weight=others[0], scale=others[1])
    return trust(record, *item.believed, item.quarter) * first if item.believed else first


def named(channel: str, who: str = "", what: str = "") -> Callable[[Item], Cause]:
    """Items as one way of acting, whatever their types of event."""
    return lambda item: Cause(channel, who, what, entry(item))


def written(record: Record, item: Item, before: Attributed, cause: Cause) -> Attributed:
    """A variable after an item of the script."""
    value = amount(record, item)
    if item.operation == ADD:
        return total([before, single_cause(value, cause)])
    if item.operation == EASE:
        return apply_sequentially(tension_eased, tension=before, relief=single_cause(value, cause))
    return Attributed(value, {cause: value - before.reference})


def scripted(
    record: Record, what: str, whose: tuple[str, ...], quarter: int, before: Attributed | None = None,
    name: Callable[[Item], Cause] | None = None,
) -> Attributed:  # fmt: skip
    """A variable after all that the script writes to it in a quarter; `name` gives the cause that an item is, else its type of event."""
    after = constant(record.zeros) if before is None else before
    for item in record.script.by_quarter.get(quarter, ()):
        if (item.what, item.of) == (what, whose):
            cause = Cause(item.channel, item.subject, item.target, entry(item)) if name is None else name(item)
            after = written(record, item, after, cause)
    return after


@cached
def level(record: Record, name: str, subject: str, quarter: int, target: str = "") -> Attributed:
    """A level that the script sets, such as unrest, by the events that moved it; the reference is its start."""
    whose = tuple(code for code in (target, subject) if code)
    now = constant(record.zeros + 1.0 if name in ONE_AT_START else record.zeros)
    if name in GIVEN_AT_START:
        now = constant(record.param(GIVEN_AT_START[name]))
    steps: dict[Cause, Array] = {}
    for item in record.script.items:
        if (item.what, item.of) == (name, whose) and item.quarter <= quarter:
            cause = Cause(name, subject, target, entry(item))
            value = written(record, item, now, cause).value
            steps[cause] = steps.get(cause, record.zeros) + value - now.value
            now = constant(value)
    return Attributed(now.value, steps)


@cached
def shock(record: Record, quarter: int) -> Attributed:
    """Incidents of a quarter, weighted by severity: those of the script, and those that were drawn."""
    drawn, is_lethal = (
        record.row(what, 0, quarter) - scripted(record, what, (), quarter).value for what in ("incidents", "is_lethal")
    )
    each = on_arrays(incident_shock, severity_share=record.param("standoff_weight"), is_lethal=is_lethal)
    known = scripted(record, "shock", (), quarter, name=named("incident"))
    return known + single_cause(drawn * each, Cause("incident"))


@cached
def dialogue(record: Record, quarter: int) -> Attributed:
    """Dialogue between the two sides: what was agreed, mediation, the pull of accession, and what tension takes."""
    coupling, before = record.param("coupling"), record.param("tension_rest")
    if quarter > 0:
        before = record.row("tension", 0, quarter - 1)
    tense = scripted(record, "tension", (), quarter, constant(before)).value - record.param("tension_reference")
    agreed = level(record, "dialogue_agreed", "", quarter)
    accession = level(record, "accession", "", quarter) - record.param("accession_start")
    accession_weight, tension_weight = record.param("accession_dialogue"), coupling * record.param("dialogue_tension")
    without = on_arrays(
        dialogue_intensity,
        agreed=agreed.value,
        mediation=0.0,
        accession_weight=accession_weight,
        accession=accession.value,
        tension_weight=tension_weight,
        tension=tense,
    )
    # a pulse that an end of the scale cuts off wholly is not seen here, and has no effect either
    is_mediated = record.row("dialogue", 0, quarter) > without
    return apply(
        dialogue_intensity,
        agreed=agreed,
        mediation=single_cause(np.where(is_mediated, record.param("mediation_level"), 0.0), Cause("mediation")),
        accession_weight=accession_weight,
        accession=accession,
        tension_weight=tension_weight,
        tension=single_cause(tense, Cause("tension")),
    )


def troops(record: Record, quarter: int) -> Attributed:
    """Peacekeepers, by what was agreed and what was called up."""
    agreed, reserve = (level(record, name, "", quarter) for name in ("troops_agreed", "reserve_scripted"))
    extra = record.row("troops_extra", 0, quarter)
    without = on_arrays(
        troops_deployed, agreed=agreed.value, reserve_scripted=reserve.value, reserve_called=0.0, reinforcement=extra
    )
    is_called = record.row("troops", 0, quarter) > without
    return apply(
        troops_deployed,
        agreed=agreed,
        reserve_scripted=reserve,
        reinforcement=single_cause(extra, Cause("reinforcement")),
        reserve_called=single_cause(is_called * record.param("reserve_troops"), Cause("reserve")),
    )


@cached
def openness(record: Record, one: int, other: int, quarter: int, *, is_spoken: bool = True) -> Attributed:
    """How well two states can check each other's arms, by the events that opened them and, unless left out, by dialogue."""
    clarified = constant(record.zeros)
    if is_spoken and {one, other} == set(SIDE_STATES):
        clarified = record.param("dialogue_transparency") * dialogue(record, quarter)
    return apply(
        seen.transparency,
        one=level(record, "transparency", NET.states[one], quarter),
        other=level(record, "transparency", NET.states[other], quarter),
        dialogue=clarified,
    )


@cached
def command(record: Record, quarter: int) -> Cause | None:
    """The command of peacekeepers that holds in a quarter, or None."""
    holding = None
    for item in record.script.items:
        if item.what == "commander" and item.quarter <= quarter:
            holding = Cause("command", item.subject, "", entry(item)) if item.subject else None
    return holding


@cached
def trust(record: Record, host: str, visitor: str, quarter: int) -> Array:
    """How far a host believes a visitor when a quarter begins."""
    row = int(TRUST_ROW[NET.givers.index(host), NET.givers.index(visitor)])
    before = record.zeros if quarter == 0 else record.at(row, quarter - 1)
    memory = on_arrays(drifted, value=before, anchor=0.0, kept=record.row("memory_kept", 0, quarter))
    return on_arrays(credibility, memory=memory, loss=record.param("credibility_loss"))


def resentment_left(record: Record, observer: int, giver: str, quarter: int) -> Array:
    """Share of a state's resentment that is left of a giver that commands the peacekeepers; one for any other."""
    holder = command(record, quarter)
    if holder is None or holder.who != giver:
        return record.zeros + 1.0
    return record.at(int(CALM_ROW[observer]), quarter)
