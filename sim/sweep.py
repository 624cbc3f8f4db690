"""`armsrace sweep`: scenarios x design x members, resumable, with the same bytes on any number of workers."""

import hashlib
import json
import os
import platform
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sim import __version__
from sim.errors import InputError, Problem
from sim.parameters import load_parameters
from sim.runner import Progress
from sim.sweep_design import Design, read_design
from sim.sweep_folder import FORMAT_VERSION, RUNS, SweepFolder, put_chunk
from sim.sweep_points import ends_of, points_of
from sim.sweep_runs import Part, Plan, outcomes, plan_of
from sim.sweep_table import FAILED, Shape, digest_of, groups_of, parquet_bytes, shape_of, table_of, write_whole

LIMIT = 1_000_000
CHUNK_RUNS = 2048
LANES = 32
PARTS_PER_WORKER = 4
PACKAGES = ("numba", "numpy", "pyarrow", "SALib", "scipy")
Workers = Callable[["Sweep", Iterable[int]], Iterator["Tally"]]


@dataclass(frozen=True)
class Tally:
    """What a finished chunk says of itself."""

    number: int
    digest: str
    failed: int


@dataclass(frozen=True)
class Finished:
    """A finished sweep."""

    folder: Path
    runs: int
    failed: int
    resumed: int

    @property
    def table(self) -> Path:
        return self.folder / RUNS

    def frame(self) -> Any:
        """The table as a pandas DataFrame, one row for each run and scenario."""
        import pyarrow.parquet as pq

        return pq.read_table(self.table).to_pandas()


