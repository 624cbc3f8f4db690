"""Scenarios: one question per YAML file, read with everything it extends into one frozen whole.

A file extends one other. Its parameters, series and events are laid over those of the base: the child wins for a
parameter and for a quarter of a series, its events are added, and ``remove`` drops inherited ones. All problems of a
file are reported at once; a base with problems is reported before the file that extends it.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sim import quarters
from sim.assets import data_file
from sim.errors import InputError, Problem, Steps, dotted, nearest, schema_problems, shown_path, shown_value, suggestion
from sim.parameters import Distribution, ParameterTable, load_parameters
from sim.scenario_schema import (
    SLUG_PATTERN,
    VALUE,
    Arrival,
    EventBase,
    ScenarioFile,
    event_adapter,
    fields_at,
    scenario_schema,
)
from sim.yamlfile import Document, parse_yaml, read_yaml

FORMAT_VERSION = 1
SCHEMA_FILE = "scenario.schema.json"
LONGEST_CHAIN = 20
SERIES = ("unrest.SRB", "kfor.troops", "dialogue", "accession", "deliveries.TUR.XKX.arms")  # one example of each form

Value = float | Distribution


@dataclass(frozen=True)
class Scenario:
    """A scenario with everything it extends.

    compare_to : what ``load_scenario`` takes for the scenario it is compared with, or None
    chain      : ids of the files it was put together from, base first, its own last
    parameters : key -> number or distribution
    events     : sorted by quarter, then by order of appearance (base first, series before events)
    """

    id: str
    title: str
    question: str
    group: str
    documents: tuple[dict[str, str], ...]
    expects: str
    comment: str
    compare_to: str | None
    chain: tuple[str, ...]
    parameters: dict[str, Value]
    events: tuple[EventBase, ...]
    file: Path

    def resolved(self) -> dict[str, Any]:
        """The scenario as one plain mapping that extends nothing; written as YAML it is a scenario file again."""
        compare_to = {} if self.compare_to is None else {"compare_to": _id_of(Path(self.compare_to))}
        return {
            "format_version": FORMAT_VERSION,
            "title": self.title,
            "question": self.question,
            "group": self.group,
            **compare_to,
            "documents": [dict(document) for document in self.documents],
            "expects": self.expects,
            "comment": self.comment,
            "parameters": {key: _plain(value) for key, value in self.parameters.items()},
            "events": [event.plain() for event in self.events],
        }

    @property
    def digest(self) -> str:
        """SHA-256 of the resolved scenario."""
        return hashlib.sha256(json.dumps(self.resolved(), sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class Listing:
    """One line of the scenario library; a file that cannot be read says so in its title."""

    id: str
    title: str
    group: str
    file: Path


def _plain(value: Value) -> Any:
    return value.plain() if isinstance(value, Distribution) else value


def load_scenario(ref: str | Path, *, table: ParameterTable | None = None, library: Path | None = None) -> Scenario:
    """The scenario of a library id (``skydagger-delivery``) or of a file; InputError lists all that is wrong."""
    library = library or data_file("scenarios")
    return _Reader(table or load_parameters(), library).scenario(_file_of(ref, library), ())


def list_scenarios(library: Path | None = None) -> tuple[Listing, ...]:
    """The scenario library in order of ids; titles only, nothing is validated."""
    return tuple(_listing(file) for file in sorted((library or data_file("scenarios")).glob("*.yaml")))


def _listing(file: Path) -> Listing:
    try:
        data = read_yaml(file).data
    except InputError:
        data = {"title": "(cannot be read; see `armsrace validate`)"}
    return Listing(_id_of(file), str(data.get("title", "")), str(data.get("group", "")), file)


def scenario_json_schema(table: ParameterTable | None = None) -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a scenario file, for editors."""
    return scenario_schema(table or load_parameters())


# ---- where scenario files are ----------------------------------------------------------------------------------------


