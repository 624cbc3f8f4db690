"""The scenario library: each file is complete, does what its question says, and moves what its documents expect.

Signs are asserted over 500 draws of the prior, in paired worlds. HARD is the share of worlds that must move the same way.
The sign of the hazard is asserted only where no arms are delivered or withheld: what arms do to it is disputed.
"""

from functools import cache

import numpy as np
import pytest

from sim.analysis.results import calendar_years
from sim.engines.compiled.engine import simulate
from sim.engines.simulate import prepared_scenario
from sim.io.quarters import index_of
from sim.model.variables import Series, all_series
from sim.report.event_text import GROUPS
from sim.scenario.loading import list_scenarios, load_scenario
from sim.scenario.overrides import apply_settings

MEMBERS = 500
QUARTERS = index_of("2031Q4") + 1
HARD = 0.95
STATES, TOWARDS = ("SRB", "XKX", "TUR", "ROU", "NATO"), ("", "TUR", "XKX")  # whose series these tests look at
MARKS = np.random.default_rng(3).integers(1 << 63, size=MEMBERS, dtype=np.uint64) | np.uint64(1)
LIBRARY = tuple(listing.id for listing in list_scenarios())
COMPARED = tuple(name for name in LIBRARY if name != "baseline")
SKYDAGGER = "skydagger-delivery"
NORTH = ("SRB", "XKX")
FOURTEEN = {
    "baseline", SKYDAGGER, "no-turkish-arms", "serbian-drone-purchase", "serbia-turns-east", "dialogue-and-mediation",
    "turkish-restraint", "kfor-surge", "kfor-drawdown", "northern-incident", "diversion-unrest", "golden-age-trade",
    "drone-proliferation", "euro-atlantic-stall",
}  # fmt: skip
LEVERS = {
    "open dialogue": "dialogue-and-mediation",
    "reassessed sales": "turkish-restraint",
    "joint exercises": "exercises-with-kosovo",
    "joint exercises without Kosovo": "exercises-without-kosovo",
    "mediators": "dialogue-and-mediation",
    "trust against negative perceptions": "exercises-with-kosovo",
    "sales to both sides": "symmetric-sale",
    "command and outreach": "kfor-surge",
    "visits and reassurance": "reassurance-visits",
    "offer of accession": "accession-offer",
    "reserve forces": "reserve-battalion",
    "support to the weaker side": "deterrent-support",
}


@cache
def recorded(name, *settings):
    """The series that these tests look at, and marks of all by which two scenarios can be compared, (series, quarters)."""
    world = prepared_scenario(apply_settings(load_scenario(name), settings))
    whole = simulate(world.parameters, world.script, members=range(MEMBERS), seed=7, quarters=QUARTERS)
    seen = {
        one: whole[place].copy()
        for place, one in enumerate(all_series())
        if one.actor in STATES and one.counterpart in TOWARDS
    }
    return seen, (whole.view(np.uint64) * MARKS).sum(axis=-1)  # all of every scenario would take gigabytes


def series(name, variable, actor, counterpart="", settings=()):
    return recorded(name, *settings)[0][Series(variable, actor, counterpart)]


def difference(name, variable, actor, counterpart="", settings=()):
    base = load_scenario(name).compare_to
    return series(name, variable, actor, counterpart, settings) - series(base, variable, actor, counterpart, settings)


def at(values, quarter):
    return values[index_of(quarter)]


def in_year(values, year):
    return calendar_years(values)[year - 2018]


def share(condition):
    return float(np.mean(condition))


# ---- every file ------------------------------------------------------------------------------------------------------


def test_library_holds_the_fourteen_scenarios_and_every_lever_of_the_documents():
    assert set(LIBRARY) >= FOURTEEN | set(LEVERS.values())


