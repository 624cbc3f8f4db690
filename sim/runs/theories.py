"""The rival theories, side by side: the same worlds and the same luck under each of them."""

import csv
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sim.analysis.output import FIGURES, MANIFEST, THEORIES, RunFolder, write_json
from sim.analysis.results import SUMMARY_COLUMNS, summary_rows
from sim.analysis.theories import COLUMNS, Rivals
from sim.engines.options import ALL, MEMBERS, check_options
from sim.ensembles.registry import DEFAULT_FIT
from sim.io.errors import InputError, Problem
from sim.io.progress import Progress
from sim.io.quarters import LAST
from sim.model.theories import theories
from sim.runs.run import check_target, folder_for, identity_of, manifest_of, prepared_scenarios, run
from sim.scenario.loading import Scenario


def run_theories(
    scenario: str | Path | Scenario,
    *,
    members: int = MEMBERS,
    seed: int = 1,
    until: str = LAST,
    settings: Sequence[str] = (),
    engine: str = "compiled",
    fit: str = DEFAULT_FIT,
    keep: str = "none",
    out: str | Path | None = None,
    overwrite: bool = False,
    threads: int | None = None,
    progress: Progress | None = None,
    pictures: bool = True,
    command: Sequence[str] | None = None,
) -> Rivals:
    """Run a comparison under every theory; members, draws and luck are the same in each.

    The arguments are those of `sim.run`. Single worlds are not kept: `keep` may not be "all", and any other word of
    it means the same. The folder gets summary.csv with a column `theory`, theories.csv, one picture and a manifest.

    Raises InputError for anything wrong with the input, and for a scenario that is compared to nothing.
    """
    began = time.perf_counter()
    check_options(members, seed, until, engine, fit, keep)
    worlds = prepared_scenarios(scenario, settings, None, fit)
    if keep == "all":
        _refuse("keep", "single worlds are kept of one theory at a time; leave out --keep, or name one --theory")
    if len(worlds) == 1:
        _refuse("theory", f"{worlds[0].scenario.id} is compared to nothing; choose a scenario that names a baseline")
    identity = identity_of(worlds, members, seed, until, engine, fit, ALL, "none", settings)
    identity["theories"] = {name: one.parameters for name, one in theories().items()}
    folder = None if out is None else folder_for(Path(out).resolve(), identity, overwrite)
    same = {
        "members": members, "seed": seed, "until": until, "settings": settings, "engine": engine, "fit": fit,
        "threads": threads,
    }  # fmt: skip
    try:
        runs = {
            name: run(scenario, theory=name, split=False, progress=_share(progress, number), **same)  # type: ignore[arg-type]
            for number, name in enumerate(theories())
        }
        found = Rivals(runs)
        if folder is not None:
            _write(found, folder, identity, began, command, pictures)
            check_target(folder.target, identity, overwrite)  # another run may have come in between
            folder.finish()
    finally:
        if folder is not None:
            folder.withdraw()
    return found


def _refuse(option: str, message: str) -> None:
    raise InputError("options", [Problem(None, option, message)])


def _share(progress: Progress | None, number: int) -> Progress | None:
    """Progress of one theory as a part of that of all."""
    if progress is None:
        return None
    count = len(theories())

    def part(stage: str, done: int, total: int) -> None:
        progress(stage, number * total + done, count * total)

    return part


def _write(
    found: Rivals,
    folder: RunFolder,
    identity: dict[str, Any],
    began: float,
    command: Sequence[str] | None,
    pictures: bool,
) -> None:
    write_summaries(found, folder.draft / "summary.csv")
    write_table(found, folder.draft / THEORIES)
    manifest = manifest_of(replace(found.first, theory=ALL), identity, began, command)
    if pictures:
        from sim.plots.registry import plots_of, write_plots
        from sim.report.theories import write_theories_report

        write_plots(plots_of("theories", found), found, folder.draft / FIGURES)
        write_theories_report(found, folder.draft, manifest)
    write_json({**manifest, "theories": described(found)}, folder.draft / MANIFEST)


def write_summaries(found: Rivals, file: Path) -> None:
    """Write summary.csv: that of each run below the other, the theory in the first column."""
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(("theory", *SUMMARY_COLUMNS))
        for name, one in found.runs.items():
            writer.writerows((name, *row) for row in summary_rows(one))


def write_table(found: Rivals, file: Path) -> None:
    """Write theories.csv: full precision."""
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(found.table())


def described(found: Rivals) -> dict[str, Any]:
    """What each theory means, the words it rests on, and what it fixes."""
    return {
        name: {
            "meaning": one.meaning,
            "document": one.document,
            "locator": one.locator,
            "quote": one.quote,
            "parameters": one.parameters,
            "stability": found.runs[name].stability,
        }
        for name, one in found.theories.items()
    }
