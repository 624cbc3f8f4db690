"""How stable the race of a scenario is, beside that of its baseline: pairs, multipliers, and what the scenario moves."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.analysis.dyads import LogPair, middle, mutual_rivals, pair_of
from sim.analysis.race_verdict import RaceVerdict
from sim.analysis.results import Frame, framed
from sim.analysis.stability import Array, Reaction, quantiles_of
from sim.model.network import network
from sim.scenario.loading import Scenario

PAIRS = ("state", "rival", "margin_q05", "margin_q50", "margin_q95", "share_stable", "eigenvalue_per_year")


@dataclass(frozen=True)
class PairFinding:
    """The two-nation condition of two rivals alone, over members.

    margin      : quantiles of what drives the pair over what holds it back; below one it settles
    is_stable   : share of members in which it does
    eigenvalue  : per year, of the pair of medians
    """

    states: tuple[str, str]
    margin: dict[str, Any]
    is_stable: float
    eigenvalue: float


@dataclass(frozen=True, repr=False)
class RaceStability:
    """What the local analysis says of a scenario and of what it is compared to.

    reactions : of the baseline, where there is one, and of the scenario; members first
    plans     : [m USD2023/yr] median spending of each state in 2026, baseline
    settling  : state -> per cent of spending by which the scenario moves the place of rest, quantiles over the simulations that
                settle; empty without a baseline, or where none settles
    verdicts  : whether it is a race, by three definitions, for every two mutual rivals
    """

    scenario: Scenario
    baseline: Scenario | None
    members: int
    seed: int
    fit: str
    theory: str | None
    settings: tuple[str, ...]
    reactions: tuple[Reaction, ...]
    plans: Array
    settling: dict[str, dict[str, Any]]
    verdicts: tuple[RaceVerdict, ...]

    def __repr__(self) -> str:
        return f"RaceStability({self.scenario.id}: {self.members:,} simulations, seed {self.seed})"

    @property
    def reaction(self) -> Reaction:
        return self.reactions[-1]

    def pair(self, states: tuple[str, str]) -> LogPair:
        """Two states of the race made of the medians."""
        return pair_of(middle(self.reaction), states)

    def plans_of(self, states: tuple[str, str]) -> tuple[float, float]:
        """Planned spending of two states [m USD2023/yr]."""
        first, second = (float(self.plans[network().states.index(code)]) for code in states)
        return first, second

    def pairs(self) -> tuple[PairFinding, ...]:
        """The two-nation condition of every two that are rivals of each other."""
        return tuple(self._pair_finding(states) for states in mutual_rivals())

    def pair_rows(self) -> Iterator[tuple[Any, ...]]:
        """Rows of pairs.csv: one for each two mutual rivals."""
        for pair in self.pairs():
            yield (*pair.states, *pair.margin.values(), pair.is_stable, pair.eigenvalue)

    def frame(self) -> Frame:
        """The same as a pandas DataFrame; the eigenvalue is per year, all else has no unit."""
        return framed(self.pair_rows(), PAIRS)

    def _pair_finding(self, states: tuple[str, str]) -> PairFinding:
        weights = np.array([pair_of(self.reaction.member(m), states).weights for m in range(self.members)])
        margin = weights[:, 1] / weights[:, 0]
        leading = self.pair(states).linear((1.0, 1.0)).stability_eigenvalue
        return PairFinding(states, quantiles_of(margin) or {}, float((margin < 1.0).mean()), leading)

    def multipliers(self) -> Array:
        """Long-run response of log spending to a lasting push in the simulations that settle, (members, states, states)."""
        settles = self.reaction.stability_eigenvalue() < 0.0
        return self.reaction.multipliers()[settles]

    def median_multipliers(self) -> list[list[float]] | None:
        """Median multipliers, a row for each state that answers; None where no member settles."""
        multipliers = self.multipliers()
        return np.median(multipliers, axis=0).round(6).tolist() if len(multipliers) else None

    def moved(self) -> dict[str, Any] | None:
        """How the scenario moves the eigenvalue and the radius, member by member; None without a baseline."""
        if len(self.reactions) == 1:
            return None
        base, scenario = self.reactions
        return {
            "eigenvalue_per_year": quantiles_of(scenario.stability_eigenvalue() - base.stability_eigenvalue()),
            "spectral_radius": quantiles_of(scenario.spectral_radius() - base.spectral_radius()),
        }
