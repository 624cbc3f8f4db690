"""Every type of event: that it exists, what it does to a world that is otherwise the same, and that both engines agree."""

import math
import re
from functools import cache

import numpy as np
import pytest

from sim.engines.agents import model as agents
from sim.engines.agents.model import RegionModel
from sim.engines.compiled import engine
from sim.engines.simulate import prepared_scenario
from sim.io.errors import InputError
from sim.io.quarters import index_of, name_of
from sim.model.parameters import load_parameters
from sim.model.schedule import script_of
from sim.model.variables import Series, all_series
from sim.scenario.event_types import event_models
from sim.scenario.loading import load_scenario
from tests.best_guess import best_guess_without_chance

HEAD = "format_version: 1\ntitle: A world\nquestion: What if?\n"
SERIES = all_series()
PLACES = {one: place for place, one in enumerate(SERIES)}
QUARTERS = index_of("2029Q4") + 1
NOW = index_of("2026Q2")  # when most events below happen
TRANSFER = "supplier: TUR, buyer: XKX, class: loitering, n: 2000, unit_price_musd: 0.004, payment: budget"
LETHAL = "type: incident, severity: lethal"

# mechanisms that `test_mechanisms.py` tries, kept out of the sizes that are worked by hand here
KEPT_OUT = (
    "suspicion", "framing", "troops_response", "credibility_loss", "influence_appeal", "exaggeration",
    "reply", "encirclement", "visit_relief", "moral_hazard", "lock_in", "demonstration", "agreement_appeal",
)  # fmt: skip
WORKED_WITH = {"cooperation_sensitivity": 0.2, "rhetoric_sensitivity": 0.5}
EVENTS = {
    "order": f"type: order, {TRANSFER}",
    "deliver": f"type: deliver, {TRANSFER}",
    "grant": "type: grant, patron: USA, recipient: XKX, value_musd: 30",
    "agreement": "type: agreement, parties: [TUR, XKX]",
    "visit": "type: visit, actor: TUR, target: SRB",
    "statement": "type: statement, actor: SRB, target: TUR, tone: -1.0",
    "incident": LETHAL,
    "election": "type: election, where: XKX",
    "embargo": "type: embargo, supplier: TUR, buyer: XKX, until: 2027Q4",
    "offer": "type: offer, supplier: TUR, buyer: SRB, class: uav, n: 6, payment: budget",
    "force_choice": "type: force_choice, buyer: SRB, supplier: FRA, until: 2028Q4",
    "kfor": "type: kfor, troops: 7.0",
    "dialogue": "type: dialogue, level: 0.5",
    "accession": "type: accession, level: 0.9",
    "trade_shock": "type: trade_shock, parties: [SRB, TUR], change: -0.5",
    "supplement": "type: supplement, actor: SRB, change: 0.2, until: 2027Q4",
    "unrest": "type: unrest, actor: SRB, level: 0.9",
    "release_reserve": "type: release_reserve, troops: 0.8, quarters: 2",
    "command": "type: command, nation: TUR, until: 2027Q4",
    "guarantee": "type: guarantee, state: XKX, level: 0, until: 2027Q4",
    "support": "type: support, patron: USA, recipient: XKX, level: 0, until: 2027Q4",
    "insecurity": "type: insecurity, level: 0.8, until: 2027Q4",
    "forum": "type: forum, members: [SRB, XKX], level: 0.7, until: 2027Q4",
}
EXAMPLES = {
    tag: f"type: {model.type_name()}, {model.example}" for tag, model in event_models().items() if not model.variant
}


@pytest.fixture
def world(tmp_path):
    """A world in which only the given events happen, whose parameters are at their defaults unless set."""

    def made(*events, at="2026Q2", **parameters):
        lines = [
            f"  - {{id: e{n}, {'' if ' at:' in f' {event}' else f'at: {at}, '}{event}}}"
            for n, event in enumerate(events)
        ]
        file = tmp_path / "world.yaml"
        file.write_text(HEAD + ("events:\n" + "\n".join(lines) if lines else "") + "\n", encoding="utf-8")
        made_of_file = prepared_scenario(load_scenario(file))
        return example(**parameters), made_of_file.script

    return made


@cache
def example(**over):
    """The table under which the examples are worked out."""
    kept_out = {key: 0.0 for key in load_parameters().keys if key.split(".")[0] in KEPT_OUT}
    return best_guess_without_chance(**{**kept_out, **WORKED_WITH}).with_overrides(over)


