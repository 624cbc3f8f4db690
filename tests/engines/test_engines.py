"""The two engines: the same numbers bit for bit, in whatever order and company, and worlds that must not differ."""

import csv
import math
import pickle
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from mesa import batch_run

from sim import RegionModel, run
from sim.analysis.results import calendar_years
from sim.engines.agents import model as agents
from sim.engines.agents.model import PatronAgent, PeacekeeperAgent, StateAgent, SupplierAgent
from sim.engines.compiled import engine as ensemble
from sim.engines.compiled.engine import drawn_parameters
from sim.engines.compiled.layout import LANES
from sim.io.errors import InputError
from sim.io.quarters import COUNT, index_of, year_of
from sim.model.distributions import Distribution
from sim.model.network import network
from sim.model.parameters import load_parameters
from sim.model.schedule import Script, script_of
from sim.model.variables import Series, all_series
from sim.scenario.loading import list_scenarios, load_scenario
from tests.best_guess import at_defaults

LIBRARY = tuple(listing.id for listing in list_scenarios())
COMPARED = tuple(name for name in LIBRARY if load_scenario(name).compare_to is not None)
SERIES = all_series()
PLACES = {one: place for place, one in enumerate(SERIES)}
NOTHING_HAPPENS = Script(())
CONTEXT = Path(__file__).parents[2] / "seeds" / "context.csv"


@cache
def table_of(name, **over):
    return load_parameters().with_overrides({**load_scenario(name).parameters, **over})


@cache
def script(name):
    return script_of(load_scenario(name).events)


def compiled(table, events, members=range(4), seed=1, **options):
    return ensemble.simulate(table, events, members=members, seed=seed, **{"quarters": COUNT, **options})


def mesa(table, events, members=range(4), seed=1, quarters=COUNT):
    return agents.simulate(table, events, members=members, seed=seed, quarters=quarters)


def without_lots(events):
    """A script whose uncertain numbers are at their medians."""

    def fixed(size):
        one = size.distribution
        middle = one.centre + (0.5 * one.spread if one.kind == "uniform" else 0.0)
        return replace(size, distribution=Distribution("fixed", middle, 0.0, one.low, one.high))

    return Script(tuple(replace(item, sizes=tuple(map(fixed, item.sizes))) for item in events.items))


def differing(one, other):
    """Variables in which two recordings differ anywhere."""
    return {series.variable for place, series in enumerate(SERIES) if not np.array_equal(one[place], other[place])}


# ---- one equation, two engines -----------------------------------------------------------------------------------------


def novel_first():
    """Scenarios to try one by one; those in which nothing happens that does not happen in one before them are a study."""
    seen = set()
    for name in LIBRARY:
        kinds = {event.type for event in load_scenario(name).events}
        yield pytest.param(name, marks=[] if kinds - seen else pytest.mark.study)
        seen |= kinds


@pytest.mark.parametrize("name", tuple(novel_first()))
def test_agents_and_compiled_engine_give_the_same_bits_in_every_series(name):
    members = (0, 5, 40)
    by_agents = mesa(table_of(name), script(name), members, seed=3)
    together = compiled(table_of(name), script(name), members, seed=3)
    assert by_agents.shape == (len(SERIES), COUNT, len(members))
    assert differing(by_agents, together) == set()
    assert by_agents.tobytes() == together.tobytes()


EDGES = {
    "annual budgets": {"budget_interval": 4},
    "no coupling": {"coupling": 0.0},
    "no chance": {"chance": 0.0},
    "many requests": {"request_rate": 3.0},
    "frequent incidents": {"hazard_reference": 6.0},
    "strong answers in kind": {"emulation": 4.0, "request_threat": 3.0},
    "no requests": {"request_rate": 0.0},
    "no guarantee": {"guarantee_worth": 0.0},
    "all paid in a quarter": {"instalment_years": 0.25},
    "shared shocks": {"growth_common": 0.3},
    "a fleet at the start": {"uav_start": 4, "loitering_start": 70},
}


@pytest.mark.parametrize("edge", EDGES)
def test_engines_agree_at_the_edges_of_the_model(edge):
    table = table_of("skydagger-delivery", **EDGES[edge])
    by_agents = mesa(table, script("skydagger-delivery"), members=(2, 9), seed=8)
    assert by_agents.tobytes() == compiled(table, script("skydagger-delivery"), members=(2, 9), seed=8).tobytes()


