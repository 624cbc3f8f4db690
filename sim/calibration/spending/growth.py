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
    chain = _Chain(model, generator(seed, STREAM))
    for _ in range(BURN_IN):
        chain.sweep()
    return Posterior(*(np.array(column) for column in zip(*(chain.sweep() for _ in range(draws)), strict=True)))


class _Chain:
    """Where the sampler is: every quantity of the model, each drawn in turn given the others.

    left   : (s, t)  growth less all that is explained, 0 where growth is not known
    weight : (s, t)  one over the variance of what is left, 0 where growth is not known
    """

    def __init__(self, model: Model, rng: np.random.Generator) -> None:
        self.model, self.generator = model, rng
        self.known = ~np.isnan(model.growth)
        self.growth = np.where(self.known, model.growth, 0.0)
        states, years = self.growth.shape
        self.coefficients = np.maximum(model.beliefs[:, 0], 0.0)
        self.drift, self.shocks = np.zeros(states), np.zeros(years)
        self.own, self.breaks = np.full(states, 0.08), np.zeros((states, years))
        self.common, self.typical, self.pooling = 0.05, 0.08, 0.5
        self.drift_spread, self.mean_drift = 0.03, 0.0
        self.break_share, self.break_spread = 0.05, BREAK_CENTRE

    def sweep(self) -> tuple[Floats | float, ...]:
        """Draw everything once; what `Posterior` holds, in its order."""
        regressed = np.tensordot(self.coefficients, self.model.regressors, 1)
        self.left = self.growth - regressed - self.drift[:, None] - self.shocks
        self.weight = self.known / (self.own[:, None] ** 2 + self.breaks * self.break_spread**2)
        self.draw_coefficients()
        if self.model.has_drift:
            self.draw_drift()
        if self.model.is_pooled:
            self.draw_shocks()
        if self.model.has_breaks:
            self.draw_breaks()
        self.draw_own()
        return (
            self.coefficients.copy(), self.drift, self.common if self.model.is_pooled else 0.0, self.own, self.typical,
            self.pooling, self.break_share if self.model.has_breaks else 0.0, self.break_spread, self.shocks,
        )  # fmt: skip

    def draw_coefficients(self) -> None:
        for place, (column, (mean, spread)) in enumerate(zip(self.model.regressors, self.model.beliefs, strict=True)):
            self.left += self.coefficients[place] * column
            precision = (self.weight * column**2).sum() + spread**-2
            middle = ((self.weight * column * self.left).sum() + mean * spread**-2) / precision
            self.coefficients[place] = _positive_normal(middle, precision**-0.5, self.generator)
            self.left -= self.coefficients[place] * column

    def draw_drift(self) -> None:
        self.left += self.drift[:, None]
        states, precision = len(self.drift), self.weight.sum(axis=1) + self.drift_spread**-2
        middle = ((self.weight * self.left).sum(axis=1) + self.mean_drift * self.drift_spread**-2) / precision
        self.drift = middle + self.generator.standard_normal(states) / np.sqrt(precision)
        self.mean_drift = self.drift.mean() + self.drift_spread / states**0.5 * self.generator.standard_normal()
        self.drift_spread = _spread(self.drift - self.mean_drift, DRIFT_SCALE, self.generator)
        self.left -= self.drift[:, None]

    def draw_shocks(self) -> None:
        self.left += self.shocks
        precision = self.weight.sum(axis=0) + self.common**-2
        middle = (self.weight * self.left).sum(axis=0) / precision
        self.shocks = middle + self.generator.standard_normal(len(middle)) / np.sqrt(precision)
        self.common = _spread(self.shocks, COMMON_SCALE, self.generator)
        self.left -= self.shocks

    def draw_breaks(self) -> None:
        ordinary, broken = self.own[:, None] ** 2, self.own[:, None] ** 2 + self.break_spread**2
        likelier = 0.5 * (np.log(ordinary / broken) + self.left**2 * (1.0 / ordinary - 1.0 / broken))
        share = expit(likelier + logit(self.break_share))
        self.breaks = self.known * (self.generator.random(share.shape) < share)
        count = self.breaks.sum()
        self.break_share = self.generator.beta(BREAK_COUNTS[0] + count, BREAK_COUNTS[1] + self.known.sum() - count)
        own = np.repeat(self.own, self.breaks.sum(axis=1).astype(int))
        self.break_spread = _break_spread(self.left[self.breaks > 0.0], own, self.generator)

    def draw_own(self) -> None:
        pooling = self.pooling if self.model.is_pooled else 1.0
        extra = self.breaks * self.break_spread
        self.own = _own_spreads(self.left, self.known, extra, self.typical, pooling, self.generator)
        if self.model.is_pooled:
            logs = np.log(self.own)
            self.typical = np.exp(logs.mean() + self.pooling / len(logs) ** 0.5 * self.generator.standard_normal())
            self.pooling = _spread(logs - np.log(self.typical), POOLING_SCALE, self.generator)


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
