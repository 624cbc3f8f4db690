"""A region is a folder: the shipped one runs, one from outside runs in both engines, and a broken one is told of whole.

Each is chosen in a process of its own, since a program is about one region.
"""

import ast
import json
import os
import pickle
import re
import shutil
import struct
from pathlib import Path

import pytest

from sim.data.actors import load_actors
from sim.data.region import refuse_other
from sim.io import templates
from sim.io.errors import InputError
from tests.command_line import said
from tests.command_line import started as armsrace

ROOT = Path(__file__).parents[1]
SHIPPED = ROOT / "seeds" / "regions" / "greece-turkiye"
OF_OUR_REGION = (
    "plugins.py",
    "calibration/report.py",
    "calibration/panel/inputs.py",
)  # an example, a study, any country
NAMED = re.compile(r"\b(SRB|XKX|TUR|KOSOVO|SERBIA|TURKEY|EUROPE|Kosovo|Serbia|Belgrade|KFOR)\b|Türkiye|Turkish")
BOTH = """\
import json, sim
sim.use_region("lost-islands")
from sim.model.variables import all_series
options = {"members": 2, "until": "2027Q4", "pictures": "none", "split": False, "trajectories": "none"}
runs = [sim.run("f16-turkiye", engine=engine, **options) for engine in ("agents", "compiled")]
told = [[run.contrast(*[part for part in one.name.split(".")]).scenario.median.tolist() for one in all_series()] for run in runs]
print(json.dumps({"same": told[0] == told[1], "series": len(told[0]), "fit": runs[0].fit}))
"""


@pytest.fixture
def third(tmp_path):
    """A region from outside: the shipped one with invented states, of which one is the followed supplier, and no compiled model."""
    region = tmp_path / "lost-islands"
    shutil.copytree(SHIPPED, region, ignore=shutil.ignore_patterns("*.wasm", "*.md"))
    for file in filter(Path.is_file, region.rglob("*")):
        text = file.read_text(encoding="utf-8")
        for old, new in (("GRC", "LAP"), ("TUR", "BAL"), ("Greece", "Laputa"), ("Türkiye", "Balnibarbi")):
            text = text.replace(old, new)
        file.write_text(text, encoding="utf-8")
    for name, old, new in (
        ("seeds/actors.yaml", "name: Balnibarbi, roles: [state]", "name: Balnibarbi, roles: [state, supplier]"),
        ("seeds/region.yaml", "supplier: USA", "supplier: BAL"),
        ("calibration/parameters.yaml", "  appeal:\n    default: {", "  appeal:\n    default: {BAL: -0.5, "),
        ("calibration/parameters.yaml", "default: {USA: 1.0,", "default: {BAL: 1.0, USA: 1.0,"),
        ("calibration/parameters.yaml", "default: {USA: 2.0,", "default: {BAL: 1.0, USA: 2.0,"),
    ):
        rewritten(region / name, old, new)
    return region


def rewritten(file, old, new):
    """Another text in one place of a file."""
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_shipped_region_lists_validates_and_runs(tmp_path):
    code, out, err = armsrace(tmp_path, "list", "--region", "greece-turkiye")
    assert code == 0 and "f16-turkiye" in out and "Skydagger" not in out, err
    assert armsrace(tmp_path, "validate", "baseline", "calm-ends", region="greece-turkiye")[0] == 0
    options = ("--members", "8", "--until", "2028Q4", "--out", "run")
    code, out, err = armsrace(tmp_path, "run", "f16-turkiye", *options, "--region=greece-turkiye", form="wasm")
    assert code == 0, err
    report = (tmp_path / "run" / "report.json").read_text(encoding="utf-8")
    assert "race between Greece and Türkiye" in out and "no figure was fitted" in report
    assert "Serbia" not in out + report.replace("Kosovo, Serbia and Türkiye", "")  # of the program's title
    identity = json.loads((tmp_path / "run" / "manifest.json").read_text())["identity"]
    assert identity["region"]["title"] == "Greece and Türkiye" and identity["ensemble"] == "prior"
    # what is of one region is not read, replayed or compared under another
    for command in (["replay", "run"], ["explain", "run", "--actor", "GRC", "--quarter", "2028Q1"]):
        code, _, err = armsrace(tmp_path, *command)
        assert code == 2 and "of Greece and Türkiye; name its folder with --region" in err
    assert armsrace(tmp_path, "report", "run", "--format", "md", region="greece-turkiye")[0] == 0


