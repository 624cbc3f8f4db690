"""What a run is reduced to: quantiles over members, calendar years, paired differences, and the tables made of them."""

import csv
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sim.analysis.output import write_json
from sim.analysis.results import (
    LEVEL_NAMES,
    LEVELS,
    SUMMARY_COLUMNS,
    bands_of,
    calendar_years,
    contrast_of,
    joined,
    summary_rows,
)
from sim.analysis.store import Store
from sim.io.writing import WholeFolder
from sim.model.network import network
from sim.model.variables import Series
from sim.runs.run import run

steady = settings(max_examples=150)
SPENDING = Series("spending", "SRB")
TENSION = Series("tension", "SRB", "XKX")


def numbers(quarters=7, members=53, seed=1):
    return np.random.default_rng(seed).lognormal(0.3, 1.1, (quarters, members))


# ---- bands -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("members", [1, 2, 3, 20, 21, 101, 1000])
def test_bands_are_numpys_linear_quantiles(members):
    values = numbers(members=members)
    bands = bands_of(values)
    expected = np.quantile(values, [0.05, 0.25, 0.5, 0.75, 0.95], axis=-1, method="linear")
    np.testing.assert_allclose(bands.quantiles, expected, rtol=1e-14)
    np.testing.assert_allclose(bands.mean, values.mean(axis=-1), rtol=1e-14)
    assert np.array_equal(bands.median, bands.quantiles[2])


@steady
@given(arrays(float, st.tuples(st.integers(1, 3), st.integers(1, 40)), elements=st.floats(-1e6, 1e6)))
def test_bands_are_ordered_and_lie_between_the_extremes(values):
    quantiles = bands_of(values).quantiles
    slack = 1e-9
    assert (np.diff(quantiles, axis=0) >= -slack).all()
    assert (quantiles >= values.min(axis=-1) - slack).all() and (quantiles <= values.max(axis=-1) + slack).all()
    np.testing.assert_allclose(quantiles, np.quantile(values, LEVELS, axis=-1), rtol=1e-12, atol=1e-9)


def test_bands_by_hand():
    """Of 10, 20, 30, 40, 90 the median is 30; 5 per cent lie below 12, 95 below 80."""
    bands = bands_of(np.array([[90.0, 20.0, 10.0, 40.0, 30.0]]))
    assert bands.quantiles[:, 0].tolist() == pytest.approx([12.0, 20.0, 30.0, 40.0, 80.0])
    assert bands.mean.tolist() == [38.0]


def test_members_in_another_order_have_the_same_quantiles_bit_for_bit():
    values = numbers()
    shuffled = values[:, np.random.default_rng(2).permutation(values.shape[1])]
    assert bands_of(values).quantiles.tobytes() == bands_of(shuffled).quantiles.tobytes()
    assert bands_of(values).mean.tobytes() == bands_of(shuffled).mean.tobytes()


def test_a_member_at_zero_is_not_above_it():
    assert bands_of(np.array([[-1.0, 0.0, 0.0, 5e-324, 3.0]])).p_positive.tolist() == [0.4]
    assert bands_of(np.zeros((2, 4))).p_positive.tolist() == [0.0, 0.0]


# ---- calendar years ----------------------------------------------------------------------------------------------------


def test_a_calendar_year_is_the_mean_of_its_quarters():
    values = np.array(
        [[1.0, 10.0], [2.0, 20.0], [3.0, 30.0], [6.0, 60.0], [4.0, 0.0], [4.0, 0.0], [8.0, 0.0], [0.0, 8.0]]
    )
    assert calendar_years(values).tolist() == [[3.0, 30.0], [4.0, 2.0]]


def test_a_year_that_is_not_over_is_left_out():
    assert calendar_years(np.ones((11, 3))).shape == (2, 3)
    assert calendar_years(np.ones((3, 3))).shape == (0, 3)


def test_mean_of_all_years_is_the_mean_of_all_quarters():
    values = numbers(quarters=24)
    np.testing.assert_allclose(calendar_years(values).mean(axis=0), values.mean(axis=0), rtol=1e-14)


# ---- contrasts ---------------------------------------------------------------------------------------------------------


def test_differences_are_paired_member_by_member():
    """Two worlds with the same spread that differ by 3 in every member: the difference has no spread at all."""
    base = numbers(quarters=8)
    contrast = contrast_of(SPENDING, base + 3.0, base)
    np.testing.assert_allclose(contrast.difference.quantiles, 3.0, rtol=1e-12)
    assert (contrast.difference.p_positive == 1.0).all()
    assert np.ptp(contrast.baseline.quantiles[:, 0]) > 0.5


def test_difference_is_scenario_less_baseline_and_not_a_difference_of_medians():
    base, scenario = np.array([[1.0, 2.0, 9.0]] * 4), np.array([[9.0, 1.0, 2.0]] * 4)
    contrast = contrast_of(TENSION, scenario, base)
    assert contrast.scenario.median.tolist() == contrast.baseline.median.tolist() == [2.0] * 4
    assert contrast.difference.median.tolist() == [-1.0] * 4  # of 8, -1, -7
    assert contrast.difference.p_positive.tolist() == pytest.approx([1 / 3] * 4)


