"""Pictures drawn while the program goes on: in a second process where one is worth its start, else at once."""

import os
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from sim.io import plugged
from sim.io.background import Background, BackgroundError
from sim.io.log import LOG
from sim.plots.registry import Plot, plots, plots_of, write_files

Names = tuple[tuple[str, str], ...]  # plots, each with the name of its files


class Painter:
    """Draws pictures in some formats. Equal pictures have equal bytes, wherever they are drawn."""

    def __init__(self, formats: Sequence[str], background: Background | None = None) -> None:
        self.formats = tuple(formats)
        self._background = background
        self._asked: set[str] = set()
        self._coming: list[tuple[Future[dict[str, bytes]], Names, Any]] = []
        self._files: dict[str, bytes] = {}
        if background is not None:
            background.submit(ready)

    def paint_all(self, of: str, subject: Any) -> None:
        """Ask for all pictures that a result of some kind bears by now, but for those that were asked for before."""
        self._paint(
            tuple((plot.name, plot.name) for plot in plots_of(of, subject) if plot.name not in self._asked), subject
        )

    def paint(self, plot: Plot, subject: Any, name: str) -> None:
        """Ask for one picture, under a name of its own."""
        self._paint(((plot.name, name),), subject)

    def _paint(self, names: Names, subject: Any) -> None:
        if not names or not self.formats:
            return
        self._asked |= {name for _, name in names}
        if self._background is None:
            self._files |= drawn(names, subject, self.formats)
        else:
            self._coming.append((self._background.submit(drawn, names, subject, self.formats), names, subject))

    def write(self, folder: Path) -> None:
        """Write all that was asked for; what the second process could not draw is drawn in this one."""
        for future, names, subject in self._coming:
            try:
                self._files |= future.result()
            except BackgroundError as error:
                LOG.info(f"The pictures are drawn in this process; the second one said: {error}")
                self._files |= drawn(names, subject, self.formats)
        if self._files:
            write_files(folder, self._files)


@contextmanager
def painting(formats: Sequence[str], threads: int | None) -> Iterator[Painter]:
    """A painter while the block lasts.

    formats : of the pictures; without any there is nothing to paint
    threads : at most so many at once; of a single one all belongs to this process
    """
    try:
        background = Background() if formats and is_worth_it(threads) else None
    except OSError as error:  # the system gives no further process
        LOG.info(f"The pictures are drawn in this process: {error}")
        background = None
    with background or nullcontext():
        yield Painter(formats, background)


def is_worth_it(threads: int | None) -> bool:
    """Whether a second process is done sooner: with a core for it, and as long as this one has not loaded what draws."""
    cores = min(threads or sys.maxsize, os.cpu_count() or 1)
    return cores > 1 and "matplotlib.figure" not in sys.modules and not plugged.FILES


def ready() -> None:
    """Load what draws."""
    import matplotlib.backends.backend_svg
    import matplotlib.figure  # noqa: F401

    plots()


def drawn(names: Names, subject: Any, formats: Sequence[str]) -> dict[str, bytes]:
    """The content of the files of some pictures of one result, by their names."""
    return {
        file: whole for plot, name in names for file, whole in plots()[plot].content(subject, name, formats).items()
    }
