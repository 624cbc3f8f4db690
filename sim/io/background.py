"""Functions called in a second process of this program, one after the other, while this one goes on.

The second process ends as soon as its input does, that is with this one, however this one ends; it writes no file. Unlike
`multiprocessing` it does not load whatever the user's main script is.
"""

import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType
from typing import IO, Any, Self

SIZE = 8  # bytes in front of a message, that hold its length
PROGRAM = "from sim.io.background import serve; serve()"


class BackgroundError(RuntimeError):
    """The second process could not do what it was asked for; this one can try."""


class Background:
    """A second process that waits to be asked. Raises OSError where the system gives none."""

    def __init__(self) -> None:
        places = [str(Path(__file__).parents[2]), *filter(None, sys.path)]
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-c", PROGRAM],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(dict.fromkeys(places))},
            start_new_session=True,  # Ctrl-C is for this one, with which it ends
        )  # fmt: skip
        self._asking = ThreadPoolExecutor(1)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._asking.shutdown(cancel_futures=True)
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                pipe.close()  # type: ignore[union-attr]
        self._process.wait()

    def submit(self, function: Callable[..., Any], *arguments: Any) -> "Future[Any]":
        """Ask for a call of a function of a module; the result, or BackgroundError, comes when those before it are done.

        The arguments are taken as they are now; whoever asks may go on changing them.
        """
        try:
            message = pickle.dumps((function, arguments), pickle.HIGHEST_PROTOCOL)
        except (pickle.PickleError, AttributeError, TypeError) as error:
            refused: Future[Any] = Future()
            refused.set_exception(BackgroundError(str(error)))
            return refused
        return self._asking.submit(self._answer, message)

    def _answer(self, message: bytes) -> Any:
        try:
            _send(self._process.stdin, message)
            is_done, result = pickle.loads(_received(self._process.stdout))
        except (OSError, EOFError, pickle.PickleError, AttributeError, TypeError, ImportError) as error:
            raise BackgroundError(str(error)) from error
        if not is_done:
            raise BackgroundError(result)
        return result


def serve() -> None:
    """Call what is asked for until the input ends."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    asked: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_listen, args=(sys.stdin.buffer, asked), daemon=True).start()
    while True:
        _send(answers, _called(asked.get()))


def _called(message: bytes) -> bytes:
    """What a call that was asked for gives, or what is wrong with it."""
    try:
        function, arguments = pickle.loads(message)
        return pickle.dumps((True, function(*arguments)), pickle.HIGHEST_PROTOCOL)
    except Exception as error:  # noqa: BLE001 - whatever is wrong is found again, and told, by whoever asked
        return pickle.dumps((False, repr(error)))


def _listen(source: IO[bytes], asked: "SimpleQueue[bytes]") -> None:
    """Note what is asked for; at the end of the input the process ends, whatever it is at."""
    with suppress(OSError, EOFError):
        while True:
            asked.put(_received(source))
    os._exit(0)


def _send(pipe: IO[bytes] | None, message: bytes) -> None:
    assert pipe is not None
    pipe.write(len(message).to_bytes(SIZE, "little") + message)
    pipe.flush()


def _received(pipe: IO[bytes] | None) -> bytes:
    """A message; EOFError where the other side has ended."""
    assert pipe is not None
    length = int.from_bytes(_exactly(pipe, SIZE), "little")
    return _exactly(pipe, length)


def _exactly(pipe: IO[bytes], size: int) -> bytes:
    content = pipe.read(size)
    if len(content) < size:
        raise EOFError("the other process has ended")
    return content
