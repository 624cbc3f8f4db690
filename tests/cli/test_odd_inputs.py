"""Inputs as spreadsheets, editors, other alphabets and vandals make them: each has the outcome that is right for it."""

import hashlib
import json
import os
import subprocess
import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sim.analysis.output import file_names, write_rows
from sim.cli.main import main
from sim.engines.simulate import prepared_scenarios
from sim.ensembles.parquet import read_parquet
from sim.io.csv_reader import cell_lines, number_of
from sim.io.errors import InputError
from sim.io.files import decoded, read_bytes
from sim.io.yaml_reader import read_yaml
from sim.report.document import CodeBlock, Image, Report, Section, Table, TableRow, plain_row, report_to_json
from sim.report.forms.render import page_markdown
from sim.scenario.loading import load_scenario
from sim.sweep.analysis.loading import load_sweep
from sim.sweep.analysis.sensitivity_study import sensitivity_study
from sim.sweep.design import COLUMNS_MAX, read_design
from sim.sweep.folder import SweepFolder, mark_of, put_chunk, salt_of
from sim.sweep.inputs import read_rows
from sim.sweep.run import run_sweep
from sim.sweep.table import Shape, parquet_bytes
from tests.finished_sweeps import write_sweep

SCENARIO = "format_version: 1\ntitle: {title}\nquestion: What if?\nextends: baseline\ncompare_to: baseline\n"
DESIGN = """\
format_version: 1
scenarios: [baseline]
fit: prior
until: 2019Q1
design: {kind: rows, file: points.csv}
metrics: [{variable: tension, when: 2019Q1}]
"""


def written(file, text, encoding="utf-8"):
    file.write_bytes(text.encode(encoding))
    return file


def problems(read, *arguments):
    with pytest.raises(InputError) as caught:
        read(*arguments)
    return [(problem.line, problem.where, problem.message) for problem in caught.value.problems]


# ---- tables, as spreadsheets save them -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line", "where", "told"),
    [
        ("reaction.SRB\n\n", None, "", "a line for each point"),
        ("", None, "", "a line for each point"),
        ("reaction.SRB;coupling\n0,2;1\n", 1, "", "parted by semicolons; save it with commas"),
        ("\ufeffreaction.SRB;coupling\n0,2;1\n", 1, "", "parted by semicolons"),
        ("reaction.SRB\tcoupling\n0.2\t1\n", 1, "", "parted by tabs"),
        ('reaction.SRB,coupling\n0.1,1\n"0,2",1\n', 3, "reaction.SRB", '"0,2": write 0.2 with a point'),
        ("reaction.SRB\n1_0\n", 2, "reaction.SRB", '"1_0" is not a number'),
        ("reaction.SRB\nnan\n", 2, "reaction.SRB", '"nan" is not a number'),
        ("reaction.SRB\n1e999\n", 2, "reaction.SRB", '"1e999" is not a number'),
        ("reaction.SRB\n٠.٢\n", 2, "reaction.SRB", "is not a number"),
        ("reaction.SRB,coupling\n0.2\n", 2, "", "has 1 cells where the first line has 2"),
        ("reaction.SRB,,\n0.2,,3\n", 2, "", "is not a number"),
    ],
)
def test_points_that_cannot_be_read_as_meant_say_where_and_what_to_do(tmp_path, text, line, where, told):
    assert any(
        (one[:2] == (line, where)) and told in one[2] for one in problems(read_rows, written(tmp_path / "p.csv", text))
    )


@pytest.mark.parametrize("tail", ["", ",\n", "\n,,\n\n,,\n"])
def test_what_a_spreadsheet_leaves_at_the_end_is_left_out(tmp_path, tail):
    text = f"\ufeffreaction.SRB,coupling{',' if tail else ''}\r\n0.2,1{',' if tail else ''}\r\n{tail}"
    assert read_rows(written(tmp_path / "p.csv", text)) == {"reaction.SRB": (0.2,), "coupling": (1.0,)}


def test_a_row_keeps_its_line_though_a_cell_before_it_has_two(tmp_path):
    file = written(tmp_path / "p.csv", 'a,b\n"one\ntwo",3\n\n4,5\n')
    assert cell_lines(file) == (["a", "b"], [(2, ["one\ntwo", "3"]), (5, ["4", "5"])])


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_text_in_utf_16_is_told_as_such_everywhere(tmp_path, encoding):
    for read in (read_rows, read_yaml):
        assert (
            "save the file with UTF-8"
            in problems(read, written(tmp_path / "a.csv", "reaction.SRB\n0.2\n", encoding))[0][2]
        )
    assert decoded("é".encode("utf-8-sig"), tmp_path) == "é"


