"""Progress on standard error: a bar on a terminal, else a line for each tenth of a long task."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sim.io.log import LOG
from sim.io.terminal import complain

Progress = Callable[[str, int, int], None]
QUIET_FOR = 4.0  # seconds before a task that is not watched on a terminal says how far it is
TENTHS = 10


def advanced(progress: Progress | None, stage: str, done: int, total: int) -> None:
    """Say how far a task is, to who watches it or else to the log."""
    if progress is None:
        LOG.info("%s: %d of %d", stage, done, total)
    else:
        progress(stage, done, total)


@contextmanager
def watched(unit: str = "") -> Iterator["Progress"]:
    """What a long task calls to say how far it is: a bar on a terminal, else a line for each tenth.

    unit : of what is counted, where the rate is to be shown; such a task says every tenth, however short it is
    """
    if not sys.stderr.isatty():
        yield Lines(unit)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    share, rate = TextColumn("{task.percentage:3.0f} %"), [TextColumn("{task.fields[rate]}")] if unit else []
    columns = TextColumn("{task.description}"), BarColumn(), share, *rate, TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("simulations", total=None, rate="")
        pace = Pace()

        def advance(stage: str, done: int, total: int) -> None:
            bar.update(task, description=stage, completed=done, total=total, rate=pace.words(done, unit))

        yield advance


class Pace:
    """How fast a task goes, from the first time that it says how far it is."""

    def __init__(self) -> None:
        self._began = 0.0
        self._first: int | None = None

    def words(self, done: int, unit: str) -> str:
        """What was done in a second; "" where that is nothing yet."""
        now = time.monotonic()
        if self._first is None or done < self._first:
            self._began, self._first = now, done
        rate = (done - self._first) / max(1e-9, now - self._began)
        return f"{rate:,.0f} {unit}/s" if rate > 0.0 else ""


class Lines:
    """One line on standard error for each tenth of a stage, once it has been going on for more than a few seconds.

    The clock starts with the first simulations: what goes before, such as preparing the engine, says nothing of the rest.
    """

    def __init__(self, unit: str = "") -> None:
        self._unit = unit
        self._pace = Pace()
        self._stage = ""
        self._began = 0.0
        self._first = 0
        self._tenths = 0

    def __call__(self, stage: str, done: int, total: int) -> None:
        now = time.monotonic()
        if stage != self._stage:
            self._stage, self._began, self._first, self._tenths = stage, now, done, 0
        tenths = TENTHS * done // max(1, total)
        passed = now - self._began
        rate = f", {words}" if self._unit and (words := self._pace.words(done, self._unit)) else ""
        if tenths > self._tenths and (passed > QUIET_FOR or self._unit):
            self._tenths = tenths
            left = passed * (total - done) / max(1, done - self._first)
            complain(f"{stage}: {tenths * TENTHS} %{rate}, about {left:.0f} s left")
