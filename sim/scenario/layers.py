"""One file of a chain of scenarios: what it says itself, and everything that is wrong with it."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import ValidationError

from sim.data.tables import add_source
from sim.io import quarters
from sim.io.errors import Problem, Steps, shown_path, stop_at_enough, suggestion
from sim.io.schema import schema_problems
from sim.io.yaml_reader import Document
from sim.model.distributions import Distribution
from sim.model.parameter_table import ParameterTable
from sim.scenario.event import EventBase, SeriesForm
from sim.scenario.event_types import Event, event_adapter, event_models
from sim.scenario.events.transfers import Arrival, Order
from sim.scenario.fields import VALUE
from sim.scenario.purchases import too_dear
from sim.scenario.schema import OwnSource, ScenarioFile

Value = float | Distribution


class Layer:
    """One file of a chain: its content and everything that is wrong with it."""

    def __init__(self, document: Document, table: ParameterTable) -> None:
        self.document = document
        self.table = table
        self.problems: list[Problem] = []
        self.content: ScenarioFile | None = None
        self.series: dict[str, EventBase] = {}
        self.parameters: dict[str, Value] = {}

    def report(self, steps: Steps, message: str) -> None:
        problem = self.document.problem(steps, message)
        if problem not in self.problems:
            self.problems.append(problem)
        stop_at_enough(self.document.file, self.problems)

    def check(self, inherited: Mapping[str, EventBase] | None) -> None:
        """Find all that is wrong, or as much as anybody reads; ``inherited`` are the base's events by id, None if it cannot be read."""
        self.read_sources()
        try:
            self.content = ScenarioFile.model_validate(self.document.data)
        except ValidationError as error:
            self.problems += schema_problems(error.errors(), self.document, ScenarioFile)
            stop_at_enough(self.document.file, self.problems)
        self.read_parameters()
        self.read_series()
        for number, event in enumerate(self.content.events if self.content else []):
            if dear := too_dear(event):
                self.report(("events", number, dear[0]), dear[1])
        if inherited is not None:
            self.check_ids(inherited)

    def mapping(self, field: str) -> dict[str, Any]:
        content = self.document.data.get(field)
        return content if isinstance(content, dict) else {}

    def items(self, field: str) -> list[Any]:
        content = self.document.data.get(field)
        return content if isinstance(content, list) else []

    def read_sources(self) -> None:
        """Make known what the file brings along, so that the rest of it may cite it."""
        for key, value in self.mapping("sources").items():
            try:
                add_source(key, OwnSource.model_validate(value).model_dump())
            except ValidationError:
                continue  # told with the rest of the file
            except ValueError as error:
                self.report(("sources", key), str(error))

    def read_parameters(self) -> None:
        for key, value in self.mapping("parameters").items():
            message = self.table.problem(key, value)
            if message is None:
                self.parameters[key] = number_or_distribution(self.table, key, value)
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
        quarters.index_of(at)
        entry = _entry(name, at, value)
        if entry is None:
            examples = [form.example for form in _series_forms().values()]
            self.report(steps[:2], f"unknown series{suggestion(name, examples)}")
            return
        raw, form = entry
        if raw["id"] in self.series:
            self.report(steps, f"{at} is given twice, by its year and by its quarter; keep one")
            return
        try:
            event: EventBase = event_adapter().validate_python(raw)
            self.series[raw["id"]] = event.placed(self.origin(steps))
            if dear := too_dear(event):
                self.report(steps, dear[1])
        except ValidationError as error:
            for problem in schema_problems(error.errors(), Document(self.document.file, raw), Event):
                self.report(steps if problem.where in ("at", form.size) else steps[:2], problem.message)

    def check_ids(self, inherited: Mapping[str, EventBase]) -> None:
        """Ids are unique in the whole chain, and what is removed or referred to exists."""
        removed = self.removed(inherited)
        kept = {id_: event for id_, event in inherited.items() if id_ not in removed}
        orders = {id_: event.quarter for id_, event in kept.items() if isinstance(event, Order)}
        seen = dict.fromkeys((id_ for id_ in kept if id_ not in self.series), "inherited")
        for number, raw in enumerate(self.items("events")):
            if isinstance(raw, dict) and isinstance(raw.get("id"), str):
                id_ = raw["id"]
                if id_ in seen or id_ in self.series:
                    place = seen.get(id_, "an entry of series")
                    remedy = "list it under remove, or choose another" if place == "inherited" else "choose another"
                    self.report(("events", number, "id"), f'the id "{id_}" is taken ({place}); {remedy}')
                seen.setdefault(id_, f"event {number + 1}")
                if raw.get("type") == Order.type_name():
                    orders[raw["id"]] = _quarter_or_start(raw.get("at"))
        self.check_arrivals(kept, orders)

    def removed(self, inherited: Mapping[str, EventBase]) -> set[str]:
        ids = self.items("remove")
        for number, id_ in enumerate(ids):
            if isinstance(id_, str) and id_ not in inherited:
                lister = f"; `armsrace show {self.document.data.get('extends')}` lists them"
                nothing = "; this file extends nothing that has events"
                where = suggestion(id_, inherited) or lister if inherited else nothing
                self.report(("remove", number), f'no inherited event has the id "{id_}"{where}')
        return {id_ for id_ in ids if isinstance(id_, str)}

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
            if isinstance(ref, str) and raw.get("type") == Arrival.type_name():
                if message := _arrival_problem(ref, raw.get("at"), arrived, orders):
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


def number_or_distribution(table: ParameterTable, key: str, value: Any) -> Value:
    """A legal value of a parameter: a plain number where it cannot vary."""
    checked = table.checked(key, value)
    return checked.centre if checked.kind == "fixed" else checked


# ---- series ----------------------------------------------------------------------------------------------------------


def _quarterly(name: str, when: str, value: Any) -> list[tuple[str, Any]]:
    """The entries of a series by quarter; a year of deliveries is split evenly over its four quarters."""
    if not quarters.is_year(when):
        return [(when, value)]
    names = quarters.quarters_of_year(when)
    family = name.split(".", maxsplit=1)[0]
    if not any(form.is_flow and form.name.split(".")[0] == family for form in _series_forms().values()):
        raise ValueError(f"a level is held from a quarter on; write {names[0]} for the whole of {when}")
    if isinstance(value, dict):
        raise ValueError("a yearly value must be a number, since it is split over four quarters; write four quarters")
    share = VALUE.check(value) / len(names)
    return [(at, share) for at in names]


@cache
def _series_forms() -> dict[type[EventBase], SeriesForm]:
    """The types of event that may be written as a series, and how."""
    return {model: model.series for model in event_models().values() if model.series is not None}


def _entry(name: str, at: str, value: Any) -> tuple[dict[str, Any], SeriesForm] | None:
    """The event that an entry of a series stands for, and the series' form; None when there is no such series."""
    for model, form in _series_forms().items():
        fields = form.fields_in(name)
        if fields is not None:
            head = {"id": f"series.{name}.{at}", "at": at, "type": model.type_name()}
            return {**head, **fields, form.size: value, **form.rest}, form
    return None
