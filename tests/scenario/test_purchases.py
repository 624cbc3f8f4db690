"""What a purchase costs its buyer's budget: how many yearly equipment budgets, what it displaces, and when it is refused."""

from dataclasses import replace

import pytest

from sim.cli.main import main
from sim.data.tables import observed_paths
from sim.io.errors import InputError
from sim.model.network import network
from sim.model.parameters import load_parameters
from sim.report.cost_text import prices, purchase_sentences
from sim.scenario.event_types import event_adapter, event_models
from sim.scenario.loading import list_scenarios, load_scenario
from sim.scenario.overrides import apply_settings
from sim.scenario.purchases import MOST_BUDGETS, purchase_of, too_dear

TABLE = load_parameters()
HEAD = """format_version: 1
title: Drones
question: What if?
extends: skydagger-delivery
compare_to: skydagger-delivery
"""


def order(**fields):
    raw = {
        "id": "bought", "at": "2022Q1", "type": "order", "supplier": "FRA", "buyer": "SRB", "class": "artillery",
        "value_musd": 100, "payment": "budget", "due": "2022Q4",
    }  # fmt: skip
    given = {name: value for name, value in {**raw, **fields}.items() if value is not None}
    return event_adapter().validate_python(given)


def yearly_2022(state="SRB"):
    """The published budget of a year times the share that buys equipment."""
    path = observed_paths()[network().states.index(state)]
    share = TABLE.distributions[TABLE.rows_of(f"procurement_share.{state}")[0]]
    return share.centre * path.burden[4] * path.gdp[4]


def file(tmp_path, line):
    made = tmp_path / "drones.yaml"
    made.write_text(f"{HEAD}events:\n  - {line}\n", encoding="utf-8")
    return made


def test_a_purchase_is_held_against_what_the_published_budget_buys():
    bought = purchase_of(order())
    assert (bought.value, bought.year) == (100.0, 2022)
    assert bought.yearly == pytest.approx(yearly_2022(), rel=0.02)
    assert bought.budgets == pytest.approx(100.0 / bought.yearly)


def test_drones_without_a_price_cost_what_the_model_says():
    price = TABLE.distributions[TABLE.rows_of("uav_price")[0]].centre
    assert purchase_of(order(**{"class": "uav", "n": 7, "value_musd": None})).value == pytest.approx(7 * price)


def test_credit_gifts_and_other_events_cost_no_budget():
    assert purchase_of(order(payment="credit")) is None
    assert purchase_of(order(payment="grant")) is None
    visit = {"id": "visit", "at": "2026Q1", "type": "visit", "actor": "TUR", "target": "SRB"}
    assert purchase_of(event_adapter().validate_python(visit)) is None


def test_instalments_take_a_share_or_everything_for_some_years():
    yearly = purchase_of(order()).yearly
    half, eight = (purchase_of(order(value_musd=times * yearly)) for times in (2, 8))
    assert half.taken == pytest.approx(2 / 4)  # paid over four years
    assert (half.displaced_until, half.is_told) == (None, True)
    assert eight.taken == 1.0
    assert (
        2024 <= eight.displaced_until <= 2026
    )  # eight budgets less four that can wait: some four years, and budgets grow


def test_what_takes_less_than_a_year_is_not_pointed_out():
    assert not purchase_of(order(value_musd=0.9 * purchase_of(order()).yearly)).is_told


def test_the_limit_itself_is_allowed_and_what_exceeds_it_is_not():
    yearly = purchase_of(order()).yearly
    assert too_dear(order(value_musd=MOST_BUDGETS * yearly * 0.999)) is None
    field, message = too_dear(order(value_musd=MOST_BUDGETS * yearly * 1.001))
    assert field == "value_musd"
    assert "at most 20 are allowed" in message


def test_a_file_with_a_purchase_beyond_all_means_is_refused_with_its_line(tmp_path):
    line = "{id: many, at: 2026Q1, type: order, supplier: TUR, buyer: XKX, class: uav, n: 200, payment: budget, due: 2026Q4}"
    with pytest.raises(InputError) as refusal:
        load_scenario(file(tmp_path, line))
    (problem,) = refusal.value.problems
    assert (problem.line, problem.where) == (7, "event 1 (many), n")
    for words in ("3,000 million US$", "Kosovo", "2026", "at most 20", "Lower n or unit_price_musd", "credit or grant"):
        assert words in problem.message


def test_a_series_of_deliveries_is_refused_likewise(tmp_path):
    made = tmp_path / "arms.yaml"
    series = "series:\n  deliveries.TUR.XKX.arms: {2026Q1: 9000}\n"
    made.write_text(f"{HEAD}{series}", encoding="utf-8")
    with pytest.raises(InputError, match="at most 20 are allowed"):
        load_scenario(made)


def test_a_setting_is_refused_likewise():
    with pytest.raises(InputError, match="at most 20 are allowed"):
        apply_settings(load_scenario("serbian-drone-purchase"), ["events.tb2-serbia-order.n=3000"])


def test_validate_and_show_point_out_what_is_more_than_a_year(tmp_path, capsys):
    line = "{id: many, at: 2026Q1, type: order, supplier: TUR, buyer: SRB, class: uav, n: 200, payment: budget, due: 2026Q4}"
    made = str(file(tmp_path, line))
    printed = []
    for command in ("validate", "show"):
        assert main([command, made]) == 0
        printed.append(capsys.readouterr().out)
    for text in printed:
        told = " ".join(text.split())
        assert "a purchase worth 3,000 million dollars, paid by the budget of Serbia: 5.9 of its yearly" in told
        assert "everything else it would have bought is displaced until" in told


def test_what_both_scenarios_buy_is_not_pointed_out():
    scenario = load_scenario("skydagger-delivery")
    assert [*purchase_sentences(scenario, scenario)] == []
    rich = order(value_musd=2000, at="2026Q1", due="2026Q4")
    added = replace(scenario, events=(*scenario.events, rich))
    assert len([*purchase_sentences(added, scenario)]) == 1


@pytest.mark.parametrize("listing", list_scenarios(), ids=lambda listing: listing.id)
def test_no_scenario_of_the_library_buys_what_its_buyers_cannot_pay(listing):
    assert not any(too_dear(event) for event in load_scenario(listing.id).events)


# ---- the price of a lever --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", event_models().values(), ids=lambda model: model.tag())
def test_every_type_of_event_has_a_price_or_says_why_none_is_counted(model):
    kinds = ("money", "capability", "relations", "none is counted", "none until it is taken", "that of the order")
    assert model.price.startswith(kinds)
    assert len(model.price) > 40
    assert f"Price: {model.price}." in model.model_json_schema()["description"]


def test_prices_are_told_once_a_type_in_the_order_of_the_types():
    events = load_scenario("baseline").events
    told = [tag for tag, _ in prices(events)]
    assert told == [tag for tag in event_models() if tag in {event.tag() for event in events}]
