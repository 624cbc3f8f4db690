"""What a comparison leaves behind: tables, pictures, and a manifest that says what made it."""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from sim.analysis.answer_in_kind import COLUMNS as IN_KIND_COLUMNS
from sim.analysis.answer_in_kind import answer_document
from sim.analysis.comparison import Comparison, remarks_of
from sim.analysis.output import FIGURES, IN_KIND, write_manifest, write_table
from sim.analysis.regret import COLUMNS as REGRET_COLUMNS
from sim.analysis.regret import Preferences, regret_document, table_rows
from sim.analysis.results import contrast_rows
from sim.engines.options import RunOptions
from sim.io.progress import Progress
from sim.io.quarters import PER_YEAR, name_of, year_of
from sim.model.parameters import load_parameters
from sim.runs.comparison import compare
from sim.runs.identity import identity_of, manifest_of
from sim.runs.output import labels
from sim.runs.target import run_folder
from sim.scenario.loading import Scenario

COLUMNS = (
    "outcome",
    "scenario",
    "window",
    "unit",
    "difference",
    "low",
    "high",
    "p_positive",
    "p_negative",
    "direction",
)
CONTRAST_COLUMNS = (
    "scenario_id", "variable", "actor", "counterpart", "quarter", "unit", "baseline", "scenario", "difference", "low", "high",
    "p_positive", "p_negative", "difference_per_cent", "low_per_cent", "high_per_cent",
)  # fmt: skip


def compare_into(
    out: Path, base: Scenario, scenarios: Sequence[Scenario], options: RunOptions, *, since: str | None,
    preferences: Preferences, overwrite: bool, command: Sequence[str], progress: Progress | None,
) -> Comparison:  # fmt: skip
    """Compare scenarios with a baseline and write what was found to a folder, whole or not at all."""
    began = time.perf_counter()
    kept = {name: value for name, value in options.identity().items() if name != "keep"}
    asked = {"kind": "comparison", **kept, "since": since, **vars(preferences)}
    identity = identity_of(load_parameters(), asked, scenario=scenarios, baseline=base)
    with run_folder(out, identity, overwrite) as folder:
        assert folder is not None
        comparison = compare(scenarios, options, baseline=base, since=since, preferences=preferences, progress=progress)
        _write(comparison, folder.draft)
        held = {scenario.id: scenario.resolved() for scenario in (comparison.baseline, *comparison.scenarios)}
        write_manifest(manifest_of(identity, began, command, scenarios=held), folder.draft)
    return comparison


def _write(comparison: Comparison, draft: Path) -> None:
    """Tables and pictures."""
    write_table(draft / "comparison.csv", COLUMNS, comparison_rows(comparison))
    write_table(draft / "contrasts.csv", CONTRAST_COLUMNS, all_contrast_rows(comparison))
    if any(comparison.answers.values()):
        write_table(draft / IN_KIND, ("scenario", *IN_KIND_COLUMNS), answer_rows(comparison))
    if comparison.regrets:
        write_table(draft / "regret.csv", REGRET_COLUMNS, table_rows(comparison.regrets, remarks_of(comparison)))
    from sim.plots.comparison import write_comparison

    write_comparison(comparison, draft / FIGURES)


def answer_rows(comparison: Comparison) -> Iterator[tuple[Any, ...]]:
    """Rows of answer_in_kind.csv: as a run writes them, after the scenario."""
    for scenario, answers in comparison.answers.items():
        for answer in answers:
            yield from ((scenario, *row) for row in answer.rows())


def comparison_rows(comparison: Comparison) -> Iterator[tuple[Any, ...]]:
    """Rows of comparison.csv: the mean over the window, scenario minus baseline."""
    for scenario, rows in comparison.findings.items():
        for row in rows:
            numbers = (row.median, row.low, row.high, row.p_positive, row.p_negative)
            yield (row.topic.series.name, scenario, comparison.when, row.topic.unit, *numbers, row.label)


def all_contrast_rows(comparison: Comparison) -> Iterator[tuple[Any, ...]]:
    """Rows of contrasts.csv: every quarter, and calendar years of spending."""
    for scenario, contrasts in comparison.contrasts.items():
        for row in contrasts_of(comparison, contrasts):
            yield (scenario, *(row.get(name) for name in CONTRAST_COLUMNS[1:]))


def contrasts_of(comparison: Comparison, contrasts: Sequence[Any]) -> Iterator[dict[str, Any]]:
    """Rows of some contrasts, as `run --format json` has them."""
    quarters = [name_of(quarter) for quarter in range(comparison.quarters)]
    years = [year_of(PER_YEAR * year) for year in range(comparison.quarters // PER_YEAR)]
    for contrast in contrasts:
        yield from contrast_rows(contrast, quarters, years)


def document(comparison: Comparison, out: Path) -> dict[str, Any]:
    """What `compare --format json` prints."""
    keys = COLUMNS[:1] + COLUMNS[2:]
    by_scenario: dict[str, list[dict[str, Any]]] = {scenario.id: [] for scenario in comparison.scenarios}
    for name, scenario, *rest in comparison_rows(comparison):
        by_scenario[scenario].append(dict(zip(keys, (name, *rest), strict=True)))
    return {
        **labels(comparison),
        "window": {"first": name_of(comparison.window[0]), "last": name_of(comparison.window[1] - 1)},
        "scenarios": {
            scenario.id: {
                "title": scenario.title,
                "costs": scenario.costs,
                "findings": by_scenario[scenario.id],
                "answer_in_kind": answer_document(comparison.answers[scenario.id]),
                "contrasts": list(contrasts_of(comparison, comparison.contrasts[scenario.id])),
            }
            for scenario in comparison.scenarios
        },
        "regret": regret_document(comparison.regrets, remarks_of(comparison)),
        "out": str(out),
    }
