"""Purchases: what makes a state ask for arms and in which class, and how its own budget pays for them."""

import numpy as np
import pytest

from sim.engines.agents.model import RegionModel
from sim.engines.compiled import engine
from sim.engines.compiled.engine import drawn_parameters
from sim.io.quarters import index_of
from sim.model.network import network
from sim.model.parameters import CLASSES, load_parameters
from sim.model.schedule import Script
from sim.model.variables import Series
from tests.best_guess import best_guess_without_chance as best_guess

NOW = index_of("2026Q2")
QUARTERS = index_of("2032Q4") + 1
QUARTER = 0.25
AIRCRAFT = "at: 2026Q2, type: deliver, supplier: TUR, buyer: XKX, class: uav, n: 24, payment: grant"
SEEN = ("capital_stock", "owed", "spending")


def rates_of(state, events, quarter="2026Q2", **parameters):
    """Rates at which a state seeks each class of arms at the end of a quarter."""
    model = RegionModel(parameters=best_guess(**parameters), script=events)
    model.run_until(quarter)
    return dict(zip(CLASSES, model.state(state).request_rates(), strict=True))


# ---- requests ----------------------------------------------------------------------------------------------------------


def test_a_rival_with_drones_is_answered_with_drones_and_with_air_defence(script):
    weights = {"emulation.uav": 1.0, "emulation.air_defence": 0.5, "request_threat": 0.0}
    calm, alarmed = (rates_of("SRB", events, **weights) for events in (Script(()), script(AIRCRAFT)))
    assert alarmed["uav"] > calm["uav"]
    assert alarmed["air_defence"] > calm["air_defence"]
    assert {kind for kind in CLASSES if alarmed[kind] != calm[kind]} == {"uav", "air_defence"}


def test_a_threatened_state_seeks_more_of_every_class(script):
    """Kosovo's guarantee ends: its threat rises, its gaps stay as they are."""
    withdrawn = script("at: 2026Q2, type: guarantee, state: XKX, level: 0")
    calm, alarmed = (rates_of("XKX", events, request_threat=0.7) for events in (Script(()), withdrawn))
    ratios = [alarmed[kind] / calm[kind] for kind in CLASSES]
    assert min(ratios) > 1.1
    assert ratios == pytest.approx([ratios[0]] * len(ratios), rel=1e-9)


def test_without_emulation_and_weight_of_threat_a_rivals_arms_are_not_answered_in_kind(script):
    off = {"emulation": 0.0, "request_threat": 0.0}
    assert rates_of("SRB", script(AIRCRAFT), **off) == rates_of("SRB", Script(()), **off)
    given = {
        kind: best_guess().distributions[best_guess().offset("request_rate") + n].centre
        for n, kind in enumerate(CLASSES)
    }
    factor = best_guess().distributions[best_guess().offset("request_factor") + network().states.index("SRB")].centre
    assert rates_of("SRB", script(AIRCRAFT), **off) == {kind: factor * rate for kind, rate in given.items()}


def test_serbia_orders_as_often_as_if_kosovo_had_no_aircraft_only_if_nothing_answers_in_kind(script):
    """It buys at home, where nobody refuses, so that what is ordered is what is sought."""
    at_home = "at: 2026Q1, type: force_choice, buyer: SRB, supplier: DOM"

    def orders(*events, **weights):
        table = load_parameters().with_overrides({"reaction": 0.0, **weights})
        series = [Series("orders", "SRB", "DOM")]
        run = {"members": range(256), "seed": 3, "quarters": QUARTERS, "series": series}
        return engine.simulate(table, script(at_home, *events), **run)[0] > 0.0

    off = {"emulation": 0.0, "request_threat": 0.0, "request_rate": 0.1}
    assert np.array_equal(orders(AIRCRAFT, **off), orders(**off))
    on = {"emulation": 1.5, "request_threat": 1.0, "request_rate": 0.02}
    assert orders(AIRCRAFT, **on).sum() > 1.1 * orders(**on).sum() > 0


