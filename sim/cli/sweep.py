"""`armsrace sweep`: many runs over a design, and one table."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Literal

from sim.cli.options import RESULTS, Threads, flag, option, repeated, whole
from sim.io.errors import refusal
from sim.io.progress import watched
from sim.io.terminal import complain, emit, paragraph

FAILED_RUNS = 3
DesignPath = Annotated[str, option("A design file; armsrace new --design NAME writes one.", name="DESIGN")]
Out = Annotated[Path | None, option("Folder to write. Default: results/NAME/ below the current directory.")]
DryRun = Annotated[
    bool, flag("Say how many runs there would be, how long they would take and how large the table would be, and stop.")
]
Limit = Annotated[int, whole("Refuse to start more runs than this, each point, member and scenario counted.")]
Chunk = Annotated[
    int | None,
    whole("Runs in each of the files that are kept on the way. Default: by the number of runs, 2048 at most."),
]
Again = Annotated[bool, flag("When all is done, run those that failed once more.")]
Part = Annotated[
    str | None,
    option(
        "Make one of several parts, such as 3/40, and no table; parts may run at once where they share the folder. The same command "
        "without it makes what is missing and puts them together."
    ),
]
Dask = Annotated[
    str | None,
    option(
        "Run on Dask: local, the address of a scheduler (tcp://HOST:PORT), or its scheduler file. Default: threads of this process."
    ),
]
Format = Annotated[
    Literal["text", "json", "iamc"],
    option(
        "Words for a reader, one JSON document for a program, or words and a long table in the IAMC's columns, iamc.csv.",
        name="--format",
    ),
]
Members = Annotated[int | None, whole("Members at each point. Default: what the design says.")]
Seed = Annotated[int | None, whole("Seed of every draw. Default: what the design says.")]
Until = Annotated[str | None, option("Last quarter. Default: what the design says.")]
Settings = Annotated[
    tuple[str, ...],
    repeated(
        "--set",
        "Fix one number in every scenario that has it, written NAME=VALUE, beside those that the design fixes. Default: none.",
    ),
]
Theory = Annotated[
    str | None, option("A rival theory: spiral, deterrence or no-effect. Default: what the design says.")
]
Ensemble = Annotated[str | None, option("The ensemble. Default: what the design says.")]


def sweep(
    design: DesignPath,
    /,
    *,
    dry_run: DryRun = False,
    limit: Limit = 1_000_000,
    out: Out = None,
    members: Members = None,
    seed: Seed = None,
    until: Until = None,
    settings: Settings = (),
    ensemble: Ensemble = None,
    theory: Theory = None,
    chunk: Chunk = None,
    rerun_failed: Again = False,
    part: Part = None,
    dask: Dask = None,
    threads: Threads = None,
    form: Format = "text",
) -> int:
    """Run scenarios over a design of parameters and event sizes: one table.

    The same command on the same folder goes on where it was stopped. The table has the same bytes on any number of
    workers. Exit code 3 says that some runs failed; they are rows with the status "failed" and the reason.
    """
    for name, number in (("threads", threads), ("chunk", chunk), ("limit", limit)):
        if number is not None and number < 1:
            raise refusal("options", f"{number} is below 1", name)
    from sim.sweep import text
    from sim.sweep.cost import trial, trial_document, trial_lines
    from sim.sweep.dask import dask_workers
    from sim.sweep.design import read_design
    from sim.sweep.iamc import write_iamc
    from sim.sweep.run import run_sweep

    changes = {"members": members, "seed": seed, "until": until, "fit": ensemble, "theory": theory}
    chosen = read_design(design, changes, settings)
    if dry_run:
        tried = trial(chosen, threads)
        emit(form, lambda: trial_document(chosen, tried), lambda: trial_lines(chosen, tried, limit))
        return 0
    folder = out or RESULTS / chosen.name
    workers = None if dask is None else dask_workers(dask, threads)
    with _what_is_kept(folder), watched(unit="runs") as progress:
        finished = run_sweep(
            chosen, out=folder, threads=threads, limit=limit, chunk=chunk, rerun_failed=rerun_failed, part=_part(part),
            workers=workers, progress=progress, command=sys.argv,
        )  # fmt: skip
    if part is not None:
        document = {"out": str(folder), "part": part, "rows": finished.runs, "resumed": finished.resumed}
        emit("json" if form == "json" else "text", lambda: document, lambda: text.part_lines(finished, part))
        return 0
    files = []
    if form == "iamc":
        file, left_out = write_iamc(folder)
        files.append(file)
        if left_out:
            complain(
                paragraph(f"Not in {file.name}, which has lines for years and quarters only: {', '.join(left_out)}.")
            )
    emit(form, lambda: text.finished_document(finished, folder), lambda: text.finished_lines(finished, folder, files))
    return FAILED_RUNS if finished.failed else 0


def _part(given: str | None) -> tuple[int, int] | None:
    """The part that a word such as 3/40 means."""
    if given is None:
        return None
    number, _, count = given.partition("/")
    if not (number.isdecimal() and count.isdecimal()):
        raise refusal("options", f'"{given}" is no part; write 3/40 for the third of forty', "part")
    return int(number), int(count)


@contextmanager
def _what_is_kept(folder: Path) -> Iterator[None]:
    """A full disk is told as such, with what to do."""
    try:
        yield
    except ConnectionError:
        raise
    except OSError as error:
        message = f"{error.strerror or error}; what is finished is kept, and the same command goes on from there"
        raise OSError(error.errno or 0, message, str(folder)) from error