@pytest.mark.parametrize("name", LIBRARY)
def test_scenario_asks_one_question_and_says_what_it_rests_on(name):
    scenario = load_scenario(name)
    assert scenario.question.count("?") == 1 and scenario.question.endswith("?")
    assert scenario.group in GROUPS and len(scenario.title) <= 96
    assert scenario.expects and scenario.comment
    assert scenario.documents and all(document["locator"] and document["says"] for document in scenario.documents)


@pytest.mark.parametrize("name", COMPARED)
def test_no_lever_is_free_without_a_word(name):
    """Each says what the model counts as its cost, or that it counts none; what nobody chooses says so."""
    costs = load_scenario(name).costs
    assert costs.startswith(("Counted: ", "Nobody ")), name
    assert "in the model" in costs or not costs.startswith("Counted: nothing"), name


@pytest.mark.parametrize("name", COMPARED)
def test_scenario_that_begins_in_2026_builds_on_the_delivery_of_skydagger(name):
    scenario = load_scenario(name)
    assert scenario.compare_to == (SKYDAGGER if scenario.chain[1] == SKYDAGGER != name else "baseline")
    base = {event.id for event in load_scenario(scenario.compare_to).events}
    added = [event.quarter for event in scenario.events if event.id not in base]
    if added and min(added) >= index_of("2026Q1"):
        assert scenario.chain == ("baseline", SKYDAGGER, name)


@pytest.mark.parametrize("name", COMPARED)
def test_every_event_that_a_scenario_adds_has_a_source_or_is_called_assumed(name):
    scenario = load_scenario(name)
    known = {event.id for event in load_scenario(scenario.compare_to).events}
    for event in scenario.events:
        if event.id not in known and not event.id.startswith("series."):
            assert (event.source and event.locator) or "assumed" in event.note, event.id


@pytest.mark.parametrize("name", COMPARED)
def test_scenario_changes_something_and_nothing_before_its_first_event(name):
    scenario, base = load_scenario(name), load_scenario(load_scenario(name).compare_to)
    plain = {event.id: event.plain() for event in base.events}
    changed = [event.quarter for event in scenario.events if plain.pop(event.id, None) != event.plain()]
    first = min([*changed, *(event.quarter for event in base.events if event.id in plain)])
    same = recorded(name)[1] == recorded(scenario.compare_to)[1]
    assert same[:, :first].all() and not same.all()


# ---- signs -----------------------------------------------------------------------------------------------------------

LESS_RISK = (("tension", *NORTH, -1), ("hazard", *NORTH, -1))
HAZARD = ("hazard", *NORTH)
THREAT_OF_KOSOVO = ("threat", "XKX", "")
EXPECTED = {
    "kfor-drawdown": (2026, ((*HAZARD, 1), (*THREAT_OF_KOSOVO, 1))),  # row 12
    "kfor-surge": (2027, (*LESS_RISK, (*THREAT_OF_KOSOVO, -1))),
    "reserve-battalion": (2026, ((*HAZARD, -1), (*THREAT_OF_KOSOVO, -1))),
    "diversion-unrest": (2027, ((*HAZARD, 1),)),  # row 13
    "without-protests": (2026, ((*HAZARD, -1),)),
    "exercises-with-kosovo": (2030, LESS_RISK),
    "accession-offer": (2030, LESS_RISK),
    "euro-atlantic-stall": (2027, (("influence", "TUR", "XKX", 1),)),
    "symmetric-sale": (2026, (("attitude", "SRB", "TUR", 1), ("attitude", "XKX", "TUR", -1), ("tension", *NORTH, 1))),
    "serbian-drone-purchase": (2026, (("attitude", "SRB", "TUR", 1), ("attitude", "XKX", "TUR", -1))),
    "serbia-turns-east": (2027, ((*THREAT_OF_KOSOVO, 1),)),  # row 16
    "drone-proliferation": (2028, ((*THREAT_OF_KOSOVO, 1),)),
    "deterrent-support": (2027, (("attitude", "SRB", "TUR", -1), ("threat", "SRB", "", 1))),
    "no-turkish-arms": (
        2024,
        (
            ("attitude", "SRB", "TUR", 1),
            ("trade", "SRB", "TUR", 1),
            ("supplier_choice", "SRB", "TUR", 1),
            ("threat", "SRB", "", -1),
        ),
    ),  # row 17
    "reassurance-visits": (
        2026,
        (("attitude", "SRB", "TUR", 1), ("attitude", "XKX", "TUR", 1), ("tension", *NORTH, -1)),
    ),
    "golden-age-trade": (2029, (("trade", "SRB", "TUR", 1), ("attitude", "SRB", "TUR", 1))),
    "trade-rupture": (2027, (("trade", "SRB", "TUR", -1), ("attitude", "SRB", "TUR", -1))),
    "western-support-withdrawn": (2028, (("supplier_choice", "XKX", "TUR", 1), ("dependence", "XKX", "TUR", 1))),
    "grant-programme": (2029, (("dependence", "XKX", "TUR", 1), ("influence", "TUR", "XKX", 1))),
    "insecurity-outside": (2027, (("spending", "SRB", "", 1), ("spending", "XKX", "", 1), ("spending", "ROU", "", 1))),
}


