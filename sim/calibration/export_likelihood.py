"""Yearly exports to one buyer as small steady trade and rare large orders: their likelihood, and draws from it.

A year's exports are the small trade of the year, lognormal around a level of its own for each buyer, plus the orders of
the year, whose number is Poisson and whose sizes are lognormal. The density takes up to `MOST` orders, and takes the sum
for lognormal with the same mean and variance (Fenton and Wilkinson); the draws are exact, so that simulation-based
calibration shows what the approximation costs. The level of small trade is integrated out over a grid.

Source: fenton1960.
"""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

MOST = 2
LEVELS = np.linspace(math.log(0.003), math.log(30.0), 24)  # of the small trade, log of million US$ per year
ROOT = math.sqrt(2.0 * math.pi)


@njit(nogil=True, error_model="numpy", cache=True)
def log_likelihoods(rate, size, spread, background_spread, growth, outlays, exports, middle, levels, out):
    """Log density of some years' exports for each level of small trade.

    rate, size, spread : (members,) orders per year; log of the median order relative to the buyer's spending; sd of log
    background_spread, growth : (members,) of small trade
    outlays, exports   : (years,) log spending and exports of the buyer in million US$
    middle             : year, counted from the first, in which small trade has its level
    out                : (levels, members) filled
    """
    years = exports.shape[0]
    for m in range(rate.shape[0]):
        s2 = background_spread[m] * background_spread[m]
        chance_of_none = math.exp(-rate[m])
        chance_of_one = chance_of_none * rate[m]
        chance_of_more = max(1.0 - chance_of_none - chance_of_one, 0.0)
        v2 = spread[m] * spread[m]
        for g in range(levels.shape[0]):
            out[g, m] = 0.0
        for y in range(years):
            x = exports[y]
            lx = math.log(x)
            mean_order = math.exp(outlays[y] + size[m] + 0.5 * v2)
            var_order = mean_order * mean_order * (math.exp(v2) - 1.0)
            for g in range(levels.shape[0]):
                centre = levels[g] + growth[m] * (y - middle)
                z = (lx - centre) / background_spread[m]
                density = chance_of_none * math.exp(-0.5 * z * z) / (background_spread[m] * ROOT)
                mean_small = math.exp(centre + 0.5 * s2)
                var_small = mean_small * mean_small * (math.exp(s2) - 1.0)
                for n in range(1, MOST + 1):
                    mean = mean_small + n * mean_order
                    t2 = math.log(1.0 + (var_small + n * var_order) / (mean * mean))
                    z2 = lx - math.log(mean) + 0.5 * t2
                    weight = chance_of_one if n == 1 else chance_of_more
                    density += weight * math.exp(-0.5 * z2 * z2 / t2) / (math.sqrt(t2) * ROOT)
                out[g, m] += math.log(density / x + 1e-300)


def level_log_likelihoods(
    rows: NDArray[np.float64], outlays: NDArray[np.float64], exports: NDArray[np.float64], middle: float
) -> NDArray[np.float64]:
    """Log likelihood of exports for each level of small trade, (levels, members).

    rows : (5, members) rate, size, spread, background spread, background growth
    """
    out = np.empty((len(LEVELS), rows.shape[1]))
    parts = [np.ascontiguousarray(row) for row in rows]
    log_likelihoods(*parts, outlays, exports, middle, LEVELS, out)
    return out


def log_likelihood(
    rows: NDArray[np.float64], outlays: NDArray[np.float64], exports: NDArray[np.float64], middle: float
) -> NDArray[np.float64]:
    """Log likelihood of exports with the level of small trade integrated out over its uniform prior, (members,)."""
    each = level_log_likelihoods(rows, outlays, exports, middle)
    top = each.max(axis=0)
    return top + np.log(np.exp(each - top).mean(axis=0))


def any_levels(members: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Levels of small trade drawn from their uniform prior, (members,)."""
    return LEVELS[0] + (LEVELS[-1] - LEVELS[0]) * rng.random(members)


def drawn_levels(each: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """One level of small trade per member, drawn in proportion to its likelihood, (members,)."""
    weights = np.exp(each - each.max(axis=0)).cumsum(axis=0)
    places = (weights < weights[-1] * rng.random(each.shape[1])).sum(axis=0)
    step = LEVELS[1] - LEVELS[0]
    return LEVELS[places] + step * (rng.random(each.shape[1]) - 0.5)


def drawn_exports(
    rows: NDArray[np.float64],
    levels: NDArray[np.float64],
    outlays: NDArray[np.float64],
    years: NDArray[np.float64],
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Exports of some years drawn for each member, (years, members).

    years : counted from the year in which small trade has its level
    """
    rate, size, spread, small, growth = rows
    shape = (len(years), rows.shape[1])
    out: NDArray[np.float64] = np.exp(levels + np.outer(years, growth) + small * rng.standard_normal(shape))
    orders = rng.poisson(np.broadcast_to(rate, shape))
    for n in range(1, int(orders.max(initial=0)) + 1):
        sizes = np.exp(outlays[:, None] + size + spread * rng.standard_normal(shape))
        out += np.where(orders >= n, sizes, 0.0)
    return out
