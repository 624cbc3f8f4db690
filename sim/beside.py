"""A task that runs beside others, in a second process where the system can fork one cheaply."""

import multiprocessing
import os
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, TypeVar

T = TypeVar("T")


def begun(task: Callable[[], T]) -> Callable[[], T]:
    """Begin a task; the returned function waits for its result, or raises what the task raised.

    The task must change nothing but files, and its result must be picklable. On one processor, or where the system
    cannot fork safely, the task runs when its result is asked for; the result is the same.
    """
    if (os.cpu_count() or 1) < 2 or not sys.platform.startswith("linux"):
        return task
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_send, args=(sender, task), daemon=True)
    process.start()
    sender.close()

    def result() -> T:
        try:
            is_done, value = receiver.recv()
        except EOFError:
            raise RuntimeError("a process that was to help ended before it was done") from None
        finally:
            process.join()
        if is_done:
            return value
        raise value

    return result


def _send(sender: Connection, task: Callable[[], Any]) -> None:
    try:
        sender.send((True, task()))
    except BaseException as error:  # noqa: BLE001 - handed to who waits for it
        sender.send((False, error))
