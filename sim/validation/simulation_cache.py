"""Worlds that many comparisons share: each is simulated once, and only what is asked of it is kept."""

import json
from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from sim.engines.simulate import PreparedScenario, simulated
from sim.ensembles.registry import DEFAULT_FIT, fitted
from sim.io.progress import Progress, advanced
from sim.model.parameters import load_parameters
from sim.model.schedule import script_of
from sim.model.variables import Series
from sim.scenario.loading import Scenario

Array = NDArray[np.float64]


class SimulationCache:
    """Runs scenarios for members that share every draw; the fit is named as by `--ensemble`."""

    def __init__(self, members: int, seed: int = 1, fit: str = DEFAULT_FIT, threads: int | None = None) -> None:
        self.members = members
        self.seed = seed
        self.threads = threads
        self._table = fitted(load_parameters(), fit)
        self._scenarios: dict[str, Scenario] = {}
        self._asked: dict[str, dict[Series, int]] = {}
        self._paths: dict[str, dict[Series, Array]] = {}

    def ask(self, scenario: Scenario, wanted: Mapping[Series, int]) -> str:
        """Note that series are wanted up to a quarter each; returns the name of the world."""
        content = scenario.resolved()
        key = json.dumps([content["parameters"], content["events"]], sort_keys=True)  # all that decides its numbers
        self._scenarios.setdefault(key, scenario)
        asked = self._asked.setdefault(key, {})
        for series, quarter in wanted.items():
            asked[series] = max(quarter, asked.get(series, 0))
        return key

    def run(self, progress: Progress | None = None) -> None:
        """Simulate every world that was asked for and not yet run."""
        waiting = [key for key in self._asked if key not in self._paths]
        for number, key in enumerate(waiting):
            self._paths[key] = self._recorded(self._scenarios[key], self._asked[key])
            advanced(progress, "simulating", number + 1, len(waiting))

    def path(self, key: str, series: Series) -> Array:
        """A series of a world that was run, (quarters, members)."""
        return self._paths[key][series]

    def _recorded(self, scenario: Scenario, wanted: dict[Series, int]) -> dict[Series, Array]:
        table = self._table.with_overrides(scenario.parameters)
        recorded = simulated(
            PreparedScenario(scenario, table, script_of(scenario.events)), range(self.members), seed=self.seed,
            quarters=max(wanted.values()) + 1, series=tuple(wanted), threads=self.threads,
        )  # fmt: skip
        return dict(zip(wanted, recorded, strict=True))


def differences(
    simulations: SimulationCache, worlds: Iterable[str], series: Series, quarters: tuple[int, ...], *, relative: bool = False
) -> Array:  # fmt: skip
    """Difference of the first world to the second in the mean over quarters, (members,); less that of a second pair.

    relative : as a share of the second world's value
    """
    means = [simulations.path(key, series)[list(quarters)].mean(axis=0) for key in worlds]
    pairs = [(means[place], means[place + 1]) for place in range(0, len(means), 2)]
    first, *second = (new / old - 1.0 if relative else new - old for new, old in pairs)
    return first - second[0] if second else first
