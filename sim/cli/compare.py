"""`armsrace compare`: several scenarios side by side against one baseline."""

import json
import sys
import time
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from sim.cli.regret import Prefer, Threshold, Weight
from sim.cli.run import (
    RESULTS,
    Engine,
    Fit,
    Format,
    Members,
    Overwrite,
    Seed,
    Settings,
    Threads,
    Until,
    check_settings,
    check_threads,
)
from sim.cli.warmup import announce_preparation
from sim.ensembles.registry import DEFAULT_FIT
from sim.io.progress import watched
from sim.io.terminal import say

Scenarios = Annotated[str, Parameter(help="Scenarios of the library (see: armsrace list), or paths of scenario files.")]
Baseline = Annotated[
    str | None,
    Parameter(
        help="What they are compared with. Default: what all of them name as compare_to, or baseline where they name different ones."
    ),
]
Since = Annotated[
    str | None,
    Parameter(
        help="First quarter of the window over which outcomes are averaged, such as 2026Q1. Default: the first in which anything differs."
    ),
]
Theory = Annotated[str | None, Parameter(help="A rival theory: spiral, deterrence or no-effect. Default: none.")]
Out = Annotated[
    Path | None, Parameter(help="Folder to write. Default: results/compare-A-B/ below the current directory.")
]


def compare(
    *scenarios: Scenarios,
    baseline: Baseline = None,
    members: Members = 1000,
    seed: Seed = 1,
    since: Since = None,
    until: Until = "2035Q4",
    settings: Settings = (),
    engine: Engine = "compiled",
    fit: Fit = DEFAULT_FIT,
    theory: Theory = None,
    prefer: Prefer = (),
    threshold: Threshold = (),
    weight: Weight = (),
    out: Out = None,
    form: Format = "text",
    overwrite: Overwrite = False,
    threads: Threads = None,
) -> None:
    """Compare several scenarios with one baseline, all in the same worlds with the same luck.

    Prints what each changes in spending, tension, the rate of incidents and cooperation, then regret: which would have been the better
    choice in each world, by directions that are yours to choose. Writes tables, pictures and a manifest.
    """
    check_threads(threads)
    check_settings(settings)
    from sim.report.comparison_text import comparison_answer
    from sim.runs import comparison
    from sim.runs.comparison_output import document, identity_of, write_comparison
    from sim.runs.run import folder_for

    began = time.perf_counter()
    options: dict[str, Any] = {
        "members": members, "seed": seed, "since": since, "until": until, "engine": engine, "fit": fit, "theory": theory,
        "settings": settings, "prefer": prefer, "threshold": threshold, "weight": weight,
    }  # fmt: skip
    base, chosen = comparison.chosen_scenarios(scenarios, baseline)
    folder = RESULTS / "-".join(["compare", *(one.id for one in chosen)])[:100] if out is None else out
    identity = identity_of(base, chosen, options)
    words = command_line(scenarios, {**options, "baseline": baseline, "out": folder})
    target = folder_for(folder.resolve(), identity, overwrite)
    announce_preparation()
    try:
        with watched() as progress:
            found = comparison.compare(chosen, baseline=base, threads=threads, progress=progress, **options)
        write_comparison(found, target, identity, began, words, overwrite)
    finally:
        target.withdraw()
    if form == "json":
        sys.stdout.write(json.dumps(document(found, folder), ensure_ascii=False, allow_nan=False) + "\n")
        return
    say(*comparison_answer(found, folder))


def command_line(scenarios: tuple[str, ...], options: dict[str, Any]) -> list[str]:
    """The whole command, defaults included, as the manifest keeps it."""
    words = ["armsrace", "compare", *scenarios]
    for name, value in options.items():
        option = f"--{'set' if name == 'settings' else name}"
        values = value if isinstance(value, tuple) else () if value is None else (value,)
        words += [word for one in values for word in (option, str(one))]
    return words
