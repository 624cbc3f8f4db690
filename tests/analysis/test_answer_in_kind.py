"""A rival answers a delivery in kind where it gets the class, or the class against it, later and from nobody's script."""

import csv

import numpy as np
import pytest

from sim.analysis.answer_in_kind import (
    COUNTER,
    EVERYBODY,
    HORIZONS,
    SAME,
    ArmsMoved,
    answering,
    answers_in_kind,
    arms_moved,
    paired_difference_interval,
    rivals_of,
    series_of_answers,
    share_of_pairs,
)
from sim.analysis.store import Store
from sim.engines.agents import model as agents
from sim.engines.compiled import engine as compiled
from sim.io.quarters import COUNT, index_of, name_of
from sim.model.parameters import load_parameters
from sim.model.schedule import Script, script_of
from sim.model.variables import Series, all_series, arrivals
from sim.runs.comparison import compare
from sim.runs.run import run
from sim.scenario.event_types import event_adapter
from sim.scenario.loading import load_scenario

TB2 = {
    "id": "tb2", "at": "2026Q1", "type": "order", "supplier": "TUR", "buyer": "SRB", "class": "uav", "n": 6,
    "payment": "budget", "due": "2026Q4",
}  # fmt: skip
NOTHING = Script(())
QUARTERS = index_of("2031Q4") + 1
SIX_WAYS = 6


def script(*events):
    return script_of([event_adapter().validate_python(event) for event in events])


def stores(moved, scenario, baseline=()):
    """What both record, from deliveries (buyer, class, supplier, quarter, simulations); all others get nothing."""
    series = series_of_answers(moved)
    made = []
    for deliveries in (baseline, scenario):
        values = np.zeros((len(series), QUARTERS, SIX_WAYS))
        for buyer, weapon_class, supplier, quarter, members in deliveries:
            place = series.index(Series(f"arrivals_{weapon_class}", buyer, supplier))
            values[place, index_of(quarter), list(members)] += 1.0
        store = Store(series, QUARTERS)
        store.add(values)
        made.append(store)
    return made


def found(scenario, baseline=(), scripts=None):
    """Answers of Kosovo with drones to six drones for Serbia in 2026Q4, by years."""
    scripts = scripts or (NOTHING, script(TB2))
    moved = arms_moved(NOTHING, script(TB2), QUARTERS)
    bought = ("SRB", "uav", "TUR", "2026Q4", range(SIX_WAYS))
    recorded = stores(moved, [bought, *scenario], baseline)
    answers = answers_in_kind(moved, scripts, recorded, QUARTERS, SIX_WAYS)
    return {one.within_years: one for one in answers if (one.rival, one.weapon_class) == ("XKX", "uav")}


# ---- what differs ----------------------------------------------------------------------------------------------------


def test_an_order_with_a_date_is_answered_from_its_delivery_on():
    assert arms_moved(NOTHING, script(TB2), QUARTERS) == (ArmsMoved("SRB", "uav", index_of("2026Q4"), is_added=True),)


def test_what_both_scenarios_deliver_moves_nothing():
    assert arms_moved(script(TB2), script(TB2), QUARTERS) == ()


def test_a_delivery_that_the_scenario_withholds_is_not_added():
    (moved,) = arms_moved(script(TB2), NOTHING, QUARTERS)
    assert not moved.is_added


def test_a_delivery_after_the_end_of_the_run_or_to_a_state_without_rivals_is_left_out():
    assert arms_moved(NOTHING, script(TB2), index_of("2026Q4")) == ()
    assert rivals_of("BGR") == ()
    assert arms_moved(NOTHING, script({**TB2, "buyer": "BGR"}), QUARTERS) == ()


def test_drones_are_answered_by_drones_and_by_air_defence_and_artillery_by_artillery():
    assert answering("uav") == {"uav": SAME, "air_defence": COUNTER}
    assert answering("artillery") == {"artillery": SAME}


# ---- who gets what ---------------------------------------------------------------------------------------------------


def test_an_answer_counts_from_the_quarter_after_the_delivery_to_the_end_of_the_last_year():
    shares = found([
        ("XKX", "uav", "TUR", "2026Q4", [0]),  # the quarter of the delivery itself
        ("XKX", "uav", "TUR", "2027Q4", [1]),  # the last of one year
        ("XKX", "uav", "USA", "2028Q1", [2]),  # the first after it
        ("XKX", "uav", "TUR", "2031Q4", [3]),  # the last of five years
    ])  # fmt: skip
    assert [shares[years].share.scenario * SIX_WAYS for years in HORIZONS] == [1, 2, 3]


def test_the_same_simulations_without_the_delivery_stand_beside_it():
    both, alone = ("XKX", "uav", "TUR", "2027Q2", [0, 1]), ("XKX", "uav", "TUR", "2027Q2", [0, 1, 2])
    share = found([alone], [both])[1].share
    assert (share.scenario, share.baseline) == (3 / 6, 2 / 6)
    assert share.difference == pytest.approx(1 / 6)
    assert (share.low, share.high) == paired_difference_interval(gained=1, lost=0, pairs=6, level=0.95)


def test_the_supplier_is_that_of_the_first_delivery():
    answer = found([("XKX", "uav", "USA", "2027Q2", [0]), ("XKX", "uav", "TUR", "2027Q3", [0, 1])])[1]
    assert {code: share.scenario * SIX_WAYS for code, share in answer.suppliers.items()} == {"USA": 1, "TUR": 1}
    assert [row[COLUMN["supplier"]] for row in answer.rows()] == [EVERYBODY, "TUR", "USA"]