def test_per_cent_is_taken_member_by_member_of_calendar_years_and_of_spending_only():
    base = np.array([[100.0, 400.0]] * 4)
    scenario = np.array([[110.0, 404.0]] * 4)
    contrast = contrast_of(SPENDING, scenario, base)
    assert contrast.yearly_per_cent.quantiles[:, 0].tolist() == pytest.approx([1.45, 3.25, 5.5, 7.75, 9.55])
    assert contrast.yearly_difference.median.tolist() == pytest.approx([7.0])
    assert contrast_of(TENSION, scenario, base).yearly_per_cent is None


def test_a_world_that_is_compared_to_nothing_has_levels_and_no_differences():
    contrast = contrast_of(SPENDING, numbers(), None)
    assert contrast.scenario is not None and contrast.yearly_scenario is not None
    absent = (contrast.baseline, contrast.difference, contrast.yearly_baseline, contrast.yearly_difference)
    assert absent == (None, None, None, None) and contrast.yearly_per_cent is None


# ---- chunks of members -------------------------------------------------------------------------------------------------


def test_chunks_are_read_back_in_the_order_in_which_they_came(tmp_path):
    whole = np.random.default_rng(3).normal(size=(2, 5, 17))
    store = Store([SPENDING, TENSION], 5, tmp_path / "chunks")
    for start, end in ((0, 6), (6, 12), (12, 17)):
        store.add(whole[:, :, start:end])
    assert np.array_equal(store.values(TENSION, range(5)), whole[1])
    assert np.array_equal(store.values(SPENDING, range(1, 4)), whole[0, 1:4])


def test_a_single_chunk_stays_in_memory():
    whole = np.random.default_rng(3).normal(size=(2, 5, 17))
    store = Store([SPENDING, TENSION], 5)
    store.add(whole)
    assert np.array_equal(store.values(TENSION, range(2, 5)), whole[1, 2:])


def test_stretches_of_time_join_to_the_contrast_of_the_whole():
    base, changed = numbers(quarters=12), numbers(quarters=12)
    changed[9:] += 1.0
    whole = contrast_of(SPENDING, changed, base)
    parts = [contrast_of(SPENDING, changed[n : n + 4], base[n : n + 4]) for n in (0, 4, 8)]
    together = joined(parts, (0, 4, 8))
    assert together.first_difference == whole.first_difference == 9
    np.testing.assert_array_equal(together.difference.quantiles, whole.difference.quantiles)
    np.testing.assert_array_equal(together.yearly_per_cent.mean, whole.yearly_per_cent.mean)


# ---- tables ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def skydagger():
    return run("skydagger-delivery", members=8, seed=3, until="2026Q4")


@pytest.fixture(scope="module")
def baseline():
    return run("baseline", members=8, seed=3, until="2019Q2")


ROW = {
    "variable", "actor", "counterpart", "quarter", "unit", "baseline", "scenario", "difference", "low", "high", "p_positive",
    "p_negative",
}  # fmt: skip
YEARLY = {"difference_per_cent", "low_per_cent", "high_per_cent"}


def test_rows_have_the_promised_fields_and_years_for_spending_only(skydagger):
    rows = list(skydagger.rows())
    years = [row for row in rows if "Q" not in row["quarter"]]
    assert all(set(row) == ROW for row in rows if "Q" in row["quarter"])
    assert all(set(row) == ROW | YEARLY for row in years)
    assert {row["variable"] for row in years} == {"spending"}
    assert len(years) == len(network().states) * 9
    assert {row["quarter"] for row in years} == {str(year) for year in range(2018, 2027)}
    assert {row["actor"] for row in rows if row["variable"] == "spending"} >= {"SRB", "XKX", "TUR", "ROU"}


def test_a_row_says_what_the_contrast_says(skydagger):
    (row,) = [
        row
        for row in skydagger.rows()
        if (row["variable"], row["actor"], row["counterpart"], row["quarter"]) == ("attitude", "SRB", "TUR", "2025Q4")
    ]
    contrast = skydagger.contrast("attitude", "SRB", "TUR")
    assert row["scenario"] == contrast.scenario.median[31] and row["baseline"] == contrast.baseline.median[31]
    assert row["low"] < row["difference"] < row["high"] < 0.0
    assert (row["low"], row["high"]) == (contrast.difference.quantiles[0, 31], contrast.difference.quantiles[4, 31])
    assert row["p_positive"] == 0.0
    assert row["unit"] == "-1 to 1"


def test_a_run_that_is_compared_to_nothing_gives_levels_and_null_differences(baseline):
    rows = list(baseline.rows())
    assert rows
    for row in rows:
        assert isinstance(row["scenario"], float) and math.isfinite(row["scenario"])
        empty = ROW - {"variable", "actor", "counterpart", "quarter", "unit", "scenario"} | (YEARLY & set(row))
        assert {row[field] for field in empty} == {None}
    assert baseline.baseline is None and baseline.first_difference is None
    assert {row[4] for row in summary_rows(baseline)} == {"scenario"}


