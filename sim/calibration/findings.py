"""What a calibration found: the draws, what each parameter learned and from what, and the checks of the machinery."""

import math
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri
from scipy.stats import chisquare

from sim.calibration import smc
from sim.calibration.conclusions import Conclusion, conclusions
from sim.calibration.likelihood import log_likelihood, observed
from sim.calibration.moments import YearlyExports
from sim.calibration.posterior_predictive import SPREAD, forecast_rows, moment_rows, quantiles, short
from sim.calibration.smc import Population
from sim.calibration.stages import DOCUMENTS, YEARS_FITTED, Calibration
from sim.ensembles.draws import FitDraws
from sim.ensembles.tables import BINS
from sim.model.parameters import load_parameters

Values = NDArray[np.float64]
PINNED, BOUNDED = 0.5, 0.9  # posterior over prior standard deviation below which a parameter is called so
MOVED = 0.3  # prior standard deviations by which a mean must move to be called bounded
TELLS = 0.08  # lost spread plus shift that one moment must cause by itself to be named
MOST_NAMED = 4
RECOVERY_BOUND = 0.05
REJECTED = 0.01
NOISE = 7  # what the predictive draws' random numbers are for


class Findings:
    """The tables of one calibration; each stage runs when its table is asked for."""

    def __init__(self, calibration: Calibration) -> None:
        self.calibration = calibration
        self.moments = calibration.moments.moments
        self.rows = calibration.predictor.rows

    @cached_property
    def groups(self) -> list[Population]:
        return self.calibration.fitted()

    @cached_property
    def scores(self) -> Values:
        """(parameters, draws) of the fit."""
        return np.concatenate([group.scores for group in self.groups], axis=1)

    @cached_property
    def predictions(self) -> Values:
        return np.concatenate([group.predictions for group in self.groups], axis=1)

    @cached_property
    def values(self) -> NDArray[np.float32]:
        """(parameters, draws) as they are written: single precision, within their legal ranges."""
        return single(self.calibration, self.scores)

    @cached_property
    def size(self) -> float:
        """Effective number of draws, of the parameter that has the fewest."""
        origins = np.concatenate([group.origins for group in self.groups])
        return float(smc.size_by_descent(self.scores, origins).min())

    def draws(self, name: str) -> FitDraws:
        return FitDraws(name, self.calibration.scale.keys, self.values.astype(np.float64))

    def parameters(self) -> list[dict[str, Any]]:
        """One row per fitted number: prior, posterior, what was learned and from what."""
        scale, table = self.calibration.scale, load_parameters()
        spread, shift = self.scores.std(axis=1), self.scores.mean(axis=1)
        prior = np.concatenate(scale.values(np.tile(ndtri(SPREAD), (len(scale.keys), 1))))
        posterior = np.quantile(self.values.astype(np.float64), SPREAD, axis=1)
        informed_by = self.informed_by()
        besides = self.calibration.moments.declared
        return [
            {
                "key": key,
                **{
                    name: getattr(besides.get(key) or table.parameter(key), name)
                    for name in ("unit", "group", "meaning")
                },
                "prior_kind": scale.priors[row].kind,
                **quantiles("prior", prior[row]),
                **quantiles("posterior", posterior[:, row]),
                "sd_ratio": short(spread[row]),
                "shift": short(shift[row]),
                "word": word(spread[row], shift[row], self.size),
                "moments": ";".join(informed_by[row]),
            }
            for row, key in enumerate(scale.keys)
        ]

    def informed_by(self) -> list[list[str]]:
        """For each parameter, the moments that alone would move or narrow it, strongest first."""
        prior = self.calibration.prior
        strengths: list[list[tuple[float, str]]] = [[] for _ in self.calibration.scale.keys]
        for name, moment in self.moments.items():
            fits = log_likelihood(moment, prior.predictions[self.rows[name]], observed(moment))
            weights = np.exp(fits - fits.max())
            weights /= weights.sum()
            mean = prior.scores @ weights
            spread = np.sqrt(np.maximum((prior.scores**2) @ weights - mean**2, 0.0))
            strength = np.maximum(1.0 - spread, 0.0) + np.abs(mean)
            noise = 3.0 / np.sqrt(smc.effective_size(fits))
            for row in np.flatnonzero(strength > TELLS + noise):
                strengths[row].append((float(strength[row]), name))
        return [[name for _, name in sorted(named, reverse=True)[:MOST_NAMED]] for named in strengths]

    def moment_rows(self) -> list[dict[str, Any]]:
        """One row per figure that was fitted: what was observed, and where it falls among what simulations predict."""
        rng = smc.generator(self.calibration.seed, NOISE)
        part = self.calibration.prior.predictions[:, : self.predictions.shape[1]]
        return [
            row
            for name, moment in self.moments.items()
            for row in moment_rows(name, moment, part[self.rows[name]], self.predictions[self.rows[name]], rng)
        ]

    def ranks(self) -> list[dict[str, Any]]:
        """Rank histogram of every parameter over the synthetic data sets, with the p-value of being uniform."""
        keys = self.calibration.scale.keys
        ranks = np.array(list(self.calibration.synthetic_ranks())).reshape(-1, len(keys))
        places = np.minimum((ranks * BINS).astype(int), BINS - 1)
        counts = [np.bincount(column, minlength=BINS) for column in places.T]
        return [
            {
                "key": key,
                **{f"bin_{place}": int(count) for place, count in enumerate(bins)},
                "p_value": short(chisquare(bins).pvalue),
            }
            for key, bins in zip(keys, counts, strict=True)
        ]

    def recovery(self) -> dict[str, Any]:
        """Largest deviation of a standard deviation from the prior's when nothing is fitted."""
        deviation = np.abs(self.calibration.recovered().scores.std(axis=1) - 1.0)
        worst = int(deviation.argmax())
        return {
            "worst_key": self.calibration.scale.keys[worst],
            "worst_deviation": short(deviation[worst]),
            "bound": RECOVERY_BOUND,
        }

    def left_out(self) -> list[dict[str, Any]]:
        """The main conclusions with all documents, and without each in turn and the mechanisms that rest on it alone."""
        whole = conclusions(self.draws("all documents"))
        rows = []
        for number in self.calibration.counted("leaving a document out", len(DOCUMENTS)):
            document = DOCUMENTS[number]
            values = single(self.calibration, self.calibration.without(document).scores).astype(np.float64)
            fewer = conclusions(FitDraws(f"without {document}", self.calibration.scale.keys, values), document)
            rows += [_compared(document, *pair) for pair in zip(whole, fewer, strict=True)]
        return rows

    def table1(self) -> list[dict[str, Any]]:
        """Exports of the last years as the fit to the first years predicts them."""
        self.calibration.say("predicting Table 1", 0, 1)
        population = self.calibration.forecasting()
        rng = smc.generator(self.calibration.seed, NOISE, 1)
        rows = [
            row
            for name, moment in self.moments.items()
            if isinstance(moment, YearlyExports)
            for row in forecast_rows(moment, population.predictions[self.rows[name]], YEARS_FITTED, rng)
        ]
        self.calibration.say("predicting Table 1", 1, 1)
        return rows


