"""Arms as rules see them: what rivals perceive, what provokes them, what stocks become."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.rules import capability, stocks, transfers
from tests.rules.numbers_tried import level, logarithm, money, price, share, some_years, steady

# ---- arms as rivals see them -------------------------------------------------------------------------------------------


@steady
@given(units=st.floats(0.0, 1e5), own=share, price=price, perceived_value=st.floats(1.0, 100.0))
def test_systems_never_make_a_state_look_weaker_than_its_capital(units, own, price, perceived_value):
    seen = capability.system_capability(
        units=units, units_own=own * units, price=price, perceived_value=perceived_value
    )
    assert seen >= 0.0


def test_a_donated_system_adds_more_than_one_that_the_budget_paid():
    bought = capability.system_capability(units=7.0, units_own=7.0, price=3.0, perceived_value=1.5)
    donated = capability.system_capability(units=7.0, units_own=0.0, price=3.0, perceived_value=1.5)
    assert donated - bought == pytest.approx(21.0, rel=1e-15)


@steady
@given(start=st.floats(1.0, 1e5), growth=st.floats(-0.05, 0.12), years=some_years)
def test_arms_that_only_grow_with_the_economy_are_no_change(start, growth, years):
    now = start * math.exp(growth * years)
    change = capability.capability_change(
        capability=now, log_capability_start=math.log(start), trend_growth=growth, years=years
    )
    assert change == pytest.approx(0.0, abs=1e-13)


@steady
@given(rivalry=share, hostility_weight=st.floats(0.0, 5.0))
def test_rivals_that_do_not_arm_and_turn_no_more_hostile_are_no_threat(rivalry, hostility_weight):
    felt = capability.threat(
        rival_pressure=0.0,
        own_change=0.0,
        rivalry=rivalry,
        double_standard=0.25,
        hostility_pressure=0.0,
        hostility_weight=hostility_weight,
    )
    assert felt == 0.0


@steady
@given(change=logarithm, hostility=level, weight=st.floats(0.0, 5.0))
def test_under_full_rivalry_arming_in_step_with_the_only_rival_leaves_no_threat_from_arms(change, hostility, weight):
    felt = capability.threat(
        rival_pressure=change,
        own_change=change,
        rivalry=1.0,
        double_standard=0.0,
        hostility_pressure=hostility,
        hostility_weight=weight,
    )
    assert felt == weight * hostility


@steady
@given(pressure=logarithm, own=logarithm, rivalry=share, more=st.floats(0.01, 5.0))
def test_threat_rises_with_rivals_arms_and_falls_with_own(pressure, own, rivalry, more):
    def felt(rival_pressure, own_change):
        return capability.threat(
            rival_pressure=rival_pressure,
            own_change=own_change,
            rivalry=rivalry,
            double_standard=0.25,
            hostility_pressure=0.2,
            hostility_weight=0.3,
        )

    assert felt(pressure + more, own) > felt(pressure, own)
    assert felt(pressure, own + more) <= felt(pressure, own)


@steady
@given(attitude=level)
def test_only_a_negative_attitude_is_hostile(attitude):
    assert capability.hostility(attitude=attitude) == max(0.0, -attitude)


@steady
@given(units=st.floats(0.0, 1e5), rival_units=st.floats(0.0, 1e5))
def test_only_the_side_that_lies_behind_feels_a_gap(units, rival_units):
    ours = capability.system_gap(units=units, rival_units=rival_units)
    theirs = capability.system_gap(units=rival_units, rival_units=units)
    assert min(ours, theirs) == 0.0
    assert max(ours, theirs) == pytest.approx(abs(math.log((1.0 + rival_units) / (1.0 + units))), abs=1e-12)


# ---- provocation -------------------------------------------------------------------------------------------------------


@steady
@given(value=money, weight=st.floats(0.01, 2.0), scale=st.floats(0.1, 1e3), more=st.floats(0.01, 1e4))
def test_provocation_grows_with_value_and_saturates_below_its_weight(value, weight, scale, more):
    felt = transfers.provocation(value=value, weight=weight, scale=scale)
    assert 0.0 <= felt <= weight
    assert transfers.provocation(value=value + more, weight=weight, scale=scale) >= felt
    if value < 30.0 * scale:
        assert felt < weight


def test_nothing_delivered_provokes_nothing():
    assert transfers.provocation(value=0.0, weight=1.7, scale=3.0) == 0.0


def test_provocation_of_the_three_transfers_that_the_documents_date():
    """Five Bayraktar TB2 (89 million dollars), Skydagger (about 12), a grant of one million: 1 - exp(-V/10), worked by hand."""
    assert transfers.provocation(value=89.15, weight=1.0, scale=10.0) == pytest.approx(0.99987, abs=1e-5)
    assert transfers.provocation(value=12.0, weight=1.0, scale=10.0) == pytest.approx(0.69881, abs=1e-5)
    assert transfers.provocation(value=1.0, weight=0.15, scale=10.0) == pytest.approx(0.014274, abs=1e-6)


@steady
@given(value=st.floats(0.1, 1e3), tranches=st.integers(2, 8))
def test_tranches_would_provoke_more_than_one_delivery_if_they_were_not_pooled(value, tranches):
    """Why engines pool a quarter's deliveries before the rule saturates them (see test_events for the pooling)."""
    whole = transfers.provocation(value=value, weight=1.0, scale=10.0)
    apart = tranches * transfers.provocation(value=value / tranches, weight=1.0, scale=10.0)
    assert apart > whole


# ---- stocks ------------------------------------------------------------------------------------------------------------


@steady
@given(capital=money, inflow=st.floats(0.0, 1e4), depreciation=st.floats(0.01, 0.5), years=st.floats(0.01, 4.0))
def test_capital_balances_what_is_bought_and_what_wears(capital, inflow, depreciation, years):
    """In a constant inflow the stock ends where wear equals purchases, and never goes below zero on the way."""
    after = stocks.capital_next(capital=capital, inflow=inflow, depreciation=depreciation, years=years)
    assert after >= 0.0
    resting = inflow / depreciation
    assert stocks.capital_next(capital=resting, inflow=inflow, depreciation=depreciation, years=years) == resting
    assert (after - capital) * (resting - capital) >= 0.0


def test_first_capital_stock_belongs_to_a_path_that_has_long_grown():
    """100 a year growing at 2.5 per cent, a fifth of it for equipment that wears at 5.5 per cent: 20 / 0.08."""
    capital = stocks.capital_start(spending=100.0, procurement_share=0.2, depreciation=0.055, growth=0.025)
    assert capital == pytest.approx(250.0)
    fine = 1e-3
    after = stocks.capital_next(capital=capital, inflow=20.0, depreciation=0.055, years=fine)
    assert (after / capital - 1.0) / fine == pytest.approx(0.025, rel=1e-3)


@steady
@given(units=st.floats(0.0, 1e5), attrition=st.floats(0.0, 2.0), years=some_years)
def test_units_only_wear(units, attrition, years):
    left = stocks.units_next(units=units, attrition=attrition, years=years)
    assert 0.0 <= left <= units
    half = stocks.units_next(units=units, attrition=attrition, years=0.5 * years)
    assert stocks.units_next(units=half, attrition=attrition, years=0.5 * years) == pytest.approx(left, abs=1e-9)
