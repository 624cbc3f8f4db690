"""Stability of the race: where a class flips, whatever the speeds, and that the simulated race fades as it is said to."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import expm

from sim.analysis.richardson import MARGINAL_BELOW, race_class
from sim.analysis.stability import (
    Reaction,
    is_stable_pair,
    reaction_of,
    stability_of,
)
from sim.data.tables import observed_paths
from sim.engines.compiled.engine import drawn_parameters, simulate
from sim.io.quarters import COUNT, index_of
from sim.model.network import network
from sim.model.parameters import load_parameters
from sim.model.schedule import Script, script_of
from sim.model.variables import Series
from sim.rules.capability import threat_from
from sim.rules.spending import log_spending_gap_next
from sim.rules.stocks import capital_next, capital_start
from sim.scenario.event_types import event_adapter
from tests.best_guess import best_guess

steady = settings(max_examples=200)
TINY = 1e-12


def table():
    return load_parameters()


def region(**over):
    """All states at the best guess of every parameter, one member."""
    return reaction_of(best_guess(**over), drawn_parameters(best_guess(**over), members=[0], seed=1))


def without_rivalry(race):
    """The race of states that see their rivals' arms and not their own."""
    return replace(race, rivalry=np.zeros_like(race.reaction))


def pair(reactions, fatigues=(0.0, 0.0), shares=(1.0, 1.0), rivalry=0.0, speeds=(0.35, 0.2), renewal=(0.1, 0.13)):
    return Reaction(
        reaction=np.array(reactions, dtype=float),
        fatigue=np.array(fatigues, dtype=float),
        adjustment=np.array(speeds, dtype=float),
        shares=np.array([[0.0, shares[0]], [shares[1], 0.0]]),
        rivalry=np.broadcast_to(np.array(rivalry, dtype=float), 2),
        renewal=np.array(renewal, dtype=float),
    )


def random_pairs(count=10_000, rivalry_max=0.6):
    draw = np.random.default_rng(20180107)
    shares = np.zeros((count, 2, 2))
    shares[:, 0, 1], shares[:, 1, 0] = draw.uniform(0.1, 1.0, (2, count))
    return Reaction(
        reaction=draw.lognormal(0.3, 0.8, (count, 2)),
        fatigue=draw.uniform(0.0, 1.5, (count, 2)),
        adjustment=draw.lognormal(math.log(0.35), 0.5, (count, 2)),
        shares=shares,
        rivalry=draw.uniform(0.0, rivalry_max, (count, 1)).repeat(2, axis=1) if rivalry_max else np.zeros((count, 2)),
        renewal=draw.uniform(0.05, 0.25, (count, 2)),
    )


# ---- the threshold -----------------------------------------------------------------------------------------------------


def scaled_to(radius):
    """The region without rivalry and fatigue, all reactions raised together until the spectral radius is as given."""
    now = without_rivalry(region(fatigue=0.0))
    return now.scaled(radius / now.spectral_radius())


@pytest.mark.parametrize("excess", [1e-9, 1e-6, 1e-3, 0.1, 1.0])
def test_raising_every_reaction_past_spectral_radius_one_turns_the_region_into_a_runaway_exactly_there(excess):
    below, above = scaled_to(1.0 - 0.5 * excess), scaled_to(1.0 + excess)
    assert below.spectral_radius().item() < 1.0 < above.spectral_radius().item()
    assert below.stability_eigenvalue().item() < 0.0 < above.stability_eigenvalue().item()
    assert race_class(below.stability_eigenvalue().item(), tolerance=TINY) == "stable"
    assert race_class(above.stability_eigenvalue().item(), tolerance=TINY) == "runaway"


def test_at_the_threshold_the_race_neither_fades_nor_grows():
    assert scaled_to(1.0).stability_eigenvalue().item() == pytest.approx(0.0, abs=1e-12)
    assert race_class(scaled_to(1.0).stability_eigenvalue().item()) == "marginal"


