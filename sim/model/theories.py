"""Rival theories: `calibration/theories.yaml`, sets of overrides with the sentence that each rests on."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from sim.io.assets import data_file
from sim.io.errors import InputError, Problem, suggestion
from sim.io.yaml_reader import Document, read_yaml
from sim.model.parameters import load_parameters

FIELDS = ("meaning", "document", "locator", "quote", "parameters")


@dataclass(frozen=True)
class Theory:
    """One theory: its name, meaning, the sentence it rests on, and the parameters that it fixes."""

    name: str
    meaning: str
    document: str
    locator: str
    quote: str
    parameters: dict[str, float]


@cache
def theories() -> dict[str, Theory]:
    """The theories by name; InputError lists all that is wrong with the file."""
    document = read_yaml(data_file("calibration", "theories.yaml"))
    rows = document.data.get("theories", {})
    problems = [problem for name, row in rows.items() for problem in _problems(document, name, row)]
    if problems:
        raise InputError(document.file, problems)
    return {name: Theory(name, **row) for name, row in rows.items()}


def theory(name: str) -> Theory:
    """One theory by its name; InputError names those that exist."""
    known = theories()
    if name not in known:
        message = f'"{name}" is not one of {", ".join(known)}{suggestion(name, known)}'
        raise InputError("options", [Problem(None, "theory", message)])
    return known[name]


def _problems(document: Document, name: str, row: Any) -> list[Problem]:
    steps = ("theories", name)
    if not isinstance(row, dict) or set(row) != set(FIELDS):
        message = f"must have exactly the fields {', '.join(FIELDS)}"
        return [Problem(document.line(steps), f"theories.{name}", message)]
    table = load_parameters()
    checks = [(key, table.problem(key, value)) for key, value in row["parameters"].items()]
    return [
        Problem(document.line((*steps, "parameters", key)), f"theories.{name}.parameters.{key}", fault)
        for key, fault in checks
        if fault is not None
    ]
