"""The theory of linear races held against brute force, and the laboratory's own properties."""

import doctest
import math
import re

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.analysis.richardson import Integrator, LinearRace
from sim.rules import richardson as rules

Floats = NDArray[np.float64]

FLOORED: tuple[Integrator, ...] = ("euler", "rk4")


def bongers(z1: float = 1.0) -> LinearRace:
    """The race of Bongers, Gomez & Torres (2019), ch. 1: x1' = -.5 x1 + .25 x2 + 1 and the mirror image."""
    return LinearRace.pair(reaction=(0.25, 0.25), fatigue=(0.5, 0.5), grievance=(z1, 1.0))


# --- theory against brute force ------------------------------------------------------------------


def random_race(generator: np.random.Generator, nations: int, heat: float) -> LinearRace:
    """Race whose reactions add up to about `heat` times its fatigues."""
    reaction = generator.uniform(0.0, 2.0 * heat / (nations - 1), size=(nations, nations))
    np.fill_diagonal(reaction, 0.0)
    return LinearRace(
        reaction=reaction,
        fatigue=generator.uniform(0.1, 1.9, size=nations),
        grievance=generator.normal(size=nations),
    )


def random_races(seed: int, count: int, smallest: int = 2, largest: int = 8) -> list[LinearRace]:
    generator = np.random.default_rng(seed)
    return [
        random_race(
            generator=generator,
            nations=int(generator.integers(smallest, largest + 1)),
            heat=float(generator.uniform(0.3, 1.5)),
        )
        for _ in range(count)
    ]


def growth_bounds(nonnegative: Floats) -> tuple[float, float]:
    """Bounds on a positive matrix's growth factor per step (Collatz-Wielandt), after 2^12 steps."""
    power = nonnegative
    for _ in range(12):
        power = power @ power
        power /= power.max()
    crowd = power.sum(axis=1)
    factors = (nonnegative @ crowd) / crowd
    return float(factors.min()), float(factors.max())


def is_growing(race: LinearRace) -> bool:
    """Whether small steps of the race without grievance grow: no eigenvalue is computed."""
    n, step = race.nations, 0.5 / race.fatigue.max()
    low, high = growth_bounds(np.eye(n) + step * (race.reaction - np.diag(race.fatigue)))
    assert not low <= 1.0 <= high, "undetermined: take more steps"
    return low > 1.0


def test_ten_thousand_races_of_two_settle_exactly_when_fatigue_outweighs_reaction() -> None:
    """Richardson (1960): with positive fatigues stable if and only if ab > kl."""
    generator = np.random.default_rng(1960)
    settled = 0
    for k, el, a, b in generator.uniform(0.01, 2.0, size=(10_000, 4)):
        race = LinearRace.pair(reaction=(k, el), fatigue=(a, b), grievance=(1.0, 2.0))
        assert race.race_class(tolerance=0.0) == ("stable" if a * b > k * el else "runaway")
        settled += a * b > k * el
    assert 4_000 < settled < 6_000


def test_marginal_races_of_two_are_those_a_shift_of_fatigue_by_the_tolerance_would_decide() -> None:
    """Richardson (1960): ab > kl again, with both fatigues moved by the tolerance either way."""
    generator = np.random.default_rng(1919)
    tolerance, found = 0.05, {"stable": 0, "marginal": 0, "runaway": 0}
    for k, el, a, b in generator.uniform(0.1, 2.0, size=(3_000, 4)):
        race = LinearRace.pair(reaction=(k, el), fatigue=(a, b), grievance=(1.0, 2.0))
        if (a - tolerance) * (b - tolerance) > k * el:
            expected = "stable"
        else:
            settles = (a + tolerance) * (b + tolerance) > k * el
            expected = "marginal" if settles else "runaway"
        assert race.race_class(tolerance=tolerance) == expected
        found[expected] += 1
    assert min(found.values()) > 100


