"""How much of a result's spread is owed to parameters, to chance, and to the choice between rival theories.

The same worlds are run again with another course of chance, and once under each rival theory. By the law of total
variance, what stays the same when only chance is drawn again is owed to the parameters, what changes is owed to chance,
and what the theories differ by on average is owed to the choice between them. Part of that choice also lies in the
parameters: their priors hold values between those that the theories fix.

Variances are taken on a scale that tames extremes: the inverse hyperbolic sine of a change over its median size. Changes
of usual size count nearly as they are, very large ones by their logarithm; no change is zero, and either sign may occur.
A change of spending goes with an unpublished price whose distribution has a long tail, so the variance of the changes
themselves would say little more than how the few largest of them came out. Ranks would forget all sizes: any two sets of
worlds that do not overlap would differ as much as ranks can.
"""

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.analysis.drivers import Driver, drivers, ranked
from sim.analysis.findings import TOPICS, Topic, findings, first_full_year
from sim.analysis.results import PER_CENT, Array, Run, calendar_years
from sim.io.quarters import PER_YEAR, index_of
from sim.model.variables import Series

MEMBERS = 256  # worlds that are run again, at most
LEAST = 64  # worlds without which the shares would be noise
VIEW_LEVELS = (0.5, 0.05, 0.95)
GROUPS = 16  # of worlds, left out in turn to see how sure a share is
OTHER_CHANCE = 1 << 62  # the bit in which the seed of the second course of chance differs; no user types such seeds
DECIMALS = 4
NEGLIGIBLE = 1e-20  # a variance of rounding errors, on a scale where usual changes are about one
MEANING = {
    "parameters": "numbers that are not known, drawn once for each world (sizes of events among them)",
    "chance": "what is drawn by lot quarter by quarter: the same worlds with other luck",
    "theories": "the choice between the rival theories, each given the same weight",
}
SCALE = (
    "variance of asinh(change / median size of change): usual changes count nearly as they are, very large ones by their logarithm; "
    "the shares are of the sum of the three parts"
)

Again = Callable[[str | None, int | None], tuple[Array, Array]]


@dataclass(frozen=True)
class View:
    """A difference under one theory: median, 5 % and 95 %, shares of worlds above and below zero."""

    theory: str
    median: float
    low: float
    high: float
    p_positive: float
    p_negative: float

    def __str__(self) -> str:
        return f"{self.theory} {self.median:+.4g} ({self.low:+.4g} to {self.high:+.4g})"


@dataclass(frozen=True)
class Split:
    """Shares of the spread of one difference, and the standard error of each.

    Shares are None where no world differs, and errors where only so few do that they may all be left out together.

    quarter : a quarter, or a calendar year, over which the difference is the mean
    unit    : of the difference; shares have none
    members : worlds behind the shares
    rests_on : the uncertain numbers with which the difference goes up and down, strongest first
    by_theory : what each rival theory makes of the difference, over the same worlds
    """

    variable: str
    actor: str
    counterpart: str
    quarter: str
    unit: str
    share_parameters: float | None
    share_chance: float | None
    share_theories: float | None
    se_parameters: float | None
    se_chance: float | None
    se_theories: float | None
    members: int
    rests_on: tuple[Driver, ...] = ()
    by_theory: tuple[View, ...] = ()

    def plain(self) -> dict[str, Any]:
        """All fields, what it rests on as mappings."""
        lists = {
            "rests_on": [one.plain() for one in self.rests_on],
            "by_theory": [vars(one) for one in self.by_theory],
        }
        return {**self._fields(), **lists}

    def cells(self) -> list[Any]:
        """The fields as a row of a table; what it rests on, and what the theories say, in one cell each."""
        texts = {"rests_on": "; ".join(map(str, self.rests_on)), "by_theory": "; ".join(map(str, self.by_theory))}
        return [*{**self._fields(), **texts}.values()]

    def _fields(self) -> dict[str, Any]:
        return {field.name: getattr(self, field.name) for field in fields(self)}


