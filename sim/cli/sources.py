"""Where numbers come from: `figures` and `trace`."""

import csv
import json
import sys
from typing import Annotated, Any, Literal

from cyclopts import Parameter

from sim.io.errors import InputError, Problem, suggestion
from sim.io.terminal import entry, say

TableName = Annotated[
    str | None, Parameter(name="TABLE", show_default=False, help="Name of a table. Default: list the tables.")
]
TableFormat = Annotated[
    Literal["text", "json", "csv"],
    Parameter(name="--format", help="A table for a reader, or all columns as JSON or CSV for a program."),
]
Format = Annotated[
    Literal["text", "json"], Parameter(name="--format", help="Words for a reader, or one JSON document for a program.")
]
Name = Annotated[
    str,
    Parameter(
        help="A parameter (reaction.SRB), a figure (004-T1-XKX-2023), an outside number (milex-SRB-2023), an event (skydagger-order), "
        "a variable (tension), or a document (002)."
    ),
]


def figures(table: TableName = None, /, *, form: TableFormat = "text") -> None:
    """Print the figures of the source documents as tables. Conflicts and errors are marked, never repaired."""
    from sim.report.source_tables import holdings, source_table

    if table is None:
        _list_tables(form, holdings())
        return
    if table not in holdings():
        raise InputError(
            "figures", [Problem(None, "TABLE", f'there is no table "{table}"{suggestion(table, holdings())}')]
        )
    found = source_table(table)
    if form == "text":
        say(*found.lines())
    elif form == "json":
        _print_json({"table": found.name, "title": found.title, "notes": list(found.notes), "rows": found.plain()})
    else:
        _print_csv(found.records)


def _list_tables(form: str, tables: dict[str, str]) -> None:
    if form == "json":
        _print_json({"tables": [{"name": name, "holds": text} for name, text in tables.items()]})
    elif form == "csv":
        _print_csv([{"name": name, "holds": text} for name, text in tables.items()])
    else:
        say("Tables of the source figures", *(entry(name, text) for name, text in tables.items()))
        say("Next: armsrace figures exports, armsrace trace 004-T1-XKX-2023")


def trace(name: Name, /, *, form: Format = "text") -> None:
    """Say where a number comes from: value, unit, range, status, source, place, and what uses it."""
    from sim.report.trace import traced

    found = traced(name)
    if form == "json":
        _print_json(found.plain())
    else:
        say(*found.lines())


def _print_json(content: Any) -> None:
    sys.stdout.write(json.dumps(content, ensure_ascii=False, allow_nan=False, indent=1) + "\n")


def _print_csv(records: Any) -> None:
    rows = list(records)
    writer = csv.DictWriter(sys.stdout, list(rows[0]) if rows else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
