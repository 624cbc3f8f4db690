"""Lists of states that are no rivals: what the estimation says of them is what it would say if there were no reaction.

Strangers share the shocks of their regions as rivals do, so an estimate that comes from such shocks shows up here too.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from sim.calibration.panel.changes import Changes, Floats
from sim.calibration.panel.inputs import Rivalry, Spending, regions
from sim.calibration.smc import generator

STREAM = 73
TRIES = 1000

Estimator = Callable[[Changes], float]


def strangers(
    spending: Spending, rivalries: Sequence[Rivalry], seed: int, *, same_regions: bool = False
) -> tuple[Rivalry, ...]:
    """As many pairs that are no rivals, drawn at random, each with the years of a rivalry in the list.

    same_regions : draw each state from the region of the one that it stands for
    """
    rng = generator(seed, STREAM)
    known = [state for state, series in spending.items() if series and state in regions()]
    taken = {frozenset((rivalry.one, rivalry.other)) for rivalry in rivalries}
    found = []
    for rivalry in rivalries:
        pools = [
            [one for one in known if not same_regions or regions()[one] == regions()[state]]
            for state in (rivalry.one, rivalry.other)
        ]
        for _ in range(TRIES):
            one, other = (pool[int(rng.integers(len(pool)))] for pool in pools)
            if one != other and frozenset((one, other)) not in taken:
                taken.add(frozenset((one, other)))
                found.append(Rivalry(one, other, rivalry.first_year, rivalry.last_year))
                break
    return tuple(found)


def shuffled(changes: Changes, seed: int) -> Changes:
    """The same rows with the years of each unit's rivals in a random order, within a spell."""
    rng = generator(seed, STREAM, 1)
    order = np.arange(len(changes))
    for spell in np.unique(changes.spell):
        rows = np.flatnonzero(changes.spell == spell)
        order[rows] = rng.permutation(rows)
    return replace(changes, level=changes.level[order], change=changes.change[order])


def placebo_estimates(draws: Sequence[Changes], estimator: Estimator) -> Floats:
    """What an estimator says of each."""
    return np.array([estimator(changes) for changes in draws])