def test_a_number_is_read_as_it_stands():
    assert [number_of(text) for text in (" 1e3 ", "-.5", "+2.", "0.1")] == [1000.0, -0.5, 2.0, 0.1]


def test_no_file_is_read_beyond_its_bound(tmp_path):
    file = written(tmp_path / "a", "12345")
    assert read_bytes(file, 5) == b"12345"
    assert "larger than" in problems(read_bytes, file, 4)[0][2]


# ---- marks that nobody sees ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line", "name"),
    [
        ("a: 1\nb:\u00a0 2\nc: 3\n", 2, "U+00A0, no-break space"),
        ("a: 1\nb:\n  \u00a0c: 2\n  d: 3\n", 3, "U+00A0"),
        ("a: one\u2028two\nb: 2\n", 1, "U+2028, line separator"),
        ("a: 1\r\nb: x\u0085y\r\n", 2, "U+0085, next line"),
        ("a: 1\n\ufeffb: 2\n", 2, "U+FEFF"),
        ("\u200ba: 1\n b: 2\n", 1, "U+200B, zero width space"),
    ],
)
def test_an_invisible_mark_is_named_with_the_line_that_editors_count(tmp_path, text, line, name):
    (found,) = problems(read_yaml, written(tmp_path / "a.yaml", text))
    assert found[0] == line and name in found[2]


def test_a_blank_that_does_no_harm_may_stand_in_a_text(tmp_path):
    assert read_yaml(written(tmp_path / "a.yaml", "\ufeffa: 4,500\u00a0men\n")).data == {"a": "4,500\u00a0men"}


# ---- names -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "id_"),
    [
        ("сценарио", "сценарио"),
        ("друго", "друго"),
        ("ödev", "ödev"),
        ("o\u0308dev", "ödev"),
        ("şdev ı", "şdev-ı"),
        ("..?", "scenario"),
    ],
)
def test_a_scenario_is_called_as_its_file_whatever_its_alphabet(tmp_path, name, id_):
    assert load_scenario(written(tmp_path / f"{name}.yaml", SCENARIO.format(title="x"))).id == id_


def test_a_scenario_in_another_alphabet_is_run_and_repeated_under_its_name(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    written(tmp_path / "сценарио.yaml", SCENARIO.format(title="Први") + "parameters: {reaction.SRB: 0.4}\n")
    small = ["--members", "2", "--ensemble", "prior"]
    assert main(["run", "сценарио.yaml", *small, "--until", "2018Q4", "--pictures", "none"]) == 0
    assert (tmp_path / "results" / "сценарио" / "manifest.json").is_file()
    assert main(["replay", "results/сценарио"]) == 0
    assert "is not the manifest" not in capsys.readouterr().err


def test_a_scenario_and_its_baseline_may_not_have_one_name(tmp_path):
    (tmp_path / "sub").mkdir()
    written(tmp_path / "sub" / "a.yaml", SCENARIO.format(title="base"))
    child = written(
        tmp_path / "a.yaml", SCENARIO.format(title="child").replace("compare_to: baseline", "compare_to: sub/a.yaml")
    )
    assert "both called a; rename one" in problems(prepared_scenarios, child, (), None, "prior")[0][2]


def test_names_of_files_never_meet():
    assert file_names(["a b", "a-b", "A b", "a/b"]) == ["a-b", "a-b-2", "A-b-3", "a-b-4"]
    long = file_names(["x" * 200 + mark for mark in "ab"])
    assert len(set(long)) == 2


def test_each_outcome_has_a_picture_of_its_own(tmp_path, capsys):
    points = np.random.default_rng(1).uniform(size=(110, 1))
    folder = write_sweep(tmp_path / "s", points, {"a": {"a b": lambda x, _: x[:, 0], "a-b": lambda x, _: -x[:, 0]}})
    assert main(["sensitivity", str(folder)]) == 0
    assert "and 1 more" in capsys.readouterr().out
    assert len(list((folder / "sensitivity").glob("tornado-*.png"))) == 2


def test_a_name_that_is_too_long_is_the_users_to_change(tmp_path, capsys):
    assert main(["validate", str(tmp_path / ("a" * 300 + ".yaml"))]) == 2
    design = DESIGN.replace("[baseline]", f"[{'a' * 300}]").replace("{kind: rows, file: points.csv}", "{kind: grid}")
    assert main(["sweep", str(written(tmp_path / "d.yaml", design)), "--dry-run"]) == 2
    assert "internal error" not in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt", reason="names are text here")
@pytest.mark.parametrize(
    "arguments", [["run", "baseline", "--set", "reaction.SRB=\udcff"], ["validate", "a\udcff.yaml"]]
)
def test_bytes_that_are_no_text_are_refused_in_any_argument(capsys, arguments):
    assert main(arguments) == 2
    assert "is not UTF-8" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="a folder that is used cannot go there")
