"""A parameter table and a script as the arrays that the compiled engine reads."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engines.compiled.arrays import LINE
from sim.engines.compiled.layout import KINDS, NET, NONE, ROW, SUPPLIERS, TRUST_ROW
from sim.model.distributions import Distribution
from sim.model.network import FIRST, SECOND
from sim.model.parameter_table import ParameterTable
from sim.model.parameters import CLASSES
from sim.model.random_numbers import channel_of
from sim.model.schedule import CHOOSE, DELIVER, OFFER, ORDER, SET, Item, Script, Size, number, place_of
from sim.model.variables import ARRIVALS, OF_STATES, OF_TIES, Series
from sim.rules import draws

ROW_OF_VARIABLE = {"relation": "cooperation", "supplier_choice": "choice", "patron_support": "grants"}


def row_of(series: Series) -> int:
    """Row of the values that holds a recorded series."""
    base: int = getattr(ROW, ROW_OF_VARIABLE.get(series.variable, series.variable), NONE)
    actor, counterpart = series.actor, series.counterpart
    if series.variable in OF_STATES:
        return base + NET.states.index(actor)
    if series.variable in ARRIVALS.values():
        pool = NET.states.index(actor) * KINDS + list(ARRIVALS.values()).index(series.variable)
        return int(ROW.arrived) + pool * SUPPLIERS + NET.suppliers.index(counterpart)
    if series.variable == "trade":
        return base + NET.pair(actor, counterpart)
    if series.variable in OF_TIES:
        return base + NET.tie(actor, counterpart)
    if series.variable in ("supplier_choice", "orders", "deliveries", "dependence"):
        return base + NET.states.index(actor) * SUPPLIERS + NET.suppliers.index(counterpart)
    if series.variable == "misperception":
        return base + NET.rivals.index((actor, counterpart))
    if series.variable == "image":
        return base + (FIRST, SECOND).index(actor)
    if series.variable == "influence":
        return base + NET.states.index(counterpart) * SUPPLIERS + NET.suppliers.index(actor)
    if series.variable == "patron_support":
        return base + NET.patrons.index(actor)
    return base


Encoded = dict[str, NDArray[Any]]
"""A parameter table and a script as the arrays that `simulate_block` reads, by their names in `engine.rooms`."""


def encoded(parameters: ParameterTable, script: Script, quarters: int) -> Encoded:
    """The arrays of a parameter table and a script, for a run of so many quarters."""
    sizes = sizes_of(script, quarters)
    rows = {size: row for row, size in enumerate(sizes)}
    waits: list[int] = []
    lines, starts = [], [0]
    for quarter in range(quarters):
        for item in script.by_quarter.get(quarter, ()):
            lines.append(line_of(item, rows, len(waits)))
            waits += waits_of(item)
        starts.append(len(lines))
    of_sizes = distribution_arrays([size.distribution for size in sizes], [size.draw for size in sizes])
    links = [parameters.offset(size.parameter) if size.parameter else NONE for size in sizes]
    named = ("kinds", "numbers", "channels")
    return {
        **dict(zip(named, distribution_arrays(parameters.distributions, parameters.keys), strict=True)),
        **{f"size_{name}": array for name, array in zip(named, of_sizes, strict=True)},
        "size_rows": np.array(links, dtype=np.int64),
        "draw_channels": np.array(waits, dtype=np.int64),
        "lines": np.array(lines, dtype=np.int64).reshape(-1, LINE),
        "starts": np.array(starts, dtype=np.int64),
    }


def sizes_of(script: Script, quarters: int) -> list[Size]:
    """The sizes of a script in the order of their rows, each once."""
    items = (item for quarter in range(quarters) for item in script.by_quarter.get(quarter, ()))
    return list(dict.fromkeys(size for item in items for size in sizes_in(item)))


def sizes_in(item: Item) -> tuple[Size, ...]:
    """An item's numbers; of one that names an actor, the actor's place."""
    if item.operation != CHOOSE:
        return item.sizes
    codes = NET.givers if item.what == "commander" else NET.suppliers
    return (number(float(codes.index(item.subject) if item.subject else NONE)),)


def waits_of(item: Item) -> list[int]:
    """Channels of the uniform draws that an item needs when it happens."""
    names = ("lead", "choice", "consent") if item.operation == OFFER else ("lead",) if item.booked else ()
    return [channel_of(f"{item.id}.{name}") for name in names]


def distribution_arrays(
    distributions: Sequence[Distribution], names: Sequence[str]
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int64]]:
    """Codes (n,), numbers (n, 4) and channels (n,) of named distributions."""
    codes = np.array([draws.CODES[d.kind] for d in distributions], dtype=np.int64)
    numbers = np.array([(d.centre, d.spread, d.low, d.high) for d in distributions], dtype=np.float64).reshape(-1, 4)
    return codes, numbers, np.array([channel_of(name) for name in names], dtype=np.int64)


def line_of(item: Item, rows: dict[Size, int], wait: int) -> tuple[int, ...]:
    """An item in the columns that `sim.engines.compiled.events` names, of arms or of a write."""
    sizes = [rows[size] for size in sizes_in(item)]
    if item.operation in (DELIVER, ORDER, OFFER):
        ends = NET.suppliers.index(item.subject), NET.states.index(item.target)
        return item.operation, CLASSES.index(item.what), *ends, item.payment, wait if waits_of(item) else NONE, *sizes
    operation = SET if item.operation == CHOOSE else item.operation
    row = getattr(ROW, item.what) + place_of(item.what, item.of)
    trust = int(TRUST_ROW[tuple(map(NET.givers.index, item.believed))]) if item.believed else NONE
    return operation, row, item.rule, trust, *sizes, *[NONE] * (LINE - 4 - len(sizes))
