"""Two states alone, on a plane: each one's spending relative to its plan, in logarithms or in dollars.

The rest of the region stands still. Arms follow spending at once, which for two states changes neither where they rest
nor whether they do. The linear pair is the logarithmic one straightened on the plans, so that both have the same
eigenvalues there; away from the plans they part.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.analysis.richardson import LinearRace, RaceClass, race_class, rk4_advance
from sim.analysis.stability import Array, Both, Reaction, is_stable_pair, pair_weights
from sim.model.network import network
from sim.rules import richardson as rules

FAINTEST = 1e-12  # reaction times share below which a state does not answer its rival


@dataclass(frozen=True)
class LogPair:
    """Two states and what each makes of the other.

    states     : codes, the one across first
    reaction   : (2) [1]     elasticity of the desired budget to threat; may be negative
    fatigue    : (2) [1]
    adjustment : (2) [1/yr]
    shares     : (2) [1]     of each one's threat that the other makes up
    rivalry    : (2) [1]     weight of its own arms
    """

    states: tuple[str, str]
    reaction: Both
    fatigue: Both
    adjustment: Both
    shares: Both
    rivalry: Both

    def growth(self, gaps: Array) -> Array:
        """Speed of both log spendings, (..., 2) [1/yr], at their distances from the plans, (..., 2)."""
        flat = np.asarray(gaps, dtype=float).reshape(-1, 2)
        speeds = [[self._growth(side, pair) for side in (0, 1)] for pair in flat.tolist()]
        return np.array(speeds).reshape(np.shape(gaps))

    def _growth(self, side: int, gaps: list[float]) -> float:
        return rules.log_spending_gap_growth(
            rival_gap=gaps[1 - side], own_gap=gaps[side], reaction=self.reaction[side], fatigue=self.fatigue[side],
            adjustment=self.adjustment[side], share=self.shares[side], rivalry=self.rivalry[side],
        )  # fmt: skip

    def nullcline(self, side: int, span: Array) -> Array:
        """Where a state rests, (points, 2): its own distance from the plan from `span`, and the rival's that holds it there.

        A state that does not answer its rival rests on its plan whatever the rival does.
        """
        line = np.empty((len(span), 2))
        line[:, side] = span
        if abs(self.reaction[side]) * self.shares[side] < FAINTEST:
            line[:, side], line[:, 1 - side] = 0.0, span
            return line
        line[:, 1 - side] = [
            rules.rival_gap_at_rest(
                own_gap=gap, reaction=self.reaction[side], fatigue=self.fatigue[side], share=self.shares[side],
                rivalry=self.rivalry[side],
            )
            for gap in span.tolist()
        ]  # fmt: skip
        return line

    def trajectory(self, start: Both, *, years: float, step: float = 0.1, limit: float = 3.0) -> Array:
        """Distances from the plans from a start on, (points, 2): fourth-order Runge-Kutta, until they leave `limit`."""
        path = [np.array(start, dtype=float)]
        for _ in range(round(years / step)):
            path.append(rk4_advance(arms=path[-1], step=step, growth=self.growth, floored=np.asarray))
            if np.abs(path[-1]).max() > limit:
                break
        return np.array(path)

    @property
    def is_stable(self) -> bool:
        """The two-nation condition: fatigue and rivalry outweigh the product of the reactions."""
        return is_stable_pair(self.reaction, self.fatigue, self.shares, self.rivalry)

    @property
    def weights(self) -> Both:
        """Both sides of that condition: what holds the pair back, and what drives it."""
        return pair_weights(self.reaction, self.fatigue, self.shares, self.rivalry)

    def linear(self, plans: Both) -> LinearRace:
        """The linear pair that equals this one on the plans [m USD2023/yr]."""
        reaction, fatigue, grievance = [], [], []
        for side in (0, 1):
            own = {"reaction": self.reaction[side], "adjustment": self.adjustment[side]}
            both = {"own_plan": plans[side], "rival_plan": plans[1 - side]}
            reaction.append(rules.linear_reaction(**both, **own, share=self.shares[side]))
            fatigue.append(rules.linear_fatigue(**own, fatigue=self.fatigue[side], rivalry=self.rivalry[side]))
            grievance.append(rules.linear_grievance(**both, reaction=reaction[side], fatigue=fatigue[side]))
        return LinearRace.pair(reaction, fatigue, grievance)

    def race_class(self) -> RaceClass:
        """Class of the pair alone, by its eigenvalues on the plans."""
        return race_class(self.linear((1.0, 1.0)).stability_eigenvalue)


def mutual_rivals() -> tuple[tuple[str, str], ...]:
    """Pairs of states of which each counts among the other's rivals, in the order of the tables."""
    rivals = network().rivals
    return tuple(pair for pair in rivals if pair[::-1] in rivals and rivals.index(pair) < rivals.index(pair[::-1]))


def pair_of(reaction: Reaction, states: tuple[str, str]) -> LogPair:
    """Two states of one member."""
    first, second = (network().states.index(code) for code in states)

    def both(values: Any) -> Both:
        return float(values[first]), float(values[second])

    return LogPair(
        states=states,
        reaction=both(reaction.reaction),
        fatigue=both(reaction.fatigue),
        adjustment=both(reaction.adjustment),
        shares=(float(reaction.shares[first, second]), float(reaction.shares[second, first])),
        rivalry=both(reaction.rivalry),
    )


def middle(reaction: Reaction) -> Reaction:
    """One race made of the medians over members."""
    return Reaction(*(np.median(part, axis=0) for part in vars(reaction).values()))
