"""Files that a user points the estimation at: what is read, and what each mistake is answered with."""

from pathlib import Path

import pytest

from sim.calibration.panel.inputs import Rivalry, directed_pairs, read_rivalries, read_spending, regions
from sim.io.errors import InputError, Problem

PANEL = """country_iso3,year,milex_constant2023_musd,share_of_gdp_per_cent
SRB,2018,1000.5,2.0
SRB,2019,,2.1
XKX,2018,70,0.8
"""
RIVALS = "one,other,first_year,last_year\n"


def written(folder: Path, text: str, name: str = "panel.csv") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def problems(reader, *arguments) -> list[Problem]:
    with pytest.raises(InputError) as caught:
        reader(*arguments)
    return list(caught.value.problems)


def test_a_blank_figure_is_unknown_and_other_columns_are_not_read(tmp_path):
    assert read_spending(written(tmp_path, PANEL)) == {"SRB": {2018: 1000.5}, "XKX": {2018: 70.0}}


def test_prices_of_any_year_are_read_and_so_is_a_plain_name(tmp_path):
    for name in ("milex_constant2015_musd", "spending"):
        text = f"year,{name},country_iso3\n1999,5,GRC\n"
        assert read_spending(written(tmp_path, text)) == {"GRC": {1999: 5.0}}


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        ("SRB,2020,0", "spending", '"0" is not spending; write million US$ above 0'),
        ("SRB,2020,-3", "spending", '"-3" is not spending'),
        ("SRB,2020,nan", "spending", '"nan" is not spending'),
        ('SRB,2020,"1,200"', "spending", "without commas"),
        ("Serbia,2020,5", "country_iso3", '"Serbia" is not a country; write three capital letters'),
        ("SRB,20,5", "year", "20 is not a year; allowed is 1900 to 2100"),
        ("SRB,2020.5,5", "year", '"2020.5" is not a whole number'),
        ("XKX,2018,5", "country_iso3", "XKX 2018 stands here twice"),
        ("SRB,2020", "", "2 cells under 3 columns"),
    ],
)
def test_each_wrong_figure_is_named_with_its_line_and_what_is_allowed(tmp_path, row, column, words):
    file = written(tmp_path, f"country_iso3,year,spending\nXKX,2018,70\n{row}\n")
    (problem,) = problems(read_spending, file)
    assert (problem.line, problem.where) == (3, column)
    assert words in problem.message


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("country_iso3,year,milex", "has no column of spending; one is needed, called spending, or milex_constant2023"),
        ("country_iso3,year,spending,milex_constant2023_musd", "has 2 columns of spending"),
        ("country,year,spending", "no such column; the table needs it"),
    ],
)
def test_a_header_without_what_is_needed_is_refused(tmp_path, header, words):
    assert words in problems(read_spending, written(tmp_path, f"{header}\nSRB,2018,5\n"))[0].message


def test_an_empty_or_missing_file_is_refused(tmp_path):
    assert "the file is empty" in problems(read_spending, written(tmp_path, ""))[0].message
    assert "holds no row" in problems(read_spending, written(tmp_path, "country_iso3,year,spending\n"))[0].message
    assert problems(read_spending, tmp_path / "none.csv")[0].message == "no such file"


KNOWN = {"SRB": {2018: 1.0}, "XKX": {2018: 1.0}, "QQQ": {2018: 1.0}}


def test_a_rivalry_counts_both_ways(tmp_path):
    file = written(tmp_path, f"{RIVALS}SRB,XKX,2008,2023\n")
    (rivalry,) = read_rivalries(file, KNOWN)
    assert rivalry == Rivalry("SRB", "XKX", 2008, 2023)
    assert directed_pairs([rivalry]) == [("SRB", "XKX"), ("XKX", "SRB")]


@pytest.mark.parametrize(
    ("row", "where", "words"),
    [
        ("SRB,SRB,2008,2023", "other", "SRB is no rival of itself"),
        ("SRB,XKX,2023,2008", "last_year", "2008 is before the first year, 2023"),
        ("SRB,XKS,2008,2023", "other", 'XKS has no spending in the panel; did you mean "XKX"?'),
        ("QQQ,SRB,2008,2023", "one", "QQQ has no region; add it to calibration/reactions/regions.csv"),
        ("XKX,SRB,2001,2010", "one", "XKX and SRB are rivals in the same years on line 2"),
        ("SRB,XKX,first,2023", "first_year", '"first" is not a whole number'),
    ],
)
def test_each_wrong_rivalry_is_named_with_its_line(tmp_path, row, where, words):
    file = written(tmp_path, f"{RIVALS}SRB,XKX,2008,2020\n{row}\n".replace("2008,2020\nSRB,XKX", "1990,1991\nSRB,XKX"))
    (problem,) = problems(read_rivalries, file, KNOWN)
    assert (problem.line, problem.where) == (3, where)
    assert words in problem.message


def test_the_two_parts_of_an_interrupted_rivalry_are_no_mistake(tmp_path):
    file = written(tmp_path, f"{RIVALS}SRB,XKX,1990,1995\nXKX,SRB,1999,2005\n")
    assert len(read_rivalries(file, KNOWN)) == 2


def test_every_state_of_the_model_has_a_region():
    from sim.data.actors import load_actors

    assert set(load_actors().states) <= set(regions())
    assert set(regions().values()) == {"Africa", "Americas", "Asia and Oceania", "Europe", "Middle East"}
