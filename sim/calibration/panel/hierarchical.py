"""Reactions of all dyads together: each dyad has its own, drawn around a common mean, and the data say how far apart they lie.

    growth(i, t) = - a(i) own level + sum over rivals j of k(i, j) level(j) + intercept(i) + shock(t) + noise(i, t)
    a(i)    ~ normal(mean restraint, spread of restraint)
    k(i, j) ~ normal(mean reaction, spread of reaction)

The likelihood is in closed form once the two spreads and the noise of each unit are given: intercepts, shocks and the mean restraint
have flat priors and are integrated out exactly. The two spreads are integrated over a grid. The noise of a unit is its own residual
variance, drawn towards that of all (as if each unit had `PRIOR_FREEDOM` more years of the common variance).

Priors. The mean reaction is half-normal: theory since Richardson (1960) gives it one sign, and its scale of 0.1 a year lets 95 % lie below
0.2, beyond which a state whose budget moves to its goal at the pace of the model's `adjustment` (0.35 a year) would answer a rival's rise
by more than half of it. It is a prior on the mean alone: the single reaction may be negative, and how likely that is, is a result.
`SIGNS` has the same without a sign, to show what the prior does. The spreads are half-normal with the scales of `SPREAD_SCALES`.

Every number comes from a fixed grid, and from draws with a fixed seed where a ratio is asked for.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

from sim.calibration.panel.changes import Changes, Floats
from sim.calibration.panel.pooled import NOISE_ROUNDS, Effects, Shocks, orthonormal, shock_columns, unit_noise
from sim.calibration.smc import generator

Sign = Literal["positive", "either", "flat"]
SIGNS: dict[Sign, str] = {
    "positive": "half-normal of scale 0.1 a year",
    "either": "normal around zero, of scale 0.1 a year",
    "flat": "flat",
}
MEAN_SCALE = 0.1
SPREAD_SCALES = (0.2, 0.1)  # of restraint and of reaction [1/yr]
GRID = (
    np.array([0.0, 0.02, 0.04, 0.06, 0.08, 0.1, 0.12, 0.14, 0.17, 0.2, 0.24, 0.3, 0.4]),
    np.array([0.0, 0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 0.08, 0.09, 0.1, 0.12, 0.14, 0.17, 0.2, 0.25, 0.3]),
)
POINTS = np.array([(own, rival) for own in GRID[0] for rival in GRID[1]])
FIRST_SPREADS = (0.1, 0.05)  # at which the noise of units is found
MEAN_POINTS = 15
DRAWS = 8000
STREAM = 71
NEGLIGIBLE = 1e-4


@dataclass(frozen=True)
class Marginal:
    """A posterior in numbers: mean, standard deviation, 5, 50 and 95 per cent, and the probability of being negative."""

    mean: float
    sd: float
    low: float
    median: float
    high: float
    p_negative: float


@dataclass(frozen=True, eq=False)
class Posterior:
    """The posterior over grid points.

    changes    : the rows it rests on
    slopes     : (s,)       what the slopes are: (place of the unit, name of the rival), "" for the unit's own level
    weights    : (g,)       probability of a grid point
    spreads    : (g, 2)     [1/yr]    spread of restraint and of reaction there
    reaction   : (g, 2)     [1/yr]    location and scale of the mean reaction there, and below the points at which it is held
    points     : (g, m)     [1/yr]    values of the mean reaction, equally probable
    restraint  : (g, m, 2)  [1/yr]    mean and standard deviation of the mean restraint there
    means      : (g, m, s)  [1/yr]    of each slope
    sds        : (g, s)     [1/yr]
    own_shared : (g, s)     [1/yr^2]  covariance of each slope with the own slope of its unit
    noise      : (u,)       [1/yr]    standard deviation of each unit's growth
    """

    changes: Changes
    slopes: tuple[tuple[int, str], ...]
    weights: Floats
    spreads: Floats
    points: Floats
    restraint: Floats
    means: Floats
    sds: Floats
    own_shared: Floats
    noise: Floats

    @property
    def mean_reaction(self) -> Marginal:
        """Of the mean over dyads."""
        values, weights = self.points.ravel(), self._each.ravel()
        return _marginal(values, np.full(len(values), 1e-12), weights)

    @property
    def mean_restraint(self) -> Marginal:
        return _marginal(self.restraint[..., 0].ravel(), self.restraint[..., 1].ravel(), self._each.ravel())

    def spread(self, which: Literal[0, 1]) -> Marginal:
        """Of restraint (0) or reaction (1) between dyads; its quantiles are interpolated on the grid."""
        grid = GRID[which]
        mass = np.array([self.weights[self.spreads[:, which] == value].sum() for value in grid])
        mean = float(grid @ mass)
        share = np.cumsum(mass) - 0.5 * mass
        low, median, high = np.interp((0.05, 0.5, 0.95), share, grid)
        return Marginal(mean, float(((grid - mean) ** 2 @ mass) ** 0.5), float(low), float(median), float(high), 0.0)

    def slope(self, unit: str, rival: str = "") -> Marginal:
        """Of a unit's reaction to a rival, or of its restraint; `unit` by its name."""
        place = self.slopes.index((self.changes.units.index(unit), rival))
        means = self.means[..., place] * (1.0 if rival else -1.0)
        sds = np.repeat(self.sds[:, place, None], self.points.shape[1], axis=1)
        return _marginal(means.ravel(), sds.ravel(), self._each.ravel())

    def mean_elasticity(self) -> Marginal:
        """Of mean reaction over mean restraint, the long run of the average dyad [1]."""
        rng, grid, point = self._drawn()
        restraint = self.restraint[grid, point, 0] + self.restraint[grid, point, 1] * rng.standard_normal(DRAWS)
        return _ratio(self.points[grid, point], restraint)

    def elasticity(self, unit: str, rival: str) -> Marginal:
        """Of a unit's reaction over its restraint, its long run [1]."""
        rng, grid, point = self._drawn()
        home = self.changes.units.index(unit)
        own, other = self.slopes.index((home, "")), self.slopes.index((home, rival))
        first, second = rng.standard_normal((2, DRAWS))
        restraint = -(self.means[grid, point, own] + self.sds[grid, own] * first)
        shared = self.own_shared[grid, other] / self.sds[grid, own]
        rest = np.sqrt(np.maximum(0.0, self.sds[grid, other] ** 2 - shared**2))
        return _ratio(self.means[grid, point, other] + shared * first + rest * second, restraint)

    @property
    def _each(self) -> Floats:
        points = self.points.shape[1]
        return np.repeat(self.weights[:, None] / points, points, axis=1)

    def _drawn(self) -> tuple[np.random.Generator, np.ndarray, np.ndarray]:
        rng = generator(1, STREAM)
        grid = np.searchsorted(np.cumsum(self.weights), rng.random(DRAWS) * self.weights.sum())
        return rng, np.minimum(grid, len(self.weights) - 1), rng.integers(self.points.shape[1], size=DRAWS)


