"""A sweep is killed at random moments and begun again, until it is done; its table must be that of an undisturbed sweep.

python benchmarks/kills.py --times 50                # the driver, killed
python benchmarks/kills.py --times 10 --dask         # the driver or one of two Dask workers, killed
"""

import argparse
import hashlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

DESIGN = """\
format_version: 1
scenarios: [baseline, skydagger-delivery]
members: 4
until: 2026Q4
design: {kind: latin-hypercube, points: 1000}
vary:
  reaction.SRB: {uniform: [0, 1]}
  events.skydagger-order.n: {lognormal: [4000, 0.5]}
metrics:
  - {variable: spending, actor: all, when: [2024, 2025, 2026]}
  - {variable: tension, when: every}
"""
COMMAND = [sys.executable, "-c", "import sim.cli, sys; sys.exit(sim.cli.main())", "sweep"]


def digest(out: Path) -> str:
    return hashlib.sha256((out / "runs.parquet").read_bytes()).hexdigest()


def children(pid: int) -> list[int]:
    """Processes that a process started."""
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    return [int(word) for word in found.stdout.split()]


def killed_once(words: list[str], after: float, chance: random.Random, is_dask: bool) -> str:
    """Start the sweep and kill it, or one of its workers, after some seconds; what happened."""
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as driver:
        time.sleep(after)
        if driver.poll() is not None:
            return "done before"
        below = children(driver.pid)
        if is_dask and below and chance.random() < 0.7:
            victim = chance.choice(below)
            subprocess.run(["kill", "-9", str(victim)], check=False)
            return "a worker" if driver.wait() == 0 else "a worker, and the driver gave up"
        driver.send_signal(signal.SIGKILL)
        driver.wait()
        for one in below:
            subprocess.run(["kill", "-9", str(one)], check=False, stderr=subprocess.DEVNULL)
        return "the driver"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--dask", action="store_true")
    parser.add_argument("--work", type=Path, default=None, help="folder to work in; a temporary one by default")
    options = parser.parse_args()
    chance = random.Random(options.seed)
    differing = kills = 0
    with tempfile.TemporaryDirectory(dir=options.work) as folder:
        file = Path(folder) / "design.yaml"
        file.write_text(DESIGN, encoding="utf-8")
        began = time.perf_counter()
        subprocess.run([*COMMAND, str(file), "--out", f"{folder}/whole"], check=True, capture_output=True)
        length = (time.perf_counter() - began) * (3.0 if options.dask else 1.0)
        expected = digest(Path(folder) / "whole")
        while kills < options.times:
            out = Path(folder) / str(kills)
            words = [*COMMAND, str(file), "--out", str(out), "--chunk", str(chance.choice((10, 50, 500)))]
            words += ["--dask", "local"] if options.dask else []
            said = killed_once(words, chance.uniform(0.2, 1.0) * length, chance, options.dask)
            if said == "done before":
                shutil.rmtree(out)
                length *= 0.9
                continue
            there = len(list((out / "chunks").glob("*"))) if (out / "chunks").is_dir() else 0
            resumed = subprocess.run(
                [*COMMAND, str(file), "--out", str(out)], check=False, capture_output=True, text=True
            )
            is_same = resumed.returncode == 0 and digest(out) == expected
            print(
                f"{kills + 1:3d} killed: {said:12s} with {there:4d} chunks, {'same bytes' if is_same else 'DIFFERENT'}",
                flush=True,
            )
            if not is_same:
                print(resumed.stderr)
            differing += not is_same
            kills += 1
    print(f"{kills} kills, {differing} tables differ")
    return 1 if differing else 0


if __name__ == "__main__":
    raise SystemExit(main())
