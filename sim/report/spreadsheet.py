"""A report as a spreadsheet: a sheet of all words, and one for each table. It needs openpyxl, which an extra brings."""

import io
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sim.io.errors import InputError, Problem
from sim.io.formatting import MINUS, no_formula
from sim.report.document import Band, BulletList, CodeBlock, Fold, Image, PagePart, Report, Table, Text

CELL_LIMIT = 32_767  # letters that a cell of a spreadsheet can hold
SHEET_NAME = 31  # letters of the name of a sheet
FIRST, OTHERS, SECTION, WORDS = 44, 26, 26, 120  # widths of columns


def write_spreadsheet(report: Report, target: Path) -> None:
    """Write the file; InputError where openpyxl is missing."""
    try:
        from openpyxl import Workbook  # type: ignore[import-untyped, unused-ignore]
    except ImportError:
        message = 'needs the library openpyxl; install it with: pip install "balkan-armsrace[excel]"'
        raise InputError("options", [Problem(None, "format", message)]) from None
    book = Workbook()
    words = book.active
    words.title = "Report"
    words.append([_safe(report.title)])
    parts = [(section.title, part) for section in report.sections for part in section.parts]
    for title, part in parts:
        for text in _texts(part):
            words.append([_safe(title), _safe(text)])
    words.column_dimensions["A"].width, words.column_dimensions["B"].width = SECTION, WORDS
    tables = [part.table if isinstance(part, Fold) else part for _, part in parts if isinstance(part, Fold | Table)]
    for number, table in enumerate(tables, 1):
        _fill(book.create_sheet(_sheet_name(number, table.caption)), table)
    content = io.BytesIO()
    book.save(content)
    target.write_bytes(content.getvalue())


def _texts(part: PagePart) -> Iterator[str]:
    """The sentences of a part."""
    match part:
        case Text() | CodeBlock():
            yield part.text
        case BulletList():
            yield from part.points
        case Image():
            yield f"Picture {part.file}: {part.words}"


def _fill(sheet: Any, table: Table) -> None:
    """A table: its caption, its header, its rows."""
    from openpyxl.utils import get_column_letter  # type: ignore[import-untyped, unused-ignore]

    sheet.append([_safe(table.caption)])
    sheet.append([_safe(name) for name in table.header])
    for row in table.rows:
        sheet.append(
            [_safe(row.text)] if isinstance(row, Band) else [_value(cell.text, cell.small) for cell in row.cells]
        )
    for place in range(1, len(table.header) + 1):
        sheet.column_dimensions[get_column_letter(place)].width = FIRST if place == 1 else OTHERS


def _value(text: str, small: str) -> str | float:
    """A cell: a number where it is one and nothing else, so that it can be computed with."""
    if small:
        return _safe(f"{text} ({small})")
    try:
        number = float(text.replace(",", "").replace(MINUS, "-"))
    except ValueError:
        return _safe(text)
    return number if math.isfinite(number) else _safe(text)


def _safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    cut = "".join(mark for mark in text if mark.isprintable() or mark in "\n\t")[: CELL_LIMIT - 1]
    return no_formula(cut)


def _sheet_name(number: int, caption: str) -> str:
    clean = "".join(mark for mark in caption if mark.isprintable() and mark not in "[]:*?/\\'")
    return f"{number} {clean}"[:SHEET_NAME].strip()
