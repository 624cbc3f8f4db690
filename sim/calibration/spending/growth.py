"""Yearly growth of spending: what is common to the region in a year, what is a state's own, and what is a break.

    growth(i, t) = offset(i, t) + sum of coefficient(k) regressor(k, i, t) + drift(i) + common(t) + own(i, t)
    common(t) ~ normal(0, common spread)
    own(i, t) ~ normal(0, spread(i)), and in a year of a break with the break's spread besides
    log spread(i) ~ normal(log of the typical spread, pooling)
    drift(i) ~ normal(mean drift, spread of drift)

A break is a year in which a budget leaves its scale: a force is founded, fighters are paid at once. Where a year is likelier to be one, it
counts the less for the state's own spread and for what is common, so that both are robust to breaks; how often they come, and how large
they are, is estimated with them.

The posterior is drawn by Gibbs sampling (Geman and Geman 1984); spreads are drawn from their density on a fine grid.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit, ndtr, ndtri

from sim.calibration.smc import generator

Floats = NDArray[np.float64]
STREAM = 74
BURN_IN = 300
GRID = np.exp(np.linspace(np.log(0.003), np.log(1.5), 80))
LOG_GRID = np.log(GRID)
COMMON_SCALE, DRIFT_SCALE, POOLING_SCALE = 0.1, 0.05, 0.5  # of half-normal priors
BREAK_CENTRE, BREAK_POOLING = 0.3, 0.5  # of the lognormal prior of a break's spread
BREAK_COUNTS = 1.0, 19.0  # of the beta prior of how often breaks come
EDGE = 1e-12


@dataclass(frozen=True, eq=False)
class Model:
    """What explains growth besides chance.

    growth     : (s, t)     [1/yr]  change of log spending; NaN where it is not known
    regressors : (k, s, t)  [1]
    beliefs    : (k, 2)     mean and standard deviation of the normal prior of each coefficient, which is never negative
    has_drift  : whether each state grows by a rate of its own
    is_pooled  : whether states share the scale of their spreads and the shock of a year; else each stands alone
    has_breaks : whether a year may be a break
    """

    growth: Floats
    regressors: Floats
    beliefs: Floats
    has_drift: bool = True
    is_pooled: bool = True
    has_breaks: bool = True


@dataclass(frozen=True, eq=False)
class Posterior:
    """Draws of the posterior, d of them.

    coefficients : (d, k)
    drift        : (d, s)  [1/yr]
    common       : (d,)    [1/yr]  spread of the shock common to a year
    own          : (d, s)  [1/yr]  spread of the states' own shocks, years of a break aside
    typical      : (d,)    [1/yr]  the middle state's
    pooling      : (d,)    [1]     spread of the logarithm of the states' spreads
    break_share  : (d,)    [1]     share of years that are a break
    break_spread : (d,)    [1/yr]  what a break adds
    shocks       : (d, t)  [1/yr]  common to each year
    """

    coefficients: Floats
    drift: Floats
    common: Floats
    own: Floats
    typical: Floats
    pooling: Floats
    break_share: Floats
    break_spread: Floats
    shocks: Floats


def posterior(model: Model, draws: int, seed: int = 1) -> Posterior:
    """The posterior of a model, from so many sweeps after a burn-in."""
    rng = generator(seed, STREAM)
    known = ~np.isnan(model.growth)
    growth = np.where(known, model.growth, 0.0)
    states, years = growth.shape
    count = len(model.regressors)
    coefficients, drift, shocks = np.maximum(model.beliefs[:, 0], 0.0), np.zeros(states), np.zeros(years)
    own, breaks = np.full(states, 0.08), np.zeros((states, years))
    common, typical, pooling, drift_spread, mean_drift = 0.05, 0.08, 0.5, 0.03, 0.0
    break_share, break_spread = 0.05, BREAK_CENTRE
    kept: list[tuple[Floats | float, ...]] = []
    for sweep in range(-BURN_IN, draws):
        weight = known / (own[:, None] ** 2 + breaks * break_spread**2)
        left = growth - np.tensordot(coefficients, model.regressors, 1) - drift[:, None] - shocks
        for place in range(count):
            column = model.regressors[place]
            left += coefficients[place] * column
            mean, spread = model.beliefs[place]
            precision = (weight * column**2).sum() + spread**-2
            middle = ((weight * column * left).sum() + mean * spread**-2) / precision
            coefficients[place] = _positive_normal(middle, precision**-0.5, rng)
            left -= coefficients[place] * column
        if model.has_drift:
            left += drift[:, None]
            precision = weight.sum(axis=1) + drift_spread**-2
            middle = ((weight * left).sum(axis=1) + mean_drift * drift_spread**-2) / precision
            drift = middle + rng.standard_normal(states) / np.sqrt(precision)
            mean_drift = drift.mean() + drift_spread / states**0.5 * rng.standard_normal()
            drift_spread = _spread(drift - mean_drift, DRIFT_SCALE, rng)
            left -= drift[:, None]
        if model.is_pooled:
            left += shocks
            precision = weight.sum(axis=0) + common**-2
            shocks = (weight * left).sum(axis=0) / precision + rng.standard_normal(years) / np.sqrt(precision)
            common = _spread(shocks, COMMON_SCALE, rng)
            left -= shocks
        if model.has_breaks:
            ordinary, broken = own[:, None] ** 2, own[:, None] ** 2 + break_spread**2
            log_odds = 0.5 * (np.log(ordinary / broken) + left**2 * (1.0 / ordinary - 1.0 / broken)) + logit(
                break_share
            )
            breaks = known * (rng.random((states, years)) < expit(log_odds))
            broken_years = breaks.sum()
            break_share = rng.beta(BREAK_COUNTS[0] + broken_years, BREAK_COUNTS[1] + known.sum() - broken_years)
            break_spread = _break_spread(left[breaks > 0.0], np.repeat(own, breaks.sum(axis=1).astype(int)), rng)
        own = _own_spreads(left, known, breaks * break_spread, typical, pooling if model.is_pooled else 1.0, rng)
        if model.is_pooled:
            logs = np.log(own)
            typical = np.exp(logs.mean() + pooling / states**0.5 * rng.standard_normal())
            pooling = _spread(logs - np.log(typical), POOLING_SCALE, rng)
        if sweep >= 0:
            kept.append((coefficients.copy(), drift, common if model.is_pooled else 0.0, own, typical, pooling,
                         break_share if model.has_breaks else 0.0, break_spread, shocks))  # fmt: skip
    return Posterior(*(np.array(column) for column in zip(*kept, strict=True)))


def _positive_normal(mean: float, spread: float, rng: np.random.Generator) -> float:
    """A draw of a normal that is never negative."""
    below = float(ndtr(-mean / spread))
    share = min(max(below + rng.random() * (1.0 - below), EDGE), 1.0 - EDGE)
    return max(0.0, mean + spread * float(ndtri(share)))


def _spread(values: Floats, scale: float, rng: np.random.Generator) -> float:
    """A draw of the spread of normal values around zero, whose prior is half-normal."""
    density = -len(values) * LOG_GRID - 0.5 * (values**2).sum() / GRID**2 - 0.5 * (GRID / scale) ** 2 + LOG_GRID
    return float(_on_grid(density[None], rng)[0])


def _break_spread(left: Floats, own: Floats, rng: np.random.Generator) -> float:
    """A draw of what breaks add to the spread of their years, (b,)."""
    variance = own[:, None] ** 2 + GRID**2
    density = -0.5 * (np.log(variance) + left[:, None] ** 2 / variance).sum(axis=0)
    return float(_on_grid((density - 0.5 * ((LOG_GRID - np.log(BREAK_CENTRE)) / BREAK_POOLING) ** 2)[None], rng)[0])


def _own_spreads(
    left: Floats, known: NDArray[np.bool_], extra: Floats, typical: float, pooling: float, rng: np.random.Generator
) -> Floats:
    """Draws of the states' own spreads, (s,)."""
    variance = GRID[:, None, None] ** 2 + extra**2
    density = -0.5 * ((np.log(variance) + left**2 / variance) * known).sum(axis=2).T
    return _on_grid(density - 0.5 * ((LOG_GRID - np.log(typical)) / pooling) ** 2, rng)


def _on_grid(log_density: Floats, rng: np.random.Generator) -> Floats:
    """A draw of each row of log densities of the logarithm of a spread, (r, g), anywhere in its cell of the grid."""
    weights = np.exp(log_density - log_density.max(axis=1, keepdims=True)).cumsum(axis=1)
    place = (weights < rng.random((len(weights), 1)) * weights[:, -1:]).sum(axis=1)
    step = LOG_GRID[1] - LOG_GRID[0]
    return np.asarray(np.exp(LOG_GRID[place] + step * (rng.random(len(place)) - 0.5)))
