"""The one way to write files and folders: beside the target, on to the disk, and then under the right name, whole or not at all.

What is on the way has a name that only this program gives, and is locked while its process lives; the lock goes with the process,
however that ends. What lies unlocked was left by one that was killed, and the next that writes the same target removes it; where
nothing can be locked, after a week. Nothing is written or removed through a link.
"""

import errno
import os
import re
import shutil
import stat
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from sim.io.errors import refusal
from sim.io.files import special_kind

DRAFT, OLD, SPOOL = ".armsrace-draft-", ".armsrace-old-", "armsrace-spool-"
YOUNG = 60.0  # seconds that pass before what has no lock yet counts as left
WEEK = 7 * 86_400.0  # seconds after which it counts as left where nothing can be locked
NAME_BYTES = 180  # of a target's name in that of its draft; most file systems take 255 in all
DISK_FAULTS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS)
THERE = "is there already; choose another place with --out, or add --overwrite to replace it"
MARK_LETTERS = 8
NOT_LOCKED = ".begun"  # the end of a name until the lock is there
_MARK = re.compile(
    rf"[0-9a-f]{{{MARK_LETTERS}}}({re.escape(NOT_LOCKED)})?"
)  # the end of a name that this program gives


# ---- one file --------------------------------------------------------------------------------------------------------


@contextmanager
def written_whole(file: Path, *, overwrite: bool = True) -> Iterator[Path]:
    """A path to write to; what is there at the end takes the place of a file, whole or not at all.

    overwrite : whether another file of this name may go; one with the same content always may

    InputError if the name is that of something else, OSError with the name of the file if the system refuses.
    """
    _check_file(file)
    if _is_on_the_way(file):
        file.parent.mkdir(parents=True, exist_ok=True)
        yield file  # it is on the way already, with the folder that it is in
        return
    with told_of(file):
        draft = Draft(_prefix(DRAFT, file), file.parent, is_folder=False)
        try:
            yield draft.path
            _to_disk(draft.path)
            if overwrite:
                draft.path.replace(file)
            else:
                _placed(draft.path, file)
            with suppress(OSError):  # the file is whole under its name
                _to_disk(file.parent)
        finally:
            draft.remove()


def _check_file(file: Path) -> None:
    if kind := "a folder" if file.is_dir() else special_kind(file):
        raise refusal(file, f"is {kind}; name a file")


def _is_on_the_way(file: Path) -> bool:
    """Whether a file lies in the draft of a folder."""
    return any(folder.path in file.parents for folder in _living)


def check_free(files: Iterable[Path], overwrite: bool) -> None:
    """InputError for the first file that is there already, before work is done for it."""
    for file in () if overwrite else files:
        if os.path.lexists(file):
            raise refusal(file, THERE)


def _placed(draft: Path, file: Path) -> None:
    """The draft under the file's name; InputError if that is another file's."""
    try:
        os.link(draft, file)
    except OSError:
        if os.path.lexists(file):
            if file.is_symlink() or file.read_bytes() != draft.read_bytes():
                raise refusal(file, THERE) from None
            return
        draft.rename(file)  # a file system without links


# ---- files that belong together --------------------------------------------------------------------------------------


@contextmanager
def written_together(folder: Path, names: Sequence[str]) -> Iterator[Path]:
    """A draft folder for some files; at the end all that are in it take their places in a folder, or none. What else stands there stays.

    names : of the files

    InputError if a name is that of something else, OSError with the name of the folder if the system refuses.
    """
    for name in names:
        _check_file(folder / name)
    if _is_on_the_way(folder / names[0]):
        folder.mkdir(parents=True, exist_ok=True)
        yield folder  # its files are on the way already
        return
    with told_of(folder):
        draft = Draft(_prefix(DRAFT, folder / names[0]), folder)
        try:
            yield draft.path
            for name in names:
                _to_disk(draft.path / name)
            _place_all(draft.path, folder, names)
            with suppress(OSError):  # the files are whole under their names
                _to_disk(folder)
        finally:
            draft.remove()


