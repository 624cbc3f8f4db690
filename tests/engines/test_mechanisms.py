"""Mechanisms: each does what it says, and its weight at zero switches it off to the last bit."""

import numpy as np
import pytest

from sim.engines.agents import model
from sim.engines.compiled import engine
from sim.io.quarters import index_of
from sim.model.network import network
from sim.model.parameters import load_parameters
from sim.model.schedule import Script, script_of
from sim.model.variables import Series, all_series
from sim.scenario.loading import load_scenario
from tests.best_guess import best_guess_without_chance as best_guess

NOW = index_of("2026Q2")
QUARTERS = index_of("2028Q4") + 1
SERIES = all_series()
PLACES = {one: place for place, one in enumerate(SERIES)}
DRONES = "type: deliver, supplier: TUR, buyer: XKX, class: uav, n: 5, unit_price_musd: 15, payment: budget"
TO_SERBIA = "type: deliver, supplier: TUR, buyer: SRB, class: armour, value_musd: 40, payment: grant"
SILENT = "type: statement, actor: SRB, target: XKX, tone: -1.0"
EVERY_NEW_EVENT = (
    "at: 2019Q1, until: 2020Q4, type: command, nation: USA",
    "at: 2020Q1, until: 2027Q2, type: command, nation: TUR",
    "type: support, patron: USA, recipient: XKX, level: 0.2, until: 2027Q4",
    "at: 2026Q3, type: support, patron: CHN, recipient: SRB, level: {uniform: [1, 3]}",
    "type: insecurity, level: {uniform: [0.2, 1]}, until: 2030Q4",
    "at: 2025Q1, type: forum, members: [SRB, XKX, ALB], level: 0.6, until: 2027Q4",
    "at: 2026Q4, type: forum, members: [SRB], level: 0.9",
    "type: visit, actor: TUR, target: SRB",
    "type: visit, actor: CHN, target: SRB",
    "type: grant, patron: TUR, recipient: MKD, value_musd: 3",
    "type: agreement, parties: [TUR, MKD]",
    SILENT,
    DRONES,
)


@pytest.fixture
def world(script):
    """What is recorded in such a world, at the best guess of every parameter that is not set; (series, quarters)."""

    def recorded(*events, **parameters):
        table = best_guess(**parameters)
        return engine.simulate(table, script(*events), members=[0], seed=1, quarters=QUARTERS)[..., 0]

    return recorded


def series(values, variable, actor, counterpart=""):
    return values[PLACES[Series(variable, actor, counterpart)]]


def differing(one, other):
    return {series.variable for place, series in enumerate(SERIES) if not np.array_equal(one[place], other[place])}


# ---- both engines, and the start -----------------------------------------------------------------------------------


def test_engines_agree_bit_for_bit_where_every_new_event_meets_every_mechanism(script):
    table = load_parameters().with_overrides({"reply.TUR": 0.3, "troops_response": 8.0, "request_rate": 1.5})
    run = {"members": (0, 3, 41), "seed": 5, "quarters": 60}
    by_agents = model.simulate(table, script(*EVERY_NEW_EVENT), **run)
    assert by_agents.tobytes() == engine.simulate(table, script(*EVERY_NEW_EVENT), **run).tobytes()


def test_at_the_start_of_2018_nothing_is_won_held_doubted_or_overstated_by_anyone_yet(world):
    values = world()
    for one in SERIES:
        if one.variable == "dependence":
            assert values[PLACES[one], 0] == 0.0
        if one.variable == "image":
            assert (values[PLACES[one]] == 1.0).all()
        if one.variable == "influence":
            assert (values[PLACES[one]] == values[PLACES[one], 0]).all()
    assert series(values, "troops", "NATO")[0] == 4.5
    for state in network().states:
        assert series(values, "owed", state)[0] == series(values, "air_defence", state)[0] == 0.0


