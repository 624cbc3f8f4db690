"""What states will spend, as an ensemble has it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sim.analysis.results import LEVEL_NAMES, Array, Frame, framed
from sim.data.tables import OBSERVED_YEARS, PRICE_LEVEL, amount
from sim.io.formatting import PER_CENT
from sim.model.network import network

OBSERVED_UNTIL = OBSERVED_YEARS[-1]
IN_2023, IN_2024 = "million constant 2023 US$", "million constant 2024 US$"
GROWTH = f"per cent above {OBSERVED_UNTIL}, real"
COLUMNS = ("state", "year", "unit", *LEVEL_NAMES)
DIGITS = 6  # of a number in the table, far beyond what is known


@dataclass(frozen=True)
class Forecast:
    """Quantiles over members of what states spend.

    fit      : name of the ensemble
    years    : after the last observed one
    observed : (states, observed years) million constant 2023 US$
    relative : (5, states, years) spending over that of the last observed year, at the levels of `sim.analysis.results`
    chance   : standard deviation of the yearly growth that nothing in the model explains, in the middle member
    """

    fit: str
    members: int
    seed: int
    years: tuple[int, ...]
    observed: Array
    relative: Array
    chance: float
    model_version: str

    @property
    def states(self) -> tuple[str, ...]:
        return network().states

    @property
    def spending(self) -> Array:
        """The forecast in million constant 2023 US$, (5, states, years)."""
        return self.observed[:, -1:] * self.relative

    @property
    def growth(self) -> Array:
        """Per cent above the last observed year, in constant prices, (5, states, years)."""
        return PER_CENT * (self.relative - 1.0)

    def rows(self) -> Iterator[dict[str, Any]]:
        """The table: a row per state, year and unit, its columns COLUMNS, numbers rounded to DIGITS."""
        spending = self.spending
        units = {IN_2023: spending, IN_2024: price_level() * spending, GROWTH: self.growth}
        for state, code in enumerate(self.states):
            for place, year in enumerate(self.years):
                for unit, values in units.items():
                    quantiles = [float(f"{value:.{DIGITS}g}") for value in values[:, state, place]]
                    yield dict(zip(COLUMNS, (code, year, unit, *quantiles), strict=True))

    def frame(self) -> Frame:
        """The table as a pandas DataFrame."""
        return framed(self.rows(), COLUMNS)


def price_level() -> float:
    """Dollars of 2024 per dollar of 2023."""
    return amount("context", PRICE_LEVEL)
