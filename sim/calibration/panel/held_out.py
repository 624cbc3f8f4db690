"""Years that were not fitted: whether the rival's level helps to predict a state's growth beyond its own level.

For each of the last years in turn, the reaction is estimated from the years before it, and the growth of that year is predicted from the
levels at its beginning. Growth and levels are taken less their means over all rows of the year, so that a shock common to all is neither
predicted nor held against a prediction.
"""

from typing import NamedTuple

import numpy as np

from sim.calibration.panel.changes import Changes, Floats, Mask, Places
from sim.calibration.panel.pooled import dummies, levels_of

YEARS = 10
LEAST_BEFORE = 8  # years that a unit needs before the one predicted


class Saving(NamedTuple):
    """Share of the squared error of a shorter prediction that a longer one saves; negative if it adds error.

    error    : [1]  standard error, units as clusters
    positive : [1]  share of units for which it saves
    years    : predicted, one at a time
    """

    share: float
    error: float
    positive: float
    years: int


def savings(changes: Changes) -> dict[str, Saving]:
    """What the own level saves beside no level, and what the rival's level saves beside the own one."""
    every = dummies(changes.year)
    columns = np.column_stack([changes.growth, levels_of(changes)])
    columns -= every @ ((every.T @ columns) / every.sum(axis=0)[:, None])
    parts = []
    for year in np.unique(changes.year)[-YEARS:]:
        before = changes.year < year
        counts = np.bincount(changes.unit[before], minlength=len(changes.units))
        ahead = (changes.year == year) & (counts[changes.unit] >= LEAST_BEFORE)
        if ahead.any():
            errors = [_squared_errors(columns[:, :used], changes.unit, before, ahead) for used in (1, 2, 3)]
            parts.append(np.array([changes.unit[ahead], *errors]))
    if not parts:
        return {}
    units, *errors = np.concatenate(parts, axis=1)
    names = "own level beside none", "rival's level beside the own one"
    pairs = zip(names, errors[:2], errors[1:], strict=True)
    return {name: _saving(shorter, longer, units.astype(np.int64), len(parts)) for name, shorter, longer in pairs}


def _squared_errors(columns: Floats, unit: Places, before: Mask, ahead: Mask) -> Floats:
    """Of growth, the first column, predicted from the others and from each unit's own mean in the years before."""
    centred = columns.copy()
    for one in np.unique(unit[ahead]):
        centred[unit == one] -= columns[before & (unit == one)].mean(axis=0)
    trained = before & np.isin(unit, unit[ahead])
    coefficients = np.linalg.lstsq(centred[trained, 1:], centred[trained, 0], rcond=None)[0]
    return np.asarray((centred[ahead, 0] - centred[ahead, 1:] @ coefficients) ** 2)


def _saving(shorter: Floats, longer: Floats, unit: Places, years: int) -> Saving:
    whole = np.bincount(unit, shorter)
    saved = whole - np.bincount(unit, longer)
    kept = whole > 0.0
    share = saved.sum() / whole.sum()
    spread = float(((saved[kept] - share * whole[kept]) ** 2).sum()) ** 0.5 / whole.sum()
    return Saving(float(share), float(spread), float(np.mean(saved[kept] > 0.0)), years)
