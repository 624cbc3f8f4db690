"""What becomes of a claim: its experiment is run, and its verdict is read off the members that agree."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from sim.directions.directions import OTHERWISE
from sim.ensembles.registry import PRIOR
from sim.io.progress import Progress
from sim.model.variables import Series
from sim.scenario.loading import Scenario
from sim.scenario.mechanisms import mechanism_file, without_mechanisms
from sim.scenario.overrides import with_parameters
from sim.validation.experiments import Expectation, Experiment
from sim.validation.simulation_cache import Array, SimulationCache, differences

QUANTILES = (0.05, 0.5, 0.95)
ROUNDING = 1e-9
HOLDS, FAILS, UNDETERMINED = "holds", "fails", "undetermined"
BY_ASSUMPTION = {HOLDS: "holds by assumption", FAILS: "fails by assumption"}
MEMBERS_PRIOR = 128  # simulations without luck that show what else the priors allow, at most


@dataclass(frozen=True)
class Evidence:
    """What came of one expectation.

    median, low, high : of the difference over members, 5 and 95 per cent
    share             : of the members counted that agree
    counted           : members that count
    members           : members in all
    is_moved          : whether anything differs in any of them
    """

    expectation: Expectation
    median: float
    low: float
    high: float
    share: float
    counted: int
    members: int
    is_moved: bool = True

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
    """What came of an experiment: as it is, under the setting that should turn it, and under the one that should right it.

    prior : as it is, drawn from the priors and without luck; empty where that was not looked at
    """

    experiment: Experiment
    evidence: tuple[Evidence, ...]
    turned: tuple[Evidence, ...]
    righted: tuple[Evidence, ...] = ()
    prior: tuple[Evidence, ...] = ()

    @property
    def verdict(self) -> str:
        """Of the experiment as it is."""
        return verdict_of(self.evidence)

    @property
    def is_by_assumption(self) -> bool:
        """Whether nothing that the priors allow makes the verdict come out otherwise."""
        if not self.prior or self.verdict == UNDETERMINED:
            return False
        if self.verdict == HOLDS:
            return all(part.share > 1.0 - OTHERWISE for part in self.prior)
        failing = (prior for own, prior in zip(self.evidence, self.prior, strict=True) if own.verdict == FAILS)
        return any(part.share < OTHERWISE for part in failing)

    @property
    def word(self) -> str:
        """The verdict, and whether it is one by assumption."""
        return BY_ASSUMPTION[self.verdict] if self.is_by_assumption else self.verdict

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
    members = min(simulations.members, MEMBERS_PRIOR)
    prior = SimulationCache(members, simulations.seed, PRIOR, simulations.threads)
    luckless = mechanism_file()[1].both
    plans = [
        (one, _requests(one, simulations), _ask(one, [with_parameters(world, luckless) for world in one.worlds], prior))
        for one in chosen
    ]
    simulations.run(progress)
    prior.run(progress)
    found = {}
    for experiment, requests, keys in plans:
        own, turned, righted = (
            () if worlds is None else _evidence(experiment, worlds, simulations) for worlds in requests
        )
        told = tuple(
            part if part.is_moved else with_luck
            for part, with_luck in zip(_evidence(experiment, keys, prior), own, strict=True)
        )
        found[experiment.id] = ExperimentOutcome(experiment, own, turned, righted, told)
    return found


def _requests(experiment: Experiment, simulations: SimulationCache) -> list[list[str] | None]:
    """Names of an experiment's worlds: as it is, under what makes it fail, and under what makes it hold, if that is named."""
    worlds = [experiment.worlds, experiment.worlds_under(experiment.fails_when)]
    asked: list[list[str] | None] = [_ask(experiment, one, simulations) for one in worlds]
    holds = experiment.holds_when
    return [*asked, None if holds is None else _ask(experiment, experiment.worlds_under(holds), simulations)]


def _ask(experiment: Experiment, worlds: Iterable[Scenario], simulations: SimulationCache) -> list[str]:
    """Names of worlds from which an experiment's series are wanted."""
    wanted: dict[Series, int] = {}
    for expectation in experiment.expect:
        wanted[expectation.variable] = max(wanted.get(expectation.variable, 0), *expectation.quarters)
    return [simulations.ask(world, wanted) for world in worlds]


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
    return Evidence(expectation, median, low, high, share, len(counted), len(change), bool(moved.any()))


def flips_without(
    document: str, chosen: Iterable[Experiment], simulations: SimulationCache, progress: Progress | None = None
) -> dict[str, tuple[str, str]]:
    """Verdicts that change when the mechanisms that rest on one document alone are taken out: experiment -> before and after."""
    experiments = list(chosen)
    sides = [
        (
            _ask(one, one.worlds, simulations),
            _ask(one, [without_mechanisms(world, document) for world in one.worlds], simulations),
        )
        for one in experiments
    ]
    simulations.run(progress)
    verdicts = {
        one.id: tuple(verdict_of(_evidence(one, keys, simulations)) for keys in pair)
        for one, pair in zip(experiments, sides, strict=True)
    }
    return {id_: (before, after) for id_, (before, after) in verdicts.items() if before != after}
