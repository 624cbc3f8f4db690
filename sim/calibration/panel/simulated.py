"""Panels and lists whose reaction is known: what the estimators make of them says what they are worth.

    growth(i, t) = - a(i) [level(i) - rest(i)] + sum of k(i, j) [level(j) - rest(j)] + shocks + noise

Shocks are common to a year; or to a region, last for years and strike its states unequally, so that no effect of year and region takes
them out whole. That is how an attack on one state may raise the budgets of two rivals who do not react to each other. Strangers share
such shocks as rivals do, so an estimate that comes from them shows up in lists of states that are no rivals, too.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim.calibration.panel.changes import Changes, Floats
from sim.calibration.panel.inputs import Rivalry, Spending, directed_pairs, regions
from sim.calibration.smc import generator

STREAM, STRANGERS = 72, 73
TRIES = 1000
BURN_IN = 40  # years before the first that is kept
GREATEST_PULL = 0.95
LEAST_PULL = 0.01


@dataclass(frozen=True)
class Truth:
    """What a simulated panel is made of, all of log spending.

    restraint    : [1/yr]  mean of a, and its spread between states
    reaction     : [1/yr]  mean of k, and its spread between directed dyads
    noise        : [1/yr]  median of a state's own noise, and the spread of its logarithm
    year_shock   : [1/yr]  spread of the shock common to all states
    region_shock : [1/yr]  spread of the shock common to a region, which lasts by `lasting` from year to year
    unequal      : [1]     states take between 1 - unequal and 1 + unequal of a region's shock
    """

    restraint: tuple[float, float] = (0.10, 0.03)
    reaction: tuple[float, float] = (0.015, 0.03)
    noise: tuple[float, float] = (0.12, 0.44)
    year_shock: float = 0.02
    region_shock: float = 0.0
    lasting: float = 0.7
    unequal: float = 1.0


@dataclass(frozen=True, eq=False)
class Simulated:
    """A panel, and the reactions that made it, by reacting state and rival [1/yr]."""

    spending: Spending
    reactions: dict[tuple[str, str], float]


def simulated(spending: Spending, rivalries: Sequence[Rivalry], truth: Truth, seed: int) -> Simulated:
    """A panel with the states, known years, mean levels and rivalries of another."""
    rng = generator(seed, STREAM)
    states = [state for state, series in spending.items() if series]
    place = {state: number for number, state in enumerate(states)}
    known = [year for series in spending.values() for year in series]
    rest = np.array([np.mean(np.log(list(spending[state].values()))) for state in states])
    restraint = np.clip(_drawn(rng, truth.restraint, len(states)), LEAST_PULL, GREATEST_PULL)
    pairs = [pair for pair in directed_pairs(rivalries) if set(pair) <= set(place)]
    reactions = dict(zip(pairs, _drawn(rng, truth.reaction, len(pairs)).tolist(), strict=True))
    noise = truth.noise[0] * np.exp(truth.noise[1] * rng.standard_normal(len(states)))
    areas, area = np.unique([regions()[state] for state in states], return_inverse=True)
    share = 1.0 + truth.unequal * (2.0 * rng.random(len(states)) - 1.0)
    deviation, lasting = np.zeros(len(states)), np.zeros(len(areas))
    kept: dict[str, dict[int, float]] = {state: {} for state in spending}
    for year in range(min(known) - BURN_IN, max(known) + 1):
        matrix = np.diag(-restraint)
        for one, other in directed_pairs([each for each in rivalries if max(year, each.first_year) <= each.last_year]):
            if (one, other) in reactions:
                matrix[place[one], place[other]] = reactions[one, other]
        innovation = truth.region_shock * (1.0 - truth.lasting**2) ** 0.5 * rng.standard_normal(len(areas))
        lasting = truth.lasting * lasting + innovation
        shock = truth.year_shock * rng.standard_normal() + share * lasting[area]
        deviation = deviation + matrix @ deviation + shock + noise * rng.standard_normal(len(states))
        for state, amount in zip(states, np.exp(rest + deviation).tolist(), strict=True):
            if year in spending[state]:
                kept[state][year] = amount
    return Simulated(kept, reactions)


def _drawn(rng: np.random.Generator, normal: tuple[float, float], size: int) -> Floats:
    mean, spread = normal
    return mean + spread * rng.standard_normal(size)


def strangers(
    spending: Spending, rivalries: Sequence[Rivalry], seed: int, *, same_regions: bool = False
) -> tuple[Rivalry, ...]:
    """As many pairs that are no rivals, drawn at random, each with the years of a rivalry in the list.

    same_regions : draw each state from the region of the one that it stands for
    """
    rng = generator(seed, STRANGERS)
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
                found.append(replace(rivalry, one=one, other=other))
                break
    return tuple(found)


def shuffled(changes: Changes, seed: int) -> Changes:
    """The same rows with the years of each unit's rivals in a random order, within a spell."""
    rng = generator(seed, STRANGERS, 1)
    order = np.arange(len(changes))
    for spell in np.unique(changes.spell):
        rows = np.flatnonzero(changes.spell == spell)
        order[rows] = rng.permutation(rows)
    return replace(changes, level=changes.level[order], change=changes.change[order])
