"""`armsrace report`: the report of a run as a page, as Markdown or as a spreadsheet."""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter

from sim.cli.run import RESULTS
from sim.io.errors import InputError, Problem
from sim.io.terminal import say

if TYPE_CHECKING:
    from sim.report.document import Section, Table

Run = Annotated[
    str, Parameter(name="RUN", help="The folder of a run, such as results/skydagger-delivery, or its report.html.")
]
Form = Annotated[
    Literal["html", "md", "xlsx"],
    Parameter(name="--format", help="A page for browsers and printers, Markdown, or a spreadsheet of its tables."),
]
Out = Annotated[
    Path | None,
    Parameter(help="File to write. Default: report.FORMAT in the folder of the run, where it is replaced."),
]
Overwrite = Annotated[
    bool,
    Parameter(negative=(), show_default=False, help="Replace the file that --out names. Default: leave it alone."),
]
CELL_LIMIT = 32_767  # letters that a cell of a spreadsheet can hold
LEVELS = 6  # of headings
SHEET_NAME = 31  # letters of the name of a sheet


def report(run: Run, /, *, form: Form = "html", out: Out = None, overwrite: Overwrite = False) -> None:
    """Write the report of a run in another form: the same words and tables, taken from its report.html.

    Nothing is simulated. The page needs no network and holds its pictures; Markdown links to those in the run's folder.
    """
    page = _page(Path(run))
    target = page.with_name(f"{page.stem}.{form}") if out is None else out
    if target.resolve() == page.resolve():
        say(f"The report is there already: {page}")
        return
    if target.exists() and not overwrite and not _is_ours(target, page):
        message = "is there already; choose another file with --out, or add --overwrite to replace it"
        raise InputError(target, [Problem(None, "", message)])
    writers = {"html": _write_html, "md": _write_markdown, "xlsx": _write_spreadsheet}
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        writers[form](page, target)
    except OSError as error:
        message = f"cannot be written ({error.strerror}); choose another file with --out"
        raise InputError(target, [Problem(None, "", message)]) from None
    say(f"{target} is written.")


def _is_ours(target: Path, page: Path) -> bool:
    """Whether a file is a report in the folder of the run, which only this command writes."""
    from sim.analysis.output import MANIFEST, REPORTS

    folder = page.parent.resolve()
    return target.resolve().parent == folder and target.name in REPORTS and (folder / MANIFEST).is_file()


def _page(path: Path) -> Path:
    """The report.html that a word of the command line means; InputError says how to get one."""
    from sim.analysis.output import REPORT

    page = path / REPORT if path.is_dir() else path
    if not page.exists():
        raise InputError(path, [Problem(None, "", _why_no_page(path))])
    if not page.is_file():
        raise InputError(path, [Problem(None, "", f"is no {REPORT}; give the folder of a run")])
    return page


def _why_no_page(path: Path) -> str:
    """What is missing, and which command makes it."""
    from sim.analysis.output import REPORT
    from sim.scenario.loading import list_scenarios

    if path.is_dir():
        return f"there is no {REPORT} in this folder; run the scenario again, which writes it: armsrace run ID --out {path}"
    if path.suffix:
        return f"there is no such file; give the folder of a run, which holds its {REPORT}"
    if path.name not in {listing.id for listing in list_scenarios()}:
        return f"there is no such folder; this makes it: armsrace run ID --out {path} (armsrace list shows the ids)"
    usual = RESULTS / path.name
    if path == Path(path.name):
        return f"there is no such folder; armsrace run {path.name} makes {usual}, which is the folder to name"
    return (
        f"there is no such folder; this makes it: armsrace run {path.name}{'' if path == usual else f' --out {path}'}"
    )


def _content(page: Path) -> "tuple[str, tuple[Section, ...]]":
    from sim.analysis.output import FIGURES
    from sim.report.document import content_of

    try:
        found = content_of(page.read_text(encoding="utf-8"), page.parent / FIGURES)
    except (ValueError, KeyError, TypeError, AttributeError):
        found = None
    if found is None or not all(1 <= section.level <= LEVELS for section in found[1]):
        raise InputError(
            page, [Problem(None, "", "is not the report of a run by this version; run the scenario again")]
        )
    return found


def _write_html(page: Path, target: Path) -> None:
    _content(page)
    target.write_bytes(page.read_bytes())


def _write_markdown(page: Path, target: Path) -> None:
    import os

    from sim.analysis.output import FIGURES
    from sim.report.render import page_markdown

    figures = os.path.relpath((page.parent / FIGURES).resolve(), target.parent.resolve())
    target.write_text(page_markdown(*_content(page), figures=Path(figures).as_posix()), encoding="utf-8", newline="\n")


def _write_spreadsheet(page: Path, target: Path) -> None:
    """A sheet of all words, and one for each table."""
    try:
        from openpyxl import Workbook  # type: ignore[import-untyped, unused-ignore]
    except ImportError:
        message = 'needs the library openpyxl; install it with: pip install "balkan-armsrace[excel]"'
        raise InputError("options", [Problem(None, "format", message)]) from None
    title, sections = _content(page)
    book = Workbook()
    words, tables = book.active, list(_tables(sections))
    words.title = "Report"
    words.append([_safe(title)])
    for row in _word_rows(sections):
        words.append(row)
    words.column_dimensions["A"].width, words.column_dimensions["B"].width = 26, 120
    for number, table in enumerate(tables, 1):
        _fill(book.create_sheet(_sheet_name(number, table.caption)), table)
    book.save(target)


def _tables(sections: "tuple[Section, ...]") -> "list[Table]":
    from sim.report.document import Fold, Table

    parts = [part for section in sections for part in section.parts]
    return [part.table if isinstance(part, Fold) else part for part in parts if isinstance(part, Fold | Table)]


def _word_rows(sections: "tuple[Section, ...]") -> list[list[str]]:
    """Every sentence beside the title of its section."""
    from sim.report.document import Image, Listing, Points, Text

    rows: list[list[str]] = []
    for section in sections:
        for part in section.parts:
            match part:
                case Text():
                    texts = [part.text]
                case Points():
                    texts = list(part.points)
                case Image():
                    texts = [f"Picture {part.file.name}: {part.words}"]
                case Listing():
                    texts = [part.text]
                case _:
                    texts = []
            rows += [[_safe(section.title), _safe(text)] for text in texts]
    return rows


def _fill(sheet: Any, table: "Table") -> None:
    """A table: its caption, its header, its rows."""
    from openpyxl.utils import get_column_letter  # type: ignore[import-untyped, unused-ignore]

    from sim.report.document import Band

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