def _place_all(draft: Path, folder: Path, names: Sequence[str]) -> None:
    """Move the files into a folder; if one cannot be moved, those that were replaced are put back."""
    old, placed = draft / OLD, list[str]()
    old.mkdir()
    for name in names:
        if os.path.lexists(folder / name):
            shutil.copy2(folder / name, old / name, follow_symlinks=False)
    try:
        for name in names:
            (draft / name).replace(folder / name)
            placed.append(name)
    except BaseException:
        for name in placed:
            if os.path.lexists(old / name):
                (old / name).replace(folder / name)
            else:
                (folder / name).unlink()
        raise


# ---- one folder ------------------------------------------------------------------------------------------------------


class WholeFolder:
    """A folder that appears whole or not at all: everything is written beside it and moved into place at the end."""

    def __init__(self, target: Path) -> None:
        """InputError if what stands there cannot be moved, so that nothing is worked out in vain."""
        self.target = target
        _put_back(target)
        try:
            if target.is_dir():
                target.rename(target)
        except OSError as error:
            message = f"cannot be replaced ({error.strerror}); close the program that has it open, or choose another folder with --out"
            raise refusal(target, message) from None
        self._draft = Draft(_prefix(DRAFT, target), target.parent)
        self.draft = self._draft.path

    def finish(self, check: Callable[[], None] = lambda: None) -> None:
        """Move the draft into place, and remove what was there before. If it cannot be moved it is kept beside, and OSError says where.

        check : refuses what must not be replaced, when all is on the disk and nothing but the move is left
        """
        with told_of(self.target):
            for folder, _, files in os.walk(self.draft):
                for name in (*files, ""):
                    _to_disk(Path(folder, name))
        check()  # something may have come in between
        try:
            self._move()
        except OSError as error:
            kept = _free(self.target)
            self.draft.rename(kept)
            self._draft.release()
            message = f"{error.strerror}; what was made is kept in {kept}"
            raise OSError(error.errno or 0, message, str(self.target)) from error
        with suppress(OSError):
            _to_disk(self.target.parent)
        self._draft.remove()  # what was there before, if the two changed places

    def _move(self) -> None:
        if not self.target.exists():
            self.draft.rename(self.target)
        elif not exchanged(self.draft, self.target):
            self._move_in_two_steps()

    def _move_in_two_steps(self) -> None:
        """For systems where two folders cannot change places; who is killed in between leaves what `_put_back` puts back."""
        aside = _new_path(_prefix(OLD, self.target), self.target.parent)
        lock = _locked_new(aside, is_folder=True, mode=0o777)
        old = aside / self.target.name
        try:
            self.target.rename(old)
            self.draft.rename(self.target)
            shutil.rmtree(old, ignore_errors=True)
        except BaseException:
            if old.exists() and not self.target.exists():
                old.rename(self.target)
            raise
        finally:
            with suppress(OSError):
                aside.rmdir()
            if lock is not None:
                os.close(lock)

    def withdraw(self) -> None:
        """Remove the draft, and the folders above it that were made for it, unless they hold something by now."""
        self._draft.remove()


def _put_back(target: Path) -> None:
    """What stood at a target, if a process was killed between moving it aside and moving the new one into place."""
    for aside in _left(_prefix(OLD, target), target.parent):
        old = aside / target.name
        with suppress(OSError):
            if old.is_dir() and not os.path.lexists(target):
                old.rename(target)
            shutil.rmtree(aside, ignore_errors=True)


def _free(target: Path) -> Path:
    """A name beside a target that nothing has."""
    number = 1
    while os.path.lexists(free := target.with_name(f"{target.name}-new{'' if number == 1 else f'-{number}'}")):
        number += 1
    return free


