"""Signs that theory or the documents lead us to expect, over 500 draws of the prior, in paired worlds.

A hard sign must hold in at least 95 of 100 worlds. Where the prior alone decides a sign (a sensitivity that cannot be
negative), the run says "direction assumed": that such a sign holds here shows that the mechanism is wired, not that it is true.
"""

import tempfile
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from sim.analysis.results import calendar_years
from sim.engines.compiled.engine import simulate
from sim.engines.simulate import prepared_scenario
from sim.io.quarters import index_of
from sim.model.variables import Series, all_series
from sim.scenario.loading import load_scenario
from sim.scenario.overrides import apply_settings

MEMBERS = 500
QUARTERS = index_of("2031Q4") + 1
HARD = 0.95
SEEN = tuple(
    series for series in all_series() if series.actor in ("SRB", "XKX") and series.counterpart in ("", "TUR", "XKX")
)
PLACES = {series: place for place, series in enumerate(SEEN)}


@cache
def recorded(world_key):
    world = WORLDS[world_key]()
    return simulate(world.parameters, world.script, members=range(MEMBERS), seed=7, quarters=QUARTERS, series=SEEN)


def from_file(text):
    """A world from the text of a scenario that extends a library scenario."""
    folder = Path(FOLDER.name)
    file = folder / f"made-{abs(hash(text))}.yaml"
    file.write_text(text, encoding="utf-8")
    return prepared_scenario(load_scenario(file))


FOLDER = tempfile.TemporaryDirectory()
HEAD = "format_version: 1\ntitle: T\nquestion: Q?\nextends: {base}\n"


def library(name, *settings):
    return lambda: prepared_scenario(apply_settings(load_scenario(name), settings))


def extending(base, events):
    return lambda: from_file(HEAD.format(base=base) + events)


WORLDS = {
    "baseline": library("baseline"),
    "skydagger": library("skydagger-delivery"),
    "purchase": library("serbian-drone-purchase"),
    "dialogue": library("dialogue-and-mediation"),
    "drones": library("skydagger-delivery", "events.skydagger-order.n=4000"),
    "five times the drones": library("skydagger-delivery", "events.skydagger-order.n=20000"),
    "a small grant": extending(
        "baseline",
        "events:\n  - {id: small-grant, at: 2025Q4, type: grant, patron: TUR, recipient: XKX, value_musd: 1.0}\n",
    ),
    "Serbia wants a fifth more": extending(
        "baseline", "events:\n  - {id: more, at: 2026Q1, type: supplement, actor: SRB, change: 0.2}\n"
    ),
}


def difference(scenario, baseline, variable, actor, counterpart=""):
    place = PLACES[Series(variable, actor, counterpart)]
    return recorded(scenario)[place] - recorded(baseline)[place]


def at(values, quarter):
    return values[index_of(quarter)]


def in_year(values, year):
    return calendar_years(values)[year - 2018]


def per_cent(scenario, baseline, actor, year):
    place = PLACES[Series("spending", actor)]
    return 100 * (in_year(recorded(scenario)[place], year) / in_year(recorded(baseline)[place], year) - 1)


def share(condition):
    return float(np.mean(condition))


@pytest.mark.parametrize("quarter", ["2025Q4", "2026Q1", "2026Q4"])
def test_1_delivery_lowers_serbias_attitude_to_turkey(quarter):
    assert share(at(difference("skydagger", "baseline", "attitude", "SRB", "TUR"), quarter) < 0) >= HARD


def test_2_the_quarrel_has_healed_by_2030():
    gap = difference("skydagger", "baseline", "attitude", "SRB", "TUR")
    assert share(np.abs(at(gap, "2030Q4")) < 0.2 * np.abs(at(gap, "2025Q4"))) >= HARD


