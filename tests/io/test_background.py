"""Work beside other work: its result, its errors, and its end."""

import os
import sys
import time

import pytest

from sim.io.background import in_background

FORKS = sys.platform.startswith("linux") and (os.cpu_count() or 1) > 1


def test_result_is_given_when_asked_for():
    with in_background(lambda: {"one": 1}) as result:
        assert result() == {"one": 1}


def test_what_the_task_raises_is_raised():
    def fails():
        raise ValueError("no such colour")

    with in_background(fails) as result, pytest.raises(ValueError, match="no such colour"):
        result()


@pytest.mark.skipif(not FORKS, reason="one processor, or a system that cannot fork: the task runs when asked for")
def test_a_task_that_nobody_waits_for_is_stopped(tmp_path):
    def slow():
        (tmp_path / "begun").touch()
        time.sleep(60)
        (tmp_path / "ended").touch()

    def body():
        while not (tmp_path / "begun").exists():
            time.sleep(0.01)
        raise KeyError("the body failed")

    began = time.monotonic()
    with pytest.raises(KeyError), in_background(slow):
        body()
    assert time.monotonic() - began < 30.0
    assert not (tmp_path / "ended").exists()


@pytest.mark.skipif(not FORKS, reason="one processor, or a system that cannot fork: the task runs when asked for")
def test_a_process_that_dies_is_told():
    with in_background(lambda: os._exit(1)) as result, pytest.raises(RuntimeError, match="ended before it was done"):
        result()
