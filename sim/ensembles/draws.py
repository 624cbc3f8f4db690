"""The draws of a fitted ensemble, and which of them a member takes."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sim.model.distributions import Distribution
from sim.model.parameter_table import ParameterTable
from sim.model.random_numbers import PARAMETER, channel_of, member_parameters, uniform

SHUFFLE = channel_of("order of a fit's draws")


@dataclass(frozen=True, eq=False)
class FitDraws:
    """Accepted draws of the uncertain parameters.

    id     : name of the fit
    keys   : parameters that were fitted
    values : (keys, draws)
    """

    id: str
    keys: tuple[str, ...]
    values: NDArray[np.float64]

    @property
    def count(self) -> int:
        return self.values.shape[1]

    @cached_property
    def digest(self) -> str:
        """SHA-256 of keys and values."""
        found = hashlib.sha256("\n".join(self.keys).encode())
        found.update(np.ascontiguousarray(self.values).tobytes())
        return found.hexdigest()

    def of_members(self, seed: int, members: Sequence[int] | NDArray[np.int64]) -> NDArray[np.float64]:
        """What each member takes, (keys, members): the draws in an order that the seed shuffles, and once all are taken,
        all of them again in another order. It depends on the member's number and the seed only."""
        numbers = np.asarray(members, dtype=np.int64)
        rounds = numbers // self.count
        taken = np.empty(len(numbers), dtype=np.int64)
        for one in np.unique(rounds):
            lots = uniform(seed, np.arange(self.count), int(one), SHUFFLE, PARAMETER)
            taken[rounds == one] = np.argsort(lots, kind="stable")[numbers[rounds == one] % self.count]
        chosen: NDArray[np.float64] = self.values[:, taken]
        return chosen


@dataclass(frozen=True, eq=False)
class Particles(FitDraws):
    """Draws of which each member has its own: column k belongs to the k-th member that is asked for."""

    def of_members(self, seed: int, members: Sequence[int] | NDArray[np.int64]) -> NDArray[np.float64]:
        if len(members) != self.count:
            raise ValueError(f"{len(members)} members asked for {self.count} particles")
        return self.values


def fitted_values(table: ParameterTable, seed: int, members: Sequence[int] | NDArray[np.int64]) -> NDArray[np.float64]:
    """What members take from the fit of a table, (fitted rows, members)."""
    draws, rows = table.draws, table.fitted
    if not isinstance(draws, FitDraws) or not rows:
        return np.empty((0, len(members)))
    place = {key: number for number, key in enumerate(draws.keys)}
    return draws.of_members(seed, members)[[place[table.keys[row]] for row in rows]]


def parameters_of_member(table: ParameterTable, seed: int, member: int) -> list[float]:
    """One member's parameters, one number per row of the table."""
    flat = list(table.distributions)
    for row, value in zip(table.fitted, fitted_values(table, seed, [member])[:, 0], strict=True):
        flat[row] = Distribution("fixed", float(value))
    return member_parameters(flat, table.keys, seed, member)
