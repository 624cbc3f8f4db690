"""`armsrace run`: a scenario against the one it is compared to."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

from sim.cli.options import (
    RESULTS,
    Engine,
    Ensemble,
    Format,
    Full,
    Members,
    Overwrite,
    ScenarioRef,
    Seed,
    Settings,
    Theories,
    Threads,
    Until,
    answering,
    command_words,
    option,
)
from sim.ensembles.registry import DEFAULT_FIT
from sim.io.errors import refusal
from sim.io.terminal import complain, paragraph, say

Trajectories = Annotated[
    Literal["none", "headline", "all"],
    option(
        "Whose trajectories are written, simulation by simulation, to trajectories.parquet: of none, of the headline series (some 90 MB), "
        "or of all (some 200 MB); with --theory all, of none. Quantiles of every series are always in summary.csv."
    ),
]
Pictures = Annotated[
    Literal["svg", "png", "pdf", "all", "none"],
    option(
        "Format of the pictures: SVG, another one beside it, all three, or none: the report then has words and tables alone."
    ),
]
Out = Annotated[
    Path | None,
    option(
        "Folder to write. Default: results/ID/ below the current directory, or results/ID-theories/ with --theory all."
    ),
]


def run(
    scenario: ScenarioRef,
    /,
    *,
    members: Members = 1000,
    seed: Seed = 1,
    until: Until = "2035Q4",
    settings: Settings = (),
    engine: Engine = "compiled",
    ensemble: Ensemble = DEFAULT_FIT,
    theory: Theories = None,
    trajectories: Trajectories = "none",
    pictures: Pictures = "svg",
    out: Out = None,
    form: Format = "text",
    overwrite: Overwrite = False,
    threads: Threads = None,
    full: Full = False,
) -> None:
    """Run a scenario against the one it is compared to, and say what moved.

    Both have the same draws. Prints the verdict and the numbers that matter most, writes tables, pictures, a report and a manifest to a
    folder, and then says why, how sure that is, and what to try next.
    """
    if full and form == "json":
        raise refusal("options", "--format json already says everything; leave out --full", "full")
    from sim.engines.options import ALL, RunOptions
    from sim.report.oddities import oddities
    from sim.scenario.loading import load_scenario
    from sim.scenario.overrides import apply_settings

    rival = None if theory == ALL else theory
    options = RunOptions(members, seed, until, engine, ensemble, rival, settings, trajectories, threads)
    chosen = load_scenario(scenario)
    base = None if chosen.compare_to is None else load_scenario(chosen.compare_to)
    if odd := list(oddities(apply_settings(chosen, settings), base, options.quarters)):
        more = f" {len(odd) - 1} more: armsrace validate {scenario}" if len(odd) > 1 else ""
        complain(paragraph(f"warning: {odd[0]}{more}"))
    folder = out or RESULTS / (f"{chosen.id}-theories" if theory == ALL else chosen.id)
    command = command_words(
        "run", scenario, members=members, seed=seed, until=until, engine=engine, ensemble=ensemble,
        theory=theory, trajectories=trajectories, pictures=pictures, out=folder, overwrite=overwrite, threads=threads, settings=settings,
    )  # fmt: skip
    make, document, answer, ending = _rivals() if theory == ALL else _one()
    is_short = form == "text" and not full  # the answer before anything else is looked for, drawn and written
    told = answering(form, lambda made: document(made, folder), lambda made: answer(made, full=full))
    with told as (progress, listener):
        finished = make(
            chosen,
            options,
            out=folder,
            overwrite=overwrite,
            pictures=pictures,
            listener=listener if is_short else None,
            progress=progress,
            command=command,
        )
        if not is_short:
            listener(finished)
    if form == "text":
        say(*ending(finished, scenario, folder, full=full))


def _one() -> tuple[Callable[..., Any], ...]:
    """What makes one run, and tells it as a document, in words, and at the end."""
    from sim.report.run_answer import answer, ending
    from sim.runs.output import document
    from sim.runs.run import run

    return run, document, answer, ending


def _rivals() -> tuple[Callable[..., Any], ...]:
    """The same of a run under every theory."""
    from sim.report.theories_answer import ending, rival_answer
    from sim.runs.theories import document, run_theories

    return run_theories, document, rival_answer, ending
