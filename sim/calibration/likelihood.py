"""How well a member's predictions fit the figures, moment by moment, and figures drawn from a member.

Each kind of moment has one statistical model; `log_likelihood` and `drawn` are its two faces, so that data drawn by the
second can be fitted with the first. Data of a moment is an array: a log level; 1 or 0 for a bound, an order or a choice
that holds or not; the shortest and longest lead time; counts per quarter; exports per year.
"""

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr
from scipy.stats import norm

from sim.calibration import export_likelihood
from sim.calibration.moments import AtLeast, Choice, Incidents, LeadTime, Level, Moment, YearlyExports
from sim.data.tables import OBSERVED_YEARS, observed_paths
from sim.model.network import network

Values = NDArray[np.float64]
TINY = 1e-300
MIDDLE = (len(OBSERVED_YEARS) - 1) / 2


def observed(moment: Moment) -> Values:
    """What the sources say, as the data of a moment."""
    if isinstance(moment, Level):
        return np.log([moment.observed()])
    if isinstance(moment, LeadTime | Incidents | YearlyExports):
        return np.array(moment.observed(), dtype=np.float64)
    return np.array([float(moment.done)]) if isinstance(moment, Choice) else np.ones(1)


def probability(moment: Moment, rows: Values) -> Values:
    """Probability that a bound, an order or a choice holds, (members,)."""
    if isinstance(moment, Choice):
        return np.clip(rows[0], 0.0, 1.0)
    distance = rows[0] - (np.log(moment.observed()) if isinstance(moment, AtLeast) else 0.0)
    return ndtr(distance / moment.error)  # type: ignore[union-attr]


def log_likelihood(moment: Moment, rows: Values, data: Values, years: int | None = None) -> Values:
    """Log likelihood of a moment's data for each member.

    rows  : (rows of the moment, members) predictions
    data  : see the module
    years : of exports, only so many from the first on
    """
    if isinstance(moment, Level):
        return norm.logpdf(data[0], rows[0], moment.error)
    if isinstance(moment, LeadTime):
        low, high = (ndtr((np.log(max(years_waited, TINY)) - rows[0]) / rows[1]) for years_waited in data)
        return np.log(np.maximum(high - low, TINY))
    if isinstance(moment, Incidents):
        return (data[:, None] * np.log(rows + TINY) - rows).sum(axis=0)
    if isinstance(moment, YearlyExports):
        return export_likelihood.log_likelihood(rows, log_outlays(moment.buyer)[:years], data[:years], MIDDLE)
    holds = probability(moment, rows)
    return np.log(np.maximum(holds if data[0] else 1.0 - holds, TINY))


def drawn(moment: Moment, rows: Values, rng: np.random.Generator) -> Values:
    """Data of a moment drawn for one member.

    rows : (rows of the moment, 1)
    """
    if isinstance(moment, Level):
        return rows[0] + moment.error * rng.standard_normal(1)
    if isinstance(moment, LeadTime):
        low, high = moment.observed()
        years = np.exp(rows[0, 0] + rows[1, 0] * rng.standard_normal())
        start = years - (high - low) * rng.random()
        return np.array([max(0.0, start), start + high - low])
    if isinstance(moment, Incidents):
        return rng.poisson(rows[:, 0]).astype(np.float64)
    if isinstance(moment, YearlyExports):
        return replicated_exports(moment, rows, export_likelihood.any_levels(1, rng), rng)[:, 0]
    return (rng.random(1) < probability(moment, rows)).astype(np.float64)


def replicated_exports(moment: YearlyExports, rows: Values, levels: Values, rng: np.random.Generator) -> Values:
    """Exports of the observed years drawn for each member, (years, members)."""
    years = np.arange(len(OBSERVED_YEARS), dtype=np.float64) - MIDDLE
    return export_likelihood.drawn_exports(rows, levels, log_outlays(moment.buyer), years, rng)


@cache
def log_outlays(buyer: str) -> Values:
    """Log of a buyer's observed spending in million 2023 US$, by year."""
    return np.log(observed_paths()[network().states.index(buyer)].spending)


def total(
    moments: Mapping[str, Moment],
    rows: Mapping[str, slice],
    predictions: Values,
    data: Mapping[str, Values],
    years: int | None = None,
) -> Values:
    """Log likelihood of all data given, (members,)."""

    def fits_of(name: str) -> Values:
        return log_likelihood(moments[name], predictions[rows[name]], data[name], years)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return sum(pool.map(fits_of, data), start=np.zeros(predictions.shape[1]))