def recorded(made, members=(0,), quarters=QUARTERS, seed=1):
    return engine.simulate(*made, members=members, seed=seed, quarters=quarters)


def series(values, variable, actor, counterpart=""):
    """One series over quarters, of the first member."""
    return values[PLACES[Series(variable, actor, counterpart)], :, 0]


@pytest.fixture
def effect(world):
    """What events change in a series, against the same world without them."""

    def difference(*events, members=(0,), **parameters):
        return recorded(world(*events, **parameters), members) - recorded(world(**parameters), members)

    return difference


def assert_starts(change, quarter=NOW):
    """The change begins in a quarter and not before."""
    assert (change[:quarter] == 0.0).all()
    assert change[quarter] != 0.0


# ---- all of them -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", EXAMPLES)
def test_engines_agree_bit_for_bit_on_every_type_of_event(world, kind):
    _, script = world(EVENTS.get(kind, EXAMPLES[kind]), EXAMPLES[kind])
    table = load_parameters()
    run = {"members": (0, 3, 41), "seed": 5, "quarters": QUARTERS}
    by_agents, compiled = agents.simulate(table, script, **run), engine.simulate(table, script, **run)
    assert by_agents.tobytes() == compiled.tobytes()


@pytest.mark.parametrize("kind", EXAMPLES)
def test_no_event_is_felt_before_it_happens(effect, kind):
    assert (effect(EXAMPLES[kind])[:, :NOW] == 0.0).all()


@pytest.mark.parametrize("kind", [kind for kind in EXAMPLES if kind not in ("embargo", "force_choice")])
def test_every_event_changes_something_even_without_lots(effect, kind):
    assert (effect(EXAMPLES[kind])[:, NOW:] != 0.0).any()


@pytest.mark.parametrize("kind", EXAMPLES)
def test_events_of_every_type_may_happen_in_the_first_and_in_the_last_quarter(world, kind):
    text = re.sub("(until|due): [0-9Q]+", r"\1: 2035Q4", EXAMPLES[kind])
    for at in ("2018Q1", "2035Q4"):
        made = world(text, at=at)
        assert np.isfinite(recorded(made, quarters=72)).all()


# ---- arms --------------------------------------------------------------------------------------------------------------


def test_stock_and_words_move_at_delivery_not_at_order(effect):
    change = effect(f"{EVENTS['order']}, due: 2027Q3")
    delivery = index_of("2027Q3")
    assert series(change, "orders", "XKX", "TUR")[NOW] == pytest.approx(8.0)
    for variable, actor, other in (
        ("loitering", "XKX", ""), ("deliveries", "XKX", "TUR"), ("capability", "XKX", ""), ("threat", "SRB", ""),
        ("rhetoric", "SRB", "TUR"), ("relation", "SRB", "TUR"), ("tension", "SRB", "XKX"), ("spending", "SRB", ""),
    ):  # fmt: skip
        assert_starts(series(change, variable, actor, other), delivery)
    assert series(change, "deliveries", "XKX", "TUR")[delivery] == pytest.approx(8.0)


def test_an_order_without_a_date_takes_a_drawn_time_around_the_usual_one(world):
    """Loitering munitions take 0.9 years, spread by 0.34 in the logarithm; half the members wait at most four quarters."""
    values = recorded(world(EVENTS["order"]), members=range(400))
    arrived = values[PLACES[Series("deliveries", "XKX", "TUR")]] > 0.0
    assert (arrived.sum(axis=0) == 1).all()
    waits = arrived.argmax(axis=0) - NOW
    assert waits.min() >= 1
    assert len(set(waits.tolist())) >= 5
    below = (waits <= 3).mean(), (waits <= 4).mean()
    expected = [0.5 * math.erfc(-math.log(edge / 0.9) / 0.34 / math.sqrt(2.0)) for edge in (0.875, 1.125)]
    assert below == pytest.approx(expected, abs=5 * 0.5 / math.sqrt(400))


def test_two_orders_in_one_quarter_do_not_share_their_draw(world):
    values = recorded(world(EVENTS["order"], EVENTS["order"]), members=range(60))
    arrivals = (values[PLACES[Series("deliveries", "XKX", "TUR")]] > 0.0).sum(axis=0)
    assert set(arrivals.tolist()) == {1, 2}