def test_a_region_from_outside_runs_alike_in_both_engines(third):
    folder = third.parent
    assert armsrace(folder, "validate", "baseline", "f16-turkiye", "--region", "lost-islands")[0] == 0
    code, out, err = said(folder, "-c", BOTH, form="python")
    assert code == 0, err
    found = json.loads(out.splitlines()[-1])
    assert found == {"same": True, "series": found["series"], "fit": "prior"} and found["series"] > 50


def test_a_broken_region_is_told_of_whole_in_one_message(third):
    (third / "seeds" / "sources.yaml").unlink()
    rewritten(
        third / "calibration/parameters.yaml",
        "growth_spread:\n    default: {LAP: 0.091",
        "growth_spread:\n    default: {XXX: 0.091",
    )
    rewritten(third / "seeds/region.yaml", "supplier: BAL", "supplier: ATL")
    rewritten(third / "seeds/context.csv", "milex-LAP-2019", "milex-LAP-1919")
    code, out, err = armsrace(third.parent, "run", "f16-turkiye", "--region", "lost-islands")
    assert code == 2 and not out and "Traceback" not in err
    lines = err.splitlines()
    assert lines[0].endswith("lost-islands: 5 problems")
    for words in (
        "seeds/sources.yaml  there is no such file",
        'seeds/region.yaml, supplier  "ATL" cannot play this part; choose BAL, USA, FRA, DEU, ISR, RUS or DOM',
        "parameters.growth_spread.default.XXX  not in the index [state]; choose LAP or BAL",
        "parameters.growth_spread.default  no value for LAP",
        "seeds/context.csv, milex-LAP-2019  every simulation needs it, but there is no such row",
    ):
        assert any(all(part in line for part in words.split("  ")) for line in lines), (words, err)
    assert sum("line " in line for line in lines) >= 3


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        (
            "seeds/region.yaml",
            "example_scenario: f16-turkiye",
            "example_scenario: f16",
            "there is no scenarios/f16.yaml",
        ),
        ("calibration/parameters.yaml", "LAP.BAL: 0.9, ", "", "needs LAP.BAL, by the roles in seeds/region.yaml"),
        ("calibration/parameters.yaml", "      LAP.BAL: -0.5\n", "", "there is no relation_base.LAP.BAL"),
        (
            "calibration/parameters.yaml",
            "  gdp_growth:",
            "  gdp_grwth:",
            'there is no such parameter; did you mean "gdp_growth"?',
        ),
        (
            "calibration/parameters.yaml",
            "    default: {LAP: 0.6, BAL: 0.3}\n    prior: {normal: {LAP: 2.6, BAL: 2.4}}\n    status: estimated\n",
            "    default: {LAP: 0.6, BAL: 0.3}\n",
            "missing; add status",
        ),
        ("seeds/context.csv", ",sipri-milex-2026,", ",sipri-2026,", 'names "sipri-2026", which is no key of it'),
        ("scenarios/calm-ends.yaml", "target: BAL", "target: TUR", "is not an actor"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(third, name, old, new, words):
    rewritten(third / name, old, new)
    code, _, err = armsrace(third.parent, "list", "--region", "lost-islands")
    assert code == 2 and words in err, err


def test_a_program_is_about_one_region(tmp_path):
    late = 'import sim; sim.load_scenario("baseline"); sim.use_region("greece-turkiye")'
    code, _, err = said(tmp_path, "-c", late)
    assert code == 1 and "comes too late" in err
    code, _, err = armsrace(tmp_path, "list", "--region", "greece-turkey")
    assert code == 2 and 'there is no region "greece-turkey"; did you mean "greece-turkiye"?' in err
    code, _, err = armsrace(tmp_path, "list", "--region")
    assert code == 2 and "needs a folder" in err
    code, _, err = armsrace(tmp_path, "classroom", "--region", "greece-turkiye", "--export", "page.html")
    assert code == 2 and "leave --region out" in err and not (tmp_path / "page.html").exists()


def test_a_worker_elsewhere_is_about_the_region_of_its_sweep():
    from sim.sweep.dask import _unpacked

    assert _unpacked(pickle.dumps(("plan", "shape", {}))) == ("plan", "shape")
    with pytest.raises(InputError, match="the workers are about another region"):
        _unpacked(pickle.dumps(("plan", "shape", {"region": {"title": "Greece and Türkiye"}})))


def test_no_code_decides_by_the_name_of_an_actor():
    """The program's words name nobody. Docstrings, help and comments may, with examples; and the class page is of our own region."""
    found = []
    for file in sorted((ROOT / "sim").rglob("*.py")):
        place = file.relative_to(ROOT / "sim").as_posix()
        if place.startswith(("cli/", "classroom/")) or place in OF_OUR_REGION:
            continue
        tree = ast.parse(file.read_text(encoding="utf-8"))
        docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        constants = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in docstrings)
        words = [node.id for node in ast.walk(tree) if isinstance(node, ast.Name)]
        words += [node.value for node in constants if isinstance(node.value, str)]
        found += [f"{place}: {word}" for word in words if NAMED.search(word)]
    assert not found


