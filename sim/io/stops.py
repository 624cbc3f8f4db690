"""A request to stop is obeyed: Ctrl-C, SIGTERM and a closed terminal end the program within seconds, whatever it is doing.

The first one is raised as an exception, so that everything is put in order on the way out. A library may swallow the exception, and
compiled code may not come back in time: then a thread that nothing holds up removes what is on the way and ends the process.
"""

import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from sim.io.writing import remove_drafts

if TYPE_CHECKING:
    import subprocess

GRACE = 0.7  # seconds in which a process that is asked to stop may end by itself
SIGNAL_BASE = 128  # of the exit code
NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")


@contextmanager
def stops_obeyed(*, to_the_end: bool) -> Iterator[list[int]]:
    """While the block lasts, a request to stop is raised in it: KeyboardInterrupt, or SystemExit with the signal's code. The block is
    given a list that then holds the signal's number: a library may turn what is raised in it into an error of its own.

    to_the_end : whether a process that was asked to stop ends with the block, whatever else it has to do
    """
    numbers = [getattr(signal, name) for name in NAMES if hasattr(signal, name)]
    asked: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield asked
        return
    told, watched = socket.socketpair()
    told.setblocking(False)

    def stop(number: int, _: object) -> None:
        if asked:
            return  # the first one is being obeyed
        asked.append(number)
        raise KeyboardInterrupt if number == signal.SIGINT else SystemExit(SIGNAL_BASE + number)

    # not those that whoever started the program keeps from it, as nohup does
    ignored = (signal.SIG_IGN, None)
    before = {number: signal.getsignal(number) for number in numbers if signal.getsignal(number) not in ignored}
    threading.Thread(target=_watch, args=(watched, tuple(before)), daemon=True).start()
    wakeup = signal.set_wakeup_fd(told.fileno(), warn_on_full_buffer=False)
    try:
        for number in before:
            signal.signal(number, stop)
        yield asked
    finally:
        if asked and to_the_end:
            for stream in (sys.stdout, sys.stderr):
                with suppress(OSError, ValueError):
                    stream.flush()
            _end(asked[0])  # Python takes seconds to take itself apart, and threads of libraries may not outlast that
        signal.set_wakeup_fd(wakeup)
        for number, handler in before.items():
            signal.signal(number, handler)
        told.close()


def _watch(watched: socket.socket, numbers: Sequence[int]) -> None:
    """Wait for a signal, and end the process if it does not end by itself soon after."""
    with watched:
        while content := watched.recv(1):
            if content[0] in numbers:
                watched.settimeout(GRACE)
                try:
                    while watched.recv(1):
                        pass
                except TimeoutError:
                    with suppress(OSError):
                        os.write(2, b"interrupted\n")
                    _end(content[0])
                return


def _end(number: int) -> None:
    """Leave nothing, and go."""
    remove_drafts()
    os._exit(SIGNAL_BASE + number)


# Runs a program, and beside it what waits until its input ends, as it does when this process ends, and then ends all their group.
GUARD = 'exec 3<&0 </dev/null; (read -r _ <&3; kill -9 0) >/dev/null 2>&1 & exec "$@" 3<&-'


def child_result(command: Sequence[str]) -> "subprocess.CompletedProcess[str]":
    """What a program that is run to its end says; it ends with this process, however that ends, and so do its own children."""
    import subprocess  # only who starts a child needs it

    if os.name == "nt":
        return subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", check=False
        )
    waiting, held = os.pipe()
    try:
        with subprocess.Popen(
            ["/bin/sh", "-c", GUARD, "sh", *command], stdin=waiting, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            errors="replace", process_group=0,
        ) as child:  # fmt: skip
            try:
                said, complained = child.communicate()
            except BaseException:
                with suppress(OSError):
                    os.killpg(child.pid, signal.SIGKILL)
                raise
    finally:
        os.close(waiting)
        os.close(held)
    return subprocess.CompletedProcess(command, child.returncode, said, complained)