def test_an_arrival_overrides_the_date_of_its_order(world):
    order = f"{EVENTS['order']}, due: 2027Q3"
    early = recorded(world(order, "at: 2026Q4, type: deliver, ref: e0"))
    delivered = series(early, "deliveries", "XKX", "TUR")
    assert delivered.nonzero()[0].tolist() == [index_of("2026Q4")]
    assert delivered.sum() == pytest.approx(8.0)


@pytest.mark.parametrize(("at", "later"), [("2026Q2", "2027Q4"), ("2026Q4", "2028Q1")])
def test_moving_a_delivery_moves_the_peak_of_words(effect, at, later):
    peaks = [
        int(series(effect(f"{EVENTS['order']}, due: {due}"), "rhetoric", "SRB", "TUR").argmin()) for due in (at, later)
    ]
    assert peaks == [index_of(at), index_of(later)]


def test_a_delivery_to_kosovo_angers_serbia_pleases_kosovo_and_raises_tension_and_hazard(effect):
    change = effect(EVENTS["deliver"])
    assert series(change, "relation", "SRB", "TUR")[NOW] < 0.0
    assert series(change, "rhetoric", "SRB", "TUR")[NOW] < 0.0
    assert series(change, "relation", "XKX", "TUR")[NOW] > 0.0
    assert series(change, "tension", "SRB", "XKX")[NOW] > 0.0
    assert series(change, "threat", "SRB")[NOW] > 0.0
    assert series(change, "spending", "SRB")[NOW] > 0.0
    assert series(change, "supplier_choice", "SRB", "TUR")[NOW] < 0.0


def test_size_of_serbias_answer_in_the_quarter_of_a_delivery(effect):
    """Eight million dollars, seen as forty: 0.36 ln(1 + 4); hostility to Kosovo 0.8; 0.2 of cooperation, 0.5 of words, unrest 0.3."""
    change, felt = effect(EVENTS["deliver"]), 0.36 * math.log(1.0 + 5.0 * 0.8)
    assert series(change, "relation", "SRB", "TUR")[NOW] == pytest.approx(-0.2 * 0.8 * felt, rel=1e-9)
    assert series(change, "rhetoric", "SRB", "TUR")[NOW] == pytest.approx(-0.5 * 0.8 * felt * 1.15, rel=1e-9)
    later = series(change, "rhetoric", "SRB", "TUR")
    assert later[NOW + 1] == pytest.approx(later[NOW] * math.exp(-8.0 / 4.0), rel=1e-9)


@pytest.mark.parametrize("kind", ["artillery", "armour", "air_defence", "arms"])
@pytest.mark.parametrize("payment", ["budget", "credit", "grant"])
def test_a_delivery_adds_its_value_and_only_the_budgets_is_owed_and_paid_over_four_years(effect, kind, payment):
    """Of 25 a quarter of a fourth is paid at once, evenly within the quarter; the rest wears by nine per cent a year."""
    text = f"type: deliver, supplier: TUR, buyer: SRB, class: {kind}, value_musd: 25, payment: {payment}"
    change = effect(text, coupling=0.0)
    paid = 25.0 / 16.0 if payment == "budget" else 0.0
    kept = math.exp(-0.09 / 4)
    held = 25.0 * kept - paid * (1.0 - kept) / (0.09 / 4)
    assert series(change, "capital_stock", "SRB")[NOW] == pytest.approx(held, abs=1e-9)
    owed = series(change, "owed", "SRB")
    assert owed[NOW] == pytest.approx(25.0 - paid if payment == "budget" else 0.0, abs=1e-12)
    assert owed[NOW + 8] == pytest.approx(owed[NOW] * (15.0 / 16.0) ** 8, abs=1e-12)
    defended = 25.0 * kept if kind == "air_defence" else 0.0
    assert series(change, "air_defence", "SRB")[NOW] == pytest.approx(defended, abs=1e-9)


def test_four_tranches_in_a_quarter_provoke_exactly_what_one_delivery_does(world):
    value = "type: deliver, supplier: TUR, buyer: XKX, class: artillery, payment: credit, value_musd: "
    whole = recorded(world(f"{value}12"))
    tranches = recorded(world(*(f"{value}3" for _ in range(4))))
    np.testing.assert_allclose(tranches, whole, rtol=1e-12, atol=1e-14)


