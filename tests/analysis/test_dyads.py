"""Two states on a plane: where they rest, which way they move, and that both forms agree on the plans."""

import numpy as np
import pytest

from sim.analysis.dyads import LogPair, middle, mutual_rivals, pair_of
from sim.analysis.richardson import race_class
from sim.analysis.stability import reaction_of
from sim.engines.compiled.engine import drawn_parameters
from sim.model.network import network
from sim.model.parameters import load_parameters

CALM = LogPair(("SRB", "XKX"), (0.8, 0.5), (0.2, 0.1), (0.3, 0.4), (0.9, 0.6), (0.3, 0.2))
HOT = LogPair(("SRB", "XKX"), (0.86, 2.1), (0.0, 0.0), (0.35, 0.35), (1.0, 1.0), (0.0, 0.0))
PLANS = (2400.0, 160.0)


@pytest.mark.parametrize("pair", [CALM, HOT])
def test_both_states_rest_on_their_plans(pair):
    assert (pair.growth(np.zeros(2)) == 0.0).all()
    assert pair.linear(PLANS).growth(PLANS) == pytest.approx([0.0, 0.0], abs=1e-9)
    assert pair.linear(PLANS).equilibrium() == pytest.approx(PLANS)


@pytest.mark.parametrize("pair", [CALM, HOT])
def test_the_linear_form_has_the_eigenvalues_of_the_logarithmic_one_on_the_plans(pair):
    step = 1e-5
    columns = [(pair.growth(step * e) - pair.growth(-step * e)) / (2.0 * step) for e in np.eye(2)]
    numeric = np.sort(np.linalg.eigvals(np.column_stack(columns)).real)
    assert np.sort(pair.linear(PLANS).eigenvalues.real) == pytest.approx(numeric, abs=1e-8)


def test_the_unit_of_money_moves_the_linear_coefficients_and_not_the_class():
    dollars, cents = CALM.linear(PLANS), CALM.linear((100.0 * PLANS[0], PLANS[1]))
    assert cents.reaction[0, 1] == pytest.approx(100.0 * dollars.reaction[0, 1])
    assert cents.eigenvalues.real == pytest.approx(dollars.eigenvalues.real)


@pytest.mark.parametrize("one", [0, 1])
def test_a_state_stands_still_on_its_nullcline(one):
    line = CALM.nullcline(one, np.linspace(-1.0, 1.0, 21))
    assert np.abs(CALM.growth(line)[:, one]).max() < 1e-12


def test_a_state_that_answers_nobody_rests_on_its_plan():
    deaf = LogPair(("SRB", "XKX"), (0.0, 0.5), (0.2, 0.1), (0.3, 0.4), (0.9, 0.6), (0.3, 0.2))
    assert (deaf.nullcline(0, np.linspace(-1.0, 1.0, 5))[:, 0] == 0.0).all()


def test_every_path_of_a_stable_pair_ends_at_rest_and_one_of_a_runaway_leaves():
    for start in ((0.7, -0.4), (-0.8, 0.9), (0.5, 0.5)):
        assert np.abs(CALM.trajectory(start, years=120.0)[-1]).max() < 1e-3
        assert np.abs(HOT.trajectory((0.3, 0.2), years=120.0)[-1]).max() > 3.0


@pytest.mark.parametrize(("pair", "name"), [(CALM, "stable"), (HOT, "runaway")])
def test_the_two_nation_condition_names_the_class(pair, name):
    holds, drives = pair.weights
    assert pair.race_class() == name
    assert pair.is_stable == (holds > drives) == (name == "stable")


def test_a_pair_is_read_from_the_region_by_name():
    table = load_parameters().with_overrides(
        {"reaction.GRC": 1.7, "fatigue.GRC": 0.8, "reaction.TUR": -0.6, "threat_share.GRC.TUR": 0.9}
    )
    reaction = reaction_of(table, drawn_parameters(table, members=range(3), seed=1)).member(1)
    pair = pair_of(reaction, ("TUR", "GRC"))
    assert pair.reaction == pytest.approx((-0.6, 1.7)) and pair.fatigue[1] == 0.8
    turkey, greece = (network().states.index(code) for code in ("TUR", "GRC"))
    assert pair.shares == (reaction.shares[turkey, greece], reaction.shares[greece, turkey])
    assert 0.0 < pair.shares[1] < 0.9  # the slope of a logarithm, times the share
    assert pair.rivalry == (reaction.rivalry[turkey], reaction.rivalry[greece])
    assert pair.linear((1.0, 1.0)).reaction[0, 1] < 0.0 and pair.is_stable


def test_pairs_that_threaten_each_other_are_named_once():
    pairs = mutual_rivals()
    assert ("SRB", "XKX") in pairs and ("GRC", "TUR") in pairs
    assert len({frozenset(pair) for pair in pairs}) == len(pairs)


def test_the_middle_race_has_the_median_of_every_number():
    table = load_parameters()
    reaction = reaction_of(table, drawn_parameters(table, members=range(51), seed=2))
    centre = middle(reaction)
    assert (centre.reaction == np.median(reaction.reaction, axis=0)).all()
    assert race_class(float(centre.stability_eigenvalue())) == "stable"
