"""The arrays that the phases of a quarter pass to each other, with the lengths that the translator needs to know.

A block of members stands side by side in lanes, the last dimension of every array that has one.
"""

from typing import Annotated, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.engines.compiled.layout import ACTORS, KINDS, LANES, PARAM_ROWS, ROWS, STATES, SUPPLIERS
from sim.translator.types import Shape

LINE = 8  # columns of a line of the script
ORDER = 5  # columns of an order
REQUESTS = STATES * LANES  # in a quarter, at most one of each state in each lane

Values = Annotated[NDArray[np.float64], Shape((ROWS, LANES))]
Parameters = Annotated[NDArray[np.float64], Shape((PARAM_ROWS, LANES))]
Rows = Annotated[NDArray[np.float64], Shape((None, LANES))]
Row = Annotated[NDArray[np.float64], Shape((LANES,))]
Numbers = Annotated[NDArray[np.int64], Shape((None,))]
Members = Annotated[NDArray[np.int64], Shape((LANES,))]
OfRequests = Annotated[NDArray[np.float64], Shape((REQUESTS,))]
PlacesOfRequests = Annotated[NDArray[np.int64], Shape((REQUESTS,))]
Touched = Annotated[NDArray[np.bool_], Shape((STATES, KINDS))]
Provoked = Annotated[NDArray[np.bool_], Shape((STATES, ACTORS))]
Dealt = Annotated[NDArray[np.bool_], Shape((STATES, SUPPLIERS))]
Recorded = Annotated[NDArray[np.float64], Shape((None, None, LANES))]


class Book(NamedTuple):
    """Orders of every member.

    orders     : (LANES, orders, 5) buyer, supplier, class, payment, next
    sizes      : (LANES, orders, 2) units, value
    head, tail : (LANES, quarters) the first and last order that falls due in each quarter
    placed     : (LANES,) orders so far
    """

    orders: Annotated[NDArray[np.int64], Shape((LANES, None, ORDER))]
    sizes: Annotated[NDArray[np.float64], Shape((LANES, None, 2))]
    head: Annotated[NDArray[np.int64], Shape((LANES, None))]
    tail: Annotated[NDArray[np.int64], Shape((LANES, None))]
    placed: Members


class Requests(NamedTuple):
    """The requests of a quarter side by side, buyer by buyer.

    buyer, kind, lane : who asks for which class, in which lane
    deviate           : draw of the size
    units, value      : what is asked for
    best, total       : best utility of an offer, and sum of all weights
    weights           : (SUPPLIERS, requests) utility, then weight of each supplier
    """

    buyer: PlacesOfRequests
    kind: PlacesOfRequests
    lane: PlacesOfRequests
    deviate: OfRequests
    units: OfRequests
    value: OfRequests
    best: OfRequests
    total: OfRequests
    weights: Annotated[NDArray[np.float64], Shape((SUPPLIERS, REQUESTS))]


class Pools(NamedTuple):
    """What happened in any member of the block.

    is_touched  : which (state, class) got a delivery this quarter
    is_provoked : which (state, giver) provoked this quarter
    is_linked   : which (state, supplier) ever dealt with each other, or may
    is_signed   : which (state, supplier) ever signed an agreement
    """

    is_touched: Touched
    is_provoked: Provoked
    is_linked: Dealt
    is_signed: Dealt


class Lines(NamedTuple):
    """The script for the members of a block.

    lines   : (lines, 8) see `sim.engines.compiled.events`
    sizes   : (sizes, LANES) numbers that the lines need
    lots    : (draws, LANES) uniform draws that the lines need
    amounts : (LANES,) room for what a line writes
    """

    lines: Annotated[NDArray[np.int64], Shape((None, LINE))]
    sizes: Rows
    lots: Rows
    amounts: Row


class Distributions(NamedTuple):
    """Uncertain numbers, one per row, and those that a fit or a sweep sets instead.

    kinds      : (rows,) code of each distribution
    numbers    : (rows, 4) its numbers
    channels   : (rows,) channel of its draw
    rows_set   : (rows set,) rows that are set; of a row that is named twice, the last counts
    values_set : (rows set, LANES) to what
    """

    kinds: Numbers
    numbers: Annotated[NDArray[np.float64], Shape((None, 4))]
    channels: Numbers
    rows_set: Numbers
    values_set: Rows


class ScriptArrays(NamedTuple):
    """A script, for any members.

    lines           : (lines, 8) see `sim.engines.compiled.events`
    starts          : (quarters + 1,) first line of each quarter
    draw_channels   : (draws,) channels of the uniform draws that booked orders and offers need
    size_parameters : (sizes,) row of the parameter that gives a size, or NONE
    """

    lines: Annotated[NDArray[np.int64], Shape((None, LINE))]
    starts: Numbers
    draw_channels: Numbers
    size_parameters: Numbers


class Workspace(NamedTuple):
    """Room for one block, `values` and `params` for its numbers and parameters; what it holds before does not matter."""

    values: Values
    params: Parameters
    requests: Requests
    pools: Pools
    book: Book
    lines: Lines