def _id_of(file: Path) -> str:
    """A file's name without its ending, in characters that are safe in a folder's name."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", file.stem).strip("-") or "scenario"


def _file_of(ref: str | Path, library: Path) -> Path:
    """The file a user means: a library id, or a path (with an ending or a slash)."""
    if isinstance(ref, Path) or "/" in ref or "\\" in ref or ref.endswith((".yaml", ".yml")):
        return Path(ref)
    try:
        return _library_file(ref, library)
    except ValueError as error:
        here = f'; did you mean the file "{ref}.yaml"?' if Path(f"{ref}.yaml").is_file() else ""
        raise InputError(ref, [Problem(None, "", here.removeprefix("; ") or str(error))]) from None


def _library_file(name: str, library: Path) -> Path:
    file = library / f"{name}.yaml"
    if re.fullmatch(SLUG_PATTERN, name) and file.is_file():
        return _within(file, library)
    known = sorted(other.stem for other in library.glob("*.yaml"))
    near = nearest(name, known)
    hint = f'; did you mean "{near}"?' if near else "; `armsrace list` shows the library"
    raise ValueError(f'there is no scenario "{name}" in the library{hint}')


def _linked_file(ref: str, file: Path, library: Path) -> Path:
    """The file that ``extends`` or ``compare_to`` names; ValueError when it is none or lies outside the folder."""
    if re.fullmatch(SLUG_PATTERN, ref):
        return _library_file(ref, library)
    parts = ref.replace("\\", "/").split("/")
    if ".." in parts or parts[0] in ("", "~") or ":" in parts[0]:
        raise ValueError(f"{shown_value(ref)} leaves the folder of this file; copy that file here, or use a library id")
    linked = _within(file.parent / ref, file.parent)
    if not linked.is_file():
        near = nearest(linked.name, [other.name for other in linked.parent.glob("*.y*ml")])
        raise ValueError(
            f"there is no file {shown_value(ref)} in this folder" + (f'; did you mean "{near}"?' if near else "")
        )
    return linked


def _within(file: Path, folder: Path) -> Path:
    if not file.resolve().is_relative_to(folder.resolve()):
        raise ValueError(f'"{file.name}" is a link that leaves its folder; copy the file itself here')
    return file


# ---- reading a chain -------------------------------------------------------------------------------------------------


class _Reader:
    """Reads a scenario file after the files it extends."""

    def __init__(self, table: ParameterTable, library: Path) -> None:
        self.table = table
        self.library = library

    def scenario(self, file: Path, above: tuple[Path, ...]) -> Scenario:
        """The scenario of a file; ``above`` are the files that extend it, the first of them the user's."""
        document = read_yaml(file)
        layer = _Layer(document, self.table)
        base_file = self.linked(layer, "extends")
        compare_to = self.linked(layer, "compare_to")
        base = None
        if base_file is not None and self.may_extend(layer, base_file, (*above, file)):
            base = self.scenario(base_file, (*above, file))
        layer.check(base, base_is_known=base is not None or document.data.get("extends") is None)
        if layer.problems or layer.content is None:
            raise InputError(file, layer.problems)
        return _laid_over(base, layer, layer.content, None if compare_to is None else self.ref(compare_to))

    def linked(self, layer: "_Layer", field: str) -> Path | None:
        ref = layer.document.data.get(field)
        if not isinstance(ref, str) or not ref:
            return None  # absent, or reported as not being text
        try:
            return _linked_file(ref, Path(layer.document.file), self.library)
        except (ValueError, OSError) as error:
            layer.report((field,), str(error))
            return None

    def may_extend(self, layer: "_Layer", base: Path, chain: tuple[Path, ...]) -> bool:
        known = [file.resolve() for file in chain]
        if base.resolve() in known:
            circle = [*chain[known.index(base.resolve()) :], base]
            names = " -> ".join(_id_of(file) for file in circle)
            layer.report(("extends",), f"the files extend each other in a circle: {names}; take one link out")
            return False
        if len(chain) >= LONGEST_CHAIN:
            layer.report(("extends",), f"more than {LONGEST_CHAIN} files extend each other; merge some of them")
            return False
        return True

    def ref(self, file: Path) -> str:
        """What ``load_scenario`` takes for a file: its id when it is in the library."""
        return file.stem if file.parent == self.library else str(file)


