"""Threat as a level: who is threatened by whom, how much, and what moves it; in both engines and in the recorded history."""

from functools import cache

import numpy as np
import pytest

from sim.engines.agents import model as agents
from sim.engines.compiled import engine
from sim.engines.compiled.engine import drawn_parameters
from sim.engines.simulate import prepared_scenario
from sim.io.quarters import index_of
from sim.model.network import network
from sim.model.parameters import load_parameters
from sim.model.schedule import Script, script_of
from sim.model.variables import Series
from sim.scenario.loading import list_scenarios, load_scenario
from tests.best_guess import best_guess_without_chance as best_guess

NOW = index_of("2026Q2")
QUARTERS = index_of("2027Q4") + 1
STATES = network().states
THREATS = tuple(Series("threat", state) for state in STATES)
SERBIA, KOSOVO = (STATES.index(code) for code in ("SRB", "XKX"))
TO_SERBIA = "type: deliver, supplier: FRA, buyer: SRB, class: air_defence, value_musd: 300, payment: budget"
TO_KOSOVO = "type: deliver, supplier: TUR, buyer: XKX, class: uav, n: 12, payment: budget"
WITHDRAWN = "type: guarantee, state: XKX, level: 0"
MEMBERS = 60


def threats(events, table=None, members=(0,), series=THREATS):
    table = best_guess() if table is None else table
    return engine.simulate(table, events, members=members, seed=1, quarters=QUARTERS, series=series)


@pytest.fixture
def effect(script):
    """What events change in the threat that each state feels, (states, quarters)."""

    def change(*events, **parameters):
        table = best_guess(**parameters)
        return (threats(script(*events), table) - threats(Script(()), table))[..., 0]

    return change


# ---- the level ---------------------------------------------------------------------------------------------------------


def test_without_hostility_nobody_is_threatened_however_strong_its_neighbour():
    assert not threats(Script(()), best_guess(relation_base=0.3)).any()


def test_states_without_a_rival_feel_no_threat():
    alone = [place for place, state in enumerate(STATES) if state not in {one for one, _ in network().rivals}]
    assert alone and not threats(Script(()))[alone].any()
    rivalled = [place for place in range(len(STATES)) if place not in alone]
    assert (threats(Script(()))[rivalled] > 0.0).all()


@pytest.mark.parametrize("engine_", [engine, agents], ids=["compiled", "agents"])
def test_threat_of_kosovo_is_the_ratio_of_serbias_arms_to_its_own_and_its_guarantors(engine_):
    """Worked from what is recorded beside it: hostility, both sides' arms, what is overstated, and troops."""
    series = [
        Series("threat", "XKX"), Series("attitude", "XKX", "SRB"), Series("capability", "SRB"), Series("capability", "XKX"),
        Series("misperception", "XKX", "SRB"), Series("troops", "NATO"),
    ]  # fmt: skip
    quiet = {
        "trade_growth": 0.0,
        "incident_estrangement": 0.0,
    }  # so that attitudes at a quarter's end are those of its middle
    table = load_parameters().with_overrides(quiet)
    events = script_of(load_scenario("baseline").events)
    members, quarters = (0, 4, 9), index_of("2024Q4") + 1
    values = engine_.simulate(table, events, members=members, seed=3, quarters=quarters, series=series)
    threat, attitude, serbia, kosovo, overstated, troops = values
    given = dict(zip(table.keys, drawn_parameters(table, members=members, seed=3), strict=True))
    kept = 1.0 - given["guarantee_presence.XKX"] * (1.0 - troops / given["troops_reference"])
    guarantee = given["guarantee_worth"] * given["guarantee_cover.XKX"] * kept
    felt = np.log1p(np.maximum(-attitude, 0.0) * serbia * (1.0 + overstated) / (kosovo + guarantee))
    np.testing.assert_allclose(threat, given["threat_share.XKX.SRB"] * felt, rtol=1e-9)


# ---- what moves it -----------------------------------------------------------------------------------------------------


def test_a_serbian_purchase_threatens_kosovo_and_calms_serbia(effect):
    change = effect(TO_SERBIA)[:, NOW]
    assert change[KOSOVO] > 0.005
    assert change[SERBIA] < 0.0


def test_a_delivery_to_kosovo_threatens_serbia_and_calms_kosovo(effect):
    change = effect(TO_KOSOVO)[:, NOW]
    assert change[SERBIA] > 0.005
    assert change[KOSOVO] < 0.0


def test_the_same_arms_threaten_the_weaker_side_less_where_it_is_guaranteed(effect):
    guarded, alone = (effect(TO_SERBIA, guarantee_worth=worth)[KOSOVO, NOW] for worth in (5000.0, 1000.0))
    assert alone > guarded > 0.0