@pytest.mark.parametrize(
    "name, year, row", [(name, year, row) for name, (year, rows) in EXPECTED.items() for row in rows], ids=str
)
def test_what_the_authors_or_theory_expect_moves_that_way(name, year, row):
    *what, sign = row
    assert share(sign * in_year(difference(name, *what), year) > 0) >= HARD


def test_13_protests_make_words_louder_where_they_can_be_louder():
    change = at(difference("diversion-unrest", "rhetoric", "SRB", "TUR"), "2025Q4")
    loudest = at(series(SKYDAGGER, "rhetoric", "SRB", "TUR"), "2025Q4") <= -1.0
    assert share(change <= 0) == 1.0
    assert share(change[~loudest] < 0) >= HARD


def test_13_without_protests_the_same_drones_meet_fewer_words():
    assert share(at(difference("without-protests", "rhetoric", "SRB", "TUR"), "2025Q4") >= 0) == 1.0
    assert not difference("without-protests", "loitering", "XKX")[index_of("2025Q4")].any()


def test_17_a_turkish_ban_never_hurts_the_relation_and_helps_it_in_most_worlds_by_2030():
    change = at(difference("turkish-restraint", "attitude", "SRB", "TUR"), "2030Q4")
    assert share(change >= 0) >= HARD
    assert share(change > 0) >= 0.7


def test_17_a_turkish_ban_costs_turkey_influence_in_kosovo_in_most_worlds_by_2030():
    change = at(difference("turkish-restraint", "influence", "TUR", "XKX"), "2030Q4")
    assert share(change <= 0) >= HARD
    assert share(change < 0) >= 0.7


@pytest.mark.parametrize("name", ["deterrent-support", "no-turkish-arms", "serbian-drone-purchase"])
def test_hazard_after_arms_moves_either_way_once_the_shock_has_passed(name):
    change = in_year(difference(name, "hazard", *NORTH), 2031)
    assert max(share(change > 0), share(change < 0)) < 1.0


def test_exercises_without_kosovo_do_less_than_with_it():
    for variable in ("tension", "hazard"):
        with_it, without = (
            np.abs(in_year(difference(name, variable, *NORTH), 2028))
            for name in ("exercises-with-kosovo", "exercises-without-kosovo")
        )
        assert share(with_it > without) >= HARD


def test_exercises_without_kosovo_leave_the_picture_of_kosovos_arms_as_it_was():
    without_lots = ("chance=0",)  # a mediating visit after an incident clears the picture too
    assert not difference("exercises-without-kosovo", "misperception", *NORTH, settings=without_lots).any()
    assert share(at(difference("exercises-with-kosovo", "misperception", *NORTH), "2026Q1") < 0) >= HARD


def test_dependence_outlives_the_grants_that_made_it():
    after = index_of("2031Q4")
    assert share(difference("grant-programme", "dependence", "XKX", "TUR")[after] > 0) >= HARD


