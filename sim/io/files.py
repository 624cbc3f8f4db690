"""Folders that are only on the way: drafts beside what they will become, and spools for numbers that do not fit in memory.

Each is locked while its process lives; the lock goes with the process, however that ends. What lies unlocked was left by
one that was killed, and the next of the same kind removes it. Where folders cannot be locked, nothing is removed.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

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
def spool() -> Iterator[Path]:
    """A folder for numbers on the way, which is gone afterwards."""
    draft = Draft(SPOOL, Path(tempfile.gettempdir()))
    try:
        yield draft.path
    finally:
        draft.remove()


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
        found = folder.lstat()
        is_ours = not hasattr(os, "getuid") or found.st_uid == os.getuid()
        return is_ours and folder.is_dir() and not folder.is_symlink() and time.time() - found.st_mtime > YOUNG
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
