"""Plug-ins: what a user's file brings holds in both engines and in explanations, and nothing else loads one.

Each is loaded in a process of its own, since a plug-in holds as long as the program.
"""

import json
import re
from pathlib import Path

import pytest

from tests.command_line import said
from tests.command_line import started as armsrace

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "plugins.md").read_text(encoding="utf-8")
EAGER = next(block for block in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL) if "RULES" in block)
HAWK = """\
from sim.engines.agents.state import StateAgent

class Hawk(StateAgent):
    def update_budget(self):
        super().update_budget()
        self.spending *= 1.1

AGENTS = {"SRB": Hawk}
"""
ISOLATED = """\
format_version: 1
title: Serbia is isolated
question: What if nobody sells Serbia arms?
extends: baseline
compare_to: baseline
events: [{type: isolation, id: everybody, at: 2026Q1, state: SRB}]
"""
# Both engines with the plug-in, the compiled one as the Python that is translated; and what the C of the model says of the rule.
BOTH = """\
import json, sim
sim.plug("eager.py")
sim.plug("eager.py")  # a second time is none
from sim.engines.compiled import library
from sim.explain.changes import UNACCOUNTED
options = {"members": 1, "until": "2024Q4", "pictures": "none", "split": False, "ensemble": "prior"}
runs = [sim.run("skydagger-delivery", engine=engine, **options) for engine in ("agents", "compiled")]
spending = [run.contrast("spending", "SRB").scenario.median.tolist() for run in runs]
why = sim.explain("baseline", "SRB", "2024Q4", members=1, ensemble="prior")
print(json.dumps({
    "spending": spending, "c": "1.5" in library.todays_c(), "left": any(part.cause == UNACCOUNTED for part in why.parts),
    "residual": why.change - sum(part.value for part in why.parts),
}))
"""
PLAIN = """\
import json, sim
options = {"members": 1, "until": "2024Q4", "pictures": "none", "split": False, "ensemble": "prior"}
print(json.dumps(sim.run("skydagger-delivery", **options).contrast("spending", "SRB").scenario.median.tolist()))
"""


@pytest.fixture
def folder(tmp_path):
    for name, text in {"eager.py": EAGER, "hawk.py": HAWK, "isolated.yaml": ISOLATED}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.slow
def test_a_rule_holds_in_both_engines_is_translated_and_is_explained(folder):
    code, out, err = said(folder, "-c", BOTH, form="python")
    assert code == 0, err
    found = json.loads(out.splitlines()[-1])
    one, other = found["spending"]
    assert one == other
    assert found["c"] and not found["left"] and abs(found["residual"]) < 1e-6
    plain = json.loads(said(folder, "-c", PLAIN)[1])
    assert plain[:20] != one[:20] or plain != one


