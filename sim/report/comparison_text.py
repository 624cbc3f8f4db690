"""What a comparison found (templates/comparison_answer.txt): each outcome with a line for every scenario, then regret."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sim.analysis.comparison import Comparison, remarks_of
from sim.analysis.findings import Finding
from sim.analysis.output import FIGURES
from sim.io.formatting import capital
from sim.io.quarters import name_of
from sim.io.templates import lines
from sim.io.terminal import page_width
from sim.model.directions import LABELS, MEANING
from sim.report.race_text import in_kind_sentences
from sim.report.run_answer import TABLE_FROM
from sim.report.run_text import certainty, few_simulations, finding_line
from sim.report.sources import ensemble_note
from sim.sweep.analysis.regret_text import regret_lines


def comparison_answer(comparison: Comparison, out: Path) -> Iterator[str]:
    """The lines of the answer."""
    scenarios = comparison.scenarios
    outcomes = list(zip(*(comparison.findings[scenario.id] for scenario in scenarios), strict=True))
    rows = [row for outcome in outcomes for row in outcome]
    yield from lines(
        "comparison_answer.txt",
        comparison=comparison,
        width=max(len(scenario.id) for scenario in scenarios),
        start=None if comparison.first_effect is None else name_of(comparison.first_effect),
        has_own_baselines=len({scenario.compare_to for scenario in scenarios}) > 1,
        few_simulations=few_simulations(comparison.members),
        ensemble_note=ensemble_note(comparison.fit),
        is_wide=page_width() >= TABLE_FROM,
        changes=_laid_out(comparison, outcomes),
        in_kind=[
            (scenario.id, line)
            for scenario in scenarios
            for line in in_kind_sentences(comparison.answers[scenario.id], comparison.quarters)
        ],
        labels=[(label, MEANING[label]) for label in LABELS if any(row.label == label for row in rows)],
        regret=list(regret_lines(comparison.regrets, remarks_of(comparison))) if comparison.regrets else [],
        table_file=out / "comparison.csv",
        picture_file=out / FIGURES / "comparison.png",
    )


def _laid_out(comparison: Comparison, outcomes: list[tuple[Finding, ...]]) -> list[Any]:
    """Under the name of each outcome a row for every scenario; on a narrow page, sentences."""
    ids = [scenario.id for scenario in comparison.scenarios]
    if page_width() < TABLE_FROM:
        return [f"{name}: {finding_line(row)}" for rows in outcomes for name, row in zip(ids, rows, strict=True)]
    return [
        (capital(rows[0].topic.words), [(name, *_cells(row)) for name, row in zip(ids, rows, strict=True)])
        for rows in outcomes
    ]


def _cells(row: Finding) -> tuple[str, str, str]:
    return row.change, row.band, certainty(row) if row.is_moved else "unchanged"
