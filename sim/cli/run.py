"""`armsrace run`: a scenario against the one it is compared to."""

import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter

from sim.cli.options import whole_number
from sim.cli.warmup import announce_preparation
from sim.ensembles.registry import DEFAULT_FIT
from sim.io.errors import InputError, Problem
from sim.io.progress import watched
from sim.io.terminal import say

if TYPE_CHECKING:
    from sim.analysis.results import Run
    from sim.analysis.theories import Rivals
    from sim.scenario.loading import Scenario as ScenarioData

RESULTS = Path("results")
ALL = "all"  # in place of the name of a theory

Scenario = Annotated[
    str, Parameter(help="A scenario of the library (see: armsrace list), or the path of a scenario file.")
]

Members = Annotated[
    int,
    Parameter(
        converter=whole_number,
        help="Number of worlds, each with its own draw of the uncertain parameters, 1 to 1000000.",
    ),
]
Seed = Annotated[
    int,
    Parameter(converter=whole_number, help="Seed of every draw; the same seed gives the same numbers."),
]
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
Fit = Annotated[
    str,
    Parameter(
        help="The ensemble that the worlds are drawn from: a fit that ships with the program, a folder that armsrace calibrate wrote, or "
        "prior, which is what is plausible before any fit to data."
    ),
]
Theory = Annotated[
    str | None,
    Parameter(
        help="A rival theory: spiral (arms raise tension and deter nobody), deterrence (Kosovo's arms also "
        "deter, strongly), no-effect (another's arms move neither spending nor relations nor tension), or all, which shows the three side "
        "by side. Default: none, the priors decide."
    ),
]
Keep = Annotated[
    Literal["headline", "all", "none"],
    Parameter(
        help="Which trajectories are written for every world: the headline series, all, or none; with --theory all, none are."
    ),
]
Out = Annotated[
    Path | None,
    Parameter(
        help="Folder to write. Default: results/ID/ below the current directory, or results/ID-theories/ with --theory all."
    ),
]
Format = Annotated[
    Literal["text", "json"], Parameter(name="--format", help="Words for a reader, or one JSON document for a program.")
]
Overwrite = Annotated[
    bool, Parameter(negative=(), show_default=False, help="Replace another run in the folder. Default: leave it alone.")
]
Threads = Annotated[
    int | None, Parameter(converter=whole_number, help="Number of threads. Default: one for each processor.")
]
Full = Annotated[
    bool,
    Parameter(negative=(), show_default=False, help="Print every line, what each spread is owed to, and every caveat."),
]


def run(
    scenario: Scenario,
    /,
    *,
    members: Members = 1000,
    seed: Seed = 1,
    until: Until = "2035Q4",
    settings: Settings = (),
    engine: Engine = "compiled",
    fit: Fit = DEFAULT_FIT,
    theory: Theory = None,
    keep: Keep = "headline",
    out: Out = None,
    form: Format = "text",
    overwrite: Overwrite = False,
    threads: Threads = None,
    full: Full = False,
) -> None:
    """Run a scenario against the one it is compared to, with the same draws in both worlds.

    Prints what moved, by how much and how sure that is, and writes the data, the pictures and a manifest to a folder.
    """
    check_threads(threads)
    if full and (form == "json" or theory == ALL):
        which = "--format json" if form == "json" else f"--theory {ALL}"
        raise InputError("options", [Problem(None, "full", f"{which} already says everything; leave out --full")])
    check_settings(settings)
    from sim.scenario.loading import load_scenario

    chosen = load_scenario(scenario)
    folder = (RESULTS / (f"{chosen.id}-theories" if theory == ALL else chosen.id)) if out is None else out
    options: dict[str, Any] = {
        "members": members, "seed": seed, "until": until, "engine": engine, "fit": fit, "theory": theory, "keep": keep, "out": folder,
        "overwrite": overwrite, "threads": threads,
    }  # fmt: skip
    command = command_line(scenario, settings, options)
    if engine == "compiled":
        announce_preparation()
    with watched() as progress:
        options |= {"settings": settings, "progress": progress, "command": command}
        if theory == ALL:
            _compared(chosen, scenario, form, **options)
        else:
            _ran(chosen, scenario, form, full, **options)


def _ran(chosen: "ScenarioData", ref: str, form: str, full: bool, **options: Any) -> None:
    """One run, and what it found."""
    from sim.runs import run as runner

    finished = runner.run(chosen, **options)
    if form == "json":
        _print_json(document(finished, options["out"]))
        return
    from sim.report.run_answer import answer

    say(*answer(finished, ref, options["out"], full=full))


def _compared(chosen: "ScenarioData", ref: str, form: str, **options: Any) -> None:
    """A run under every theory, side by side."""
    from sim.runs import theories

    found = theories.run_theories(chosen, **{name: value for name, value in options.items() if name != "theory"})
    if form == "json":
        _print_json(document_of_theories(found, options["out"]))
        return
    from sim.report.theories_answer import rival_answer

    say(*rival_answer(found, ref, options["out"]))


def _print_json(content: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(content, ensure_ascii=False, allow_nan=False) + "\n")


def check_threads(threads: int | None) -> None:
    """InputError for a number of threads below 1."""
    if threads is not None and threads < 1:
        raise InputError(
            "options", [Problem(None, "threads", f"{threads} is below 1; leave it out to use every processor")]
        )


def check_settings(settings: tuple[str, ...]) -> None:
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
    from sim.analysis.variance_shares import block

    return {
        **_labels(finished, finished.theory),
        "contrasts": list(finished.rows()),
        "stability": finished.stability,
        "uncertainty": block(finished),
        "out": str(folder),
    }


def document_of_theories(found: "Rivals", folder: Path) -> dict[str, Any]:
    """What `run --theory all --format json` prints."""
    from sim.analysis.theories import COLUMNS
    from sim.runs.theories import described

    said = described(found)
    return {
        **_labels(found.first, ALL),
        "theories": {name: {**said[name], "contrasts": list(one.rows())} for name, one in found.runs.items()},
        "comparison": [dict(zip(COLUMNS, row, strict=True)) for row in found.table()],
        "out": str(folder),
    }


def _labels(finished: "Run", theory: str | None) -> dict[str, Any]:
    """What was run."""
    from sim import __version__

    return {
        "scenario": finished.scenario.id,
        "baseline": None if finished.baseline is None else finished.baseline.id,
        "members": finished.members,
        "seed": finished.seed,
        "theory": theory,
        "settings": list(finished.settings),
        "fit": finished.fit,
        "version": __version__,
        "model_version": finished.model_version,
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
