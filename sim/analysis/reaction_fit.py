"""How strongly two states' yearly spending followed each other: Richardson's pair in logarithms, fitted by least squares.

    d ln x = k ln y - a ln x + c        d ln y = l ln x - b ln y + d

Both sides have the same explaining variables, so that fitting each alone is fitting them together.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.analysis.richardson import RaceClass, race_class

Floats = NDArray[np.float64]
Interval = tuple[float, float]
LEVEL = 0.95  # of intervals
LEAST_CHANGES = 6  # three coefficients a side, and as many left over to tell the noise


@dataclass(frozen=True, eq=False)
class ReactionFit:
    """Coefficients of a pair, with how sure the series leave us.

    jacobian   : (2, 2) [1/yr]      ((-a, k), (l, -b)): growth of a side's log spending per unit of each side's
    covariance : (4, 4) [1/yr^2]    of the Jacobian's entries, row by row
    changes    : yearly changes that the fit rests on
    freedom    : degrees of freedom of a side's residuals
    """

    jacobian: Floats
    covariance: Floats
    changes: int
    freedom: int

    @property
    def reactions(self) -> tuple[float, float]:
        """Growth of each side per unit of the other's log spending, k and l [1/yr]."""
        return float(self.jacobian[0, 1]), float(self.jacobian[1, 0])

    @property
    def restraints(self) -> tuple[float, float]:
        """Growth held back per unit of the side's own log spending, a and b [1/yr]."""
        return float(-self.jacobian[0, 0]), float(-self.jacobian[1, 1])

    @property
    def elasticities(self) -> tuple[float, float]:
        """Per cent that each side's spending rises in the long run per per cent of the other's, k/a [1]."""
        (k, el), (a, b) = self.reactions, self.restraints
        return k / a, el / b

    @property
    def eigenvalues(self) -> NDArray[np.complex128]:
        """Growth rates of the pair's two modes, (2,) [1/yr], the faster growing first."""
        return np.sort_complex(np.linalg.eigvals(self.jacobian).astype(np.complex128))[::-1]

    @property
    def stability_eigenvalue(self) -> float:
        """Growth rate of the leading mode [1/yr]; negative when the race is stable."""
        return float(self.eigenvalues[0].real)

    def reaction_interval(self, side: int) -> Interval:
        """95 % interval of a side's reaction, by Student's t [1/yr]; side 0 or 1."""
        return self._around(self.reactions[side], float(np.sqrt(self.covariance[1 + side, 1 + side])))

    def stability_interval(self) -> Interval:
        """95 % interval of the stability eigenvalue [1/yr], from its slope along each coefficient (delta method)."""
        slope = _eigenvalue_slope(self.jacobian)
        return self._around(self.stability_eigenvalue, float(np.sqrt(slope @ self.covariance @ slope)))

    @property
    def race_class(self) -> RaceClass:
        """Class of the race at the fitted coefficients, however unsure they are."""
        return race_class(self.stability_eigenvalue)

    @property
    def is_class_settled(self) -> bool:
        """Whether the eigenvalue's 95 % interval keeps to one side of zero."""
        low, high = self.stability_interval()
        return low > 0.0 or high < 0.0

    def _around(self, middle: float, error: float) -> Interval:
        from scipy.special import stdtrit

        reach = float(stdtrit(self.freedom, 0.5 + LEVEL / 2.0)) * error
        return middle - reach, middle + reach


def reaction_fit(first: Mapping[int, float], second: Mapping[int, float]) -> ReactionFit:
    """Fit of the pair to two series of yearly spending.

    first, second : year to spending, in any one unit; only changes between years that follow each other count
    ValueError when a figure is not positive, when too few changes remain, or when the series move in lockstep.
    """
    if min([*first.values(), *second.values()], default=0.0) <= 0.0:
        raise ValueError("spending must be positive: it is fitted in logarithms")
    years = [year for year in sorted(first) if {year, year + 1} <= first.keys() & second.keys()]
    if len(years) < LEAST_CHANGES:
        raise ValueError(f"{len(years)} yearly changes are too few to fit; {LEAST_CHANGES} are needed")
    before, after = _logarithms(first, second, years), _logarithms(first, second, [year + 1 for year in years])
    explaining = np.column_stack([before, np.ones(len(years))])
    if np.linalg.matrix_rank(explaining) < explaining.shape[1]:
        raise ValueError("the two series move in lockstep: who follows whom cannot be told")
    coefficients = np.linalg.lstsq(explaining, after - before, rcond=None)[0]
    residuals = after - before - explaining @ coefficients
    freedom = len(years) - explaining.shape[1]
    noise = residuals.T @ residuals / freedom
    scatter = np.linalg.inv(explaining.T @ explaining)[:2, :2]
    return ReactionFit(np.asarray(coefficients[:2].T), np.asarray(np.kron(noise, scatter)), len(years), freedom)


def _logarithms(first: Mapping[int, float], second: Mapping[int, float], years: list[int]) -> Floats:
    """Log spending of both, (years, 2)."""
    return np.log([[first[year], second[year]] for year in years])


def _eigenvalue_slope(jacobian: Floats) -> Floats:
    """Change of the stability eigenvalue per change of each entry of the Jacobian, row by row, (4,)."""
    values, right = np.linalg.eig(jacobian.astype(np.complex128))
    leading = int(np.argmax(values.real))
    left = np.linalg.inv(right)[leading]
    return np.outer(left, right[:, leading]).real.ravel()
