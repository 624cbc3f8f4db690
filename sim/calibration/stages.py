"""Fitting the ensemble to the figures: the stages, what they keep between interruptions, and what they find.

The prior ensemble is simulated once. Every later stage starts from it: the fit itself in independent groups, the same
without data (prior recovery), data sets drawn from known members (simulation-based calibration), fits that leave one
document out, and a fit to the first years of Table 1 that predicts the last. Each stage is kept on disk as soon as it is
done, so that an interrupted calibration goes on where it was, and ends with the same bytes.
"""

import hashlib
import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from sim.calibration import smc
from sim.calibration.likelihood import drawn as drawn_data
from sim.calibration.likelihood import observed, total
from sim.calibration.moments import Moments, YearlyExports, load_moments
from sim.calibration.predictions import Predictor
from sim.calibration.smc import Population
from sim.engines.compiled.engine import values_at
from sim.engines.simulate import prepared_scenario
from sim.io.progress import Progress, advanced
from sim.io.provenance import EQUATIONS, sources_digest
from sim.io.writing import written_whole
from sim.model.distributions import Distribution
from sim.model.parameter_table import ParameterTable
from sim.model.random_numbers import PARAMETER, channel_of, uniforms
from sim.scenario.loading import load_scenario

Values = NDArray[np.float64]
KEPT_ARRAYS = {field.name for kind in (Population, smc.Course) for field in fields(kind)}
DOCUMENTS = ("000", "001", "002", "003", "004")
RECOVERY, SYNTHETIC, WITHOUT, FORECAST, FIT = 1, 2, 3, 4, 5  # what a stage's random numbers are for
SIMULATING = "simulating the prior ensemble"
YEARS_FITTED = 4  # of Table 1, by the fit that predicts the rest
EDGE = 2.0**-53
UNREADABLE = (
    EOFError, LookupError, NotImplementedError, OSError, SyntaxError, TypeError, ValueError, BadZipFile, zlib.error,
)  # fmt: skip


@dataclass(frozen=True)
class Effort:
    """How much work a calibration does.

    members   : of the prior ensemble
    groups    : independent populations
    particles : of each group
    sets      : synthetic data sets; 0 leaves the checks of the machinery and the documents left out away
    set_members, set_particles : of the prior ensemble that a synthetic data set starts from, and of its walk
    """

    members: int
    groups: int
    particles: int
    sets: int
    set_members: int = 40_000
    set_particles: int = 400


FULL = Effort(members=200_000, groups=4, particles=640, sets=200)
QUICK = Effort(members=12_000, groups=2, particles=300, sets=0)


@dataclass(frozen=True)
class NormalScale:
    """The uncertain parameters of a table and the observation parameters of the moments, on the scale on which their prior is standard
    normal, and back; those of the model, so many, come first.
    """

    keys: tuple[str, ...]
    priors: tuple[Distribution, ...]
    of_model: int

    @classmethod
    def of(cls, table: ParameterTable, observation: Mapping[str, Distribution]) -> "NormalScale":
        known = dict(zip(table.keys, table.distributions, strict=True))
        priors = tuple(known[key] for key in table.uncertain)
        return cls((*table.uncertain, *observation), (*priors, *observation.values()), len(priors))

    def prior_scores(self, seed: int, members: NDArray[np.int64]) -> Values:
        """Normal scores of the draws that members make, (parameters, members)."""
        shares = [uniforms(seed, members, 0, channel_of(key), PARAMETER) for key in self.keys]
        return ndtri(np.array(shares))

    def values(self, scores: Values) -> tuple[Values, Values]:
        """Parameters of the model (of_model, members) and of the observation, from their normal scores."""
        out: Values = values_at(self.priors, np.clip(ndtr(scores), EDGE, 1.0 - EDGE))
        return out[: self.of_model], out[self.of_model :]