def test_ten_thousand_races_of_many_settle_exactly_when_small_steps_shrink() -> None:
    """Richardson (1960), n nations; Perron-Frobenius bounds stand in for the eigenvalues."""
    growing = 0
    for race in random_races(seed=1935, count=10_000):
        is_runaway = is_growing(race=race)
        assert race.race_class(tolerance=0.0) == ("runaway" if is_runaway else "stable")
        growing += is_runaway
    assert 3_000 < growing < 7_000


def test_textbook_minors_agree_with_small_steps() -> None:
    """Hawkins & Simon (1949); for two nations the last minor is Richardson's ab - kl."""
    for race in random_races(seed=1949, count=1_000):
        assert bool(np.all(race.stability_minors() > 0.0)) != is_growing(race=race)
    hot = LinearRace.pair(reaction=(1.0, 4.0), fatigue=(2.0, 3.0), grievance=(0.0, 0.0))
    margin = rules.stability_margin(own_fatigue=2.0, rival_fatigue=3.0, own_reaction=1.0, rival_reaction=4.0)
    np.testing.assert_allclose(hot.stability_minors(), [2.0, margin], rtol=1e-12)


def test_long_exact_paths_grow_in_runaway_races_and_stay_bounded_in_stable_ones() -> None:
    """Richardson (1960): what the class promises is what a long path does."""
    seen = set()
    for race in random_races(seed=1913, count=300):
        race_class = race.race_class(tolerance=0.02)
        if race_class == "marginal":
            continue
        joint = race.trajectory(np.ones(race.nations), steps=3, step=100.0).sum(axis=1)
        later_change, change = abs(joint[3] - joint[2]), abs(joint[2] - joint[1])
        assert (later_change > 2.0 * change) == (race_class == "runaway")
        seen.add(race_class)
    assert seen == {"stable", "runaway"}


def test_no_race_beats_gershgorin() -> None:
    """The stability eigenvalue lies between the least and the greatest row sum of the Jacobian."""
    for race in random_races(seed=1931, count=500):
        row_sums = race.reaction.sum(axis=1) - race.fatigue
        assert row_sums.min() - 1e-12 <= race.stability_eigenvalue <= row_sums.max() + 1e-12