@dataclass(frozen=True, eq=False)
class Sweep:
    """A design ready to be run into a folder.

    chunk_runs : runs of each chunk, each of them in every scenario
    """

    design: Design
    plan: Plan
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
        return shape_of(
            [one.key for one in self.design.inputs],
            [one.name for one in self.plan.metrics],
            design=self.design.name,
            model_version=load_parameters().model_version,
            seed=self.plan.seed,
        )

    def part(self, number: int) -> Part:
        """The runs of a chunk."""
        return self.part_of(np.array(self.part_runs(number), dtype=np.int64))

    def part_runs(self, number: int) -> range:
        """Numbers of the runs of a chunk."""
        return range(number * self.chunk_runs, min((number + 1) * self.chunk_runs, self.runs))

    def part_of(self, runs: NDArray[np.int64]) -> Part:
        return Part(runs, np.ascontiguousarray(self.points[:, runs // self.plan.members]))


def run_sweep(
    design: str | Path | Design,
    *,
    out: str | Path,
    threads: int | None = None,
    limit: int = LIMIT,
    chunk: int | None = None,
    rerun_failed: bool = False,
    workers: Workers | None = None,
    progress: Progress | None = None,
    command: Sequence[str] | None = None,
) -> Finished:
    """Run a design into a folder, or go on with it there.

    design  : the path of a design file, or what `read_design` returned
    out     : folder; the same design in it is resumed, another one refused
    threads : at most so many at once; all cores by default. The table does not depend on it
    limit   : simulations above which nothing is run
    chunk   : runs in each file that is written on the way
    rerun_failed : run the failed runs of a finished sweep again
    workers : what runs the chunks, in place of threads
    returns : where the table is, and how many of its rows failed

    Raises InputError for anything wrong with the input.
    """
    began = time.perf_counter()
    chosen = design if isinstance(design, Design) else read_design(design)
    check_limit(chosen, limit)
    folder = SweepFolder(Path(out).resolve())
    manifest = _objected(folder, chosen)
    with folder.locked():
        sweep = _prepared(folder, chosen, manifest, chunk, threads)
        known = folder.manifest() or {}
        if known.get("complete") and folder_is_sound(folder, known):
            resumed = sweep.runs * len(sweep.plan.worlds)
        else:
            resumed = _run(sweep, workers or _threads(threads), progress, began, command)
        folder.clear()
        if rerun_failed:
            _rerun_failed(sweep, threads)
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
        raise InputError("limit", [Problem(None, "", message)])


def _objected(folder: SweepFolder, design: Design) -> dict[str, Any] | None:
    """What the folder holds already; InputError if that is another sweep."""
    manifest = folder.manifest()
    if manifest is not None and manifest["identity"] != identity_of(design):
        differing = [name for name, value in identity_of(design).items() if manifest["identity"].get(name) != value]
        message = f"holds another sweep (it differs in {', '.join(differing)}); choose another folder with --out"
        raise folder.refused(message)
    return manifest


def identity_of(design: Design) -> dict[str, Any]:
    """Everything that decides the rows of a sweep."""
    spec = {name: value for name, value in design.plain().items() if name not in ("title", "comment")}
    table = load_parameters()
    parts = {name: spec.pop(name) for name in ("design", "vary", "fixed", "metrics", "members", "seed")}
    rest = hashlib.sha256(json.dumps(spec, sort_keys=True).encode()).hexdigest()
    return {**parts, "scenarios": rest, "parameters": table.digest, "model_version": table.model_version}


def _prepared(
    folder: SweepFolder, design: Design, manifest: dict[str, Any] | None, chunk: int | None, threads: int | None
) -> Sweep:
    """The sweep with its points: those that the folder keeps, or new ones, which it then keeps."""
    if manifest is not None:
        kept = manifest["chunk_runs"]
        if chunk not in (None, kept):
            raise folder.refused(f"was begun with chunks of {kept} runs; leave --chunk out, or give {kept}")
        return Sweep(design, plan_of(design), _points_again(folder, design, manifest), folder, kept)
    points = points_of(design)
    size = chunk or _chunk_runs(points.shape[1] * design.content.members, threads)
    sweep = Sweep(design, plan_of(design), points, folder, size)
    digest = folder.write_points([one.key for one in design.inputs], points)
    folder.write_manifest({**_said(sweep), "points_sha256": digest, "complete": False})
    return sweep


def _points_again(folder: SweepFolder, design: Design, manifest: dict[str, Any]) -> NDArray[np.float64]:
    """The points that a sweep was begun with; made again if their file was lost or damaged. InputError if they cannot be."""
    points = folder.read_points(manifest["points_sha256"])
    if points is None:
        points = points_of(design)
        if folder.write_points([one.key for one in design.inputs], points) != manifest["points_sha256"]:
            message = (
                "its points are lost, and these versions of the samplers make others; choose another folder with --out"
            )
            raise folder.refused(message)
    return points


def _chunk_runs(runs: int, threads: int | None) -> int:
    """Runs of a chunk, so that all workers have something to do and there are few files."""
    share = -(-runs // (PARTS_PER_WORKER * (threads or os.cpu_count() or 1)))
    return max(LANES, min(CHUNK_RUNS, -(-share // LANES) * LANES))


def _said(sweep: Sweep) -> dict[str, Any]:
    """What the manifest says from the beginning."""
    design, content = sweep.design, sweep.design.content
    low, high = ends_of(sweep.points)
    inputs = [
        {
            "name": one.key, "unit": one.unit, "low": low[place], "high": high[place], "actor": one.actor,
            "mechanism": one.mechanism, "group": one.group(getattr(content.design, "group_by", None)),
            "distribution": None if one.distribution is None else one.distribution.plain(),
        }
        for place, one in enumerate(design.inputs)
    ]  # fmt: skip
    chosen = content.design.model_dump(mode="json")
    if chosen.get("seed", 0) is None:
        chosen["seed"] = content.seed
    return {
        "format_version": FORMAT_VERSION,
        "kind": "sweep",
        "name": design.name,
        "title": content.title,
        "comment": content.comment,
        "identity": identity_of(design),
        "design": chosen,
        "inputs": inputs,
        "fixed": content.fixed,
        "metrics": [one.plain() for one in sweep.plan.metrics],
        "scenarios": [
            {"name": side.name, "reading": side.reading, "sha256": side.scenario.digest, **side.scenario.resolved()}
            for side in design.sides
        ],
        "fit": content.fit,
        "members": content.members,
        "points": sweep.points.shape[1],
        "seed": content.seed,
        "until": content.until,
        "common_random_numbers": content.common_random_numbers,
        "chunk_runs": sweep.chunk_runs,
        "versions": {"balkan-armsrace": __version__, **{name: version(name) for name in PACKAGES}, "python": platform.python_version()},
        "platform": f"{sys.platform} {platform.machine()}",
    }  # fmt: skip


# ---- running ---------------------------------------------------------------------------------------------------------


def _run(sweep: Sweep, workers: Workers, progress: Progress | None, began: float, command: Sequence[str] | None) -> int:
    """Make the chunks that are missing, then the table; returns how many rows were there already."""
    folder, sides = sweep.folder, len(sweep.plan.worlds)
    folder.chunks.mkdir(exist_ok=True)
    sums = folder.finished()
    missing = [number for number in range(sweep.chunks) if number not in sums]
    total = sweep.runs * sides
    there = total - sum(len(sweep.part_runs(number)) for number in missing) * sides
    done = there
    _report(progress, done, total)
    try:
        for tally in workers(sweep, missing):
            sums[tally.number] = tally.digest
            done += len(sweep.part_runs(tally.number)) * sides
            _report(progress, done, total)
    except KeyboardInterrupt:
        kept = f"{len(sums)} of {sweep.chunks} chunks are kept in {folder.path}; the same command goes on from there"
        raise KeyboardInterrupt(f"interrupted; {kept}") from None
    digest = folder.compact(sweep.shape, sums)
    manifest = folder.manifest() or {}
    seconds = round(time.perf_counter() - began, 3)
    ends = {"complete": True, "runs_sha256": digest, "rows": total, "failed": _failed_in(folder.path / RUNS)}
    when = {"written": datetime.now(UTC).isoformat(timespec="seconds"), "seconds": seconds}
    chunks = [{"number": number, "sha256_start": sums[number]} for number in sorted(sums)]
    folder.write_manifest({**manifest, **ends, **when, "command": list(command or ()) or None, "chunks": chunks})
    return there


def _report(progress: Progress | None, done: int, total: int) -> None:
    if progress is not None:
        progress("simulating", done, total)


def made(sweep: Sweep, number: int) -> Tally:
    """Run one chunk and put it into the folder."""
    return made_of(sweep.plan, sweep.shape, sweep.part(number), sweep.folder.path, number)


def made_of(plan: Plan, shape: Shape, part: Part, folder: Path, number: int) -> Tally:
    """Run the part that is a chunk and put it into the folder; wherever this is called, the folder is the same."""
    found = outcomes(plan, part)
    content = parquet_bytes(shape, table_of(shape, plan, part, found))
    digest = hashlib.sha256(content).hexdigest()[:16]
    put_chunk(folder, number, content, digest)
    return Tally(number, digest, sum(bool(error) for one in found for error in one.errors))


def _threads(count: int | None) -> Workers:
    """Chunks on threads: the engine and the table's writer run without the interpreter's lock."""

    def run(sweep: Sweep, missing: Iterable[int]) -> Iterator[Tally]:
        waiting: set[Future[Tally]] = set()
        numbers = iter(missing)
        at_once = count or os.cpu_count() or 1
        with ThreadPoolExecutor(at_once) as pool:
            try:
                for number in numbers:
                    waiting.add(pool.submit(made, sweep, number))
                    if len(waiting) > at_once:
                        done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                        yield from (one.result() for one in done)
                while waiting:
                    done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                    yield from (one.result() for one in done)
            finally:
                pool.shutdown(wait=True, cancel_futures=True)

    return run


def folder_is_sound(folder: SweepFolder, manifest: dict[str, Any]) -> bool:
    """Whether the table of a finished sweep is there and undamaged."""
    file = folder.path / RUNS
    return file.is_file() and digest_of(file) == manifest.get("runs_sha256")


def _failed_in(file: Path) -> int:
    return sum(int((table.column("status").to_numpy() == FAILED).sum()) for table in groups_of(file))


def _rerun_failed(sweep: Sweep, threads: int | None) -> None:
    """Run the failed runs of the table again, and put what comes of them in their places."""
    file = sweep.folder.path / RUNS
    draft = file.with_name(f"{RUNS}.tmp{os.getpid()}")
    try:
        digest = write_whole(sweep.shape, (_mended(sweep, table, threads) for table in groups_of(file)), draft)
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
    manifest = sweep.folder.manifest() or {}
    sweep.folder.write_manifest({**manifest, "runs_sha256": digest, "failed": _failed_in(file)})


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
