"""The disk fills up, or breaks, at the n-th step of writing: what stood there stands, and nothing else is left.

Each write, flush to the disk, close, change of name and new folder of a command fails in turn. The computing is made small; the writing
is the command's own. A sample of the steps is tried each time, and all of them, with each of four faults, as a study.
"""

import builtins
import errno
import fcntl
import inspect
import io
import os
import random
import shutil
from pathlib import Path

import numpy as np
import pytest
import yaml

from sim.calibration import run as fit_run
from sim.calibration.panel.tables import read_tables
from sim.calibration.spending.record import read_record
from sim.cli.main import commands, main
from sim.io import writing
from sim.io.assets import data_file
from sim.plots.registry import Plot
from sim.report.document import Report, Section, Text, report_to_json
from sim.report.forms import printing
from tests.finished_sweeps import write_sweep

FAULTS = {"ENOSPC": errno.ENOSPC, "EIO": errno.EIO, "EDQUOT": errno.EDQUOT, "EFBIG": errno.EFBIG}
STEPS = ("write", "fsync", "close", "rename", "mkdir")


class Broken:
    """A disk below a folder whose n-th step of a kind fails; it counts the steps."""

    def __init__(self, patch, root, step, fault):
        self.root, self.step, self.fault = str(root), step, fault
        self.fails_at, self.seen = 0, dict.fromkeys(STEPS, 0)
        opened, disk = io.open, self

        class Raw(io.FileIO):
            def write(self, content):
                disk.take("write")
                return super().write(content)

            def close(self):
                is_open = not self.closed
                super().close()
                if is_open:
                    disk.take("close")

        def open_(file, mode="r", buffering=-1, encoding=None, errors=None, newline=None, **more):
            is_written = isinstance(file, str | os.PathLike) and any(mark in mode for mark in "wax+")
            if not is_written or not os.path.abspath(file).startswith(self.root):
                return opened(file, mode, buffering, encoding, errors, newline, **more)
            raw = Raw(file, mode.replace("b", "").replace("t", ""))
            buffered = io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
            return buffered if "b" in mode else io.TextIOWrapper(buffered, encoding, errors, newline)

        patch.setattr(io, "open", open_)
        patch.setattr(builtins, "open", open_)
        for module, name, kind in (
            (os, "fsync", "fsync"), (os, "rename", "rename"), (os, "replace", "rename"), (os, "link", "rename"),
            (os, "mkdir", "mkdir"), (writing, "exchanged", "rename"),
        ):  # fmt: skip
            patch.setattr(module, name, self.failing(kind, getattr(module, name)))
        close = os.close

        def close_(handle):
            is_written = self.is_below(handle) and fcntl.fcntl(handle, fcntl.F_GETFL) & os.O_ACCMODE
            close(handle)
            if is_written:
                self.take("close")

        patch.setattr(os, "close", close_)

    def is_below(self, handle):
        """Whether an open file lies below the folder."""
        try:
            return Path(f"/proc/self/fd/{handle}").readlink().is_relative_to(self.root)
        except OSError:
            return False

    def failing(self, kind, real):
        def called(*arguments, **options):
            self.take(kind)
            return real(*arguments, **options)

        return called

    def take(self, kind):
        self.seen[kind] += 1
        if kind == self.step and self.seen[kind] == self.fails_at:
            raise OSError(self.fault, os.strerror(self.fault))


