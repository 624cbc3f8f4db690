"""Work beside other work: a second process of this program, which is handed functions and gives their results.

It is an interpreter of its own and shares neither memory nor locks with this one. It reads what it is to do from a pipe, and ends
when that is closed: with the block, and with its parent, however that ends. Ctrl-C ends it at once.
"""

import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from queue import SimpleQueue
from threading import Thread
from typing import Any, ParamSpec, Protocol, TypeVar

T = TypeVar("T")
P = ParamSpec("P")
SIZE = 8  # bytes that say how long a message is
START = "import pickle, sys; sys.path[:] = pickle.load(sys.stdin.buffer); from sim.io.background import serve; serve()"


class Submit(Protocol):
    """Hands over a function and its arguments; what is returned waits for the result, or raises what the function raised."""

    def __call__(self, function: Callable[P, T], /, *arguments: P.args, **options: P.kwargs) -> Callable[[], T]: ...


@contextmanager
def in_background() -> Iterator[Submit]:
    """Run functions in a second process, one after the other, while the block lasts; what is not done at its end is stopped.

    Functions, arguments and results must be picklable; a function must change nothing but files. On one processor they run
    when their results are asked for; the results are the same.
    """
    if (os.cpu_count() or 1) < 2 or not sys.executable:
        yield partial
        return
    worker = _Worker()
    try:
        yield worker.submit
    finally:
        worker.stop()


class _Worker:
    """The second process, as the first one sees it."""

    def __init__(self) -> None:
        command = [sys.executable, "-P", "-c", START]  # -P: nothing is imported from the current folder
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._results: list[tuple[bool, Any]] = []
        self._sent = 0
        self._send(pickle.dumps(sys.path))

    def submit(self, function: Callable[P, T], /, *arguments: P.args, **options: P.kwargs) -> Callable[[], T]:
        content = pickle.dumps((function, arguments, options))
        self._send(len(content).to_bytes(SIZE) + content)
        self._sent += 1
        return partial(self._result, self._sent - 1)

    def _send(self, content: bytes) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(content)
            self._process.stdin.flush()
        except OSError:
            raise _gone() from None

    def _result(self, number: int) -> Any:
        assert self._process.stdout is not None
        while len(self._results) <= number:
            try:
                self._results.append(pickle.load(self._process.stdout))
            except EOFError:
                raise _gone() from None
        is_done, value = self._results[number]
        if is_done:
            return value
        raise value

    def stop(self) -> None:
        """End the process, whatever it is doing."""
        self._process.kill()
        self._process.communicate()


def _gone() -> RuntimeError:
    return RuntimeError("a process that was to help ended before it was done")


# ---- the second process ----------------------------------------------------------------------------------------------


def serve() -> None:
    """Do what comes, and answer on what was standard output; whatever is printed goes to standard error."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    messages: SimpleQueue[bytes] = SimpleQueue()
    Thread(target=_receive, args=(messages,), daemon=True).start()
    while True:
        answers.write(pickle.dumps(_answer(messages.get())))
        answers.flush()


def _receive(messages: SimpleQueue[bytes]) -> None:
    """Take in messages until the pipe is closed, which ends the process."""
    while size := sys.stdin.buffer.read(SIZE):
        messages.put(sys.stdin.buffer.read(int.from_bytes(size)))
    os._exit(0)


def _answer(message: bytes) -> tuple[bool, Any]:
    """Whether a function was done, and its result or what it raised."""
    try:
        function, arguments, options = pickle.loads(message)
        return True, function(*arguments, **options)
    except BaseException as error:  # noqa: BLE001 - handed to who waits for it
        return False, error
