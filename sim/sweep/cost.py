"""What a sweep would cost, from running a few of its runs: time on this machine, and bytes on the disk; in numbers and in words."""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.sweep.design import Design
from sim.sweep.samplers import points_of
from sim.sweep.simulate import RunBatch, outcomes, plan_of
from sim.sweep.table import parquet_bytes, shape_of, table_of

TRIAL_RUNS = 256
WARM_UP = 32
POINTS_MADE_UP_TO = 1_000_000
MEGABYTE = 1e6


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


def trial_document(design: Design, trial: Trial) -> dict[str, Any]:
    """What `sweep --dry-run --format json` prints."""
    return {
        "points": design.points,
        "members": design.content.members,
        "scenarios": len(design.sides),
        "runs": trial.runs,
        "seconds": round(trial.seconds, 1),
        "bytes": trial.size,
        "columns": trial.columns,
    }


def trial_lines(design: Design, trial: Trial, limit: int) -> Iterator[str]:
    """How many runs, how long, how large."""
    sizes = f"{design.points:,} points x {design.content.members:,} members x {len(design.sides)} scenarios"
    yield f"{sizes} = {trial.runs:,} runs"
    yield f"about {duration(trial.seconds)} on this machine, from a trial of a few of them"
    yield f"a table of about {shown_size(trial.size)}: {trial.runs:,} rows, {trial.columns} columns"
    if trial.runs > limit:
        yield f"This is above the limit of {limit:,}; --limit {trial.runs} runs it."


def duration(seconds: float) -> str:
    """A time as a reader says it.

    >>> duration(0.2), duration(75.0), duration(7300.0)
    ('1 s', '75 s', '2 h 2 min')
    """
    if seconds < 120:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"


def shown_size(size: int) -> str:
    """A size in bytes as a reader says it.

    >>> shown_size(36842), shown_size(272_000_000)
    ('37 kB', '272.0 MB')
    """
    return f"{size / MEGABYTE:,.1f} MB" if size >= MEGABYTE else f"{size / 1e3:,.0f} kB"
