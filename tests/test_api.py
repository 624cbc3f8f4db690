"""What `sim` offers a program: its names, their types, and that they give what the commands and files give."""

import contextlib
import importlib.util
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sim
from sim.io.errors import InputError
from sim.sweep.design import read_design
from sim.sweep.expressions import expression, value_of
from sim.sweep.metrics import Formula

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
DESIGN = """\
format_version: 1
scenarios: [baseline, skydagger-delivery]
members: 2
until: 2026Q4
design: {kind: grid}
vary: {reaction.SRB: [0.2, 0.4]}
metrics: [{variable: spending, actor: SRB, when: 2026}]
"""
AS_MAPPING = {
    "scenarios": ["baseline", "skydagger-delivery"], "members": 2, "until": "2026Q4", "design": {"kind": "grid"},
    "vary": {"reaction.SRB": np.array([0.2, 0.4])}, "metrics": [{"variable": "spending", "actor": "SRB", "when": 2026}],
}  # fmt: skip
SCRIPT = """\
import sim

answer: sim.Run = sim.run("skydagger-delivery", members=8, settings={"reaction.SRB": 0.4})
by_year: int = len(answer.frame(years=True)) + len(answer.simulations("spending", "SRB", years=True))
share: float = float(answer.contrast("spending", "SRB").scenario.median[-1])
frame = sim.sweep({"scenarios": ["baseline"]}).frame()
known = sim.information("results/mine", "tension", "lower")
rows = [sim.regret("results/mine").frame(), known.frame(), sim.forecast(members=8).frame(), sim.load_sweep("results/mine").frame()]
study = sim.sensitivity("results/mine", ["tension"], methods=["sobol"]).frame(), sim.discover("results/mine", "tension > 1").frame()
told: tuple[str, ...] = sim.calibrate("fit", moments="moments.yaml", is_quick=True)
table: str = known.choice + sim.stability("baseline").frame().to_csv() + sim.compare(["baseline"]).frame().to_csv()
part = sim.explain("baseline", "SRB", "2026Q4", members=8).parts[0].value + share
try:
    sim.validate("nothing")
except sim.InputError as error:
    print(error.problems, frame.shape, sim.stability("baseline").scenario.id)
wrong = sim.run("baseline", members="many")
"""


def ratio(srb, xkx):
    return srb[-1] / xkx[-1]


def stops(values):
    return values[0, 0]


# ---- names -----------------------------------------------------------------------------------------------------------


def test_every_public_name_is_there_has_a_type_and_stands_on_the_page():
    stub = (ROOT / "sim" / "__init__.pyi").read_text(encoding="utf-8")
    typed = {*re.findall(r" as ([A-Za-z]\w*)$", stub, re.MULTILINE), *re.findall(r"^(\w+) = ", stub, re.MULTILINE)}
    names = set(sim.__all__) - {"__version__"}
    assert typed == names
    assert not {name for name in names if not re.search(rf"`{name}[(`]", PAGE)}
    assert all(callable(getattr(sim, name)) for name in names)
    assert (ROOT / "sim" / "py.typed").is_file()


def test_a_package_that_hides_a_function_is_called_like_it():
    assert sim.explain is sys.modules["sim.explain"]
    assert sim.explain("baseline", "SRB", "2026Q4", members=2, ensemble="prior").members == 2


@pytest.mark.slow
def test_a_users_script_is_checked_strictly(tmp_path):
    if importlib.util.find_spec("mypy") is None:
        pytest.skip("mypy is not installed")
    file = tmp_path / "script.py"
    file.write_text(SCRIPT, encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--config-file",
        os.devnull,
        "--cache-dir",
        str(tmp_path),
        str(file),
    ]
    said = subprocess.run(
        command, env={**os.environ, "MYPYPATH": str(ROOT)}, capture_output=True, text=True, check=False, cwd=tmp_path
    )
    faults = [line for line in said.stdout.splitlines() if ": error:" in line]
    assert len(faults) == 1 and 'Argument "members" to "run"' in faults[0], said.stdout


@pytest.mark.slow
@pytest.mark.parametrize("name", ["researchers", "published"])
def test_a_notebook_gives_what_it_shows(name):
    spec = importlib.util.spec_from_file_location("notebook", ROOT / "docs" / "notebook.py")
    notebook = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(notebook)
    content = json.loads((ROOT / "docs" / f"{name}.ipynb").read_text(encoding="utf-8"))
    with contextlib.redirect_stderr(io.StringIO()):
        assert notebook.run_again(content) == content, "run: python docs/notebook.py"


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_the_recipe_of_a_search_runs_as_it_stands():
    pytest.importorskip("ema_workbench", reason="the workbench is not installed")
    code = next(block for block in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL) if "ema_workbench" in block)
    names = {"sim": sim}
    small = code.replace("nfe=1000", "nfe=20, population_size=10").replace("members=32", "members=4")
    with contextlib.redirect_stderr(io.StringIO()):
        exec(small, names)
    best = names["best"]
    assert {"tension", "spending", "mediation_probability"} <= set(best.columns) and len(best) >= 1


