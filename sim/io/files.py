"""Folders that are only on the way: drafts beside what they will become, and spools for numbers that do not fit in memory.

Each is locked while its process lives; the lock goes with the process, however that ends. What lies unlocked was left by
one that was killed, and the next of the same kind removes it. Where folders cannot be locked, nothing is removed.
"""

import json
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sim.io.errors import refusal

SPOOL = "armsrace-spool-"
YOUNG = 60.0  # seconds that pass before an unlocked folder counts as left: one may not be locked yet


class Draft:
    """A new folder, locked until it is `released`."""

    def __init__(self, prefix: str, parent: Path) -> None:
        """prefix : of its name; folders of the same prefix that killed processes left are removed."""
        remove_abandoned(prefix, parent)
        self.path = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
        self._lock = _lock(self.path)

    def release(self) -> None:
        """Give up the lock; the folder stays as it is."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def remove(self) -> None:
        """Remove the folder with all that is in it."""
        shutil.rmtree(self.path, ignore_errors=True)
        self.release()


@contextmanager
def temp_store() -> Iterator[Path]:
    """A folder for numbers on the way, which is gone afterwards."""
    draft = Draft(SPOOL, Path(tempfile.gettempdir()))
    try:
        yield draft.path
    finally:
        draft.remove()


@contextmanager
def written_whole(file: Path) -> Iterator[Path]:
    """A path to write to; what is there at the end takes the place of a file, whole or not at all."""
    draft = file.with_name(f"{file.name}.tmp{os.getpid()}")
    try:
        yield draft
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)


def remove_abandoned(prefix: str, parent: Path) -> None:
    """Remove the folders of a prefix whose processes are dead."""
    for folder in parent.glob(f"{_literal(prefix)}*"):
        if _is_ours_and_old(folder) and (lock := _lock(folder)) is not None:
            shutil.rmtree(folder, ignore_errors=True)
            os.close(lock)


def _literal(text: str) -> str:
    """A text that stands for itself in a pattern of names."""
    return "".join(f"[{mark}]" if mark in "*?[" else mark for mark in text)


def _is_ours_and_old(folder: Path) -> bool:
    """Whether a folder, and no link to one, is this user's and was made some time ago."""
    with suppress(OSError):
        status = folder.lstat()
        is_ours = not hasattr(os, "getuid") or status.st_uid == os.getuid()
        return is_ours and folder.is_dir() and not folder.is_symlink() and time.time() - status.st_mtime > YOUNG
    return False


def _lock(folder: Path) -> int | None:
    """An open file that locks a folder; None if another process holds the lock, or where folders cannot be locked."""
    try:
        import fcntl

        opened = os.open(folder, os.O_RDONLY)
    except (ImportError, OSError):
        return None
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(opened)
        return None
    return opened


_KINDS = (
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def special_kind(file: Path) -> str:
    """What a path is that is neither a file nor a folder, such as "a named pipe"; "" for all others, missing ones too."""
    try:
        mode = file.stat().st_mode
    except (OSError, ValueError):
        return ""
    return next((name for is_one, name in _KINDS if is_one(mode)), "")


def refuse_special(file: Path) -> None:
    """InputError for what is neither a file nor a folder."""
    if kind := special_kind(file):
        raise refusal(file, f"this is {kind}; save what it gives as a file, and name that")


def read_json(file: Path) -> Any:
    """What a JSON file holds. InputError for what is no file, OSError if it cannot be read, ValueError if it is no JSON."""
    refuse_special(file)
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except RecursionError:
        raise ValueError("nested too deep") from None
