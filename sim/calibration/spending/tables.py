"""The tables of spending's years as files."""

import csv
from collections.abc import Iterable
from pathlib import Path

from sim.io.csv_reader import CsvRow
from sim.io.writing import written_whole


def write_rows(file: Path, rows: Iterable[CsvRow]) -> Path:
    """Write the rows of one model as a table, in the order of its columns; a blank is what is not known."""
    found = tuple(rows)
    with written_whole(file) as draft, draft.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        columns = type(found[0]).columns()
        writer.writerow(columns)
        writer.writerows(
            ["" if getattr(row, name) is None else getattr(row, name) for name in columns] for row in found
        )
    return file
