"""A task that runs beside others, in a second process where the system can fork one cheaply."""

import multiprocessing
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any, TypeVar

T = TypeVar("T")


@contextmanager
def in_background(task: Callable[[], T]) -> Iterator[Callable[[], T]]:
    """Run a task beside the body: what is given waits for its result, or raises what the task raised.

    The task must change nothing but files, and its result must be picklable. It is stopped where the body ends without
    its result. On one processor, or where the system cannot fork safely, it runs when its result is asked for; the
    result is the same.
    """
    if (os.cpu_count() or 1) < 2 or not sys.platform.startswith("linux"):
        yield task
        return
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_send, args=(sender, task), daemon=True)
    process.start()
    sender.close()
    try:
        yield lambda: _received(receiver)
    finally:
        process.terminate()  # nothing happens to one that is done
        process.join()
        receiver.close()


def _received(receiver: Connection) -> Any:
    try:
        is_done, value = receiver.recv()
    except EOFError:
        raise RuntimeError("a process that was to help ended before it was done") from None
    if is_done:
        return value
    raise value


def _send(sender: Connection, task: Callable[[], Any]) -> None:
    try:
        sender.send((True, task()))
    except BaseException as error:  # noqa: BLE001 - handed to who waits for it
        sender.send((False, error))
