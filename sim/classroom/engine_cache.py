"""The model, warm: worlds that were run are kept, so that a slider costs one run of what it changes."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, TypeVar

import numpy as np

from sim.classroom.series_view import Array, lines, recorded
from sim.classroom.sliders import Position, moved
from sim.engines.simulate import PreparedScenario, simulated, untouched_parameters
from sim.ensembles.registry import DEFAULT_FIT
from sim.io.errors import refusal, suggestion
from sim.io.quarters import COUNT
from sim.model.parameter_table import ParameterTable
from sim.model.schedule import script_of
from sim.model.theories import theory
from sim.scenario.loading import Scenario, list_scenarios, load_scenario

MEMBERS, SEED = 200, 1
WORLDS_KEPT = 24
WORLDS_AT_ONCE = 2
Kept = TypeVar("Kept")


class LruCache(Generic[Kept]):
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
class PreparedRun:
    """A world to run.

    scenario : with sliders moved
    key      : what tells it from every other world
    theory  : a rival theory, or None
    has_map  : whether what the map shows is recorded with the lines
    """

    scenario: Scenario
    key: Hashable
    theory: str | None = None
    has_map: bool = True


_worlds: LruCache[Array] = LruCache(WORLDS_KEPT)
_turns = threading.Semaphore(WORLDS_AT_ONCE)


def members_of(asked: PreparedRun) -> Array:
    """Recorded members of a world, (series of `lines` or `recorded`, quarters, members)."""
    return _worlds.get((asked.key, asked.has_map), lambda: _run(asked))


def _run(asked: PreparedRun) -> Array:
    parameters = _untouched(asked.theory).with_overrides(asked.scenario.parameters)
    world = PreparedScenario(asked.scenario, parameters, script_of(asked.scenario.events))
    members = np.arange(MEMBERS, dtype=np.int64)
    series = recorded() if asked.has_map else lines()
    with _turns:  # a world takes all processors; a second one fills the gaps that it leaves
        return simulated(world, members, seed=SEED, quarters=COUNT, series=series)


@cache
def _untouched(theory_name: str | None) -> ParameterTable:
    return untouched_parameters(theory_name, DEFAULT_FIT)


def run_together(worlds: Sequence[PreparedRun]) -> None:
    """Run worlds side by side, so that asking for them next costs nothing."""
    if len({run.key for run in worlds}) > 1:
        with ThreadPoolExecutor(WORLDS_AT_ONCE) as pool:
            list(pool.map(members_of, worlds))


@cache
def scenario_of(id_: str) -> Scenario:
    """A scenario of the library by its id; InputError names the nearest. A path is refused."""
    known = [listing.id for listing in list_scenarios()]
    if id_ not in known:
        message = f"there is no scenario {id_[:60]!r} in the library{suggestion(id_, known)}"
        raise refusal("request", message, "scenario")
    return load_scenario(id_)


def compared_with(scenario: Scenario, chosen: str | None = None) -> Scenario | None:
    """The scenario that one is compared to: its own where none is chosen; None where it is compared to nothing ("")."""
    if chosen is not None:
        return scenario_of(chosen) if chosen else None
    return None if scenario.compare_to is None else load_of(scenario.compare_to)


@cache
def load_of(ref: str) -> Scenario:
    """A scenario, read once."""
    return load_scenario(ref)


def asked(
    scenario: Scenario, positions: Mapping[str, Position], theory_name: str | None = None, *, has_map: bool = True
) -> PreparedRun:
    """A scenario of the library with sliders moved, ready to run; InputError if there is no such theory."""
    if theory_name is not None:
        theory(theory_name)
    key = (scenario.id, tuple(positions.items()), theory_name)
    return PreparedRun(moved(scenario, positions), key, theory_name, has_map)
