"""Cost of a world as the number of states grows: copies of the program with fewer states, each in a process of its own.

    python benchmarks/actors.py --rounds 5

States are left out of a copy's `seeds/actors.yaml` and of every table of parameters; no event is scripted. Copies take turns.
The first call of each, which compiles its engine, is not counted.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
LEFT_OUT = (
    "SVN",
    "ROU",
    "HRV",
    "MNE",
    "BGR",
    "BIH",
)  # the last first: nobody's rival or friend goes without its partner
SIZES = (12, 9, 6)
MEMBERS = 1024
TIMED = f"""
import sys, time
from sim.engines.compiled.engine import simulate
from sim.model.parameters import load_parameters
from sim.model.schedule import script_of
from sim.model.variables import Series
table, script = load_parameters(), script_of(())
def once():
    began = time.perf_counter()
    simulate(table, script, members=range({MEMBERS}), seed=1, quarters=72, series=[Series("spending", "SRB")], threads=1)
    return time.perf_counter() - began
once()
for _ in sys.stdin:
    print(once(), flush=True)
"""


def without(content: Any, codes: frozenset[str]) -> Any:
    """A document without the keys that name one of some states."""
    if isinstance(content, dict):
        return {key: without(value, codes) for key, value in content.items() if not codes & set(str(key).split("."))}
    if isinstance(content, list):
        return [without(one, codes) for one in content if one not in codes]
    return content


def copy_with(folder: Path, codes: frozenset[str]) -> Path:
    """A copy of the program in which some states do not take part."""
    for name in ("sim", "seeds", "calibration", "scenarios"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "fits"))
    actors, parameters = folder / "seeds" / "actors.yaml", folder / "calibration" / "parameters.yaml"
    content = yaml.safe_load(actors.read_text(encoding="utf-8"))
    content["actors"] = [one for one in content["actors"] if one["code"] not in codes]
    actors.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), encoding="utf-8")
    content = without(yaml.safe_load(parameters.read_text(encoding="utf-8")), codes)
    parameters.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return folder


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    found: dict[int, list[float]] = {size: [] for size in SIZES}
    with tempfile.TemporaryDirectory() as folder:
        started = {}
        for size in SIZES:
            place = copy_with(Path(folder) / str(size), frozenset(LEFT_OUT[: SIZES[0] - size]))
            environment = os.environ | {"PYTHONPATH": str(place), "ARMSRACE_CACHE": f"{folder}/cache-{size}"}
            started[size] = subprocess.Popen(
                [sys.executable, "-c", TIMED], cwd=place, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )  # fmt: skip
        for _ in range(rounds):
            for size, process in started.items():
                assert process.stdin is not None
                assert process.stdout is not None
                print("again", file=process.stdin, flush=True)
                found[size].append(float(process.stdout.readline()))
        for process in started.values():
            process.communicate()
    for size, seconds in found.items():
        print(f"{size:3d} states: {1e6 * statistics.median(seconds) / MEMBERS:7.1f} us a member")


if __name__ == "__main__":
    main()
