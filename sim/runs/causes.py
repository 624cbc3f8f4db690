"""What the spread of a run is owed to: some members are simulated again with other luck, theories and channels."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sim.analysis.drivers import uncertain_numbers
from sim.analysis.incidents import HAZARD, channels
from sim.analysis.results import Array, Run
from sim.analysis.variance_shares import series_again, splits, worlds_again
from sim.engines.options import RunOptions
from sim.engines.simulate import PreparedScenario, drawn_parameters, parameters_for, simulated_again
from sim.model.theories import theories


def with_causes(run: Run, pair: Sequence[PreparedScenario], options: RunOptions) -> Run:
    """The run with the shares of parameters, chance and theories, and with what moved the risk of incidents.

    Both stay None where too few members were simulated, or where there is nothing to compare with.
    """
    count = worlds_again(options.members)
    if count == 0 or run.baseline is None:
        return run
    run = _with_shares(run, pair, options, count)
    return run if run.first_effect is None else _with_channels(run, pair, options, count)


def _with_shares(run: Run, pair: Sequence[PreparedScenario], options: RunOptions, count: int) -> Run:
    def again(theory_name: str | None, chance_seed: int | None) -> tuple[Array, Array]:
        name = theory_name or options.theory
        return simulated_again(
            pair,
            options,
            count,
            series_again(),
            lambda side: parameters_for(side.scenario, name, options.fit),
            chance_seed,
        )

    table = pair[-1].parameters
    drawn = drawn_parameters(table, count, seed=options.seed, engine=options.engine)
    numbers = uncertain_numbers(table, drawn, [side.script for side in pair], options.seed, range(count))
    return replace(run, uncertainty=splits(run, tuple(theories()), again, numbers))


def _with_channels(run: Run, pair: Sequence[PreparedScenario], options: RunOptions, count: int) -> Run:
    def again(over: Mapping[str, float]) -> Array:
        scenario, baseline = simulated_again(
            pair, options, count, (HAZARD,), lambda side: side.parameters.with_overrides(over)
        )
        difference: Array = scenario[0] - baseline[0]
        return difference

    return replace(run, channels=channels(again))
