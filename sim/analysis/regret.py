"""Choices under deep uncertainty: regret, how often each is good enough, and what the simulations have in common in which it fails.

A choice is a scenario; a simulation is what all choices share: a design point and a member, with the same draws. Nothing here knows
what is good: for every outcome the user says whether lower or higher is preferred, and a convention stands in where he does not.
Regret is by how much a choice falls short of the best of the choices in the same simulation, in the unit of the outcome, never negative.
"""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.analysis.results import LEVELS, Array
from sim.io.errors import InputError, Problem
from sim.io.suggestions import names_offered

Bools = NDArray[np.bool_]
LOWER, HIGHER = "lower", "higher"
CONVENTION = {
    **dict.fromkeys(("tension", "hazard", "incidents", "spending", "burden", "threat"), LOWER),
    "relation": HIGHER,
}
SAME = 1e-6  # of the range that holds 90 % of simulations; two outcomes that differ by less are the same
ROUNDING = 1e-9  # of the outcome itself, for what hardly differs between simulations
NAMED, CHANCE = 3, 0.01  # inputs that are named, and how often chance alone may name one


@dataclass(frozen=True)
class Aim:
    """An outcome and what is preferred of it.

    prefer        : lower or higher
    threshold     : what is good enough, in its unit; None: what is no worse than the baseline in the same simulation
    is_convention : whether the direction is ours, not the user's
    """

    name: str
    unit: str
    prefer: str
    threshold: float | None = None
    is_convention: bool = False

    @property
    def enough(self) -> str:
        """When a choice is good enough, in words."""
        if self.threshold is None:
            return "no worse than the baseline in the same simulation"
        return f"{'at most' if self.prefer == LOWER else 'at least'} {self.threshold:g}"

    def misses(self, values: Array) -> Bools:
        """Where an outcome misses the threshold; nowhere without one."""
        if self.threshold is None:
            return np.zeros(values.shape, dtype=np.bool_)
        return values > self.threshold if self.prefer == LOWER else values < self.threshold


@dataclass(frozen=True)
class FailureMark:
    """An input by which failing simulations differ from the others: medians in both, and the distance of the distributions, 0 to 1."""

    name: str
    failing: float
    others: float
    distance: float

    def __str__(self) -> str:
        return f"{self.name} {'high' if self.failing > self.others else 'low'}"


@dataclass(frozen=True)
class Standing:
    """How one choice does by one aim.

    value, regret : quantiles over simulations at `sim.analysis.results.LEVELS`; mean and worst are the mean and the largest regret
    best          : share of simulations in which no other choice does better
    better, worse : shares of simulations against the baseline; in the others it is the same
    enough        : share of simulations in which it is good enough
    fails         : (simulations,) where it is not
    marks         : what failing simulations have in common, the clearest first; empty where nothing stands out
    """

    choice: str
    value: Array
    regret: Array
    mean: float
    worst: float
    best: float
    better: float
    worse: float
    enough: float
    fails: Bools
    marks: tuple[FailureMark, ...]


@dataclass(frozen=True)
class Standings:
    """All choices by one aim; the scale is the range of the outcome that holds 90 % of simulations of all choices, in its unit."""

    aim: Aim
    baseline: str
    worlds: int
    scale: float
    rows: tuple[Standing, ...]

    def of(self, choice: str) -> Standing:
        return next(row for row in self.rows if row.choice == choice)


@dataclass(frozen=True)
class Remarks:
    """What must be read with a table of regret.

    costs : choice -> what it costs, in words; empty where nobody said
    directions : (choice, outcome) -> whose word the direction of its change is, of `sim.model.directions.LABELS`; none if missing
    """

    costs: Mapping[str, str] = field(default_factory=dict)
    directions: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def direction(self, choice: str, outcome: str) -> str:
        return self.directions.get((choice, outcome), "")


NO_REMARKS = Remarks()


# ---- what is preferred -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Preferences:
    """What is preferred, as a user writes it; a name is that of an outcome, or of a variable and then stands for all of it.

    prefer    : NAME=lower or NAME=higher
    threshold : NAME=NUMBER
    """

    prefer: tuple[str, ...] = ()
    threshold: tuple[str, ...] = ()


NO_PREFERENCES = Preferences()


def _values_by_name(texts: Sequence[str], option: str) -> dict[str, str]:
    """NAME=VALUE options as a mapping; InputError for any other form."""
    wrong = [text for text in texts if not all(part.strip() for part in text.partition("="))]
    if wrong:
        raise InputError("options", [Problem(None, option, f'"{text}": write NAME=VALUE') for text in wrong])
    return {name.strip(): value.strip() for name, _, value in (text.partition("=") for text in texts)}