@pytest.mark.slow
def test_an_event_and_a_metric_are_known_with_the_plug_in_and_unknown_without(folder):
    (folder / "events.py").write_text(EAGER.replace("RULES =", "NO_RULES ="), encoding="utf-8")
    design = (
        "format_version: 1\nscenarios: [baseline, isolated.yaml]\nuntil: 2026Q4\ndesign: {kind: grid}\n"
        "vary: {reaction.SRB: [0.2]}\nmetrics: [{function: ratio, name: ratio}, {variable: orders, actor: SRB, counterpart: FRA}]\n"
    )
    (folder / "design.yaml").write_text(design, encoding="utf-8")
    code, _, err = armsrace(folder, "validate", "isolated.yaml")
    assert code == 2 and 'unknown type "isolation"' in err
    code, out, err = armsrace(folder, "show", "isolated.yaml", "--plugin", "events.py")
    assert code == 0 and "nobody sells Serbia arms" in out, err
    code, _, err = armsrace(folder, "sweep", "design.yaml", "--plugin", "events.py", "--out", "out")
    assert code == 0, err
    manifest = json.loads((folder / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert list(manifest["identity"]["plugins"]) == ["events.py"] and manifest["metrics"][0]["function"] == "ratio"
    code, _, err = armsrace(folder, "sweep", "design.yaml", "--plugin", "events.py", "--out", "out", "--dask", "local")
    assert code == 0  # nothing is missing, so that no worker is asked
    (folder / "events.py").write_text(EAGER.replace("RULES =", "NO_RULES =") + "\n# changed\n", encoding="utf-8")
    code, _, err = armsrace(folder, "sweep", "design.yaml", "--plugin", "events.py", "--out", "out")
    assert code == 2 and "differs in plugins" in err


@pytest.mark.slow
def test_agents_run_in_the_mesa_model_and_are_refused_elsewhere(folder):
    asked = ("run", "skydagger-delivery", "--members", "1", "--until", "2018Q4", "--plugin", "hawk.py", "--out", "out")
    code, _, err = armsrace(folder, *asked)
    assert code == 2 and "SRB: Hawk" in err and "--engine agents" in err
    code, _, err = armsrace(folder, *asked, "--engine", "agents")
    assert code == 0 and "are left out" in err
    code, _, err = armsrace(folder, "replay", "out")
    assert code == 2 and "was run with hawk.py" in err
    assert armsrace(folder, "replay", "out", "--plugin", "hawk.py")[0] == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "def desired_gap(reaction: float) -> float:\n    return 0.0\nRULES = {'spending.desired_gap': desired_gap}",
            "in place of",
        ),
        ("RULES = {'spending.desired_gapp': len}", 'did you mean "spending.desired_gap"'),
        ("RULES = {'nothing.at_all': len}", "no rule of this name"),
        ("EVENTS = [int]", "no subclass of sim.scenario.event.EventBase"),
        ("METRICS = {'ratio': 3}", "METRICS, ratio"),
        ("x = 1", "brings nothing"),
        ("x = 1 / 0", "ZeroDivisionError"),
        ("def (", "SyntaxError"),
    ],
)
def test_a_plug_in_that_does_not_fit_is_refused_in_words(tmp_path, monkeypatch, text, message):
    from sim.io import plugged
    from sim.io.errors import InputError
    from sim.plugins import plug

    monkeypatch.setattr("sim.plugins._check_time", lambda *_: None)
    (tmp_path / "wrong.py").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=re.escape(message)):
        plug(tmp_path / "wrong.py")
    assert not plugged.FILES and not plugged.EVENTS


def test_a_plug_in_that_comes_too_late_is_refused(tmp_path):
    from sim.engines.compiled.library import current_digest
    from sim.io.errors import InputError
    from sim.plugins import plug

    current_digest()
    (tmp_path / "eager.py").write_text(EAGER, encoding="utf-8")
    with pytest.raises(InputError, match="comes too late"):
        plug(tmp_path / "eager.py")


def test_neither_scenarios_nor_designs_name_a_plug_in():
    from sim.scenario.schema import ScenarioFile
    from sim.sweep.schema import DesignFile

    for schema in (ScenarioFile, DesignFile):
        assert not {name for name in schema.model_fields if "plug" in name}


DIGEST = """\
import sim
sim.plug("outer.py")
from sim.engines.simulate import equations_digest
print(equations_digest())
"""
OUTER = """\
from inner import FACTOR

def hostility(attitude: float) -> float:
    return FACTOR * (1.0 - attitude)

RULES = {"capability.hostility": hostility}
"""


def test_a_file_that_a_plug_in_reads_is_part_of_the_equations(folder):
    (folder / "outer.py").write_text(OUTER, encoding="utf-8")
    digests = []
    for factor in ("1.0", "0.25", "0.25"):  # of another length: Python tells sources by size and second
        (folder / "inner.py").write_text(f"FACTOR = {factor}\n", encoding="utf-8")
        code, out, err = said(folder, "-c", DIGEST)
        assert code == 0, err
        digests.append(out)
    assert digests[0] != digests[1] == digests[2]


