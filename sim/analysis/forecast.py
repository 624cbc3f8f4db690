"""What states will spend, as an ensemble has it."""

from dataclasses import dataclass

from sim.analysis.results import Array
from sim.io.formatting import PER_CENT
from sim.model.network import network


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
