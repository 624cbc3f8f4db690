"""What a replay says: whether the run is the same to the byte, and if not, what differs and why."""

from collections.abc import Iterator
from typing import Any

from sim.io.terminal import bullet, paragraph
from sim.runs.replay import SAME, Replay


def document(replay: Replay) -> dict[str, Any]:
    """What `replay --format json` prints."""
    return {
        "manifest": str(replay.manifest.file),
        "scenario": replay.manifest.identity["scenario"],
        "same": replay.is_same,
        "same_numbers": replay.has_same_numbers,
        "files": [{"file": entry.file, "state": entry.state, "fields": list(entry.fields)} for entry in replay.files],
        "versions": {name: {"run": then, "now": now} for name, (then, now) in replay.versions.items()},
    }


def replay_answer(replay: Replay) -> Iterator[str]:
    """The lines of the answer."""
    identity = replay.manifest.identity
    run = f"{identity['scenario']}, {identity['members']:,} members, seed {identity['seed']}"
    if replay.is_same:
        yield paragraph(
            f"The same, byte for byte: {len(replay.files)} files of {run}. (The manifest's times and paths aside.)"
        )
        return
    differing = [entry for entry in replay.files if entry.state != SAME]
    yield paragraph(f"Not the same: {len(differing)} of {len(replay.files)} files of {run}.")
    for entry in differing:
        fields = f" ({', '.join(entry.fields)})" if entry.fields else ""
        yield bullet(f"{entry.file}: {entry.state}{fields}")
    if replay.has_same_numbers:
        yield paragraph("The tables are the same; only pictures, pages or the manifest differ.")
    yield ""
    yield from _reasons(replay)


def _reasons(replay: Replay) -> Iterator[str]:
    if not replay.versions:
        yield paragraph(
            "Versions and machine are those of the run, so the cause is another: a file was changed by hand, or the program or its data "
            "were (a checkout that is not a release keeps its version number)."
        )
        return
    yield "The run was made with"
    yield from (bullet(f"{name} {then}; here it is {now}") for name, (then, now) in replay.versions.items())
    yield paragraph("Install the versions of the run to compare again, for example with pip install NAME==VERSION.")
