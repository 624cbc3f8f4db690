"""The table of a sweep as Parquet: the same rows give the same bytes, however they were put together."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sim.io.provenance import digest_of
from sim.model.parameters import load_parameters
from sim.sweep.design import Design
from sim.sweep.simulate import BatchOutcome, RunBatch, SweepPlan, members_of
from sim.version import __version__

SCHEMA_VERSION = 1
ROWS_PER_GROUP = 65_536
DONE, FAILED = "done", "failed"
METADATA = b"armsrace"


@dataclass(frozen=True)
class Shape:
    """The columns of a table and what its metadata says."""

    inputs: tuple[str, ...]
    metrics: tuple[str, ...]
    metadata: str

    @property
    def schema(self) -> pa.Schema:
        labels = [("run", pa.int64()), ("point", pa.int64()), ("member", pa.int64()), ("scenario", pa.string())]
        labels += [("seed", pa.int64()), ("status", pa.string()), ("error", pa.string())]
        numbers = [(name, pa.float64()) for name in (*self.inputs, *self.metrics)]
        return pa.schema([*labels, *numbers], metadata={METADATA: self.metadata.encode()})


def shape_of(design: Design) -> Shape:
    """The shape of a sweep's table; nothing in it depends on when, where or in how many pieces it was run."""
    labels = {"program": f"balkan-armsrace {__version__}", "design": design.name, "seed": design.content.seed}
    versions = {"model_version": load_parameters().model_version, "schema_version": SCHEMA_VERSION}
    metrics = tuple(metric.name for metric in design.metrics)
    return Shape(design.keys, metrics, json.dumps({**labels, **versions}, sort_keys=True))


def table_of(shape: Shape, plan: SweepPlan, batch: RunBatch, outcomes: Sequence[BatchOutcome]) -> pa.Table:
    """Rows of a batch: run after run, and for each run its scenarios in the order of the design."""
    errors = [outcome.errors[k] for k in range(len(batch.runs)) for outcome in outcomes]
    status = [FAILED if error else DONE for error in errors]
    named = labels_of(shape, plan, batch)
    columns = {name: named.column(name) for name in named.column_names}
    columns["status"], columns["error"] = pa.array(status, pa.string()), pa.array(errors, pa.string())
    for row, name in enumerate(shape.metrics):
        values = np.stack([outcome.metrics[row] for outcome in outcomes], axis=1).reshape(-1)
        columns[name] = pa.array(values, pa.float64(), from_pandas=True)
    return pa.Table.from_arrays([columns[name] for name in shape.schema.names], schema=shape.schema)


def labels_of(shape: Shape, plan: SweepPlan, batch: RunBatch) -> pa.Table:
    """The columns that are known before a batch is run: what names its rows, and the values of its inputs."""
    count, sides = len(batch.runs), len(plan.scenarios)
    members = np.stack([members_of(plan, side, batch.runs) for side in range(sides)], axis=1).reshape(-1)
    columns = {
        "run": np.repeat(batch.runs, sides),
        "point": np.repeat(batch.runs // plan.members, sides),
        "member": members,
        "scenario": [scenario.name for scenario in plan.scenarios] * count,
        "seed": np.full(count * sides, plan.seed, dtype=np.int64),
        **{name: np.repeat(values, sides) for name, values in zip(shape.inputs, batch.values, strict=True)},
    }
    return pa.table({name: pa.array(values, shape.schema.field(name).type) for name, values in columns.items()})


def _writer(sink: Any, shape: Shape) -> pq.ParquetWriter:
    """Writes numbers that were computed as they are, and packs what repeats."""
    plain = set(shape.metrics)
    return pq.ParquetWriter(
        sink,
        shape.schema,
        compression="zstd",
        compression_level=1,
        use_dictionary=[name for name in shape.schema.names if name not in plain],
        use_byte_stream_split=list(shape.metrics),
        write_statistics=False,
    )


def parquet_bytes(shape: Shape, table: pa.Table) -> bytes:
    """A batch's rows as the bytes of a Parquet file."""
    sink = pa.BufferOutputStream()
    with _writer(sink, shape) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue().to_pybytes())


def write_whole(shape: Shape, tables: Iterable[pa.Table], file: Path) -> str:
    """Write rows as they come, in groups whose size does not depend on how they come; returns the file's SHA-256."""
    with file.open("wb") as sink, _writer(sink, shape) as writer:
        for group in parts_of(tables, ROWS_PER_GROUP):
            writer.write_table(group)
    return digest_of(file)


def parts_of(tables: Iterable[pa.Table], rows: int) -> Iterator[pa.Table]:
    """Rows as they come, in parts of so many; the last may have fewer."""
    waiting: list[pa.Table] = []
    for table in tables:
        waiting.append(table)
        while sum(len(part) for part in waiting) >= rows:
            whole = pa.concat_tables(waiting)
            yield whole.slice(0, rows).combine_chunks()
            waiting = [whole.slice(rows)]
    if any(len(part) for part in waiting):
        yield pa.concat_tables(waiting).combine_chunks()


def groups_of(file: Path) -> Iterator[pa.Table]:
    """The rows of a table, group after group."""
    with pq.ParquetFile(file) as source:
        for number in range(source.num_row_groups):
            yield source.read_row_group(number)


def failed_in(file: Path) -> int:
    """How many rows of a table are runs that failed."""
    return sum(int((table.column("status").to_numpy() == FAILED).sum()) for table in groups_of(file))


def empty_columns(file: Path) -> list[str]:
    """Columns of floats of a table that hold no number in any row."""
    floats = [field.name for field in pq.read_schema(file) if pa.types.is_floating(field.type)]
    left = set(floats)
    for group in groups_of(file):
        left -= {name for name in left if group[name].null_count < group.num_rows}
    return [name for name in floats if name in left]