def test_first_difference_is_the_order_and_years_are_full(skydagger, baseline):
    assert skydagger.quarter_names[skydagger.first_difference] == "2024Q4"
    assert skydagger.years == tuple(range(2018, 2027))
    assert baseline.years == (2018,)
    assert baseline.quarter_names[-1] == "2019Q2"


def test_summary_has_every_series_in_both_worlds_and_the_difference(skydagger):
    rows = list(summary_rows(skydagger))
    assert len(rows) == len(skydagger.contrasts) * 3 * 36
    assert all(len(row) == len(SUMMARY_COLUMNS) for row in rows)
    assert {row[4] for row in rows} == {"scenario", "baseline", "difference"}
    assert SUMMARY_COLUMNS[7:12] == LEVEL_NAMES


def test_frames_are_the_rows(skydagger):
    by_quarter, by_year = skydagger.frame(), skydagger.frame(years=True)
    both = [by_quarter, by_year.query("variable == 'spending'")]  # what `run --format json` has in one
    assert sum(map(len, both)) == len(list(skydagger.rows()))
    assert set(by_quarter["quarter"]) == set(skydagger.quarter_names) and set(by_year["year"]) == set(skydagger.years)
    assert (by_year.groupby(["variable", "actor", "counterpart"], dropna=False).size() == len(skydagger.years)).all()


@pytest.mark.parametrize(("series", "sums_up"), [(("deliveries", "XKX", "TUR"), True), (("spending", "SRB"), False)])
def test_a_year_holds_the_sum_of_what_is_counted_and_else_the_mean(skydagger, series, sums_up):
    quarters, years = (skydagger.simulations(*series, years=years) for years in (False, True))
    of_2025 = quarters[quarters.index.get_level_values("quarter").str.startswith("2025")].groupby("member")
    expected = of_2025.sum() if sums_up else of_2025.mean()
    assert (expected["scenario"] > 0.0).all()
    assert years.loc[2025].to_numpy() == pytest.approx(expected.to_numpy())
    rows = skydagger.frame(years=True).query("year == 2025").fillna({"counterpart": ""})
    row = rows[(rows[["variable", "actor", "counterpart"]] == [*series, ""][:3]).all(axis=1)]
    assert row["scenario"].item() == pytest.approx(expected["scenario"].median())


def test_the_summary_holds_every_series(skydagger):
    summary = skydagger.summary()
    assert list(summary.columns) == list(SUMMARY_COLUMNS)
    picked = summary.query("variable == 'spending' and actor == 'SRB' and side == 'scenario' and quarter == '2026Q4'")
    assert picked["q50"].item() == skydagger.contrast("spending", "SRB").scenario.median[-1]


def test_an_unknown_series_is_an_error(skydagger):
    with pytest.raises(KeyError):
        skydagger.contrast("spending", "RUS")


# ---- folders and files -------------------------------------------------------------------------------------------------


def test_json_has_sorted_keys_and_no_numbers_that_are_none(tmp_path):
    write_json({"b": 1, "a": "Türkiye"}, tmp_path / "one.json")
    assert (tmp_path / "one.json").read_text(encoding="utf-8") == '{\n "a": "Türkiye",\n "b": 1\n}\n'
    with pytest.raises(ValueError):  # noqa: PT011 - what the json module says is its own
        write_json({"a": math.nan}, tmp_path / "two.json")
    assert not (tmp_path / "two.json").exists()


def test_a_folder_appears_whole_or_not_at_all(tmp_path):
    target = tmp_path / "deep" / "run"
    folder = WholeFolder(target)
    (folder.draft / "file").write_text("new")
    assert not target.exists()
    folder.withdraw()
    assert list(tmp_path.iterdir()) == []


def test_a_finished_folder_replaces_the_old_one_and_leaves_nothing_beside_it(tmp_path):
    target = tmp_path / "run"
    target.mkdir()
    (target / "old").write_text("old")
    folder = WholeFolder(target)
    (folder.draft / "new").write_text("new")
    assert [path.name for path in target.iterdir()] == ["old"]
    folder.finish()
    folder.withdraw()
    assert [path.name for path in target.iterdir()] == ["new"]
    assert list(tmp_path.iterdir()) == [target]


def test_summary_file_keeps_every_digit(tmp_path, skydagger):
    from sim.analysis.output import write_summary

    write_summary(skydagger, tmp_path / "summary.csv")
    with (tmp_path / "summary.csv").open(encoding="utf-8", newline="") as file:
        read = list(csv.reader(file))
    assert tuple(read[0]) == SUMMARY_COLUMNS
    for row, written in zip(read[1:], summary_rows(skydagger), strict=True):
        assert row[:6] == list(written[:6])
        assert [float(number) for number in row[6:]] == list(written[6:])
