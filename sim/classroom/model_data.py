"""The model as the page takes it: the module, what 200 simulations are given, and every script in the numbers that it reads.

The page puts events and numbers together as `sim.model.schedule` and `sim.engines.compiled.encoding` do, and holds no equation.
"""

import base64
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engines.compiled import build, engine
from sim.engines.compiled.arrays import LINE
from sim.engines.compiled.block import simulate_block
from sim.engines.compiled.encoding import distribution_arrays, line_of, row_of, waits_of
from sim.engines.compiled.layout import LANES, NONE
from sim.engines.compiled.library import values_in
from sim.engines.simulate import untouched_parameters
from sim.ensembles.draws import fitted_values
from sim.ensembles.registry import DEFAULT_FIT
from sim.io.quarters import COUNT
from sim.model.distributions import FITTED
from sim.model.parameter_table import ParameterTable
from sim.model.schedule import Item, Size, Spell
from sim.model.theories import theories
from sim.model.variables import Series
from sim.rules import draws
from sim.scenario.event import EventBase
from sim.scenario.event_types import event_adapter
from sim.scenario.loading import Scenario
from sim.translator.types import Number, leaves, signature_of

MEMBERS, SEED = 200, 1
LINES_MOST, SIZES_MOST, LOTS_MOST, SERIES_MOST = 1024, 2048, 256, 256
Patch = dict[int, list[float]]


class Pool(dict[Size, int]):
    """Numbers of events, each once; asked for a new one, it takes it in."""

    def __missing__(self, size: Size) -> int:
        self[size] = len(self)
        return self[size]


class Scripts:
    """Events of scenarios, each once, in the order in which they were met, as the numbers that the model reads; and their `sizes`."""

    def __init__(
        self, table: ParameterTable, told: Callable[[EventBase, Mapping[str, EventBase]], dict[str, Any]]
    ) -> None:
        """`told` gives what else the page is told of an event, which is one of some events by their ids."""
        self._table = table
        self._told = told
        self.sizes = Pool()
        self.events: list[dict[str, Any]] = []
        self._known: dict[str, int] = {}

    def of(self, events: Sequence[EventBase]) -> list[int]:
        """Places of a scenario's events, in its order."""
        arrivals = {ref: event.at for event in events if (ref := getattr(event, "ref", None)) is not None}
        known = {event.id: event for event in events}
        return [self._place(event, arrivals.get(event.id), known) for event in events]

    def _place(self, event: EventBase, arrival: str | None, known: Mapping[str, EventBase]) -> int:
        key = json.dumps([event.plain(), arrival], sort_keys=True)
        if key not in self._known:
            self._known[key] = len(self.events)
            self.events.append({**self.event(event, arrival), **self._told(event, known)})
        return self._known[key]

    def event(self, event: EventBase, arrival: str | None = None) -> dict[str, Any]:
        """One event: its id, its quarter, what happens at once and what holds for a while."""
        effects = [self._effect(effect) for effect in event.arriving(arrival).effects()]
        return {"id": event.id, "at": event.quarter, "does": [effect for effect in effects if effect is not None]}

    def _effect(self, effect: Item | Spell) -> Any:
        if isinstance(effect, Item):
            return self._item(effect) if effect.exists else None
        if not effect.on.exists:
            return None
        ends = [effect.start, NONE if effect.end is None else effect.end]
        return {"ends": ends, "key": repr(effect.key), "on": self._item(effect.on), "off": self._item(effect.off)}

    def _item(self, item: Item) -> list[int]:
        """Quarter, the columns of a line whose sizes are places in the pool, and the channels of the draws it waits for."""
        line = line_of(item, self.sizes, 0)
        return [item.quarter, *map(int, line), *waits_of(item)]

    def size_rows(self) -> list[list[float]]:
        """Of every number its distribution, its channel, and the row of the parameter that gives it instead."""
        distributions = [size.distribution for size in self.sizes]
        kinds, numbers, channels = distribution_arrays(distributions, [size.draw for size in self.sizes])
        rows = [self._table.offset(size.parameter) if size.parameter else NONE for size in self.sizes]
        return [
            [int(kind), *map(float, four), int(channel), row]
            for kind, four, channel, row in zip(kinds, numbers, channels, rows, strict=True)
        ]