def told(root):
    """Every file and folder below a folder, with what it holds."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes() if path.is_file() else None for path in root.rglob("*")
    }


# ---- commands, each with what it needs -------------------------------------------------------------------------------


def new(here):
    return ["new", "mine"]


def new_design(here):
    return ["new", "--design", "mine"]


def class_page(here):
    (here / "page.html").write_text("old", encoding="utf-8")
    return ["classroom", "--export", "page.html", "--overwrite"]


def crate(here):
    assert main(["run", "baseline", *FEW, "--until", "2018Q4", "--pictures", "none", "--out", "run"]) == 0
    assert main(["report", "run", "--format", "crate"]) == 0
    return ["report", "run", "--format", "crate"]


def backtest(here):
    assert main(["forecast", "--backtest", "--out", "ahead"]) == 0
    make_old(here / "ahead" / "backtest")
    return ["forecast", "--backtest", "--out", "ahead", "--overwrite"]


def make_old(folder):
    """Other content for every file, so that a new one beside an old one is seen."""
    for file in folder.iterdir():
        file.write_text("old", encoding="utf-8")


def schema(here):
    (here / "schema.json").write_text("old", encoding="utf-8")
    return ["schema", "--out", "schema.json", "--overwrite"]


def report(form):
    def given(here):
        (here / "run").mkdir()
        content = Report("A run", (Section("a", "What moved", (Text("Nothing."),)),))
        (here / "run" / "report.json").write_text(json_of(content), encoding="utf-8")
        (here / f"mine.{form}").write_text("old", encoding="utf-8")
        return ["report", "run", "--format", form, "--out", f"mine.{form}", "--overwrite"]

    return given


def json_of(content):
    import json

    return json.dumps(report_to_json(content))


DESIGN = """\
format_version: 1
scenarios: [baseline]
fit: prior
until: 2019Q1
design: {kind: grid}
vary: {reaction.SRB: [0.2, 0.4]}
metrics:
  - {variable: spending, actor: SRB, when: 2018Q4}
  - {variable: tension, when: 2019Q1}