def test_a_guarantee_of_kosovo_is_none_of_serbia(effect):
    change = effect(WITHDRAWN)[:, NOW]
    assert change[KOSOVO] > 0.0
    assert not np.delete(change, KOSOVO).any()


def test_peacekeepers_that_leave_take_their_part_of_the_guarantee_with_them(effect):
    """Half of Kosovo's stands with its troops: without promise and troops it is left as alone as without any guarantee."""
    alone = {"reaction": 0.0, "grant_response": 0.0, "troops_response": 0.0}
    left = effect(WITHDRAWN, "type: kfor, troops: 0", **alone)[KOSOVO, NOW]
    promise = effect(WITHDRAWN, **alone)[KOSOVO, NOW]
    assert left > promise > 0.0
    usual, bare = (
        threats(Script(()), best_guess(**alone, **over))[KOSOVO, NOW, 0] for over in ({}, {"guarantee_worth": 0.0})
    )
    assert left + usual == pytest.approx(bare, rel=1e-12)


@pytest.mark.parametrize("level", [0.2, 0.45, 0.75])
def test_a_calmer_region_has_fewer_incidents(level):
    """The rate is centred on a number that no sweep of tension moves."""
    quiet = {"chance": 0.0, "coupling": 0.0, "tension_rest": level}
    table = load_parameters().with_overrides(quiet)
    hazard = engine.simulate(
        table, Script(()), members=range(20), seed=2, quarters=8, series=[Series("hazard", "SRB", "XKX")]
    )[0, -1]
    given = dict(zip(table.keys, drawn_parameters(table, members=range(20), seed=2), strict=True))
    expected = given["hazard_reference"] * np.exp(given["hazard_tension"] * (level - given["tension_reference"]))
    np.testing.assert_allclose(hazard, expected, rtol=1e-9)
    assert ((hazard < given["hazard_reference"]) == (level < given["tension_reference"])).all()


def test_arms_of_either_side_deter_alike_where_nothing_else_follows_from_them(script):
    """Without threat, tension, backing and guarantors, a fall of the rate per unit of the logarithm of either side's arms."""
    off = dict.fromkeys(
        ("hazard_threat", "tension_delivery", "tension_words", "moral_hazard", "reaction", "guarantee_worth"), 0.0
    )
    series = [Series("hazard", "SRB", "XKX"), Series("capability", "SRB"), Series("capability", "XKX")]
    table = best_guess(**off, deterrence=0.7)
    hazard, *usual = threats(Script(()), table, series=series)[:, NOW, 0]
    for place, buyer in enumerate(("SRB", "XKX")):
        event = f"type: deliver, supplier: USA, buyer: {buyer}, class: arms, value_musd: 200, payment: grant"
        deterred, *armed = threats(script(event), table, series=series)[:, NOW, 0]
        more = np.log(armed[place] / usual[place])
        assert more > 0.02
        assert np.log(deterred / hazard) == pytest.approx(-0.7 * more, rel=1e-6)


# ---- the history and the library ---------------------------------------------------------------------------------------


@cache
def recorded(name):
    world = prepared_scenario(load_scenario(name))
    return threats(world.script, world.parameters, range(MEMBERS), series=(THREATS[SERBIA], THREATS[KOSOVO]))


def test_kosovo_is_more_threatened_than_serbia_in_every_quarter_of_the_record():
    serbia, kosovo = recorded("baseline")[:, : index_of("2025Q4") + 1]
    assert (np.median(kosovo, axis=-1) > np.median(serbia, axis=-1)).all()
    assert ((kosovo > serbia).mean(axis=-1) > 0.9).all()


def shock(values, base):
    """Largest median change of Kosovo's threat in any quarter."""
    return float(np.abs(np.median(values - base, axis=-1)).max())


def test_withdrawing_the_guarantee_is_the_largest_shock_to_kosovos_threat(script):
    world = prepared_scenario(load_scenario("skydagger-delivery"))
    events = script(WITHDRAWN, extends="skydagger-delivery")
    alone = threats(events, world.parameters, range(MEMBERS), series=(THREATS[KOSOVO],))[0]
    largest = shock(alone, recorded("skydagger-delivery")[1])
    assert largest > 0.2
    for one in list_scenarios():
        scenario = load_scenario(one.id)
        if scenario.compare_to and not any(event.type == "guarantee" for event in scenario.events):
            assert shock(recorded(one.id)[1], recorded(scenario.compare_to)[1]) < largest, one.id
