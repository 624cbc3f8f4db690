"""The command, the shipped tables and the page: what is said is what the tables hold."""

import csv
import json
import math
import re
from dataclasses import replace

import pytest

from sim.calibration.panel import hierarchical, page
from sim.calibration.panel.inputs import Rivalry, read_rivalries, read_spending
from sim.calibration.panel.simulated import Truth, simulated
from sim.calibration.panel.study import FOCUS, Panel
from sim.calibration.panel.tables import FILES, made, read_tables, write_tables
from sim.cli.main import main
from sim.data.tables import sources
from sim.io.assets import data_file
from sim.io.templates import phrase

SOURCE = "sipri-milex-2025"
STATES = ("SRB", "XKX", "ALB", "GRC", "TUR", "HRV")
YEARS = range(1996, 2017)
RIVALS = (("SRB", "XKX"), ("SRB", "HRV"), ("GRC", "TUR"), ("ALB", "GRC"))


@pytest.fixture(scope="module", autouse=True)
def coarse_grid():
    """Every fourteenth point of the grid: what is tested here is not how fine it is."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(hierarchical, "POINTS", hierarchical.POINTS[::14])
        patched.setattr(hierarchical, "LOG_PRIORS", hierarchical.LOG_PRIORS[::14])
        yield


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A small panel that holds nobody's data, and its list of rivalries."""
    folder = tmp_path_factory.mktemp("panel")
    rivalries = tuple(Rivalry(one, other, YEARS[0], YEARS[-1]) for one, other in RIVALS)
    truth = Truth(restraint=(0.2, 0.0), reaction=(0.05, 0.0), noise=(0.08, 0.0))
    panel = simulated({state: dict.fromkeys(YEARS, 1000.0) for state in STATES}, rivalries, truth, 1).spending
    with (folder / "spending.csv").open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(("country_iso3", "year", "milex_constant2023_musd", "note"))
        rows.writerows((state, year, f"{panel[state][year]:.3f}", "made up") for state in STATES for year in YEARS)
    lines = [f"{one},{other},{YEARS[0]},{YEARS[-1]}\n" for one, other in RIVALS]
    (folder / "rivals.csv").write_text("one,other,first_year,last_year\n" + "".join(lines), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def run(files):
    """What the command wrote and printed for it."""
    out = files / "out"
    given = ["--panel", str(files / "spending.csv"), "--dyads", str(files / "rivals.csv"), "--out", str(out)]
    assert main(["reactions", *given, "--checks", "1"]) == 0
    return out


# ---- the command -------------------------------------------------------------------------------------------------------


def test_the_command_writes_its_tables_and_its_page(run):
    assert sorted(file.name for file in run.iterdir()) == sorted((*FILES, "reactions.html"))
    tables = read_tables(run)
    assert len(tables.dyads) == 2 * len(RIVALS)
    assert {row.source for row in (*tables.dyads, *tables.estimates, *tables.checks)} == {"spending.csv"}
    assert {row.status for row in (*tables.dyads, *tables.estimates, *tables.checks)} == {"estimated"}
    text = (run / "reactions.html").read_text(encoding="utf-8")
    assert "All dyads together: the mean reaction" in text
    assert "Strangers from the same regions" in text


def test_estimating_again_gives_the_same_reactions(run, files):
    spending = read_spending(files / "spending.csv")
    again = Panel(spending, read_rivalries(files / "rivals.csv", spending))
    assert made("dyads", again.dyad_rows(), "spending.csv") == read_tables(run).dyads


def test_without_files_the_command_prints_what_ships_verdict_first(capsys):
    assert main(["reactions"]) == 0
    printed = capsys.readouterr().out
    first = printed.split("\n\n")[0].replace("\n", " ")
    assert first == verdict(read_tables())
    assert all(f"{row.state}-{row.rival}" in printed for row in read_tables().dyads)


def test_one_document_for_a_program(capsys):
    assert main(["reactions", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [row["state"] for row in found["dyads"]] == [row.state for row in read_tables().dyads]
    assert found["files"] == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--panel", "spending.csv"], "--dyads"),
        (["--dyads", "rivals.csv"], "--panel"),
        (["--checks", "-1"], "-1 is outside 0-10000"),
        (["--checks", "5"], "--checks needs a panel"),
        (["--panel", "none.csv", "--dyads", "rivals.csv"], "no such file"),
    ],
)
def test_a_wrong_option_is_answered_in_one_message(files, monkeypatch, capsys, words, said):
    monkeypatch.chdir(files)
    assert main(["reactions", *words]) == 2
    assert said in capsys.readouterr().err


def test_a_wrong_figure_is_named_with_file_and_line(files, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    text = (files / "spending.csv").read_text(encoding="utf-8").splitlines()
    text[4] = "SRB,1999,12 000,made up"
    (tmp_path / "wrong.csv").write_text("\n".join(text), encoding="utf-8")
    assert main(["reactions", "--panel", "wrong.csv", "--dyads", str(files / "rivals.csv")]) == 2
    message = capsys.readouterr().err
    assert "wrong.csv: 1 problem" in message
    assert 'line 5  milex_constant2023_musd   "12 000" is not spending; write million US$ above 0' in message


def test_too_few_years_are_refused(files, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    lines = (files / "spending.csv").read_text(encoding="utf-8").splitlines()
    short = [line for line in lines if line.split(",")[1] in {"year", "2000", "2001", "2002"}]
    (tmp_path / "short.csv").write_text("\n".join(short), encoding="utf-8")
    assert main(["reactions", "--panel", "short.csv", "--dyads", str(files / "rivals.csv")]) == 2
    assert "too few" in capsys.readouterr().err


def test_a_rivalry_without_a_year_is_named(files, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    rivals = (files / "rivals.csv").read_text(encoding="utf-8") + "TUR,XKX,2016,2019\n"
    (tmp_path / "rivals.csv").write_text(rivals, encoding="utf-8")
    assert main(["reactions", "--panel", str(files / "spending.csv"), "--dyads", "rivals.csv"]) == 0
    assert "no year could be used, for want of figures or because a series breaks: TUR-XKX." in " ".join(
        capsys.readouterr().out.split()
    )


# ---- what ships --------------------------------------------------------------------------------------------------------


def test_the_shipped_tables_are_as_they_would_be_written(tmp_path):
    tables = read_tables()
    write_tables(tables, tmp_path)
    for name in FILES:
        assert (tmp_path / name).read_bytes() == data_file("calibration", "reactions", name).read_bytes()
    rows = (*tables.dyads, *tables.estimates, *tables.checks)
    assert {(row.status, row.source) for row in rows} == {("estimated", SOURCE)} and SOURCE in sources()


def test_the_shipped_tables_hang_together():
    tables = read_tables()
    for row in tables.dyads:
        assert row.low < row.median < row.high and row.low < row.mean < row.high
        assert (row.p_negative < 0.05) == (row.low > 0.0) or row.low == pytest.approx(0.0, abs=1e-3)
        assert row.alone is None or row.years >= 12
    for state, rival in FOCUS:
        dyad, row = tables.row("dyads", state, rival), tables.row("estimates", f"{state}-{rival}", page.MAIN)
        assert (dyad.mean, dyad.low, dyad.high, dyad.p_negative) == (row.reaction, row.low, row.high, row.p_negative)
    for row in tables.estimates:
        assert row.low <= row.reaction <= row.high
    for row in tables.checks:
        assert row.draws >= 200 or row.quantity == "error saved"
        assert row.beyond is None or 0.0 <= row.beyond <= 1.0


def test_the_shipped_tables_hold_no_series_of_spending():
    """SIPRI's terms: estimates, and no figure of a state and a year."""
    for name in FILES:
        header = data_file("calibration", "reactions", name).read_text(encoding="utf-8").splitlines()[0]
        assert not {"year", "spending", "country_iso3"} & set(header.split(","))


# ---- words -------------------------------------------------------------------------------------------------------------


def verdict(tables):
    return phrase("reactions_words.txt", "verdict", tables.row("estimates", "together", "flat prior"))


def flat_with(p_negative):
    tables = read_tables()
    rows = tuple(
        row.model_copy(update={"p_negative": p_negative})
        if (row.group, row.name) == ("together", "flat prior")
        else row
        for row in tables.estimates
    )
    return replace(tables, estimates=rows)


@pytest.mark.parametrize(
    ("p_negative", "words"),
    [(0.01, "Rivals answer each other"), (0.2, "does not settle"), (0.97, "States spend less when their rivals spend")],
)
def test_the_verdict_follows_the_sign_that_the_data_give(p_negative, words):
    assert words in verdict(flat_with(p_negative))


def test_ten_per_cent_more_of_a_rival_is_told_in_per_cent_of_growth():
    assert page.rise(0.0) == 0.0
    assert page.rise(0.5) == pytest.approx(100.0 * (math.sqrt(1.1) - 1.0))


def test_every_number_of_the_pages_answer_is_one_of_the_tables():
    """The sentences of the answer, read again: each number is a figure of a table, or fixed by the words around it."""
    tables = read_tables()
    text = page.page_body(tables).split("## Every dyad")[0]
    values = [value for row in (*tables.estimates, *tables.checks) for value in row.model_dump().values()]
    figures = [value for value in values if isinstance(value, int | float)]
    shown = {f"{page.rise(value):z.2f}" for value in figures if abs(value) < 1.0} | {
        f"{value:z.3f}" for value in figures
    }
    shown |= {f"{100.0 * value:.0f}" for value in figures if 0.0 <= value <= 1.0} | {str(value) for value in figures}
    shown |= {f"{100.0 * abs(value):.1f}" for value in figures if abs(value) <= 1.0}
    shown |= {f"{100.0 * value:.2g}" for value in figures if 0.0 <= value <= 1.0}
    found = [number.replace("−", "-") for number in re.findall(r"−?[0-9]+(?:\.[0-9]+)?", text)]
    assert len(found) > 30
    assert [number for number in found if number not in shown | {"10", "90"}] == []
