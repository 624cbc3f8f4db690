"""The command line: what it prints where, what a mistake looks like, and the exit codes."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from sim.analysis.output import PICTURE_CHOICES
from sim.cli import main as cli
from sim.cli import run as cli_run
from sim.cli.main import COMMANDS, main
from sim.engines import options
from sim.io import progress
from sim.io.renamed import with_new_options
from sim.model.theories import theories
from sim.report.event_text import GROUPS
from sim.rules.exports import lognormal_density
from sim.runs import run as runner
from sim.scenario.loading import load_scenario
from tests.analysis.test_findings import ATTITUDE, DELIVERY, SPENDING, spread, synthetic
from tests.command_line import armsrace

ROOT = Path(__file__).parents[2]
HEAVY = ("wasmtime", "mesa", "pandas", "matplotlib", "numpy")


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    return tmp_path


@pytest.fixture
def quick(monkeypatch):
    """A runner that returns a synthetic run at once; yields what it was called with."""
    calls = []

    def run(scenario, options, **files):
        calls.append({"scenario": scenario, **vars(options), **files})
        made = synthetic({SPENDING: {DELIVERY: spread(1.0, 3.0)}, ATTITUDE: {DELIVERY: spread(-0.5, -0.1)}})
        if files["listener"] is not None:
            files["listener"](made)
        files["out"].mkdir(parents=True, exist_ok=True)
        return made

    monkeypatch.setattr(runner, "run", run)
    return calls


BAD = {
    "unknown scenario": (["run", "skydagger-delivry"], 'did you mean "skydagger-delivery"?'),
    "misspelt option": (["run", "skydagger-delivery", "--memers", "3"], "did you mean --members?"),
    "misspelt command": (["rum", "skydagger-delivery"], "did you mean run?"),
    "no scenario": (["run"], "SCENARIO is missing"),
    "one word too many": (["run", "skydagger-delivery", "more"], "cannot place 'more'"),
    "no members": (["run", "skydagger-delivery", "--members", "0"], "0 is outside 1-1000000"),
    "members in words": (["run", "skydagger-delivery", "--members", "abc"], '--members: "abc" is not a whole number'),
    "half a member": (["run", "skydagger-delivery", "--members", "2.9"], '--members: "2.9" is not a whole number'),
    "half a thread": (["run", "skydagger-delivery", "--threads", "1.5"], '--threads: "1.5" is not a whole number'),
    "a seed that is no number": (["run", "skydagger-delivery", "--seed", "nan"], '--seed: "nan" is not a whole number'),
    "misspelt theory": (["run", "skydagger-delivery", "--theory", "spral"], 'did you mean "spiral"?'),
    "theories of no comparison": (["run", "baseline", "--theory", "all"], "baseline is compared to nothing"),
    "simulations of all theories": (
        ["run", "skydagger-delivery", "--theory", "all", "--trajectories", "all"],
        "single simulations are kept of one theory at a time",
    ),
    "negative seed": (["run", "skydagger-delivery", "--seed", "-1"], "-1 is outside 0-"),
    "too early": (["run", "skydagger-delivery", "--until", "2017Q4"], "2017Q4 is outside 2018Q1-2035Q4"),
    "a year": (["run", "skydagger-delivery", "--until", "2030"], '"2030" is not a quarter'),
    "setting without a value": (["run", "skydagger-delivery", "--set", "nonsense"], "write NAME=VALUE"),
    "setting in words": (["run", "skydagger-delivery", "--set", "reaction.SRB=abc"], '"abc" is not a number'),
    "setting in two words": (
        ["run", "skydagger-delivery", "--set", "reaction.SRB", "0.4"],
        "write NAME=VALUE in one word: --set reaction.SRB=0.4",
    ),
    "decimal comma": (["run", "skydagger-delivery", "--set", "reaction.SRB=0,4"], "write 0.4, with a point"),
    "empty setting": (["run", "skydagger-delivery", "--set", "reaction.SRB="], "no value after ="),
    "id of the library": (["new", "baseline"], "is a scenario of the library; choose another name"),
    "name turned round": (["trace", "price.loitering"], 'did you mean "loitering_price"?'),
    "misspelt parameter": (["run", "skydagger-delivery", "--set", "reaktion.SRB=1"], 'did you mean "reaction.SRB"?'),
    "unknown format": (
        ["run", "skydagger-delivery", "--format", "xml"],
        '"xml" is not allowed here; choose text or json',
    ),
    "unknown engine": (["run", "skydagger-delivery", "--engine", "numpy"], "choose compiled or agents"),
    "no threads": (["run", "skydagger-delivery", "--threads", "0"], "0 is below 1"),
    "unwritable folder": (["run", "skydagger-delivery", "--out", "file.txt/run"], "cannot be written"),
    "folder of something else": (["run", "skydagger-delivery", "--out", "thesis"], "is not empty and holds no run"),
    "overwriting something else": (["run", "skydagger-delivery", "--out", "thesis", "--overwrite"], "holds no run"),
    "a file": (["run", "skydagger-delivery", "--out", "file.txt"], "is a file"),
    "unknown table": (["figures", "exprots"], 'did you mean "exports"?'),
    "unknown name": (["trace", "reaktion.SRB"], 'did you mean "reaction.SRB"?'),
    "id with a space": (["new", "My Scenario"], "use lower-case letters"),
    "unknown base": (["new", "mine", "--extends", "nosuch"], 'no scenario "nosuch"'),
    "missing file": (["validate", "nosuch.yaml"], "no such file"),
    "nothing to validate": (["validate"], "FILE is missing"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_gives_one_message_and_exit_code_2_and_writes_nothing(capsys, here, name):
    arguments, message = BAD[name]
    (here / "thesis").mkdir()
    (here / "thesis" / "chapter.txt").write_text("years of work")
    (here / "file.txt").write_text("a file")
    before = sorted(here.rglob("*"))
    code, out, err = armsrace(capsys, *arguments)
    assert (code, out) == (2, "")
    assert message in err and "Traceback" not in err
    assert sorted(here.rglob("*")) == before
    assert (here / "thesis" / "chapter.txt").read_text() == "years of work"


def test_all_wrong_options_are_reported_at_once(capsys):
    _, _, err = armsrace(capsys, "run", "baseline", "--members", "0", "--seed", "-1", "--until", "1999Q1")
    assert all(word in err for word in ("3 problems", "members", "seed", "until"))


def test_debug_shows_the_traceback_and_keeps_the_exit_code(capsys):
    code, _, err = armsrace(capsys, "run", "nosuch", "--debug")
    assert code == 2 and "Traceback" in err and err.rstrip().endswith("shows the library")


def test_brackets_in_what_the_user_typed_survive(capsys):
    assert '"[bold]x"' in armsrace(capsys, "trace", "[bold]x")[2]


def test_control_characters_in_what_the_user_typed_are_shown(capsys):
    assert "\x1b" not in armsrace(capsys, "run", "a\x1b[2Jb")[2]


def test_a_fault_of_the_program_is_said_to_be_one(capsys, monkeypatch):
    def broken(*_, **__):
        raise ZeroDivisionError("one over nothing")

    monkeypatch.setattr(runner, "run", broken)
    code, out, err = armsrace(capsys, "run", "baseline")
    assert (code, out) == (1, "") and "internal error: ZeroDivisionError" in err and "Traceback" not in err


def test_a_rule_that_divides_by_zero_is_named_with_its_line(capsys, monkeypatch):
    monkeypatch.setattr(runner, "run", lambda *_, **__: lognormal_density(log_value=0.0, mean=0.0, variance=1.0))
    code, _, err = armsrace(capsys, "run", "baseline")
    assert code == 1 and re.search(r"rules.exports\.py:\d+: float division by zero", err) and "internal" not in err


def test_numbers_that_are_not_finite_are_said_to_come_from_an_edited_equation(capsys, monkeypatch):
    def run(*_, **__):
        raise FloatingPointError("capability TUR is not finite in quarter 2018Q1 of member 0")

    monkeypatch.setattr(runner, "run", run)
    code, _, err = armsrace(capsys, "run", "baseline")
    assert code == 1 and "capability TUR is not finite" in err and "edited an equation" in err and "internal" not in err


def test_a_file_of_the_program_that_is_no_python_is_named_with_its_line(capsys, monkeypatch):
    monkeypatch.setattr(runner, "run", lambda *_, **__: compile("x = 1\nreturn (x\n", "budget.py", "exec"))
    code, _, err = armsrace(capsys, "run", "baseline")
    assert code == 2 and err.startswith("budget.py:2: '(' was never closed: return (x") and "internal" not in err


def test_an_interrupted_run_says_so_and_leaves_no_folder(capsys, here, monkeypatch):
    def interrupted(*_, **__):
        assert (here / "results").exists()
        raise KeyboardInterrupt

    monkeypatch.setattr(runner, "recorded", interrupted)
    code, out, err = armsrace(capsys, "run", "baseline")
    assert (code, out, err) == (130, "", "interrupted; nothing was written\n")
    assert not (here / "results").exists()


# ---- run ---------------------------------------------------------------------------------------------------------------


def test_run_prints_exactly_one_json_document(capsys, quick):
    code, out, err = armsrace(capsys, "run", "skydagger-delivery", "--format", "json", "--members", "100")
    found = json.loads(out)
    assert (code, err) == (0, "")
    labels = ["theory", "settings", "ensemble", "version", "model_version"]
    assert list(found) == [
        "scenario",
        "baseline",
        "members",
        "seed",
        *labels,
        "contrasts",
        "answer_in_kind",
        "race",
        "stability",
        "uncertainty",
        "directions",
        "out",
    ]
    assert (found["scenario"], found["baseline"], found["out"]) == (
        "skydagger-delivery",
        "baseline",
        "results/skydagger-delivery",
    )
    assert out.count("\n") == 1 and "NaN" not in out
    assert found["uncertainty"]["rows"] == [] and found["uncertainty"]["note"] == "it was not asked for"
    years = [row for row in found["contrasts"] if row["variable"] == "spending" and row["quarter"] == "2026"]
    assert years[0]["difference_per_cent"] == pytest.approx(2.0)


def test_run_ends_in_words_and_says_what_to_type_next(capsys, quick):
    _, out, err = armsrace(capsys, "run", "skydagger-delivery")
    assert err == ""
    assert "99 % higher" in out or "all higher, direction assumed" in out
    for part in (
        "The largest effect: ",
        "How sure: ",
        "What it rests on",
        "Next:",
        "armsrace trace reaction.SRB",
    ):
        assert part in out
    full = armsrace(capsys, "run", "skydagger-delivery", "--full", "--overwrite")[1]
    assert "spending in the region, left alone, is" in " ".join(full.split()) and "Possible bias:" in full
    assert "left alone" not in out and "Possible bias:" not in out


def test_full_is_refused_where_everything_is_said_already(capsys, quick):
    code, out, err = armsrace(capsys, "run", "skydagger-delivery", "--full", "--format", "json")
    assert (code, out) == (2, "") and "--format json" in err and not quick


@pytest.mark.parametrize(("old", "new"), [("--fit", "--ensemble"), ("--keep", "--trajectories")])
def test_options_of_an_earlier_release_are_understood_and_called_by_their_new_names(capsys, quick, old, new):
    given = "prior" if old == "--fit" else "headline"
    _, _, err = armsrace(capsys, "run", "skydagger-delivery", old, given)
    assert f"{old} is now called {new}" in err
    assert quick[0][new.removeprefix("--")] == given


def test_run_hands_every_option_to_the_runner(capsys, quick):
    words = "run skydagger-delivery --members 7 --seed 5 --until 2030Q4 --set reaction.SRB=0.4 --set coupling=0 --engine agents"
    armsrace(capsys, *words.split(), *"--trajectories all --pictures pdf --out here --overwrite --threads 2".split())
    call = quick[0]
    expected = {
        "members": 7, "seed": 5, "until": "2030Q4", "settings": ("reaction.SRB=0.4", "coupling=0"), "engine": "agents",
        "trajectories": "all", "pictures": "pdf", "ensemble": "documents-2025", "out": Path("here"), "overwrite": True, "threads": 2,
    }  # fmt: skip
    assert {name: call[name] for name in expected} == expected
    assert call["scenario"].id == "skydagger-delivery"


def test_whole_numbers_may_be_written_with_an_exponent(capsys, quick):
    armsrace(capsys, "run", "skydagger-delivery", "--members", "1e3", "--seed", str(2**62 + 1))
    assert (quick[0]["members"], quick[0]["seed"]) == (1000, 2**62 + 1)


def test_the_help_explains_every_theory_and_what_a_fit_is(capsys):
    text = " ".join(armsrace(capsys, "run", "--help")[1].replace("│", " ").split())
    assert all(f"{name} (" in text for name in theories()) and "or all, which shows the three" in text
    assert "a folder that armsrace calibrate wrote, or prior" in text


def test_a_run_ends_with_the_way_to_compare_the_theories(capsys, quick):
    said = armsrace(capsys, "run", "skydagger-delivery")[1]
    assert any(re.match(r"  armsrace run skydagger-delivery .*--theory all", line) for line in said.splitlines())


def test_the_manifest_gets_a_command_that_repeats_the_run(capsys, quick):
    armsrace(capsys, "run", "skydagger-delivery", "--seed", "5", "--set", "coupling=0")
    first = quick[0]
    assert main(first["command"][1:]) == 0
    other = dict.fromkeys(("scenario", "progress", "listener"))
    assert {**quick[1], **other} == {**first, **other}


def test_choices_of_the_command_line_are_those_of_the_runner():
    choices = {
        name: cli_run.run.__annotations__[name].__origin__.__args__ for name in ("engine", "trajectories", "pictures")
    }
    assert choices == {"engine": options.ENGINES, "trajectories": options.KEEP, "pictures": PICTURE_CHOICES}


def test_a_short_run_that_is_not_watched_says_nothing_about_its_progress(capsys):
    lines = progress.Lines()
    lines("simulating", 500, 1000)
    assert capsys.readouterr().err == ""


def test_a_long_run_that_is_not_watched_says_each_tenth_once(capsys, monkeypatch):
    lines = progress.Lines()
    monkeypatch.setattr(progress, "QUIET_FOR", -1.0)
    for done in (100, 150, 300, 1000):
        lines("simulating", done, 1000)
    said = capsys.readouterr().err.splitlines()
    assert [line.split(",")[0] for line in said] == ["simulating: 10 %", "simulating: 30 %", "simulating: 100 %"]


# ---- the library -------------------------------------------------------------------------------------------------------


def test_list_groups_the_scenarios(capsys):
    _, out, _ = armsrace(capsys, "list")
    assert "  skydagger-delivery" in out
    headings = [line for line in out.splitlines() if line.endswith("?")]
    assert headings == list(GROUPS)
    found = json.loads(armsrace(capsys, "list", "--format", "json")[1])
    assert {"id", "title", "group", "file"} == set(found["scenarios"][0])


def test_show_lists_changes_in_time_order_with_their_sources(capsys):
    _, out, _ = armsrace(capsys, "show", "skydagger-delivery")
    assert out.index("2024Q4 skydagger-order") < out.index("2025Q4 skydagger-delivery")
    words = " ".join(out.split())
    price = "at 2,915 US$ each (fitted, 90 % range 960 to 9,100; prior 3,000, 950 to 9,500), assumed"
    assert f"{price}; see: armsrace trace loitering_price" in words
    assert "the one-way drones ordered in 2024Q4 arrive" in words and "armsrace trace skydagger-order" in words
    assert "[002, paragraph 2]" in out and "tb2-kosovo-order" not in out


def test_show_resolved_is_a_scenario_that_means_the_same(capsys, here):
    Path("all.yaml").write_text(armsrace(capsys, "show", "skydagger-delivery", "--resolved")[1])
    assert yaml.safe_load(Path("all.yaml").read_text())["title"]
    assert load_scenario("all.yaml").digest == load_scenario("skydagger-delivery").digest


def test_show_json_names_the_changes(capsys):
    found = json.loads(armsrace(capsys, "show", "skydagger-delivery", "--format", "json")[1])
    assert [event["id"] for event in found["changes"]["events"]] == ["skydagger-order", "skydagger-delivery"]


def test_figures_of_table_1_are_credited_to_document_004(capsys):
    assert "[004, Table 1, row" in armsrace(capsys, "show", "baseline")[1]


def test_new_file_validates_and_is_never_overwritten(capsys):
    assert armsrace(capsys, "new", "mine")[0] == 0
    assert armsrace(capsys, "validate", "mine.yaml") == (0, "mine.yaml: ok\n", "")
    assert armsrace(capsys, "new", "mine")[1].startswith("mine.yaml is there already, unchanged.")
    Path("mine.yaml").write_text("precious")
    code, _, err = armsrace(capsys, "new", "mine")
    assert code == 2 and "exists already" in err and Path("mine.yaml").read_text() == "precious"


def test_new_builds_on_any_scenario_even_on_another_new_one(capsys):
    armsrace(capsys, "new", "first", "--extends", "skydagger-delivery")
    assert armsrace(capsys, "new", "second", "--extends", "first.yaml")[0] == 0
    second = load_scenario("second.yaml")
    assert (
        second.chain == ("baseline", "skydagger-delivery", "first", "second")
        and Path(second.compare_to).name == "first.yaml"
    )


def test_validate_reports_every_problem_of_every_file_and_praises_the_good(capsys):
    armsrace(capsys, "new", "good")
    Path("bad.yaml").write_text(
        "format_version: 1\ntitle: x\nquestion: y\nextnds: baseline\nparameters: {reaktion: 1}\n"
    )
    code, out, err = armsrace(capsys, "validate", "good.yaml", "bad.yaml", "none.yaml")
    assert (code, out) == (2, "good.yaml: ok\n")
    assert "bad.yaml: 2 problems" in err and "line 4" in err and "none.yaml: 1 problem" in err


def test_schema_is_printed_or_written(capsys):
    printed = armsrace(capsys, "schema")[1]
    armsrace(capsys, "schema", "--out", "s.json")
    assert (
        json.loads(printed)["$schema"].startswith("https://json-schema.org") and Path("s.json").read_text() == printed
    )


def test_figures_without_a_name_lists_the_tables(capsys):
    assert "exports" in armsrace(capsys, "figures")[1]


def test_figures_csv_leaves_blanks_blank(capsys):
    lines = armsrace(capsys, "figures", "exports", "--format", "csv")[1].splitlines()
    assert lines[0].startswith("id,country,year,value")
    assert any(line.startswith("004-T1-SRB-1998,SRB,1998,,USD") for line in lines)


def test_trace_json_is_one_document(capsys):
    assert json.loads(armsrace(capsys, "trace", "reaction.SRB", "--format", "json")[1])["status"] == "estimated"


# ---- the program as a whole --------------------------------------------------------------------------------------------


def python(code, **options):
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True, **options
    ).stdout


@pytest.mark.parametrize(
    "arguments", [["--help"], ["list"], ["show", "baseline"], ["validate", "baseline"], ["trace", "tension"]]
)
def test_light_commands_load_no_heavy_package(arguments):
    code = (
        f"import sys\nfrom sim.cli.main import main\nmain({arguments})\nprint([n for n in {HEAVY} if n in sys.modules])"
    )
    assert python(code).splitlines()[-1] == "[]"


def test_the_help_loads_no_pydantic():
    code = "import sys\nfrom sim.cli.main import main\nmain(['--help'])\nprint('pydantic' in sys.modules)"
    assert python(code).splitlines()[-1] == "False"


GREETING = """\
from typing import Annotated

