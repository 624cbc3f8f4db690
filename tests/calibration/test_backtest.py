"""Forecasts of known years: nothing later goes in, scores are what they should be, and the shipped tables say so."""

import numpy as np
import pytest

from sim.calibration import incident_scores
from sim.calibration.incident_scores import climatology, dates_on_record, happened, incident_rows
from sim.calibration.smc import generator
from sim.calibration.spending import growth
from sim.calibration.spending.backtest import ORIGINS, BacktestRow, backtest_rows, scored
from sim.calibration.spending.contenders import (
    CONTENDERS,
    LEADS,
    REFERENCE_CONTENDER,
    economy_growth,
    forecast_draws,
    known_states,
    past_until,
    rise_of_rivals,
    rivalries,
)
from sim.calibration.spending.page import answer, page_body
from sim.calibration.spending.record import Record, read_record, write_record
from sim.calibration.spending.scores import crps, energy_score, inside, mean_and_error
from sim.calibration.spending.series import series_of, spending_series
from sim.cli.main import main
from sim.data.actors import load_actors
from sim.data.spending import spending_rows

STATES = load_actors().states
SHIPPED = read_record()
FEW = ("model", "pledges alone", "no change")


@pytest.fixture(scope="module", autouse=True)
def short_burn_in():
    """What is tested here needs no chain that has settled well."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(growth, "BURN_IN", 60)
        yield


def at(state: str) -> int:
    return STATES.index(state)


# ---- nothing later goes in -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CONTENDERS)
def test_a_forecast_does_not_see_the_years_after_its_origin(name: str) -> None:
    rows = spending_rows()
    later = [
        row if row.year <= 2015 else row.model_copy(update={"spending": 9.0 * row.spending, "burden": row.burden / 2})
        for row in rows
    ]
    one, other = (forecast_draws(series_of(each).until(2015), CONTENDERS[name], 20, seed=4) for each in (rows, later))
    np.testing.assert_array_equal(one, other)


def test_before_the_pledge_pledges_alone_are_a_constant_burden() -> None:
    known = spending_series().until(2012)
    one, other = (forecast_draws(known, CONTENDERS[name], 20) for name in ("pledges alone", "constant burden"))
    np.testing.assert_array_equal(one, other)


def test_after_the_pledge_a_member_below_it_is_expected_to_rise_by_its_step() -> None:
    known = spending_series().until(2020)
    alone, constant = (
        np.median(forecast_draws(known, CONTENDERS[name], 400), axis=0)[0]
        for name in ("pledges alone", "constant burden")
    )
    gap = (np.log(0.02) - known.burden[at("SVN"), -1]) / 4.0
    assert alone[at("SVN")] - constant[at("SVN")] == pytest.approx(gap, abs=0.03)
    assert alone[at("SRB")] == pytest.approx(constant[at("SRB")], abs=0.03)


def test_kosovo_is_forecast_only_when_its_force_has_a_record() -> None:
    series = spending_series()
    first = next(year for year in range(2008, 2020) if at("XKX") in known_states(series.until(year)))
    assert first == 2012
    ahead = forecast_draws(series.until(2011), CONTENDERS["no change"], 10)
    assert np.isnan(ahead[..., at("XKX")]).all() and not np.isnan(ahead[..., at("SRB")]).any()


def test_rivals_are_those_of_the_shipped_panel_and_rise_against_their_own_past() -> None:
    series = spending_series()
    weights = rivalries(STATES, 2020)
    assert (
        weights[at("XKX"), at("SRB")] == 1.0 and weights[at("GRC"), at("TUR")] == 1.0 and not weights[at("SVN")].any()
    )
    assert rivalries(STATES, 2010)[at("HRV"), at("SRB")] == 0.0 < rivalries(STATES, 2003)[at("HRV"), at("SRB")]
    past = past_until(series, series.at(2019) + 1)
    serbia = series.spending[at("SRB")]
    rise = serbia[series.at(2019)] - serbia[series.at(2014) : series.at(2019)].mean()
    assert rise_of_rivals(past)[at("XKX")] == pytest.approx(rise)


def test_an_economy_grows_as_spending_over_burden_did() -> None:
    growth = economy_growth(spending_series())
    assert growth.shape == (len(STATES),) and np.all((growth > 0.0) & (growth < 0.08))


# ---- scores ----------------------------------------------------------------------------------------------------------


def test_scores_of_a_normal_are_those_of_its_formula() -> None:
    draws = generator(1, 9).standard_normal((40_000, 1))
    expected = np.sqrt(1.0 / np.pi) * (np.sqrt(2.0) - 1.0)  # of a standard normal at its mean: (sqrt 2 - 1) / sqrt pi
    assert crps(draws, np.array([0.0]))[0] == pytest.approx(expected, abs=0.01)
    assert energy_score(draws, np.array([0.0])) == pytest.approx(expected, abs=0.02)
    assert inside(draws, np.array([0.6]), 0.5)[0] == 1.0 and inside(draws, np.array([0.75]), 0.5)[0] == 0.0


def test_a_standard_error_counts_that_neighbours_overlap() -> None:
    values = np.array([1.0, 1.0, -1.0, -1.0, 1.0, 1.0, -1.0, -1.0])
    plain, overlapping = mean_and_error(values), mean_and_error(values, 1)
    assert plain == pytest.approx((0.0, np.sqrt(8.0 / 7.0 / 8.0))) and overlapping[1] > plain[1]


def test_of_worlds_without_plans_the_contender_that_knows_them_wins() -> None:
    """On a series that grows by a tenth a year in every state, drift beats no change and is known to."""
    rng = generator(2, 9)
    rows = [
        row.model_copy(
            update={"spending": float(np.exp(0.1 * (row.year - 1992) + 0.01 * rng.standard_normal())), "burden": 2.0}
        )
        for row in spending_rows()
    ]
    few = {name: CONTENDERS[name] for name in ("model", "drift", "no change")}
    scores = scored(series_of(rows), (2012, 2016), few, 60)
    found = {row.contender: row for row in backtest_rows(scores) if row.group == "all" and row.lead == 1}
    assert found["drift"].crps < 0.02 < 0.05 < found["no change"].crps
    assert found["drift"].difference < -3.0 * found["drift"].error


# ---- incidents -------------------------------------------------------------------------------------------------------


def test_incidents_are_counted_by_quarter_and_by_what_they_did() -> None:
    dates = dates_on_record()
    assert set(dates["lethal"]) < set(dates["serious"])
    assert "2023-09-24" in dates["lethal"] and "2023-05-29" not in dates["lethal"] and "2023-05-29" in dates["serious"]
    assert happened(["2023-05-29", "2023-06-01", "2023-09-24"], 2023, 2023).tolist() == [0.0, 1.0, 1.0, 0.0]


def test_climatology_knows_only_earlier_quarters() -> None:
    one, other = np.zeros(8), np.zeros(8)
    other[5:] = 1.0
    np.testing.assert_array_equal(climatology(one)[:6], climatology(other)[:6])


def test_a_forecast_that_knows_better_has_better_scores_than_climatology() -> None:
    dates = {"serious": ("2021-05", "2024-11")}
    came = happened(dates["serious"], *incident_scores.RECORD)[-8:]
    rows = {row.forecast: row for row in incident_rows({"serious": np.where(came > 0.0, 0.9, 0.02)}, dates)}
    told, past = rows["model"], rows["climatology"]
    assert told.brier < past.brier and told.log_difference < 0.0 == past.log_difference
    assert told.quarters == 8 and told.last == "2025Q4"


# ---- what ships ------------------------------------------------------------------------------------------------------


def test_a_few_origins_done_again_have_the_shipped_ranges_and_order() -> None:
    few = {name: CONTENDERS[name] for name in FEW}
    found = scored(spending_series(), (2013, 2020), few, 80)
    assert found.crps["model"].shape == (2, len(LEADS), len(STATES))
    assert not np.isnan(found.crps["model"][1]).any()
    every = {row.contender: row for row in backtest_rows(found) if row.group == "all" and row.lead == 1}
    for name in FEW:
        assert every[name].crps == pytest.approx(SHIPPED.forecasts("all", 1)[name].crps, rel=0.5)


def test_the_shipped_table_holds_every_contender_origin_and_state() -> None:
    for lead in LEADS:
        rows = SHIPPED.forecasts("all", lead)
        assert set(rows) == set(CONTENDERS)
        assert {row.origins for row in rows.values()} == {len(ORIGINS) + 1 - lead}
        assert rows[REFERENCE_CONTENDER].difference == 0.0
    assert {row.group for row in SHIPPED.backtest} > set(STATES)


def test_the_page_says_who_wins_and_says_so_if_it_is_no_change() -> None:
    text = page_body(SHIPPED)
    best = min(SHIPPED.forecasts("all", 1).values(), key=lambda row: row.crps)
    assert f"the lowest error is that of {best.contender}" in text
    worse = tuple(_worse(row) for row in SHIPPED.backtest)
    told = page_body(Record(SHIPPED.derived, worse, SHIPPED.incidents))
    assert "the lowest error is that of no change" in told and ", worse." in told


def _worse(row: BacktestRow) -> BacktestRow:
    if row.contender == REFERENCE_CONTENDER:
        return row
    return row.model_copy(update={"crps": 2.0 * row.crps, "difference": row.crps, "error": 0.001})


def test_tables_written_are_the_tables_read(tmp_path) -> None:
    files = write_record(SHIPPED, tmp_path)
    assert [file.name for file in files] == ["derived.csv", "backtest.csv", "incidents.csv"]
    text = "\n".join(answer(SHIPPED, files))
    assert max(map(len, text.splitlines())) <= 100 and str(tmp_path) in text.replace("\n", "")


def test_options_that_do_nothing_with_a_backtest_are_refused(capsys) -> None:
    assert main(["forecast", "--backtest", "--until", "2030", "--seed", "3"]) != 0
    said = capsys.readouterr().err
    assert "--until" in said and "--seed" in said and "does not go with --backtest" in said
