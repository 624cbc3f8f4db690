"""What the analysis of stability says, in sentences (templates/stability_words.txt)."""

from typing import Any

from sim.analysis.stability import AT
from sim.io.templates import phrase

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
