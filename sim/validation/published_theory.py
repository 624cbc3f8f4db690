"""What the published suite computes with linear races: races of two, and Richardson's line."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.analysis.richardson import MARGINAL_BELOW, LinearRace
from sim.data.tables import amount

Floats = NDArray[np.float64]
Given = Mapping[str, Any]
Value = float | tuple[float, ...] | str
Values = dict[str, Value]

NLS_ROUNDS = 60


def race_values(given: Given) -> Values:
    """Equilibrium, eigenvalues, class and path of a race of two, in the units of the given coefficients."""
    race = LinearRace.pair(reaction=given["reaction"], fatigue=given["fatigue"], grievance=given["grievance"])
    tolerance, step = given.get("marginal_below", MARGINAL_BELOW), given.get("step", 1.0)
    options = {name: given[name] for name in ("step", "integrator", "floor", "scrapping") if name in given}
    path = race.trajectory(given["start"], steps=given["steps"], **options)
    rest = race.equilibrium()
    return {
        "equilibrium": _plain(rest),
        "sign of the equilibrium": "negative for both" if rest.max() < 0.0 else "not negative for both",
        "eigenvalues": _plain(race.eigenvalues.real),
        "factors per step": _plain(race.euler_eigenvalues(step=step).real),
        "m n - a b": float(race.stability_minors()[-1]),
        "class of the race": race.race_class(tolerance=tolerance),
        "outcome": race.outcome(tolerance=tolerance),
        **{f"arms after {time}": _plain(arms) for time, arms in enumerate(path)},
        "arms at the end": _plain(path[-1]),
    }


def budget_values(given: Given) -> Values:
    """Richardson's line and curve through the total budgets of two blocs [m GBP], and the blocs' difference."""
    blocs = _bloc_budgets(given)
    totals, gaps = blocs.sum(axis=1), blocs[:, 0] - blocs[:, 1]
    increments, means = np.diff(totals), (totals[1:] + totals[:-1]) / 2.0
    slope, level = _line(means, increments)
    slope_lagged, level_lagged = _line(totals[:-1], increments)
    base, height, rate = exponential_fit(totals)
    curve = base + height * np.exp(rate * np.arange(totals.size))
    return {
        "slope": slope,
        "level of no growth": level,
        "correlation": float(np.corrcoef(means, increments)[0, 1]),
        "slope on the total of the year before": slope_lagged,
        "continuous rate from that slope": float(np.log1p(slope_lagged)),
        "level of no growth from that slope": level_lagged,
        "c": base,
        "A": height,
        "b": rate,
        "largest residual": float(np.abs(totals - curve).max()),
        **_by_year("difference", given, gaps),
        "difference of the blocs 1909-1913 in the data": _trend(gaps),
    }


def bloc_race_values(given: Given) -> Values:
    """Two equal rivals with a slope and a level of no growth, from the budgets of the first year [m GBP].

    given : slope k - a [1/yr], fatigue a [1/yr], level [m GBP] of both together, blocs, years
    """
    fatigue, slope = given["fatigue"], given["slope"]
    grievance = -slope * given["level"] / 2.0
    race = LinearRace.pair((slope + fatigue,) * 2, (fatigue,) * 2, (grievance,) * 2)
    first, last = given["years"]
    path = race.trajectory(_bloc_budgets({**given, "years": [first, first]})[0], steps=last - first)
    gaps = path[:, 0] - path[:, 1]
    return {
        **_by_year("total", given, path.sum(axis=1)),
        "class of the race": race.race_class(),
        "difference of the blocs 1909-1913 in the model": _trend(gaps[:5]),
    }


def exponential_fit(values: Floats) -> tuple[float, float, float]:
    """Least-squares curve base + height * exp(rate * i) through values at i = 0, 1, ..., by Gauss and Newton.

    returns : base and height in the unit of the values, rate per step
    """
    place = np.arange(values.size)
    rate = float(np.log1p(_line(values[:-1], np.diff(values))[0]))
    height, base = np.polyfit(np.exp(rate * place), values, 1)
    for _ in range(NLS_ROUNDS):
        growth = np.exp(rate * place)
        slopes = np.column_stack([np.ones(values.size), growth, height * place * growth])
        change = np.linalg.lstsq(slopes, values - base - height * growth, rcond=None)[0]
        base, height, rate = base + change[0], height + change[1], rate + change[2]
    return float(base), float(height), float(rate)


def _line(x: Floats, y: Floats) -> tuple[float, float]:
    """Slope of the least-squares line, and where it crosses zero."""
    slope, height = np.polyfit(x, y, 1)
    return float(slope), float(-height / slope)


def _bloc_budgets(given: Given) -> Floats:
    """Budgets of the blocs, (years, blocs) [m GBP]."""
    first, last = given["years"]
    return np.array(
        [
            [sum(amount("context", f"richardson-{state}-{year}") for state in bloc) for bloc in given["blocs"]]
            for year in range(first, last + 1)
        ]
    )


def _by_year(what: str, given: Given, values: Floats) -> Values:
    return {f"{what} in {given['years'][0] + place}": float(value) for place, value in enumerate(values)}


def _trend(values: Floats) -> str:
    return "rises" if values[-1] > values[0] else "falls"


def _plain(values: Floats) -> tuple[float, ...]:
    return tuple(float(value) for value in values)
