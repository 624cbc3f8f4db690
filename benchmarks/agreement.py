"""Whether the agents and every form of the compiled engine give the same bits in every series and every quarter.

    python benchmarks/agreement.py                              # every part
    python benchmarks/agreement.py --parts scenarios            # every shipped scenario, 32 members each
    python benchmarks/agreement.py --parts mechanisms           # every mechanism in place and taken out, 8 members each
    python benchmarks/agreement.py --parts settings --times 200 # random settings within the priors, 8 members each
    python benchmarks/agreement.py --parts schema --times 300   # random scenarios at the ends of the schema, 8 members each

Forms: the shipped `model.wasm`, and native libraries by gcc, clang and ziglang, as far as they are here.

A random setting gives some of the uncertain parameters, from one of them to all, a value of their prior, the rare ones at
its ends as often as the middle, in a shipped scenario and with a seed of its own.
"""

import argparse
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from random_scenarios import random_scenarios

from sim.engines.compiled import build, engine
from sim.engines.compiled.engine import values_at
from sim.engines.compiled.library import Library, NativeLibrary, WasmLibrary
from sim.engines.compiled.translation import model_as_c
from sim.engines.simulate import PreparedScenario, prepared_scenario, simulated
from sim.io.quarters import COUNT
from sim.model.parameters import load_parameters
from sim.scenario.loading import list_scenarios, load_scenario
from sim.scenario.overrides import with_parameters
from sim.validation.ablations import bench

SCENARIO_MEMBERS, MEMBERS = 32, 8
LIBRARY = tuple(listing.id for listing in list_scenarios())
KEPT = tempfile.TemporaryDirectory()
Case = tuple[str, PreparedScenario, int, int]  # name, world, members, seed


def of_scenarios() -> Iterator[Case]:
    for name in LIBRARY:
        yield name, prepared_scenario(load_scenario(name)), SCENARIO_MEMBERS, 1


def of_mechanisms() -> Iterator[Case]:
    for one in bench().mechanisms:
        yield f"with {one.id}", prepared_scenario(one.on), MEMBERS, 1
        yield f"without {one.id}", prepared_scenario(one.off), MEMBERS, 1


def of_settings(times: int, seed: int) -> Iterator[Case]:
    table = load_parameters()
    priors = dict(zip(table.keys, table.distributions, strict=True))
    chance = np.random.default_rng(seed)
    for number in range(times):
        count = 1 + int(chance.integers(len(table.uncertain)) * chance.random())
        keys = [str(key) for key in chance.choice(table.uncertain, count, replace=False)]
        shares = np.clip(chance.beta(0.5, 0.5, (count, 1)), 1e-6, 1.0 - 1e-6)
        values = values_at([priors[key] for key in keys], shares)[:, 0].tolist()
        scenario = str(chance.choice(LIBRARY))
        changed = with_parameters(load_scenario(scenario), dict(zip(keys, values, strict=True)))
        yield (
            f"{number}: {scenario}, {count} numbers set",
            prepared_scenario(changed),
            MEMBERS,
            int(chance.integers(2**31)),
        )


def of_schema(times: int, seed: int) -> Iterator[Case]:
    for number, scenario in enumerate(random_scenarios(times, seed, Path(KEPT.name))):
        yield scenario.id, prepared_scenario(scenario), MEMBERS, number


def forms() -> dict[str, Library]:
    """The forms of the compiled engine that can be made here."""
    made: dict[str, Library] = {"wasm": WasmLibrary(build.SHIPPED.read_bytes())}
    compilers = {"gcc": shutil.which("gcc"), "clang": shutil.which("clang")}
    commands = {name: (path,) for name, path in compilers.items() if path} | {"zig": build.ziglang()}
    for name, command in commands.items():
        if command is not None:
            folder = Path(tempfile.mkdtemp(dir=KEPT.name))
            flags = build.native_flags(command)
            made[name] = NativeLibrary(build.compiled(model_as_c(), command, flags, folder, build.SUFFIX))
    return made


def recorded_by(form: Library | None, world: PreparedScenario, members: int, seed: int) -> np.ndarray | str:
    """What members record, by a form of the compiled engine or by the agents; a word where they cannot."""
    engine.library = lambda *_: form
    name = "agents" if form is None else "compiled"
    try:
        return simulated(world, range(members), seed=seed, quarters=COUNT, engine=name)
    except (FloatingPointError, ZeroDivisionError, OverflowError):
        return "not finite"


def compared(part: str, cases: Iterator[Case], made: dict[str, Library]) -> int:
    """Compare all cases of a part in every form; returns how many numbers differ."""
    numbers, refused, count = 0, 0, 0
    unequal = dict.fromkeys(("agents", *made), 0)
    for name, world, members, seed in cases:
        found = {form: recorded_by(made.get(form), world, members, seed) for form in unequal}
        first = found["wasm"]
        for form, values in found.items():
            if isinstance(values, str) or isinstance(first, str):
                unequal[form] += int(isinstance(values, str) != isinstance(first, str))
            else:
                unequal[form] += int((values.view(np.int64) != first.view(np.int64)).sum())
        count += 1
        refused += isinstance(first, str)
        numbers += 0 if isinstance(first, str) else first.size
        if any(unequal.values()):
            print(f"{name}: {unequal}", flush=True)
    which = ", ".join(f"{form} {differ}" for form, differ in unequal.items())
    print(
        f"{part}: {count} worlds ({refused} with numbers that are not finite), {numbers:,d} numbers each; differ from wasm: {which}",
        flush=True,
    )
    return sum(unequal.values())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parts = ("scenarios", "mechanisms", "settings", "schema")
    parser.add_argument("--parts", nargs="+", choices=parts, default=parts)
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    cases = {
        "scenarios": of_scenarios(),
        "mechanisms": of_mechanisms(),
        "settings": of_settings(options.times, options.seed),
        "schema": of_schema(options.times, options.seed),
    }
    made = forms()
    print(f"compared: agents, {', '.join(made)}", flush=True)
    return 1 if sum(compared(part, cases[part], made) for part in options.parts) else 0


if __name__ == "__main__":
    raise SystemExit(main())
