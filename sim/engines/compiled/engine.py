"""The compiled engine: many members at once, in blocks of lanes, on any number of threads.

`simulate_block` is the one function that carries the arrays from phase to phase. A block is independent of every other,
so blocks run on threads in any order and give the same bytes.
"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.data.tables import EVENTS_DOCUMENTED_UNTIL
from sim.engines.compiled import buyer, initial_state, patron, peacekeeper, relations, state, supplier_history
from sim.engines.compiled.buyer import Book, Pools
from sim.engines.compiled.encoding import Encoded, distribution_arrays, encoded, row_of
from sim.engines.compiled.events import Lines, apply_event, clear_pools
from sim.engines.compiled.jit import compiled, forget_compiled_code
from sim.engines.compiled.layout import (
    ACTORS,
    DRAW_CHANNELS,
    DRAW_ROWS,
    GIVEN_ROWS,
    KINDS,
    LANES,
    LINKED_FROM_START,
    NONE,
    NORMAL_ROWS,
    OBSERVED_QUARTERS,
    PATRONS,
    ROW,
    ROWS,
    SRB,
    STATES,
    SUPPLIERS,
    XKX,
)
from sim.ensembles.draws import fitted_values
from sim.io.errors import InputError, Problem
from sim.io.quarters import index_of, name_of
from sim.model.distributions import Distribution
from sim.model.parameter_table import ParameterTable
from sim.model.random_numbers import EVENT, PARAMETER, QUARTERLY, uniform
from sim.model.schedule import Script
from sim.model.variables import Series, all_series
from sim.rules import draws
from sim.rules.draws import drawn_value
from sim.rules.elementary import normal_quantile

AFTER_CHOICE = ROW.choice + SUPPLIERS * STATES


@compiled
def draw_distributions(kinds, numbers, channels, stream, seed, member, out):
    """Every row's distribution, drawn for the members of a block; rows that a fit gives are left to `set_rows`."""
    for row in range(kinds.shape[0]):
        if kinds[row] == draws.FITTED:
            continue
        for k in range(LANES):
            if kinds[row] == draws.FIXED:
                out[row, k] = numbers[row, 0]
            else:
                out[row, k] = drawn_value(
                    kind=kinds[row],
                    centre=numbers[row, 0],
                    spread=numbers[row, 1],
                    low=numbers[row, 2],
                    high=numbers[row, 3],
                    u=uniform(seed, member[k], 0, channels[row], stream),
                )


@compiled
def set_rows(rows, amounts, params):
    """The rows that a fit or a sweep gives."""
    for row in range(rows.shape[0]):
        for k in range(LANES):
            params[rows[row], k] = amounts[row, k]


