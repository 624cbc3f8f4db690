"""Forecasts of spending from what was known at the end of a year, each a set of draws: the annual core of the model, and its rivals.

    growth(i, t + 1) = expected growth(i) + sum of coefficient(k) regressor(k, i, t) + common(t + 1) + own(i, t + 1)

Every contender has the same chance (`growth.py`) unless it says otherwise, and learns its coefficients and spreads from the years before
the origin alone. They differ in what they expect:

- "no change": nothing; "drift": each state's own mean growth; "AR(1) on growth": drift, and a share of the last growth.
- "constant burden": the growth of the economy; "pledges alone": that, and the whole step that a pledge asks of the year.
- "model": the growth of the economy, the share of the pledged step that was kept so far, and a reaction to the rise of rivals; and the
  model without one of its parts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from sim.calibration.panel.hierarchical import MEAN_SCALE
from sim.calibration.panel.tables import read_tables
from sim.calibration.smc import generator
from sim.calibration.spending.growth import Floats, Model, Posterior, posterior
from sim.calibration.spending.series import SpendingSeries, steps_from, without_new_series

STREAM = 75
FIRST = 2001
RECENT = 10  # years of which the growth of the economy is the mean
REFERENCE = 5  # years against whose mean a rival's rise is taken
LEAST_KNOWN = 3  # yearly changes that a state needs before the origin
LEADS = (1, 2)  # years ahead

Places = NDArray[np.int64]
Regressor = Callable[["Past"], Floats]


@dataclass(frozen=True, eq=False)
class Past:
    """What is known, or simulated, up to a year: the last axis of both arrays is the year, the one before the state.

    spending : (..., s, t)  logarithm
    burden   : (..., s, t)  logarithm
    """

    states: tuple[str, ...]
    year: int
    spending: Floats
    burden: Floats


def pledged_step(past: Past) -> Floats:
    """Change of log burden that a pledge asks of the next year, (..., s)."""
    return steps_from(past.burden[..., -1], past.states, past.year)


def last_growth(past: Past) -> Floats:
    """Growth of the year, 0 where it is not known, (..., s)."""
    return np.nan_to_num(without_new_series(past.spending[..., -1] - past.spending[..., -2]))


def rise_of_rivals(past: Past) -> Floats:
    """How far rivals' log spending lies above its mean of the years before, the mean over the rivals of the year, (..., s)."""
    reference = np.where(np.isnan(past.spending), 0.0, past.spending)[..., -1 - REFERENCE : -1]
    known = ~np.isnan(past.spending[..., -1 - REFERENCE : -1])
    mean = reference.sum(axis=-1) / np.maximum(known.sum(axis=-1), 1)
    rise = np.where(known.all(axis=-1), np.nan_to_num(past.spending[..., -1]) - mean, 0.0)
    return np.asarray(rise @ rivalries(past.states, past.year).T)


@cache
def rivalries(states: tuple[str, ...], year: int) -> Floats:
    """Weight of each rival in each state's rise of rivals, (s, s): those of `calibration/reactions/dyads.csv` that last in the year."""
    weights = np.zeros((len(states), len(states)))
    for row in read_tables().dyads:
        if row.state in states and row.rival in states and row.first_year - 1 <= year <= row.last_year:
            weights[states.index(row.state), states.index(row.rival)] = 1.0
    return weights / np.maximum(weights.sum(axis=1, keepdims=True), 1.0)


@dataclass(frozen=True)
class Contender:
    """What a forecast expects, and how it takes chance.

    regressors    : each with mean and standard deviation of its coefficient's prior
    fixed         : regressors whose coefficient is 1
    grows         : whether the growth of the economy is expected
    has_drift     : whether each state's own mean growth is
    is_pooled     : whether states share the scale of their spreads and a shock of the year
    has_breaks    : whether years may be breaks
    """

    regressors: tuple[tuple[Regressor, float, float], ...] = ()
    fixed: tuple[Regressor, ...] = ()
    grows: bool = False
    has_drift: bool = False
    is_pooled: bool = True
    has_breaks: bool = True


