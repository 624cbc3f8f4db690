"""Where the program runs: closed streams, other code pages, no home, a notebook's settings, few files, little memory, a full quota."""

import io
import json
import multiprocessing
import os
import subprocess
import sys

import pytest

from sim import run
from sim.cli.main import main
from sim.engines.compiled import build, library

here_is_a_shell = pytest.mark.skipif(os.name == "nt", reason="started through a shell of another kind")
SMALL = ["--members", "2", "--until", "2018Q4", "--ensemble", "prior", "--pictures", "none", "--out", "out"]
RUN = ["run", "baseline", *SMALL]


def started(here, arguments, shell="", program=("-m", "sim"), **environment):
    """What `armsrace` answers under another environment; `shell` is a command before it, or redirections of its streams."""
    before, after = (shell, "") if shell.endswith(";") else ("", shell)
    command = ["bash", "-c", f'{before} exec "$0" "$@" {after}', sys.executable, *program, *arguments]
    given = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **environment}
    given = {name: value for name, value in given.items() if value is not None}
    return subprocess.run(command, cwd=here, env=given, capture_output=True, text=True, encoding="utf-8", check=False)


# ---- streams and letters ---------------------------------------------------------------------------------------------


@here_is_a_shell
def test_with_closed_streams_the_work_is_done_and_nothing_is_said(tmp_path):
    assert started(tmp_path, RUN, ">&- 2>&- <&-").returncode == 0
    assert (tmp_path / "out" / "manifest.json").is_file()


@here_is_a_shell
@pytest.mark.parametrize(
    ("shell", "arguments", "code"),
    [(">&-", ["list"], 0), ("<&-", ["list"], 0), ("2>&-", ["validate", "none.yaml"], 2), (">/dev/full", ["list"], 1)],
)
def test_a_closed_or_full_stream_changes_no_exit_code(tmp_path, shell, arguments, code):
    done = started(tmp_path, arguments, shell)
    assert done.returncode == code and "internal error" not in done.stderr


MACHINE = {
    "show": ["show", "skydagger-delivery", "--format", "json"],
    "list": ["list", "--format", "json"],
    "figures": ["figures", "all", "--format", "csv"],
    "schema": ["schema"],
}


def printed(monkeypatch, arguments, page):
    """The bytes that a command prints on a console with some code page."""
    out = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(out, encoding=page, write_through=True))
    assert main(arguments) == 0
    return out.getvalue()


@pytest.mark.parametrize("name", MACHINE)
def test_what_programs_read_is_utf_8_whatever_the_console_has(monkeypatch, name):
    one, other = (printed(monkeypatch, MACHINE[name], page) for page in ("cp1252", "utf-8"))
    assert one == other and one.decode("utf-8")
    assert name == "figures" or json.loads(one)


def test_a_letter_that_a_console_lacks_does_not_stop_a_command(monkeypatch):
    assert b"Skydagger" in printed(monkeypatch, ["show", "skydagger-delivery"], "ascii")


# ---- who runs it, and where ------------------------------------------------------------------------------------------

NOBODY = """
import pwd, sys
def unknown(*_):
    raise KeyError("no such user")
pwd.getpwuid = pwd.getpwnam = unknown
from sim.__main__ import main
sys.exit(main())
"""


@here_is_a_shell
def test_a_user_without_a_home_and_a_name_runs_the_model_and_is_told_once(tmp_path):
    without = dict.fromkeys(("HOME", "XDG_CACHE_HOME", "ARMSRACE_CACHE", "MPLCONFIGDIR"))
    done = started(tmp_path, RUN, program=("-c", NOBODY), **without)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("~/.cache/armsrace: there is no home folder; what is compiled is not kept") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@here_is_a_shell
def test_the_settings_of_a_notebook_are_not_obeyed(tmp_path):
    given = ["chart", "tension", "--members", "2", "--ensemble", "prior", "--out", "out"]
    done = started(tmp_path, given, MPLBACKEND="module://matplotlib_inline.backend_inline")
    assert done.returncode == 0, done.stderr
    assert len(list((tmp_path / "out").glob("*.png"))) == 1


def test_a_worker_of_a_pool_may_run_the_model(monkeypatch):
    """Such a worker is a process that may start no other by the same means."""
    monkeypatch.setitem(multiprocessing.current_process()._config, "daemon", True)
    with pytest.raises(AssertionError, match="daemonic"):
        multiprocessing.get_context("spawn").Process(target=print).start()
    assert run("baseline", members=2, until="2018Q4", ensemble="prior").seed == 1


@here_is_a_shell
@pytest.mark.parametrize(("mask", "mode"), [("077", 0o600), ("022", 0o644), ("002", 0o664)])
def test_files_have_the_rights_that_the_users_mask_leaves(tmp_path, monkeypatch, mask, mode):
    monkeypatch.chdir(tmp_path)
    before = os.umask(int(mask, 8))
    try:
        assert main(["new", "mine"]) == main(["schema", "--out", "schema.json"]) == 0
    finally:
        os.umask(before)
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {mode}


# ---- limits ----------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform != "linux", reason="limits of another kind")
def test_with_few_open_files_and_addresses_a_run_gives_the_same_numbers(tmp_path):
    done = started(tmp_path, RUN, "ulimit -n 24 -v 1500000;", OPENBLAS_NUM_THREADS="1")
    assert done.returncode == 0, done.stderr
    run("baseline", members=2, until="2018Q4", ensemble="prior", out=tmp_path / "usual", pictures="none")
    assert (tmp_path / "out" / "summary.csv").read_bytes() == (tmp_path / "usual" / "summary.csv").read_bytes()


@here_is_a_shell
@pytest.mark.skipif(os.name == "nt", reason="Windows says that access is denied")
def test_a_folder_where_the_model_should_be_is_told_as_such(tmp_path, capsys, monkeypatch):
    (tmp_path / "model.wasm").mkdir()
    monkeypatch.setattr(build, "SHIPPED", tmp_path / "model.wasm")
    monkeypatch.setenv("ARMSRACE_CACHE", str(tmp_path))
    monkeypatch.setattr(library, "_library", library._library.__wrapped__)  # which none has asked for before
    assert main(["run", "baseline", "--members", "2", "--until", "2018Q4", "--out", str(tmp_path / "out")]) == 1
    assert "model.wasm: Is a directory; a folder stands where a file is needed; move it" in capsys.readouterr().err


def test_a_full_quota_is_told_with_the_folder_and_leaves_nothing(tmp_path):
    done = started(tmp_path, RUN, "ulimit -f 8;", PYTHONDONTWRITEBYTECODE="1")
    assert done.returncode == 1
    assert "out: File too large; choose another place or free some space" in done.stderr
    assert list(tmp_path.iterdir()) == []


@here_is_a_shell
def test_a_quota_is_told_where_the_model_is_made_ready_for_the_first_time(tmp_path):
    done = started(tmp_path, RUN, "ulimit -f 8;", ARMSRACE_CACHE=str(tmp_path / "cache"))
    assert done.returncode == 1
    assert "out: File too large; choose another place or free some space" in done.stderr
