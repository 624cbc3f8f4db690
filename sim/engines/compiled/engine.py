"""The compiled engine: many members at once, in blocks of lanes, on any number of threads.

A block (`sim.engines.compiled.block`) is independent of every other, so blocks run on threads in any order and give the same bytes.
"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sim.engines.compiled.block import Distributions, ScriptArrays, draw_members, invert, simulate_block
from sim.engines.compiled.encoding import Encoded, distribution_arrays, encoded, row_of
from sim.engines.compiled.jit import forget_compiled_code
from sim.engines.compiled.layout import LANES
from sim.ensembles.draws import fitted_values
from sim.io.errors import InputError, Problem
from sim.io.quarters import name_of
from sim.model.distributions import Distribution
from sim.model.parameter_table import ParameterTable
from sim.model.schedule import Script
from sim.model.variables import Series, all_series

NO_ROWS = np.empty(0, dtype=np.int64)


def simulate(
    parameters: ParameterTable,
    script: Script,
    *,
    members: Sequence[int] | NDArray[np.int64],
    seed: int,
    quarters: int,
    series: Sequence[Series] | None = None,
    threads: int | None = None,
    progress: Callable[[int], None] | None = None,
    chance_seed: int | None = None,
    rows_recorded: NDArray[np.int64] | None = None,
) -> NDArray[np.float64]:
    """Run members and return what was recorded.

    members  : numbers of the members; each member's result depends on its number and the seed only
    quarters : how many, from 2018Q1
    series   : what to record; everything by default
    threads  : at most so many at once; all cores by default. The result does not depend on it
    progress : called with the number of members that a finished block adds
    chance_seed : of what happens by chance, where it is to differ from that of the parameters: the same members, with
               another course of events
    rows_recorded : rows of the world (`sim.engines.compiled.layout.ROW`) to record in place of series
    returns  : (series, quarters, members)

    Raises FloatingPointError if a number of a recorded series is not finite.
    """
    wanted = all_series() if series is None else tuple(series)
    rows = rows_of(wanted) if rows_recorded is None else rows_recorded
    numbers = np.asarray(members, dtype=np.int64)
    recorded = run_blocks(
        encoded(parameters, script, quarters),
        Given(np.array(parameters.fitted, dtype=np.int64), fitted_values(parameters, seed, numbers)),
        numbers, rows, seed=seed, quarters=quarters, threads=threads, progress=progress, chance_seed=chance_seed,
    )[:, :, : len(numbers)]  # fmt: skip
    if rows_recorded is None and not np.isfinite(recorded).all():
        raise FloatingPointError(_not_finite(recorded, wanted, numbers))
    return recorded


def rows_of(series: Sequence[Series]) -> NDArray[np.int64]:
    """Rows of the world that hold some series."""
    return np.array([row_of(one) for one in series], dtype=np.int64)


def _not_finite(recorded: NDArray[np.float64], wanted: Sequence[Series], members: NDArray[np.int64]) -> str:
    place, quarter, member = np.argwhere(~np.isfinite(recorded))[0]
    series = wanted[place]
    name = f"{series.variable} {series.actor} {series.counterpart}"
    return f"{name} is not finite in quarter {name_of(quarter)} of member {members[member]}"


# ---- blocks ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Given:
    """What members are given instead of drawing it; of a row that is named twice, the last counts.

    rows      : of the parameter table
    values    : (rows, members)
    size_rows : of the sizes of an encoded script
    sizes     : (size rows, members)
    """

    rows: NDArray[np.int64]
    values: NDArray[np.float64]
    size_rows: NDArray[np.int64] = field(default_factory=NO_ROWS.copy)
    sizes: NDArray[np.float64] | None = None


def run_blocks(
    arrays: Encoded, given: Given, members: NDArray[np.int64], rows: NDArray[np.int64], *, seed: int, quarters: int,
    threads: int | None = None, progress: Callable[[int], None] | None = None, chance_seed: int | None = None,
) -> NDArray[np.float64]:  # fmt: skip
    """Run members in blocks of lanes; a number that is not finite stays in the result.

    rows    : of the world, to record (see `rows_of`)
    returns : (rows, quarters, lanes), as many lanes as fill whole blocks; those beyond the members repeat them
    """
    blocks = -(-len(members) // LANES)
    padded = np.resize(members, blocks * LANES)
    values = _padded(given.values, blocks * LANES)
    sizes = _padded(np.empty((0, len(members))) if given.sizes is None else given.sizes, blocks * LANES)
    out = np.empty((len(rows), quarters, blocks * LANES))
    script = ScriptArrays(arrays.lines, arrays.starts, arrays.draw_channels, arrays.size_rows)

    def run(block: int) -> None:
        lanes = slice(block * LANES, (block + 1) * LANES)
        drawn = (arrays.kinds, arrays.numbers, arrays.channels, given.rows)
        drawn_sizes = (arrays.size_kinds, arrays.size_numbers, arrays.size_channels, given.size_rows)
        simulate_block(
            seed, seed if chance_seed is None else chance_seed, padded[lanes],
            Distributions(*drawn, np.ascontiguousarray(values[:, lanes])),
            Distributions(*drawn_sizes, np.ascontiguousarray(sizes[:, lanes])),
            script, rows, out[:, :, lanes],
        )  # fmt: skip
        if progress is not None:
            progress(min(LANES, len(members) - block * LANES))

    first = 0
    if not simulate_block.signatures and blocks:
        _prepare(lambda: run(0))
        first = 1
    if threads == 1:
        for block in range(first, blocks):
            run(block)
        return out
    with ThreadPoolExecutor(threads or os.cpu_count()) as pool:
        list(pool.map(run, range(first, blocks)))
    return out


def _prepare(first_call: Callable[[], None]) -> None:
    """Load or compile the engine by its first call. Damaged compiled code is removed, and the user told so."""
    try:
        first_call()
    except KeyboardInterrupt:
        raise
    except Exception as error:
        folder = forget_compiled_code()
        message = (
            f"the engine could not be loaded from this folder or written to it ({type(error).__name__}: {error}); it was "
            "emptied: run the command again, with more room on the disk or with ARMSRACE_CACHE naming another folder"
        )
        raise InputError(folder, [Problem(None, "", message)]) from error


def _padded(values: NDArray[np.float64], length: int) -> NDArray[np.float64]:
    """Columns repeated from the first one on until there are so many."""
    return values[:, np.resize(np.arange(values.shape[1]), length)]


# ---- parameters alone ------------------------------------------------------------------------------------------------


def drawn_parameters(
    table: ParameterTable, *, members: Sequence[int] | NDArray[np.int64], seed: int
) -> NDArray[np.float64]:
    """The parameters that members draw, (rows of the table, members)."""
    numbers = np.asarray(members, dtype=np.int64)
    padded = np.resize(numbers, -(-len(numbers) // LANES) * LANES)
    out = np.empty((table.size, len(padded)))
    arrays = distribution_arrays(table.distributions, table.keys)
    draw_members(Distributions(*arrays, NO_ROWS, np.empty((0, LANES))), seed, padded, out)
    out[list(table.fitted), : len(numbers)] = fitted_values(table, seed, numbers)
    return out[:, : len(numbers)]


def values_at(distributions: Sequence[Distribution], shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values below which shares of distributions lie.

    shares  : (distributions, points), strictly between 0 and 1 but for uniform distributions
    returns : (distributions, points)
    """
    kinds, numbers, _ = distribution_arrays(distributions, [""] * len(distributions))
    out = np.empty_like(shares)
    invert(kinds, numbers, np.ascontiguousarray(shares), out)
    return out
