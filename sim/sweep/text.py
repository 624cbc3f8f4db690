"""What `armsrace sweep` says: of a trial, and of a finished sweep."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from sim.io.errors import shown_path
from sim.io.terminal import paragraph
from sim.sweep.cost import Trial
from sim.sweep.design import Design
from sim.sweep.run import Finished

MEGABYTE = 1e6


def trial_document(design: Design, trial: Trial) -> dict[str, Any]:
    """What `sweep --dry-run --format json` prints."""
    return {
        "points": design.points,
        "members": design.content.members,
        "scenarios": len(design.sides),
        "runs": trial.runs,
        "seconds": round(trial.seconds, 1),
        "bytes": trial.size,
        "columns": trial.columns,
    }


def trial_lines(design: Design, trial: Trial, limit: int) -> Iterator[str]:
    """How many runs, how long, how large."""
    sizes = f"{design.points:,} points x {design.content.members:,} members x {len(design.sides)} scenarios"
    yield f"{sizes} = {trial.runs:,} runs"
    yield f"about {duration(trial.seconds)} on this machine, from a trial of a few of them"
    yield f"a table of about {shown_size(trial.size)}: {trial.runs:,} rows, {trial.columns} columns"
    if trial.runs > limit:
        yield f"This is above the limit of {limit:,}; --limit {trial.runs} runs it."


def finished_document(finished: Finished, out: Path) -> dict[str, Any]:
    """What `sweep --format json` prints."""
    table = out / finished.table.name
    return {
        "out": str(out),
        "table": str(table),
        "rows": finished.runs,
        "failed": finished.failed,
        "resumed": finished.resumed,
    }


def finished_lines(finished: Finished, out: Path, beside: Iterable[Path]) -> Iterator[str]:
    """Where the table and the files beside it are, and what failed."""
    table = shown_path(out / finished.table.name)
    yield f"{table}: {finished.runs:,} rows, {shown_size(finished.table.stat().st_size)}"
    if finished.resumed:
        yield f"{finished.resumed:,} of them were there already."
    if finished.failed:
        yield paragraph(
            f'{finished.failed:,} runs failed; they are rows with the status "failed" and the reason. '
            "After a remedy: the same command with another folder, by --out"
        )
    for file in beside:
        yield f"{shown_path(file)}: {shown_size(file.stat().st_size)}"
    yield from ("Next:", f"  python -c \"import pandas; print(pandas.read_parquet('{table}'))\"")


def part_lines(finished: Finished, part: str) -> Iterator[str]:
    """What became of a part."""
    there = f", {finished.resumed:,} of them there already" if finished.resumed else ""
    yield f"Part {part} in {shown_path(finished.folder)}: {finished.runs:,} rows{there}."
    yield "When all parts are done, the same command without --part puts them together."


def duration(seconds: float) -> str:
    """A time as a reader says it.

    >>> duration(0.2), duration(75.0), duration(7300.0)
    ('1 s', '75 s', '2 h 2 min')
    """
    if seconds < 120:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"


def shown_size(size: int) -> str:
    """A size in bytes as a reader says it.

    >>> shown_size(36842), shown_size(272_000_000)
    ('37 kB', '272.0 MB')
    """
    return f"{size / MEGABYTE:,.1f} MB" if size >= MEGABYTE else f"{size / 1e3:,.0f} kB"
