"""What it is worth to know an input before a scenario is chosen: by how much the best choice gets better, and how often it is another.

The expected value of partial perfect information: the runs are cut into slices of one input, in each the scenario with the best mean is
chosen, and what that gains over one choice for all runs is averaged. With few runs in a slice, chance alone makes a gain: what an input
without any effect would get stands beside it, and nothing below that is worth a word.
"""

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.io.errors import refusal
from sim.sweep.analysis.design_layout import lots
from sim.sweep.analysis.loading import Array, Sweep

if TYPE_CHECKING:
    import pandas as pd

SLICES, FEWEST = 8, 20  # of an input, and runs in each
SHUFFLES = 20


def information(sweep: Sweep, metric: str, prefer: str = "lower") -> "pd.DataFrame":
    """What knowing each varied input is worth, the most worth first.

    prefer  : "lower" or "higher" values of the metric
    returns : a row for each input: `gain` in the unit of the metric; `without_effect`, what an input without effect gets in 19 of 20
              cases; `changed`, the share of runs in which another scenario is chosen than `choice`, the best for all

    Raises InputError for a sweep with one scenario, or with too few runs.
    """
    import pandas as pd

    if prefer not in ("lower", "higher"):
        raise refusal("options", f'"{prefer}" is not lower or higher', "prefer")
    if len(sweep.scenarios) < 2:
        sweep.refuse("scenarios", "the sweep has one scenario only; there is nothing to choose")
    worlds = sweep.worlds(sweep.metric(metric).name)
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
    frame = pd.DataFrame(rows, columns=["input", "gain", "changed"]).sort_values(
        "gain", ascending=False, ignore_index=True
    )
    return frame.assign(without_effect=float(np.quantile(chance, 0.95)), choice=sweep.scenarios[best])


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