def test_engines_agree_for_the_largest_seed_and_a_far_member():
    table, events = table_of("baseline"), script("baseline")
    who = {"members": (999_999,), "seed": 2**63 - 1, "quarters": 44}
    assert mesa(table, events, **who).tobytes() == compiled(table, events, **who).tobytes()


def test_same_seed_gives_the_same_bytes_on_one_thread_and_on_two():
    table, events = table_of("skydagger-delivery"), script("skydagger-delivery")
    members = range(2 * LANES + 7)
    one = compiled(table, events, members, quarters=50, threads=1)
    two = compiled(table, events, members, quarters=50, threads=2)
    assert one.tobytes() == two.tobytes()


def test_a_member_is_the_same_alone_in_company_and_in_any_lane():
    table, events = table_of("skydagger-delivery"), script("skydagger-delivery")
    members = np.arange(LANES + 9)
    company = compiled(table, events, members, quarters=50)
    shuffled = np.random.default_rng(4).permutation(members)
    assert compiled(table, events, shuffled, quarters=50)[..., shuffled.argsort()].tobytes() == company.tobytes()
    for member in (0, 7, LANES - 1, LANES, LANES + 8):
        alone = compiled(table, events, [member], quarters=50)
        assert np.array_equal(alone[..., 0], company[..., member])


def test_a_longer_run_begins_like_a_shorter_one():
    table, events = table_of("skydagger-delivery"), script("skydagger-delivery")
    longer, shorter = compiled(table, events), compiled(table, events, quarters=37)
    assert np.array_equal(longer[:, :37], shorter)


def test_recording_fewer_series_changes_none_of_them():
    table, events = table_of("baseline"), script("baseline")
    wanted = [Series("tension", "SRB", "XKX"), Series("spending", "SRB"), Series("trade", "SRB", "TUR")]
    some = compiled(table, events, series=wanted)
    assert np.array_equal(some, compiled(table, events)[[PLACES[one] for one in wanted]])


def test_different_seeds_and_different_members_are_different_worlds():
    table, events = table_of("baseline"), script("baseline")
    spending = [Series("spending", state) for state in network().states]
    one = compiled(table, events, series=spending)
    assert not np.array_equal(one, compiled(table, events, series=spending, seed=2))
    assert len({column.tobytes() for column in np.moveaxis(one, -1, 0)}) == 4


def test_without_chance_and_doubt_the_lots_decide_nothing():
    table = at_defaults(table_of("skydagger-delivery"), chance=0.0)
    events = without_lots(script("skydagger-delivery"))
    one = compiled(table, events, members=[0], seed=1)
    assert one.tobytes() == compiled(table, events, members=[17], seed=99).tobytes()
    assert mesa(table, events, members=[3], seed=5).tobytes() == one.tobytes()


def test_chance_decides_nothing_before_the_end_of_the_record():
    """Spending is drawn from 2024 on, events from 2026 on; to the end of 2023 only parameters differ between members."""
    events = without_lots(script("baseline"))
    table = at_defaults(table_of("baseline"))
    one, other = (compiled(table, events, members=[0], seed=seed) for seed in (1, 2))
    first = int((one != other).any(axis=(0, 2)).argmax())
    assert first == index_of("2024Q1")
    incidents = PLACES[Series("incidents", "SRB", "XKX")]
    history = compiled(table, events, members=range(64))[incidents, : index_of("2026Q1")]
    assert (history == history[:, :1]).all()
    scripted = np.zeros(index_of("2026Q1"))
    for event in load_scenario("baseline").events:
        if event.type == "incident" and event.quarter < len(scripted):
            scripted[event.quarter] += event.count
    assert history[:, 0].tolist() == scripted.tolist() and scripted.any()


# ---- limits in which the answer is known -------------------------------------------------------------------------------


def figures(quantity):
    """Figures of `context.csv` by subject and year, as printed."""
    with CONTEXT.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["quantity"] == quantity]
    return {(row["subject"], int(row["date"])): float(row["value"]) for row in rows if row["date"].isdigit()}


def dollars_of_2024_per_dollar_of_2023():
    with CONTEXT.open(encoding="utf-8", newline="") as file:
        (row,) = [row for row in csv.DictReader(file) if row["quantity"] == "price of 2023 USD in 2024 USD"]
    return float(row["value"])


