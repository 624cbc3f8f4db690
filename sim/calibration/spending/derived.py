"""Numbers of the model that follow from the long series: spreads of growth, the pace of pledges, how far a goal may lie off."""

from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np

from sim.calibration.panel.tables import MaybeNumber
from sim.calibration.spending.growth import Floats, Model, Posterior, posterior
from sim.calibration.spending.scores import short
from sim.calibration.spending.series import SpendingSeries, planned_steps
from sim.io.csv_reader import CsvRow, Name

FIRST, PLEDGED_SINCE = 2001, 2015
OTHER_WINDOWS = (1997, 2009, 2014)
HORIZON, GOALS_SINCE = 5, 2008
DRAWS = 6000
STEP_BELIEF = np.array([[0.0, 1.0]])
FILE = "derived.csv"
SOURCE = "sipri-milex-2025"


class DerivedRow(CsvRow):
    """A number that the series give: median, standard deviation of its logarithm (blank where it may be zero), and 90 % range.

    group : "parameters", of the model; or what the number depends on
    """

    identity: ClassVar[tuple[str, ...]] = ("group", "name")

    group: Name
    name: Name
    unit: Name
    median: float
    log_sd: MaybeNumber
    low: float
    high: float
    first_year: int
    last_year: int
    status: Name
    source: Name


def derived(series: SpendingSeries, draws: int = DRAWS) -> Iterator[DerivedRow]:
    """Every number, and the same from other years and in other ways."""
    main = growth_posterior(series, FIRST, draws)
    yield from _growth_rows("parameters", series, FIRST, main)
    steps = step_posterior(series, PLEDGED_SINCE, draws).coefficients[:, 0]
    yield _row("parameters", "plan_kept", "1", steps, series, PLEDGED_SINCE)
    yield _row("parameters", "goal_delay", "yr", delay(steps), series, PLEDGED_SINCE)
    yield _row("parameters", "burden_goal", "1", goal_spread(series, main), series, GOALS_SINCE)
    for first in OTHER_WINDOWS:
        yield from _growth_rows(f"growth since {first}", series, first, growth_posterior(series, first, draws))
    normal = growth_posterior(series, FIRST, draws, has_breaks=False)
    yield from _growth_rows("growth without breaks", series, FIRST, normal)
    for first in (2009, 2018):
        other = step_posterior(series, first, draws).coefficients[:, 0]
        yield _row(f"pledges since {first}", "plan_kept", "1", other, series, first)


def growth_posterior(series: SpendingSeries, first: int, draws: int, *, has_breaks: bool = True) -> Posterior:
    """Growth of the years from `first` on, each state around a rate of its own."""
    growth = series.since(first - 1).growth
    return posterior(Model(growth, np.zeros((0, *growth.shape)), np.zeros((0, 2)), has_breaks=has_breaks), draws)


def step_posterior(series: SpendingSeries, first: int, draws: int) -> Posterior:
    """What share of the steps to a pledged burden states take: change of log burden on the step that the pledge asks of the year."""
    part = series.since(first - 1)
    change = np.diff(part.burden)
    change[np.isnan(part.growth)] = np.nan
    return posterior(Model(change, planned_steps(part)[None, :, :-1], STEP_BELIEF, has_drift=False), draws)


def delay(steps: Floats) -> Floats:
    """Time constant of a path that closes a share of its gap in a year [yr]."""
    return -1.0 / np.log1p(-np.clip(steps, 0.01, 0.99))


def goal_spread(series: SpendingSeries, growth: Posterior) -> Floats:
    """How far burdens move in five years beyond what chance adds up to, (d,) [1].

    The mean square change of log burden in `HORIZON` years, less as many years of a typical state's own and the common shock.
    """
    burden = series.since(GOALS_SINCE).burden.copy()
    burden[:, :-1][np.isnan(series.since(GOALS_SINCE).growth)] = np.nan
    moved = burden[:, HORIZON:] - burden[:, :-HORIZON]
    chance = HORIZON * (growth.typical**2 + growth.common**2)
    return np.sqrt(np.maximum(np.nanmean(moved**2) - chance, 0.0))


def _growth_rows(group: str, series: SpendingSeries, first: int, found: Posterior) -> Iterator[DerivedRow]:
    yield _row(group, "growth_common", "1", found.common, series, first)
    yield _row(group, "growth_spread", "1", found.typical, series, first)
    for place, state in enumerate(series.states):
        yield _row(group, f"growth_spread.{state}", "1", found.own[:, place], series, first)
    yield _row(group, "growth_pooling", "1", found.pooling, series, first)
    if found.break_share.any():
        yield _row(group, "break_share", "1/yr", found.break_share, series, first)
        yield _row(group, "break_spread", "1", found.break_spread, series, first)


def _row(group: str, name: str, unit: str, values: Floats, series: SpendingSeries, first: int) -> DerivedRow:
    low, median, high = (short(value) for value in np.quantile(values, (0.05, 0.5, 0.95)))
    cells: dict[str, Any] = {
        "group": group, "name": name, "unit": unit, "median": median,
        "log_sd": short(float(np.std(np.log(values)))) if values.min() > 0.0 else None, "low": low, "high": high,
        "first_year": first, "last_year": series.years[-1], "status": "estimated", "source": SOURCE, "line": 1,
    }  # fmt: skip
    return DerivedRow(**cells)
