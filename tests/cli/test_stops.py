"""A request to stop is obeyed within seconds at any moment, and leaves nothing behind: no draft, no helper, no lost result."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from sim.cli.main import main
from sim.io import stops

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals of another kind")
PATIENCE = 2.0  # seconds in which a stop is obeyed
MOMENTS = (0.1, 0.4, 0.8, 1.3, 1.9, 2.8)  # seconds after the start
LONG = ["run", "skydagger-delivery", "--ensemble", "prior", "--members", "20000", "--trajectories", "headline"]
DESIGN = """\
format_version: 1
scenarios: [baseline, skydagger-delivery]
fit: prior
members: 1
design: {kind: latin-hypercube, points: 200000}
vary: {reaction.SRB: {uniform: [0, 1]}}
metrics: [{variable: tension, when: last}]
"""


def started(arguments, here, **more):
    environment = {**os.environ, "TMPDIR": str(here / "tmp"), "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, *arguments]
    return subprocess.Popen(
        command,
        cwd=here / "work",
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        preexec_fn=_as_in_a_terminal,
        **more,
    )


def _as_in_a_terminal():
    """A shell starts what it puts into the background with interrupts ignored, and the tests may be started so."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture
def here(tmp_path):
    for name in ("work", "tmp"):
        (tmp_path / name).mkdir()
    (tmp_path / "work" / "trial.yaml").write_text(DESIGN, encoding="utf-8")
    return tmp_path


def left(here):
    return sorted(path.relative_to(here).as_posix() for path in here.rglob("*") if "armsrace" in path.name)


COMMANDS = {"run": [*LONG, "--out", "ran"], "sweep": ["sweep", "trial.yaml", "--out", "out", "--threads", "2"]}


@pytest.mark.slow
def test_a_stop_at_any_moment_is_obeyed_and_leaves_nothing(here):
    """`benchmarks/kills.py` tries hundreds, of every command."""
    for number, wait in enumerate(MOMENTS):
        asked, command = (signal.SIGTERM, signal.SIGINT)[number // 2 % 2], ("run", "sweep")[number % 2]
        process = started(["-m", "sim", *COMMANDS[command]], here)
        time.sleep(wait)
        assert process.poll() is None
        began = time.monotonic()
        process.send_signal(asked)
        said = process.communicate(timeout=30)[1]
        assert time.monotonic() - began < PATIENCE, (number, said)
        assert process.returncode in (stops.SIGNAL_BASE + asked, -asked), (number, said)
        assert b"internal error" not in said and b"Traceback" not in said
        assert left(here) == [], number
        assert not (here / "work" / "out" / "runs.parquet").exists() and not (here / "work" / "ran").exists()


SWALLOWS = """
import time
from sim.io.stops import stops_obeyed
from sim.io.writing import temp_store
with stops_obeyed(to_the_end=True), temp_store() as place:
    (place / "file").touch()
    print("ready", flush=True)
    for _ in range(600):
        try:
            time.sleep(0.1)
        except BaseException:
            pass  # as compiled code does
"""
HELPER = """
import sys
from sim.io.stops import child_result, stops_obeyed
NOTED = "import os, subprocess, sys, time, pathlib; pathlib.Path(sys.argv[1]).write_text(str(os.getpid())); "
BELOW = NOTED + "time.sleep(60)"
ABOVE = NOTED + "subprocess.run([sys.executable, '-c', sys.argv[2], 'below'])"
with stops_obeyed(to_the_end=True):
    child_result([sys.executable, "-c", ABOVE, "above", BELOW])
"""


def is_alive(pid):
    """Whether a process runs, and is not only a line in a table that nobody has read yet."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] not in "ZX"
    return False


def wait_for(what):
    for _ in range(300):
        if found := what():
            return found
        time.sleep(0.05)
    raise AssertionError


@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGHUP])
def test_a_stop_that_is_swallowed_ends_the_program_all_the_same(here, asked):
    process = started(["-c", SWALLOWS], here)
    wait_for(lambda: left(here))
    time.sleep(0.3)
    began = time.monotonic()
    process.send_signal(asked)
    said = process.communicate(timeout=30)[1]
    assert stops.GRACE <= time.monotonic() - began < PATIENCE
    assert (process.returncode, said) == (stops.SIGNAL_BASE + asked, b"interrupted\n")
    assert left(here) == []


@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGKILL])
def test_no_helper_outlives_its_parent_and_none_of_theirs(here, asked):
    """A compiler starts others; who ends it alone leaves them."""
    process = started(["-c", HELPER], here)
    above, below = (here / "work" / name for name in ("above", "below"))
    wait_for(lambda: below.exists() and below.read_text())
    process.send_signal(asked)
    process.communicate(timeout=30)
    wait_for(lambda: not is_alive(above.read_text()) and not is_alive(below.read_text()))


@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_that_a_library_turns_into_an_error_is_a_stop_all_the_same(monkeypatch, capsys, asked):
    """As pydantic does with what is raised in a function that it calls."""

    def load(_):
        try:
            os.kill(os.getpid(), asked)
            time.sleep(5)
        except (KeyboardInterrupt, SystemExit):
            raise ValueError("Error calling function") from None

    monkeypatch.setattr("sim.scenario.loading.load_scenario", load)
    before = signal.signal(
        asked, signal.default_int_handler
    )  # whoever runs the tests in the background keeps SIGINT from them
    try:
        assert main(["show", "baseline"]) == stops.SIGNAL_BASE + asked
    finally:
        signal.signal(asked, before)
    assert "internal error" not in capsys.readouterr().err


def test_what_a_helper_says_is_told_with_its_code():
    done = stops.child_result([sys.executable, "-c", "import sys; print('out'); sys.exit('err')"])
    assert (done.returncode, done.stdout, done.stderr) == (1, "out\n", "err\n")
    assert stops.child_result(["/no/such/program"]).returncode == 127


def test_a_signal_that_the_starter_keeps_from_the_program_stays_away():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with stops.stops_obeyed(to_the_end=False):
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_handlers_are_put_back_when_nobody_asked():
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with stops.stops_obeyed(to_the_end=True):
        assert signal.getsignal(signal.SIGTERM) not in before
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before
