"""What the analysis of stability says, in sentences (templates/stability_words.txt)."""

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.stability import AT
from sim.data.actors import actor_name
from sim.io.templates import phrase
from sim.model.network import TOLD

if TYPE_CHECKING:
    from sim.analysis.race_stability import RaceStability

WORDS = "stability_words.txt"


def pace_words(stability: dict[str, Any]) -> str:
    """Class and pace over simulations."""
    shares = [(name, share) for name, share in stability["share_of_members"].items() if share > 0.0]
    return phrase(WORDS, "pace", shares, stability)


def edge_words(stability: dict[str, Any]) -> str:
    """Distance to the threshold."""
    return phrase(WORDS, "edge", stability["threshold_scaling"])


def rest_words() -> str:
    """What is held still where it is said where spending settles."""
    return phrase(WORDS, "rest", AT)


def baseline_words(race: "RaceStability") -> str:
    """Whether the scenario moves the reactions, and by how much; nothing without a baseline."""
    moved = race.moved()
    if moved is None or race.baseline is None:
        return ""
    base, own = (vars(reaction).values() for reaction in race.reactions)
    if all(np.array_equal(values, values_base) for values, values_base in zip(own, base, strict=True)):
        return phrase(WORDS, "unmoved", race.baseline.id, bool(race.settling))
    return phrase(WORDS, "moved", race.baseline.id, moved["eigenvalue_per_year"], moved["spectral_radius"])


def settling_words(race: "RaceStability") -> str:
    """Where spending settles under the scenario."""
    return phrase(WORDS, "settling", [(actor_name(state), race.settling[state]) for state in TOLD], AT)