def test_without_coupling_turkish_arms_leave_serbian_spending_as_it_is_to_the_last_bit():
    """The doubts about Türkiye, the suspicion of it and the backing that Kosovo feels are channels of arms too."""
    table = load_parameters().with_overrides({"coupling": 0.0})
    items = script_of(load_scenario("skydagger-delivery").events).items
    spending = [Series("spending", "SRB"), Series("hazard", "SRB", "XKX"), Series("tension", "SRB", "XKX")]
    arms = {"uav", "loitering", "arms", "artillery", "armour", "air_defence"}
    unarmed = Script(tuple(item for item in items if item.subject != "TUR" or item.what not in arms))
    assert len(unarmed.items) < len(items) - 100
    run = {"members": range(24), "seed": 2, "quarters": 72, "series": spending}
    assert np.array_equal(engine.simulate(table, Script(items), **run), engine.simulate(table, unarmed, **run))


# ---- weights at zero -----------------------------------------------------------------------------------------------

SWITCHED_OFF = {  # events, the weights that make them matter, what the events change all the same
    "forum": (
        ["type: forum, members: [SRB, XKX, HRV], level: 0.9"],
        {"exaggeration": 0, "forum_damping": 0},
        {"misperception"},
    ),
    "insecurity": (["type: insecurity, level: 1"], {"external_spending": 0, "external_demand": 0}, set()),
    "command": (
        ["type: command, nation: TUR", DRONES],
        {"command_goodwill": 0, "command_shield": 0, "command_outreach": 0, "influence_command": 0},
        set(),
    ),
}


def test_events_that_no_weight_supports_change_nothing_to_the_last_bit(world):
    for first, *others in (SWITCHED_OFF[name][0] for name in SWITCHED_OFF):
        weights = next(weights for events, weights, _ in SWITCHED_OFF.values() if events[0] == first)
        with_event, without = world(first, *others, **weights), world(*others, **weights)
        assert differing(with_event, without) == set()
        assert differing(world(first, *others), world(*others)) != set()


ON_A_CHANNEL = {  # weight: events that reach it, and the variables that it moves
    "visit_relief": (["type: visit, actor: TUR, target: SRB"], "tension"),
    "influence_visit": (["type: visit, actor: TUR, target: SRB"], "influence"),
    "influence_agreement": (["type: agreement, parties: [TUR, SRB]"], "influence"),
    "influence_grant": (["type: grant, patron: TUR, recipient: SRB, value_musd: 2"], "influence"),
    "influence_arms": ([TO_SERBIA], "influence"),
    "influence_command": (["type: command, nation: TUR"], "influence"),
    "influence_appeal": (["type: visit, actor: TUR, target: SRB"], "supplier_choice"),
    "agreement_appeal": (["type: agreement, parties: [TUR, SRB]"], "supplier_choice"),
    "lock_in": ([TO_SERBIA], "supplier_choice"),
    "support_appeal": (["type: support, patron: CHN, recipient: SRB, level: 3"], "supplier_choice"),
    "demonstration": ([DRONES.replace("buyer: XKX", "buyer: ALB")], "supplier_choice"),
    "framing": ([DRONES], "rhetoric"),
    "suspicion": ([DRONES], "relation"),
    "moral_hazard": ([DRONES], "hazard"),
    "credibility_loss": ([DRONES], "image"),
    "command_shield": (["type: command, nation: TUR", DRONES], "relation"),
    "command_goodwill": (["type: command, nation: TUR"], "relation"),
    "command_outreach": (["type: command, nation: TUR"], "tension"),
    "encirclement": ([DRONES.replace("buyer: XKX", "buyer: ALB")], "relation"),
    "reply": ([SILENT], "rhetoric"),
    "exaggeration": ([DRONES], "threat"),
    "guarantee_worth": (["type: guarantee, state: XKX, level: 0"], "threat"),
    "guarantee_presence": (["type: kfor, troops: 0"], "threat"),
    "hazard_guarantee": (["type: guarantee, state: XKX, level: 0"], "hazard"),
    "hazard_threat": ([DRONES], "hazard"),
    "deterrence": ([DRONES], "hazard"),
    "dialogue_tension": (["type: dialogue, level: 1", "type: incident, severity: lethal, count: 4"], "dialogue"),
    "troops_response": (["type: incident, severity: lethal"], "troops"),
    "forum_damping": (["type: forum, members: [SRB, XKX], level: 1", "type: incident, severity: lethal"], "tension"),
    "dialogue_transparency": (["type: dialogue, level: 1", DRONES], "misperception"),
    "external_spending": (["type: insecurity, level: 1"], "spending"),
    "grant_tied": (["type: grant, patron: TUR, recipient: MKD, value_musd: 2"], "dependence"),
}