def test_classes_are_named_by_the_sign_of_a_rate_that_is_not_too_small_to_see():
    assert [race_class(rate) for rate in (-0.2, -MARGINAL_BELOW, -0.004, 0.0, 0.004, MARGINAL_BELOW, 0.2)] == [
        "stable", "stable", "marginal", "marginal", "marginal", "runaway", "runaway",
    ]  # fmt: skip


def test_hot_preset_is_a_runaway():
    """Long-run elasticities 0.86 and 2.1 with full shares and nothing that tires: their product is 1.806."""
    hot = pair((0.86, 2.1))
    assert hot.spectral_radius().item() ** 2 == pytest.approx(0.86 * 2.1, rel=1e-12)
    assert race_class(hot.stability_eigenvalue().item()) == "runaway"
    assert not is_stable_pair((0.86, 2.1), (0.0, 0.0), (1.0, 1.0))


def test_region_at_the_best_guess_is_stable():
    assert race_class(region().stability_eigenvalue().item()) == "stable"
    assert region().spectral_radius().item() < 1.0


def test_without_coupling_nobody_reacts_and_every_state_returns_at_its_own_speed():
    alone = region(coupling=0.0)
    assert alone.spectral_radius().item() == 0.0
    slowest = max((-alone.adjustment * (1.0 + alone.fatigue)).max(), (-alone.renewal).max())
    assert alone.stability_eigenvalue().item() == pytest.approx(slowest, rel=1e-9)


# ---- two nations -------------------------------------------------------------------------------------------------------


def test_two_nation_condition_agrees_with_the_eigenvalues_on_ten_thousand_races():
    races = random_pairs()
    own = 1.0 + races.fatigue + races.rivalry * races.reaction
    outweighed = own.prod(axis=1) - races.reaction.prod(axis=1) * races.shares[:, 0, 1] * races.shares[:, 1, 0]
    eigenvalue = races.stability_eigenvalue()
    clear = np.abs(outweighed) > 1e-9
    assert clear.mean() > 0.999
    assert ((eigenvalue < 0.0) == (outweighed > 0.0))[clear].all()
    assert (outweighed < 0.0).mean() > 0.02  # enough of both classes to tell them apart
    for n in range(0, 10_000, 97):
        stated = is_stable_pair(
            tuple(races.reaction[n]),
            tuple(races.fatigue[n]),
            (races.shares[n, 0, 1], races.shares[n, 1, 0]),
            tuple(races.rivalry[n]),
        )
        assert stated == (outweighed[n] > 0.0)


def test_without_rivalry_the_spectral_radius_decides_on_ten_thousand_races():
    races = random_pairs(rivalry_max=0.0)
    radius, eigenvalue = races.spectral_radius(), races.stability_eigenvalue()
    clear = np.abs(radius - 1.0) > 1e-9
    assert ((radius < 1.0) == (eigenvalue < 0.0))[clear].all()


def test_speeds_of_adjustment_and_renewal_never_change_the_class_of_two_nations():
    races = random_pairs()
    draw = np.random.default_rng(20180108)
    other = Reaction(
        races.reaction,
        races.fatigue,
        draw.lognormal(math.log(0.35), 1.0, races.adjustment.shape),
        races.shares,
        races.rivalry,
        draw.uniform(0.01, 0.6, races.renewal.shape),
    )
    one, two = races.stability_eigenvalue(), other.stability_eigenvalue()
    clear = np.minimum(np.abs(one), np.abs(two)) > 1e-9
    assert ((one < 0.0) == (two < 0.0))[clear].all()
    assert not np.allclose(one, two)


@steady
@given(
    reactions=st.tuples(st.floats(0.0, 5.0), st.floats(0.0, 5.0)),
    fatigues=st.tuples(st.floats(0.0, 5.0), st.floats(0.0, 5.0)),
    shares=st.tuples(st.floats(0.0, 1.0), st.floats(0.0, 1.0)),
    rivalry=st.tuples(st.floats(0.0, 1.0), st.floats(0.0, 1.0)),
)
def test_two_nations_swap_places_without_consequence(reactions, fatigues, shares, rivalry):
    swapped = is_stable_pair(reactions[::-1], fatigues[::-1], shares[::-1], rivalry[::-1])
    assert is_stable_pair(reactions, fatigues, shares, rivalry) == swapped


