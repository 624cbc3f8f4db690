"""A sweep on Dask distributed: the same chunks, made by workers that write into the same folder.

A worker is given a chunk's points and returns a few words; results do not travel through the scheduler. What a lost worker
had in hand is made again by another; a chunk that is made twice is the same file.
"""

import os
import pickle
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

from sim.data.region import in_identity
from sim.io import plugged
from sim.io.assets import REGION
from sim.io.errors import refusal
from sim.sweep.chunks import SweepJob, Tally, made_of
from sim.sweep.simulate import RunBatch

LOCAL = "local"
ALLOWED_FAILURES = 10  # workers that may die with the same chunk in hand before it is given up
WAIT_FOR_WORKERS = 20.0  # seconds
AT_ONCE_PER_WORKER = 4


def dask_workers(address: str, threads: int | None = None) -> Callable[[SweepJob, Iterable[int]], Iterator[Tally]]:
    """Chunks on a Dask cluster: "local", the address of a scheduler, or the path of its scheduler file."""

    def run(sweep: SweepJob, missing: Iterable[int]) -> Iterator[Tally]:
        if plugged.FILES:
            raise refusal(
                "options", "workers of Dask know no plug-ins; leave one of the two out, or use --part", "dask"
            )
        numbers = list(missing)
        if not numbers:
            return
        with _client(address, threads) as client:
            yield from _made(client, sweep, numbers)

    return run


@contextmanager
def _client(address: str, threads: int | None) -> Iterator[Any]:
    try:
        import distributed
    except ImportError:
        message = 'needs Dask: pip install "balkan-armsrace[cluster]"'
        raise refusal("options", message, "dask") from None
    import dask

    with dask.config.set({"distributed.scheduler.allowed-failures": ALLOWED_FAILURES}):
        if address == LOCAL:
            with (
                _closed_cluster(distributed, threads or os.cpu_count() or 1) as cluster,
                distributed.Client(cluster) as client,
            ):
                yield client
            return
        with _connected(distributed, address) as client:
            yield client


@contextmanager
def _closed_cluster(distributed: Any, count: int) -> Iterator[Any]:
    """A scheduler and workers in this process, which nobody else can reach: they run whatever code they are sent."""
    import dask

    pages: dict[str, list[str]] = {"distributed.scheduler.http.routes": [], "distributed.worker.http.routes": []}
    with (
        dask.config.set(pages),
        distributed.LocalCluster(
            n_workers=count, threads_per_worker=1, processes=False, protocol="inproc://", dashboard_address="127.0.0.1:0",
            worker_dashboard_address="127.0.0.1:0", silence_logs=50,
        ) as cluster,
    ):  # fmt: skip
        for node in (cluster.scheduler, *cluster.workers.values()):
            node.http_server.stop()  # Dask starts one even if there is nothing to show
        yield cluster


def _connected(distributed: Any, address: str) -> Any:
    where = {"scheduler_file": address} if Path(address).is_file() else {"address": address}
    try:
        client = distributed.Client(**where, timeout=WAIT_FOR_WORKERS)
        client.wait_for_workers(1, timeout=WAIT_FOR_WORKERS)
    except (OSError, TimeoutError, ValueError) as error:
        message = f"no scheduler with workers answers at {address} ({error}); give tcp://HOST:PORT, a scheduler file, or local"
        raise refusal("options", message, "dask") from None
    return client


def _made(client: Any, sweep: SweepJob, numbers: list[int]) -> Iterator[Tally]:
    """Tallies of chunks as they come, with a few chunks in hand for each worker."""
    from distributed import as_completed

    shared = client.submit(bytes, pickle.dumps((sweep.plan, sweep.shape, in_identity())), pure=False)
    waiting = iter(numbers)

    def submitted(number: int) -> Any:
        batch = sweep.batch(number)
        return client.submit(
            _on_worker, shared, batch.runs, batch.values, str(sweep.folder.path), number, sweep.mark, pure=False
        )

    at_once = AT_ONCE_PER_WORKER * max(1, len(client.scheduler_info(n_workers=-1)["workers"]))
    pending = as_completed([submitted(number) for number in islice(waiting, at_once)])
    for future in pending:
        tally = _result(future, sweep)
        if not sweep.folder.file_of(tally.number, tally.digest).is_file():
            message = (
                "the workers write to a folder that is not this one; choose one on a file system that all of them share"
            )
            raise refusal(sweep.folder.path, message)
        yield tally
        if (number := next(waiting, None)) is not None:
            pending.add(submitted(number))


def _result(future: Any, sweep: SweepJob) -> Tally:
    from distributed import KilledWorker

    try:
        tally: Tally = future.result()
    except KilledWorker:
        message = (
            f"{ALLOWED_FAILURES} workers died with the same chunk in hand, perhaps for want of memory; what is finished is kept: "
            "start workers with more memory, and give the same command again"
        )
        raise refusal(sweep.folder.path, message) from None
    return tally


@lru_cache(maxsize=1)
def _unpacked(shared: bytes) -> Any:
    """Plan and shape; InputError on a worker that is about another region than this sweep."""
    plan, shape, region = pickle.loads(shared)  # made by this sweep's own driver
    if region != in_identity():
        raise refusal(
            "options", f"the workers are about another region; start them with {REGION}=FOLDER as this is", "dask"
        )
    return plan, shape


def _on_worker(shared: bytes, runs: Any, values: Any, folder: str, number: int, mark: str) -> Tally:
    plan, shape = _unpacked(shared)
    return made_of(plan, shape, RunBatch(runs, values), Path(folder), number, mark)
