"""What a sweep would cost, from running a few of its runs: time on this machine, and bytes on the disk."""

import os
import time
from dataclasses import dataclass

import numpy as np

from sim.sweep.design import Design
from sim.sweep.samplers import points_of
from sim.sweep.simulate import RunBatch, outcomes, plan_of
from sim.sweep.table import parquet_bytes, shape_of, table_of

TRIAL_RUNS = 256
WARM_UP = 32
POINTS_MADE_UP_TO = 1_000_000


@dataclass(frozen=True)
class Trial:
    """An estimate.

    seconds : on all cores, once the engine is compiled
    size    : bytes of the table; as much again is needed while it is put together
    columns : of the table
    """

    runs: int
    seconds: float
    size: int
    columns: int


def trial(design: Design, threads: int | None = None) -> Trial:
    """Run some points of a design and keep nothing."""
    plan = plan_of(design)
    if design.points <= POINTS_MADE_UP_TO:
        points = points_of(design)
    else:  # the first values of each input stand for all
        points = np.array([[input_.values[0] if input_.values else 0.0] for input_ in design.inputs])
    runs_in_all = points.shape[1] * plan.members
    count = min(TRIAL_RUNS, runs_in_all)
    runs = np.unique(np.linspace(0, runs_in_all - 1, count).astype(np.int64))
    batch = RunBatch(runs, np.ascontiguousarray(points[:, runs // plan.members]))
    warm = RunBatch(runs[:WARM_UP], np.ascontiguousarray(batch.values[:, :WARM_UP]))
    outcomes(plan, warm)
    began = time.perf_counter()
    scenarios = outcomes(plan, batch)
    seconds = (time.perf_counter() - began) / (len(runs) * len(plan.scenarios))
    shape = shape_of(design)
    table = table_of(shape, plan, batch, scenarios)
    frame = len(parquet_bytes(shape, shape.schema.empty_table()))
    per_row = max(1.0, (len(parquet_bytes(shape, table)) - frame) / len(table))
    workers = threads or os.cpu_count() or 1
    size = frame + int(per_row * design.runs)
    return Trial(design.runs, seconds * design.runs / workers, size, len(shape.schema.names))
