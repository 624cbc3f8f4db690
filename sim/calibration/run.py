"""One calibration from start to finish: its folder, what is kept in between, and what is said at the end."""

import json
import shutil
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sim.calibration.findings import Findings
from sim.calibration.output import write_fit
from sim.calibration.report import write_report
from sim.calibration.stages import FULL, QUICK, Progress, calibration, digest_of, identity_of
from sim.ensembles.registry import DRAWS, MANIFEST
from sim.io.errors import InputError, Problem

REPORT = "report.html"


def calibrated(
    folder: Path, *, name: str, seed: int, is_quick: bool, command: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> list[str]:  # fmt: skip
    """Fit, write the fit's folder, and return what there is to say.

    folder : new, or one that holds an unfinished calibration of the same identity, or the same fit, which is replaced

    Raises InputError if the folder holds anything else.
    """
    began = time.perf_counter()
    kept = folder.parent / f".{folder.name}.unfinished"
    one = calibration(QUICK if is_quick else FULL, seed, kept, progress=progress)
    identity = identity_of(one)
    _check(folder)
    _prepare(kept, digest_of(identity))
    findings = Findings(one)
    before = _seconds_before(kept)
    draft = kept / "draft"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    try:
        write_fit(findings, draft, name, {"identity": identity})
    finally:
        _note_seconds(kept, before + time.perf_counter() - began)
    manifest = json.loads((draft / MANIFEST).read_text(encoding="utf-8"))
    manifest["seconds"] = round(_seconds_before(kept), 1)
    manifest["command"] = list(command) if command is not None else None
    manifest["written"] = datetime.now(UTC).isoformat(timespec="seconds")
    (draft / MANIFEST).write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    write_report(draft, draft / REPORT)
    if folder.exists():
        shutil.rmtree(folder)
    draft.rename(folder)
    shutil.rmtree(kept)
    return summary(manifest, folder, findings)


def _check(folder: Path) -> None:
    """A folder that holds anything but a fit is left alone."""
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    if not (folder / MANIFEST).is_file() or not (folder / DRAWS).is_file():
        message = "is not empty and holds no fit; choose another folder with --out"
        raise InputError(folder, [Problem(None, "", message)])


def _prepare(kept: Path, digest: str) -> None:
    """The folder of finished stages; those of another calibration are refused, not mixed."""
    mark = kept / "identity"
    if kept.is_dir() and mark.is_file() and mark.read_text(encoding="utf-8") != digest:
        message = (
            "holds the stages of another calibration (other options, priors, moments or code); remove it, or choose "
            "another folder with --out"
        )
        raise InputError(kept, [Problem(None, "", message)])
    try:
        kept.mkdir(parents=True, exist_ok=True)
        mark.write_text(digest, encoding="utf-8")
    except OSError as error:
        message = f"cannot be written ({error.strerror}); choose another folder with --out"
        raise InputError(kept, [Problem(None, "", message)]) from None


def _seconds_before(kept: Path) -> float:
    """Time that earlier sittings of this calibration took."""
    file = kept / "seconds"
    return float(file.read_text(encoding="utf-8")) if file.is_file() else 0.0


def _note_seconds(kept: Path, seconds: float) -> None:
    (kept / "seconds").write_text(str(seconds), encoding="utf-8")


def summary(manifest: dict[str, Any], folder: Path, findings: Findings) -> list[str]:
    """What a calibration says at its end."""
    rows = findings.parameters()
    counts = {one: sum(row["word"] == one for row in rows) for one in ("pinned", "bounded", "assumed")}
    named = {one: ", ".join(row["key"] for row in rows if row["word"] == one) for one in ("pinned", "bounded")}
    outside = [row for row in findings.moment_rows() if row["inside_90"] == "false"]
    size = (
        f"Fitted in {manifest['seconds']:.0f} s: {manifest['draws']} draws, effective size {manifest['ess']:.0f}, "
        f"largest r-hat {manifest['rhat_max']:.3f} between {len(findings.groups)} independent groups."
    )
    taught = (
        f"Of {len(rows)} uncertain numbers the figures pin {counts['pinned']}, bound {counts['bounded']}, and leave "
        f"{counts['assumed']} as they were assumed."
    )
    lines = [
        size,
        taught,
        f"Pinned: {named['pinned'] or 'none'}.",
        f"Bounded: {named['bounded'] or 'none'}.",
        f"Outside the 90 per cent range of what worlds predict: {', '.join(row['id'] for row in outside) or 'none'}.",
        f"All of it: {folder / REPORT}",
        f"Use it: armsrace run SCENARIO --fit {folder}",
    ]
    if manifest["is_quick"]:
        lines.insert(1, "This is a quick fit for teaching; publish with the full one (without --quick).")
    return lines
