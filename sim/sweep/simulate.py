"""The runs of a sweep on the compiled engine: points x members lie side by side in its lanes, and only metrics are kept.

A plan holds no points: whoever runs a batch of a sweep is given the points of that batch. So a batch means the same on any
thread, process or machine.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.engines.compiled.encoding import Encoded, encoded, sizes_of
from sim.engines.compiled.engine import Given, rows_of, run_blocks
from sim.engines.compiled.layout import LANES
from sim.engines.simulate import parameters_for
from sim.ensembles.draws import fitted_values
from sim.io.errors import InputError
from sim.io.quarters import name_of
from sim.model.parameter_table import ParameterTable
from sim.model.schedule import Script, script_of
from sim.model.variables import Series
from sim.sweep.design import Design, Side
from sim.sweep.inputs import EVENTS
from sim.sweep.metrics import DesignMetric, metric_values
from sim.sweep.schema import Ensemble

Array = NDArray[np.float64]
Whole = NDArray[np.int64]
BYTES_AT_ONCE = 24_000_000  # of recorded series, in whole blocks of lanes


@dataclass(frozen=True, eq=False)
class EncodedScenario:
    """One scenario, ready for the engine.

    rows, inputs           : rows of the parameter table that vary, and the input that gives each
    size_rows, size_inputs : the same for the sizes of the script
    """

    name: str
    parameters: ParameterTable
    arrays: Encoded
    rows: Whole
    inputs: Whole
    size_rows: Whole
    size_inputs: Whole


@dataclass(frozen=True, eq=False)
class SweepPlan:
    """All that is the same in every batch of a sweep."""

    scenarios: tuple[EncodedScenario, ...]
    metrics: tuple[DesignMetric, ...]
    series: tuple[Series, ...]
    members: int
    seed: int
    quarters: int
    is_common: bool
    takes_draw_by_point: bool


@dataclass(frozen=True, eq=False)
class RunBatch:
    """Some runs of a sweep: their numbers, (runs,), and the values of their inputs, (inputs, runs)."""

    runs: Whole
    values: Array


@dataclass(frozen=True, eq=False)
class BatchOutcome:
    """What one scenario's runs of a batch came to: metrics (metrics, runs), members, and what went wrong, "" if nothing."""

    scenario: str
    members: Whole
    metrics: Array
    errors: tuple[str, ...]


def plan_of(design: Design) -> SweepPlan:
    """The plan of a design."""
    scenarios = tuple(_encoded_scenario(design, side) for side in design.sides)
    series = tuple(dict.fromkeys(series for metric in design.metrics for series in metric.needs))
    content = design.content
    return SweepPlan(
        scenarios, design.metrics, series, content.members, content.seed, design.quarters, content.common_random_numbers,
        isinstance(content.design, Ensemble),
    )  # fmt: skip


def _encoded_scenario(design: Design, side: Side) -> EncodedScenario:
    table = parameters_for(side.scenario, side.theory, design.content.fit)
    script = script_of(side.scenario.events)
    rows = [] if isinstance(design.content.design, Ensemble) else _rows(design, table)
    sizes = _size_rows(design, script, design.quarters)
    return EncodedScenario(
        side.name,
        table,
        encoded(table, script, design.quarters),
        np.array([row for row, _ in rows], dtype=np.int64),
        np.array([place for _, place in rows], dtype=np.int64),
        np.array([row for row, _ in sizes], dtype=np.int64),
        np.array([place for _, place in sizes], dtype=np.int64),
    )


def _rows(design: Design, table: ParameterTable) -> list[tuple[int, int]]:
    """Rows of the table that vary and the input of each; a longer name wins over a shorter one, a fixed one too."""
    names = [(input_.key, place) for place, input_ in enumerate(design.inputs) if not input_.key.startswith(EVENTS)]
    names += [(key, -1) for key in design.fixed if not key.startswith(EVENTS)]
    owner = {
        row: place for key, place in sorted(names, key=lambda entry: entry[0].count(".")) for row in table.rows_of(key)
    }
    return [(row, place) for row, place in sorted(owner.items()) if place >= 0]


