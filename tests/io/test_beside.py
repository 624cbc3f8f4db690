"""Work beside other work: the same result as without it, its errors told, and nothing of it left when nobody waits."""

import os
import sys
import threading
import time

import pytest

from sim.io import beside as module
from sim.io.beside import beside
from sim.io.errors import InputError, refusal

COPIES = sys.platform == "linux" and (os.cpu_count() or 1) > 1


@pytest.fixture(autouse=True)
def no_other_threads(monkeypatch):
    """Whatever else runs these tests may have threads of its own."""
    monkeypatch.setattr(module, "has_other_threads", lambda: False)


def test_the_result_comes_from_a_copy_of_the_process_where_that_can_be():
    with beside(os.getpid) as result:
        assert (result() != os.getpid()) == COPIES


def test_with_one_core_the_work_is_done_here_when_it_is_asked_for():
    done = []
    with beside(lambda: done.append(os.getpid()), alone=True) as result:
        assert done == []
        result()
    assert done == [os.getpid()]


def test_beside_other_threads_no_copy_is_made(monkeypatch):
    monkeypatch.setattr(module, "has_other_threads", lambda: True)
    with beside(os.getpid) as result:
        assert result() == os.getpid()


@pytest.mark.parametrize("alone", [False, True])
def test_what_the_work_raises_is_raised_here(alone):
    def refused():
        raise refusal("options", "no such thing", "what")

    with beside(refused, alone=alone) as result, pytest.raises(InputError, match="no such thing"):
        result()


@pytest.mark.skipif(not COPIES, reason="no copy is made here")
def test_work_that_was_stopped_has_no_result():
    with beside(lambda: os.kill(os.getpid(), 9)) as result, pytest.raises(ChildProcessError):
        result()


@pytest.mark.skipif(not COPIES, reason="no copy is made here")
def test_work_that_nobody_waits_for_is_stopped(tmp_path):
    def slow():
        (tmp_path / "begun").touch()
        time.sleep(60)
        (tmp_path / "ended").touch()

    began = time.monotonic()
    with beside(slow):
        while not (tmp_path / "begun").exists():
            threading.Event().wait(0.01)
    assert time.monotonic() - began < 50 and not (tmp_path / "ended").exists()


def test_the_work_leaves_nothing_twice_on_the_screen(capfd):
    sys.stdout.write("before")
    with beside(lambda: None) as result:
        result()
    sys.stdout.flush()
    assert capfd.readouterr().out == "before"