def planned_spending(table, members, seed):
    """What each state plans, (states, quarters, members): observed to 2023, then GDP growing and the burden on its way."""
    outlays, shares = figures("military expenditure"), figures("military expenditure as share of GDP")
    price = dollars_of_2024_per_dollar_of_2023()
    values = drawn_parameters(table, members=members, seed=seed)
    given = {key: values[row] for row, key in enumerate(table.keys)}
    planned = np.empty((len(network().states), COUNT, len(members)))
    for place, state in enumerate(network().states):
        for quarter in range(COUNT):
            scale = given[f"spending_scale.{state}"]
            if year_of(quarter) <= 2023:
                planned[place, quarter] = scale * outlays[state, year_of(quarter)] / price
                continue
            years = 0.625 + 0.25 * (quarter - index_of("2024Q1"))  # from the middle of 2023
            last_burden = shares[state, 2023] / 100.0
            gdp = outlays[state, 2023] / price / last_burden * np.exp(given[f"gdp_growth.{state}"] * years)
            goal = given[f"burden_goal.{state}"]
            burden = goal + (last_burden - goal) * np.exp(-years / given["goal_delay"])
            planned[place, quarter] = scale * burden * gdp
    return planned


def test_without_coupling_chance_and_events_every_state_spends_what_it_plans():
    table = table_of("baseline", coupling=0.0, chance=0.0)
    spending = [Series("spending", state) for state in network().states]
    recorded = compiled(table, NOTHING_HAPPENS, members=range(40), seed=6, series=spending)
    np.testing.assert_allclose(recorded, planned_spending(table, range(40), seed=6), rtol=1e-9)


def test_without_coupling_chance_and_events_relations_and_tension_stay_where_they_were_exactly():
    table = table_of("baseline", coupling=0.0, chance=0.0)
    recorded = compiled(table, NOTHING_HAPPENS, members=range(40), seed=6)
    values = dict(zip(table.keys, drawn_parameters(table, members=range(40), seed=6), strict=True))
    for actor, counterpart in network().ties:
        base = values[f"relation_base.{actor}.{counterpart}"]
        assert (recorded[PLACES[Series("relation", actor, counterpart)]] == base).all()
        assert (recorded[PLACES[Series("attitude", actor, counterpart)]] == base).all()
        assert (recorded[PLACES[Series("rhetoric", actor, counterpart)]] == 0.0).all()
    assert (recorded[PLACES[Series("tension", "SRB", "XKX")]] == values["tension_rest"]).all()
    strained = values["hazard_tension"] * (values["tension_rest"] - values["tension_reference"])
    hazard = np.broadcast_to(values["hazard_reference"] * np.exp(strained), (COUNT, 40))
    np.testing.assert_allclose(recorded[PLACES[Series("hazard", "SRB", "XKX")]], hazard, rtol=1e-12)
    growth = np.exp(values["trade_growth"] * 0.25 * (COUNT - 1))
    np.testing.assert_allclose(recorded[PLACES[Series("trade", "SRB", "TUR")], -1], growth, rtol=1e-13)


def test_without_coupling_calendar_years_give_back_the_observed_figures():
    table = table_of("baseline", coupling=0.0, spending_scale=1.0)
    spending = [Series("spending", state) for state in network().states]
    recorded = compiled(table, script("baseline"), members=range(6), seed=6, series=spending, quarters=24)
    outlays, price = figures("military expenditure"), dollars_of_2024_per_dollar_of_2023()
    for place, state in enumerate(network().states):
        observed = [[outlays[state, year] / price] for year in range(2018, 2024)]
        np.testing.assert_allclose(calendar_years(recorded[place]), np.tile(observed, 6), rtol=1e-9)


def test_gdp_is_what_spending_and_burden_imply():
    outlays, shares = figures("military expenditure"), figures("military expenditure as share of GDP")
    recorded = compiled(table_of("baseline"), NOTHING_HAPPENS, members=[0], quarters=24)
    for state in network().states:
        gdp = recorded[PLACES[Series("gdp", state)], ::4, 0]
        implied = [100.0 * outlays[state, y] / shares[state, y] for y in range(2018, 2024)]
        np.testing.assert_allclose(gdp, np.array(implied) / dollars_of_2024_per_dollar_of_2023(), rtol=1e-12)


