"""Rows for the estimation: the yearly change of a state's log spending, beside its own and its rivals' level of the year before.

A change counts if both states have figures in both years, both years lie in the rivalry, and neither state's spending changed by more
than a limit: a budget that doubles or halves within a year is a new series (a force that is founded, an inflation that prices cannot
follow, a war), and its level before tells nothing of the level after.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sim.calibration.panel.inputs import Rivalry, Spending, regions

Floats = NDArray[np.float64]
Places = NDArray[np.int64]
Measure = Literal["each", "sum", "share", "mean"]

LIMIT = 0.7
"""Largest change of log spending in a year that is taken for a change of the budget; 0.7 is a doubling or a halving."""


@dataclass(frozen=True, eq=False)
class Changes:
    """Yearly changes of n rows, in u units (directed dyads, or states), each unit with at most r rivals.

    units   : names of the units, "SRB-XKX" (Serbia's reaction to Kosovo) or "SRB"
    states  : (u,)      the reacting state of each unit
    rivals  : (u,)      its rivals, in the order of the columns of `level`
    unit    : (n,)      place of the unit
    spell   : (n,)      rows of one intercept: a unit while the set of its rivals stays the same
    year    : (n,)      of the change's end
    region  : (n,)      of the reacting state
    growth  : (n,)      [1/yr]  change of log spending
    own     : (n,)      [1]     own log spending of the year before
    level   : (n, r)    [1]     rivals' log spending of the year before; 0 where a rival does not count
    change  : (n, r)    [1/yr]  the rivals' change of the same year; 0 where a rival does not count
    earlier : (n, 1+r)  [1]     own and the rivals' log spending two years before; NaN where it is not known
    """

    units: tuple[str, ...]
    states: tuple[str, ...]
    rivals: tuple[tuple[str, ...], ...]
    unit: Places
    spell: Places
    year: Places
    region: NDArray[np.str_]
    growth: Floats
    own: Floats
    level: Floats
    change: Floats
    earlier: Floats

    def __len__(self) -> int:
        return len(self.growth)

    def rows(self, kept: NDArray[np.bool_]) -> "Changes":
        """The same with some of the rows; units keep their places."""
        columns = ("unit", "spell", "year", "region", "growth", "own", "level", "change", "earlier")
        return replace(self, **{name: getattr(self, name)[kept] for name in columns})

    def of_units(self, holds: Callable[[str, tuple[str, ...]], bool]) -> "Changes":
        """The rows of the units whose state and rivals fulfil a condition."""
        kept = np.array([holds(state, rivals) for state, rivals in zip(self.states, self.rivals, strict=True)])
        return self.rows(kept[self.unit])

    @property
    def units_with_rows(self) -> int:
        return len(np.unique(self.unit))


@dataclass(frozen=True)
class _Row:
    unit: int
    rivals: tuple[str, ...]
    year: int
    growth: float
    own: float
    level: tuple[float, ...]
    change: tuple[float, ...]
    earlier: tuple[float, ...]


def dyad_changes(
    spending: Spending, rivalries: Sequence[Rivalry], limit: float = LIMIT, *, rival_limit: float | None = None
) -> Changes:
    """A unit for each directed dyad, with one rival.

    rival_limit : of the rival's change, where it is not that of the state's own
    """
    logs = _logarithms(spending)
    limits = limit, limit if rival_limit is None else rival_limit
    pairs = list(dict.fromkeys(pair for rivalry in rivalries for pair in rivalry.directed))
    rows = [
        row
        for unit, (state, rival) in enumerate(pairs)
        for year in _years(rivalries, state, rival)
        for row in _row(logs, unit, state, (rival,), (rival,), year, limits)
    ]
    return _changes([f"{state}-{rival}" for state, rival in pairs], pairs, rows)


def state_changes(
    spending: Spending, rivalries: Sequence[Rivalry], limit: float = LIMIT, measure: Measure = "each"
) -> Changes:
    """A unit for each state, with all of its rivals, so that no change of a budget counts twice.

    measure : rivals "each" in a column of its own, or all in one: the log of their "sum", or the mean of their logs, plain ("mean") or
              weighted with each rival's share in the rivals' spending of the whole panel ("share")
    """
    logs = _logarithms(spending)
    enemies: dict[str, list[str]] = {}
    for state, rival in dict.fromkeys(pair for rivalry in rivalries for pair in rivalry.directed):
        enemies.setdefault(state, []).append(rival)
    rows: list[_Row] = []
    for unit, (state, rivals) in enumerate(enemies.items()):
        for year in sorted({year for rival in rivals for year in _years(rivalries, state, rival)}):
            counted = tuple(
                rival
                for rival in rivals
                if year in _years(rivalries, state, rival) and {year - 1, year} <= logs[rival].keys()
            )
            rows += _row(logs, unit, state, tuple(rivals), counted, year, (limit, limit)) if counted else []
    members = [(state, *rivals) for state, rivals in enemies.items()]
    changes = _changes(list(enemies), members, rows)
    return changes if measure == "each" else _pooled_rivals(changes, rows, spending, measure)


def _pooled_rivals(changes: Changes, rows: Sequence[_Row], spending: Spending, measure: Measure) -> Changes:
    """The same with one column for all rivals."""
    level, change, earlier = (np.empty((len(rows), 1)) for _ in range(3))
    for place, row in enumerate(rows):
        rivals = changes.rivals[row.unit]
        counted = [rivals.index(rival) for rival in row.rivals]
        means = np.array([np.mean(list(spending[rivals[rival]].values())) for rival in counted])
        weights = means / means.sum() if measure == "share" else np.full(len(counted), 1.0 / len(counted))

        def joined(values: Iterable[float], counted: list[int] = counted, weights: Floats = weights) -> float:
            logs = np.array(list(values))[counted]
            return float(np.log(np.exp(logs).sum()) if measure == "sum" else weights @ logs)

        level[place] = joined(row.level)
        change[place] = joined(np.add(row.level, row.change)) - level[place]
        earlier[place] = joined(row.earlier[1:])
    return replace(changes, level=level, change=change, earlier=np.column_stack([changes.earlier[:, 0], earlier]))


def _years(rivalries: Iterable[Rivalry], state: str, rival: str) -> set[int]:
    """Years whose change lies within a rivalry of the two."""
    return {
        year
        for rivalry in rivalries
        if {rivalry.one, rivalry.other} == {state, rival}
        for year in range(rivalry.first_year + 1, rivalry.last_year + 1)
    }


def _row(
    logs: Spending,
    unit: int,
    state: str,
    rivals: tuple[str, ...],
    counted: tuple[str, ...],
    year: int,
    limits: tuple[float, float],
) -> list[_Row]:
    """The row of a year; none where a figure is not known or a series breaks."""
    for one in (state, *counted):
        series, limit = logs[one], limits[one != state]
        if not {year - 1, year} <= series.keys() or abs(series[year] - series[year - 1]) > limit:
            return []
    level = tuple(logs[rival][year - 1] if rival in counted else 0.0 for rival in rivals)
    change = tuple(logs[rival][year] - logs[rival][year - 1] if rival in counted else 0.0 for rival in rivals)
    earlier = (
        logs[state].get(year - 2, math.nan),
        *(logs[rival].get(year - 2, math.nan) if rival in counted else 0.0 for rival in rivals),
    )
    own = logs[state][year - 1]
    return [_Row(unit, counted, year, logs[state][year] - own, own, level, change, earlier)]


def _changes(names: Sequence[str], members: Sequence[tuple[str, ...]], rows: Sequence[_Row]) -> Changes:
    width = max((len(one) - 1 for one in members), default=1)
    spells = {key: place for place, key in enumerate(dict.fromkeys((row.unit, row.rivals) for row in rows))}

    def table(values: Iterable[tuple[float, ...]], columns: int) -> Floats:
        filled = [(*one, *[0.0] * (columns - len(one))) for one in values]
        return np.array(filled, dtype=np.float64).reshape(len(rows), columns)

    return Changes(
        units=tuple(names),
        states=tuple(one[0] for one in members),
        rivals=tuple(one[1:] for one in members),
        unit=np.array([row.unit for row in rows], dtype=np.int64),
        spell=np.array([spells[row.unit, row.rivals] for row in rows], dtype=np.int64),
        year=np.array([row.year for row in rows], dtype=np.int64),
        region=np.array([regions()[members[row.unit][0]] for row in rows], dtype=np.str_),
        growth=np.array([row.growth for row in rows]),
        own=np.array([row.own for row in rows]),
        level=table((row.level for row in rows), width),
        change=table((row.change for row in rows), width),
        earlier=table((row.earlier for row in rows), width + 1),
    )


def _logarithms(spending: Spending) -> dict[str, dict[int, float]]:
    return {state: {year: math.log(amount) for year, amount in series.items()} for state, series in spending.items()}
