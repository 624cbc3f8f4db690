"""What `armsrace sensitivity` writes: one table of all measures, one of the swings, a JSON document and the tornados."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from sim import __version__
from sim.analysis.analysis_files import PICTURES, analysis_folder, file_name, plain, write_document, write_table
from sim.sweep.analysis.sensitivity import Sensitivity
from sim.sweep.analysis.sensitivity_text import verdict
from sim.sweep.analysis.loading import Sweep

DOCUMENT = "sensitivity.json"
COLUMNS = ("metric", "scenario", "against", "method", "measure", "by", "name", "group_value", "value", "low", "high")
SWINGS = ("metric", "scenario", "against", "input", "lowest_fifth", "middle_fifth", "highest_fifth", "mean")


def write_sensitivity(
    sweep: Sweep, found: Sequence[Sensitivity], constant: Sequence[str], out: Path, *, pictures: bool = True
) -> None:
    """Write the folder, in place of an earlier sensitivity analysis; InputError if it holds anything else."""
    with analysis_folder(out, DOCUMENT) as draft:
        write_table(draft / "sensitivity.csv", COLUMNS, (row for one in found for row in measure_rows(one)))
        write_table(draft / "swings.csv", SWINGS, (row for one in found for row in swing_rows(one)))
        write_document(draft / DOCUMENT, document(sweep, found, constant))
        if pictures:
            from sim.plots.tornado import write_tornado

            for one in found[:PICTURES]:
                write_tornado(one, sweep, draft, picture_name(one))


def picture_name(one: Sensitivity) -> str:
    """File name of a tornado, without its ending."""
    return file_name(f"tornado {one.outcome}")


def measure_rows(one: Sensitivity) -> Iterator[tuple[Any, ...]]:
    """Rows of sensitivity.csv."""
    for row in one.rows:
        ends = (row.value, row.value - row.half, row.value + row.half)
        yield (one.metric, one.scenario, one.against, row.method, row.measure, row.by, row.name, row.how, *ends)


def swing_rows(one: Sensitivity) -> Iterator[tuple[Any, ...]]:
    """Rows of swings.csv."""
    for swing in one.swings:
        yield one.metric, one.scenario, one.against, swing.name, swing.low, swing.middle, swing.high, one.mean


def document(sweep: Sweep, found: Sequence[Sensitivity], constant: Sequence[str]) -> dict[str, Any]:
    """What `sensitivity --format json` prints, and sensitivity.json holds."""
    content = {
        "sweep": sweep.name,
        "design": sweep.design,
        "version": __version__,
        "constant": list(constant),
        "outcomes": [_outcome(one) for one in found],
    }
    return dict(plain(content))


def _outcome(one: Sensitivity) -> dict[str, Any]:
    said = verdict(one)
    return {
        "metric": one.metric,
        "unit": one.unit,
        "scenario": one.scenario,
        "against": one.against,
        "points": one.points,
        "points_left_out": one.left_out,
        "members": one.members,
        "variance_within_points": one.within,
        "mean": one.mean,
        "leading_measure": one.leading,
        "is_settled": said.is_settled,
        "not_told_apart": said.unsettled,
        "as_good_as_equal": said.equal,
        "points_that_would_do": said.wanted,
        "without_effect": one.floors,
        "notes": one.notes,
        "measures": [vars(row) for row in one.rows],
        "swings": [vars(swing) for swing in one.swings],
    }