def test_a_working_folder_that_is_gone_is_told_as_such(tmp_path, monkeypatch, capsys):
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert main(["list"]) == 2
    assert "the folder that this was started in is gone" in capsys.readouterr().err


CIRCLES = {
    "validate loop.yaml": "too many levels",
    "validate extends.yaml": "leads back to itself",
    "sweep design.yaml": "leads back to itself",
    "sweep own.yaml --out loop": "leads back to itself",
    "run baseline --members 2 --fit prior --out loop": "leads back to itself",
    "calibrate --quick --out loop": "leads back to itself",
    "schema --out loop/schema.json": "stands where a folder is needed",
    "schema --out pipe": "is a named pipe",
    "chart tension --members 2 --fit prior --out pipe": "stands where a folder is needed",
    "run baseline --members 2 --fit prior --out pipe": "is a file; choose a folder",
    "sweep pipe": "is a named pipe",
    "reactions --panel pipe --dyads pipe": "is a named pipe",
}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
@pytest.mark.parametrize("line", CIRCLES)
def test_links_in_a_circle_and_pipes_are_told_as_such_wherever_they_are_named(tmp_path, monkeypatch, capsys, line):
    monkeypatch.chdir(tmp_path)
    for name in ("loop", "loop.yaml"):
        (tmp_path / name).symlink_to(name)
    os.mkfifo("pipe")
    written(tmp_path / "extends.yaml", SCENARIO.format(title="x").replace("baseline", "loop.yaml", 1))
    own = written(
        tmp_path / "own.yaml",
        DESIGN.replace("{kind: rows, file: points.csv}", "{kind: grid}\nvary: {coupling: [0, 1]}"),
    )
    written(tmp_path / "design.yaml", own.read_text(encoding="utf-8").replace("[baseline]", "[loop.yaml]"))
    before = sorted(tmp_path.iterdir())
    assert main(line.split()) == 2
    assert CIRCLES[line] in capsys.readouterr().err.lower()
    assert sorted(tmp_path.iterdir()) == before


# ---- designs and sweeps ----------------------------------------------------------------------------------------------


def test_an_ensemble_design_needs_no_list_of_what_varies(tmp_path):
    design = DESIGN.replace("fit: prior\n", "").replace("{kind: rows, file: points.csv}", "{kind: ensemble, points: 3}")
    made = read_design(written(tmp_path / "d.yaml", design))
    assert {"reaction.SRB", "deterrence"} <= set(made.keys) and "background_spread" not in made.keys


@pytest.mark.parametrize("when", ["[" + ",".join(["every"] * 30_000) + "]", "[" + ",".join(["every"] * 200) + "]"])
def test_a_design_of_more_columns_than_a_table_may_have_is_refused_at_once(tmp_path, when):
    design = DESIGN.replace("when: 2019Q1", f"actor: all, when: {when}").replace("tension", "attitude")
    design = design.replace("{kind: rows, file: points.csv}", "{kind: grid}\nvary: {reaction.SRB: [0.2, 0.4]}")
    assert f"more than the {COLUMNS_MAX:,} columns" in problems(read_design, written(tmp_path / "d.yaml", design))[0][2]


def test_an_outcome_that_is_never_reached_is_left_out_and_named(tmp_path):
    points = np.random.default_rng(1).uniform(size=(110, 1))
    models = {"a": {"spending": lambda x, _: x[:, 0], "never": lambda x, _: np.full(len(x), np.nan)}}
    study = sensitivity_study(load_sweep(write_sweep(tmp_path / "s", points, models)))
    assert [one.metric for one in study.outcomes] == ["spending"]
    assert study.constant == ("never, a",)


