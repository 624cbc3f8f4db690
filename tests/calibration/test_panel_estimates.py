"""Estimators of the reaction against sums done otherwise, and against panels whose reaction is known."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest

from sim.calibration.panel import hierarchical
from sim.calibration.panel.changes import LIMIT, changes_of
from sim.calibration.panel.held_out import _saving, _squared_errors, savings
from sim.calibration.panel.hierarchical import likelihood
from sim.calibration.panel.inputs import Rivalry, regions
from sim.calibration.panel.pooled import (
    DyadAlone,
    dyads_alone,
    effects,
    fieller,
    jackknifed,
    levels_of,
    mean_group,
    orthonormal,
    pooled,
    random_effects,
    shock_columns,
    taken_out,
)
from sim.calibration.panel.simulated import Truth, shuffled, simulated, strangers


def example_panel(pairs, years):
    """A figure of 1,000 in each year for some states, and as many rivalries: a ring, so that each state has two rivals."""
    states = list(regions())[: 4 * pairs : 4]
    known = range(2000 - years // 2, 2000 + years - years // 2)
    around = zip(states, [*states[1:], states[0]], strict=True)
    rivalries = tuple(Rivalry(one, other, known[0], known[-1]) for one, other in around)
    return {state: dict.fromkeys(known, 1000.0) for state in states}, rivalries


PAIRS = 10
SPENDING, RIVALRIES = example_panel(PAIRS, 24)
TRUTH = Truth(restraint=(0.15, 0.03), reaction=(0.06, 0.02), noise=(0.08, 0.3))
PANEL = simulated(SPENDING, RIVALRIES, TRUTH, 1)
DYADS, STATES = changes_of(PANEL.spending, RIVALRIES), changes_of(PANEL.spending, RIVALRIES, by="each")


# ---- rows --------------------------------------------------------------------------------------------------------------


SERIES = {
    "SRB": {2000: 100.0, 2001: 110.0, 2002: 121.0, 2003: 500.0, 2004: 550.0, 2006: 600.0},
    "XKX": {2000: 10.0, 2001: 11.0, 2002: 11.0, 2003: 11.0, 2004: 12.0, 2005: 12.0, 2006: 12.0},
    "ALB": {2001: 50.0, 2002: 50.0, 2003: 50.0, 2004: 50.0},
}
LIST = (Rivalry("SRB", "XKX", 2000, 2006), Rivalry("ALB", "SRB", 2002, 2004))


def test_a_row_is_the_growth_of_a_year_beside_both_levels_of_the_year_before():
    rows = changes_of(SERIES, LIST)
    first = [place for place, unit in enumerate(rows.unit) if rows.units[unit] == "SRB-XKX"]
    assert rows.year[first].tolist() == [2001, 2002, 2004]  # 2003 is a break, of 2005 Serbia's figure is not known
    assert rows.growth[first] == pytest.approx([math.log(1.1)] * 3)
    assert rows.own[first] == pytest.approx([math.log(100), math.log(110), math.log(500)])
    assert rows.level[first, 0] == pytest.approx([math.log(10), math.log(11), math.log(11)])
    assert rows.earlier[first[1]] == pytest.approx([math.log(100), math.log(10)])
    assert np.isnan(rows.earlier[first[0]]).all()


def test_a_break_of_either_series_is_left_out_in_both_directions():
    rows = changes_of(SERIES, LIST)
    assert math.log(500 / 121) > LIMIT
    assert 2003 not in rows.year
    kept = changes_of(SERIES, LIST, rival_limit=math.inf)
    assert {kept.units[unit] for unit in kept.unit[kept.year == 2003]} == {"XKX-SRB", "ALB-SRB"}


def test_both_years_of_a_change_lie_in_the_rivalry():
    rows = changes_of(SERIES, LIST, limit=math.inf)
    assert set(rows.year[[rows.units[unit] == "ALB-SRB" for unit in rows.unit]]) == {2003, 2004}


def test_by_state_a_budget_counts_once_and_a_new_set_of_rivals_has_its_own_intercept():
    rows = changes_of(SERIES, LIST, limit=math.inf, by="each")
    serbia = rows.rows(rows.unit == rows.units.index("SRB"))
    assert serbia.year.tolist() == [2001, 2002, 2003, 2004]
    assert rows.rivals[rows.units.index("SRB")] == ("XKX", "ALB")
    assert serbia.level[:, 1] == pytest.approx([0.0, 0.0, math.log(50), math.log(50)])
    assert len(set(serbia.spell[:2])) == len(set(serbia.spell[2:])) == 1
    assert serbia.spell[0] != serbia.spell[2]


@pytest.mark.parametrize(
    ("measure", "level"),
    [
        ("sum", math.log(11 + 50)),
        ("mean", 0.5 * (math.log(11) + math.log(50))),
        ("share", (79 / 7 * math.log(11) + 50 * math.log(50)) / (79 / 7 + 50)),
    ],
)
def test_several_rivals_are_taken_together_as_their_measure_says(measure, level):
    rows = changes_of(SERIES, LIST, limit=math.inf, by=measure)
    serbia = rows.rows(rows.unit == rows.units.index("SRB"))
    assert serbia.level[2, 0] == pytest.approx(level)  # the year before 2003: 11 and 50
    assert serbia.level[0, 0] == pytest.approx(math.log(10))


# ---- least squares -----------------------------------------------------------------------------------------------------


def dummies(rows, shocks, trends=False):
    """The same effects as columns."""
    units = (rows.spell[:, None] == np.unique(rows.spell)).astype(float)
    trend = (rows.unit[:, None] == np.unique(rows.unit)) * rows.year[:, None] if trends else np.zeros((len(rows), 0))
    return np.column_stack([units, shock_columns(rows, shocks), trend])


@pytest.mark.parametrize(("shocks", "trends"), [("none", True), ("year", False), ("region", True)])
def test_taking_effects_out_is_a_regression_with_a_column_for_each(shocks, trends):
    rows = DYADS.rows(DYADS.year > DYADS.year.max() - 10)
    columns = np.column_stack([levels_of(rows), dummies(rows, shocks, trends)])
    by_columns = np.linalg.lstsq(columns, rows.growth, rcond=None)[0][:2]
    assert pooled(rows, shocks, trends=trends).coefficients == pytest.approx(by_columns, abs=1e-8)


def test_changes_stand_beside_the_levels_if_asked_for():
    known = DYADS.rows(~np.isnan(DYADS.earlier).any(axis=1))
    before = np.column_stack([known.own, known.level[:, 0]]) - known.earlier
    columns = np.column_stack([known.own, known.level, known.change, before, dummies(known, "year")])
    by_columns = np.linalg.lstsq(columns, known.growth, rcond=None)[0][:5]
    found = pooled(DYADS, beside=["same year", "year before"])
    assert len(known) == len(DYADS) - 2 * PAIRS * 1
    assert found.coefficients == pytest.approx(by_columns, abs=1e-8)


@pytest.mark.parametrize(
    ("clusters", "together"),
    [
        ("unit", lambda one, other: one == other),
        ("pair", lambda one, other: set(one) == set(other)),
        ("state", lambda one, other: one[0] == other[0]),
    ],
)
def test_clustered_errors_are_sums_over_pairs_of_rows_of_a_cluster(clusters, together):
    estimate = pooled(DYADS)
    members = [(state, *rivals) for state, rivals in zip(DYADS.states, DYADS.rivals, strict=True)]
    sums = np.zeros((len(members), 2))
    np.add.at(sums, DYADS.unit, estimate.influence)
    pairs = itertools.product(range(len(members)), repeat=2)
    total = sum(np.outer(sums[a], sums[b]) for a, b in pairs if together(members[a], members[b]))
    groups = {"unit": 2 * PAIRS, "pair": PAIRS, "state": PAIRS}[clusters]
    assert estimate.covariance(clusters) == pytest.approx(total * groups / (groups - 1))


def test_errors_of_shared_states_count_every_pair_of_rows_once():
    estimate = pooled(DYADS)
    members = [{state, *rivals} for state, rivals in zip(DYADS.states, DYADS.rivals, strict=True)]
    sums = np.zeros((len(members), 2))
    np.add.at(sums, DYADS.unit, estimate.influence)
    pairs = list(itertools.product(range(len(members)), repeat=2))
    total = sum(np.outer(sums[a], sums[b]) for a, b in pairs if members[a] & members[b])
    both = sum(np.outer(sums[a], sums[b]) for a, b in pairs if members[a] == members[b])
    assert estimate.covariance("shared") == pytest.approx((total + both) * PAIRS / (PAIRS - 1) - both)


def test_the_long_run_is_told_by_the_ratios_that_a_test_does_not_refuse():
    covariance = np.array([[4e-4, 1e-4], [1e-4, 2e-4]])
    low, high = fieller(np.array([-0.1, 0.03]), covariance)
    for ratio in (low, high):
        contrast = np.array([ratio, 1.0])  # rival - ratio * restraint
        distance = contrast @ np.array([-0.1, 0.03]) / math.sqrt(contrast @ covariance @ contrast)
        assert abs(distance) == pytest.approx(1.6448536, rel=1e-5)
    assert fieller(np.array([-0.02, 0.03]), covariance) == (-math.inf, math.inf)
    assert fieller(np.array([0.1, 0.03]), covariance) == (-math.inf, math.inf)


def test_short_panels_overstate_the_restraint_and_the_jackknife_takes_most_of_it_back():
    truth = Truth(restraint=(0.05, 0.0), reaction=(0.0, 0.0), noise=(0.1, 0.0))
    panels = [changes_of(simulated(SPENDING, RIVALRIES, truth, seed).spending, RIVALRIES) for seed in range(8)]
    plain = np.mean([pooled(rows).coefficients for rows in panels], axis=0)
    corrected = np.mean([jackknifed(rows).coefficients for rows in panels], axis=0)
    assert -plain[0] > 2.0 * 0.05
    assert abs(-corrected[0] - 0.05) < 0.5 * abs(-plain[0] - 0.05)
    assert abs(plain[1]) < 0.03


def noisy(spending, spread, seed=3):
    rng = np.random.default_rng(seed)
    return {
        state: {year: amount * math.exp(spread * rng.standard_normal()) for year, amount in series.items()}
        for state, series in spending.items()
    }


def test_an_error_of_the_figures_passes_for_restraint_until_it_is_taken_out():
    spending, rivalries = example_panel(PAIRS, 150)
    truth = Truth(restraint=(0.15, 0.0), reaction=(0.06, 0.0), noise=(0.08, 0.0), year_shock=0.0)
    clean = simulated(spending, rivalries, truth, 2).spending
    rows = changes_of(noisy(clean, 0.08), rivalries)
    exact = pooled(changes_of(clean, rivalries), "none").coefficients
    assert pooled(rows, "none").coefficients[0] < exact[0] - 0.05
    assert pooled(rows, "none", figure_error=0.08).coefficients == pytest.approx(exact, abs=0.03)
    assert pooled(rows, "none", instruments=True).coefficients == pytest.approx(exact, abs=0.03)


def test_steady_budgets_weigh_more():
    """Erratic dyads of a strong reaction beside steady ones of none: weights bring the common reaction near zero."""
    rows = DYADS
    erratic = rows.unit % 2 == 0
    rng = np.random.default_rng(5)
    within = taken_out(rows.level, effects(rows, "none"))[:, 0]
    noise = rng.standard_normal(len(rows)) * np.where(erratic, 0.5, 0.02)
    made = replace(rows, growth=np.where(erratic, 1.0, 0.0) * within + noise)
    assert pooled(made, "none").coefficients[1] > 0.25
    assert pooled(made, "none", steady=True).coefficients[1] < 0.15


def test_a_dyad_alone_is_the_regression_of_its_years():
    found = dyads_alone(DYADS, least=12)
    assert len(found) == 2 * PAIRS
    one = found[3]
    rows = DYADS.rows(DYADS.unit == one.unit)
    columns = np.column_stack([levels_of(rows), np.ones(len(rows))])
    coefficients, squares, _, _ = np.linalg.lstsq(columns, rows.growth, rcond=None)
    assert (one.own, one.rival) == pytest.approx(tuple(coefficients[:2]))
    variance = np.linalg.inv(columns.T @ columns)[1, 1] * squares[0] / (len(rows) - 3)
    assert one.rival_error == pytest.approx(math.sqrt(variance))
    assert dyads_alone(DYADS, least=100) == []


def test_means_of_dyads_by_hand():
    """Reactions 0, 0.1 and 0.5 with errors 0.1, 0.1 and 0.2: weights 100, 100 and 25, mean 0.1, excess 4.5 over 2 degrees of freedom."""
    rows = [DyadAlone(0, -0.1, 0.1, 0.0, 0.1, 20), DyadAlone(1, -0.2, 0.1, 0.1, 0.1, 20)]
    rows.append(DyadAlone(2, -0.3, 0.1, 0.5, 0.2, 20))
    means, errors = mean_group(rows)
    assert means == pytest.approx([-0.2, 0.2])
    assert errors == pytest.approx([0.1 / math.sqrt(3), math.sqrt(0.07 / 3)])
    spread = (100 * 0.01 + 25 * 0.16 - 2) / (225 - (100**2 + 100**2 + 25**2) / 225)
    weights = [1 / (0.01 + spread), 1 / (0.01 + spread), 1 / (0.04 + spread)]
    mean, error, between = random_effects(rows)
    assert between**2 == pytest.approx(spread)
    assert mean == pytest.approx((0.1 * weights[1] + 0.5 * weights[2]) / sum(weights))
    assert error == pytest.approx(sum(weights) ** -0.5)


# ---- all dyads together ------------------------------------------------------------------------------------------------


def test_the_closed_form_is_the_whole_covariance_inverted():
    """The mixed model of a small panel by dense matrices: means, errors, every slope with its covariance, and the likelihood."""
    spending, rivalries = example_panel(5, 10)
    rows = changes_of(simulated(spending, rivalries, TRUTH, 4).spending, rivalries, by="each")
    width, units = 1 + rows.level.shape[1], len(rows.units)
    noise = np.linspace(0.08, 0.2, units)
    slopes = np.column_stack([rows.own, rows.level])
    means = np.column_stack([rows.own, rows.level.sum(axis=1), shock_columns(rows, "year")])
    left = taken_out(np.column_stack([rows.growth, slopes, means]), effects(rows, "none"))
    fixed = np.column_stack([left[:, 1 + width : 3 + width], orthonormal(left[:, 3 + width :])])
    moments = hierarchical._moments(rows, left[:, 0], left[:, 1 : 1 + width], fixed, noise)

    placed = np.zeros((len(rows), units * width))
    for row, unit in enumerate(rows.unit):
        placed[row, unit * width : (unit + 1) * width] = slopes[row]
    columns = np.column_stack([means[:, :2], shock_columns(rows, "year")[:, 1:], dummies(rows, "none")])

    def dense(spreads):
        prior = np.diag(np.tile([spreads[0] ** 2] + [spreads[1] ** 2] * (width - 1), units))
        precision = np.linalg.inv(placed @ prior @ placed.T + np.diag(noise[rows.unit] ** 2))
        information = columns.T @ precision @ columns
        coefficients = np.linalg.solve(information, columns.T @ precision @ rows.growth)
        rest = rows.growth - columns @ coefficients
        fit = np.linalg.slogdet(information)[1] - np.linalg.slogdet(precision)[1] + rest @ precision @ rest
        mean = np.tile([coefficients[0]] + [coefficients[1]] * (width - 1), units)
        single = mean + prior @ placed.T @ precision @ rest
        kind = np.tile([[1.0, 0.0]] + [[0.0, 1.0]] * (width - 1), (units, 1))
        choice = np.column_stack([kind, np.zeros((units * width, columns.shape[1] - 2))])
        pull = choice - prior @ placed.T @ precision @ columns
        covariance = prior - prior @ placed.T @ precision @ placed @ prior
        covariance = covariance + pull @ np.linalg.inv(information) @ pull.T
        return coefficients[:2], np.linalg.inv(information)[:2, :2], single, covariance, -0.5 * fit

    spreads = (0.05, 0.03)
    found = hierarchical._solved(*moments, spreads)
    coefficients, errors, single, covariance, likelihood = dense(spreads)
    assert found.fixed[:2] == pytest.approx(coefficients, abs=1e-9)
    assert found.covariance[:2, :2] == pytest.approx(errors, rel=1e-6)
    assert found.slopes.ravel() == pytest.approx(single, abs=1e-9)
    for unit in range(units):
        block = slice(unit * width, (unit + 1) * width)
        assert found.slope_covariance[unit] == pytest.approx(covariance[block, block], abs=1e-9)
    other = (0.1, 0.2)
    difference = found.log_likelihood - hierarchical._solved(*moments, other).log_likelihood
    assert difference == pytest.approx(likelihood - dense(other)[4], abs=1e-6)


TOGETHER = {sign: likelihood(STATES).posterior(sign) for sign in ("positive", "either", "flat")}


def test_reactions_of_a_known_panel_are_found():
    found = TOGETHER["flat"]
    assert found.reaction().low < 0.06 < found.reaction().high
    held = [
        reaction.low <= PANEL.reactions[state, rival] <= reaction.high
        for state, rival in found.slopes
        if rival
        for reaction in [found.reaction(state, rival)]
    ]
    assert len(held) == 2 * PAIRS
    assert np.mean(held) >= 0.75


def test_the_signed_prior_moves_the_mean_up_and_leaves_the_single_reaction_its_sign():
    signed, flat = TOGETHER["positive"], TOGETHER["flat"]
    assert signed.reaction().p_negative == 0.0 < flat.reaction().p_negative
    assert signed.reaction().mean > flat.reaction().mean
    state, rival = RIVALRIES[0].one, RIVALRIES[0].other
    assert 0.0 < signed.reaction(state, rival).p_negative < 1.0


def test_quantiles_are_those_of_the_mixture():
    found = TOGETHER["either"].reaction(RIVALRIES[0].one, RIVALRIES[0].other)
    assert found.low < found.median < found.high
    assert abs(found.median - found.mean) < found.sd
    two = hierarchical._marginal(np.array([[-1.0], [1.0]]), np.array([0.1, 0.1]), np.array([0.25, 0.75]))
    assert two.mean == pytest.approx(0.5)
    assert two.sd == pytest.approx(math.sqrt(0.25 * 2.25 + 0.75 * 0.25 + 0.01))
    assert two.p_negative == pytest.approx(0.25)
    assert two.low == pytest.approx(-1.0 - 0.1 * 0.8416, abs=1e-3)  # a fifth of the lower part


def test_the_prior_of_the_mean_is_laid_on_in_closed_form():
    """Middle 0.02, variance 0.02^2, prior of scale 0.1 cut at zero: mean and evidence by a sum over a fine grid."""
    values = np.linspace(0.0, 0.5, 200_001)
    product = np.exp(-0.5 * ((values - 0.02) / 0.02) ** 2 - 0.5 * (values / 0.1) ** 2)
    given = np.array([0.02]), np.array([0.02**2])
    log_prior, points = hierarchical._mean_points(*given, "positive")
    assert points.mean() == pytest.approx(values @ product / product.sum(), rel=0.01)
    whole = np.linspace(-0.5, 0.5, 200_001)
    without = np.exp(-0.5 * ((whole - 0.02) / 0.02) ** 2 - 0.5 * (whole / 0.1) ** 2)
    ratio = product.sum() * (values[1] - values[0]) / (without.sum() * (whole[1] - whole[0]))
    assert log_prior - hierarchical._mean_points(*given, "either")[0] == pytest.approx(math.log(ratio), abs=1e-4)


def test_the_same_panel_gives_the_same_posterior():
    again = likelihood(STATES).posterior()
    state, rival = RIVALRIES[1].one, RIVALRIES[1].other
    assert again.reaction(state, rival) == TOGETHER["positive"].reaction(state, rival)
    assert again.elasticity(state, rival) == TOGETHER["positive"].elasticity(state, rival)


# ---- no reaction -------------------------------------------------------------------------------------------------------


def test_strangers_are_no_rivals_and_have_the_years_of_the_list():
    for seed in range(5):
        found = strangers(PANEL.spending, RIVALRIES, seed)
        assert not {frozenset((one.one, one.other)) for one in found} & {
            frozenset((one.one, one.other)) for one in RIVALRIES
        }
        assert {(one.first_year, one.last_year) for one in found} == {(RIVALRIES[0].first_year, RIVALRIES[0].last_year)}
    assert strangers(PANEL.spending, RIVALRIES, 1) == strangers(PANEL.spending, RIVALRIES, 1)


def test_strangers_and_shuffled_years_show_no_reaction():
    strong = Truth(restraint=(0.3, 0.0), reaction=(0.12, 0.0), noise=(0.08, 0.0))
    panel = simulated(SPENDING, RIVALRIES, strong, 6).spending
    rows = changes_of(panel, RIVALRIES)
    strange = [pooled(changes_of(panel, strangers(panel, RIVALRIES, seed))).coefficients[1] for seed in range(12)]
    mixed = [pooled(shuffled(rows, seed)).coefficients[1] for seed in range(12)]
    assert pooled(rows).coefficients[1] > max(*strange, *mixed)
    assert abs(np.mean(mixed)) < 0.03
    assert np.mean(strange) < 0.5 * pooled(rows).coefficients[1]


def test_a_rivals_level_helps_to_predict_only_where_states_react():
    strong = Truth(restraint=(0.3, 0.0), reaction=(0.14, 0.0), noise=(0.05, 0.0))
    for truth, sign in ((strong, 1.0), (replace(strong, reaction=(0.0, 0.0)), -1.0)):
        rows = changes_of(simulated(SPENDING, RIVALRIES, truth, 8).spending, RIVALRIES)
        found = savings(rows)["rival's level beside the own one"]
        assert sign * found.share > 0.0
        assert found.years == 10


def test_what_a_level_saves_is_a_share_of_the_squared_error():
    """Unit 0: 4 and 2 become 1 and 2; unit 1: 4 becomes 5. Saved 3 - 1 of 10; spread from 3 - 0.2 * 6 and -1 - 0.2 * 4."""
    found = _saving(np.array([4.0, 2.0, 4.0]), np.array([1.0, 2.0, 5.0]), np.array([0, 0, 1]), 2)
    assert (found.share, found.positive, found.years) == (pytest.approx(0.2), 0.5, 2)
    assert found.error == pytest.approx(math.sqrt(1.8**2 + 1.8**2) / 10)


def test_a_year_is_predicted_from_the_years_before_it_alone():
    """Numbers of the last year itself, and of no later one, change its prediction's error and no other's."""
    rows = DYADS.rows(DYADS.year < DYADS.year.max())
    last = DYADS.year == DYADS.year.max()
    made = replace(DYADS, growth=np.where(last, DYADS.growth + 5.0 * (DYADS.unit % 2), DYADS.growth))
    unit, before = DYADS.unit, DYADS.year < DYADS.year.max()
    columns = np.column_stack([DYADS.growth, DYADS.own])
    other = np.column_stack([made.growth, made.own])
    errors = [_squared_errors(one, unit, before, last) for one in (columns, other)]
    assert len(rows) == before.sum()
    assert np.sqrt(errors[1]) - np.sqrt(errors[0]) == pytest.approx(
        np.abs(_left(columns, unit, before, last) + 5.0 * (unit[last] % 2)) - np.sqrt(errors[0])
    )


def _left(columns, unit, before, ahead):
    """Growth less its prediction, by a regression with an intercept for each unit."""
    dummies = (unit[:, None] == np.unique(unit)).astype(float)
    design = np.column_stack([columns[:, 1:], dummies])
    coefficients = np.linalg.lstsq(design[before], columns[before, 0], rcond=None)[0]
    return columns[ahead, 0] - design[ahead] @ coefficients


def test_lasting_shocks_of_regions_pass_for_a_reaction_until_year_and_region_are_taken_out():
    truth = Truth(restraint=(0.1, 0.0), reaction=(0.0, 0.0), noise=(0.05, 0.0), region_shock=0.06, unequal=0.5)
    states = ("SRB", "HRV", "ALB", "GRC", "IND", "PAK", "CHN", "JPN", "DZA", "MAR", "EGY", "IRN")
    spending = {state: dict.fromkeys(range(1990, 2020), 100.0) for state in states}
    pairs = tuple(Rivalry(one, other, 1990, 2019) for one, other in zip(states[::2], states[1::2], strict=True))
    panels = [changes_of(simulated(spending, pairs, truth, seed).spending, pairs) for seed in range(8)]
    by_year = np.mean([pooled(rows).coefficients[1] for rows in panels])
    by_region = np.mean([pooled(rows, "region").coefficients[1] for rows in panels])
    assert by_year > 0.05
    assert abs(by_region) < 0.5 * by_year


# ---- studies -----------------------------------------------------------------------------------------------------------


@pytest.mark.study
@pytest.mark.parametrize("reaction", [0.0, 0.03, 0.06])
def test_ranges_hold_the_reaction_as_often_as_they_say(reaction):
    """300 panels: nine ranges of ten hold the mean reaction, and the dyads' own."""
    truth = replace(TRUTH, reaction=(reaction, 0.02))
    means, single = [], []
    for seed in range(300):
        panel = simulated(SPENDING, RIVALRIES, truth, seed)
        found = likelihood(changes_of(panel.spending, RIVALRIES, by="each")).posterior("flat")
        means.append(found.reaction().low <= reaction <= found.reaction().high)
        for state, rival in found.slopes:
            if rival:
                own = found.reaction(state, rival)
                single.append(own.low <= panel.reactions[state, rival] <= own.high)
    assert 0.84 <= np.mean(means) <= 0.96
    assert 0.86 <= np.mean(single) <= 0.96
