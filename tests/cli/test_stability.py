"""`armsrace stability`: the same numbers as words, as JSON and as tables, and a portrait of any two states."""

import csv
import json

import pytest

from sim.cli.main import main
from sim.data.actors import load_actors
from sim.runs.run import run
from sim.runs.stability import dyad_of, race_stability

FEW = ["--members", "40"]


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def told(capsys, *words):
    assert main(["stability", *words, *FEW, "--format", "json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_words_tables_json_and_picture_are_written(capsys, tmp_path):
    assert main(["stability", "skydagger-delivery", *FEW]) == 0
    said = capsys.readouterr().out
    assert "Left alone, spending is stable in " in said and "two-nation condition" in said
    folder = tmp_path / "results" / "skydagger-delivery-stability"
    assert {one.name for one in folder.iterdir()} == {
        "stability.json",
        "multipliers.csv",
        "pairs.csv",
        "race.csv",
        "figures",
    }
    assert {one.name for one in (folder / "figures").iterdir()} == {"phase-SRB-XKX.png", "phase-SRB-XKX.svg"}
    rows = list(csv.DictReader((folder / "multipliers.csv").read_text(encoding="utf-8").splitlines()))
    assert len(rows) == len(load_actors().states) ** 2
    written = json.loads((folder / "stability.json").read_text(encoding="utf-8"))
    own = next(row for row in rows if row["answering"] == row["pushed"] == "SRB")
    place = written["multipliers"]["states"].index("SRB")
    assert written["multipliers"]["median"][place][place] == pytest.approx(float(own["q50"]), abs=1e-6)


def test_a_scenario_of_events_moves_where_spending_settles_and_not_the_class(capsys):
    found = told(capsys, "skydagger-delivery")
    assert found["moved_by_scenario"]["eigenvalue_per_year"] == {"q05": 0.0, "q50": 0.0, "q95": 0.0}
    assert found["settling_per_cent"]["SRB"]["q50"] > 0.0 and found["settling_per_cent"]["ROU"]["q50"] == 0.0


def test_a_scenario_of_reactions_moves_the_eigenvalue(capsys, tmp_path):
    (tmp_path / "hot.yaml").write_text(
        "format_version: 1\ntitle: Hot\nquestion: What if threat made both spend less?\nextends: baseline\ncompare_to: baseline\n"
        "parameters: {reaction.SRB: -6.0, reaction.XKX: -6.0, fatigue: 0.0}\n",
        encoding="utf-8",
    )
    found = told(capsys, "hot.yaml")
    assert found["moved_by_scenario"]["eigenvalue_per_year"]["q50"] > 0.0
    assert found["stability"]["share_of_members"]["runaway"] > 0.5
    assert found["stability"]["doubling_time_years"]["q50"] > 0.0
    assert found["stability"]["threshold_scaling"]["q50"] < 1.0
    assert found["settling_per_cent"] == {}
    assert main(["stability", "hot.yaml", *FEW]) == 0
    assert "that is cut, for the race to be stable" in capsys.readouterr().out.replace("\n", " ")


@pytest.mark.parametrize("dyad", ["GRC-TUR", "xkx-srb"])
def test_any_two_states_have_a_portrait_with_the_same_bytes_each_time(capsys, tmp_path, dyad):
    names = []
    for folder in ("one", "two"):
        found = told(capsys, "baseline", "--dyad", dyad, "--out", folder)
        names = [tmp_path / file for file in found["files"] if "phase" in file]
    for file in names:
        assert file.read_bytes() == (tmp_path / "one" / "figures" / file.name).read_bytes()
    assert "-".join(found["dyad"]["states"]) == dyad.upper()


def test_the_worlds_of_a_run_are_taken(capsys, tmp_path):
    run(
        "skydagger-delivery",
        members=30,
        seed=9,
        until="2026Q4",
        settings=["reaction.XKX=0.7"],
        out=tmp_path / "r",
        pictures="none",
    )
    found = told(capsys, "r", "--out", "s")
    assert (found["members"], found["seed"], found["settings"]) == (30, 9, ["reaction.XKX=0.7"])
    same = race_stability("skydagger-delivery", members=30, seed=9, settings=["reaction.XKX=0.7"])
    rates = sorted(same.reaction.stability_eigenvalue().tolist())
    assert found["stability"]["eigenvalue_per_year"]["q50"] == pytest.approx(0.5 * (rates[14] + rates[15]))


def test_a_wrong_pair_is_told_which_states_there_are(capsys):
    assert main(["stability", "baseline", "--dyad", "SRB-KOS"]) == 2
    assert '"KOS" is not one of TUR, SRB, XKX' in capsys.readouterr().err
    assert dyad_of("grc-tur") == ("GRC", "TUR")


def test_a_folder_of_something_else_is_left_alone(capsys, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("mine", encoding="utf-8")
    assert main(["stability", "baseline", *FEW, "--out", "mine"]) == 2
    assert "choose another folder" in capsys.readouterr().err