class _Layer:
    """One file of a chain: its content and everything that is wrong with it."""

    def __init__(self, document: Document, table: ParameterTable) -> None:
        self.document = document
        self.table = table
        self.problems: list[Problem] = []
        self.content: ScenarioFile | None = None
        self.series: dict[str, EventBase] = {}
        self.parameters: dict[str, Value] = {}

    def report(self, steps: Steps, message: str) -> None:
        problem = Problem(self.document.line(steps), dotted(steps), message)
        if problem not in self.problems:
            self.problems.append(problem)

    def check(self, base: Scenario | None, base_is_known: bool) -> None:
        try:
            self.content = ScenarioFile.model_validate(self.document.data)
        except ValidationError as error:
            found = schema_problems(error.errors(), self.document.data, self.document.line, fields_at)
            self.problems += found
        self.read_parameters()
        self.read_series()
        if base_is_known:
            self.check_ids(base)

    def mapping(self, field: str) -> dict[str, Any]:
        content = self.document.data.get(field)
        return content if isinstance(content, dict) else {}

    def items(self, field: str) -> list[Any]:
        content = self.document.data.get(field)
        return content if isinstance(content, list) else []

    def read_parameters(self) -> None:
        for key, value in self.mapping("parameters").items():
            message = self.table.problem(key, value)
            if message is None:
                self.parameters[key] = _number_or_distribution(self.table, key, value)
            else:
                self.report(("parameters", key), message)

    def read_series(self) -> None:
        for name, entries in self.mapping("series").items():
            for when, value in entries.items() if isinstance(entries, dict) else ():
                try:
                    for at, part in _quarterly(name, when, value):
                        self.add_to_series(name, when, at, part)
                except ValueError as error:
                    self.report(("series", name, when), str(error))

    def add_to_series(self, name: str, when: str, at: str, value: Any) -> None:
        steps: Steps = ("series", name, when)
        raw = _series_event(name, at, value)
        if raw is None:
            self.report(steps[:2], f"unknown series{_series_suggestion(name)}")
        elif raw["id"] in self.series:
            self.report(steps, f"{at} is given twice, by its year and by its quarter; keep one")
        else:
            try:
                event: EventBase = event_adapter().validate_python(raw)
                self.series[raw["id"]] = event.placed(self.origin(steps))
            except ValidationError as error:
                for found in schema_problems(error.errors(), raw, lambda _: None, fields_at):
                    amiss = found.where not in ("at", "level", "troops", "value_musd")
                    self.report(steps[:2] if amiss else steps, found.message)

    def check_ids(self, base: Scenario | None) -> None:
        """Ids are unique in the whole chain, and what is removed or referred to exists."""
        inherited = {event.id: event for event in base.events} if base else {}
        removed = self.removed(inherited)
        kept = {id_: event for id_, event in inherited.items() if id_ not in removed}
        orders = {id_: event.quarter for id_, event in kept.items() if event.type == "order"}  # type: ignore[attr-defined]
        seen = dict.fromkeys((id_ for id_ in kept if id_ not in self.series), "inherited")
        for number, raw in enumerate(self.items("events")):
            if isinstance(raw, dict) and isinstance(raw.get("id"), str):
                self.check_id(number, raw["id"], seen)
                if raw.get("type") == "order":
                    orders[raw["id"]] = _quarter_or_start(raw.get("at"))
        self.check_arrivals(kept, orders)

    def removed(self, inherited: Mapping[str, EventBase]) -> set[str]:
        ids = self.items("remove")
        for number, id_ in enumerate(ids):
            if isinstance(id_, str) and id_ not in inherited:
                where = suggestion(id_, inherited) if inherited else "; this file extends nothing that has events"
                self.report(("remove", number), f'no inherited event has the id "{id_}"{where}')
        return {id_ for id_ in ids if isinstance(id_, str)}

    def check_id(self, number: int, id_: str, seen: dict[str, str]) -> None:
        if id_ in seen or id_ in self.series:
            place = seen.get(id_, "an entry of series")
            remedy = "list it under remove, or choose another" if place == "inherited" else "choose another"
            self.report(("events", number, "id"), f'the id "{id_}" is taken ({place}); {remedy}')
        seen.setdefault(id_, f"events[{number}]")

    def check_arrivals(self, kept: Mapping[str, EventBase], orders: Mapping[str, int]) -> None:
        """Every arrival refers to one order, made before it, and no order arrives twice."""
        arrived: dict[str, str] = {}
        for event in kept.values():
            if isinstance(event, Arrival):
                arrived[event.ref] = event.id
                if event.ref not in orders:
                    self.report(("remove",), f'"{event.id}" is the arrival of "{event.ref}"; remove it too')
        for number, raw in enumerate(self.items("events")):
            ref = raw.get("ref") if isinstance(raw, dict) else None
            if isinstance(ref, str) and raw.get("type") == "deliver":
                message = _arrival_problem(ref, raw.get("at"), arrived, orders)
                if message is not None:
                    self.report(("events", number, "ref"), message)
                arrived.setdefault(ref, str(raw.get("id")))

    def origin(self, steps: Steps) -> str:
        return f"{shown_path(self.document.file)}:{self.document.line(steps)}"

    def events(self) -> dict[str, EventBase]:
        """Events of this file, those of its series first."""
        content = self.content.events if self.content else []
        own = {event.id: event.placed(self.origin(("events", number))) for number, event in enumerate(content)}
        return {**self.series, **own}