from sim.cli.options import option
from sim.io.terminal import say


def greet(name: Annotated[str, option("Who is greeted.")], /) -> None:
    \"\"\"Greet somebody.

    Nothing is simulated.
    \"\"\"
    say(f"Good morning, {name}.")
"""


def test_a_file_with_a_function_of_its_name_is_a_command(tmp_path):
    shutil.copytree(ROOT / "sim", tmp_path / "sim", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "sim" / "cli" / "greet.py").write_text(GREETING, encoding="utf-8")

    def said(*words):
        command = [sys.executable, "-P", "-m", "sim", *words]
        path = {**os.environ, "PYTHONPATH": str(tmp_path)}
        return subprocess.run(command, cwd=tmp_path, env=path, capture_output=True, text=True, check=True).stdout

    assert re.search(r"greet +Greet somebody\.", said("--help")) and "run " in said("--help")
    assert "Nothing is simulated." in said("greet", "--help") and "Who is greeted." in said("greet", "--help")
    assert said("greet", "Ana") == "Good morning, Ana.\n"


# ---- words that were renamed -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [("--reading", "spiral"), ("--reading=spiral",), ("--theory", "spiral")])
def test_an_option_may_be_called_by_its_old_name_for_a_release(capsys, quick, words):
    code, _, err = armsrace(capsys, "run", "skydagger-delivery", *words)
    assert code == 0 and quick[0]["theory"] == "spiral"
    assert quick[0]["command"][quick[0]["command"].index("--theory") + 1] == "spiral"
    assert err == ("" if words[0] == "--theory" else "--reading is now called --theory\n")


@pytest.mark.parametrize("command", [name for name, one in COMMANDS.items() if "theory" in one.__annotations__])
def test_every_command_with_a_theory_takes_the_old_option(command):
    words = {"compare": ["a"], "explain": ["a", "--actor", "SRB", "--quarter", "2026Q1"]}.get(command, ["a"])
    _, bound, _ = cli.application().parse_args(with_new_options([command, *words, "--reading", "spiral"]))
    assert bound.arguments["theory"] == "spiral"


def test_what_comes_behind_two_dashes_is_no_option(capsys):
    assert with_new_options(["trace", "--", "--reading"]) == ["trace", "--", "--reading"]
    assert capsys.readouterr().err == ""


def test_every_command_is_in_the_help(capsys):
    _, out, _ = armsrace(capsys, "--help")
    assert all(name in out for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_is_explained(capsys, name):
    app = cli.application()[name]
    explained = [argument for argument in app.assemble_argument_collection() if not argument.parameter.help]
    assert explained == []


def test_version_names_code_and_model(capsys):
    assert armsrace(capsys, "--version")[1].startswith("armsrace 0.") and "model 2." in armsrace(capsys, "--version")[1]


def test_a_reader_who_leaves_early_hears_nothing():
    child = subprocess.Popen(
        [sys.executable, "-m", "sim", "figures", "all"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
    )
    child.stdout.read(10)
    child.stdout.close()
    assert (child.wait(20), child.stderr.read()) == (0, b"")
    child.stderr.close()


def test_control_c_stops_a_running_command(here):
    code = "from sim.runs import run as runner\nimport time, sys\nrunner.run = lambda *a, **k: (print('on', flush=True), time.sleep(20))\n"
    code += "from sim.cli.main import main\nsys.exit(main(['run', 'baseline', '--out', sys.argv[1]]))"
    child = subprocess.Popen(
        [sys.executable, "-c", code, str(here / "out")], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip
    assert child.stdout.readline() == "on\n"
    os.kill(child.pid, signal.SIGINT)
    _, err = child.communicate(timeout=20)
    assert (child.returncode, err) == (130, "interrupted; nothing was written\n")
    assert list(here.iterdir()) == []
