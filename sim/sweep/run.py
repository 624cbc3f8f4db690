"""`armsrace sweep`: scenarios x design x members, resumable, with the same bytes on any number of workers."""

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sim.analysis.output import MANIFEST
from sim.analysis.results import Frame
from sim.engines.compiled.layout import LANES
from sim.engines.compiled.library import library
from sim.io.errors import refusal
from sim.io.files import resolved
from sim.io.progress import Progress, advanced
from sim.io.provenance import digest_of, provenance
from sim.io.writing import written_whole
from sim.sweep.chunks import SweepJob, Tally, check_finished, made
from sim.sweep.design import Design, read_design
from sim.sweep.extension import extended, is_larger, size_of, size_words, why_not
from sim.sweep.folder import PACKAGES, RUNS, SweepFolder, identity_of, said_of
from sim.sweep.samplers import points_of
from sim.sweep.simulate import outcomes, plan_of
from sim.sweep.table import FAILED, failed_in, groups_of, table_of, write_whole

LIMIT = 1_000_000
CHUNK_RUNS = 2048
PARTS_PER_WORKER = 4
Workers = Callable[[SweepJob, Iterable[int]], Iterator[Tally]]


@dataclass(frozen=True)
class Finished:
    """A finished sweep."""

    folder: Path
    runs: int
    failed: int
    resumed: int

    @property
    def table(self) -> Path:
        """Where the table stands; after a part it may not be there yet."""
        return self.folder / RUNS

    def empty_metrics(self) -> list[str]:
        """Metrics that are a number in no run, of a sweep in which not every run failed."""
        from sim.sweep.table import empty_columns

        return empty_columns(self.table) if self.failed < self.runs else []

    def frame(self) -> Frame:
        """The table as a pandas DataFrame, one row for each run and scenario."""
        import pyarrow.parquet as pq

        return pq.read_table(self.table).to_pandas()


def _no_part(number: int, count: int) -> str:
    last = f"the parts of {count} are 1/{count} to {count}/{count}" if count else "there is one part at least, 1/1"
    return f"{number}/{count} is no part; {last}"


def run_sweep(
    design: str | Path | Mapping[str, Any] | Design,
    *,
    out: str | Path | None = None,
    threads: int | None = None,
    limit: int = LIMIT,
    chunk: int | None = None,
    rerun_failed: bool = False,
    part: tuple[int, int] | None = None,
    workers: Workers | None = None,
    progress: Progress | None = None,
    command: Sequence[str] | None = None,
) -> Finished:
    """Run a design into a folder, or go on with it there.

    design  : the path of a design file, what such a file says as a mapping (see `read_design`), or what `read_design` returned
    out     : folder; the same design in it is resumed, a larger one goes on where it ended, another one is refused; results/NAME by
              default
    threads : at most so many at once; all cores by default. The table does not depend on it
    limit   : simulations above which nothing is run
    chunk   : runs in each file that is written on the way
    rerun_failed : run the failed runs of a finished sweep again
    part    : (3, 40) makes the third of forty parts of the chunks and leaves the table to a call without it, which makes what is
              missing and puts all together; parts may run at once, on machines that share the folder
    workers : what runs the chunks, in place of threads
    returns : where the table is, and how many of its rows failed

    Raises InputError for anything wrong with the input.
    """
    began = time.perf_counter()
    chosen = design if isinstance(design, Design) else read_design(design)
    check_limit(chosen, limit)
    if part is not None and not 1 <= part[0] <= part[1]:
        raise refusal("options", _no_part(*part), "part")
    folder = SweepFolder(resolved(Path("results") / chosen.name if out is None else Path(out)))
    manifest = _objected(folder, chosen)
    with folder.locked(is_part=part is not None):
        sweep = _prepared(folder, chosen, manifest, chunk, part[1] * (threads or 1) if part else threads)
        if part is not None:
            return _part(sweep, part, workers or _threads(threads), progress)
        known = sweep.folder.manifest() or {}
        if known.get("complete") and any(folder_is_sound(one, known) for one in (sweep.folder, folder)):
            resumed = sweep.runs * len(sweep.plan.scenarios)
        else:
            resumed = _run(sweep, workers or _threads(threads), progress, began, command)
        if sweep.folder is not folder:
            folder.adopt(sweep.folder)
        folder.remove_larger(size_of(identity_of(chosen)))
        folder.clear()
        if rerun_failed:
            rerun_failed_runs(replace(sweep, folder=folder), threads)
        done = folder.manifest() or {}
    return Finished(folder.path, done["rows"], done["failed"], resumed)


