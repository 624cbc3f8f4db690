"""What it is worth to know an input before a scenario is chosen: by how much the best choice gets better, and how often it is another.

The expected value of partial perfect information: the runs are cut into slices of one input, in each the scenario with the best mean is
chosen, and what that gains over one choice for all runs is averaged. With few runs in a slice, chance alone makes a gain: what an input
without any effect would get stands beside it, and nothing below that is worth a word.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.analysis.results import Frame, framed
from sim.io.errors import refusal
from sim.sweep.analysis.design_layout import lots
from sim.sweep.analysis.loading import Array, Sweep

COLUMNS = ("input", "gain", "without_effect", "changed", "unit")
SLICES, FEWEST = 8, 20  # of an input, and runs in each
SHUFFLES = 20


@dataclass(frozen=True, repr=False)
class Information:
    """What knowing each varied input is worth.

    choice         : the scenario that is best for all
    rows           : input, gain in the unit of the metric, and the share of runs in which another scenario is chosen; most worth first
    without_effect : the gain that an input without effect gets in 19 of 20 cases
    """

    metric: str
    unit: str
    prefer: str
    choice: str
    rows: tuple[tuple[str, float, float], ...]
    without_effect: float

    def __repr__(self) -> str:
        return f"Information({self.metric}, {self.prefer}: {self.choice} is chosen, {len(self.rows)} inputs)"

    def frame(self) -> Frame:
        """A row for each input: `gain`, `without_effect`, and in `changed` the share of runs with another choice."""
        return framed(
            ((name, gain, self.without_effect, changed, self.unit) for name, gain, changed in self.rows), COLUMNS
        )


def information(sweep: Sweep, metric: str, prefer: str = "lower") -> Information:
    """What knowing each varied input is worth for the choice of a scenario.

    prefer : "lower" or "higher" values of the metric

    Raises InputError for a sweep with one scenario, or with too few runs.
    """
    if prefer not in ("lower", "higher"):
        raise refusal("options", f'"{prefer}" is not lower or higher', "prefer")
    if len(sweep.scenarios) < 2:
        sweep.refuse("scenarios", "the sweep has one scenario only; there is nothing to choose")
    measured = sweep.metric(metric)
    worlds = sweep.worlds(measured.name)
    whole = ~worlds.isna().any(axis=1)
    values = worlds[whole].to_numpy() * (1.0 if prefer == "higher" else -1.0)
    slices = min(SLICES, len(values) // FEWEST)
    if slices < 2:
        sweep.refuse(
            "points", f"needs {2 * FEWEST} runs in which every scenario has the outcome, and there are {len(values)}"
        )
    inputs: Any = sweep.inputs_by_world()[whole]
    best = int(values.mean(axis=0).argmax())
    chance = [
        _gain(lots(f"information {number}", len(values), sweep.seed), values, slices, best)[0]
        for number in range(SHUFFLES)
    ]
    rows = [
        (name, *_gain(inputs[name].to_numpy(), values, slices, best)) for name in inputs if inputs[name].nunique() > 1
    ]
    ordered = tuple(sorted(rows, key=lambda row: -row[1]))
    floor = float(np.quantile(chance, 0.95))
    return Information(measured.name, measured.unit, prefer, sweep.scenarios[best], ordered, floor)


def _gain(known: Array, values: Array, slices: int, best: int) -> tuple[float, float]:
    """What a choice by slices of an input gains over one choice, and the share of runs in which it is another.

    values : (runs, scenarios), higher is better
    """
    gain = changed = 0.0
    for places in np.array_split(np.argsort(known, kind="stable"), slices):
        means = values[places].mean(axis=0)
        choice = int(means.argmax())
        gain += float(means[choice] - means[best]) * len(places) / len(values)
        changed += len(places) / len(values) * (choice != best)
    return gain, changed