def _ratio(reaction: Floats, restraint: Floats) -> Marginal:
    """Of a ratio in draws; where the restraint is not positive there is no long run, and the ratio is infinite."""
    ratio = np.where(restraint > 0.0, reaction / restraint, np.inf)
    low, median, high = np.quantile(ratio, (0.05, 0.5, 0.95), method="inverted_cdf")
    return Marginal(float("nan"), float("nan"), float(low), float(median), float(high), float(np.mean(ratio < 0.0)))


def _marginal(means: Floats, sds: Floats, weights: Floats) -> Marginal:
    """Of a mixture of normals."""
    kept = weights > 0.0
    means, sds, weights = means[kept], sds[kept], weights[kept] / weights[kept].sum()
    mean = float(weights @ means)
    variance = float(weights @ (sds**2 + means**2)) - mean**2
    low, high = float((means - 9.0 * sds).min()) - 1e-9, float((means + 9.0 * sds).max()) + 1e-9

    def share(value: float) -> float:
        return float(weights @ ndtr((value - means) / sds))

    ends = [float(brentq(lambda value, p=p: share(value) - p, low, high)) for p in (0.05, 0.5, 0.95)]
    return Marginal(mean, max(0.0, variance) ** 0.5, ends[0], ends[1], ends[2], share(0.0))


# ---- the likelihood --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Moments:
    """Products of all columns without intercepts and trends, in units of each unit's noise.

    slopes  : (u, r, r)  of the slope columns
    mixed   : (u, r, p)  of slope and fixed columns; the first two of these are the sums of own and of rival levels
    growing : (u, r)     of slope columns and growth
    fixed   : (p, p)     and of fixed columns with growth, (p,), and of growth with itself
    """

    slopes: Floats
    mixed: Floats
    growing: Floats
    fixed: Floats
    fixed_growing: Floats
    growth: float


