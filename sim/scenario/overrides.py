"""Settings of the command line: a scenario with some of its parameters, or fields of its events, replaced."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from sim.io.errors import InputError, Problem, refusal, suggestion
from sim.io.schema import schema_problems
from sim.io.yaml_reader import Document, parse_yaml
from sim.model.network import FIRST
from sim.model.parameter_table import ParameterTable
from sim.model.parameters import load_parameters
from sim.scenario.event import EventBase
from sim.scenario.event_types import Event, event_adapter
from sim.scenario.events.transfers import Arrival
from sim.scenario.layers import number_or_distribution
from sim.scenario.loading import Scenario, in_order, parameters_over
from sim.scenario.purchases import too_dear


def with_parameters(scenario: Scenario, values: Mapping[str, Any], *, table: ParameterTable | None = None) -> Scenario:
    """The scenario with some parameters replaced; InputError lists all that cannot be set."""
    known = table or load_parameters()
    if faults := known.faults(values):
        raise InputError("--set", [Problem(None, *fault) for fault in faults])
    over = {key: number_or_distribution(known, key, value) for key, value in values.items()}
    return replace(scenario, parameters=parameters_over(scenario.parameters, over))


def apply_settings(scenario: Scenario, settings: Iterable[str], *, table: ParameterTable | None = None) -> Scenario:
    """The scenario after ``--set NAME=VALUE`` options: ``reaction.SRB=0.4``, ``events.skydagger-order.n=2000``.

    A later setting wins over an earlier one. InputError lists all that cannot be set.
    """
    problems: list[Problem] = []
    for setting in settings:
        name, sign, text = setting.partition("=")
        try:
            if not sign or not name.strip():
                raise refusal("--set", f"write NAME=VALUE, for example reaction.{FIRST}=0.4", setting)
            scenario = _with_setting(scenario, name.strip(), text.strip(), table)
        except InputError as error:
            problems += error.problems
    problems += _arrival_problems(scenario)
    if problems:
        raise InputError("--set", problems)
    return scenario


def _arrival_problems(scenario: Scenario) -> list[Problem]:
    """Orders that a setting lets arrive before they are made."""
    made = {event.id: event for event in scenario.events}
    early = [one for one in scenario.events if isinstance(one, Arrival) and one.quarter < made[one.ref].quarter]
    message = '"{}" is ordered only in {}; let it arrive then or later'
    return [Problem(None, f"events.{one.id}.at", message.format(one.ref, made[one.ref].at)) for one in early]


def _with_setting(scenario: Scenario, name: str, text: str, table: ParameterTable | None) -> Scenario:
    try:
        value = parse_yaml(f"value: {text}", "--set").data["value"]
    except InputError as error:
        raise refusal("--set", error.problems[0].message, name) from None
    if name.startswith("events."):
        return _with_event_setting(scenario, name, value)
    return with_parameters(scenario, {name: value}, table=table)


def _with_event_setting(scenario: Scenario, name: str, value: Any) -> Scenario:
    id_, _, field = name.removeprefix("events.").rpartition(".")
    by_id = {event.id: event for event in scenario.events}
    if id_ not in by_id:
        unknown = f'no event has the id "{id_}"{suggestion(id_, by_id)}' if id_ else "write events.ID.FIELD=VALUE"
        raise refusal("--set", unknown, name)
    if field in ("id", "type", "ref"):
        raise refusal("--set", f"the {field} of an event cannot be set; edit the scenario file", name)
    raw = {**by_id[id_].plain(), field: value}
    try:
        event: EventBase = event_adapter().validate_python(raw)
    except ValidationError as error:
        problems = schema_problems(error.errors(), Document("--set", raw), Event)
        raise InputError("--set", [replace(problem, where=name) for problem in problems]) from None
    if problem := too_dear(event):
        raise refusal("--set", problem[1], name)
    by_id[id_] = event.placed("--set")
    return replace(scenario, events=in_order(by_id.values()))
