"""One reaction for all dyads: least squares with an intercept for each unit and shocks that units share in a year.

    growth = own * own level + rival * rival's level (+ same year's change) + intercept of the unit (+ its trend) + shock of the year

What is left of the bias and the noise of such an estimate is told by its variants: a half-panel jackknife against the bias of short
panels (Nickell 1981; Dhaene and Jochmans 2015), levels of two years before as instruments and an assumed share of noise against errors
of measurement, and four ways of counting how much independent information there is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sim.analysis.intervals import student_quantile
from sim.calibration.panel.changes import Changes, Floats, Places

Shocks = Literal["none", "year", "region"]
Clusters = Literal["unit", "pair", "state", "shared"]
OWN, RIVAL = 0, 1
TOLERANCE = 1e-9
LEVEL = 0.90
MOST_ALIKE = 1e12  # condition number beyond which columns count as one
PRIOR_FREEDOM = 4.0
ESTIMATED = 3.0  # an intercept and two slopes of every unit
NOISE_ROUNDS = 2


class Effects:
    """What is taken out of every column before anything is estimated: intercepts of spells, trends of units, shared shocks."""

    def __init__(
        self, changes: Changes, shocks: Shocks = "year", *, trends: bool = False, noise: Floats | None = None
    ) -> None:
        """noise : (u,)  of each unit; every row is then counted in units of it"""
        self._within = [_basis(changes, unit, trends) for unit in np.unique(changes.unit)]
        self._scale = np.ones((len(changes), 1)) if noise is None else 1.0 / noise[changes.unit, None]
        shared = self._taken_within(shock_columns(changes, shocks))
        self._shared = orthonormal(shared)
        self.count = sum(basis.shape[1] for _, basis in self._within) + self._shared.shape[1]

    def taken_out(self, columns: Floats) -> Floats:
        """Columns, (n, k), without what the effects explain."""
        within = self._taken_within(columns)
        return within - self._shared @ (self._shared.T @ within)

    def _taken_within(self, columns: Floats) -> Floats:
        left = columns.astype(np.float64, copy=True)
        for rows, basis in self._within:
            left[rows] -= basis @ (basis.T @ left[rows])
        return left * self._scale


def _basis(changes: Changes, unit: int, trends: bool) -> tuple[Places, Floats]:
    """Rows of a unit, and an orthonormal basis of its intercepts and trend."""
    rows = np.flatnonzero(changes.unit == unit)
    spells = np.unique(changes.spell[rows])
    columns = (changes.spell[rows, None] == spells).astype(np.float64)
    if trends:
        columns = np.column_stack([columns, changes.year[rows] - changes.year[rows].mean()])
    return rows, orthonormal(columns)


def orthonormal(columns: Floats) -> Floats:
    """An orthonormal basis of what some columns span, from the eigenvectors of their products."""
    size, vectors = np.linalg.eigh(columns.T @ columns)
    kept = size > TOLERANCE * max(1e-300, size.max(initial=0.0))
    return columns @ (vectors[:, kept] / np.sqrt(size[kept]))


def shock_columns(changes: Changes, shocks: Shocks) -> Floats:
    """A column for each year, or for each year of each region, (n, p)."""
    if shocks == "none":
        return np.zeros((len(changes), 0))
    keys = (
        changes.year.astype(np.str_) if shocks == "year" else np.char.add(changes.region, changes.year.astype(np.str_))
    )
    return (keys[:, None] == np.unique(keys)).astype(np.float64)


@dataclass(frozen=True, eq=False)
class Estimate:
    """Coefficients with what each row adds to them.

    coefficients : (k,)    [1/yr]  own level, rival's level, and what else was asked for
    influence    : (n, k)  [1/yr]  how far each row moved them, to first order
    changes      : the rows
    """

    coefficients: Floats
    influence: Floats
    changes: Changes

    def covariance(self, clusters: Clusters = "unit") -> Floats:
        """Covariance of the coefficients, (k, k), when rows of one cluster may share their noise.

        clusters : units; pairs of states, both directions together; reacting states; or all rows with any state in common (Aronow,
                   Samii and Assenova 2015)
        """
        if clusters == "shared":
            states = [(state, *rivals) for state, rivals in zip(self.changes.states, self.changes.rivals, strict=True)]
            everyone = sorted({one for members in states for one in members})
            of_unit = np.array([[one in members for one in everyone] for members in states], dtype=np.float64)
            by_state = of_unit[self.changes.unit].T @ self.influence
            return _corrected(by_state.T @ by_state, len(everyone)) - _outer(self.influence, self._keys("pair"))
        keys = self._keys(clusters)
        return _corrected(_outer(self.influence, keys), len(np.unique(keys)))

    def errors(self, clusters: Clusters = "unit") -> Floats:
        """Standard errors of the coefficients [1/yr]."""
        return np.sqrt(np.maximum(0.0, np.diag(self.covariance(clusters))))

    def interval(self, place: int, clusters: Clusters = "unit", level: float = LEVEL) -> tuple[float, float]:
        """Interval of a coefficient by Student's t with as many degrees of freedom as there are clusters but one [1/yr]."""
        groups = self.changes.units_with_rows if clusters == "shared" else len(np.unique(self._keys(clusters)))
        reach = student_quantile(0.5 + level / 2.0, max(1, groups - 1)) * float(self.errors(clusters)[place])
        middle = float(self.coefficients[place])
        return middle - reach, middle + reach

    @property
    def elasticity(self) -> float:
        """Per cent that spending rises in the long run per per cent of the rival's; infinite or negative without restraint [1]."""
        own, rival = self.coefficients[:2]
        return float(rival / -own) if own != 0.0 else float("inf")

    def elasticity_interval(self, clusters: Clusters = "unit") -> tuple[float, float]:
        """Its interval after Fieller (1954); infinite ends where the own coefficient is not told from zero [1]."""
        return fieller(self.coefficients[:2], self.covariance(clusters)[:2, :2])

    def _keys(self, clusters: Clusters) -> NDArray[np.int64]:
        if clusters == "unit":
            return self.changes.unit
        names = (
            self.changes.states
            if clusters == "state"
            else [
                "-".join(sorted((state, *rivals)))
                for state, rivals in zip(self.changes.states, self.changes.rivals, strict=True)
            ]
        )
        return np.unique(np.array(names), return_inverse=True)[1][self.changes.unit]


