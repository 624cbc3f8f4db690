"""Rival theories: `calibration/theories.yaml`, sets of overrides with the sentence that each rests on."""

from functools import cache
from typing import Literal

from sim.io.assets import data_file
from sim.io.errors import guess, refusal
from sim.io.schema import Schema, validated
from sim.io.templates import with_names
from sim.io.yaml_reader import read_yaml
from sim.model.parameters import load_parameters


class _Entry(Schema):
    meaning: str
    document: str
    locator: str
    quote: str
    parameters: dict[str, float]


class Theory(_Entry):
    """One theory: its name, meaning, the sentence it rests on, and the parameters that it fixes."""

    name: str


class _File(Schema):
    format_version: Literal[1]
    theories: dict[str, _Entry]


@cache
def theories() -> dict[str, Theory]:
    """The theories by name; InputError lists all that is wrong with the file."""
    document, table = read_yaml(data_file("calibration", "theories.yaml")), load_parameters()
    rows = validated(_File, document).theories
    document.refuse(
        (("theories", name, "parameters", key), fault)
        for name, row in rows.items()
        for key, fault in table.faults(row.parameters)
    )
    return {name: Theory(name=name, **{**vars(row), "meaning": with_names(row.meaning)}) for name, row in rows.items()}


def theory(name: str) -> Theory:
    """One theory by its name; InputError names those that exist."""
    known = theories()
    if name not in known:
        raise refusal("options", f'"{name}" is not one of {", ".join(known)}{guess(name, known)}', "theory")
    return known[name]
