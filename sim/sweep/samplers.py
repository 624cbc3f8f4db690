"""The points of a design: one column for each point, one row for each input."""

from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engines.compiled.engine import values_at
from sim.ensembles.registry import load_fit
from sim.sweep.design import Design
from sim.sweep.schema import Ensemble, Grid, LatinHypercube, Morris, Sobol

Array = NDArray[np.float64]
TAIL = 0.01  # how far the outermost levels of a screening stay from the ends of a distribution without ends


def points_of(design: Design) -> Array:
    """The points of a design, (inputs, points)."""
    chosen = design.content.design
    match chosen:
        case Grid():
            return _grid(design)
        case LatinHypercube() | Sobol() | Morris():
            return _sampled(design, chosen)
        case Ensemble():
            draws = load_fit(design.content.fit)
            rows = [draws.keys.index(one.key) for one in design.inputs]
            return draws.of_members(design.content.seed, np.arange(chosen.points))[rows]
    return np.array([one.values for one in design.inputs], dtype=np.float64)


def _grid(design: Design) -> Array:
    """Every combination; the last input runs fastest."""
    lengths = [len(one.values) for one in design.inputs]
    places = np.unravel_index(np.arange(design.points), lengths)
    return np.array([np.asarray(one.values)[place] for one, place in zip(design.inputs, places, strict=True)])


def _sampled(design: Design, chosen: LatinHypercube | Sobol | Morris) -> Array:
    """Shares of each input's distribution, turned into values."""
    seed = design.content.seed if chosen.seed is None else chosen.seed
    seed %= 2**32  # what the samplers take
    shares = _latin_hypercube(len(design.inputs), chosen.points, seed) if isinstance(chosen, LatinHypercube) else None
    if shares is None:
        shares = _by_salib(design, chosen, seed)
    if isinstance(chosen, Morris):
        ends = [0.0 if _has_ends(one) else TAIL for one in design.inputs]
        shares = np.array([end + (1.0 - 2.0 * end) * row for end, row in zip(ends, shares, strict=True)])
    distributions = [one.distribution for one in design.inputs if one.distribution is not None]
    return values_at(distributions, shares)


def _has_ends(one: Any) -> bool:
    return one.distribution.kind == "uniform"


def _latin_hypercube(inputs: int, points: int, seed: int) -> Array:
    from scipy.stats import qmc

    return np.ascontiguousarray(qmc.LatinHypercube(inputs, seed=seed).random(points).T)


def _by_salib(design: Design, chosen: Any, seed: int) -> Array:
    """The unit cube sampled as SALib's analysis expects it."""
    names = [one.key for one in design.inputs]
    problem: dict[str, Any] = {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}
    if chosen.group_by:
        problem["groups"] = [one.group(chosen.group_by) for one in design.inputs]
    if isinstance(chosen, Sobol):
        sample = import_module("SALib.sample.sobol").sample
        points = sample(problem, chosen.n, calc_second_order=chosen.second_order, scramble=True, seed=seed)
    else:
        sample = import_module("SALib.sample.morris").sample
        points = sample(problem, chosen.n, num_levels=chosen.levels, seed=seed)
    return np.ascontiguousarray(np.asarray(points, dtype=np.float64).T)


def ends_of(points: Array) -> tuple[list[float], list[float]]:
    """Lowest and highest value of each input."""
    return [float(low) for low in points.min(axis=1)], [float(high) for high in points.max(axis=1)]
