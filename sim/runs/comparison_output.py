"""What a comparison leaves behind: tables, pictures, and a manifest that says what made it."""

import shlex
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sim.analysis.answer_in_kind import COLUMNS as IN_KIND_COLUMNS
from sim.analysis.answer_in_kind import answer_document
from sim.analysis.comparison import (
    BY_THEORY,
    COLUMNS,
    Comparison,
    columns_by_theory,
    moments_of,
    remarks_of,
    rows_by_theory,
)
from sim.analysis.output import FIGURES, IN_KIND, write_manifest, write_table
from sim.analysis.regret import COLUMNS as REGRET_COLUMNS
from sim.analysis.regret import Preferences, regret_document, table_rows
from sim.analysis.results import contrast_rows
from sim.engines.options import ALL, RunOptions
from sim.io.progress import Progress
from sim.io.quarters import PER_YEAR, name_of, year_of
from sim.model.parameters import load_parameters
from sim.model.theories import theories
from sim.report.comparison_report import write_comparison_report
from sim.runs.comparison import compare
from sim.runs.identity import identity_of, manifest_of
from sim.runs.output import labels
from sim.runs.target import run_folder
from sim.runs.theories import part_of
from sim.scenario.loading import Scenario

Compared = Mapping[str, Comparison]  # by theory
CONTRAST_COLUMNS = (
    "scenario_id", "variable", "actor", "counterpart", "quarter", "unit", "baseline", "scenario", "difference", "low", "high",
    "p_positive", "p_negative", "difference_per_cent", "low_per_cent", "high_per_cent",
)  # fmt: skip


def compare_into(
    out: Path, base: Scenario, scenarios: Sequence[Scenario], options: RunOptions, *, since: str | None,
    preferences: Preferences, overwrite: bool, command: Sequence[str], listener: Callable[[Compared], None],
    progress: Progress | None, under_all: bool = False,
) -> Compared:  # fmt: skip
    """Compare scenarios with a baseline and write what was found to a folder, whole or not at all.

    listener  : is given the comparisons as soon as their numbers stand
    under_all : under every theory, one after the other
    returns   : by theory; under the name of none where one or none is taken
    """
    began = time.perf_counter()
    names = list(theories()) if under_all else [options.theory]
    kept = {name: value for name, value in options.identity().items() if name != "trajectories"}
    asked = {"kind": "comparison", **kept, "since": since, **vars(preferences)} | ({"theory": ALL} if under_all else {})
    identity = identity_of(load_parameters(), asked, scenario=scenarios, baseline=base)
    with run_folder(out, identity, overwrite) as folder:
        assert folder is not None
        compared = {
            name or "": compare(
                scenarios, replace(options, theory=name), baseline=base, since=since, preferences=preferences,
                progress=part_of(progress, number, len(names)),
            )
            for number, name in enumerate(names)
        }  # fmt: skip
        moments = moments_of(run for one in compared.values() for run in one.runs.values())
        compared = {name: replace(one, moments=moments) for name, one in compared.items()}
        listener(compared)
        _write(compared, folder.draft)
        held = {scenario.id: scenario.resolved() for scenario in (base, *scenarios)}
        manifest = manifest_of(identity, began, command, scenarios=held)
        words = [word for place, word in enumerate(command) if "--out" not in command[max(0, place - 1) : place + 1]]
        write_comparison_report(compared, folder.draft, manifest, shlex.join(words))
        write_manifest(manifest, folder.draft)
    return compared


def _write(compared: Compared, draft: Path) -> None:
    """Tables and pictures; of several theories the tables have a first column that names it."""
    columns = ("theory",) if len(compared) > 1 else ()

    def rows(of: Callable[[Comparison], Iterable[tuple[Any, ...]]]) -> Iterator[tuple[Any, ...]]:
        for theory, comparison in compared.items():
            yield from ((theory, *row) if columns else row for row in of(comparison))

    write_table(draft / "comparison.csv", (*columns, *COLUMNS), rows(Comparison.rows))
    if columns:
        write_table(draft / BY_THEORY, columns_by_theory(compared), rows_by_theory(compared))
    write_table(draft / "contrasts.csv", (*columns, *CONTRAST_COLUMNS), rows(all_contrast_rows))
    if any(answers for one in compared.values() for answers in one.answers.values()):
        write_table(draft / IN_KIND, (*columns, "scenario", *IN_KIND_COLUMNS), rows(answer_rows))
    first = next(iter(compared.values()))
    if first.regrets and len(compared) == 1:
        write_table(draft / "regret.csv", REGRET_COLUMNS, table_rows(first.regrets, remarks_of(first)))
    from sim.plots.comparison import write_comparison

    write_comparison(compared, draft / FIGURES)


def answer_rows(comparison: Comparison) -> Iterator[tuple[Any, ...]]:
    """Rows of answer_in_kind.csv: as a run writes them, after the scenario."""
    for scenario, answers in comparison.answers.items():
        for answer in answers:
            yield from ((scenario, *row) for row in answer.rows())


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


def document(compared: Compared, out: Path) -> dict[str, Any]:
    """What `compare --format json` prints; of several theories a document for each."""
    if len(compared) > 1:
        first = next(iter(compared.values()))
        by_theory = {theory: _document(one) for theory, one in compared.items()}
        return {**labels(first), "theory": ALL, "theories": by_theory, "out": str(out)}
    return {**_document(next(iter(compared.values()))), "out": str(out)}


def _document(comparison: Comparison) -> dict[str, Any]:
    by_scenario: dict[str, list[dict[str, Any]]] = {scenario.id: [] for scenario in comparison.scenarios}
    for row in comparison.rows():
        record = dict(zip(COLUMNS, row, strict=True))
        by_scenario[record.pop("scenario")].append(record)
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
    }
