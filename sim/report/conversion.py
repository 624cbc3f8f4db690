"""The report of a run in another form: the same words and tables, taken from its report.html."""

import os
from pathlib import Path

from sim.analysis.output import FIGURES, MANIFEST, REPORT, REPORTS
from sim.io.errors import InputError, Problem
from sim.report.document import Section, content_of
from sim.report.next_steps import RESULTS
from sim.report.render import page_markdown
from sim.report.spreadsheet import write_spreadsheet
from sim.scenario.loading import list_scenarios

LEVELS = 6  # of headings


def convert_report(page: Path, target: Path, form: str, *, overwrite: bool) -> None:
    """Write a report as html, md or xlsx; InputError where that would replace anything but a report of the same run.

    page : report.html in the folder of a run
    """
    if target.exists() and not overwrite and not _is_ours(target, page):
        message = "is there already; choose another file with --out, or add --overwrite to replace it"
        raise InputError(target, [Problem(None, "", message)])
    title, sections = _content(page)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if form == "xlsx":
            write_spreadsheet(title, sections, target)
        elif form == "md":
            figures = os.path.relpath((page.parent / FIGURES).resolve(), target.parent.resolve())
            text = page_markdown(title, sections, figures=Path(figures).as_posix())
            target.write_text(text, encoding="utf-8", newline="\n")
        else:
            target.write_bytes(page.read_bytes())
    except OSError as error:
        message = f"cannot be written ({error.strerror}); choose another file with --out"
        raise InputError(target, [Problem(None, "", message)]) from None


def _is_ours(target: Path, page: Path) -> bool:
    """Whether a file is a report in the folder of the run, which nothing but the program writes."""
    folder = page.parent.resolve()
    return target.resolve().parent == folder and target.name in REPORTS and (folder / MANIFEST).is_file()


def _content(page: Path) -> tuple[str, tuple[Section, ...]]:
    try:
        content = content_of(page.read_text(encoding="utf-8"), page.parent / FIGURES)
    except (ValueError, KeyError, TypeError, AttributeError):
        content = None
    if content is None or not all(1 <= section.level <= LEVELS for section in content[1]):
        message = "is not the report of a run by this version; run the scenario again"
        raise InputError(page, [Problem(None, "", message)])
    return content


def report_page(path: Path) -> Path:
    """The report.html that a word of the command line means; InputError says how to get one."""
    page = path / REPORT if path.is_dir() else path
    if not page.exists():
        raise InputError(path, [Problem(None, "", _why_no_page(path))])
    if not page.is_file():
        raise InputError(path, [Problem(None, "", f"is no {REPORT}; give the folder of a run")])
    return page


def _why_no_page(path: Path) -> str:
    """What is missing, and which command makes it."""
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
