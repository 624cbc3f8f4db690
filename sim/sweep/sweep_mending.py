"""The failed runs of a finished sweep, run again."""

import os

import numpy as np
import pyarrow as pa

from sim.sweep.folder import RUNS
from sim.sweep.chunks import Sweep
from sim.sweep.simulate import outcomes
from sim.sweep.table import FAILED, failed_in, groups_of, table_of, write_whole


def rerun_failed_runs(sweep: Sweep, threads: int | None) -> None:
    """Run the failed runs of the table again, and put what comes of them in their places."""
    file = sweep.folder.path / RUNS
    draft = file.with_name(f"{RUNS}.tmp{os.getpid()}")
    try:
        digest = write_whole(sweep.shape, (_mended(sweep, table, threads) for table in groups_of(file)), draft)
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
    manifest = sweep.folder.manifest() or {}
    sweep.folder.write_manifest({**manifest, "runs_sha256": digest, "failed": failed_in(file)})


def _mended(sweep: Sweep, table: pa.Table, threads: int | None) -> pa.Table:
    """The rows of a table, those that failed run again."""
    places = np.flatnonzero(np.array(table.column("status").to_pylist()) == FAILED)
    if not len(places):
        return table
    runs = np.unique(table.column("run").to_numpy()[places])
    part = sweep.part_of(runs)
    again = table_of(sweep.shape, sweep.plan, part, outcomes(sweep.plan, part, threads))
    names = [world.name for world in sweep.plan.worlds]
    order = np.arange(len(table))
    for place in places:
        run, name = table.column("run")[place].as_py(), table.column("scenario")[place].as_py()
        order[place] = len(table) + int(np.searchsorted(runs, run)) * len(names) + names.index(name)
    return pa.concat_tables([table, again]).take(pa.array(order)).combine_chunks()
