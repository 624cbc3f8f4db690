"""A new type of event is one class in one new file: in a copy of the package, it is read, shown, run and explained."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TYPE = '''
from typing import Annotated, Literal

from pydantic import Field

from sim.model.distributions import Distribution
from sim.model.schedule import parameter
from sim.scenario.event import RELATIONS, EventBase
from sim.scenario.fields import LEVEL, State, Until, size


class Hotline(EventBase):
    """A hotline from one state to another, which calms the north and opens its forces to the others as long as it lasts."""

    type: Literal["hotline"]
    actor: State = Field(description="who calls")
    target: State = Field(description="who is called")
    use: Annotated[Distribution, size(LEVEL)] = Field(description="how much it is used")
    until: Until = None

    sentence = "{actor} opens a hotline to {target}, used at {use}{until: until }"
    label = "hotline: {actor} to {target}"
    example = "actor: SRB, target: XKX, use: 0.5, until: 2027Q4"
    price = "None counted: a line costs next to nothing."
    row = RELATIONS
    between = ("actor", "target")
    ends = "until"
    cause = ("hotline from {who} to {to}", "hotlines")

    def effects(self):
        yield self.add("cooperation", (self.target, self.actor), parameter("visit_effect"), self.size("use"))
        yield self.ease("tension", (), self.size("use"), believed=(self.target, self.actor))
        yield self.hold("transparency", (self.actor,), self.size("use"))
'''
SCENARIO = """\
format_version: 1
title: A hotline
question: Does a hotline calm the north?
extends: baseline
compare_to: baseline
events:
  - {id: red-phone, at: 2026Q1, type: hotline, actor: SRB, target: XKX, use: {uniform: [0.1, 0.4]}, until: 2026Q4}
"""
RUN = """\
import json, sys
import numpy as np
sys.path.insert(0, "docs")
import scenario_page
from sim.engines.agents import model as agents
from sim.engines.compiled import engine
from sim.engines.simulate import prepared_scenario
from sim.explain.attribution import Cause
from sim.explain.recorded_run import record
from sim.explain.security import tension
from sim.explain.text import cause_words
from sim.io.quarters import index_of
from sim.model.variables import Series, all_series
from sim.scenario.loading import load_scenario

now = index_of("2026Q1")
run = {"members": (0, 3, 41), "seed": 5, "quarters": now + 6}
mine, base = (prepared_scenario(load_scenario(name)) for name in ("mine.yaml", "baseline"))
by_agents, compiled = (one.simulate(mine.parameters, mine.script, **run) for one in (agents, engine))
usual = engine.simulate(base.parameters, base.script, **run)
change = (compiled - usual)[all_series().index(Series("tension", "SRB", "XKX"))]
told = tension(record(mine.parameters, mine.script, **run))[now][0]
causes = {cause_words(cause): part.tolist() for cause, part in told.parts.items() if cause.event == "red-phone"}
print(json.dumps({
    "agree": by_agents.tobytes() == compiled.tobytes(), "before": float(np.abs((compiled - usual)[:, :now]).max()),
    "change": change[now].tolist(), "causes": causes, "page": list(scenario_page.scenario_lines()),
}))
"""


@pytest.fixture(scope="module")
def copied(tmp_path_factory):
    """A copy of the package with one file more; the engines are those of the original, so that they need no compiling."""
    folder = tmp_path_factory.mktemp("copy")
    shutil.copytree(ROOT / "sim", folder / "sim", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "sim" / "engines" / "__init__.py").write_text(f"__path__ = [{str(ROOT / 'sim' / 'engines')!r}]\n")
    for name in ("calibration", "docs", "scenarios", "seeds"):
        (folder / name).symlink_to(ROOT / name)
    (folder / "sim" / "scenario" / "events" / "hotline.py").write_text(TYPE, encoding="utf-8")
    (folder / "mine.yaml").write_text(SCENARIO, encoding="utf-8")
    return folder


def answer(folder, *arguments):
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=os.environ | {"PYTHONPATH": str(folder)}, capture_output=True,
        text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    return done.stdout + done.stderr


def test_a_new_type_of_event_is_read_and_its_mistakes_are_told(copied):
    assert "ok" in answer(copied, "-m", "sim", "validate", "mine.yaml")
    (copied / "bad.yaml").write_text(SCENARIO.replace("use:", "usage:").replace("actor: SRB", "actor: XKX"))
    refusal = answer(copied, "-m", "sim", "validate", "bad.yaml")
    assert 'unknown field; did you mean "use"?' in refusal
    (copied / "bad.yaml").write_text(SCENARIO.replace("type: hotline", "type: hotlin"))
    assert 'unknown type "hotlin"; did you mean "hotline"?' in answer(copied, "-m", "sim", "validate", "bad.yaml")
    (copied / "bad.yaml").write_text(SCENARIO.replace("target: XKX", "target: SRB"))
    assert "actor and target must be two different actors" in answer(copied, "-m", "sim", "validate", "bad.yaml")


def test_a_new_type_of_event_is_shown_in_its_sentence(copied):
    shown = " ".join(answer(copied, "-m", "sim", "show", "mine.yaml").split())
    assert (
        "2026Q1 red-phone: Serbia opens a hotline to Kosovo, used at 0.25 (90 % range 0.12 to 0.39) until 2026Q4"
        in shown
    )


def test_a_new_type_of_event_is_in_the_json_schema(copied):
    schema = json.loads(answer(copied, "-m", "sim", "schema"))["$defs"]["Hotline"]
    assert schema["properties"]["use"]["description"] == "how much it is used [share of the highest level]"
    assert schema["examples"][0]["until"] == "2027Q4"


def test_both_engines_run_a_new_type_of_event_alike_and_it_is_explained(copied):
    result = json.loads(answer(copied, "-c", RUN).splitlines()[-1])
    assert result["agree"]
    assert result["before"] == 0.0
    assert all(change < 0.0 for change in result["change"]) and len(set(result["change"])) == 3
    assert all(part < 0.0 for part in result["causes"]["hotline from Serbia to Kosovo"])
    page = "\n".join(result["page"])
    assert "- {id: hotline, at: 2026Q1, type: hotline, actor: SRB, target: XKX, use: 0.5, until: 2027Q4}" in page
    assert "| `use` | how much it is used | 0 to 1, share of the highest level | hotline |" in page
