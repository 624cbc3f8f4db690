"""How good a forecast was: scores of draws against what came, all smaller for a better forecast.

Gneiting and Raftery 2007 (continuous ranked probability score, energy score, logarithmic score); Brier 1950.
"""

import numpy as np

from sim.calibration.spending.growth import Floats

EDGE = 1e-6


def crps(draws: Floats, outcome: Floats) -> Floats:
    """Continuous ranked probability score of each of s quantities, in their unit.

    draws   : (d, s)
    outcome : (s,)

    >>> crps(np.array([[0.0], [0.0]]), np.array([2.0]))
    array([2.])
    """
    ordered = np.sort(draws, axis=0)
    count = len(draws)
    weights = (2.0 * np.arange(1, count + 1) - count - 1.0)[:, None]
    return np.asarray(np.abs(draws - outcome).mean(axis=0) - (weights * ordered).sum(axis=0) / count**2)


def energy_score(draws: Floats, outcome: Floats) -> float:
    """Energy score of all quantities together, in their unit; each draw is held against the next one.

    draws   : (d, s)
    outcome : (s,)

    >>> energy_score(np.array([[3.0, 4.0], [3.0, 4.0]]), np.array([0.0, 0.0]))
    5.0
    """
    apart = np.linalg.norm(draws - np.roll(draws, 1, axis=0), axis=1)
    return float(np.linalg.norm(draws - outcome, axis=1).mean() - 0.5 * apart.mean())


def inside(draws: Floats, outcome: Floats, share: float) -> Floats:
    """Whether each outcome lies within the central range that should hold a share of them, (s,)."""
    low, high = np.quantile(draws, (0.5 - share / 2.0, 0.5 + share / 2.0), axis=0)
    return np.asarray((low <= outcome) & (outcome <= high), dtype=np.float64)


def brier(probability: Floats, happened: Floats) -> Floats:
    """Squared error of each probability.

    >>> brier(np.array([0.5]), np.array([1.0]))
    array([0.25])
    """
    return np.asarray((probability - happened) ** 2)


def log_score(probability: Floats, happened: Floats) -> Floats:
    """Minus the logarithm of the probability that was given to what came.

    >>> log_score(np.array([0.5]), np.array([0.0])).round(3)
    array([0.693])
    """
    given = np.where(happened > 0.0, probability, 1.0 - probability)
    return np.asarray(-np.log(np.clip(given, EDGE, 1.0)))


def mean_and_error(differences: Floats, overlap: int = 0) -> tuple[float, float]:
    """Mean of differences in the order of time, and its standard error where each shares its chance with the next few.

    overlap : neighbours that share chance, as forecasts of two years ahead do with the next origin's (Newey and West 1987)
    """
    count = len(differences)
    centred = differences - differences.mean()
    variance = (centred**2).sum() / (count - 1)
    for lag in range(1, overlap + 1):
        variance += 2.0 * (1.0 - lag / (overlap + 1.0)) * (centred[lag:] * centred[:-lag]).sum() / (count - 1)
    return float(differences.mean()), float(np.sqrt(max(variance, 0.0) / count))


def short(value: float) -> float:
    """A number as the tables of scores have it, to three significant digits."""
    return float(f"{value:.3g}")