@pytest.mark.parametrize("weight", ON_A_CHANNEL)
def test_each_weight_moves_its_channel_and_only_when_it_is_not_zero(world, weight):
    events, variable = ON_A_CHANNEL[weight]
    assert variable in differing(world(*events), world(*events, **{weight: 0.0}))


# ---- what each mechanism says --------------------------------------------------------------------------------------


def test_influence_by_other_routes_than_arms_is_left_when_arms_win_none(world):
    peaceful = ["type: visit, actor: TUR, target: ALB", "type: agreement, parties: [TUR, ALB]"]
    won = series(world(*peaceful, influence_arms=0.0), "influence", "TUR", "ALB")
    assert won[NOW] - won[NOW - 1] == pytest.approx(0.02 + 0.05)
    assert won[NOW + 4] - won[0] == pytest.approx((won[NOW] - won[0]) * np.exp(-0.2))


def test_dependence_outlives_the_grants_that_made_it_and_only_wears(world):
    share = series(world("type: grant, patron: TUR, recipient: MNE, value_musd: 17"), "dependence", "MNE", "TUR")
    assert share[NOW - 1] == 0.0 and 0.0 < share[NOW] < 1.0
    assert (np.diff(share[NOW:]) < 0.0).all() and share[-1] > 0.5 * share[NOW]


def test_dependence_stays_a_share_when_more_is_delivered_than_the_state_holds(world):
    events = [
        f"type: deliver, supplier: {s}, buyer: XKX, class: armour, value_musd: 3000, payment: grant"
        for s in ("TUR", "USA")
    ]
    values = world(*events)
    held = [series(values, "dependence", "XKX", supplier)[NOW] for supplier in ("TUR", "USA")]
    assert held[0] == held[1] and 0.45 < held[0] <= 0.5


def test_a_forum_calms_serbia_and_kosovo_only_if_both_are_members(world):
    crisis = "type: incident, severity: lethal"
    weights = {"exaggeration": 0.0}
    alone = series(world(crisis, **weights), "tension", "SRB", "XKX")
    outside = series(
        world(crisis, "type: forum, members: [SRB, ALB, TUR], level: 1", **weights), "tension", "SRB", "XKX"
    )
    inside = series(
        world(crisis, "type: forum, members: [SRB, XKX, TUR], level: 1", **weights), "tension", "SRB", "XKX"
    )
    assert np.array_equal(outside, alone)
    assert (inside[NOW:] < alone[NOW:]).all()


def test_transparency_takes_the_overstatement_of_kosovos_arms_away(world):
    values = world(DRONES, "type: forum, members: [SRB, XKX], level: 1", exaggeration=0.4)
    overstated = series(values, "misperception", "SRB", "XKX")
    assert overstated[NOW - 1] == 0.4 and overstated[NOW] == 0.0


def test_a_visit_wins_less_and_calms_less_once_the_visitor_has_armed_the_rival(world):
    visit = "at: 2026Q4, type: visit, actor: TUR, target: SRB"
    then = index_of("2026Q4")

    def gain(*before):
        with_visit, without = world(*before, visit), world(*before)
        return [
            series(with_visit, *one)[then] - series(without, *one)[then]
            for one in (("relation", "SRB", "TUR"), ("tension", "SRB", "XKX"))
        ]

    (fresh, calm), (stale, less_calm) = gain(), gain(DRONES)
    assert fresh == pytest.approx(0.05) and 0.0 < stale < fresh
    assert calm < 0.0 and less_calm > calm


