"""What the analyses of a finished sweep leave behind: for each a folder with tables, pictures and a JSON document.

A folder takes the place of an earlier one of its kind; InputError if it holds anything else. Each writer returns lines that
say where what is, and that something was replaced.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from sim.analysis.output import PICTURES, analysis_folder, file_names, replaced_words, write_document, write_table
from sim.analysis.regret import COLUMNS as REGRET
from sim.analysis.regret import Standings, table_rows
from sim.plots import regret as regret_picture
from sim.plots import scenario_discovery, sensitivity
from sim.sweep.analysis.loading import Sweep
from sim.sweep.analysis.regret import SweepRegret
from sim.sweep.analysis.scenario_discovery import Discovery
from sim.sweep.analysis.sensitivity import Sensitivity
from sim.sweep.analysis.sensitivity_study import SensitivityStudy

MEASURES = ("metric", "scenario", "against", "method", "measure", "by", "name", "group_value", "value", "low", "high")
SWINGS = ("metric", "scenario", "against", "input", "lowest_fifth", "middle_fifth", "highest_fifth", "mean")
BOXES = ("box", "coverage", "density", "mass", "input", "low", "high", "by_chance")
Rows = Iterator[tuple[Any, ...]]


# ---- sensitivity -----------------------------------------------------------------------------------------------------


def write_sensitivity(study: SensitivityStudy, out: Path) -> list[str]:
    """Write sensitivity.csv, swings.csv, sensitivity.json, and a tornado for each of the first outcomes."""
    document = "sensitivity.json"
    replaced = replaced_words(out, document)
    names = file_names(f"tornado {analysis.outcome}" for analysis in study.outcomes[:PICTURES])
    with analysis_folder(out, document, "sensitivity.csv", "swings.csv", "tornado-*.png", "tornado-*.svg") as draft:
        write_table(
            draft / "sensitivity.csv", MEASURES, (row for analysis in study.outcomes for row in _measures(analysis))
        )
        write_table(draft / "swings.csv", SWINGS, (row for analysis in study.outcomes for row in _swings(analysis)))
        write_document(draft / document, study.document())
        for name, analysis in zip(names, study.outcomes, strict=False):
            sensitivity.PLOT.write((analysis, study.sweep), draft, name)
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    tables = f"Tables:   {out / 'sensitivity.csv'}, {out / 'swings.csv'}"
    return [tables, f"Pictures: {out / names[0]}.png{more}", *replaced]


def _measures(analysis: Sensitivity) -> Rows:
    for row in analysis.rows:
        ends = (row.value, row.value - row.half, row.value + row.half)
        yield (
            analysis.metric,
            analysis.scenario,
            analysis.against,
            row.method,
            row.measure,
            row.by,
            row.name,
            row.how,
            *ends,
        )


def _swings(analysis: Sensitivity) -> Rows:
    for swing in analysis.swings:
        yield (
            analysis.metric,
            analysis.scenario,
            analysis.against,
            swing.name,
            swing.low,
            swing.middle,
            swing.high,
            analysis.mean,
        )


# ---- discovery -------------------------------------------------------------------------------------------------------


def write_discovery(sweep: Sweep, discovery: Discovery, out: Path) -> list[str]:
    """Write boxes.csv, box.png and discover.json."""
    document = "discover.json"
    replaced = replaced_words(out, document)
    with analysis_folder(out, document, "boxes.csv", "box.png", "box.svg") as draft:
        write_table(draft / "boxes.csv", BOXES, _boxes(discovery))
        write_document(draft / document, discovery.document(sweep.name))
        scenario_discovery.PLOT.write((discovery, sweep), draft)
    return [f"Table:   {out / 'boxes.csv'}", f"Picture: {out / 'box.png'}", *replaced]


def _boxes(discovery: Discovery) -> Rows:
    """A row for each input that a box cuts, and one for a box that cuts none."""
    for box in discovery.boxes:
        head = (box.number, box.coverage, box.density, box.mass)
        for name, (low, high) in box.limits.items():
            yield (*head, name, low, high, box.chance.get(name))
        if not box.limits:
            yield (*head, "", None, None, None)


# ---- regret ----------------------------------------------------------------------------------------------------------


def write_regret(regret: SweepRegret, out: Path) -> list[str]:
    """Write regret.csv, worlds.parquet, regret.png and regret.json."""
    document = "regret.json"
    replaced = replaced_words(out, document)
    sweep, tables = regret.sweep, regret.tables
    footer = f"{sweep.made_by}, {regret.worlds:,} simulations, seed {sweep.seed}"
    lines = [f"Scenarios of the sweep {sweep.name} as choices in the same simulations", _whose_directions(tables)]
    with analysis_folder(out, document, "regret.csv", "worlds.parquet", "regret.png", "regret.svg") as draft:
        write_table(draft / "regret.csv", REGRET, table_rows(tables, regret.remarks))
        with (draft / "worlds.parquet").open("wb") as sink:
            _failures(sweep, tables).to_parquet(sink, index=False)
        write_document(draft / document, regret.document())
        regret_picture.PLOT.write(regret_picture.Choices(tables, lines, footer), draft)
    return [
        f"Tables:  {out / 'regret.csv'}, {out / 'worlds.parquet'}",
        f"Picture: {out / 'regret.png'}",
        *replaced,
    ]


def _whose_directions(tables: Sequence[Standings]) -> str:
    if any(table.aim.is_convention for table in tables):
        return "Which direction is preferred is a convention, not a finding; --prefer turns it round."
    return "Which direction is preferred was given by the user; it is no finding."


def _failures(sweep: Sweep, tables: Sequence[Standings]) -> Any:
    """Where each scenario fails, as a pandas frame: a row for each simulation, a column for each scenario and outcome."""
    frame = sweep.worlds(tables[0].aim.name)
    for table in tables[1:]:
        frame = frame[~sweep.worlds(table.aim.name).isna().any(axis=1)]
    frame = frame[~frame.isna().any(axis=1)]
    worlds = sweep.inputs_by_world().reindex(frame.index)
    for table in tables:
        for row in table.rows:
            worlds[f"fails: {row.choice}, {table.aim.name}"] = row.fails
    return worlds.reset_index()
