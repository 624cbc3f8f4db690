"""The long series as arrays, states in the order of the actor table and years from the first known to the last; and what states had
pledged, and since when: the paths that a forecaster could have drawn at the time.

NATO's members agreed on 5 September 2014 to move towards 2 % of GDP within a decade (`nato-wales2014`, paragraph 14), and a state that
joined later took the pledge over. Before that no goal with a date is known; the guideline of 2 % is older, but had none.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from sim.calibration.panel.changes import LIMIT
from sim.calibration.spending.growth import Floats
from sim.data.actors import load_actors
from sim.data.spending import SpendingRow, spending_rows

PLEDGED, DEADLINE, PLEDGED_IN = 0.02, 2024, 2014
MEMBERS_SINCE = {actor.code: actor.nato_since for actor in load_actors().actors if actor.nato_since is not None}
"""Year of accession to NATO."""


@dataclass(frozen=True, eq=False)
class SpendingSeries:
    """Logarithms of spending and burden, NaN where they are not known.

    states   : (s,)
    years    : (t,)    one after another
    spending : (s, t)  of million constant 2023 US$
    burden   : (s, t)  of the share of GDP
    """

    states: tuple[str, ...]
    years: tuple[int, ...]
    spending: Floats
    burden: Floats

    def until(self, year: int) -> "SpendingSeries":
        """What was known at the end of a year: nothing after it."""
        kept = sum(one <= year for one in self.years)
        return replace(self, years=self.years[:kept], spending=self.spending[:, :kept], burden=self.burden[:, :kept])

    def since(self, year: int) -> "SpendingSeries":
        """The same from a year on."""
        left_out = sum(one < year for one in self.years)
        return replace(
            self, years=self.years[left_out:], spending=self.spending[:, left_out:], burden=self.burden[:, left_out:]
        )

    @property
    def growth(self) -> Floats:
        """Yearly change of log spending, (s, t - 1) [1/yr]; NaN beyond `LIMIT`, where a new series begins."""
        return without_new_series(np.diff(self.spending))

    def at(self, year: int) -> int:
        """Place of a year."""
        return self.years.index(year)


def without_new_series(growth: Floats) -> Floats:
    """Changes without those that are larger than `LIMIT`: a force that is founded, a war, an inflation."""
    return np.where(np.abs(growth) <= LIMIT, growth, np.nan)


@cache
def spending_series() -> SpendingSeries:
    """The series that ship."""
    return series_of(spending_rows())


def series_of(rows: Iterable[SpendingRow]) -> SpendingSeries:
    """The series of rows; a state or year without a row is not known."""
    found = tuple(rows)
    states = load_actors().states
    years = tuple(range(min(row.year for row in found), max(row.year for row in found) + 1))
    spending = np.full((len(states), len(years)), np.nan)
    burden = spending.copy()
    for row in found:
        place = states.index(row.state), years.index(row.year)
        spending[place], burden[place] = np.log(row.spending), np.log(row.burden / 100.0)
    return SpendingSeries(states, years, spending, burden)


def is_bound(state: str, year: int) -> bool:
    """Whether a state had the pledge to keep at the end of a year."""
    return year >= PLEDGED_IN and MEMBERS_SINCE.get(state, DEADLINE) <= year < DEADLINE


def steps_from(burden: Floats, states: tuple[str, ...], year: int) -> Floats:
    """Change of log burden that the pledge asks of the year after `year`, (..., s) [1]: a straight line to the deadline; 0 without one.

    burden : (..., s)  logarithm at the end of `year`
    """
    gaps = np.maximum(np.log(PLEDGED) - np.nan_to_num(burden), 0.0)
    bound = np.array([is_bound(state, year) for state in states])
    return np.where(bound, gaps / max(DEADLINE - year, 1), 0.0)


def planned_steps(series: SpendingSeries) -> Floats:
    """The same after each year of a series, (s, t) [1]."""
    columns = zip(series.burden.T, series.years, strict=True)
    return np.stack([steps_from(burden, series.states, year) for burden, year in columns], axis=1)
