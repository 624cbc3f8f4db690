"""Measures of how much each input matters, by SALib, with 95 % intervals.

sobol    : shares of the outcome's variance: first (an input alone), total (with everything it works together with), and where the
           design allows it second (two inputs together, beyond what each does alone)
morris   : effect, the mean size of the change in the outcome when an input crosses its range; spread, how much that change differs
pawn     : the median distance between the outcome's distribution with the input held in a slice, and with it free, 0 to 1
rbd-fast : first, from any points
Intervals are normal ones: from bootstraps for sobol and morris, from a jackknife over BLOCKS blocks of points for the others.
"""

import itertools
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.sweep.analysis.design_layout import MANY_LEVELS, Layout, levels, lots, ranked
from sim.sweep.analysis.loading import Array

FIRST, SECOND, TOTAL, EFFECT, SPREAD, PAWN = "first", "second", "total", "effect", "spread", "pawn"
RESAMPLES, BLOCKS, LEVEL = 200, 10, 0.95
NORMAL = 1.959963984540054  # standard errors on either side
FEWEST_POINTS, FEWEST_BLOCKS, FEWEST_TRAJECTORIES = 100, 16, 4
HARMONICS, FEW_HARMONICS, MANY_POINTS = 10, 4, 200
PER_SLICE = 20  # points in a slice of PAWN, at least
NOTHING = "(an input without effect)"
SEEDS = 2**31


@dataclass(frozen=True)
class Measure:
    """One measure for every input, or for every group of inputs that were varied together.

    groups : columns of the inputs behind each value
    values : (groups,)
    halves : (groups,) half the width of the 95 % interval
    copies : (copies, groups) the measure recomputed; `scale` times their standard deviation is half a width
    floor  : what an input without effect would get on these points, with its interval's upper end; None if not needed
    firsts : of a measure of two groups together, how many of the columns are the first one's
    """

    method: str
    name: str
    groups: tuple[tuple[int, ...], ...]
    values: Array
    halves: Array
    copies: Array | None = None
    scale: float = 0.0
    floor: float | None = None
    firsts: tuple[int, ...] = ()


