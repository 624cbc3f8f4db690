"""The walk from prior to posterior: exact where the answer is known, unbiased where it is not, the same every time."""

import math

import numpy as np
import pytest
from scipy.integrate import trapezoid

from sim.calibration import smc
from sim.calibration.smc import (
    Population,
    effective_size,
    moved,
    potential_scale_reduction,
    power_reaching,
    resampled,
    size_by_descent,
    walked,
)


def prior(parameters, count, seed, fits_of):
    """An ensemble of the prior whose predictions are its first two parameters."""
    scores = np.random.default_rng(seed).standard_normal((parameters, count))
    members = np.arange(count)
    return Population(scores, members, scores[:2].copy(), fits_of(scores), members.copy())


def walk(parameters, fits_of, *, count, seed, members=8_000):
    def evaluate(scores, _):
        return scores[:2].copy(), fits_of(scores)

    start = prior(parameters, members, seed, fits_of)
    return walked(start, evaluate, count, np.random.default_rng(seed + 1000))


def nothing(scores):
    return np.zeros(scores.shape[1])


# ---- known answers -----------------------------------------------------------------------------------------------------


def test_without_data_the_walk_gives_back_the_prior():
    population, course = walk(12, nothing, count=4_000, seed=3)
    assert np.abs(population.scores.std(axis=1) - 1.0).max() < 0.05
    assert np.abs(population.scores.mean(axis=1)).max() < 5.0 / math.sqrt(4_000)
    assert np.abs(np.corrcoef(population.scores) - np.eye(12)).max() < 5.0 / math.sqrt(4_000)
    assert (course.temperatures, course.acceptance) == ([1.0], [1.0])


# Three figures: the first parameter to within 0.05, the sum of the next two to within 0.3, the fourth to within 1.
LOOKS = np.zeros((3, 9))
LOOKS[0, 0] = LOOKS[1, 1] = LOOKS[1, 2] = LOOKS[2, 3] = 1.0
SEEN, ERRORS = np.array([2.0, 1.5, -0.7]), np.array([0.05, 0.3, 1.0])
# The posterior of a normal prior and normal errors, worked by hand: precision 1 + 1/0.05^2 = 401 for the first; for the
# sum, prior variance 2 against 0.09; precision 2 for the fourth; the rest keep the prior.
SUM_MEAN, SUM_VARIANCE = 1.5 * 2.0 / 2.09, 2.0 * 0.09 / 2.09
MEANS = [2.0 * 400.0 / 401.0, SUM_MEAN / 2.0, SUM_MEAN / 2.0, -0.35, 0.0, 0.0, 0.0, 0.0, 0.0]
PAIR_SPREAD = math.sqrt((SUM_VARIANCE + 2.0) / 4.0)  # half of the sum's, and half of the difference's, which is untold
SPREADS = [1.0 / math.sqrt(401.0), PAIR_SPREAD, PAIR_SPREAD, math.sqrt(0.5), 1.0, 1.0, 1.0, 1.0, 1.0]
PAIR_CORRELATION = (SUM_VARIANCE - 2.0) / (SUM_VARIANCE + 2.0)


def of_figures(scores):
    return -0.5 * (((SEEN[:, None] - LOOKS @ scores) / ERRORS[:, None]) ** 2).sum(axis=0)


@pytest.fixture(scope="module")
def posteriors():
    return [walk(9, of_figures, count=800, seed=seed) for seed in range(8)]


def test_the_walk_finds_the_exact_posterior_of_a_normal_problem(posteriors):
    """Over eight seeds of 800 particles; each particle is counted as half an independent draw."""
    drawn = np.concatenate([population.scores for population, _ in posteriors], axis=1)
    size = 0.5 * drawn.shape[1]
    assert np.abs((drawn.mean(axis=1) - MEANS) / SPREADS).max() < 4.5 / math.sqrt(size)
    assert np.abs(drawn.std(axis=1) / SPREADS - 1.0).max() < 4.5 / math.sqrt(2.0 * size)
    assert np.corrcoef(drawn[1], drawn[2])[0, 1] == pytest.approx(PAIR_CORRELATION, abs=0.01)


def test_the_power_of_the_likelihood_rises_to_one(posteriors):
    for population, course in posteriors:
        rising = course.temperatures
        assert rising == sorted(set(rising)) and rising[0] > 0.0 and rising[-1] == 1.0 and len(rising) > 2
        assert len(course.acceptance) == len(rising)
        assert all(0.0 < share <= 1.0 for share in course.acceptance)
        assert population.size == 800


def test_particles_keep_the_predictions_fit_and_descent_that_are_theirs(posteriors):
    for population, _ in posteriors:
        assert np.array_equal(population.predictions, population.scores[:2])
        assert np.array_equal(population.fits, of_figures(population.scores))
        assert np.array_equal(population.members, population.origins)


