"""Where the data folders are: beside ``sim/`` in a checkout, in ``sim/_data/`` in an installed wheel."""

from functools import cache
from pathlib import Path


@cache
def data_root() -> Path:
    """The folder that holds ``seeds/``, ``scenarios/`` and ``calibration/``."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "_data"
    return installed if installed.is_dir() else package.parent


def data_file(*parts: str) -> Path:
    """A file below the data root, for example ``data_file("seeds", "actors.yaml")``; it need not exist."""
    return data_root().joinpath(*parts)