def aims_of(outcomes: Mapping[str, tuple[str, str]], preferences: Preferences = NO_PREFERENCES) -> tuple[Aim, ...]:
    """The outcomes that have a direction, with it.

    outcomes : name -> variable and unit

    Raises InputError for an unknown name, a wrong word or number, and a number for an outcome without direction.
    """
    given = {option: _values_by_name(texts, option) for option, texts in vars(preferences).items()}
    if problems := [*_unknown(outcomes, given), *_wrong(given)]:
        raise InputError("options", problems)
    aims = {name: _aim(name, variable, unit, given) for name, (variable, unit) in outcomes.items()}
    chosen = tuple(aim for aim in aims.values() if aim is not None)
    problems = [
        Problem(None, option, f"{name} has no direction; add --prefer {name}=lower or =higher")
        for name, (variable, _) in outcomes.items()
        for option, texts in given.items()
        if aims[name] is None and {name, variable} & set(texts)
    ]
    if problems:
        raise InputError("options", problems)
    return chosen


def _unknown(outcomes: Mapping[str, tuple[str, str]], given: Mapping[str, Mapping[str, str]]) -> Iterator[Problem]:
    """Names that no outcome and no variable has."""
    known = [*outcomes, *(variable for variable, _ in outcomes.values() if variable)]
    for option, texts in given.items():
        for name in texts:
            if name not in known:
                offered = names_offered(name, dict.fromkeys(known))
                yield Problem(None, option, f'no outcome is called "{name}"{offered}')


def _wrong(given: Mapping[str, Mapping[str, str]]) -> Iterator[Problem]:
    """Words that are no direction, and numbers that are none."""
    for name, word in given["prefer"].items():
        if word not in (LOWER, HIGHER):
            yield Problem(None, "prefer", f'{name}: "{word}" is neither {LOWER} nor {HIGHER}')
    for name, text in given["threshold"].items():
        if not is_number(text):
            yield Problem(None, "threshold", f'{name}: "{text}" is not a number')


def is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def _aim(name: str, variable: str, unit: str, given: Mapping[str, Mapping[str, str]]) -> Aim | None:
    """An outcome with its direction; None where neither the user nor the convention gives one."""
    word, limit = (texts.get(name, texts.get(variable)) for texts in given.values())
    direction = word or CONVENTION.get(variable)
    if direction is None:
        return None
    return Aim(name, unit, direction, None if limit is None else float(limit), word is None)


# ---- how the choices do ----------------------------------------------------------------------------------------------


def standings(
    aim: Aim,
    values: Mapping[str, Array],
    baseline: str,
    inputs: Mapping[str, Array],
    independent: int,
    fixed: Mapping[str, Collection[str]] | None = None,
) -> Standings:
    """How all choices do by an aim.

    values      : choice -> (simulations,) outcome, the baseline among them
    inputs      : name -> (simulations, or fewer of the first,) what is uncertain and differs between simulations
    independent : how many of these share no input (members of one design point do)
    fixed       : choice -> parameters that it sets itself, so that no draw of them can be why it fails
    """
    table = np.array(list(values.values()))
    least = least_difference(table)
    loss = table if aim.prefer == LOWER else -table
    regret = loss - loss.min(axis=0)
    regret[regret <= least] = 0.0
    behind = loss - loss[list(values).index(baseline)]
    worse, better = behind > least, behind < -least
    fails = worse if aim.threshold is None else aim.misses(table)
    rows = tuple(
        Standing(
            choice=choice,
            value=np.quantile(table[place], LEVELS),
            regret=np.quantile(regret[place], LEVELS),
            mean=float(regret[place].mean()),
            worst=float(regret[place].max()),
            best=float((regret[place] == 0.0).mean()),
            better=float(better[place].mean()),
            worse=float(worse[place].mean()),
            enough=float(1.0 - fails[place].mean()),
            fails=fails[place],
            marks=marks(fails[place], free_inputs(inputs, (fixed or {}).get(choice, ())), independent),
        )
        for place, choice in enumerate(values)
    )
    low, high = np.quantile(table, [LEVELS[0], LEVELS[-1]])
    return Standings(aim, baseline, table.shape[1], float(high - low), rows)


def least_difference(table: Array) -> Array:
    """The difference from which two outcomes are not the same, simulation by simulation.

    table : (choices, simulations)

    >>> least_difference(np.array([[0.0, 100.0, 200.0]])).round(6).tolist()
    [0.00018, 0.00018, 0.00018]
    """
    low, high = np.quantile(table, LEVELS[0]), np.quantile(table, LEVELS[-1])
    return np.asarray(np.maximum(SAME * (high - low), ROUNDING * np.abs(table).max(axis=0)))


