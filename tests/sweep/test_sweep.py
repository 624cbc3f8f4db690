"""A sweep gives one table with the same bytes, whatever happened on the way: workers, chunks, kills, damage, failing runs."""

import hashlib
import importlib.util
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

import sim.sweep.chunks as parts
import sim.sweep.simulate as sweep_runs
from sim.analysis.results import calendar_years
from sim.cli.main import main
from sim.engines.compiled import library
from sim.engines.simulate import simulated
from sim.ensembles.registry import load_fit
from sim.io.errors import InputError
from sim.model.variables import Series
from sim.runs.run import prepared_scenarios, run
from sim.sweep.dask import dask_workers
from sim.sweep.design import read_design
from sim.sweep.folder import SweepFolder
from sim.sweep.run import run_sweep
from sim.sweep.table import table_of
from sim.sweep.template import design_template

DESIGN = """\
format_version: 1
scenarios: [baseline, skydagger-delivery]
members: 3
until: 2026Q4
design: {kind: latin-hypercube, points: 40}
vary:
  reaction.SRB: {uniform: [0, 1]}
  events.skydagger-order.n: {lognormal: [4000, 0.5]}
metrics:
  - {variable: spending, actor: SRB, when: [2026, 2026Q4]}
  - {variable: tension, when: every 16}
"""
RUNS, ROWS = 120, 240


