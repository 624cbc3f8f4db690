"""The model's probability of an incident in the next quarter against how often there was one before.

Incidents are those on record in `seeds/context_events.csv` and in the documents: all of them, which the model calls serious and is
fitted to, and those in which somebody was killed. A quarter counts once, however many incidents it holds.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import ClassVar

import numpy as np

from sim.analysis.incidents import HAZARD
from sim.calibration.panel.model_prior import default
from sim.calibration.spending.growth import Floats
from sim.calibration.spending.scores import brier, log_score, mean_and_error, short
from sim.data.context_events import context_events
from sim.engines.options import RunOptions
from sim.engines.simulate import prepared_scenario, simulate_pairs
from sim.ensembles.registry import PRIOR
from sim.io.csv_reader import CsvRow, Name
from sim.io.progress import Progress
from sim.io.quarters import PER_YEAR, START, name_of
from sim.model.network import REGION
from sim.scenario.loading import load_scenario

FILE = "incidents.csv"
SCENARIO = REGION.present  # all that the documents tell, and nothing that they do not
RECORD = 2011, 2025  # years of the record
SERIOUS, LETHAL = "serious", "lethal"
REFERENCE, MODEL = "climatology", "model"


class IncidentRow(CsvRow):
    """How a forecast of incidents did.

    incidents       : which are counted: "serious", which are all of the record and what the model means; or "lethal"
    forecast        : "model" or "climatology", which knows the quarters before, from 2011 on
    brier, log      : mean scores of quarters, smaller is better
    *_difference    : from that of climatology; *_error: its standard error
    probability     : mean of the forecasts; happened: share of quarters with an incident
    """

    identity: ClassVar[tuple[str, ...]] = ("incidents", "forecast")

    incidents: Name
    forecast: Name
    first: Name
    last: Name
    quarters: int
    probability: float
    happened: float
    brier: float
    brier_difference: float
    brier_error: float
    log: float
    log_difference: float
    log_error: float


def dates_on_record() -> dict[str, tuple[str, ...]]:
    """Dates of the incidents on record, of all and of the lethal ones; those of which the month is not known are left out."""
    rows = [row for row in context_events() if row.kind == "incident" and len(row.date) > len("2011")]
    lethal = [row for row in rows if row.severity == "lethal"]
    counted = {SERIOUS: rows, LETHAL: lethal}
    return {name: tuple(sorted({row.date for row in members})) for name, members in counted.items()}


def happened(dates: Iterable[str], first: int, last: int) -> Floats:
    """Whether each quarter of some years has an incident, (q,).

    >>> happened(["2012-04-08"], 2012, 2012)
    array([0., 1., 0., 0.])
    """
    quarters = np.zeros((last - first + 1) * PER_YEAR)
    for date in dates:
        place = (int(date[:4]) - first) * PER_YEAR + (int(date[5:7]) - 1) * PER_YEAR // 12
        if 0 <= place < len(quarters):
            quarters[place] = 1.0
    return quarters


def climatology(occurred: Floats) -> Floats:
    """Probability of each quarter from those before it: their share, as if half of one with and half of one without came first (Jeffreys).

    >>> climatology(np.array([1.0, 0.0])).tolist()
    [0.5, 0.75]
    """
    before = np.arange(len(occurred))
    return np.asarray((np.cumsum(occurred) - occurred + 0.5) / (before + 1.0))


def model_probabilities(members: int, seed: int = 1, progress: Progress | None = None) -> dict[str, Floats]:
    """The model's probability of an incident in each quarter from its second on, the mean over members, by the rate of the quarter before.

    returns : which are counted -> (q,)

    The ensemble is that of the prior: a fit has seen the incidents.
    """
    last = f"{RECORD[1]}Q{PER_YEAR}"
    chosen = prepared_scenario(load_scenario(SCENARIO), fit=PRIOR)
    options = RunOptions(members=members, seed=seed, until=last, ensemble=PRIOR)
    rates = [recorded[0] for _, _, recorded in simulate_pairs([chosen], options, (HAZARD,), progress)]
    expected = np.concatenate(rates, axis=1)[:-1] / PER_YEAR
    shares = {SERIOUS: 1.0, LETHAL: default("lethal_probability")}
    return {name: -np.expm1(-share * expected).mean(axis=1) for name, share in shares.items()}


def incident_rows(model: Mapping[str, Floats], dates: Mapping[str, Sequence[str]]) -> Iterator[IncidentRow]:
    """Scores of the model and of climatology against each way of counting.

    model : which are counted -> (q,) probabilities of the last quarters of the record
    dates : which are counted -> dates on record
    """
    for name, told in model.items():
        occurred, count = happened(dates[name], *RECORD), len(told)
        past = climatology(occurred)[-count:]
        came = occurred[-count:]
        for forecast, probability in {REFERENCE: past, MODEL: told}.items():
            scores = {score.__name__: score(probability, came) for score in (brier, log_score)}
            apart = {score.__name__: scores[score.__name__] - score(past, came) for score in (brier, log_score)}
            errors = {key: mean_and_error(values, PER_YEAR - 1) for key, values in apart.items()}
            last = (RECORD[1] + 1 - int(START[:4])) * PER_YEAR - 1
            yield IncidentRow(
                incidents=name, forecast=forecast, first=name_of(last - count + 1), last=name_of(last), quarters=count,
                probability=short(probability.mean()), happened=short(came.mean()),
                brier=short(scores["brier"].mean()), brier_difference=short(errors["brier"][0]),
                brier_error=short(errors["brier"][1]), log=short(scores["log_score"].mean()),
                log_difference=short(errors["log_score"][0]), log_error=short(errors["log_score"][1]), line=1,
            )  # fmt: skip