@pytest.mark.parametrize("where", ["../mine.yaml", "/etc/mine.yaml", "~/mine.yaml", "sub/../../mine.yaml", "link.yaml"])
def test_a_design_names_no_file_outside_its_folder(tmp_path, where):
    written(tmp_path / "mine.yaml", SCENARIO.format(title="x"))
    here = tmp_path / "designs"
    (here / "sub").mkdir(parents=True)
    (here / "link.yaml").symlink_to(tmp_path / "mine.yaml")
    design = DESIGN.replace("[baseline]", f"[{where}]").replace("{kind: rows, file: points.csv}", "{kind: grid}")
    ((line, place, told),) = problems(read_design, written(here / "d.yaml", design))
    assert (line, place) == (2, "scenario 1") and "leaves" in told


def test_a_file_to_which_an_editor_has_added_txt_is_read_or_named(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    written(tmp_path / "mine.yaml.txt", SCENARIO.format(title="x"))
    assert main(["validate", "mine.yaml.txt"]) == 0
    capsys.readouterr()
    for asked, told in (("mine.yaml", "mine.yaml.txt is: rename it mine.yaml"), ("mine", 'the file "mine.yaml.txt"')):
        assert main(["validate", asked]) == 2
        assert told in capsys.readouterr().err


def begun(here, chunk=2, seed=1):
    """A sweep of three points and two members that is not finished; its whole table, and its chunks, (file, rows) each."""
    written(here / "points.csv", "reaction.SRB\n0.2\n0.4\n0.6\n")
    design = written(here / "d.yaml", DESIGN + f"members: 2\nseed: {seed}\n")
    folder = SweepFolder(here / "out")
    whole = pq.read_table(run_sweep(design, out=folder.path, chunk=chunk).table)
    manifest = json.loads((folder.path / "manifest.json").read_text(encoding="utf-8"))
    written(folder.path / "manifest.json", json.dumps({**manifest, "complete": False}))
    (folder.path / "runs.parquet").unlink()
    return design, folder, whole


def put(folder, number, table, whole):
    """A chunk under the name that its bytes ask for, as whoever forges one and knows this program would give it."""
    shape = Shape(("reaction.SRB",), tuple(whole.column_names[-1:]), whole.schema.metadata[b"armsrace"].decode())
    content = parquet_bytes(shape, table)
    digest = hashlib.sha256(salt_of(mark_of(read_design(folder.path.parent / "d.yaml")), number) + content).hexdigest()
    put_chunk(folder.path, number, content, digest)
    return folder.file_of(number, digest)


def changed(table, column, value, rows=(0,)):
    values = table.column(column).to_pylist()
    for row in rows:
        values[row] = value
    place = table.column_names.index(column)
    return table.set_column(place, table.schema.field(column), pa.array(values, table.schema.field(column).type))


@pytest.mark.parametrize(
    ("number", "forged", "why"),
    [
        (0, lambda whole: whole.slice(0, 1), "its rows are others"),
        (0, lambda whole: whole.slice(0, 3), "its rows are others"),
        (0, lambda whole: whole.slice(2, 2), "its rows are others"),
        (1, lambda whole: changed(whole.slice(2, 2), "reaction.SRB", 0.5), "its rows are others"),
        (1, lambda whole: changed(whole.slice(2, 2), "seed", 2), "its rows are others"),
        (2, lambda whole: changed(whole.slice(4, 2), whole.column_names[-1], 0.5, (0, 1)), "gives other numbers"),
        (2, lambda whole: changed(whole.slice(4, 2), "status", "failed", (0, 1)), "gives other numbers"),
        (3, lambda whole: whole.slice(0, 2), "this sweep has 3 chunks"),
    ],
)  # fmt: skip
def test_a_chunk_that_is_not_of_this_sweep_is_refused_by_its_name_and_can_be_made_again(
    tmp_path, capsys, number, forged, why
):
    design, folder, whole = begun(tmp_path)
    file = put(folder, number, forged(whole), whole)
    command = ["sweep", str(design), "--out", str(folder.path)]
    assert main(command) == 2
    said = capsys.readouterr().err
    assert file.name in said and why in said and "remove this file" in said
    file.unlink()
    assert main(command) == 0
    assert pq.read_table(folder.path / "runs.parquet").equals(whole)


def test_a_chunk_that_is_whole_is_taken_and_a_damaged_one_made_again(tmp_path):
    design, folder, whole = begun(tmp_path)
    put(folder, 0, whole.slice(0, 2), whole)
    damaged = put(folder, 1, whole.slice(2, 2), whole)
    damaged.write_bytes(damaged.read_bytes()[:-1])
    assert run_sweep(design, out=folder.path).resumed == 2
    assert pq.read_table(folder.path / "runs.parquet").equals(whole)


@pytest.mark.parametrize("row", [0, 1])
def test_a_number_that_was_changed_by_hand_is_made_again_whatever_tool_gave_the_file_its_sum(tmp_path, row):
    design, folder, whole = begun(tmp_path)
    file = put(folder, 1, changed(whole.slice(2, 2), whole.column_names[-1], 0.5, (row,)), whole)
    file.rename(folder.file_of(1, hashlib.sha256(file.read_bytes()).hexdigest()))
    put(folder, 2, whole.slice(4, 2), whole).rename(folder.file_of(0, file.name[13:29]))  # one of another place
    assert run_sweep(design, out=folder.path).resumed == 0
    assert pq.read_table(folder.path / "runs.parquet").equals(whole)


def test_a_chunk_of_another_sweep_is_made_again(tmp_path):
    (tmp_path / "one").mkdir()
    (tmp_path / "other").mkdir()
    design, folder, whole = begun(tmp_path / "one")
    _, other, others = begun(tmp_path / "other", seed=2)
    theirs = put(other, 1, others.slice(2, 2), others)
    folder.chunks.mkdir(exist_ok=True)
    theirs.rename(folder.chunks / theirs.name)
    assert run_sweep(design, out=folder.path).resumed == 0
    assert pq.read_table(folder.path / "runs.parquet").equals(whole)


def test_a_chunk_that_is_there_twice_is_refused_by_name_and_what_is_not_ours_is_left_alone(tmp_path):
    folder = SweepFolder(tmp_path)
    folder.chunks.mkdir()
    for content in (b"one", b"two"):
        folder.file_of(3, hashlib.sha256(b"m 3 " + content).hexdigest()).write_bytes(content)
    alone = hashlib.sha256(b"m 4 x").hexdigest()
    folder.file_of(4, alone).write_bytes(b"x")
    written(folder.chunks / "notes.txt", "mine")
    written(tmp_path / "notes.tmp1", "mine")
    one, two = sorted(folder.chunks.glob("chunk-000003-*"))
    assert one.name in problems(folder.finished, "m")[0][2]
    two.unlink()
    assert folder.finished("m") == {3: one.name[13:29], 4: alone[:16]}
    folder.clear()
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["chunks", "notes.tmp1", "notes.txt"]


def test_a_link_in_the_folder_of_a_sweep_is_not_followed(tmp_path, capsys):
    written(tmp_path / "points.csv", "reaction.SRB\n0.2\n")
    design = written(tmp_path / "d.yaml", DESIGN)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    written(elsewhere / "chunk-000000-0123456789abcdef.parquet", "mine")
    for name, target in (("chunks", elsewhere), (".lock", elsewhere / "chunk-000000-0123456789abcdef.parquet")):
        out = tmp_path / f"out{name}"
        out.mkdir()
        (out / name).symlink_to(target)
        assert main(["sweep", str(design), "--out", str(out)]) == 2
        (out / name).unlink()
    assert "link" in capsys.readouterr().err
    assert [file.read_text() for file in elsewhere.iterdir()] == ["mine"]
    (tmp_path / "honest").symlink_to(tmp_path / "disk")  # the whole folder may be on another disk
    (tmp_path / "disk").mkdir()
    assert main(["sweep", str(design), "--out", str(tmp_path / "honest")]) == 0
    assert (tmp_path / "disk" / "runs.parquet").is_file()


# ---- fits ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("column", [pa.array(["x", "y"]), pa.array([True, False]), pa.array([[1.0], [2.0]])])
def test_draws_that_are_no_numbers_are_refused_with_the_column(tmp_path, column):
    from sim.ensembles.draws import read_draws

    pq.write_table(pa.table({"coupling": pa.array([0.1, 0.2]), "odd": column}), tmp_path / "draws.parquet")
    assert problems(read_draws, tmp_path / "draws.parquet") == [(None, "odd", "is no column of numbers")]


@pytest.mark.parametrize("name", ["draws.parquet", "runs.parquet"])
def test_a_parquet_table_with_two_columns_of_one_name_is_refused(tmp_path, name):
    table = pa.table([pa.array([0.1]), pa.array([0.2])], names=["coupling", "coupling"])
    pq.write_table(table, tmp_path / name)
    ((line, where, told),) = problems(read_parquet, tmp_path / name, 10, "make it again")
    assert (line, where, told) == (None, "coupling", "two columns have this name; make it again")


def test_a_parquet_table_of_more_cells_than_are_read_at_once_is_refused_before_it_is_read(tmp_path, monkeypatch):
    pq.write_table(pa.table({"a": pa.array([0.1] * 11)}), tmp_path / "a.parquet")
    assert len(read_parquet(tmp_path / "a.parquet", 11, "make it again")) == 11
    monkeypatch.setattr(pq.ParquetFile, "read", None)
    assert "more than 10 cells" in problems(read_parquet, tmp_path / "a.parquet", 10, "make it again")[0][2]


# ---- text for where it goes ------------------------------------------------------------------------------------------


def test_no_cell_of_a_table_is_a_formula(tmp_path):
    cells = ["=cmd|'/C calc'!A0", "+1+cmd", "-2+3", "@SUM(A1)", "\t=1", "-0.5", "+3", "plain", 1.5]
    write_rows(tmp_path / "a.csv", ("name",), [(cell,) for cell in cells])
    text = (tmp_path / "a.csv").read_text(encoding="utf-8").splitlines()
    assert text == [
        "name",
        "'=cmd|'/C calc'!A0",
        "'+1+cmd",
        "'-2+3",
        "'@SUM(A1)",
        "'\t=1",
        "-0.5",
        "+3",
        "plain",
        "1.5",
    ]


def test_no_comment_breaks_out_of_its_block_in_markdown():
    code = CodeBlock("Scenario", "a\n```\n<script>alert(7)</script>\n````\n", "yaml")
    text = page_markdown(Report("t", (Section("s", "S", (code,)),)))
    fences = [line for line in text.splitlines() if line.startswith("`````")]
    assert fences == ["`````yaml", "`````"]


def test_a_report_with_a_short_row_is_refused(tmp_path, capsys):
    whole = Table("t", ("a", "b"), (plain_row("1", "2"),))
    for row, code in ((plain_row("1", "2"), 0), (plain_row("1"), 2)):
        table = Table(whole.caption, whole.header, (row,))
        report = report_to_json(Report("t", (Section("s", "S", (table,)),)))
        file = written(tmp_path / "report.json", json.dumps(report))
        assert isinstance(row, TableRow)
        assert main(["report", str(file), "--format", "md", "--out", str(tmp_path / f"{code}.md")]) == code
    assert not (tmp_path / "2.md").exists()


@pytest.mark.parametrize("content", [None, b"", b"<svg/>"])
def test_a_page_whose_picture_is_gone_or_is_none_is_refused_with_its_name(tmp_path, capsys, content):
    report = Report("t", (Section("s", "S", (Image("A picture", "in words", "paths.svg"),)),))
    file = written(tmp_path / "report.json", json.dumps(report_to_json(report)))
    if content is not None:
        (tmp_path / "figures").mkdir()
        (tmp_path / "figures" / "paths.svg").write_bytes(content)
    assert main(["report", str(file), "--format", "html", "--out", str(tmp_path / "a.html")]) == 2
    assert "paths.svg" in (said := capsys.readouterr().err) and "run the scenario again" in said
    assert not (tmp_path / "a.html").exists()


# ---- requests to stop, as a library meets them -----------------------------------------------------------------------

SWALLOWED = """
import sys
class Once:
    done = False
    def find_spec(self, name, path=None, target=None):
        if name == "pandas.core.window.ewm" and not Once.done:
            Once.done = True
            raise KeyboardInterrupt
sys.meta_path.insert(0, Once())
try:
    from sim.ensembles.registry import load_fit
    load_fit("documents-2025")
except KeyboardInterrupt:
    sys.exit("reached")
sys.exit("lost" if Once.done else "not loaded")
"""


def test_an_interrupt_is_not_lost_while_draws_are_read():
    """pyarrow loads pandas in compiled code, which takes an exception for an answer."""
    done = subprocess.run([sys.executable, "-c", SWALLOWED], capture_output=True, text=True, check=False)
    assert done.stderr.strip().splitlines()[-1] in ("reached", "not loaded")
