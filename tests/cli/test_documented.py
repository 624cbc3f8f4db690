"""Whatever the documentation says can be written is written once: options, designs, moments, events, from its own words."""

import json
import re
import shlex
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from sim.cli.main import application, commands, main
from sim.engines.simulate import prepared_scenarios, simulated
from sim.io.quarters import COUNT
from sim.io.yaml_reader import parse_yaml
from sim.model.variables import Series
from sim.report.document import Report, Section, Text, report_to_json
from sim.scenario.loading import load_scenario
from sim.sweep.design import read_design
from sim.sweep.samplers import points_of
from sim.sweep.template import design_template
from tests.finished_sweeps import write_sweep

DOCS = Path(__file__).parents[2] / "docs"
FEW = "--members 2 --seed 3 --ensemble prior"
LINES = """\
chart spending.SRB 2019-2021 --scenario skydagger-delivery FEW --set reaction.SRB=0.2 --theory spiral --picture svg --out charts \
 --format json --threads 1
check --claims M01 --members 20 --seed 2 --ensemble prior --format json
check --kind framing --members 2
cite skydagger-delivery --format bibtex
compare without-rafale --baseline baseline FEW --since 2018Q2 --until 2019Q4 --set reaction.SRB=0.2 --engine compiled --theory spiral \
 --prefer tension=lower --threshold tension=0.5 --out both --format json --overwrite --threads 1
discover done --where 'y > 0.5' --scenario b --against a --out found --format json
explain skydagger-delivery --actor SRB --quarter 2019Q1 --counterpart TUR --variable relation --since 2018Q3 FEW \
 --set reaction.SRB=0.2 --theory spiral --out why --format json
explain skydagger-delivery --actor SRB --quarter 2019Q1 --compare FEW --out why
figures spending --format csv
forecast FEW --until 2024 --out ahead --format json --overwrite
forecast FEW --until 2024 --score scored.csv
list --format json
list --series
list --parameters
compare without-rafale FEW --until 2019Q4 --full --out fuller
new mine --extends baseline
new --design trial
regret done --metric y --baseline a --prefer y=lower --threshold y=0.5 --out regrets --format json
reactions --format json
run skydagger-delivery FEW --until 2018Q4 --set reaction.SRB=0.2 --engine agents --theory spiral --trajectories all --pictures none \
 --out ran --format json --overwrite
run baseline FEW --until 2018Q4 --pictures none --full --threads 1 --out other
replay ran --format json --threads 1
report reported --format md --out page.md --overwrite
report ran --format crate
schema --out schema.json --overwrite
sensitivity done --metric y --scenario b --against a --method pawn --out matters --format json
show skydagger-delivery --format json
show skydagger-delivery --resolved
stability skydagger-delivery --dyad SRB-XKX FEW --set reaction.SRB=0.2 --theory spiral --out stable --overwrite --format json
sweep d.yaml --dry-run --limit 100 --format json
sweep d.yaml --out swept --members 2 --seed 2 --until 2018Q4 --set coupling=0.5 --ensemble prior --theory spiral --chunk 2 --rerun-failed \
 --threads 1 --format iamc
sweep d.yaml --dask local --out by-dask
sweep d.yaml --out parted --part 1/2
trace reaction.SRB --format json
validate skydagger-delivery
""".replace("FEW", FEW).splitlines()
FORMS = {
    "report": "reported",
    "figures": "spending",
    "cite": "skydagger-delivery",
}  # what is shown in each of the forms
TRIED_ELSEWHERE = {
    "calibrate": "tests/calibration", "classroom": "tests/classroom",
    "reactions --panel --dyads --source --checks --out --overwrite": "tests/calibration/test_panel_page.py",
    "check --published --mechanisms --without": "tests/validation",
    "forecast --backtest": "tests/calibration/test_backtest.py",
}  # fmt: skip
SCORED = "state,year,unit,value\nSRB,2024,million constant 2023 US$,2000\n"
DESIGN = """\
format_version: 1
scenarios: [baseline]
fit: prior
until: 2018Q4
design: {kind: grid}
vary: {reaction.SRB: [0.2, 0.4]}
metrics: [{variable: tension, when: 2018Q4}]
"""


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    """A folder with what the command lines name."""
    folder = tmp_path_factory.mktemp("documented")
    (folder / "d.yaml").write_text(DESIGN, encoding="utf-8")
    points = np.random.default_rng(1).uniform(size=(110, 2))
    models = {name: {"y": lambda x, _, up=up: up * x[:, 0] + x[:, 1]} for name, up in (("a", 0.1), ("b", 1.0))}
    write_sweep(folder / "done", points, models)
    (folder / "scored.csv").write_text(SCORED, encoding="utf-8")
    (folder / "reported").mkdir()
    report = report_to_json(Report("A run", (Section("a", "What moved", (Text("Nothing."),)),)))
    (folder / "reported" / "report.json").write_text(json.dumps(report), encoding="utf-8")
    return folder


def options_of(name):
    arguments = application()[name].assemble_argument_collection()
    return {option for argument in arguments for option in argument.names[:1] if option.startswith("--")}


@pytest.mark.parametrize("name", commands())
def test_every_option_of_a_command_stands_in_a_line_that_is_run(name):
    words = [shlex.split(line) for line in LINES]
    used = {word for first, *rest in words if first == name for word in rest if word.startswith("--")}
    elsewhere = {word for key in TRIED_ELSEWHERE for first, *rest in [key.split()] if first == name for word in rest}
    assert name in TRIED_ELSEWHERE or options_of(name) == used | elsewhere


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("line", LINES)
def test_a_command_line_with_every_option_is_obeyed(here, monkeypatch, capsys, line):
    if "--dask" in line:
        pytest.importorskip("distributed")
    monkeypatch.chdir(here)
    name, *words = shlex.split(line)
    code = main([name, *words])
    said = capsys.readouterr()
    assert code == 0 or (name, code) == ("check", 1), said.err  # with so few simulations some claims fail
    assert said.out or name == "schema"


