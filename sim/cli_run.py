"""`armsrace run`: a scenario against the one it is compared to."""

import json
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter

from sim.errors import InputError, Problem
from sim.printing import complain, say

if TYPE_CHECKING:
    from sim.results import Run
    from sim.runner import Progress

RESULTS = Path("results")
PREPARING = "Preparing the engine; the first run takes about half a minute."
QUIET_FOR = 4.0  # seconds before a run that is not watched on a terminal says how far it is
TENTHS = 10

Scenario = Annotated[
    str, Parameter(help="A scenario of the library (see: armsrace list), or the path of a scenario file.")
]
Members = Annotated[
    int, Parameter(help="Number of worlds, each with its own draw of the uncertain parameters, 1 to 1000000.")
]
Seed = Annotated[int, Parameter(help="Seed of every draw; the same seed gives the same numbers.")]
Until = Annotated[str, Parameter(help="Last quarter of the run, 2018Q4 to 2035Q4.")]
Settings = Annotated[
    tuple[str, ...],
    Parameter(
        name="--set",
        negative=(),
        show_default=False,
        help="Change one number in both worlds, written NAME=VALUE, for example reaction.SRB=0.4; may be repeated. Default: none.",
    ),
]
Engine = Annotated[
    Literal["compiled", "agents"],
    Parameter(help="The fast engine, or the Mesa agents, which give the same numbers more slowly."),
]
Fit = Annotated[str, Parameter(help="The ensemble that the worlds are drawn from; prior means before any fit to data.")]
Reading = Annotated[
    str | None,
    Parameter(
        help="A rival reading of the documents: spiral, deterrence or no-effect. Default: none, the priors decide."
    ),
]
Keep = Annotated[
    Literal["headline", "all", "none"],
    Parameter(help="Which trajectories are written for every world: the headline series, all, or none."),
]
Out = Annotated[Path | None, Parameter(help="Folder to write. Default: results/ID/ below the current directory.")]
Format = Annotated[
    Literal["text", "json"], Parameter(name="--format", help="Words for a reader, or one JSON document for a program.")
]
Overwrite = Annotated[
    bool, Parameter(negative=(), show_default=False, help="Replace another run in the folder. Default: leave it alone.")
]
Threads = Annotated[int | None, Parameter(help="Number of threads. Default: one for each processor.")]


def run(
    scenario: Scenario,
    /,
    *,
    members: Members = 1000,
    seed: Seed = 1,
    until: Until = "2035Q4",
    settings: Settings = (),
    engine: Engine = "compiled",
    fit: Fit = "prior",
    reading: Reading = None,
    keep: Keep = "headline",
    out: Out = None,
    form: Format = "text",
    overwrite: Overwrite = False,
    threads: Threads = None,
) -> None:
    """Run a scenario against the one it is compared to, with the same draws in both worlds.

    Prints what moved, by how much and how sure that is, and writes the data, the pictures and a manifest to a folder.
    """
    if threads is not None and threads < 1:
        raise InputError(
            "options", [Problem(None, "threads", f"{threads} is below 1; leave it out to use every processor")]
        )
    _check_settings(settings)
    from sim.scenario import load_scenario

    chosen = load_scenario(scenario)
    folder = RESULTS / chosen.id if out is None else out
    options: dict[str, Any] = {
        "members": members, "seed": seed, "until": until, "engine": engine, "fit": fit, "reading": reading, "keep": keep, "out": folder,
        "overwrite": overwrite, "threads": threads,
    }  # fmt: skip
    from sim import runner

    if engine == "compiled" and sys.stderr.isatty() and _engine_is_cold():
        complain(PREPARING)
    with _nothing_left_behind(folder), _watched() as progress:
        finished = runner.run(
            chosen, settings=settings, progress=progress, command=command_line(scenario, settings, options), **options
        )
    if form == "json":
        sys.stdout.write(json.dumps(document(finished, folder), ensure_ascii=False, allow_nan=False) + "\n")
    else:
        from sim.answer import answer

        say(*answer(finished, scenario, folder))


def _check_settings(settings: tuple[str, ...]) -> None:
    """Slips of the pen that the settings themselves cannot tell from other values."""
    problems = [Problem(None, setting, fault) for setting in settings if (fault := _slip(setting))]
    if problems:
        raise InputError("--set", problems)


def _slip(setting: str) -> str:
    """What is wrong with the value of a setting at first sight, or nothing.

    >>> _slip("reaction.SRB=0,4"), _slip("reaction.SRB="), _slip("reaction.SRB=0.4")
    ('write 0.4 with a point', 'no value after =', '')
    """
    _, sign, value = (part.strip() for part in setting.partition("="))
    if sign and not value:
        return "no value after ="
    if re.fullmatch(r"[-+]?[0-9]*,[0-9]+", value):
        return f"write {value.replace(',', '.')} with a point"
    return ""


def document(finished: "Run", folder: Path) -> dict[str, Any]:
    """What `run --format json` prints."""
    from sim import __version__

    return {
        "scenario": finished.scenario.id,
        "baseline": None if finished.baseline is None else finished.baseline.id,
        "members": finished.members,
        "seed": finished.seed,
        "reading": finished.reading,
        "settings": list(finished.settings),
        "fit": finished.fit,
        "version": __version__,
        "model_version": finished.model_version,
        "contrasts": list(finished.rows()),
        "stability": finished.stability,
        "out": str(folder),
    }


def command_line(scenario: str, settings: tuple[str, ...], options: dict[str, Any]) -> list[str]:
    """The whole command, defaults included, as the manifest keeps it."""
    words = ["armsrace", "run", scenario]
    for name, value in options.items():
        if isinstance(value, bool):
            words += [f"--{name}"] if value else []
        elif value is not None:
            words += [f"--{name}", str(value)]
    for setting in settings:
        words += ["--set", setting]
    return words


def _engine_is_cold() -> bool:
    """Whether nothing is compiled yet for these sources."""
    import numba

    import sim.compiled  # noqa: F401 - it names the cache folder

    return not any(Path(numba.config.CACHE_DIR).rglob("*.nbc"))


@contextmanager
def _nothing_left_behind(folder: Path) -> Iterator[None]:
    """A run that fails leaves no empty folders above its own."""
    missing = [parent for parent in folder.parents if not parent.exists()]
    try:
        yield
    except BaseException:
        for parent in missing:
            if parent.is_dir() and not any(parent.iterdir()):
                parent.rmdir()
        raise


@contextmanager
def _watched() -> Iterator["Progress"]:
    """What the runner calls to say how far it is: a bar on a terminal, else a line for each tenth of a long run."""
    if not sys.stderr.isatty():
        yield _Lines()
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:3.0f} %"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("worlds", total=None)

        def advance(stage: str, done: int, total: int) -> None:
            bar.update(task, description=stage, completed=done, total=total)

        yield advance


class _Lines:
    """One line on standard error for each tenth, once worlds have been coming in for more than a few seconds.

    The clock starts with the first worlds: what goes before, such as preparing the engine, says nothing of the rest.
    """

    def __init__(self) -> None:
        self._began: float | None = None
        self._first = 0
        self._tenths = 0

    def __call__(self, stage: str, done: int, total: int) -> None:
        now = time.monotonic()
        if self._began is None:
            self._began, self._first = now, done
        tenths = TENTHS * done // max(1, total)
        passed = now - self._began
        if tenths > self._tenths and passed > QUIET_FOR:
            self._tenths = tenths
            left = passed * (total - done) / max(1, done - self._first)
            complain(f"{stage}: {tenths * TENTHS} %, about {left:.0f} s left")
