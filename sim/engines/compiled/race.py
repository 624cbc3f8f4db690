"""Richardson's race of two, compiled for the class page, which holds no equation: a path and whether the race settles."""

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from sim.rules.elementary import positive_part
from sim.rules.richardson import armament_growth, stability_margin
from sim.translator.types import Shape

Pair = Annotated[NDArray[np.float64], Shape((2,))]
Path = Annotated[NDArray[np.float64], Shape((None, 2))]
Slopes = Annotated[NDArray[np.float64], Shape((4, 2))]
One = Annotated[NDArray[np.float64], Shape((1,))]


def race_path(
    reaction: Pair, fatigue: Pair, grievance: Pair, step: float, path: Path, slopes: Slopes, margin: One
) -> None:
    """Arms of both from the first row of `path` on, by Runge and Kutta's fourth-order method; no arms fall below zero.

    step   : [yr] between two rows
    slopes : room for the four slopes of a step
    margin : filled with by how much fatigue outweighs reaction
    """
    margin[0] = stability_margin(
        own_fatigue=fatigue[0], rival_fatigue=fatigue[1], own_reaction=reaction[0], rival_reaction=reaction[1]
    )
    for row in range(1, path.shape[0]):
        for stage in range(4):
            before = stage - 1 if stage > 0 else 0
            share = step if stage == 3 else 0.5 * step
            share = (
                0.0 if stage == 0 else share
            )  # room for slopes holds anything before the first stage, but no infinity
            first = positive_part(x=path[row - 1, 0] + share * slopes[before, 0])
            second = positive_part(x=path[row - 1, 1] + share * slopes[before, 1])
            slopes[stage, 0] = armament_growth(
                rival_arms=second, own_arms=first, reaction=reaction[0], fatigue=fatigue[0], grievance=grievance[0]
            )
            slopes[stage, 1] = armament_growth(
                rival_arms=first, own_arms=second, reaction=reaction[1], fatigue=fatigue[1], grievance=grievance[1]
            )
        for side in range(2):
            slope = slopes[0, side] + 2.0 * slopes[1, side] + 2.0 * slopes[2, side] + slopes[3, side]
            path[row, side] = positive_part(x=path[row - 1, side] + step / 6.0 * slope)