def _size_rows(design: Design, script: Script, quarters: int) -> list[tuple[int, int]]:
    """Rows of the script's encoded sizes that vary and the input of each."""
    places = {input_.key.removeprefix(EVENTS): place for place, input_ in enumerate(design.inputs)}
    sizes = enumerate(sizes_of(script, quarters))
    return [(row, places[size.draw]) for row, size in sizes if size.draw in places]


def outcomes(plan: SweepPlan, batch: RunBatch, threads: int | None = 1) -> list[BatchOutcome]:
    """Run a batch of a sweep in every scenario. A run that fails is told in `errors`; its metrics are not numbers."""
    return [_outcome(plan, number, batch, threads) for number in range(len(plan.scenarios))]


def _outcome(plan: SweepPlan, number: int, batch: RunBatch, threads: int | None) -> BatchOutcome:
    members = members_of(plan, number, batch.runs)
    metrics = np.full((len(plan.metrics), len(batch.runs)), np.nan)
    errors: list[str] = []
    blocks = BYTES_AT_ONCE // (8 * LANES * plan.quarters * len(plan.series))
    step = LANES * max(1, min(64, blocks))
    for start in range(0, len(batch.runs), step):
        some = slice(start, start + step)
        values, faults = _attempt(plan, number, batch.runs[some], members[some], batch.values[:, some], threads)
        metrics[:, some] = values
        errors += faults
    return BatchOutcome(plan.scenarios[number].name, members, metrics, tuple(errors))


def members_of(plan: SweepPlan, number: int, runs: Whole) -> Whole:
    """The member numbers that name the draws of runs: the same at every point and in every scenario, unless the design
    asks for draws of their own."""
    if plan.is_common:
        return runs % plan.members
    return runs * len(plan.scenarios) + number


def _attempt(
    plan: SweepPlan, number: int, runs: Whole, members: Whole, values: Array, threads: int | None
) -> tuple[Array, list[str]]:
    """Metrics of some runs and what is wrong with each; if the engine itself fails, the runs are tried one by one."""
    try:
        return _simulated(plan, plan.scenarios[number], runs, members, values, threads)
    except InputError:
        raise
    except (ArithmeticError, LookupError, RuntimeError, TypeError, ValueError) as error:
        if len(runs) == 1:
            return np.full((len(plan.metrics), 1), np.nan), [f"{type(error).__name__}: {error}"]
        each = [
            _attempt(plan, number, runs[k : k + 1], members[k : k + 1], values[:, k : k + 1], threads)
            for k in range(len(runs))
        ]
        faults = [fault for _, of_one in each for fault in of_one]
        return np.concatenate([metrics for metrics, _ in each], axis=1), faults


def _simulated(
    plan: SweepPlan, scenario: EncodedScenario, runs: Whole, members: Whole, values: Array, threads: int | None
) -> tuple[Array, list[str]]:
    table = scenario.parameters
    drawn_by = runs // plan.members if plan.takes_draw_by_point else members
    rows = np.concatenate([np.array(table.fitted, dtype=np.int64), scenario.rows])
    given = np.concatenate([fitted_values(table, plan.seed, drawn_by), values[scenario.inputs]])
    recorded = run_blocks(
        scenario.arrays, Given(rows, given, scenario.size_rows, values[scenario.size_inputs]), members, rows_of(plan.series),
        seed=plan.seed, quarters=plan.quarters, threads=threads,
    )  # fmt: skip
    place = {series: number for number, series in enumerate(plan.series)}
    metrics = np.array([metric_values(metric, lambda one: recorded[place[one]]) for metric in plan.metrics])
    metrics = metrics[:, : len(runs)]
    is_good = np.asarray(np.isfinite(recorded).all(axis=(0, 1)))[: len(runs)]
    if is_good.all():
        return metrics, [""] * len(runs)
    metrics[:, ~is_good] = np.nan
    return metrics, ["" if good else _fault(recorded[:, :, k], plan.series) for k, good in enumerate(is_good)]


def _fault(recorded: Array, series: Sequence[Series]) -> str:
    """Which number of a run is not finite, and when first."""
    quarter, place = np.argwhere(~np.isfinite(recorded.T))[0]
    return f"{series[place].name} is not finite in {name_of(int(quarter))}"
