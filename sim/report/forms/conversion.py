"""The report of a run in another form: the same words and tables, taken from its report.json."""

import os
from pathlib import Path

from sim.analysis.output import FIGURES, MANIFEST, REPORT_DATA, REPORTS, is_edited, sealed
from sim.io.errors import InputError, Problem
from sim.io.files import resolved
from sim.io.writing import written_whole
from sim.report.document import Report, for_paper, read_report
from sim.report.forms.printing import write_pdf
from sim.report.forms.render import page_html, page_markdown
from sim.report.forms.spreadsheet import write_spreadsheet
from sim.report.forms.word import write_word
from sim.report.next_steps import RESULTS
from sim.scenario.loading import list_scenarios


def convert_report(source: Path, target: Path, form: str, *, overwrite: bool) -> None:
    """Write a report as html, md, docx, pdf or xlsx; InputError where that would replace anything but a report of the same run.

    source : report.json in the folder of a run
    """
    if os.path.lexists(target) and not overwrite and not _is_ours(target, source):
        message = "is there already; choose another file with --out, or add --overwrite to replace it"
        raise InputError(target, [Problem(None, "", message)])
    report = read_report(source)
    with written_whole(target) as draft:
        _write(report, form, source.parent, target, draft)


def _write(report: Report, form: str, folder: Path, target: Path, draft: Path) -> None:
    figures = folder / FIGURES
    if form == "xlsx":
        write_spreadsheet(for_paper(report), folder, draft)
    elif form == "docx":
        write_word(for_paper(report), figures, draft)
    elif form == "pdf":
        write_pdf(page_html(report, figures), draft)
    elif form == "md":
        linked = Path(os.path.relpath(figures.resolve(), target.parent.resolve())).as_posix()
        draft.write_bytes(sealed(page_markdown(for_paper(report), linked).encode(), form))
    else:
        draft.write_bytes(sealed(page_html(report, figures).encode(), form))


def _is_ours(target: Path, source: Path) -> bool:
    """Whether a file is a report in the folder of the run that nobody has changed since it was written."""
    folder = source.parent.resolve()
    is_place = resolved(target).parent == folder and target.name in REPORTS and (folder / MANIFEST).is_file()
    return is_place and target.is_file() and not is_edited(target)


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
        remedy = f"run the scenario again, which writes it: armsrace run ID --out {path}"
        return f"there is no {REPORT_DATA} in this folder; {remedy}"
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