@pytest.mark.parametrize("year", [2026, 2030])
def test_3_the_answer_of_serbian_spending_to_the_delivery_has_no_settled_sign(year):
    """The reaction is estimated, and its prior reaches below zero: most simulations answer, and not beyond doubt."""
    change = per_cent("skydagger", "baseline", "SRB", year)
    assert 0.6 < share(change > 0) < HARD
    assert 0.0 < np.median(change) < 1.0


def test_4_delivery_raises_the_threat_that_serbia_reads_and_lowers_kosovos():
    assert share(at(difference("skydagger", "baseline", "threat", "SRB"), "2025Q4") > 0) >= HARD
    assert share(at(difference("skydagger", "baseline", "threat", "XKX"), "2025Q4") < 0) >= HARD


def test_5_delivery_turns_serbia_from_turkish_drones():
    choice = difference("skydagger", "baseline", "supplier_choice", "SRB", "TUR")
    assert share(in_year(choice, 2026) < 0) >= HARD


def test_6_delivery_raises_tension_at_once():
    assert share(at(difference("skydagger", "baseline", "tension", "SRB", "XKX"), "2025Q4") > 0) >= HARD


def test_9_trade_of_serbia_and_turkey_falls_by_less_than_eight_per_cent():
    place = PLACES[Series("trade", "SRB", "TUR")]
    ratio = at(recorded("skydagger")[place], "2030Q4") / at(recorded("baseline")[place], "2030Q4")
    assert share((ratio < 1) & (ratio > 0.92)) >= HARD


def test_10_a_small_grant_moves_relations_by_less_than_a_fifth_of_the_delivery():
    grant = at(difference("a small grant", "baseline", "attitude", "SRB", "TUR"), "2025Q4")
    delivery = at(difference("skydagger", "baseline", "attitude", "SRB", "TUR"), "2025Q4")
    assert share((grant < 0) & (np.abs(grant) < 0.2 * np.abs(delivery))) >= HARD


@pytest.mark.parametrize(
    "variable, actor, counterpart",
    [("tension", "SRB", "XKX"), ("hazard", "SRB", "XKX"), ("threat", "SRB", ""), ("threat", "XKX", "")],
)
def test_11_dialogue_lowers_tension_hazard_and_threat_by_2030(variable, actor, counterpart):
    change = in_year(difference("dialogue", "skydagger", variable, actor, counterpart), 2030)
    assert share(change < 0) >= HARD


def test_14_a_fifth_more_for_serbias_budget_comes_whole_and_moves_kosovo():
    own = per_cent("Serbia wants a fifth more", "baseline", "SRB", 2030)
    assert share((own > 18) & (own < 22)) >= HARD
    threat = difference("Serbia wants a fifth more", "baseline", "threat", "XKX")
    assert share(in_year(threat, 2030) > 0) >= HARD


@pytest.mark.parametrize(
    "variable, actor, counterpart, quarter, sign",
    [
        ("attitude", "SRB", "TUR", "2026Q4", 1),
        ("threat", "XKX", "", "2027Q4", 1),
        ("tension", "SRB", "XKX", "2026Q4", 1),
    ],
)
def test_15_a_turkish_sale_to_serbia_mends_one_relation_and_alarms_kosovo(variable, actor, counterpart, quarter, sign):
    change = at(difference("purchase", "skydagger", variable, actor, counterpart), quarter)
    assert share(sign * change > 0) >= HARD


def test_18_more_drones_do_more():
    more, one = "five times the drones", "drones"
    assert share(at(difference(more, one, "attitude", "SRB", "TUR"), "2025Q4") <= 0) >= HARD
    assert share(in_year(difference(more, one, "threat", "SRB"), 2026) >= 0) >= HARD


def test_the_sign_of_the_hazard_after_the_delivery_is_not_settled():
    change = difference("skydagger", "baseline", "hazard", "SRB", "XKX")
    positive = [share(in_year(change, year) > 0) for year in (2026, 2028, 2030)]
    assert min(positive) < HARD, "the two channels no longer oppose each other: find out why"
