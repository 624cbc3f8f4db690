"""What `armsrace sweep` says of a finished sweep."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from sim.io.errors import shown_path
from sim.io.terminal import paragraph
from sim.sweep.cost import shown_size
from sim.sweep.run import Finished


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
            "After a remedy: the same command with --rerun-failed"
        )
    for name in finished.empty_metrics():
        yield f"metric {name}: no number in 100 % of runs"
    for file in beside:
        yield f"{shown_path(file)}: {shown_size(file.stat().st_size)}"
    yield from ("Next:", f"  python -c \"import pandas; print(pandas.read_parquet('{table}'))\"")


def part_lines(finished: Finished, part: str) -> Iterator[str]:
    """What became of a part."""
    there = f", {finished.resumed:,} of them there already" if finished.resumed else ""
    yield f"Part {part} in {shown_path(finished.folder)}: {finished.runs:,} rows{there}."
    yield "When all parts are done, the same command without --part puts them together."
