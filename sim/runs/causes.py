"""What the spread of a run is due to: some members are simulated again with other luck, theories and channels."""

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np

from sim.analysis.drivers import uncertain_numbers
from sim.analysis.incidents import HAZARD, OFF, channels
from sim.analysis.results import Array, Run
from sim.analysis.store import Store
from sim.analysis.variance_shares import OTHER_CHANCE, count_again, series_again, splits
from sim.engines.options import RunOptions
from sim.engines.simulate import PreparedScenario, drawn_parameters, simulated, untouched_parameters
from sim.model.parameter_table import ParameterTable
from sim.model.theories import theories
from sim.model.variables import Series

Tables = tuple[ParameterTable, ...]  # of both sides, the baseline first
Key = tuple[str | int | None, ...]


def with_causes(run: Run, pair: Sequence[PreparedScenario], options: RunOptions, stores: Sequence[Store]) -> Run:
    """The run with the shares of parameters, chance and theories, and with what moved the risk of incidents.

    Both stay None where too few members were simulated, or where there is nothing to compare with. What the run itself
    recorded is not simulated again.

    stores : what both sides recorded, the baseline first
    """
    count = count_again(options.members)
    if count == 0 or run.baseline is None:
        return run
    if run.first_effect is None:
        return replace(run, uncertainty=())
    series, own = series_again(run), tuple(one.parameters for one in pair)
    recorded = [
        np.array([store.values(one, range(run.quarters), count) for one in series]) for store in reversed(stores)
    ]
    by_theory = _under_theories(pair, options)
    ways = {way: tuple(table.with_overrides(over) for table in own) for way, over in OFF.items()}
    luck = options.seed ^ OTHER_CHANCE
    asked = [(own, luck), *((tables, None) for tables in (*by_theory.values(), *ways.values()))]
    others = {_key(*one): one for one in asked if _key(*one) != _key(own)}
    found = {_key(own): recorded, **_simulated(others, pair, options, count, series)}
    drawn = drawn_parameters(own[-1], count, seed=options.seed, engine=options.engine)
    numbers = uncertain_numbers(own[-1], drawn, [one.script for one in pair], options.seed, range(count))
    replicates = [recorded, found[_key(own, luck)], *(found[_key(tables)] for tables in by_theory.values())]
    hazard = series.index(HAZARD)
    return replace(
        run,
        uncertainty=splits(run, tuple(by_theory), series, replicates, numbers),
        channels=channels({way: np.subtract(*found[_key(tables)])[hazard] for way, tables in ways.items()}),
    )


def _under_theories(pair: Sequence[PreparedScenario], options: RunOptions) -> dict[str, Tables]:
    """Parameters of both sides under each rival theory in place of that of the run; what a scenario sets wins."""
    plain = untouched_parameters(None, options.fit)
    return {
        name: tuple(plain.with_overrides(one.parameters).with_overrides(each.scenario.parameters) for each in pair)
        for name, one in theories().items()
    }


def _simulated(
    asked: Mapping[Key, tuple[Tables, int | None]], pair: Sequence[PreparedScenario], options: RunOptions, count: int,
    series: Sequence[Series],
) -> dict[Key, Sequence[Array]]:  # fmt: skip
    """The first members of the scenario and of its baseline with other parameters or other luck, side by side.

    asked   : parameters of both sides, and a seed of chance of its own or None
    returns : the scenario and the baseline, (series, quarters, members) each
    """

    def one(tables: Tables, chance_seed: int | None) -> Sequence[Array]:
        baseline, scenario = (
            simulated(
                replace(side, parameters=table), range(count), seed=options.seed, quarters=options.quarters,
                series=series, threads=1, chance_seed=chance_seed,
            )
            for side, table in zip(pair, tables, strict=True)
        )  # fmt: skip
        return scenario, baseline

    with ThreadPoolExecutor(options.threads or os.cpu_count()) as pool:
        return dict(zip(asked, pool.map(lambda given: one(*given), asked.values()), strict=True))


def _key(tables: Tables, chance_seed: int | None = None) -> Key:
    """What decides the numbers of an experiment: what is the same for two of them is simulated once."""
    return (*(table.digest for table in tables), chance_seed)
