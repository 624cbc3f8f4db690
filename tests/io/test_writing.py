"""The one way to write: whole or not at all, nothing but the program's own replaced or removed, nothing through a link."""

import errno
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sim.io import writing
from sim.io.errors import InputError, Problem
from sim.io.writing import (
    DRAFT,
    OLD,
    SPOOL,
    WEEK,
    YOUNG,
    Draft,
    WholeFolder,
    locked,
    temp_store,
    whole_folder,
    written_together,
    written_whole,
)

needs_locks = pytest.mark.skipif(sys.platform == "win32", reason="this system locks no folders")


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def write(file, text="new", **options):
    with written_whole(file, **options) as draft:
        draft.write_text(text, encoding="utf-8")


def write_half(file):
    with written_whole(file) as draft:
        draft.write_text("ne", encoding="utf-8")
        raise BrokenError


class BrokenError(Exception):
    """Something went wrong half way."""


def folder_with(target, text="new"):
    folder = WholeFolder(target)
    (folder.draft / "file").write_text(text, encoding="utf-8")
    return folder


def aged(path, seconds=2 * YOUNG):
    os.utime(path, (time.time() - seconds,) * 2)


# ---- a file ----------------------------------------------------------------------------------------------------------


def test_a_file_is_replaced_whole_and_nothing_is_left_beside_it(tmp_path):
    write(tmp_path / "page", "old")
    with pytest.raises(BrokenError):
        write_half(tmp_path / "page")
    assert ((tmp_path / "page").read_text(), names(tmp_path)) == ("old", ["page"])
    write(tmp_path / "page")
    assert ((tmp_path / "page").read_text(), names(tmp_path)) == ("new", ["page"])


def test_a_file_of_the_user_is_left_alone_unless_it_says_the_same(tmp_path):
    (tmp_path / "page").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="is there already; choose another place with --out, or add --overwrite"):
        write(tmp_path / "page", overwrite=False)
    assert ((tmp_path / "page").read_text(), names(tmp_path)) == ("mine", ["page"])
    write(tmp_path / "page", "mine", overwrite=False)
    assert names(tmp_path) == ["page"]


@pytest.mark.parametrize("links", [True, False])
def test_a_file_that_comes_in_between_is_left_alone(tmp_path, monkeypatch, links):
    if not links:
        monkeypatch.setattr(os, "link", lambda *_: (_ for _ in ()).throw(OSError(errno.EPERM, "no links here")))
    other = written_whole(tmp_path / "a", overwrite=False)
    other.__enter__().write_text("new", encoding="utf-8")
    (tmp_path / "a").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="is there already"):
        other.__exit__(None, None, None)
    write(tmp_path / "b", overwrite=False)
    assert ((tmp_path / "a").read_text(), names(tmp_path)) == ("mine", ["a", "b"])


def test_nothing_is_written_through_a_link(tmp_path):
    (tmp_path / "elsewhere").write_text("mine", encoding="utf-8")
    for target in ("elsewhere", "nowhere"):
        (tmp_path / "link").symlink_to(tmp_path / target)
        with pytest.raises(InputError, match="is there already"):
            write(tmp_path / "link", overwrite=False)
        write(tmp_path / "link")
        assert not (tmp_path / "link").is_symlink()
        (tmp_path / "link").unlink()
    assert ((tmp_path / "elsewhere").read_text(), names(tmp_path)) == ("mine", ["elsewhere"])


@pytest.mark.parametrize("kind", ["a named pipe", "a folder"])
def test_what_is_no_file_is_not_written_to(tmp_path, kind):
    if kind == "a folder":
        (tmp_path / "out").mkdir()
    elif not hasattr(os, "mkfifo"):
        pytest.skip("this system has no named pipes")
    else:
        os.mkfifo(tmp_path / "out")
    with pytest.raises(InputError, match=f"is {kind}; name a file"):
        write(tmp_path / "out")
    assert names(tmp_path) == ["out"]


def test_folders_that_were_made_for_a_file_go_with_it(tmp_path):
    with pytest.raises(BrokenError):
        write_half(tmp_path / "a" / "b" / "page")
    assert names(tmp_path) == []
    write(tmp_path / "a" / "b" / "page")
    assert names(tmp_path / "a" / "b") == ["page"]


