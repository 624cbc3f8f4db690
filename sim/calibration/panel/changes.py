"""Rows for the estimation: the yearly change of a state's log spending, beside its own and its rivals' level of the year before.

A change counts if both states have figures in both years, both years lie in the rivalry, and neither state's spending changed by more
than a limit: a budget that doubles or halves within a year is a new series (a force that is founded, an inflation that prices cannot
follow, a war), and its level before tells nothing of the level after.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sim.calibration.panel.inputs import Rivalry, Spending, directed_pairs, regions

Floats = NDArray[np.float64]
Places = NDArray[np.int64]
Mask = NDArray[np.bool_]
By = Literal["dyad", "each", "sum", "share", "mean"]

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
    growth: Floats
    own: Floats
    level: Floats
    change: Floats
    earlier: Floats

    def __len__(self) -> int:
        return len(self.growth)

    def rows(self, kept: Mask) -> "Changes":
        """The same with some of the rows; units keep their places."""
        columns = ("unit", "spell", "year", "growth", "own", "level", "change", "earlier")
        return replace(self, **{name: getattr(self, name)[kept] for name in columns})

    @property
    def members(self) -> list[tuple[str, ...]]:
        """The states of each unit, the reacting one first."""
        return [(state, *rivals) for state, rivals in zip(self.states, self.rivals, strict=True)]

    @property
    def region(self) -> NDArray[np.str_]:
        """Of the reacting state of each row, (n,)."""
        return np.array([regions()[state] for state in self.states])[self.unit]

    @property
    def size(self) -> tuple[int, int]:
        """Rows, and units that have any."""
        return len(self.growth), len(np.unique(self.unit))


def changes_of(
    spending: Spending,
    rivalries: Sequence[Rivalry],
    by: By = "dyad",
    *,
    limit: float = LIMIT,
    rival_limit: float | None = None,
    without_years: Sequence[int] = (),
) -> Changes:
    """The changes of a panel.

    by          : "dyad" for a unit of each directed dyad, with one rival; or a unit of each state with all of its rivals, so that no
                  change of a budget counts twice: "each" in a column of its own, or all in one, the log of their "sum", or the mean of
                  their logs, plain ("mean") or weighted with each rival's share in the rivals' spending of the whole panel ("share")
    rival_limit : of the rival's change, where it is not that of the state's own
    """
    members: dict[str, tuple[str, ...]] = {}
    for state, rival in directed_pairs(rivalries):
        name = f"{state}-{rival}" if by == "dyad" else state
        members[name] = (*members.get(name, (state,)), rival)
    known = [year for series in spending.values() for year in series]
    years = np.arange(min(known, default=1) - 1, max(known, default=1) + 1)
    logs = {one: np.log([series.get(year, np.nan) for year in years.tolist()]) for one, series in spending.items()}
    width = max(len(states) for states in members.values()) - 1 if by in ("dyad", "each") else 1
    spells: dict[tuple[int, bytes], int] = {}
    found: list[tuple[np.ndarray, ...]] = []
    for place, (state, *rivals) in enumerate(members.values()):
        own, others = logs[state], np.column_stack([logs[rival] for rival in rivals])
        growth, change = np.diff(own)[1:], np.diff(others, axis=0)[1:]
        active = np.column_stack([_years_of(rivalries, state, rival, years[2:]) for rival in rivals])
        counted = active & ~np.isnan(change)
        breaks = (counted & (np.abs(change) > (limit if rival_limit is None else rival_limit))).any(axis=1)
        kept = counted.any(axis=1) & (np.abs(growth) <= limit) & ~breaks & ~np.isin(years[2:], without_years)
        counted, before, now, after = counted[kept], others[:-2][kept], others[1:-1][kept], others[2:][kept]
        means = np.array([np.mean(list(spending[one].values())) if spending[one] else 0.0 for one in rivals])
        padded = np.pad(_columns(np.stack([before, now, after]), counted, means, by), ((0, 0), (0, 0), (0, width)))
        before, now, after = padded[..., :width]
        spell = np.array([spells.setdefault((place, one.tobytes()), len(spells)) for one in counted], dtype=np.int64)
        keys = np.full(len(spell), place), spell, years[2:][kept]
        earlier = np.column_stack([own[:-2][kept], before])
        found.append((*keys, growth[kept], own[1:-1][kept], now, after - now, earlier))
    names = tuple(members), tuple(one[0] for one in members.values()), tuple(one[1:] for one in members.values())
    unit, spell, year, *columns = (np.concatenate(one) for one in zip(*found, strict=True))
    growth, own, level, change, earlier = columns
    return Changes(*names, unit, spell, year, growth, own, level, change, earlier)


def _columns(logs: Floats, counted: Mask, means: Floats, by: By) -> Floats:
    """Log spending of the rivals that count, each or in one column: (3, n, r) or (3, n, 1), of (3, n, r)."""
    if by in ("dyad", "each"):
        return np.where(counted, logs, 0.0)
    if by == "sum":
        return np.log(np.where(counted, np.exp(logs), 0.0).sum(axis=-1, keepdims=True))
    weights = counted * (means if by == "share" else 1.0)
    return (np.where(counted, logs, 0.0) * weights).sum(axis=-1, keepdims=True) / weights.sum(axis=-1, keepdims=True)


def _years_of(rivalries: Sequence[Rivalry], state: str, rival: str, years: Places) -> Mask:
    """Years whose change lies within a rivalry of the two."""
    spans = [(one.first_year, one.last_year) for one in rivalries if {one.one, one.other} == {state, rival}]
    return np.any([(years > first) & (years <= last) for first, last in spans], axis=0)
