"""Getting the engine ready while the page is open already.

Compiling keeps a Python process from all else for up to a minute. So that the server can say how far it is, the first
compilation of an account is done by a second process, and this one then loads what that has left in the cache.
"""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from sim.io.errors import InputError

MARK = "class-page"
WARM = "from sim.classroom.warmup import warm; warm()"


class Preparation:
    """The engine on its way: whether it is ready, for how long it has been at it, and whether it is compiled first.

    problem : what makes the page impossible, such as a lesson that cannot be read; None otherwise
    """

    def __init__(self, prepare: Callable[["Preparation"], None], give_up: Callable[[], object]) -> None:
        self._prepare = prepare
        self._give_up = give_up
        self._ready = threading.Event()
        self._began = time.monotonic()
        self._helper: subprocess.Popen[bytes] | None = None
        self.is_first = False
        self.problem: InputError | None = None

    def start(self) -> None:
        """Begin, beside whatever else happens."""
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        try:
            self._prepare(self)
            self._ready.set()
        except InputError as error:
            self.problem = error
            self._give_up()

    @property
    def is_ready(self) -> bool:
        """Whether questions are answered."""
        return self._ready.is_set()

    def told(self) -> dict[str, Any]:
        """What the page is told: ready, seconds since the beginning, and whether this is the first time."""
        return {"ready": self.is_ready, "seconds": round(time.monotonic() - self._began), "first": self.is_first}

    def let_help(self, command: Sequence[str]) -> None:
        """Run a second process to its end, or to ours; whether it did what it should is not asked."""
        null = subprocess.DEVNULL
        self._helper = subprocess.Popen(command, stdin=null, stdout=null, stderr=null)
        self._helper.wait()

    def stop(self) -> None:
        """End the second process, if there is one."""
        if self._helper is not None and self._helper.poll() is None:
            self._helper.kill()


def prepare_engine(preparation: Preparation) -> None:
    """Read what the page needs; compile the engine in a second process where this was never finished; load it and run."""
    from sim.classroom.initial_payload import start
    from sim.engines.compiled.jit import cache_mark

    start()
    if not cache_mark(MARK).exists():
        preparation.is_first = True
        preparation.let_help([sys.executable, "-P", "-c", WARM])  # if it fails, this process does it
    warm()


def warm() -> None:
    """Load the engine, run the first scenario, and note that nothing is left to compile."""
    from sim.classroom.answers import watch
    from sim.classroom.initial_payload import start
    from sim.classroom.requests import RunRequest
    from sim.engines.compiled.jit import cache_mark

    watch(RunRequest(scenario=start()["first"]))
    cache_mark(MARK).touch()
