"""`armsrace discover`: which region of the inputs of a finished sweep leads to an outcome."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from sim.cli.options import whole_number
from sim.cli.run import Format
from sim.cli.sensitivity import Folder
from sim.io.errors import InputError, Problem
from sim.io.terminal import say

if TYPE_CHECKING:
    from sim.sweep.analysis.loading import Sweep
    from sim.sweep.analysis.scenario_discovery import Box, Discovery

DOCUMENT = "discover.json"
COLUMNS = ("box", "coverage", "density", "mass", "input", "low", "high", "by_chance")
Where = Annotated[
    tuple[str, ...],
    Parameter(
        name="--where",
        negative=(),
        show_default=False,
        help="What makes a run a case of interest, in quotes: 'METRIC > NUMBER', or with >=, < or <=; may be repeated, and then all hold.",
    ),
]
Scenario = Annotated[
    str | None,
    Parameter(help="The scenario of the sweep. Default: the only one; it must be named where there are several."),
]
Against = Annotated[
    str | None,
    Parameter(
        help="Subtract this scenario's outcome in the same world, point and member. Default: nothing is subtracted."
    ),
]
BoxNumber = Annotated[
    int | None,
    Parameter(
        name="--box",
        converter=whole_number,
        help="The box of the peeling to show. Default: the best in coverage and density, simpler ones first.",
    ),
]
Out = Annotated[Path | None, Parameter(help="Folder to write. Default: discover/ in the folder of the sweep.")]


def discover(
    folder: Folder,
    /,
    *,
    where: Where = (),
    scenario: Scenario = None,
    against: Against = None,
    box: BoxNumber = None,
    out: Out = None,
    form: Format = "text",
) -> None:
    """Find the region of the inputs of a finished sweep in which an outcome comes about (PRIM, by the EMA workbench).

    Writes the boxes as a table, a picture and a JSON document.
    """
    if not where:
        raise InputError(
            "options", [Problem(None, "where", "missing; add for example --where 'tension.SRB.XKX.2030Q4 > 0.5'")]
        )
    from sim.analysis.output import replaced_words
    from sim.sweep.analysis import scenario_discovery
    from sim.sweep.analysis.loading import load_sweep
    from sim.sweep.analysis.scenario_discovery_text import discovery_answer

    sweep = load_sweep(folder)
    conditions = [scenario_discovery.condition_of(text, sweep) for text in where]
    chosen = the_scenario(sweep, scenario)
    base = None if against is None else sweep.scenario(against)
    scenario_discovery.require_workbench()
    found = scenario_discovery.discover(sweep, conditions, chosen, base, box)
    target = folder / "discover" if out is None else out
    earlier = replaced_words(target, DOCUMENT)
    write(sweep, found, target)
    if form == "json":
        sys.stdout.write(json.dumps(document(sweep, found), ensure_ascii=False, allow_nan=False) + "\n")
        return
    say(
        *discovery_answer(sweep, found),
        "",
        f"Table:   {target / 'boxes.csv'}",
        f"Picture: {target / 'box.png'}",
        *earlier,
    )


def the_scenario(sweep: "Sweep", name: str | None) -> str:
    """The scenario asked for, or the only one; InputError where that leaves a choice."""
    if name is None and len(sweep.scenarios) > 1:
        sweep.refuse(
            "scenario", f"the sweep has {len(sweep.scenarios)}; choose with --scenario {' or '.join(sweep.scenarios)}"
        )
    return sweep.scenario(sweep.scenarios[0] if name is None else name)


def write(sweep: "Sweep", found: "Discovery", target: Path) -> None:
    """Write the folder, in place of an earlier discovery; InputError if it holds anything else."""
    from sim.analysis.output import analysis_folder, write_document, write_table
    from sim.plots.scenario_discovery import PLOT

    with analysis_folder(target, DOCUMENT) as draft:
        write_table(draft / "boxes.csv", COLUMNS, rows(found))
        write_document(draft / DOCUMENT, document(sweep, found))
        PLOT.write((found, sweep), draft)


def rows(found: "Discovery") -> Iterator[tuple[Any, ...]]:
    """Rows of boxes.csv: one for each input that a box cuts, and one for a box that cuts none."""
    for one in found.boxes:
        head = (one.number, one.coverage, one.density, one.mass)
        for name, (low, high) in one.limits.items():
            yield (*head, name, low, high, one.chance.get(name))
        if not one.limits:
            yield (*head, "", None, None, None)


def document(sweep: "Sweep", found: "Discovery") -> dict[str, Any]:
    """What `discover --format json` prints."""
    from sim import __version__
    from sim.analysis.output import plain

    content = {
        "sweep": sweep.name,
        "version": __version__,
        "where": list(map(str, found.conditions)),
        "scenario": found.scenario,
        "against": found.against,
        "cases": found.cases,
        "cases_of_interest": found.met,
        "runs_left_out": found.left_out,
        "cases_are_a_sample": found.thinned,
        "box": one_box(found.box),
        "boxes": list(map(one_box, found.boxes)),
    }
    return dict(plain(content))


def one_box(one: "Box") -> dict[str, Any]:
    """A box for JSON."""
    return {**vars(one), "limits": {name: {"low": low, "high": high} for name, (low, high) in one.limits.items()}}