@pytest.mark.skipif(os.name == "nt", reason="rights of another kind")
def test_files_and_folders_have_the_rights_that_the_user_asks_for(tmp_path):
    before = os.umask(0o027)
    try:
        write(tmp_path / "page")
        folder_with(tmp_path / "run").finish()
    finally:
        os.umask(before)
    assert oct((tmp_path / "page").stat().st_mode & 0o777) == "0o640"
    assert oct((tmp_path / "run").stat().st_mode & 0o777) == "0o750"


def test_a_name_that_fills_the_system_s_room_can_be_written(tmp_path):
    name = "я" * 127
    write(tmp_path / name)
    folder_with(tmp_path / f"{name}x").finish()
    assert names(tmp_path) == [name, f"{name}x"]


# ---- files that belong together --------------------------------------------------------------------------------------


def write_three(folder):
    with written_together(folder, ("a", "b", "c")) as draft:
        for name in "abc":
            (draft / name).write_text("new", encoding="utf-8")


def test_files_that_belong_together_take_their_places_and_what_else_stands_there_stays(tmp_path):
    for name in ("a", "mine"):
        (tmp_path / name).write_text("old", encoding="utf-8")
    write_three(tmp_path)
    assert {name: (tmp_path / name).read_text() for name in names(tmp_path)} == {
        "a": "new", "b": "new", "c": "new", "mine": "old",
    }  # fmt: skip


@pytest.mark.parametrize("step", [1, 2, 3])
def test_of_files_that_belong_together_all_are_old_where_one_cannot_be_new(tmp_path, monkeypatch, step):
    for name in ("a", "c"):
        (tmp_path / name).write_text("old", encoding="utf-8")
    replace, left = Path.replace, iter(range(1, 10))

    def broken(path, target):
        if next(left) == step:
            raise OSError(errno.EIO, "broken")
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", broken)
    with pytest.raises(OSError, match="broken") as told:
        write_three(tmp_path)
    assert {name: (tmp_path / name).read_text() for name in names(tmp_path)} == {"a": "old", "c": "old"}
    assert DRAFT not in str(told.value)


def test_files_that_belong_together_are_on_the_way_with_the_folder_that_they_are_in(tmp_path):
    folder = WholeFolder(tmp_path / "run")
    with written_together(folder.draft / "figures", ("a",)) as draft:
        assert draft == folder.draft / "figures"
        (draft / "a").touch()
    folder.withdraw()
    assert names(tmp_path) == []


def test_a_link_among_files_that_belong_together_is_replaced_and_not_written_through(tmp_path):
    (tmp_path / "elsewhere").write_text("mine", encoding="utf-8")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "b").symlink_to(tmp_path / "elsewhere")
    write_three(tmp_path / "out")
    assert (tmp_path / "elsewhere").read_text() == "mine" and not (tmp_path / "out" / "b").is_symlink()


# ---- a folder --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("at_once", [True, False])
def test_a_folder_replaces_the_old_one_and_leaves_nothing_beside_it(tmp_path, monkeypatch, at_once):
    if not at_once:
        monkeypatch.setattr(writing, "exchanged", lambda *_: False)
    for text in ("old", "new"):
        folder = folder_with(tmp_path / "run", text)
        folder.finish()
        folder.withdraw()
        assert ((tmp_path / "run" / "file").read_text(), names(tmp_path)) == (text, ["run"])


@pytest.mark.skipif(sys.platform not in ("linux", "darwin"), reason="this system cannot exchange two folders")
def test_two_folders_change_places_at_once(tmp_path):
    for name in "ab":
        (tmp_path / name).mkdir()
        write(tmp_path / name / "file", name)
    if not writing.exchanged(tmp_path / "a", tmp_path / "b"):
        pytest.skip("this file system cannot exchange two folders")
    assert (tmp_path / "a" / "file").read_text() == "b"
    with pytest.raises(FileNotFoundError):
        writing.exchanged(tmp_path / "a", tmp_path / "none")


def test_who_is_killed_between_two_steps_has_his_folder_put_back(tmp_path):
    """As on systems where folders cannot be exchanged: the old one was moved aside, and the new one never came."""
    write(tmp_path / f"{OLD}run-0123abcd" / "run" / "file", "old")
    write(tmp_path / f"{DRAFT}run-0123abcd" / "file", "half")
    folder = folder_with(tmp_path / "run")
    assert (tmp_path / "run" / "file").read_text() == "old"
    assert names(tmp_path) == [folder.draft.name, "run"]
    folder.finish()
    write(tmp_path / f"{OLD}run-0123abcd" / "run" / "file", "older")  # killed before it was removed
    folder_with(tmp_path / "run").finish()
    assert ((tmp_path / "run" / "file").read_text(), names(tmp_path)) == ("new", ["run"])


