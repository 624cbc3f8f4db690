"""A sweep cut into chunks, and what makes one of them."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sim.io.errors import InputError, refusal
from sim.sweep.design import Design
from sim.sweep.folder import MAKE_AGAIN, SUM_LETTERS, SweepFolder, mark_of, put_chunk, read_chunk, salt_of
from sim.sweep.simulate import RunBatch, SweepPlan, outcomes
from sim.sweep.table import Shape, labels_of, parquet_bytes, shape_of, table_of


@dataclass(frozen=True)
class Tally:
    """What a finished chunk says of itself."""

    number: int
    digest: str
    failed: int


@dataclass(frozen=True, eq=False)
class SweepJob:
    """A design ready to be run into a folder.

    chunk_runs : runs of each chunk, each of them in every scenario
    """

    design: Design
    plan: SweepPlan
    points: NDArray[np.float64]
    folder: SweepFolder
    chunk_runs: int

    @property
    def runs(self) -> int:
        """Points x members; each is one row for every scenario."""
        return self.points.shape[1] * self.plan.members

    @property
    def chunks(self) -> int:
        return -(-self.runs // self.chunk_runs)

    @cached_property
    def shape(self) -> Shape:
        return shape_of(self.design)

    @cached_property
    def mark(self) -> str:
        return mark_of(self.design)

    def batch(self, number: int) -> RunBatch:
        """The runs of a chunk."""
        return self.batch_of(np.array(self.batch_runs(number), dtype=np.int64))

    def batch_runs(self, number: int) -> range:
        """Numbers of the runs of a chunk."""
        return range(number * self.chunk_runs, min((number + 1) * self.chunk_runs, self.runs))

    def batch_of(self, runs: NDArray[np.int64]) -> RunBatch:
        return RunBatch(runs, np.ascontiguousarray(self.points[:, runs // self.plan.members]))


def check_finished(sweep: SweepJob, sums: Mapping[int, str]) -> None:
    """InputError for the first chunk that is not of this sweep: by its number, its columns, the names of its rows, or one of its
    runs, which is run again; its sum, which cannot be foreseen, picks which."""
    numbers = sorted(sums)
    strange = [number for number in numbers if number >= sweep.chunks]
    if strange:
        raise _foreign(sweep, strange[0], sums, f"this sweep has {sweep.chunks} chunks")
    if not numbers:
        return
    picked = [int(sums[number], 16) % len(sweep.batch_runs(number)) for number in numbers]
    runs = [sweep.batch_runs(number)[place] for number, place in zip(numbers, picked, strict=True)]
    batch = sweep.batch_of(np.array(runs, dtype=np.int64))
    again = table_of(sweep.shape, sweep.plan, batch, outcomes(sweep.plan, batch))
    sides = len(sweep.plan.scenarios)
    for place, number in enumerate(numbers):
        table = read_chunk(sweep.folder.file_of(number, sums[number]))
        rows = labels_of(sweep.shape, sweep.plan, sweep.batch(number))
        if not table.schema.equals(sweep.shape.schema, check_metadata=True):
            raise _foreign(sweep, number, sums, "its columns are others")
        if len(table) != len(rows) or not table.select(rows.column_names).equals(rows):
            raise _foreign(sweep, number, sums, "its rows are others")
        if not table.slice(picked[place] * sides, sides).equals(again.slice(place * sides, sides)):
            raise _foreign(sweep, number, sums, f"run again, its run {runs[place]} gives other numbers")


def _foreign(sweep: SweepJob, number: int, sums: Mapping[int, str], why: str) -> InputError:
    return refusal(sweep.folder.file_of(number, sums[number]), f"is no chunk of this sweep: {why}; {MAKE_AGAIN}")


def made(sweep: SweepJob, number: int) -> Tally:
    """Run one chunk and put it into the folder."""
    return made_of(sweep.plan, sweep.shape, sweep.batch(number), sweep.folder.path, number, sweep.mark)


def made_of(plan: SweepPlan, shape: Shape, batch: RunBatch, folder: Path, number: int, mark: str) -> Tally:
    """Run the batch that is a chunk and put it into the folder; wherever this is called, the folder is the same."""
    scenarios = outcomes(plan, batch)
    digest = keep_chunk(folder, number, shape, table_of(shape, plan, batch, scenarios), mark)
    return Tally(number, digest, sum(bool(error) for outcome in scenarios for error in outcome.errors))


def keep_chunk(folder: Path, number: int, shape: Shape, table: pa.Table, mark: str) -> str:
    """Put the rows of a chunk into the folder; returns the part of its sum that its name carries."""
    content = parquet_bytes(shape, table)
    digest = hashlib.sha256(salt_of(mark, number) + content).hexdigest()[:SUM_LETTERS]
    put_chunk(folder, number, content, digest)
    return digest
