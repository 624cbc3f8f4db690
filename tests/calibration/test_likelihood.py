"""Likelihoods by hand, and that drawing data and weighing data are two faces of one model."""

import math
from statistics import NormalDist

import numpy as np
import pytest

from sim.calibration.export_likelihood import LEVELS, level_log_likelihoods
from sim.calibration.export_likelihood import log_likelihood as export_log_likelihood
from sim.calibration.likelihood import (
    MIDDLE,
    drawn,
    log_likelihood,
    log_outlays,
    observed,
    probability,
    replicated_exports,
    total,
)
from sim.calibration.moments import load_moments
from sim.data.tables import OBSERVED_YEARS

MOMENTS = load_moments().moments
PHI = NormalDist().cdf


def column(*rows):
    return np.array([[float(row)] for row in rows])


# ---- each kind by hand -------------------------------------------------------------------------------------------------


def test_a_level_is_normal_in_its_logarithm():
    """Twice the observed price is off by ln 2 = 6.93 errors of 0.1; 17.83 itself has the density 1 / (0.1 root of 2 pi)."""
    price = MOMENTS["price-uav"]
    at, twice = log_likelihood(price, np.array([[math.log(321 / 18), math.log(2 * 321 / 18)]]), observed(price))
    assert at == pytest.approx(-math.log(0.1 * math.sqrt(2 * math.pi)))
    assert twice - at == pytest.approx(-0.5 * (math.log(2.0) / 0.1) ** 2)


def test_a_bound_is_half_met_where_it_is_met_exactly_and_surely_far_above():
    growth = MOMENTS["budget-growth-XKX"]  # at least twice as much, error 0.3
    logs = [math.log(2.0), math.log(2.0) + 0.3, math.log(2.0) - 0.45, 9.0]
    assert probability(growth, np.array([logs])) == pytest.approx([0.5, PHI(1.0), PHI(-1.5), 1.0])
    assert np.exp(log_likelihood(growth, np.array([logs]), observed(growth))) == pytest.approx(
        [0.5, PHI(1.0), PHI(-1.5), 1.0]
    )


def test_an_order_is_judged_by_the_difference_over_its_error():
    order = MOMENTS["relation-condemned"]  # error 0.1
    assert probability(order, np.array([[0.0, 0.1, -0.25]])) == pytest.approx([0.5, PHI(1.0), PHI(-2.5)])


def test_a_choice_that_was_not_made_has_the_rest_of_the_probability():
    rows = np.array([[0.2, 0.9, 1.0 + 1e-12]])
    before, after = MOMENTS["interest-before"], MOMENTS["interest-after"]
    assert np.exp(log_likelihood(before, rows, observed(before))) == pytest.approx([0.2, 0.9, 1.0])
    assert np.exp(log_likelihood(after, rows, observed(after))) == pytest.approx([0.8, 0.1, 0.0])


def test_a_lead_time_lies_in_its_interval_with_the_probability_of_its_lognormal():
    """Median one year, spread a half; between four and seventeen months."""
    lead = MOMENTS["lead-uav-XKX"]
    expected = PHI(math.log(17 / 12) / 0.5) - PHI(math.log(4 / 12) / 0.5)
    assert np.exp(log_likelihood(lead, column(0.0, 0.5), observed(lead))) == pytest.approx([expected])
    from_zero = np.array([0.0, 0.5])
    assert np.exp(log_likelihood(lead, column(0.0, 0.5), from_zero)) == pytest.approx([PHI(math.log(0.5) / 0.5)])


def test_incidents_are_a_poisson_process():
    """Eleven incidents at 0.05 expected a quarter over 32 quarters: exp(-1.6) 0.05^11."""
    north = MOMENTS["incidents-north"]
    rates = np.full((32, 1), 0.05)
    assert log_likelihood(north, rates, observed(north)) == pytest.approx([11 * math.log(0.05) - 1.60])
    rates[21] = 0.20  # a higher hazard in 2023Q2, where two of them happened
    assert log_likelihood(north, rates, observed(north)) == pytest.approx(
        [9 * math.log(0.05) + 2 * math.log(0.20) - 1.75]
    )
    rates[21], rates[3] = 0.05, 0.20  # the same where none happened
    assert log_likelihood(north, rates, observed(north)) == pytest.approx([11 * math.log(0.05) - 1.75])


