"""Reactions of all dyads together: each dyad has its own, drawn around a common mean, and the data say how far apart they lie.

    growth(i, t) = - a(i) own level + sum over rivals j of k(i, j) level(j) + intercept(i) + shock(t) + noise(i, t)
    a(i)    ~ normal(mean restraint, spread of restraint)
    k(i, j) ~ normal(mean reaction, spread of reaction)

The likelihood is in closed form once the two spreads and the noise of each unit are given: intercepts, shocks and the mean restraint
have flat priors and are integrated out exactly. The two spreads are integrated over a grid. The noise of a unit is its own residual
variance, drawn towards that of all (as if each unit had `PRIOR_FREEDOM` more years of the common variance).

Priors. The mean reaction is half-normal: theory since Richardson (1960) gives it one sign, and its scale of 0.1 a year lets 95 % lie below
0.2, beyond which a state whose budget moves to its goal at the pace of the model's `adjustment` (0.35 a year) would answer a rival's rise
by more than half of it. It is a prior on the mean alone: the single reaction may be negative, and how likely that is, is a result. A mean
of "either" sign has a normal prior of that scale around zero, or a "flat" one, to show what the prior does. The spreads are half-normal
with the scales of `SPREAD_SCALES`.

Every number comes from a fixed grid, and from draws with a fixed seed where a ratio is asked for.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

from sim.calibration.panel import pooled as squares
from sim.calibration.panel.changes import Changes, Floats
from sim.calibration.panel.pooled import NOISE_ROUNDS, Shocks, orthonormal, taken_out, unit_noise
from sim.calibration.smc import generator

Sign = Literal["positive", "either", "flat"]
MEAN_SCALE = 0.1
SPREAD_SCALES = (0.2, 0.1)  # of restraint and of reaction [1/yr]
GRID = (
    np.array([0.0, 0.02, 0.04, 0.06, 0.08, 0.1, 0.12, 0.14, 0.17, 0.2, 0.24, 0.3, 0.4]),
    np.array([0.0, 0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 0.08, 0.09, 0.1, 0.12, 0.14, 0.17, 0.2, 0.25, 0.3]),
)
POINTS = np.array([(own, rival) for own in GRID[0] for rival in GRID[1]])
LOG_PRIORS = np.add.outer(
    *(
        np.log(np.diff([grid[0], *(0.5 * (grid[1:] + grid[:-1])), grid[-1]])) - 0.5 * (grid / scale) ** 2
        for grid, scale in zip(GRID, SPREAD_SCALES, strict=True)
    )
).ravel()
"""Log of the priors of the two spreads at every point of the grid, and of the part of the plane that it stands for, (g,)."""
FIRST_SPREADS = (0.1, 0.05)  # at which the noise of units is found
MEAN_POINTS = 15
DRAWS = 8000
STREAM = 71
NEGLIGIBLE = 1e-4
QUANTILES = (0.05, 0.5, 0.95)


class Marginal(NamedTuple):
    """A posterior in numbers: mean, standard deviation, 5, 50 and 95 per cent, and the probability of being negative."""

    mean: float
    sd: float
    low: float
    median: float
    high: float
    p_negative: float

    @property
    def told(self) -> tuple[float, float, float, float]:
        """Mean, standard deviation and 90 % range."""
        return self.mean, self.sd, self.low, self.high


class Solution(NamedTuple):
    """What the rows say under flat priors of the means: at given spreads, or, with a first axis g, at every point of the grid.

    log_likelihood   : without a constant
    fixed            : (p,)       [1/yr]  minus the mean restraint, the mean reaction, and shocks
    covariance       : (2, 2)     of the first two of them
    slopes           : (u, r)     [1/yr]  of each unit: minus its restraint, and its reactions
    slope_covariance : (u, r, r)
    slope_reaction   : (u, r)     covariance of each slope with the mean reaction
    """

    log_likelihood: Floats
    fixed: Floats
    covariance: Floats
    slopes: Floats
    slope_covariance: Floats
    slope_reaction: Floats


@dataclass(frozen=True, eq=False)
class Posterior:
    """The posterior over g grid points, each with m equally probable values of the mean reaction.

    flat    : (g, ...)          under flat priors of the means
    weights : (g,)              probability of a grid point
    points  : (g, m)    [1/yr]  values of the mean reaction
    """

    changes: Changes
    flat: Solution
    weights: Floats
    points: Floats

    @cached_property
    def slopes(self) -> dict[tuple[str, str], tuple[int, int]]:
        """Place of each slope of which there are rows, by its unit and rival; the rival of the own level is ""."""
        rows = self.changes
        return {
            (rows.units[unit], ("", *rows.rivals[unit])[column]): (unit, column)
            for unit in np.unique(rows.unit).tolist()
            for column in range(1 + len(rows.rivals[unit]))
            if column == 0 or rows.level[rows.unit == unit, column - 1].any()
        }

    def restraint(self, unit: str = "") -> Marginal:
        """Of a unit, or the mean over them."""
        means, sds, _ = self._at(unit)
        return _marginal(-means, sds, self.weights)

    def reaction(self, unit: str = "", rival: str = "") -> Marginal:
        """Of a unit to a rival, or the mean over dyads."""
        means, sds, _ = self._at(unit, rival) if unit else (self.points, np.full(len(self.points), 1e-12), None)
        return _marginal(means, sds, self.weights)

    def elasticity(self, unit: str = "", rival: str = "") -> tuple[float, float, float]:
        """Median and 90 % range of a unit's reaction over its restraint, its long run, or of the mean reaction over the mean restraint [1].

        Where the restraint is not positive there is no long run, and the ratio is infinite.
        """
        rng = generator(1, STREAM)
        grid = np.searchsorted(np.cumsum(self.weights), rng.random(DRAWS) * self.weights.sum())
        grid = np.minimum(grid, len(self.weights) - 1)
        point = rng.integers(self.points.shape[1], size=DRAWS)
        first, second = rng.standard_normal((2, DRAWS))
        own, own_sd, own_along = self._at(unit)
        if unit:
            means, sds, along = self._at(unit, rival)
            home, column = self.slopes[unit, rival]
            shared = self.flat.slope_covariance[:, home, column, 0] - self.flat.covariance[:, 1, 1] * along * own_along
            shared = (shared / own_sd)[grid]
            rest = np.sqrt(np.maximum(0.0, sds[grid] ** 2 - shared**2))
            reaction = means[grid, point] + shared * first + rest * second
            restraint = -own[grid, point] - own_sd[grid] * first
        else:
            reaction, restraint = self.points[grid, point], -own[grid, point] + own_sd[grid] * first
        ratio = np.where(restraint > 0.0, reaction / restraint, np.inf)
        low, median, high = np.quantile(ratio, QUANTILES, method="inverted_cdf").tolist()
        return median, low, high

    def _at(self, unit: str, rival: str = "") -> tuple[Floats, Floats, Floats]:
        """Of a slope, or of the mean of own levels: means, (g, m), standard deviations, (g,), and pull of the mean reaction, (g,)."""
        flat, place = self.flat, self.slopes[unit, rival] if unit else (0, 0)
        mean, variance, shared = flat.fixed[:, 0], flat.covariance[:, 0, 0], flat.covariance[:, 0, 1]
        if unit:
            mean, shared = flat.slopes[:, *place], flat.slope_reaction[:, *place]
            variance = flat.slope_covariance[:, *place, place[1]]
        along = shared / flat.covariance[:, 1, 1]
        means = mean[:, None] + (self.points - flat.fixed[:, 1:2]) * along[:, None]
        return means, np.sqrt(np.maximum(1e-18, variance - flat.covariance[:, 1, 1] * along**2)), along


def _marginal(means: Floats, sds: Floats, weights: Floats) -> Marginal:
    """Of a mixture of normals.

    means        : (g, m)
    sds, weights : (g,)
    """
    kept = np.repeat(weights > 0.0, means.shape[1])
    weights = np.repeat(weights / means.shape[1], means.shape[1])[kept]
    means, sds, weights = means.ravel()[kept], np.repeat(sds, means.shape[1])[kept], weights / weights.sum()
    mean = float(weights @ means)
    variance = float(weights @ (sds**2 + means**2)) - mean**2
    ends = float((means - 9.0 * sds).min()) - 1e-9, float((means + 9.0 * sds).max()) + 1e-9

    def share(value: float, less: float = 0.0) -> float:
        return float(weights @ ndtr((value - means) / sds)) - less

    low, median, high = (float(brentq(share, *ends, args=(p,))) for p in QUANTILES)
    return Marginal(mean, max(0.0, variance) ** 0.5, low, median, high, share(0.0))


@dataclass(frozen=True, eq=False)
class Likelihood:
    """What the rows say at every point of the grid, before any prior of the mean reaction."""

    changes: Changes
    flat: Solution

    def posterior(self, sign: Sign = "positive") -> Posterior:
        """The posterior of all reactions, with the prior of the mean reaction laid on the flat one."""
        log_prior, points = _mean_points(self.flat.fixed[:, 1], self.flat.covariance[:, 1, 1], sign)
        logs = self.flat.log_likelihood + log_prior + LOG_PRIORS
        weights = np.exp(logs - logs.max())
        weights = np.where(weights / weights.sum() < NEGLIGIBLE / len(weights), 0.0, weights)
        return Posterior(self.changes, self.flat, weights / weights.sum(), points)


def likelihood(changes: Changes, shocks: Shocks = "year", *, trends: bool = False) -> Likelihood:
    """What the rows say of all reactions."""
    width = 1 + changes.level.shape[1]
    means = np.column_stack([changes.own, changes.level.sum(axis=1)])
    columns = np.column_stack(
        [changes.growth, changes.own, changes.level, means, squares.shock_columns(changes, shocks)]
    )
    left = taken_out(columns, squares.effects(changes, "none", trends=trends))
    growth, slopes = left[:, 0], left[:, 1 : 1 + width]
    fixed = np.column_stack([left[:, 1 + width : 3 + width], orthonormal(left[:, 3 + width :])])
    residuals = growth - fixed @ np.linalg.lstsq(fixed, growth, rcond=None)[0]
    for _ in range(NOISE_ROUNDS):
        likely = _solved(*_moments(changes, growth, slopes, fixed, unit_noise(changes, residuals)), FIRST_SPREADS)
        residuals = growth - (slopes * likely.slopes[changes.unit]).sum(axis=1) - fixed[:, 2:] @ likely.fixed[2:]
    moments = _moments(changes, growth, slopes, fixed, unit_noise(changes, residuals))
    solutions = [_solved(*moments, (own, rival)) for own, rival in POINTS.tolist()]
    return Likelihood(changes, Solution(*(np.array(part) for part in zip(*solutions, strict=True))))


def _moments(changes: Changes, growth: Floats, slopes: Floats, fixed: Floats, noise: Floats) -> tuple[Floats, Floats]:
    """Products in units of each unit's noise: of its slope columns with slopes, fixed columns and growth, (u, r, r+p+1); and of fixed
    columns and growth with each other, (p+1, p+1). The first two fixed columns are the sums of own and of rival levels.
    """
    every = np.column_stack([slopes, fixed, growth]) / noise[changes.unit, None]
    units = (every[changes.unit == unit] for unit in range(len(changes.units)))
    width = slopes.shape[1]
    return np.array([one[:, :width].T @ one for one in units]), every[:, width:].T @ every[:, width:]


def _solved(of_unit: Floats, whole: Floats, spreads: tuple[float, float]) -> Solution:
    """The mixed model in closed form, by Woodbury's identity for each unit."""
    width, count = of_unit.shape[1], len(whole) - 1
    is_rival = np.arange(width) > 0
    sds = np.where(is_rival, spreads[1], spreads[0])[:, None]
    kernel = np.eye(width) + sds * of_unit[..., :width] * sds.T
    scaled = sds * of_unit[..., width:]
    solved = np.linalg.solve(kernel, scaled)
    left = whole - scaled.reshape(-1, count + 1).T @ solved.reshape(-1, count + 1)
    fixed, target = left[:-1, :-1], left[:-1, -1]
    covariance = np.linalg.inv(fixed).astype(np.float64)
    coefficients = covariance @ target
    determinants = np.linalg.slogdet(kernel)[1].sum() + np.linalg.slogdet(fixed)[1]
    # Each slope is the mean of its kind plus a deviation: what the unit's own years say of the deviation, and what the means leave open.
    weighted = np.eye(2, count)[is_rival.astype(np.int64)] - sds * solved[..., :-1]
    slope_fixed = weighted @ covariance
    return Solution(
        -0.5 * (determinants + left[-1, -1] - target @ coefficients),
        coefficients,
        covariance[:2, :2],
        weighted @ coefficients + sds[:, 0] * solved[..., -1],
        sds * np.linalg.inv(kernel) * sds.T + slope_fixed @ weighted.transpose(0, 2, 1),
        slope_fixed[..., 1],
    )


def _mean_points(middle: Floats, variance: Floats, sign: Sign) -> tuple[Floats, Floats]:
    """Log of the prior's share in the evidence, (g,), and equally probable values of the mean reaction, (g, m).

    middle, variance : (g,)  [1/yr], [1/yr^2]  of the mean reaction under a flat prior
    """
    levels = (np.arange(MEAN_POINTS) + 0.5) / MEAN_POINTS
    middle, variance = middle[:, None], variance[:, None]
    if sign == "flat":
        return np.zeros(len(middle)), middle + np.sqrt(variance) * ndtri(levels)
    total = variance + MEAN_SCALE**2
    centre, scale = middle * MEAN_SCALE**2 / total, np.sqrt(variance * MEAN_SCALE**2 / total)
    log_prior = -0.5 * (middle**2 / total + np.log(total))[:, 0]
    if sign == "either":
        return log_prior, centre + scale * ndtri(levels)
    above = ndtr(centre / scale)
    return log_prior + np.log(above[:, 0]), centre - scale * ndtri((1.0 - levels) * above)
