"""Whose word a direction is: worked out from the channels, and never from a list of names."""

from dataclasses import replace

import numpy as np
import pytest

from sim.directions import directions, taken_out
from sim.directions.directions import Directions, Effects, direction_of
from sim.engines.simulate import PreparedScenario, prepared_scenarios
from sim.io.quarters import index_of, quarters_of_year
from sim.model.directions import ASSUMED, BALANCE, ESTIMATED, UNCLEAR, is_signed, share_below
from sim.model.distributions import Distribution
from sim.model.parameters import load_parameters
from sim.model.variables import Series
from sim.scenario.mechanisms import Channel, channels

SERBIA, KOSOVO, HAZARD = Series("spending", "SRB"), Series("spending", "XKX"), Series("hazard", "SRB", "XKX")
DRONES = Series("loitering", "XKX")
YEAR = [index_of(quarter) for quarter in quarters_of_year(2027)]
MEMBERS = taken_out.MEMBERS_WHOLE
FEW = taken_out.MEMBERS_OUT


def asked(scenario, *series, settings=(), theory=None, fit="prior"):
    return Directions(prepared_scenarios(scenario, settings, theory, fit), series, 52, 1, fit)


@pytest.fixture
def titles(monkeypatch):
    """Three channels of no model."""
    known = tuple(Channel(name, f"channel {name}", {}) for name in ("up", "down", "open"))
    monkeypatch.setattr(directions, "channels", lambda: known)


def effects(**changes):
    """An effect of +1 in every simulation, which nothing but the file sets unless it is said otherwise."""
    plain = {
        "whole": np.ones(MEMBERS), "without": {}, "nothing": np.zeros(MEMBERS), "informed_turned": None,
        "uninformed_turned": None, "levers": {},
    }  # fmt: skip
    return Effects(**{**plain, **changes})


def label(given, signed=None, way=1):
    return direction_of(given, way, is_lucky=False, signed=signed or {}).label


# ---- the rule --------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("titles")
def test_a_direction_is_assumed_where_the_only_channel_cannot_turn():
    assert label(effects(without={"up": np.zeros(FEW)})) == ASSUMED


@pytest.mark.usefixtures("titles")
def test_channels_that_turn_the_effect_when_one_is_out_are_a_balance_of_assumptions():
    found = direction_of(
        effects(without={"up": np.full(FEW, -0.5), "down": np.full(FEW, 1.5)}), 1, is_lucky=False, signed={}
    )
    assert (found.label, found.deciding) == (BALANCE, ("up",))
    assert [(push.id, push.way, push.share) for push in found.pushes] == [("up", 1, 1.5), ("down", -1, 0.5)]


@pytest.mark.usefixtures("titles")
def test_a_channel_that_only_weakens_the_effect_is_named_and_changes_no_label():
    found = direction_of(
        effects(without={"up": np.zeros(FEW), "down": np.full(FEW, 1.3)}), 1, is_lucky=False, signed={}
    )
    assert found.label == ASSUMED and [push.way for push in found.pushes] == [1, -1]


@pytest.mark.usefixtures("titles")
@pytest.mark.parametrize(("is_informed", "expected"), [(True, ESTIMATED), (False, BALANCE)])
def test_a_number_of_either_sign_that_decides_is_estimated_only_if_something_informs_it(is_informed, expected):
    turned = {"informed_turned" if is_informed else "uninformed_turned": np.full(MEMBERS, -1.0)}
    given = effects(without={"open": np.zeros(FEW)}, **turned)
    assert label(given, {"open": is_informed}) == expected


@pytest.mark.usefixtures("titles")
def test_a_number_of_either_sign_that_cannot_turn_the_effect_does_not_decide():
    given = effects(without={"up": np.full(FEW, 0.2), "open": np.full(FEW, 0.8)}, informed_turned=np.full(MEMBERS, 0.6))
    assert label(given, {"open": True}) == ASSUMED


@pytest.mark.usefixtures("titles")
def test_simulations_that_go_the_other_way_without_luck_make_it_a_balance():
    whole = np.where(np.arange(MEMBERS) < 3, -0.5, 1.0)
    assert label(effects(whole=whole, without={"up": np.zeros(FEW)})) == BALANCE
    assert direction_of(effects(whole=whole, without={"up": np.zeros(FEW)}), 1, is_lucky=True, signed={}).label == (
        ASSUMED
    )


@pytest.mark.usefixtures("titles")
def test_changes_of_the_scenario_that_oppose_each_other_are_a_balance_however_unequal():
    given = effects(without={"up": np.zeros(FEW)}, levers={"drones": np.full(FEW, 1.01), "talks": np.full(FEW, -0.01)})
    found = direction_of(given, 1, is_lucky=False, signed={})
    assert (found.label, found.deciding) == (BALANCE, ("drones", "talks"))


