"""Growth of spending: what the sampler recovers of growth whose spreads are known, and the numbers that ship."""

import numpy as np
import pytest

from sim.calibration.smc import generator
from sim.calibration.spending.derived import (
    FIRST,
    PLEDGED_SINCE,
    SOURCE,
    delay,
    goal_spread,
    growth_posterior,
    step_posterior,
)
from sim.calibration.spending.growth import Model, posterior
from sim.calibration.spending.record import read_record
from sim.calibration.spending.series import MEMBERS_SINCE, PLEDGED, is_bound, planned_steps, series_of, spending_series
from sim.data.actors import load_actors
from sim.data.spending import spending_rows
from sim.data.tables import amount, sources
from sim.io.errors import InputError
from sim.model.parameters import load_parameters

STATES = load_actors().states
ROWS = {(row.group, row.name): row for row in read_record().derived}
DERIVED = {name: row for (group, name), row in ROWS.items() if group == "parameters"}
NO_REGRESSOR = np.zeros((0, 2))


def made_growth(own, common, years=40, breaks=0, seed=3):
    """Growth with known spreads, (s, years), the first `breaks` years of the first state far off."""
    rng = generator(seed, 1)
    growth = np.asarray(own)[:, None] * rng.standard_normal((len(own), years)) + common * rng.standard_normal(years)
    growth[0, :breaks] += 0.5
    return growth


def model_of(growth, **options):
    return Model(growth, np.zeros((0, *growth.shape)), NO_REGRESSOR, **options)


# ---- the sampler -----------------------------------------------------------------------------------------------------


def test_spreads_that_made_the_growth_are_found_again() -> None:
    own = [0.02, 0.04, 0.08, 0.16, 0.06, 0.05]
    found = posterior(model_of(made_growth(own, common=0.07)), 800)
    assert np.all(np.abs(np.log(np.median(found.own, axis=0) / own)) < 0.4)
    assert np.quantile(found.common, 0.01) < 0.07 < np.quantile(found.common, 0.99)
    assert np.median(found.own[:, 3]) > 4.0 * np.median(found.own[:, 0])


def test_a_state_with_few_years_is_drawn_towards_the_others() -> None:
    growth = made_growth([0.05] * 6, common=0.0)
    growth[0] = np.nan
    growth[0, :3] = [0.001, -0.001, 0.0]
    alone, together = (posterior(model_of(growth, is_pooled=pooled), 600) for pooled in (False, True))
    assert np.median(alone.own[:, 0]) < np.median(together.own[:, 0]) < 0.06
    assert not alone.common.any() and not alone.shocks.any()


def test_breaks_leave_the_ordinary_spread_and_the_common_shock_alone() -> None:
    growth = made_growth([0.05] * 5, common=0.03, breaks=4)
    robust, plain = (posterior(model_of(growth, has_breaks=has), 600) for has in (True, False))
    assert np.median(robust.own[:, 0]) < 0.075 < 0.12 < np.median(plain.own[:, 0])
    assert np.median(robust.break_spread) > 0.2 and not plain.break_share.any()


def test_a_coefficient_is_found_and_is_never_negative() -> None:
    growth = made_growth([0.05] * 4, common=0.02)
    column = generator(5, 1).standard_normal(growth.shape)
    for truth, expected in ((0.3, 0.3), (-0.3, 0.0)):
        model = Model(growth + truth * column, column[None], np.array([[0.0, 1.0]]), has_drift=False)
        found = posterior(model, 400).coefficients[:, 0]
        assert found.min() >= 0.0 and abs(np.median(found) - expected) < 0.03


def test_the_same_seed_gives_the_same_draws() -> None:
    growth = made_growth([0.05] * 3, common=0.02)
    one, same, other = (posterior(model_of(growth), 30, seed) for seed in (1, 1, 2))
    assert np.array_equal(one.own, same.own) and not np.array_equal(one.own, other.own)


# ---- series and pledges ----------------------------------------------------------------------------------------------


def test_the_series_hold_every_state_to_2023_and_nothing_later() -> None:
    series = spending_series()
    assert series.states == STATES and series.years[0] == 1992 and series.years[-1] == 2023
    assert not np.isnan(series.spending[:, -14:]).any()
    assert {row.source for row in spending_rows()} == {SOURCE} <= set(sources())
    assert len(spending_rows()) == 337


def test_every_fault_of_the_series_is_named_with_its_line(tmp_path) -> None:
    file = tmp_path / "spending.csv"
    file.write_text(
        "state,year,spending,burden,status,source\nSRV,2001,5,1,reported,x\nSRB,2001,0,1,reported,x\n", "utf-8"
    )
    with pytest.raises(InputError) as caught:
        spending_rows(file)
    text = str(caught.value)
    assert '"SRV" is not a state' in text and "line 2" in text and "line 3" in text and "spending" in text


