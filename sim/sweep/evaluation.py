"""Metrics at given points, in this process and without a file: what optimisers and samplers of other libraries call.

A call costs what its simulations cost: 32 of them, points times members, take as long as one.
"""

import threading
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sim.analysis.results import Frame
from sim.io.errors import refusal
from sim.io.quarters import PER_YEAR, name_of
from sim.model.network import FIRST
from sim.sweep.design import Design, read_design
from sim.sweep.inputs import fault_of
from sim.sweep.metrics import DesignMetric
from sim.sweep.simulate import RunBatch, SweepPlan, outcomes, plan_of

Array = NDArray[np.float64]
Points: TypeAlias = "Mapping[str, Any] | Sequence[Mapping[str, float]] | Frame"
KEPT = 16  # plans


def evaluate(
    points: Points,
    metrics: Sequence[str | Mapping[str, Any]],
    *,
    scenarios: str | Sequence[Any] = "baseline",
    members: int = 1,
    by_member: bool = False,
    threads: int | None = None,
    **options: Any,
) -> Frame:
    """Metrics at points, as a pandas frame with a row for each point and scenario, and a column for each metric.

    points    : values by input, as `--set` names them: {"reaction.SRB": [.2, .4]}, a frame, or a list of mappings
    metrics   : entries as in a design, or in short "spending.SRB.2026", or an expression, "spending.SRB.2026 / gdp.SRB.2026"
    scenarios : one or several
    members   : simulations at each point, the same at all points; a row holds their mean
    by_member : a row for each member instead
    options   : seed, until, fit, theory, fixed and common_random_numbers, as in a design

    Raises InputError for anything wrong with the input, and for a point at which the model fails.

        >>> evaluate({"reaction.SRB": [0.2, 0.4]}, ["spending.SRB.2026"], members=4)  # doctest: +SKIP
    """
    import pandas as pd

    values = _columns(points)
    sides = [scenarios] if isinstance(scenarios, str) or not isinstance(scenarios, Sequence) else list(scenarios)
    entries = [{"name": one, "expression": one} if isinstance(one, str) else one for one in metrics]
    design = {"scenarios": sides, "members": members, "metrics": entries, **options}
    plan = _plan(design, values)
    runs = np.arange(len(next(iter(values.values()))) * members, dtype=np.int64)
    table = np.array(list(values.values()), dtype=np.float64).reshape(len(values), -1)
    batch = RunBatch(runs, np.ascontiguousarray(table[:, runs // members]))
    frames = []
    for outcome in outcomes(plan, batch, threads if len(runs) > 1 else 1):
        if fault := next(filter(None, outcome.errors), None):
            raise refusal("evaluate", f"a simulation fails: {fault}", outcome.scenario)
        made = outcome.metrics if by_member else outcome.metrics.reshape(len(plan.metrics), -1, members).mean(axis=2)
        labels: dict[str, Any] = {"point": runs // members, "member": outcome.members} if by_member else {}
        labels = labels or {"point": np.arange(made.shape[1])}
        numbers = {metric.name: row for metric, row in zip(plan.metrics, made, strict=True)}
        frames.append(pd.DataFrame({**labels, "scenario": outcome.scenario, **numbers}))
    made_frame = pd.concat(frames).sort_values(list(labels), kind="stable", ignore_index=True)
    given: Any = points
    if isinstance(given, pd.DataFrame):  # rows keep the names that they have in a frame
        made_frame.index = given.index[made_frame["point"]]
    return made_frame


def _columns(points: Points) -> dict[str, Array]:
    """Values by input, of one length."""
    named: Any = points
    if not isinstance(named, Mapping) and not hasattr(named, "columns"):
        named = {name: [point[name] for point in named] for name in named[0]} if len(named) else {}
    try:
        columns = {str(name): np.atleast_1d(np.asarray(named[name], dtype=np.float64)) for name in named}
    except (KeyError, TypeError, ValueError):
        raise refusal("evaluate", f"give numbers: {{'reaction.{FIRST}': [0.2, 0.4]}}", "points") from None
    lengths = {len(column) for column in columns.values()}
    if len(lengths) != 1 or 0 in lengths:
        raise refusal("evaluate", "every input needs the same number of values, and at least one", "points")
    return columns


class _Kept:
    """A plan, and the values of every input between which all are known to be legal."""

    def __init__(self, design: Design) -> None:
        self.plan = plan_of(design)
        self.scenarios = [side.scenario for side in design.sides]
        self.legal = {input_.key: (min(input_.values), max(input_.values)) for input_ in design.inputs}

    def check(self, values: Mapping[str, Array]) -> None:
        """InputError for a value that an input may not have."""
        for name, column in values.items():
            low, high = self.legal[name]
            for value in (float(column.min()), float(column.max())):
                if not low <= value <= high:
                    if (fault := fault_of(name, value, self.scenarios)) is not None:
                        raise refusal("evaluate", fault, name)
                    self.legal[name] = low, high = min(low, value), max(high, value)


def _plan(design: Mapping[str, Any], values: Mapping[str, Array]) -> SweepPlan:
    """The plan of a design whose points are these; of one that was asked before, the one that was kept."""
    key = repr((sorted(design.items(), key=lambda entry: entry[0]), tuple(values)))
    with _one_at_a_time:
        kept = _plans(key)
        if not kept:
            vary = {name: [float(column.min()), float(column.max())] for name, column in values.items()}
            asked = {**design, "design": {"kind": "pairs"}, "vary": vary}
            whole = read_design(asked)
            end = max(PER_YEAR, *(_end(metric) for metric in whole.metrics))  # what comes later is not simulated
            kept.append(_Kept(whole if end == whole.quarters else read_design({**asked, "until": name_of(end - 1)})))
        kept[0].check(values)
    return kept[0].plan


def _end(metric: DesignMetric) -> int:
    """The quarter after the last that a metric looks at."""
    terms = () if metric.formula is None else metric.formula.terms
    ends = [_end(term) for _, term in terms if isinstance(term, DesignMetric)]
    return max(ends) if metric.kind == "single" else max(metric.end, *ends, 0)


@lru_cache(maxsize=KEPT)
def _plans(_key: str) -> list[_Kept]:
    return []


_one_at_a_time = threading.Lock()
