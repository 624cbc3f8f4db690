"""`armsrace sensitivity`: which inputs of a finished sweep matter."""

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from sim.cli.run import Format
from sim.io.errors import InputError, Problem
from sim.io.terminal import say

if TYPE_CHECKING:
    from sim.sweep.analysis.loading import Sweep
    from sim.sweep.analysis.sensitivity import Sensitivity
from typing import Any

from sim import __version__
from sim.analysis.output import PICTURES, analysis_folder, file_name, plain, write_document, write_table
from sim.sweep.analysis.loading import Sweep
from sim.sweep.analysis.sensitivity import Sensitivity
from sim.sweep.analysis.sensitivity_text import verdict

NONE = "none"
Folder = Annotated[Path, Parameter(help="Folder of a finished sweep.")]
Metrics = Annotated[
    tuple[str, ...],
    Parameter(name="--metric", negative=(), show_default=False, help="An outcome; may be repeated. Default: all."),
]
Scenarios = Annotated[
    tuple[str, ...],
    Parameter(
        name="--scenario",
        negative=(),
        show_default=False,
        help="A scenario of the sweep; may be repeated. Default: all.",
    ),
]
Against = Annotated[
    str | None,
    Parameter(
        help="Subtract this scenario's outcome in the same world, point and member; none subtracts nothing. Default: what a scenario "
        "is compared with by its file, or baseline, where the sweep has it."
    ),
]
Methods = Annotated[
    tuple[Literal["sobol", "morris", "rbd-fast", "pawn"], ...],
    Parameter(
        name="--method",
        negative=(),
        show_default=False,
        help="A method; may be repeated. sobol and morris need designs of these kinds; rbd-fast and pawn take any points but those of "
        "morris. Default: what the design is made for, else rbd-fast and pawn.",
    ),
]
Out = Annotated[Path | None, Parameter(help="Folder to write. Default: sensitivity/ in the folder of the sweep.")]


def sensitivity(
    folder: Folder,
    /,
    *,
    metrics: Metrics = (),
    scenarios: Scenarios = (),
    against: Against = None,
    methods: Methods = (),
    out: Out = None,
    form: Format = "text",
) -> None:
    """Say which inputs of a finished sweep matter, by input, by actor and by mechanism, with 95 % intervals.

    Says when the intervals are too wide to rank the inputs, and about how many points would do. Writes tables, a tornado for each
    of the first outcomes, and a JSON document.
    """
    from sim.analysis.output import replaced_words
    from sim.sweep.analysis.loading import load_sweep
    from sim.sweep.analysis.sensitivity_text import sensitivity_answer

    sweep = load_sweep(folder)
    target = folder / "sensitivity" if out is None else out
    found, constant = findings(sweep, metrics, scenarios, against, methods)
    earlier = replaced_words(target, DOCUMENT)
    write_sensitivity(sweep, found, constant, target)
    if form == "json":
        sys.stdout.write(json.dumps(document(sweep, found, constant), ensure_ascii=False, allow_nan=False) + "\n")
        return
    say(*sensitivity_answer(sweep, found, constant), "", *files(target, found), *earlier)


def findings(
    sweep: "Sweep", metrics: Sequence[str], scenarios: Sequence[str], against: str | None, methods: Sequence[str]
) -> tuple[list["Sensitivity"], list[str]]:
    """The analysis of every outcome asked for, and the names of those that never change; InputError if all are such."""
    from sim.sweep.analysis.sensitivity import NoVarianceError
    from sim.sweep.analysis.sensitivity import sensitivity as analysed

    names = [sweep.metric(name).name for name in metrics] or [one.name for one in sweep.metrics]
    found, constant = [], []
    for scenario, other in pairs_of(sweep, scenarios, against):
        for name in names:
            try:
                found.append(analysed(sweep, name, scenario, other, methods))
            except NoVarianceError:
                constant.append(f"{name}, {scenario}{'' if other is None else f' minus {other}'}")
    if not found:
        message = f"{'; '.join(constant)}: the same at every point; nothing can matter for it. Choose another metric or wider ranges"
        raise InputError(sweep.folder, [Problem(None, "", message)])
    return found, constant


def pairs_of(sweep: "Sweep", scenarios: Sequence[str], against: str | None) -> list[tuple[str, str | None]]:
    """The scenarios to look at, each with the one to subtract; by default differences to baselines, and no level of a baseline
    that was not asked for. InputError where nothing is left."""
    chosen = [sweep.scenario(name) for name in scenarios] or list(sweep.scenarios)
    if against == NONE:
        return [(name, None) for name in chosen]
    if against is None:
        pairs = [(name, sweep.compared_with(name)) for name in chosen]
        bases = {other for _, other in pairs if other is not None}
        return [(name, other) for name, other in pairs if other is not None or scenarios or name not in bases]
    other = sweep.scenario(against)
    if chosen == [other]:
        sweep.refuse("against", f"{against} is the only scenario asked for; there is nothing to subtract it from")
    return [(name, other) for name in chosen if name != other]


def files(target: Path, found: Sequence["Sensitivity"]) -> Iterator[str]:
    """Where the files are."""
    from sim.analysis.output import PICTURES

    yield f"Tables:   {target / 'sensitivity.csv'}, {target / 'swings.csv'}"
    more = f" and {min(PICTURES, len(found)) - 1} more" if len(found) > 1 else ""
    yield f"Pictures: {target / picture_name(found[0])}.png{more}"


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
            from sim.plots.sensitivity import PLOT

            for one in found[:PICTURES]:
                PLOT.write((one, sweep), draft, picture_name(one))


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
