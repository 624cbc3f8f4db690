"""Every command is interrupted, ended and killed at random moments; nothing may hang, be left behind or be lost.

    python benchmarks/kills.py --times 300           # all commands in turn; two of three moments lie in the first three seconds
    python benchmarks/kills.py --times 30 --only run,sweep

After each signal: how long the command took to end, whether a process of it lives on, what lies about, whether what stood there before
stands; and then the same command again, whose files must have the bytes of an undisturbed one. After SIGKILL drafts may lie about; the
command that is given again has to remove them.
"""

import argparse
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from sim.io.stops import SIGNAL_BASE
from sim.sweep.run import run_sweep

PATIENCE = 2.0  # seconds in which a stop is obeyed
HANGS = 30.0  # seconds after which nothing will come any more
FIRST = 3.0  # seconds of a command that are tried most
MOVED = ("written", "seconds", "command", "started", "finished")  # fields of a manifest that no two runs have in common
DESIGN = """\
format_version: 1
scenarios: [baseline, skydagger-delivery]
fit: prior
members: 2
until: 2024Q4
design: {kind: latin-hypercube, points: %d}
vary: {reaction.SRB: {uniform: [0, 1]}, coupling: {uniform: [0, 1]}}
metrics: [{variable: spending, actor: SRB, when: [2023, 2024]}, {variable: tension, when: every}]
"""
COMMANDS = {
    "run": "run skydagger-delivery --members 200 --pictures none --out out --overwrite",
    "pictures": "run skydagger-delivery --members 8 --pictures png --out out --overwrite",
    "sweep": "sweep long.yaml --out swept --chunk 256",
    "compare": "compare baseline without-rafale --members 30 --out out --overwrite",
    "compile": "sweep huge.yaml --out swept --threads 2",
    "calibrate": "calibrate --quick --out fit --overwrite",
    "stability": "stability skydagger-delivery --members 60 --out out --overwrite",
    "chart": "chart spending.SRB --members 60 --out charts",
    "report": "report ran --format xlsx --out page.xlsx --overwrite",
    "replay": "replay ran",
    "explain": "explain ran --actor SRB --quarter 2026Q1 --members 20",
    "sensitivity": "sensitivity done --against none --metric spending.SRB.2024",
    "regret": "regret done --prefer tension=lower --prefer spending=lower",
    "discover": "discover done --scenario baseline --where tension.SRB.XKX.2024Q4>0.5",
    "forecast": "forecast --members 60 --out out --overwrite",
    "check": "check --members 20",  # some claims fail with so few
    "reactions": "reactions",
    "validate": "validate skydagger-delivery",
    "show": "show skydagger-delivery",
    "trace": "trace reaction.SRB",
    "cite": "cite skydagger-delivery",
    "figures": "figures all",
    "list": "list",
    "schema": "schema --out schema.json --overwrite",
    "new": "new mine",
}
FRESH = ("sweep", "compile", "new", "calibrate")  # they begin with nothing, or go on with what is there


def started(words: str, here: Path) -> "subprocess.Popen[bytes]":
    """A command in a session of its own, by which what it starts is found."""
    given = {
        **os.environ,
        "TMPDIR": str(here / "tmp"),
        "ARMSRACE_CACHE": str(here / "cache"),
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    return subprocess.Popen(
        [sys.executable, "-m", "sim", *words.split()], cwd=here / "work", env=given, start_new_session=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, preexec_fn=_as_in_a_terminal,  # noqa: PLW1509
    )  # fmt: skip


def _as_in_a_terminal() -> None:
    """Whoever is started in the background has interrupts ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def ended(process: "subprocess.Popen[bytes]", seconds: float) -> tuple[str, float]:
    """What a process said, and how long it took to end; it is killed if it does not."""
    began = time.monotonic()
    try:
        said = process.communicate(timeout=seconds)[1]
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        return process.communicate()[1].decode(errors="replace"), seconds
    return said.decode(errors="replace"), time.monotonic() - began


def living(session: int) -> list[str]:
    """Processes of a session that run."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            state, _, _, of = place.joinpath("stat").read_text(encoding="utf-8").rpartition(")")[2].split()[:4]
        except (OSError, ValueError):
            continue
        if int(of) == session and state not in "ZX":
            found.append(place.joinpath("cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")[:100])
    return found


def files_in(folder: Path) -> dict[str, bytes]:
    return {
        file.relative_to(folder).as_posix(): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()
    }


def digests(folder: Path) -> dict[str, str]:
    """What each file holds, in a few letters, less what no two runs have in common."""
    return {name: hashlib.sha256(_plain(name, content)).hexdigest()[:12] for name, content in files_in(folder).items()}


def _plain(name: str, content: bytes) -> bytes:
    if name.endswith("manifest.json"):
        data = json.loads(content)
        data = {key: value for key, value in data.items() if key not in MOVED}
        data.pop("files", None)  # sums of the others
        return json.dumps(data, sort_keys=True).encode()
    return (
        b"" if name.endswith((".html", ".xlsx", ".lock", "report.json")) else content
    )  # they show when they were made


