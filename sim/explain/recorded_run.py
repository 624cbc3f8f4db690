"""A run made again with all that an explanation needs: every row of it, what each member drew, what the script did."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, update_wrapper
from typing import Any, Concatenate, ParamSpec, TypeVar

import numpy as np
from numpy.typing import NDArray

from sim.engines.compiled.engine import drawn_parameters, simulate
from sim.engines.compiled.layout import PARAM, ROW, ROWS, ROWS_OF_THE_WORLD
from sim.engines.compiled.vectorized import Array, on_arrays
from sim.model.parameter_table import ParameterTable
from sim.model.random_numbers import EVENT, channel_of, uniforms
from sim.model.schedule import Item, Script
from sim.rules import draws

P = ParamSpec("P")
R = TypeVar("R")
UNUSED = ("arrived", "arrived_in_all", "provoked", "armed", "embargo", "influence", "trade", "utility", "weight_in_all")
PLACES = np.concatenate(
    [getattr(ROW, name) + np.arange(count) for name, count in ROWS_OF_THE_WORLD.items() if name not in UNUSED]
)
WHERE = np.full(ROWS, -1)
WHERE[PLACES] = np.arange(len(PLACES))


@dataclass(frozen=True, eq=False)
class Record:
    """Some members under one scenario, quarter by quarter.

    rows   : (rows, quarters, members): those rows of the world that are needed, see `PLACES`
    drawn  : (rows of the parameters, members)
    seeds  : of the parameters and sizes, and of what happens by chance
    twin   : another scenario of the same members, if there is one, and in how many quarters everything is the same in both
    cache  : what was worked out before, for whoever asks again
    """

    script: Script
    members: NDArray[np.int64]
    seeds: tuple[int, int]
    rows: Array
    drawn: Array
    twin: "tuple[Record, int] | None" = None
    cache: dict[Any, Any] = field(default_factory=dict)

    @property
    def quarters(self) -> int:
        return self.rows.shape[1]

    def row(self, name: str, place: int, quarter: int) -> Array:
        """A row of the world at the end of a quarter, (members,)."""
        return self.at(getattr(ROW, name) + place, quarter)

    def at(self, row: int, quarter: int) -> Array:
        """The same by the row's own address."""
        values: Array = self.rows[WHERE[row], quarter]
        return values

    def param(self, name: str, place: int = 0) -> Array:
        """A parameter of each member, (members,)."""
        values: Array = self.drawn[getattr(PARAM, name) + place]
        return values

    @cached_property
    def zeros(self) -> Array:
        return np.zeros(len(self.members))

    def size(self, item: Item, number: int = 0) -> Array:
        """A number of an item, as each member draws it."""
        size = item.sizes[number]
        if size.parameter:
            return self.param(size.parameter)
        if ("size", size) not in self.cache:
            one = size.distribution
            shares = self.zeros if one.kind == "fixed" else self.uniforms(size.draw, self.seeds[0])
            self.cache["size", size] = on_arrays(
                draws.drawn_value, kind=draws.CODES[one.kind], centre=one.centre, spread=one.spread, low=one.low,
                high=one.high, u=shares,
            )  # fmt: skip
        values: Array = self.cache["size", size]
        return values

    def uniforms(self, name: str, seed: int) -> Array:
        """The uniform draws of a name in the stream of the script's events."""
        values: Array = uniforms(seed, self.members, 0, channel_of(name), EVENT)
        return values


def record(
    parameters: ParameterTable, script: Script, *, members: Sequence[int] | NDArray[np.int64], seed: int, quarters: int,
    chance_seed: int | None = None, twin: Record | None = None,
) -> Record:  # fmt: skip
    """Members under one scenario, run again; arguments as of the engine. Quarters that are as in a twin, the same members under another
    scenario, are not worked out again."""
    numbers = np.asarray(members, dtype=np.int64)
    rows = simulate(
        parameters, script, members=numbers, seed=seed, quarters=quarters, chance_seed=chance_seed,
        rows_recorded=PLACES,
    )  # fmt: skip
    drawn = drawn_parameters(parameters, members=numbers, seed=seed)
    made = Record(script, numbers, (seed, seed if chance_seed is None else chance_seed), rows, drawn)
    return made if twin is None else replace(made, twin=(twin, _alike(twin, made)))


def _alike(one: Record, other: Record) -> int:
    """In how many quarters from the first on two records have the same numbers, by the same entries of their scripts."""
    pairs = (one.seeds, other.seeds), (one.members, other.members), (one.drawn, other.drawn)
    if not all(np.array_equal(*pair) for pair in pairs):
        return 0
    for quarter in range(min(one.quarters, other.quarters)):
        items = [record.script.by_quarter.get(quarter, ()) for record in (one, other)]
        if items[0] != items[1] or not np.array_equal(one.rows[:, quarter], other.rows[:, quarter]):
            return quarter
    return min(one.quarters, other.quarters)


def entry(item: Item) -> str:
    """Id of the entry of a scenario that an item comes from; all quarters of a series are one entry."""
    return item.id.rpartition(".")[0] if item.id.startswith("series.") else item.id


def cached(work: Callable[Concatenate[Record, P], R]) -> Callable[Concatenate[Record, P], R]:
    """Decorator of what is worked out from a record: it is kept there for whoever asks again."""

    def remembered(record: Record, /, *args: P.args, **kwargs: P.kwargs) -> R:
        key = (work.__module__, work.__name__, args, *kwargs.values())
        if key not in record.cache:
            record.cache[key] = work(record, *args, **kwargs)
        result: R = record.cache[key]
        return result

    return update_wrapper(remembered, work)


def by_quarter(step: Callable[..., R]) -> Callable[..., list[R]]:
    """Decorator of what is worked out quarter after quarter, each time from what it was in the quarter before.

    step    : takes a record, whose number it is, the quarter, and what was reached in the quarter before, None in the first
    returns : takes a record and whose number it is; gives what is reached in each quarter
    """

    def reached(record: Record, *whose: Any) -> list[R]:
        twin, alike = (None, 0) if record.twin is None else record.twin
        values = [] if twin is None else remembered(twin, *whose)[:alike]
        for quarter in range(len(values), record.quarters):
            values.append(step(record, *whose, quarter, values[-1] if values else None))
        return values

    remembered = cached(update_wrapper(reached, step))
    return remembered
