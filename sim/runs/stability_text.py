"""stability_text."""

from typing import TYPE_CHECKING

import numpy as np

from sim.analysis.findings import actor_name, signed

if TYPE_CHECKING:
    from sim.analysis.race_stability import RaceStability
from sim.report.stability_text import REST, SHOWN

if TYPE_CHECKING:
    from sim.analysis.race_stability import RaceStability


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
