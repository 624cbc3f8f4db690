"""A run again from its manifest, and whether it left the same bytes."""

import filecmp
import platform
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from sim.analysis.output import CRATE, MANIFEST, REPORT, REPORTS
from sim.engines.options import ALL
from sim.engines.simulate import equations_digest
from sim.io.progress import Progress
from sim.io.writing import temp_store
from sim.runs.manifest import RunManifest, read_manifest
from sim.runs.run import run
from sim.runs.theories import run_theories
from sim.scenario.loading import Scenario
from sim.version import __version__

# What a manifest tells of the moment and the place.
TIMES_AND_PATHS = ("command", "written", "seconds", "files", "commit", "system", "processor")
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
        return all(entry.state == SAME for entry in self.files)

    @property
    def has_same_numbers(self) -> bool:
        """Whether every table is the same, whatever became of pictures and pages."""
        return all(entry.state == SAME for entry in self.files if entry.file.endswith((".csv", ".parquet")))


def replayed(ref: str | Path, *, threads: int | None = None, progress: Progress | None = None) -> Replay:
    """Make the run of a manifest, or of a folder with one, again and compare it file by file; nothing is kept.

    InputError if there is no run, or if today's program cannot read its scenario or its ensemble.
    """
    manifest = read_manifest(ref)
    manifest.check_plugins()
    folder = manifest.file.parent
    with temp_store() as place:
        again = place / "again"
        with manifest.scenario() as scenario:
            _make(manifest, scenario, again, threads, progress)
        files = tuple(_compared(folder, again))
    return Replay(manifest, files, differing_versions(manifest))


def _make(manifest: RunManifest, scenario: Scenario, out: Path, threads: int | None, progress: Progress | None) -> None:
    options = replace(manifest.options(), threads=threads)
    make = run_theories if manifest.identity["theory"] == ALL else run
    make(scenario, options, out=out, pictures=manifest.pictures, progress=progress)


def _compared(folder: Path, again: Path) -> Iterator[Compared]:
    """Every file of either folder."""
    old, new = map(_files, (folder, again))
    for name in sorted(old | new):
        if name == MANIFEST:
            fields = tuple(_differing_fields(folder / name, again / name))
            yield Compared(name, DIFFERENT if fields else SAME, fields)
        elif name not in new or name not in old:
            yield Compared(name, MISSING if name in old else EXTRA)
        else:
            yield Compared(name, SAME if filecmp.cmp(folder / name, again / name, shallow=False) else DIFFERENT)


def _files(folder: Path) -> set[str]:
    later = {CRATE, *REPORTS} - {REPORT}  # what `armsrace report` adds
    return {
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file() and path.name not in later
    }


def _differing_fields(first: Path, second: Path) -> list[str]:
    """Fields of two manifests that differ, times and paths aside; of the versions those that the older one tells."""
    old, new = (read_manifest(file).content for file in (first, second))
    new = {**new, "versions": {name: new["versions"].get(name) for name in old["versions"]}}
    names = [name for name in sorted({*old, *new}) if name not in TIMES_AND_PATHS]
    return [name for name in names if old.get(name) != new.get(name)]


def differing_versions(manifest: RunManifest) -> dict[str, tuple[str, str]]:
    """What the run was made with and this is not: packages, Python, the machine."""
    then = {**manifest.versions, "machine": str(manifest.content.get("platform", "unknown"))}
    today = {name: _version_now(name) for name in then}
    then["equations"] = str(manifest.identity.get("equations", "unknown"))
    today["equations"] = equations_digest(manifest.identity["engine"])
    return {name: (made, today[name]) for name, made in then.items() if today[name] != made}


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
