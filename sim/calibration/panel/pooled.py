"""One reaction for all dyads: least squares with an intercept for each unit and shocks that units share in a year.

    growth = own * own level + rival * rival's level (+ changes) + intercept of the unit (+ its trend) + shock of the year

What is left of the bias and the noise of such an estimate is told by its variants: a half-panel jackknife against the bias of short
panels (Nickell 1981; Dhaene and Jochmans 2015), levels of two years before as instruments and an assumed share of noise against errors
of measurement, and four ways of counting how much independent information there is.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from scipy.special import stdtrit

from sim.calibration.panel.changes import Changes, Floats

Shocks = Literal["none", "year", "region"]
Clusters = Literal["unit", "pair", "state", "shared"]
Beside = Literal["same year", "year before"]
OWN, RIVAL = 0, 1
TOLERANCE = 1e-9
UPPER = 0.95  # probability below the upper end of a 90 % range
NORMAL_90 = 1.6448536269514722
MOST_ALIKE = 1e12  # condition number beyond which columns count as one
PRIOR_FREEDOM = 4.0
ESTIMATED = 3.0  # an intercept and two slopes of every unit
NOISE_ROUNDS = 2


def effects(changes: Changes, shocks: Shocks, *, trends: bool = False, noise: Floats | None = None) -> Floats:
    """An orthonormal basis, (n, q), of intercepts of spells, trends of units and shared shocks.

    noise : (u,)  of each unit; every row is then counted in units of it
    """
    columns = [dummies(changes.spell), shock_columns(changes, shocks)]
    if trends:
        units = dummies(changes.unit)
        middle = units @ ((changes.year @ units) / units.sum(axis=0))
        columns.append(units * (changes.year - middle)[:, None])
    return orthonormal(np.column_stack(columns) / (1.0 if noise is None else noise[changes.unit, None]))


def taken_out(columns: Floats, basis: Floats) -> Floats:
    """Columns, (n, k) or (n,), without what a basis explains."""
    return columns - basis @ (basis.T @ columns)


def orthonormal(columns: Floats) -> Floats:
    """An orthonormal basis of what some columns, (n, k), span, from the eigenvectors of their products."""
    size, vectors = np.linalg.eigh(columns.T @ columns)
    kept = size > TOLERANCE * max(1e-300, size.max(initial=0.0))
    return columns @ (vectors[:, kept] / np.sqrt(size[kept]))


def dummies(keys: np.ndarray) -> Floats:
    """A column for each key that there is, (n, keys)."""
    return (keys[:, None] == np.unique(keys)).astype(np.float64)


def shock_columns(changes: Changes, shocks: Shocks) -> Floats:
    """A column for each year, or for each year of each region, (n, p)."""
    if shocks == "none":
        return np.zeros((len(changes), 0))
    years = changes.year.astype(np.str_)
    return dummies(years if shocks == "year" else np.char.add(changes.region, years))


@dataclass(frozen=True, eq=False)
class Estimate:
    """Coefficients with what each row adds to them.

    coefficients : (k,)    [1/yr]  own level, rival's level, and what else was asked for
    influence    : (n, k)  [1/yr]  how far each row moved them, to first order
    """

    coefficients: Floats
    influence: Floats
    changes: Changes

    def covariance(self, clusters: Clusters = "unit") -> Floats:
        """Covariance of the coefficients, (k, k), when rows of one cluster may share their noise.

        clusters : units; pairs of states, both directions together; reacting states; or all rows with any state in common (Aronow,
                   Samii and Assenova 2015)
        """
        belongs = self._belongs(clusters)
        sums = belongs[self.changes.unit].T @ self.influence
        covariance = sums.T @ sums * (belongs.shape[1] / max(1, belongs.shape[1] - 1))
        if clusters == "shared":
            twice = self._belongs("pair")[self.changes.unit].T @ self.influence
            covariance -= twice.T @ twice
        return covariance

    def told(self, place: int, clusters: Clusters = "unit") -> tuple[float, float, float, float]:
        """The restraint, the reaction or what `place` has, its standard error, and the ends of its 90 % interval by Student's t [1/yr]."""
        groups = self._belongs("unit" if clusters == "shared" else clusters).shape[1]
        error = float(np.sqrt(max(0.0, self.covariance(clusters)[place, place])))
        middle = float(self.coefficients[place]) * (-1.0 if place == OWN else 1.0)
        reach = float(stdtrit(max(1, groups - 1), UPPER)) * error
        return middle, error, middle - reach, middle + reach

    def _belongs(self, clusters: Clusters) -> Floats:
        """Which unit belongs to which cluster, (u, clusters); states count without rows, too."""
        members, units = self.changes.members, np.unique(self.changes.unit)
        if clusters == "shared":
            every = sorted({state for states in members for state in states})
            return np.array([np.isin(every, states) for states in members], dtype=np.float64)
        keys = {
            "unit": np.arange(len(members)),
            "pair": np.array(["-".join(sorted(states)) for states in members]),
            "state": np.array(self.changes.states),
        }[clusters]
        return (keys[:, None] == np.unique(keys[units])).astype(np.float64)


