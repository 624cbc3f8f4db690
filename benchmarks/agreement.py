"""Whether both engines give the same bits: every shipped scenario, every series, every quarter, 32 members each."""

import argparse

import numpy as np

from sim.quarters import COUNT
from sim.scenario import list_scenarios, load_scenario
from sim.worlds import simulated, world_for


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=32)
    members = np.arange(parser.parse_args().members)
    differing = 0
    for listing in list_scenarios():
        world = world_for(load_scenario(listing.id))
        by_agents = simulated(world, members, seed=1, quarters=COUNT, engine="agents")
        compiled = simulated(world, members, seed=1, quarters=COUNT)
        unequal = int((by_agents.view(np.int64) != compiled.view(np.int64)).sum())
        differing += unequal
        print(f"{listing.id:28s} {compiled.size:>10,d} numbers, {unequal} differ")
    return 1 if differing else 0


if __name__ == "__main__":
    raise SystemExit(main())
