"""What states had pledged, and since when: the paths that a forecaster could have drawn at the time.

NATO's members agreed on 5 September 2014 to move towards 2 % of GDP within a decade (`nato-wales2014`, paragraph 14), and a state that
joined later took the pledge over. Before that no goal with a date is known; the guideline of 2 % is older, but had none.
"""

import numpy as np

from sim.calibration.spending.growth import Floats
from sim.calibration.spending.series import SpendingSeries
from sim.data.actors import load_actors

PLEDGED, DEADLINE, PLEDGED_IN = 0.02, 2024, 2014
MEMBERS_SINCE = {actor.code: actor.nato_since for actor in load_actors().actors if actor.nato_since is not None}
"""Year of accession to NATO."""


def is_bound(state: str, year: int) -> bool:
    """Whether a state had the pledge to keep at the end of a year."""
    return year >= PLEDGED_IN and MEMBERS_SINCE.get(state, DEADLINE) <= year < DEADLINE


def steps_from(burden: Floats, states: tuple[str, ...], year: int) -> Floats:
    """Change of log burden that the pledge asks of the year after `year`, (..., s) [1]: a straight line to the deadline; 0 without one.

    burden : (..., s)  logarithm at the end of `year`
    """
    gaps = np.maximum(np.log(PLEDGED) - np.nan_to_num(burden), 0.0)
    bound = np.array([is_bound(state, year) for state in states])
    return np.where(bound, gaps / max(DEADLINE - year, 1), 0.0)


def planned_steps(series: SpendingSeries) -> Floats:
    """The same after each year of a series, (s, t) [1]."""
    columns = zip(series.burden.T, series.years, strict=True)
    return np.stack([steps_from(burden, series.states, year) for burden, year in columns], axis=1)