@njit(nogil=True, error_model="numpy", cache=True)
def simulate_block(
    seed, chance_seed, member, quarters, history_until, kinds, numbers, channels, given_rows, given_values, size_kinds,
    size_numbers, size_channels, size_rows, given_size_rows, given_sizes, draw_channels, lines, starts, pages, recorded, out,
):  # fmt: skip
    """Run one block of members and record it.

    seed          : of the members' parameters and of the sizes of the script's events
    chance_seed   : of what is drawn quarter by quarter, and of the lead times of the script's orders
    member        : (LANES,) numbers of the members
    history_until : last quarter whose events come from the record only
    kinds, numbers, channels : the parameters' distributions and the channels of their draws
    given_rows    : rows of the parameters that a fit or a sweep gives; of a row that is named twice, the last counts
    given_values  : (given rows, LANES) what they give
    size_*        : the same for the sizes of the script's events, and the parameter row that gives a size instead
    given_size_rows, given_sizes : rows of the sizes that a sweep gives, and (rows, LANES) what it gives
    draw_channels : channels of the uniform draws that booked orders and offers of the script need
    lines, starts : the script, and the first line of each quarter
    pages         : room in a member's order book, for as many orders as could ever be booked
    recorded      : (series,) rows of the world to record
    out           : (series, quarters, LANES) filled
    """
    values, params = np.zeros((ROWS, LANES)), np.empty((GIVEN_ROWS, LANES))
    weights = np.empty(SUPPLIERS)
    pools = Pools(
        np.zeros((STATES, KINDS), np.bool_),
        np.zeros((STATES, ACTORS), np.bool_),
        LINKED_FROM_START.copy(),
        np.zeros((STATES, SUPPLIERS), np.bool_),
    )
    book = Book(
        np.empty((LANES, pages, 5), np.int64),
        np.empty((LANES, pages, 2)),
        np.full((LANES, quarters), NONE),
        np.full((LANES, quarters), NONE),
        np.zeros(LANES, np.int64),
    )
    amounts, event_lots = np.empty(LANES), np.empty((draw_channels.shape[0], LANES))
    script = Lines(lines, np.empty((size_kinds.shape[0], LANES)), event_lots, amounts)
    draw_distributions(kinds, numbers, channels, PARAMETER, seed, member, params)
    set_rows(given_rows, given_values, params)
    draw_distributions(size_kinds, size_numbers, size_channels, EVENT, seed, member, script.sizes)
    link_sizes(size_rows, params, script.sizes)
    set_rows(given_size_rows, given_sizes, script.sizes)
    draw_event_uniforms(draw_channels, chance_seed, member, script.lots)
    is_weighed = is_wanted(recorded, ROW.choice, AFTER_CHOICE)  # the choices feed nothing else
    initial_state.initial_values(values, params)
    for quarter in range(quarters):
        is_drawn = quarter > history_until
        if quarter >= OBSERVED_QUARTERS:
            lots = values[ROW.growth_deviate : ROW.growth_deviate + DRAW_ROWS]
            draw_uniforms(lots, quarter, chance_seed, member)
            to_normal(lots)
        state.grow_economies(values, params, quarter)
        relations.fade_relations(values, params)
        supplier_history.fade_influence(values, pools)
        for line in range(starts[quarter], starts[quarter + 1]):
            apply_event(values, params, pools, book, script, line, quarter)
        buyer.receive(values, pools, book, quarter)
        peacekeeper.update_peacekeeping(values, params)
        peacekeeper.kfor_command(values, params, pools)
        relations.update_provocation(values, params, pools.is_touched)
        supplier_history.influence_from_deliveries(values, params, pools)
        relations.backlash(values, params, pools.is_provoked)
        relations.encirclement_loss(values, params, pools.is_provoked)
        relations.update_grievances(values, pools.is_provoked)
        relations.gratitude(values, params, pools.is_provoked)
        supplier_history.update_influence(values, params)
        supplier_history.supplier_appeal(values, params, pools)
        relations.update_attitudes(values)
        state.update_threat(values, params, quarter)
        peacekeeper.update_tension(values, params, pools.is_provoked, is_drawn)
        peacekeeper.update_incident_hazard(values, params, is_drawn)
        state.update_budgets(values, params, quarter)
        if is_weighed:
            buyer.weigh_uav(values, params, SRB)
            buyer.weigh_uav(values, params, XKX)
        if is_drawn:
            buyer.request(values, params, book, weights, quarter, chance_seed, member)
        patron.update_patrons(values, params)
        if is_drawn:
            patron.draw_counter_transfers(values, params, book, quarter, chance_seed, member)
        state.update_stocks(values, params, is_drawn)
        supplier_history.depreciate_holdings(values, params, pools)
        relations.update_trade(values, params, quarter)
        relations.update_attitudes(values)
        clear_pools(values, pools)
        record(values, recorded, quarter, out)


@compiled
def is_wanted(recorded, first, after):
    """Whether any row of the world from the first to the one before `after` is recorded."""
    is_found = False
    for s in range(recorded.shape[0]):
        is_found = is_found or first <= recorded[s] < after
    return is_found


@compiled
def link_sizes(size_rows, params, sizes):
    """Sizes that are parameters: the price of a drone, where the script names none."""
    for row in range(size_rows.shape[0]):
        if size_rows[row] != NONE:
            sizes[row] = params[size_rows[row]]


@compiled
def draw_event_uniforms(channels, seed, member, lots):
    """The uniform draws that orders and offers of the script need."""
    for row in range(channels.shape[0]):
        for k in range(LANES):
            lots[row, k] = uniform(seed, member[k], 0, channels[row], EVENT)


@compiled
def record(values, recorded, quarter, out):
    """This quarter of the recorded series."""
    for s in range(recorded.shape[0]):
        for k in range(LANES):
            out[s, quarter, k] = values[recorded[s], k]


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
    chance_seed : of what happens by chance, where it is to differ from that of the parameters: the same worlds, with
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
    size_rows: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    sizes: NDArray[np.float64] | None = None


