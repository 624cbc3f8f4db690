"""Panels made by the estimation's own model, with reactions that are known: what the estimators make of them says what they are worth.

    growth(i, t) = - a(i) [level(i) - rest(i)] + sum of k(i, j) [level(j) - rest(j)] + shocks + noise

Shocks are common to a year; or to a region, last for years and strike its states unequally, so that no effect of year and region takes
them out whole. That is how an attack on one state may raise the budgets of two rivals who do not react to each other.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.calibration.panel.changes import Floats
from sim.calibration.panel.inputs import Rivalry, Spending, regions
from sim.calibration.smc import generator

STREAM = 72
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
    restraints: dict[str, float]


def simulated(spending: Spending, rivalries: Sequence[Rivalry], truth: Truth, seed: int) -> Simulated:
    """A panel with the states, known years, mean levels and rivalries of another."""
    rng = generator(seed, STREAM)
    states = [state for state, series in spending.items() if series]
    place = {state: number for number, state in enumerate(states)}
    first = min(min(spending[state]) for state in states)
    last = max(max(spending[state]) for state in states)
    rest = np.array([np.mean(np.log(list(spending[state].values()))) for state in states])
    restraint = np.clip(_drawn(rng, truth.restraint, len(states)), LEAST_PULL, GREATEST_PULL)
    pairs = list(dict.fromkeys(pair for rivalry in rivalries for pair in rivalry.directed if set(pair) <= set(place)))
    reactions = dict(zip(pairs, _drawn(rng, truth.reaction, len(pairs)).tolist(), strict=True))
    noise = truth.noise[0] * np.exp(truth.noise[1] * rng.standard_normal(len(states)))
    areas = sorted({regions()[state] for state in states})
    area = np.array([areas.index(regions()[state]) for state in states])
    share = 1.0 + truth.unequal * (2.0 * rng.random(len(states)) - 1.0)
    deviation, lasting = np.zeros(len(states)), np.zeros(len(areas))
    kept: dict[str, dict[int, float]] = {state: {} for state in spending}
    for year in range(first - BURN_IN, last + 1):
        matrix = np.diag(-restraint)
        for rivalry in rivalries:
            for pair in rivalry.directed:
                if pair in reactions and max(year, rivalry.first_year) <= rivalry.last_year:
                    matrix[place[pair[0]], place[pair[1]]] = reactions[pair]
        innovation = truth.region_shock * (1.0 - truth.lasting**2) ** 0.5 * rng.standard_normal(len(areas))
        lasting = truth.lasting * lasting + innovation
        shock = truth.year_shock * rng.standard_normal() + share * lasting[area]
        deviation = deviation + matrix @ deviation + shock + noise * rng.standard_normal(len(states))
        for state, number in place.items():
            if year in spending[state]:
                kept[state][year] = float(np.exp(rest[number] + deviation[number]))
    return Simulated(kept, reactions, dict(zip(states, restraint.tolist(), strict=True)))


def _drawn(rng: np.random.Generator, normal: tuple[float, float], size: int) -> Floats:
    mean, spread = normal
    return mean + spread * rng.standard_normal(size)


def example_panel(pairs: int = 16, years: int = 30) -> tuple[dict[str, dict[int, float]], tuple[Rivalry, ...]]:
    """States of the table of regions with a figure of 1,000 in each year, and as many rivalries: a ring, so that each state has two
    rivals. It holds nobody's data and is what `simulated` gives numbers to."""
    states = list(regions())[: 4 * pairs : 4]
    known = range(2000 - years // 2, 2000 + years - years // 2)
    spending = {state: dict.fromkeys(known, 1000.0) for state in states}
    around = zip(states, [*states[1:], states[0]], strict=True)
    return spending, tuple(Rivalry(one, other, known[0], known[-1]) for one, other in around)
