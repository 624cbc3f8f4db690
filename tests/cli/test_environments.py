"""Where the program runs: closed streams, other code pages, a notebook's settings, a full quota."""

import json
import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(os.name == "nt", reason="started through a shell of another kind")
RUN = [
    "run",
    "baseline",
    "--members",
    "2",
    "--until",
    "2018Q4",
    "--ensemble",
    "prior",
    "--pictures",
    "none",
    "--out",
    "out",
]


def started(here, arguments, shell="", **environment):
    """What `armsrace` answers under another environment; `shell` are redirections of its streams."""
    command = ["sh", "-c", f'exec "$0" -m sim "$@" {shell}', sys.executable, *arguments]
    given = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **environment}
    return subprocess.run(command, cwd=here, env=given, capture_output=True, check=False)


@pytest.mark.parametrize("shell", [">&-", "2>&-", "<&-", ">&- 2>&- <&-"])
def test_with_closed_streams_the_work_is_done_and_nothing_is_said(tmp_path, shell):
    assert started(tmp_path, RUN, shell).returncode == 0
    assert (tmp_path / "out" / "manifest.json").is_file()


@pytest.mark.parametrize("arguments", [["show", "skydagger-delivery", "--format", "json"], ["schema"]])
def test_what_programs_read_is_utf_8_whatever_the_console_has(tmp_path, arguments):
    one, other = (
        started(tmp_path, arguments, PYTHONUTF8="0", PYTHONIOENCODING=page).stdout for page in ("cp1252", "utf-8")
    )
    assert one == other and json.loads(one.decode("utf-8"))


def test_the_settings_of_a_notebook_are_not_obeyed(tmp_path):
    given = [word if word != "none" else "svg" for word in RUN]
    done = started(tmp_path, given, MPLBACKEND="module://matplotlib_inline.backend_inline")
    assert (done.returncode, list((tmp_path / "out").glob("report.html"))) == (0, [tmp_path / "out" / "report.html"])


def test_a_full_quota_is_told_with_the_folder_and_leaves_nothing(tmp_path):
    limited = ["-c", 'ulimit -f 8; exec "$0" -m sim "$@"', sys.executable, *RUN]
    given = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(["bash", *limited], cwd=tmp_path, env=given, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "out: File too large; choose another place or free some space" in done.stderr
    assert list(tmp_path.iterdir()) == []