# ---- mappings, expressions and functions ---------------------------------------------------------------------------------


def test_a_design_as_a_mapping_gives_the_table_of_its_file(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text(DESIGN, encoding="utf-8")
    of_file = sim.sweep(file, out=tmp_path / "a", threads=1).frame()
    of_mapping = sim.sweep(AS_MAPPING, out=tmp_path / "b", threads=1).frame()
    pd.testing.assert_frame_equal(of_file, of_mapping)
    evaluated = sim.evaluate(
        {"reaction.SRB": [0.2, 0.4]}, ["spending.SRB.2026"], scenarios=["baseline", "skydagger-delivery"], members=2,
        by_member=True,
    )  # fmt: skip
    assert evaluated["spending.SRB.2026"].tolist() == of_file["spending.SRB.2026"].tolist()


def test_a_scenario_as_a_mapping_runs_like_a_file(tmp_path):
    said = {
        "title": "Serbia reacts",
        "question": "What if?",
        "extends": "baseline",
        "parameters": {"reaction.SRB": 0.5},
    }
    mine = sim.load_scenario(said, name="mine")
    assert mine.id == "mine" and mine.parameters == {"reaction.SRB": 0.5}
    table = sim.evaluate({"coupling": [1.0]}, ["spending.SRB.2030"], scenarios=["baseline", mine])
    assert table["scenario"].tolist() == ["baseline", "mine"] and table["spending.SRB.2030"].nunique() == 2
    with pytest.raises(InputError, match="parameters"):
        sim.load_scenario({**said, "parameters": {"reacton.SRB": 0.5}})


def test_expressions_and_functions_are_metrics_like_others(tmp_path):
    metrics = [
        *AS_MAPPING["metrics"],
        {"name": "share", "expression": "spending.SRB / gdp.SRB", "when": [2026, "max"]},
        {"name": "part", "expression": "spending.SRB.2026 / (spending.SRB.2026 + spending.XKX.2026)", "unit": "share"},
        {"name": "none", "expression": "1 / (spending.SRB.2026 - spending.SRB.2026)"},
        {"name": "ratio", "function": ratio, "needs": ["spending.SRB", "spending.XKX"]},
        *({"variable": "spending", "actor": state, "when": "2026Q4", "name": state} for state in ("SRB", "XKX")),
    ]
    made = sim.sweep({**AS_MAPPING, "metrics": metrics}, out=tmp_path / "out", threads=1)
    frame = made.frame()
    assert (frame["ratio.2026Q4"] if "ratio.2026Q4" in frame else frame["ratio"]).tolist() == (
        frame["SRB"] / frame["XKX"]
    ).tolist()
    assert frame["none"].isna().all() and frame["part"].between(0.8, 1.0).all() and (frame["share.max"] < 0.1).all()
    held = sim.load_sweep(made.folder).with_metric("double", "2 * part")
    assert held.worlds("double").equals(2 * held.worlds("part"))
    other = {**AS_MAPPING, "metrics": [{"name": "ratio", "function": stops, "needs": ["spending.SRB"]}]}
    with pytest.raises(InputError, match="returns an array"):
        sim.sweep(other, out=tmp_path / "other")
    for wrong in (lambda _: np.zeros(2), lambda series: np.zeros(2 + (series.max() > 1))):
        other = {**AS_MAPPING, "metrics": [{"name": "wrong", "function": wrong, "needs": ["spending.SRB"]}]}
        with pytest.raises(InputError, match="returns an array"):
            sim.sweep(other, out=tmp_path / "wrong", threads=1)


@pytest.mark.parametrize(
    "text",
    ["__import__('os').system('ls')", "spending.SRB.__class__", "[1]", "a if b else c", "lambda: 1", "log(a, b)", "a < b < c",
     "'text'", "f(a)", "a; b", "a" * 2000, "(" * 300 + "a" + ")" * 300, "True", "a := 1", "a and b", "max(*a)", "", "10 ** 10 ** a"],
)  # fmt: skip
def test_anything_else_than_arithmetic_is_refused_or_a_name(text):
    try:
        read = expression(text)
    except ValueError:
        return
    assert all(re.fullmatch(r"[A-Za-z]\w*(\.\w+)*", name) for name in read.names)
    assert read.names, text


def test_an_expression_comes_to_what_arithmetic_says():
    terms = {"a": np.array([1.0, 4.0]), "b.c": np.array([2.0, 0.0])}
    cases = {
        "a + 2 * b.c": [5.0, 4.0], "-a ** 2": [-1.0, -16.0], "a > b.c": [0.0, 1.0], "where(a > 2, a, b.c)": [2.0, 4.0],
        "max(a, b.c) - min(a, 3)": [1.0, 1.0], "sqrt(a) + log(exp(a)) + abs(0 - a)": [3.0, 10.0],
    }  # fmt: skip
    for text, expected in cases.items():
        assert value_of(text, terms).tolist() == pytest.approx(expected), text


def test_a_point_that_is_not_legal_or_not_complete_is_refused():
    sim.evaluate({"mediation_probability": [0.5]}, ["spending.SRB.2026"])  # so that its plan is kept
    with pytest.raises(InputError, match="outside"):
        sim.evaluate({"mediation_probability": [1.5]}, ["spending.SRB.2026"])
    with pytest.raises(InputError, match="same number of values"):
        sim.evaluate({"reaction.SRB": [0.2], "reaction.XKX": [0.1, 0.2]}, ["spending.SRB.2026"])
    with pytest.raises(InputError, match='did you mean "SRB"'):
        sim.evaluate({"reaction.SRB": [0.2]}, ["spending.SRX.2026"])


# ---- runs ------------------------------------------------------------------------------------------------------------


def test_single_simulations_are_those_that_the_bands_sum_up_and_that_are_stored(tmp_path):
    options = {"members": 9, "until": "2026Q4", "pictures": "none", "split": False}
    answer = sim.run("skydagger-delivery", trajectories="all", out=tmp_path / "run", **options)
    rows = answer.simulations("tension", "SRB", "XKX")
    assert rows.index.names == ["quarter", "member"] and list(rows.columns) == ["baseline", "scenario"]
    medians = rows["scenario"].unstack().median(axis=1).to_numpy()
    assert medians == pytest.approx(answer.contrast("tension", "SRB", "XKX").scenario.median, abs=1e-15)
    stored = sim.load_run(tmp_path / "run")
    pd.testing.assert_frame_equal(stored.simulations("tension", "SRB", "XKX"), rows, check_index_type=False)
    assert len(stored.summary()) and "skydagger-delivery against baseline: 9 simulations" in repr(stored)
    assert len(repr(answer)) < 120 and "<table" in answer._repr_html_()
    with pytest.raises(InputError, match="no such series"):
        stored.simulations("tension", "XKX", "SRB")
    (tmp_path / "run" / "summary.csv").write_text("changed", encoding="utf-8")
    with pytest.raises(InputError, match="was changed since"):
        stored.summary()


def test_everything_shows_itself_in_a_line(tmp_path):
    held = sim.load_sweep(
        sim.sweep({**AS_MAPPING, "vary": {"reaction.SRB": [0.1, 0.2, 0.3]}}, out=tmp_path / "out", threads=1).folder
    )
    shown = [
        held, sim.regret(held), sim.compare(["skydagger-delivery"], members=2, until="2026Q4"), sim.stability("baseline", members=2),
        sim.explain("baseline", "SRB", "2026Q4", members=2), sim.load_scenario("baseline"), sim.load_parameters(),
    ]  # fmt: skip
    assert max(len(repr(one)) for one in shown) < 200


def test_every_result_has_a_frame_with_units(tmp_path):
    vary = {"reaction.SRB": {"uniform": [0, 1]}, "coupling": {"uniform": [0, 1]}}
    metrics = [*AS_MAPPING["metrics"], {"variable": "tension", "when": "2026Q4", "name": "tension"}]

    def swept(name, design):
        made = sim.sweep(
            {**AS_MAPPING, "members": 1, "vary": vary, "design": design, "metrics": metrics}, out=tmp_path / name
        )
        return sim.load_sweep(made.folder)

    sobol = swept("sobol", {"kind": "sobol", "n": 64, "second_order": True})
    morris, cube = (
        swept("morris", {"kind": "morris", "n": 8}),
        swept("cube", {"kind": "latin-hypercube", "points": 128}),
    )
    middle = float(cube.worlds("tension")["baseline"].median())
    few = {"members": 2, "until": "2026Q4"}
    frames = {
        "sobol": sim.sensitivity(sobol, ["spending"], against="none").frame(), "morris": sim.sensitivity(morris, ["spending"]).frame(),
        "pawn": sim.sensitivity(cube, ["spending"], methods=["pawn"]).frame(),
        "prim": sim.discover(cube, f"tension > {middle}", scenario="baseline").frame(), "regret": sim.regret(cube).frame(),
        "information": sim.information(cube, "tension").frame(),
        "compare": sim.compare(["skydagger-delivery"], **few).frame(),
        "explain": sim.explain("baseline", "SRB", "2026Q4", **few).frame(), "forecast": sim.forecast(members=20).frame(),
        "run": sim.run("baseline", pictures="none", split=False, **few).frame(years=True),
    }  # fmt: skip
    for name, frame in frames.items():
        assert isinstance(frame, pd.DataFrame) and len(frame) and "unit" in frame, name
        assert frame["unit"].map(bool).all() or name == "prim", name
    numbers = [frames["prim"][["low", "high", "chance"]], frames["sobol"][["value", "low", "high", "without_effect"]]]
    assert all(kind.kind == "f" for frame in numbers for kind in frame.dtypes)  # also where a column is empty
    assert {"first", "total", "second"} == set(frames["sobol"]["measure"])
    assert set(frames["morris"]["measure"]) >= {"effect", "spread"}
    assert set(frames["prim"]["input"]) <= set(vary) and frames["prim"]["shown"].any()
    assert len(sim.stability("baseline", members=2).frame())
    assert sobol.frame().attrs["units"]["spending.SRB.2026"] == "million 2023 US$ per year"


def test_a_call_prints_nothing_and_tells_the_log(capfd, caplog):
    with caplog.at_level("INFO", logger="armsrace"):
        sim.run("baseline", members=3, until="2018Q4", pictures="none", split=False)
    assert "simulating: 3 of 3" in caplog.messages[0]
    with caplog.at_level("WARNING", logger="armsrace"):
        read_design({**AS_MAPPING, "reading": "spiral"})
    assert "reading is now called theory" in caplog.messages
    assert capfd.readouterr() == ("", "")


def test_series_are_drawn_on_axes_that_are_given():
    from matplotlib.figure import Figure

    answer = sim.run("skydagger-delivery", members=4, until="2027Q4", pictures="none", split=False)
    axes = Figure().subplots(2)
    for place, what in zip(axes, ("level", "difference"), strict=True):
        assert sim.plot(answer, "tension", "SRB", "XKX", what=what, axes=place) is place
        assert place.lines and place.get_ylabel()
    with pytest.raises(InputError, match="level"):
        sim.plot(answer, "tension", "SRB", "XKX", what="change", axes=axes[0])


def test_what_is_known_comes_as_frames():
    numbers = sim.parameters()
    assert {"key", "unit", "default", "low", "high", "status", "source"} <= set(numbers.columns)
    assert numbers["key"].is_unique and "reaction.SRB" in set(numbers["key"])
    assert len(sim.sources("exports")) > 10 and "exports" in set(sim.sources()["name"])
    assert sim.validate("skydagger-delivery") == ()


# ---- what a function of one's own may do -----------------------------------------------------------------------------

FACTOR = 1.0


def scaled(values):
    return FACTOR * values[-1]


def test_a_value_that_a_metric_names_is_part_of_its_identity(monkeypatch):
    metric = Formula((), "scaled", "", scaled)
    before = metric.plain()
    assert metric.plain() == before
    monkeypatch.setitem(globals(), "FACTOR", 2.0)
    assert metric.plain() != before


def test_a_metric_cannot_write_into_what_it_is_given():
    def spoil(values):
        values *= 0.0
        return values[-1]

    with pytest.raises(InputError, match="read-only"):
        sim.evaluate({"coupling": [1.0]}, [{"name": "spoilt", "function": spoil, "needs": ["spending.SRB"]}], members=1)


def test_a_frame_keeps_the_names_of_its_rows():
    points = pd.DataFrame({"coupling": [1.0, 0.5, 0.2]}, index=[7, 3, 5])
    assert sim.evaluate(points, ["spending.SRB.2026"], members=1).index.tolist() == [7, 3, 5]


@pytest.mark.parametrize(("old", "new"), [("fit", "ensemble"), ("keep", "trajectories")])
def test_a_name_of_an_earlier_release_is_refused_with_the_new_one(old, new):
    with pytest.raises(sim.InputError, match=f"{old} +is now called {new}"):
        sim.run("baseline", members=2, **{old: "prior"})


@pytest.mark.parametrize("name", ["check", "forecast", "RegionModel"])
def test_every_call_answers_an_old_name_with_the_new_one(name):
    called = getattr(sim, name)
    with pytest.raises(sim.InputError, match=r"fit +is now called ensemble"):
        called(fit="prior")
    with pytest.raises(TypeError, match="unexpected keyword"):
        called(fitt="prior")


def test_a_misspelt_option_is_refused_with_the_one_that_is_meant():
    with pytest.raises(sim.InputError, match="did you mean"):
        sim.run("baseline", membrs=2)
