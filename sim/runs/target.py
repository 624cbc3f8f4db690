"""The folder that a run is written to: it appears whole or not at all, and takes the place of nothing that might be missed."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sim.analysis.output import MANIFEST, changed_files, strangers
from sim.engines.options import ALL
from sim.io.errors import InputError, refusal
from sim.io.files import read_json, resolved
from sim.io.writing import WholeFolder, whole_folder


@contextmanager
def run_folder(out: str | Path | None, identity: dict[str, Any], overwrite: bool) -> Iterator[WholeFolder | None]:
    """The folder to write a run to, which stands when the block ends well; None where none is named.

    Raises InputError where something else stands there, before the block and after it.
    """
    if out is None:
        yield None
        return
    target = resolved(Path(out))
    with whole_folder(target, lambda: check_target(target, identity, overwrite)) as folder:
        yield folder


def check_target(target: Path, identity: dict[str, Any], overwrite: bool) -> None:
    """A folder that holds anything but a run is left alone, and so is a run of another scenario unless told; InputError says so."""
    message = None
    if any((parent / MANIFEST).is_file() for parent in target.parents):
        message = "lies inside the folder of another run; choose another folder with --out"
    elif target.exists() and not target.is_dir():
        message = "is a file; choose a folder with --out"
    elif target.is_dir() and any(target.iterdir()):
        message = _objection(target, identity, overwrite)
    if message is not None:
        raise refusal(target, message)


def _objection(target: Path, identity: dict[str, Any], overwrite: bool) -> str | None:
    """Why a folder with something in it must not be replaced, or None."""
    manifest = _manifest_in(target)
    if manifest is None:
        return "is not empty and holds no run; choose another folder with --out"
    held = manifest["identity"]
    if others := strangers(target, manifest.get("files", ())):
        return f'holds a run and also "{others[0]}", which would be lost; move it, or choose another folder with --out'
    if not overwrite and (changed := changed_files(target, manifest.get("files", {}))):
        remedy = "move it, choose another folder with --out, or add --overwrite to replace it"
        return f'holds a run whose "{changed[0]}" was changed since, and would be lost; {remedy}'
    if held.get("plugins") != identity.get("plugins") and not overwrite:
        return "holds a run with other plug-ins (--plugin); choose another folder with --out, or add --overwrite to replace it"
    if _subject(held) != _subject(identity) and not overwrite:
        return (
            f"holds another run, {_subject(held)}; choose another folder with --out, or add --overwrite to replace it"
        )
    return None


def _subject(identity: dict[str, Any]) -> str:
    """What a run is about: a folder holds the last one of its scenario."""
    scenario = identity["scenario"]
    names = scenario if isinstance(scenario, str) else " and ".join(scenario)
    kind = identity.get("kind", "every theory" if identity.get("theory") == ALL else "")
    return f"the {kind} of {names}" if identity.get("kind") else f"{names} under {kind}" if kind else f"that of {names}"


def _manifest_in(target: Path) -> dict[str, Any] | None:
    """The manifest of the run that a folder holds; None if it holds none."""
    try:
        manifest: dict[str, Any] = read_json(target / MANIFEST)
        is_run = manifest["format_version"] == 1 and {"scenario", "scenario_sha256", "seed"} <= set(
            manifest["identity"]
        )
        is_run = is_run and isinstance(manifest.get("files", {}), dict)
    except (InputError, OSError, ValueError, KeyError, TypeError):
        return None
    return manifest if is_run else None