@dataclass(frozen=True, eq=False)
class Likelihood:
    """What the rows say at every point of the grid, before any prior of the mean reaction.

    noise : (u,)  [1/yr]  standard deviation of each unit's growth
    """

    changes: Changes
    noise: Floats
    solutions: tuple["_Solution", ...]

    def posterior(self, sign: Sign = "positive") -> Posterior:
        """The posterior of all reactions."""
        changes = self.changes
        points = [_grid_point(one, prior, sign) for one, prior in zip(self.solutions, LOG_PRIORS.tolist(), strict=True)]
        logs = np.array([point.log_weight for point in points])
        weights = np.exp(logs - logs.max())
        weights = np.where(weights / weights.sum() < NEGLIGIBLE / len(weights), 0.0, weights)
        places = [
            (unit, column)
            for unit in np.unique(changes.unit)
            for column in range(1 + len(changes.rivals[unit]))
            if column == 0 or np.any(changes.level[changes.unit == unit, column - 1] != 0.0)
        ]
        chosen = tuple(np.array(places).T)
        return Posterior(
            changes,
            tuple((int(unit), changes.rivals[unit][column - 1] if column else "") for unit, column in places),
            weights / weights.sum(),
            POINTS,
            np.array([point.points for point in points]),
            np.array([point.restraint for point in points]),
            np.array([point.means[:, chosen[0], chosen[1]] for point in points]),
            np.array([point.sds[chosen] for point in points]),
            np.array([point.own_shared[chosen] for point in points]),
            self.noise,
        )


def likelihood(changes: Changes, shocks: Shocks = "year", *, trends: bool = False) -> Likelihood:
    """What the rows say of all reactions."""
    width = 1 + changes.level.shape[1]
    slopes = np.column_stack([changes.own, changes.level])
    means = np.column_stack([changes.own, changes.level.sum(axis=1)])
    columns = np.column_stack([changes.growth, slopes, means, shock_columns(changes, shocks)])
    left = Effects(changes, "none", trends=trends).taken_out(columns)
    growth, slopes = left[:, 0], left[:, 1 : 1 + width]
    fixed = np.column_stack([left[:, 1 + width : 3 + width], orthonormal(left[:, 3 + width :])])
    noise = unit_noise(changes, growth - fixed @ np.linalg.lstsq(fixed, growth, rcond=None)[0])
    is_rival = np.arange(width) > 0
    for _ in range(NOISE_ROUNDS):
        likely = _solved(_moments(changes, growth, slopes, fixed, noise), FIRST_SPREADS, is_rival)
        explained = (slopes * likely.slopes[changes.unit]).sum(axis=1) + fixed[:, 2:] @ likely.fixed[2:]
        noise = unit_noise(changes, growth - explained)
    moments = _moments(changes, growth, slopes, fixed, noise)
    return Likelihood(changes, noise, tuple(_solved(moments, (own, rival), is_rival) for own, rival in POINTS.tolist()))


def posterior(changes: Changes, shocks: Shocks = "year", *, trends: bool = False, sign: Sign = "positive") -> Posterior:
    """The posterior of all reactions."""
    return likelihood(changes, shocks, trends=trends).posterior(sign)


def _moments(changes: Changes, growth: Floats, slopes: Floats, fixed: Floats, noise: Floats) -> _Moments:
    scale = 1.0 / noise[changes.unit]
    growth, slopes, fixed = growth * scale, slopes * scale[:, None], fixed * scale[:, None]
    rows = [np.flatnonzero(changes.unit == unit) for unit in range(len(changes.units))]
    return _Moments(
        np.array([slopes[one].T @ slopes[one] for one in rows]),
        np.array([slopes[one].T @ fixed[one] for one in rows]),
        np.array([slopes[one].T @ growth[one] for one in rows]),
        fixed.T @ fixed,
        fixed.T @ growth,
        float(growth @ growth),
    )


@dataclass(frozen=True, eq=False)
class _Solution:
    """At given spreads, under flat priors of the means: likelihood, fixed coefficients, slopes, and how all of them hang together."""

    log_likelihood: float
    fixed: Floats
    covariance: Floats
    slopes: Floats
    slope_covariance: Floats
    slope_fixed: Floats