def test_uncoupled_states_answer_nothing_in_kind(script):
    calm, alarmed = (rates_of("SRB", events, coupling=0.0) for events in (Script(()), script(AIRCRAFT)))
    assert calm == alarmed


def test_air_defence_that_arrived_takes_away_the_gap_behind_drones(script):
    bought = "at: 2026Q1, type: deliver, supplier: FRA, buyer: SRB, class: air_defence, value_musd: 900, payment: grant"
    weights = {"emulation.air_defence": 0.5, "request_threat": 0.0}
    bare, covered = (rates_of("SRB", events, **weights) for events in (script(AIRCRAFT), script(bought, AIRCRAFT)))
    assert covered["air_defence"] < bare["air_defence"]
    assert covered["uav"] == bare["uav"]


# ---- paying ------------------------------------------------------------------------------------------------------------

ALONE = {"coupling": 0.0}  # nobody answers
WEAR = 0.09  # a year


def paid_world(events, **parameters):
    """Serbia's capital, what it owes and what it spends, by quarter."""
    series = [Series(name, "SRB") for name in SEEN]
    table = best_guess(**parameters)
    return engine.simulate(table, events, members=[0], seed=1, quarters=QUARTERS, series=series)[..., 0]


def purchase(value, payment="budget", at="2026Q2"):
    return f"at: {at}, type: deliver, supplier: FRA, buyer: SRB, class: armour, value_musd: {value}, payment: {payment}"


def equipment_budget(table):
    return drawn_parameters(table, members=[0], seed=1)[
        table.offset("procurement_share") + network().states.index("SRB")
    ][0]


def left_after(held, displaced):
    """A stock after a quarter of wear in which so much a year was missing from what flows into it."""
    kept = np.exp(-WEAR * QUARTER)
    return held * kept - displaced * (1.0 - kept) / WEAR


@pytest.mark.parametrize("value", [80.0, 3600.0])
def test_what_a_delivery_adds_instalments_take_from_other_purchases(script, value):
    """Whatever is paid off in a quarter is missing from what the budget buys in it, and nothing else is."""
    capital, owed, spent = paid_world(script(purchase(value)), **ALONE) - paid_world(Script(()), **ALONE)
    assert not spent.any()
    assert not capital[:NOW].any() and not owed[:NOW].any()
    assert (np.diff(owed[NOW:]) < 0.0).all() and owed[-1] >= 0.0
    paid = -np.diff([value, *owed[NOW:]]) / QUARTER
    before = np.array([value, *capital[NOW:-1]])
    np.testing.assert_allclose(capital[NOW:], left_after(before, paid), rtol=0, atol=1e-6)


@pytest.mark.parametrize("payment", ["grant", "credit"])
def test_a_grant_and_a_credit_owe_nothing_and_displace_nothing(script, payment):
    capital, owed, _ = paid_world(script(purchase(80.0, payment)), **ALONE) - paid_world(Script(()), **ALONE)
    assert not owed.any()
    worn = 80.0 * np.exp(-WEAR * QUARTER * np.arange(1, QUARTERS - NOW + 1))
    np.testing.assert_allclose(capital[NOW:], worn, rtol=1e-9)


def test_instalments_never_exceed_the_equipment_budget_and_a_large_purchase_takes_it_whole(script):
    """3.6 billion, of which a fourth a year would be due, against some 0.6 a year that buy equipment."""
    _, owed, spent = paid_world(script(purchase(3600.0)))
    paid = -np.diff(owed[NOW - 1 :], prepend=0.0)[2:]
    funds = QUARTER * equipment_budget(best_guess()) * spent[NOW + 1 :]
    assert (paid <= funds * (1.0 + 1e-12)).all()
    assert paid[0] == pytest.approx(funds[0], rel=1e-12)


def test_a_small_purchase_is_paid_by_a_sixteenth_a_quarter(script):
    _, owed, _ = paid_world(script(purchase(80.0)))
    assert owed[NOW - 1] == 0.0
    assert owed[NOW : NOW + 8] == pytest.approx([80.0 * (15 / 16) ** n for n in range(1, 9)])


