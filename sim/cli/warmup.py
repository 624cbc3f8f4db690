"""What is said before the engine is compiled for the first time."""

import sys
from pathlib import Path

from sim.io.terminal import complain

PREPARING = "Preparing the engine, once; the first run takes about half a minute, longer on a busy machine."


def announce_preparation(*, always: bool = False) -> None:
    """Tell somebody who watches a terminal that the first run takes longer than the next.

    always : tell it in a pipe, too, for tasks that would else say nothing for minutes on a busy machine
    """
    if (always or sys.stderr.isatty()) and _engine_is_cold():
        complain(PREPARING)


def _engine_is_cold() -> bool:
    """Whether nothing is compiled yet for these sources."""
    import numba

    import sim.engines.compiled.jit  # noqa: F401 - it names the cache folder

    return not any(Path(numba.config.CACHE_DIR).rglob("*.nbc"))