@contextmanager
def quiet() -> Iterator[None]:
    """Warnings of libraries are about those that they can do without, about their own future, and about constant resamples, whose
    intervals say it better."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


def problem(groups: Sequence[Sequence[int]], count: int) -> dict[str, Any]:
    """Inputs as SALib names them; groups only where some hold more than one input."""
    content: dict[str, Any] = {
        "num_vars": count,
        "names": [f"x{c}" for c in range(count)],
        "bounds": [[0.0, 1.0]] * count,
    }
    if 0 < len(groups) < count:
        content["groups"] = [
            f"g{next(place for place, group in enumerate(groups) if c in group)}" for c in range(count)
        ]
    return content


def sobol(layout: Layout, outcome: Array, seed: int) -> tuple[Measure, ...]:
    """First, second and total indices from whole Saltelli blocks, with the estimators that SALib takes from Saltelli et al. (2010)."""
    from SALib.analyze import sobol as salib

    with quiet():
        indices = salib.analyze(
            problem([], len(layout.groups)), outcome, calc_second_order=layout.second_order, num_resamples=RESAMPLES,
            conf_level=LEVEL, keep_resamples=True, seed=1 + seed % SEEDS,
        )  # fmt: skip
    order = layout.groups
    measures = tuple(
        Measure("sobol", name, order, indices[key], indices[f"{key}_conf"], indices[f"{key}_conf_all"], NORMAL)
        for name, key in ((FIRST, "S1"), (TOTAL, "ST"))
    )
    if not layout.second_order:
        return measures
    pairs = list(itertools.combinations(range(len(order)), 2))
    values, halves = (np.array([indices[key][pair] for pair in pairs]) for key in ("S2", "S2_conf"))
    both = tuple((*order[a], *order[b]) for a, b in pairs)
    firsts = tuple(len(order[a]) for a, _ in pairs)
    return (*measures, Measure("sobol", SECOND, both, values, halves, firsts=firsts))


def morris(layout: Layout, inputs: Array, outcome: Array, grid: int, seed: int) -> tuple[Measure, ...]:
    """Mean and spread of the elementary effects of whole trajectories, in units of the outcome for the whole range of an input.

    grid : number of levels that the design divides a range into
    """
    from SALib.analyze import morris as salib

    with quiet():
        effects = salib.analyze(
            problem(layout.groups, inputs.shape[1]), inputs, outcome, num_resamples=RESAMPLES, conf_level=LEVEL,
            num_levels=grid, seed=1 + seed % SEEDS,
        )  # fmt: skip
    names = list(effects["names"])
    order = [names.index(name) for name in _names_of(layout.groups, inputs.shape[1])]
    value, half, spread = (
        np.asarray(effects[key], dtype=np.float64)[order] for key in ("mu_star", "mu_star_conf", "sigma")
    )
    measures = [Measure("morris", EFFECT, layout.groups, value, half)]
    if np.isfinite(spread).all():  # groups have none
        measures.append(Measure("morris", SPREAD, layout.groups, spread, np.full(len(spread), np.nan)))
    return tuple(measures)


def _names_of(groups: Sequence[Sequence[int]], count: int) -> list[str]:
    """What SALib calls the inputs, or their groups."""
    given = problem(groups, count)
    names = given.get("groups", given["names"])
    return [names[group[0]] for group in groups]


def pawn(inputs: Array, outcome: Array, seed: int) -> tuple[Measure, ...]:
    """PAWN with the median over slices of equal size."""
    from SALib.analyze import pawn as salib

    slices = slices_cut(max(2, min(levels(inputs), MANY_LEVELS, len(outcome) // PER_SLICE)))

    def estimate(ranks: Array, values: Array) -> Array:
        return np.asarray(
            salib.analyze(problem([], ranks.shape[1]), ranks, values, S=slices)["median"], dtype=np.float64
        )

    return (jackknifed("pawn", PAWN, estimate, inputs, outcome, seed),)


def slices_cut(wanted: int) -> int:
    """Slices that SALib can cut, no more than wanted: its steps of a sixth and of a ninth add up to more than the whole.

    >>> slices_cut(5), slices_cut(6), slices_cut(9), slices_cut(10)
    (5, 5, 8, 10)
    """
    return next(count for count in range(wanted, 1, -1) if np.arange(0.0, 1.0 + 1.0 / count, 1.0 / count)[-1] <= 1.0)


def rbd_fast(inputs: Array, outcome: Array, seed: int) -> tuple[Measure, ...]:
    """First indices from the spectrum of the outcome, the points sorted by one input after the other."""
    from SALib.analyze.rbd_fast import compute_first_order, permute_outputs, unskew_S1

    harmonics = HARMONICS if len(outcome) >= MANY_POINTS else FEW_HARMONICS

    def estimate(ranks: Array, values: Array) -> Array:
        sorted_by = (permute_outputs(column, values) for column in ranks.T)
        return np.array(
            [
                unskew_S1(compute_first_order(values_sorted, harmonics), harmonics, len(values))
                for values_sorted in sorted_by
            ]
        )

    return (jackknifed("rbd-fast", FIRST, estimate, inputs, outcome, seed),)


def jackknifed(
    method: str, name: str, estimate: Callable[[Array, Array], Array], inputs: Array, outcome: Array, seed: int
) -> Measure:
    """A measure on all points, and on all but each of BLOCKS blocks of them; beside the inputs stands one without effect."""
    from scipy.special import stdtrit

    lot = lots("ties", len(outcome), seed)
    ranks = np.column_stack([ranked(inputs, lot), lots("nothing", len(outcome), seed)])
    block = np.argsort(np.argsort(lot)) % BLOCKS
    with quiet():
        values = estimate(ranks, outcome)
        copies = np.array([estimate(ranks[block != number], outcome[block != number]) for number in range(BLOCKS)])
    scale = stdtrit(BLOCKS - 1, 0.5 + LEVEL / 2.0) * np.sqrt(BLOCKS - 1)
    halves = scale * copies.std(axis=0)  # of a jackknife
    groups = tuple((column,) for column in range(inputs.shape[1]))
    floor = max(0.0, float(values[-1] + halves[-1]))
    return Measure(method, name, groups, values[:-1], halves[:-1], copies[:, :-1], float(scale), floor)
