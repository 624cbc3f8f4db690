"""A forecast scored against figures of spending that a user supplies, once they are known: coverage, CRPS and Brier score."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from sim.calibration.spending.scores import brier, crps, inside
from sim.io.csv_reader import CsvRow, Name, read_rows
from sim.io.errors import InputError, Problem, suggestion
from sim.io.formatting import per_cent, readable
from sim.io.terminal import paragraph, table
from sim.model.network import network

HEADER = ("state", "year", "figure", "unit", "median", "90 % range", "in 50 %", "in 90 %", "CRPS", "no change")


class Figure(CsvRow):
    """A figure that came out: of a state and a year, in a unit of the forecast."""

    identity: ClassVar[tuple[str, ...]] = ("state", "year", "unit")

    state: Name
    year: int
    unit: Name
    value: float


def figures_in(file: Path, states: Sequence[str], years: Sequence[int], units: Sequence[str]) -> tuple[Figure, ...]:
    """The figures of a file with the columns state, year, unit, value; InputError lists all that the forecast is not about."""
    figures = read_rows(file, Figure, may_be_empty=False)
    problems = [
        Problem(figure.line, name, f'"{value}" is not in the forecast{suggestion(value, known)}')
        for figure in figures
        for name, value, known in (("state", figure.state, states), ("unit", figure.unit, units))
        if value not in known
    ]
    told = f"is not forecast; that is {years[0]} to {years[-1]}, see --until"
    problems += [Problem(one.line, "year", f"{one.year} {told}") for one in figures if one.year not in years]
    if problems:
        raise InputError(file, problems)
    return figures


def scored(
    figures: Sequence[Figure], years: Sequence[int], draws: dict[str, Any], last: dict[str, Any]
) -> list[dict[str, Any]]:
    """Figures beside their forecasts, a row each.

    draws : unit -> (states, years, members)
    last  : unit -> (states,) the last observed figures

    low, median, high    : of the forecast, the ends of its 90 % range
    inside_50, inside_90 : whether the figure lies in the central ranges
    crps                 : of the forecast, and `no_change` of the last observed figure, in the unit; smaller is better
    rise                 : probability that the forecast gave to spending above the last observed figure; `brier` its squared error
    """
    return [_scored(figure, years, draws[figure.unit], last[figure.unit]) for figure in figures]


def _scored(figure: Figure, years: Sequence[int], draws: Any, last: Any) -> dict[str, Any]:
    state = network().states.index(figure.state)
    own, before = draws[state, list(years).index(figure.year)][:, None], float(last[state])
    came, rise = np.array([figure.value]), float((own > before).mean())
    low, median, high = (float(value) for value in np.quantile(own, (0.05, 0.5, 0.95)))
    return {
        **figure.model_dump(exclude={"line"}), "low": low, "median": median, "high": high,
        "inside_50": bool(inside(own, came, 0.5)[0]), "inside_90": bool(inside(own, came, 0.9)[0]),
        "crps": float(crps(own, came)[0]), "no_change": abs(figure.value - before), "rise": rise,
        "brier": float(brier(np.array([rise]), np.array([float(figure.value > before)]))[0]),
    }  # fmt: skip


def document(scores: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What `forecast --score --format json` prints."""
    return {"scores": scores, **_means(scores)}


def _means(scores: Sequence[dict[str, Any]]) -> dict[str, float]:
    names = ("inside_50", "inside_90", "brier")
    return {f"mean_{name}": float(np.mean([score[name] for score in scores])) for name in names}


def answer(scores: Sequence[dict[str, Any]]) -> Iterator[str]:
    """The figures as a table, and how good the forecast was."""
    rows = [
        (
            score["state"], str(score["year"]), readable(score["value"]), score["unit"], readable(score["median"]),
            f"{readable(score['low'])} to {readable(score['high'])}",
            *("yes" if score[name] else "no" for name in ("inside_50", "inside_90")),
            readable(score["crps"]), readable(score["no_change"]),
        )
        for score in scores
    ]  # fmt: skip
    yield table(HEADER, rows, right=(2, 4, 8, 9))
    means, better = _means(scores), sum(score["crps"] < score["no_change"] for score in scores)
    half, most = (per_cent(means[f"mean_inside_{share}"]) for share in (50, 90))
    yield paragraph(
        f"{len(scores)} figures: {half} lie in the 50 % range, {most} in the 90 % range. The CRPS (in the unit of the figure, smaller is "
        f"better) is below that of no change since the last observed figure for {better} of them. The Brier score of whether spending rose "
        f"is {means['mean_brier']:.3f}; 0.25 is that of a coin."
    )
    yield paragraph(
        "Figures of one year share their chance: a few of them cannot tell a good forecast from a lucky one."
    )
