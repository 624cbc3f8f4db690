"""The table of a sweep as one long table in the manner of the IAMC: model, scenario, region, variable, unit, year, value.

Quarters stand in a column `subannual`; `point` and `member` tell the worlds apart.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from sim.analysis.output import MANIFEST, write_rows
from sim.io.errors import refusal
from sim.io.quarters import is_year
from sim.io.writing import written_whole
from sim.model.variables import VARIABLES
from sim.sweep.analysis.loading import LoadedMetric, check_table, manifest_in
from sim.sweep.folder import RUNS
from sim.sweep.table import DONE, groups_of

IAMC = "iamc.csv"
MODEL = "balkan-armsrace"
COLUMNS = ("model", "scenario", "region", "variable", "unit", "year", "subannual", "point", "member", "value")
WHOLE_YEAR = "Year"
EVERYWHERE = "World"  # the region of a metric of one's own, in the words of the format


def write_iamc(folder: Path) -> tuple[Path, tuple[str, ...]]:
    """Write iamc.csv beside the table of a finished sweep, one line for each number of each run that did not fail.

    returns : the file, and the metrics that belong to no year or quarter, for which the format has no place
    """
    manifest = manifest_in(folder)
    check_table(folder / RUNS, manifest)
    try:
        model = f"{MODEL} {manifest.identity['model_version']}"
        named = [(metric.name, labels) for metric in manifest.metrics if (labels := _labels(metric)) is not None]
    except KeyError as error:
        message = f"{error} is missing or not known to this version; run the sweep again"
        raise refusal(folder / MANIFEST, message) from None
    if not named:
        message = (
            "no metric of this sweep belongs to a year or a quarter, so there is nothing that this format could hold"
        )
        raise refusal(folder, message)
    with written_whole(folder / IAMC) as draft:
        write_rows(draft, COLUMNS, (line for table in groups_of(folder / RUNS) for line in _lines(table, model, named)))
    kept = {name for name, _ in named}
    return folder / IAMC, tuple(metric.name for metric in manifest.metrics if metric.name not in kept)


def _labels(metric: LoadedMetric) -> tuple[str, str, str, int, str] | None:
    """Region, variable, unit, year and part of the year of a metric; None for one that belongs to no time."""
    year, part = metric.when[:4], metric.when[4:]
    if not is_year(year) or part not in ("", "Q1", "Q2", "Q3", "Q4"):
        return None
    label = VARIABLES[metric.variable].label if metric.variable else metric.name.removesuffix(f".{metric.when}")
    variable = f"{label}|{metric.counterpart}" if metric.counterpart else label
    return metric.actor or EVERYWHERE, variable, metric.unit, int(year), part or WHOLE_YEAR


def _lines(table: pa.Table, model: str, named: Sequence[tuple[str, Any]]) -> Iterator[tuple[Any, ...]]:
    """The lines of a part of the table, run after run."""
    is_done = [status == DONE for status in table.column("status").to_pylist()]
    labels = [table.column(name).to_pylist() for name in ("scenario", "point", "member")]
    columns = [(labels_of, table.column(name).to_pylist()) for name, labels_of in named]
    for row, done in enumerate(is_done):
        if not done:
            continue
        scenario, point, member = (column[row] for column in labels)
        for (region, variable, unit, year, part), values in columns:
            yield model, scenario, region, variable, unit, year, part, point, member, repr(values[row])