KEPT = (pledged_step, 0.5, 0.5)
REACTS = (rise_of_rivals, 0.0, MEAN_SCALE)
CONTENDERS: Mapping[str, Contender] = {
    "model": Contender((KEPT, REACTS), grows=True),
    "model without reaction": Contender((KEPT,), grows=True),
    "model without breaks": Contender((KEPT, REACTS), grows=True, has_breaks=False),
    "model with states apart": Contender((KEPT, REACTS), grows=True, is_pooled=False, has_breaks=False),
    "pledges alone": Contender(fixed=(pledged_step,), grows=True),
    "constant burden": Contender(grows=True),
    "AR(1) on growth": Contender(((last_growth, 0.0, 0.5),), has_drift=True),
    "drift": Contender(has_drift=True),
    "no change": Contender(),
}
REFERENCE_CONTENDER = "no change"


def past_until(series: SpendingSeries, count: int) -> Past:
    """The first `count` years of a series."""
    return Past(series.states, series.years[count - 1], series.spending[:, :count], series.burden[:, :count])


def known_states(series: SpendingSeries) -> Places:
    """Places of the states that can be forecast at the end of a series."""
    enough = (~np.isnan(series.growth)).sum(axis=1) >= LEAST_KNOWN
    return np.flatnonzero(enough & ~np.isnan(series.spending[:, -1]))


def economy_growth(series: SpendingSeries) -> Floats:
    """Expected growth of each economy, (s,) [1/yr]: half the mean of its last years, half that of all economies."""
    growth = np.where(np.isnan(series.growth), np.nan, np.diff(series.spending - series.burden))[:, -RECENT:]
    known = ~np.isnan(growth)
    every = growth[known].mean()
    own = (np.where(known, growth, 0.0).sum(axis=1) + every) / (known.sum(axis=1) + 1)
    return np.asarray(0.5 * own + 0.5 * every)


def forecast_draws(series: SpendingSeries, contender: Contender, draws: int, seed: int = 1) -> Floats:
    """Log spending above that of the last year known, (draws, leads, s); NaN for a state that cannot be forecast.

    series : what was known at the origin, and nothing later
    """
    part = range(series.at(max(FIRST, series.years[0] + 1)), len(series.years))
    pasts = [past_until(series, count) for count in part]
    expected = economy_growth(series) * contender.grows
    growth = series.growth[:, part.start - 1 :] - expected[:, None]
    growth = growth - sum(np.stack([regressor(past) for past in pasts], axis=1) for regressor in contender.fixed)
    regressors = np.array([np.stack([one(past) for past in pasts], axis=1) for one, *_ in contender.regressors])
    model = Model(
        growth,
        regressors.reshape(len(contender.regressors), *growth.shape),
        np.array([belief for _, *belief in contender.regressors]).reshape(-1, 2),
        contender.has_drift, contender.is_pooled, contender.has_breaks,
    )  # fmt: skip
    return _simulated(series, contender, posterior(model, draws, seed), expected, seed)


def _simulated(series: SpendingSeries, contender: Contender, found: Posterior, expected: Floats, seed: int) -> Floats:
    """The years after the origin, one simulation for each draw."""
    rng = generator(seed, STREAM)
    count, states = found.own.shape
    past, economy = past_until(series, len(series.years)), economy_growth(series)
    spending, burden = (np.broadcast_to(one, (count, *one.shape)) for one in (past.spending, past.burden))
    for lead in LEADS:
        now = Past(past.states, past.year + lead - 1, spending, burden)
        change = expected + sum(regressor(now) for regressor in contender.fixed)
        for place, (regressor, *_) in enumerate(contender.regressors):
            change = change + found.coefficients[:, place, None] * regressor(now)
        own, common, jump = (rng.standard_normal(shape) for shape in ((count, states), (count, 1), (count, states)))
        is_break = rng.random((count, states)) < found.break_share[:, None]
        chance = found.own * own + found.common[:, None] * common + is_break * found.break_spread[:, None] * jump
        change = change + contender.has_drift * found.drift + chance
        spending = np.concatenate([spending, (spending[..., -1] + change)[..., None]], axis=-1)
        burden = np.concatenate([burden, (burden[..., -1] + change - economy)[..., None]], axis=-1)
    ahead = spending[..., -len(LEADS) :] - spending[..., -1 - len(LEADS), None]
    able = np.isin(np.arange(states), known_states(series))
    return np.where(able[:, None], ahead, np.nan).transpose(0, 2, 1)
