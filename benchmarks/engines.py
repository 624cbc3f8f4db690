"""Members per second: the compiled engine on one and two cores, the Mesa model, and `mesa.batch_run` on two processes.

All run the same scenario, 72 quarters, and record the same series: everything. The last part says how far the compiled
engine is from its floor: the elementary functions that one member needs, counted by running the Mesa model, times what
each costs in a loop that does nothing else.
"""

import argparse
import time
from collections import Counter
from collections.abc import Callable
from importlib import import_module
from pkgutil import iter_modules

import mesa
import numpy as np
from contest import rates

import sim.rules
from sim.engines.agents import model as agents
from sim.engines.compiled import engine
from sim.engines.compiled.library import Room, library
from sim.engines.compiled.vectorized import names_of
from sim.engines.simulate import prepared_scenario
from sim.model.random_numbers import uniform
from sim.model.variables import Series
from sim.rules.elementary import exp, log, normal_quantile
from sim.scenario.loading import load_scenario

SCENARIO = "skydagger-delivery"
QUARTERS = 72
COMPILED_MEMBERS = 1024
AGENT_MEMBERS = 4
BATCH_MEMBERS = 16
LITTLE = "compiled, 1 core, one series"  # of the rest, a part is room for 230 MB that is asked for anew each time
COUNTED = ("exp", "log", "normal_quantile")
COUNT = 2048  # numbers of a loop


class TimedModel(agents.RegionModel):
    """The Mesa model as `batch_run` wants it: it stops by itself after the last quarter."""

    def step(self) -> None:
        super().step()
        self.running = self.quarter < QUARTERS - 1


def compiled(world, threads: int, series=None) -> int:
    engine.simulate(
        world.parameters,
        world.script,
        members=range(COMPILED_MEMBERS),
        seed=1,
        quarters=QUARTERS,
        series=series,
        threads=threads,
    )
    return COMPILED_MEMBERS


def mesa_model(world) -> int:
    for member in range(AGENT_MEMBERS):
        model = agents.RegionModel(parameters=world.parameters, script=world.script, seed=1, member=member)
        for _ in range(QUARTERS):
            model.step()
    return AGENT_MEMBERS


def mesa_batch(world) -> int:
    mesa.batch_run(
        TimedModel,
        parameters={"scenario": SCENARIO, "member": range(BATCH_MEMBERS)},
        number_processes=2,
        max_steps=QUARTERS,
        data_collection_period=-1,
        display_progress=False,
    )
    return BATCH_MEMBERS


def calls_per_member(world) -> Counter[str]:
    """How often one member calls each elementary function and draw."""
    counts: Counter[str] = Counter()

    def counting(name: str, function: Callable) -> Callable:
        def counted(*args, **kwargs):
            counts[name] += 1
            return function(*args, **kwargs)

        return counted

    modules = [*(import_module(f"sim.rules.{one.name}") for one in iter_modules(sim.rules.__path__)), agents]
    saved = [(module, name, getattr(module, name)) for module in modules for name in COUNTED if hasattr(module, name)]
    saved.append((agents, "uniform", agents.uniform))
    try:
        for module, name, function in saved:
            setattr(module, name, counting(name, function))
        model = agents.RegionModel(parameters=world.parameters, script=world.script, seed=1, member=0)
        for _ in range(QUARTERS):
            model.step()
    finally:
        for module, name, function in saved:
            setattr(module, name, function)
    # the logarithm within a normal quantile is part of its cost
    return counts


def nanoseconds(rule: Callable, **constants: float) -> float:
    """Smallest cost per call of a rule in a compiled loop that does nothing else, over numbers between 0.01 and 0.99."""
    names = names_of(rule)
    copy = library().copy({"arguments": Room((len(names), COUNT)), "results": Room((COUNT,))})
    arguments, results = copy.arrays["arguments"], copy.arrays["results"]
    for row, name in zip(arguments, names, strict=True):
        row[:] = constants[name] if name in constants else np.random.default_rng(1).uniform(0.01, 0.99, COUNT)
    best = float("inf")
    for _ in range(20):
        began = time.perf_counter()
        for _ in range(200):
            copy.each(rule, arguments, results)
        best = min(best, (time.perf_counter() - began) / 200)
    return best / COUNT * 1e9


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    world = prepared_scenario(load_scenario(SCENARIO))
    found = rates(
        {
            "compiled, 1 core": lambda: compiled(world, 1),
            "compiled, 2 cores": lambda: compiled(world, 2),
            LITTLE: lambda: compiled(world, 1, [Series("spending", "SRB")]),
            "Mesa model, 1 core": lambda: mesa_model(world),
            "mesa.batch_run, 2 processes": lambda: mesa_batch(world),
        },
        rounds,
    )
    for name, rate in found.items():
        print(f"{name:30s} {rate:12,.1f} members/s")
    print(
        f"compiled, 1 core  / Mesa model, 1 core          {found['compiled, 1 core'] / found['Mesa model, 1 core']:8.0f}"
    )
    print(
        f"compiled, 2 cores / mesa.batch_run, 2 processes {found['compiled, 2 cores'] / found['mesa.batch_run, 2 processes']:8.0f}"
    )
    costs = {
        "exp": nanoseconds(exp),
        "log": nanoseconds(log),
        "normal_quantile": nanoseconds(normal_quantile),
        "uniform": nanoseconds(uniform, seed=1, moment=40, channel=3, stream=0),
    }
    counts = calls_per_member(world)
    floor = 0.0
    for name, cost in costs.items():
        floor += counts[name] * cost / 1000
        print(f"{name:16s} {counts[name]:7d} calls a member, {cost:5.2f} ns each in a vector loop")
    actual = 1e6 / found[LITTLE]
    print(f"floor {floor:.0f} us a member, engine {actual:.0f} us: {actual / floor:.1f} times the floor")


if __name__ == "__main__":
    main()
