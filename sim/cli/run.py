"""`armsrace run`: a scenario against the one it is compared to."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from sim.cli.options import (
    RESULTS,
    Engine,
    Fit,
    Format,
    Members,
    Overwrite,
    ScenarioRef,
    Seed,
    Settings,
    Threads,
    Until,
    command_words,
    flag,
    option,
)
from sim.ensembles.registry import DEFAULT_FIT
from sim.io.errors import refusal
from sim.io.progress import watched
from sim.io.terminal import emit

if TYPE_CHECKING:
    from sim.engines.options import RunOptions
    from sim.scenario.loading import Scenario

Answer = tuple[Callable[[], Any], Callable[[], Iterable[str]]]  # a document, and the lines of an answer
ALL = "all"  # in place of the name of a theory
Theory = Annotated[
    str | None,
    option(
        "A rival theory: spiral (arms raise tension and deter nobody), deterrence (Kosovo's arms also "
        "deter, strongly), no-effect (another's arms move neither spending nor relations nor tension), or all, which shows the three side "
        "by side. Default: none, the priors decide."
    ),
]
Keep = Annotated[
    Literal["headline", "all", "none"],
    option(
        "Which trajectories are written for every simulation: the headline series, all, or none; with --theory all, none are."
    ),
]
Out = Annotated[
    Path | None,
    option(
        "Folder to write. Default: results/ID/ below the current directory, or results/ID-theories/ with --theory all."
    ),
]
Full = Annotated[bool, flag("Print every line, where its uncertainty comes from, and every caveat.")]


def run(
    scenario: ScenarioRef,
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
    """Run a scenario against the one it is compared to, and say what moved.

    Both have the same draws. Prints what moved, by how much and how sure that is, and writes the data, the pictures and a manifest to
    a folder.
    """
    if full and (form == "json" or theory == ALL):
        which = "--format json" if form == "json" else f"--theory {ALL}"
        raise refusal("options", f"{which} already says everything; leave out --full", "full")
    from sim.engines.options import RunOptions
    from sim.scenario.loading import load_scenario

    rival = None if theory == ALL else theory
    options = RunOptions(members, seed, until, engine, fit, rival, settings, keep, threads)
    chosen = load_scenario(scenario)
    folder = out or RESULTS / (f"{chosen.id}-theories" if theory == ALL else chosen.id)
    command = command_words(
        "run", scenario, members=members, seed=seed, until=until, engine=engine, fit=fit, theory=theory, keep=keep,
        out=folder, overwrite=overwrite, threads=threads, settings=settings,
    )  # fmt: skip
    with watched() as progress:
        document, lines = (_theories if theory == ALL else _run)(
            chosen, options, scenario, full, out=folder, overwrite=overwrite, progress=progress, command=command
        )
    emit(form, document, lines)


def _run(chosen: "Scenario", options: "RunOptions", ref: str, full: bool, *, out: Path, **how: Any) -> Answer:
    """One run, as a document and in words."""
    from sim.report.run_answer import answer
    from sim.runs import output, run

    finished = run.run(chosen, options, out=out, **how)
    return lambda: output.document(finished, out), lambda: answer(finished, ref, out, full=full)


def _theories(chosen: "Scenario", options: "RunOptions", ref: str, _: bool, *, out: Path, **how: Any) -> Answer:
    """A run under every theory, side by side."""
    from sim.report.theories_answer import rival_answer
    from sim.runs import theories

    rivals = theories.run_theories(chosen, options, out=out, **how)
    return lambda: theories.document(rivals, out), lambda: rival_answer(rivals, ref, out)