def test_what_a_file_scripts_for_the_rival_is_no_answer():
    for_kosovo = {**TB2, "id": "own", "buyer": "XKX", "due": "2027Q2"}
    scripts = (script(for_kosovo), script(TB2, for_kosovo))
    came = [("XKX", "uav", "TUR", "2027Q2", [0, 1]), ("XKX", "uav", "USA", "2027Q2", [1])]
    assert found(came, scripts=scripts)[1].share.scenario * SIX_WAYS == 1


def test_years_that_the_run_does_not_last_are_not_told():
    moved = (ArmsMoved("SRB", "uav", index_of("2027Q1"), is_added=True),)
    bought = ("SRB", "uav", "TUR", "2027Q1", range(SIX_WAYS))
    answers = answers_in_kind(moved, (NOTHING, NOTHING), stores(moved, [bought]), QUARTERS, SIX_WAYS)
    known = {one.within_years: one.is_known for one in answers}
    assert known == {1: True, 3: True, 5: False}
    assert [row[COLUMN["p_scenario"]] for one in answers if not one.is_known for row in one.rows()] == [None] * 8


def test_a_delivery_that_comes_in_some_simulations_only_is_asked_of_those():
    moved = (ArmsMoved("SRB", "uav", index_of("2026Q1"), is_added=True),)
    came = [("SRB", "uav", "TUR", "2026Q2", [0, 1]), ("XKX", "uav", "TUR", "2026Q4", [1, 2])]
    answers = answers_in_kind(moved, (NOTHING, NOTHING), stores(moved, came), QUARTERS, SIX_WAYS)
    share = next(one.share for one in answers if (one.rival, one.weapon_class) == ("XKX", "uav"))
    assert (share.simulations, share.scenario) == (2, 0.5)


def test_an_answer_to_what_is_withheld_is_raised_where_it_is_rarer_without_it():
    moved = arms_moved(script(TB2), NOTHING, QUARTERS)
    bought = ("SRB", "uav", "TUR", "2026Q4", range(SIX_WAYS))
    answer = ("XKX", "uav", "TUR", "2027Q1", range(SIX_WAYS))
    recorded = stores(moved, [], [bought, answer])
    answers = answers_in_kind(moved, (script(TB2), NOTHING), recorded, QUARTERS, SIX_WAYS)
    first = next(one for one in answers if (one.rival, one.weapon_class) == ("XKX", "uav"))
    assert (first.raised_by, first.is_raised) == (1.0, True)


def test_an_interval_of_no_pairs_is_not_given_and_one_of_many_is_narrow():
    assert share_of_pairs(np.zeros(0, bool), np.zeros(0, bool)).simulations == 0
    always, never = np.ones(10_000, bool), np.zeros(10_000, bool)
    share = share_of_pairs(always, never)
    assert 0.999 < share.low < share.high <= 1.0


# ---- in a run --------------------------------------------------------------------------------------------------------

COLUMN = {name: place for place, name in enumerate((
    "buyer", "delivered", "since", "rival", "answer", "kind", "within_years", "supplier", "simulations", "p_scenario",
))}  # fmt: skip
SMALL = {"members": 200, "ensemble": "prior", "split": False}


def test_both_engines_record_the_same_arrivals_and_they_add_up_to_the_deliveries():
    classes = ("uav", "loitering", "artillery", "armour", "air_defence", "arms")
    series = [*(one for name in classes for one in arrivals("XKX", name)), Series("deliveries", "XKX", "TUR")]
    table, events = load_parameters(), script_of(load_scenario("skydagger-delivery").events)
    made = [
        engine.simulate(table, events, members=range(3), seed=1, quarters=COUNT, series=series)
        for engine in (compiled, agents)
    ]
    assert np.array_equal(*made)
    turkish = [place for place, one in enumerate(series) if one.counterpart == "TUR"]
    assert made[0][turkish[:-1]].sum(axis=0) == pytest.approx(made[0][-1])
    munitions = series.index(Series("arrivals_loitering", "XKX", "TUR"))
    assert (made[0][munitions, index_of("2025Q4")] > 0.0).all()


def test_arrivals_are_recorded_only_where_they_are_asked_for():
    assert not any(one.variable.startswith("arrivals") for one in all_series())


def test_kosovo_gets_drones_more_often_where_serbia_buys_some(tmp_path):
    finished = run("serbian-drone-purchase", out=tmp_path / "run", pictures="none", **SMALL)
    answer = next(
        one for one in finished.answers if (one.rival, one.weapon_class, one.within_years) == ("XKX", "uav", 5)
    )
    assert name_of(answer.since) == "2026Q4"
    assert answer.is_raised
    assert sum(one.scenario for one in answer.suppliers.values()) == pytest.approx(answer.share.scenario)
    with (tmp_path / "run" / "answer_in_kind.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    (row,) = (
        row
        for row in rows
        if (row["rival"], row["answer"], row["within_years"], row["supplier"]) == ("XKX", "uav", "5", "all")
    )
    assert float(row["p_scenario"]) == answer.share.scenario


def test_without_coupling_no_arms_are_answered():
    finished = run("serbian-drone-purchase", settings=("coupling=0",), **SMALL)
    assert finished.answers
    assert {one.share.difference for one in finished.answers} == {0.0}


def test_a_scenario_that_delivers_nothing_has_no_answers():
    assert run("kfor-surge", until="2027Q4", **{**SMALL, "members": 20}).answers == ()


def test_a_comparison_has_the_answers_of_the_runs():
    options = {"members": 60, "ensemble": "prior", "until": "2030Q4"}
    together = compare(["serbian-drone-purchase", "symmetric-sale"], baseline="skydagger-delivery", **options)
    alone = run("serbian-drone-purchase", split=False, **options)
    assert together.answers["serbian-drone-purchase"] == alone.answers