def check_limit(design: Design, limit: int) -> None:
    """Refuse more simulations than the limit; InputError."""
    if design.runs > limit:
        sides, members = len(design.sides), design.content.members
        message = (
            f"{design.points:,} points x {members:,} members x {sides} scenarios are {design.runs:,} runs, more than the limit of "
            f"{limit:,}; --dry-run tells time and size, --limit {design.runs} runs them"
        )
        raise refusal("limit", message)


def _objected(folder: SweepFolder, design: Design) -> dict[str, Any] | None:
    """What the folder holds already; InputError if that is another sweep, or one that is smaller and not finished."""
    manifest, identity = folder.manifest(), identity_of(design)
    if manifest is None or manifest["identity"] == identity:
        return manifest
    held = manifest["identity"]
    if not is_larger(identity, held):
        differing = [name for name, value in identity.items() if held.get(name) != value]
        message = f"holds another sweep (it differs in {', '.join(differing)}{why_not(identity, held)}); choose another folder with --out"
        raise folder.refused(message)
    is_begun = (folder.larger(size_of(identity)).path / MANIFEST).is_file()
    if not is_begun and not (manifest["complete"] and folder_is_sound(folder, manifest)):
        message = f"holds the first part of this sweep, unfinished or damaged; finish it with {size_words(held)}, then make it larger"
        raise folder.refused(message)
    return manifest


def _prepared(
    folder: SweepFolder, design: Design, manifest: dict[str, Any] | None, chunk: int | None, threads: int | None
) -> SweepJob:
    """The sweep with its points: those that the folder keeps, or new ones, which it then keeps."""
    larger = folder
    if manifest is not None and manifest["identity"] != identity_of(design):
        larger = folder.larger(size_of(identity_of(design)))
        larger.check_links()
        if (larger.path / MANIFEST).is_file() and (begun := _objected(larger, design)):
            folder, manifest = larger, begun
    if manifest is not None and manifest["identity"] == identity_of(design):
        kept = manifest["chunk_runs"]
        if chunk not in (None, kept):
            raise folder.refused(f"was begun with chunks of {kept} runs; leave --chunk out, or give {kept}")
        return SweepJob(design, plan_of(design), _points_again(folder, design, manifest), folder, kept)
    if manifest is not None:
        sweep = extended(folder, larger, design, manifest, chunk)
    else:
        points = points_of(design)
        size = chunk or _chunk_runs(points.shape[1] * design.content.members, threads)
        sweep = SweepJob(design, plan_of(design), points, folder, size)
    digest = larger.write_points(design.keys, sweep.points)
    said = said_of(design, sweep.plan.metrics, sweep.points, sweep.chunk_runs)
    larger.write_manifest({**said, "points_sha256": digest, "complete": False})
    return sweep


def _points_again(folder: SweepFolder, design: Design, manifest: dict[str, Any]) -> NDArray[np.float64]:
    """The points that a sweep was begun with; made again if their file was lost or damaged. InputError if they cannot be."""
    points = folder.read_points(manifest["points_sha256"])
    if points is not None and points.shape != (len(design.keys), design.points):
        raise folder.refused("its points are not those of this design; choose another folder with --out")
    if points is None:
        points = points_of(design)
        if folder.write_points(design.keys, points) != manifest["points_sha256"]:
            message = (
                "its points are lost, and these versions of the samplers make others; choose another folder with --out"
            )
            raise folder.refused(message)
    return points


