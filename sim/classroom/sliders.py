"""The sliders: `scenarios/classroom/levers.yaml`, and what a position of one changes in a scenario."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import Strict

from sim.ensembles.identifiability import ASSUMED, learned, word_of
from sim.ensembles.registry import DEFAULT_FIT
from sim.io.assets import data_file
from sim.io.errors import InputError, Problem, suggestion
from sim.io.schema import Schema, validated
from sim.io.yaml_reader import read_yaml
from sim.model.parameters import load_parameters
from sim.scenario.event_types import event_adapter
from sim.scenario.loading import Scenario, in_order
from sim.scenario.overrides import apply_settings

UNTOUCHED = "untouched"
VALUE = "VALUE"
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
    """The sliders by id; InputError lists all that is wrong with the file."""
    file = validated(_File, read_yaml(data_file("scenarios", "classroom", "levers.yaml")))
    return {lever.id: lever for lever in file.levers}


def checked(positions: Mapping[str, Any]) -> dict[str, Position]:
    """Positions that change something, in the order of the file; InputError lists all that are none."""
    problems = [
        Problem(None, f"levers.{id_}", message)
        for id_, value in positions.items()
        if (message := _problem(id_, value)) is not None
    ]
    if problems:
        raise InputError("request", problems)
    return {id_: positions[id_] for id_ in levers() if id_ in positions and positions[id_] != UNTOUCHED}


def _problem(id_: str, value: Any) -> str | None:
    if id_ not in levers():
        return f"there is no such slider{suggestion(id_, levers())}"
    known = levers()[id_].positions
    if isinstance(value, bool) or value not in known:
        return f"{str(value)[:40]!r} is no position of this slider; choose {', '.join(map(str, known))}"
    return None


def moved(scenario: Scenario, positions: Mapping[str, Position]) -> Scenario:
    """The scenario with sliders moved; those of events that it does not have are left out."""
    for id_, value in positions.items():
        lever = levers()[id_]
        if lever.add:
            scenario = with_events(scenario, [{**lever.add, **_placed(lever.add, value)}])
        elif lever.fits(scenario):
            scenario = apply_settings(scenario, [f"{lever.set}={_written(lever, value)}"])
    return scenario


def _placed(event: Mapping[str, Any], value: Position) -> dict[str, Any]:
    return {field: value for field, content in event.items() if content == VALUE}


def _written(lever: Lever, value: Position) -> str:
    """A position as a setting writes it; a size keeps its spread."""
    if lever.spread and isinstance(value, int | float) and value > 0:
        return f"{{lognormal: [{value}, {lever.spread}]}}"
    return str(value)


def with_events(scenario: Scenario, rows: Sequence[Mapping[str, Any]]) -> Scenario:
    """The scenario with events added, as a scenario file writes them."""
    added = [event_adapter().validate_python(dict(row)).placed("class") for row in rows]
    return replace(scenario, events=in_order([*scenario.events, *added]))


def lever_row(lever: Lever) -> dict[str, Any]:
    """What the page says of a slider: its unit, where its number comes from, and how well the figures know it."""
    base = {"id": lever.id, "label": lever.label, "positions": list(lever.positions), "event": lever.event}
    if lever.set and not lever.event:
        return {**base, **_parameter_fields(lever.set)}
    source = {"source": lever.source, "locator": lever.locator}
    return {
        **base,
        **source,
        "unit": lever.unit,
        "word": lever.word,
        "usual": lever.usual,
        "kind": lever.kind or "event",
        "middle": None,
        "meaning": "",
    }


def _parameter_fields(key: str) -> dict[str, Any]:
    declared = load_parameters().parameter(key)
    row = learned(DEFAULT_FIT).get(key)
    middle = declared.priors[0].centre if row is None else row.posterior.middle
    return {
        "unit": "no unit" if declared.unit == "1" else declared.unit,
        "word": word_of(DEFAULT_FIT, key),
        "kind": "parameter",
        "source": declared.source,
        "locator": declared.locator or declared.note,
        "meaning": declared.meaning,
        "middle": float(f"{middle:.2g}"),
    }
