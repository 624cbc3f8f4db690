"""Arms as rules see them: what rivals perceive, what provokes them, what stocks become."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.rules import capability, richardson, stocks, transfers
from tests.rules.numbers_tried import level, money, price, share, some_years, steady

# ---- arms as rivals see them -------------------------------------------------------------------------------------------


@steady
@given(units=st.floats(0.0, 1e5), price=price, perceived_value=st.floats(1.0, 100.0))
def test_systems_never_look_like_less_than_they_cost(units, price, perceived_value):
    seen = capability.system_capability(units=units, price=price, perceived_value=perceived_value)
    assert seen >= units * price >= 0.0


@steady
@given(start=st.floats(1.0, 1e5), growth=st.floats(-0.05, 0.12), years=some_years, behind=st.floats(0.0, 1e5))
def test_arms_that_only_grow_with_the_economy_are_no_change(start, growth, years, behind):
    now = start * math.exp(growth * years)
    change = capability.capability_change(
        capability=now, capability_start=start, trend_growth=growth, years=years, guarantee=behind, alone=0.25
    )
    assert change == pytest.approx(0.0, abs=1e-13)


def test_arms_deter_by_what_they_add_to_the_guarantee_as_they_calm_by_it():
    """300 million beside 5,000 of a guarantee become 600: ln(5,600 / 5,300), where alone they would double."""
    beside, alone = (
        capability.capability_change(
            capability=600.0, capability_start=300.0, trend_growth=0.0, years=1.0, guarantee=5000.0, alone=share
        )
        for share in (0.0, 1.0)
    )
    assert (beside, alone) == pytest.approx((math.log(5600.0 / 5300.0), math.log(2.0)))


@steady
@given(attitude=level)
def test_only_a_negative_attitude_is_hostile(attitude):
    assert capability.hostility(attitude=attitude) == max(0.0, -attitude)


# ---- threat ------------------------------------------------------------------------------------------------------------

stock = st.floats(1.0, 1e6)
promise = st.floats(0.0, 1e6)


@steady
@given(arms=stock, own=stock, guarantee=promise)
def test_the_strongest_rival_is_no_threat_to_a_state_that_is_not_hostile_to_it(arms, own, guarantee):
    assert capability.threat_from(hostility=0.0, arms=arms, own_arms=own, guarantee=guarantee) == 0.0


def test_threat_of_a_rival_thirteen_times_as_strong_and_of_one_as_weak():
    """Hostility .8, 5,200 against 400: without a promise ln 11.4, with one worth 5,000 ln 1.77037; the other way ln 1.06154."""
    weak = {"hostility": 0.8, "arms": 5200.0, "own_arms": 400.0}
    assert capability.threat_from(**weak, guarantee=0.0) == pytest.approx(2.4336133, abs=1e-7)
    assert capability.threat_from(**weak, guarantee=5000.0) == pytest.approx(0.5711888, abs=1e-7)
    strong = capability.threat_from(hostility=0.8, arms=400.0, own_arms=5200.0, guarantee=0.0)
    assert strong == pytest.approx(0.05971923, abs=1e-7)


@steady
@given(hostility=st.floats(0.01, 1.0), arms=stock, own=stock, guarantee=promise, factor=st.floats(1.05, 20.0))
def test_threat_rises_with_hostility_and_rivals_arms_and_falls_with_own_and_guarantors(
    hostility, arms, own, guarantee, factor
):
    def felt(hostility=hostility, arms=arms, own_arms=own, guarantee=guarantee):
        return capability.threat_from(hostility=hostility, arms=arms, own_arms=own_arms, guarantee=guarantee)

    assert felt(arms=factor * arms) > felt() > 0.0
    assert felt(own_arms=factor * own) < felt()
    assert felt(guarantee=guarantee + factor * own) < felt()
    assert felt(hostility=hostility / factor) < felt()


@steady
@given(hostility=st.floats(0.01, 1.0), arms=stock, own=stock, factor=st.floats(0.01, 100.0))
def test_without_a_guarantee_only_the_ratio_of_arms_counts(hostility, arms, own, factor):
    once, scaled = (
        capability.threat_from(hostility=hostility, arms=size * arms, own_arms=size * own, guarantee=0.0)
        for size in (1.0, factor)
    )
    assert scaled == pytest.approx(once, rel=1e-12, abs=1e-15)


@steady
@given(hostility=share, arms=stock, own=stock, guarantee=promise)
def test_slope_of_threat_is_its_derivative_in_the_logarithm_of_rivals_arms(hostility, arms, own, guarantee):
    def felt(factor):
        return capability.threat_from(hostility=hostility, arms=factor * arms, own_arms=own, guarantee=guarantee)

    step = 1e-4
    slope = richardson.threat_slope(hostility=hostility, arms=arms, own_arms=own, guarantee=guarantee)
    assert 0.0 <= slope < 1.0
    assert (felt(math.exp(step)) - felt(math.exp(-step))) / (2.0 * step) == pytest.approx(slope, abs=1e-7)


@steady
@given(overstated=st.floats(0.0, 3.0), arms=stock)
def test_a_state_reads_a_rivals_arms_as_they_are_or_larger(overstated, arms):
    assert capability.arms_read(capability=arms, misperception=overstated) >= arms
    assert capability.arms_read(capability=arms, misperception=0.0) == arms


@steady
@given(worth=promise, cover=share, presence_share=share)
def test_a_guarantee_is_whole_at_the_start_and_nothing_without_promise_and_troops(worth, cover, presence_share):
    def added(commitment, presence):
        return capability.guarantee(
            worth=worth, cover=cover, commitment=commitment, presence_share=presence_share, presence=presence
        )

    assert added(1.0, 1.0) == pytest.approx(worth * cover)
    assert added(0.0, 0.0) == 0.0
    assert added(0.0, 1.0) == pytest.approx(worth * cover * presence_share)
    assert added(1.0, 2.0) >= added(1.0, 1.0) >= added(0.5, 1.0) >= added(0.5, 0.5)


# ---- lagging behind ----------------------------------------------------------------------------------------------------


@steady
@given(units=st.floats(0.0, 1e5), rival_units=st.floats(0.0, 1e5), lot=st.floats(0.5, 5e3))
def test_only_the_side_that_lies_behind_feels_a_gap(units, rival_units, lot):
    ours = capability.system_gap(units=units, rival_units=rival_units, lot=lot)
    theirs = capability.system_gap(units=rival_units, rival_units=units, lot=lot)
    assert min(ours, theirs) == 0.0
    assert max(ours, theirs) == pytest.approx(abs(math.log((lot + rival_units) / (lot + units))), abs=1e-12)


@steady
@given(rival_units=st.floats(1.0, 1e5), lot=st.floats(0.5, 5e3))
def test_a_lag_of_a_few_units_counts_for_less_in_a_class_that_is_bought_by_the_thousand(rival_units, lot):
    def gap(usual):
        return capability.system_gap(units=0.0, rival_units=rival_units, lot=usual)

    assert gap(10.0 * lot) < gap(lot)


def test_air_defence_lags_behind_drones_until_it_is_worth_as_much():
    """Ten noticed; 30 of drones: ln 4 without air defence, ln 2 with 10 of it, nothing from 30 on."""
    gaps = [
        capability.drone_gap(uav=20.0, loitering=10.0, air_defence=held, scale=10.0)
        for held in (0.0, 10.0, 30.0, 300.0)
    ]
    assert gaps == pytest.approx([math.log(4.0), math.log(2.0), 0.0, 0.0])
    assert capability.drone_gap(uav=0.0, loitering=0.0, air_defence=0.0, scale=10.0) == 0.0


# ---- provocation -------------------------------------------------------------------------------------------------------


@steady
@given(value=money, weight=st.floats(0.01, 2.0), scale=st.floats(0.1, 1e3), more=st.floats(0.01, 1e4))
def test_one_more_delivery_always_provokes_and_the_less_the_more_comes_anyway(value, weight, scale, more):
    def felt(whole):
        return transfers.provocation(value=whole, perceived_value=1.0, weight=weight, scale=scale)

    assert 0.0 <= felt(value) <= weight * value / scale + 1e-12
    assert felt(value + more) > felt(value)
    assert felt(value + more) - felt(value) <= felt(more) * (1.0 + 1e-9) + 1e-12


def test_nothing_delivered_provokes_nothing():
    assert transfers.provocation(value=0.0, perceived_value=1.0, weight=1.7, scale=3.0) == 0.0


def test_provocation_of_the_three_transfers_that_the_documents_date():
    """Five Bayraktar TB2 (89 million dollars), Skydagger (about 12), a grant of one million, all worked by hand: ln(1 + p V / 10)."""
    drones = transfers.provocation(value=89.15, perceived_value=1.5, weight=1.0, scale=10.0)
    munitions = transfers.provocation(value=12.0, perceived_value=5.0, weight=1.0, scale=10.0)
    assert drones == pytest.approx(2.665317, abs=1e-6)
    assert munitions == pytest.approx(1.945910, abs=1e-6)
    assert transfers.provocation(value=1.0, perceived_value=1.0, weight=0.15, scale=10.0) == pytest.approx(
        0.014297, abs=1e-6
    )


@steady
@given(value=st.floats(0.1, 1e3), tranches=st.integers(2, 8))
def test_tranches_would_provoke_more_than_one_delivery_if_they_were_not_pooled(value, tranches):
    """Why engines pool a quarter's deliveries before the rule takes their logarithm (see test_events for the pooling)."""
    whole = transfers.provocation(value=value, perceived_value=1.0, weight=1.0, scale=10.0)
    apart = tranches * transfers.provocation(value=value / tranches, perceived_value=1.0, weight=1.0, scale=10.0)
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
