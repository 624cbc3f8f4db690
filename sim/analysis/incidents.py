"""What a change of the risk of incidents is owed to: the spiral, deterrence, or neither.

Arms act on the hazard in two opposite ways: they raise tension, and tension raises the hazard (the spiral); and the
arms of Kosovo lower it (deterrence). The same pairs of worlds are run again with either way switched off, and
with both. What remains with one way alone, less what remains with neither, is what that way does by itself; what the
two do only together is named, not given to either.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.findings import HORIZON, signed
from sim.analysis.results import Array, Bands, bands_of
from sim.data.tables import EVENTS_DOCUMENTED_UNTIL
from sim.io.quarters import index_of, name_of
from sim.model.network import KOSOVO, SERBIA
from sim.model.sign_assumptions import is_contested, only_events_changed
from sim.model.variables import Series

if TYPE_CHECKING:
    from sim.analysis.results import Run

HAZARD = Series("hazard", SERBIA, KOSOVO)
SPIRAL, DETERRENCE = "hazard_tension", "deterrence"  # the parameters that carry the two ways
OFF = {
    "both": {},
    "spiral": {DETERRENCE: 0.0},
    "deterrence": {SPIRAL: 0.0},
    "neither": {SPIRAL: 0.0, DETERRENCE: 0.0},
}
PARTS = ("spiral", "deterrence", "neither", "interplay")
Again = Callable[[Mapping[str, float]], Array]


@dataclass(frozen=True)
class Channels:
    """The paired difference of the hazard, and its parts, by quarter.

    total   : bands over members [per year]
    parts   : name -> bands; their means add up to that of the total
    members : worlds that were run again
    """

    total: Bands
    parts: dict[str, Bands]
    members: int

    def plain(self, names: tuple[str, ...]) -> list[dict[str, Any]]:
        """A row for each quarter: ensemble means of the total and of the parts."""
        return [
            {
                "quarter": name,
                "total": float(self.total.mean[place]),
                **{part: float(bands.mean[place]) for part, bands in self.parts.items()},
            }
            for place, name in enumerate(names)
        ]


def channels(again: Again) -> Channels:
    """The parts of the hazard's difference.

    again : runs both worlds with some parameters replaced; returns the hazard's difference, (quarters, members)
    """
    found = {name: again(off) for name, off in OFF.items()}
    spiral, deterrence = (found[name] - found["neither"] for name in ("spiral", "deterrence"))
    parts = {
        "spiral": spiral,
        "deterrence": deterrence,
        "neither": found["neither"],
        "interplay": found["both"] - spiral - deterrence - found["neither"],
    }
    bands = {name: bands_of(np.ascontiguousarray(values)) for name, values in parts.items()}
    return Channels(bands_of(found["both"]), bands, found["both"].shape[1])


INCIDENTS = Series("incidents", "SRB", "XKX")
FIRST_DRAWN = index_of(EVENTS_DOCUMENTED_UNTIL) + 1
BOTH_VIEWS = "Sign contested: the model holds both views of arms; see the theories."


@dataclass(frozen=True)
class Expected:
    """What is expected from a first quarter to the end of the horizon.

    first        : name of the first quarter
    starts_late  : whether the scenario changes something before incidents are drawn
    ours, theirs : mean number over worlds, with the scenario and without
    low, high    : 5-95 % range over worlds of the paired difference, or None where it was not worked out
    contested    : whether the literature disagrees on the direction
    """

    first: str
    starts_late: bool
    ours: float
    theirs: float | None
    low: float | None
    high: float | None
    contested: bool

    def sentences(self, without: str) -> str:
        """In words; `without` names the worlds without the scenario."""
        said = f"Serious incidents expected from {self.first} to the end of {HORIZON} (mean of all worlds): {self.ours:.2f}"
        if self.theirs is not None:
            said += f", against {self.theirs:.2f} {without}; change {signed(round(self.ours, 2) - round(self.theirs, 2), 2)}"
        if self.low is not None and self.high is not None:
            said += f" (5-95 % of worlds: {signed(self.low, 0)} to {signed(self.high, 0)})"
        late = f" They are drawn from {self.first} on; earlier quarters are on record." if self.starts_late else ""
        both = f" {BOTH_VIEWS}" if self.contested and self.theirs is not None else ""
        return f"{said}.{late}{both}"


def drawn_window(run: "Run") -> range:
    """Quarters from the first effect, or from the first in which incidents are drawn if that is later, to the end of the horizon;
    none where the run ends before."""
    first = FIRST_DRAWN if run.first_effect is None else max(run.first_effect, FIRST_DRAWN)
    end = index_of(f"{HORIZON}Q4") + 1
    return range(first, end) if end <= run.quarters else range(0)


def incidents_expected(run: "Run") -> Expected | None:
    """What is expected in both worlds; None where the run ends too early or incidents were not recorded."""
    window = drawn_window(run)
    contrast = run.by_series.get(INCIDENTS)
    if contrast is None or not window:
        return None
    ours, theirs = (
        None if bands is None else float(bands.mean[window.start : window.stop].sum())
        for bands in (contrast.scenario, contrast.baseline)
    )
    low, high = (None, None) if run.incidents is None else (float(run.incidents.quantiles[row, 0]) for row in (0, -1))
    starts_late = run.first_effect is not None and run.first_effect < window.start
    contested = is_contested("incidents", only_events_changed(run.scenario, run.baseline))
    return Expected(name_of(window.start), starts_late, ours or 0.0, theirs, low, high, contested)
