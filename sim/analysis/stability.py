"""Whether the race of all states is stable: the reaction matrix, the Jacobian, and their eigenvalues.

The Jacobian is that of log spending and log capital near the planned paths, with all else frozen: relations, transfers,
tension, patrons and transparency. Rivals' arms are taken to rise, which a state overstates where it cannot check. The class
goes by its eigenvalue with the largest real part.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.analysis.richardson import RaceClass, race_class
from sim.data.actors import load_actors
from sim.data.tables import observed_paths
from sim.model.network import network
from sim.model.parameter_table import ParameterTable
from sim.rules import capability, richardson, stocks
from sim.rules.richardson import doubling_time, half_life

CLASSES: tuple[RaceClass, ...] = ("stable", "marginal", "runaway")
QUANTILES = (0.05, 0.5, 0.95)
FARTHEST = 1e3  # scaling of all reactions beyond which nobody asks for the threshold
HALVINGS = 30  # of the interval in which a threshold lies
JUST_BELOW = 1.0 - 1e-6
JUST_REAL = 1e-9  # imaginary part below which an eigenvalue counts as real
AT = "2026Q4"  # the quarter whose arms, hostility and risk are kept, and whose attitudes, threat and plans are drawn
Array = NDArray[np.float64]
Both = tuple[float, float]  # of two states
Rule = Any  # of plain arithmetic, which takes arrays of members as it takes numbers
guarantee: Rule = capability.guarantee
arms_read: Rule = capability.arms_read
threat_slope: Rule = richardson.threat_slope
capital_start: Rule = stocks.capital_start


@dataclass(frozen=True)
class Reaction:
    """What stability depends on, for one member or many (leading axes).

    reaction   : (..., n)     elasticity of the desired budget to threat, times coupling
    fatigue    : (..., n)
    adjustment : (..., n)     per year
    shares     : (..., n, n)  rise of each state's threat per unit of the logarithm of each rival's arms
    rivalry    : (..., n)     fall of the state's threat per unit of the logarithm of its own arms
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
        return self.shares - self.rivalry[..., None] * np.eye(self.shares.shape[-1])

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

    def scaled(self, factor: Array) -> "Reaction":
        """The same race with all reactions multiplied by a factor, (...)."""
        return replace(self, reaction=self.reaction * factor[..., None])

    def threshold_scaling(self) -> Array:
        """Factor by which all reactions together must be multiplied to reach the edge of stability, (...).

        Above one the race is stable and this is its distance to the threshold; below one it runs away. Infinite where
        no factor up to `FARTHEST` does it. The edge is that of the Jacobian: mostly the first real eigenvalue to reach
        zero, which the reaction matrix gives at once; where rivalry makes the race swing before that, it is searched.
        """
        roots = np.linalg.eigvals(self.reaction_matrix())
        real = np.where(np.abs(roots.imag) < JUST_REAL * (1.0 + np.abs(roots.real)), roots.real, 0.0).max(axis=-1)
        edge = np.where(real * FARTHEST > 1.0, 1.0 / np.maximum(real, 1.0 / FARTHEST), np.inf)
        reach = np.minimum(edge, FARTHEST)
        is_early = self.scaled(reach * JUST_BELOW).stability_eigenvalue() >= 0.0
        if is_early.any():
            edge[is_early] = self.member(is_early).swinging_threshold(reach[is_early])
        return edge

    def swinging_threshold(self, reach: Array) -> Array:
        """The threshold of members that swing before a factor of `reach`, by halving what lies below it, (members,)."""
        low, high = np.zeros_like(reach), reach
        for _ in range(HALVINGS):
            middle = 0.5 * (low + high)
            is_unstable = self.scaled(middle).stability_eigenvalue() >= 0.0
            low, high = np.where(is_unstable, low, middle), np.where(is_unstable, middle, high)
        return high

    def member(self, number: "int | slice | NDArray[np.bool_]") -> "Reaction":
        """One member alone, or with a slice or a mask some of them."""
        return Reaction(**{name: values[number] for name, values in vars(self).items()})


def is_stable_pair(reactions: Both, fatigues: Both, shares: Both, rivalry: Both = (0.0, 0.0)) -> bool:
    """The two-nation condition in logarithms: fatigue and rivalry together outweigh the product of the reactions.

    The logarithmic form of Richardson's a b > k l; it is exact for any speeds of adjustment.
    """
    holds, drives = pair_weights(reactions, fatigues, shares, rivalry)
    return holds > drives


