"""A country is rows of data: with them it is listed, simulated by both engines, drawn, and on the class page.

The rows stand in a copy of the repository, which programs run in. The compiled engine is interpreted there: its numbers are the
same, and compiling takes longer than all else.
"""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from sim.data.actors import load_actors
from sim.io.assets import data_file
from sim.io.errors import InputError
from sim.model.network import network_of
from sim.model.parameters import load_parameters

ROOT = Path(__file__).parents[2]
ROW = """  - {code: HUN, name: Hungary, roles: [state, commander],
     colour: "#3C7814", dash: [1.5, 6], marker: ".", network: [3.6, 6.4], class_map: {x: 45, y: 15, label: above}}
"""
PROGRAM = """
import json
from sim.classroom.initial_payload import start
from sim.engines.agents import model
from sim.engines.compiled import engine
from sim.engines.simulate import prepared_scenario
from sim.model.variables import all_series
from sim.scenario.loading import load_scenario

engine.simulate_block.signatures = ["interpreted"]
world = prepared_scenario(load_scenario("baseline"), fit="documents-2025")
options = {"members": [0, 1], "seed": 1, "quarters": 9}
one, other = (part.simulate(world.parameters, world.script, **options) for part in (engine, model))
spending = [number for number, series in enumerate(all_series()) if (series.variable, series.actor) == ("spending", "HUN")]
print(json.dumps({"equal": bool((one == other).all()), "spending": one[spending].tolist(), "start": start()["actors"]}))
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository with Hungary in it: Slovenia's figures under another name."""
    folder = tmp_path_factory.mktemp("country")
    shutil.copytree(ROOT / "sim", folder / "sim", ignore=shutil.ignore_patterns("__pycache__", "_data"))
    for name in ("seeds", "scenarios", "calibration"):
        shutil.copytree(data_file(name), folder / name)
    actors, context, parameters = (
        folder / name for name in ("seeds/actors.yaml", "seeds/context.csv", "calibration/parameters.yaml")
    )
    actors.write_text(actors.read_text("utf-8").replace("  - {code: RUS,", f"{ROW}  - {{code: RUS,"), "utf-8")
    figures = context.read_text("utf-8").splitlines(keepends=True)
    figures += [row.replace("-SVN-", "-HUN-").replace(",SVN,", ",HUN,") for row in figures if "-SVN-" in row]
    context.write_text("".join(figures), "utf-8")
    text = parameters.read_text("utf-8")
    for old, new in (
        ("SVN: 0.018}", "HUN: 0.02}"),
        ("SVN: 0.025}", "HUN: 0.03}"),
        ("      SVN.SRB: 0.1\n", "HUN.SRB: 0.1\n"),
    ):
        assert old in text
        text = text.replace(old, f"{old.rstrip('}')}, {new}" if "}" in old else f"{old}      {new}")
    parameters.write_text(text, "utf-8")
    return folder


def said(folder: Path, *words: str, **variables: str) -> str:
    environment = os.environ | {"PYTHONPATH": str(folder)} | variables
    done = subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_new_country_is_listed_run_and_drawn(copy: Path) -> None:
    assert "baseline" in said(copy, "-m", "sim", "list")
    said(copy, "-m", "sim", *"run baseline --engine agents --members 2 --until 2018Q4 --out run".split())
    assert "made before Hungary came into the model" in (copy / "run" / "report.html").read_text("utf-8")
    assert "\nspending,HUN," in (copy / "run" / "summary.csv").read_text("utf-8")
    for name in ("states", "network"):
        assert ">Hungary<" in (copy / "run" / "figures" / f"{name}.svg").read_text("utf-8")
    assert f"Military spending of {len(load_actors().states) + 1} states" in (
        copy / "run" / "figures" / "states.svg"
    ).read_text("utf-8")


@pytest.mark.slow
def test_new_country_is_the_same_in_both_engines_and_has_a_place_on_the_class_page(copy: Path) -> None:
    told = json.loads(said(copy, "-W", "ignore", "-c", PROGRAM, NUMBA_DISABLE_JIT="1"))
    assert told["equal"]
    assert all(value > 0.0 for quarter in told["spending"][0] for value in quarter)
    (place,) = (actor["place"] for actor in told["start"] if actor["code"] == "HUN")
    assert (place["x"], place["y"], place["label"]) == (45.0, 15.0, "above")


@pytest.mark.slow
def test_new_country_leaves_the_draws_of_all_others_as_they_were(copy: Path) -> None:
    code = """
import json
from sim.ensembles.draws import parameters_of_member
from sim.ensembles.registry import fitted
from sim.model.parameters import load_parameters
table = fitted(load_parameters(), "documents-2025")
print(json.dumps(dict(zip(table.keys, parameters_of_member(table, 1, 3)))))
"""
    with_it, without_it = (json.loads(said(folder, "-c", code)) for folder in (copy, ROOT))
    assert {key: value for key, value in with_it.items() if "HUN" not in key} == without_it
    assert with_it["adjustment.HUN"] != with_it["adjustment.SVN"]


def test_rivals_that_stand_apart_are_refused() -> None:
    declared = load_parameters(data_file("calibration", "parameters.yaml"))
    (place,) = (number for number, one in enumerate(declared.parameters) if one.name == "threat_share")
    shares = declared.parameters[place]
    assert network_of(load_actors(), declared).rivals[:2] == (("SRB", "XKX"), ("SRB", "HRV"))
    turned = replace(shares, suffixes=(*shares.suffixes[1:], shares.suffixes[0]))
    table = replace(declared, parameters=(*declared.parameters[:place], turned, *declared.parameters[place + 1 :]))
    with pytest.raises(InputError, match="the rivals of SRB must stand together"):
        network_of(load_actors(), table)