def exchanged(one: Path, other: Path) -> bool:
    """Whether two folders have changed places at once; False where the system or the file system cannot do that."""
    import ctypes

    name, here, flag = {"linux": ("renameat2", -100, 2), "darwin": ("renameatx_np", -2, 2)}.get(
        sys.platform, ("", 0, 0)
    )
    call = getattr(ctypes.CDLL(None, use_errno=True), name, None) if name else None
    if call is None:
        return False
    if call(here, os.fsencode(one), here, os.fsencode(other), flag) == 0:
        return True
    fault = ctypes.get_errno()
    if fault in (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP):
        return False
    raise OSError(fault, os.strerror(fault), str(other))


# ---- on the way ------------------------------------------------------------------------------------------------------


class Draft:
    """A new file or folder of this process, locked until it is `released`."""

    def __init__(self, prefix: str, parent: Path, *, is_folder: bool = True, mode: int = 0o777) -> None:
        """prefix : of its name; what killed processes left of the same prefix is removed. Folders above it are made."""
        self._made = [folder for folder in (parent, *parent.parents) if not folder.exists()]
        parent.mkdir(parents=True, exist_ok=True)
        remove_abandoned(prefix, parent)
        self.path = _new_path(prefix, parent)
        self._lock: int | None = None
        _living.append(self)  # a stop may come at any moment from here on
        try:
            self._lock = _locked_new(self.path, is_folder=is_folder, mode=mode)
        except BaseException:
            self.release()
            raise

    def release(self) -> None:
        """Give up the lock; what was made stays as it is."""
        if self in _living:
            _living.remove(self)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def remove(self) -> None:
        """Remove it with all that is in it, and the folders that were made for it and hold nothing."""
        _removed(self.path)
        for folder in self._made:
            with suppress(OSError):
                folder.rmdir()
        self.release()


_living: list[Draft] = []


def remove_drafts() -> None:
    """Remove all that this process has on the way, for one that is about to end."""
    for draft in tuple(_living):
        draft.remove()


@contextmanager
def temp_store() -> Iterator[Path]:
    """A folder for what is on the way, for this user alone, which is gone afterwards."""
    draft = spool()
    try:
        with told_of(draft.path):
            yield draft.path
    finally:
        draft.remove()


def spool() -> Draft:
    """A folder among those that the system keeps for a while, for this user alone."""
    return Draft(SPOOL, Path(tempfile.gettempdir()), mode=0o700)


def remove_abandoned(prefix: str, parent: Path) -> None:
    """Remove what processes that are dead have left of a prefix."""
    for path in _left(prefix, parent):
        _removed(path)


def _left(prefix: str, parent: Path) -> Iterator[Path]:
    """What processes that are dead have left of a prefix, each locked while it is looked at."""
    with suppress(OSError):
        for path in parent.iterdir():
            name = path.name
            if not name.startswith(prefix) or not (mark := _MARK.fullmatch(name[len(prefix) :])):
                continue
            age = _age_of_ours(path)
            if age > (YOUNG if mark[1] else 0.0) and (
                (lock := _lock(path)) is not None or (age > WEEK and not _can_be_locked(path))
            ):
                try:
                    yield path
                finally:
                    if lock is not None:
                        os.close(lock)


def _age_of_ours(path: Path) -> float:
    """Seconds since a file or folder of this user's, and no link to one, was changed; 0 for anything else."""
    with suppress(OSError):
        status = path.lstat()
        is_ours = not hasattr(os, "getuid") or status.st_uid == os.getuid()
        if is_ours and (stat.S_ISDIR(status.st_mode) or stat.S_ISREG(status.st_mode)):
            return time.time() - status.st_mtime
    return 0.0


def _removed(path: Path) -> None:
    with suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _new_path(prefix: str, parent: Path) -> Path:
    """A path that nothing has."""
    import secrets  # not on the way to --help

    return parent / f"{prefix}{secrets.token_hex(MARK_LETTERS // 2)}"


