"""The contenders' forecasts from rolling origins, scored against what came: who is better where, and how sure that is."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from sim.calibration.panel.tables import MaybeNumber
from sim.calibration.spending.contenders import CONTENDERS, LEADS, REFERENCE_CONTENDER, Contender, forecast_draws
from sim.calibration.spending.growth import Floats
from sim.calibration.spending.scores import crps, energy_score, inside, mean_and_error, short
from sim.calibration.spending.series import SpendingSeries
from sim.io.csv_reader import CsvRow, Name
from sim.io.progress import Progress, advanced

FILE = "backtest.csv"
ORIGINS = tuple(range(2008, 2023))
PLEDGE = 2014  # the first origin at which a pledge was known
DRAWS = 2000
HALF, MOST = 0.5, 0.9
MODEL = "model"
NUMBERS = (
    "crps", "difference", "error", "from_model", "from_model_error", "inside_50", "inside_90", "energy",
    "energy_difference", "energy_error",
)  # fmt: skip
SCORES = ("crps", "inside_50", "inside_90", "energy")


class BacktestRow(CsvRow):
    """How a contender did in a group of forecasts.

    group             : "all", a state, or a span of origins
    lead              : years ahead
    crps              : mean score of log spending [1]; 0.05 is about five per cent
    difference        : from that of the reference, over the same forecasts; negative is better
    error             : its standard error, over origins
    from_model        : difference from the score of the model; positive where the model is better; and its error
    inside_50, _90    : share of outcomes within the central ranges of 50 and 90 per cent
    energy            : mean energy score of all states together, and its difference; blank for one state
    forecasts, origins: how many
    """

    identity: ClassVar[tuple[str, ...]] = ("group", "lead", "contender")

    group: Name
    lead: int
    contender: Name
    crps: float
    difference: float
    error: float
    from_model: float
    from_model_error: float
    inside_50: float
    inside_90: float
    energy: MaybeNumber
    energy_difference: MaybeNumber
    energy_error: MaybeNumber
    forecasts: int
    origins: int


@dataclass(frozen=True, eq=False)
class Scored:
    """Scores of every forecast; NaN where there is none.

    origins : (o,)
    states  : (s,)
    crps, inside_50, inside_90 : contender -> (o, leads, s)
    energy  : contender -> (o, leads)
    """

    origins: tuple[int, ...]
    states: tuple[str, ...]
    crps: Mapping[str, Floats]
    inside_50: Mapping[str, Floats]
    inside_90: Mapping[str, Floats]
    energy: Mapping[str, Floats]


def scored(
    series: SpendingSeries,
    origins: Sequence[int] = ORIGINS,
    contenders: Mapping[str, Contender] = CONTENDERS,
    draws: int = DRAWS,
    progress: Progress | None = None,
) -> Scored:
    """Forecasts of every contender from every origin, scored."""
    shape = len(origins), len(LEADS), len(series.states)
    found = {score: {name: np.full(shape, np.nan) for name in contenders} for score in SCORES}
    for place, origin in enumerate(origins):
        known = series.until(origin)
        for name, contender in contenders.items():
            ahead = forecast_draws(known, contender, draws, seed=origin)
            for step, lead in enumerate(LEADS):
                if origin + lead <= series.years[-1]:
                    outcome = series.spending[:, series.at(origin + lead)] - known.spending[:, -1]
                    _score(found, name, (place, step), ahead[:, step], outcome)
        advanced(progress, "origins", place + 1, len(origins))
    energy = {name: values[:, :, 0] for name, values in found.pop("energy").items()}
    return Scored(tuple(origins), series.states, **found, energy=energy)


def _score(
    found: Mapping[str, Mapping[str, Floats]], name: str, place: tuple[int, int], draws: Floats, outcome: Floats
) -> None:
    able = ~np.isnan(draws).any(axis=0) & ~np.isnan(outcome)
    ahead, came = draws[:, able], outcome[able]
    found["crps"][name][*place, able] = crps(ahead, came)
    found["inside_50"][name][*place, able] = inside(ahead, came, HALF)
    found["inside_90"][name][*place, able] = inside(ahead, came, MOST)
    found["energy"][name][*place, :] = energy_score(ahead, came)


def backtest_rows(scores: Scored) -> Iterator[BacktestRow]:
    """Every contender in every group: all forecasts, spans of origins, states."""
    every, each = np.arange(len(scores.origins)), np.arange(len(scores.states))
    early = np.array([origin < PLEDGE for origin in scores.origins])
    yield from _group("all", scores, every, each)
    for part in (every[early], every[~early]):
        if len(part) > 1:
            yield from _group(f"origins {scores.origins[part[0]]} to {scores.origins[part[-1]]}", scores, part, each)
    for place, state in enumerate(scores.states):
        yield from _group(state, scores, every, each[place : place + 1])


def _group(group: str, scores: Scored, origins: np.ndarray, states: np.ndarray) -> Iterator[BacktestRow]:
    for step, lead in enumerate(LEADS):
        reference = scores.crps[REFERENCE_CONTENDER][origins, step][:, states]
        used = origins[~np.isnan(reference).all(axis=1)]
        if len(used) < 2:
            continue
        for name in scores.crps:
            own = scores.crps[name][used, step][:, states]
            crps_apart, energy_apart = _apart(scores, name, REFERENCE_CONTENDER, used, step, states)
            from_model, _ = _apart(scores, name, MODEL, used, step, states)
            shares = [
                float(np.nanmean(table[name][used, step][:, states])) for table in (scores.inside_50, scores.inside_90)
            ]
            energies = (
                (float(scores.energy[name][used, step].mean()), *energy_apart) if len(states) > 1 else (None,) * 3
            )
            numbers = (float(np.nanmean(np.nanmean(own, axis=1))), *crps_apart, *from_model, *shares, *energies)
            rounded = (None if number is None else short(number) for number in numbers)
            cells: dict[str, Any] = dict(zip(NUMBERS, rounded, strict=True))
            forecasts = int((~np.isnan(own)).sum())
            yield BacktestRow(group=group, lead=lead, contender=name, **cells, forecasts=forecasts, origins=len(used), line=1)  # fmt: skip


Difference = tuple[float, float]


def _apart(
    scores: Scored, one: str, other: str, origins: np.ndarray, step: int, states: np.ndarray
) -> tuple[Difference, Difference]:
    """Difference of two contenders' scores and its standard error: of each quantity, and of all together."""
    each = (scores.crps[one] - scores.crps[other])[origins, step][:, states]
    together = (scores.energy[one] - scores.energy[other])[origins, step]
    return mean_and_error(np.nanmean(each, axis=1), LEADS[step] - 1), mean_and_error(together, LEADS[step] - 1)
