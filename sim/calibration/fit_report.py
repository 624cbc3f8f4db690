"""The report of a fit: one HTML page that needs nothing but itself, and the same tables in Markdown."""

from pathlib import Path

from sim.ensembles.folder import read_fit
from sim.calibration.report import sections, title_of
from sim.report.render import page_html, page_markdown


def write_report(folder: Path, target: Path) -> Path:
    """Write the report of the fit in a folder as one HTML file; InputError if the folder is no whole fit."""
    page = report_html(folder)
    draft = target.with_name(f".{target.name}-draft")
    draft.write_text(page, encoding="utf-8", newline="\n")
    return draft.replace(target)


def report_html(folder: Path) -> str:
    """The report of the fit in a folder as an HTML page that loads nothing."""
    fit = read_fit(folder)
    footer = f"Fit written {fit.manifest.written} by armsrace. This page loads nothing from a network."
    return page_html(title_of(fit), sections(fit), footer, paper="landscape")


def report_markdown(folder: Path) -> str:
    """The report of the fit in a folder as Markdown: the same words and tables, without the pictures."""
    fit = read_fit(folder)
    return page_markdown(title_of(fit), sections(fit))
