"""The functions that all rules stand on: to the last bit where that can be said, and the same in both engines."""

import math

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.engines.compiled.vectorized import on_arrays
from sim.rules import elementary
from tests.rules.numbers_tried import logarithm, rate, some_years, steady

EXACT_BITS = 120
LARGEST = 1.7976931348623157e308
SMALLEST_NORMAL = 2.0**-1022


# ---- exponential, logarithm, normal quantile ---------------------------------------------------------------------------


def units_in_the_last_place(value, exact):
    return float(abs(mpmath.mpf(value) - exact) / mpmath.mpf(math.ulp(value)))


def spread_of_exponents():
    draw = np.random.default_rng(20180101)
    edges = [0.0, -0.0, 5e-324, -5e-324, 1e-300, 1e-17, -1e-17, 0.5, -0.5, math.log(2), 700.0, -700.0]
    return np.concatenate([edges, draw.uniform(-700, 700, 2500), draw.uniform(-1, 1, 2500), draw.normal(0, 5, 2500)])


def spread_of_positive_numbers():
    draw = np.random.default_rng(20180102)
    powers_of_two = 2.0 ** np.arange(-1022, 1024)
    edges = [SMALLEST_NORMAL, LARGEST, math.nextafter(1.0, 0.0), math.nextafter(1.0, 2.0), math.sqrt(0.5), math.e]
    near_one = 1.0 + draw.normal(0, 1e-3, 2500)
    return np.concatenate([powers_of_two, edges, np.exp(draw.uniform(-700, 700, 2500)), near_one])


def spread_of_shares():
    draw = np.random.default_rng(20180103)
    tail = np.exp(draw.uniform(-36.0, -1.0, 1500))
    edges = [2.0**-53, 1.0 - 2.0**-53, 0.075, 0.925, math.exp(-25.0), 0.5 + 2.0**-53, 0.25]
    return np.concatenate([edges, draw.uniform(0.001, 0.999, 2000), tail, 1.0 - tail, 0.5 + draw.normal(0, 1e-5, 200)])


def test_exponential_is_within_two_units_in_the_last_place():
    with mpmath.workprec(EXACT_BITS):
        for x in map(float, spread_of_exponents()):
            assert units_in_the_last_place(elementary.exp(x=x), mpmath.exp(mpmath.mpf(x))) < 2.0, x


def test_logarithm_is_within_two_units_in_the_last_place():
    with mpmath.workprec(EXACT_BITS):
        for x in map(float, spread_of_positive_numbers()):
            exact = mpmath.log(mpmath.mpf(x))
            assert x == 1.0 or units_in_the_last_place(elementary.log(x=x), exact) < 2.0, x


def test_normal_quantile_is_right_to_fifteen_digits():
    """Wichura's coefficients are good for sixteen; rounding in the quotient of polynomials takes a few units more."""
    with mpmath.workprec(EXACT_BITS):
        for u in map(float, spread_of_shares()):
            value = elementary.normal_quantile(u=u)
            slope = mpmath.npdf(mpmath.mpf(value))
            error = (mpmath.ncdf(mpmath.mpf(value)) - mpmath.mpf(u)) / slope  # one Newton step, which is ample here
            assert abs(error) < 1.5e-15 * abs(value), u


def test_exponential_of_zero_and_logarithm_of_one_are_exact():
    assert elementary.exp(x=0.0) == 1.0
    assert elementary.exp(x=-0.0) == 1.0
    assert elementary.log(x=1.0) == 0.0
    assert elementary.normal_quantile(u=0.5) == 0.0


@pytest.mark.parametrize("x", [700.5, 1e6, 1e300, math.inf])
def test_exponent_beyond_the_limit_is_taken_as_the_limit(x):
    assert elementary.exp(x=x) == elementary.exp(x=700.0)
    assert elementary.exp(x=-x) == elementary.exp(x=-700.0) > 0.0


