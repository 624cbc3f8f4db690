"""Yearly exports to one buyer as small steady trade and rare large orders: their likelihood, and draws from it.

A year's exports are the small trade of the year, lognormal around a level of its own for each buyer, plus the orders of
the year, whose number is Poisson and whose sizes are lognormal. The density (`sim/rules/exports.py`) takes two orders where there are
more, and the sum for lognormal with the same mean and variance (Fenton and Wilkinson); the draws are exact, so that simulation-based
calibration shows what the approximation costs. The level of small trade is integrated out over a grid.

Source: fenton1960.
"""

import math

import numpy as np
from numpy.typing import NDArray

from sim.engines.compiled.vectorized import on_arrays
from sim.rules.exports import log_density_of_exports

LEVELS = np.linspace(math.log(0.003), math.log(30.0), 24)  # of the small trade, log of million US$ per year


def level_log_likelihoods(
    rows: NDArray[np.float64],
    outlays: NDArray[np.float64],
    exports: NDArray[np.float64],
    middle: float,
    log_levels: NDArray[np.float64] = LEVELS,
) -> NDArray[np.float64]:
    """Log likelihood of exports for each level of small trade, (levels, members).

    rows    : (5, members) orders per year; log of the median order relative to the buyer's spending, sd of its log;
              sd and yearly growth of the log of small trade
    outlays : (years,) log spending of the buyer in million US$
    exports : (years,) in million US$
    middle  : year, counted from the first, in which small trade has its level
    """
    rate, size, spread, trade_spread, growth = rows
    out = np.zeros((len(log_levels), rows.shape[1]))
    for year, (outlay, amount) in enumerate(zip(outlays, exports, strict=True)):
        out += on_arrays(
            log_density_of_exports, exports=amount, rate=rate, log_order=outlay + size, order_spread=spread,
            log_trade=log_levels[:, None] + growth * (year - middle), trade_spread=trade_spread,
        )  # fmt: skip
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
