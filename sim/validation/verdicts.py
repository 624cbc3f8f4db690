"""What becomes of a claim: its experiment is run, and its verdict is read off the members that agree."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from sim.io.progress import Progress
from sim.model.variables import Series
from sim.validation.experiments import Expectation, Experiment
from sim.validation.simulation_cache import Array, SimulationCache, differences

QUANTILES = (0.05, 0.5, 0.95)
ROUNDING = 1e-9
HOLDS, FAILS, UNDETERMINED = "holds", "fails", "undetermined"


@dataclass(frozen=True)
class Evidence:
    """What came of one expectation.

    median, low, high : of the difference over members, 5 and 95 per cent
    share             : of the members counted that agree
    counted           : members that count
    members           : members in all
    """

    expectation: Expectation
    median: float
    low: float
    high: float
    share: float
    counted: int
    members: int

    @property
    def verdict(self) -> str:
        """Holds if enough members agree, fails if as many do not, undetermined between; what may be so holds there too."""
        if self.share >= self.expectation.members - ROUNDING:
            return HOLDS
        if self.share <= 1.0 - self.expectation.members + ROUNDING:
            return FAILS
        return HOLDS if self.expectation.possible else UNDETERMINED


@dataclass(frozen=True)
class ExperimentOutcome:
    """What came of an experiment: as it is, under the setting that should turn it, and under the one that should right it."""

    experiment: Experiment
    evidence: tuple[Evidence, ...]
    turned: tuple[Evidence, ...]
    righted: tuple[Evidence, ...] = ()

    @property
    def verdict(self) -> str:
        """Of the experiment as it is."""
        return verdict_of(self.evidence)

    @property
    def can_fail(self) -> bool:
        """Whether the setting that should make the claim fail does."""
        return verdict_of(self.turned) == FAILS

    @property
    def can_hold(self) -> bool:
        """Whether the claim holds as it is, or under the setting that should make it hold, if one is named."""
        return not self.righted or HOLDS in (self.verdict, verdict_of(self.righted))

    @property
    def is_as_recorded(self) -> bool:
        """Whether nothing has changed since the verdict was recorded."""
        return self.verdict == self.experiment.recorded and self.can_fail and self.can_hold


def verdict_of(evidence: Sequence[Evidence]) -> str:
    """Fails if any part fails, holds if all hold."""
    verdicts = {part.verdict for part in evidence}
    if FAILS in verdicts:
        return FAILS
    return HOLDS if verdicts == {HOLDS} else UNDETERMINED


def outcomes(
    chosen: Iterable[Experiment], simulations: SimulationCache, progress: Progress | None = None
) -> dict[str, ExperimentOutcome]:
    """Run experiments together, so that they share worlds; what came of each, by its id."""
    plans = [(experiment, _requests(experiment, simulations)) for experiment in chosen]
    simulations.run(progress)
    return {
        experiment.id: ExperimentOutcome(experiment, *(_evidence(experiment, keys, simulations) for keys in requests))
        for experiment, requests in plans
    }


def _requests(experiment: Experiment, simulations: SimulationCache) -> list[list[str]]:
    """Names of an experiment's worlds: as it is, under what makes it fail, and under what makes it hold."""
    wanted: dict[Series, int] = {}
    for expectation in experiment.expect:
        wanted[expectation.variable] = max(wanted.get(expectation.variable, 0), *expectation.quarters)
    turns = [None, experiment.fails_when, *([experiment.holds_when] if experiment.holds_when else [])]
    return [[simulations.ask(world, wanted) for world in experiment.worlds_under(turn)] for turn in turns]


def _evidence(experiment: Experiment, worlds: Sequence[str], simulations: SimulationCache) -> tuple[Evidence, ...]:
    return tuple(
        evidence_of(part, differences(simulations, worlds, part.variable, part.quarters, relative=part.relative))
        for part in experiment.expect
    )


def evidence_of(expectation: Expectation, change: Array) -> Evidence:
    """How far the members agree with an expectation.

    change : (members,) difference in each
    """
    moved = np.abs(change) > ROUNDING
    counted = change[moved] if expectation.among == "moved" else np.where(moved, change, 0.0)
    up, down = counted > expectation.band, counted < -expectation.band
    agree = {"+": up, "-": down, "0": ~(up | down), "not +": ~up, "not -": ~down}[expectation.sign]
    low, median, high = map(float, np.quantile(change, QUANTILES))
    share = float(agree.mean()) if len(counted) else 0.0
    return Evidence(expectation, median, low, high, share, len(counted), len(change))