def _arrival_problem(ref: str, at: Any, arrived: Mapping[str, str], orders: Mapping[str, int]) -> str | None:
    if ref not in orders:
        hint = suggestion(ref, orders) if orders else "; this scenario has no orders"
        return f'no order has the id "{ref}"{hint}'
    if ref in arrived:
        return f'the order "{ref}" already arrives by "{arrived[ref]}"; keep one'
    if _quarter_or_start(at) < orders[ref]:
        return f'the order "{ref}" is made only in {quarters.name_of(orders[ref])}; let it arrive then or later'
    return None


def _quarter_or_start(at: Any) -> int:
    try:
        return quarters.index_of(at)
    except ValueError:
        return 0  # reported where the quarter stands


def _number_or_distribution(table: ParameterTable, key: str, value: Any) -> Value:
    checked = table.checked(key, value)
    return checked.centre if checked.kind == "fixed" else checked


def _laid_over(base: Scenario | None, layer: _Layer, content: ScenarioFile, compare_to: str | None) -> Scenario:
    file = Path(layer.document.file)
    inherited = {event.id: event for event in base.events if event.id not in content.remove} if base else {}
    return Scenario(
        id=_id_of(file),
        title=content.title,
        question=content.question,
        group=content.group,
        documents=tuple(citation.model_dump() for citation in content.documents),
        expects=content.expects,
        comment=content.comment,
        compare_to=compare_to,
        chain=(*(base.chain if base else ()), _id_of(file)),
        parameters=_parameters_over(base.parameters if base else {}, layer.parameters),
        events=_in_order({**inherited, **layer.events()}.values()),
        file=file,
    )


def _in_order(events: Iterable[EventBase]) -> tuple[EventBase, ...]:
    return tuple(sorted(events, key=lambda event: event.quarter))


def _parameters_over(base: Mapping[str, Value], over: Mapping[str, Value]) -> dict[str, Value]:
    """Parameters of a base with others laid over; ``reaction`` also replaces the base's ``reaction.SRB``."""
    kept = {key: value for key, value in base.items() if not any(f"{key}.".startswith(f"{new}.") for new in over)}
    return {**kept, **over}


# ---- series ----------------------------------------------------------------------------------------------------------


def _quarterly(name: str, when: str, value: Any) -> list[tuple[str, Any]]:
    """The entries of a series by quarter; a year of deliveries is split evenly over its four quarters."""
    if not quarters.is_year(when):
        return [(when, value)]
    names = quarters.quarters_of_year(when)
    if not name.startswith("deliveries."):
        raise ValueError(f"a level is held from a quarter on; write {names[0]} for the whole of {when}")
    if isinstance(value, dict):
        raise ValueError("a yearly value must be a number, since it is split over four quarters; write four quarters")
    share = VALUE.check(value) / len(names)
    return [(at, share) for at in names]


def _series_event(name: str, at: str, value: Any) -> dict[str, Any] | None:
    """The event that an entry of a series stands for, or None when there is no such series."""
    event = {"id": f"series.{name}.{at}", "at": at}
    match name.split("."):
        case ["kfor", "troops"]:
            return {**event, "type": "kfor", "troops": value}
        case [("dialogue" | "accession") as kind]:
            return {**event, "type": kind, "level": value}
        case ["unrest", actor]:
            return {**event, "type": "unrest", "actor": actor, "level": value}
        case ["deliveries", supplier, buyer, weapon_class]:
            ends = {"supplier": supplier, "buyer": buyer, "class": weapon_class}
            return {**event, "type": "deliver", **ends, "value_musd": value, "payment": "budget"}
        case _:
            return None


def _series_suggestion(name: str) -> str:
    return suggestion(name, SERIES)


# ---- settings from the command line ----------------------------------------------------------------------------------


