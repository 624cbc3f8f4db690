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


def drivers(
    numbers: Mapping[str, Values], ranks: Mapping[str, Values], differences: Values, fit: str
) -> tuple[Driver, ...]:
    """What one difference rests on, strongest first; nothing where no simulation differs.

    numbers     : key -> (members,) of everything uncertain
    ranks       : the same as `ranked` gives them
    differences : (members,)
    fit         : the ensemble, whose table gives the words
    """
    if not np.ptp(differences) > 0.0 or len(differences) < 3:
        return ()
    places = _ranks(differences)
    least = SIGMAS / np.sqrt(len(differences) - 1)
    correlations = {key: float(values @ places) for key, values in ranks.items()}
    strong = sorted((key for key, r in correlations.items() if abs(r) > least), key=lambda key: -abs(correlations[key]))
    words = {key: row.word for key, row in learned(fit).items()}  # sizes of events are not fitted
    return tuple(
        Driver(key, correlations[key], words.get(key, ASSUMED), *_ends(numbers[key], differences))
        for key in strong[:NAMED]
    )


def ranked(numbers: Mapping[str, Values]) -> dict[str, Values]:
    """Ranks of every number that differs between simulations, with mean zero and length one."""
    return {key: _ranks(values) for key, values in numbers.items() if np.ptp(values) > 0.0}


def _ends(values: Values, differences: Values) -> tuple[float, float]:
    """Median difference where a number is in its lowest fifth, and in its highest."""
    low, high = np.quantile(values, (FIFTH, 1.0 - FIFTH))
    return float(np.median(differences[values <= low])), float(np.median(differences[values >= high]))


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