# ---- a compiled model that a user's folder brings --------------------------------------------------------------------


@pytest.fixture
def copied(tmp_path):
    """The shipped region as a folder of one's own, with its compiled model."""
    return Path(shutil.copytree(SHIPPED, tmp_path / "aegean"))


RUN = ("run", "f16-turkiye", "--region", "aegean", "--members", "2", "--until", "2027Q4", "--pictures", "none")


def test_a_module_of_ones_own_orphans_no_result_and_other_data_are_named(copied):
    code, _, err = armsrace(copied.parent, *RUN, "--out", "run", form="wasm")
    assert code == 0, err
    module = copied / "model.wasm"
    module.write_bytes(b"\0asm\1\0\0\0" + b"\0\2\1x" + module.read_bytes()[8:])  # with an empty section
    code, _, err = armsrace(copied.parent, "replay", "run", "--region", "aegean", form="wasm")
    assert code == 0, err
    rewritten(copied / "seeds/context.csv", ",18792.8,", ",18792.9,")
    code, _, err = armsrace(copied.parent, "replay", "run", "--region", "aegean")
    assert code == 2 and "holds (Greece and Türkiye): seeds/context.csv; make it anew" in " ".join(err.split()), err


@pytest.mark.parametrize("change", [lambda _: b"junk", lambda module: module[:-1] + b"x"])
def test_a_module_of_other_equations_is_left_aside_with_a_word(copied, change):
    module = copied / "model.wasm"
    module.write_bytes(change(module.read_bytes()))
    code, _, err = armsrace(copied.parent, *RUN)
    assert code == 0 and "aegean/model.wasm is not of today's data and equations and is left aside" in err, err


BURDEN = struct.pack("<d", 2.88981 / 100)  # of Greece in 2023, a constant of the code
END = 43  # bytes at the end of a module, which say of which code it was made


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (
            lambda module: module.replace(BURDEN, bytes([BURDEN[0] ^ 1]) + BURDEN[1:]),
            "gives other numbers than the equations do",
        ),
        (lambda module: b"junk" + module[-END:], "does not run"),
        (lambda module: module[: len(module) // 2] + module[-END:], "does not run"),
        (lambda module: b"\0asm\1\0\0\0" + module[-END:], "does not run"),  # without a memory
    ],
)
def test_a_module_that_is_not_the_equations_is_refused_in_a_sentence(copied, changed, words):
    module = copied / "model.wasm"
    module.write_bytes(changed(module.read_bytes()))
    code, out, err = armsrace(copied.parent, *RUN, form="wasm")
    assert code == 2 and not out and "Traceback" not in err and "internal" not in err
    assert "aegean/model.wasm" in err and words in err and "remove it" in err, err