def test_without_coupling_skydagger_changes_nothing_but_kosovos_own_shelves():
    table = table_of("skydagger-delivery", coupling=0.0)
    one = compiled(table, script("skydagger-delivery"), members=range(24))
    other = compiled(table, script("baseline"), members=range(24))
    spending = PLACES[Series("spending", "SRB")]
    assert np.array_equal(one[spending], other[spending])
    untouched = {"spending", "burden", "gdp", "relation", "rhetoric", "attitude", "trade", "tension", "hazard"}
    assert differing(one, other) & (untouched | {"incidents", "dialogue", "troops"}) == set()
    assert {"orders", "deliveries", "loitering", "capability", "threat"} <= differing(one, other)


def test_without_coupling_no_delivery_from_ankara_reaches_serbian_spending():
    table = table_of("serbian-drone-purchase", coupling=0.0)
    spending = [Series("spending", "SRB")]
    with_turkish_arms = compiled(table, script("serbian-drone-purchase"), members=range(24), series=spending)
    unarmed = tuple(item for item in script("baseline").items if item.subject != "TUR")
    assert np.array_equal(with_turkish_arms, compiled(table, Script(unarmed), members=range(24), series=spending))


# ---- a scenario and its baseline ---------------------------------------------------------------------------------------


def first_difference(name, base, series):
    table, other = table_of(name), table_of(base)
    one = compiled(table, script(name), members=range(24), series=series)
    two = compiled(other, script(base), members=range(24), series=series)
    return int((one != two).any(axis=(0, 2)).argmax()) if not np.array_equal(one, two) else COUNT


@pytest.mark.parametrize("name", COMPARED)
def test_worlds_are_identical_before_their_events_differ(name):
    """Orders aside: an order is on the books before anything comes of it."""
    base = load_scenario(name).compare_to
    if load_scenario(name).parameters != load_scenario(base).parameters:
        pytest.skip("the two worlds differ in their parameters")
    items, base_items = set(script(name).items), set(script(base).items)
    first = min(item.quarter for item in items ^ base_items)
    assert first_difference(name, base, SERIES) >= first
    silent = [one for one in SERIES if one.variable != "orders"]
    assert first_difference(name, base, silent) >= first


def test_skydagger_shows_in_the_order_books_of_2024_and_elsewhere_with_the_delivery_of_2025():
    orders = [one for one in SERIES if one.variable == "orders"]
    all_else = [one for one in SERIES if one.variable != "orders"]
    assert first_difference("skydagger-delivery", "baseline", orders) == index_of("2024Q4")
    assert first_difference("skydagger-delivery", "baseline", all_else) == index_of("2025Q4")


def test_scenario_and_baseline_share_the_lots_of_budgets_and_growth():
    """Paired draws: the difference in spending is far smaller than the spread that either world has."""
    spending = [Series("spending", "SRB")]
    members = range(96)
    one = compiled(table_of("skydagger-delivery"), script("skydagger-delivery"), members, series=spending)
    other = compiled(table_of("baseline"), script("baseline"), members, series=spending)
    growth = [compiled(table_of(name), script(name), members, series=[Series("gdp", "SRB")]) for name in LIBRARY[:2]]
    assert np.array_equal(*growth)
    last = index_of("2027Q4")
    assert np.median(np.abs(np.log(one[0, last] / other[0, last]))) < 0.1 * np.log(other[0, last]).std()


# ---- conservation ------------------------------------------------------------------------------------------------------


def test_every_order_of_the_script_arrives_once_and_in_full():
    """With no lots and no wear, Kosovo ends with the five aircraft and the munitions it ordered."""
    table = at_defaults(table_of("skydagger-delivery"), chance=0.0, uav_attrition=0.0, loitering_attrition=0.0)
    for engine in (compiled, mesa):
        recorded = engine(table, without_lots(script("skydagger-delivery")), members=[0])
        stocks = {kind: recorded[PLACES[Series(kind, "XKX")], :, 0] for kind in ("uav", "loitering")}
        assert set(stocks["uav"].tolist()) == {0.0, 5.0}
        assert set(stocks["loitering"].tolist()) == {0.0, 4000.0}
        bought = recorded[PLACES[Series("deliveries", "XKX", "TUR")], :, 0].sum()
        exports = 0.452568 + 0.577176 + 0.638750 + 2.384261 + 12.919237 + 31.014978  # Table 1, row Kosovo
        assert bought == pytest.approx(5 * 15.0 + 4000 * 0.003 + exports, rel=1e-12)