def write(folder: Path, text: str = DESIGN, name: str = "trial") -> Path:
    file = folder / f"{name}.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def changed(old: str, new: str) -> str:
    assert old in DESIGN
    return DESIGN.replace(old, new)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A sweep that nothing disturbed."""
    folder = tmp_path_factory.mktemp("whole")
    design = write(folder)
    return run_sweep(design, out=folder / "out", threads=1), design


# ---- the table -------------------------------------------------------------------------------------------------------


def test_the_table_has_a_row_for_each_run_and_scenario(whole):
    frame = whole[0].frame()
    assert list(frame.columns) == [
        "run", "point", "member", "scenario", "seed", "status", "error", "reaction.SRB", "events.skydagger-order.n",
        "spending.SRB.2026", "spending.SRB.2026Q4", "tension.SRB.XKX.2021Q4", "tension.SRB.XKX.2025Q4",
    ]  # fmt: skip
    assert len(frame) == ROWS == whole[0].runs
    assert (frame["run"] == np.repeat(np.arange(RUNS), 2)).all()
    assert (frame["run"] == frame["point"] * 3 + frame["member"]).all()
    assert set(frame["status"]) == {"done"} and set(frame["error"]) == {""}
    assert not frame.isna().any().any()


def test_a_point_is_the_run_with_the_same_settings(whole):
    frame = whole[0].frame()
    rows = frame[(frame.point == 7) & (frame.scenario == "skydagger-delivery")]
    values = {key: float(rows[key].iloc[0]) for key in ("reaction.SRB", "events.skydagger-order.n")}
    fit = read_design(whole[1]).content.fit
    world = prepared_scenarios("skydagger-delivery", [f"{key}={value!r}" for key, value in values.items()], None, fit)[
        -1
    ]
    series = [Series("spending", "SRB"), Series("tension", "SRB", "XKX")]
    spending, tension = simulated(world, range(3), seed=1, quarters=36, series=series)
    assert (rows["spending.SRB.2026"].to_numpy() == calendar_years(spending)[8]).all()
    assert (rows["spending.SRB.2026Q4"].to_numpy() == spending[35]).all()
    assert (rows["tension.SRB.XKX.2025Q4"].to_numpy() == tension[31]).all()


def test_draws_are_common_to_points_and_scenarios_unless_told_otherwise(whole, tmp_path):
    def spread(frame: pd.DataFrame) -> float:
        both = frame.pivot(index="run", columns="scenario", values="spending.SRB.2026")
        return float((both["skydagger-delivery"] - both["baseline"]).std())

    apart = write(tmp_path, changed("members: 3", "members: 3\ncommon_random_numbers: false"))
    own = run_sweep(apart, out=tmp_path / "out", threads=1).frame()
    assert own["member"].is_unique
    assert spread(own) > 3.0 * spread(whole[0].frame())


def test_a_sweep_does_not_go_on_with_other_equations(tmp_path, monkeypatch):
    design = write(tmp_path)
    monkeypatch.setattr(parts, "table_of", _stops_after(1))
    with pytest.raises(KeyboardInterrupt):
        run_sweep(design, out=tmp_path / "out", threads=1, chunk=32)
    monkeypatch.undo()
    monkeypatch.setattr(library, "current_digest", lambda: "of other equations")
    with pytest.raises(InputError, match="differs in equations"):
        run_sweep(design, out=tmp_path / "out", threads=1)


def _stops_after(chunks: int):
    done = []

    def table(*arguments):
        if len(done) == chunks:
            raise KeyboardInterrupt
        done.append(1)
        return table_of(*arguments)

    return table


def test_manifest_and_metadata_say_what_was_run(whole):
    manifest = json.loads((whole[0].folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["complete"] and manifest["runs_sha256"] == digest(whole[0].table)
    assert [one["name"] for one in manifest["inputs"]] == ["reaction.SRB", "events.skydagger-order.n"]
    first = manifest["inputs"][0]
    assert first["mechanism"] == "spending" and first["actor"] == "SRB" and 0.0 <= first["low"] < first["high"] <= 1.0
    assert manifest["design"]["kind"] == "latin-hypercube" and manifest["metrics"][0]["when"] == "2026"
    said = json.loads(pq.read_schema(whole[0].table).metadata[b"armsrace"])
    assert (
        said["design"] == "trial" and said["seed"] == 1 and {"program", "model_version", "schema_version"} <= set(said)
    )
    assert sorted(one.name for one in whole[0].folder.iterdir()) == [
        ".lock",
        "manifest.json",
        "points.parquet",
        "runs.parquet",
    ]


# ---- the same bytes --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("threads", "chunk"), [(2, 10), (2, 1000), (3, 32), (1, 7)])
def test_workers_and_chunks_change_no_byte(whole, tmp_path, threads, chunk):
    again = run_sweep(whole[1], out=tmp_path / "out", threads=threads, chunk=chunk)
    assert digest(again.table) == digest(whole[0].table)


def test_order_of_chunks_changes_no_byte(whole, tmp_path):
    def backwards(sweep, missing):
        for number in sorted(missing, reverse=True):
            yield parts.made(sweep, number)

    again = run_sweep(whole[1], out=tmp_path / "out", chunk=16, workers=backwards)
    assert digest(again.table) == digest(whole[0].table)


def test_row_groups_do_not_follow_the_chunks(whole, tmp_path, monkeypatch):
    monkeypatch.setattr("sim.sweep.table.ROWS_PER_GROUP", 50)
    small, large = (run_sweep(whole[1], out=tmp_path / str(chunk), chunk=chunk).table for chunk in (9, 100))
    assert digest(small) == digest(large)
    assert pq.ParquetFile(small).num_row_groups == 5


# ---- interrupted and damaged -----------------------------------------------------------------------------------------

KILLED = """\
import itertools, os, signal, sys
from pathlib import Path
import sim.sweep.run as sweep, sim.sweep.folder as folder, sim.sweep.chunks as parts

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

def run_and_die(moment, design, out):
    put, counter = folder.put_chunk, itertools.count(1)
    def put_some(path, number, content, digest):
        place = next(counter)
        if moment == "before-a-chunk" and place == 4:
            die()
        if moment == "within-a-chunk" and place == 4:
            file = folder.SweepFolder(path).file_of(number, digest)
            with folder.written_whole(file) as draft:
                draft.write_bytes(content[:100])
                die()
        put(path, number, content, digest)
        if moment == "after-a-chunk" and place == 4:
            die()
    parts.put_chunk = put_some
    if moment == "before-the-manifest":
        folder.SweepFolder.write_manifest = die
    if moment == "within-the-table":
        folder.write_whole = lambda shape, tables, draft: draft.write_bytes(b"half") and die()
    if moment == "after-the-table":
        whole = folder.SweepFolder.compact
        def compact(*arguments):
            whole(*arguments)
            die()
        folder.SweepFolder.compact = compact
    if moment == "before-clearing":
        folder.SweepFolder.clear = die
    sweep.run_sweep(design, out=out, threads=2, chunk=10)

