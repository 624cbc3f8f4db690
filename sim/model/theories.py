"""Rival readings of the documents: `calibration/readings.yaml`, sets of overrides with the sentence that each rests on."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from sim.io.assets import data_file
from sim.io.errors import InputError, Problem, suggestion
from sim.io.yaml_reader import Document, read_yaml
from sim.model.parameters import load_parameters

FIELDS = ("meaning", "document", "locator", "quote", "parameters")


@dataclass(frozen=True)
class Reading:
    """One reading: its name, meaning, the sentence it rests on, and the parameters that it fixes."""

    name: str
    meaning: str
    document: str
    locator: str
    quote: str
    parameters: dict[str, float]


@cache
def readings() -> dict[str, Reading]:
    """The readings by name; InputError lists all that is wrong with the file."""
    document = read_yaml(data_file("calibration", "readings.yaml"))
    rows = document.data.get("readings", {})
    problems = [problem for name, row in rows.items() for problem in _problems(document, name, row)]
    if problems:
        raise InputError(document.file, problems)
    return {name: Reading(name, **row) for name, row in rows.items()}


def reading(name: str) -> Reading:
    """One reading by its name; InputError names those that exist."""
    known = readings()
    if name not in known:
        message = f'"{name}" is not one of {", ".join(known)}{suggestion(name, known)}'
        raise InputError("options", [Problem(None, "reading", message)])
    return known[name]


def _problems(document: Document, name: str, row: Any) -> list[Problem]:
    steps = ("readings", name)
    if not isinstance(row, dict) or set(row) != set(FIELDS):
        message = f"must have exactly the fields {', '.join(FIELDS)}"
        return [Problem(document.line(steps), f"readings.{name}", message)]
    table = load_parameters()
    checks = [(key, table.problem(key, value)) for key, value in row["parameters"].items()]
    return [
        Problem(document.line((*steps, "parameters", key)), f"readings.{name}.parameters.{key}", fault)
        for key, fault in checks
        if fault is not None
    ]
