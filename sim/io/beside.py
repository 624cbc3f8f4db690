"""Work done beside other work, in a copy of this process, where the system can make one safely."""

import os
import pickle
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from sim.io.stops import children, end_with_parent, has_other_threads

T = TypeVar("T")


@contextmanager
def beside(work: Callable[[], T], *, alone: bool = False) -> Iterator[Callable[[], T]]:
    """Begin a piece of work that writes files and returns something small, and give what waits for its result.

    alone : whether only one core may be used; the work is then done when its result is asked for, as everywhere but on
            Linux and where other threads are running, whose locks a copy would inherit

    What the work raises is raised where its result is asked for. The work is stopped when the block ends before that.
    """
    if alone or sys.platform != "linux" or has_other_threads() or (os.cpu_count() or 1) < 2:
        yield work
        return
    read, write = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    parent = os.getpid()
    if not (child := os.fork()):
        os.close(read)
        end_with_parent(parent)
        _answer(work, write)
    children.add(child)
    os.close(write)
    answer = os.fdopen(read, "rb")
    try:
        yield lambda: _result(answer.read())
    finally:
        answer.close()
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        children.discard(child)


def _answer(work: Callable[[], T], pipe: int) -> None:
    """Do the work, say how it went, and end this copy of the process without what the original does at its end."""
    try:
        try:
            content = pickle.dumps((work(), None))
        except BaseException as error:  # noqa: BLE001  the original raises it
            content = pickle.dumps((None, error))
        with os.fdopen(pipe, "wb") as out:
            out.write(content)
    finally:
        os._exit(0)


def _result(content: bytes) -> Any:
    result, error = pickle.loads(content) if content else (None, ChildProcessError("work beside this one was stopped"))
    if error is not None:
        raise error
    return result
