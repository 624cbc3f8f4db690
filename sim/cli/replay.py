"""`armsrace replay`: whether a run or a sweep can be repeated to the byte."""

from typing import Annotated

from sim.cli.options import Format, Threads, option
from sim.io.progress import watched
from sim.io.terminal import emit

Run = Annotated[str, option("The manifest.json of a run or a sweep, or the folder that holds it.", name="MANIFEST")]
FAILED = 1


def replay(run: Run, /, *, form: Format = "text", threads: Threads = None) -> int | None:
    """Repeat a run or a sweep from its manifest and compare it byte for byte.

    Exit code 1 says that anything differs. The times and paths in the manifest are left out of the comparison. Nothing is written.
    Where another version of a library was at work, the answer names it.
    """
    from sim.runs.sweep_replay import is_sweep, replayed_sweep

    if is_sweep(run):
        with watched(unit="runs") as progress:
            made = replayed_sweep(run, threads=threads, progress=progress)
        emit(form, made.document, made.lines)
        return None if made.is_same else FAILED
    from sim.runs.replay import replayed
    from sim.runs.replay_answer import document, replay_answer

    with watched() as progress:
        again = replayed(run, threads=threads, progress=progress)
    emit(form, lambda: document(again), lambda: replay_answer(again))
    return None if again.is_same else FAILED
