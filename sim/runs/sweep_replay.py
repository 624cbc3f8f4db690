"""A sweep again from its manifest, and whether it left the same bytes."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sim.analysis.output import MANIFEST
from sim.data import region
from sim.engines.simulate import equations_digest
from sim.io import plugged
from sim.io.errors import InputError, refusal
from sim.io.files import read_json
from sim.io.progress import Progress
from sim.io.provenance import digest_of, made_with
from sim.io.terminal import bullet, paragraph
from sim.io.writing import temp_store
from sim.scenario.loading import load_scenario
from sim.sweep.design import Design, read_design
from sim.sweep.folder import PACKAGES, POINTS, RUNS
from sim.sweep.run import run_sweep

NOT_RUN = ("name", "theory", "sha256", "compare_to")  # of a scenario as a sweep's manifest keeps it


@dataclass(frozen=True)
class SweepReplay:
    """A sweep made again.

    differing : files whose bytes are others
    versions  : name -> (of the sweep, of today) where they differ; the equations among them
    """

    folder: Path
    name: str
    rows: int
    differing: tuple[str, ...]
    versions: dict[str, tuple[str, str]]

    @property
    def is_same(self) -> bool:
        return not self.differing

    def document(self) -> dict[str, Any]:
        """What `replay --format json` prints."""
        versions = {name: {"run": then, "now": now} for name, (then, now) in self.versions.items()}
        return {
            "manifest": str(self.folder / MANIFEST), "sweep": self.name, "rows": self.rows, "same": self.is_same,
            "differing": list(self.differing), "versions": versions,
        }  # fmt: skip

    def lines(self) -> Iterator[str]:
        """The lines of the answer."""
        if self.is_same:
            yield paragraph(f"The same, byte for byte: points and table of the sweep {self.name}, {self.rows:,} rows.")
            return
        yield paragraph(f"Not the same: {' and '.join(self.differing)} of the sweep {self.name}.")
        for name, (then, now) in self.versions.items():
            yield bullet(f"{name} {then}; here it is {now}")
        if not self.versions:
            yield paragraph("Versions and equations are those of the sweep, so that a file was changed since.")


def is_sweep(ref: str | Path) -> bool:
    """Whether a path means the folder or the manifest of a sweep."""
    file = Path(ref) if Path(ref).name == MANIFEST else Path(ref) / MANIFEST
    try:
        return bool(read_json(file)["kind"] == "sweep")
    except (OSError, ValueError, KeyError, TypeError):
        return False


def replayed_sweep(ref: str | Path, *, threads: int | None = None, progress: Progress | None = None) -> SweepReplay:
    """Make the sweep of a folder again and compare its table; nothing is kept. InputError where that cannot be."""
    folder = Path(ref).parent if Path(ref).name == MANIFEST else Path(ref)
    manifest = read_json(folder / MANIFEST)
    if not manifest.get("complete") or "asked" not in manifest:
        raise refusal(folder, "is no finished sweep of this version; give the same command again, which finishes it")
    region.refuse_other(folder, manifest["identity"])
    asked = manifest["identity"].get("plugins", {})
    if others := plugged.differing(asked):
        raise refusal(
            folder,
            f"was run with other plug-ins than are loaded: {', '.join(asked) or 'none'}; what differs: {others}",
        )
    design = _design(folder, manifest)
    with temp_store() as place:
        again = run_sweep(design, out=place / "again", threads=threads, limit=design.runs, progress=progress).folder
        digests = {POINTS: manifest["points_sha256"], RUNS: manifest["runs_sha256"]}
        differing = tuple(
            name for name in digests if not digest_of(folder / name) == digest_of(again / name) == digests[name]
        )
    then = {**manifest["versions"], "equations": manifest["identity"]["equations"]}
    now = {**made_with(PACKAGES)["versions"], "equations": equations_digest()}
    versions = {name: (made, now.get(name, "not installed")) for name, made in then.items() if now.get(name) != made}
    return SweepReplay(folder, manifest["name"], manifest["rows"], differing, versions)


def _design(folder: Path, manifest: dict[str, Any]) -> Design:
    """The design of a manifest, with the scenarios as they were run."""
    asked = {key: value for key, value in manifest["asked"].items() if value is not None}
    if asked.get("vary") and isinstance(
        asked["vary"], dict
    ):  # in the order of the design, which JSON of ours does not keep
        asked["vary"] = {one["name"]: asked["vary"][one["name"]] for one in manifest["inputs"]}
    scenarios = []
    for entry in manifest["scenarios"]:
        resolved = {key: value for key, value in entry.items() if key not in NOT_RUN}
        held = load_scenario(resolved, name=entry["name"])
        scenarios.append(
            {"name": entry["name"], "scenario": held, **({"theory": entry["theory"]} if entry["theory"] else {})}
        )
    if asked["design"]["kind"] == "rows":
        raise refusal(
            folder,
            "has its points from a file of their own; give the command of the manifest again into another folder",
        )
    try:
        return replace(read_design({**asked, "scenarios": scenarios}), name=manifest["name"])
    except InputError as error:
        raise InputError(folder / MANIFEST, error.problems) from None
