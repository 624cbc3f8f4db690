"""The rival theories, side by side: the same members and the same luck under each of them."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Unpack

from sim.analysis.output import (
    FIGURES,
    PICTURE_CHOICES,
    THEORIES,
    formats_of,
    write_cells,
    write_manifest,
    write_table,
)
from sim.analysis.results import SUMMARY_COLUMNS, summary_rows
from sim.analysis.theories import COLUMNS, Rivals
from sim.engines.options import ALL, RunFields, RunOptions, run_options
from sim.engines.simulate import prepared_scenarios
from sim.io.errors import InputError, Problem
from sim.io.progress import Progress
from sim.model.theories import theories
from sim.runs.identity import held_scenarios, identity_of_run, manifest_of
from sim.runs.output import labels
from sim.runs.run import run
from sim.runs.target import run_folder
from sim.scenario.loading import Scenario


def run_theories(
    scenario: str | Path | Scenario,
    options: RunOptions | None = None,
    *,
    out: str | Path | None = None,
    overwrite: bool = False,
    pictures: str = PICTURE_CHOICES[0],
    listener: Callable[[Rivals], None] | None = None,
    progress: Progress | None = None,
    command: Sequence[str] | None = None,
    **fields: Unpack[RunFields],
) -> Rivals:
    """Run a comparison under every theory; members, draws and luck are the same in each.

    The arguments are those of `sim.run`. Trajectories are not kept: `trajectories` may only be "none". The folder gets
    summary.csv with a column `theory`, theories.csv, one picture and a manifest.

    Raises InputError for anything wrong with the input, and for a scenario that is compared to nothing.
    """
    began = time.perf_counter()
    chosen = run_options(options, fields)
    formats = formats_of(pictures)
    pair = prepared_scenarios(scenario, chosen.settings, None, chosen.ensemble)
    if chosen.trajectories != "none":
        _refuse(
            "trajectories",
            "single simulations are kept of one theory at a time; leave out --trajectories, or name one --theory",
        )
    if len(pair) == 1:
        _refuse("theory", f"{pair[0].scenario.id} is compared to nothing; choose a scenario that names a baseline")
    fixed = {name: one.parameters for name, one in theories().items()}
    identity = identity_of_run(pair, chosen, theory=ALL, theories=fixed)
    with run_folder(out, identity, overwrite) as folder:
        rivals = Rivals({
            name: run(scenario, replace(chosen, theory=name), split=False, progress=part_of(progress, number, len(theories())))
            for number, name in enumerate(theories())
        })  # fmt: skip
        if listener is not None:
            listener(rivals)
        if folder is not None:
            held = held_scenarios(rivals.first.scenario, rivals.first.baseline)
            _write(rivals, folder.draft, manifest_of(identity, began, command, pictures=pictures, **held), formats)
    return rivals


def _refuse(option: str, message: str) -> None:
    raise InputError("options", [Problem(None, option, message)])


def part_of(progress: Progress | None, number: int, count: int) -> Progress | None:
    """Progress of one of several equal parts of a work as a part of that of all."""
    if progress is None:
        return None

    def part(stage: str, done: int, total: int) -> None:
        progress(stage, number * total + done, count * total)

    return part


def _write(rivals: Rivals, draft: Path, manifest: dict[str, Any], formats: Sequence[str]) -> None:
    write_summaries(rivals, draft / "summary.csv")
    write_table(draft / THEORIES, COLUMNS, rivals.table())
    if formats:
        from sim.plots.registry import plots_of, write_plots
        from sim.report.theories import write_theories_report

        write_plots(plots_of("theories", rivals), rivals, draft / FIGURES, formats)
        write_theories_report(rivals, draft, manifest)
    write_manifest({**manifest, "theories": described(rivals)}, draft)


def write_summaries(rivals: Rivals, file: Path) -> None:
    """Write summary.csv: that of each run below the other, the theory in the first column."""
    rows = ((name, *row) for name, run in rivals.runs.items() for row in summary_rows(run))
    write_cells(file, ("theory", *SUMMARY_COLUMNS), rows)


def described(rivals: Rivals) -> dict[str, Any]:
    """What each theory means, the words it rests on, and what it fixes."""
    return {
        name: {
            "meaning": theory.meaning,
            "document": theory.document,
            "locator": theory.locator,
            "quote": theory.quote,
            "parameters": theory.parameters,
            "stability": rivals.runs[name].stability,
        }
        for name, theory in rivals.theories.items()
    }


def document(rivals: Rivals, folder: Path) -> dict[str, Any]:
    """What `run --theory all --format json` prints."""
    descriptions = described(rivals)
    return {
        "scenario": rivals.first.scenario.id,
        **labels(rivals.first),
        "theory": ALL,
        "theories": {name: {**descriptions[name], "contrasts": list(run.rows())} for name, run in rivals.runs.items()},
        "comparison": [dict(zip(COLUMNS, row, strict=True)) for row in rivals.table()],
        "out": str(folder),
    }