@dataclass(frozen=True)
class Calibration:
    """One calibration: what is fitted, with how much effort, from which seed, and the folder in which finished stages are kept."""

    moments: Moments
    predictor: Predictor
    scale: NormalScale
    effort: Effort
    seed: int
    kept: Path
    progress: Progress | None = None

    @cached_property
    def data(self) -> dict[str, Values]:
        """What the sources say."""
        return {name: observed(moment) for name, moment in self.moments.moments.items()}

    @cached_property
    def prior(self) -> Population:
        """The prior ensemble with its predictions; its log likelihoods are those of all data."""
        members = np.arange(self.effort.members, dtype=np.int64)
        scores = self.scale.prior_scores(self.seed, members)
        predictions = self.predictor.predict(
            *self.scale.values(scores), members, lambda done: self.say(SIMULATING, done, self.effort.members)
        )
        return Population(scores, members, predictions, self._fits(predictions, self.data, None), members)

    def say(self, stage: str, done: int, out_of: int) -> None:
        advanced(self.progress, stage, done, out_of)

    def counted(self, stage: str, count: int) -> Iterator[int]:
        """Numbers from zero on; whoever watches is told how many are done."""
        for number in range(count):
            self.say(stage, number, count)
            yield number
        self.say(stage, count, count)

    def reweighted(self, places: slice, data: Mapping[str, Values], years: int | None = None) -> Population:
        """A part of the prior ensemble with the log likelihoods of other data."""
        part = self.prior.take(np.arange(self.effort.members)[places])
        part.fits = self._fits(part.predictions, data, years)
        return part

    def _fits(self, predictions: Values, data: Mapping[str, Values], years: int | None) -> Values:
        return total(self.moments.moments, self.predictor.rows, predictions, data, years)

    def walked(
        self, stage: str, start: Population, data: Mapping[str, Values], particles: int, key: tuple[int, ...],
        years: int | None = None,
    ) -> Population:  # fmt: skip
        """The posterior that some data give, kept on disk under the stage's name."""

        def evaluate(scores: Values, members: NDArray[np.int64]) -> tuple[Values, Values]:
            predictions = self.predictor.predict(*self.scale.values(scores), members)
            return predictions, self._fits(predictions, data, years)

        file = self.kept / f"{stage}.npz"
        if not is_whole(file):
            _write(file, *smc.walked(start, evaluate, particles, smc.generator(self.seed, *key)))
        return _read(file)

    def fitted(self) -> list[Population]:
        """The posterior in independent groups, each from its own part of the prior ensemble."""
        populations = []
        for group in self.counted("fitting", self.effort.groups):
            start = self.reweighted(slice(group, None, self.effort.groups), self.data)
            populations.append(self.walked(f"fit-{group}", start, self.data, self.effort.particles, (FIT, group)))
        return populations

    def recovered(self) -> Population:
        """The same walk without any data, as large as the fit: it must give back the prior."""
        self.say("recovering the prior", 0, 1)
        count = self.effort.groups * self.effort.particles
        population = self.walked("recovery", self.reweighted(slice(None), {}), {}, count, (RECOVERY,))
        self.say("recovering the prior", 1, 1)
        return population

    def synthetic_ranks(self) -> Iterator[Values]:
        """For data sets drawn from known members: the share of the posterior below the truth, (parameters,) each."""
        for number in self.counted("fitting synthetic data sets", self.effort.sets):
            yield self._ranks(number)

    def _ranks(self, number: int) -> Values:
        file = self.kept / f"set-{number:03d}.npy"
        if not is_whole(file):
            truth = np.array([self.effort.members + number], dtype=np.int64)
            scores = self.scale.prior_scores(self.seed, truth)
            rng = smc.generator(self.seed, SYNTHETIC, number)
            predictions = self.predictor.predict(*self.scale.values(scores), truth)
            data = {
                name: drawn_data(moment, predictions[self.predictor.rows[name]], rng)
                for name, moment in self.moments.moments.items()
            }
            posterior = self.walked(
                f"walk-{number:03d}", self.reweighted(slice(self.effort.set_members), data), data,
                self.effort.set_particles, (SYNTHETIC, number, 1),
            )  # fmt: skip
            with written_whole(file) as draft, draft.open("wb") as stream:
                np.save(stream, (posterior.scores < scores).mean(axis=1))
            (self.kept / f"walk-{number:03d}.npz").unlink(missing_ok=True)
        return np.load(file)

    def without(self, document: str) -> Population:
        """The posterior without the figures of one document."""
        data = {name: data for name, data in self.data.items() if self.moments.moments[name].document != document}
        start = self.reweighted(slice(None), data)
        return self.walked(f"without-{document}", start, data, self.effort.particles, (WITHOUT, int(document)))

    def forecasting(self) -> Population:
        """The posterior of Table 1 up to 2021 alone."""
        exports = {
            name: data for name, data in self.data.items() if isinstance(self.moments.moments[name], YearlyExports)
        }
        start = self.reweighted(slice(None), exports, YEARS_FITTED)
        return self.walked("forecast", start, exports, self.effort.particles, (FORECAST,), YEARS_FITTED)


def calibration(
    effort: Effort, seed: int, kept: Path, moments: Moments | None = None, progress: Progress | None = None
) -> Calibration:
    """A calibration of the declared moments, or of others, under the declared priors."""
    fitted = moments or load_moments()
    prepared = prepared_scenario(load_scenario(fitted.scenario))
    scale = NormalScale.of(prepared.parameters, fitted.observation)
    predictor = Predictor(prepared.parameters, prepared.script, fitted, seed)
    return Calibration(fitted, predictor, scale, effort, seed, kept, progress)


def identity_of(calibration: Calibration) -> dict[str, object]:
    """All that decides a calibration's numbers."""
    return {
        "parameters_sha256": calibration.predictor.table.digest,
        "moments_sha256": calibration.moments.digest,
        "code_sha256": sources_digest(("calibration", "ensembles", *EQUATIONS)),
        "seed": calibration.seed,
        "effort": list(vars(calibration.effort).values()),
    }


def _write(file: Path, population: Population, course: smc.Course) -> None:
    arrays: dict[str, Any] = {**vars(population), **{name: np.array(values) for name, values in vars(course).items()}}
    with written_whole(file) as draft, draft.open("wb") as stream:
        np.savez(stream, **arrays)


def is_whole(file: Path) -> bool:
    """Whether a stage was kept, and can be read to its end: a full disk, or one that forgets, must not end a calibration for good."""
    try:
        with file.open("rb") as stream:
            found = np.load(stream)
            if isinstance(found, np.ndarray):
                return file.suffix == ".npy"
            return {name for name in found.files if isinstance(found[name], np.ndarray)} == KEPT_ARRAYS
    except UNREADABLE:
        return False


def _read(file: Path) -> Population:
    with np.load(file) as arrays:
        return Population(*(arrays[field.name] for field in fields(Population)))


def course_of(kept: Path, stage: str) -> smc.Course:
    """Temperatures and acceptance of a finished stage."""
    with np.load(kept / f"{stage}.npz") as arrays:
        return smc.Course(arrays["temperatures"].tolist(), arrays["acceptance"].tolist())


def digest_of(identity: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()[:16]
