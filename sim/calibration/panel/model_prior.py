"""From the panel's reactions to the model's: the elasticity that answers a rival's spending as much within some years.

The panel tells by how much a budget grows in a year where the rival spends more for good; the model's budget follows threat, threat
follows arms, and arms follow spending slowly. Both are compared by what a lasting rise of the rival's spending has done after `YEARS`,
which depends little on how fast a budget returns to its plan; the long run, which the panel leaves open, does.
"""

import math

from sim.calibration.panel.tables import Tables
from sim.model.network import network
from sim.model.parameters import load_parameters

YEARS = 5.0
SLOPE = 0.4  # of threat in the logarithm of the rival's arms, between equals of which one sees the other at two thirds hostile
MAIN, TRENDS = "main estimate", "trends of states"


def panel_answer(reaction: float, restraint: float, years: float = YEARS) -> float:
    """Elasticity of a budget to a lasting rise of the rival's spending after some years [1], by the panel.

    reaction, restraint : [1/yr]

    >>> round(panel_answer(reaction=0.02, restraint=0.1), 3)
    0.079
    """
    return reaction * (1.0 - math.exp(-restraint * years)) / restraint


def model_answer(adjustment: float, fatigue: float, renewal: float, years: float = YEARS) -> float:
    """The same by the model near the planned path [1], per unit of reaction and slope.

    adjustment : [1/yr]
    fatigue    : [1]
    renewal    : [1/yr]  speed at which arms follow spending: wear and growth

    Solves d gap/dt = adjustment (arms - (1 + fatigue) gap), d arms/dt = renewal (1 - arms), from nothing.

    >>> round(model_answer(adjustment=0.35, fatigue=0.5, renewal=0.125), 3)
    0.213
    """
    pace = adjustment * (1.0 + fatigue)
    at_once = (1.0 - math.exp(-pace * years)) / pace
    delayed = (math.exp(-renewal * years) - math.exp(-pace * years)) / (pace - renewal)
    return adjustment * (at_once - delayed)


def prior_of_reaction(tables: Tables, state: str) -> tuple[float, float]:
    """Mean and standard deviation [1] of a state's reaction in the model, from the dyad with its main rival.

    Where the panel has no such dyad: the mean of all together, with the spread of the dyad that is known least.
    """
    rival = main_rival(state)
    dyad = None if rival is None else tables.row("dyads", state, rival)
    if dyad is None:
        together = tables.row("estimates", "together", MAIN)
        reaction, restraint, error = together.reaction, together.restraint, max(row.sd for row in tables.dyads)
    else:
        reaction, restraint, error = dyad.mean, dyad.restraint, dyad.sd
    per_unit = SLOPE * model_answer(
        adjustment=default(f"adjustment.{state}"),
        fatigue=default(f"fatigue.{state}"),
        renewal=default("depreciation") + default(f"gdp_growth.{state}"),
    )
    scale = panel_answer(1.0, restraint) / per_unit
    return reaction * scale, error * scale


def prior_of_adjustment(tables: Tables, state: str) -> tuple[float, float]:
    """Median [1/yr] of the speed at which a state's budget moves to where pressure would hold it, and the spread of its logarithm [1].

    The panel, with a trend for each state as the model has a plan, tells how fast a budget returns; in the model fatigue
    returns it, too. Of the dyad with the main rival where the panel tells it apart, else of all together.
    """
    rival = main_rival(state)
    row = tables.row("estimates", f"{state}-{rival}", TRENDS) or tables.row("estimates", "together", TRENDS)
    return row.restraint / (1.0 + default(f"fatigue.{state}")), row.restraint_error / row.restraint


def main_rival(state: str) -> str | None:
    """The rival with the largest share of a state's threat; None without rivals."""
    shares = {rival: default(f"threat_share.{state}.{rival}") for one, rival in network().rivals if one == state}
    return max(shares, key=lambda rival: shares[rival]) if shares else None


def default(key: str) -> float:
    """The default of one number of the model."""
    parameters = load_parameters()
    (row,) = parameters.rows_of(key)
    return parameters.distributions[row].centre
