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
            rows = [draws.keys.index(key) for key in design.keys]
            return draws.of_members(design.content.seed, np.arange(chosen.points))[rows]
    return np.array([input_.values for input_ in design.inputs], dtype=np.float64)


def _grid(design: Design) -> Array:
    """Every combination; the last input runs fastest."""
    lengths = [len(input_.values) for input_ in design.inputs]
    places = np.unravel_index(np.arange(design.points), lengths)
    return np.array([np.asarray(input_.values)[place] for input_, place in zip(design.inputs, places, strict=True)])


def _sampled(design: Design, chosen: LatinHypercube | Sobol | Morris) -> Array:
    """Shares of each input's distribution, turned into values."""
    seed = design.content.seed if chosen.seed is None else chosen.seed
    seed %= 2**32  # what the samplers take
    distributions = [input_.distribution for input_ in design.inputs if input_.distribution is not None]
    if isinstance(chosen, LatinHypercube):
        from scipy.stats import qmc

        shares = np.ascontiguousarray(qmc.LatinHypercube(len(design.inputs), seed=seed).random(chosen.points).T)
    else:
        shares = _by_salib(design, chosen, seed)
    if isinstance(chosen, Morris):
        ends = [0.0 if distribution.kind == "uniform" else TAIL for distribution in distributions]
        shares = np.array([end + (1.0 - 2.0 * end) * row for end, row in zip(ends, shares, strict=True)])
    return values_at(distributions, shares)


def _by_salib(design: Design, chosen: Any, seed: int) -> Array:
    """The unit cube sampled as SALib's analysis expects it."""
    names = list(design.keys)
    problem: dict[str, Any] = {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}
    if chosen.group_by:
        problem["groups"] = [input_.group(chosen.group_by) for input_ in design.inputs]
    if isinstance(chosen, Sobol):
        sample = import_module("SALib.sample.sobol").sample
        points = sample(problem, chosen.n, calc_second_order=chosen.second_order, scramble=True, seed=seed)
    else:
        sample = import_module("SALib.sample.morris").sample
        points = sample(problem, chosen.n, num_levels=chosen.levels, seed=seed)
    return np.ascontiguousarray(np.asarray(points, dtype=np.float64).T)