# ---- parameters ------------------------------------------------------------------------------------------------------


def untouched() -> ParameterTable:
    return untouched_parameters(None, DEFAULT_FIT)


def patch(table: ParameterTable, overrides: Mapping[str, Any]) -> Patch:
    """Rows of the table that some overrides change, with the numbers of their distributions."""
    changed = table.with_overrides(overrides).distributions
    return {
        row: [draws.CODES[new.kind], new.centre, new.spread, new.low, new.high]
        for row, (old, new) in enumerate(zip(table.distributions, changed, strict=True))
        if old != new
    }


def packed(array: NDArray[Any]) -> str:
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


# ---- everything ------------------------------------------------------------------------------------------------------


def model_data(series: Iterable[Series]) -> dict[str, Any]:
    """What the page needs to run the model and to record some series, but for scripts."""
    table, members = untouched(), np.arange(MEMBERS, dtype=np.int64)
    kinds, numbers, channels = distribution_arrays(table.distributions, table.keys)
    rooms, call = _call(len(kinds))
    return {
        "wasm": base64.b64encode(build.SHIPPED.read_bytes()).decode(),
        "members": MEMBERS, "seed": SEED, "quarters": COUNT, "lanes": LANES, "fit": DEFAULT_FIT,
        "rooms": rooms, "call": call, "fitted_kind": draws.CODES[FITTED], "fixed_kind": draws.CODES["fixed"],
        "kinds": kinds.tolist(), "channels": channels.tolist(), "numbers": packed(numbers),
        "fitted": list(table.fitted), "given": packed(fitted_values(table, SEED, members)),
        "rows": {one.name: int(row_of(one)) for one in series},
        "theories": {name: patch(table, one.parameters) for name, one in theories().items()},
    }  # fmt: skip


def _call(parameters: int) -> tuple[list[list[Any]], list[Any]]:
    """The rooms of a block at its largest, and what `simulate_block` takes in order.

    Of a number its name, of an array ["at", name], of a length that may be smaller ["length", name, dimension].
    """
    whole = np.int64
    known: dict[str, NDArray[Any]] = {
        "kinds": np.zeros(parameters, whole), "numbers": np.zeros((parameters, 4)),
        "channels": np.zeros(parameters, whole), "rows_set": np.zeros(parameters, whole),
        "size_kinds": np.zeros(SIZES_MOST, whole), "size_numbers": np.zeros((SIZES_MOST, 4)),
        "size_channels": np.zeros(SIZES_MOST, whole), "size_rows_set": np.zeros(0, whole),
        "lines": np.zeros((LINES_MOST, LINE), whole), "starts": np.zeros(COUNT + 1, whole),
        "draw_channels": np.zeros(LOTS_MOST, whole), "size_rows": np.zeros(SIZES_MOST, whole),
        "recorded": np.zeros(SERIES_MOST, whole),
    }  # fmt: skip
    rooms = engine.rooms(known, COUNT)
    held: dict[str, NDArray[Any]] = {name: np.zeros(*room) for name, room in rooms.items()}
    names = {id(array): name for name, array in held.items()}
    given = engine.arguments_of(held, SEED, SEED)
    call: list[Any] = []
    for argument, kind in signature_of(simulate_block)[0].items():
        for (_, leaf), value in zip(leaves(argument, kind), values_in(given[argument]), strict=True):
            if isinstance(leaf, Number):
                call.append(argument)
                continue
            name = names[id(value)]
            call.append(["at", name])
            call += [["length", name, place] for place, known_length in enumerate(leaf.lengths) if known_length is None]
    return [[name, held[name].dtype.itemsize, list(held[name].shape)] for name in held], call


def scenario_data(scenario: Scenario, scripts: Scripts) -> dict[str, Any]:
    """The numbers of a scenario: places of its events, and the rows of the parameters that it sets."""
    return {"events": scripts.of(scenario.events), "patch": patch(untouched(), scenario.parameters)}


def event_of(row: Mapping[str, Any]) -> EventBase:
    """An event as a scenario file writes it. Raises pydantic's ValidationError."""
    event: EventBase = event_adapter().validate_python(dict(row))
    return event