def test_a_module_beside_a_plug_in_that_changed_is_named(folder):
    text = "from inner import FACTOR\n" + EAGER.replace("RULES =", "NO_RULES =")
    (folder / "outer.py").write_text(text, encoding="utf-8")
    (folder / "inner.py").write_text("FACTOR = 1\n", encoding="utf-8")
    design = (
        "format_version: 1\nscenarios: [baseline]\nuntil: 2018Q4\nfit: prior\ndesign: {kind: grid}\n"
        "vary: {reaction.SRB: [0.2, 0.3]}\nmetrics: [{variable: spending, actor: SRB, when: last}]\n"
    )
    (folder / "design.yaml").write_text(design, encoding="utf-8")
    asked = ("sweep", "design.yaml", "--plugin", "outer.py", "--out", "out", "--chunk", "1")
    code, _, err = armsrace(folder, *asked, "--part", "1/2")
    assert code == 0, err
    (folder / "inner.py").write_text("FACTOR = 22\n", encoding="utf-8")
    code, _, err = armsrace(folder, *asked, "--part", "2/2")
    assert code == 2 and "differs in plugins" in err, err
    (folder / "inner.py").write_text("FACTOR = 1\n", encoding="utf-8")
    assert armsrace(folder, *asked)[0] == 0
    (folder / "inner.py").write_text("FACTOR = 22\n", encoding="utf-8")
    code, _, err = armsrace(folder, "replay", "out", "--plugin", "outer.py")
    assert code == 2 and "what differs: inner.py" in " ".join(err.split()), err


def test_a_metric_that_is_no_number_in_any_run_is_told_and_a_part_that_is_none_is_refused(folder):
    (folder / "nan.py").write_text(
        "METRICS = {'bad': (lambda x: x[-1] * float('nan'), ['spending.SRB'])}\n", encoding="utf-8"
    )
    design = (
        "format_version: 1\nscenarios: [baseline]\nuntil: 2018Q4\nfit: prior\ndesign: {kind: grid}\n"
        "vary: {reaction.SRB: [0.2]}\nmetrics: [{variable: spending, actor: SRB, when: last}, {function: bad, name: bad}]\n"
    )
    (folder / "design.yaml").write_text(design, encoding="utf-8")
    asked = ("sweep", "design.yaml", "--plugin", "nan.py", "--out", "out")
    code, _, err = armsrace(folder, *asked, "--part", "4/3")
    assert code == 2 and "4/3 is no part; the parts of 3 are 1/3 to 3/3" in err
    code, out, err = armsrace(folder, *asked)
    assert code == 0 and "\nmetric bad: no number in 100 % of runs\n" in out and out.count("no number") == 1, out + err


BROKEN = """\
from typing import Literal
from sim.scenario.event import EventBase

class Boom(EventBase):
    type: Literal["boom"]
    sentence = "boom"
    label = "boom"
    example = ""
    price = "none is counted: it is a test"

    def effects(self):
        EFFECTS

EVENTS = [Boom]
"""


@pytest.mark.parametrize(
    ("effects", "said_of_it"),
    [
        ("raise KeyError('embargoo')", "Boom.effects fails: KeyError: 'embargoo'"),
        ("yield 3", "Boom.effects gives 3"),
        (
            "yield self.set('embargoo', ('SRB', 'FRA'))",
            'boom.py: 1 problem everybody Boom.effects writes "embargoo", which no',
        ),
        (
            "yield self.set('embargo', ('SRB',))",
            "boom.py: 1 problem everybody Boom.effects writes embargo of ('SRB',), which is none",
        ),
    ],
)
def test_what_the_event_of_a_plug_in_does_wrong_is_told_as_the_plug_in_s(folder, effects, said_of_it):
    (folder / "boom.py").write_text(BROKEN.replace("EFFECTS", effects), encoding="utf-8")
    (folder / "boom.yaml").write_text(
        ISOLATED.replace("isolation, ", "boom, ").replace(", state: SRB", ""), encoding="utf-8"
    )
    code, _, err = armsrace(folder, "run", "boom.yaml", "--plugin", "boom.py", "--members", "1", "--pictures", "none")
    assert code == 2 and said_of_it in " ".join(err.split())


