"""One series as a chart of its own: which there are, what is drawn, and the table beside it."""

import csv
from pathlib import Path

import matplotlib.image
import pytest

from sim.cli.main import main
from sim.engines.options import RunOptions
from sim.io.errors import InputError
from sim.model.variables import Series, all_series
from sim.plots.series import PLOT, finding, series_words
from sim.plots.style import our_style
from sim.runs.chart import COLUMNS, series_chart, series_named, years_named
from tests.plots.pictures_read import overlaps

FEW = RunOptions(members=20)


@pytest.fixture(scope="module")
def compared():
    return series_chart("skydagger-delivery", series_named("tension"), years_named("2024-2027"), FEW, None)


@pytest.fixture(scope="module")
def alone():
    return series_chart("baseline", series_named("spending.BIH"), years_named("2020-2030"), FEW, None)


def test_a_series_may_be_named_in_full_or_as_short_as_it_is_clear():
    assert series_named("tension") == Series("tension", "SRB", "XKX")
    assert series_named("spending.BIH") == Series("spending", "BIH")
    assert all(series_named(one.name) == one for one in all_series())


def test_every_series_has_words_of_its_own():
    words = [series_words(one) for one in all_series()]
    assert len(set(words)) == len(words)
    assert series_words(Series("tension", "SRB", "XKX")) == "Tension between Serbia and Kosovo"
    assert series_words(Series("spending", "BIH")) == "Military spending of Bosnia and Herzegovina"


@pytest.mark.parametrize(
    ("word", "remedy"),
    [
        ("spending", "of whom\\? Name one: spending.TUR"),
        ("spendings.SRB", 'did you mean "spending.SRB"'),
        ("spending.KOS", 'did you mean "spending.XKX"'),
        ("weather", "armsrace list --series shows all"),
    ],
)
def test_a_series_that_is_none_is_refused_with_those_that_are(word, remedy):
    with pytest.raises(InputError, match=remedy):
        series_named(word)


def test_years_and_quarters_are_stretches_and_a_single_year_is_none():
    assert years_named("2018-2019") == (0, 7)
    assert years_named("2018Q2-2019Q1") == (1, 4)
    for wrong in ("2020", "2030-2020", "2010-2020", "2020:2030"):
        with pytest.raises(InputError):
            years_named(wrong)


def test_the_table_has_low_median_and_high_as_plain_numbers_and_the_picture_stands_beside_it(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    assert main("chart tension 2024-2027 --scenario skydagger-delivery --members 20".split()) == 0
    out = capsys.readouterr().out
    folder = Path("results/charts")
    name = "tension.SRB.XKX-2024-2027-skydagger-delivery"
    assert sorted(file.name for file in folder.iterdir()) == [f"{name}.csv", f"{name}.png"]
    assert "Source: armsrace" in out and f"{name}.png" in out and "seed 1" in out
    text = (folder / f"{name}.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    assert tuple(rows[0]) == COLUMNS and text.isascii() and "e-" not in text
    assert {row["simulated"] for row in rows} == {"skydagger-delivery", "baseline", "difference"}
    assert [row["quarter"] for row in rows if row["simulated"] == "baseline"] == [
        f"{year}Q{quarter}" for year in range(2024, 2028) for quarter in range(1, 5)
    ]
    assert all(float(row["low"]) <= float(row["median"]) <= float(row["high"]) for row in rows)
    before = [row for row in rows if row["simulated"] == "difference" and row["quarter"] < "2025Q3"]
    assert before and all(float(row[end]) == 0.0 for row in before for end in ("low", "median", "high"))
    height, width = matplotlib.image.imread(folder / f"{name}.png").shape[:2]
    assert width > 1200 and height < 1200


def test_a_chart_says_the_level_at_both_ends_and_the_largest_effect(compared, alone):
    level, effect = finding(compared)
    assert "in 2024Q1" in level and "in 2027Q4" in level and "90 % of simulations" in level
    assert "Largest effect of the scenario, 2025Q4: +" in effect and "higher in" in effect
    assert len(finding(alone)) == 1


@pytest.mark.parametrize("which", ["compared", "alone"])
def test_no_words_of_a_chart_overlap_and_none_is_small(which, request):
    with our_style():
        figure = PLOT.draw(request.getfixturevalue(which)).figure
        assert overlaps(figure) == []
        texts = [text for axes in figure.axes for text in (axes.title, axes.xaxis.label, axes.yaxis.label, *axes.texts)]
        assert min(text.get_fontsize() for text in [*texts, *figure.texts] if text.get_text()) >= 12.0
        assert figure.axes[0].get_ylabel() and figure.axes[-1].get_xlabel() == "calendar year"


def test_list_names_every_series_with_its_unit(capsys):
    assert main(["list", "--series"]) == 0
    out = capsys.readouterr().out
    assert "spending: military spending" in out and "(million 2023 US$ per year)" in out and "BIH" in out
    assert main(["list", "--series", "--format", "json"]) == 0
    out = capsys.readouterr().out
    assert all(f'"{one.name}"' in out for one in all_series())
