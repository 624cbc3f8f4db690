"""What each member predicts for the figures: the replay of the documented history, reduced to a few numbers per moment.

Nothing of the replay is drawn (`chance` is 0): only parameters and the sizes of the script's events differ between
members. A moment's rows are what `sim.calibration.likelihood` needs to compare it with its figures.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sim.calibration.moments import (
    SMALL_TRADE,
    AtLeast,
    Choice,
    Factor,
    Incidents,
    LeadTime,
    Level,
    Moment,
    Moments,
    Ordering,
    YearlyExports,
)
from sim.data.tables import EVENTS_DOCUMENTED_UNTIL
from sim.engines.compiled.engine import chances_of_followed, drawn_parameters, simulate
from sim.ensembles.draws import Particles
from sim.io.quarters import index_of
from sim.model.calendar import QUARTER
from sim.model.network import FIRST, SECOND
from sim.model.parameter_table import ParameterTable
from sim.model.schedule import Script
from sim.model.variables import Series

QUARTERS = index_of(EVENTS_DOCUMENTED_UNTIL) + 1
CHUNK = 8192
Values = NDArray[np.float64]


@dataclass(frozen=True)
class Predictor:
    """The history that is replayed, and what is read off it: for each moment its rows in a prediction; the seed is that of event sizes."""

    table: ParameterTable
    script: Script
    moments: Moments
    seed: int
    rows: dict[str, slice] = field(init=False)

    def __post_init__(self) -> None:
        rows, start = {}, 0
        for name, moment in self.moments.moments.items():
            rows[name] = slice(start, start + _count(moment))
            start = rows[name].stop
        object.__setattr__(self, "rows", rows)

    @property
    def size(self) -> int:
        return max(rows.stop for rows in self.rows.values())

    def predict(
        self, values: Values, observation: Values, members: NDArray[np.int64],
        progress: Callable[[int], None] | None = None,
    ) -> Values:  # fmt: skip
        """Predictions of members with given parameters, (rows, members).

        values      : (uncertain parameters of the table, members)
        observation : (observation parameters, members)
        members     : numbers that name the sizes of the script's events
        progress    : called with the number of members that are done
        """
        out = np.empty((self.size, values.shape[1]))
        for start in range(0, values.shape[1], CHUNK):
            part = slice(start, min(start + CHUNK, values.shape[1]))
            out[:, part] = self._predict(values[:, part], observation[:, part], members[part])
            if progress is not None:
                progress(part.stop)
        return out

    def _predict(self, values: Values, observation: Values, members: NDArray[np.int64]) -> Values:
        draws = Particles("particles", self.table.uncertain, np.ascontiguousarray(values))
        table = self.table.with_draws(draws).with_overrides({"chance": 0.0})
        series = tuple(dict.fromkeys(self._series()))
        recorded = simulate(table, self.script, members=members, seed=self.seed, quarters=QUARTERS, series=series)
        params = drawn_parameters(table, members=members, seed=self.seed)
        requests = self._requests()
        history = _History(
            dict(zip(table.keys, params, strict=True)), dict(zip(self.moments.observation, observation, strict=True)),
            dict(zip(series, recorded, strict=True)),
            *(dict(zip(requests, chances, strict=True)) for chances in chances_of_followed(params, requests)),
        )  # fmt: skip
        return np.concatenate([np.atleast_2d(_rows(moment, history)) for moment in self.moments.moments.values()])

    def _factors(self, *sides: str) -> Iterator[Factor]:
        for moment in self.moments.moments.values():
            for side in sides:
                yield from getattr(moment, side, [])

    def _series(self) -> Iterator[Series]:
        yield HAZARD
        for factor in self._factors("of", "against", "higher", "lower"):
            if factor.recorded is not None:
                yield factor.recorded

    def _requests(self) -> list[tuple[str, str]]:
        """Buyer and class of the requests whose chances are needed."""
        exports = [
            (moment.buyer, ARMS) for moment in self.moments.moments.values() if isinstance(moment, YearlyExports)
        ]
        consents = [(factor.buyer, str(factor.consent)) for factor in self._factors("of") if factor.consent is not None]
        return list(dict.fromkeys([*exports, *consents]))


ARMS = "arms"
HAZARD = Series("hazard", FIRST, SECOND)


@dataclass(frozen=True)
class _History:
    """What some members' replay gave, (members,) each.

    params   : parameters by key
    noise    : observation parameters by name
    recorded : series, (quarters, members)
    choices, consents : chances of the followed supplier by buyer and class
    """

    params: Mapping[str, Values]
    noise: Mapping[str, Values]
    recorded: Mapping[Series, Values]
    choices: Mapping[tuple[str, str], Values]
    consents: Mapping[tuple[str, str], Values]

    def value(self, factor: Factor) -> Values:
        """One factor, (members,)."""
        if factor.parameter is not None:
            return self.params[factor.parameter]
        if factor.recorded is None:
            return self.consents[factor.buyer, str(factor.consent)]
        return self.recorded[factor.recorded][list(factor.quarters)].mean(axis=0)

    def product(self, factors: Sequence[Factor]) -> Values:
        return np.prod(list(map(self.value, factors)), axis=0)

    def mean(self, factors: Sequence[Factor]) -> Values:
        return np.mean(list(map(self.value, factors)), axis=0)


def _count(moment: Moment) -> int:
    if isinstance(moment, LeadTime):
        return 2
    if isinstance(moment, YearlyExports):
        return 5
    return len(moment.quarters) if isinstance(moment, Incidents) else 1


def _rows(moment: Moment, history: _History) -> Values:
    """Rows of one moment: see `sim.calibration.likelihood` for what each kind means."""
    if isinstance(moment, Level | AtLeast):
        return np.log(history.product(moment.of)) - np.log(history.product(moment.against))
    if isinstance(moment, Ordering):
        return history.mean(moment.higher) - history.mean(moment.lower)
    if isinstance(moment, Choice):
        return history.product(moment.of)
    if isinstance(moment, LeadTime):
        return np.array([np.log(history.params[f"lead_time.{moment.cls}"]), history.params["lead_spread"]])
    if isinstance(moment, Incidents):
        return history.recorded[HAZARD][list(moment.quarters)] * QUARTER
    return _exports(moment.buyer, history)


def _exports(buyer: str, history: _History) -> Values:
    params, noise = history.params, history.noise
    rate = params["request_rate.arms"] * params[f"request_factor.{buyer}"]
    rate = rate * history.choices[buyer, ARMS] * history.consents[buyer, ARMS]
    size = params["request_share.arms"] * params[f"procurement_share.{buyer}"]
    size = np.log(size * params[f"spending_scale.{buyer}"])
    spread = params["request_spread.arms"]
    return np.array([rate, size, spread, *(noise[name] for name in SMALL_TRADE)])
