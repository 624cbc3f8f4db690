"""What becomes of a claim: its experiment is run, and its verdict is read off the members that agree."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from sim.model.variables import Series
from sim.validation.experiments import Expectation, Experiment, Turn
from sim.validation.simulation_cache import Array, Progress, SimulationCache, differences

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
class Outcome:
    """What came of an experiment, as it is and under the settings that should turn it."""

    experiment: Experiment
    evidence: tuple[Evidence, ...]
    turned: tuple[Evidence, ...]
    righted: tuple[Evidence, ...]

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
        return HOLDS in (self.verdict, verdict_of(self.righted)) if self.righted else True

    @property
    def is_as_recorded(self) -> bool:
        """Whether nothing has changed since the verdict was recorded."""
        return self.verdict == self.experiment.recorded and self.can_fail and self.can_hold


def verdict_of(evidence: Sequence[Evidence]) -> str:
    """Fails if any part fails, holds if all hold."""
    found = {one.verdict for one in evidence}
    if FAILS in found:
        return FAILS
    return UNDETERMINED if UNDETERMINED in found or not found else HOLDS


def outcomes(
    chosen: Iterable[Experiment], laboratory: SimulationCache, progress: Progress | None = None
) -> dict[str, Outcome]:
    """Run experiments together, so that they share worlds; what came of each, by its id."""
    plans = [(one, [_asked(one, turn, laboratory) for turn in _turns(one)]) for one in chosen]
    laboratory.run(progress)
    found = {}
    for experiment, worlds in plans:
        as_it_is, turned, *righted = (_evidence(experiment, keys, laboratory) for keys in worlds)
        found[experiment.id] = Outcome(experiment, as_it_is, turned, righted[0] if righted else ())
    return found


def _turns(experiment: Experiment) -> list[Turn | None]:
    """As it is, then under what makes it fail, then under what makes it hold."""
    return [None, experiment.fails_when, *([experiment.holds_when] if experiment.holds_when else [])]


def _asked(experiment: Experiment, turn: Turn | None, laboratory: SimulationCache) -> list[str]:
    """Names of the experiment's worlds, once all that it looks at is asked for."""
    wanted: dict[Series, int] = {}
    for one in experiment.expect:
        wanted[one.series] = max(wanted.get(one.series, 0), *one.quarters)
    return [laboratory.ask(world, wanted) for world in experiment.worlds_under(turn)]


def _evidence(experiment: Experiment, worlds: Sequence[str], laboratory: SimulationCache) -> tuple[Evidence, ...]:
    return tuple(
        evidence_of(one, differences(laboratory, worlds, one.series, one.quarters, relative=one.relative))
        for one in experiment.expect
    )


def evidence_of(expectation: Expectation, found: Array) -> Evidence:
    """How far the members agree with an expectation.

    found : (members,) difference in each
    """
    moved = np.abs(found) > ROUNDING
    counted = found[moved] if expectation.among == "moved" else np.where(moved, found, 0.0)
    up, down = counted > expectation.band, counted < -expectation.band
    agree = {"+": up, "-": down, "0": ~(up | down), "not +": ~up, "not -": ~down}[expectation.sign]
    low, median, high = (float(one) for one in np.quantile(found, QUANTILES))
    share = float(agree.mean()) if len(counted) else 0.0
    return Evidence(expectation, median, low, high, share, len(counted), len(found))
