"""Sweeps are killed at random moments and begun again; each table must be that of an undisturbed sweep, byte for byte.

    python benchmarks/kills.py --times 50            # the driver, killed
    python benchmarks/kills.py --times 5 --dask      # the driver or one of two Dask workers, killed

Each sweep is a process of its own, forked from one that has the engine loaded, so that moments are spread over the work
and not over the loading of libraries. A sweep is killed again and again until it is done.
"""

import argparse
import hashlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from sim.sweep.run import run_sweep

DESIGN = """\
format_version: 1
scenarios: [baseline, skydagger-delivery]
members: 4
until: 2026Q4
design: {kind: latin-hypercube, points: 500}
vary:
  reaction.SRB: {uniform: [0, 1]}
  events.skydagger-order.n: {lognormal: [4000, 0.5]}
metrics:
  - {variable: spending, actor: all, when: [2024, 2025, 2026]}
  - {variable: tension, when: every}
"""
BY_DASK = [sys.executable, "-c", "import sim.cli.main, sys; sys.exit(sim.cli.main.main())", "sweep"]


def digest(out: Path) -> str:
    return hashlib.sha256((out / "runs.parquet").read_bytes()).hexdigest()


def forked(work: Callable[[], object]) -> int:
    """Number of a process that does some work and ends."""
    number = os.fork()
    if number == 0:
        try:
            work()
            os._exit(0)
        finally:
            os._exit(1)
    return number


def children(number: int) -> list[int]:
    """Workers that a process started."""
    words = ["ps", "-o", "pid=,args=", "--ppid", str(number)]
    found = subprocess.run(words, capture_output=True, text=True, check=False).stdout.splitlines()
    return [int(line.split()[0]) for line in found if "resource_tracker" not in line]


def kill(number: int) -> None:
    try:
        os.kill(number, signal.SIGKILL)
    except ProcessLookupError:
        pass


def killed_after(number: int, seconds: float, chance: random.Random, has_workers: bool) -> tuple[str, int]:
    """What was killed after some seconds, and the exit code of the driver; nothing where it was done before."""
    time.sleep(seconds)
    below = children(number) if has_workers else []
    name = "driver"
    if below and chance.random() < 0.7:
        name = "worker"
        kill(chance.choice(below))
    else:
        kill(number)
    code = os.waitstatus_to_exitcode(os.waitpid(number, 0)[1])
    for one in below:  # those of a dead driver end by themselves after a while
        kill(one)
    return (name if code or name == "worker" else ""), code


def begun(file: Path, out: Path, chunk: int | None, threads: int, by_dask: bool) -> int:
    """Number of a process that runs the sweep in a folder, or goes on with it."""
    if not by_dask:
        return forked(lambda: run_sweep(file, out=out, chunk=chunk, threads=threads))
    words = [*BY_DASK, str(file), "--out", str(out), "--dask", "local", *(["--chunk", str(chunk)] if chunk else [])]
    return forked(lambda: silently(words))


def silently(words: list[str]) -> None:
    """Become another program, whose words nobody reads."""
    for stream in (1, 2):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
    os.execv(words[0], words)


def until_done(
    file: Path, out: Path, times: int, wait: tuple[float, float], chance: random.Random, by_dask: bool
) -> list[str]:
    """What was killed, until the sweep was done or enough was killed.

    wait    : the shortest and the longest wait before a kill, in seconds
    """
    chunk, killed = chance.choice((10, 100, 1000)), []
    while len(killed) < times:
        there = len(list((out / "chunks").glob("*"))) if (out / "chunks").is_dir() else 0
        given = None if (out / "manifest.json").is_file() else chunk
        number = begun(file, out, given, chance.choice((1, 2)), by_dask)
        what, code = killed_after(number, chance.uniform(*wait), chance, by_dask)
        if what:
            killed.append(what)
            print(f"    killed: {what}, begun with {there} chunks of {chunk}", flush=True)
        if not code:
            break
    return killed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--dask", action="store_true")
    options = parser.parse_args()
    chance = random.Random(options.seed)
    differing, killed, sweeps = 0, Counter(), 0
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "design.yaml"
        file.write_text(DESIGN, encoding="utf-8")
        expected = digest(run_sweep(file, out=f"{folder}/whole").folder)
        began = time.perf_counter()
        os.waitpid(forked(lambda: run_sweep(file, out=f"{folder}/again")), 0)
        wait = (5.0, 30.0) if options.dask else (0.0, 1.2 * (time.perf_counter() - began))
        while killed.total() < options.times:
            sweeps += 1
            out = Path(folder) / str(sweeps)
            killed.update(until_done(file, out, options.times - killed.total(), wait, chance, options.dask))
            os.waitpid(forked(lambda out=out: run_sweep(file, out=out)), 0)
            is_same = digest(out) == expected
            differing += not is_same
            print(
                f"sweep {sweeps}: {'same bytes' if is_same else 'DIFFERENT'}, {killed.total()} kills so far", flush=True
            )
    print(f"{sweeps} sweeps, {killed.total()} kills ({dict(killed)}), {differing} tables differ")
    return 1 if differing else 0


if __name__ == "__main__":
    raise SystemExit(main())