def test_tranches_in_two_quarters_provoke_more_than_one_delivery(world):
    text = "type: deliver, supplier: TUR, buyer: XKX, class: artillery, payment: credit, value_musd: "
    once, nothing = recorded(world(f"{text}24")), recorded(world())
    twice = recorded(world(f"{text}12", f"at: 2026Q3, {text}12"))
    spite = [np.minimum(series(one - nothing, "rhetoric", "SRB", "TUR"), 0.0).sum() for one in (once, twice)]
    assert spite[1] < spite[0] < 0.0


def test_two_suppliers_in_one_quarter_share_the_blame_by_value(effect):
    text = "buyer: XKX, class: artillery, payment: credit, value_musd: "
    alone = effect(f"type: deliver, supplier: TUR, {text}12", tension_words=0.0)
    shared = effect(
        f"type: deliver, supplier: TUR, {text}3", f"type: deliver, supplier: FRA, {text}9", tension_words=0.0
    )
    blame = [series(one, "rhetoric", "SRB", "TUR")[NOW] for one in (alone, shared)]
    assert blame[1] == pytest.approx(blame[0] / 4.0, rel=1e-12)
    french = series(shared, "rhetoric", "SRB", "FRA")[NOW]
    assert french == pytest.approx(3.0 * blame[1], rel=1e-12)
    north = [series(one, "tension", "SRB", "XKX")[NOW] for one in (alone, shared)]
    assert north[1] == pytest.approx(north[0], rel=1e-12)


def test_a_drone_without_a_price_costs_what_the_model_says(world):
    text = "type: deliver, supplier: TUR, buyer: XKX, class: uav, n: 3, payment: budget"
    delivered = series(recorded(world(text, uav_price=21.0)), "deliveries", "XKX", "TUR")
    assert delivered[NOW] == pytest.approx(63.0)


def test_arming_a_state_without_rivals_upsets_nobody(effect):
    text = "type: deliver, supplier: USA, buyer: ROU, class: armour, value_musd: 400, payment: grant"
    change = effect(text)
    for actor in ("SRB", "XKX", "TUR", "GRC", "HRV"):
        assert (series(change, "spending", actor) == 0.0).all()
    assert (series(change, "tension", "SRB", "XKX") == 0.0).all()
    assert series(change, "capability", "ROU")[NOW] > 0.0


def test_an_offer_can_be_declined_and_an_order_cannot(world):
    members = range(200)
    offer, order = EVENTS["offer"], EVENTS["offer"].replace("type: offer", "type: order")
    taken = recorded(world(offer), members)[PLACES[Series("orders", "SRB", "TUR")], NOW] > 0.0
    placed = recorded(world(order), members)[PLACES[Series("orders", "SRB", "TUR")], NOW] > 0.0
    assert placed.all()
    assert 0.3 < taken.mean() < 0.99
    spoiled = f"at: 2026Q1, {EVENTS['deliver'].replace('n: 2000', 'n: 20000')}"  # Ankara arms Kosovo just before
    taken_then = recorded(world(spoiled, offer), members)[PLACES[Series("orders", "SRB", "TUR")], NOW] > 0.0
    assert taken_then.mean() < 0.9 * taken.mean()


def test_an_offer_is_taken_as_often_as_buyer_and_supplier_together_want_it(world):
    made = world(EVENTS["offer"])
    model = RegionModel(parameters=made[0], script=world()[1])
    model.run_until("2026Q1")
    belgrade, value = model.state("SRB"), 6 * 17.83
    utility = belgrade.utility("TUR", "uav", belgrade.burden_of(value))
    wish = 1.0 / (1.0 + math.exp(-utility))
    both = wish * model.consent("TUR", belgrade, "uav", value)
    taken = recorded(made, range(1000))[PLACES[Series("orders", "SRB", "TUR")], NOW] > 0.0
    assert taken.mean() == pytest.approx(both, abs=5 * math.sqrt(both * (1.0 - both) / 1000) + 0.01)


def test_under_an_embargo_the_supplier_all_but_always_refuses(world):
    model = RegionModel(parameters=example(), script=world(EVENTS["embargo"])[1])
    consent = {}
    for quarter in ("2026Q1", "2026Q2", "2027Q4", "2028Q1"):
        model.run_until(quarter)
        consent[quarter] = model.consent("TUR", model.state("XKX"), "uav", 89.0)
    assert consent["2026Q1"] > 0.9 and consent["2028Q1"] > 0.9
    assert consent["2026Q2"] < 0.02 and consent["2027Q4"] < 0.02
    assert model.consent("USA", model.state("XKX"), "uav", 89.0) > 0.9