@pytest.mark.parametrize("kind", ["uav", "loitering"])
def test_drones_that_the_budget_paid_count_in_full_and_displace_other_equipment(script, kind):
    event = f"at: 2026Q2, type: deliver, supplier: CHN, buyer: SRB, class: {kind}, n: 10, unit_price_musd: 8, payment: budget"
    series = [Series(kind, "SRB"), *(Series(name, "SRB") for name in SEEN)]
    table = best_guess(**ALONE, **{f"{kind}_attrition": 0.0})
    with_them, without = (
        engine.simulate(table, events, members=[0], seed=1, quarters=QUARTERS, series=series)[..., 0]
        for events in (script(event), Script(()))
    )
    units, capital, owed, _ = with_them - without
    assert (units[NOW:] == 10.0).all()
    paid = -np.diff([80.0, *owed[NOW:]]) / QUARTER
    assert paid[0] == pytest.approx(20.0)
    np.testing.assert_allclose(capital[NOW:], left_after(np.array([0.0, *capital[NOW:-1]]), paid), rtol=0, atol=1e-6)


# ---- the observed years ------------------------------------------------------------------------------------------------


def test_published_budgets_answer_the_threat_that_they_make_and_are_met_exactly():
    """To 2023, with no event: spending is what was planned, although states react and are threatened."""
    table = load_parameters()
    series = [Series(name, state) for state in network().states for name in ("spending", "threat")]
    last = index_of("2023Q4") + 1
    coupled, still = (
        engine.simulate(one, Script(()), members=range(40), seed=6, quarters=last, series=series)
        for one in (table, table.with_overrides({"reaction": 0.0}))
    )
    np.testing.assert_allclose(coupled[::2], still[::2], rtol=2e-2)
    assert (coupled[1::2] > 0.1).any()


def test_arms_beyond_the_published_budgets_are_answered_in_the_observed_years(script):
    aircraft = AIRCRAFT.replace("2026Q2", "2020Q1")
    series = [Series("spending", "SRB"), Series("threat", "SRB")]
    with_them, without = (
        engine.simulate(best_guess(**{"reaction.SRB": 1.0}), events, members=[0], seed=1, quarters=24, series=series)[
            ..., 0
        ]
        for events in (script(aircraft), Script(()))
    )
    answered = (with_them - without)[:, index_of("2020Q1") :]
    assert (answered > 0.0).all()


# ---- the shock that states share ---------------------------------------------------------------------------------------


def spending_of_all(**parameters):
    """Logarithms of spending of all states, (states, quarters, members)."""
    series = [Series("spending", state) for state in network().states]
    table = best_guess(
        **{"coupling": 0.0, "gdp_spread": 0.0, "adjustment": 0.5, "burden_max": 0.15, "fatigue": 0.0, **parameters}
    )
    return np.log(engine.simulate(table, Script(()), members=range(64), seed=4, quarters=QUARTERS, series=series))


def test_a_common_shock_is_the_same_for_all_states_in_a_simulation_and_differs_between_simulations():
    shared = spending_of_all(chance=1.0, growth_common=0.1, growth_spread=0.0)
    surprise = shared - spending_of_all(chance=0.0)
    np.testing.assert_allclose(surprise, np.broadcast_to(surprise[:1], surprise.shape), rtol=0, atol=1e-9)
    assert len(np.unique(surprise[0, -1].round(12))) == 64
    assert not surprise[:, : index_of("2024Q1")].any()
    yearly = surprise[0].reshape(-1, 4, 64).mean(axis=1)
    assert np.diff(yearly, axis=0)[8:].std() == pytest.approx(0.1, rel=0.2)


def test_own_shocks_are_each_states_own_and_without_chance_there_is_none():
    own = spending_of_all(chance=1.0, growth_common=0.0) - spending_of_all(chance=0.0)
    latest = own[:, -1]
    assert np.abs(np.corrcoef(latest) - np.eye(len(latest))).max() < 0.6
    assert np.array_equal(spending_of_all(chance=0.0), spending_of_all(chance=0.0, growth_common=0.5))
