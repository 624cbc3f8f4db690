"""The sensitivity of several outcomes of a sweep at once: which are looked at, and what the answer holds."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sim.analysis.output import to_json
from sim.analysis.results import Frame, framed
from sim.io.errors import refusal
from sim.io.templates import phrase
from sim.sweep.analysis.loading import Sweep
from sim.sweep.analysis.measures import EFFECT, SPREAD
from sim.sweep.analysis.sensitivity import MeasureRow, NoVarianceError, Sensitivity, sensitivity
from sim.sweep.analysis.sensitivity_text import sensitivity_answer, verdict
from sim.version import __version__

NONE = "none"
COLUMNS = (
    "metric", "scenario", "against", "method", "measure", "by", "input", "value", "low", "high", "unit", "without_effect", "how",
)  # fmt: skip


@dataclass(frozen=True, repr=False)
class SensitivityStudy:
    """The analysis of every outcome asked for, and the names of those that never change."""

    sweep: Sweep
    outcomes: tuple[Sensitivity, ...]
    constant: tuple[str, ...]

    def __repr__(self) -> str:
        return f"SensitivityStudy({self.sweep!r}: {len(self.outcomes)} outcomes)"

    def frame(self) -> Frame:
        """A row for each outcome, measure and input (or group, or pair of inputs), as a pandas DataFrame.

        low, high      : ends of the 95 % interval
        unit           : that of the outcome for an effect of Morris; 1 for what is a share
        without_effect : what an input without effect could get on these points, where that is known
        """
        return framed((_row(one, row) for one in self.outcomes for row in one.rows), COLUMNS)

    def document(self) -> dict[str, Any]:
        """What `sensitivity --format json` prints, and sensitivity.json holds."""
        content = {
            "sweep": self.sweep.name,
            "design": self.sweep.design,
            "version": __version__,
            "caveat": phrase("sweep_words.txt", "caveat", self.sweep),
            "constant": self.constant,
            "outcomes": [_outcome(outcome) for outcome in self.outcomes],
        }
        return dict(to_json(content))

    def lines(self) -> Iterator[str]:
        """The lines of the answer, without the files."""
        return sensitivity_answer(self.sweep, self.outcomes, self.constant)


def _row(one: Sensitivity, row: MeasureRow) -> tuple[Any, ...]:
    ends = (row.value - row.half, row.value + row.half)
    unit = one.unit if row.measure in (EFFECT, SPREAD) else "1"
    head = (one.metric, one.scenario, one.against, row.method, row.measure, row.by, row.name)
    return (*head, row.value, *ends, unit, one.floors.get(row.measure, math.nan), row.how)


def sensitivity_study(
    sweep: Sweep, metrics: Sequence[str] = (), scenarios: Sequence[str] = (), against: str | None = None,
    methods: Sequence[str] = (),
) -> SensitivityStudy:  # fmt: skip
    """Analyse outcomes of a sweep; InputError if all of them are the same at every point.

    metrics, scenarios : names; none takes all
    against : a scenario whose outcome in the same world is subtracted; NONE subtracts nothing; None goes by the scenarios
    methods : none lets the design decide
    """
    names = [sweep.metric(name).name for name in metrics] or [metric.name for metric in sweep.metrics]
    outcomes, constant = [], []
    for scenario, base in pairs_of(sweep, scenarios, against):
        for name in names:
            try:
                outcomes.append(sensitivity(sweep, name, scenario, base, methods))
            except NoVarianceError:
                constant.append(f"{name}, {scenario}{'' if base is None else f' minus {base}'}")
    if not outcomes:
        what = f"{'; '.join(constant)}: the same at every point, or reached at none; nothing can matter for it"
        message = f"{what}. Choose another metric or wider ranges"
        raise refusal(sweep.folder, message)
    return SensitivityStudy(sweep, tuple(outcomes), tuple(constant))


def pairs_of(sweep: Sweep, scenarios: Sequence[str], against: str | None) -> list[tuple[str, str | None]]:
    """The scenarios to look at, each with the one to subtract; by default differences to baselines, and no level of a baseline
    that was not asked for. InputError where nothing is left."""
    chosen = [sweep.scenario(name) for name in scenarios] or list(sweep.scenarios)
    if against == NONE:
        return [(name, None) for name in chosen]
    if against is None:
        pairs = [(name, sweep.compared_with(name)) for name in chosen]
        bases = {base for _, base in pairs if base is not None}
        return [(name, base) for name, base in pairs if base is not None or scenarios or name not in bases]
    base = sweep.scenario(against)
    if chosen == [base]:
        sweep.refuse("against", f"{against} is the only scenario asked for; there is nothing to subtract it from")
    return [(name, base) for name in chosen if name != base]


def _outcome(analysis: Sensitivity) -> dict[str, Any]:
    trust = verdict(analysis)
    return {
        "metric": analysis.metric,
        "unit": analysis.unit,
        "scenario": analysis.scenario,
        "against": analysis.against,
        "points": analysis.points,
        "points_left_out": analysis.left_out,
        "members": analysis.members,
        "variance_within_points": analysis.within,
        "mean": analysis.mean,
        "leading_measure": analysis.leading,
        "is_settled": trust.is_settled,
        "not_told_apart": trust.unsettled,
        "as_good_as_equal": trust.equal,
        "points_that_would_do": trust.wanted,
        "without_effect": analysis.floors,
        "notes": analysis.notes,
        "measures": [vars(row) for row in analysis.rows],
        "swings": [vars(swing) for swing in analysis.swings],
    }