@pytest.mark.usefixtures("titles")
def test_what_the_file_sets_by_itself_is_nobodys_assumption():
    assert label(effects(nothing=np.full(MEMBERS, 0.9), without={"up": np.full(FEW, 0.9)})) == ""


@pytest.mark.usefixtures("titles")
def test_a_fall_is_judged_as_a_rise_is():
    assert label(effects(whole=-np.ones(MEMBERS), without={"up": np.full(FEW, 0.5)}), way=-1) == BALANCE


# ---- which numbers may have either sign ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prior", "below"),
    [
        (Distribution("fixed", -0.1), 1.0),
        (Distribution("half_normal", 0.3, low=0.0), 0.0),
        (Distribution("lognormal", 1.0, 0.5), 0.0),
        (Distribution("one_plus_lognormal", 1.5, 0.5), 0.0),
        (Distribution("normal", 0.0, 2.0), 0.5),
        (Distribution("uniform", -1.0, 2.0), 0.5),
    ],
)
def test_share_of_a_prior_below_zero(prior, below):
    assert share_below(prior, 0.0) == pytest.approx(below)


def test_share_below_is_that_of_the_draws_of_the_model():
    table = load_parameters()
    row_of_kind = {prior.kind: row for row, prior in enumerate(table.distributions) if prior.kind != "fixed"}
    drawn = taken_out.drawn_parameters(table, 4000, seed=1)
    for kind, row in row_of_kind.items():
        value = float(np.quantile(drawn[row], 0.3))
        assert share_below(table.distributions[row], value) == pytest.approx(0.3, abs=0.03), kind


def test_a_prior_that_reaches_the_other_side_only_in_theory_is_not_of_either_sign():
    assert not is_signed(Distribution("normal", 1.0, 0.2, -5.0, 5.0), 0.0)
    assert is_signed(Distribution("normal", 0.3, 0.2, -5.0, 5.0), 0.0)
    assert not is_signed(Distribution("normal", 0.3, 0.2, 0.0, 5.0), 0.0)


# ---- on the model ----------------------------------------------------------------------------------------------------


def test_what_a_delivery_to_the_rival_does_to_spending_is_decided_by_an_estimate():
    found = asked("skydagger-delivery", SERBIA).of(SERBIA, YEAR, 1, relative=True)
    assert found.label == ESTIMATED and found.pushes[0].way == 1


def test_what_arms_do_to_incidents_is_a_balance_of_channels_that_oppose_each_other():
    found = asked("skydagger-delivery", HAZARD).of(HAZARD, YEAR, 1)
    assert found.label == BALANCE and {push.way for push in found.pushes} == {1, -1} and found.otherwise > 0.01


def test_drones_that_the_file_delivers_are_nobodys_assumption():
    assert asked("skydagger-delivery", DRONES).of(DRONES, YEAR, 1).label == ""


def test_nothing_is_said_of_what_does_not_move():
    found = asked("skydagger-delivery", SERBIA, theory="no-effect").of(SERBIA, YEAR, 1, relative=True)
    assert (found.label, found.pushes) == ("", ())


def test_nothing_is_said_of_a_series_that_was_not_named_beforehand():
    assert asked("skydagger-delivery", SERBIA).of(KOSOVO, YEAR, 1).label == ""


BOTH = """format_version: 1
title: Drones and dialogue
question: What if Serbia buys drones while dialogue resumes?
extends: skydagger-delivery
compare_to: skydagger-delivery
series:
  dialogue: {{2026Q1: 0.5}}
events:
  - {{id: drones, at: 2026Q1, type: order, supplier: TUR, buyer: SRB, class: uav, n: {n}, payment: credit, due: 2026Q4, note: t}}
"""


@pytest.mark.parametrize(("number", "way"), [(12, -1), (12_000, 1)])
def test_drones_and_dialogue_in_one_file_are_a_balance_at_any_number(tmp_path, number, way):
    file = tmp_path / "both.yaml"
    file.write_text(BOTH.format(n=number), encoding="utf-8")
    year = [index_of(quarter) for quarter in quarters_of_year(2030)]
    found = asked(file, KOSOVO).of(KOSOVO, year, way, relative=True)
    assert found.label == BALANCE
    assert {(lever.id, lever.way) for lever in found.levers} == {("series.dialogue", -1), ("drones", 1)}


# The channel on which Serbia's spending rests most is given a number of either sign, whatever it is called.