def test_the_same_seed_gives_the_same_draws_and_another_seed_others():
    first, again, other = (walk(9, of_figures, count=60, seed=seed, members=600)[0] for seed in (5, 5, 6))
    assert first.scores.tobytes() == again.scores.tobytes()
    assert first.scores.tobytes() != other.scores.tobytes()


def test_the_prior_ensemble_is_left_as_it_was():
    start = prior(9, 600, 2, of_figures)
    before = start.scores.tobytes(), start.fits.tobytes()
    walked(start, lambda scores, _: (scores[:2].copy(), of_figures(scores)), 100, np.random.default_rng(1))
    assert (start.scores.tobytes(), start.fits.tobytes()) == before


# ---- problems that are not normal --------------------------------------------------------------------------------------


def test_two_modes_keep_their_shares():
    """The size of the first parameter is seen, its sign is not, but the right is three times as likely as the left."""

    def fits_of(scores):
        return -0.5 * ((np.abs(scores[0]) - 1.5) / 0.25) ** 2 + np.where(scores[0] > 0.0, math.log(3.0), 0.0)

    drawn = np.concatenate([walk(4, fits_of, count=600, seed=seed)[0].scores for seed in range(6)], axis=1)
    assert (drawn[0] > 0.0).mean() == pytest.approx(0.75, abs=0.05)
    # each mode: prior precision 1, data precision 16
    assert np.abs(drawn[0]).mean() == pytest.approx(1.5 * 16.0 / 17.0, abs=0.02)
    assert np.abs(drawn[0]).std() == pytest.approx(math.sqrt(1.0 / 17.0), rel=0.06)
    assert np.abs(drawn[1:].std(axis=1) - 1.0).max() < 0.06


def test_a_bent_posterior_has_the_moments_that_integration_gives():
    def log_density(first, second):
        return -0.5 * ((second - first**2 + 0.5) / 0.3) ** 2

    axis = np.linspace(-6.0, 6.0, 1201)
    first, second = np.meshgrid(axis, axis, indexing="ij")
    mass = np.exp(log_density(first, second) - 0.5 * first**2 - 0.5 * second**2)

    def expected(value):
        return trapezoid(trapezoid(value * mass, axis), axis) / trapezoid(trapezoid(mass, axis), axis)

    runs = [walk(5, lambda s: log_density(s[0], s[1]), count=800, seed=seed)[0].scores for seed in range(6)]
    drawn = np.concatenate(runs, axis=1)
    assert (drawn[0] ** 2).mean() == pytest.approx(expected(first**2), rel=0.08)
    assert drawn[1].mean() == pytest.approx(expected(second), abs=0.05)
    assert (drawn[0] ** 2 * drawn[1]).mean() == pytest.approx(expected(first**2 * second), rel=0.15)


# ---- one move ----------------------------------------------------------------------------------------------------------

WRONG_MEAN = np.array([0.6, -0.4])
WRONG_ROOT = np.array([[1.3, 0.0], [0.5, 1.2]])


def of_one(scores):
    """The first parameter is seen as 1.2 within 0.8; at the power one half, its precision is 1 + 0.5 / 0.64."""
    return -0.5 * ((scores[0] - 1.2) / 0.8) ** 2


POWER = 0.5
TARGET_PRECISION = 1.0 + POWER / 0.64
TARGET_MEAN, TARGET_SPREAD = 1.2 * (POWER / 0.64) / TARGET_PRECISION, 1.0 / math.sqrt(TARGET_PRECISION)


@pytest.mark.parametrize("is_at_target", [True, False], ids=["from the target", "from elsewhere"])
def test_moves_lead_to_the_target_and_stay_there_however_wrong_the_normal_approximation(monkeypatch, is_at_target):
    monkeypatch.setattr(smc, "normal_approximation", lambda _: (WRONG_MEAN, WRONG_ROOT))
    count = 20_000
    population = prior(2, count, 8, of_one)
    if is_at_target:
        population.scores[0] = TARGET_MEAN + TARGET_SPREAD * population.scores[0]
    else:
        population.scores += 1.0
    population.fits = of_one(population.scores)
    rng = np.random.default_rng(9)
    accepted = moved(population, lambda s, _: (s.copy(), of_one(s)), POWER, 2 if is_at_target else 60, rng)
    assert 0.3 < accepted < 0.95
    assert population.scores.mean(axis=1) == pytest.approx([TARGET_MEAN, 0.0], abs=5.0 / math.sqrt(count))
    assert population.scores.std(axis=1) == pytest.approx([TARGET_SPREAD, 1.0], rel=5.0 / math.sqrt(2.0 * count))
    assert abs(np.corrcoef(population.scores)[0, 1]) < 5.0 / math.sqrt(count)


