"""The compiled engine: many members at once, in blocks of lanes, on any number of threads.

A block (`sim.engines.compiled.block`) is independent of every other, so blocks run on threads in any order and give the same bytes.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engines.compiled.arrays import (
    ORDER,
    REQUESTS,
    Book,
    Distributions,
    Lines,
    Pools,
    Requests,
    ScriptArrays,
    Workspace,
)
from sim.engines.compiled.block import chances_of_block, simulate_block
from sim.engines.compiled.encoding import Encoded, encoded, row_of
from sim.engines.compiled.layout import ACTORS, KINDS, LANES, NET, PARAM_ROWS, PATRONS, ROWS, STATES, SUPPLIERS
from sim.engines.compiled.library import Library, Room, library
from sim.engines.compiled.vectorized import on_arrays
from sim.engines.simulate import check_finite, prepared_scenario
from sim.ensembles.draws import fitted_values
from sim.io import plugged
from sim.io.errors import refusal
from sim.model.distributions import Distribution
from sim.model.parameter_table import ParameterTable
from sim.model.parameters import CLASSES
from sim.model.schedule import Script
from sim.model.variables import Series, all_series
from sim.rules import draws
from sim.scenario.loading import load_scenario

NO_ROWS = np.empty(0, dtype=np.int64)
TRIAL = 36  # quarters: those that are observed, and three years beyond them


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
    rows_recorded : rows of the values (`sim.engines.compiled.layout.ROW`) to record in place of series
    returns  : (series, quarters, members)

    Raises NotFiniteError if a number of a recorded series is not finite.
    """
    wanted = all_series() if series is None else tuple(series)
    rows = rows_of(wanted) if rows_recorded is None else rows_recorded
    numbers = np.asarray(members, dtype=np.int64)
    recorded = run_blocks(
        encoded(parameters, script, quarters),
        Given(np.array(parameters.fitted, dtype=np.int64), fitted_values(parameters, seed, numbers)),
        numbers, rows, seed=seed, quarters=quarters, threads=threads, progress=progress, chance_seed=chance_seed,
    )  # fmt: skip
    if rows_recorded is None:
        check_finite(recorded, wanted, numbers)
    return recorded


