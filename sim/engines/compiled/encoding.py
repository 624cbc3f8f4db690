"""A parameter table and a script as the arrays that the compiled engine reads."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.engines.compiled.layout import NET, NONE, ROW, SUPPLIERS
from sim.model.distributions import Distribution
from sim.model.network import KOSOVO, SERBIA, SUPPORTED
from sim.model.parameter_table import ParameterTable
from sim.model.parameters import CLASSES
from sim.model.random_numbers import channel_of
from sim.model.schedule import DELIVERY, LEVEL, OFFER, ORDER, SUPPLEMENT, TRADE_SHOCK, Item, Script, Size
from sim.model.variables import OF_STATES, OF_TIES, Series
from sim.rules import draws

ROW_OF_VARIABLE = {
    "relation": "cooperation",
    "supplier_choice": "choice",
}


def row_of(series: Series) -> int:
    """Row of the world that holds a recorded series."""
    base: int = getattr(ROW, ROW_OF_VARIABLE.get(series.variable, series.variable), NONE)
    actor, counterpart = series.actor, series.counterpart
    if series.variable in OF_STATES:
        return base + NET.states.index(actor)
    if series.variable == "trade":
        return base + NET.pair(actor, counterpart)
    if series.variable in OF_TIES:
        return base + NET.tie(actor, counterpart)
    if series.variable in ("supplier_choice", "orders", "deliveries", "dependence"):
        return base + NET.states.index(actor) * SUPPLIERS + NET.suppliers.index(counterpart)
    if series.variable == "misperception":
        return base + NET.rivals.index((actor, counterpart))
    if series.variable == "image":
        return base + (SERBIA, KOSOVO).index(actor)
    if series.variable == "influence":
        return base + NET.states.index(counterpart) * SUPPLIERS + NET.suppliers.index(actor)
    if series.variable == "patron_support":
        return (ROW.counter_support if counterpart == SERBIA else ROW.grants) + NET.patrons.index(actor)
    return base


@dataclass(frozen=True)
class Encoded:
    """A parameter table and a script as the arrays that `simulate_block` reads."""

    kinds: NDArray[np.int64]
    numbers: NDArray[np.float64]
    channels: NDArray[np.int64]
    size_kinds: NDArray[np.int64]
    size_numbers: NDArray[np.float64]
    size_channels: NDArray[np.int64]
    size_rows: NDArray[np.int64]
    draw_channels: NDArray[np.int64]
    lines: NDArray[np.int64]
    starts: NDArray[np.int64]


def encoded(parameters: ParameterTable, script: Script, quarters: int) -> Encoded:
    """The arrays of a parameter table and a script, for a run of so many quarters."""
    sizes: list[Size] = []
    leads: list[str] = []
    lines, starts = [], [0]
    for quarter in range(quarters):
        for item in script.by_quarter.get(quarter, ()):
            lines.append(_line(item, len(sizes), len(leads)))
            sizes += item.sizes or (Size(Distribution("fixed", _place_of_choice(item)), item.id),)
            leads += [f"{item.id}.{what}" for what in _waits(item)]
        starts.append(len(lines))
    return Encoded(
        *distribution_arrays(parameters.distributions, parameters.keys),
        *distribution_arrays([size.distribution for size in sizes], [size.draw for size in sizes]),
        np.array([parameters.offset(size.parameter) if size.parameter else NONE for size in sizes], dtype=np.int64),
        np.array([channel_of(name) for name in leads], dtype=np.int64),
        np.array(lines, dtype=np.int64).reshape(-1, 8),
        np.array(starts, dtype=np.int64),
    )


def _waits(item: Item) -> tuple[str, ...]:
    """Names of the uniform draws that an item needs when it happens."""
    if item.kind == OFFER:
        return ("lead", "choice", "consent")
    return ("lead",) if item.booked else ()


def _place_of_choice(item: Item) -> float:
    """Whom a level without a number names: the commander of KFOR, or a supplier."""
    codes = NET.givers if item.what == "commander" else NET.suppliers
    return float(codes.index(item.subject) if item.subject in codes else NONE)


def distribution_arrays(
    distributions: Sequence[Distribution], names: Sequence[str]
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int64]]:
    """Codes (n,), numbers (n, 4) and channels (n,) of named distributions."""
    codes = np.array([draws.CODES[d.kind] for d in distributions], dtype=np.int64)
    numbers = np.array([(d.centre, d.spread, d.low, d.high) for d in distributions], dtype=np.float64).reshape(-1, 4)
    return codes, numbers, np.array([channel_of(name) for name in names], dtype=np.int64)


def _line(item: Item, first: int, lead: int) -> tuple[int, ...]:
    """kind, what, subject, target, row, payment, first size, first lead draw."""
    what = CLASSES.index(item.what) if item.what in CLASSES else int(item.what == "lethal")
    goods = item.kind in (ORDER, DELIVERY, OFFER)
    subject = _place(NET.suppliers if goods else NET.givers, item.subject)
    target = _place(NET.states if goods else NET.givers, item.target)
    return item.kind, what, subject, target, _row(item), item.payment, first, lead if _waits(item) else NONE


def _place(codes: tuple[str, ...], code: str) -> int:
    return codes.index(code) if code else NONE


def _row(item: Item) -> int:
    """Row of the world that an item sets or shifts, if it does."""
    if item.kind == SUPPLEMENT:
        return ROW.supplement + NET.states.index(item.subject)
    if item.kind == TRADE_SHOCK:
        return ROW.trade_gap + NET.pair(item.subject, item.target)
    if item.kind != LEVEL:
        return NONE
    base: int = getattr(ROW, item.what)
    if item.what == "support":
        return base + SUPPORTED.index(item.target) * len(NET.patrons) + NET.patrons.index(item.subject)
    if item.what in ("unrest", "transparency"):
        return base + NET.states.index(item.subject)
    if item.what == "forced_supplier":
        return base + NET.states.index(item.target)
    if item.what == "embargo":
        return base + NET.states.index(item.target) * SUPPLIERS + NET.suppliers.index(item.subject)
    return base