def pair_weights(reactions: Both, fatigues: Both, shares: Both, rivalry: Both) -> Both:
    """Both sides of that condition: what holds two nations back, and what drives them."""
    own = [1.0 + phi + chi * kappa for phi, chi, kappa in zip(fatigues, rivalry, reactions, strict=True)]
    return own[0] * own[1], reactions[0] * reactions[1] * shares[0] * shares[1]


def reaction_of(table: ParameterTable, drawn: Array) -> Reaction:
    """What stability depends on, from drawn parameters (rows of the table, members).

    The slopes of threat are those at the hostility and the guarantees of the start, between stocks that the budgets of the last
    observed year keep up.
    """
    net = network()
    size = len(net.states)

    def rows(name: str) -> Array:
        start = table.offset(name)
        return drawn[start : start + size].T

    def single(name: str) -> Array:
        return np.asarray(drawn[table.offset(name)])

    arms = _arms_kept_up(drawn[table.offset("spending_scale") :][:size], rows("procurement_share"), single)
    guarded = guarantee(
        worth=single("guarantee_worth")[:, None],
        cover=rows("guarantee_cover"),
        commitment=1.0,
        presence_share=rows("guarantee_presence"),
        presence=1.0,
    )
    shares = np.zeros((drawn.shape[1], size, size))
    for place, (state, rival) in enumerate(net.rivals):
        i, j = net.states.index(state), net.states.index(rival)
        slope = threat_slope(
            hostility=np.maximum(-drawn[table.offset("relation_base") + net.tie(state, rival)], 0.0),
            arms=arms_read(capability=arms[:, j], misperception=rows("exaggeration")[:, i]),
            own_arms=arms[:, i],
            guarantee=guarded[:, i],
        )
        shares[:, i, j] = drawn[table.offset("threat_share") + place] * slope
    return Reaction(
        reaction=single("coupling")[:, None] * rows("reaction"),
        fatigue=rows("fatigue"),
        adjustment=rows("adjustment"),
        shares=shares,
        rivalry=shares.sum(axis=-1) * arms / (arms + guarded),
        renewal=single("depreciation")[:, None] + rows("gdp_growth"),
    )


def _arms_kept_up(scales: Array, procurement_shares: Array, single: Callable[[str], Array]) -> Array:
    """Capital stocks that the budgets of the last observed year keep up [m USD2023], (members, states)."""
    published = np.array([path.burden[-1] * path.gdp[-1] for path in observed_paths()])
    return np.asarray(
        capital_start(
            spending=scales.T * published,
            procurement_share=procurement_shares,
            depreciation=single("depreciation")[:, None],
            growth=single("capital_growth")[:, None],
        )
    )


def stability_of(reaction: Reaction) -> dict[str, Any]:
    """Eigenvalue, spectral radius, pace, distance to the threshold and class over members, as plain numbers for the output.

    half_time_years     : of a push to spending, in the stable simulations; None where there are none
    doubling_time_years : the same in simulations that run away
    threshold_scaling   : factor on all reactions at which stability ends; None where no factor ends it
    """
    eigenvalues = reaction.stability_eigenvalue()
    classes = np.array([race_class(float(value)) for value in eigenvalues])
    fading, growing = (eigenvalues[classes == name].tolist() for name in ("stable", "runaway"))
    return {
        "subsystem": f"log spending and log capital of {load_actors().states_counted}; all else frozen",
        "eigenvalue_per_year": quantiles_of(eigenvalues),
        "spectral_radius": quantiles_of(reaction.spectral_radius()),
        "half_time_years": quantiles_of(np.array([half_life(growth_rate=rate) for rate in fading])),
        "doubling_time_years": quantiles_of(np.array([doubling_time(growth_rate=rate) for rate in growing])),
        "threshold_scaling": quantiles_of(reaction.threshold_scaling()),
        "share_of_members": {name: float(np.mean(classes == name)) for name in CLASSES},
    }


def quantiles_of(values: Array) -> dict[str, float | None] | None:
    """5 %, 50 % and 95 % of some numbers; None without any, and for one that is infinite."""
    if values.size == 0:
        return None
    ordered = np.quantile(values, QUANTILES, method="inverted_cdf" if np.isinf(values).any() else "linear")
    names = (f"q{round(100 * level):02d}" for level in QUANTILES)
    return {name: float(value) if np.isfinite(value) else None for name, value in zip(names, ordered, strict=True)}
