"""A country is rows of data: with them it is listed, simulated by both engines, drawn, and on the class page.

The rows stand in a copy of the repository, which programs run in. The compiled engine is interpreted there: its numbers are the
same, and compiling takes longer than all else.
"""

import json
import math
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from sim.data.actors import load_actors
from sim.io.assets import data_file
from sim.io.errors import InputError
from sim.model.network import network_of
from sim.model.parameters import ParameterTable, load_parameters

ROOT = Path(__file__).parents[2]
NEW, NAME = "XRT", "Ruritania"  # a code that is nobody's: ISO 3166-1 leaves those from XAA to XZZ to users
TWIN = load_actors().states[-1]  # whose figures and parameters it takes
PROGRAM = """
import json
from sim.classroom.content import content
from sim.engines.agents import model
from sim.engines.compiled import engine
from sim.engines.simulate import prepared_scenario
from sim.model.variables import all_series
from sim.scenario.loading import load_scenario

world = prepared_scenario(load_scenario("baseline"), fit="documents-2025")
options = {"members": [0, 1], "seed": 1, "quarters": 9}
one, other = (part.simulate(world.parameters, world.script, **options) for part in (engine, model))
spending = [number for number, series in enumerate(all_series()) if (series.variable, series.actor) == ("spending", "XRT")]
print(json.dumps({"equal": bool((one == other).all()), "spending": one[spending].tolist(), "start": content()["places"]}))
"""


def apart_from(taken: list[tuple[float, float]], across: range, up: range) -> tuple[int, int]:
    """The place that is farthest from all that are taken."""
    return max(((x, y) for x in across for y in up), key=lambda place: min(math.dist(place, other) for other in taken))


@pytest.fixture(scope="module")
def newcomer() -> dict[str, Any]:
    """A row of the table of actors, with signs and places that nobody has."""
    actors = load_actors().actors
    assert NEW not in load_actors().codes
    on_map = [(one.class_map.x, one.class_map.y) for one in actors if one.class_map]
    x, y = apart_from(on_map, range(5, 96), range(5, 96))
    return {
        "code": NEW, "name": NAME, "roles": ["state", "commander"],
        "colour": next(colour for colour in ("#3C7814", "#3C7815") if colour not in {one.colour for one in actors}),
        "dash": [max(length for one in actors for length in one.dash) + 1.0, 2.0],
        "marker": next(sign for sign in ".,Xs" if sign not in {one.marker for one in actors}),
        "network": apart_from([one.network for one in actors if one.network], range(10), range(7)),
        "class_map": {"x": x, "y": y, "label": "above"},
    }  # fmt: skip


def with_twin(content: Any) -> Any:
    """What is said of the twin, said of the newcomer too, below it."""
    if isinstance(content, list):
        return [with_twin(one) for one in content]
    if not isinstance(content, dict):
        return content
    same = {key: with_twin(value) for key, value in content.items()}
    told = {key.replace(TWIN, NEW): value for key, value in same.items() if TWIN in key.split(".")}
    return {**same, **told}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory, newcomer: dict[str, Any]) -> Path:
    """The repository with a state more in it. A file of YAML that is written anew is JSON, which is YAML too."""
    folder = tmp_path_factory.mktemp("country")
    shutil.copytree(ROOT / "sim", folder / "sim", ignore=shutil.ignore_patterns("__pycache__", "_data"))
    for name in ("seeds", "scenarios", "calibration"):
        shutil.copytree(data_file(name), folder / name)
    shutil.copy(data_file("CITATION.cff"), folder)
    actors, context, parameters = (
        folder / name for name in ("seeds/actors.yaml", "seeds/context.csv", "calibration/parameters.yaml")
    )
    table = yaml.safe_load(actors.read_text("utf-8"))
    place = load_actors().index(TWIN) + 1
    table["actors"][place:place] = [newcomer]
    actors.write_text(json.dumps(table), "utf-8")
    figures = context.read_text("utf-8").splitlines(keepends=True)
    figures += [
        row.replace(f"-{TWIN}-", f"-{NEW}-").replace(f",{TWIN},", f",{NEW},") for row in figures if f"-{TWIN}-" in row
    ]
    context.write_text("".join(figures), "utf-8")
    parameters.write_text(json.dumps(with_twin(yaml.safe_load(parameters.read_text("utf-8")))), "utf-8")
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
    assert f"made before {NAME} came into the model" in (copy / "run" / "report.html").read_text("utf-8")
    assert f"\nspending,{NEW}," in (copy / "run" / "summary.csv").read_text("utf-8")
    for name in ("states", "network"):
        assert f">{NAME}<" in (copy / "run" / "figures" / f"{name}.svg").read_text("utf-8")
    assert f"Military spending of {len(load_actors().states) + 1} states" in (
        copy / "run" / "figures" / "states.svg"
    ).read_text("utf-8")


@pytest.mark.slow
def test_new_country_is_the_same_in_both_engines_and_has_a_place_on_the_class_page(
    copy: Path, newcomer: dict[str, Any]
) -> None:
    told = json.loads(said(copy, "-W", "ignore", "-c", PROGRAM, ARMSRACE_COMPILED="python"))
    assert told["equal"]
    assert all(value > 0.0 for quarter in told["spending"][0] for value in quarter)
    assert newcomer["class_map"].items() <= told["start"][NEW].items()


@pytest.mark.slow
def test_new_country_leaves_the_draws_of_all_others_as_they_were(copy: Path) -> None:
    code = """
import json
from sim.ensembles.draws import parameters_of_member
from sim.ensembles.registry import fitted
from sim.model.parameters import ParameterTable, load_parameters
table = fitted(load_parameters(), "documents-2025")
print(json.dumps(dict(zip(table.keys, parameters_of_member(table, 1, 3)))))
"""
    with_it, without_it = (json.loads(said(folder, "-c", code)) for folder in (copy, ROOT))
    assert {key: value for key, value in with_it.items() if NEW not in key} == without_it
    assert with_it[f"burden_goal.{NEW}"] != with_it[f"burden_goal.{TWIN}"]


def with_suffixes(
    declared: ParameterTable, name: str, order: Callable[[tuple[str, ...]], tuple[str, ...]]
) -> ParameterTable:
    """The table with the indices of one parameter in another order, or fewer of them."""
    (place,) = (number for number, one in enumerate(declared.parameters) if one.name == name)
    turned = replace(declared.parameters[place], suffixes=order(declared.parameters[place].suffixes))
    return replace(declared, parameters=(*declared.parameters[:place], turned, *declared.parameters[place + 1 :]))


def test_rivals_that_stand_apart_are_refused() -> None:
    declared = load_parameters(data_file("calibration", "parameters.yaml"))
    assert network_of(load_actors(), declared).rivals[:2] == (("SRB", "XKX"), ("SRB", "HRV"))
    table = with_suffixes(declared, "threat_share", lambda names: (*names[1:], names[0]))
    with pytest.raises(InputError, match="the rivals of SRB must stand together"):
        network_of(load_actors(), table)


def test_a_rival_without_an_attitude_is_refused() -> None:
    declared = load_parameters(data_file("calibration", "parameters.yaml"))
    table = with_suffixes(declared, "relation_base", lambda names: tuple(name for name in names if name != "SRB.XKX"))
    with pytest.raises(InputError, match=r"no relation_base\.SRB\.XKX.*add one, or take SRB\.XKX out"):
        network_of(load_actors(), table)