def _locked_new(path: Path, *, is_folder: bool, mode: int) -> int | None:
    """The lock of a new file or folder with the rights that the user's mask leaves; it has its name once it is locked."""
    begun, lock = path.with_name(path.name + NOT_LOCKED), None
    try:
        if is_folder:
            begun.mkdir(mode)
        else:
            os.close(os.open(begun, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode & 0o666))
        lock = _lock(begun)
        begun.rename(path)
    except BaseException:
        if lock is not None:
            os.close(lock)
        _removed(begun)
        _removed(path)
        raise
    return lock


def _prefix(kind: str, target: Path) -> str:
    return f"{kind}{os.fsdecode(os.fsencode(target.name)[:NAME_BYTES])}-"


def _to_disk(path: Path) -> None:
    """Have the system write a file or a folder out, so that it outlasts a loss of power."""
    is_folder = path.is_dir()
    if is_folder and os.name == "nt":
        return
    handle = os.open(path, os.O_RDONLY if is_folder else os.O_RDWR)
    try:
        os.fsync(handle)
    except OSError as error:
        if not is_folder or error.errno in DISK_FAULTS:
            raise
    finally:
        os.close(handle)


@contextmanager
def whole_folder(target: Path, check: Callable[[], None]) -> Iterator[WholeFolder]:
    """A folder that takes its place when the block ends well; `check` refuses what must not be replaced, before the block and after."""
    check()
    try:
        folder = WholeFolder(target)
    except OSError as error:
        raise refusal(target, f"cannot be written ({error.strerror}); choose another folder with --out") from None
    try:
        with told_of(target):
            yield folder
        folder.finish(check)
    finally:
        folder.withdraw()


@contextmanager
def told_of(target: Path) -> Iterator[None]:
    """What the system refuses is told of the target and not of its draft."""
    try:
        yield
    except OSError as error:
        named = str(error.filename or "")
        if DRAFT in named or (not named and error.errno in DISK_FAULTS):
            error.filename, error.filename2 = str(target), None
        raise


# ---- locks -----------------------------------------------------------------------------------------------------------


@contextmanager
def locked(file: Path, what: str, *, is_shared: bool = False) -> Iterator[None]:
    """Keep others out while the block lasts, by a lock on a file that is made for it. Where files cannot be locked, all may enter.

    what      : who it is that others have to wait for, such as "another sweep"
    is_shared : whether others may enter that share it, too

    InputError if another process holds the lock, or if the file is none.
    """
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    if file.is_symlink() or special_kind(file):
        raise refusal(file, f"is {special_kind(file) or 'a link'}; remove it, or choose another folder with --out")
    handle = os.open(file, flags, 0o666)
    try:
        if _taken(handle, is_shared=is_shared) is False:
            holder = os.read(handle, 100).decode(errors="replace").strip() or "another process"
            message = f"{what} is writing here ({holder}); wait for it, or choose another --out"
            raise refusal(file.parent, message)
        with suppress(OSError):  # a full disk keeps nobody from going on
            os.ftruncate(handle, 0)
            os.write(handle, f"process {os.getpid()}".encode())
        yield
    finally:
        with suppress(OSError):  # the same
            os.close(handle)


def _lock(path: Path) -> int | None:
    """An open file that locks a file or folder; None if another process holds the lock, or where it cannot be locked."""
    try:
        opened = os.open(path, os.O_RDONLY)
    except OSError:
        return None
    if _taken(opened):
        return opened
    os.close(opened)
    return None


def _can_be_locked(path: Path) -> bool:
    """Whether a lock says anything here."""
    try:
        opened = os.open(path, os.O_RDONLY)
    except OSError:
        return True
    try:
        return _taken(opened) is not None
    finally:
        os.close(opened)


def _taken(handle: int, *, is_shared: bool = False) -> bool | None:
    """Whether the lock of an open file could be taken; None where files cannot be locked."""
    try:
        import fcntl

        fcntl.flock(handle, (fcntl.LOCK_SH if is_shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except (ImportError, OSError):
        return None
    return True