def test_what_was_known_at_a_date_holds_nothing_after_it() -> None:
    rows = spending_rows()
    changed = tuple(replace_spending(row) if row.year > 2014 else row for row in rows)
    one, other = series_of(rows).until(2014), series_of(changed).until(2014)
    assert one.years[-1] == 2014
    np.testing.assert_array_equal(one.spending, other.spending)
    np.testing.assert_array_equal(one.growth, other.growth)


def replace_spending(row):
    return row.model_copy(update={"spending": 3.0 * row.spending, "burden": 2.0 * row.burden})


def test_a_new_series_is_no_growth() -> None:
    series = spending_series()
    growth = dict(zip(series.years[1:], series.growth[STATES.index("XKX")], strict=True))
    assert np.isnan(growth[2009]) and not np.isnan(growth[2010])


def test_nobody_is_bound_before_the_pledge_of_wales_or_before_accession() -> None:
    assert not any(is_bound(state, 2013) for state in STATES)
    assert is_bound("ROU", 2014) and is_bound("MNE", 2017) and not is_bound("MNE", 2016)
    assert not any(is_bound(state, 2020) for state in ("SRB", "XKX", "BIH"))
    assert set(MEMBERS_SINCE) < set(STATES)


def test_a_pledged_step_is_a_straight_line_to_the_deadline() -> None:
    series = spending_series()
    steps = planned_steps(series)
    croatia, greece, serbia = (STATES.index(state) for state in ("HRV", "GRC", "SRB"))
    gap = np.log(PLEDGED) - series.burden[croatia, series.at(2019)]
    assert steps[croatia, series.at(2019)] == pytest.approx(gap / 5.0)
    assert not steps[:, : series.at(2014)].any() and not steps[greece].any() and not steps[serbia].any()


# ---- the numbers that ship -------------------------------------------------------------------------------------------


def is_near(value, row, name) -> bool:
    """Within a tenth of the range of what ships: the draws are fewer here."""
    return bool(abs(value - row.median) < 0.1 * (row.high - row.low) + 1e-9) or pytest.fail(f"{name}: {value}")


def test_the_shipped_spreads_follow_from_the_shipped_rows() -> None:
    found = growth_posterior(spending_series(), FIRST, 1200)
    assert is_near(np.median(found.typical), DERIVED["growth_spread"], "typical")
    assert is_near(np.median(found.common), DERIVED["growth_common"], "common")
    for place, state in enumerate(STATES):
        assert is_near(np.median(found.own[:, place]), DERIVED[f"growth_spread.{state}"], state)
    middle = np.median(goal_spread(spending_series(), found))
    assert is_near(middle, DERIVED["burden_goal"], "burden_goal")


def test_the_shipped_pace_of_pledges_follows_from_the_shipped_rows() -> None:
    steps = step_posterior(spending_series(), PLEDGED_SINCE, 1200).coefficients[:, 0]
    assert is_near(np.median(steps), DERIVED["plan_kept"], "plan_kept")
    assert DERIVED["goal_delay"].median == pytest.approx(delay(np.array(DERIVED["plan_kept"].median)), rel=0.01)


def test_parameters_are_the_derived_numbers_rounded() -> None:
    parameters = load_parameters()
    held = [key for key in parameters.keys if key in DERIVED]
    assert {"growth_spread", "goal_delay"} <= {key.split(".")[0] for key in held}
    for key in held:
        (prior,) = (parameters.distributions[row] for row in parameters.rows_of(key))
        assert prior.kind in ("lognormal", "fixed"), key
        assert prior.centre == pytest.approx(float(f"{DERIVED[key].median:.2g}")), key
        assert prior.kind == "fixed" or prior.spread == pytest.approx(round(DERIVED[key].log_sd, 2)), key


def test_goals_have_the_derived_spread_and_a_source_from_before_2024() -> None:
    goals = load_parameters().parameter("burden_goal")
    assert {prior.spread for prior in goals.priors} == {float(f"{DERIVED['burden_goal'].median:.2g}")}
    assert tuple(goals.cited) == goals.suffixes == STATES
    for state, (source, place) in goals.cited.items():
        assert sources()[source]["date"] < "2024" and place, state
    for state, prior in zip(goals.suffixes, goals.priors, strict=True):
        if "no change known" in goals.cited[state][1]:
            assert prior.centre == pytest.approx(amount("context", f"burden-{state}-2023") / 100.0, rel=0.02), state
