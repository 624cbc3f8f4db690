"""What is said before the engine is compiled for the first time."""

import sys
from pathlib import Path

from sim.printing import complain

PREPARING = "Preparing the engine; the first run takes about half a minute."


def announce_preparation() -> None:
    """Tell somebody who watches a terminal that the first run takes longer than the next."""
    if sys.stderr.isatty() and _engine_is_cold():
        complain(PREPARING)


def _engine_is_cold() -> bool:
    """Whether nothing is compiled yet for these sources."""
    import numba

    import sim.compiled  # noqa: F401 - it names the cache folder

    return not any(Path(numba.config.CACHE_DIR).rglob("*.nbc"))
