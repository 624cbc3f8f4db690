"""`armsrace replay`: whether a run can be repeated to the byte."""

import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from sim.cli.run import Format, Threads
from sim.cli.warmup import announce_preparation
from sim.io.progress import watched
from sim.io.terminal import bullet, paragraph, say

if TYPE_CHECKING:
    from sim.runs.replay import Replay

Run = Annotated[str, Parameter(name="MANIFEST", help="The manifest.json of a run, or the folder that holds it.")]
FAILED = 1


def replay(run: Run, /, *, form: Format = "text", threads: Threads = None) -> int | None:
    """Repeat a run from its manifest and compare it byte for byte; exit code 1 if anything differs.

    The times and paths in the manifest are left out of the comparison. Nothing is written. Where another version of a library was at
    work, the answer names it.
    """
    from sim.runs.replay import replayed

    announce_preparation()
    with watched() as progress:
        found = replayed(run, threads=threads, progress=progress)
    if form == "json":
        sys.stdout.write(json.dumps(document(found), ensure_ascii=False, allow_nan=False) + "\n")
    else:
        say(*answer(found))
    return None if found.is_same else FAILED


def document(found: "Replay") -> dict[str, Any]:
    """What `replay --format json` prints."""
    return {
        "manifest": str(found.manifest.file),
        "scenario": found.manifest.identity["scenario"],
        "same": found.is_same,
        "same_numbers": found.has_same_numbers,
        "files": [{"file": one.file, "state": one.state, "fields": list(one.fields)} for one in found.files],
        "versions": {name: {"run": then, "now": now} for name, (then, now) in found.versions.items()},
    }


def answer(found: "Replay") -> Iterator[str]:
    """The lines of the answer."""
    told = found.manifest.identity
    what = f"{told['scenario']}, {told['members']:,} members, seed {told['seed']}"
    if found.is_same:
        yield paragraph(
            f"The same, byte for byte: {len(found.files)} files of {what}. (The manifest's times and paths aside.)"
        )
        return
    differing = [one for one in found.files if one.state != "the same"]
    yield paragraph(f"Not the same: {len(differing)} of {len(found.files)} files of {what}.")
    yield from (bullet(f"{one.file}: {one.state}{_fields(one.fields)}") for one in differing)
    if found.has_same_numbers:
        yield paragraph("The tables are the same; only pictures, pages or the manifest differ.")
    yield ""
    if found.versions:
        yield "The run was made with"
        yield from (bullet(f"{name} {then}; here it is {now}") for name, (then, now) in found.versions.items())
        yield paragraph("Install the versions of the run to compare again, for example with pip install NAME==VERSION.")
    else:
        yield paragraph(
            "Versions and machine are those of the run, so the cause is another: a file was changed by hand, or the program or its data "
            "were (a checkout that is not a release keeps its version number)."
        )


def _fields(names: tuple[str, ...]) -> str:
    return f" ({', '.join(names)})" if names else ""