@steady
@given(
    reactions=st.tuples(st.floats(0.0, 1e3), st.floats(0.0, 1e3)), shares=st.tuples(st.floats(0, 1), st.floats(0, 1))
)
def test_full_rivalry_always_settles(reactions, shares):
    """Who reacts to the gap alone stops when the gap is closed: (1 + k)(1 + l) > k l."""
    assert is_stable_pair(reactions, (0.0, 0.0), shares, rivalry=(1.0, 1.0))


# ---- matrices ----------------------------------------------------------------------------------------------------------


def test_jacobian_is_the_derivative_of_the_law_of_motion():
    """The law in log spending m and log capital k, written down again and differentiated by central differences."""
    race = region()
    kappa, phi, alpha, chi = (race.reaction[0], race.fatigue[0], race.adjustment[0], race.rivalry[0])
    shares, renewal, size = race.shares[0], race.renewal[0], len(network().states)

    def motion(place):
        m, k = place[:size], place[size:]
        threat = np.array([sum(shares[i, j] * k[j] for j in range(size)) - chi[i] * k[i] for i in range(size)])
        budget = alpha * (kappa * threat - phi * (np.exp(m) - 1.0) - m)
        capital = renewal * (np.exp(m - k) - 1.0)
        return np.concatenate([budget, capital])

    step = 1e-6
    numeric = np.column_stack([(motion(step * e) - motion(-step * e)) / (2.0 * step) for e in np.eye(2 * size)])
    np.testing.assert_allclose(race.jacobian()[0], numeric, atol=1e-8)
    slowest = np.linalg.eigvals(numeric).real.max()
    assert race.stability_eigenvalue()[0] == pytest.approx(slowest, abs=1e-7)


def test_multipliers_are_the_sum_of_all_rounds_of_reaction():
    race = region()
    direct = np.diag(1.0 / (1.0 + race.fatigue[0]))
    round_, total = direct, np.zeros_like(direct)
    for _ in range(500):
        total = total + round_
        round_ = race.reaction_matrix()[0] @ round_
    np.testing.assert_allclose(race.multipliers()[0], total, rtol=1e-10, atol=1e-14)


def test_without_rivalry_no_state_answers_a_shock_by_spending_less():
    assert (region().reaction > 0.0).all()
    assert (without_rivalry(region()).multipliers() >= 0.0).all()


def test_members_are_read_one_by_one():
    """Many members at once give what each gives alone."""
    drawn = drawn_parameters(table(), members=range(9), seed=3)
    together = reaction_of(table(), drawn)
    for member in range(9):
        alone = reaction_of(table(), drawn[:, member : member + 1])
        assert together.stability_eigenvalue()[member] == pytest.approx(alone.stability_eigenvalue().item(), rel=1e-12)
        assert together.spectral_radius()[member] == pytest.approx(alone.spectral_radius().item(), rel=1e-12)


# asymmetric values, so that a row taken for another shows
ASYMMETRIC = {
    "coupling": 0.5, "reaction.GRC": 1.7, "reaction.TUR": 0.6, "fatigue.GRC": 0.8, "adjustment.GRC": 0.9,
    "depreciation": 0.11, "gdp_growth.GRC": 0.017, "procurement_share.GRC": 0.2, "procurement_share.TUR": 0.3,
    "spending_scale.TUR": 1.1, "capital_growth": 0.02, "exaggeration": 0.0, "exaggeration.GRC": 0.5,
    "relation_base.GRC.TUR": -0.4, "relation_base.TUR.GRC": -0.3, "threat_share.GRC.TUR": 0.9,
    "threat_share.TUR.GRC": 0.25, "guarantee_worth": 4000.0, "guarantee_cover.GRC": 0.5, "guarantee_presence": 0.25,
}  # fmt: skip


