"""Whether both engines give the same bits in every series and every quarter, at the defaults and off them.

    python benchmarks/agreement.py                              # every part
    python benchmarks/agreement.py --parts scenarios            # every shipped scenario, 32 members each
    python benchmarks/agreement.py --parts mechanisms           # every mechanism in place and taken out, 8 members each
    python benchmarks/agreement.py --parts settings --times 200 # random settings within the priors, 8 members each

A random setting gives some of the uncertain parameters, from one of them to all, a value of their prior, the rare ones at
its ends as often as the middle, in a shipped scenario and with a seed of its own.
"""

import argparse
from collections.abc import Iterator

import numpy as np

from sim.engines.compiled.engine import values_at
from sim.engines.simulate import PreparedScenario, prepared_scenario, simulated
from sim.io.quarters import COUNT
from sim.model.parameters import load_parameters
from sim.scenario.loading import list_scenarios, load_scenario
from sim.scenario.overrides import with_parameters
from sim.validation.ablations import bench

SCENARIO_MEMBERS, MEMBERS = 32, 8
LIBRARY = tuple(listing.id for listing in list_scenarios())
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


def differing(world: PreparedScenario, members: int, seed: int) -> tuple[int, int]:
    """How many numbers were compared, and how many differ in any bit."""
    by_agents, compiled = (
        simulated(world, range(members), seed=seed, quarters=COUNT, engine=engine) for engine in ("agents", "compiled")
    )
    return compiled.size, int((by_agents.view(np.int64) != compiled.view(np.int64)).sum())


def compared(part: str, cases: Iterator[Case]) -> int:
    """Compare all cases of a part; returns how many numbers differ."""
    found = []
    for name, world, members, seed in cases:
        found.append(differing(world, members, seed))
        print(f"{name:48s} {found[-1][0]:>10,d} numbers, {found[-1][1]} differ", flush=True)
    numbers, unequal = (sum(column) for column in zip(*found, strict=True))
    print(f"{part}: {len(found)} worlds, {numbers:,d} numbers compared, {unequal:,d} differ", flush=True)
    return unequal


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parts = ("scenarios", "mechanisms", "settings")
    parser.add_argument("--parts", nargs="+", choices=parts, default=parts)
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    cases = {
        "scenarios": of_scenarios(),
        "mechanisms": of_mechanisms(),
        "settings": of_settings(options.times, options.seed),
    }
    return 1 if sum(compared(part, cases[part]) for part in options.parts) else 0


if __name__ == "__main__":
    raise SystemExit(main())