@dataclass(frozen=True)
class Cell:
    """A difference that is split: of which topic, and when."""

    topic: Topic
    time: str

    @property
    def series(self) -> Series:
        return Series(self.topic.variable, self.topic.actor, self.topic.counterpart)

    @property
    def unit(self) -> str:
        return "per cent" if self.topic.in_per_cent else self.series.unit


def splits(run: Run, theories: Sequence[str], again: Again, numbers: Mapping[str, Array]) -> tuple[Split, ...]:
    """The split of every line of the answer, and of its topics in every calendar year.

    again   : runs the first `worlds_again` members of both worlds under a theory and a seed of chance, None meaning
              those of the run; returns two arrays, (series of `series_again`, quarters, members)
    numbers : key -> (members,) of every uncertain number, see `sim.analysis.drivers`
    returns : nothing where nothing differs
    """
    cells = cells_of(run)
    if not cells:
        return ()
    other = run.seed ^ OTHER_CHANCE
    replicates = [again(None, None), again(None, other), *(again(name, None) for name in theories)]
    series = {one: place for place, one in enumerate(series_again())}
    values = np.stack([_differences(cells, series, *worlds) for worlds in replicates], axis=1)
    ranks = ranked(numbers)
    causes = [drivers(numbers, ranks, one[:2].mean(axis=0), run.fit) for one in values]
    views = [tuple(map(_view, theories, one[2:])) for one in values]
    values = scaled(values)
    found, errors = shares(values), standard_errors(values)
    return tuple(
        replace(_split(cell, [*share, *error], values.shape[-1], cause), by_theory=view)
        for cell, share, error, cause, view in zip(cells, found, errors, causes, views, strict=True)
    )


def _view(theory: str, values: Array) -> View:
    """What one theory says of one difference."""
    median, low, high = (float(value) for value in np.quantile(values, VIEW_LEVELS))
    return View(theory, median, low, high, float((values > 0.0).mean()), float((values < 0.0).mean()))


def _split(cell: Cell, numbers: Sequence[float], members: int, rests_on: tuple[Driver, ...]) -> Split:
    """A cell with its shares and their errors, in the order of the fields."""
    one = cell.series
    shown = [None if np.isnan(number) else round(float(number), DECIMALS) for number in numbers]
    parameters, chance, theories, *errors = shown
    return Split(
        variable=one.variable,
        actor=one.actor,
        counterpart=one.counterpart,
        quarter=cell.time,
        unit=cell.unit,
        share_parameters=parameters,
        share_chance=chance,
        share_theories=theories,
        se_parameters=errors[0],
        se_chance=errors[1],
        se_theories=errors[2],
        members=members,
        rests_on=rests_on,
    )


def worlds_again(run_members: int) -> int:
    """How many worlds are run again; 0 where there are too few."""
    return min(run_members, MEMBERS) if run_members >= LEAST else 0


def series_again() -> tuple[Series, ...]:
    """What is recorded of them."""
    return tuple(dict.fromkeys(Series(topic.variable, topic.actor, topic.counterpart) for topic in TOPICS))


def cells_of(run: Run) -> tuple[Cell, ...]:
    """Every line that the answer may print, and every later calendar year of its topics."""
    start = run.first_effect
    if start is None or run.baseline is None:
        return ()
    times: dict[Topic, list[str]] = {}
    for row in findings(run):
        times.setdefault(row.topic, []).append(row.when)
    years = [str(year) for year in run.years if year >= first_full_year(start)]
    return tuple(Cell(topic, time) for topic, said in times.items() for time in sorted({*said, *years}))


def _differences(cells: Sequence[Cell], places: Mapping[Series, int], scenario: Array, baseline: Array) -> Array:
    """The paired difference of each cell, (cells, members)."""
    return np.stack([_difference(cell, scenario[places[cell.series]], baseline[places[cell.series]]) for cell in cells])


