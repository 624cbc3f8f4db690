"""How much of a result's spread is due to parameters, to chance, and to the choice between rival theories.

The same simulations are run again with another course of chance, and once under each rival theory. By the law of total
variance, what stays the same when only chance is drawn again is due to the parameters, what changes is due to chance,
and what the theories differ by on average is due to the choice between them. Part of that choice also lies in the
parameters: their priors hold values between those that the theories fix.

Variances are taken on a scale that tames extremes: the inverse hyperbolic sine of a change over its median size. Changes
of usual size count nearly as they are, very large ones by their logarithm; no change is zero, and either sign may occur.
A change of spending goes with an unpublished price whose distribution has a long tail, so the variance of the changes
themselves would say little more than how the few largest of them came out. Ranks would forget all sizes: any two sets of
simulations that do not overlap would differ as much as ranks can.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from sim.analysis.drivers import Driver, UncertainNumbers
from sim.analysis.output import write_table
from sim.analysis.results import Array, Run, calendar_years
from sim.analysis.topics import Topic, first_full_year
from sim.io.formatting import PER_CENT
from sim.io.quarters import PER_YEAR, index_of
from sim.model.variables import Series

MEMBERS = 128  # simulations that are run again, at most
MEMBERS_RANKED = 512  # simulations of the run in which the numbers are ranked that a difference rests on, at most
LEAST = 64  # simulations without which the shares would be noise
VIEW_LEVELS = (0.5, 0.05, 0.95)
GROUPS = 16  # of simulations, left out in turn to see how sure a share is
OTHER_CHANCE = 1 << 62  # the bit in which the seed of the second course of chance differs; no user types such seeds
DECIMALS = 4
NEGLIGIBLE = 1e-20  # a variance of rounding errors, on a scale where usual changes are about one
MEANING = {
    "parameters": "numbers that are not known, drawn once for each simulation (sizes of events among them)",
    "chance": "what is drawn by lot quarter by quarter: the same simulations with other luck",
    "theories": "the choice between the rival theories, each given the same weight",
}
SCALE = (
    "variance of asinh(change / median size of change): usual changes count nearly as they are, very large ones by their logarithm; "
    "the shares are of the sum of the three parts"
)
COLUMNS = (
    "variable", "actor", "counterpart", "quarter", "unit", *(f"share_{name}" for name in MEANING), *(f"se_{name}" for name in MEANING),
    "members", "rests_on", "by_theory",
)  # fmt: skip


class SpreadParts(NamedTuple):
    """What a spread falls into, or the standard errors of these shares; see `MEANING`."""

    parameters: float
    chance: float
    theories: float


@dataclass(frozen=True)
class UnderTheory:
    """A difference under one theory: median, 5 % and 95 %, shares of simulations above and below zero, and the median it is made on."""

    theory: str
    median: float
    low: float
    high: float
    p_positive: float
    p_negative: float
    baseline: float

    def __str__(self) -> str:
        return f"{self.theory} {self.median:+.4g} ({self.low:+.4g} to {self.high:+.4g})"


@dataclass(frozen=True)
class VarianceShares:
    """Shares of the spread of one difference, and the standard error of each.

    quarter   : a quarter, or a calendar year, over which the difference is the mean
    unit      : of the difference; shares have none
    shares    : None where no simulation differs
    errors    : None where only so few simulations differ that they may all be left out together
    members   : simulations behind the shares and behind what the theories say
    rests_on  : over the simulations of the run, the uncertain numbers with which the difference goes up and down, strongest first
    by_theory : what each rival theory makes of the difference, over the same simulations
    """

    series: Series
    quarter: str
    unit: str
    shares: SpreadParts | None
    errors: SpreadParts | None
    members: int
    rests_on: tuple[Driver, ...] = ()
    by_theory: tuple[UnderTheory, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The columns, with what it rests on and what the theories say as mappings."""
        lists = ([driver.to_json() for driver in self.rests_on], [vars(view) for view in self.by_theory])
        return dict(zip(COLUMNS, (*self._numbers(), *lists), strict=True))

    def cells(self) -> tuple[Any, ...]:
        """The columns of a table; what it rests on, and what the theories say, in one cell each."""
        return (*self._numbers(), "; ".join(map(str, self.rests_on)), "; ".join(map(str, self.by_theory)))

    def _numbers(self) -> tuple[Any, ...]:
        of, unknown = self.series, (None,) * len(MEANING)
        parts = (*(self.shares or unknown), *(self.errors or unknown))
        return (of.variable, of.actor, of.counterpart, self.quarter, self.unit, *parts, self.members)


@dataclass(frozen=True)
class DatedTopic:
    """A difference whose spread is looked at: of which topic, and when."""

    topic: Topic
    time: str

    @property
    def unit(self) -> str:
        return "per cent" if self.topic.in_per_cent else self.topic.series.unit

    def difference(self, scenario: Array, baseline: Array) -> Array:
        """The paired difference of both sides, (quarters, members) each: (members,)."""
        now, before = self.level(scenario), self.level(baseline)
        is_relative = self.topic.in_per_cent and "Q" not in self.time
        return PER_CENT * (now / before - 1.0) if is_relative else now - before

    def level(self, values: Array) -> Array:
        """What the topic is then, in the quarter or on the mean of the year, of (quarters, members): (members,)."""
        if "Q" in self.time:
            level: Array = values[index_of(self.time)]
            return level
        first = index_of(f"{self.time}Q1")
        return calendar_years(values[first : first + PER_YEAR])[0]