def _outer(influence: Floats, keys: NDArray[np.int64]) -> Floats:
    sums = np.zeros((int(keys.max()) + 1, influence.shape[1]))
    np.add.at(sums, keys, influence)
    return sums.T @ sums


def _corrected(covariance: Floats, groups: int) -> Floats:
    return covariance * (groups / max(1, groups - 1))


def fieller(coefficients: Floats, covariance: Floats, level: float = LEVEL) -> tuple[float, float]:
    """Interval of rival / -own: the ratios that the pair does not refuse; (-inf, inf) if there is no end to them.

    >>> low, high = fieller(np.array([-0.1, 0.03]), np.diag([1e-12, 0.01**2]))
    >>> round(low, 3), round(high, 3)
    (0.136, 0.464)
    """
    quantile = student_quantile(0.5 + level / 2.0, 10**9) ** 2
    own, rival = -coefficients[0], coefficients[1]
    variance_own, variance_rival, shared = covariance[0, 0], covariance[1, 1], -covariance[0, 1]
    square = own**2 - quantile * variance_own
    middle = own * rival - quantile * shared
    discriminant = middle**2 - square * (rival**2 - quantile * variance_rival)
    if own <= 0.0 or square <= 0.0 or discriminant < 0.0:
        return float("-inf"), float("inf")
    reach = discriminant**0.5
    return float((middle - reach) / square), float((middle + reach) / square)


# ---- estimates -------------------------------------------------------------------------------------------------------


def regressors(changes: Changes, *, same_year: bool = False, year_before: bool = False) -> Floats:
    """Own level, the rival's level and, if asked for, changes, (n, 2 or more).

    same_year   : the rival's change of the same year
    year_before : own and the rival's change of the year before
    """
    if changes.level.shape[1] != 1:
        raise ValueError("one reaction needs one column of rivals")
    levels = np.column_stack([changes.own, changes.level[:, 0]])
    more = [*([changes.change] if same_year else []), *([levels - changes.earlier] if year_before else [])]
    return np.column_stack([levels, *more])


