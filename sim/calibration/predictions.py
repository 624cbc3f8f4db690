"""What each member predicts for the figures: the replay of the documented history, reduced to a few numbers per moment.

Nothing of the replay is drawn (`chance` is 0): only parameters and the sizes of the script's events differ between
members. A moment's rows are what `sim.calibration.likelihood` needs to compare it with its figures.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sim.calibration.moments import (
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
from sim.engines.compiled.engine import drawn_parameters, simulate
from sim.engines.compiled.supplier_choice import chances_of_turkey
from sim.ensembles.draws import Particles
from sim.io.quarters import index_of
from sim.model.parameter_table import ParameterTable
from sim.model.schedule import Script
from sim.model.variables import Series

QUARTERS = index_of(EVENTS_DOCUMENTED_UNTIL) + 1
YEARS_PER_QUARTER = 0.25
CHUNK = 8192
Values = NDArray[np.float64]


@dataclass(frozen=True)
class Predictor:
    """The history that is replayed, and what is read off it.

    table    : priors, with the scenario's overrides
    script   : of the scenario
    moments  : what is fitted
    seed     : of the members' event sizes
    rows     : moment -> its rows in a prediction
    """

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
        """
        out = np.empty((self.size, values.shape[1]))
        for start in range(0, values.shape[1], CHUNK):
            part = slice(start, min(start + CHUNK, values.shape[1]))
            out[:, part] = self._predict(values[:, part], observation[:, part], members[part])
            if progress is not None:
                progress(part.stop - part.start)
        return out

    def _predict(self, values: Values, observation: Values, members: NDArray[np.int64]) -> Values:
        draws = Particles("particles", self.table.uncertain, np.ascontiguousarray(values))
        table = self.table.with_draws(draws).with_overrides({"chance": 0.0})
        series = tuple(dict.fromkeys(self._series()))
        recorded = simulate(table, self.script, members=members, seed=self.seed, quarters=QUARTERS, series=series)
        given = drawn_parameters(table, members=members, seed=self.seed)
        requests = self._requests()
        world = _World(
            table, given, dict(zip(series, recorded, strict=True)), requests, *chances_of_turkey(given, requests)
        )
        noise = dict(zip(self.moments.observation, observation, strict=True))
        rows = [np.atleast_2d(_rows(moment, world, noise)) for moment in self.moments.moments.values()]
        return np.concatenate(rows)

    def _series(self) -> Sequence[Series]:
        found = [HAZARD]
        for moment in self.moments.moments.values():
            for side in ("of", "against", "higher", "lower"):
                found += [one.recorded for one in getattr(moment, side, []) if one.recorded is not None]
        return found

    def _requests(self) -> list[tuple[str, str]]:
        """Buyer and class of the requests whose chances are needed."""
        found = []
        for moment in self.moments.moments.values():
            if isinstance(moment, YearlyExports):
                found.append((moment.buyer, ARMS))
            found += [(one.buyer, str(one.consent)) for one in getattr(moment, "of", []) if one.consent is not None]
        return list(dict.fromkeys(found))


ARMS = "arms"
HAZARD = Series("hazard", "SRB", "XKX")


@dataclass(frozen=True)
class _World:
    """What some members' replay gave."""

    table: ParameterTable
    given: Values
    recorded: dict[Series, Values]
    requests: list[tuple[str, str]]
    choices: Values
    consents: Values

    def parameter(self, key: str) -> Values:
        row: Values = self.given[self.table.keys.index(key)]
        return row

    def value(self, factor: Factor) -> Values:
        """One factor, (members,)."""
        if factor.parameter is not None:
            return self.parameter(factor.parameter)
        if factor.recorded is None:
            consent: Values = self.consents[self.requests.index((factor.buyer, str(factor.consent)))]
            return consent
        mean: Values = self.recorded[factor.recorded][list(factor.quarters)].mean(axis=0)
        return mean

    def product(self, factors: Sequence[Factor]) -> Values:
        return np.prod([self.value(one) for one in factors], axis=0)


def _count(moment: Moment) -> int:
    if isinstance(moment, LeadTime):
        return 2
    if isinstance(moment, YearlyExports):
        return 5
    return len(moment.quarters) if isinstance(moment, Incidents) else 1


def _rows(moment: Moment, world: _World, noise: dict[str, Values]) -> Values:
    """Rows of one moment: see `sim.calibration.likelihood` for what each kind means."""
    if isinstance(moment, Level | AtLeast):
        return np.log(world.product(moment.of)) - np.log(world.product(moment.against))
    if isinstance(moment, Ordering):
        return np.mean([world.value(one) for one in moment.higher], axis=0) - np.mean(
            [world.value(one) for one in moment.lower], axis=0
        )
    if isinstance(moment, Choice):
        return world.product(moment.of)
    if isinstance(moment, LeadTime):
        return np.array([np.log(world.parameter(f"lead_time.{moment.cls}")), world.parameter("lead_spread")])
    if isinstance(moment, Incidents):
        return world.recorded[HAZARD][list(moment.quarters)] * YEARS_PER_QUARTER * noise["completeness"]
    return _exports(moment.buyer, world, noise)


def _exports(buyer: str, world: _World, noise: dict[str, Values]) -> Values:
    place = world.requests.index((buyer, ARMS))
    rate = world.parameter("request_rate.arms") * world.parameter(f"request_factor.{buyer}")
    rate = rate * world.choices[place] * world.consents[place]
    size = world.parameter("request_share.arms") * world.parameter(f"procurement_share.{buyer}")
    size = np.log(size * world.parameter(f"spending_scale.{buyer}"))
    spread = world.parameter("request_spread.arms")
    return np.array([rate, size, spread, noise["background_spread"], noise["background_growth"]])
