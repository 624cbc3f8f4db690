"""The disk fills up, or breaks, at the n-th step of writing, for every n: what stood there stands, and nothing else is left.

Each write, flush to the disk, change of name and new folder of a command fails in turn, with each of four faults. The
computing is made small; the writing is the command's own.
"""

import builtins
import errno
import io
import os
import shutil
from itertools import count
from pathlib import Path

import numpy as np
import pytest

from sim.calibration import run as fit_run
from sim.cli.main import main
from sim.io import writing
from sim.io.assets import data_file
from sim.report.document import Report, Section, Text, report_to_json
from tests.finished_sweeps import write_sweep

FAULTS = {"ENOSPC": errno.ENOSPC, "EIO": errno.EIO, "EDQUOT": errno.EDQUOT, "EFBIG": errno.EFBIG}
STEPS = ("write", "fsync", "rename", "mkdir")


class Broken:
    """A disk below a folder whose n-th step of a kind fails; it counts the steps."""

    def __init__(self, patch, root, step, fault):
        self.root, self.step, self.fault = str(root), step, fault
        self.fails_at, self.seen = 0, 0
        opened, disk = io.open, self

        class Raw(io.FileIO):
            def write(self, content):
                disk.take("write")
                return super().write(content)

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

    def failing(self, kind, real):
        def called(*arguments, **options):
            self.take(kind)
            return real(*arguments, **options)

        return called

    def take(self, kind):
        if kind == self.step:
            self.seen += 1
            if self.seen == self.fails_at:
                raise OSError(self.fault, os.strerror(self.fault))


def told(root):
    """Every file and folder below a folder, with what it holds."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes() if path.is_file() else None for path in root.rglob("*")
    }


# ---- commands, each with what it needs -------------------------------------------------------------------------------


def new(here):
    return ["new", "mine"]


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


def run(here):
    given = [
        "run",
        "skydagger-delivery",
        "--members",
        "2",
        "--until",
        "2018Q4",
        "--pictures",
        "none",
        "--ensemble",
        "prior",
    ]
    assert main([*given, "--out", "run", "--seed", "2"]) == 0
    return [*given, "--out", "run", "--overwrite"]


def regret(here):
    points = np.random.default_rng(1).uniform(size=(12, 2))
    models = {name: {"spending": lambda x, _, up=up: x[:, 0] + up} for name, up in (("a", 0.0), ("b", 0.1))}
    write_sweep(here / "done", points, models)
    given = ["regret", "done", "--prefer", "spending=lower"]
    assert main(given) == 0
    return given


def calibrate(here):
    shutil.copytree(data_file("calibration", "fits", "documents-2025"), here / "fit")
    return ["calibrate", "--quick", "--out", "fit", "--overwrite"]


def calibrate_report(here):
    (here / "page.html").write_text("old", encoding="utf-8")
    return ["calibrate", "--report", "documents-2025", "--out", "page.html", "--overwrite"]


COMMANDS = {
    "new": new, "schema": schema, "report md": report("md"), "report html": report("html"), "report xlsx": report("xlsx"),
    "sweep": sweep, "run": run, "regret": regret, "calibrate": calibrate, "calibrate --report": calibrate_report,
}  # fmt: skip


@pytest.fixture
def small(monkeypatch):
    """The fit is made beforehand, and its page and the pictures are a few letters: here the writing is tried, not what is written."""

    def write_fit(_, folder, *__):
        shutil.copytree(data_file("calibration", "fits", "documents-2025"), folder, dirs_exist_ok=True)
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
    monkeypatch.setattr("sim.plots.style.AS_FILE", {"png": {"dpi": 10}, "svg": {}})


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("name", COMMANDS)
def test_a_fault_at_any_step_leaves_what_stood_there_and_nothing_else(tmp_path, monkeypatch, capsys, small, name, step):
    home = tmp_path / "before"
    home.mkdir()
    monkeypatch.chdir(home)
    arguments = COMMANDS[name](home)
    capsys.readouterr()
    for number in count(1):
        here = tmp_path / f"try-{number}"
        shutil.copytree(home, here)
        before = told(here)
        fault = list(FAULTS.values())[number % len(FAULTS)]
        with monkeypatch.context() as patch:
            patch.chdir(here)
            disk = Broken(patch, here, step, fault)
            disk.fails_at = number
            code = main(arguments)
        said = capsys.readouterr().err
        if disk.seen < number:
            assert code == 0 and (number > 1 or step == "mkdir")
            break
        check(name, code, said, before, told(here), fault)
        shutil.rmtree(here)
    else:
        raise AssertionError


def check(name, code, said, before, after, fault):
    """What the user is told, and what he finds."""
    if code == 0:  # the disk failed where nothing depends on it
        assert not [path for path in after if ".armsrace" in path]
        return
    assert code in (1, 2) and os.strerror(fault) in said and "internal error" not in said, said
    kept = {path: content for path, content in after.items() if path not in before}
    assert {path: after.get(path) for path in before} == before
    if name == "sweep":  # goes on from where it was
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
