"""`armsrace sweep`: many runs over a design, and one table."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter

from sim.cli.options import whole_number
from sim.cli.run import RESULTS, Threads
from sim.cli.warmup import announce_preparation
from sim.io.errors import InputError, Problem, shown_path
from sim.io.progress import watched
from sim.io.terminal import paragraph, say

if TYPE_CHECKING:
    from sim.sweep.cost import Trial
    from sim.sweep.design import Design
    from sim.sweep.run import Finished

FAILED_RUNS = 3
MEGABYTE = 1e6
DesignPath = Annotated[str, Parameter(name="DESIGN", help="A design file; armsrace new --design NAME writes one.")]
Out = Annotated[Path | None, Parameter(help="Folder to write. Default: results/NAME/ below the current directory.")]
DryRun = Annotated[
    bool,
    Parameter(
        negative=(),
        show_default=False,
        help="Say how many runs there would be, how long they would take and how large the table would be, and stop.",
    ),
]
Limit = Annotated[
    int,
    Parameter(
        converter=whole_number, help="Refuse to start more runs than this, each point, member and scenario counted."
    ),
]
Chunk = Annotated[
    int | None,
    Parameter(
        converter=whole_number,
        help="Runs in each of the files that are kept on the way. Default: by the number of runs, 2048 at most.",
    ),
]
Again = Annotated[
    bool, Parameter(negative=(), show_default=False, help="When all is done, run those that failed once more.")
]
Dask = Annotated[
    str | None,
    Parameter(
        help="Run on Dask: local, the address of a scheduler (tcp://HOST:PORT), or its scheduler file. Default: threads of this process."
    ),
]
Format = Annotated[
    Literal["text", "json", "iamc"],
    Parameter(
        name="--format",
        help="Words for a reader, one JSON document for a program, or words and a long table in the IAMC's columns, iamc.csv.",
    ),
]
Members = Annotated[
    int | None, Parameter(converter=whole_number, help="Members at each point. Default: what the design says.")
]
Seed = Annotated[
    int | None, Parameter(converter=whole_number, help="Seed of every draw. Default: what the design says.")
]
Until = Annotated[str | None, Parameter(help="Last quarter. Default: what the design says.")]
Settings = Annotated[
    tuple[str, ...],
    Parameter(
        name="--set",
        negative=(),
        show_default=False,
        help="Fix one number in every scenario that has it, written NAME=VALUE, beside those that the design fixes. Default: none.",
    ),
]
Theory = Annotated[
    str | None,
    Parameter(help="A rival theory: spiral, deterrence or no-effect. Default: what the design says."),
]
Fit = Annotated[str | None, Parameter(help="The ensemble. Default: what the design says.")]


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
    fit: Fit = None,
    theory: Theory = None,
    chunk: Chunk = None,
    rerun_failed: Again = False,
    dask: Dask = None,
    threads: Threads = None,
    form: Format = "text",
) -> int:
    """Run scenarios over a design of parameters and event sizes, and write one table.

    The same command on the same folder goes on where it was stopped. The table has the same bytes on any number of
    workers. Exit code 3 says that some runs failed; they are rows with the status "failed" and the reason.
    """
    for name, number in (("threads", threads), ("chunk", chunk), ("limit", limit)):
        if number is not None and number < 1:
            raise InputError("options", [Problem(None, name, f"{number} is below 1")])
    changes = {"members": members, "seed": seed, "until": until, "fit": fit, "theory": theory}
    chosen = _design(design, {name: value for name, value in changes.items() if value is not None}, settings)
    announce_preparation(always=True)
    if dry_run:
        from sim.sweep.cost import trial

        _say_trial(chosen, trial(chosen, threads), limit, form)
        return 0
    folder = RESULTS / chosen.name if out is None else out
    finished = _finished(
        chosen, folder, limit=limit, chunk=chunk, rerun_failed=rerun_failed, dask=dask, threads=threads
    )
    _say_finished(finished, folder, form)
    return FAILED_RUNS if finished.failed else 0


def _design(path: str, changes: dict[str, Any], settings: tuple[str, ...]) -> "Design":
    """The design with what the command line changes."""
    from sim.io.yaml_reader import parse_yaml
    from sim.sweep.design import read_design

    fixed: dict[str, Any] = {}
    for one in settings:
        name, sign, text = (part.strip() for part in one.partition("="))
        if not sign or not name or not text:
            raise InputError("--set", [Problem(None, one, "write NAME=VALUE, for example reaction.SRB=0.4")])
        fixed[name] = parse_yaml(f"value: {text}", "--set").data["value"]
    return read_design(path, {**changes, "fixed": fixed})


def _finished(chosen: "Design", folder: Path, *, dask: str | None, threads: int | None, **options: Any) -> "Finished":
    from sim.sweep.run import run_sweep

    workers = None
    if dask is not None:
        from sim.sweep.dask import dask_workers

        workers = dask_workers(dask, threads)
    with _what_is_kept(folder), watched(unit="runs") as progress:
        return run_sweep(
            chosen, out=folder, threads=threads, workers=workers, progress=progress, command=sys.argv, **options
        )


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


def _say_trial(chosen: "Design", found: "Trial", limit: int, form: str) -> None:
    sides, members = len(chosen.sides), chosen.content.members
    told = {
        "points": chosen.points, "members": members, "scenarios": sides, "runs": found.runs, "seconds": round(found.seconds, 1),
        "bytes": found.size, "columns": found.columns,
    }  # fmt: skip
    if form == "json":
        sys.stdout.write(json.dumps(told) + "\n")
        return
    say(
        f"{chosen.points:,} points x {members:,} members x {sides} scenarios = {found.runs:,} runs",
        f"about {duration(found.seconds)} on this machine, from a trial of a few of them",
        f"a table of about {shown_size(found.size)}: {found.runs:,} rows, {found.columns} columns",
    )
    if found.runs > limit:
        say(f"This is above the limit of {limit:,}; --limit {found.runs} runs it.")


def duration(seconds: float) -> str:
    """A time as a reader says it.

    >>> duration(0.2), duration(75.0), duration(7300.0)
    ('1 s', '75 s', '2 h 2 min')
    """
    if seconds < 120:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"


def shown_size(size: int) -> str:
    """A size in bytes as a reader says it.

    >>> shown_size(36842), shown_size(272_000_000)
    ('37 kB', '272.0 MB')
    """
    return f"{size / MEGABYTE:,.1f} MB" if size >= MEGABYTE else f"{size / 1e3:,.0f} kB"


def _say_finished(finished: "Finished", folder: Path, form: str) -> None:
    if form == "json":
        told = {"out": str(folder), "table": str(folder / finished.table.name), "rows": finished.runs}
        sys.stdout.write(json.dumps({**told, "failed": finished.failed, "resumed": finished.resumed}) + "\n")
        return
    table = shown_path(folder / finished.table.name)
    say(f"{table}: {finished.runs:,} rows, {shown_size(finished.table.stat().st_size)}")
    if finished.resumed:
        say(f"{finished.resumed:,} of them were there already.")
    if finished.failed:
        say(
            paragraph(
                f'{finished.failed:,} runs failed; they are rows with the status "failed" and the reason. '
                "After a remedy: the same command with --rerun-failed"
            )
        )
    if form == "iamc":
        from sim.sweep.iamc import write_iamc

        file = write_iamc(folder)
        say(f"{shown_path(file)}: {shown_size(file.stat().st_size)}")
    say("Next:", f"  python -c \"import pandas; print(pandas.read_parquet('{table}'))\"")