def left(here: Path) -> list[str]:
    places = (here / "work", here / "tmp", here / "cache")
    return sorted(path.relative_to(here).as_posix() for place in places for path in place.rglob("*armsrace*"))


def prepared(here: Path) -> None:
    """What commands read, and what stands there before them."""
    for name in ("work", "tmp", "cache"):
        (here / name).mkdir(parents=True)
    work = here / "work"
    (work / "long.yaml").write_text(DESIGN % 4000, encoding="utf-8")
    (work / "short.yaml").write_text(DESIGN % 128, encoding="utf-8")
    (work / "huge.yaml").write_text((DESIGN % 30_000).replace("when: every", "when: last"), encoding="utf-8")
    run_sweep(work / "short.yaml", out=work / "done")
    for words in ("run skydagger-delivery --members 20 --out ran", "list"):
        said, _ = ended(started(words, here), 200.0)
        assert (work / "ran" / "manifest.json").is_file(), said


def undisturbed(name: str, whole: Path, here: Path) -> tuple[float, dict[str, str], dict[str, str]]:
    """How long a command takes, and what stands in its folder `here` before and afterwards."""
    made = here.with_name(f"{name}-made")
    shutil.copytree(whole, here, symlinks=True)
    if name not in FRESH:  # what it replaces
        ended(started(COMMANDS[name], here), 400.0)
    shutil.copytree(here, made, symlinks=True)
    process = started(COMMANDS[name], made)
    said, seconds = ended(process, 400.0)
    assert process.returncode == (name == "check"), f"{name}: {said}"
    return seconds, digests(here / "work"), digests(made / "work")


def tried(
    name: str, asked: signal.Signals, wait: float, here: Path, before: Mapping[str, str], after: Mapping[str, str]
) -> list[str]:
    """What is wrong after a signal; `done` where the command was quicker."""
    words = COMMANDS[name]
    process = started(words, here)
    time.sleep(wait)
    if process.poll() is not None:
        process.communicate()
        return ["done"]
    process.send_signal(asked)
    said, seconds = ended(process, HANGS)
    wrong = ["hang"] if seconds >= HANGS else [f"late {seconds:.1f} s"] if seconds > PATIENCE else []
    time.sleep(0.3 if asked == signal.SIGKILL else 0.0)
    wrong += [f"lives on: {one}" for one in living(process.pid)]
    if asked != signal.SIGKILL:
        wrong += [f"left: {one}" for one in left(here)]
    is_starting = (
        "KeyboardInterrupt" in said and "/cli/" not in said
    )  # Python is, and what it says and answers is its own
    if process.returncode not in (int(name == "check"), -asked, SIGNAL_BASE + asked) and not is_starting:
        wrong.append(f"code {process.returncode}")
    if "internal error" in said or ("Traceback" in said and not is_starting):
        wrong.append(f"said: {said[-300:]}")
    now = digests(here / "work")
    lost = [file for file, content in before.items() if now.get(file) not in (content, after.get(file))]
    wrong += [f"lost: {file}" for file in lost if not file.startswith(("swept/", ".fit"))]
    if before == after:  # it writes nothing, or the same
        return wrong
    again = started(words, here)
    said, _ = ended(again, 400.0)
    if name == "new" and again.returncode == 2 and digests(here / "work") == after:
        return wrong  # it was written, and is not overwritten
    if again.returncode:
        return [*wrong, f"again: code {again.returncode}: {said[-200:]}"]
    now = digests(here / "work")
    wrong += [f"differs: {file}" for file in sorted(now.keys() | after.keys()) if now.get(file) != after.get(file)]
    return wrong + [f"left at the end: {one}" for one in left(here)]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    chance, counts, wrong = random.Random(options.seed), Counter[str](), Counter[str]()
    chosen = {name: words for name, words in COMMANDS.items() if not options.only or name in options.only.split(",")}
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "whole"
        prepared(whole)
        known, number = {}, 0
        while sum(counts.values()) < options.times:
            name = list(chosen)[number % len(chosen)]
            number += 1
            if name in ("calibrate", "compile") and number // len(chosen) % 4:  # it takes most of a minute
                continue
            if name not in known:
                known[name] = undisturbed(name, whole, Path(folder) / name)
            seconds, before, after = known[name]
            here = Path(folder) / "try"
            shutil.copytree(Path(folder) / name, here, symlinks=True)
            asked = chance.choice((signal.SIGINT, signal.SIGTERM, signal.SIGKILL))
            end = min(FIRST, seconds) if chance.random() < 2 / 3 else seconds
            wait = chance.uniform(0.0, end)
            found = tried(name, asked, wait, here, before, after)
            shutil.rmtree(here)
            if found == ["done"]:
                continue
            counts[asked.name] += 1
            for one in found:
                wrong[one.split(":")[0].split(" ")[0]] += 1
            told = f"{sum(counts.values()):4} {name:12} {asked.name} at {wait:.2f} of {seconds:.2f} s"
            print(f"{told}  {'; '.join(found) or 'good'}", flush=True)
    print(f"{sum(counts.values())} signals ({dict(counts)}); wrong: {dict(wrong) or 'nothing'}")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