def fieller(coefficients: Floats, covariance: Floats) -> tuple[float, float]:
    """90 % interval of rival / -own after Fieller (1954): the ratios that the pair does not refuse; (-inf, inf) if there is no end to them.

    >>> low, high = fieller(np.array([-0.1, 0.03]), np.diag([1e-12, 0.01**2]))
    >>> round(low, 3), round(high, 3)
    (0.136, 0.464)
    """
    own, rival = -coefficients[OWN], coefficients[RIVAL]
    square = own**2 - NORMAL_90**2 * covariance[OWN, OWN]
    middle = own * rival + NORMAL_90**2 * covariance[OWN, RIVAL]
    discriminant = middle**2 - square * (rival**2 - NORMAL_90**2 * covariance[RIVAL, RIVAL])
    if own <= 0.0 or square <= 0.0 or discriminant < 0.0:
        return float("-inf"), float("inf")
    reach = discriminant**0.5
    return float((middle - reach) / square), float((middle + reach) / square)


# ---- estimates -------------------------------------------------------------------------------------------------------


def levels_of(changes: Changes) -> Floats:
    """Own and the rival's level, (n, 2) [1]."""
    if changes.level.shape[1] != 1:
        raise ValueError("one reaction needs one column of rivals")
    return np.column_stack([changes.own, changes.level])


def pooled(
    changes: Changes,
    shocks: Shocks = "year",
    *,
    trends: bool = False,
    beside: Collection[Beside] = (),
    steady: bool = False,
    instruments: bool = False,
    figure_error: float = 0.0,
) -> Estimate:
    """The reaction by least squares.

    beside       : the rival's change of the "same year", own and the rival's change of the "year before"
    steady       : weight each unit by how steady its budget is, so that the most erratic ones do not decide
    instruments  : levels of two years before; an error of one year's figure then cannot pass for a change
    figure_error : [1]  standard deviation of an error of each figure's logarithm, 0.05 for about five per cent. An error of the own level
                   enters the growth after it with the opposite sign, one of the rival's level does not; both leave the moments
    """
    if instruments or "year before" in beside:
        changes = changes.rows(np.all(~np.isnan(changes.earlier), axis=1))
    levels = levels_of(changes)
    more = {"same year": changes.change, "year before": levels - changes.earlier}
    used = np.column_stack([levels, *(more[each] for each in more if each in beside)])
    every = np.column_stack([changes.growth, used, changes.earlier if instruments else used])
    basis = effects(changes, shocks, trends=trends)
    plain = left = taken_out(every, basis)
    for rounds_left in range(NOISE_ROUNDS if steady else 0, -1, -1):
        growth, used, through = np.split(left, [1, 1 + used.shape[1]], axis=1)
        error = figure_error**2 * (len(changes) - basis.shape[1]) * (np.arange(used.shape[1]) < 2)
        products = through.T @ used - np.diag(error)
        if not np.linalg.cond(products) < MOST_ALIKE:
            raise np.linalg.LinAlgError("the levels do not differ beyond what the effects take out")
        inverse = np.linalg.inv(products)
        coefficients = inverse @ (through.T @ growth[:, 0] + error * (np.arange(len(error)) == OWN))
        if rounds_left:
            noise = unit_noise(changes, plain[:, 0] - plain[:, 1 : 1 + len(error)] @ coefficients)
            basis = effects(changes, shocks, trends=trends, noise=noise)
            left = taken_out(every / noise[changes.unit, None], basis)
    return Estimate(coefficients, through * (growth - used @ coefficients[:, None]) @ inverse.T, changes)


