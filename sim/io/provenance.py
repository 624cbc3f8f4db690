"""What a manifest says of how its numbers came about: versions, machine, command, moment, and the equations."""

import hashlib
import platform
import sys
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import sim
from sim.io.stops import child_result
from sim.version import __version__

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
    """The versions of this program, of some packages and of Python, the commit of a checkout, and the machine."""
    return {
        "versions": {
            "balkan-armsrace": __version__,
            **{name: version(name) for name in packages},
            "python": platform.python_version(),
        },
        "commit": _commit(),
        "platform": f"{sys.platform} {platform.machine()}",
        "system": platform.platform(),
        "processor": _processor(),
    }


@cache
def _commit() -> str | None:
    """The commit of the checkout that this program runs from, with "+" where files were changed since; None elsewhere."""
    root = Path(sim.__path__[0]).parent
    if not (root / ".git").exists():
        return None
    with suppress(OSError):
        said = child_result(["git", "-C", str(root), "describe", "--always", "--abbrev=40", "--exclude=*", "--dirty=+"])
        return said.stdout.strip() or None
    return None


def _processor() -> str:
    """The processor by its name, as far as the system tells."""
    with suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
        if name := next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), ""):
            return name
    return platform.processor() or platform.machine()


def without_paths(command: Sequence[str]) -> list[str]:
    """A command in which no word says where on this machine something lies: what is below the working folder from there on,
    anything else by its name alone.

    >>> without_paths(["armsrace", "run", "/data/mine.yaml", "--seed", "1"])
    ['armsrace', 'run', 'mine.yaml', '--seed', '1']
    """
    here, paths = Path.cwd(), {word: Path(word) for word in command if Path(word).is_absolute()}
    near = {
        word: one.relative_to(here).as_posix() if one.is_relative_to(here) else one.name for word, one in paths.items()
    }
    return [near.get(word, word) for word in command]


def digest_of(file: Path, salt: bytes = b"") -> str:
    """SHA-256 of some bytes and then of a file."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, lambda: hashlib.sha256(salt)).hexdigest()


def provenance(packages: Iterable[str], began: float, command: Sequence[str] | None) -> dict[str, Any]:
    """What `made_with` says, the command if there was one, and the moment; began is a `time.perf_counter()`."""
    return {
        **made_with(packages),
        "command": without_paths(command) if command is not None else None,
        "written": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(time.perf_counter() - began, 3),
    }