def signed_table(table, keys, prior, status):
    rows = {row for key in keys for row in table.rows_of(key)}
    names = {table.parameter(key).name for key in keys}
    flat = [replace(prior, low=-5.0, high=5.0) if row in rows else one for row, one in enumerate(table.distributions)]
    parts = iter(flat)
    return replace(table, parameters=tuple(
        replace(one, priors=tuple(next(parts) for _ in one.priors), **({"low": -5.0, "status": status} if one.name in names else {}))
        for one in table.parameters
    ))  # fmt: skip


def strongest_channel():
    found = asked("skydagger-delivery", SERBIA).of(SERBIA, YEAR, 1, relative=True)
    neutral = {channel.id: channel.neutral for channel in channels()}
    return next(
        push.id for push in found.pushes if set(neutral[push.id].values()) == {0} and len(neutral[push.id]) == 1
    )


@pytest.fixture(scope="module")
def deciding_key():
    name = strongest_channel()
    return next(iter(next(channel.neutral for channel in channels() if channel.id == name)))


def answer_with(monkeypatch, key, prior, status, value=None):
    """The direction of Serbia's spending where a channel's number has another prior and status; or is fixed by the user."""
    declared = signed_table(load_parameters(), [key], prior, status)
    monkeypatch.setattr(taken_out, "load_parameters", lambda: declared)
    monkeypatch.setattr(directions, "_asked_lately", {})
    pair = [
        PreparedScenario(
            side.scenario, declared if value is None else declared.with_overrides({key: value}), side.script
        )
        for side in prepared_scenarios("skydagger-delivery", (), None, "prior")
    ]
    return Directions(pair, (SERBIA,), 52, 1, "prior").of(SERBIA, YEAR, 1, relative=True)


MOSTLY_POSITIVE = Distribution("normal", 0.5, 0.25)


def test_a_reaction_that_is_estimated_and_may_be_negative_makes_the_direction_estimated(monkeypatch, deciding_key):
    found = answer_with(monkeypatch, deciding_key, MOSTLY_POSITIVE, "estimated")
    assert found.label == ESTIMATED
    assert any(push.is_signed for push in found.pushes)


def test_the_same_reaction_if_only_assumed_is_a_balance_of_assumptions(monkeypatch, deciding_key):
    assert answer_with(monkeypatch, deciding_key, MOSTLY_POSITIVE, "assumed").label == BALANCE


def test_the_same_reaction_fixed_at_a_positive_number_by_the_user_is_assumed(monkeypatch, deciding_key):
    assert answer_with(monkeypatch, deciding_key, MOSTLY_POSITIVE, "estimated", value=0.4).label == ASSUMED


def test_a_prior_of_the_users_own_is_not_estimated(monkeypatch, deciding_key):
    found = answer_with(monkeypatch, deciding_key, MOSTLY_POSITIVE, "estimated", value={"normal": [0.4, 0.3]})
    assert found.label == BALANCE


def test_draws_of_a_fit_are_put_back_to_their_priors():
    fitted = prepared_scenarios("skydagger-delivery", (), None, "documents-2025")[0].parameters
    assert fitted.fitted and taken_out.prior_of(fitted).distributions == load_parameters().distributions


def test_a_question_of_its_own_says_that_no_direction_is_clear():
    pair = prepared_scenarios("skydagger-delivery", (), None, "prior")
    quarter = index_of("2030Q4")
    found = directions.direction_between(pair, KOSOVO, quarter, members=100, seed=1, fit="prior")
    assert found.label == UNCLEAR


def test_the_same_pair_is_simulated_once_and_another_seed_or_setting_anew(monkeypatch):
    monkeypatch.setattr(directions, "_asked_lately", {})
    seen = []
    true = directions.variants

    def counted(pair, *arguments, **options):
        seen.append(options["seed"])
        return true(pair, *arguments, **options)

    monkeypatch.setattr(directions, "variants", counted)
    first = asked("skydagger-delivery", DRONES).of(DRONES, YEAR, 1)
    assert asked("skydagger-delivery", DRONES).of(DRONES, YEAR, 1) == first and len(seen) == 1
    asked("skydagger-delivery", DRONES, settings=("coupling=0",)).of(DRONES, YEAR, 1)
    replace(asked("skydagger-delivery", DRONES), seed=2).of(DRONES, YEAR, 1)
    assert seen == [1, 1, 2]
    for seed in range(3, 3 + directions.KEPT):
        replace(asked("skydagger-delivery", DRONES), seed=seed).of(DRONES, YEAR, 1)
    assert len(directions._asked_lately) == directions.KEPT
