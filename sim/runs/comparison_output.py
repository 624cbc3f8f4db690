"""What a comparison leaves behind: tables, pictures, and a manifest that says what made it."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from sim import __version__
from sim.analysis.comparison import Comparison, name_of_outcome, remarks_of
from sim.analysis.output import FIGURES, MANIFEST, RunFolder, write_json, write_table
from sim.analysis.regret import COLUMNS as REGRET_COLUMNS
from sim.analysis.regret import regret_document, table_rows
from sim.analysis.results import contrast_rows
from sim.io.provenance import provenance
from sim.io.quarters import QUARTERS_PER_YEAR, name_of, year_of
from sim.model.parameters import load_parameters
from sim.runs.run import PACKAGES, check_target
from sim.scenario.loading import Scenario

COLUMNS = ("outcome", "scenario", "window", "unit", "difference", "low", "high", "p_positive", "p_negative", "sign")
CONTRAST_COLUMNS = (
    "scenario_id", "variable", "actor", "counterpart", "quarter", "unit", "baseline", "scenario", "difference", "low", "high",
    "p_positive", "p_negative", "difference_per_cent", "low_per_cent", "high_per_cent",
)  # fmt: skip


def identity_of(base: Scenario, chosen: Sequence[Scenario], options: dict[str, Any]) -> dict[str, Any]:
    """Everything that decides the numbers; the keys are those of a run's identity where they mean the same."""
    table = load_parameters()
    return {
        "kind": "comparison",
        "scenario": [one.id for one in chosen],
        "baseline": base.id,
        "scenario_sha256": [one.digest for one in chosen],
        "baseline_sha256": base.digest,
        "parameters_sha256": table.digest,
        "model_version": table.model_version,
        **{name: list(value) if isinstance(value, tuple) else value for name, value in options.items()},
    }


def write_comparison(
    found: Comparison,
    folder: RunFolder,
    identity: dict[str, Any],
    began: float,
    command: Sequence[str],
    overwrite: bool,
) -> None:
    """Write everything, then put the folder into its place."""
    write_table(folder.draft / "comparison.csv", COLUMNS, comparison_rows(found))
    write_table(folder.draft / "contrasts.csv", CONTRAST_COLUMNS, all_contrast_rows(found))
    if found.regrets:
        write_table(folder.draft / "regret.csv", REGRET_COLUMNS, table_rows(found.regrets, remarks_of(found)))
    from sim.plots.comparison import write_comparison_figures

    write_comparison_figures(found, folder.draft / FIGURES)
    write_json(manifest(found, identity, began, command), folder.draft / MANIFEST)
    check_target(folder.target, identity, overwrite)  # another run may have come in between
    folder.finish()


def comparison_rows(found: Comparison) -> Iterator[tuple[Any, ...]]:
    """Rows of comparison.csv: the mean over the window, scenario minus baseline."""
    for scenario, rows in found.findings.items():
        for row in rows:
            numbers = (row.median, row.low, row.high, row.p_positive, row.p_negative)
            yield (name_of_outcome(row.topic), scenario, found.when, row.topic.unit, *numbers, row.sign)


def all_contrast_rows(found: Comparison) -> Iterator[tuple[Any, ...]]:
    """Rows of contrasts.csv: every quarter, and calendar years of spending."""
    for scenario, contrasts in found.contrasts.items():
        for row in contrasts_of(found, contrasts):
            yield (scenario, *(row.get(name) for name in CONTRAST_COLUMNS[1:]))


def contrasts_of(found: Comparison, contrasts: Sequence[Any]) -> Iterator[dict[str, Any]]:
    """Rows of some contrasts, as `run --format json` has them."""
    quarters = [name_of(quarter) for quarter in range(found.quarters)]
    years = [year_of(QUARTERS_PER_YEAR * year) for year in range(found.quarters // QUARTERS_PER_YEAR)]
    for contrast in contrasts:
        yield from contrast_rows(contrast, quarters, years)


def document(found: Comparison, out: Path) -> dict[str, Any]:
    """What `compare --format json` prints."""
    keys = COLUMNS[:1] + COLUMNS[2:]
    by_scenario: dict[str, list[dict[str, Any]]] = {one.id: [] for one in found.scenarios}
    for name, scenario, *rest in comparison_rows(found):
        by_scenario[scenario].append(dict(zip(keys, (name, *rest), strict=True)))
    return {
        "baseline": found.baseline.id,
        "members": found.members,
        "seed": found.seed,
        "theory": found.theory,
        "settings": list(found.settings),
        "fit": found.fit,
        "version": __version__,
        "model_version": found.model_version,
        "window": {"first": name_of(found.window[0]), "last": name_of(found.window[1] - 1)},
        "scenarios": {
            one.id: {
                "title": one.title,
                "costs": one.costs,
                "findings": by_scenario[one.id],
                "contrasts": list(contrasts_of(found, found.contrasts[one.id])),
            }
            for one in found.scenarios
        },
        "regret": regret_document(found.regrets, remarks_of(found)),
        "out": str(out),
    }


def manifest(found: Comparison, identity: dict[str, Any], began: float, command: Sequence[str]) -> dict[str, Any]:
    """What made the comparison."""
    return {
        "format_version": 1,
        "identity": identity,
        "scenarios": {one.id: one.resolved() for one in (found.baseline, *found.scenarios)},
        **provenance(PACKAGES, began, command),
    }
