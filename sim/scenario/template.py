"""The commented scenario file that `armsrace new` writes; it runs as it is."""

import re
from pathlib import Path

from sim.io.errors import InputError, Problem
from sim.scenario.fields import SLUG_PATTERN
from sim.scenario.json_schema import SCHEMA_FILE
from sim.scenario.loading import list_scenarios, load_scenario


def write_new_scenario(id_: str, extends: str) -> Path:
    """Write ID.yaml to the current directory; InputError for an id or a base that is none, or a file that is there already."""
    check_slug(id_, "ID", "an id", "my-scenario")
    if id_ in {one.id for one in list_scenarios()}:
        message = f"{id_} is a scenario of the library; choose another name"
        raise InputError("new", [Problem(None, "ID", message)])
    load_scenario(extends)
    file = write_new(id_, template(id_, extends))
    try:
        load_scenario(file)
    except InputError:
        file.unlink()
        raise
    return file


def check_slug(name: str, option: str, what: str, example: str) -> None:
    """InputError for a name that is none."""
    if not re.fullmatch(SLUG_PATTERN, name):
        message = f'"{name}" is not {what}; use lower-case letters, digits and hyphens: {example}'
        raise InputError("new", [Problem(None, option, message)])


def write_new(name: str, text: str) -> Path:
    """Write NAME.yaml to the current directory, which must not hold it yet."""
    file = Path(f"{name}.yaml")
    try:
        with file.open("x", encoding="utf-8") as out:
            out.write(text)
    except FileExistsError:
        raise InputError(file, [Problem(None, "", "exists already and is left as it is; choose another id")]) from None
    except OSError as error:
        raise InputError(file, [Problem(None, "", f"cannot be written ({error.strerror})")]) from None
    return file


def template(id_: str, extends: str = "baseline") -> str:
    """The text of a commented scenario file that runs as it is.

    extends : the scenario that it builds on and is compared with
    """
    text = _TEMPLATE.replace("SCHEMA_FILE", SCHEMA_FILE).replace("SCENARIO_ID", id_)
    if extends == "baseline":
        return text
    for old, new in (
        ("extends: baseline", f"extends: {extends}"),
        ("compare_to: baseline", f"compare_to: {extends}"),
        ("id: example-order", f"id: {id_}-order"),
        ("armsrace show baseline", f"armsrace show {extends}"),
        ("in the baseline", f"in {extends}"),
    ):
        text = text.replace(old, new)
    return text


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
costs: What this costs and whom; what of that the model counts, and what it does not.

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
