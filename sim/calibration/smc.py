"""Tempered sequential Monte Carlo: from a large prior ensemble to draws of the posterior.

Parameters are walked on the scale on which the prior is standard normal (their normal scores), so the prior is the same
in every direction. The prior ensemble is weighted by a power of the likelihood, resampled, and moved; the power grows
until it is one. Moves are preconditioned Crank-Nicolson steps around a normal approximation of the particles
(Pinski, Simpson, Stuart and Weber 2015): in directions of which the figures say nothing the approximation is the prior,
and there the steps refresh the draws without ever being refused for them.

Source: delmoral2006, pinski2015.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
KEPT = 0.5  # share of the effective size that one step in temperature keeps
MOVES = 6
STEPS = (0.9, 0.35)  # of alternating moves
IS_INFORMED = (0.9, 0.15)  # sd below, or mean beyond, for a direction to be treated as informed
LEAST_STEP = 1e-6


@dataclass
class Population:
    """Particles with their predictions.

    scores      : (parameters, particles) normal scores of the parameters
    members     : (particles,) numbers that name what else differs between members
    predictions : (rows, particles)
    fits        : (particles,) log likelihood
    origins     : (particles,) member of the prior ensemble from which each descends
    """

    scores: Values
    members: NDArray[np.int64]
    predictions: Values
    fits: Values
    origins: NDArray[np.int64]

    def take(self, places: NDArray[np.int64]) -> "Population":
        return Population(*(array[..., places].copy() for array in vars(self).values()))

    @property
    def size(self) -> int:
        return len(self.fits)


@dataclass
class Course:
    """How a walk went: temperatures, and the share of moves accepted at each."""

    temperatures: list[float] = field(default_factory=list)
    acceptance: list[float] = field(default_factory=list)


def generator(seed: int, *purpose: int) -> np.random.Generator:
    """The random numbers of a sampler, one independent stream for each purpose. Simulations never use them: their
    draws are `sim.model.random_numbers`'s."""
    return np.random.default_rng([seed, *purpose])


def effective_size(log_weights: Values) -> float:
    """Number of equally weighted draws that are worth as much: (sum w)^2 / sum w^2."""
    weights = np.exp(log_weights - log_weights.max())
    return float(weights.sum() ** 2 / (weights**2).sum())


def resampled(log_weights: Values, count: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Places of a systematic resample."""
    weights = np.exp(log_weights - log_weights.max()).cumsum()
    points = (np.arange(count) + rng.random()) / count * weights[-1]
    return np.minimum(np.searchsorted(weights, points, side="right"), len(weights) - 1)


def power_reaching(fits: Values, below: float, size: float) -> float:
    """Largest power up to one at which weights relative to `below` still have an effective size."""
    if effective_size((1.0 - below) * fits) >= size:
        return 1.0
    low, high = below, 1.0
    for _ in range(60):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if effective_size((middle - below) * fits) >= size else (low, middle)
    return max(low, below + LEAST_STEP)


Evaluate = Callable[[Values, NDArray[np.int64]], tuple[Values, Values]]


def walked(prior: Population, evaluate: Evaluate, count: int, rng: np.random.Generator) -> tuple[Population, Course]:
    """Draws of the posterior.

    prior    : a large ensemble of the prior with its log likelihoods
    evaluate : (scores, members) -> predictions, log likelihoods
    count    : particles that walk
    """
    course = Course()
    power = power_reaching(prior.fits, 0.0, min(count, 0.9 * prior.size))
    population = prior.take(resampled(power * prior.fits, count, rng))
    while True:
        course.temperatures.append(power)
        course.acceptance.append(moved(population, evaluate, power, MOVES, rng))
        if power >= 1.0:
            return population, course
        following = power_reaching(population.fits, power, KEPT * count)
        population = population.take(resampled((following - power) * population.fits, count, rng))
        power = following


def moved(population: Population, evaluate: Evaluate, power: float, moves: int, rng: np.random.Generator) -> float:
    """Move all particles so many times, in place; returns the share of moves accepted."""
    mean, root = normal_approximation(population.scores)
    inverse = np.linalg.inv(root)
    accepted = 0
    for number in range(moves):
        step = STEPS[number % len(STEPS)]
        noise = root @ rng.standard_normal(population.scores.shape)
        around = mean[:, None]
        proposed: Values = around + math.sqrt(1.0 - step * step) * (population.scores - around) + step * noise
        predictions, fits = evaluate(proposed, population.members)
        gain = power * (fits - population.fits)
        gain += _excess(proposed, mean, inverse) - _excess(population.scores, mean, inverse)
        is_taken = np.log(rng.random(population.size)) < gain
        population.scores[:, is_taken] = proposed[:, is_taken]
        population.predictions[:, is_taken] = predictions[:, is_taken]
        population.fits[is_taken] = fits[is_taken]
        accepted += int(is_taken.sum())
    return accepted / (moves * population.size)


def normal_approximation(scores: Values) -> tuple[Values, Values]:
    """Mean (parameters,) and root of the covariance (parameters, parameters) of particles; the prior's where the
    particles do not differ from it."""
    spread, centre = scores.std(axis=1), scores.mean(axis=1)
    informed = np.flatnonzero((spread < IS_INFORMED[0]) | (np.abs(centre) > IS_INFORMED[1]))
    mean, root = np.zeros(len(scores)), np.eye(len(scores))
    if len(informed):
        mean[informed] = centre[informed]
        covariance = np.atleast_2d(np.cov(scores[informed]))
        covariance += 1e-6 * np.eye(len(informed))
        root[np.ix_(informed, informed)] = np.linalg.cholesky(covariance)
    return mean, root


def _excess(scores: NDArray[Any], mean: Values, inverse: NDArray[Any]) -> Values:
    """Log density of the prior over that of the normal approximation, up to a constant, (particles,)."""
    distance: Values = inverse @ (scores - mean[:, None])
    return 0.5 * ((distance**2).sum(axis=0) - (scores**2).sum(axis=0))


def size_by_descent(scores: Values, origins: NDArray[np.int64]) -> Values:
    """Effective size of particles for each parameter, from how alike descendants of one prior member still are.

    A population of families with intraclass correlation c and mean family size (weighted by size) s is worth
    n / (1 + (s - 1) c) independent draws (Kish's design effect), (parameters,).
    """
    _, family, sizes = np.unique(origins, return_inverse=True, return_counts=True)
    count = scores.shape[1]
    centred = (scores - scores.mean(axis=1, keepdims=True)) / scores.std(axis=1, keepdims=True)
    sums = np.array([np.bincount(family, weights=row, minlength=len(sizes)) for row in centred])
    pairs = float((sizes * (sizes - 1)).sum())
    if pairs == 0.0:
        return np.full(len(scores), float(count))
    alike = np.clip(((sums**2).sum(axis=1) - count) / pairs, 0.0, 1.0)
    weighted_size = float((sizes**2).sum() / count)
    return count / (1.0 + (weighted_size - 1.0) * alike)


def potential_scale_reduction(groups: Values) -> Values:
    """R-hat of independent populations (groups, draws, parameters), after Gelman and Rubin, (parameters,)."""
    draws = groups.shape[1]
    within = groups.var(axis=1, ddof=1).mean(axis=0)
    between = groups.mean(axis=1).var(axis=0, ddof=1)
    return np.sqrt((within * (draws - 1) / draws + between) / within)
