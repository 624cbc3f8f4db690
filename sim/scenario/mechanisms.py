"""The mechanisms of the model as `calibration/mechanisms.yaml` lists them, each with what takes it out."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from sim.data.claims import claims
from sim.io.assets import data_file, is_there
from sim.io.schema import Schema, validated
from sim.io.templates import with_names
from sim.io.yaml_reader import Document, read_yaml
from sim.model.network import FIRST, SECOND
from sim.model.parameters import load_parameters
from sim.scenario.fields import Quarter, RecordedSeries, Text, choice
from sim.scenario.loading import Scenario
from sim.scenario.overrides import with_parameters
from sim.scenario.variants import Changes, Variant

ClaimId = Annotated[str, choice("a claim of claims.csv", lambda: [claim.id for claim in claims()])]


class MechanismEntry(Schema):
    """One mechanism or patron as written."""

    title: Text
    claims: list[ClaimId] = Field([])
    scenario: str | Variant
    off: Changes
    moves: list[str] = Field(min_length=1)


class MechanismFile(Schema):
    """The whole file; `both` takes luck out of every comparison, `least` is the least relative move that counts."""

    format_version: Literal[1]
    until: Quarter
    both: dict[str, float]
    least: Annotated[float, Field(gt=0.0, lt=1.0)]
    watched: list[RecordedSeries] = Field(min_length=1)
    mechanisms: dict[str, MechanismEntry]


@dataclass(frozen=True)
class Channel:
    """A mechanism that parameters alone take out: `neutral` has the value at which each does nothing, by its key."""

    id: str
    title: str
    neutral: Mapping[str, Any]


@cache
def mechanism_file(path: Path | None = None) -> tuple[Document, MechanismFile]:
    """The file, checked; InputError lists all that is wrong with it."""
    document = read_yaml(path or data_file("calibration", "mechanisms.yaml"))
    if path is None and not is_there("calibration", "mechanisms.yaml"):
        document = _of_any_region(document)
    file = validated(MechanismFile, document)
    named = {
        name: entry.model_copy(update={"title": with_names(entry.title)}) for name, entry in file.mechanisms.items()
    }
    file = file.model_copy(update={"mechanisms": named})
    table = load_parameters()
    document.refuse(
        (("mechanisms", name, "off", "parameters", key), fault)
        for name, entry in file.mechanisms.items()
        for key, fault in table.faults(entry.off.parameters)
    )
    return document, file


def _of_any_region(ours: Document) -> Document:
    """Our file, less what it says of our region: who is taken out by name, which claims rest on it, and where it shows."""
    series = f"tension.{FIRST}.{SECOND}"
    kept = {
        name: {"title": entry["title"], "off": entry["off"], "scenario": "baseline", "moves": ["tension"]}
        for name, entry in ours.data["mechanisms"].items()
        if set(entry["off"]) == {"parameters"} and not any("." in key for key in entry["off"]["parameters"])
    }
    return Document(ours.file, {**ours.data, "watched": [series], "mechanisms": kept}, ours.lines)


@cache
def channels() -> tuple[Channel, ...]:
    """The mechanisms that parameters alone take out; those that are taken out by events are levers of a scenario."""
    _, file = mechanism_file()
    return tuple(
        Channel(name, entry.title, entry.off.parameters)
        for name, entry in file.mechanisms.items()
        if entry.off.parameters and not (entry.off.remove or entry.off.events or entry.off.series)
    )


def resting_on(document: str) -> dict[str, MechanismEntry]:
    """The mechanisms whose claims are made by one document (key of `seeds/sources.yaml`) and by no other, by their ids."""
    made_by = {claim.id: claim.documents for claim in claims()}
    return {
        name: entry
        for name, entry in mechanism_file()[1].mechanisms.items()
        if {source for claim in entry.claims for source in made_by[claim]} == {document}
    }


def without_mechanisms(scenario: Scenario, document: str) -> Scenario:
    """A scenario without the mechanisms that rest on one document alone."""
    gone = [entry.off for entry in resting_on(document).values()]
    removed = {id_ for off in gone for id_ in off.remove}
    kept = tuple(event for event in scenario.events if event.id not in removed)
    parameters = {key: value for off in gone for key, value in off.parameters.items()}
    return with_parameters(replace(scenario, events=kept), parameters)
