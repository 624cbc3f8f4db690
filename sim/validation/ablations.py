"""What each mechanism and each patron does: taken out one at a time, and what changes without it.

`calibration/mechanisms.yaml` says how each is switched off, in which scenario it shows, and which variables it may move;
everything else that is watched must stay the same to the last bit.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from sim.io.assets import is_there, region_folder
from sim.io.errors import InputError, Problem, Steps, refusal, suggestion
from sim.io.progress import Progress
from sim.io.quarters import index_of, name_of
from sim.io.yaml_reader import Document
from sim.model.variables import Series
from sim.scenario.loading import Scenario
from sim.scenario.mechanisms import MechanismEntry, MechanismFile, mechanism_file
from sim.scenario.overrides import with_parameters
from sim.scenario.variants import variant_scenario, with_changes
from sim.validation.simulation_cache import Array, SimulationCache

WORKS, DEAD, LEAKS = VERDICTS = ("works", "dead", "leaks")


@dataclass(frozen=True)
class Mechanism:
    """One mechanism: the world with it, the world without it, and the series that it may move, the direct ones first."""

    id: str
    title: str
    claims: tuple[str, ...]
    scenario: str
    on: Scenario
    off: Scenario
    moves: tuple[Series, ...]


@dataclass(frozen=True)
class Bench:
    """All mechanisms, the series that are watched for each, the last quarter looked at, and the least relative move that counts."""

    mechanisms: tuple[Mechanism, ...]
    watched: tuple[Series, ...]
    until: str
    least: float


@dataclass(frozen=True)
class Move:
    """What a mechanism does to one series.

    quarter  : the one in which the mean size of the difference is largest
    median   : of the difference, with the mechanism minus without it, in that quarter, over members
    relative : the median over the mean size of the series in that quarter
    share    : of members in which the series differs at all
    """

    series: Series
    quarter: str
    median: float
    relative: float
    share: float


@dataclass(frozen=True)
class Ablation:
    """What taking a mechanism out changed, in the order of what it may move; and what stayed bit-equal."""

    mechanism: Mechanism
    moved: tuple[Move, ...]
    still: tuple[Series, ...]
    least: float

    @property
    def leaks(self) -> tuple[Series, ...]:
        """What changed and should not have."""
        return tuple(move.series for move in self.moved if move.series not in self.mechanism.moves)

    @property
    def verdict(self) -> str:
        """Dead if nothing changed by as much as counts, leaks if something changed that should not, else works."""
        if all(abs(move.relative) < self.least for move in self.moved):
            return DEAD
        return LEAKS if self.leaks else WORKS


@cache
def bench(path: Path | None = None) -> Bench:
    """The mechanisms of the project; InputError lists all that is wrong with the file."""
    if path is None and not is_there("calibration", "mechanisms.yaml"):
        raise refusal(
            str(region_folder()),
            "this region has no calibration/mechanisms.yaml, which says where each mechanism shows",
        )
    document, file = mechanism_file(path)
    mechanisms: list[Mechanism] = []
    problems: list[Problem] = []
    for id_, content in file.mechanisms.items():
        try:
            mechanisms.append(_mechanism(document, id_, content, file))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(document.file, problems)
    return Bench(tuple(mechanisms), tuple(file.watched), file.until, file.least)


def _mechanism(document: Document, id_: str, content: MechanismEntry, file: MechanismFile) -> Mechanism:
    steps: Steps = ("mechanisms", id_)
    on = with_parameters(variant_scenario(document, (*steps, "scenario"), content.scenario), file.both)
    off = with_changes(document, (*steps, "off"), on, content.off)
    ref = content.scenario if isinstance(content.scenario, str) else f"a changed {content.scenario.scenario}"
    moves = tuple(_moves(document, (*steps, "moves"), content.moves, file.watched))
    return Mechanism(id_, content.title, tuple(content.claims), ref, on, off, moves)


def _moves(document: Document, steps: Steps, names: Sequence[str], watched: Sequence[Series]) -> Iterator[Series]:
    """Series by name; the name of a variable stands for all series of it that are watched."""
    by_name = {series.name: [series] for series in watched}
    for series in watched:
        by_name.setdefault(series.variable, []).append(series)
    document.refuse(
        ((*steps, number), f'"{name}" is not watched{suggestion(name, by_name)}')
        for number, name in enumerate(names)
        if name not in by_name
    )
    for name in names:
        yield from by_name[name]


def ablations(bench: Bench, simulations: SimulationCache, progress: Progress | None = None) -> tuple[Ablation, ...]:
    """Take each mechanism out, and hold every watched series against the world that has it."""
    wanted = dict.fromkeys(bench.watched, index_of(bench.until))
    pairs = [[simulations.ask(side, wanted) for side in (each.on, each.off)] for each in bench.mechanisms]
    simulations.run(progress)
    return tuple(
        _ablation(mechanism, bench, simulations, pair) for mechanism, pair in zip(bench.mechanisms, pairs, strict=True)
    )


def _ablation(mechanism: Mechanism, bench: Bench, simulations: SimulationCache, pair: Sequence[str]) -> Ablation:
    moved, still = [], []
    for series in dict.fromkeys((*mechanism.moves, *bench.watched)):
        with_it, without = (simulations.path(key, series)[: index_of(bench.until) + 1] for key in pair)
        if np.array_equal(with_it, without):
            still.append(series)
        else:
            moved.append(_move(series, with_it, without))
    return Ablation(mechanism, tuple(moved), tuple(still), bench.least)


def _move(series: Series, with_it: Array, without: Array) -> Move:
    """Where the two differ most, and by how much."""
    change = with_it - without
    quarter = int(np.argmax(np.abs(change).mean(axis=1)))
    median = float(np.median(change[quarter]))
    size = float(np.abs([with_it[quarter], without[quarter]]).mean())
    return Move(series, name_of(quarter), median, median / size, float((change != 0.0).any(axis=0).mean()))
