"""The sensitivity of several outcomes of a sweep at once: which are looked at, and what the answer holds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sim import __version__
from sim.analysis.output import to_json
from sim.io.errors import InputError, Problem
from sim.sweep.analysis.loading import Sweep
from sim.sweep.analysis.sensitivity import NoVarianceError, Sensitivity, sensitivity
from sim.sweep.analysis.sensitivity_text import sensitivity_answer, verdict

NONE = "none"


@dataclass(frozen=True)
class SensitivityStudy:
    """The analysis of every outcome asked for, and the names of those that never change."""

    sweep: Sweep
    outcomes: tuple[Sensitivity, ...]
    constant: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """What `sensitivity --format json` prints, and sensitivity.json holds."""
        content = {
            "sweep": self.sweep.name,
            "design": self.sweep.design,
            "version": __version__,
            "constant": self.constant,
            "outcomes": [_outcome(one) for one in self.outcomes],
        }
        return dict(to_json(content))

    def lines(self) -> Iterator[str]:
        """The lines of the answer, without the files."""
        return sensitivity_answer(self.sweep, self.outcomes, self.constant)


def sensitivity_study(
    sweep: Sweep, metrics: Sequence[str] = (), scenarios: Sequence[str] = (), against: str | None = None,
    methods: Sequence[str] = (),
) -> SensitivityStudy:  # fmt: skip
    """Analyse outcomes of a sweep; InputError if all of them are the same at every point.

    metrics, scenarios : names; none takes all
    against : a scenario whose outcome in the same world is subtracted; NONE subtracts nothing; None goes by the scenarios
    methods : none lets the design decide
    """
    names = [sweep.metric(name).name for name in metrics] or [one.name for one in sweep.metrics]
    outcomes, constant = [], []
    for scenario, other in pairs_of(sweep, scenarios, against):
        for name in names:
            try:
                outcomes.append(sensitivity(sweep, name, scenario, other, methods))
            except NoVarianceError:
                constant.append(f"{name}, {scenario}{'' if other is None else f' minus {other}'}")
    if not outcomes:
        message = f"{'; '.join(constant)}: the same at every point; nothing can matter for it. Choose another metric or wider ranges"
        raise InputError(sweep.folder, [Problem(None, "", message)])
    return SensitivityStudy(sweep, tuple(outcomes), tuple(constant))


def pairs_of(sweep: Sweep, scenarios: Sequence[str], against: str | None) -> list[tuple[str, str | None]]:
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


def _outcome(one: Sensitivity) -> dict[str, Any]:
    trust = verdict(one)
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
        "is_settled": trust.is_settled,
        "not_told_apart": trust.unsettled,
        "as_good_as_equal": trust.equal,
        "points_that_would_do": trust.wanted,
        "without_effect": one.floors,
        "notes": one.notes,
        "measures": [vars(row) for row in one.rows],
        "swings": [vars(swing) for swing in one.swings],
    }