def test_an_embargo_dries_up_drawn_orders_and_its_end_lets_them_flow_again(world):
    busy = {"chance": 1.0, "request_rate": 2.0}
    bought = recorded(world(EVENTS["embargo"], **busy), range(64))[PLACES[Series("orders", "XKX", "TUR")]]
    usual = recorded(world(**busy), range(64))[PLACES[Series("orders", "XKX", "TUR")]]
    during, after = slice(NOW, index_of("2027Q4") + 1), slice(index_of("2028Q1"), None)
    assert (usual[during] > 0.0).sum() > 50
    assert (bought[during] > 0.0).sum() < 0.1 * (usual[during] > 0.0).sum()
    assert (bought[after] > 0.0).sum() > 0.5 * (usual[after] > 0.0).sum()


def test_a_forced_choice_sends_all_requests_to_one_supplier_until_it_ends(world):
    busy = {"chance": 1.0, "request_rate": 2.0}
    values = recorded(world(EVENTS["force_choice"], **busy), range(32))
    others = [place for one, place in PLACES.items() if one.variable == "orders" and one.actor == "SRB"]
    french = PLACES[Series("orders", "SRB", "FRA")]
    others.remove(french)
    during, after = slice(NOW, index_of("2028Q4") + 1), slice(index_of("2029Q1"), None)
    assert (values[french, during] > 0.0).sum() > 50
    assert (values[others, during] == 0.0).all()
    assert (values[others, after] > 0.0).any()


# ---- money and words ---------------------------------------------------------------------------------------------------


def test_a_grant_adds_to_capital_and_to_gratitude_and_provokes_a_little(effect):
    change = effect(EVENTS["grant"])
    assert series(change, "capital_stock", "XKX")[NOW] == pytest.approx(30.0 * math.exp(-0.09 / 4), rel=0.01)
    felt = 0.15 * math.log(1.0 + 3.0)
    assert series(change, "relation", "XKX", "USA")[NOW] == pytest.approx(0.08 * felt, rel=1e-9)
    assert 0.0 < series(change, "tension", "SRB", "XKX")[NOW] < 0.03


def test_a_small_grant_moves_relations_by_less_than_a_fifth_of_what_munitions_do(effect):
    grant = effect("type: grant, patron: TUR, recipient: XKX, value_musd: 1")
    munitions = effect(EVENTS["deliver"].replace("n: 2000", "n: 3000"))
    moved = [-series(one, "attitude", "SRB", "TUR")[NOW] for one in (grant, munitions)]
    assert 0.0 < moved[0] < 0.2 * moved[1]


def test_a_visit_warms_both_sides_and_the_warmth_fades(effect):
    change = effect(EVENTS["visit"])
    for one, other in (("TUR", "SRB"), ("SRB", "TUR")):
        warmth = series(change, "relation", one, other)
        assert warmth[NOW] == pytest.approx(0.05, abs=1e-12)
        assert warmth[NOW + 4] == pytest.approx(0.05 * math.exp(-1.0), rel=0.02)
    assert (series(change, "tension", "SRB", "XKX") == 0.0).all()


def test_an_agreement_warms_both_sides_and_provokes_the_rival(effect):
    """Each gains 0.04, and 0.08 of gratitude per unit of the 0.3 that an agreement provokes."""
    change = effect(EVENTS["agreement"])
    for pair in (("TUR", "XKX"), ("XKX", "TUR")):
        assert series(change, "relation", *pair)[NOW] == pytest.approx(0.04 + 0.08 * 0.3, abs=1e-12)
    assert series(change, "relation", "SRB", "TUR")[NOW] == pytest.approx(-0.2 * 0.8 * 0.3, abs=1e-12)
    assert series(change, "rhetoric", "SRB", "TUR")[NOW] < 0.0
    assert series(change, "tension", "SRB", "XKX")[NOW] > 0.0
    assert (series(change, "deliveries", "XKX", "TUR") == 0.0).all()