def rows_of(series: Sequence[Series]) -> NDArray[np.int64]:
    """Rows of the values that hold some series."""
    return np.array([row_of(one) for one in series], dtype=np.int64)


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
    """Rows of the values, (rows, quarters, members), of members that are run in blocks of lanes; numbers may be other than finite."""
    if plugged.AGENTS:
        whose = ", ".join(f"{code}: {kind.__name__}" for code, kind in plugged.AGENTS.items())
        remedy = "armsrace run ... --engine agents takes them"
        raise refusal("the model", f"a plug-in's agents ({whose}) run in the Mesa model alone; {remedy}")
    out = np.empty((len(rows), quarters, len(members)))
    blocks = range(-(-len(members) // LANES))
    model = library()
    idle: SimpleQueue[Block] = SimpleQueue()

    def run(number: int) -> None:
        try:
            block = idle.get_nowait()
        except Empty:
            block = Block(model, arrays, given, rows, seed, seed if chance_seed is None else chance_seed, quarters)
        lanes = slice(number * LANES, min((number + 1) * LANES, len(members)))
        out[:, :, lanes] = block.run(members, given, lanes)
        idle.put(block)
        if progress is not None:
            progress(lanes.stop - lanes.start)

    if threads == 1 or len(blocks) == 1:
        for number in blocks:
            run(number)
        return out
    with ThreadPoolExecutor(threads or os.cpu_count()) as pool:
        list(pool.map(run, blocks))
    return out


class Block:
    """Room for one block at a time in a copy of the model, with all that is the same in every block."""

    def __init__(
        self, model: Library, arrays: Encoded, given: Given, rows: NDArray[np.int64], seed: int, chance_seed: int,
        quarters: int,
    ) -> None:  # fmt: skip
        known = {**arrays, "rows_set": given.rows, "size_rows_set": given.size_rows, "recorded": rows}
        self.copy = model.copy(rooms(known, quarters))
        self.arrays = self.copy.arrays
        for name, array in known.items():
            self.arrays[name][...] = array
        self.seeds = seed, chance_seed
        self.call = self.prepared()

    def prepared(self) -> Callable[[], None]:
        """The call that runs what stands in the arrays."""
        return self.copy.call(simulate_block, **arguments_of(self.arrays, *self.seeds))

    def run(self, members: NDArray[np.int64], given: Given, lanes: slice) -> NDArray[np.float64]:
        """Run some members; returns what they recorded, (rows, quarters, members), until the next call."""
        self.fill(members, given, lanes)
        self.call()
        return self.arrays["out"][:, :, : lanes.stop - lanes.start]

    def fill(self, members: NDArray[np.int64], given: Given, lanes: slice) -> None:
        """Put some members' numbers, and what they are given, into the arrays."""
        taken = np.resize(np.arange(lanes.start, lanes.stop), LANES)  # what is left of the last block is filled up
        self.arrays["member"][:] = members[taken]
        self.arrays["values_set"][...] = given.values[:, taken]
        if given.sizes is not None:
            self.arrays["sizes_set"][...] = given.sizes[:, taken]


def rooms(known: Mapping[str, NDArray[Any]], quarters: int) -> dict[str, Room]:
    """Room for all that a block needs, beside the known arrays, which are the same in every block."""
    lots, sizes, rows = len(known["draw_channels"]), len(known["size_kinds"]), len(known["recorded"])
    orders = lots + quarters * (STATES + PATRONS)
    return {
        **{name: Room(array.shape, array.dtype.type) for name, array in known.items()},
        "member": Room((LANES,), np.int64),
        "values_set": Room((len(known["rows_set"]), LANES)),
        "sizes_set": Room((len(known["size_rows_set"]), LANES)),
        "values": Room((ROWS, LANES)),
        "params": Room((PARAM_ROWS, LANES)),
        **{name: Room((REQUESTS,), np.int64) for name in ("buyer", "kind", "lane")},
        **{name: Room((REQUESTS,)) for name in ("deviate", "units", "value", "best", "total")},
        "weights": Room((SUPPLIERS, REQUESTS)),
        "is_touched": Room((STATES, KINDS), np.bool_),
        "is_provoked": Room((STATES, ACTORS), np.bool_),
        "is_linked": Room((STATES, SUPPLIERS), np.bool_),
        "is_signed": Room((STATES, SUPPLIERS), np.bool_),
        "orders": Room((LANES, orders, ORDER), np.int64),
        "order_sizes": Room((LANES, orders, 2)),
        "head": Room((LANES, quarters), np.int64),
        "tail": Room((LANES, quarters), np.int64),
        "placed": Room((LANES,), np.int64),
        "sizes": Room((sizes, LANES)),
        "lots": Room((lots, LANES)),
        "amounts": Room((LANES,)),
        "out": Room((rows, quarters, LANES)),
    }


def arguments_of(held: Mapping[str, NDArray[Any]], seed: int, chance_seed: int) -> dict[str, Any]:
    """What `simulate_block` takes, by name, from the arrays of `rooms`."""

    def of(*names: str) -> list[NDArray[Any]]:
        return [held[name] for name in names]

    return {
        "seed": seed, "chance_seed": chance_seed, "member": held["member"],
        "parameters": Distributions(*of("kinds", "numbers", "channels", "rows_set", "values_set")),
        "sizes": Distributions(*of("size_kinds", "size_numbers", "size_channels", "size_rows_set", "sizes_set")),
        "script": ScriptArrays(*of("lines", "starts", "draw_channels", "size_rows")),
        "work": Workspace(
            held["values"], held["params"], Requests(*of(*Requests._fields)),
            Pools(*of("is_touched", "is_provoked", "is_linked", "is_signed")),
            Book(*of("orders", "order_sizes", "head", "tail", "placed")),
            Lines(*of("lines", "sizes", "lots", "amounts")),
        ),
        "recorded": held["recorded"], "out": held["out"],
    }  # fmt: skip


def trial(model: Library) -> bytes:
    """What a block of members records of the baseline by one form of the model; equal forms give equal bytes."""
    world, members = prepared_scenario(load_scenario("baseline")), np.arange(LANES, dtype=np.int64)
    given = Given(NO_ROWS, np.empty((0, LANES)))
    arrays = encoded(world.parameters, world.script, TRIAL)
    block = Block(model, arrays, given, rows_of(all_series()), 0, 0, TRIAL)
    return block.run(members, given, slice(0, LANES)).tobytes()


# ---- parameters alone ------------------------------------------------------------------------------------------------


def drawn_parameters(
    table: ParameterTable, *, members: Sequence[int] | NDArray[np.int64], seed: int
) -> NDArray[np.float64]:
    """The parameters that members draw, (rows of the table, members)."""
    numbers = np.asarray(members, dtype=np.int64)
    given = Given(np.array(table.fitted, dtype=np.int64), fitted_values(table, seed, numbers))
    block = Block(library(), encoded(table, Script(()), 0), given, NO_ROWS, seed, seed, 0)
    out = np.empty((table.size, len(numbers)))
    for start in range(0, len(numbers), LANES):
        lanes = slice(start, min(start + LANES, len(numbers)))
        block.run(numbers, given, lanes)
        out[:, lanes] = block.arrays["params"][:, : lanes.stop - start]
    return out


def values_at(distributions: Sequence[Distribution], shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values below which shares of distributions lie, (distributions, points) both; a share of 0 or 1 is for uniform ones only."""
    return np.array([
        on_arrays(
            draws.drawn_value, kind=draws.CODES[one.kind], centre=one.centre, spread=one.spread, low=one.low,
            high=one.high, u=points,
        )
        for one, points in zip(distributions, shares, strict=True)
    ]).reshape(shares.shape)  # fmt: skip


def chances_of_followed(
    params: NDArray[np.float64], requests: Sequence[tuple[str, str]]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Probabilities, (requests, members), that a request (buyer, class) of median size goes to the followed supplier, who consents."""
    members, count = params.shape[1], len(requests)
    copy = library().copy({
        "params": Room((PARAM_ROWS, LANES)),
        "values": Room((ROWS, LANES)),
        "buyers": Room((count,), np.int64),
        "kinds": Room((count,), np.int64),
        "choices": Room((count, LANES)),
        "consents": Room((count, LANES)),
    })  # fmt: skip
    held = copy.arrays
    held["buyers"][:] = [NET.states.index(buyer) for buyer, _ in requests]
    held["kinds"][:] = [CLASSES.index(kind) for _, kind in requests]
    call = copy.call(chances_of_block, **held)
    choices, consents = np.empty((2, count, members))
    for start in range(0, members, LANES):
        taken = np.resize(np.arange(start, min(start + LANES, members)), LANES)
        held["params"][...] = params[:, taken]
        call()
        some = slice(start, min(start + LANES, members))
        choices[:, some], consents[:, some] = (held[name][:, : some.stop - start] for name in ("choices", "consents"))
    return choices, consents
