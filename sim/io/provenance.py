"""What a manifest says of how its numbers came about: versions, machine, command, moment, and the equations."""

import hashlib
import platform
import sys
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import sim
from sim import __version__

EQUATIONS = ("data", "engines/compiled", "model", "rules")
"""Folders of `sim/` that decide what becomes of a member, once its parameters and its scenario are given."""


def sources_digest(folders: Iterable[str] = EQUATIONS, files: Iterable[Path] = (), salt: str = "") -> str:
    """SHA-256 of all sources in some folders of `sim/`, of other files, and of a text; without arguments, of the equations."""
    digest = hashlib.sha256(salt.encode())
    for path in (*_sources(folders), *files):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def is_as_loaded(folders: Iterable[str], files: Iterable[Path]) -> bool:
    """Whether no source in some folders of `sim/`, and no other file, was written since this program began."""
    states = [path.stat() for path in (*_sources(folders), *files)]
    return max(max(state.st_mtime, state.st_ctime) for state in states) < sim.BEGAN


def _sources(folders: Iterable[str]) -> list[Path]:
    return [path for folder in folders for path in sorted((Path(sim.__path__[0]) / folder).glob("*.py"))]


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
