"""The sliders: `scenarios/classroom/levers.yaml`, and what a position of one changes in a scenario."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Strict

from sim.classroom.model_data import Scripts, event_of, patch, untouched
from sim.ensembles.identifiability import ASSUMED, learned, word_of
from sim.ensembles.registry import DEFAULT_FIT
from sim.io.assets import data_file
from sim.io.schema import Schema, validated
from sim.io.yaml_reader import read_yaml
from sim.model.parameters import load_parameters
from sim.scenario.loading import Scenario, in_order
from sim.scenario.overrides import apply_settings

UNTOUCHED = "untouched"
VALUE = "VALUE"
ESTIMATED = "estimated"  # before the fit, from figures of other states
Position = float | str


class Lever(Schema):
    """One slider.

    set       : a setting's name, or "" where an event is added
    add       : the event that is added, VALUE standing for the position; empty otherwise
    positions : from left to right; UNTOUCHED changes nothing
    usual     : what stands where it is untouched, in words; told by the fit for a parameter
    word      : how well the figures know it; told by the fit for a parameter
    spread    : sd of the logarithm that a size keeps; 0 for a number that is the same in every world
    """

    id: str
    label: str
    positions: Annotated[tuple[int | float | str, ...], Strict(False)]
    set: str = ""
    add: dict[str, Any] | None = None
    unit: str = ""
    usual: str = ""
    word: str = ASSUMED
    kind: str = ""
    spread: float = 0.0
    source: str = ""
    locator: str = ""

    @property
    def event(self) -> str:
        """Id of the event whose field is set, or ""."""
        return self.set.split(".")[1] if self.set.startswith("events.") else ""

    def fits(self, scenario: Scenario) -> bool:
        """Whether the scenario has what the slider moves."""
        return not self.event or any(event.id == self.event for event in scenario.events)


class _File(Schema):
    format_version: Literal[1]
    levers: list[Lever]


@cache
def levers() -> dict[str, Lever]:
    """The sliders by id."""
    return read_levers(data_file("scenarios", "classroom", "levers.yaml"))


def read_levers(file: Path) -> dict[str, Lever]:
    """The sliders of a file by id; InputError lists all that is wrong with it."""
    document, table = read_yaml(file), load_parameters()
    held = validated(_File, document).levers
    document.refuse(
        (("levers", number, "positions" if lever.set in table.starts else "set"), fault)
        for number, lever in enumerate(held)
        if lever.set and not lever.event
        for fault in {table.problem(lever.set, value): 0 for value in lever.positions if value != UNTOUCHED}
        if fault is not None
    )
    return {lever.id: lever for lever in held}


def moved(scenario: Scenario, positions: Mapping[str, Position]) -> Scenario:
    """The scenario with sliders moved; those of events that it does not have are left out."""
    for id_, value in positions.items():
        lever = levers()[id_]
        if lever.add:
            scenario = with_events(scenario, [placed(lever, value)])
        elif lever.fits(scenario):
            scenario = apply_settings(scenario, [setting(lever, value)])
    return scenario


def placed(lever: Lever, value: Position) -> dict[str, Any]:
    """The event that a slider adds, as a scenario file writes it."""
    return {field: value if content == VALUE else content for field, content in (lever.add or {}).items()}


def setting(lever: Lever, value: Position) -> str:
    """A position as a setting writes it; a size keeps its spread."""
    if lever.spread and isinstance(value, int | float) and value > 0:
        return f"{lever.set}={{lognormal: [{value}, {lever.spread}]}}"
    return f"{lever.set}={value}"


def with_events(scenario: Scenario, rows: Sequence[Mapping[str, Any]]) -> Scenario:
    """The scenario with events added, as a scenario file writes them."""
    added = [event_of(row).placed("class") for row in rows]
    return replace(scenario, events=in_order([*scenario.events, *added]))


# ---- what a slider changes in the numbers of the page ----------------------------------------------------------------


def lever_rows(scenario: Scenario, scripts: Scripts) -> list[dict[str, Any]]:
    """The sliders as the page takes them, with what each position changes; the scenario has all events that they move."""
    rows = []
    for lever in levers().values():
        moves = [value for value in lever.positions if value != UNTOUCHED]
        changes = {str(value): _change(lever, value, scenario, scripts) for value in moves}
        rows.append({**_told(lever), "changes": changes})
    return rows


def _change(lever: Lever, value: Position, scenario: Scenario, scripts: Scripts) -> dict[str, Any]:
    """What a position changes, and how a scenario file says it."""
    if lever.add:
        row = placed(lever, value)
        return {"add": scripts.event(event_of(row)), "file": {"events": [row]}}
    if not lever.event:
        return {"patch": patch(untouched(), {lever.set: value}), "file": {"parameters": {lever.set: value}}}
    changed = moved(scenario, {lever.id: value})
    sizes, moves = [], []
    for before, after in zip(_by_id(scenario, scripts), _by_id(changed, scripts), strict=True):
        if before["at"] != after["at"]:
            moves.append([before["id"], -1, after["at"]])
        for place, (old, new) in enumerate(zip(before["does"], after["does"], strict=True)):
            if old != new and old[1:] == new[1:]:
                moves.append([before["id"], place, new[0]])
            elif old != new:
                sizes += [[before["id"], one, other] for one, other in zip(old, new, strict=True) if one != other]
    # the event that a slider changes, with its arrival, which cannot stay when an order is taken out
    replaced = [one.plain() for one in changed.events if lever.event in (one.id, getattr(one, "ref", None))]
    return {"sizes": sizes, "moves": moves, "file": {"events": replaced}}


def _by_id(scenario: Scenario, scripts: Scripts) -> list[dict[str, Any]]:
    return sorted((scripts.events[place] for place in scripts.of(scenario.events)), key=lambda event: str(event["id"]))


def _told(lever: Lever) -> dict[str, Any]:
    """What the page says of a slider: its unit, where its number comes from, and how well the figures know it."""
    positions = [str(value) for value in lever.positions]
    base = {"id": lever.id, "label": lever.label, "positions": positions, "event": lever.event}
    if lever.set and not lever.event:
        return {**base, **_parameter_fields(lever.set)}
    return base | {name: getattr(lever, name) for name in ("source", "locator", "unit", "word", "usual")}


def _parameter_fields(key: str) -> dict[str, Any]:
    declared = load_parameters().parameter(key)
    row = learned(DEFAULT_FIT).get(key)
    middle = declared.priors[0].centre if row is None else row.posterior.middle
    word = word_of(DEFAULT_FIT, key)
    return {
        "unit": "" if declared.unit == "1" else declared.unit,
        "word": ESTIMATED if word == ASSUMED and declared.status == ESTIMATED else word,
        "source": declared.source,
        "locator": declared.locator or declared.note,
        "usual": f"{float(f'{middle:.2g}'):g}",
    }
