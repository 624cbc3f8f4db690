"""One block of members, compiled: what its members draw, and the phases of every quarter in their order.

`simulate_block` is the one function that carries the arrays from phase to phase; `sim.engines.compiled.engine` runs blocks.
"""

from collections import namedtuple

import numpy as np
from numba import njit

from sim.engines.compiled import buyer, initial_state, patron, peacekeeper, relations, state, supplier_history
from sim.engines.compiled.buyer import Book, Pools
from sim.engines.compiled.events import Lines, apply_event, clear_pools
from sim.engines.compiled.jit import compiled
from sim.engines.compiled.layout import (
    ACTORS,
    DRAW_CHANNELS,
    DRAW_ROWS,
    KINDS,
    LANES,
    LINKED_FROM_START,
    NONE,
    NORMAL_ROWS,
    PARAM_ROWS,
    PATRONS,
    ROW,
    ROWS,
    SRB,
    STATES,
    SUPPLIERS,
    XKX,
)
from sim.model.calendar import HISTORY_UNTIL, OBSERVED_QUARTERS
from sim.model.random_numbers import EVENT, PARAMETER, QUARTERLY, uniform
from sim.rules import draws
from sim.rules.draws import drawn_value
from sim.rules.elementary import normal_quantile

AFTER_CHOICE = ROW.choice + SUPPLIERS * STATES

Distributions = namedtuple("Distributions", "kinds numbers channels rows_set values_set")  # noqa: PYI024 - compiled code reads it
"""Uncertain numbers, one per row: (rows,) code of each distribution, (rows, 4) its numbers, (rows,) the channel of its draw; and
the rows that a fit or a sweep sets instead, with (rows set, LANES) values; of a row that is named twice, the last counts."""

ScriptArrays = namedtuple("ScriptArrays", "lines starts draw_channels size_parameters")  # noqa: PYI024 - compiled code reads it
"""(lines, 8) of the script, (quarters + 1,) the first line of each quarter, the channels of the uniform draws that booked orders and
offers need, and for each size the row of the parameter that gives it, or NONE."""


@njit(nogil=True, error_model="numpy", cache=True)
def simulate_block(seed, chance_seed, member, parameters, sizes, script, recorded, out):
    """Run one block of members and record it.

    seed        : of the members' parameters and of the sizes of the script's events
    chance_seed : of what is drawn quarter by quarter, and of the lead times of the script's orders
    member      : (LANES,) numbers of the members
    parameters  : Distributions of the parameters
    sizes       : Distributions of the sizes of the script's events
    script      : ScriptArrays
    recorded    : (series,) rows of the world to record
    out         : (series, quarters, LANES) filled
    """
    quarters = out.shape[1]
    values, params = np.zeros((ROWS, LANES)), np.empty((PARAM_ROWS, LANES))
    weights = np.empty(SUPPLIERS)
    pools = empty_pools()
    book = empty_book(script.draw_channels.shape[0] + quarters * (STATES + PATRONS), quarters)
    lines = Lines(
        script.lines,
        np.empty((sizes.kinds.shape[0], LANES)),
        np.empty((script.draw_channels.shape[0], LANES)),
        np.empty(LANES),
    )
    draw_distributions(parameters, PARAMETER, seed, member, params)
    set_rows(parameters, params)
    draw_distributions(sizes, EVENT, seed, member, lines.sizes)
    link_sizes(script.size_parameters, params, lines.sizes)
    set_rows(sizes, lines.sizes)
    draw_event_uniforms(script.draw_channels, chance_seed, member, lines.lots)
    is_weighed = is_wanted(recorded, ROW.choice, AFTER_CHOICE)  # the choices feed nothing else
    initial_state.initial_values(values, params)
    for quarter in range(quarters):
        is_drawn = quarter > HISTORY_UNTIL
        if quarter >= OBSERVED_QUARTERS:
            draw_quarter(values[ROW.growth_deviate : ROW.growth_deviate + DRAW_ROWS], quarter, chance_seed, member)
        state.start_quarter(values)
        state.grow_economy(values, params, quarter)
        relations.fade_relations(values, params)
        supplier_history.fade_influence(values, pools)
        for line in range(script.starts[quarter], script.starts[quarter + 1]):
            apply_event(values, params, pools, book, lines, line, quarter)
        buyer.receive_orders(values, pools, book, quarter)
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
        state.update_capability(values, params, quarter)
        state.update_misperception(values, params)
        state.update_threat(values, params)
        peacekeeper.update_tension(values, params, pools.is_provoked, is_drawn)
        peacekeeper.update_incident_hazard(values, params, is_drawn)
        state.update_desired_gap(values, params)
        state.update_budget(values, params, quarter)
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
def empty_pools():
    """What a quarter's deliveries fill, and who may deal with whom from the start."""
    return Pools(
        np.zeros((STATES, KINDS), np.bool_),
        np.zeros((STATES, ACTORS), np.bool_),
        LINKED_FROM_START.copy(),
        np.zeros((STATES, SUPPLIERS), np.bool_),
    )


