"""Work beside other work: its result, its errors, and its end."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sim.io import background
from sim.io.background import in_background
from sim.io.errors import InputError, Problem

HAS_TWO = (os.cpu_count() or 1) > 1
two_processors = pytest.mark.skipif(
    not HAS_TWO, reason="on one processor the function runs when its result is asked for"
)


def fails(message):
    raise InputError("options", [Problem(None, "colour", message)])


def slow(folder):
    (folder / "begun").write_text(str(os.getpid()))
    time.sleep(60)
    (folder / "ended").touch()


def is_alive(number):
    """Whether a process runs; one that ended and that nobody waited for does not."""
    status = Path(f"/proc/{number}/stat")
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] != "Z"


def wait_until(holds):
    end = time.monotonic() + 60.0
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_results_are_given_whatever_the_order_in_which_they_are_asked_for():
    with in_background() as submit:
        first, second = submit(sorted, [3, 1, 2], reverse=True), submit(len, "four")
        assert second() == 4 and first() == [3, 2, 1] and second() == 4


def test_what_the_function_raises_is_raised():
    with in_background() as submit:
        result = submit(fails, "no such colour")
        with pytest.raises(InputError, match="no such colour"):
            result()


@two_processors
def test_what_a_function_prints_is_no_answer(capfd):
    with in_background() as submit:
        assert submit(print, "a word")() is None
        assert submit(os.getpid)() != os.getpid()
    assert capfd.readouterr().out == ""


@two_processors
def test_a_function_that_nobody_waits_for_is_stopped(tmp_path):
    def body(submit):
        submit(slow, tmp_path)
        wait_until(lambda: (tmp_path / "begun").exists() and (tmp_path / "begun").read_text())
        raise KeyError("the body failed")

    with pytest.raises(KeyError), in_background() as submit:
        body(submit)
    assert not is_alive(int((tmp_path / "begun").read_text())) and not (tmp_path / "ended").exists()


@two_processors
def test_a_process_that_dies_is_told():
    with in_background() as submit:
        result = submit(os._exit, 1)
        with pytest.raises(RuntimeError, match="ended before it was done"):
            result()


def test_on_one_processor_a_function_runs_when_its_result_is_asked_for(monkeypatch, tmp_path):
    monkeypatch.setattr(background.os, "cpu_count", lambda: 1)
    with in_background() as submit:
        result = submit((tmp_path / "made").mkdir)
        assert not (tmp_path / "made").exists()
        result()
        assert (tmp_path / "made").exists()


PARENT = """\
import sys
from pathlib import Path
from sim.io.background import in_background
from tests.io.test_background import slow
with in_background() as submit:
    submit(slow, Path(sys.argv[1]))()
"""


@two_processors
@pytest.mark.skipif(sys.platform != "linux", reason="asks the system for its processes")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT], ids=["killed", "interrupted"])
def test_a_process_ends_with_its_parent(tmp_path, number):
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path)], cwd=Path(__file__).parents[2], stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip
    wait_until(lambda: (tmp_path / "begun").exists() and (tmp_path / "begun").read_text())
    parent.send_signal(number)
    _, err = parent.communicate(timeout=60)
    worker = int((tmp_path / "begun").read_text())
    wait_until(lambda: not is_alive(worker))
    assert (b"KeyboardInterrupt" in err) == (number == signal.SIGINT) and b"background" not in err.split(
        b"KeyboardInterrupt"
    )[-1]


@two_processors
def test_nothing_is_imported_from_the_current_folder(tmp_path, monkeypatch):
    (tmp_path / "pickle.py").write_text("raise SystemExit('somebody else was imported')", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with in_background() as submit:
        assert submit(len, "four")() == 4
