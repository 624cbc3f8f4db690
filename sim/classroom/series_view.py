"""What the page shows of a run: its series, in three sets, and numbers rounded for the way to the page."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.analysis.results import bands_of
from sim.data.actors import actor_name
from sim.io.quarters import PER_YEAR
from sim.model.network import KOSOVO, SERBIA, TURKEY, network
from sim.model.variables import VARIABLES, Series, all_series

Array = NDArray[np.float64]
DIGITS = 4  # that a number keeps, counted from the largest of its series
_LINES = (
    *(Series("spending", state) for state in (SERBIA, KOSOVO, TURKEY)),
    Series("tension", SERBIA, KOSOVO),
    Series("hazard", SERBIA, KOSOVO),
    Series("attitude", SERBIA, TURKEY),
    Series("attitude", TURKEY, SERBIA),
    Series("attitude", SERBIA, KOSOVO),
    Series("attitude", KOSOVO, SERBIA),
    Series("attitude", KOSOVO, TURKEY),
    *(Series("threat", state) for state in (SERBIA, KOSOVO)),
    *(Series("capability", state) for state in (SERBIA, KOSOVO)),
    *(Series(kind, state) for kind in ("loitering", "uav", "air_defence") for state in (SERBIA, KOSOVO)),
    Series("supplier_choice", SERBIA, TURKEY),
    Series("troops", "NATO"),
    Series("dialogue", SERBIA, KOSOVO),
)


def lines() -> tuple[Series, ...]:
    """Series that are drawn as lines with bands."""
    return _LINES


@cache
def map_series() -> tuple[Series, ...]:
    """Series that the map shows: attitudes, threat, and deliveries."""
    attitudes = tuple(Series("attitude", *tie) for tie in network().ties)
    threats = tuple(Series("threat", state) for state in network().states)
    return (*attitudes, *threats, *(series for series in all_series() if series.variable == "deliveries"))


@cache
def recorded() -> tuple[Series, ...]:
    """Everything that is recorded for the page, the lines first, each once."""
    return tuple(dict.fromkeys((*lines(), *map_series())))


def described(series: Series) -> dict[str, Any]:
    """What the page must know to draw a series."""
    variable = VARIABLES[series.variable]
    return {
        "key": series.name,
        "variable": series.variable,
        "actor": series.actor,
        "counterpart": series.counterpart or None,
        "name": _name(series),
        "unit": variable.unit,
        "meaning": variable.meaning,
    }


def _name(series: Series) -> str:
    label = VARIABLES[series.variable].label
    if series.variable == "hazard":
        return "Risk of incidents (hazard)"
    if series.variable in ("tension", "dialogue"):
        return f"{label}, Serbia and Kosovo"
    if series.variable == "troops":
        return label
    if series.counterpart:
        link = "buying from" if series.variable == "supplier_choice" else "towards"
        return f"{label}, {actor_name(series.actor)} {link} {actor_name(series.counterpart)}"
    return f"{label}, {actor_name(series.actor)}"


def rounded(values: Array) -> list[Any]:
    """Numbers as plain lists with few digits."""
    largest = float(np.abs(values).max(initial=0.0))
    digits = 0 if largest == 0.0 else DIGITS - 1 - int(np.floor(np.log10(largest)))
    plain: list[Any] = (np.round(values, max(digits, 0)) + 0.0).tolist()
    return plain


def bands(values: Array) -> list[list[float]]:
    """Quantiles 5, 25, 50, 75 and 95 % of (quarters, members), each a list over quarters."""
    return [rounded(level) for level in bands_of(values).quantiles]


def difference(scenario: Array, baseline: Array) -> dict[str, Any]:
    """Bands of the paired difference, and the shares of worlds in which it is above and below zero."""
    gap = bands_of(scenario - baseline)
    return {
        "bands": [rounded(level) for level in gap.quantiles],
        "higher": np.round(gap.p_positive, 3).tolist(),
        "lower": np.round(gap.p_negative, 3).tolist(),
    }


def on_map(values: Array, shown: Sequence[Series]) -> dict[str, list[float]]:
    """Medians for the map; deliveries as the mean over worlds of the year that ends with each quarter."""
    medians = {}
    for series, members in zip(shown, values, strict=True):
        if series.variable == "deliveries":
            mean = members.mean(axis=-1)
            year = np.convolve(mean, np.ones(PER_YEAR))[: len(mean)]
            if year.max(initial=0.0) >= 0.05:
                medians[series.name] = np.round(year, 2).tolist()
        else:
            medians[series.name] = rounded(np.median(members, axis=-1))
    return medians