@pytest.mark.parametrize("code", ["gr", "G", "GREECE", "G.R", "", "GR "])
def test_a_code_is_two_to_five_capital_letters_and_digits(tmp_path, code):
    text = (SHIPPED / "seeds" / "actors.yaml").read_text(encoding="utf-8")
    (tmp_path / "actors.yaml").write_text(text.replace("code: GRC", f'code: "{code}"', 1), encoding="utf-8")
    with pytest.raises(InputError, match=r"code.*write 2 to 5 capital letters and digits"):
        load_actors(tmp_path / "actors.yaml")


@pytest.mark.parametrize("made", ["x", 5, ["x"], {}, {"sha256": "0"}, {"title": 5}])
def test_a_region_in_a_manifest_that_was_edited_is_another(tmp_path, made):
    with pytest.raises(InputError, match=r"is not of the region .*, but of "):
        refuse_other(tmp_path / "manifest.json", {"region": made})


def test_what_is_no_regular_file_is_refused_at_once(copied):
    for name in ("seeds/context.csv", "model.wasm"):
        (copied / name).unlink()
        os.mkfifo(copied / name)
        code, _, err = armsrace(copied.parent, *RUN, form="wasm")
        assert code == 2 and f"{name}" in err and "this is a named pipe" in err
        (copied / name).unlink()
        shutil.copy(SHIPPED / name, copied / name)


@pytest.mark.parametrize("command", [("run", "skydagger-delivery", "--members", "2"), ("trace", "milex-SRB-2023")])
def test_a_figure_table_of_ones_own_is_a_regular_file(tmp_path, command):
    (tmp_path / "own" / "seeds").mkdir(parents=True)
    (tmp_path / "own" / "seeds" / "context.csv").symlink_to("/dev/zero")
    code, _, err = armsrace(tmp_path, *command, "--data", "own")
    assert code == 2 and "seeds/context.csv" in err and "this is a device" in err, err


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda text: ("\ufeff" + text.replace(",", ";")).encode(), "its columns are parted by semicolons"),
        (lambda text: text.encode("latin-1"), "not UTF-8 text"),
        (lambda text: (text + text.splitlines()[1] + "\n").encode(), "milex-TUR-2018 stands here twice"),
        (lambda text: text.replace("value", "amount", 1).encode(), "value   no such column"),
        (lambda text: text.replace(",reported,\n", ",reported\n", 1).encode(), "9 cells under 10 columns"),
    ],
)
def test_a_figure_table_that_a_spreadsheet_spoilt_is_told_of(copied, change, words):
    file = copied / "seeds" / "context.csv"
    file.write_bytes(change(file.read_text(encoding="utf-8")))
    code, _, err = armsrace(copied.parent, "list", "--region", "aegean")
    assert code == 2 and "seeds/context.csv" in err and words in err, err


def test_a_figure_table_with_a_mark_at_its_beginning_is_read(copied):
    file = copied / "seeds" / "context.csv"
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert armsrace(copied.parent, "list", "--region", "aegean")[0] == 0


def test_words_of_a_region_may_hold_what_yaml_would_read(monkeypatch):
    sea = "the sea: an #odd - [one]"
    monkeypatch.setitem(templates.NAMES, "flashpoint", sea)
    assert f"incidents in {sea}" in str(templates.wordings.__wrapped__("causes.yaml"))


def test_the_build_of_a_region_that_is_none_is_refused_in_a_sentence(tmp_path):
    code, out, err = said(tmp_path, "-m", "sim.engines.compiled.build", "--check", region="broken")
    assert code == 2 and not out and "Traceback" not in err and "broken" in err and "this region has no" in err