@compiled
def empty_book(pages, quarters):
    """An order book with room for as many orders as could ever be booked."""
    return Book(
        np.empty((LANES, pages, 5), np.int64),
        np.empty((LANES, pages, 2)),
        np.full((LANES, quarters), NONE),
        np.full((LANES, quarters), NONE),
        np.zeros(LANES, np.int64),
    )


# ---- what members draw -----------------------------------------------------------------------------------------------


@compiled
def draw_distributions(distributions, stream, seed, member, out):
    """Every row's distribution, drawn for the members of a block; rows that a fit gives are left to `set_rows`."""
    for row in range(distributions.kinds.shape[0]):
        kind = distributions.kinds[row]
        if kind == draws.FITTED:
            continue
        for k in range(LANES):
            if kind == draws.FIXED:
                out[row, k] = distributions.numbers[row, 0]
            else:
                out[row, k] = drawn_value(
                    kind=kind,
                    centre=distributions.numbers[row, 0],
                    spread=distributions.numbers[row, 1],
                    low=distributions.numbers[row, 2],
                    high=distributions.numbers[row, 3],
                    u=uniform(seed, member[k], 0, distributions.channels[row], stream),
                )


@compiled
def set_rows(distributions, out):
    """The rows that a fit or a sweep sets."""
    for n in range(distributions.rows_set.shape[0]):
        for k in range(LANES):
            out[distributions.rows_set[n], k] = distributions.values_set[n, k]


@compiled
def link_sizes(size_parameters, params, sizes):
    """Sizes that are parameters: the price of a drone, where the script names none."""
    for row in range(size_parameters.shape[0]):
        if size_parameters[row] != NONE:
            sizes[row] = params[size_parameters[row]]


@compiled
def draw_event_uniforms(channels, seed, member, out):
    """The uniform draws that orders and offers of the script need."""
    for row in range(channels.shape[0]):
        for k in range(LANES):
            out[row, k] = uniform(seed, member[k], 0, channels[row], EVENT)


@compiled
def draw_quarter(deviates, quarter, seed, member):
    """All that is drawn in every quarter, (draws, LANES), the first of them as standard normal numbers."""
    for i in range(DRAW_ROWS):
        for k in range(LANES):
            deviates[i, k] = uniform(seed, member[k], quarter, DRAW_CHANNELS[i], QUARTERLY)
    for i in range(NORMAL_ROWS):
        for k in range(LANES):
            deviates[i, k] = normal_quantile(u=deviates[i, k])


# ---- what is recorded ------------------------------------------------------------------------------------------------


@compiled
def is_wanted(recorded, first, after):
    """Whether any row of the world from the first to the one before `after` is recorded."""
    is_found = False
    for s in range(recorded.shape[0]):
        is_found = is_found or first <= recorded[s] < after
    return is_found


@compiled
def record(values, recorded, quarter, out):
    """This quarter of the recorded series."""
    for s in range(recorded.shape[0]):
        for k in range(LANES):
            out[s, quarter, k] = values[recorded[s], k]


# ---- parameters alone ------------------------------------------------------------------------------------------------


@njit(nogil=True, error_model="numpy", cache=True)
def draw_members(distributions, seed, members, out):
    """Parameters of any number of members: out is (rows, members), members a multiple of the block size."""
    for block in range(members.shape[0] // LANES):
        lanes = slice(block * LANES, (block + 1) * LANES)
        draw_distributions(distributions, PARAMETER, seed, members[lanes], out[:, lanes])


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