def test_a_command_ends_and_is_replaced_by_the_next(world):
    term = "type: command, nation: TUR, until: 2026Q4"
    won = series(world(term), "influence", "TUR", "XKX")
    assert (np.diff(won[NOW - 1 : NOW + 3]) > 0.0).all() and (np.diff(won[NOW + 2 :]) < 0.0).all()
    followed = series(
        world("type: command, nation: TUR", "at: 2027Q1, type: command, nation: USA"), "influence", "TUR", "XKX"
    )
    assert np.array_equal(followed, won)


def test_a_commander_that_delivers_meets_less_resentment_but_no_less_tension_by_the_delivery(world):
    weights = {
        "command_goodwill": 0.0,
        "command_outreach": 0.0,
        "visit_relief": 0.0,
        "tension_words": 0.0,
    }
    plain, shielded = world(DRONES, **weights), world("type: command, nation: TUR", DRONES, **weights)
    assert series(shielded, "relation", "SRB", "TUR")[NOW] > series(plain, "relation", "SRB", "TUR")[NOW]
    assert series(shielded, "tension", "SRB", "XKX")[NOW] == series(plain, "tension", "SRB", "XKX")[NOW]


def test_framing_moves_words_and_not_cooperation(world):
    framed, plain = world(DRONES, framing=1.0), world(DRONES, framing=0.0)
    assert series(framed, "rhetoric", "SRB", "TUR")[NOW] < series(plain, "rhetoric", "SRB", "TUR")[NOW]
    assert series(framed, "relation", "SRB", "TUR")[NOW] == series(plain, "relation", "SRB", "TUR")[NOW]


def test_the_same_goods_from_a_supplier_that_is_not_suspected_provoke_less(world):
    def shock(supplier):
        values = world(DRONES.replace("TUR", supplier), tension_words=0.0)
        return series(values, "tension", "SRB", "XKX")[NOW] - series(values, "tension", "SRB", "XKX")[NOW - 1]

    assert shock("TUR") == pytest.approx(shock("USA"))
    assert shock("TUR") > 1.1 * shock("ISR") > 0.0


def test_backing_raises_the_hazard_beyond_what_the_arms_do_by_deterrence(world):
    rates = [series(world(DRONES, moral_hazard=weight), "hazard", "SRB", "XKX")[NOW] for weight in (0.0, 0.2, 0.4)]
    assert rates[0] < rates[1] < rates[2]
    uncoupled = [series(world(DRONES, moral_hazard=w, coupling=0.0), "hazard", "SRB", "XKX") for w in (0.0, 0.4)]
    assert np.array_equal(*uncoupled)


def test_where_western_support_is_withdrawn_kosovo_turns_to_turkiye(world):
    values = world("type: support, patron: USA, recipient: XKX, level: 0, until: 2027Q1")
    share = series(values, "supplier_choice", "XKX", "TUR") - series(world(), "supplier_choice", "XKX", "TUR")
    grants = series(values, "patron_support", "USA", "XKX")
    assert (share[:NOW] == 0.0).all() and (share[NOW : NOW + 4] > 0.0).all()
    assert grants[NOW + 3] < grants[NOW - 1] and grants[-1] > grants[NOW + 3]


def test_where_chinese_support_is_withdrawn_serbia_buys_less_there_and_more_elsewhere(world):
    values, usual = world("type: support, patron: CHN, recipient: SRB, level: 0"), world()
    change = {
        s: series(values, "supplier_choice", "SRB", s) - series(usual, "supplier_choice", "SRB", s)
        for s in ("CHN", "FRA", "RUS")
    }
    assert all((one[:NOW] == 0.0).all() for one in change.values())
    assert (change["CHN"][NOW:] < 0.0).all() and (change["FRA"][NOW:] > 0.0).all() and (change["RUS"][NOW:] > 0.0).all()