def test_a_type_of_event_that_is_taken_is_refused_with_file_and_class(folder):
    text = BROKEN.replace("boom", "order").replace("EFFECTS", "yield from ()")
    (folder / "again.py").write_text(text, encoding="utf-8")
    code, _, err = armsrace(folder, "validate", "baseline", "--plugin", "again.py")
    assert code == 2 and 'again.py: 1 problem\n  EVENTS, Boom   the type "order" is taken' in err, err


RULE = """\
def desired_gap(
    reaction: float, threat_rise: float, yielding: float, grievance: float, insecurity_outside: float
) -> float:
    RETURN

RULES = {"spending.desired_gap": desired_gap}
"""


@pytest.mark.parametrize(
    ("engine", "text", "told"),
    [
        ("compiled", RULE.replace("RETURN", "return 1e308 * 10.0"), "line 1 desired_gap gives inf for reaction = "),
        ("agents", RULE.replace("RETURN", "return 1.0 / (reaction - reaction)"), "line 4 desired_gap fails: ZeroDivis"),
        ("agents", HAWK.replace("1.1", "float('nan')"), "line 4 Hawk.update_budget sets spending to nan"),
        ("agents", HAWK.replace("*= 1.1", "= -500.0"), "line 4 Hawk.update_budget sets spending to -500.0"),
    ],
)
def test_what_a_plug_in_makes_not_finite_stops_the_run_and_is_told_with_function_quarter_and_member(
    tmp_path, engine, text, told
):
    (tmp_path / "wrong.py").write_text(text, encoding="utf-8")
    asked = "run baseline --members 2 --until 2018Q4 --pictures none --plugin wrong.py --out out"
    code, _, err = armsrace(tmp_path, *asked.split(), "--engine", engine)
    words = " ".join(err.split())
    assert code == 2 and "wrong.py: 1 problem" in words and told in words and "in 2018Q1 of member 0" in words, err
    assert not (tmp_path / "out").exists()


ONE_MEMBER_ONLY = """\
import numpy as np, sim
sim.plug("wrong.py")
from sim.engines import simulate
from sim.io.errors import InputError
from sim.model.variables import Series
world = simulate.prepared_scenarios("baseline", (), None, "prior")[0]
asked = {"seed": 1, "quarters": 4, "series": [Series("spending", "SRB")], "engine": "agents"}
simulate.simulated(world, [0], **asked)
try:
    simulate.simulated(world, range(8), **asked)
except InputError as error:
    print(error)
"""


def test_a_member_whose_record_is_not_finite_is_run_again_to_find_the_function(tmp_path):
    hawk = HAWK.replace("1.1", "float('nan') if self.model.member == 5 and self.model.quarter == 2 else 1.0")
    (tmp_path / "wrong.py").write_text(hawk, encoding="utf-8")
    code, out, err = said(tmp_path, "-c", ONE_MEMBER_ONLY)
    assert code == 0 and "Hawk.update_budget" in out and "in 2018Q3 of member 5" in out, err


@pytest.mark.parametrize("text", [RULE.replace("RETURN", "return 0.0"), HAWK, EAGER])
def test_two_plug_ins_that_bring_the_same_are_refused_and_both_are_named(tmp_path, text):
    for name in ("one.py", "other.py"):
        (tmp_path / name).write_text(text, encoding="utf-8")
    code, _, err = armsrace(tmp_path, "list", "--plugin", "one.py", "--plugin", "other.py")
    assert code == 2 and "other.py: 1 problem" in err and "one.py, which is plugged in, brings this too" in err