def test_burden_and_attitude_are_made_of_what_is_recorded_beside_them():
    recorded = compiled(table_of("skydagger-delivery"), script("skydagger-delivery"), members=range(16))
    for state in network().states:
        spending, gdp, burden = (recorded[PLACES[Series(name, state)]] for name in ("spending", "gdp", "burden"))
        np.testing.assert_allclose(burden, spending / gdp, rtol=1e-15)
    for tie in network().ties:
        slow, fast, both = (recorded[PLACES[Series(name, *tie)]] for name in ("relation", "rhetoric", "attitude"))
        np.testing.assert_allclose(both, np.clip(slow + fast, -1.0, 1.0), atol=1e-15)


def test_shares_probabilities_and_counts_stay_in_their_bounds_in_every_member():
    recorded = compiled(table_of("serbian-drone-purchase"), script("serbian-drone-purchase"), members=range(96))
    bounds = {
        "burden": (0.0, 0.06), "relation": (-1, 1), "rhetoric": (-1, 1), "attitude": (-1, 1), "tension": (0, 1),
        "supplier_choice": (0, 1), "dialogue": (0, 1), "unrest": (0, 1), "hazard": (0, 8), "incidents": (0, 100),
        "uav": (0, math.inf), "loitering": (0, math.inf), "capital_stock": (0, math.inf), "orders": (0, math.inf),
        "deliveries": (0, math.inf), "patron_support": (0, math.inf), "trade": (0, math.inf), "threat": (0, math.inf),
        "air_defence": (0, math.inf), "owed": (0, math.inf), "misperception": (0, math.inf),
    }  # fmt: skip
    for place, one in enumerate(SERIES):
        low, high = bounds.get(one.variable, (-math.inf, math.inf))
        assert recorded[place].min() >= low and recorded[place].max() <= high * (1 + 1e-15), one


# ---- the Mesa model in a notebook --------------------------------------------------------------------------------------


def test_a_step_is_one_quarter():
    model = RegionModel("baseline", seed=4, member=2)
    model.step()
    assert (model.quarter, model.quarter_name) == (0, "2018Q1")
    model.step()
    assert model.quarter_name == "2018Q2"


def test_run_until_stops_after_the_quarter_and_never_goes_back():
    model = RegionModel("skydagger-delivery")
    model.run_until("2025Q4")
    assert model.quarter_name == "2025Q4"
    assert model.state("XKX").deliveries["TUR"] > 0.0
    model.run_until("2025Q4")
    with pytest.raises(InputError, match="2020Q1 is over, the model stands in 2025Q4; choose 2025Q4 to 2035Q4"):
        model.run_until("2020Q1")
    assert model.quarter_name == "2025Q4"


def test_agents_are_the_states_their_patrons_suppliers_and_kfor():
    kinds = RegionModel("baseline").agents_by_type
    assert {agent.code for agent in kinds[StateAgent]} == set(network().states)
    assert len(kinds[StateAgent]) == len(network().states)
    assert {agent.code for agent in kinds[PatronAgent]} == set(network().patrons) - {"TUR"}
    assert {agent.code for agent in kinds[PeacekeeperAgent]} == {"NATO"}
    assert {agent.code for agent in kinds[SupplierAgent]} == {"FRA", "ISR", "ARE", "DOM"}


def test_agents_know_their_name_their_neighbours_and_their_stocks():
    model = RegionModel("baseline")
    model.run_until("2023Q2")
    serbia, kosovo = model.state("SRB"), model.state("XKX")
    assert serbia.name == "Serbia"
    assert serbia.rivals == ("XKX", "HRV", "ALB", "BIH")
    assert serbia.hostility_to("XKX") > serbia.hostility_to("TUR") > serbia.hostility_to("RUS") == 0.0
    assert serbia.attitude_to("GRC") == 0.0
    assert 4.9 < kosovo.uav <= 5.0
    assert kosovo.deliveries["TUR"] > 0.0
    assert serbia.memory["TUR"] > 0.5


def test_only_states_are_states():
    with pytest.raises(KeyError, match="RUS"):
        RegionModel("baseline").state("RUS")