def _chunk_runs(runs: int, threads: int | None) -> int:
    """Runs of a chunk, so that all workers have something to do and there are few files."""
    share = -(-runs // (PARTS_PER_WORKER * (threads or os.cpu_count() or 1)))
    return max(LANES, min(CHUNK_RUNS, -(-share // LANES) * LANES))


def _part(sweep: SweepJob, part: tuple[int, int], workers: Workers, progress: Progress | None) -> Finished:
    """Make the chunks of one part that are missing, and no table."""
    folder, (number, count) = sweep.folder, part
    own = range(number - 1, sweep.chunks, count)
    total, done, failed = sum(len(sweep.batch_runs(chunk)) for chunk in own) * len(sweep.plan.scenarios), 0, 0
    if not (folder.manifest() or {}).get("complete"):
        folder.chunks.mkdir(exist_ok=True)
        there = folder.finished(sweep.mark)
        library(total)
        for tally in workers(sweep, [chunk for chunk in own if chunk not in there]):
            done, failed = done + len(sweep.batch_runs(tally.number)) * len(sweep.plan.scenarios), failed + tally.failed
            advanced(progress, "simulating", done, total)
    return Finished(folder.path, total, failed, total - done)


def _run(
    sweep: SweepJob, workers: Workers, progress: Progress | None, began: float, command: Sequence[str] | None
) -> int:
    """Make the chunks that are missing, then the table; returns how many rows were there already."""
    folder, sides = sweep.folder, len(sweep.plan.scenarios)
    folder.chunks.mkdir(exist_ok=True)
    sums = folder.finished(sweep.mark)
    check_finished(sweep, sums)
    missing = [number for number in range(sweep.chunks) if number not in sums]
    total = sweep.runs * sides
    there = total - sum(len(sweep.batch_runs(number)) for number in missing) * sides
    done = there
    library(total - there)
    advanced(progress, "simulating", done, total)
    try:
        for tally in workers(sweep, missing):
            sums[tally.number] = tally.digest
            done += len(sweep.batch_runs(tally.number)) * sides
            advanced(progress, "simulating", done, total)
    except KeyboardInterrupt:
        kept = (
            f"{folder.count()} of {sweep.chunks} chunks are kept in {folder.path}; the same command goes on from there"
        )
        raise KeyboardInterrupt(f"interrupted; {kept}") from None
    digest = folder.compact(sweep.shape, sums, sweep.mark)
    manifest = folder.manifest() or {}
    ends = {"complete": True, "runs_sha256": digest, "rows": total, "failed": failed_in(folder.path / RUNS)}
    folder.write_manifest({**manifest, **ends, **provenance(PACKAGES, began, command)})
    return there


def _threads(count: int | None) -> Workers:
    """Chunks on threads: the engine and the table's writer run without the interpreter's lock."""

    def run(sweep: SweepJob, missing: Iterable[int]) -> Iterator[Tally]:
        waiting: set[Future[Tally]] = set()
        numbers = iter(missing)
        at_once = count or os.cpu_count() or 1
        with ThreadPoolExecutor(at_once) as pool:
            try:
                for number in numbers:
                    waiting.add(pool.submit(made, sweep, number))
                    if len(waiting) > at_once:
                        done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                        yield from (chunk.result() for chunk in done)
                while waiting:
                    done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                    yield from (chunk.result() for chunk in done)
            finally:
                pool.shutdown(wait=True, cancel_futures=True)

    return run


def folder_is_sound(folder: SweepFolder, manifest: dict[str, Any]) -> bool:
    """Whether the table of a finished sweep is there and undamaged."""
    file = folder.path / RUNS
    return file.is_file() and digest_of(file) == manifest.get("runs_sha256")


def rerun_failed_runs(sweep: SweepJob, threads: int | None) -> None:
    """Run the failed runs of the table again, and put what comes of them in their places."""
    file = sweep.folder.path / RUNS
    with written_whole(file) as draft:
        digest = write_whole(sweep.shape, (_mended(sweep, table, threads) for table in groups_of(file)), draft)
    manifest = sweep.folder.manifest() or {}
    sweep.folder.write_manifest({**manifest, "runs_sha256": digest, "failed": failed_in(file)})


def _mended(sweep: SweepJob, table: pa.Table, threads: int | None) -> pa.Table:
    """The rows of a table, those that failed run again."""
    places = np.flatnonzero(np.array(table.column("status").to_pylist()) == FAILED)
    if not len(places):
        return table
    runs = np.unique(table.column("run").to_numpy()[places])
    batch = sweep.batch_of(runs)
    again = table_of(sweep.shape, sweep.plan, batch, outcomes(sweep.plan, batch, threads))
    names = [scenario.name for scenario in sweep.plan.scenarios]
    order = np.arange(len(table))
    for place in places:
        run, name = table.column("run")[place].as_py(), table.column("scenario")[place].as_py()
        order[place] = len(table) + int(np.searchsorted(runs, run)) * len(names) + names.index(name)
    return pa.concat_tables([table, again]).take(pa.array(order)).combine_chunks()