def test_discrete_races_settle_exactly_when_every_mode_shrinks_in_a_step() -> None:
    """|1 + h eigenvalue| < 1, against Euler runs of 400 steps without grievance."""
    generator = np.random.default_rng(1768)
    undecided, seen = 0, {True: 0, False: 0}
    for race in random_races(seed=1769, count=300):
        step = float(generator.uniform(0.2, 1.8))
        quiet = LinearRace(reaction=race.reaction, fatigue=race.fatigue, grievance=np.zeros(race.nations))
        start = generator.normal(size=race.nations)
        path = quiet.trajectory(start, steps=400, step=step, integrator="euler")
        sizes = np.abs(path).max(axis=1)
        ratio = sizes[-1] / sizes[len(sizes) // 2]
        if 0.3 < ratio < 3.0:
            undecided += 1
            continue
        assert quiet.is_euler_stable(step=step) == (ratio < 1.0)
        seen[ratio < 1.0] += 1
    assert undecided < 15
    assert min(seen.values()) > 60


def test_too_long_a_step_makes_a_stable_race_look_like_a_runaway() -> None:
    """The fast mode of Bongers, Gomez & Torres (2019) decays at .75: the limit is 2/.75."""
    assert bongers().race_class() == "stable"
    assert bongers().is_euler_stable(step=2.66)
    assert not bongers().is_euler_stable(step=2.67)


def test_arms_of_equal_rivals_add_up_to_a_race_of_one() -> None:
    """Richardson (1960): d(x+y)/dt = (k - a)(x + y) + (g + h) when both share k and a."""
    race = LinearRace.pair(reaction=(0.9, 0.9), fatigue=(0.2, 0.2), grievance=(-3.0, 1.0))
    arms = np.array([7.0, 5.0])
    joint_growth = rules.joint_armament_growth(joint_arms=12.0, reaction=0.9, fatigue=0.2, joint_grievance=-2.0)
    assert race.growth(arms).sum() == pytest.approx(joint_growth, rel=1e-12)
    joint = race.trajectory(arms, steps=4).sum(axis=1)
    barrier = 2.0 / 0.7
    expected = [barrier + (12.0 - barrier) * math.exp(0.7 * year) for year in range(5)]
    np.testing.assert_allclose(joint, expected, rtol=1e-9)


def test_gap_between_equal_rivals_closes_at_the_sum_of_reaction_and_fatigue() -> None:
    """Richardson (1960): d(x-y)/dt = -(k + a)(x - y) + (g - h), even in a runaway race."""
    race = LinearRace.pair(reaction=(0.9, 0.9), fatigue=(0.2, 0.2), grievance=(1.0, 1.0))
    gap = race.trajectory([7.0, 5.0], steps=4) @ [1.0, -1.0]
    expected = [2.0 * math.exp(-1.1 * year) for year in range(5)]
    np.testing.assert_allclose(gap, expected, rtol=1e-9)


# --- properties of the laboratory ----------------------------------------------------------------


@pytest.mark.parametrize("integrator", FLOORED)
def test_no_nation_ever_holds_negative_arms_above_a_floor_of_zero(integrator: Integrator) -> None:
    touched = 0
    for race in random_races(seed=1945, count=200):
        path = race.trajectory(np.full(race.nations, 0.5), steps=40, step=0.25, integrator=integrator, floor=0.0)
        assert path.min() >= 0.0
        touched += path.min() == 0.0
    assert touched > 50


def test_disarmed_rival_on_the_floor_provokes_nothing() -> None:
    race = LinearRace.pair(reaction=(0.5, 0.0), fatigue=(1.0, 0.5), grievance=(2.0, -10.0))
    path = race.trajectory([2.0, 1.0], steps=400, step=0.05, integrator="rk4", floor=0.0)
    np.testing.assert_allclose(path[-1], [2.0, 0.0], rtol=1e-6)


def test_exact_path_refuses_a_floor_and_a_ban_on_scrapping() -> None:
    with pytest.raises(ValueError, match="straight line"):
        bongers().trajectory([1.0, 1.0], steps=1, floor=0.0)
    with pytest.raises(ValueError, match="straight line"):
        bongers().trajectory([1.0, 1.0], steps=1, scrapping=False)


def test_renaming_the_nations_renames_the_results() -> None:
    generator = np.random.default_rng(7)
    for race in random_races(seed=3, count=50, smallest=3):
        order = generator.permutation(race.nations)
        renamed = LinearRace(
            reaction=race.reaction[np.ix_(order, order)],
            fatigue=race.fatigue[order],
            grievance=race.grievance[order],
        )
        start = generator.uniform(0.0, 5.0, size=race.nations)
        for integrator in ("exact", *FLOORED):
            path = race.trajectory(start, steps=8, step=0.5, integrator=integrator)
            other = renamed.trajectory(start[order], steps=8, step=0.5, integrator=integrator)
            np.testing.assert_allclose(other, path[:, order], rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(renamed.multipliers(), race.multipliers()[np.ix_(order, order)], rtol=1e-6)
        assert renamed.outcome() == race.outcome()


def test_growth_of_a_pair_is_the_written_rule() -> None:
    race = LinearRace.pair(reaction=(0.3, 0.7), fatigue=(0.2, 0.5), grievance=(1.1, -0.4))
    own = rules.armament_growth(rival_arms=8.0, own_arms=10.0, reaction=0.3, fatigue=0.2, grievance=1.1)
    rival = rules.armament_growth(rival_arms=10.0, own_arms=8.0, reaction=0.7, fatigue=0.5, grievance=-0.4)
    np.testing.assert_allclose(race.growth([10.0, 8.0]), [own, rival], rtol=1e-12)


def test_row_of_the_reaction_matrix_is_the_nation_that_reacts() -> None:
    reaction = np.zeros((3, 3))
    reaction[2, 0] = 0.5
    race = LinearRace(reaction=reaction, fatigue=np.ones(3), grievance=np.zeros(3))
    np.testing.assert_allclose(race.growth([10.0, 0.0, 0.0]), [-10.0, 0.0, 5.0], rtol=1e-12)


def test_multipliers_are_the_answer_of_the_equilibrium_to_a_lasting_grievance() -> None:
    np.testing.assert_allclose(bongers().multipliers(), [[8 / 3, 4 / 3], [4 / 3, 8 / 3]], rtol=1e-12)
    shift = bongers(z1=2.0).equilibrium() - bongers(z1=1.0).equilibrium()
    np.testing.assert_allclose(shift, bongers().multipliers()[:, 0], rtol=1e-12)


def test_no_nation_grows_at_the_equilibrium() -> None:
    for race in random_races(seed=11, count=100):
        rest = race.equilibrium()
        np.testing.assert_allclose(race.growth(rest), np.zeros(race.nations), atol=1e-9 * max(1.0, np.abs(rest).max()))


def test_balanced_race_is_marginal_and_still_solved_exactly() -> None:
    """k = a: the sum grows by g + h a year, and there is no equilibrium to go to."""
    balanced = LinearRace.pair(reaction=(0.5, 0.5), fatigue=(0.5, 0.5), grievance=(2.0, 1.0))
    assert balanced.outcome() == "marginal"
    path = balanced.trajectory([1.0, 1.0], steps=10)
    np.testing.assert_allclose(path.sum(axis=1), 2.0 + 3.0 * np.arange(11.0), rtol=1e-9)
    gap = [1.0 - math.exp(-year) for year in range(11)]
    np.testing.assert_allclose(path @ [1.0, -1.0], gap, rtol=1e-9, atol=1e-12)
    with pytest.raises(ValueError, match="no unique equilibrium"):
        balanced.equilibrium()


def test_runge_kutta_is_fourth_order_and_euler_first() -> None:
    closed = np.array([4 + 5 * math.exp(-0.5) + math.exp(-1.5), 4 + 5 * math.exp(-0.5) - math.exp(-1.5)])

    def miss(integrator: Integrator, steps: int) -> float:
        path = bongers().trajectory([10.0, 8.0], steps=steps, step=2.0 / steps, integrator=integrator)
        return float(np.abs(path[-1] - closed).max())

    assert math.log2(miss("euler", 100) / miss("euler", 200)) == pytest.approx(1.0, abs=0.05)
    assert math.log2(miss("rk4", 10) / miss("rk4", 20)) == pytest.approx(4.0, abs=0.2)


def test_exact_path_does_not_depend_on_the_step() -> None:
    coarse = bongers().trajectory([10.0, 8.0], steps=5, step=2.0)
    fine = bongers().trajectory([10.0, 8.0], steps=40, step=0.25)
    np.testing.assert_allclose(fine[::8], coarse, rtol=1e-12)


def test_nation_stands_still_on_its_own_nullcline_and_both_do_where_they_cross() -> None:
    race = LinearRace.pair(reaction=(0.3, 0.7), fatigue=(0.6, 0.5), grievance=(1.1, -0.4))
    lines = race.nullclines(np.linspace(0.0, 20.0, 5))
    assert lines.shape == (2, 5, 2)
    for nation in (0, 1):
        np.testing.assert_allclose(race.growth(lines[nation])[:, nation], np.zeros(5), atol=1e-12)
    first, second = race.equilibrium()
    np.testing.assert_allclose(race.nullclines([second])[0, 0], [first, second], rtol=1e-12)
    np.testing.assert_allclose(race.nullclines([first])[1, 0], [first, second], rtol=1e-12)


def test_phase_plane_needs_two_nations_with_fatigue() -> None:
    three = LinearRace(reaction=np.zeros((3, 3)), fatigue=np.ones(3), grievance=np.ones(3))
    with pytest.raises(ValueError, match="two nations, this race has 3"):
        three.nullclines([0.0, 1.0])
    tireless = LinearRace.pair(reaction=(0.5, 0.5), fatigue=(0.0, 0.5), grievance=(1.0, 1.0))
    with pytest.raises(ValueError, match="without fatigue"):
        tireless.nullclines([0.0, 1.0])


def test_impossible_race_names_all_that_is_wrong() -> None:
    with pytest.raises(ValueError, match="nonzero diagonal"):
        LinearRace(reaction=np.array([[0.1, 0.2], [0.3, 0.0]]), fatigue=np.ones(2), grievance=np.ones(2))
    with pytest.raises(ValueError, match=r"reaction has shape \(2, 3\).*grievance has shape \(3,\)"):
        LinearRace(reaction=np.ones((2, 3)), fatigue=np.ones(2), grievance=np.ones(3))
    with pytest.raises(ValueError, match="fatigue holds a value that is not finite"):
        LinearRace.pair(reaction=(1.0, 1.0), fatigue=(1.0, math.nan), grievance=(1.0, 1.0))
    with pytest.raises(ValueError, match="no nation"):
        LinearRace(reaction=np.zeros((0, 0)), fatigue=np.zeros(0), grievance=np.zeros(0))
    with pytest.raises(ValueError, match=r"\(k, l\), got 3"):
        LinearRace.pair(reaction=(1.0, 1.0, 1.0), fatigue=(1.0, 1.0), grievance=(1.0, 1.0))


def test_impossible_path_says_what_to_change() -> None:
    with pytest.raises(ValueError, match="start must be 2 finite numbers"):
        bongers().trajectory([1.0, 2.0, 3.0], steps=1)
    with pytest.raises(ValueError, match="below the floor"):
        bongers().trajectory([1.0, -1.0], steps=1, integrator="rk4", floor=0.0)
    with pytest.raises(ValueError, match="step positive"):
        bongers().trajectory([1.0, 1.0], steps=1, step=0.0)
    with pytest.raises(ValueError, match="integrator is one of"):
        bongers().trajectory([1.0, 1.0], steps=1, integrator="heun")  # type: ignore[arg-type]
    hot = LinearRace.pair(reaction=(9.0, 9.0), fatigue=(1.0, 1.0), grievance=(1.0, 1.0))
    with pytest.raises(OverflowError, match="take fewer steps"):
        hot.trajectory([1.0, 1.0], steps=200)


def test_race_cannot_be_changed_after_it_was_checked() -> None:
    reaction = np.array([[0.0, 0.25], [0.25, 0.0]])
    race = LinearRace(reaction=reaction, fatigue=np.ones(2), grievance=np.ones(2))
    reaction[0, 1] = -1.0
    assert race.reaction[0, 1] == 0.25
    with pytest.raises(ValueError):  # noqa: PT011 - what numpy says is numpy's
        race.fatigue[0] = 5.0
    assert race.fatigue[0] == 1.0 and not race.reaction.flags.writeable


def test_written_examples_of_the_rules_hold() -> None:
    examples = doctest.testmod(rules)
    assert (examples.failed, examples.attempted > 6) == (0, True)


def test_every_argument_of_a_rule_is_documented_with_a_unit() -> None:
    for name, rule in vars(rules).items():
        if callable(rule) and rule.__module__ == rules.__name__:
            documented = re.findall(r"^ +(\w+) +: \[", rule.__doc__ or "", flags=re.MULTILINE)
            assert documented == [*rule.__code__.co_varnames[: rule.__code__.co_argcount], "returns"], name