def test_a_statement_is_heard_in_one_direction_and_soon_forgotten(effect):
    change = effect(EVENTS["statement"])
    words = series(change, "rhetoric", "SRB", "TUR")
    assert words[NOW] == pytest.approx(-0.3, abs=1e-12)
    assert words[NOW + 1] == pytest.approx(-0.3 * math.exp(-2.0), rel=1e-9)
    assert (series(change, "rhetoric", "TUR", "SRB") == 0.0).all()
    assert series(change, "tension", "SRB", "XKX")[NOW] > 0.0
    kind = series(effect("type: statement, actor: SRB, target: TUR, tone: 0.5"), "rhetoric", "SRB", "TUR")
    assert kind[NOW] == pytest.approx(0.15, abs=1e-12)


def test_a_trade_shock_is_an_immediate_loss_that_cools_relations_slowly(effect, world):
    shocked, usual = recorded(world(EVENTS["trade_shock"])), recorded(world())
    ratio = series(shocked, "trade", "SRB", "TUR") / series(usual, "trade", "SRB", "TUR")
    assert (ratio[:NOW] == 1.0).all()
    assert ratio[NOW] == pytest.approx(0.5, rel=1e-9)
    cooling = series(effect(EVENTS["trade_shock"]), "relation", "SRB", "TUR")
    assert cooling[NOW] == 0.0
    assert 0.0 > cooling[NOW + 1] > cooling[NOW + 8] > 0.08 * math.log(0.5) * 1.1


# ---- the north ---------------------------------------------------------------------------------------------------------


def test_an_incident_raises_tension_and_estranges_and_a_standoff_does_so_by_half(effect):
    lethal, standoff = effect(LETHAL), effect("type: incident, severity: standoff")
    for change, weight in ((lethal, 1.0), (standoff, 0.5)):
        assert series(change, "incidents", "SRB", "XKX")[NOW] == 1.0
        raised = (1.0 - 0.35) * (1.0 - math.exp(-0.5 * weight))
        assert series(change, "tension", "SRB", "XKX")[NOW] == pytest.approx(raised, rel=0.1)
        for pair in (("SRB", "XKX"), ("XKX", "SRB")):
            assert series(change, "relation", *pair)[NOW] == pytest.approx(-0.10 * weight, abs=1e-12)
    assert series(lethal, "hazard", "SRB", "XKX")[NOW + 1] > series(standoff, "hazard", "SRB", "XKX")[NOW + 1] > 0.0


def test_only_a_lethal_incident_calls_the_reserve_for_one_quarter(effect):
    lethal, standoff = effect(LETHAL), effect("type: incident, severity: standoff")
    assert series(lethal, "troops", "NATO")[NOW : NOW + 3].tolist() == [0.0, 0.5, 0.0]
    assert (series(standoff, "troops", "NATO") == 0.0).all()


def test_an_incident_makes_patrons_give_more_for_a_while(effect):
    grants = series(effect(LETHAL), "patron_support", "USA", "XKX")
    assert grants[NOW + 4] > grants[NOW + 1] > 0.0
    assert 0.0 < grants[NOW + 12] < grants[NOW + 4]


def test_several_incidents_count_as_many(effect):
    change = effect("type: incident, severity: standoff, count: 3")
    assert series(change, "incidents", "SRB", "XKX")[NOW] == 3.0
    assert series(change, "relation", "SRB", "XKX")[NOW] == pytest.approx(-0.10 * 0.5 * 3, abs=1e-12)


@pytest.mark.parametrize("where", ["XKX", "SRB"])
def test_an_election_raises_the_hazard_in_its_quarter_only(world, where):
    voted = recorded(world(f"type: election, where: {where}"))
    ratio = series(voted, "hazard", "SRB", "XKX") / series(recorded(world()), "hazard", "SRB", "XKX")
    assert ratio[NOW] == pytest.approx(math.exp(0.3), rel=1e-12)
    assert (np.delete(ratio, NOW) == 1.0).all()


def test_elections_in_two_quarters_running_are_both_felt(world):
    voted = recorded(world(EVENTS["election"], f"at: 2026Q3, {EVENTS['election']}"))
    ratio = series(voted, "hazard", "SRB", "XKX") / series(recorded(world()), "hazard", "SRB", "XKX")
    assert ratio[NOW : NOW + 3].tolist() == pytest.approx([math.exp(0.3), math.exp(0.3), 1.0])


