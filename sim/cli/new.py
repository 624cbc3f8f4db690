"""`armsrace new`: a scenario file, or the design of a sweep, to begin with."""

from pathlib import Path
from typing import Annotated

from sim.cli.options import option
from sim.io.errors import refusal
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

    It goes to the current directory, as ID.yaml or NAME.yaml; a file that you have changed is left alone.
    """
    from sim.data.region import region_option

    was_there = Path(f"{id_ or design}.yaml").exists()
    if id_ is not None and design is not None:
        raise refusal("new", "write a scenario or a design, not both at once", "ID")
    if design is not None:
        from sim.sweep.template import write_new_design

        file = write_new_design(design)
        steps = [f"sweep {file} --dry-run", f"sweep {file}"]
    elif id_ is not None:
        from sim.scenario.template import write_new_scenario

        file = write_new_scenario(id_, extends)
        steps = [f"validate {file}", f"run {file}"]
    else:
        message = (
            "name the new scenario: armsrace new my-scenario; or a design of a sweep: armsrace new --design my-sweep"
        )
        raise refusal("new", message, "ID")
    say(
        f"{file} is {'there already, unchanged' if was_there else 'written'}.",
        "Next:",
        *(" ".join(["  armsrace", step, *region_option()]) for step in steps),
    )