"""


def sweep(here):
    (here / "trial.yaml").write_text(DESIGN, encoding="utf-8")
    return ["sweep", "trial.yaml", "--out", "out", "--format", "iamc", "--threads", "1"]


def larger_sweep(here):
    """A sweep that is finished, made larger."""
    words = ["sweep", "trial.yaml", "--out", "out", "--threads", "1"]
    for size in (2, 4):
        design = DESIGN.replace("{kind: grid}", f"{{kind: morris, n: {size}}}").replace(
            "[0.2, 0.4]", "{uniform: [0.2, 0.4]}"
        )
        (here / "trial.yaml").write_text(design, encoding="utf-8")
        if size == 2:
            assert main(words) == 0
    return words


def on_a_sweep(*words):
    """An analysis of a finished sweep, whose earlier result stands there."""

    def given(here):
        points = np.random.default_rng(1).uniform(size=(110, 2))
        models = {name: {"spending": lambda x, _, up=up: x[:, 0] + up} for name, up in (("a", 0.0), ("b", 0.1))}
        write_sweep(here / "done", points, models)
        assert main([words[0], "done", *words[1:]]) == 0
        return [words[0], "done", *words[1:]]

    return given


def once_before(*words):
    """A command whose earlier result, made with another seed, stands there."""

    def given(here):
        assert main([*words, "--seed", "2"]) == 0
        return [*words, *(["--overwrite"] if words[0] in OVERWRITTEN else [])]

    return given


OVERWRITTEN = ("compare", "run", "forecast", "stability")
FEW = ("--members", "2", "--ensemble", "prior")


def chart(here):
    words = ["chart", "spending.SRB", *FEW, "--out", "charts"]
    assert main(words) == 0
    make_old(here / "charts")
    return words


def explain_in_run(here):
    """A picture in all formats that joins those of a run."""
    assert main(["run", "baseline", *FEW, "--until", "2019Q1", "--pictures", "all", "--out", "run"]) == 0
    words = ["explain", "run", "--actor", "SRB", "--quarter", "2019Q1"]
    assert main(words) == 0
    for file in (here / "run" / "figures").glob("explain-*"):
        file.write_text("old", encoding="utf-8")
    return words


def reactions(here):
    for name in ("panel.csv", "rivals.csv"):
        (here / name).write_text("a panel", encoding="utf-8")
    words = ["reactions", "--panel", "panel.csv", "--dyads", "rivals.csv", "--out", "reactions"]
    assert main([*words, "--source", "other"]) == 0
    make_old(here / "reactions")
    return [*words, "--overwrite"]


def calibrate(here):
    shutil.copytree(data_file("calibration", "fits", "documents-2025"), here / "fit")
    return ["calibrate", "--quick", "--out", "fit", "--overwrite"]


def calibrate_report(here):
    (here / "page.html").write_text("old", encoding="utf-8")
    return ["calibrate", "--report", "documents-2025", "--out", "page.html", "--overwrite"]


COMMANDS = {
    "new": new, "new --design": new_design, "classroom --export": class_page, "schema": schema,
    "report md": report("md"), "report html": report("html"), "report xlsx": report("xlsx"), "report docx": report("docx"),
    "report pdf": report("pdf"), "report crate": crate,
    "sweep": sweep, "sweep made larger": larger_sweep,
    "calibrate": calibrate, "calibrate --report": calibrate_report, "reactions": reactions,
    "run": once_before("run", "skydagger-delivery", *FEW, "--until", "2018Q4", "--out", "run"),
    "compare": once_before("compare", "baseline", "without-rafale", *FEW, "--until", "2018Q4", "--out", "both"),
    "chart": chart,
    "explain in a run": explain_in_run,
    "explain": once_before("explain", "baseline", *FEW, "--actor", "SRB", "--quarter", "2019Q1", "--out", "why"),
    "run --trajectories": once_before(
        "run", "baseline", *FEW, "--until", "2018Q4", "--pictures", "none", "--trajectories", "headline", "--out", "run"
    ),
    "forecast": once_before("forecast", *FEW, "--out", "ahead"),
    "forecast --backtest": backtest,
    "stability": once_before("stability", "baseline", *FEW, "--out", "stable"),
    "regret": on_a_sweep("regret", "--prefer", "spending=lower"),
    "sensitivity": on_a_sweep("sensitivity", "--metric", "spending", "--against", "none"),
    "discover": on_a_sweep("discover", "--scenario", "a", "--where", "spending > 0.5"),
}  # fmt: skip


def test_every_command_that_writes_is_tried():
    writing = {
        name
        for name, function in commands().items()
        if {"out", "export"} & inspect.signature(function).parameters.keys()
    }
    assert writing | {"new"} == {name.split()[0] for name in COMMANDS}


@pytest.fixture
def small(monkeypatch):
    """The fit is made beforehand, and its page and the pictures are a few letters: here the writing is tried, not what is written."""

    def write_fit(_, folder, *__):
        for file in data_file("calibration", "fits", "documents-2025").iterdir():
            (folder / file.name).write_bytes(file.read_bytes())
        with (folder / "moments.csv").open("a", encoding="utf-8") as stream:
            stream.write("")
            stream.flush()

    class Fitted:
        calibration = None

        def __init__(self, _):
            pass

    monkeypatch.setattr(fit_run, "calibration", lambda *_, **__: None)
    monkeypatch.setattr(fit_run, "Findings", Fitted)
    monkeypatch.setattr(fit_run, "identity_of", lambda _: {"effort": [0, 0]})
    monkeypatch.setattr(fit_run, "write_fit", write_fit)
    monkeypatch.setattr(fit_run, "write_report", lambda _, target: target.write_text("page", encoding="utf-8"))
    monkeypatch.setattr("sim.calibration.report.report_html", lambda _: "page")
    monkeypatch.setattr("sim.classroom.page.page_text", lambda _: "page")
    monkeypatch.setattr("sim.calibration.spending.record.made_record", lambda *_, **__: read_record())
    monkeypatch.setattr(printing, "browsers", lambda: iter(["printer"]))
    monkeypatch.setattr(printing, "_prints", lambda _, made: made.write_bytes(b"%PDF-1.4\n%%EOF\n"))

    def content(plot, _, name="", formats=("png", "svg")):
        return {f"{name or plot.name}.{form}": b'<svg width="9pt" height="9pt"/>' for form in formats}

    monkeypatch.setattr(Plot, "content", content)
    monkeypatch.setattr(yaml, "safe_dump", lambda *_, **__: "a scenario")
    monkeypatch.setattr("sim.calibration.panel.inputs.read_spending", lambda _: {})
    monkeypatch.setattr("sim.calibration.panel.inputs.read_rivalries", lambda *_: ())
    monkeypatch.setattr("sim.calibration.panel.study.unused", lambda *_: ())
    monkeypatch.setattr("sim.calibration.panel.study.estimated", lambda *_, **__: read_tables())
    monkeypatch.setattr("sim.calibration.panel.page.page_html", lambda *_, **__: "page")


@pytest.mark.parametrize("name", COMMANDS)
def test_a_fault_leaves_what_stood_there_and_nothing_else(tmp_path, monkeypatch, capsys, small, name):
    chance = random.Random(name)

    def sample(count):
        return sorted({chance.randint(1, count), count}) if count else []

    faults = list(FAULTS.values())
    assert tried(
        tmp_path, monkeypatch, capsys, name, lambda count: [(n, faults[n % len(faults)]) for n in sample(count)]
    )


@pytest.mark.study
@pytest.mark.parametrize("name", COMMANDS)
def test_any_fault_at_any_step_leaves_what_stood_there_and_nothing_else(tmp_path, monkeypatch, capsys, small, name):
    every = lambda count: [(number, fault) for number in range(1, count + 1) for fault in FAULTS.values()]  # noqa: E731
    counts = tried(tmp_path, monkeypatch, capsys, name, every)
    with capsys.disabled():
        print(f"{name}: {counts}")  # noqa: T201


def tried(tmp_path, monkeypatch, capsys, name, chosen):
    """Run a command with some of its steps failing; how many steps of each kind it takes, and how often it was told, or did without."""
    home = tmp_path / "before"
    home.mkdir()
    monkeypatch.chdir(home)
    arguments = COMMANDS[name](home)
    capsys.readouterr()
    counts, whole = {}, {}

    def goes_on(here):
        """The tables of a sweep that is given again when the disk is well."""
        with monkeypatch.context() as patch:
            patch.chdir(here)
            assert main(arguments) == 0
        capsys.readouterr()
        return tables(here)

    def once(step, number, fault):
        here = tmp_path / "try"
        shutil.copytree(home, here)
        before = told(here)
        with monkeypatch.context() as patch:
            patch.chdir(here)
            disk = Broken(patch, here, step, fault)
            disk.fails_at = number
            code = main(arguments)
        said, after = capsys.readouterr().err, told(here)
        if name.startswith("sweep"):
            found = goes_on(here) if code else tables(here)
            assert found == whole or not whole, (step, number)
            whole.update(found)
        shutil.rmtree(here)
        return code, said, before, after, disk.seen

    code, said, _, _, seen = once("none", 0, 0)
    assert code == 0, said
    for step, count in seen.items():
        counts[step] = [count, 0, 0]
        for number, fault in chosen(count):
            code, said, before, after, _ = once(step, number, fault)
            check(name, code, said, before, after, fault)
            counts[step][1 if code else 2] += 1
    assert (
        all(counts[step][0] for step in ("write", "fsync", "close", "rename"))
        and counts["write"][1]
        and counts["rename"][1]
    )
    return counts


ADOPTED = {"out/points.parquet", "out/runs.parquet"}  # of a larger sweep that is finished, before the manifest follows


def tables(here):
    return {path: content for path, content in told(here).items() if path in (*ADOPTED, "out/iamc.csv")}


def check(name, code, said, before, after, fault):
    """What the user is told, and what he finds."""
    if code == 0:  # the disk failed where nothing depends on it
        assert not [path for path in after if ".armsrace" in path]
        return
    assert code in (1, 2) and os.strerror(fault) in said and "internal error" not in said, (name, said)
    kept = {path: content for path, content in after.items() if path not in before}
    lost = {path for path in before if after.get(path) != before[path]}
    assert lost <= (ADOPTED if name == "sweep made larger" else set())
    if name.startswith("sweep"):  # goes on from where it was
        assert "what is finished is kept" in said or "out/iamc.csv" in said
        kept = {path: content for path, content in kept.items() if path.split("/")[0] != "out"}
    if "is kept in" in said:
        made = {
            path: content for path, content in kept.items() if any(part.endswith("-new") for part in Path(path).parts)
        }
        assert len(made) > 1
        kept = {path: content for path, content in kept.items() if path not in made}
    if name == "calibrate":
        kept = {path: content for path, content in kept.items() if not path.startswith(".fit.unfinished")}
    assert not kept
