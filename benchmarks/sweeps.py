"""Runs per second of a sweep, and of the same model in other tools, taking turns in one process.

    python benchmarks/sweeps.py speed      # this engine on 1 and 2 cores, the Mesa model, mesa.batch_run, the EMA workbench
    python benchmarks/sweeps.py null       # what a run costs each of them when the model does nothing
    python benchmarks/sweeps.py start      # from nothing to the first result, each in a process of its own
    python benchmarks/sweeps.py growth     # cost as members and quarters grow
    python benchmarks/sweeps.py size --runs 1e4 1e5 1e6    # time, peak memory and bytes of whole sweeps

All keep the same thirty numbers of each run: the spending of five states and the tension, in five calendar years. The EMA
workbench is needed for `speed`, `null` and `start`: pip install ema_workbench
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import redirect_stderr
from functools import cache
from io import StringIO
from pathlib import Path

import mesa
import numpy as np

QUARTERS = 72
SCENARIO = "skydagger-delivery"
STATES = ("SRB", "XKX", "TUR", "ALB", "GRC")
YEARS = (2024, 2026, 2028, 2030, 2035)  # in shorter sweeps, of the last years as many
ENGINE_RUNS = 4096
MESA_RUNS = 4
POOL_RUNS = 24
NULL_RUNS = 400
DESIGN = """\
format_version: 1
scenarios: [{scenarios}]
members: {members}
until: {until}
design: {{kind: latin-hypercube, points: {points}}}
vary:
  reaction.SRB: {{uniform: [0, 1]}}
metrics:
  - {{variable: spending, actor: [{states}], when: [{years}]}}
  - {{variable: tension, when: [{years}]}}
