"""What uses a name: functions of the engine, files of the project, and scenarios of the library."""

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from sim.data.tables import OBSERVED_YEARS, Row
from sim.io.errors import InputError
from sim.model.parameters import load_parameters
from sim.model.sign_assumptions import SIGN_RESTS_ON
from sim.report.event_text import series_name
from sim.report.source_tables import EXPORTS, exports_row_of
from sim.scenario.loading import Scenario, list_scenarios, load_scenario

ENGINE_FILES = (
    "layout.py",
    "phases.py",
    "economy.py",
    "ties.py",
    "friction.py",
    "dealings.py",
    "deals.py",
    "happenings.py",
    "ensemble.py",
    "stability.py",
)
READERS = ("tracing.py", "uses.py", "messages.py", "source_tables.py", "cli_sources.py")  # they name rows to show them


@cache
def library() -> tuple[Scenario, ...]:
    """The scenarios of the library that can be read."""
    found = []
    for listing in list_scenarios():
        try:
            found.append(load_scenario(listing.file))
        except InputError:
            continue
    return tuple(found)


def parameter_uses(name: str, key: str) -> Iterator[str]:
    """Functions that read a parameter, signs that rest on it, and scenarios that set it."""
    for file in ENGINE_FILES:
        functions = functions_naming(file, "OF", name)
        if functions:
            yield f"sim/{file}: {', '.join(functions)}"
    signs = [variable for variable, names in SIGN_RESTS_ON.items() if any(one.split(".")[0] == name for one in names)]
    if signs:
        yield f"the sign of a change in {', '.join(signs)} rests on it"
    for scenario in library():
        theirs = [
            one for one in scenario.parameters if f"{one}.".startswith(f"{key}.") or f"{key}.".startswith(f"{one}.")
        ]
        if theirs:
            yield f"scenario {scenario.id} sets {', '.join(theirs)}"


def variable_uses(name: str) -> Iterator[str]:
    """Functions that read or write a recorded variable."""
    for file in ENGINE_FILES:
        functions = functions_naming(file, "AT", name)
        if functions:
            yield f"sim/{file}: {', '.join(functions)}"


@cache
def _functions(file: str) -> tuple[tuple[str, ast.stmt], ...]:
    """Functions of a file, and the tables that it lays out when it is loaded, by name."""
    path = Path(__file__).with_name(file)
    tree = ast.parse(path.read_text(encoding="utf-8")) if path.is_file() else ast.Module([], [])
    tables = [node for node in tree.body if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)]
    found: list[tuple[str, ast.stmt]] = [(node.targets[0].id, node) for node in tables]  # type: ignore[attr-defined]
    return (*((node.name, node) for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)), *found)


def functions_naming(file: str, table_name: str, name: str) -> tuple[str, ...]:
    """Functions of an engine's file that read a number: `OF.name`, or the name as text."""
    return tuple(
        function
        for function, node in _functions(file)
        if any(_names(part, table_name, name) for part in ast.walk(node))
    )


def _names(node: ast.AST, table_name: str, name: str) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr == name and isinstance(node.value, ast.Name) and node.value.id == table_name
    return isinstance(node, ast.Constant) and node.value == name


def document_uses(name: str) -> Iterator[str]:
    """Parameters and scenarios that cite a source."""
    parameters = [one.name for one in load_parameters().parameters if name in one.source.split(";")]
    if parameters:
        yield f"parameters {', '.join(parameters)}"
    for scenario in library():
        cited = [event.source for event in scenario.events if is_own(scenario, event)]
        cited += [document["document"] for document in scenario.documents]
        if name in cited:
            yield f"scenario {scenario.id}"


def place_uses(row: Row) -> Iterator[str]:
    """Parameters, events and series that cite the same place of the same document, or name the figure."""
    cell = EXPORTS.fullmatch(row["id"])
    for parameter in load_parameters().parameters:
        if parameter.source == row["source"] and _same_place(parameter.locator, row["locator"]):
            yield f"parameter {parameter.name} cites the same place"
    for scenario in library():
        own = [event for event in scenario.events if is_own(scenario, event)]
        if cell is not None and _series_has(own, f"deliveries.TUR.{cell[1]}.arms", cell[2]):
            yield f"scenario {scenario.id}: series deliveries.TUR.{cell[1]}.arms, {cell[2]}, the same number"
        ids = [
            event.id
            for event in own
            if row["id"] in event.note or (event.source == row["source"] and _same_place(event.locator, row["locator"]))
        ]
        if ids and cell is None:
            yield f"scenario {scenario.id}, citing the same place: {', '.join(ids)}"


def _same_place(cited: str, place: str) -> bool:
    """Whether a citation's first part names a part of the figure's place."""
    first = re.sub(r'"|^section ', "", re.split(r"[;,]", cited)[0]).strip().lower()
    return len(first) > 3 and first in place.lower()


def is_own(scenario: Scenario, event: Any) -> bool:
    """Whether an event stands in the scenario's own file and not in one that it extends."""
    return str(event.origin).rsplit(":", 1)[0].endswith(scenario.file.name)


def _series_has(events: Iterable[Any], series: str, year: str) -> bool:
    entries = [event for event in events if series_name(event.id) == series and event.at.startswith(year)]
    return bool(entries) and exports_row_of(series, entries) is not None


def context_uses(row: Row) -> Iterator[str]:
    """Files of the project that read a row by its id or by the family of its id."""
    family = row["id"].split("-")[0]
    folder = Path(__file__).parent
    for file in sorted(folder.rglob("*.py")):
        text = file.read_text(encoding="utf-8")
        named = f'"{row["id"]}"' in text or (f'"{family}-{{' in text and _is_observed(family, row))
        if named and file.name not in READERS:
            yield f"sim/{file.relative_to(folder).as_posix()}"


def _is_observed(family: str, row: Row) -> bool:
    return family not in ("milex", "burden") or row["date"] in map(str, OBSERVED_YEARS)
