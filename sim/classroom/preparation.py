"""Getting the engine ready while the page is open already.

Compiling keeps a Python process from all else for up to a minute. So that the server can say how far it is, the first
compilation of an account is done by a second process, and this one then loads what that has left in the cache.
"""

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from sim.errors import InputError
from sim.preparing import engine_is_cold
from sim.printing import complain

WARM = "from sim.classroom.preparation import warm; warm()"


class Preparation:
    """The engine on its way: whether it is ready, for how long it has been at it, and whether it is compiled first."""

    def __init__(self, prepare: Callable[["Preparation"], None]) -> None:
        self._prepare = prepare
        self._ready = threading.Event()
        self._began = time.monotonic()
        self.is_first = False

    def start(self) -> None:
        """Begin, beside whatever else happens."""
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        try:
            self._prepare(self)
        except InputError as error:
            complain(str(error))
        finally:
            self._ready.set()  # what is wrong is said again to whoever asks

    @property
    def is_ready(self) -> bool:
        """Whether questions are answered at once."""
        return self._ready.is_set()

    def wait(self) -> None:
        """Come back when the engine is ready."""
        self._ready.wait()

    def told(self) -> dict[str, Any]:
        """What the page is told: ready, seconds since the beginning, and whether this is the first time."""
        return {
            "ready": self.is_ready,
            "seconds": round(time.monotonic() - self._began),
            "first": self.is_first,
        }


def prepare_engine(preparation: Preparation) -> None:
    """Compile the engine in a second process if it never was, load it, and run the first scenario."""
    if engine_is_cold():
        preparation.is_first = True
        null = subprocess.DEVNULL
        subprocess.run(  # if it fails, this process does it, and says why it cannot
            [sys.executable, "-c", WARM], check=False, stdin=null, stdout=null, stderr=null
        )
    warm()


def warm() -> None:
    """Load the engine and run the first scenario."""
    from sim.classroom.answers import watch
    from sim.classroom.start import start
    from sim.classroom.wishes import RunWish

    watch(RunWish(scenario=start()["first"]))
