"""One calibration from start to finish: its folder, what is kept in between, and what is said at the end."""

import json
import shutil
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from sim.calibration.findings import Findings
from sim.calibration.output import write_fit
from sim.calibration.report import write_report
from sim.calibration.stages import FULL, QUICK, calibration, digest_of, identity_of
from sim.ensembles.folder import Fit, read_fit
from sim.ensembles.registry import DRAWS, MANIFEST
from sim.io.errors import refusal
from sim.io.progress import Progress
from sim.io.templates import points

REPORT = "report.html"
SECONDS = "seconds"


def calibrated(
    folder: Path, *, name: str, seed: int, is_quick: bool, command: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> tuple[str, ...]:  # fmt: skip
    """Fit, write the fit's folder, and return what there is to say.

    folder : new, or one that holds an unfinished calibration of the same identity, or the same fit, which is replaced

    Raises InputError if the folder holds anything else.
    """
    began = time.perf_counter()
    kept = folder.parent / f".{folder.name}.unfinished"
    findings = Findings(calibration(QUICK if is_quick else FULL, seed, kept, progress=progress))
    identity = identity_of(findings.calibration)
    _check(folder)
    _prepare(kept, digest_of(identity))
    before = _seconds_before(kept)
    draft = kept / "draft"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    try:
        write_fit(findings, draft, name, {"identity": identity})
    finally:
        (kept / SECONDS).write_text(str(before + time.perf_counter() - began), encoding="utf-8")
    manifest = json.loads((draft / MANIFEST).read_text(encoding="utf-8"))
    manifest["seconds"] = round(_seconds_before(kept), 1)
    manifest["command"] = list(command) if command is not None else None
    manifest["written"] = datetime.now(UTC).isoformat(timespec="seconds")
    (draft / MANIFEST).write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    write_report(draft, draft / REPORT)
    lines = summary(read_fit(draft), folder)
    if folder.exists():
        shutil.rmtree(folder)
    draft.rename(folder)
    shutil.rmtree(kept)
    return lines


def _check(folder: Path) -> None:
    """A folder that holds anything but a fit is left alone."""
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    if not (folder / MANIFEST).is_file() or not (folder / DRAWS).is_file():
        raise refusal(folder, "is not empty and holds no fit; choose another folder with --out")


def _prepare(kept: Path, digest: str) -> None:
    """The folder of finished stages; those of another calibration are refused, not mixed."""
    mark = kept / "identity"
    if kept.is_dir() and mark.is_file() and mark.read_text(encoding="utf-8") != digest:
        message = (
            "holds the stages of another calibration (other options, priors, moments or code); remove it, or choose "
            "another folder with --out"
        )
        raise refusal(kept, message)
    try:
        kept.mkdir(parents=True, exist_ok=True)
        mark.write_text(digest, encoding="utf-8")
    except OSError as error:
        raise refusal(kept, f"cannot be written ({error.strerror}); choose another folder with --out") from None


def _seconds_before(kept: Path) -> float:
    """Time that earlier sittings of this calibration took."""
    file = kept / SECONDS
    return float(file.read_text(encoding="utf-8")) if file.is_file() else 0.0


def summary(fit: Fit, folder: Path) -> tuple[str, ...]:
    """What a calibration says at its end."""
    keys = {word: [row.key for row in fit.parameters if row.word == word] for word in ("pinned", "bounded")}
    groups = fit.manifest.identity["effort"][1]
    return points("fit_summary.txt", fit=fit, groups=groups, folder=str(folder), page=str(folder / REPORT), **keys)