def single(calibration: Calibration, scores: Values) -> NDArray[np.float32]:
    """Parameters from their normal scores, in single precision and within their legal ranges."""
    values: NDArray[np.float32] = np.concatenate(calibration.scale.values(scores)).astype(np.float32)
    low = np.array([prior.low for prior in calibration.scale.priors])[:, None]
    high = np.array([prior.high for prior in calibration.scale.priors])[:, None]
    values = np.where(values > high, np.nextafter(values, np.float32(-np.inf)), values)
    return np.where(values < low, np.nextafter(values, np.float32(np.inf)), values)


def word(spread: float, shift: float, size: float) -> str:
    """What the figures did to a parameter, from its posterior standard deviation and mean on the prior's normal scale.

    size : effective number of draws; what could be sampling error (two standard errors) counts for nothing

    >>> word(0.3, 0.0, 1e6), word(0.8, 0.0, 1e6), word(1.0, 0.4, 1e6), word(0.97, 0.1, 1e6), word(0.88, 0.0, 400.0)
    ('pinned', 'bounded', 'bounded', 'assumed', 'assumed')
    """
    if spread < PINNED:
        return "pinned"
    error = 1.0 / math.sqrt(size)
    is_bounded = spread < BOUNDED - 2.0 * error / math.sqrt(2.0) or abs(shift) > MOVED + 2.0 * error
    return "bounded" if is_bounded else "assumed"


def _compared(document: str, whole: Conclusion, fewer: Conclusion) -> dict[str, Any]:
    return {
        "document": document,
        "conclusion": whole.name,
        "with_all": whole.text,
        "without": fewer.text,
        "flips": str(whole.sign != fewer.sign).lower(),
    }