def test_collected_frames_hold_every_quarter_and_every_state():
    model = RegionModel("baseline", seed=4, member=2)
    model.run_until("2019Q1")
    quarterly = model.datacollector.get_model_vars_dataframe()
    assert quarterly["quarter"].tolist() == ["2018Q1", "2018Q2", "2018Q3", "2018Q4", "2019Q1"]
    assert quarterly["tension"].between(0.0, 1.0).all() and (quarterly["hazard"] > 0.0).all()
    by_state = model.datacollector.get_agent_vars_dataframe().dropna(subset=["spending"])
    assert len(by_state) == 5 * len(network().states)
    assert set(by_state["code"]) == set(network().states)
    assert by_state[by_state["code"] == "SRB"]["spending"].iloc[-1] == model.state("SRB").spending


def test_a_model_read_as_it_goes_is_the_same_member_of_the_ensemble():
    model = RegionModel("skydagger-delivery", seed=9, member=33, ensemble="prior")
    model.run_until("2026Q3")
    recorded = compiled(table_of("skydagger-delivery"), script("skydagger-delivery"), [33], seed=9, quarters=35)
    assert model.state("SRB").spending == recorded[PLACES[Series("spending", "SRB")], -1, 0]
    assert model.peacekeeper.tension == recorded[PLACES[Series("tension", "SRB", "XKX")], -1, 0]
    assert model.recorded(Series("trade", "SRB", "TUR")) == recorded[PLACES[Series("trade", "SRB", "TUR")], -1, 0]


class Hawk(StateAgent):
    """A state that spends a tenth more than the model says."""

    def update_budget(self) -> None:
        super().update_budget()
        self.spending *= 1.1


def test_a_model_is_by_its_defaults_the_member_of_a_run_with_the_same_options():
    options = {"seed": 3, "theory": "spiral", "settings": {"reaction.SRB": 0.4}, "until": "2026Q4"}
    member = RegionModel("skydagger-delivery", **options)
    member.run_until("2026Q4")
    of_run = run("skydagger-delivery", members=1, split=False, pictures="none", **options)
    assert member.state("SRB").spending == of_run.contrast("spending", "SRB").scenario.median[-1]
    assert member.params["reaction.SRB"] == 0.4


def test_an_agent_of_ones_own_class_takes_part_like_any_other():
    plain, own = (
        RegionModel("baseline", ensemble="prior"),
        RegionModel("baseline", ensemble="prior", agents={"SRB": Hawk}),
    )
    for model in (plain, own):
        model.step()
    assert own.state("SRB").spending == pytest.approx(1.1 * plain.state("SRB").spending, rel=1e-12)
    assert own.state("XKX").capital_stock == plain.state("XKX").capital_stock
    rows = own.datacollector.get_agent_vars_dataframe()
    assert rows[rows["code"] == "SRB"]["spending"].iloc[-1] == own.state("SRB").spending


@pytest.mark.parametrize(
    ("code", "message"), [("SRX", 'did you mean "SRB"'), ("NATO", "no subclass of PeacekeeperAgent")]
)
def test_an_agent_of_ones_own_for_another_role_or_nobody_is_refused(code, message):
    with pytest.raises(InputError, match=message):
        RegionModel("baseline", agents={code: Hawk})


def test_a_model_stops_running_and_goes_on_after_it_was_pickled():
    model = RegionModel("baseline", until="2018Q3")
    while model.running:
        model.step()
    assert model.quarter_name == "2018Q3"
    again = pickle.loads(pickle.dumps(model))
    for one in (model, again):
        one.step()
    assert again.quarter_name == "2018Q4"
    assert again.state("SRB").spending == model.state("SRB").spending
    assert again.datacollector.get_agent_vars_dataframe().equals(model.datacollector.get_agent_vars_dataframe())


def test_a_batch_run_of_mesa_ends_and_holds_what_the_agents_had():
    rows = batch_run(
        RegionModel, {"scenario": "baseline", "seed": [1, 2], "until": "2018Q2"}, data_collection_period=-1,
        display_progress=False,
    )  # fmt: skip
    assert {row["quarter"] for row in rows} == {"2018Q2"}
    assert len({row["spending"] for row in rows if row["code"] == "SRB"}) == 2


def test_a_model_takes_a_scenario_a_path_or_a_table():
    resolved = load_scenario("baseline")
    quiet = RegionModel(resolved, parameters=at_defaults(load_parameters(), chance=0.0))
    assert quiet.params["chance"] == 0.0
    assert RegionModel(resolved.file).params == RegionModel("baseline").params
