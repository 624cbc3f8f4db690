"""One side of a comparison: a scenario with its parameters and its script, and what either engine makes of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module

import numpy as np
from numpy.typing import NDArray

from sim.ensembles.registry import PRIOR, fitted
from sim.model.parameter_table import ParameterTable
from sim.model.parameters import load_parameters
from sim.model.schedule import Script, script_of
from sim.model.theories import theory
from sim.model.variables import Series
from sim.scenario.loading import Scenario


@dataclass(frozen=True)
class PreparedScenario:
    """One side of a comparison, ready to be simulated."""

    scenario: Scenario
    parameters: ParameterTable
    script: Script


def prepared_scenario(scenario: Scenario, theory_name: str | None = None, fit: str = PRIOR) -> PreparedScenario:
    """A scenario with its parameters, under a rival theory if one is named, and its script."""
    return PreparedScenario(scenario, parameters_for(scenario, theory_name, fit), script_of(scenario.events))


def parameters_for(scenario: Scenario, theory_name: str | None, fit: str) -> ParameterTable:
    """The parameters of a fit with the overrides of a rival theory and then of the scenario."""
    return untouched_parameters(theory_name, fit).with_overrides(scenario.parameters)


def untouched_parameters(theory_name: str | None, fit: str) -> ParameterTable:
    """The parameters of a fit with the overrides of a rival theory, whatever the scenario."""
    table = fitted(load_parameters(), fit)
    return table if theory_name is None else table.with_overrides(theory(theory_name).parameters)


def simulated(
    world: PreparedScenario, members: Sequence[int] | NDArray[np.int64], *, seed: int, quarters: int, engine: str = "compiled",
    series: Sequence[Series] | None = None, threads: int | None = None, progress: Callable[[int], None] | None = None,
    chance_seed: int | None = None,
) -> NDArray[np.float64]:  # fmt: skip
    """Recorded members of one world by either engine, (series, quarters, members)."""
    module = import_module("sim.engines.compiled.engine" if engine == "compiled" else "sim.engines.agents.model")
    recorded: NDArray[np.float64] = module.simulate(
        world.parameters, world.script, members=members, seed=seed, quarters=quarters, series=series, threads=threads,
        progress=progress, chance_seed=chance_seed,
    )  # fmt: skip
    return recorded