@pytest.mark.parametrize("name", FORMS)
def test_every_form_that_a_command_offers_is_given(here, monkeypatch, capsys, name):
    monkeypatch.chdir(here)
    (form_of,) = (one for one in application()[name].assemble_argument_collection() if one.names[0] == "--format")
    forms = [form for form in get_args(form_of.hint) if form != "crate"]  # of a run, in a line above
    assert len(forms) > 1
    for form in forms:
        out = ["--out", f"a.{form}"] if name == "report" else []
        assert main([name, FORMS[name], "--format", form, *out]) == 0
    capsys.readouterr()


# ---- designs and moments, from docs/sweeps.md ------------------------------------------------------------------------


def table_after(page, head):
    """The rows of a table, cells without their marks."""
    lines = (DOCS / f"{page}.md").read_text(encoding="utf-8").split(head, 1)[1].splitlines()[2:]
    for line in lines:
        if not line.startswith("|"):
            return
        yield [cell.strip() for cell in line.strip("|").split("|")]


VARIED = {
    "grid": "{reaction.SRB: [0.1, 0.2], reaction.XKX: {from: 0, to: 1, steps: 5}}",
    "pairs": "{reaction.SRB: [0.1, 0.2], reaction.XKX: [0.3, 0.4]}",
    "rows": "{}",
    "ensemble": "{}",
}
SAMPLED = "{reaction.SRB: prior, events.skydagger-order.n: {lognormal: [4000, 0.5]}}"
KINDS = [
    re.search(r"`(\{kind: ([\w-]+).*?\})`", row[0]).groups() for row in table_after("sweeps", "| `design` | points |")
]
COUNTED = {"grid": 10, "pairs": 2, "latin-hypercube": 128, "sobol": 64 * 4, "morris": 30, "rows": 1, "ensemble": 200}


@pytest.mark.parametrize(("text", "kind"), KINDS)
def test_every_kind_of_design_of_the_page_makes_the_points_that_the_page_tells(tmp_path, text, kind):
    (tmp_path / "points.csv").write_text("reaction.SRB,coupling\n0.2,0.5\n", encoding="utf-8")
    design = DESIGN.replace("{kind: grid}", text).replace("{reaction.SRB: [0.2, 0.4]}", VARIED.get(kind, SAMPLED))
    design = design.replace("[baseline]", "[skydagger-delivery]").replace(
        "fit: prior\n", "" if kind == "ensemble" else "fit: prior\n"
    )
    file = tmp_path / "d.yaml"
    file.write_text(design, encoding="utf-8")
    points = points_of(read_design(file))
    assert points.shape[1] == COUNTED.pop(kind)


def test_every_moment_of_the_page_is_a_column_with_the_name_that_the_page_tells(tmp_path):
    rows = list(table_after("sweeps", "| `when` | number | column |"))
    moments = [moment for row in rows for moment in re.findall(r"`([^`]+)`", row[0])]
    told = [column.replace("2026", "2018") for row in rows for column in re.findall(r"`(\w+\.[\w.-]+)`", row[2])]
    names = set()
    for moment in moments:  # one by one: `last` and 2018Q4 are one column
        metrics = f"[{{variable: tension, when: {moment}}}, {{variable: spending, actor: SRB, when: {moment}}}]"
        (tmp_path / "d.yaml").write_text(
            DESIGN.replace("[{variable: tension, when: 2018Q4}]", metrics.replace("2026", "2018")), encoding="utf-8"
        )
        names |= {metric.name for metric in read_design(tmp_path / "d.yaml").metrics}
    assert len(moments) >= 11 and len(told) >= 4
    assert set(told) <= names


def test_every_field_of_a_design_of_the_page_is_read(tmp_path):
    named = {name for row in table_after("sweeps", "| field | says |") for name in re.findall(r"`(\w+)`", row[0])}
    read = set(parse_yaml(design_template("d"), "template").data) | {"theory", "fixed", "common_random_numbers"}
    text = DESIGN + "members: 2\nseed: 2\ntheory: spiral\nfixed: {coupling: 0.5}\ncommon_random_numbers: false\n"
    (tmp_path / "d.yaml").write_text(text, encoding="utf-8")
    assert read_design(tmp_path / "d.yaml").content.members == 2
    assert named <= set(parse_yaml(text, "text").data) | read


# ---- events, from docs/schema.md -------------------------------------------------------------------------------------


def test_every_event_of_the_page_is_run(tmp_path, monkeypatch):
    """What each does is tested elsewhere; here all of them happen in one world."""
    monkeypatch.chdir(tmp_path)
    lines = re.search(r"```yaml\n(- .*?)```", (DOCS / "schema.md").read_text(encoding="utf-8"), re.DOTALL)[1]
    head = "format_version: 1\ntitle: All\nquestion: Does everything happen?\nextends: baseline\ncompare_to: baseline\nevents:\n"
    Path("all.yaml").write_text(head + "".join(f"  {line}\n" for line in lines.splitlines()), encoding="utf-8")
    added = {event.id for event in load_scenario(Path("all.yaml")).events} - {
        event.id for event in load_scenario("baseline").events
    }
    assert len(added) == lines.count("\n")
    world = prepared_scenarios(Path("all.yaml"), [], None, "prior")[-1]
    assert np.isfinite(simulated(world, range(2), seed=1, quarters=COUNT, series=[Series("spending", "SRB")])).all()