def test_a_neighbours_turkish_aircraft_draw_other_buyers_and_only_for_drones(world):
    neighbour = DRONES.replace("buyer: XKX", "buyer: ALB")
    weights = {"relation_weight": 0.0, "memory_weight": 0.0, "reaction": 0.0}
    seen, unseen = (
        series(world(neighbour, demonstration=w, **weights), "supplier_choice", "XKX", "TUR") for w in (1.0, 0.0)
    )
    assert np.array_equal(seen[:NOW], unseen[:NOW]) and (seen[NOW:] > unseen[NOW:]).all()
    own, without = (
        series(world(DRONES, demonstration=w, **weights), "supplier_choice", "XKX", "TUR") for w in (1.0, 0.0)
    )
    assert np.array_equal(own, without)


def test_outside_insecurity_raises_every_budget_and_the_number_of_requests(script):
    event = "type: insecurity, level: 1"
    table = load_parameters().with_overrides({"request_rate": 0.2, "external_demand": 1.5})
    run = {"members": range(64), "seed": 3, "quarters": QUARTERS}
    tense, calm = (engine.simulate(table, script(*events), **run) for events in ((event,), ()))
    for one in SERIES:
        if one.variable == "spending":
            assert (tense[PLACES[one], NOW:].mean(axis=1) > calm[PLACES[one], NOW:].mean(axis=1)).all()
    orders = [place for one, place in PLACES.items() if one.variable == "orders"]
    counts = [int((values[orders, NOW:] > 0.0).sum()) for values in (tense, calm)]
    assert counts[0] > 1.5 * counts[1] > 0
    assert np.array_equal(tense[:, :NOW], calm[:, :NOW])


def test_an_agreement_draws_orders_as_it_enters_into_force_over_a_year(world):
    weights = {"influence_agreement": 0.0, "relation_weight": 0.0}
    pact = "type: agreement, parties: [TUR, SRB]"
    share = series(world(pact, **weights), "supplier_choice", "SRB", "TUR")
    rise = share - series(world(pact, agreement_appeal=0.0, **weights), "supplier_choice", "SRB", "TUR")
    assert rise[NOW] == 0.0 and (np.diff(rise[NOW : NOW + 8]) > 0.0).all()
    assert 0.4 < rise[NOW + 4] / rise[NOW + 10] < 0.9


def test_greece_resents_turkish_arms_next_door_and_fears_them(world):
    weights = {"rhetoric_sensitivity": 0.0, "reaction": 0.0}
    armed, usual = (world(*events, **weights) for events in ([DRONES.replace("buyer: XKX", "buyer: ALB")], []))
    assert series(armed, "relation", "GRC", "TUR")[NOW] < series(usual, "relation", "GRC", "TUR")[NOW]
    assert series(armed, "threat", "GRC")[NOW] > series(usual, "threat", "GRC")[NOW]
    farther = world(DRONES.replace("buyer: XKX", "buyer: BIH"), **weights)
    assert series(farther, "relation", "GRC", "TUR")[NOW] == series(usual, "relation", "GRC", "TUR")[NOW]


def test_peacekeepers_come_after_an_incident_and_leave_as_tension_falls(world):
    change = series(world("type: incident, severity: lethal", troops_response=3.0), "troops", "NATO") - 4.5
    assert abs(change[NOW]) < 0.05 < change[NOW + 2]
    assert change[-1] < change[NOW + 2]


def test_the_strength_of_kfor_never_falls_below_zero(world):
    values = world("type: dialogue, level: 1", "type: kfor, troops: 0", troops_response=50.0)
    assert (series(values, "troops", "NATO") >= 0.0).all()
    assert series(values, "troops", "NATO")[-1] == 0.0


def test_kosovo_answers_in_kind_a_quarter_later_and_ankara_stays_silent(world):
    values = world(SILENT, "type: statement, actor: SRB, target: TUR, tone: -1.0", rhetoric_sensitivity=0.0)
    spoken = series(values, "rhetoric", "SRB", "XKX")[NOW]
    assert series(values, "rhetoric", "XKX", "SRB")[NOW] == 0.0
    assert series(values, "rhetoric", "XKX", "SRB")[NOW + 1] == pytest.approx(0.2 * spoken)
    assert (series(values, "rhetoric", "TUR", "SRB") == 0.0).all()
