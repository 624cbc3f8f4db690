"""`armsrace figures`: the figures of the source documents."""

import csv
import sys
from collections.abc import Callable, Iterable
from typing import Annotated, Any, Literal

from sim.cli.options import option
from sim.io.errors import refusal, suggestion
from sim.io.terminal import emit, entry

TableName = Annotated[
    str | None, option("Name of a table. Default: list the tables.", name="TABLE", show_default=False)
]
TableFormat = Annotated[
    Literal["text", "json", "csv"],
    option("A table for a reader, or all columns as JSON or CSV for a program.", name="--format"),
]


def figures(table: TableName = None, /, *, form: TableFormat = "text") -> None:
    """Print the figures of the source documents as tables.

    Conflicts and errors are marked, never repaired.
    """
    from sim.io.assets import data_file
    from sim.report.source_tables import holdings, source_table

    data_file("seeds", "figures.csv")  # of the documents, which a region need not have

    if table is None:
        names = [{"name": name, "holds": text} for name, text in holdings().items()]
        _print(form, names, lambda: {"tables": names}, lambda: _list_lines(names))
        return
    if table not in holdings():
        hint = suggestion(table, holdings())
        raise refusal("figures", f'there is no table "{table}"{hint}', "TABLE")
    chosen = source_table(table)
    head = {"table": chosen.name, "title": chosen.title, "notes": list(chosen.notes)}
    _print(form, chosen.records, lambda: {**head, "rows": chosen.plain()}, chosen.lines)


def _list_lines(names: list[dict[str, str]]) -> list[str]:
    lines = [entry(row["name"], row["holds"]) for row in names]
    return ["Tables of the source figures", *lines, "Next: armsrace figures exports, armsrace trace 004-T1-XKX-2023"]


def _print(form: str, records: Iterable[Any], document: Callable[[], Any], lines: Callable[[], Iterable[str]]) -> None:
    """Print a table in one of its forms."""
    if form != "csv":
        emit(form, document, lines, indent=1)
        return
    rows = list(records)
    writer = csv.DictWriter(sys.stdout, list(rows[0]) if rows else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