def pooled(
    changes: Changes,
    shocks: Shocks = "year",
    *,
    trends: bool = False,
    same_year: bool = False,
    year_before: bool = False,
) -> Estimate:
    """The reaction by least squares."""
    known = with_two_years(changes) if year_before else changes
    effects = Effects(known, shocks, trends=trends)
    columns = regressors(known, same_year=same_year, year_before=year_before)
    left = effects.taken_out(np.column_stack([known.growth, columns]))
    return _solved(known, left[:, 1:], left[:, 1:], left[:, 0])


def with_two_years(changes: Changes) -> Changes:
    """The rows whose levels are known two years before, too."""
    return changes.rows(np.asarray(~np.isnan(changes.earlier).any(axis=1)))


def unit_noise(changes: Changes, residuals: Floats) -> Floats:
    """Standard deviation of each unit's residuals, drawn towards the common one as if that were `PRIOR_FREEDOM` years of it, (u,)."""
    count = len(changes.units)
    squares = np.bincount(changes.unit, residuals**2, minlength=count)
    freedom = np.maximum(np.bincount(changes.unit, minlength=count) - ESTIMATED, 0.0)
    common = squares.sum() / freedom.sum()
    return np.sqrt((PRIOR_FREEDOM * common + squares) / (PRIOR_FREEDOM + freedom))


def weighted(changes: Changes, shocks: Shocks = "year", *, trends: bool = False) -> Estimate:
    """The reaction with each unit weighted by how steady its budget is, so that the most erratic ones do not decide."""
    effects = Effects(changes, shocks, trends=trends)
    columns = np.column_stack([changes.growth, regressors(changes)])
    for _ in range(NOISE_ROUNDS):
        left = effects.taken_out(columns)
        estimate = _solved(changes, left[:, 1:], left[:, 1:], left[:, 0])
        plain = Effects(changes, shocks, trends=trends).taken_out(columns)
        noise = unit_noise(changes, plain[:, 0] - plain[:, 1:] @ estimate.coefficients)
        effects = Effects(changes, shocks, trends=trends, noise=noise)
    left = effects.taken_out(columns)
    return _solved(changes, left[:, 1:], left[:, 1:], left[:, 0])


def instrumented(changes: Changes, shocks: Shocks = "year", *, trends: bool = False) -> Estimate:
    """The reaction with levels of two years before as instruments: an error of one year's figure then cannot pass for a change."""
    known = with_two_years(changes)
    effects = Effects(known, shocks, trends=trends)
    left = effects.taken_out(np.column_stack([known.growth, regressors(known), known.earlier]))
    return _solved(known, left[:, 3:], left[:, 1:3], left[:, 0])


def without_noise(changes: Changes, noise: float, shocks: Shocks = "year") -> Estimate:
    """The reaction if each published figure has an error of its own, of some standard deviation in logarithms.

    noise : [1]  0.05 says that a figure is off by about five per cent. An error of the own level enters the growth after it with the
                 opposite sign, one of the rival's level does not; both are taken out of the moments.
    """
    effects = Effects(changes, shocks)
    left = effects.taken_out(np.column_stack([changes.growth, regressors(changes)]))
    error = noise**2 * (len(changes) - effects.count)
    growth, levels = left[:, 0], left[:, 1:]
    inverse = np.linalg.inv(levels.T @ levels - error * np.eye(2))
    coefficients = inverse @ (levels.T @ growth + np.array([error, 0.0]))
    return Estimate(coefficients, (levels * (growth - levels @ coefficients)[:, None]) @ inverse, changes)