def threats_of_greece_and_turkey(greek, turkish):
    """Their threats by the model's own rule, under the asymmetric values, at given arms."""
    return (
        0.9 * threat_from(hostility=0.4, arms=1.5 * turkish, own_arms=greek, guarantee=2000.0),
        0.25 * threat_from(hostility=0.3, arms=greek, own_arms=turkish, guarantee=0.0),
    )


def kept_up(state, scale, share):
    """Arms that the last published budget of a state keeps up."""
    path = observed_paths()[network().states.index(state)]
    spending = scale * path.burden[-1] * path.gdp[-1]
    return capital_start(spending=spending, procurement_share=share, depreciation=0.11, growth=0.02)


def test_every_parameter_stands_where_the_region_looks_for_it_and_shares_are_slopes_of_the_threat():
    race, states = region(**ASYMMETRIC), network().states
    greece, turkey = states.index("GRC"), states.index("TUR")
    assert race.reaction[0, greece] == pytest.approx(0.85) and race.reaction[0, turkey] == pytest.approx(0.3)
    assert race.fatigue[0, greece] == 0.8 and race.adjustment[0, greece] == 0.9
    assert race.renewal[0, greece] == pytest.approx(0.127)
    arms, up, down = (kept_up("GRC", 1.0, 0.2), kept_up("TUR", 1.1, 0.3)), math.exp(1e-5), math.exp(-1e-5)
    more = [threats_of_greece_and_turkey(up * arms[0], arms[1]), threats_of_greece_and_turkey(arms[0], up * arms[1])]
    less = [
        threats_of_greece_and_turkey(down * arms[0], arms[1]), threats_of_greece_and_turkey(arms[0], down * arms[1])
    ]  # fmt: skip
    slopes = (np.array(more) - np.array(less)).T / 2e-5
    both = [greece, turkey]
    assert race.net_shares[0][np.ix_(both, both)] == pytest.approx(slopes, rel=1e-6)
    assert race.rivalry[0, greece] < race.shares[0, greece, turkey]  # part of what shields it is its guarantors'
    assert race.rivalry[0, turkey] == pytest.approx(race.shares[0, turkey, greece], rel=1e-12)
    assert race.reaction_matrix()[0, greece, turkey] == pytest.approx(0.85 / 1.8 * slopes[0, 1], rel=1e-6)


def test_no_state_feels_threatened_by_a_rival_towards_whom_it_is_friendly():
    race = region(**{"relation_base.GRC.TUR": 0.2})
    greece = network().states.index("GRC")
    assert not race.shares[0, greece].any() and race.rivalry[0, greece] == 0.0


def test_output_says_what_is_frozen_and_its_shares_sum_to_one():
    found = stability_of(reaction_of(table(), drawn_parameters(table(), members=range(200), seed=1)))
    assert "frozen" in found["subsystem"]
    assert sum(found["share_of_members"].values()) == pytest.approx(1.0)
    assert set(found["share_of_members"]) == {"stable", "marginal", "runaway"}
    eigenvalues = found["eigenvalue_per_year"]
    assert eigenvalues["q05"] < eigenvalues["q50"] < 0.0 and eigenvalues["q50"] < eigenvalues["q95"]
    radius = found["spectral_radius"]
    assert 0.0 < radius["q05"] < radius["q50"] < radius["q95"]


# ---- against the simulated race ----------------------------------------------------------------------------------------

FROZEN = {"chance": 0.0, "grant_response": 0.0, "grant_base": 0.0, "reaction": 0.0, "fatigue": 0.0, "exaggeration": 0.0}
# plans that hold the burdens of 2023 in economies that grow alike, and nobody's guarantee
EVEN = {
    "burden_max": 0.15, "gdp_growth": 0.03, "guarantee_worth": 0.0, "threat_share.SRB.XKX": 1.0,
    **{f"burden_goal.{state}": path.burden[-1] for state, path in zip(network().states, observed_paths(), strict=True)},
}  # fmt: skip
REACTIONS = pytest.mark.parametrize("reaction", [(0.6, 0.9), (4.0, 3.0), (9.0, 9.0)], ids=["calm", "tense", "hot"])