def test_what_was_made_is_kept_beside_where_the_old_folder_cannot_be_moved(tmp_path, monkeypatch):
    folder_with(tmp_path / "run", "old").finish()

    def refused(*_):
        raise PermissionError(errno.EACCES, "open in another program", "run")

    monkeypatch.setattr(writing, "exchanged", refused)
    for kept in ("run-new", "run-new-2"):
        folder = folder_with(tmp_path / "run")
        with pytest.raises(OSError, match="what was made is kept in") as caught:
            folder.finish()
        folder.withdraw()
        assert caught.value.filename == str(tmp_path / "run")
        assert (tmp_path / kept / "file").read_text() == "new"
    assert ((tmp_path / "run" / "file").read_text(), names(tmp_path)) == ("old", ["run", "run-new", "run-new-2"])


def test_a_folder_that_cannot_be_moved_is_said_before_the_work(tmp_path, monkeypatch):
    folder_with(tmp_path / "run", "old").finish()

    def refused(self, _):
        raise PermissionError(errno.EACCES, "open in another program", "run")

    monkeypatch.setattr(Path, "rename", refused)
    with pytest.raises(InputError, match="close the program that has it open"):
        WholeFolder(tmp_path / "run")


# ---- two that write one folder ---------------------------------------------------------------------------------------


def write_in(folder, name):
    (folder.draft / name).write_text(name, encoding="utf-8")


def refused_if(target, name):
    """A check that what stands there is not of this name."""

    def check():
        if (target / name).exists():
            raise InputError(target, [Problem(None, "", f"holds {name}")])

    return check


def write_second(target, during, check):
    """Write a folder while another does; `during` is where the other one is finished: before the end, or while files go to the disk."""
    with whole_folder(target, check) as mine:
        write_in(mine, "mine")
        if during == "the work":
            write_first(target)


def write_first(target):
    with whole_folder(target, lambda: None) as other:
        write_in(other, "other")


@pytest.fixture(params=["the work", "the flush"])
def during(request, tmp_path, monkeypatch):
    """When the other one comes in between."""
    to_disk, calls = writing._to_disk, []

    def flushed(path):
        to_disk(path)
        if request.param == "the flush" and path.name == "mine" and not calls:
            calls.append(path)
            write_first(tmp_path / "run")

    monkeypatch.setattr(writing, "_to_disk", flushed)
    return request.param


def test_who_is_second_asks_again_before_he_replaces_what_the_first_has_written(tmp_path, during):
    target = tmp_path / "run"
    with pytest.raises(InputError, match="holds other"):
        write_second(target, during, refused_if(target, "other"))
    assert (names(tmp_path), names(target)) == (["run"], ["other"])


def test_who_is_second_and_may_replace_the_first_leaves_his_own_files_alone(tmp_path, during):
    target = tmp_path / "run"
    write_second(target, during, lambda: None)
    assert (names(tmp_path), names(target)) == (["run"], ["mine"])


@pytest.mark.skipif(sys.platform == "win32", reason="this system moves no folder onto another")
def test_a_folder_that_comes_between_the_last_look_and_the_move_is_left_alone(tmp_path, monkeypatch):
    target, rename = tmp_path / "run", Path.rename

    def renamed(path, to):
        if to == target and not target.exists():
            target.mkdir()
            (target / "other").touch()
        return rename(path, to)

    mine = WholeFolder(target)
    write_in(mine, "mine")
    monkeypatch.setattr(Path, "rename", renamed)
    with pytest.raises(OSError, match=r"what was made is kept in .*run-new"):
        mine.finish()
    assert (names(tmp_path), names(target), names(tmp_path / "run-new")) == (["run", "run-new"], ["other"], ["mine"])


# ---- what killed processes leave -------------------------------------------------------------------------------------

OTHER = """
import os, signal, sys
from pathlib import Path
from sim.io.writing import Draft
print(Draft(sys.argv[1], Path(sys.argv[2])).path.name, flush=True)
if sys.argv[3] == "killed":
    os.kill(os.getpid(), signal.SIGKILL)
sys.stdin.read()
"""


