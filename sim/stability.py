"""Whether the race of the twelve states is stable: the reaction matrix, the Jacobian, and their eigenvalues.

The Jacobian is that of log spending and log capital near the planned paths, with all else frozen: relations, transfers,
tension and patrons. The class goes by its eigenvalue with the largest real part.
"""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from sim.parameter_table import ParameterTable
from sim.world import world

MARGINAL_BELOW = 0.005  # per year
RaceClass = Literal["stable", "marginal", "runaway"]
CLASSES: tuple[RaceClass, ...] = ("stable", "marginal", "runaway")
QUANTILES = (0.05, 0.5, 0.95)
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Reaction:
    """What stability depends on, for one member or many (leading axes).

    reaction   : (..., n)     elasticity of the desired budget to threat, times coupling
    fatigue    : (..., n)
    adjustment : (..., n)     per year
    shares     : (..., n, n)  share of each state's threat that each rival makes up
    rivalry    : (...)
    renewal    : (..., n)     per year, wear plus growth: speed at which capital follows spending
    """

    reaction: Array
    fatigue: Array
    adjustment: Array
    shares: Array
    rivalry: Array
    renewal: Array

    @property
    def net_shares(self) -> Array:
        """Shares less rivalry on the diagonal, (..., n, n)."""
        return self.shares - self.rivalry[..., None, None] * np.eye(self.shares.shape[-1])

    def reaction_matrix(self) -> Array:
        """Long-run response of each state's log spending to each other's, (..., n, n).

        Without rivalry the race is stable if, and only if, its spectral radius is below one.
        """
        return (self.reaction / (1.0 + self.fatigue))[..., None] * self.net_shares

    def multipliers(self) -> Array:
        """Long-run response of log spending to a lasting shock to each state's desired budget, (..., n, n)."""
        size = self.shares.shape[-1]
        own = np.eye(size) / (1.0 + self.fatigue)[..., None, :]
        return np.asarray(np.linalg.solve(np.eye(size) - self.reaction_matrix(), own), dtype=np.float64)

    def jacobian(self) -> Array:
        """Rates of change of (log spending, log capital), (..., 2n, 2n)."""
        size = self.shares.shape[-1]
        jacobian = np.zeros((*self.reaction.shape[:-1], 2 * size, 2 * size))
        diagonal = np.arange(size)
        jacobian[..., diagonal, diagonal] = -self.adjustment * (1.0 + self.fatigue)
        jacobian[..., :size, size:] = (self.adjustment * self.reaction)[..., None] * self.net_shares
        jacobian[..., size + diagonal, diagonal] = self.renewal
        jacobian[..., size + diagonal, size + diagonal] = -self.renewal
        return jacobian

    def stability_eigenvalue(self) -> Array:
        """Largest real part of the Jacobian's eigenvalues, per year."""
        return np.asarray(np.linalg.eigvals(self.jacobian()).real.max(axis=-1))

    def spectral_radius(self) -> Array:
        """Largest modulus of the reaction matrix's eigenvalues."""
        return np.asarray(np.abs(np.linalg.eigvals(self.reaction_matrix())).max(axis=-1))


def race_class(stability_eigenvalue: float, tolerance: float = MARGINAL_BELOW) -> RaceClass:
    """Class of a race by its stability eigenvalue (per year).

    >>> race_class(-0.2)
    'stable'
    """
    if abs(stability_eigenvalue) < tolerance:
        return "marginal"
    return "runaway" if stability_eigenvalue > 0.0 else "stable"


def is_stable_pair(
    reactions: tuple[float, float], fatigues: tuple[float, float], shares: tuple[float, float], rivalry: float = 0.0
) -> bool:
    """The two-nation condition in logarithms: fatigue and rivalry together outweigh the product of the reactions.

    The logarithmic form of Richardson's a b > k l; it is exact for any speeds of adjustment.
    """
    own = [1.0 + fatigue + rivalry * reaction for fatigue, reaction in zip(fatigues, reactions, strict=True)]
    return own[0] * own[1] > reactions[0] * reactions[1] * shares[0] * shares[1]


def reaction_of(table: ParameterTable, drawn: Array) -> Reaction:
    """What stability depends on, from drawn parameters (rows of the table, members)."""
    net = world()
    size = len(net.states)

    def rows(name: str) -> Array:
        start = table.offset(name)
        return drawn[start : start + size].T

    def one(name: str) -> Array:
        return np.asarray(drawn[table.offset(name)])

    shares = np.zeros((drawn.shape[1], size, size))
    for place, (state, rival) in enumerate(net.rivals):
        shares[:, net.states.index(state), net.states.index(rival)] = drawn[table.offset("threat_share") + place]
    return Reaction(
        reaction=one("coupling")[:, None] * rows("reaction"),
        fatigue=rows("fatigue"),
        adjustment=rows("adjustment"),
        shares=shares,
        rivalry=one("rivalry"),
        renewal=one("depreciation")[:, None] + rows("gdp_growth"),
    )


def stability_over_members(table: ParameterTable, drawn: Array) -> dict[str, Any]:
    """Eigenvalue, spectral radius and class over members, as plain numbers for the output."""
    reaction = reaction_of(table, drawn)
    eigenvalues = reaction.stability_eigenvalue()
    radius = reaction.spectral_radius()
    classes = [race_class(float(value)) for value in eigenvalues]
    return {
        "subsystem": "log spending and log capital of twelve states; all else frozen",
        "eigenvalue_per_year": _quantiles(eigenvalues),
        "spectral_radius": _quantiles(radius),
        "share_of_members": {name: classes.count(name) / len(classes) for name in CLASSES},
    }


def _quantiles(values: Array) -> dict[str, float]:
    return {f"q{round(100 * level):02d}": float(np.quantile(values, level)) for level in QUANTILES}