def padded(values, count):
    return np.resize(values, count)


def test_plain_and_compiled_functions_give_the_same_bits_on_a_hundred_thousand_values():
    count, draw = 100_000, np.random.default_rng(20180104)
    exponents = np.concatenate([spread_of_exponents(), draw.uniform(-1000, 1000, count)])[-count:]
    exponents[: len(spread_of_exponents())] = spread_of_exponents()
    positives = np.exp(draw.uniform(-700, 700, count))
    positives[: len(spread_of_positive_numbers())] = spread_of_positive_numbers()
    shares = draw.uniform(0.0, 1.0, count)
    shares[: len(spread_of_shares())] = spread_of_shares()
    compiled = [
        on_arrays(elementary.exp, x=exponents),
        on_arrays(elementary.log, x=positives),
        on_arrays(elementary.normal_quantile, u=shares),
    ]
    plain = [
        [elementary.exp(x=x) for x in exponents.tolist()],
        [elementary.log(x=x) for x in positives.tolist()],
        [elementary.normal_quantile(u=u) for u in shares.tolist()],
    ]
    assert np.array(compiled).tobytes() == np.array(plain).tobytes()


@steady
@given(numerator=st.integers(1, 2**40 - 1))
def test_normal_quantile_is_symmetric(numerator):
    u = numerator / 2**40  # so that 1 - u is exact
    assert elementary.normal_quantile(u=1.0 - u) == -elementary.normal_quantile(u=u)


def test_normal_quantile_rises_with_the_share():
    draw = np.random.default_rng(20180105)
    seams = [seam + np.arange(-200, 201) * 1e-13 for seam in (0.075, 0.925, math.exp(-25.0) + 3e-11)]
    shares = np.sort(np.concatenate([draw.uniform(1e-15, 1.0, 50_000), spread_of_shares(), *seams]))
    values = np.array([elementary.normal_quantile(u=u) for u in shares.tolist()])
    assert (np.diff(values) >= 0.0).all()


@steady
@given(x=st.floats(-600, 600), step=st.floats(1e-6, 50))
def test_exponential_and_logarithm_undo_each_other_and_rise(x, step):
    assert elementary.log(x=elementary.exp(x=x)) == pytest.approx(x, rel=1e-15, abs=3e-16)
    assert elementary.exp(x=x + step) > elementary.exp(x=x)


# ---- drifting, shares --------------------------------------------------------------------------------------------------


@steady
@given(value=logarithm, anchor=logarithm, rate=rate, years=some_years)
def test_drift_never_passes_its_anchor_nor_leaves_it(value, anchor, rate, years):
    after = elementary.relaxed(value=value, anchor=anchor, rate=rate, years=years)
    assert (after - anchor) * (value - anchor) >= 0.0
    assert abs(after - anchor) <= abs(value - anchor) * (1.0 + 1e-15) + 1e-15


@steady
@given(value=logarithm, anchor=logarithm, rate=rate, years=some_years)
def test_two_half_steps_of_drift_are_one_step(value, anchor, rate, years):
    half = elementary.relaxed(value=value, anchor=anchor, rate=rate, years=0.5 * years)
    twice = elementary.relaxed(value=half, anchor=anchor, rate=rate, years=0.5 * years)
    assert twice == pytest.approx(elementary.relaxed(value=value, anchor=anchor, rate=rate, years=years), abs=1e-12)


def test_drift_halves_the_distance_in_a_half_life():
    assert elementary.relaxed(value=7.0, anchor=3.0, rate=math.log(2.0) / 5.0, years=5.0) == pytest.approx(
        5.0, rel=1e-15
    )


@steady
@given(x=st.floats(-1e6, 1e6))
def test_logistic_is_a_probability_and_mirrors(x):
    p = elementary.logistic(x=x)
    assert 0.0 <= p <= 1.0
    assert p + elementary.logistic(x=-x) == pytest.approx(1.0, abs=1e-15)
