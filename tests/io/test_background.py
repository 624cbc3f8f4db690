"""A second process that is asked for calls, and ends with the first."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sim.io.background import Background, BackgroundError

KILLED = """
import os, signal, time
from sim.io.background import Background
with Background() as other:
    print(other.submit(os.getpid).result(), flush=True)
    other.submit(time.sleep, 60)
    time.sleep(.2)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return (
        not Path(f"/proc/{pid}/stat").exists() or Path(f"/proc/{pid}/stat").read_text().split(")")[1].split()[0] != "Z"
    )


def test_calls_are_answered_in_their_order_by_another_process():
    with Background() as other:
        answers = [other.submit(divmod, 7, 2), other.submit(os.getpid), other.submit(len, "x" * 10_000_000)]
        first, pid, length = [answer.result() for answer in answers]
    assert (first, length) == ((3, 1), 10_000_000)
    assert pid != os.getpid()


def test_what_goes_wrong_there_is_told_and_the_next_call_is_answered():
    with Background() as other:
        with pytest.raises(BackgroundError, match="ZeroDivisionError"):
            other.submit(divmod, 1, 0).result()
        with pytest.raises(BackgroundError):
            other.submit(lambda: 1).result()  # cannot be sent
        assert other.submit(abs, -1).result() == 1


def test_what_it_prints_is_no_answer():
    with Background() as other:
        assert other.submit(print, "words of a library").result() is None
        assert other.submit(os.write, 1, b"words").result() == 5


def test_a_process_that_was_killed_is_an_error_of_every_call():
    with Background() as other:
        os.kill(other.submit(os.getpid).result(), signal.SIGKILL)
        for _ in range(2):
            with pytest.raises(BackgroundError):
                other.submit(abs, -1).result()


def test_a_block_that_is_left_leaves_no_process_behind():
    with Background() as other:
        pid = other.submit(os.getpid).result()
        other.submit(time.sleep, 60)
    assert not is_running(pid)


def test_it_ends_with_a_parent_that_is_killed():
    made = subprocess.run([sys.executable, "-c", KILLED], capture_output=True, text=True, check=False, timeout=60)
    pid, until = int(made.stdout), time.monotonic() + 2.0
    while is_running(pid):
        assert time.monotonic() < until, "outlives its parent"
        time.sleep(0.02)


def test_what_is_asked_for_is_taken_as_it_was(tmp_path):
    with Background() as other:
        other.submit(time.sleep, 0.2)  # so that the next one waits
        numbers = list(range(100_000))
        answer = other.submit(sum, numbers)
        numbers.clear()
        assert answer.result() == sum(range(100_000))