def test_peacekeepers_lower_the_hazard_as_long_as_they_stay(world):
    """By .13 a thousand, where they guarantee nothing besides."""
    only = {"guarantee_presence": 0.0}
    more = recorded(world(EVENTS["kfor"], **only))
    fewer = recorded(world("type: kfor, troops: 1.5", **only))
    usual = recorded(world(**only))
    hazards = [series(one, "hazard", "SRB", "XKX")[NOW:] for one in (more, usual, fewer)]
    assert hazards[0] / hazards[1] == pytest.approx(math.exp(-0.13 * 2.5), rel=1e-12)
    assert hazards[2] / hazards[1] == pytest.approx(math.exp(0.13 * 3.0), rel=1e-12)
    assert (series(more, "troops", "NATO")[NOW:] == 7.0).all()


def test_fewer_peacekeepers_leave_kosovo_more_threatened_and_it_spends_more(effect):
    change = effect("type: kfor, troops: 1.5")
    assert (series(change, "threat", "XKX")[NOW:] > 0.0).all()
    assert (series(change, "spending", "XKX")[NOW:] > 0.0).all()
    assert (series(effect("type: kfor, troops: 7"), "threat", "XKX")[NOW:] < 0.0).all()


def test_a_guarantee_withdrawn_threatens_kosovo_at_once_and_its_return_calms(effect):
    """Half of the guarantee stands with the troops: without the promise it is worth 2,500 instead of 5,000."""
    change = effect(EVENTS["guarantee"])
    assert_starts(series(change, "threat", "XKX"))
    end = index_of("2027Q4")
    threat = series(change, "threat", "XKX")
    assert (threat[NOW : end + 1] > 0.25).all()
    assert abs(threat[end + 1]) < 0.02
    assert (series(change, "hazard", "SRB", "XKX")[NOW : end + 1] > 0.0).all()
    assert (series(change, "spending", "XKX")[NOW:end] > 0.0).all()
    assert series(change, "threat", "SRB")[NOW] == 0.0


def test_a_guarantee_halved_lifts_the_hazard_by_half_of_what_its_end_does(world):
    """Beside threat and arms: e^(.33) without any promise, e^(.165) with half of it."""
    usual = series(recorded(world(hazard_threat=0.0)), "hazard", "SRB", "XKX")[NOW]
    for level, lost in ((0, 0.33), (0.5, 0.165)):
        event = f"type: guarantee, state: XKX, level: {level}"
        hazard = series(recorded(world(event, hazard_threat=0.0)), "hazard", "SRB", "XKX")[NOW]
        assert hazard / usual == pytest.approx(math.exp(lost), rel=1e-9)


def test_the_reserve_comes_and_goes(effect):
    troops = series(effect(EVENTS["release_reserve"]), "troops", "NATO")
    assert troops[NOW : NOW + 3].tolist() == pytest.approx([0.8, 0.8, 0.0])
    assert (troops[NOW + 2 :] == 0.0).all()


def test_dialogue_lowers_tension_and_hazard_and_mends_relations(effect):
    change = effect(EVENTS["dialogue"])
    dialogue = series(change, "dialogue", "SRB", "XKX")
    assert dialogue[NOW] == pytest.approx(0.5 * 1.25) and (np.diff(dialogue[NOW:]) > 0.0).all()  # the calmer, the more
    assert (series(change, "tension", "SRB", "XKX")[NOW:] < 0.0).all()
    assert (series(change, "hazard", "SRB", "XKX")[NOW:] < 0.0).all()
    assert series(change, "relation", "SRB", "XKX")[NOW] == pytest.approx(0.10 * dialogue[NOW] / 4, abs=1e-12)
    assert series(change, "relation", "XKX", "SRB")[-1] > series(change, "relation", "XKX", "SRB")[NOW] > 0.0


def test_dialogue_rests_tension_where_damping_and_decay_balance(world):
    """Without threat: 0.35 times 1.2 / (1.2 + 1.2 x 0.5)."""
    still = {"coupling": 0.0}
    tension = series(recorded(world(f"at: 2018Q1, {EVENTS['dialogue']}", **still)), "tension", "SRB", "XKX")
    assert tension[-1] == pytest.approx(0.35 / 1.5, rel=1e-6)


