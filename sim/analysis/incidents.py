"""What a change of the risk of incidents is owed to: the spiral, deterrence, or neither.

Arms act on the hazard in two opposite ways: they raise tension, and tension raises the hazard (the spiral); and the
arms of Kosovo lower it (deterrence). The same pairs of worlds are run again with either way switched off, and
with both. What remains with one way alone, less what remains with neither, is what that way does by itself; what the
two do only together is named, not given to either.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.analysis.results import Array, Bands, bands_of
from sim.model.variables import Series
from sim.model.network import KOSOVO, SERBIA

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
