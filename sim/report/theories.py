"""The report of a comparison of theories (templates/theories_report.txt): what each makes of the same simulations, side by side."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.io.formatting import capital
from sim.report.document import Cell, Report, TableRow, sections_of
from sim.report.images import images
from sim.report.run_report import ending, write
from sim.report.run_text import certainty, differing_parameters, made_by
from sim.report.sources import rests_on
from sim.report.theories_answer import baseline_cells, verdict

if TYPE_CHECKING:
    from sim.analysis.findings import Finding
    from sim.analysis.theories import ByTheory, Rivals


def write_theories_report(rivals: "Rivals", folder: Path, manifest: dict[str, Any]) -> None:
    """Write the report into the folder of a comparison, beside its picture; equal runs have equal reports."""
    run, first = rivals.first, rivals.headlines
    sections = sections_of(
        "theories_report.txt",
        theories=rivals.theories,
        levels=[TableRow(tuple(map(Cell, baseline_cells(rivals, line)))) for line in first],
        changes=[_line(line) for line in (*first, *(line for line in rivals.shown_rows if line not in first))],
        differing=differing_parameters(run),
        verdict=verdict(rivals),
        images=images("theories", rivals, ("answer",)),
        documents=rests_on(run),
        caveats=(),
        command="",
        run=run,
        **ending([run.scenario], run.baseline, manifest, made_by(run)),
    )
    write(Report(f"{run.scenario.title}: the rival theories", sections), folder)


def _line(line: "ByTheory") -> TableRow:
    first = next(iter(line.values()))
    return TableRow((Cell(capital(first.what)), *map(cell_of, line.values())))


def cell_of(row: "Finding") -> Cell:
    """A change under one theory, with the share of simulations."""
    return Cell(f"{row.change} ({row.band})", certainty(row)) if row.is_moved else Cell("no change")
