"""`armsrace regret`: the scenarios of a finished sweep as choices over its worlds."""

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from sim.cli.run import Format
from sim.cli.sensitivity import Folder, Metrics
from sim.io.errors import InputError, Problem
from sim.io.terminal import paragraph, say

if TYPE_CHECKING:
    from sim.analysis.regret import Remarks, Standings
    from sim.sweep.analysis.loading import Sweep

DOCUMENT = "regret.json"
Baseline = Annotated[
    str | None,
    Parameter(help="The scenario that the others are held against. Default: baseline, or the first of the sweep."),
]
Prefer = Annotated[
    tuple[str, ...],
    Parameter(
        name="--prefer",
        negative=(),
        show_default=False,
        help="Whether lower or higher is preferred: NAME=lower or NAME=higher, NAME an outcome or a variable; may be repeated. Default: "
        "lower tension, hazard, incidents, perceived threat, spending and burden, higher cooperation, which is a convention; other "
        "outcomes are left out.",
    ),
]
Threshold = Annotated[
    tuple[str, ...],
    Parameter(
        name="--threshold",
        negative=(),
        show_default=False,
        help="What is good enough: NAME=NUMBER; may be repeated. Default: no worse than the baseline in the same world.",
    ),
]
Weight = Annotated[
    tuple[str, ...],
    Parameter(
        name="--weight",
        negative=(),
        show_default=False,
        help="How much the regret of an outcome counts where all are taken together: NAME=NUMBER, 0 leaves it out; may be repeated. "
        "Default: 1 for each.",
    ),
]
Out = Annotated[Path | None, Parameter(help="Folder to write. Default: regret/ in the folder of the sweep.")]


def regret(
    folder: Folder,
    /,
    *,
    metrics: Metrics = (),
    baseline: Baseline = None,
    prefer: Prefer = (),
    threshold: Threshold = (),
    weight: Weight = (),
    out: Out = None,
    form: Format = "text",
) -> None:
    """Hold the scenarios of a finished sweep against each other in every world: regret, and where each fails.

    Writes the table, a table of all worlds, a picture and a JSON document.
    """
    from sim.analysis.output import replaced_words
    from sim.analysis.regret import regret_document
    from sim.sweep.analysis.loading import load_sweep
    from sim.sweep.analysis.regret_text import regret_lines

    sweep = load_sweep(folder)
    base = the_baseline(sweep, baseline)
    tables, left_out = tables_of(sweep, base, metrics, prefer, threshold, weight)
    remarks = remarks_of(sweep, tables)
    target = folder / "regret" if out is None else out
    earlier = replaced_words(target, DOCUMENT)
    content = {
        "sweep": sweep.name,
        "baseline": base,
        "worlds": tables[0].worlds,
        "without_direction": left_out,
        **regret_document(tables, remarks),
    }
    write(sweep, tables, remarks, content, target)
    if form == "json":
        from sim.analysis.output import plain

        sys.stdout.write(json.dumps(plain(content), ensure_ascii=False, allow_nan=False) + "\n")
        return
    say(
        *opening(sweep, tables, left_out),
        *regret_lines(tables, remarks),
        "",
        f"Tables:  {target / 'regret.csv'}, {target / 'worlds.parquet'}",
    )
    say(f"Picture: {target / 'regret.png'}", *earlier)


def the_baseline(sweep: "Sweep", name: str | None) -> str:
    """The scenario that the others are held against; InputError where there are no others."""
    if len(sweep.scenarios) < 2:
        sweep.refuse(
            "scenarios",
            f"the sweep has {sweep.scenarios[0]} only; regret compares scenarios: name several in the design",
        )
    if name is not None:
        return sweep.scenario(name)
    return "baseline" if "baseline" in sweep.scenarios else sweep.scenarios[0]


def tables_of(
    sweep: "Sweep",
    baseline: str,
    metrics: Sequence[str],
    prefer: Sequence[str],
    threshold: Sequence[str],
    weight: Sequence[str] = (),
) -> tuple[list["Standings"], list[str]]:
    """Standings by every outcome that has a direction, over the worlds in which every scenario has an outcome; and what has none."""
    from sim.analysis.regret import aims_of, standings

    chosen = [sweep.metric(name) for name in metrics] or list(sweep.metrics)
    outcomes = {one.name: ("" if one.is_moment else one.variable, one.unit) for one in chosen}
    aims = aims_of(outcomes, prefer, threshold, weight)
    if not aims:
        names = ", ".join(one.name for one in chosen)
        message = f"none of {names} has a direction; say which is preferred: --prefer '{chosen[0].name}=lower'"
        raise InputError("options", [Problem(None, "prefer", message)])
    values = {aim.name: sweep.worlds(aim.name) for aim in aims}
    whole = ~sum(frame.isna().any(axis=1) for frame in values.values()).astype(bool)
    if not whole.any():
        sweep.refuse("worlds", "in no world does every scenario have every outcome")
    inputs = inputs_of(sweep, whole)
    independent = len(set(whole.index[whole].get_level_values("point")))
    tables = [
        standings(
            aim,
            {name: values[aim.name][name][whole].to_numpy() for name in sweep.scenarios},
            baseline,
            inputs,
            independent,
            {name: sweep.lacking(name) & sweep.lacking(baseline) for name in sweep.scenarios},
        )
        for aim in aims
    ]
    return tables, [one.name for one in chosen if one.name not in values]