def echo(until, reaction, **over):
    """Log spending and log arms of Serbia and Kosovo after a supplement to Serbia's budget, against the same world without it.

    The supplement starts in 2024: until 2023 a world's threat is that which its published budgets answer.
    """
    parameters = best_guess(**{**FROZEN, **EVEN, "reaction.SRB": reaction[0], "reaction.XKX": reaction[1], **over})
    more = {"id": "more", "at": "2024Q1", "type": "supplement", "actor": "SRB", "change": 0.05, **until}
    script = script_of([event_adapter().validate_python(more)])
    series = [Series(variable, state) for variable in ("spending", "capability") for state in ("SRB", "XKX")]
    run = {"members": [0], "seed": 1, "quarters": COUNT, "series": series}
    change = np.log(simulate(parameters, script, **run) / simulate(parameters, Script(()), **run))
    return change[..., 0], reaction_of(parameters, drawn_parameters(parameters, members=[0], seed=1))


def places_of_both():
    return [network().states.index(state) for state in ("SRB", "XKX")]


@REACTIONS
def test_a_shock_to_the_simulated_race_passes_as_the_jacobian_says(reaction):
    """Over two years, from a year after a supplement of one year has ended; the engine's quarters cost two per cent."""
    change, race = echo({"until": "2024Q4"}, reaction, adjustment=0.35, depreciation=0.3)
    places = np.array(places_of_both())
    rows = np.concatenate([places, places + len(network().states)])
    before, after = change[:, index_of("2026Q1")], change[:, index_of("2028Q1")]
    stated = expm(2.0 * race.jacobian()[0][np.ix_(rows, rows)]) @ before
    assert np.abs(after - before).max() > 0.3 * np.abs(before).max()
    np.testing.assert_allclose(after, stated, atol=0.03 * np.abs(before).max())


@REACTIONS
def test_a_lasting_shock_to_the_simulated_race_ends_at_the_multipliers(reaction):
    change, race = echo({}, reaction, adjustment=3.0, depreciation=0.5)
    stated = race.multipliers()[0][places_of_both(), places_of_both()[0]]
    assert change[:2, -1] == pytest.approx(stated * math.log(1.05), rel=0.03)  # 12 years on


# ---- against the rules themselves --------------------------------------------------------------------------------------


def quarter_of(race, years):
    """One step of (log spending, log capital) off the plans by the model's own rules, all else frozen."""
    kappa, phi, alpha = (part[0].tolist() for part in (race.reaction, race.fatigue, race.adjustment))
    shares, renewal, chi, size = (
        race.shares[0].tolist(),
        race.renewal[0].tolist(),
        race.rivalry[0].tolist(),
        len(race.shares[0]),
    )
    rivals = [[(j, share) for j, share in enumerate(row) if share > 0.0] for row in shares]

    def step(place):
        m, k = place[:size], place[size:]
        new_m, new_k = [], []
        for i in range(size):
            felt = sum(share * k[j] for j, share in rivals[i]) - chi[i] * k[i]
            new_m.append(
                log_spending_gap_next(
                    log_spending_gap=m[i],
                    desired_gap=kappa[i] * felt,
                    fatigue=phi[i],
                    adjustment=alpha[i],
                    years=years,
                    shock=0.0,
                )
            )
            held = capital_next(
                capital=math.exp(k[i]), inflow=renewal[i] * math.exp(m[i]), depreciation=renewal[i], years=years
            )
            new_k.append(math.log(held))
        return np.array(new_m + new_k)

    return step


def numeric_jacobian(race, nudge=1e-3):
    """Speed of motion near the plans, by differences of the rules in place and, towards no time at all, in time."""

    def speeds(years):
        step = quarter_of(race, years)
        size = 2 * len(race.shares[0])
        columns = [(step((nudge * e).tolist()) - step((-nudge * e).tolist())) / (2.0 * nudge) for e in np.eye(size)]
        return (np.column_stack(columns) - np.eye(size)) / years

    return 2.0 * speeds(5e-4) - speeds(1e-3)


