"""What the script sets and what happens in the north: levels, incidents, dialogue and the command of KFOR, by event."""

import numpy as np

from sim.engines.compiled.layout import CALM_ROW, NET, SRB, TRUST_ROW, XKX
from sim.engines.compiled.vectorized import Array, on_arrays
from sim.explain.attribution import Attributed, Cause, apply, constant, single_cause, total
from sim.explain.recorded_run import Record, cached, entry
from sim.model.network import KOSOVO, SERBIA
from sim.model.schedule import INCIDENT_HAPPENS, LEVEL, Item
from sim.rules import capability as seen
from sim.rules.elementary import drifted
from sim.rules.patrons import dialogue_intensity
from sim.rules.relations import credibility

GIVEN_AT_START = {"troops_agreed": "troops_reference", "accession": "accession_start", "unrest": "unrest_reference"}
ONE_AT_START = ("support",)


def ends(item: Item) -> frozenset[str]:
    """Both ends of an event."""
    return frozenset((item.subject, item.target))


@cached
def level(record: Record, name: str, subject: str, quarter: int, target: str = "") -> Attributed:
    """A level that the script sets, such as unrest, by the events that moved it; the reference is its start."""
    value = _start(record, name)
    steps: dict[Cause, Array] = {}
    for item in record.script.items:
        if (
            item.kind == LEVEL
            and (item.what, item.subject, item.target) == (name, subject, target)
            and item.quarter <= quarter
        ):
            cause = Cause(name, subject, target, entry(item))
            steps[cause] = steps.get(cause, record.zeros) + record.size(item) - value
            value = record.size(item)
    return Attributed(value, steps)


def _start(record: Record, name: str) -> Array:
    """A level before the script sets it."""
    if name in GIVEN_AT_START:
        return record.param(GIVEN_AT_START[name])
    return record.zeros + 1.0 if name in ONE_AT_START else record.zeros


@cached
def shock(record: Record, quarter: int) -> Attributed:
    """Incidents of a quarter, weighted by severity: those of the script, and those that were drawn."""
    terms = [constant(record.zeros)]
    for item in record.items(INCIDENT_HAPPENS, quarter):
        weight = record.zeros + 1.0 if item.what == "lethal" else record.param("standoff_weight")
        terms.append(single_cause(weight * record.size(item), Cause("incident", event=entry(item))))
    scripted = total(terms)
    return scripted + single_cause(record.row("shock", 0, quarter) - scripted.value, Cause("incident"))


@cached
def dialogue(record: Record, quarter: int) -> Attributed:
    """Dialogue between Belgrade and Pristina: what was agreed, mediation after incidents, the pull of accession."""
    agreed, accession = level(record, "dialogue_agreed", "", quarter), level(record, "accession", "", quarter)
    others = {
        "accession_weight": record.param("accession_dialogue"),
        "accession_start": record.param("accession_start"),
    }
    without = on_arrays(dialogue_intensity, agreed=agreed.value, mediation=0.0, accession=accession.value, **others)
    # a pulse that an end of the scale cuts off wholly is not seen here, and has no effect either
    is_mediated = record.row("dialogue", 0, quarter) > without
    mediation = single_cause(np.where(is_mediated, record.param("mediation_level"), 0.0), Cause("mediation"))
    return apply(dialogue_intensity, agreed=agreed, mediation=mediation, accession=accession, **others)


@cached
def openness(record: Record, one: int, other: int, quarter: int) -> Attributed:
    """How well two states can check each other's arms, by the events that opened them and by dialogue."""
    clarified = constant(record.zeros)
    if {one, other} == {SRB, XKX}:
        clarified = record.param("dialogue_transparency") * dialogue(record, quarter)
    return apply(
        seen.transparency,
        one=level(record, "transparency", NET.states[one], quarter),
        other=level(record, "transparency", NET.states[other], quarter),
        dialogue=clarified,
    )


@cached
def forum(record: Record, quarter: int) -> Attributed:
    """What forums of which both Serbia and Kosovo are members let them check."""
    return apply(
        seen.transparency,
        one=level(record, "transparency", SERBIA, quarter),
        other=level(record, "transparency", KOSOVO, quarter),
        dialogue=0.0,
    )


@cached
def command(record: Record, quarter: int) -> Cause | None:
    """The command of KFOR that holds in a quarter, or None."""
    holding = None
    for item in record.script.items:
        if item.kind == LEVEL and item.what == "commander" and item.quarter <= quarter:
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
    """Share of a state's resentment that is left of a giver that commands KFOR; one for any other."""
    holder = command(record, quarter)
    if holder is None or holder.who != giver:
        return record.zeros + 1.0
    return record.at(int(CALM_ROW[observer]), quarter)
