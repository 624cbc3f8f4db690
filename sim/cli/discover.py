"""`armsrace discover`: which region of the inputs of a finished sweep leads to an outcome."""

from pathlib import Path
from typing import Annotated

from sim.cli.options import Format, SweepFolder, option, repeated
from sim.io.errors import refusal
from sim.io.terminal import emit

Where = Annotated[
    tuple[str, ...],
    repeated(
        "--where",
        "What makes a run a case of interest, in quotes: 'METRIC > NUMBER', or with >=, < or <=; may be repeated, and then all hold.",
    ),
]
Scenario = Annotated[
    str | None, option("The scenario of the sweep. Default: the only one; it must be named where there are several.")
]
Against = Annotated[
    str | None,
    option(
        "Subtract this scenario's outcome in the same simulation, point and member. Default: nothing is subtracted."
    ),
]
Out = Annotated[Path | None, option("Folder to write. Default: discover/ in the folder of the sweep.")]


def discover(
    folder: SweepFolder,
    /,
    *,
    where: Where = (),
    scenario: Scenario = None,
    against: Against = None,
    out: Out = None,
    form: Format = "text",
) -> None:
    """Find the region of the inputs of a sweep that leads to an outcome.

    The method is PRIM, by the EMA workbench. Writes the boxes as a table, a picture and a JSON document.
    """
    if not where:
        raise refusal("options", "missing; add for example --where 'tension.SRB.XKX.2030Q4 > 0.5'", "where")
    from sim.runs.sweep_folders import write_discovery
    from sim.sweep.analysis.loading import load_sweep
    from sim.sweep.analysis.scenario_discovery import discovered
    from sim.sweep.analysis.scenario_discovery_text import discovery_answer

    sweep = load_sweep(folder)
    boxes = discovered(sweep, where, scenario, against)
    files = write_discovery(sweep, boxes, out or folder / "discover")
    emit(form, lambda: boxes.document(sweep.name), lambda: [*discovery_answer(sweep, boxes), "", *files])