def with_parameters(scenario: Scenario, values: Mapping[str, Any], *, table: ParameterTable | None = None) -> Scenario:
    """The scenario with some parameters replaced; InputError lists all that cannot be set."""
    known = table or load_parameters()
    checks = [(key, known.problem(key, value)) for key, value in values.items()]
    problems = [Problem(None, key, message) for key, message in checks if message is not None]
    if problems:
        raise InputError("--set", problems)
    over = {key: _number_or_distribution(known, key, value) for key, value in values.items()}
    return replace(scenario, parameters=_parameters_over(scenario.parameters, over))


def apply_settings(scenario: Scenario, settings: Iterable[str], *, table: ParameterTable | None = None) -> Scenario:
    """The scenario after ``--set NAME=VALUE`` options: ``reaction.SRB=0.4``, ``events.skydagger-order.n=2000``.

    A later setting wins over an earlier one. InputError lists all that cannot be set.
    """
    problems: list[Problem] = []
    for setting in settings:
        name, sign, text = setting.partition("=")
        try:
            if not sign or not name.strip():
                raise InputError("--set", [Problem(None, setting, "write NAME=VALUE, for example reaction.SRB=0.4")])
            scenario = _with_setting(scenario, name.strip(), text.strip(), table)
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError("--set", problems)
    return scenario


def _with_setting(scenario: Scenario, name: str, text: str, table: ParameterTable | None) -> Scenario:
    try:
        value = parse_yaml(f"value: {text}", "--set").data["value"]
    except InputError as error:
        raise InputError("--set", [Problem(None, name, error.problems[0].message)]) from None
    if name.startswith("events."):
        return _with_event_setting(scenario, name, value)
    return with_parameters(scenario, {name: value}, table=table)


def _with_event_setting(scenario: Scenario, name: str, value: Any) -> Scenario:
    id_, _, field = name.removeprefix("events.").rpartition(".")
    by_id = {event.id: event for event in scenario.events}
    if id_ not in by_id:
        unknown = f'no event has the id "{id_}"{suggestion(id_, by_id)}' if id_ else "write events.ID.FIELD=VALUE"
        raise InputError("--set", [Problem(None, name, unknown)])
    if field in ("id", "type", "ref"):
        raise InputError(
            "--set", [Problem(None, name, f"the {field} of an event cannot be set; edit the scenario file")]
        )
    raw = {**by_id[id_].plain(), field: value}
    try:
        event: EventBase = event_adapter().validate_python(raw)
    except ValidationError as error:
        found = schema_problems(error.errors(), raw, lambda _: None, fields_at)
        raise InputError("--set", [replace(problem, where=name) for problem in found]) from None
    by_id[id_] = event.placed("--set")
    return replace(scenario, events=_in_order(by_id.values()))


def template(id_: str) -> str:
    """The text of a commented scenario file that runs as it is."""
    return _TEMPLATE.replace("SCHEMA_FILE", SCHEMA_FILE).replace("SCENARIO_ID", id_)


_TEMPLATE = """\
# yaml-language-server: $schema=SCHEMA_FILE
# The line above gives completion and checking in an editor, after: armsrace schema > SCHEMA_FILE
#
# Try it:   armsrace validate SCENARIO_ID.yaml
#           armsrace run SCENARIO_ID.yaml
format_version: 1
title: SCENARIO_ID
question: What does an order of artillery by Serbia do to spending, relations and tension?
group: my scenarios

# Everything in the baseline holds here too; the run shows the difference that this file makes.
extends: baseline
compare_to: baseline

# documents: [{document: "002", locator: "paragraph 2", says: "what the document says, in your words"}]
expects: What you expect to happen, written down before you run it.
comment: What a reader should know to judge the answer.

# Parameters are words, dotted by actor; `armsrace trace reaction` explains one. A value is a number or a distribution.
# parameters:
#   reaction.SRB: 0.4
#   reaction.XKX: {lognormal: [0.7, 0.3]}

# Inherited events that do not happen here, by their id; `armsrace show baseline` lists them.
# remove: []

# Levels that are held from a quarter on.
# series:
#   unrest.SRB: {2026Q1: 0.6, 2026Q4: 0.2}
#   kfor.troops: {2026Q1: 5.0}

# Money is in million US$ of 2023. Drones (uav, loitering) are ordered as n, at the model's price
# unless unit_price_musd says otherwise; all else by value_musd.
events:
  - id: example-order
    at: 2026Q1
    type: order
    supplier: FRA
    buyer: SRB
    class: artillery
    value_musd: {lognormal: [100, 0.3]}
    payment: budget
    due: 2027Q1
    note: replace this example with your own event
"""
