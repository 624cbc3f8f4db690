"""A run repeated from its manifest: the same bytes, or the reason why not."""

import json
import shutil
from pathlib import Path

import pytest

from sim.cli.main import main
from sim.io.errors import InputError
from sim.runs.manifest import read_manifest
from sim.runs.replay import differing_versions, replayed
from sim.runs.run import run
from sim.runs.theories import run_theories

OPTIONS = {"members": 64, "until": "2026Q2", "pictures": "none"}  # enough for a split of the uncertainty
FEW = {**OPTIONS, "members": 4}
SETTINGS = ["reaction.SRB=0.4", "events.skydagger-order.n=2000"]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("replay") / "run"
    run("skydagger-delivery", out=folder, settings=SETTINGS, theory="spiral", seed=7, trajectories="headline", **FEW)
    return folder


@pytest.fixture
def copy(made, tmp_path):
    return shutil.copytree(made, tmp_path / "copy")


def altered(folder: Path, **fields):
    file = folder / "manifest.json"
    file.write_text(json.dumps({**json.loads(file.read_text(encoding="utf-8")), **fields}), encoding="utf-8")


def test_a_run_with_settings_and_a_theory_is_the_same_again(tmp_path):
    run(
        "skydagger-delivery",
        out=tmp_path / "run",
        settings=SETTINGS,
        theory="spiral",
        seed=7,
        trajectories="headline",
        **OPTIONS,
    )
    found = replayed(tmp_path / "run")
    assert found.is_same and found.versions == {}
    assert {"manifest.json", "summary.csv", "trajectories.parquet", "uncertainty.csv"} <= {
        one.file for one in found.files
    }


def test_a_folder_with_every_theory_is_the_same_again(tmp_path):
    run_theories("skydagger-delivery", out=tmp_path / "all", **{**FEW, "members": 2})
    assert replayed(tmp_path / "all" / "manifest.json").is_same


def test_a_scenario_of_ones_own_is_the_same_again_after_its_file_is_gone(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text(
        "format_version: 1\ntitle: Mine\nquestion: What if?\nextends: baseline\ncompare_to: baseline\nparameters: {reaction.XKX: 0.3}\n",
        encoding="utf-8",
    )
    run(file, out=tmp_path / "out", **FEW)
    file.unlink()
    assert replayed(tmp_path / "out").is_same


def test_one_changed_digit_is_found(copy, capsys):
    text = (copy / "summary.csv").read_text(encoding="utf-8")
    (copy / "summary.csv").write_text(text[:-3] + ("1" if text[-3] != "1" else "2") + text[-2:], encoding="utf-8")
    assert main(["replay", str(copy)]) == 1
    said = capsys.readouterr().out
    assert "summary.csv: different" in said and "changed by hand" in said


def test_a_file_more_and_a_file_less_are_found(copy):
    (copy / "trajectories.parquet").unlink()
    (copy / "notes.txt").write_text("mine", encoding="utf-8")
    states = {one.file: one.state for one in replayed(copy).files}
    assert states["trajectories.parquet"] == "not in the run" and states["notes.txt"] == "not made again"


def test_another_version_is_named(copy, capsys):
    altered(copy, versions={**read_manifest(copy).versions, "numpy": "1.0.0"})
    assert set(differing_versions(read_manifest(copy))) == {"numpy"}
    assert main(["replay", str(copy), "--format", "json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["versions"]["numpy"]["run"] == "1.0.0" and told["same_numbers"] and not told["same"]


def test_a_manifest_that_tells_fewer_versions_is_compared_by_those(copy):
    versions = read_manifest(copy).versions
    altered(copy, versions={name: told for name, told in versions.items() if name != "matplotlib"})
    assert replayed(copy).is_same


def test_times_and_paths_do_not_count(copy):
    altered(copy, command=["elsewhere"], written="2020-01-01", seconds=9.0)
    assert replayed(copy).is_same


def test_a_manifest_whose_scenario_was_changed_is_refused(copy):
    scenario = read_manifest(copy).content["scenario"]
    altered(copy, scenario={**scenario, "title": "Another"})
    with pytest.raises(InputError, match="cannot be rebuilt"):
        replayed(copy)


@pytest.mark.parametrize("content", ["{}", "[]", "not json", '{"format_version": 1}'])
def test_what_is_no_manifest_is_refused(tmp_path, content):
    (tmp_path / "manifest.json").write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match="not the manifest of a run"):
        read_manifest(tmp_path)


def test_a_folder_without_a_run_is_refused_with_what_to_do(tmp_path, capsys):
    assert main(["replay", str(tmp_path)]) == 2
    assert "give the folder of a run" in capsys.readouterr().err
