"""The model, warm: worlds that were run are kept, so that a slider costs one run of what it changes."""

import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Generic, TypeVar

import numpy as np

from sim.classroom.levers import Position, moved
from sim.classroom.shown import Array, recorded
from sim.errors import InputError, Problem, suggestion
from sim.fits import DEFAULT_FIT
from sim.quarters import COUNT
from sim.readings import reading
from sim.scenario import Scenario, list_scenarios, load_scenario
from sim.worlds import simulated, world_for

MEMBERS, SEED = 200, 1
WORLDS_KEPT = 24
Kept = TypeVar("Kept")


class Shelf(Generic[Kept]):
    """The last things that were made, by what they were made from; two who ask for one thing wait for one making."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._things: OrderedDict[Any, Kept] = OrderedDict()
        self._making: dict[Any, threading.Lock] = {}
        self._lock = threading.Lock()

    def get(self, key: Any, make: Callable[[], Kept]) -> Kept:
        """The thing of a key, made if it is not there."""
        with self._lock:
            if key in self._things:
                self._things.move_to_end(key)
                return self._things[key]
            turn = self._making.setdefault(key, threading.Lock())
        with turn:
            with self._lock:
                if key in self._things:
                    return self._things[key]
            try:
                thing = make()
            finally:
                with self._lock:
                    self._making.pop(key, None)
            with self._lock:
                self._things[key] = thing
                while len(self._things) > self._room:
                    self._things.popitem(last=False)
            return thing


@dataclass(frozen=True)
class Asked:
    """A world to run: a scenario with sliders moved, under a reading if one is named."""

    scenario: Scenario
    reading: str | None = None

    @cached_property
    def key(self) -> tuple[str, str | None]:
        return self.scenario.digest, self.reading


_worlds: Shelf[Array] = Shelf(WORLDS_KEPT)
_processors = threading.Semaphore(os.cpu_count() or 1)


def members_of(asked: Asked) -> Array:
    """Recorded members of a world, (series of `recorded`, quarters, members)."""
    return _worlds.get(asked.key, lambda: _run(asked))


def _run(asked: Asked) -> Array:
    world = world_for(asked.scenario, asked.reading, DEFAULT_FIT)
    members = np.arange(MEMBERS, dtype=np.int64)
    with _processors:  # one processor a world: two worlds side by side are done sooner than one after the other
        return simulated(world, members, seed=SEED, quarters=COUNT, series=recorded(), threads=1)


def run_together(worlds: Sequence[Asked]) -> None:
    """Run worlds side by side, so that asking for them next costs nothing."""
    if len({one.key for one in worlds}) > 1:
        with ThreadPoolExecutor(len(worlds)) as pool:
            list(pool.map(members_of, worlds))


@cache
def scenario_of(id_: str) -> Scenario:
    """A scenario of the library by its id; InputError names the nearest. A path is refused."""
    known = [one.id for one in list_scenarios()]
    if id_ not in known:
        message = f"there is no scenario {id_[:60]!r} in the library{suggestion(id_, known)}"
        raise InputError("request", [Problem(None, "scenario", message)])
    return load_scenario(id_)


def compared_with(scenario: Scenario) -> Scenario | None:
    """The scenario that one is compared to; None where it is compared to nothing."""
    return None if scenario.compare_to is None else load_of(scenario.compare_to)


@cache
def load_of(ref: str) -> Scenario:
    """A scenario, read once."""
    return load_scenario(ref)


def asked(scenario: Scenario, positions: Mapping[str, Position], reading_name: str | None = None) -> Asked:
    """A scenario with sliders moved, ready to run; InputError if there is no such reading."""
    if reading_name is not None:
        reading(reading_name)
    return Asked(moved(scenario, positions), reading_name)
