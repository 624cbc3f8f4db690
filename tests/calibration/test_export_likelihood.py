"""Exports as small trade and rare orders: a density that is one, the limits that are known, draws that agree with it."""

import math

import numpy as np
import pytest
from scipy.integrate import trapezoid
from scipy.stats import lognorm

from sim.calibration import export_likelihood
from sim.engines.compiled.vectorized import on_arrays
from sim.rules.exports import log_density_of_exports

# rate, size, spread of orders; spread and growth of small trade; log outlay; log level of small trade
USUAL = {"rate": 0.3, "size": -4.0, "spread": 1.5, "small": 0.5, "growth": 0.1, "outlay": 5.0, "level": -0.5}
WORLDS = {
    "usual": USUAL,
    "large orders of a small buyer": {**USUAL, "size": -1.0, "outlay": 4.0, "level": 0.0},
    "even orders": {**USUAL, "rate": 0.5, "spread": 0.6, "small": 0.3, "level": 1.0},
    "frequent orders": {**USUAL, "rate": 1.5, "size": -2.7, "spread": 1.2, "outlay": 4.0, "level": 0.2},
    "no orders": {**USUAL, "rate": 0.0},
}
LOGS = np.linspace(-22.0, 26.0, 6_001)


def rows_of(world, members=1):
    return np.tile([[world[name]] for name in ("rate", "size", "spread", "small", "growth")], members)


def log_density(world, exports, outlays=None, middle=0.0):
    """Log density of exports of consecutive years at the world's own level of small trade."""
    years = np.atleast_1d(np.asarray(exports, dtype=np.float64))
    known = np.full(len(years), world["outlay"]) if outlays is None else np.asarray(outlays)
    levels = np.array([world["level"]])
    return float(export_likelihood.level_log_likelihoods(rows_of(world), known, years, middle, levels)[0, 0])


def density(world):
    of_levels = on_arrays(
        log_density_of_exports, exports=np.exp(LOGS), rate=world["rate"], log_order=world["outlay"] + world["size"],
        order_spread=world["spread"], log_trade=world["level"], trade_spread=world["small"],
    )  # fmt: skip
    return np.exp(of_levels)


@pytest.mark.parametrize("which", WORLDS)
def test_density_of_a_years_exports_integrates_to_one(which):
    assert trapezoid(density(WORLDS[which]) * np.exp(LOGS), LOGS) == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize("which", ["usual", "even orders", "frequent orders"])
def test_density_has_the_mean_and_variance_of_small_trade_with_none_one_or_two_orders(which):
    """Worked from the moments of lognormals; three orders and more are taken for two."""
    world = {**WORLDS[which], "spread": 0.7}
    given = density(world)
    mean, square = (trapezoid(given * np.exp((power + 1) * LOGS), LOGS) for power in (1, 2))
    small = math.exp(world["level"] + world["small"] ** 2 / 2)
    small_variance = small**2 * (math.exp(world["small"] ** 2) - 1.0)
    order = math.exp(world["outlay"] + world["size"] + 0.7**2 / 2)
    order_variance = order**2 * (math.exp(0.7**2) - 1.0)
    none = math.exp(-world["rate"])
    shares = [none, none * world["rate"], 1.0 - none * (1.0 + world["rate"])]
    assert mean == pytest.approx(small + order * (shares[1] + 2.0 * shares[2]), rel=1e-5)
    squares = [(small + n * order) ** 2 + small_variance + n * order_variance for n in range(3)]
    assert square == pytest.approx(sum(w * s for w, s in zip(shares, squares, strict=True)), rel=1e-5)


def test_without_orders_exports_are_exactly_lognormal():
    world = WORLDS["no orders"]
    for exports in (0.02, 0.6, 1.7, 9.0):
        expected = lognorm.logpdf(exports, world["small"], scale=math.exp(world["level"]))
        assert log_density(world, exports) == pytest.approx(expected, rel=1e-12)


def test_one_order_far_above_small_trade_is_as_likely_as_its_size():
    """Hardly any small trade: a year of 3 is one order of median 2 and spread 0.4, or two of them, or unlikely."""
    rate, spread = 0.01, 0.4
    world = {**USUAL, "rate": rate, "size": 0.0, "spread": spread, "outlay": math.log(2.0), "level": -9.0}
    one = rate * math.exp(-rate) * lognorm.pdf(3.0, spread, scale=2.0)
    assert math.exp(log_density(world, 3.0)) == pytest.approx(one, rel=0.01)


def test_years_multiply_and_small_trade_grows_around_the_middle():
    world = {**USUAL, "growth": 0.3}
    exports, outlays = [0.4, 2.0, 0.9], [4.8, 5.0, 5.3]
    whole = log_density(world, exports, outlays, middle=1.0)
    parts = [
        log_density({**world, "level": USUAL["level"] + 0.3 * (year - 1)}, exports[year], outlays[year : year + 1])
        for year in range(3)
    ]
    assert whole == pytest.approx(sum(parts), rel=1e-12)
    assert log_density(world, exports[1:2], outlays[1:2]) == log_density(
        {**world, "growth": 9.0}, exports[1:2], outlays[1:2]
    )


def test_a_richer_buyer_places_larger_orders_and_keeps_its_small_trade():
    big, small = 60.0, 0.6
    poor, rich = ({**USUAL, "outlay": outlay} for outlay in (4.0, 6.0))
    assert log_density(rich, big) > log_density(poor, big) + 0.5
    assert log_density(rich, small) == pytest.approx(log_density(poor, small), abs=0.1)


