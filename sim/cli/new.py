"""`armsrace new`: a scenario file, or the design of a sweep, to begin with."""

import re
from pathlib import Path
from typing import Annotated, NoReturn

from sim.cli.options import option
from sim.io.errors import InputError, Problem
from sim.io.terminal import say

NewId = Annotated[
    str, option("Id of the new scenario: lower-case letters, digits and hyphens; the file is ID.yaml here.", name="ID")
]
Extends = Annotated[str, option("The scenario that the new one builds on and is compared with.")]
NewDesign = Annotated[
    str | None, option("Write the design of a sweep instead, to NAME.yaml here. Default: a scenario.", name="--design")
]


def new(id_: NewId | None = None, /, *, extends: Extends = "baseline", design: NewDesign = None) -> None:
    """Write a commented scenario file, or design of a sweep, that runs as it is.

    It goes to the current directory, as ID.yaml or NAME.yaml; an existing file is left alone.
    """
    if design is not None:
        _new_design(design, id_)
        return
    if id_ is None:
        _refuse(
            "ID",
            "name the new scenario: armsrace new my-scenario; or a design of a sweep: armsrace new --design my-sweep",
        )
    from sim.scenario.loading import list_scenarios, load_scenario
    from sim.scenario.template import template

    _check_name(id_, "ID", "an id", "my-scenario")
    if id_ in {one.id for one in list_scenarios()}:
        _refuse("ID", f"{id_} is a scenario of the library; choose another name")
    load_scenario(extends)
    file = _write_new(id_, template(id_, extends))
    try:
        load_scenario(file)
    except InputError:
        file.unlink()
        raise
    say(f"{file} is written.", "Next:", f"  armsrace validate {file}", f"  armsrace run {file}")


def _new_design(name: str, id_: str | None) -> None:
    from sim.sweep.template import design_template

    if id_ is not None:
        _refuse("ID", "write a scenario or a design, not both at once")
    _check_name(name, "design", "a name", "my-sweep")
    file = _write_new(name, design_template(name))
    say(f"{file} is written.", "Next:", f"  armsrace sweep {file} --dry-run", f"  armsrace sweep {file}")


def _check_name(name: str, option: str, what: str, example: str) -> None:
    from sim.scenario.fields import SLUG_PATTERN

    if not re.fullmatch(SLUG_PATTERN, name):
        _refuse(option, f'"{name}" is not {what}; use lower-case letters, digits and hyphens: {example}')


def _refuse(option: str, message: str) -> NoReturn:
    raise InputError("new", [Problem(None, option, message)])


def _write_new(name: str, text: str) -> Path:
    """Write a file that must not exist yet."""
    file = Path(f"{name}.yaml")
    try:
        with file.open("x", encoding="utf-8") as out:
            out.write(text)
    except FileExistsError:
        raise InputError(file, [Problem(None, "", "exists already and is left as it is; choose another id")]) from None
    except OSError as error:
        raise InputError(file, [Problem(None, "", f"cannot be written ({error.strerror})")]) from None
    return file
