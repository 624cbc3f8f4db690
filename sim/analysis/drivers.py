"""What a difference rests on: the uncertain numbers with which it goes up and down from simulation to simulation, and how well the
figures know them.

The measure is Spearman's rank correlation over simulations between a number and the difference: it sees any steady relation,
straight or not, and neither thresholds nor numbers that only work together. Shares of rank variance are its square.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.ensembles.identifiability import ASSUMED, learned
from sim.model.parameter_table import ParameterTable
from sim.model.random_numbers import EVENT, channel_of, uniforms
from sim.model.schedule import Script
from sim.rules.draws import CODES, drawn_value

Values = NDArray[np.float64]
FIFTH = 0.2
NAMED, NAMED_FIRST = 4, 2  # numbers that are named at most, in tables and in sentences
SIGMAS = 3.5  # standard errors that a correlation must exceed; some 200 numbers are tried


@dataclass(frozen=True)
class Driver:
    """A number on which a difference rests.

    key         : of a parameter, or `events.<id>.<size>` of an event
    correlation : rank correlation with the difference
    word        : pinned, bounded or assumed
    low, high   : median difference in the fifth of simulations where the number is lowest, and where it is highest
    """

    key: str
    correlation: float
    word: str
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.key} {self.correlation:+.2f} ({self.word})"

    def to_json(self) -> dict[str, Any]:
        return {**vars(self), "correlation": round(self.correlation, 3)}


class UncertainNumbers:
    """Everything uncertain over simulations, ranked once for all the differences that may rest on it."""

    def __init__(self, numbers: Mapping[str, Values], fit: str) -> None:
        """
        numbers : key -> (members,)
        fit     : the ensemble, whose table gives the words
        """
        self._values = {key: values for key, values in numbers.items() if np.ptp(values) > 0.0}
        self._ranks = np.array([_ranks(values) for values in self._values.values()])
        self._words = {key: row.word for key, row in learned(fit).items()}  # sizes of events are not fitted
        self._fifths: dict[str, tuple[NDArray[np.bool_], NDArray[np.bool_]]] = {}

    def drivers(self, differences: Values) -> tuple[Driver, ...]:
        """What one difference, (members,), rests on, strongest first; nothing where no simulation differs."""
        if not np.ptp(differences) > 0.0 or len(differences) < 3 or not self._values:
            return ()
        sums = (self._ranks * _ranks(differences)).sum(axis=1)
        correlations = dict(zip(self._values, sums.tolist(), strict=True))
        least = SIGMAS / np.sqrt(len(differences) - 1)
        strong = [key for key, correlation in correlations.items() if abs(correlation) > least]
        strong.sort(key=lambda key: -abs(correlations[key]))
        return tuple(
            Driver(key, correlations[key], self._words.get(key, ASSUMED), *self._ends(key, differences))
            for key in strong[:NAMED]
        )

    def _ends(self, key: str, differences: Values) -> tuple[float, float]:
        """Median difference where a number is in its lowest fifth, and in its highest."""
        if key not in self._fifths:
            values = self._values[key]
            low, high = np.quantile(values, (FIFTH, 1.0 - FIFTH))
            self._fifths[key] = values <= low, values >= high
        lowest, highest = (float(np.median(differences[where])) for where in self._fifths[key])
        return lowest, highest


def uncertain_numbers(
    table: ParameterTable, drawn: Values, scripts: Sequence[Script], seed: int, members: Sequence[int]
) -> dict[str, Values]:
    """Everything that differs between simulations before chance: parameters, and sizes of events.

    drawn : (rows of the table, members)
    """
    uncertain = {key: drawn[row] for row, key in enumerate(table.keys) if table.distributions[row].kind != "fixed"}
    numbers = np.asarray(members, dtype=np.int64)
    sizes = (size for script in scripts for item in script.items for size in item.sizes)
    priors = {one.draw: one.distribution for one in sizes if one.distribution.kind != "fixed" and not one.parameter}
    for draw, prior in priors.items():
        shares = uniforms(seed, numbers, 0, channel_of(draw), EVENT)
        shape = (CODES[prior.kind], prior.centre, prior.spread, prior.low, prior.high)
        uncertain[f"events.{draw}"] = np.array([drawn_value(*shape, u) for u in shares.tolist()])
    return uncertain


def _ranks(values: Values) -> Values:
    """Ranks with mean zero and length one, ties at their mean."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    last = count.cumsum()
    ranks = (last - 0.5 * (count - 1))[place]
    ranks -= ranks.mean()
    return np.asarray(ranks / np.sqrt(ranks @ ranks))
