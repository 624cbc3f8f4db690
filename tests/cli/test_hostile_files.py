"""Files that are none, files of another time, and files made to do harm."""

import json
import os
import time

import pytest

from sim.cli.main import main
from sim.io.errors import ENOUGH, InputError, format_fault
from sim.io.yaml_reader import read_yaml
from sim.runs.manifest import read_manifest
from sim.scenario.loading import load_scenario
from sim.sweep.analysis.loading import load_sweep
from sim.sweep.folder import SweepFolder
from sim.sweep.inputs import read_rows

HEAD = "format_version: 1\ntitle: Mine\nquestion: What if?\n"
needs_pipes = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")


def written(file, content):
    file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return file


# ---- what is no file -------------------------------------------------------------------------------------------------


@needs_pipes
@pytest.mark.parametrize("read", [read_yaml, read_manifest, read_rows], ids=lambda read: read.__name__)
def test_a_named_pipe_is_refused_and_not_waited_for(tmp_path, read):
    os.mkfifo(tmp_path / "pipe.yaml")
    with pytest.raises(InputError, match="this is a named pipe; save what it gives as a file"):
        read(tmp_path / "pipe.yaml")


@needs_pipes
def test_a_folder_whose_manifest_is_a_named_pipe_holds_no_sweep(tmp_path):
    os.mkfifo(tmp_path / "manifest.json")
    with pytest.raises(InputError, match="named pipe"):
        load_sweep(tmp_path)
    with pytest.raises(InputError, match="choose another folder"):
        SweepFolder(tmp_path).manifest()


def test_a_device_is_refused(capsys):
    assert main(["validate", os.devnull]) == 2
    assert "this is a device" in capsys.readouterr().err


# ---- files of another time -------------------------------------------------------------------------------------------


def test_a_scenario_of_another_format_says_what_the_number_means(tmp_path, capsys):
    assert main(["validate", str(written(tmp_path / "new.yaml", HEAD.replace(": 1", ": 2")))]) == 2
    told = capsys.readouterr().err
    assert "line 1" in told and format_fault(2) in told
    assert "this version of armsrace reads format 1" in told


@pytest.mark.parametrize("version", [2, "1", True, 1.0])
def test_a_format_is_the_whole_number_one(version):
    assert format_fault(1) is None
    assert format_fault(version)


RUN = {
    "identity": dict.fromkeys(
        ("scenario", "baseline", "scenario_sha256", "members", "seed", "until", "engine", "ensemble", "settings")
    ),
    "versions": {},
    "scenario": {},
}


BEGUN = {"kind": "sweep", "identity": {}, "chunk_runs": 1, "points_sha256": "", "complete": False}


@pytest.mark.parametrize(
    ("read", "content"),
    [
        (read_manifest, RUN),
        (load_sweep, {"design": {}, "inputs": [], "metrics": []}),
        (lambda place: SweepFolder(place).manifest(), BEGUN),
    ],
    ids=["run", "sweep", "unfinished sweep"],
)  # fmt: skip
def test_a_manifest_of_another_format_says_what_the_number_means(tmp_path, read, content):
    written(tmp_path / "manifest.json", {**content, "format_version": 2})
    with pytest.raises(InputError, match="laid out in format 2"):
        read(tmp_path)


def test_a_manifest_nested_without_end_is_no_manifest(tmp_path):
    written(tmp_path / "manifest.json", "[" * 100_000)
    with pytest.raises(InputError, match="not the manifest of a run"):
        read_manifest(tmp_path)


# ---- files made to do harm -------------------------------------------------------------------------------------------


MANY = {
    "names of parameters": "parameters:\n" + "".join(f"  reactoin{number}: 1\n" for number in range(5_000)),
    "fields": "".join(f"titel{number}: 1\n" for number in range(5_000)),
}


@pytest.mark.parametrize("many", MANY.values(), ids=MANY)
def test_a_file_with_thousands_of_misspelt_names_is_refused_after_the_first_hundred(tmp_path, many):
    began = time.process_time()
    with pytest.raises(InputError) as caught:
        load_scenario(written(tmp_path / "many.yaml", HEAD + many))
    assert len(caught.value.problems) == ENOUGH + 1
    assert "the rest was not checked" in str(caught.value)
    assert time.process_time() - began < 5.0