def test_moves_are_as_frequent_there_as_back(monkeypatch):
    """Detailed balance: at the target, as many particles cross from one region to another as cross back."""
    monkeypatch.setattr(smc, "normal_approximation", lambda _: (WRONG_MEAN, WRONG_ROOT))
    population = prior(2, 200_000, 21, of_one)
    population.scores[0] = TARGET_MEAN + TARGET_SPREAD * population.scores[0]
    population.fits = of_one(population.scores)
    before = population.scores.copy()
    moved(population, lambda s, _: (s.copy(), of_one(s)), POWER, 1, np.random.default_rng(22))
    bounds = np.array([-0.2, 0.5, 1.2])
    left, right = np.digitize(before[0], bounds), np.digitize(population.scores[0], bounds)
    crossings = np.zeros((4, 4))
    np.add.at(crossings, (left, right), 1)
    there, back = crossings[np.triu_indices(4, 1)], crossings.T[np.triu_indices(4, 1)]
    assert there.min() > 1_000
    assert (np.abs(there - back) / np.sqrt(there + back)).max() < 4.5


def test_without_power_the_data_do_not_count():
    population = prior(3, 6_000, 4, lambda s: -50.0 * (s[0] - 2.0) ** 2)
    moved(population, lambda s, _: (s[:2].copy(), -50.0 * (s[0] - 2.0) ** 2), 0.0, 4, np.random.default_rng(3))
    assert population.scores[0].mean() == pytest.approx(0.0, abs=0.065)
    assert population.scores[0].std() == pytest.approx(1.0, rel=0.05)


# ---- weights -----------------------------------------------------------------------------------------------------------


def test_effective_size_is_all_for_equal_weights_one_for_one_and_by_hand_between():
    assert effective_size(np.full(7, -3.0)) == pytest.approx(7.0)
    assert effective_size(np.array([0.0, -800.0, -900.0])) == pytest.approx(1.0)
    assert effective_size(np.log([1.0, 2.0, 3.0])) == pytest.approx(36.0 / 14.0)
    assert effective_size(np.log([1.0, 2.0, 3.0]) - 1e5) == pytest.approx(36.0 / 14.0)


def test_resampling_takes_each_as_often_as_its_weight_says_and_never_off_by_one_or_more():
    weights = np.array([0.07, 0.41, 0.0001, 0.2599, 0.26])
    lots = [resampled(np.log(weights), 12, np.random.default_rng(seed)) for seed in range(4_000)]
    counts = np.array([np.bincount(places, minlength=5) for places in lots])
    assert (counts.sum(axis=1) == 12).all()
    assert (np.abs(counts - 12 * weights) < 1.0).all()
    assert np.abs(counts.mean(axis=0) - 12 * weights).max() < 5.0 * 0.5 / math.sqrt(4_000)


def test_resampling_equal_weights_in_full_takes_each_once():
    assert resampled(np.zeros(9), 9, np.random.default_rng(0)).tolist() == list(range(9))


def test_the_next_power_keeps_the_size_that_is_asked_for():
    fits = -0.5 * (np.random.default_rng(1).standard_normal(5_000) * 9.0) ** 2
    power = power_reaching(fits, 0.02, 1_250.0)
    assert 0.02 < power < 1.0
    assert effective_size((power - 0.02) * fits) == pytest.approx(1_250.0, rel=1e-6)
    assert power_reaching(fits, 0.02, 2_500.0) < power
    assert power_reaching(np.zeros(50), 0.0, 45.0) == 1.0


# ---- how many draws it is worth ----------------------------------------------------------------------------------------


def test_unrelated_particles_are_worth_their_number_and_copies_their_families():
    scores = np.random.default_rng(4).standard_normal((3, 40))
    assert size_by_descent(scores, np.arange(40)).tolist() == [40.0] * 3
    copies = np.repeat(scores, 5, axis=1)
    assert size_by_descent(copies, np.repeat(np.arange(40), 5)) == pytest.approx([40.0] * 3)


def test_relatives_that_have_forgotten_each_other_are_worth_their_number():
    scores = np.random.default_rng(5).standard_normal((2, 6_000))
    assert size_by_descent(scores, np.repeat(np.arange(3_000), 2)).min() > 5_700


def test_relatives_that_are_half_alike_are_worth_what_the_design_effect_says():
    """Four relatives with correlation one half: n / (1 + 3 / 2)."""
    rng = np.random.default_rng(6)
    family, own = np.repeat(rng.standard_normal((2, 5_000)), 4, axis=1), rng.standard_normal((2, 20_000))
    size = size_by_descent(math.sqrt(0.5) * (family + own), np.repeat(np.arange(5_000), 4))
    assert size == pytest.approx([20_000 / 2.5] * 2, rel=0.05)


def test_groups_that_disagree_show_in_r_hat():
    """Variance 2 within, 8 between the means 1 and 5, two draws each: the root of (2 / 2 + 8) / 2."""
    groups = np.array([[[0.0], [2.0]], [[4.0], [6.0]]])
    assert potential_scale_reduction(groups) == pytest.approx([math.sqrt(4.5)])
    alike = np.random.default_rng(7).standard_normal((4, 3_000, 2))
    assert np.abs(potential_scale_reduction(alike) - 1.0).max() < 0.002