def _solved(moments: _Moments, spreads: tuple[float, float], is_rival: np.ndarray) -> _Solution:
    """The mixed model in closed form, by Woodbury's identity for each unit."""
    sds = np.where(is_rival, spreads[1], spreads[0])
    width = len(sds)
    kernel = np.eye(width) + sds[:, None] * moments.slopes * sds
    mixed = sds[:, None] * moments.mixed
    growing = sds * moments.growing
    solved_mixed = np.linalg.solve(kernel, mixed)
    solved_growing = np.linalg.solve(kernel, growing[..., None])[..., 0]
    count = moments.fixed.shape[0]
    fixed = moments.fixed - mixed.reshape(-1, count).T @ solved_mixed.reshape(-1, count)
    target = moments.fixed_growing - mixed.reshape(-1, count).T @ solved_growing.ravel()
    square = moments.growth - float(growing.ravel() @ solved_growing.ravel())
    covariance: Floats = np.linalg.inv(fixed).astype(np.float64)
    coefficients = covariance @ target
    log_likelihood = -0.5 * (
        np.linalg.slogdet(kernel)[1].sum() + np.linalg.slogdet(fixed)[1] + square - float(target @ coefficients)
    )
    # Each slope is the mean of its kind plus a deviation: what the unit's own years say of the deviation, and what the means leave open.
    selection = np.zeros((width, count))
    selection[np.arange(width), np.where(is_rival, 1, 0)] = 1.0
    deviation = sds * (solved_growing - np.einsum("urp,p->ur", solved_mixed, coefficients))
    weighted = selection - sds[:, None] * solved_mixed
    slope_fixed = weighted @ covariance
    own_part = sds[:, None] * np.linalg.inv(kernel) * sds
    return _Solution(
        float(log_likelihood),
        coefficients,
        covariance,
        selection @ coefficients + deviation,
        own_part + slope_fixed @ weighted.transpose(0, 2, 1),
        slope_fixed,
    )


@dataclass(frozen=True, eq=False)
class _GridPoint:
    log_weight: float
    points: Floats
    restraint: Floats
    means: Floats
    sds: Floats
    own_shared: Floats


def _grid_point(solution: "_Solution", log_prior_spreads: float, sign: Sign) -> _GridPoint:
    """What is known at a point of the grid, with the prior of the mean reaction laid on the flat one."""
    middle, variance = float(solution.fixed[1]), float(solution.covariance[1, 1])
    log_prior, points = _mean_points(middle, variance, sign)
    along = solution.slope_fixed[:, :, 1] / variance
    means = solution.slopes + (points[:, None, None] - middle) * along
    covariance = solution.slope_covariance - variance * along[:, :, None] * along[:, None, :]
    with_mean = solution.covariance[0, 1] / variance
    restraint_sd = max(0.0, solution.covariance[0, 0] - variance * with_mean**2) ** 0.5
    restraint = -(solution.fixed[0] + (points - middle) * with_mean)
    return _GridPoint(
        solution.log_likelihood + log_prior + log_prior_spreads,
        points,
        np.column_stack([restraint, np.full(len(points), restraint_sd)]),
        means,
        np.sqrt(np.maximum(1e-18, np.diagonal(covariance, axis1=1, axis2=2))),
        covariance[:, :, 0],
    )


def _mean_points(middle: float, variance: float, sign: Sign) -> tuple[float, Floats]:
    """Log of the prior's share in the evidence, and equally probable values of the mean reaction.

    middle, variance : [1/yr], [1/yr^2]  of the mean reaction under a flat prior
    """
    levels = (np.arange(MEAN_POINTS) + 0.5) / MEAN_POINTS
    if sign == "flat":
        return 0.0, middle + variance**0.5 * ndtri(levels)
    total = variance + MEAN_SCALE**2
    centre, scale = middle * MEAN_SCALE**2 / total, (variance * MEAN_SCALE**2 / total) ** 0.5
    log_prior = -0.5 * (middle**2 / total + np.log(total))
    if sign == "either":
        return float(log_prior), centre + scale * ndtri(levels)
    above = float(ndtr(centre / scale))
    return float(log_prior + np.log(above)), centre - scale * ndtri((1.0 - levels) * above)


def _log_priors() -> Floats:
    """Log of the priors of the two spreads at every point of the grid, and of the part of the plane that it stands for, (g,)."""
    parts = []
    for grid, scale in zip(GRID, SPREAD_SCALES, strict=True):
        edges = np.concatenate([grid[:1], 0.5 * (grid[1:] + grid[:-1]), grid[-1:]])
        parts.append(np.log(np.diff(edges)) - 0.5 * (grid / scale) ** 2)
    return np.asarray((parts[0][:, None] + parts[1]).ravel())


LOG_PRIORS = _log_priors()