# ---- what a region need not have, and what is odd in it --------------------------------------------------------------


def test_a_region_without_a_table_of_events_runs_and_is_cited(copied):
    (copied / "seeds" / "context_events.csv").unlink()
    code, _, err = armsrace(copied.parent, *RUN, "--out", "run")
    assert code == 0 and (copied.parent / "run" / "manifest.json").exists(), err
    assert armsrace(copied.parent, "cite", "baseline", "--region", "aegean")[0] == 0


LIST = ("list", "--region", "aegean")


def test_a_figure_of_another_unit_is_refused_with_its_line(copied):
    rewritten(copied / "seeds/context.csv", "million constant 2024 USD,2019", "million current USD,2019")
    rewritten(copied / "seeds/context.csv", "percent of GDP,2018", "share of GDP,2018")
    code, _, err = armsrace(copied.parent, *LIST)
    assert code == 2 and "aegean: 2 problems" in err
    for words in (
        'line 3   seeds/context.csv, milex-TUR-2019    its unit is "million current USD"',
        'convert the value and write "percent of GDP"',
    ):
        assert words in err, err


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        ("seeds/context.csv", ",18792.8,", ",1879.28,", "context.csv, line 3: milex-TUR-2019 is 10.6 times the year before"),
        ("seeds/context.csv", ",2.63838,", ",0.0263838,", "context.csv, line 15: burden-TUR-2019 is 0.0263838 % of GDP"),
        ("calibration/parameters.yaml", "TUR: 0.020}", "TUR: 0.030}", "burden_goal.TUR is 3 % of GDP, the burden of 2023 was"),
        ("calibration/parameters.yaml", "format_", "format_", "reaction, spending_scale"),
        ("seeds/region.yaml", "format_", "format_", "are as in greece-turkiye, word for word"),
    ],
)  # fmt: skip
def test_what_is_odd_in_a_region_is_a_warning_with_its_place(copied, name, old, new, words):
    rewritten(copied / name, old, new)
    code, out, err = armsrace(copied.parent, *LIST)
    assert code == 0 and "warning" not in out
    assert any(line.startswith("warning: aegean/") and words in line for line in err.splitlines()), err


def test_texts_on_a_state_that_takes_no_part_are_named_by_their_lines(third):
    rewritten(third / "seeds/region.yaml", "Laputa and", "the Greek isles and")
    code, _, err = armsrace(third.parent, "list", "--region", "lost-islands")
    assert code == 0 and "region.yaml, lines 3, 13, 14 and 27: Greece, which takes no part here, is spoken of" in err, (
        err
    )


def test_nothing_is_odd_in_a_region_that_is_shipped(tmp_path):
    assert armsrace(tmp_path, "list", "--region", "greece-turkiye")[2] == ""


def test_the_author_of_a_region_is_cited_for_its_scenarios(copied):
    _, out, _ = armsrace(copied.parent, "cite", "baseline", "--region", "aegean")
    assert "The scenario\n  [Your name]. (n.d.)." in out
    rewritten(copied / "seeds/region.yaml", "format_version: 1", "format_version: 1\nauthor: Lemuel Gulliver")
    _, out, _ = armsrace(copied.parent, "cite", "baseline", "--region", "aegean")
    assert "The scenario\n  Gulliver, L. (n.d.)." in out


def test_a_region_without_claims_says_so(tmp_path):
    for more in ((), ("--claims", "M01")):
        code, _, err = armsrace(tmp_path, "check", *more, region="greece-turkiye")
        assert code == 2 and "this region has no claims" in err


def test_the_next_steps_name_the_region(tmp_path):
    _, out, _ = armsrace(tmp_path, "list", region="greece-turkiye")
    assert "armsrace show ID --region greece-turkiye" in out
    _, out, _ = armsrace(tmp_path, "new", "mine", region="greece-turkiye")
    assert "  armsrace run mine.yaml --region greece-turkiye\n" in out