def jackknifed(changes: Changes, shocks: Shocks = "year", *, trends: bool = False) -> Estimate:
    """The reaction, freed of the first part of the bias of short panels: twice the whole less the mean of the halves.

    Each unit's years are halved at their middle. The bias falls with the number of years, so it is twice as large in the halves.
    """
    first = np.zeros(len(changes), dtype=np.bool_)
    for unit in np.unique(changes.unit):
        rows = np.flatnonzero(changes.unit == unit)
        first[rows] = changes.year[rows] <= np.median(changes.year[rows])
    whole = pooled(changes, shocks, trends=trends)
    coefficients, influence = 2.0 * whole.coefficients, 2.0 * whole.influence
    for half in (first, ~first):
        part = pooled(changes.rows(half), shocks, trends=trends)
        coefficients = coefficients - 0.5 * part.coefficients
        influence[half] -= 0.5 * part.influence
    return Estimate(coefficients, influence, changes)


def _solved(changes: Changes, instruments: Floats, columns: Floats, growth: Floats) -> Estimate:
    products = instruments.T @ columns
    if not np.linalg.cond(products) < MOST_ALIKE:
        raise np.linalg.LinAlgError("the levels do not differ beyond what the effects take out")
    inverse = np.linalg.inv(products)
    coefficients = inverse @ (instruments.T @ growth)
    noise = growth - columns @ coefficients
    return Estimate(coefficients, (instruments * noise[:, None]) @ inverse.T, changes)


# ---- dyad by dyad ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DyadAlone:
    """A dyad's own regression: coefficients of own and rival's level with their standard errors [1/yr], and its years."""

    unit: int
    own: float
    own_error: float
    rival: float
    rival_error: float
    years: int


def dyads_alone(
    changes: Changes, *, least: int, net_of_year: bool = False, trends: bool = False
) -> tuple[DyadAlone, ...]:
    """Every dyad by itself, those of so many years or more.

    net_of_year : take the shock of each year out first, as the pooled estimate has it
    """
    growth = changes.growth
    if net_of_year:
        whole = pooled(changes, "year", trends=trends)
        unexplained = growth - regressors(changes) @ whole.coefficients
        within = Effects(changes, "none", trends=trends).taken_out(unexplained[:, None])[:, 0]
        growth = growth - (within - Effects(changes, "year", trends=trends).taken_out(unexplained[:, None])[:, 0])
    found = []
    for unit in np.unique(changes.unit):
        rows = np.flatnonzero(changes.unit == unit)
        if len(rows) < least:
            continue
        columns = [regressors(changes)[rows], np.ones(len(rows))]
        design = np.column_stack([*columns, changes.year[rows] - changes.year[rows].mean()] if trends else columns)
        inverse = np.linalg.inv(design.T @ design)
        coefficients = inverse @ design.T @ growth[rows]
        noise = growth[rows] - design @ coefficients
        errors = np.sqrt(np.diag(inverse) * (noise @ noise) / (len(rows) - design.shape[1]))
        own, rival = coefficients[:2]
        found.append(
            DyadAlone(int(unit), float(own), float(errors[0]), float(rival), float(errors[1]), len(rows)),
        )
    return tuple(found)


def mean_group(alone: Sequence[DyadAlone]) -> tuple[Floats, Floats]:
    """Plain means of the dyads' own and rival's coefficients, and their standard errors from the spread between dyads [1/yr]."""
    values = np.array([(one.own, one.rival) for one in alone])
    return values.mean(axis=0), values.std(axis=0, ddof=1) / np.sqrt(len(values))


def random_effects(alone: Sequence[DyadAlone]) -> tuple[float, float, float]:
    """Mean of the dyads' reactions weighted by how sure each is, its standard error, and the spread between dyads [1/yr].

    By moments (DerSimonian and Laird 1986): the spread is what the dyads differ by beyond their errors.
    """
    values = np.array([one.rival for one in alone])
    variances = np.array([one.rival_error**2 for one in alone])
    weights = 1.0 / variances
    mean = weights @ values / weights.sum()
    excess = weights @ (values - mean) ** 2 - (len(values) - 1)
    spread = max(0.0, float(excess / (weights.sum() - (weights**2).sum() / weights.sum())))
    weights = 1.0 / (variances + spread)
    return float(weights @ values / weights.sum()), float(weights.sum() ** -0.5), spread**0.5