def test_the_level_of_small_trade_is_averaged_over_its_grid():
    rows, outlays, exports = rows_of(USUAL, 2), np.array([5.0, 5.1]), np.array([0.5, 7.0])
    rows[0, 1] = 0.8
    each = export_likelihood.level_log_likelihoods(rows, outlays, exports, 0.5)
    assert each.shape == (len(export_likelihood.LEVELS), 2)
    place = 9
    own = {**USUAL, "level": float(export_likelihood.LEVELS[place])}
    assert each[place, 0] == pytest.approx(log_density(own, exports, outlays, 0.5), rel=1e-12)
    assert export_likelihood.log_likelihood(rows, outlays, exports, 0.5) == pytest.approx(
        np.log(np.exp(each).mean(axis=0))
    )


@pytest.mark.parametrize("exports", [1e-12, 1e-3, 1e9])
@pytest.mark.parametrize(
    "world",
    [
        {**USUAL, "rate": 0.0, "spread": 0.0, "small": 0.05},
        {**USUAL, "rate": 80.0, "size": 3.0, "spread": 4.0, "small": 3.0},
        {**USUAL, "rate": 1e-18, "size": -20.0},
    ],
    ids=["least", "most", "hardly"],
)
def test_likelihood_is_finite_at_the_ends_of_all_legal_ranges(world, exports):
    outlays = np.full(6, world["outlay"])
    found = export_likelihood.log_likelihood(rows_of(world, 3), outlays, np.full(6, exports), 2.5)
    assert np.isfinite(found).all() and len(set(found.tolist())) == 1


# ---- draws -------------------------------------------------------------------------------------------------------------

DRAWN = 60_000
# Kolmogorov and Smirnov's distance of the exact draws from the density, which takes sums of orders for lognormal and
# more than two for two: what the approximation of Fenton and Wilkinson costs. Sampling alone gives about 0.004.
COSTS = {
    "no orders": 0.007,
    "large orders of a small buyer": 0.02,
    "even orders": 0.02,
    "usual": 0.04,
    "frequent orders": 0.075,
}


def drawn(world, rng, years=(0.0,), outlays=None):
    levels = np.full(DRAWN, world["level"])
    known = np.full(len(years), world["outlay"]) if outlays is None else np.array(outlays)
    return export_likelihood.drawn_exports(rows_of(world, DRAWN), levels, known, np.array(years), rng)


@pytest.mark.parametrize("which", COSTS)
def test_draws_follow_the_density_up_to_what_the_approximation_of_sums_costs(which):
    ordered = np.sort(np.log(drawn(WORLDS[which], np.random.default_rng(1))[0]))
    below = np.cumsum(density(WORLDS[which]) * np.exp(LOGS)) * (LOGS[1] - LOGS[0])
    shares = (np.arange(DRAWN) + 0.5) / DRAWN
    assert np.abs(np.interp(ordered, LOGS, below) - shares).max() < COSTS[which]


def test_drawn_orders_come_as_often_and_as_large_as_their_rate_and_size_say():
    """Hardly any small trade, so that a year without orders is seen: exp(-0.7) of all; the mean is rate times size."""
    world = {**USUAL, "rate": 0.7, "size": -1.0, "spread": 0.5, "outlay": 2.0, "level": -14.0}
    (exports,) = drawn(world, np.random.default_rng(2))
    assert (exports < 1e-3).mean() == pytest.approx(math.exp(-0.7), abs=5 * 0.5 / math.sqrt(DRAWN))
    assert exports.mean() == pytest.approx(0.7 * math.exp(1.0 + 0.125), rel=0.03)


def test_drawn_small_trade_has_its_level_growth_and_spread():
    world = {**USUAL, "rate": 0.0, "growth": 0.4, "small": 0.3}
    logs = np.log(drawn(world, np.random.default_rng(3), years=(-1.5, 2.5)))
    assert logs.mean(axis=1) == pytest.approx([-0.5 - 0.6, -0.5 + 1.0], abs=5 * 0.3 / math.sqrt(DRAWN))
    assert logs.std(axis=1) == pytest.approx([0.3, 0.3], rel=0.02)
    assert abs(np.corrcoef(logs)[0, 1]) < 5.0 / math.sqrt(DRAWN)


def test_each_year_draws_orders_of_that_years_outlay():
    world = {**USUAL, "rate": 30.0, "size": 0.0, "spread": 0.1, "level": -9.0}
    exports = drawn(world, np.random.default_rng(4), years=(0.0, 1.0), outlays=[0.0, math.log(3.0)])
    assert exports[1].mean() / exports[0].mean() == pytest.approx(3.0, rel=0.01)


def test_levels_are_drawn_in_proportion_to_their_likelihood():
    each = np.full((len(export_likelihood.LEVELS), 40_000), -700.0)
    each[4], each[11], each[20] = np.log(0.2) - 50.0, np.log(0.5) - 50.0, np.log(0.3) - 50.0
    levels = export_likelihood.drawn_levels(each, np.random.default_rng(5))
    step = export_likelihood.LEVELS[1] - export_likelihood.LEVELS[0]
    for place, share in ((4, 0.2), (11, 0.5), (20, 0.3)):
        near = np.abs(levels - export_likelihood.LEVELS[place]) <= 0.5 * step
        assert near.mean() == pytest.approx(share, abs=0.013)
        assert levels[near].mean() == pytest.approx(export_likelihood.LEVELS[place], abs=0.03)
    assert len(set(levels.tolist())) == 40_000  # spread within the step, not on the grid