WHOLE = {
    "format_version": 1,
    "identity": {
        "scenario": "mine", "baseline": None, "scenario_sha256": "", "members": 4, "seed": 1, "until": "2026Q4", "engine": "compiled",
        "ensemble": "prior", "theory": None, "trajectories": "none", "settings": [],
    },
    "scenario": {},
    "versions": {},
}  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("scenario", "../../mine"),
        ("baseline", "/elsewhere/mine"),
        ("scenario", ["mine"]),
        ("members", "4"),
        ("members", True),
        ("settings", "chance=0"),
        ("settings", [1]),
        ("until", None),
        ("ensemble", 5),
    ],
)
def test_a_manifest_is_refused_for_what_is_of_the_wrong_kind_or_would_leave_its_folder(tmp_path, field, value):
    assert read_manifest(written(tmp_path / "manifest.json", WHOLE)).identity == WHOLE["identity"]
    content = {**WHOLE, "identity": {**WHOLE["identity"], field: value}}
    with pytest.raises(InputError, match=rf"identity\.{field.removesuffix('s')}"):
        read_manifest(written(tmp_path / "manifest.json", content))


@pytest.mark.parametrize("field", ["inputs", "metrics"])
@pytest.mark.parametrize(
    "value",
    [
        ["x"],
        [None],
        [{}],
        {"name": "x"},
        [{"name": 5}],
        [{"name": "x", "low": "0", "when": 2026}],
    ],  # of an input, of a metric
)
def test_the_manifest_of_a_sweep_is_refused_for_what_is_of_the_wrong_kind(tmp_path, field, value):
    written(tmp_path / "manifest.json", {"format_version": 1, "design": {}, "inputs": [], "metrics": [], field: value})
    with pytest.raises(InputError, match=field.removesuffix("s")):
        load_sweep(tmp_path)


@pytest.mark.parametrize("field", ["identity", "chunk_runs", "points_sha256", "complete"])
def test_a_sweep_whose_manifest_was_changed_is_not_gone_on_with(tmp_path, field):
    folder = SweepFolder(tmp_path)
    written(tmp_path / "manifest.json", {**BEGUN, "format_version": 1})
    assert folder.manifest()["chunk_runs"] == 1
    written(tmp_path / "manifest.json", {**BEGUN, "format_version": 1, field: ["x"]})
    with pytest.raises(InputError, match="not of a sweep"):
        folder.manifest()


def report_of(content):
    return json.dumps({"format_version": 1, **content} if isinstance(content, dict) else content)


SECTION = {"anchor": "a", "title": "t", "parts": []}


@pytest.mark.parametrize("form", ["md", "xlsx"])
@pytest.mark.parametrize(
    "content",
    [
        5,
        {"title": 5, "sections": []},
        {"title": "t", "sections": 5},
        {"title": "t", "sections": [None]},
        {"title": "t", "sections": [{**SECTION, "parts": None}]},
        {"title": "t", "sections": [{**SECTION, "level": 10**30}]},
        {"title": "t", "sections": [{**SECTION, "parts": [{"kind": "text", "text": [1]}]}]},
        {"title": "t", "sections": [{**SECTION, "parts": [{"kind": "path", "text": "t"}]}]},
        {"title": "t", "sections": [{**SECTION, "parts": [{"kind": ["text"], "text": "t"}]}]},
    ],
)
def test_a_report_of_another_form_is_refused_and_nothing_is_written(tmp_path, capsys, form, content):
    file = written(tmp_path / "report.json", report_of(content))
    assert main(["report", str(file), "--format", form, "--out", str(tmp_path / "out")]) == 2
    assert "is not the report of a run by this version" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_spreadsheet_holds_no_control_characters_and_no_formula(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    parts = [{"kind": "text", "text": "=1+1"}, {"kind": "text", "text": "\x1b[31mred"}]
    file = written(tmp_path / "report.json", report_of({"title": "=\x00t", "sections": [{**SECTION, "parts": parts}]}))
    assert main(["report", str(file), "--format", "xlsx", "--out", str(tmp_path / "out.xlsx")]) == 0
    cells = [cell.value for row in openpyxl.load_workbook(tmp_path / "out.xlsx").active for cell in row if cell.value]
    assert cells == ["'=t", "t", "'=1+1", "t", "[31mred"]


@pytest.mark.parametrize(
    ("content", "told"), [("reaction.SRB\n" + "1" * 200_000, "cannot be read"), ("a\n\x00", "not a number")]
)
def test_points_that_are_no_table_are_refused(tmp_path, content, told):
    with pytest.raises(InputError, match=told):
        read_rows(written(tmp_path / "points.csv", content))
