"""What a manifest says of how its numbers came about: versions, machine, command, moment."""

import platform
import sys
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from sim import __version__


def made_with(packages: Iterable[str]) -> dict[str, Any]:
    """The versions of this program, of some packages and of Python, and the machine."""
    return {
        "versions": {
            "balkan-armsrace": __version__,
            **{name: version(name) for name in packages},
            "python": platform.python_version(),
        },
        "platform": f"{sys.platform} {platform.machine()}",
    }


def provenance(packages: Iterable[str], began: float, command: Sequence[str] | None) -> dict[str, Any]:
    """What `made_with` says, the command if there was one, and the moment; began is a `time.perf_counter()`."""
    return {
        **made_with(packages),
        "command": list(command) if command is not None else None,
        "written": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(time.perf_counter() - began, 3),
    }