def test_an_open_european_door_brings_dialogue_and_costs_ankara_influence(effect):
    change = effect(EVENTS["accession"])
    calm = 1.0 + 1.0 * (0.6 - 0.35)  # tension at rest, below its reference, adds a share
    assert series(change, "dialogue", "SRB", "XKX")[NOW] == pytest.approx(0.3 * 0.4 * calm, abs=1e-12)
    assert series(change, "influence", "TUR", "XKX")[NOW] == pytest.approx(-0.4 * 0.4, abs=1e-12)
    closed = effect("type: accession, level: 0.1")
    assert series(closed, "influence", "TUR", "SRB")[NOW] == pytest.approx(0.4 * 0.4, abs=1e-12)
    assert (series(closed, "dialogue", "SRB", "XKX") == 0.0).all()  # there was none to lose


def test_unrest_sharpens_words_and_moves_neither_budgets_nor_hazard(world, effect):
    unrest = effect(EVENTS["unrest"])
    assert series(unrest, "unrest", "SRB")[NOW] == pytest.approx(0.6)
    moved = {one.variable for one, place in PLACES.items() if (unrest[place] != 0.0).any()}
    assert moved == {"unrest"}
    calm = series(effect(EVENTS["deliver"]), "rhetoric", "SRB", "TUR")[NOW]
    angry = recorded(world(EVENTS["unrest"], EVENTS["deliver"])) - recorded(world(EVENTS["unrest"]))
    assert series(angry, "rhetoric", "SRB", "TUR")[NOW] / calm == pytest.approx(1.45 / 1.15, rel=1e-9)


# ---- budgets -----------------------------------------------------------------------------------------------------------


def test_a_supplement_is_the_whole_change_at_once_and_ends_when_it_says(effect, world):
    alone = {"coupling": 0.0}
    ratio = 1.0 + series(effect(EVENTS["supplement"], **alone), "spending", "SRB") / series(
        recorded(world(**alone)), "spending", "SRB"
    )
    end = index_of("2027Q4")
    assert (ratio[:NOW] == 1.0).all()
    assert ratio[NOW : end + 1] == pytest.approx(1.2, rel=1e-12)
    assert (ratio[end + 1 :] == 1.0).all()


def test_rivals_answer_a_supplement_and_friends_do_not(effect):
    change = effect(EVENTS["supplement"])
    assert series(change, "spending", "XKX")[-1] > 0.0
    assert series(change, "spending", "HRV")[-1] > 0.0
    for friend in ("SVN", "ROU"):
        assert (series(change, "spending", friend) == 0.0).all()


# ---- events that would do nothing, and events that overlap ------------------------------------------------------------


@pytest.mark.parametrize(
    "event",
    [
        "{id: x, at: 2026Q1, type: trade_shock, parties: [HRV, SVN], change: -0.5}",
        "{id: x, at: 2026Q1, type: visit, actor: HRV, target: SVN}",
        "{id: x, at: 2026Q1, type: statement, actor: HRV, target: SVN, tone: -1}",
    ],
)
def test_an_event_between_actors_without_a_relation_is_refused(tmp_path, event):
    file = tmp_path / "mine.yaml"
    file.write_text(f"format_version: 1\ntitle: T\nquestion: Q?\nevents:\n  - {event}\n", encoding="utf-8")
    with pytest.raises(InputError, match="holds no relation of HRV with SVN, so nothing would happen"):
        load_scenario(file)


def test_when_a_short_supplement_ends_the_lasting_one_counts_again(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text(
        "format_version: 1\ntitle: T\nquestion: Q?\nevents:\n"
        "  - {id: lasting, at: 2026Q1, type: supplement, actor: SRB, change: 0.2}\n"
        "  - {id: short, at: 2027Q1, type: supplement, actor: SRB, change: 0.05, until: 2027Q2}\n",
        encoding="utf-8",
    )
    items = script_of(load_scenario(file).events).items
    assert [(name_of(item.quarter), item.id) for item in items] == [
        ("2026Q1", "lasting"),
        ("2027Q1", "short"),
        ("2027Q3", "lasting"),
    ]


def test_a_lasting_embargo_outlives_a_later_one_that_ends(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text(
        "format_version: 1\ntitle: T\nquestion: Q?\nevents:\n"
        "  - {id: lasting, at: 2026Q1, type: embargo, supplier: TUR, buyer: XKX}\n"
        "  - {id: short, at: 2027Q1, type: embargo, supplier: TUR, buyer: XKX, until: 2027Q2}\n",
        encoding="utf-8",
    )
    items = script_of(load_scenario(file).events).items
    assert items[-1].sizes[0].distribution.centre == 1.0
