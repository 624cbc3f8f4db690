"""`armsrace report`: the report of a run or a comparison as a page, a text, a document or a spreadsheet."""

from pathlib import Path
from typing import Annotated, Literal

from sim.cli.options import flag, option
from sim.io.files import resolved
from sim.io.terminal import say

Run = Annotated[str, option("The folder of a run, such as results/skydagger-delivery, or its report.json.", name="RUN")]
Form = Annotated[
    Literal["html", "md", "docx", "pdf", "xlsx", "crate"],
    option(
        "A page for browsers and printers, Markdown, a Word document, a PDF (which a Chrome, Chromium or Edge of this machine prints), "
        "a spreadsheet of its tables and series, or ro-crate-metadata.json, which tells an archive what is in the folder (a sweep, too).",
        name="--format",
    ),
]
Out = Annotated[
    Path | None, option("File to write. Default: report.FORMAT in the folder of the run, where it is replaced.")
]
Overwrite = Annotated[bool, flag("Replace the file that --out names. Default: leave it alone.")]


def report(run: Run, /, *, form: Form = "html", out: Out = None, overwrite: Overwrite = False) -> None:
    """Write the report of a run or a comparison as a page, as Markdown, as a Word document, as a PDF or as a spreadsheet.

    For the deposit of a run or a sweep in an archive, --format crate describes its folder as an RO-Crate.

    The words and tables are those of its report.json; nothing is simulated. The page needs no network and holds its pictures;
    Markdown links to those in the folder. In a spreadsheet numbers are numbers, and the main series stand over time with a chart.
    """
    from sim.report.forms.conversion import convert_report, report_data

    if form == "crate":
        from sim.runs.crate import write_crate

        say(f"{write_crate(Path(run))} is written.")
        return
    source = report_data(Path(run))
    target = out or source.with_suffix(f".{form}")
    if (
        form == "html"
        and not overwrite
        and resolved(target) == source.with_suffix(".html").resolve()
        and target.is_file()
    ):
        say(f"The report is there already: {target}")
        return
    convert_report(source, target, form, overwrite=overwrite)
    say(f"{target} is written.")