def run_blocks(
    arrays: Encoded, params: Given, members: NDArray[np.int64], rows: NDArray[np.int64], *, seed: int, quarters: int,
    threads: int | None = None, progress: Callable[[int], None] | None = None, chance_seed: int | None = None,
) -> NDArray[np.float64]:  # fmt: skip
    """Run members in blocks of lanes; a number that is not finite stays in the result.

    rows    : of the world, to record (see `rows_of`)
    returns : (rows, quarters, lanes), as many lanes as fill whole blocks; those beyond the members repeat them
    """
    blocks = -(-len(members) // LANES)
    lanes_in_all = blocks * LANES
    padded = np.resize(members, lanes_in_all)
    values = _padded(params.values, lanes_in_all)
    sizes = _padded(np.empty((0, len(members))) if params.sizes is None else params.sizes, lanes_in_all)
    out = np.empty((len(rows), quarters, lanes_in_all))
    history_until = index_of(EVENTS_DOCUMENTED_UNTIL)
    pages = len(arrays.draw_channels) + quarters * (STATES + PATRONS)

    def run(block: int) -> None:
        lanes = slice(block * LANES, (block + 1) * LANES)
        simulate_block(
            seed, seed if chance_seed is None else chance_seed, padded[lanes], quarters, history_until,
            arrays.kinds, arrays.numbers, arrays.channels, params.rows, np.ascontiguousarray(values[:, lanes]),
            arrays.size_kinds, arrays.size_numbers, arrays.size_channels, arrays.size_rows, params.size_rows,
            np.ascontiguousarray(sizes[:, lanes]), arrays.draw_channels, arrays.lines, arrays.starts, pages, rows,
            out[:, :, lanes],
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


def _not_finite(recorded: NDArray[np.float64], wanted: Sequence[Series], members: NDArray[np.int64]) -> str:
    series, quarter, member = np.argwhere(~np.isfinite(recorded))[0]
    one = wanted[series]
    return f"{one.variable} {one.actor} {one.counterpart} is not finite in quarter {name_of(quarter)} of member {members[member]}"


def _padded(values: NDArray[np.float64], length: int) -> NDArray[np.float64]:
    """Columns repeated from the first one on until there are so many."""
    return values[:, np.resize(np.arange(values.shape[1]), length)]


@njit(nogil=True, error_model="numpy", cache=True)
def draw_members(kinds, numbers, channels, seed, members, out):
    """Parameters of any number of members: out is (rows, members), members a multiple of the block size."""
    for block in range(members.shape[0] // LANES):
        lanes = slice(block * LANES, (block + 1) * LANES)
        draw_distributions(kinds, numbers, channels, PARAMETER, seed, members[lanes], out[:, lanes])


def drawn_parameters(
    table: ParameterTable, *, members: Sequence[int] | NDArray[np.int64], seed: int
) -> NDArray[np.float64]:
    """The parameters that members draw, (rows of the table, members)."""
    numbers = np.asarray(members, dtype=np.int64)
    padded = np.resize(numbers, -(-len(numbers) // LANES) * LANES)
    out = np.empty((table.size, len(padded)))
    draw_members(*distribution_arrays(table.distributions, table.keys), seed, padded, out)
    out[list(table.fitted), : len(numbers)] = fitted_values(table, seed, numbers)
    return out[:, : len(numbers)]


@njit(nogil=True, error_model="numpy", cache=True)
def invert(kinds, numbers, shares, out):
    """Values below which shares of distributions lie: shares and out are (distributions, points)."""
    for row in range(kinds.shape[0]):
        for k in range(shares.shape[1]):
            out[row, k] = drawn_value(
                kind=kinds[row],
                centre=numbers[row, 0],
                spread=numbers[row, 1],
                low=numbers[row, 2],
                high=numbers[row, 3],
                u=shares[row, k],
            )


def values_at(distributions: Sequence[Distribution], shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values below which shares of distributions lie.

    shares  : (distributions, points), strictly between 0 and 1 but for uniform distributions
    returns : (distributions, points)
    """
    kinds, numbers, _ = distribution_arrays(distributions, [""] * len(distributions))
    out = np.empty_like(shares)
    invert(kinds, numbers, np.ascontiguousarray(shares), out)
    return out


@compiled
def to_normal(lots):
    """The first of the lots, made standard normal."""
    for i in range(NORMAL_ROWS):
        for k in range(LANES):
            lots[i, k] = normal_quantile(u=lots[i, k])


@compiled
def draw_uniforms(lots, quarter, seed, member):
    """The lots of the quarter, for all that is drawn in every quarter, as uniform numbers."""
    for i in range(DRAW_ROWS):
        for k in range(LANES):
            lots[i, k] = uniform(seed, member[k], quarter, DRAW_CHANNELS[i], QUARTERLY)
