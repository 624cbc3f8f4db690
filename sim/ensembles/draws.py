"""The draws of a fitted ensemble, and which of them a member takes."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.ensembles.parquet import read_parquet
from sim.io.errors import InputError, Problem, refusal
from sim.model.distributions import Distribution
from sim.model.parameter_table import ParameterTable
from sim.model.random_numbers import PARAMETER, channel_of, member_parameters, uniforms

SHUFFLE = channel_of("order of a fit's draws")
NOT_WHOLE = "no such file; the fit is not whole, make it again"
CELLS_MAX = 20_000_000
SHOWN_NAMES = 3  # columns that a message names


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
        digest = hashlib.sha256("\n".join(self.keys).encode())
        digest.update(np.ascontiguousarray(self.values).tobytes())
        return digest.hexdigest()

    def of_members(self, seed: int, members: Sequence[int] | NDArray[np.int64]) -> NDArray[np.float64]:
        """What each member takes, (keys, members): the draws in an order that the seed shuffles, and once all are taken,
        all of them again in another order. It depends on the member's number and the seed only."""
        numbers = np.asarray(members, dtype=np.int64)
        rounds = numbers // self.count
        taken = np.empty(len(numbers), dtype=np.int64)
        for number in np.unique(rounds):
            keys = uniforms(seed, np.arange(self.count), int(number), SHUFFLE, PARAMETER)
            is_now = rounds == number
            taken[is_now] = np.argsort(keys, kind="stable")[numbers[is_now] % self.count]
        return self.values[:, taken]


def read_draws(file: Path) -> dict[str, NDArray[np.float64]]:
    """The draws of every parameter in a file; InputError if it cannot be read, or holds what is no number."""
    import pyarrow as pa

    def is_number(kind: Any) -> bool:
        return pa.types.is_integer(kind) or pa.types.is_floating(kind)

    try:
        table = read_parquet(file, CELLS_MAX, "make the fit again")
    except FileNotFoundError:
        raise refusal(file, NOT_WHOLE) from None
    texts = [name for name in table.column_names if not is_number(table.schema.field(name).type)]
    if texts:
        raise InputError(file, [Problem(None, name, "is no column of numbers") for name in texts[:SHOWN_NAMES]])
    draws = {name: _numbers(table.column(name)) for name in table.column_names}
    broken = [name for name, column in draws.items() if not np.isfinite(column).all()]
    problems = [Problem(None, name, "holds draws that are not finite numbers") for name in broken[:SHOWN_NAMES]]
    if problems or not draws or not table.num_rows:
        raise InputError(file, problems or [Problem(None, "", "holds no draws")])
    return draws


def _numbers(column: Any) -> NDArray[np.float64]:
    """A column as an array, what is missing as not a number; of plain numbers without what would load pandas."""
    if str(column.type) in ("float", "double") and column.null_count == 0 and column.num_chunks:
        return np.concatenate([np.from_dlpack(chunk) for chunk in column.chunks]).astype(np.float64)
    import pandas  # noqa: F401  pyarrow would load it in compiled code, which swallows a request to stop

    return np.asarray(column, dtype=np.float64)


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