def _difference(cell: Cell, scenario: Array, baseline: Array) -> Array:
    if "Q" in cell.time:
        quarter = index_of(cell.time)
        return scenario[quarter] - baseline[quarter]
    first = index_of(f"{cell.time}Q1")
    ours, theirs = (calendar_years(one[first : first + PER_YEAR])[0] for one in (scenario, baseline))
    return PER_CENT * (ours / theirs - 1.0) if cell.topic.in_per_cent else ours - theirs


# ---- shares ----------------------------------------------------------------------------------------------------------


def scaled(changes: Array) -> Array:
    """Changes on the scale of the shares: the inverse hyperbolic sine of each over the median size of those that are not zero.

    changes : (cells, replicates, members)

    >>> scaled(np.array([[[0.0, -1.0, 2.0, 3.0]]])).round(3).tolist()
    [[[0.0, -0.481, 0.881, 1.195]]]
    """
    sizes = np.abs(changes).reshape(len(changes), -1)
    typical = [np.median(size[size > 0.0]) if size.any() else 1.0 for size in sizes]
    found: Array = np.arcsinh(changes / np.array(typical)[:, None, None])
    return found


def shares(values: Array) -> Array:
    """Shares of parameters, chance and theories; nan where all changes are equal.

    values  : (cells, 2 + theories, members) scaled changes of the same members: in the run, with another course of
              chance, and under each theory
    returns : (cells, 3), each row with the sum 1. A covariance that comes out below zero, which only sampling error can
              make it, counts as zero
    """
    once, again = values[:, 0], values[:, 1]
    chance = ((once - again) ** 2).mean(axis=-1) / 2.0
    centred = (once - once.mean(axis=-1, keepdims=True)) * (again - again.mean(axis=-1, keepdims=True))
    parameters = np.maximum(0.0, centred.sum(axis=-1) / (values.shape[-1] - 1))
    theories = values[:, 2:].mean(axis=-1).var(axis=-1)
    parts = np.stack([parameters, chance, theories], axis=-1)
    parts[parts < NEGLIGIBLE] = 0.0
    total = parts.sum(axis=-1, keepdims=True)
    return np.divide(parts, total, out=np.full_like(parts, np.nan), where=total > 0.0)


def standard_errors(values: Array) -> Array:
    """Standard error of each share over members, (cells, 3): the jackknife, which leaves out a group of members at a time."""
    group = np.arange(values.shape[-1]) % GROUPS
    left_out = np.stack([shares(values[..., group != number]) for number in range(GROUPS)])
    spread: NDArray[np.float64] = np.sqrt((GROUPS - 1) * left_out.var(axis=0))
    return spread


# ---- files -----------------------------------------------------------------------------------------------------------

COLUMNS = tuple(field.name for field in fields(Split))


def write_uncertainty(found: Sequence[Split], file: Path) -> None:
    """Write uncertainty.csv; a share is blank where no world differs."""
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(one.cells() for one in found)


def block(run: Run) -> dict[str, Any]:
    """What JSON says of it."""
    found = run.uncertainty or ()
    return {
        "members": found[0].members if found else 0,
        "scale": SCALE,
        "meaning": MEANING,
        "note": None if found else why_not(run),
        "rows": [one.plain() for one in found],
    }


def why_not(run: Run) -> str:
    """Why there is no split."""
    if run.baseline is None:
        return "the scenario is compared with nothing"
    if run.members < LEAST:
        return f"fewer than {LEAST} worlds; the shares would be noise"
    return "nothing differs" if run.first_effect is None else "it was not asked for"


def split_of(run: Run, topic: Topic, time: str) -> Split | None:
    """The split of one line of the answer."""
    key = (topic.variable, topic.actor, topic.counterpart, time)
    found = run.uncertainty or ()
    return next((one for one in found if (one.variable, one.actor, one.counterpart, one.quarter) == key), None)
