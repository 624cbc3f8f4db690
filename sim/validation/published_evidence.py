"""What the published suite computes with the model's own rules and parameters, and from tables of other authors."""

import math

import numpy as np

from sim.analysis.reaction_fit import reaction_fit
from sim.analysis.stability import Reaction
from sim.data.tables import amount
from sim.model.parameters import load_parameters
from sim.rules import tension
from sim.rules.elementary import normal_quantile
from sim.validation.published_theory import Given, Value, Values

FULL_TENSION = 1.0
PRICES_OF = "USA"  # whose dollars they are


def multiplier_values(given: Given) -> Values:
    """Long-run multipliers of a pair in logarithms [1]; the given reaction includes the share of threat."""
    pair = Reaction(
        reaction=np.array(given["reaction"], dtype=float),
        fatigue=np.array(given["fatigue"], dtype=float),
        adjustment=np.ones(2),
        shares=np.array([[0.0, 1.0], [1.0, 0.0]]),
        rivalry=np.zeros(2),
        renewal=np.ones(2),
    )
    multipliers = pair.multipliers()
    return {"own multiplier": float(multipliers[0, 0]), "multiplier on the neighbour": float(multipliers[1, 0])}


def peacekeeper_values(given: Given) -> Values:
    """Rate of incidents with many peacekeepers over that with few [1]; given: troops [thousand], two numbers."""
    few, many = (
        tension.hazard(
            reference=_centre("hazard_reference"),
            exponent=-_centre("hazard_troops") * (troops - given["troops"][0]),
            hazard_max=math.inf,
        )
        for troops in given["troops"]
    )
    return {"ratio of the rates": many / few}


def odds_values(given: Given) -> Values:
    """Odds ratio of a table of 2 x 2 counts with its interval, and the model's own largest factor beside it [1].

    The interval is Woolf's normal approximation of the logarithm.
    """
    (a, b), (c, d) = given["table"]
    ratio = a * d / (b * c)
    spread = math.sqrt(sum(1.0 / count for count in (a, b, c, d)))
    factor = math.exp(normal_quantile(u=0.5 + given["level"] / 2.0) * spread)
    rise = _centre("hazard_tension") * (FULL_TENSION - _centre("tension_rest"))
    return {
        "odds ratio": ratio,
        "its interval": (ratio / factor, ratio * factor),
        "hazard at full tension over that at rest in the model": math.exp(rise),
    }


def rate_values(given: Given) -> Values:
    """Onsets a year, with the interval of the Gamma posterior of a Poisson rate under Jeffreys' prior [1/yr]."""
    from scipy.special import gammaincinv

    tail = (1.0 - given["level"]) / 2.0
    low, high = (float(gammaincinv(given["onsets"] + 0.5, share)) / given["years"] for share in (tail, 1.0 - tail))
    return {"onsets a year": given["onsets"] / given["years"], "its interval": (low, high)}


def reaction_values(given: Given) -> Values:
    """Reaction k, restraint a and stability of a pair of states [1/yr], by least squares on yearly spending.

    given : states (codes), names, measure (constant, current, share), years (first and last)
    """
    fit = reaction_fit(*(_series(state, given["measure"], *given["years"]) for state in given["states"]))
    values: dict[str, Value] = {}
    for side, name in enumerate(given["names"]):
        values |= {
            f"k of {name}": fit.reactions[side],
            f"k of {name} 95 %": fit.reaction_interval(side),
            f"a of {name}": fit.restraints[side],
            f"k/a of {name}": fit.elasticities[side],
        }
    return values | {
        "stability eigenvalue": fit.stability_eigenvalue,
        "stability eigenvalue 95 %": fit.stability_interval(),
        "class of the race": fit.race_class
        if fit.is_class_settled
        else f"undetermined ({fit.race_class} at the middle)",
    }


def _series(state: str, measure: str, first: int, last: int) -> dict[int, float]:
    """Spending by year: million dollars, current or of 1982-84, or per cent of GDP."""
    kind = "burden" if measure == "share" else "milex"
    values = {year: amount("context", f"wdi-{kind}-{state}-{year}") for year in range(first, last + 1)}
    if measure != "constant":
        return values
    return {year: value / amount("context", f"cpi-{PRICES_OF}-{year}") for year, value in values.items()}


def _centre(key: str) -> float:
    """Default of a parameter of the model, in its unit."""
    table = load_parameters()
    return table.distributions[table.offset(key)].centre