def test_exports_are_weighed_against_their_own_buyers_outlay():
    rows = column(0.4, -4.0, 1.4, 0.5, 0.1)
    for name in ("exports-MNE", "exports-ROU"):
        one = MOMENTS[name]
        expected = export_log_likelihood(rows, log_outlays(one.buyer), observed(one), 2.5)
        assert log_likelihood(one, rows, observed(one)).tolist() == expected.tolist()
    assert MIDDLE == 2.5  # of 2018 to 2023


def test_outlays_are_in_million_dollars_one_for_each_year():
    """Serbia spent some 1.0 to 2.0 thousand million dollars of 2023 a year, Montenegro some 60 to 130 million."""
    assert all(1_000 < outlay < 2_200 for outlay in np.exp(log_outlays("SRB")))
    assert all(50 < outlay < 150 for outlay in np.exp(log_outlays("MNE")))
    assert len(log_outlays("SRB")) == len(OBSERVED_YEARS) == 6


IMPOSSIBLE = {
    "level": ("price-uav", column(400.0)),
    "bound": ("budget-growth-XKX", column(-400.0)),
    "order": ("relation-condemned", column(-400.0)),
    "choice": ("interest-before", column(0.0)),
    "lead time": ("lead-loitering-XKX", column(40.0, 0.05)),
    "incidents": ("incidents-north", np.zeros((32, 1))),
    "exports": ("exports-ROU", column(0.0, -9.0, 0.1, 0.05, 0.0)),
}


@pytest.mark.parametrize("which", IMPOSSIBLE)
def test_what_a_world_rules_out_is_hardly_likely_but_finite(which):
    name, rows = IMPOSSIBLE[which]
    (found,) = log_likelihood(MOMENTS[name], rows, observed(MOMENTS[name]))
    assert math.isfinite(found) and found < -50.0


# ---- drawing and weighing agree ----------------------------------------------------------------------------------------

# rows of a member whose data are drawn, and of another that they are weighed by
WORLDS = {
    "price-uav": (column(2.9), column(2.98)),
    "budget-growth-XKX": (column(0.5), column(0.9)),
    "relation-condemned": (column(0.04), column(-0.02)),
    "interest-before": (column(0.3), column(0.55)),
    "lead-uav-XKX": (column(0.2, 0.5), column(0.0, 0.6)),
    "lead-loitering-XKX": (column(-0.3, 0.4), column(-0.2, 0.42)),
    "incidents-north": (np.full((32, 1), 0.06), np.linspace(0.04, 0.10, 32)[:, None]),
    "exports-MNE": (column(0.35, -4.0, 1.3, 0.5, 0.1), column(0.45, -3.8, 1.4, 0.52, 0.05)),
}
DRAWN = 1_500


@pytest.mark.parametrize("name", WORLDS)
def test_likelihood_ratios_of_drawn_data_average_to_one(name):
    """The expectation of p(x | other) / p(x | one) over x drawn from one is 1 if both faces are of one model; of lumpy
    exports up to the approximation of sums."""
    moment, (one, other) = MOMENTS[name], WORLDS[name]
    rng = np.random.default_rng(31)
    both = np.concatenate([one, other], axis=1)
    fits = np.array([log_likelihood(moment, both, drawn(moment, one, rng)) for _ in range(DRAWN)])
    ratios = np.exp(fits[:, 1] - fits[:, 0])
    slack = 0.06 if name.startswith("exports") else 0.0
    assert ratios.std() > 0.1  # the two worlds differ
    assert abs(ratios.mean() - 1.0) < 4.5 * ratios.std() / math.sqrt(DRAWN) + slack


@pytest.mark.parametrize("name", WORLDS)
def test_the_world_that_data_were_drawn_from_fits_them_better_on_average(name):
    moment, (one, other) = MOMENTS[name], WORLDS[name]
    rng = np.random.default_rng(32)
    both = np.concatenate([one, other], axis=1)
    fits = np.array([log_likelihood(moment, both, drawn(moment, one, rng)) for _ in range(DRAWN)])
    assert (fits[:, 0] - fits[:, 1]).mean() > 0.0


