"""What the analysis of stability says, in sentences."""

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.findings import actor_name, in_a_hundred, signed
from sim.model.network import KOSOVO, SERBIA, TURKEY

if TYPE_CHECKING:
    from sim.runs.stability import RaceStability

AT = "2026Q4"  # the quarter whose arms, hostility and risk are kept
REST = f"if the arms, the hostility and the risk of {AT} stayed as they are for good"
SHOWN = (SERBIA, KOSOVO, TURKEY)


def pace_words(told: dict[str, Any]) -> str:
    """Class and pace over worlds."""
    shares = told["share_of_members"]
    ways = {"stable": "settles", "marginal": "stands on the edge", "runaway": "runs away"}
    found = [f"{ways[name]} in {_worlds(share)}" for name, share in shares.items() if share > 0.0]
    first = f"Left alone, the race {', '.join(found)}"
    rate = told["eigenvalue_per_year"]
    pace = [
        f"{words} {_range(told[name], 1)} years"
        for name, words in (("half_time_years", "a push halves in"), ("doubling_time_years", "a push doubles in"))
        if told[name] is not None
    ]
    slowest = f"the slowest mode has the eigenvalue {signed(rate['q50'], 3)} a year ({signed(rate['q05'], 3)} to {signed(rate['q95'], 3)})"
    return f"{first}; {'; '.join([*pace, slowest])}."


def _worlds(share: float) -> str:
    return "all worlds" if share >= 1.0 else f"{in_a_hundred(share)} of 100 worlds"


def edge_words(told: dict[str, Any]) -> str:
    """Distance to the threshold."""
    scaling = told["threshold_scaling"]
    middle = scaling["q50"]
    if middle is None:
        return "No multiple of the reactions, up to a thousand, takes the middle world over the edge."
    times = f"Distance to the edge: all reactions together would have to be multiplied by {_range(scaling, 2)}"
    if middle >= 1.0:
        return f"{times} for the race to stop settling."
    return f"{times}, that is cut, for the race to settle."


def _range(quantiles: dict[str, Any], digits: int) -> str:
    """The middle, and 90 % of worlds; an end without limit is said so."""
    low, middle, high = (
        "without limit" if quantiles[name] is None else f"{quantiles[name]:.{digits}f}"
        for name in ("q05", "q50", "q95")
    )
    return f"{middle} ({low} to {high})"


def baseline_words(found: "RaceStability") -> str:
    """Whether the scenario moves the reactions, and by how much."""
    moved = found.moved()
    if moved is None or found.baseline is None:
        return ""
    base, ours = found.reactions
    if all(np.array_equal(mine, theirs) for mine, theirs in zip(vars(ours).values(), vars(base).values(), strict=True)):
        return (
            f"Against {found.baseline.id} nothing of this moves: the scenario changes events and not how states react, so class "
            f"and pace are the same.{' What moves is where spending settles.' if found.settling else ''}"
        )
    eigenvalue, radius = moved["eigenvalue_per_year"], moved["spectral_radius"]
    return (
        f"Against {found.baseline.id} the eigenvalue moves by {signed(eigenvalue['q50'], 3)} a year ({signed(eigenvalue['q05'], 3)} to "
        f"{signed(eigenvalue['q95'], 3)}), the spectral radius by {signed(radius['q50'], 3)} ({signed(radius['q05'], 3)} to "
        f"{signed(radius['q95'], 3)})."
    )


def settling_words(found: "RaceStability") -> str:
    """Where spending settles under the scenario."""
    parts = [
        f"{actor_name(state)} {signed(found.settling[state]['q50'], 2)} % ({signed(found.settling[state]['q05'], 2)} to "
        f"{signed(found.settling[state]['q95'], 2)})"
        for state in SHOWN
    ]
    return f"Where spending would settle, scenario against baseline, {REST}: {'; '.join(parts)}. Unrest and budget wishes come on top."
