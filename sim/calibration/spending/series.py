"""The long series as arrays: states in the order of the actor table, years from the first known to the last."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from sim.calibration.panel.changes import LIMIT
from sim.calibration.spending.growth import Floats
from sim.data.actors import load_actors
from sim.data.spending import SpendingRow, spending_rows


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