def test_drawn_levels_have_their_error():
    price = MOMENTS["price-uav"]
    rng = np.random.default_rng(1)
    values = np.array([drawn(price, column(2.9), rng)[0] for _ in range(4_000)])
    assert values.mean() == pytest.approx(2.9, abs=5 * 0.1 / math.sqrt(4_000))
    assert values.std() == pytest.approx(0.1, rel=0.06)


def test_drawn_lead_times_are_intervals_as_wide_as_the_printed_dates_around_the_true_time():
    lead = MOMENTS["lead-uav-ALB"]
    rng = np.random.default_rng(2)
    low, high = np.array([drawn(lead, column(1.0, 1e-9), rng) for _ in range(2_000)]).T
    assert high - low == pytest.approx(np.full(2_000, 13 / 12))
    assert (low <= math.e).all() and (math.e <= high).all()
    assert ((math.e - low) * 12 / 13).mean() == pytest.approx(0.5, abs=0.035)


def test_drawn_incidents_come_in_the_quarters_that_expect_them():
    rates = np.zeros((32, 1))
    rates[4], rates[20] = 0.3, 1.1
    rng = np.random.default_rng(3)
    counts = np.mean([drawn(MOMENTS["incidents-north"], rates, rng) for _ in range(4_000)], axis=0)
    assert counts[[4, 20]] == pytest.approx([0.3, 1.1], abs=0.08)
    assert counts.sum() == pytest.approx(counts[4] + counts[20])


def test_replicated_exports_start_from_their_level_in_the_middle_of_the_years():
    moment = MOMENTS["exports-MNE"]
    rows = np.tile(column(0.0, -4.0, 1.0, 0.01, 0.2), 50)
    exports = replicated_exports(moment, rows, np.full(50, 1.0), np.random.default_rng(4))
    expected = 1.0 + 0.2 * np.array([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5])
    assert np.log(exports).mean(axis=1) == pytest.approx(expected, abs=0.01)
    assert np.argmax(level_log_likelihoods(rows[:, :1], log_outlays("MNE"), exports[:, 0], MIDDLE)) == np.argmin(
        np.abs(LEVELS - 1.0)
    )


# ---- all together ------------------------------------------------------------------------------------------------------


def test_the_total_is_the_sum_over_the_moments_that_have_data():
    names = ("price-uav", "interest-before", "exports-MNE")
    moments = {name: MOMENTS[name] for name in names}
    rows = {"price-uav": slice(0, 1), "interest-before": slice(1, 2), "exports-MNE": slice(2, 7)}
    predictions = np.concatenate([np.concatenate(WORLDS[name], axis=1) for name in names])
    data = {name: observed(MOMENTS[name]) for name in names}
    parts = {name: log_likelihood(moments[name], predictions[rows[name]], data[name]) for name in names}
    assert total(moments, rows, predictions, data) == pytest.approx(sum(parts.values()))
    fewer = {name: data[name] for name in names[:2]}
    assert total(moments, rows, predictions, fewer) == pytest.approx(parts["price-uav"] + parts["interest-before"])
    assert total(moments, rows, predictions, {}).tolist() == [0.0, 0.0]


def test_fewer_years_shorten_exports_alone():
    one, data = MOMENTS["exports-MNE"], observed(MOMENTS["exports-MNE"])
    rows = WORLDS["exports-MNE"][0]
    four = log_likelihood(one, rows, data, 4)
    assert four.tolist() == export_log_likelihood(rows, log_outlays("MNE")[:4], data[:4], 2.5).tolist()
    assert four != log_likelihood(one, rows, data)
    changed = data.copy()
    changed[4:] *= 50.0
    assert log_likelihood(one, rows, changed, 4) == four
    price = MOMENTS["price-uav"]
    assert log_likelihood(price, column(2.9), observed(price), 4) == log_likelihood(price, column(2.9), observed(price))