def unit_noise(changes: Changes, residuals: Floats) -> Floats:
    """Standard deviation of each unit's residuals, drawn towards the common one as if that were `PRIOR_FREEDOM` years of it, (u,)."""
    count = len(changes.units)
    squares = np.bincount(changes.unit, residuals**2, minlength=count)
    freedom = np.maximum(np.bincount(changes.unit, minlength=count) - ESTIMATED, 0.0)
    return np.sqrt((PRIOR_FREEDOM * squares.sum() / freedom.sum() + squares) / (PRIOR_FREEDOM + freedom))


def jackknifed(changes: Changes, shocks: Shocks = "year") -> Estimate:
    """The reaction, freed of the first part of the bias of short panels: twice the whole less the mean of the halves.

    Each unit's years are halved at their middle. The bias falls with the number of years, so it is twice as large in the halves.
    """
    units, place = np.unique(changes.unit, return_inverse=True)
    first = changes.year <= np.array([np.median(changes.year[changes.unit == unit]) for unit in units])[place]
    whole = pooled(changes, shocks)
    coefficients, influence = 2.0 * whole.coefficients, 2.0 * whole.influence
    for half in (first, ~first):
        part = pooled(changes.rows(half), shocks)
        coefficients = coefficients - 0.5 * part.coefficients
        influence[half] -= 0.5 * part.influence
    return Estimate(coefficients, influence, changes)


# ---- dyad by dyad ----------------------------------------------------------------------------------------------------


class DyadAlone(NamedTuple):
    """A dyad's own regression: coefficients of own and rival's level with their standard errors [1/yr], and its years."""

    unit: int
    own: float
    own_error: float
    rival: float
    rival_error: float
    years: int


def dyads_alone(changes: Changes, *, least: int, net_of_year: bool = False, trends: bool = False) -> list[DyadAlone]:
    """Every dyad by itself, those of so many years or more.

    net_of_year : take the shock of each year out first, as the pooled estimate has it
    """
    growth, levels = changes.growth, levels_of(changes)
    if net_of_year:
        unexplained = growth - levels @ pooled(changes, trends=trends).coefficients
        alone, shared = (taken_out(unexplained, effects(changes, shocks, trends=trends)) for shocks in ("none", "year"))
        growth = growth - (alone - shared)
    found = []
    for unit in np.unique(changes.unit):
        rows = changes.unit == unit
        years = int(rows.sum())
        if years < least:
            continue
        trend = [changes.year[rows] - changes.year[rows].mean()] if trends else []
        design = np.column_stack([levels[rows], np.ones(years), *trend])
        inverse = np.linalg.inv(design.T @ design)
        coefficients = inverse @ design.T @ growth[rows]
        noise = growth[rows] - design @ coefficients
        errors = np.sqrt(np.diag(inverse) * (noise @ noise) / (years - design.shape[1]))
        own, own_error, rival, rival_error = np.column_stack([coefficients, errors])[:2].ravel().tolist()
        found.append(DyadAlone(int(unit), own, own_error, rival, rival_error, years))
    return found


def mean_group(alone: Sequence[DyadAlone]) -> tuple[Floats, Floats]:
    """Plain means of the dyads' own and rival's coefficients, and their standard errors from the spread between dyads [1/yr]."""
    values = np.array([(one.own, one.rival) for one in alone])
    return values.mean(axis=0), values.std(axis=0, ddof=1) / np.sqrt(len(values))


def random_effects(alone: Sequence[DyadAlone]) -> tuple[float, float, float]:
    """Mean of the dyads' reactions weighted by how sure each is, its standard error, and the spread between dyads [1/yr].

    By moments (DerSimonian and Laird 1986): the spread is what the dyads differ by beyond their errors.
    """
    values, errors = np.array([(one.rival, one.rival_error) for one in alone]).T
    weights = errors**-2
    excess = weights @ (values - np.average(values, weights=weights)) ** 2 - (len(values) - 1)
    spread = max(0.0, float(excess / (weights.sum() - (weights**2).sum() / weights.sum())))
    weights = 1.0 / (errors**2 + spread)
    return float(np.average(values, weights=weights)), float(weights.sum() ** -0.5), spread**0.5