@needs_locks
def test_the_draft_of_a_killed_process_is_removed_at_once_and_that_of_a_living_one_is_not(tmp_path):
    prefix = f"{DRAFT}run [1]-"
    command = [sys.executable, "-c", OTHER, prefix, str(tmp_path)]
    subprocess.run([*command, "killed"], stdout=subprocess.PIPE, text=True, check=False)
    others = [f"{prefix}file", f"{prefix}0123abcd.txt", f"x{prefix}0123abcd"]
    for name in others:
        (tmp_path / name).touch()
    with subprocess.Popen([*command, "waits"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        living = other.stdout.readline().strip()
        aged(tmp_path / living, WEEK + YOUNG)
        folder = WholeFolder(tmp_path / "run [1]")
        assert set(names(tmp_path)) == {living, folder.draft.name, *others}
        folder.finish()
        other.communicate()
    assert set(names(tmp_path)) == {living, "run [1]", *others}


def test_what_has_no_lock_yet_is_left_alone_for_a_minute(tmp_path):
    begun = tmp_path / f"{DRAFT}run-0123abcd.begun"
    begun.mkdir()
    WholeFolder(tmp_path / "run").withdraw()
    assert names(tmp_path) == [begun.name]
    aged(begun)
    WholeFolder(tmp_path / "run").withdraw()
    assert names(tmp_path) == ([] if sys.platform != "win32" else [begun.name])


def test_nothing_is_removed_through_a_link(tmp_path):
    write(tmp_path / "elsewhere" / "file", "mine")
    link = tmp_path / f"{DRAFT}run-0123abcd"
    link.symlink_to(tmp_path / "elsewhere")
    WholeFolder(tmp_path / "run").withdraw()
    assert link.is_symlink() and (tmp_path / "elsewhere" / "file").read_text() == "mine"


@needs_locks
def test_a_spool_is_this_user_s_alone_and_gone_afterwards_with_what_a_killed_process_left(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    (tmp_path / f"{SPOOL}0123abcd").mkdir()
    with temp_store() as place:
        assert names(tmp_path) == [place.name]
        assert place.stat().st_mode & 0o77 == 0
    assert names(tmp_path) == []


# ---- locks -----------------------------------------------------------------------------------------------------------


@needs_locks
def test_only_one_may_hold_a_lock_and_its_holder_is_named(tmp_path):
    with locked(tmp_path / ".lock", "another sweep"):
        other = locked(tmp_path / ".lock", "another sweep")
        with pytest.raises(InputError, match=rf"another sweep is writing here \(process {os.getpid()}\)"):
            other.__enter__()
    with locked(tmp_path / ".lock", "another sweep"):
        pass


@needs_locks
@pytest.mark.parametrize("fault", [errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EBADF, errno.EIO])
def test_where_files_cannot_be_locked_all_may_write_and_only_what_is_a_week_old_is_removed(
    tmp_path, monkeypatch, fault
):
    import fcntl

    def refused(*_):
        raise OSError(fault, os.strerror(fault))

    monkeypatch.setattr(fcntl, "flock", refused)
    with locked(tmp_path / ".lock", "another sweep"), locked(tmp_path / ".lock", "another sweep"):
        (tmp_path / ".lock").unlink()
    left = tmp_path / f"{DRAFT}run-0123abcd"
    left.mkdir()
    aged(left, WEEK - YOUNG)
    folder_with(tmp_path / "run").finish()
    assert names(tmp_path) == [left.name, "run"]
    aged(left, WEEK + YOUNG)
    folder_with(tmp_path / "run").finish()
    assert names(tmp_path) == ["run"]


@pytest.mark.parametrize("kind", ["a link", "a named pipe"])
def test_a_lock_that_is_no_file_of_ours_is_refused_and_left_alone(tmp_path, kind):
    write(tmp_path / "elsewhere", "mine")
    if kind == "a link":
        (tmp_path / ".lock").symlink_to(tmp_path / "elsewhere")
    elif not hasattr(os, "mkfifo"):
        pytest.skip("this system has no named pipes")
    else:
        os.mkfifo(tmp_path / ".lock")
    with pytest.raises(InputError, match=f"is {kind}; remove it"):
        locked(tmp_path / ".lock", "another sweep").__enter__()
    assert (tmp_path / "elsewhere").read_text() == "mine"


def test_a_draft_knows_that_it_is_on_the_way_until_it_is_released(tmp_path):
    one, other = (Draft(f"{DRAFT}{name}-", tmp_path) for name in "ab")
    one.release()
    writing.remove_drafts()
    assert names(tmp_path) == [one.path.name] and not other.path.exists()
