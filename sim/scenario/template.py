"""The commented scenario file that `armsrace new` writes; it runs as it is."""

import os
import re
import textwrap
from pathlib import Path

from sim.io.errors import refusal
from sim.io.templates import with_names
from sim.io.writing import written_whole
from sim.io.yaml_reader import parse_yaml
from sim.model.network import MISSION, REGION
from sim.scenario.fields import SLUG_PATTERN
from sim.scenario.json_schema import SCHEMA_FILE
from sim.scenario.loading import list_scenarios, load_scenario, scenario_over

WIDTH = 136  # letters of a line of the file


def write_new_scenario(id_: str, extends: str) -> Path:
    """Write ID.yaml to the current directory; InputError for an id or a base that is none, or a file that is there already."""
    check_slug(id_, "ID", "an id", "my-scenario")
    if id_ in {listing.id for listing in list_scenarios()}:
        raise refusal("new", f"{id_} is a scenario of the library; choose another name", "ID")
    text = template(id_, extends)
    scenario_over(load_scenario(extends), parse_yaml(text, f"{id_}.yaml"))
    return write_new(id_, text)


def check_slug(name: str, option: str, what: str, example: str) -> None:
    """InputError for a name that is none."""
    if not re.fullmatch(SLUG_PATTERN, name):
        message = f'"{name}" is not {what}; use lower-case letters, digits and hyphens: {example}'
        raise refusal("new", message, option)


def write_new(name: str, text: str) -> Path:
    """Write NAME.yaml to the current directory, which must not hold it yet, unless as it would be written."""
    file = Path(f"{name}.yaml")
    if os.path.lexists(file):
        if file.is_symlink() or not file.is_file() or file.read_bytes() != text.encode():
            raise refusal(file, "exists already and is left as it is; choose another id")
        return file
    with written_whole(file, overwrite=False) as draft:
        draft.write_bytes(text.encode())
    return file


def template(id_: str, extends: str = "baseline") -> str:
    """The text of a commented scenario file that runs as it is, and builds on and is compared with another."""
    text = Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8")
    note = (
        "Everything in the baseline holds here too; the run shows the difference that this file makes. "
        + REGION.baseline_note
    )
    note = textwrap.fill(note.strip(), WIDTH, initial_indent="# ", subsequent_indent="# ")
    text = with_names(text).replace("BASELINE_NOTE", note)
    text = text if MISSION else "".join(line for line in text.splitlines(keepends=True) if "kfor." not in line)
    text = text.replace("SCHEMA_FILE", SCHEMA_FILE).replace("SCENARIO_ID", id_)
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
