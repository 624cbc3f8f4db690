"""The report of a run in another form: the same words and tables, taken from its report.json."""

import os
from pathlib import Path

from sim.analysis.output import FIGURES, MANIFEST, REPORT_DATA, REPORTS
from sim.io.errors import InputError, Problem
from sim.io.files import resolved
from sim.io.writing import written_whole
from sim.report.document import Report, read_report
from sim.report.next_steps import RESULTS
from sim.report.render import page_html, page_markdown
from sim.report.spreadsheet import write_spreadsheet
from sim.scenario.loading import list_scenarios


def convert_report(source: Path, target: Path, form: str, *, overwrite: bool) -> None:
    """Write a report as html, md or xlsx; InputError where that would replace anything but a report of the same run.

    source : report.json in the folder of a run
    """
    if os.path.lexists(target) and not overwrite and not _is_ours(target, source):
        message = "is there already; choose another file with --out, or add --overwrite to replace it"
        raise InputError(target, [Problem(None, "", message)])
    report = read_report(source)
    with written_whole(target) as draft:
        _write(report, form, source.parent / FIGURES, target, draft)


def _write(report: Report, form: str, figures: Path, target: Path, draft: Path) -> None:
    if form == "xlsx":
        write_spreadsheet(report, draft)
    elif form == "md":
        linked = Path(os.path.relpath(figures.resolve(), target.parent.resolve())).as_posix()
        draft.write_text(page_markdown(report, linked), encoding="utf-8", newline="\n")
    else:
        draft.write_text(page_html(report, figures), encoding="utf-8", newline="\n")


def _is_ours(target: Path, source: Path) -> bool:
    """Whether a file is a report in the folder of the run, which nothing but the program writes."""
    folder = source.parent.resolve()
    return resolved(target).parent == folder and target.name in REPORTS and (folder / MANIFEST).is_file()


def report_data(path: Path) -> Path:
    """The report.json that a word of the command line means; InputError says how to get one."""
    if path.name in REPORTS and path.is_file():
        path = path.parent  # another form of the report, which stands beside the data
    source = path / REPORT_DATA if path.is_dir() else path
    if not source.exists():
        raise InputError(path, [Problem(None, "", _why_none(path))])
    if not source.is_file():
        raise InputError(path, [Problem(None, "", f"is no {REPORT_DATA}; give the folder of a run")])
    return source


def _why_none(path: Path) -> str:
    """What is missing, and which command makes it."""
    if path.is_dir():
        return f"there is no {REPORT_DATA} in this folder; run the scenario again, which writes it: armsrace run ID --out {path}"
    if path.suffix:
        return f"there is no such file; give the folder of a run, which holds its {REPORT_DATA}"
    if path.name not in {listing.id for listing in list_scenarios()}:
        return f"there is no such folder; this makes it: armsrace run ID --out {path} (armsrace list shows the ids)"
    usual = RESULTS / path.name
    if path == Path(path.name):
        return f"there is no such folder; armsrace run {path.name} makes {usual}, which is the folder to name"
    return (
        f"there is no such folder; this makes it: armsrace run {path.name}{'' if path == usual else f' --out {path}'}"
    )
