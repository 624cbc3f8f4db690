"""Where the data folders are: beside ``sim/`` in a checkout, in ``sim/_data/`` in an installed wheel; or a user's own."""

import os
from functools import cache
from pathlib import Path

from sim.io.errors import refusal

OWN = "ARMSRACE_DATA"  # of the environment: a folder whose files stand in for ours of the same path


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
        raise refusal(
            named,
            f"--data or {OWN} names this, and it is no folder with seeds/, calibration/ or scenarios/ in it",
        )
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


def data_file(*parts: str) -> Path:
    """A file of the data folders, the user's own where there is one: ``data_file("seeds", "actors.yaml")``; it need not exist."""
    if parts in _named:
        return _named[parts]
    if (named := os.environ.get(OWN)) and (own := _own_root(named).joinpath(*parts)).exists():
        return own
    return data_root().joinpath(*parts)
