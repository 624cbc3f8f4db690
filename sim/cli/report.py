"""`armsrace report`: the report of a run as a page, as Markdown or as a spreadsheet."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from sim.cli.run import RESULTS
from sim.io.errors import InputError, Problem
from sim.io.terminal import say

if TYPE_CHECKING:
    from sim.report.document import Report

Run = Annotated[
    str, Parameter(name="RUN", help="The folder of a run, such as results/skydagger-delivery, or its report.json.")
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


def report(run: Run, /, *, form: Form = "html", out: Out = None, overwrite: Overwrite = False) -> None:
    """Write the report of a run in another form: the same words and tables, taken from its report.json.

    Nothing is simulated. The page needs no network and holds its pictures; Markdown links to those in the run's folder.
    """
    source = _source(Path(run))
    target = source.with_suffix(f".{form}") if out is None else out
    if form == "html" and target.resolve() == source.with_suffix(".html").resolve() and target.is_file():
        say(f"The report is there already: {target}")
        return
    if target.exists() and not overwrite and not _is_ours(target, source):
        message = "is there already; choose another file with --out, or add --overwrite to replace it"
        raise InputError(target, [Problem(None, "", message)])
    from sim.report.document import read_report

    content = read_report(source)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _write(content, form, source.parent, target)
    except OSError as error:
        message = f"cannot be written ({error.strerror}); choose another file with --out"
        raise InputError(target, [Problem(None, "", message)]) from None
    say(f"{target} is written.")


def _write(content: "Report", form: str, folder: Path, target: Path) -> None:
    """The report in a form; its pictures are in the folder of the run."""
    import os

    from sim.analysis.output import FIGURES
    from sim.report.render import page_html, page_markdown
    from sim.report.spreadsheet import write_spreadsheet

    figures = folder / FIGURES
    if form == "xlsx":
        write_spreadsheet(content, target)
        return
    beside = Path(os.path.relpath(figures.resolve(), target.parent.resolve())).as_posix()
    text = page_html(content, figures) if form == "html" else page_markdown(content, beside)
    target.write_text(text, encoding="utf-8", newline="\n")


def _is_ours(target: Path, source: Path) -> bool:
    """Whether a file is a report in the folder of the run, which only this command writes."""
    from sim.analysis.output import MANIFEST, REPORTS

    folder = source.parent.resolve()
    return target.resolve().parent == folder and target.name in REPORTS and (folder / MANIFEST).is_file()


def _source(path: Path) -> Path:
    """The report.json that a word of the command line means; InputError says how to get one."""
    from sim.analysis.output import REPORT_DATA, REPORTS

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
    from sim.analysis.output import REPORT_DATA
    from sim.scenario.loading import list_scenarios

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