def in_turn(run, missing):
    for number in missing:
        yield parts.made(run, number)

design, out, *moments = sys.argv[1:]
sweep.run_sweep(design, out=Path(out) / "undisturbed", workers=in_turn)  # loads the engine once for all, without a thread
for moment in moments:
    child = os.fork()
    if not child:
        run_and_die(moment, design, Path(out) / moment)
    _, how = os.waitpid(child, 0)
    assert os.WIFSIGNALED(how) and os.WTERMSIG(how) == signal.SIGKILL, moment
"""
MOMENTS = (
    "before-the-manifest", "before-a-chunk", "within-a-chunk", "after-a-chunk", "within-the-table", "after-the-table", "before-clearing"
)  # fmt: skip


@pytest.fixture(scope="module")
def killed(whole, tmp_path_factory):
    """A folder for each moment at which a sweep was killed."""
    if not hasattr(os, "fork"):
        pytest.skip("kills its own forks")
    out = tmp_path_factory.mktemp("killed")
    died = subprocess.run(
        [sys.executable, "-c", KILLED, str(whole[1]), str(out), *MOMENTS],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert died.returncode == 0, died.stderr
    return out


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_sweep_that_was_killed_goes_on_and_gives_the_same_bytes(whole, killed, moment):
    finished = run_sweep(whole[1], out=killed / moment, chunk=None if moment != "before-the-manifest" else 10)
    assert digest(finished.table) == digest(whole[0].table)
    assert (finished.resumed > 0) == (moment != "before-the-manifest")
    assert sorted(one.name for one in (killed / moment).iterdir()) == [
        ".lock",
        "manifest.json",
        "points.parquet",
        "runs.parquet",
    ]


def test_a_sweep_that_is_stopped_counts_every_chunk_that_is_kept(whole, tmp_path):
    def five_of_which_two_are_not_told(sweep, missing):
        tallies = [parts.made(sweep, number) for number in list(missing)[:5]]
        yield from tallies[:3]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt, match="5 of 12 chunks are kept"):
        run_sweep(whole[1], out=tmp_path / "out", chunk=10, workers=five_of_which_two_are_not_told)


def test_a_damaged_chunk_is_made_again(whole, tmp_path):
    out = tmp_path / "out"

    def three(sweep, missing):
        for number in list(missing)[:3]:
            yield parts.made(sweep, number)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt, match="3 of 12 chunks are kept"):
        run_sweep(whole[1], out=out, chunk=10, workers=three)
    victim = sorted((out / "chunks").iterdir())[1]
    content = bytearray(victim.read_bytes())
    content[len(content) // 2] ^= 1
    victim.write_bytes(content)
    finished = run_sweep(whole[1], out=out)
    assert finished.resumed == 2 * 10 * 2
    assert digest(finished.table) == digest(whole[0].table)


def test_a_damaged_table_is_made_again(whole, tmp_path):
    first = run_sweep(whole[1], out=tmp_path / "out")
    first.table.write_bytes(first.table.read_bytes()[:-1])
    assert digest(run_sweep(whole[1], out=tmp_path / "out").table) == digest(whole[0].table)


def test_lost_points_are_made_again(whole, tmp_path):
    out = tmp_path / "out"
    run_sweep(whole[1], out=out)
    for damage in (Path.unlink, lambda file: file.write_bytes(b"x")):
        damage(out / "points.parquet")
        (out / "runs.parquet").unlink()
        assert digest(run_sweep(whole[1], out=out).table) == digest(whole[0].table)


def test_a_full_disk_loses_nothing_that_was_finished(whole, tmp_path, monkeypatch, capsys):
    out, put, seen = tmp_path / "out", parts.put_chunk, []

    def full(folder, number, content, digest):
        seen.append(number)
        if len(seen) > 2:
            raise OSError(28, "No space left on device")
        put(folder, number, content, digest)

    monkeypatch.setattr(parts, "put_chunk", full)
    assert main(["sweep", str(whole[1]), "--out", str(out), "--chunk", "10", "--threads", "1"]) == 1
    assert "what is finished is kept" in capsys.readouterr().err
    monkeypatch.undo()
    finished = run_sweep(whole[1], out=out)
    assert finished.resumed == 2 * 10 * 2
    assert digest(finished.table) == digest(whole[0].table)


def test_a_finished_sweep_is_not_run_again(whole, tmp_path, monkeypatch):
    run_sweep(whole[1], out=tmp_path / "out")
    monkeypatch.setattr(sweep_runs, "run_blocks", None)
    assert run_sweep(whole[1], out=tmp_path / "out").resumed == ROWS


def test_two_sweeps_do_not_write_one_folder(whole, tmp_path):
    pytest.importorskip("fcntl")
    out = tmp_path / "out"

    def greedy(sweep, missing):
        holder = f"process {os.getpid()}"
        with pytest.raises(InputError, match=rf"another sweep is writing here \({holder}\)"):
            run_sweep(whole[1], out=out)
        for number in missing:
            yield parts.made(sweep, number)

    assert digest(run_sweep(whole[1], out=out, chunk=10, workers=greedy).table) == digest(whole[0].table)


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("points: 40", "points: 41", "design"),
        ("members: 3", "members: 4", "members"),
        ("{uniform: [0, 1]}", "{uniform: [0, 2]}", "vary"),
        ("until: 2026Q4", "until: 2027Q4", "scenarios"),
    ],
)
def test_another_design_in_the_folder_is_refused(whole, tmp_path, old, new, named):
    other = write(tmp_path, changed(old, new))
    before = digest(whole[0].table)
    with pytest.raises(InputError, match=f"holds another sweep .it differs in {named}"):
        run_sweep(other, out=whole[0].folder)
    assert digest(whole[0].table) == before


GROWING = {
    "sobol": ("{kind: sobol, n: 16, second_order: true}", "{kind: sobol, n: 32, second_order: true}"),
    "groups": ("{kind: sobol, n: 16, group_by: mechanism}", "{kind: sobol, n: 64, group_by: mechanism}"),
    "morris": ("{kind: morris, n: 7}", "{kind: morris, n: 20}"),
    "ensemble": ("{kind: ensemble, points: 37}", "{kind: ensemble, points: 101}"),
}


def growing(folder: Path, kind: str, size: str) -> Path:
    text = changed("{kind: latin-hypercube, points: 40}", size)
    return write(folder, text[: text.index("vary:")] + text[text.index("metrics:") :] if kind == "ensemble" else text)


@pytest.mark.parametrize("kind", GROWING)
def test_a_larger_design_runs_what_is_new_and_ends_like_one_from_the_start(tmp_path, kind, monkeypatch):
    first = run_sweep(growing(tmp_path, kind, GROWING[kind][0]), out=tmp_path / "grown", threads=1)
    design = growing(tmp_path, kind, GROWING[kind][1])
    whole = run_sweep(design, out=tmp_path / "whole", threads=1)
    ran = []
    monkeypatch.setattr(
        parts, "outcomes", lambda plan, batch, real=parts.outcomes: ran.append(batch) or real(plan, batch)
    )
    grown = run_sweep(design, out=tmp_path / "grown", threads=1)
    assert digest(grown.table) == digest(whole.table)
    assert digest(grown.folder / "points.parquet") == digest(whole.folder / "points.parquet")
    new = 2 * sum(len(batch.runs) for batch in ran[1:])  # the first batch checks what was there
    assert grown.resumed == first.runs and new == whole.runs - first.runs > 0
    assert main(["replay", str(grown.folder)]) == 0


def test_a_larger_design_that_was_stopped_goes_on_and_what_was_finished_is_not_lost(tmp_path, monkeypatch):
    small, large = GROWING["sobol"]
    first = run_sweep(growing(tmp_path, "sobol", small), out=tmp_path / "grown", threads=1)
    before = digest(first.table)
    design = growing(tmp_path, "sobol", large)

    def stop(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(SweepFolder, "write_manifest", stop)
        with pytest.raises(KeyboardInterrupt):
            run_sweep(design, out=tmp_path / "grown", threads=1)
    assert digest(run_sweep(growing(tmp_path, "sobol", small), out=tmp_path / "grown").table) == before
    for size in (large, large.replace("32", "64"), large):
        with pytest.raises(KeyboardInterrupt, match=r"chunks are kept in .*larger-"):
            run_sweep(growing(tmp_path, "sobol", size), out=tmp_path / "grown", workers=stop)
        found = run_sweep(growing(tmp_path, "sobol", small), out=tmp_path / "grown")
        assert (digest(found.table), found.resumed) == (before, first.runs)
    design = growing(tmp_path, "sobol", large)
    with monkeypatch.context() as patch:  # killed between the table and its manifest
        patch.setattr(
            SweepFolder,
            "adopt",
            lambda self, larger: (larger.path / "runs.parquet").replace(self.path / "runs.parquet") and stop(),
        )
        with pytest.raises(KeyboardInterrupt):
            run_sweep(design, out=tmp_path / "grown")
    grown = run_sweep(design, out=tmp_path / "grown")
    assert grown.resumed == grown.runs
    assert digest(grown.table) == digest(run_sweep(design, out=tmp_path / "b").table)
    names = [".lock", "larger-64", "manifest.json", "points.parquet", "runs.parquet"]
    assert sorted(one.name for one in grown.folder.iterdir()) == names
    with pytest.raises(InputError, match="it has n: 32, and a sweep can be made larger, not smaller"):
        run_sweep(growing(tmp_path, "sobol", small), out=tmp_path / "grown")
    run_sweep(growing(tmp_path, "sobol", large.replace("32", "64")), out=tmp_path / "grown")
    names.remove("larger-64")
    assert sorted(one.name for one in grown.folder.iterdir()) == names


def test_a_larger_hypercube_has_other_points(whole, tmp_path):
    with pytest.raises(InputError, match="a Latin hypercube of another size has other points"):
        run_sweep(write(tmp_path, changed("points: 40", "points: 80")), out=whole[0].folder)


def test_a_folder_that_holds_something_else_is_left_alone(whole, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match=r'holds no sweep but "thesis\.txt"'):
        run_sweep(whole[1], out=tmp_path / "out")
    run("baseline", members=2, until="2018Q4", out=tmp_path / "run", pictures="none")
    with pytest.raises(InputError, match="that is not of a sweep"):
        run_sweep(whole[1], out=tmp_path / "run")


def test_chunks_of_another_size_are_refused(whole, tmp_path):
    run_sweep(whole[1], out=tmp_path / "out", chunk=10)
    with pytest.raises(InputError, match="begun with chunks of 10 runs"):
        run_sweep(whole[1], out=tmp_path / "out", chunk=20)


# ---- failing runs ----------------------------------------------------------------------------------------------------


def engine_with_a_fault(monkeypatch, *, raises: bool):
    """An engine that fails for points with a strong reaction, in the scenario with an order to vary only."""
    engine = sweep_runs.run_blocks

    def faulty(arrays, given, members, series, **options):
        recorded = engine(arrays, given, members, series, **options)
        strong = (given.values[-1] > 0.9) & (len(given.size_rows) > 0)
        if strong.any() and raises:
            raise ValueError("too strong")
        recorded[0, 5, : len(strong)][strong] = np.inf
        return recorded

    monkeypatch.setattr(sweep_runs, "run_blocks", faulty)


@pytest.mark.parametrize(
    ("raises", "told"), [(True, "ValueError: too strong"), (False, "spending.SRB is not finite in 2019Q2")]
)
def test_failing_runs_are_rows_and_the_sweep_goes_on(whole, tmp_path, monkeypatch, capsys, raises, told):
    out = tmp_path / "out"
    command = ["sweep", str(whole[1]), "--out", str(out), "--chunk", "50"]
    engine_with_a_fault(monkeypatch, raises=raises)
    assert main(command) == 3
    assert "12 runs failed" in capsys.readouterr().out
    frame = pd.read_parquet(out / "runs.parquet")
    failed = frame[frame.status == "failed"]
    assert len(failed) == 12 and set(failed["error"]) == {told}
    assert (failed["reaction.SRB"] > 0.9).all() and set(failed["scenario"]) == {"skydagger-delivery"}
    outcomes = [name for name in frame.columns if name.startswith(("spending", "tension"))]
    assert failed[outcomes].isna().all().all() and not frame[frame.status == "done"].isna().any().any()
    assert main(command) == 3
    assert main([*command, "--rerun-failed"]) == 3
    monkeypatch.undo()
    assert main(command) == 3, "a finished sweep is run again only when told"
    assert main([*command, "--rerun-failed"]) == 0
    assert digest(out / "runs.parquet") == digest(whole[0].table)


# ---- the command -----------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_template_runs_as_it_is_and_so_does_every_command_it_prints(tmp_path, monkeypatch, capsys):
    """One world at each point is enough here; the file itself is not touched."""
    monkeypatch.chdir(tmp_path)
    assert main(["new", "--design", "my-sweep"]) == 0
    text = (tmp_path / "my-sweep.yaml").read_text(encoding="utf-8")
    assert text == design_template("my-sweep")
    assert main(["new", "--design", "my-sweep"]) == 0
    assert "is there already, unchanged" in capsys.readouterr().out
    assert main(["sweep", "my-sweep.yaml", "--members", "1", "--format", "json"]) == 0
    out, err = capsys.readouterr()
    told = json.loads(out.splitlines()[-1])
    assert told["rows"] == 256 and told["failed"] == 0
    lines = [line for line in err.splitlines() if line.startswith("simulating: ")]
    assert lines[-1].startswith("simulating: 100 %") and 2 <= len(lines) <= 10 and "runs/s" in lines[-1]
    assert len(pd.read_parquet(tmp_path / "results" / "my-sweep" / "runs.parquet")) == 256
    printed = [
        shlex.split(line[1:].split("  ")[1])[1:] for line in text.splitlines() if line.startswith("#   armsrace")
    ]
    after = {words[0]: words for words in printed if words[0] != "sweep"}
    assert set(after) == {"sensitivity", "discover", "regret"}
    assert main(after["sensitivity"]) == main(after["regret"]) == 0, capsys.readouterr().err
    has_workbench = importlib.util.find_spec("ema_workbench") is not None
    assert main(after["discover"]) == (0 if has_workbench else 2), capsys.readouterr().err


def test_dry_run_tells_runs_time_and_size_and_writes_nothing(whole, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["sweep", str(whole[1]), "--dry-run"]) == 0
    out, _ = capsys.readouterr()
    assert "40 points x 3 members x 2 scenarios = 240 runs" in out and "13 columns" in out
    assert main(["sweep", str(whole[1]), "--dry-run", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["runs"] == 240 and told["seconds"] >= 0.0
    assert 0.5 < told["bytes"] / whole[0].table.stat().st_size < 2.0
    assert list(tmp_path.iterdir()) == []


def test_an_accident_is_refused_before_its_points_are_made(tmp_path, capsys):
    steps = "{from: 0, to: 1, steps: 1000}"
    huge = DESIGN.replace("{kind: latin-hypercube, points: 40}", "{kind: grid}").replace("{uniform: [0, 1]}", steps)
    design = write(tmp_path, huge.replace("{lognormal: [4000, 0.5]}", "{from: 1, to: 2, steps: 100000}"))
    assert main(["sweep", str(design), "--out", str(tmp_path / "out")]) == 2
    assert "600,000,000 runs, more than the limit of 1,000,000" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
    assert main(["sweep", str(design), "--dry-run"]) == 0
    assert "--limit 600000000" in capsys.readouterr().out


def test_options_replace_what_the_design_says(whole, tmp_path):
    out = str(tmp_path / "out")
    words = ["--members", "1", "--seed", "7", "--set", "reaction.XKX=0.3", "--until", "2026Q4", "--out", out]
    assert main(["sweep", str(whole[1]), *words]) == 0
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["members"] == 1 and manifest["seed"] == 7 and manifest["fixed"] == {"reaction.XKX": 0.3}


def test_iamc_holds_every_number_of_every_run(whole, tmp_path, capsys):
    out = tmp_path / "out"
    assert main(["sweep", str(whole[1]), "--out", str(out), "--format", "iamc"]) == 0
    assert "iamc.csv" in capsys.readouterr().out
    table = pd.read_csv(out / "iamc.csv")
    assert list(table.columns)[:6] == ["model", "scenario", "region", "variable", "unit", "year"]
    assert len(table) == ROWS * 4
    chosen = table[(table.variable == "Tension|XKX") & (table.year == 2021) & (table.subannual == "Q4")]
    assert (chosen["value"].to_numpy() == whole[0].frame()["tension.SRB.XKX.2021Q4"].to_numpy()).all()


def test_an_ensemble_design_takes_the_draws_of_the_fit(tmp_path):
    text = changed("{kind: latin-hypercube, points: 40}", "{kind: ensemble, points: 6}")
    text = text[: text.index("vary:")] + "vary: [reaction.SRB]\n" + text[text.index("metrics:") :]
    design = write(tmp_path, text)
    frame = run_sweep(design, out=tmp_path / "out").frame()
    draws = load_fit(read_design(design).content.fit)
    expected = draws.of_members(1, range(6))[draws.keys.index("reaction.SRB")]
    assert (frame["reaction.SRB"].to_numpy() == np.repeat(expected, 6)).all()
    one = run("skydagger-delivery", members=6, until="2026Q4", split=False)
    assert one.scenario.id == "skydagger-delivery"
    world = prepared_scenarios("skydagger-delivery", [], None, read_design(design).content.fit)[-1]
    direct = simulated(world, range(3), seed=1, quarters=36, series=[Series("spending", "SRB")])[0, 35]
    rows = frame[(frame.scenario == "skydagger-delivery") & (frame.point == frame.member)]
    assert (rows["spending.SRB.2026Q4"].to_numpy() == direct).all()


def listening() -> set[int]:
    """Ports at which this process waits for anybody."""
    psutil = pytest.importorskip("psutil")
    return {one.laddr.port for one in psutil.Process().net_connections("inet") if one.status == psutil.CONN_LISTEN}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_local_dask_gives_the_same_bytes_and_listens_to_nobody(whole, tmp_path):
    pytest.importorskip("distributed")
    before, ports = listening(), []

    def workers(sweep, missing):
        for tally in dask_workers("local", 2)(sweep, missing):
            ports.append(listening() - before)
            yield tally

    run_sweep(whole[1], out=tmp_path / "out", chunk=8, workers=workers)
    assert digest(tmp_path / "out" / "runs.parquet") == digest(whole[0].table)
    assert ports and not any(ports)


@pytest.mark.slow
@pytest.mark.study
def test_dask_gives_the_same_bytes_though_a_worker_is_killed(whole, tmp_path):
    pytest.importorskip("distributed")
    program = (
        "import multiprocessing, os, signal, sys\n"
        "from distributed import LocalCluster\n"
        "from sim.sweep.run import run_sweep\n"
        "from sim.sweep.dask import dask_workers\n"
        "def workers(sweep, missing):\n"
        "    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:\n"
        "        made = dask_workers(cluster.scheduler_address)(sweep, missing)\n"
        "        yield next(made)\n"
        "        os.kill(multiprocessing.active_children()[0].pid, signal.SIGKILL)\n"
        "        yield from made\n"
        "if __name__ == '__main__':\n"
        "    run_sweep(sys.argv[1], out=sys.argv[2], chunk=4, workers=workers)\n"
    )
    script = tmp_path / "drive.py"
    script.write_text(program, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(script), str(whole[1]), str(tmp_path / "out")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert digest(tmp_path / "out" / "runs.parquet") == digest(whole[0].table)


def test_parts_in_any_order_put_together_are_the_same_table(whole, tmp_path, capsys):
    out = tmp_path / "out"
    for part in ("3/3", "1/3"):
        assert main(["sweep", str(whole[1]), "--out", str(out), "--threads", "1", "--part", part]) == 0
    assert "put" in capsys.readouterr().out and not (out / "runs.parquet").exists()
    kept = sorted(path.name for path in (out / "chunks").iterdir())
    assert main(["sweep", str(whole[1]), "--out", str(out), "--part", "1/3"]) == 0
    assert sorted(path.name for path in (out / "chunks").iterdir()) == kept
    made = run_sweep(whole[1], out=out)  # what is missing, too
    assert 0 < made.resumed < ROWS and digest(made.table) == digest(whole[0].table)
    for wrong in ("0/3", "4/3", "x", "3"):
        assert main(["sweep", str(whole[1]), "--out", str(out), "--part", wrong]) == 2
        assert "no part" in capsys.readouterr().err


def test_parts_share_the_folder_and_keep_a_whole_sweep_out(tmp_path):
    folder = SweepFolder(tmp_path / "out")
    other = pytest.raises(InputError, match="another sweep is writing here")
    with folder.locked(is_part=True), folder.locked(is_part=True), other, folder.locked():
        pass


def test_a_sweep_is_made_again_from_its_manifest(tmp_path, capsys):
    own = tmp_path / "mine.yaml"
    own.write_text(
        "format_version: 1\ntitle: Mine\nquestion: What?\nextends: baseline\nparameters: {reaction.XKX: 0.1}\n",
        encoding="utf-8",
    )
    text = changed(
        "[baseline, skydagger-delivery]",
        "[skydagger-delivery, {name: calm, scenario: mine.yaml, theory: spiral, set: {coupling: 0}}]",
    )
    text = (
        text.replace("points: 40", "points: 8") + "  - {name: share, expression: spending.SRB / gdp.SRB, when: 2026}\n"
    )
    text += "fixed: {fatigue: 0.4}\n"
    made = run_sweep(write(tmp_path, text), out=tmp_path / "out", threads=1)
    own.unlink()
    assert main(["replay", str(made.folder)]) == 0
    assert "The same, byte for byte" in capsys.readouterr().out
    frame = made.frame()
    frame["share"] *= 2
    frame.to_parquet(made.table)
    assert main(["replay", str(made.folder)]) == 1
    assert "Not the same: runs.parquet" in capsys.readouterr().out


def test_iamc_says_for_what_it_has_no_place(tmp_path, capsys):
    own = "\n  - {variable: tension, when: [mean, 2026]}\n  - {name: share, expression: spending.SRB / gdp.SRB, when: 2026}"
    design = write(tmp_path, changed("points: 40", "points: 2").rstrip() + own + "\n")
    assert main(["sweep", str(design), "--out", str(tmp_path / "out"), "--format", "iamc"]) == 0
    assert "tension.SRB.XKX.mean" in capsys.readouterr().err
    table = pd.read_csv(tmp_path / "out" / "iamc.csv")
    assert set(table[table["variable"] == "share"]["region"]) == {"World"}


def test_a_loaded_scenario_runs_as_its_name_does(tmp_path):
    from sim import load_scenario

    options = {"members": 4, "seed": 3, "until": "2026Q4", "split": False}
    pd.testing.assert_frame_equal(run(load_scenario("baseline"), **options).frame(), run("baseline", **options).frame())


def test_the_table_is_the_frame_that_python_gives(whole):
    pd.testing.assert_frame_equal(whole[0].frame(), pd.read_parquet(whole[0].table))
