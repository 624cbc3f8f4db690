"""What a sweep varies: each input's name, unit and groups, and the values or the distribution that the design gives it."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.io.csv_reader import cell_lines, number_of
from sim.io.errors import InputError, Problem, listed, refusal, shown_value, stop_at_enough, suggestion
from sim.model.distributions import Distribution, only_entry
from sim.model.network import FIRST
from sim.model.parameter_table import ParameterTable, UnknownParameterError
from sim.scenario.loading import Scenario
from sim.scenario.overrides import apply_settings

EVENTS = "events."
PRIOR = "prior"
EVENT_MECHANISM = "events"
EVERYONE = "all"
SIZE_UNITS = {
    "n": "units",
    "unit_price_musd": "million 2023 US$ each",
    "value_musd": "million 2023 US$",
    "troops": "thousand",
    "level": "0 to 1",
    "tone": "-1 to 1",
    "change": "relative change",
}
STEPPED = ("from", "to", "steps")
STEPS_MAX = 1_000_000


@dataclass(frozen=True)
class DesignInput:
    """One varied number.

    key          : as `--set` takes it
    values       : listed values, in the order of the file; empty where a distribution or the fit gives them
    distribution : that points are drawn from, or None
    """

    key: str
    unit: str
    actor: str
    mechanism: str
    values: tuple[float, ...] = ()
    distribution: Distribution | None = None

    def group(self, by: str | None) -> str:
        return self.actor if by == "actor" else self.mechanism


def named_input(key: str, table: ParameterTable, scenarios: Sequence[Scenario]) -> DesignInput:
    """An input without values; ValueError when there is no such number, or when it is no number that can be varied."""
    if key.startswith(EVENTS):
        return _event_input(key, scenarios)
    try:
        parameter = table.parameter(key)
    except UnknownParameterError as error:
        raise ValueError(str(error)) from None
    actors = [word for index, word in zip(parameter.index, key.split(".")[1:], strict=False) if index != "class"]
    return DesignInput(key, parameter.unit, actors[0] if actors else EVERYONE, parameter.group)


def _event_input(key: str, scenarios: Sequence[Scenario]) -> DesignInput:
    id_, _, field = key.removeprefix(EVENTS).rpartition(".")
    holders = holders_of(key, scenarios)
    if not holders:
        known = dict.fromkeys(event.id for scenario in scenarios for event in scenario.events)
        raise ValueError(f'no event of these scenarios has the id "{id_}"{suggestion(id_, known)}')
    event = next(event for event in holders[0].events if event.id == id_)
    sizes = [
        name
        for name in type(event).model_fields
        if name in SIZE_UNITS or isinstance(getattr(event, name), Distribution)
    ]
    if field not in sizes:
        advice = f"of this event, {listed(sizes)} can be" if sizes else "this event has no size"
        raise ValueError(f'"{field}" is no size and cannot be varied; {advice}; for all else write two scenarios')
    actors = (getattr(event, name, None) for name in ("supplier", "patron", "actor"))
    return DesignInput(key, SIZE_UNITS.get(field, ""), next(filter(None, actors), EVERYONE), EVENT_MECHANISM)


def holders_of(key: str, scenarios: Sequence[Scenario]) -> list[Scenario]:
    """The scenarios that know a name: all for a parameter, those with the event for the size of one."""
    if not key.startswith(EVENTS):
        return list(scenarios)
    id_ = key.removeprefix(EVENTS).rpartition(".")[0]
    return [scenario for scenario in scenarios if any(event.id == id_ for event in scenario.events)]


def setting(key: str, value: Any) -> str:
    """A value as `--set` takes it."""
    return f"{key}={json.dumps(value)}"


def fault_of(key: str, value: Any, scenarios: Sequence[Scenario]) -> str | None:
    """What is wrong with giving a number this value, or None."""
    try:
        for scenario in holders_of(key, scenarios):
            apply_settings(scenario, [setting(key, value)])
    except InputError as error:
        return error.problems[0].message
    return None


def listed_values(raw: Any) -> tuple[float, ...]:
    """The values of a grid or of pairs: a list of numbers, or {from, to, steps}; ValueError when it is neither."""
    if isinstance(raw, Mapping):
        if set(raw) != set(STEPPED):
            raise ValueError(
                "is a list of numbers, or {from: 0, to: 1, steps: 5}; a distribution needs a sampled design"
            )
        start, end, steps = (raw[name] for name in STEPPED)
        if isinstance(steps, bool) or not isinstance(steps, int) or not 2 <= steps <= STEPS_MAX:
            raise ValueError(f"steps: {shown_value(steps)} is not a whole number from 2 to {STEPS_MAX}")
        low, high = _number(start), _number(end)
        return tuple(low + (high - low) * step / (steps - 1) for step in range(steps))
    values = raw if isinstance(raw, list) else [raw]
    if not values:
        raise ValueError("an empty list varies nothing; list at least one number")
    return tuple(_number(value) for value in values)


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"{shown_value(value)} is not a number")
    return float(value)


def declared_or_drawn(
    input_: DesignInput, raw: Any, table: ParameterTable, scenarios: Sequence[Scenario]
) -> Distribution:
    """The distribution that a sampled design gives an input; ValueError when it is none."""
    if raw == PRIOR:
        return _declared(input_.key, table, scenarios)
    if not isinstance(raw, Mapping):
        raise ValueError(
            f"{shown_value(raw)} is no distribution; write for example {{uniform: [0, 1]}}, or prior for the declared one; "
            "a number that does not vary stands under fixed"
        )
    only_entry(raw)
    if (fault := fault_of(input_.key, dict(raw), scenarios)) is not None:
        raise ValueError(fault)
    is_size = input_.key.startswith(EVENTS)
    distribution = _size_of(input_.key, scenarios, dict(raw)) if is_size else table.checked(input_.key, raw)
    if distribution.kind == "fixed":
        raise ValueError("this distribution has no width; put the number under fixed")
    return distribution


def _declared(key: str, table: ParameterTable, scenarios: Sequence[Scenario]) -> Distribution:
    if key.startswith(EVENTS):
        distributions = {_size_of(key, [scenario]) for scenario in holders_of(key, scenarios)}
        what = "the size that the scenario gives it"
    else:
        distributions = {table.distributions[row] for row in table.rows_of(key)}
        what = "its declared value"
    if len(distributions) > 1:
        raise ValueError("stands for several numbers with different distributions; name one of them, or write one out")
    (only,) = distributions
    if only.kind == "fixed":
        raise ValueError(f"has no prior: {what} is {only.centre:.12g} in every simulation; write a distribution")
    return only


def _size_of(key: str, scenarios: Sequence[Scenario], value: Any = None) -> Distribution:
    id_, _, field = key.removeprefix(EVENTS).rpartition(".")
    scenario = holders_of(key, scenarios)[0]
    if value is not None:
        scenario = apply_settings(scenario, [setting(key, value)])
    size = getattr(next(event for event in scenario.events if event.id == id_), field)
    if not isinstance(size, Distribution):
        raise ValueError("the scenario gives it no size of its own; write a distribution")
    return size


def read_rows(file: Path) -> dict[str, tuple[float, ...]]:
    """Columns of a CSV file of points; InputError names file, line and column of everything that is no number."""
    header, rows = cell_lines(file)
    if not rows:
        raise refusal(file, f"needs a line of names, such as reaction.{FIRST}, and a line for each point")
    problems = [Problem(1, name, "stands twice; keep one") for name in dict.fromkeys(header) if header.count(name) > 1]
    columns: dict[str, list[float]] = {name: [] for name in header}
    for number, cells in rows:
        if len(cells) != len(header):
            problems.append(Problem(number, "", f"has {len(cells)} cells where the first line has {len(header)}"))
        for name, cell in zip(header, cells, strict=False):
            try:
                columns[name].append(number_of(cell))
            except ValueError as error:
                problems.append(Problem(number, name, str(error)))
        stop_at_enough(file, problems)
    if problems:
        raise InputError(file, problems)
    return {name: tuple(values) for name, values in columns.items()}