def test_a_sale_to_both_sides_pleases_one_and_offends_the_other():
    pleased = at(difference("symmetric-sale", "attitude", "SRB", "TUR"), "2026Q4")
    offended = at(difference("symmetric-sale", "attitude", "XKX", "TUR"), "2026Q4")
    assert share(-offended > pleased) >= HARD


# ---- timing ----------------------------------------------------------------------------------------------------------


def test_stock_and_threat_move_when_munitions_arrive_not_when_they_are_ordered():
    for variable, actor in (("loitering", "XKX"), ("threat", "SRB")):
        change = difference(SKYDAGGER, variable, actor)
        assert not change[: index_of("2025Q4")].any()
        assert share(at(change, "2025Q4") > 0) >= HARD
    assert share(at(difference(SKYDAGGER, "orders", "XKX", "TUR"), "2024Q4") > 0) == 1.0


@pytest.mark.parametrize("quarter", ["2026Q2", "2027Q1"])
def test_moving_the_delivery_moves_the_peak(quarter):
    moved = (f"events.skydagger-delivery.at={quarter}",)
    for variable, actor, counterpart in (("tension", *NORTH), ("rhetoric", "SRB", "TUR")):
        change = series(SKYDAGGER, variable, actor, counterpart, moved) - series(
            "baseline", variable, actor, counterpart
        )
        assert not change[: index_of(quarter)].any()
        middle = np.abs(np.median(change, axis=1))
        assert int(np.argmax(middle)) == index_of(quarter)


def quarters_to_half(variable):
    """Quarters after the delivery until the median gap of Serbia's attitude to Türkiye has halved."""
    gap = np.abs(np.median(difference(SKYDAGGER, variable, "SRB", "TUR"), axis=1))
    start = index_of("2025Q4")
    return int(np.argmax(gap[start:] <= 0.5 * gap[start]))


def test_rhetoric_halves_within_weeks_and_the_slow_relation_within_months():
    assert quarters_to_half("rhetoric") == 1
    assert 2 <= quarters_to_half("relation") <= 5
    change = difference(SKYDAGGER, "rhetoric", "SRB", "TUR")
    assert share(np.abs(at(change, "2026Q1")) < 0.5 * np.abs(at(change, "2025Q4"))) >= HARD


def test_reserve_comes_in_the_quarter_it_is_called_for_and_leaves_after_it():
    change = difference("reserve-battalion", "troops", "NATO", settings=("chance=0", "troops_response=0"))
    came = index_of("2026Q1")
    assert (change[came] == 0.5).all()
    assert not np.delete(change, came, axis=0).any()


def test_reserve_follows_a_lethal_incident_within_a_quarter_and_leaves_after_about_one():
    settings = ("chance=0", "troops_response=0", "reserve_troops=0.5")
    change = difference("northern-incident", "troops", "NATO", settings=settings)
    assert (change[index_of("2026Q4")] == 0.5).all()
    assert not np.delete(change, index_of("2026Q4"), axis=0).any()


def test_incident_shocks_tension_at_once_and_most_of_it_is_gone_in_two_years():
    change = difference("northern-incident", "tension", *NORTH)
    assert share(at(change, "2026Q3") > 0) >= HARD
    assert np.median(at(change, "2028Q3")) < 0.2 * np.median(at(change, "2026Q3"))


# ---- coupling --------------------------------------------------------------------------------------------------------

TURKISH = (SKYDAGGER, "no-turkish-arms", "turkish-restraint", "deterrent-support", "grant-programme", "symmetric-sale")


@pytest.mark.parametrize("name", TURKISH)
def test_uncoupled_serbian_spending_is_the_same_to_the_last_bit_with_and_without_turkish_deliveries(name):
    off = ("coupling=0",)
    with_them = series(name, "spending", "SRB", settings=off)
    assert with_them.tobytes() == series(load_scenario(name).compare_to, "spending", "SRB", settings=off).tobytes()
    assert difference(name, "spending", "SRB").any()
