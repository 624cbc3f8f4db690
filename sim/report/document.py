"""A report as plain data: what report.json holds, and what every form of a report is made from.

The names of the classes' fields are those of the JSON; `kind` says what a part, or a row of a table, is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from sim.io.errors import FORMAT_VERSION, InputError, Problem, format_fault
from sim.io.files import read_json
from sim.io.templates import Block, blocks

if TYPE_CHECKING:
    from pydantic import TypeAdapter

REPORT_MAX = 5_000_000  # bytes; those of runs have a fifth of a million
LEVELS = 6  # of headings


@dataclass(frozen=True)
class Cell:
    """A cell of a table.

    text   : its words
    small  : a second line
    svg    : a picture in place of words; `text` is then blank
    """

    text: str = ""
    small: str = ""
    svg: str = ""


@dataclass(frozen=True)
class Band:
    """A line across a table, above the rows that it names."""

    text: str
    small: str = ""
    kind: Literal["band"] = "band"


@dataclass(frozen=True)
class TableRow:
    """A row of a table. Its first cell names it.

    anchor : what links lead to
    note   : words below the row, across the table; `is_marked` sets both off
    links  : words after the note that lead to a row of another table: (words, anchor)
    """

    cells: tuple[Cell, ...]
    note: str = ""
    links: tuple[tuple[str, str], ...] = ()
    anchor: str = ""
    is_marked: bool = False
    kind: Literal["row"] = "row"


def plain_row(*texts: str) -> TableRow:
    """A row of plain words."""
    return TableRow(tuple(Cell(text) for text in texts))


@dataclass(frozen=True)
class Table:
    """A table.

    numbers  : places of the columns that hold numbers
    pictures : places of the columns that hold pictures; they are left out where pictures cannot be shown
    file     : the CSV file beside the report that holds the same numbers in full, which a spreadsheet takes in its place
    """

    caption: str
    header: tuple[str, ...]
    rows: tuple[Annotated[TableRow | Band, Field(discriminator="kind")], ...]
    numbers: tuple[int, ...] = ()
    pictures: tuple[int, ...] = ()
    file: str = ""
    kind: Literal["table"] = "table"


@dataclass(frozen=True)
class Text:
    """A paragraph; `terms` are set off where they first stand, since it explains them."""

    text: str
    terms: tuple[str, ...] = ()
    is_warning: bool = False
    kind: Literal["text"] = "text"


@dataclass(frozen=True)
class BulletList:
    """A list of sentences."""

    points: tuple[str, ...]
    kind: Literal["list"] = "list"


@dataclass(frozen=True)
class Picture:
    """A picture of its own, with its title."""

    title: str
    svg: str
    kind: Literal["picture"] = "picture"


@dataclass(frozen=True)
class Image:
    """A picture in an SVG file, with its title and what it shows in words, for who cannot see it.

    file : its name among the figures, which stand beside the report
    """

    title: str
    words: str
    file: str
    kind: Literal["image"] = "image"


@dataclass(frozen=True)
class CodeBlock:
    """A text to be shown letter by letter, which a reader may open and close; on paper it is open, or left out."""

    title: str
    text: str
    language: str = ""
    is_printed: bool = True
    kind: Literal["code"] = "code"


@dataclass(frozen=True)
class Fold:
    """A table that a reader may open and close; on paper it is open, or left out."""

    title: str
    table: Table
    is_printed: bool = True
    kind: Literal["fold"] = "fold"


PagePart = Text | BulletList | Table | Picture | Image | CodeBlock | Fold


@dataclass(frozen=True)
class Section:
    """A section with its heading; `level` 3 is one inside the section before it."""

    anchor: str
    title: str
    parts: tuple[Annotated[PagePart, Field(discriminator="kind")], ...]
    level: Annotated[int, Field(ge=1, le=LEVELS)] = 2


@dataclass(frozen=True)
class Report:
    """A whole report."""

    title: str
    sections: tuple[Section, ...]
    format_version: int = FORMAT_VERSION


def for_paper(report: Report) -> Report:
    """The report as it is handed in: without what is there for programs, and without sections that hold nothing else."""
    sections = []
    for section in report.sections:
        kept = tuple(part for part in section.parts if not isinstance(part, CodeBlock | Fold) or part.is_printed)
        if len(kept) == len(section.parts) or any(not isinstance(part, Text) for part in kept):
            sections.append(replace(section, parts=kept))
    return replace(report, sections=tuple(sections))


# ---- report.json -----------------------------------------------------------------------------------------------------


@cache
def _report_type() -> "TypeAdapter[Report]":
    from pydantic import TypeAdapter

    return TypeAdapter(Report)


def report_to_json(report: Report) -> Any:
    """The content of report.json."""
    return _report_type().dump_python(report, mode="json")


def read_report(file: Path) -> Report:
    """The report of a run from its report.json; InputError for a file that is none."""
    fault = "is not the report of a run by this version; run the scenario again"
    try:
        content = read_json(file, REPORT_MAX)
        if version_fault := format_fault(content["format_version"]):
            raise InputError(file, [Problem(None, "format_version", version_fault)])
        report: Report = _report_type().validate_json(file.read_bytes(), strict=True)
    except InputError:
        raise
    except (ValueError, KeyError, TypeError, RecursionError):
        raise InputError(file, [Problem(None, "", fault)]) from None
    for table in _tables(report):
        if any(isinstance(row, TableRow) and len(row.cells) != len(table.header) for row in table.rows):
            raise InputError(file, [Problem(None, "", fault)])
    return report


def _tables(report: Report) -> Iterator[Table]:
    for section in report.sections:
        for part in section.parts:
            if isinstance(part, Table | Fold):
                yield part.table if isinstance(part, Fold) else part


# ---- sections from templates -----------------------------------------------------------------------------------------


def sections_of(name: str, /, **values: Any) -> tuple[Section, ...]:
    """The sections of a template, those that hold anything; `table`, `image` and `code` in it make parts."""
    sections: list[tuple[str, str, list[Any]]] = []
    last = ""
    for block in blocks(name, table=_table, code=CodeBlock, **values):
        mark = block.mark if isinstance(block, Block) else ""
        if mark == "##":
            anchor, _, title = block.text.partition(": ")
            sections.append((anchor, title, []))
        elif not isinstance(block, Block):
            sections[-1][2].append(block)
        elif mark == last == "-":
            sections[-1][2][-1] = BulletList((*sections[-1][2][-1].points, block.text))
        elif block.text:
            is_point = mark == "-"
            part = BulletList((block.text,)) if is_point else Text(block.text, block.terms, is_warning=mark == "!")
            sections[-1][2].append(part)
        last = mark if isinstance(block, Block) else ""
    return tuple(Section(anchor, title, tuple(parts)) for anchor, title, parts in sections if parts)


def _table(
    caption: str, header: Sequence[str], rows: Sequence[TableRow | Band | Sequence[str]], numbers: Sequence[int] = (),
    file: str = "",
) -> Table:  # fmt: skip
    """A table of rows, or of their texts."""
    made = tuple(each if isinstance(each, TableRow | Band) else plain_row(*each) for each in rows)
    return Table(caption, tuple(header), made, tuple(numbers), file=file)
