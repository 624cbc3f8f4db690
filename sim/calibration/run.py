"""One calibration from start to finish: its folder, what is kept in between, and what is said at the end."""

import json
import os
import re
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sim.calibration.findings import Findings
from sim.calibration.moments import load_moments
from sim.calibration.output import FILES, write_fit, write_json
from sim.calibration.report import write_report
from sim.calibration.stages import FULL, QUICK, calibration, digest_of, identity_of
from sim.ensembles.folder import Fit, read_fit
from sim.ensembles.registry import DRAWS, MANIFEST
from sim.io.errors import InputError, refusal
from sim.io.files import read_bytes, read_json, resolved
from sim.io.progress import Progress
from sim.io.templates import points
from sim.io.writing import DRAFT, WholeFolder, locked, told_of, written_whole

REPORT = "report.html"
IDENTITY, SECONDS, LOCK = "identity", "seconds", ".lock"  # in the folder of stages
MARK_BYTES = 1000  # of what stands in these
_OURS = re.compile(rf"{IDENTITY}|{SECONDS}|\{LOCK}|[a-z0-9-]+\.np[yz]|{re.escape(DRAFT)}.*")


def calibrated(
    folder: str | Path, *, name: str = "", seed: int = 1, is_quick: bool = False, overwrite: bool = False,
    moments: str | Path | None = None, command: Sequence[str] | None = None, progress: Progress | None = None,
) -> tuple[str, ...]:  # fmt: skip
    """Fit, write the fit's folder, and return what there is to say.

    folder    : new, or one that holds an unfinished calibration of the same identity, or the same fit, which is replaced
    name      : of the fit; that of its folder by default
    is_quick  : a small one, to try
    overwrite : whether another fit in it may go
    moments   : file of what is fitted, in the form of calibration/moments.yaml; that of the documents by default

    Raises InputError if the folder holds anything else.
    """
    began = time.perf_counter()
    folder = resolved(Path(folder))
    kept = folder.parent / f".{folder.name}.unfinished"
    fitted = None if moments is None else load_moments(Path(moments))
    findings = Findings(calibration(QUICK if is_quick else FULL, seed, kept, fitted, progress))
    identity = identity_of(findings.calibration)
    check_fit_folder(folder, identity, overwrite)
    _check_kept(kept, digest_of(identity))
    try:
        kept.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise refusal(kept, f"cannot be written ({error.strerror}); choose another folder with --out") from None
    with locked(kept / LOCK, "another calibration"):
        _write_whole(kept / IDENTITY, digest_of(identity))
        whole = WholeFolder(folder)
        try:
            before = _seconds_before(kept)
            try:
                with told_of(folder):
                    write_fit(findings, whole.draft, name or folder.name, {"identity": identity})
            finally:
                _write_whole(kept / SECONDS, str(before + time.perf_counter() - began))
            manifest = json.loads((whole.draft / MANIFEST).read_text(encoding="utf-8"))
            manifest["seconds"] = round(_seconds_before(kept), 1)
            manifest["command"] = list(command) if command is not None else None
            manifest["written"] = datetime.now(UTC).isoformat(timespec="seconds")
            write_json(whole.draft / MANIFEST, manifest)
            write_report(whole.draft, whole.draft / REPORT)
            lines = summary(read_fit(whole.draft), folder)
            check_fit_folder(folder, identity, overwrite)  # something may have come in between
            whole.finish()
        finally:
            whole.withdraw()
        for path in kept.iterdir():
            if _OURS.fullmatch(path.name):
                path.unlink()
    with suppress(OSError):  # it holds something else
        kept.rmdir()
    return lines


def check_fit_folder(folder: Path, identity: dict[str, object], overwrite: bool) -> None:
    """InputError for a folder that holds anything but a fit, and for one with another fit unless told."""
    if not os.path.lexists(folder):
        return
    if not folder.is_dir():
        raise refusal(folder, "is a file; choose a folder with --out")
    held = sorted(path.name for path in folder.iterdir())
    if not held:
        return
    if MANIFEST not in held or DRAWS not in held:
        raise refusal(folder, "is not empty and holds no fit; choose another folder with --out")
    others = [name for name in held if name not in (*FILES, REPORT) or not (folder / name).is_file()]
    if others:
        message = (
            f'holds a fit and also "{others[0]}", which would be lost; move it, or choose another folder with --out'
        )
        raise refusal(folder, message)
    if not overwrite and _identity_in(folder) != json.loads(json.dumps(identity)):
        raise refusal(folder, "holds another fit; choose another folder with --out, or add --overwrite to replace it")


def _identity_in(folder: Path) -> Any:
    """What decided the numbers of the fit in a folder; None where it does not say."""
    try:
        return read_json(folder / MANIFEST)["identity"]
    except (InputError, OSError, ValueError, KeyError, TypeError):
        return None


def _check_kept(kept: Path, digest: str) -> None:
    """The stages of another calibration are refused, not mixed; and so is a folder that is not of a calibration."""
    if not os.path.lexists(kept):
        return
    if kept.is_symlink() or not kept.is_dir():
        raise refusal(kept, "is no folder; remove it, or choose another folder with --out")
    mark, held = kept / IDENTITY, [path.name for path in kept.iterdir()]
    found = read_bytes(mark, MARK_BYTES).decode(errors="replace") if mark.is_file() else ""
    is_begun = not found and all(_OURS.fullmatch(name) and not name.endswith((".npz", ".npy")) for name in held)
    if found != digest and not is_begun:
        message = (
            "holds the stages of another calibration (other options, priors, moments or code); remove it, or choose "
            "another folder with --out"
        )
        raise refusal(kept, message)


def _write_whole(file: Path, text: str) -> None:
    with written_whole(file) as draft:
        draft.write_text(text, encoding="utf-8")


def _seconds_before(kept: Path) -> float:
    """Time that earlier sittings of this calibration took."""
    try:
        return float(read_bytes(kept / SECONDS, MARK_BYTES))
    except (OSError, ValueError):
        return 0.0


def summary(fit: Fit, folder: Path) -> tuple[str, ...]:
    """What a calibration says at its end."""
    keys = {word: [row.key for row in fit.parameters if row.word == word] for word in ("pinned", "bounded")}
    groups = fit.manifest.identity["effort"][1]
    return points("fit_summary.txt", fit=fit, groups=groups, folder=str(folder), page=str(folder / REPORT), **keys)
