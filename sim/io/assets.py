"""Where the data folders are: beside ``sim/`` in a checkout, in ``sim/_data/`` in an installed wheel; a user's own; a region's."""

import os
from functools import cache
from pathlib import Path

from sim.io.errors import refusal

OWN = "ARMSRACE_DATA"  # of the environment: a folder whose files stand in for ours of the same path
REGION = "ARMSRACE_REGION"  # of the environment: the folder of another region than ours, see docs/regions.md
OF_NO_REGION = (
    ("CITATION.cff",),
    ("calibration", "theories.yaml"),
    ("calibration", "mechanisms.yaml"),
    ("calibration", "reactions"),
)
"""What a region takes from ours where it has none of its own."""


@cache
def data_root() -> Path:
    """The folder that holds ``seeds/``, ``scenarios/`` and ``calibration/``."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "_data"
    return installed if installed.is_dir() else package.parent


@cache
def _own_root(named: str) -> Path:
    """The user's folder; InputError where it is none, or holds nothing that could stand in for anything."""
    root = Path(named)
    if not any((root / one).is_dir() for one in ("seeds", "calibration", "scenarios")):
        fault = "and it is no folder with seeds/, calibration/ or scenarios/ in it"
        raise refusal(named, f"--data or {OWN} names this, {fault}")
    return root


def take_data(folder: str) -> None:
    """Take a user's folder from now on; InputError where it is none."""
    _own_root(folder or "an empty name")
    os.environ[OWN] = folder


_named: dict[tuple[str, ...], Path] = {}


def stand_in(file: str | Path, *parts: str) -> None:
    """Take a file in the place of one of ours from now on; what was read already stays as it was read."""
    if not Path(file).is_file():
        raise refusal(file, f"is no file; it was to stand in for {'/'.join(parts)}")
    _named[parts] = Path(file).resolve()


@cache
def shipped_regions() -> dict[str, Path]:
    """Folders of the regions that come with the program beside its own, by name."""
    return {path.name: path for path in sorted((data_root() / "seeds" / "regions").glob("*")) if path.is_dir()}


def region_folder() -> Path | None:
    """The folder of the region that was chosen; None for ours."""
    named = os.environ.get(REGION)
    return (shipped_regions().get(named) or Path(named)) if named else None


def is_shipped_region() -> bool:
    """Whether the region comes with the program, and so its compiled model."""
    return region_folder() in (None, *shipped_regions().values())


def is_there(*parts: str) -> bool:
    """Whether the region has a file or folder; ours has all that the program asks for."""
    return (folder := region_folder()) is None or folder.joinpath(*parts).exists()


def data_file(*parts: str) -> Path:
    """A file of the data folders, the user's own where there is one: ``data_file("seeds", "actors.yaml")``; it need not exist.

    InputError where another region than ours has no such file.
    """
    if parts in _named:
        return _named[parts]
    if (named := os.environ.get(OWN)) and (own := _own_root(named).joinpath(*parts)).exists():
        return own
    folder = region_folder()
    if folder is None or (parts[:2] in OF_NO_REGION and not is_there(*parts)):
        return data_root().joinpath(*parts)
    if not is_there(*parts):
        missing = "/".join(parts)
        raise refusal(folder, f"this region has no {missing}, which is needed here; add it, or leave --region out")
    return folder.joinpath(*parts)
