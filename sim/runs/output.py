"""The files of a run but the trajectories, which are written as they come."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.analysis.answer_in_kind import COLUMNS as IN_KIND_COLUMNS
from sim.analysis.answer_in_kind import answer_document
from sim.analysis.output import (
    FIGURES,
    FINDINGS,
    IN_KIND,
    RACE,
    UNCERTAINTY,
    write_manifest,
    write_summary,
    write_table,
)
from sim.analysis.race_verdict import COLUMNS as RACE_COLUMNS
from sim.analysis.race_verdict import race_document
from sim.analysis.results import Run
from sim.analysis.variance_shares import block, write_uncertainty
from sim.engines.simulate import PreparedScenario
from sim.version import __version__

if TYPE_CHECKING:
    from sim.analysis.comparison import Comparison
    from sim.report.why import Why


def document(run: Run, folder: Path) -> dict[str, Any]:
    """What `run --format json` prints."""
    return {
        "scenario": run.scenario.id,
        **labels(run),
        "contrasts": list(run.rows()),
        "answer_in_kind": answer_document(run.answers),
        "race": race_document(run.verdicts),
        "stability": run.stability,
        "uncertainty": block(run),
        "directions": [
            {"series": row.topic.series.name, "when": row.when, **row.whose.to_json(), "label": row.label}
            for row in run.shown_findings
        ],
        "out": str(folder),
    }


FINDING_COLUMNS = (
    "variable", "actor", "counterpart", "what", "when", "unit", "median", "low", "high", "p_positive", "p_negative", "direction",
)  # fmt: skip


def finding_rows(run: Run) -> Iterator[tuple[Any, ...]]:
    """Rows of findings.csv: the lines of the answer, those that are told first in front."""
    for row in run.ordered_findings:
        of = row.topic.series
        numbers = (row.median, row.low, row.high, row.p_positive, row.p_negative)
        yield (of.variable, of.actor, of.counterpart, row.topic.words, row.when, row.topic.unit, *numbers, row.label)


def labels(run: "Run | Comparison") -> dict[str, Any]:
    """How something was simulated, as every JSON document says it."""
    return {
        "baseline": None if run.baseline is None else run.baseline.id,
        "members": run.members,
        "seed": run.seed,
        "theory": run.theory,
        "settings": list(run.settings),
        "ensemble": run.fit,
        "version": __version__,
        "model_version": run.model_version,
    }


def write_run(
    run: Run,
    pair: Sequence[PreparedScenario],
    draft: Path,
    manifest: Callable[[], dict[str, Any]],
    formats: Sequence[str],
    *,
    is_reported: bool,
) -> Run:
    """Write tables, manifest, and the pictures and the report where they are asked for.

    manifest : gives it as of now, with the seconds that the run has taken
    formats  : of the pictures; none leaves them out, of the report, too
    returns  : the run, with why its largest effect came about where a report says so
    """
    write_summary(run, draft / "summary.csv")
    if run.baseline is not None:
        write_table(draft / FINDINGS, FINDING_COLUMNS, finding_rows(run))
    if run.answers:
        write_table(draft / IN_KIND, IN_KIND_COLUMNS, (row for answer in run.answers for row in answer.rows()))
    write_table(draft / RACE, RACE_COLUMNS, (row for verdict in run.verdicts for row in verdict.rows()))
    if run.uncertainty is not None:
        write_uncertainty(run.uncertainty, draft / UNCERTAINTY)
    explained = _write_pictures_and_report(run, pair, draft, manifest(), formats) if is_reported else None
    write_manifest(manifest(), draft)
    return run if explained is None else replace(run, reasons=explained.sentences)


def _write_pictures_and_report(
    run: Run, pair: Sequence[PreparedScenario], draft: Path, manifest: dict[str, Any], formats: Sequence[str]
) -> "Why | None":
    """The pictures, why the answer moved, and the page that shows both; returned is why."""
    from sim.plots.registry import plots_of, write_plots
    from sim.report.run_report import write_report
    from sim.report.why import why

    explained = why(run, pair, draft / FIGURES, formats)
    if formats:
        write_plots(plots_of("run", run), run, draft / FIGURES, formats)
    write_report(run, draft, manifest, explained, is_illustrated=bool(formats))
    return explained
