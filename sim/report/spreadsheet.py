"""The report of a run as a spreadsheet: a sheet of all words, and one for each table."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sim.io.errors import InputError, Problem
from sim.report.document import Band, Fold, Image, Listing, Points, Section, Table, Text

CELL_LIMIT = 32_767  # letters that a cell can hold
SHEET_NAME = 31  # letters of the name of a sheet


def write_spreadsheet(title: str, sections: tuple[Section, ...], target: Path) -> None:
    """Write a report; InputError where the library is not installed."""
    try:
        from openpyxl import Workbook  # type: ignore[import-untyped, unused-ignore]
    except ImportError:
        message = 'needs the library openpyxl; install it with: pip install "balkan-armsrace[excel]"'
        raise InputError("options", [Problem(None, "format", message)]) from None
    book = Workbook()
    words = book.active
    words.title = "Report"
    words.append([_safe(title)])
    for row in _word_rows(sections):
        words.append(row)
    words.column_dimensions["A"].width, words.column_dimensions["B"].width = 26, 120
    for number, table in enumerate(_tables(sections), 1):
        _fill(book.create_sheet(_sheet_name(number, table.caption)), table)
    book.save(target)


def _tables(sections: tuple[Section, ...]) -> list[Table]:
    parts = [part for section in sections for part in section.parts]
    return [part.table if isinstance(part, Fold) else part for part in parts if isinstance(part, Fold | Table)]


def _word_rows(sections: tuple[Section, ...]) -> Iterator[list[str]]:
    """Every sentence beside the title of its section."""
    for section in sections:
        for part in section.parts:
            match part:
                case Text() | Listing():
                    texts = [part.text]
                case Points():
                    texts = list(part.points)
                case Image():
                    texts = [f"Picture {part.file.name}: {part.words}"]
                case _:
                    texts = []
            yield from ([_safe(section.title), _safe(text)] for text in texts)


def _fill(sheet: Any, table: Table) -> None:
    """A table: its caption, its header, its rows."""
    from openpyxl.utils import get_column_letter  # type: ignore[import-untyped, unused-ignore]

    sheet.append([_safe(table.caption)])
    sheet.append([_safe(name) for name in table.header])
    for row in table.rows:
        if isinstance(row, Band):
            sheet.append([_safe(row.text)])
        else:
            sheet.append([_value(cell.text, cell.small) for cell in row.cells])
    for place in range(len(table.header)):
        sheet.column_dimensions[get_column_letter(place + 1)].width = 44 if place == 0 else 26


def _value(text: str, small: str) -> str | float:
    """A cell: a number where it is one and nothing else, so that it can be computed with."""
    if small:
        return _safe(f"{text} ({small})")
    try:
        number = float(text.replace(",", ""))
    except ValueError:
        return _safe(text)
    return number if math.isfinite(number) else _safe(text)


def _safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    cut = "".join(mark for mark in text if mark.isprintable() or mark in "\n\t")[: CELL_LIMIT - 1]
    is_formula = cut[:1] in ("=", "@") or (cut[:1] in ("+", "-") and not cut[1:2].isdigit() and cut[1:2] != ".")
    return f"'{cut}" if is_formula else cut


def _sheet_name(number: int, caption: str) -> str:
    clean = "".join(mark for mark in caption if mark.isprintable() and mark not in "[]:*?/\\'")
    return f"{number} {clean}"[:SHEET_NAME].strip()