def remarks_of(sweep: "Sweep", tables: Sequence["Standings"]) -> "Remarks":
    """What the scenarios cost by their files, and whose word the directions are, as far as the variable tells."""
    from sim.analysis.regret import Remarks

    costs = {name: str(one.get("costs", "")) for name, one in sweep.sides.items() if name != tables[0].baseline}
    signs = {
        (row.choice, table.aim.name): sign_of(sweep, table.aim.name, max(row.better, row.worse))
        for table in tables
        for row in table.rows
        if row.choice != table.baseline and row.better + row.worse > 0.0
    }
    return Remarks(costs, signs)


def sign_of(sweep: "Sweep", name: str, agreeing: float) -> str:
    """Whose word the direction of a change in an outcome is, if so many worlds agree."""
    from sim.model.parameters import load_parameters
    from sim.model.sign_assumptions import AGREED, CONTESTED, assumed_signs

    metric = sweep.metric(name)
    if agreeing < AGREED:
        return "undetermined"
    if metric.variable in CONTESTED:
        return "contested"
    return "assumed" if assumed_signs(metric.variable, metric.actor, load_parameters()) else ""


def inputs_of(sweep: "Sweep", whole: Any) -> dict[str, Any]:
    """The varied inputs of every world."""
    names = [one.name for one in sweep.inputs]
    frame = sweep.runs.groupby(["point", "member"], sort=True)[names].first()[whole]
    return {name: frame[name].to_numpy() for name in names if frame[name].nunique() > 1}


def opening(sweep: "Sweep", tables: Sequence["Standings"], left_out: Sequence[str]) -> Iterator[str]:
    """What is compared."""
    from sim.sweep.analysis.sensitivity_text import sweep_words

    yield paragraph(
        f"The scenarios of the sweep {sweep.name} as choices in {tables[0].worlds:,} worlds. {sweep_words(sweep)}."
    )
    total = len(sweep.runs) // len(sweep.scenarios)
    if tables[0].worlds < total:
        yield paragraph(f"{total - tables[0].worlds:,} worlds are left out: in some scenario they have no outcome.")
    if left_out:
        yield paragraph(
            f"Without a direction, and left out: {', '.join(left_out)} (--prefer 'NAME=lower' or 'NAME=higher' takes one in)."
        )
    yield ""


def write(
    sweep: "Sweep", tables: Sequence["Standings"], remarks: "Remarks", content: dict[str, Any], target: Path
) -> None:
    """Write the folder, in place of an earlier one; InputError if it holds anything else."""
    from sim.analysis.output import analysis_folder, write_document, write_table
    from sim.analysis.regret import COLUMNS, table_rows
    from sim.plots.regret import PLOT, Choices

    footer = f"{sweep.made_by}, {tables[0].worlds:,} worlds, seed {sweep.seed}"
    lines = [f"Scenarios of the sweep {sweep.name} as choices in the same worlds", picture_note(tables)]
    with analysis_folder(target, DOCUMENT) as draft:
        write_table(draft / "regret.csv", COLUMNS, table_rows(tables, remarks))
        write_worlds(sweep, tables, draft / "worlds.parquet")
        write_document(draft / DOCUMENT, content)
        PLOT.write(Choices(tables, lines, footer), draft)


def picture_note(tables: Sequence["Standings"]) -> str:
    """Whose directions a picture takes."""
    if any(table.aim.is_convention for table in tables):
        return "Which direction is preferred is a convention, not a finding; --prefer turns it round."
    return "Which direction is preferred was given by the user; it is no finding."


def write_worlds(sweep: "Sweep", tables: Sequence["Standings"], file: Path) -> None:
    """Write where each scenario fails: a row for each world, a column for each scenario and outcome."""
    frame = sweep.worlds(tables[0].aim.name)
    for table in tables[1:]:
        frame = frame[~sweep.worlds(table.aim.name).isna().any(axis=1)]
    frame = frame[~frame.isna().any(axis=1)]
    names = [one.name for one in sweep.inputs]
    found = sweep.runs.groupby(["point", "member"], sort=True)[names].first().reindex(frame.index)
    for table in tables:
        for row in table.rows:
            found[f"fails: {row.choice}, {table.aim.name}"] = row.fails
    found.reset_index().to_parquet(file, index=False)
