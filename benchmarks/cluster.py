"""A sweep on Dask workers of this machine against the same sweep on threads: start-up, overhead of a chunk, speed-up.

    python benchmarks/cluster.py --runs 16384 --rounds 3

Sweeps take turns, each into a folder of its own; the workers have loaded the engine before the clock. All tables must have
the same bytes.
"""

import argparse
import hashlib
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
from benchmarks.sweeps import design

WORKERS = (1, 2)
CHUNKS = (64, 1024)


def started(count: int, hold: ExitStack) -> str:
    """Address of a scheduler with so many workers, each of one thread, when all of them answer."""
    from distributed import Client, LocalCluster

    cluster = hold.enter_context(
        LocalCluster(n_workers=count, threads_per_worker=1, host="127.0.0.1", dashboard_address=None, silence_logs=50)
    )
    client = hold.enter_context(Client(cluster, set_as_default=False))
    client.wait_for_workers(count, timeout=300)
    return str(cluster.scheduler_address)


def contestants(addresses: dict[int, str]) -> dict[str, dict[str, Any]]:
    """Options of `run_sweep` by the name that the table shows."""
    from sim.sweep.dask import dask_workers

    found: dict[str, dict[str, Any]] = {}
    for count in WORKERS:
        for chunk in CHUNKS:
            found[f"{count} threads, chunks of {chunk}"] = {"threads": count, "chunk": chunk}
            found[f"{count} Dask workers, chunks of {chunk}"] = {
                "workers": dask_workers(addresses[count]),
                "chunk": chunk,
            }
    return found


def timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def main() -> int:
    from sim.sweep.run import run_sweep

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=16384)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as hold:
        addresses = {}
        for count in WORKERS:
            seconds = timed(lambda count=count: addresses.update({count: started(count, hold)}))
            print(f"{count} Dask workers start in {seconds:.1f} s", flush=True)
        file = design(folder, options.runs)
        found: dict[str, list[float]] = {}
        tables = set()
        for turn in range(options.rounds + 1):
            for name, given in contestants(addresses).items():
                out = Path(folder) / f"{turn} {name}"
                seconds = timed(lambda out=out, given=given: run_sweep(file, out=out, **given))
                tables.add(hashlib.sha256((out / "runs.parquet").read_bytes()).hexdigest())
                if turn:
                    found.setdefault(name, []).append(seconds)
    for name, all_seconds in found.items():
        middle = statistics.median(all_seconds)
        print(f"{name:36s} {middle:7.2f} s {options.runs / middle:10,.0f} runs/s")
    print(f"{len(tables)} different tables" if len(tables) > 1 else "every table has the same bytes")
    return 0 if len(tables) == 1 else 1


if __name__ == "__main__":
    raise SystemExit(main())