def free_inputs(inputs: Mapping[str, Array], fixed: Collection[str]) -> dict[str, Array]:
    """The inputs but those that a choice sets itself; a shorter name sets all that it stands for.

    >>> list(free_inputs({"reaction.SRB": 0, "reaction_lag": 0}, ["reaction"]))
    ['reaction_lag']
    """
    return {
        name: values for name, values in inputs.items() if not any(f"{name}.".startswith(f"{key}.") for key in fixed)
    }


def marks(fails: Bools, inputs: Mapping[str, Array], independent: int) -> tuple[FailureMark, ...]:
    """The inputs whose distributions differ most between failing and other simulations, by the distance of Kolmogorov and Smirnov.

    An input is named where chance alone would name any of them in one of a hundred tables.
    """
    if not inputs:
        return ()
    fails = fails[: len(next(iter(inputs.values())))]
    count = int(fails.sum())
    if not 0 < count < len(fails):
        return ()
    share = independent / len(fails)
    small = max(1.0, count * share), max(1.0, (len(fails) - count) * share)
    least = math.sqrt(-0.5 * math.log(0.5 * CHANCE / len(inputs)) * (1.0 / small[0] + 1.0 / small[1]))
    sizes = {name: distance(column[fails], column[~fails]) for name, column in inputs.items()}
    clearest = sorted((name for name, size in sizes.items() if size > least), key=lambda name: (-sizes[name], name))
    return tuple(
        FailureMark(name, float(np.median(inputs[name][fails])), float(np.median(inputs[name][~fails])), sizes[name])
        for name in clearest[:NAMED]
    )


def distance(a: Array, b: Array) -> float:
    """The largest difference of two empirical distributions, 0 to 1.

    >>> distance(np.array([1.0, 2.0]), np.array([3.0, 4.0]))
    1.0
    """
    at = np.concatenate([a, b])
    shares = [np.searchsorted(np.sort(sample), at, side="right") / len(sample) for sample in (a, b)]
    return float(np.abs(shares[0] - shares[1]).max())


def enough_by_all(tables: Sequence[Standings]) -> dict[str, float]:
    """Share of simulations in which a choice is good enough by every aim."""
    choices = [row.choice for row in tables[0].rows]
    return {choice: float((~np.any([table.of(choice).fails for table in tables], axis=0)).mean()) for choice in choices}


# ---- tables ----------------------------------------------------------------------------------------------------------

COLUMNS = (
    "outcome", "unit", "prefer", "good_enough", "scenario", "is_baseline", "worlds", "q05", "q50", "q95", "regret_q50", "regret_q95",
    "regret_worst", "best_in", "better_than_baseline", "worse_than_baseline", "good_enough_in", "fails_where", "direction", "costs",
    "regret_mean", "scale",
)  # fmt: skip


def table_rows(tables: Sequence[Standings], remarks: Remarks = NO_REMARKS) -> list[tuple[Any, ...]]:
    """Rows of regret.csv: shares of simulations between 0 and 1."""
    return [
        (
            table.aim.name, table.aim.unit, table.aim.prefer, table.aim.enough, row.choice, row.choice == table.baseline, table.worlds,
            *row.value[[0, 2, 4]].tolist(), *row.regret[[2, 4]].tolist(), row.worst, row.best, row.better, row.worse, row.enough,
            "; ".join(map(str, row.marks)), remarks.direction(row.choice, table.aim.name), remarks.costs.get(row.choice, ""),
            row.mean, table.scale,
        )
        for table in tables
        for row in table.rows
    ]  # fmt: skip


def regret_document(tables: Sequence[Standings], remarks: Remarks) -> dict[str, Any]:
    """The same for JSON, with the medians of the inputs in failing simulations."""
    return {
        "outcomes": [_outcome(table, remarks) for table in tables],
        "good_enough_by_all": enough_by_all(tables) if tables else {},
        "costs": dict(remarks.costs),
    }


def _outcome(table: Standings, remarks: Remarks) -> dict[str, Any]:
    aim = table.aim
    scenarios = [
        {
            **dict(zip(COLUMNS[7:17], cells[7:17], strict=True)),
            "scenario": row.choice,
            "fails_where": [vars(mark) for mark in row.marks],
            "direction": remarks.direction(row.choice, aim.name),
        }
        for row, cells in zip(table.rows, table_rows([table]), strict=True)
    ]
    return {
        "outcome": aim.name, "unit": aim.unit, "prefer": aim.prefer, "direction_is_a_convention": aim.is_convention,
        "threshold": aim.threshold, "good_enough": aim.enough, "scale": table.scale, "scenarios": scenarios,
    }  # fmt: skip
