"""What the spread of a run is due to: some members are simulated again with other luck, theories and channels."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np

from sim.analysis.drivers import uncertain_numbers
from sim.analysis.incidents import HAZARD, OFF, channels
from sim.analysis.results import Array, Run
from sim.analysis.store import Store
from sim.analysis.variance_shares import MEMBERS_RANKED, OTHER_CHANCE, count_again, series_again, splits
from sim.engines.options import RunOptions
from sim.engines.simulate import PreparedScenario, drawn_parameters, simulated, untouched_parameters
from sim.model.parameter_table import ParameterTable
from sim.model.theories import theories

Tables = tuple[ParameterTable, ...]  # of both simulations, the baseline first
Experiment = tuple[Tables, int | None]  # and a seed of chance of its own, or None
Key = tuple[str | int | None, ...]


class Again:
    """The first members of a run and of its baseline with other parameters or other luck; nothing is simulated twice."""

    def __init__(
        self, run: Run, pair: Sequence[PreparedScenario], options: RunOptions, stores: Sequence[Store]
    ) -> None:
        """stores : what both sides recorded, the baseline first"""
        self.pair, self.options = pair, options
        self.count, self.series = count_again(options.members), series_again(run)
        self.own: Tables = tuple(one.parameters for one in pair)
        self.recorded = [
            np.array([store.values(one, range(run.quarters), MEMBERS_RANKED) for one in self.series])
            for store in reversed(stores)
        ]
        first = [values[..., : self.count] for values in self.recorded]
        self._found: dict[Key, Sequence[Array]] = {_key((self.own, None)): first}

    def of(self, asked: Sequence[Experiment]) -> list[Sequence[Array]]:
        """What each experiment gives: the scenario and the baseline, (series, quarters, members) each."""
        keys = {_key(one): one for one in asked}
        new = {key: one for key, one in keys.items() if key not in self._found}
        with ThreadPoolExecutor(self.options.threads or os.cpu_count()) as pool:
            self._found |= zip(new, pool.map(self._simulated, new.values()), strict=True)
        return [self._found[_key(one)] for one in asked]

    def _simulated(self, asked: Experiment) -> Sequence[Array]:
        tables, chance_seed = asked
        baseline, scenario = (
            simulated(
                replace(side, parameters=table), range(self.count), seed=self.options.seed,
                quarters=self.options.quarters, series=self.series, threads=1, chance_seed=chance_seed,
            )
            for side, table in zip(self.pair, tables, strict=True)
        )  # fmt: skip
        return scenario, baseline


def worlds_run_again(
    run: Run, pair: Sequence[PreparedScenario], options: RunOptions, stores: Sequence[Store]
) -> Again | None:
    """What may be asked of a run's first members; None where there are too few, or where nothing differs."""
    differs = run.baseline is not None and run.first_effect is not None
    return Again(run, pair, options, stores) if differs and count_again(options.members) else None


def with_shares(run: Run, again: Again | None) -> Run:
    """The run with the shares of parameters, chance and theories; they stay None where nobody could say."""
    if again is None:
        is_alike = run.baseline is not None and run.first_effect is None and count_again(run.members)
        return replace(run, uncertainty=()) if is_alike else run
    by_theory = _under_theories(again.pair, again.options)
    luck = again.options.seed ^ OTHER_CHANCE
    replicates = again.of([(again.own, None), (again.own, luck), *((tables, None) for tables in by_theory.values())])
    ranked = again.recorded[0].shape[-1]
    drawn = drawn_parameters(again.own[-1], ranked, seed=run.seed, engine=run.engine)
    scripts = [one.script for one in again.pair]
    numbers = uncertain_numbers(again.own[-1], drawn, scripts, run.seed, range(ranked))
    return replace(run, uncertainty=splits(run, tuple(by_theory), again.series, again.recorded, replicates, numbers))


def with_channels(run: Run, again: Again | None) -> Run:
    """The run with what moved the risk of incidents; it stays None where nobody could say."""
    if again is None:
        return run
    ways = again.of([(tuple(table.with_overrides(over) for table in again.own), None) for over in OFF.values()])
    hazard = again.series.index(HAZARD)
    return replace(
        run, channels=channels({way: np.subtract(*both)[hazard] for way, both in zip(OFF, ways, strict=True)})
    )


def _under_theories(pair: Sequence[PreparedScenario], options: RunOptions) -> dict[str, Tables]:
    """Parameters of both sides under each rival theory in place of that of the run; what a scenario sets wins."""
    plain = untouched_parameters(None, options.ensemble)
    return {
        name: tuple(plain.with_overrides(one.parameters).with_overrides(each.scenario.parameters) for each in pair)
        for name, one in theories().items()
    }


def _key(asked: Experiment) -> Key:
    """What decides the numbers of an experiment."""
    tables, chance_seed = asked
    return (*(table.digest for table in tables), chance_seed)
