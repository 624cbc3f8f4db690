"""A report as a spreadsheet that computes: its words on one sheet, a sheet for each table with numbers as numbers, and the series that
are told first over time, with charts of the spreadsheet's own."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from sim.analysis.output import FINDINGS, sealed
from sim.io.formatting import MINUS, no_formula
from sim.report.document import Band, BulletList, Cell, Fold, Image, PagePart, Report, Table, TableRow, Text

CELL_LIMIT = 32_767  # letters that a cell of a spreadsheet can hold
SHEET_NAME = 31  # letters of the name of a sheet
SECTION, WORDS, WIDEST = 26, 120, 44  # widths of columns
CHARTS = 6  # series that are drawn
LARGE = 1_000.0  # from where on no decimals are shown; the cells hold all of them
SMALL = "under "  # before what is too small for the digits of its table
NUMBER = r"[+-]?[\d,]*\.?\d+"
SPLIT = re.compile(
    rf"(?:(?P<median>(?:{SMALL})?{NUMBER})(?P<unit>[^()]*) \()?(?P<low>{NUMBER}) to (?P<high>{NUMBER})\)?"
)
SINGLE = re.compile(rf"({NUMBER})( %)?")
Row = Sequence[Any]
Key = tuple[str, str, str]  # of a series: variable, actor, counterpart


def write_spreadsheet(report: Report, folder: Path, target: Path) -> None:
    """Write the file.

    folder : of the run, whose tables in full stand beside the report
    """
    from openpyxl import Workbook
    from openpyxl.styles import Alignment

    book = Workbook()
    words = book.active
    words.title = "Report"
    words.append([_text(report.title)])
    parts = [(section.title, part) for section in report.sections for part in section.parts]
    for title, part in parts:
        for text in _texts(part):
            words.append([_text(title), _text(text)])
    for (cell,) in words.iter_rows(min_row=2, min_col=2, max_col=2):
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    words.column_dimensions["A"].width, words.column_dimensions["B"].width = SECTION, WORDS
    tables = [part.table if isinstance(part, Fold) else part for _, part in parts if isinstance(part, Fold | Table)]
    once = {table.file or table.caption: table for table in reversed(tables)}  # of those with one file the first
    for number, table in enumerate(reversed(once.values()), 1):
        header, rows = _numeric(folder / table.file) if _is_beside(folder, table.file) else _split(table)
        _fill(book.create_sheet(_sheet_name(f"{number} {table.caption}")), header, rows)
    _add_series(book, folder)
    content = io.BytesIO()
    book.save(content)
    target.write_bytes(sealed(content.getvalue(), "xlsx"))


def _is_beside(folder: Path, file: str) -> bool:
    return bool(file) and Path(file).name == file and (folder / file).is_file()


def _texts(part: PagePart) -> Iterator[str]:
    """The sentences of a part."""
    match part:
        case Text():
            yield part.text
        case BulletList():
            yield from part.points
        case Image():
            yield f"Picture {part.file}: {part.words}"


# ---- tables ----------------------------------------------------------------------------------------------------------


def _fill(sheet: Any, header: Row, rows: Iterable[Row]) -> None:
    """A table: its header, which stays in sight, and its rows."""
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    for row in (header, *rows):
        sheet.append([_text(cell.replace(MINUS, "-")) if isinstance(cell, str) else cell for cell in row])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for line in sheet.iter_rows(min_row=2):
        for cell in line:
            if isinstance(cell.value, float):
                cell.number_format = "0.000" if abs(cell.value) < LARGE else "#,##0"
    sheet.freeze_panes = "B2"
    for place, column in enumerate(sheet.columns, 1):
        longest = max((len(str(cell.value)) for cell in column if isinstance(cell.value, str)), default=0)
        sheet.column_dimensions[get_column_letter(place)].width = max(10, min(WIDEST, longest + 2))


def _numeric(file: Path) -> tuple[list[str], list[list[Any]]]:
    """A CSV file with its numbers as numbers."""
    with file.open(encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream)
    return header, [[_value(cell) for cell in row] for row in rows]


def _value(text: str) -> str | float | None:
    """A cell of a file: a number where it is one."""
    if not re.fullmatch(r"-?\d+(\.\d+)?(e[+-]?\d+)?", text):
        return text or None
    return float(text)


def _split(table: Table) -> tuple[list[str], list[list[Any]]]:
    """A table of words with its numbers as numbers, and a column each for median, low and high where a cell holds a range."""
    rows = [row for row in table.rows if isinstance(row, TableRow)]
    columns = [[_plain(row.cells[place]) for row in rows] for place in range(len(table.header))]
    made = [_columns(name, cells) for name, cells in zip(table.header, columns, strict=True)]
    header = [name for names, _ in made for name in names]
    lines = iter(zip(*(values for _, values in made), strict=True))
    return header, [
        [f"{row.text}{f' ({row.small})' if row.small else ''}"]
        if isinstance(row, Band)
        else [cell for cells in next(lines) for cell in cells]
        for row in table.rows
    ]


def _columns(name: str, cells: Sequence[str]) -> tuple[list[str], list[list[Any]]]:
    """The columns that one column of words becomes: their names, and of each row its cells."""
    filled = [cell for cell in cells if cell]
    ranges = [SPLIT.fullmatch(cell) for cell in cells]
    if filled and sum(match is not None for match in ranges) == len(filled):
        parts = [part for part in ("median", "low", "high") if any(match and match[part] for match in ranges)]
        return [f"{name}, {part}" for part in parts], [
            [_number(match[part]) if match else None for part in parts] for match in ranges
        ]
    singles = [SINGLE.fullmatch(cell) for cell in cells]
    if filled and sum(match is not None for match in singles) == len(filled):
        unit = ", %" if all(match[2] for match in singles if match) else ""
        return [f"{name}{unit}"], [[_number(match[1]) if match else None] for match in singles]
    return [name], [
        [_number(match[1]) if match and not match[2] else cell] for match, cell in zip(singles, cells, strict=True)
    ]


def _number(text: str | None) -> float | str | None:
    return text if text is None or text.startswith(SMALL) else float(text.replace(",", ""))


def _plain(cell: Cell) -> str:
    """The words of a cell, with the minus sign of data."""
    return (f"{cell.text} ({cell.small})" if cell.small else cell.text).replace(MINUS, "-")


def _text(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    cut = "".join(mark for mark in text if mark.isprintable() or mark in "\n\t")[: CELL_LIMIT - 1]
    return no_formula(cut) if cut.lstrip()[:1] in ("=", "@") else cut


def _sheet_name(text: str) -> str:
    return "".join(mark for mark in text if mark.isprintable() and mark not in "[]:*?/\\'")[:SHEET_NAME].strip()


# ---- over time -------------------------------------------------------------------------------------------------------


def _add_series(book: Any, folder: Path) -> None:
    """The series that are told first, a sheet for each with its chart: quarters down, with, without and the change across."""
    for title, unit, header, rows in over_time(folder):
        sheet = book.create_sheet(_sheet_name(f"{len(book.sheetnames)} {title}"))
        _fill(sheet, header, rows)
        _draw(sheet, f"{title}, {unit}", header, len(rows))


def _draw(sheet: Any, title: str, header: Row, count: int) -> None:
    """A line chart of the change beside the numbers."""
    from openpyxl.chart import LineChart, Reference

    chart = LineChart()
    chart.title, chart.height, chart.width = title, 9, 20
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.x_axis.tickLblSkip, chart.x_axis.tickLblPos = 8, "low"
    first = 2 + next((place for place, name in enumerate(header[1:]) if str(name).startswith("change")), 0)
    chart.add_data(
        Reference(sheet, min_col=first, max_col=len(header), min_row=1, max_row=count + 1), titles_from_data=True
    )
    chart.set_categories(Reference(sheet, min_col=1, min_row=2, max_row=count + 1))
    for line in chart.series:
        line.smooth = False
    sheet.add_chart(chart, sheet.cell(2, len(header) + 2).coordinate)


def over_time(folder: Path) -> Iterator[tuple[str, str, list[str], list[list[Any]]]]:
    """Series of the run or the comparison in a folder: title, unit, header and a row for each quarter."""
    if (folder / FINDINGS).is_file() and (folder / "summary.csv").is_file():
        yield from _of_run(folder)
    elif (folder / "contrasts.csv").is_file():
        yield from _of_comparison(folder)


def _of_run(folder: Path) -> Iterator[tuple[str, str, list[str], list[list[Any]]]]:
    titles = {_key(row): row["what"] for row in _records(folder / FINDINGS)}
    found: dict[Key, dict[str, dict[str, dict[str, str]]]] = {key: {} for key in list(titles)[:CHARTS]}
    units = {}
    for row in _records(folder / "summary.csv"):
        key = _key(row)
        if key in found:
            found[key].setdefault(row["quarter"], {})[row["side"]] = row
            units[key] = row["unit"]
    names = ["without, median", "with, median", "change, median", "change, low", "change, high"]
    for key, quarters in found.items():
        rows = [
            [quarter, float(of["baseline"]["q50"]), float(of["scenario"]["q50"])]
            + [float(of["difference"][level]) for level in ("q50", "q05", "q95")]
            for quarter, of in quarters.items()
            if len(of) == len(("baseline", "scenario", "difference"))
        ]
        if rows:
            yield titles[key], units[key], [_first_header(units[key]), *names], rows


def _first_header(unit: str) -> str:
    """The head of the column of quarters, which says the unit of all others, of changes in per cent of levels, too."""
    return f"quarter (all in: {unit})"


def _of_comparison(folder: Path) -> Iterator[tuple[str, str, list[str], list[list[Any]]]]:
    found: dict[Key, dict[str, dict[str, dict[str, str]]]] = {}
    titles = {row["outcome"]: row["what"] for row in _records(folder / "comparison.csv")}
    units = {}
    for row in _records(folder / "contrasts.csv"):
        if "Q" in row["quarter"]:
            key = _key(row)
            units[key] = row["unit"]
            name = f"{row['scenario_id']}{f' ({theory})' if (theory := row.get('theory')) else ''}"
            found.setdefault(key, {}).setdefault(row["quarter"], {})[name] = row
    for key, quarters in found.items():
        names = list(next(iter(quarters.values())))
        header = [_first_header(units[key]), "baseline, median"]
        header += [f"change, {name}, {end}" for name in names for end in ("median", "low", "high")]
        rows = [
            [quarter, _value(of[names[0]]["baseline"])]
            + [_value(of[name][end]) for name in names for end in ("difference", "low", "high")]
            for quarter, of in quarters.items()
        ]
        yield titles[".".join(filter(None, key))], units[key], header, rows


def _key(row: dict[str, str]) -> Key:
    return row["variable"], row["actor"], row["counterpart"]


def _records(file: Path) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)