def test_eigenvalues_equal_those_of_the_rules_differentiated_numerically_on_three_hundred_draws():
    drawn = drawn_parameters(table(), members=range(300), seed=5)
    races = reaction_of(table(), drawn)
    for member in range(300):
        one = races.member(slice(member, member + 1))
        numeric = np.linalg.eigvals(numeric_jacobian(one)).real.max()
        assert numeric == pytest.approx(one.stability_eigenvalue().item(), abs=1e-6)


@pytest.mark.parametrize("factor", [0.5, 0.9, 1.1, 2.0])
def test_class_agrees_with_what_four_centuries_of_the_rules_do(factor):
    """Draws whose reactions stand so far from their own threshold; a push of a millionth, so that fatigue stays linear.

    Draws whose threshold lies beyond thirty times their reaction are left out: a step of a quarter is too long for those.
    """
    races = reaction_of(table(), drawn_parameters(table(), members=range(12), seed=7))
    edge = races.threshold_scaling()
    races, near = races.scaled(factor * edge), np.flatnonzero(edge < 30.0).tolist()
    assert len(near) >= 8
    for member in near:
        one = races.member(slice(member, member + 1))
        name = race_class(one.stability_eigenvalue().item(), tolerance=TINY)
        assert name == ("stable" if factor < 1.0 else "runaway")
        step, place = quarter_of(one, 0.25), np.full(2 * len(one.shares[0]), 1e-6)
        sizes = []
        for _ in range(4):
            for _ in range(400):
                place = step(place.tolist())
            sizes.append(np.abs(place).max())
            place *= 1e-6 / sizes[-1]
        grown = np.log(
            np.array(sizes[1:]) / 1e-6
        ).sum()  # over three centuries: where it swings, one alone may end on any phase
        assert (grown > 0.0) == (name == "runaway")


def test_threshold_is_where_the_eigenvalue_is_zero():
    races = reaction_of(table(), drawn_parameters(table(), members=range(300), seed=3))
    edge = races.threshold_scaling()
    assert ((edge > 1.0) == (races.stability_eigenvalue() < 0.0)).all()
    assert (edge > 1.0).mean() > 0.8
    assert np.abs(races.scaled(edge).stability_eigenvalue()).max() < 1e-6
    assert (races.scaled(0.999 * edge).stability_eigenvalue() < 0.0).all()


def test_rivalry_can_make_the_race_swing_before_it_grows_and_the_threshold_is_found_there():
    """Three states in a ring, each reacting to the next and strongly to its own level: the edge is an oscillation."""
    ring = Reaction(
        reaction=np.full((1, 3), 1.0),
        fatigue=np.zeros((1, 3)),
        adjustment=np.full((1, 3), 1.0),
        shares=np.array([[[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]]),
        rivalry=np.full((1, 3), 0.99),
        renewal=np.full((1, 3), 1.0),
    )
    edge = ring.threshold_scaling()
    assert np.isfinite(edge).all()
    assert ring.scaled(edge).stability_eigenvalue() == pytest.approx(0.0, abs=1e-6)
    leading = np.linalg.eigvals(ring.scaled(edge).jacobian()[0])
    assert abs(leading[leading.real.argmax()].imag) > 0.1


def test_a_race_in_which_nobody_reacts_has_no_threshold():
    alone = region(coupling=0.0)
    assert np.isinf(alone.threshold_scaling()).all()
    assert stability_of(alone)["threshold_scaling"] == {"q05": None, "q50": None, "q95": None}


def test_pace_is_that_of_the_eigenvalue():
    found = stability_of(region())
    rate = found["eigenvalue_per_year"]["q50"]
    assert found["half_time_years"]["q50"] == pytest.approx(math.log(2.0) / -rate)
    assert found["doubling_time_years"] is None
