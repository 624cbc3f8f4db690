"""A run again from its manifest, and whether it left the same bytes."""

import platform
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from sim import __version__
from sim.analysis.output import FIGURES, MANIFEST
from sim.engines.options import ALL
from sim.io.progress import Progress
from sim.runs.manifest import RunManifest, read_manifest
from sim.runs.run import run
from sim.runs.theories import run_theories

TIMES_AND_PATHS = ("command", "written", "seconds")  # what a manifest tells of the moment and the place
AT_ONCE = 1 << 20  # bytes compared at once
SAME, DIFFERENT, MISSING, EXTRA = "the same", "different", "not made again", "not in the run"


@dataclass(frozen=True)
class Compared:
    """One file of a run, and what became of it.

    file   : its path in the folder of the run
    state  : the same, different, not made again, or not in the run
    fields : for the manifest, what differs in it
    """

    file: str
    state: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class Replay:
    """A run made again.

    versions : name -> (of the run, of today) where they differ; the machine among them
    """

    manifest: RunManifest
    files: tuple[Compared, ...]
    versions: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def is_same(self) -> bool:
        return all(one.state == SAME for one in self.files)

    @property
    def has_same_numbers(self) -> bool:
        """Whether every table is the same, whatever became of pictures and pages."""
        return all(one.state == SAME for one in self.files if one.file.endswith((".csv", ".parquet")))


def replayed(ref: str | Path, *, threads: int | None = None, progress: Progress | None = None) -> Replay:
    """Make the run of a manifest, or of a folder with one, again and compare it file by file; nothing is kept.

    InputError if there is no run, or if today's program cannot read its scenario or its ensemble.
    """
    manifest = read_manifest(ref)
    folder = manifest.file.parent
    with tempfile.TemporaryDirectory(prefix="armsrace-replay-") as place:
        again = Path(place) / "again"
        with manifest.scenario() as scenario:
            _make(manifest, scenario, again, threads, progress)
        files = tuple(_compared(folder, again))
    return Replay(manifest, files, differing_versions(manifest))


def _make(manifest: RunManifest, scenario: Any, out: Path, threads: int | None, progress: Progress | None) -> None:
    told = manifest.identity
    options: dict[str, Any] = {
        name: told[name] for name in ("members", "seed", "until", "settings", "engine", "fit", "keep")
    }
    options |= {"out": out, "threads": threads, "progress": progress}
    options["pictures"] = (manifest.file.parent / FIGURES).is_dir()
    if told["theory"] == ALL:
        run_theories(scenario, **options)
    else:
        run(scenario, theory=told["theory"], **options)


def _compared(folder: Path, again: Path) -> Sequence[Compared]:
    """Every file of either folder."""
    old, new = (_files(one) for one in (folder, again))
    found = []
    for name in sorted(old | new):
        if name == MANIFEST:
            fields = tuple(_differing_fields(folder / name, again / name))
            found.append(Compared(name, DIFFERENT if fields else SAME, fields))
        elif name not in new:
            found.append(Compared(name, MISSING))
        elif name not in old:
            found.append(Compared(name, EXTRA))
        else:
            found.append(Compared(name, SAME if _same_bytes(folder / name, again / name) else DIFFERENT))
    return found


def _files(folder: Path) -> set[str]:
    return {one.relative_to(folder).as_posix() for one in folder.rglob("*") if one.is_file()}


def _same_bytes(one: Path, other: Path) -> bool:
    if one.stat().st_size != other.stat().st_size:
        return False
    with one.open("rb") as ours, other.open("rb") as theirs:
        while block := ours.read(AT_ONCE):
            if block != theirs.read(AT_ONCE):
                return False
    return True


def _differing_fields(one: Path, other: Path) -> list[str]:
    """Fields of two manifests that differ, times and paths aside; of the versions those that the older one tells."""
    ours, theirs = (read_manifest(file).content for file in (one, other))
    theirs = {**theirs, "versions": {name: theirs["versions"].get(name) for name in ours["versions"]}}
    names = [name for name in sorted({*ours, *theirs}) if name not in TIMES_AND_PATHS]
    return [name for name in names if ours.get(name) != theirs.get(name)]


def differing_versions(manifest: RunManifest) -> dict[str, tuple[str, str]]:
    """What the run was made with and this is not: packages, Python, the machine."""
    then = {**manifest.versions, "machine": str(manifest.content.get("platform", "unknown"))}
    return {name: (told, now) for name, told in then.items() if (now := _version_now(name)) != told}


def _version_now(name: str) -> str:
    known = {
        "balkan-armsrace": __version__,
        "python": platform.python_version(),
        "machine": f"{sys.platform} {platform.machine()}",
    }
    if name in known:
        return known[name]
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
