"""The report of a comparison of theories: what each makes of the same worlds, side by side."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.analysis.findings import SCALES, SIGN_RULE
from sim.analysis.output import FIGURES, REPORT
from sim.report.caveats import citation, differing_parameters, fixes
from sim.report.document import Cell, Line, Part, Points, Section, Table, Text, page_data
from sim.report.images import images
from sim.report.render import page_html
from sim.report.run_report import FOOTER, LIMITS, manifest_parts
from sim.report.run_text import DESIGNATION, made_by

if TYPE_CHECKING:
    from sim.analysis.theories import Rivals


def write_theories_report(found: "Rivals", folder: Path, manifest: dict[str, Any]) -> Path:
    """Write report.html into the folder of a comparison, beside its picture; equal runs have equal reports."""
    title = f"{found.first.scenario.title}: the rival theories"
    parts = theories_sections(found, folder / FIGURES, manifest)
    target = folder / REPORT
    target.write_text(page_html(title, parts, FOOTER, page_data(title, parts)), encoding="utf-8", newline="\n")
    return target


def theories_sections(found: "Rivals", figures: Path, manifest: dict[str, Any]) -> tuple[Section, ...]:
    """The report in its order."""
    return (
        Section("question", "The question", tuple(_question(found))),
        Section("answer", "The answer under each theory", tuple(_answer(found, figures))),
        Section("rests", "What it rests on", tuple(_rests(found))),
        Section("limits", "Limits", (Points(LIMITS),)),
        Section("cite", "How to cite", (Points((made_by(found.first), DESIGNATION)),)),
        Section("scenario", "The scenario and the manifest", tuple(manifest_parts(found.first.scenario, manifest))),
    )


def _question(found: "Rivals") -> Iterator[Part]:
    run = found.first
    yield Text(run.scenario.question or run.scenario.title)
    yield Text(
        f"The documents read the same facts in rival ways. {run.members:,} pairs of worlds with the same draws and the same luck are run "
        "under each theory; none is preferred here."
    )
    yield Points(
        tuple(
            f'{one.name}: {one.meaning} ({fixes(one)}); "{one.quote}" (document {one.document}, {one.locator})'
            for one in found.theories.values()
        )
    )


def _answer(found: "Rivals", figures: Path) -> Iterator[Part]:
    lines = tuple(_line(line) for line in found.rows if not all(row.is_negligible for row in line.values()))
    if not lines:
        yield Text("Nothing differs under any theory by more than what rounding leaves.")
        return
    if differing := differing_parameters(found.first):
        yield Text(differing, is_warning=True)
    yield Text(
        f"The middle world, the range that holds 90 of 100 worlds, and how many go which way. {SIGN_RULE} {SCALES}"
    )
    yield Table("What the scenario changes under each theory", ("what", *found.runs), lines)
    yield from images("theories", found, figures, ("answer",))["answer"]


def _line(line: dict[str, Any]) -> Line:
    first = next(iter(line.values()))
    return Line((Cell(first.what), *(Cell(f"{row.change} ({row.band})", row.certainty) for row in line.values())))


def _rests(found: "Rivals") -> Iterator[Part]:
    yield Text("The theories fix what the documents disagree on; all else is drawn from the same ensemble in each.")
    documents = found.first.scenario.documents
    if documents:
        yield Points(tuple(citation(document) for document in documents))
