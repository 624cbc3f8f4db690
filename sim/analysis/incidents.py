"""What a change of the risk of incidents is due to: the spiral, deterrence, or neither.

Arms act on the hazard in two opposite ways: they raise tension, and tension raises the hazard (the spiral); and the
arms of the two sides lower it (deterrence). The same pairs of simulations are run again with either way switched off, and
with both. What remains with one way alone, less what remains with neither, is what that way does by itself; what the
two do only together is named, not given to either.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.results import Array, Bands, bands_of
from sim.analysis.topics import HORIZON
from sim.data.tables import EVENTS_DOCUMENTED_UNTIL
from sim.io.quarters import index_of, name_of
from sim.model.network import FIRST, SECOND
from sim.model.variables import Series

if TYPE_CHECKING:
    from sim.analysis.results import Run

HAZARD = Series("hazard", FIRST, SECOND)
SPIRAL, DETERRENCE = "hazard_tension", "deterrence"  # the parameters that carry the two ways
OFF = {
    "both": {},
    "spiral": {DETERRENCE: 0.0},
    "deterrence": {SPIRAL: 0.0},
    "neither": {SPIRAL: 0.0, DETERRENCE: 0.0},
}
PARTS = ("spiral", "deterrence", "neither", "interplay")


@dataclass(frozen=True)
class Channels:
    """The paired difference of the hazard, and its parts, by quarter.

    total   : bands over members [per year]
    parts   : name -> bands; their means add up to that of the total
    members : simulations that were run again
    """

    total: Bands
    parts: dict[str, Bands]
    members: int

    def to_json(self, quarters: tuple[str, ...]) -> list[dict[str, Any]]:
        """A row for each quarter: ensemble means of the total and of the parts."""
        means = {"total": self.total.mean, **{part: bands.mean for part, bands in self.parts.items()}}
        return [
            {"quarter": name, **{part: float(values[place]) for part, values in means.items()}}
            for place, name in enumerate(quarters)
        ]


def rate_limit(run: "Run") -> tuple[str, float] | None:
    """The first quarter in which more than 5 % of simulations have the largest incident rate [1/yr], and that; None if none does."""
    limit = run.parameters.distributions[run.parameters.offset("hazard_max")].centre
    reached = run.by_series[HAZARD].scenario.quantiles[-1] >= limit if HAZARD in run.by_series else np.zeros(1)
    return (name_of(int(reached.argmax())), limit) if reached.any() else None


def channels(differences: Mapping[str, Array]) -> Channels:
    """The parts of the hazard's difference.

    differences : the same with the ways that are left, by the names of `OFF`, (quarters, members) each
    """
    both, neither = differences["both"], differences["neither"]
    spiral, deterrence = (differences[way] - neither for way in ("spiral", "deterrence"))
    parts = dict(zip(PARTS, (spiral, deterrence, neither, both - spiral - deterrence - neither), strict=True))
    bands = {name: bands_of(np.ascontiguousarray(values)) for name, values in parts.items()}
    return Channels(bands_of(both), bands, both.shape[1])


INCIDENTS = Series("incidents", FIRST, SECOND)
FIRST_DRAWN = index_of(EVENTS_DOCUMENTED_UNTIL) + 1


@dataclass(frozen=True)
class ExpectedIncidents:
    """How many serious incidents are expected from a first quarter to the end of the horizon.

    first        : name of the first quarter
    starts_late  : whether the scenario changes something before incidents are drawn
    scenario     : mean number over simulations
    baseline     : the same without the scenario; None where it is compared with nothing
    low, high    : 90 % range over simulations of the paired difference, or None where it was not worked out
    """

    first: str
    starts_late: bool
    scenario: float
    baseline: float | None
    low: float | None
    high: float | None

    @property
    def change(self) -> float:
        """The difference of the two numbers that are printed."""
        return round(self.scenario, 2) - round(self.baseline or 0.0, 2)


def drawn_window(run: "Run") -> range:
    """Quarters from the first effect, or from the first in which incidents are drawn if that is later, to the end of the horizon;
    none where the run ends before."""
    first = FIRST_DRAWN if run.first_effect is None else max(run.first_effect, FIRST_DRAWN)
    end = index_of(f"{HORIZON}Q4") + 1
    return range(first, end) if end <= run.quarters else range(0)


def expected_incidents(run: "Run") -> ExpectedIncidents | None:
    """What is expected in both sides; None where the run ends too early or incidents were not recorded."""
    window = drawn_window(run)
    contrast = run.by_series.get(INCIDENTS)
    if contrast is None or not window:
        return None
    scenario, baseline = (
        None if bands is None else float(bands.mean[window.start : window.stop].sum())
        for bands in (contrast.scenario, contrast.baseline)
    )
    low, high = (None, None) if run.incidents is None else run.incidents.quantiles[[0, -1], 0].tolist()
    return ExpectedIncidents(
        first=name_of(window.start),
        starts_late=run.first_effect is not None and run.first_effect < window.start,
        scenario=scenario or 0.0,
        baseline=baseline,
        low=low,
        high=high,
    )