"""


def design(folder: str, runs: int, members: int = 4, until: str = "2035Q4", scenarios: str = SCENARIO) -> Path:
    """A design file of so many runs."""
    last = int(until[:4])
    years = ", ".join(map(str, YEARS if last == YEARS[-1] else range(last - len(YEARS) + 1, last + 1)))
    file = Path(folder) / "design.yaml"
    text = DESIGN.format(
        scenarios=scenarios,
        members=members,
        points=max(1, runs // members),
        until=until,
        states=", ".join(STATES),
        years=years,
    )
    file.write_text(text, encoding="utf-8")
    return file


# ---- the same model, run by run --------------------------------------------------------------------------------------


@cache
def default_world():
    """Parameters and script, made once in each process."""
    from sim.runs.run import prepared_scenarios

    return prepared_scenarios(SCENARIO, [], None, "documents-2025")[-1]


def mesa_outcomes(reaction: float, member: int) -> dict[str, float]:
    """The thirty numbers of one run of the Mesa model."""
    from sim.engines.agents.model import RegionModel
    from sim.model.variables import Series

    world = default_world()
    table = world.parameters.with_overrides({"reaction.SRB": float(reaction)})
    model = RegionModel(parameters=table, script=world.script, seed=1, member=int(member))
    series = [Series("spending", state) for state in STATES] + [Series("tension", "SRB", "XKX")]
    sums = {(one, year): 0.0 for one in series for year in YEARS}
    for quarter in range(QUARTERS):
        model.step()
        if 2018 + quarter // 4 in YEARS:
            for one in series:
                sums[one, 2018 + quarter // 4] += model.recorded(one)
    return {f"{one.variable}_{one.actor}_{year}": total / 4 for (one, year), total in sums.items()}


def outcome_names() -> list[str]:
    return [f"spending_{state}_{year}" for state in STATES for year in YEARS] + [
        f"tension_SRB_{year}" for year in YEARS
    ]


def null_outcomes(reaction: float, member: int) -> dict[str, float]:
    """A model that does nothing."""
    return dict.fromkeys(outcome_names(), reaction)


class RegionOnce(mesa.Model):
    """The model for mesa.batch_run: one step is a whole run, and the thirty numbers are collected."""

    outcomes = staticmethod(mesa_outcomes)

    def __init__(self, reaction=0.4, member=0, seed=None):
        super().__init__(seed=seed)
        self.found = self.outcomes(reaction, member)
        reporters = {name: (lambda model, name=name: model.found[name]) for name in outcome_names()}
        self.datacollector = mesa.DataCollector(model_reporters=reporters)

    def step(self):
        self.datacollector.collect(self)
        self.running = False


class NullOnce(RegionOnce):
    """The model that does nothing."""

    outcomes = staticmethod(null_outcomes)


def by_batch_run(model, runs: int) -> int:
    mesa.batch_run(
        model,
        parameters={"reaction": np.linspace(0, 1, runs // 4).tolist(), "member": range(4)},
        number_processes=2,
        max_steps=1,
        data_collection_period=-1,
        display_progress=False,
    )
    return 4 * (runs // 4)


def ema_model(name: str, function: Callable):
    from ema_workbench import IntegerParameter, Model, RealParameter, ScalarOutcome

    model = Model(name, function=function)
    model.uncertainties = [RealParameter("reaction", 0.0, 1.0), IntegerParameter("member", 0, 3)]
    model.outcomes = [ScalarOutcome(one) for one in outcome_names()]
    return model


def by_evaluator(evaluator, runs: int) -> int:
    import logging

    from ema_workbench.util import ema_logging

    ema_logging.log_to_stderr(logging.ERROR)
    with redirect_stderr(StringIO()):  # a bar for every call
        evaluator.perform_experiments(scenarios=runs, reporting_interval=runs)
    return runs


# ---- this program ----------------------------------------------------------------------------------------------------


class Ours:
    """A sweep in this process, chunk by chunk into a folder, as `armsrace sweep` runs it."""

    def __init__(self, runs: int) -> None:
        self.runs = runs
        self.folder = tempfile.TemporaryDirectory()
        self.file = design(self.folder.name, runs)
        self.count = 0

    def __call__(self, threads: int) -> int:
        from sim.sweep.run import run_sweep

        self.count += 1
        return run_sweep(self.file, out=Path(self.folder.name) / str(self.count), threads=threads).runs


def raw_engine(world, threads: int) -> int:
    """The engine alone: the same series recorded, nothing kept."""
    from sim.engines.compiled.engine import simulate
    from sim.model.variables import Series

    series = [Series("spending", state) for state in STATES] + [Series("tension", "SRB", "XKX")]
    simulate(
        world.parameters,
        world.script,
        members=range(ENGINE_RUNS),
        seed=1,
        quarters=QUARTERS,
        series=series,
        threads=threads,
    )
    return ENGINE_RUNS


def shown(found: dict[str, float], ours: str = "sweep, 2 threads") -> None:
    for name, rate in found.items():
        print(f"{name:32s} {rate:12,.1f} runs/s   1/{found[ours] / rate:,.1f} of this program on two cores")


def speed(rounds: int) -> None:
    from contest import rates  # it stands beside this file, and other processes load this file from elsewhere
    from ema_workbench import MultiprocessingEvaluator, SequentialEvaluator

    model = ema_model("region", mesa_outcomes)
    sweep, world = Ours(ENGINE_RUNS), default_world()
    with MultiprocessingEvaluator(model, n_processes=2) as pool, SequentialEvaluator(model) as single:
        found = rates(
            {
                "engine alone, 1 thread": lambda: raw_engine(world, 1),
                "engine alone, 2 threads": lambda: raw_engine(world, 2),
                "sweep, 1 thread": lambda: sweep(1),
                "sweep, 2 threads": lambda: sweep(2),
                "Mesa model in a loop": lambda: len([mesa_outcomes(0.1 * k, k) for k in range(MESA_RUNS)]),
                "mesa.batch_run, 2 processes": lambda: by_batch_run(RegionOnce, POOL_RUNS),
                "EMA workbench, sequential": lambda: by_evaluator(single, MESA_RUNS),
                "EMA workbench, 2 processes": lambda: by_evaluator(pool, POOL_RUNS),
            },
            rounds,
        )
    shown(found)


def null(rounds: int) -> None:
    """Cost of a run when the engine is replaced by nothing, tables and files included."""
    from contest import rates
    from ema_workbench import MultiprocessingEvaluator, SequentialEvaluator

    import sim.sweep.simulate as sweep_runs

    engine, sweep = sweep_runs.run_blocks, Ours(16 * ENGINE_RUNS)
    model = ema_model("nothing", null_outcomes)

    def nothing(arrays, given, members, series, *, quarters, **options):
        return np.zeros((len(series), quarters, -(-len(members) // 32) * 32))

    sweep_runs.run_blocks = nothing
    try:
        with MultiprocessingEvaluator(model, n_processes=2) as pool, SequentialEvaluator(model) as single:
            found = rates(
                {
                    "sweep, 1 thread": lambda: sweep(1),
                    "sweep, 2 threads": lambda: sweep(2),
                    "mesa.batch_run, 2 processes": lambda: by_batch_run(NullOnce, NULL_RUNS),
                    "EMA workbench, sequential": lambda: by_evaluator(single, NULL_RUNS),
                    "EMA workbench, 2 processes": lambda: by_evaluator(pool, NULL_RUNS),
                },
                rounds,
            )
    finally:
        sweep_runs.run_blocks = engine
    for name, rate in found.items():
        print(f"{name:32s} {1e6 / rate:12,.1f} us a run")


# ---- whole processes -------------------------------------------------------------------------------------------------

FIRST = {
    "armsrace --help": "import sim.cli.main; sim.cli.main.main(['--help'])",
    "sweep, first table": "import sim.cli.main; sim.cli.main.main(['sweep', '{design}', '--out', '{out}'])",
    "Mesa model, first run": "from benchmarks.sweeps import mesa_outcomes; mesa_outcomes(0.4, 0)",
    "EMA workbench, first run": "import benchmarks.sweeps as b\n"
    "with __import__('ema_workbench').SequentialEvaluator(b.ema_model('region', b.mesa_outcomes)) as one: b.by_evaluator(one, 1)",
}


def start(rounds: int) -> None:
    """Seconds from nothing: median over processes that take turns."""
    found: dict[str, list[float]] = {name: [] for name in FIRST}
    with tempfile.TemporaryDirectory() as folder:
        file = design(folder, 32)
        for turn in range(rounds):
            for name, code in FIRST.items():
                text = code.replace("{design}", str(file)).replace("{out}", f"{folder}/{turn}")
                began = time.perf_counter()
                subprocess.run(
                    [sys.executable, "-c", text], capture_output=True, check=True, cwd=Path(__file__).parents[1]
                )
                found[name].append(time.perf_counter() - began)
    for name, seconds in found.items():
        print(f"{name:32s} {statistics.median(seconds):8.2f} s")


def growth(rounds: int) -> None:
    """Seconds of a sweep on two threads as it grows, against the smallest."""
    from sim.sweep.run import run_sweep

    sizes = [(runs, "2035Q4") for runs in (1024, 4096, 16384)] + [
        (4096, until) for until in ("2023Q4", "2029Q4", "2035Q4")
    ]
    found: dict[tuple[int, str], list[float]] = {size: [] for size in sizes}
    with tempfile.TemporaryDirectory() as folder:
        for turn in range(rounds + 1):
            for runs, until in dict.fromkeys(sizes):
                file = design(folder, runs, until=until)
                began = time.perf_counter()
                run_sweep(file, out=f"{folder}/{turn}-{runs}-{until}", threads=2)
                if turn:
                    found[runs, until].append(time.perf_counter() - began)
    for (runs, until), seconds in found.items():
        middle = statistics.median(seconds)
        print(f"{runs:6d} runs until {until}: {middle:7.2f} s, {1e6 * middle / runs:7.1f} us a run")


SIZED = """
import json, resource, sys, time
import numpy as np
import sim.cli.main, sim.sweep.simulate
if sys.argv[3] == "noise":
    noise = np.random.default_rng(1).normal(size=(6, 72, 2048))
    sim.sweep.simulate.run_blocks = lambda arrays, given, members, series, **rest: noise[:, :, : -(-len(members) // 32) * 32]
began = time.perf_counter()
sim.cli.main.main(["sweep", sys.argv[1], "--out", sys.argv[2], "--limit", "1e8", "--format", "json"])
print(json.dumps([time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
"""


def size(counts: list[int], scenarios: str, engine: str) -> None:
    """Whole sweeps, each in a process of its own; with noise in place of the engine, all but the engine is measured."""
    for count in counts:
        with tempfile.TemporaryDirectory() as folder:
            sides = len(scenarios.split(","))
            file = design(folder, count // sides, scenarios=scenarios)
            done = subprocess.run(
                [sys.executable, "-c", SIZED, str(file), f"{folder}/out", engine],
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            )
            rows = json.loads(done.stdout.splitlines()[0])["rows"]
            seconds, peak = json.loads(done.stdout.splitlines()[-1])
            table = Path(f"{folder}/out/runs.parquet").stat().st_size
        told = f"{rows:9,d} rows: {seconds:8.1f} s, {rows / seconds:8,.0f} rows/s, peak {peak:6,.0f} MiB"
        print(f"{told}, table {table / 1e6:7.1f} MB, {table / rows:5.0f} bytes a row", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["speed", "null", "start", "growth", "size"])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--runs", type=float, nargs="+", default=[1e4, 1e5])
    parser.add_argument("--engine", choices=["compiled", "noise"], default="compiled")
    parser.add_argument("--scenarios", default="baseline, skydagger-delivery")
    options = parser.parse_args()
    if options.what == "size":
        size([int(count) for count in options.runs], options.scenarios, options.engine)
        return
    {"speed": speed, "null": null, "start": start, "growth": growth}[options.what](options.rounds)


if __name__ == "__main__":
    main()