def splits(
    run: Run, theories: Sequence[str], series: Sequence[Series], own: Sequence[Array],
    replicates: Sequence[Sequence[Array]], numbers: Mapping[str, Array],
) -> tuple[VarianceShares, ...]:  # fmt: skip
    """The shares of every line of the answer, and of its topics in every calendar year.

    series     : what was recorded
    own        : members of the scenario and of its baseline in the run, (series, quarters, members) each
    replicates : fewer first members of both, the same in each: in the run, with another course of chance, and under each
                 theory
    numbers    : key -> (members,) of every uncertain number in the members of `own`, see `sim.analysis.drivers`
    returns    : nothing where nothing differs
    """
    dated = dated_topics(run)
    if not dated:
        return ()
    places = {one: place for place, one in enumerate(series)}

    def changes_of(both: Sequence[Array]) -> Array:
        """The paired differences of the cells, (cells, members)."""
        return np.array([of.difference(*(values[places[of.topic.series]] for values in both)) for of in dated])

    changes = np.stack([changes_of(both) for both in replicates], axis=1)
    levels = [
        [float(np.median(of.level(both[-1][places[of.topic.series]]))) for both in replicates[2:]] for of in dated
    ]
    uncertain, on_scale = UncertainNumbers(numbers, run.fit), scaled(changes)
    return tuple(
        VarianceShares(
            series=of.topic.series,
            quarter=of.time,
            unit=of.unit,
            shares=_rounded(parts),
            errors=_rounded(errors),
            members=changes.shape[-1],
            rests_on=uncertain.drivers(difference),
            by_theory=_by_theory(theories, values[2:], before),
        )
        for of, difference, values, before, parts, errors in zip(
            dated, changes_of(own), changes, levels, shares(on_scale), standard_errors(on_scale), strict=True
        )
    )


def _rounded(parts: Array) -> SpreadParts | None:
    return None if np.isnan(parts).any() else SpreadParts(*(round(part, DECIMALS) for part in parts.tolist()))


def _by_theory(theories: Sequence[str], values: Array, levels: Sequence[float]) -> tuple[UnderTheory, ...]:
    """What each theory says of one difference, (theories, members), on the levels without it, (theories,)."""
    middle = np.quantile(values, VIEW_LEVELS, axis=1)
    columns = np.vstack([middle, (values > 0.0).mean(axis=1), (values < 0.0).mean(axis=1), levels]).T.tolist()
    return tuple(UnderTheory(theory, *row) for theory, row in zip(theories, columns, strict=True))


def count_again(run_members: int) -> int:
    """How many simulations are run again; 0 where there are too few."""
    return min(run_members, MEMBERS) if run_members >= LEAST else 0


def series_again(run: Run) -> tuple[Series, ...]:
    """What is recorded of them: what the lines of the answer are about."""
    return tuple(dict.fromkeys(topic.series for topic in run.topics if topic.series in run.by_series))


def dated_topics(run: Run) -> tuple[DatedTopic, ...]:
    """Every line that the answer may print, and every later calendar year of its topics."""
    start = run.first_effect
    if start is None or run.baseline is None:
        return ()
    times: dict[Topic, list[str]] = {}
    for row in run.findings:
        times.setdefault(row.topic, []).append(row.when)
    years = [str(year) for year in run.years if year >= first_full_year(start)]
    return tuple(DatedTopic(topic, time) for topic, named in times.items() for time in sorted({*named, *years}))


# ---- shares ----------------------------------------------------------------------------------------------------------


def scaled(changes: Array) -> Array:
    """Changes on the scale of the shares: the inverse hyperbolic sine of each over the median size of those that are not zero.

    changes : (cells, replicates, members)

    >>> scaled(np.array([[[0.0, -1.0, 2.0, 3.0]]])).round(3).tolist()
    [[[0.0, -0.481, 0.881, 1.195]]]
    """
    sizes = np.abs(changes).reshape(len(changes), -1)
    typical = [np.median(size[size > 0.0]) if size.any() else 1.0 for size in sizes]
    return np.asarray(np.arcsinh(changes / np.array(typical)[:, None, None]))


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
    return np.asarray(np.sqrt((GROUPS - 1) * left_out.var(axis=0)))


# ---- files -----------------------------------------------------------------------------------------------------------


def write_uncertainty(rows: Sequence[VarianceShares], file: Path) -> None:
    """Write uncertainty.csv; a share is blank where no simulation differs."""
    write_table(file, COLUMNS, (row.cells() for row in rows))


def block(run: Run) -> dict[str, Any]:
    """What JSON says of it."""
    rows = run.uncertainty or ()
    return {
        "members": rows[0].members if rows else 0,
        "scale": SCALE,
        "meaning": MEANING,
        "note": None if rows else why_not(run),
        "rows": [row.to_json() for row in rows],
    }


def why_not(run: Run) -> str:
    """Why there are no shares."""
    if run.baseline is None:
        return "the scenario is compared with nothing"
    if run.members < LEAST:
        return f"fewer than {LEAST} simulations; the shares would be noise"
    return "nothing differs" if run.first_effect is None else "it was not asked for"
