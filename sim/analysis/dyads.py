"""Two states alone, on a plane: each one's spending relative to its plan, in logarithms or in dollars.

The rest of the region stands still. Arms follow spending at once, which for two states changes neither where they rest
nor whether they do. The linear pair is the logarithmic one straightened on the plans, so that both have the same
eigenvalues there; away from the plans they part.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.analysis.richardson import LinearRace
from sim.analysis.stability import Array, RaceClass, Reaction, is_stable_pair, race_class
from sim.model.network import network
from sim.rules import richardson as rules

FAINTEST = 1e-12  # reaction times share below which a state does not answer its rival


@dataclass(frozen=True)
class LogPair:
    """Two states and what each makes of the other.

    states     : codes, the one across first
    reaction   : (2) [1]     elasticity of the desired budget to threat
    fatigue    : (2) [1]
    adjustment : (2) [1/yr]
    shares     : (2) [1]     of each one's threat that the other makes up
    rivalry    : (2) [1]     weight of its own arms
    """

    states: tuple[str, str]
    reaction: tuple[float, float]
    fatigue: tuple[float, float]
    adjustment: tuple[float, float]
    shares: tuple[float, float]
    rivalry: tuple[float, float]

    def growth(self, gaps: Array) -> Array:
        """Speed of both log spendings, (..., 2) [1/yr], at their distances from the plans, (..., 2)."""
        flat = np.asarray(gaps, dtype=float).reshape(-1, 2)
        found = [[self._growth(one, pair) for one in (0, 1)] for pair in flat.tolist()]
        return np.array(found).reshape(np.shape(gaps))

    def _growth(self, one: int, gaps: list[float]) -> float:
        return rules.log_spending_gap_growth(
            rival_gap=gaps[1 - one], own_gap=gaps[one], reaction=self.reaction[one], fatigue=self.fatigue[one],
            adjustment=self.adjustment[one], share=self.shares[one], rivalry=self.rivalry[one],
        )  # fmt: skip

    def nullcline(self, one: int, span: Array) -> Array:
        """Where a state rests, (points, 2): its own distance from the plan from `span`, and the rival's that holds it there.

        A state that does not answer its rival rests on its plan whatever the rival does.
        """
        line = np.empty((len(span), 2))
        line[:, one] = span
        if self.reaction[one] * self.shares[one] < FAINTEST:
            line[:, one], line[:, 1 - one] = 0.0, span
            return line
        line[:, 1 - one] = [
            rules.rival_gap_at_rest(
                own_gap=gap, reaction=self.reaction[one], fatigue=self.fatigue[one], share=self.shares[one],
                rivalry=self.rivalry[one],
            )
            for gap in span.tolist()
        ]  # fmt: skip
        return line

    def trajectory(self, start: tuple[float, float], *, years: float, step: float = 0.1, limit: float = 3.0) -> Array:
        """Distances from the plans from a start on, (points, 2): fourth-order Runge-Kutta, until they leave `limit`."""
        path = [np.array(start, dtype=float)]
        for _ in range(round(years / step)):
            now = path[-1]
            first = self.growth(now)
            second = self.growth(now + 0.5 * step * first)
            third = self.growth(now + 0.5 * step * second)
            fourth = self.growth(now + step * third)
            path.append(now + step / 6.0 * (first + 2.0 * second + 2.0 * third + fourth))
            if np.abs(path[-1]).max() > limit:
                break
        return np.array(path)

    @property
    def is_stable(self) -> bool:
        """The two-nation condition: fatigue and rivalry outweigh the product of the reactions."""
        return is_stable_pair(self.reaction, self.fatigue, self.shares, self.rivalry)

    @property
    def weights(self) -> tuple[float, float]:
        """Both sides of that condition: what holds the pair back, and what drives it."""
        own = [1.0 + f + c * k for f, c, k in zip(self.fatigue, self.rivalry, self.reaction, strict=True)]
        return own[0] * own[1], self.reaction[0] * self.reaction[1] * self.shares[0] * self.shares[1]

    def linear(self, plans: tuple[float, float]) -> LinearRace:
        """The linear pair that equals this one on the plans [m USD2023/yr]."""
        reaction, fatigue, grievance = [], [], []
        for one in (0, 1):
            reaction.append(
                rules.linear_reaction(
                    own_plan=plans[one], rival_plan=plans[1 - one], reaction=self.reaction[one],
                    adjustment=self.adjustment[one], share=self.shares[one],
                )
            )  # fmt: skip
            fatigue.append(
                rules.linear_fatigue(
                    reaction=self.reaction[one], fatigue=self.fatigue[one], adjustment=self.adjustment[one],
                    rivalry=self.rivalry[one],
                )
            )  # fmt: skip
            grievance.append(
                rules.linear_grievance(
                    own_plan=plans[one], rival_plan=plans[1 - one], reaction=reaction[one], fatigue=fatigue[one]
                )
            )
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
    one, other = (network().states.index(code) for code in states)

    def both(values: Any) -> tuple[float, float]:
        return float(values[one]), float(values[other])

    return LogPair(
        states=states,
        reaction=both(reaction.reaction),
        fatigue=both(reaction.fatigue),
        adjustment=both(reaction.adjustment),
        shares=(float(reaction.shares[one, other]), float(reaction.shares[other, one])),
        rivalry=both(reaction.rivalry),
    )


def middle(reaction: Reaction) -> Reaction:
    """One race made of the medians over members."""
    return Reaction(*(np.median(part, axis=0) for part in vars(reaction).values()))
