"""One run: a scenario against its baseline, the same members in both, reduced and written as they come."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Unpack

import numpy as np

from sim.analysis.answer_in_kind import ArmsMoved, series_of_answers
from sim.analysis.dyads import middle, pair_of
from sim.analysis.incidents import drawn_window
from sim.analysis.output import PICTURE_CHOICES, TRAJECTORIES, formats_of, write_trajectories
from sim.analysis.race_verdict import race_verdicts
from sim.analysis.results import Array, Run
from sim.analysis.stability import Reaction, reaction_of, stability_of
from sim.analysis.store import Store
from sim.directions.directions import Directions
from sim.engines.options import CHUNK, RunFields, RunOptions, run_options
from sim.engines.simulate import PreparedScenario, drawn_parameters, prepared_scenarios, simulated
from sim.io import plugged
from sim.io.log import LOG
from sim.io.progress import Progress
from sim.model.network import FIRST, SECOND
from sim.model.variables import Series
from sim.runs.causes import with_channels, with_shares, worlds_run_again
from sim.runs.identity import held_scenarios, identity_of_run, manifest_of, python_call
from sim.runs.output import write_run
from sim.runs.recording import (
    answers_between,
    arms_that_differ,
    contrasts_of,
    incidents_between,
    recorded,
    series_recorded,
)
from sim.runs.target import run_folder
from sim.scenario.loading import Scenario


def run(
    scenario: str | Path | Scenario,
    options: RunOptions | None = None,
    *,
    out: str | Path | None = None,
    overwrite: bool = False,
    pictures: str = PICTURE_CHOICES[0],
    split: bool = True,
    listener: Callable[[Run], None] | None = None,
    progress: Progress | None = None,
    command: Sequence[str] | None = None,
    **fields: Unpack[RunFields],
) -> Run:
    """Run a scenario against the one that it is compared to, with the same members in both.

    scenario  : a library id, a path, or what `load_scenario` returned
    options   : how it is simulated
    fields    : the same one by one, as in `run("skydagger-delivery", members=200, seed=3)`: members, seed, until, engine,
                ensemble, theory, settings, trajectories and threads, see `sim.engines.options.RunOptions`
    out       : folder to write; None writes nothing
    overwrite : whether another run in the folder may go
    pictures  : "svg"; "png" or "pdf" beside it; "all"; or "none": the report then has words and tables alone
    split     : whether some members are simulated again to see what the spread is due to and, for the report, what moved the
                risk of incidents, see `sim.runs.causes`
    listener  : is given the run as soon as its numbers stand, before it is known what the spread is due to and anything is written
    command   : what the manifest keeps of how it was called
    returns   : the reduced run; `run(...).frame()` is the headline table

    Raises InputError for anything wrong with the input.
    """
    began = time.perf_counter()
    chosen = run_options(options, fields)
    formats, is_reported = formats_of(pictures), not plugged.AGENTS
    if plugged.AGENTS:  # what asks the compiled model is left out: shares of the spread, directions, causes, the report
        split, formats, pictures = False, (), "none"
        LOG.warning(
            "A plug-in's agents run in the Mesa model alone; directions, sources of spread, pictures and report are left out."
        )
    pair = prepared_scenarios(scenario, chosen.settings, chosen.theory, chosen.ensemble)
    identity = identity_of_run(pair, chosen)
    with run_folder(out, identity, overwrite) as folder:
        series = series_recorded(chosen)
        moved = arms_that_differ(pair, chosen)
        with recorded(pair, chosen, (*series, *series_of_answers(moved)), progress) as stores:
            reactions = [reaction_drawn(side, chosen) for side in pair]
            finished = run_of(pair, chosen, series, stores, reactions[-1])
            finished = replace(finished, directions=directions_of(finished, pair, chosen))
            finished = replace(finished, incidents=incidents_between(stores, drawn_window(finished)))
            finished = _with_race(finished, pair, stores, moved, reactions)
            if listener is not None:
                listener(finished)
            again = worlds_run_again(finished, pair, chosen, stores) if split else None
            finished = with_shares(finished, again) if split else finished
            finished = with_channels(finished, again) if formats or (is_reported and folder is not None) else finished
            if folder is not None and chosen.trajectories != "none":
                kept = [one for one in series if chosen.trajectories == "all" or one.is_headline]
                write_trajectories(stores, kept, finished, folder.draft / TRAJECTORIES)
        if folder is not None:
            held = held_scenarios(finished.scenario, finished.baseline)
            held["python"] = python_call("run", pair[-1].scenario, chosen)
            held["depends_on"] = list(finished.main_numbers)
            manifest = partial(manifest_of, identity, began, command, pictures=pictures, **held)
            finished = write_run(finished, pair, folder.draft, manifest, formats, is_reported=is_reported)
    return finished


def run_of(
    pair: Sequence[PreparedScenario], options: RunOptions, series: Sequence[Series], stores: Sequence[Store],
    reaction: Reaction,
) -> Run:  # fmt: skip
    """What some series recorded in a scenario and in what it is compared with, reduced."""
    table = pair[-1].parameters
    with ThreadPoolExecutor(1) as beside:
        stability = beside.submit(stability_of, reaction)
        if options.threads == 1:
            wait([stability])
        contrasts = contrasts_of(series, stores, options)
    return Run(
        scenario=pair[-1].scenario,
        baseline=pair[0].scenario if len(pair) > 1 else None,
        members=options.members,
        seed=options.seed,
        quarters=options.quarters,
        engine=options.engine,
        fit=options.ensemble,
        theory=options.theory,
        settings=options.settings,
        contrasts=contrasts,
        stability=stability.result(),
        pair=pair_of(middle(reaction), (FIRST, SECOND)),
        keep=options.trajectories,
        parameters_digest=table.digest,
        model_version=table.model_version,
        worlds=partial(_worlds, pair, options),
    )


def _worlds(pair: Sequence[PreparedScenario], options: RunOptions, series: Series) -> tuple[Array, ...]:
    """A series simulated in every scenario, (quarters, members) each."""
    members = np.arange(options.members)
    return tuple(
        simulated(
            side, members, seed=options.seed, quarters=options.quarters, engine=options.engine, series=(series,),
            threads=options.threads,
        )[0]
        for side in pair
    )  # fmt: skip


def reaction_drawn(side: PreparedScenario, options: RunOptions) -> Reaction:
    """What the stability of one side depends on, in all members or of very many the first."""
    drawn = drawn_parameters(side.parameters, min(options.members, CHUNK), seed=options.seed, engine=options.engine)
    return reaction_of(side.parameters, drawn)


def _with_race(
    run: Run, pair: Sequence[PreparedScenario], stores: Sequence[Store], moved: Sequence[ArmsMoved],
    reactions: Sequence[Reaction],
) -> Run:  # fmt: skip
    """The run with the rivals' answers in kind, and with whether it is a race."""
    answers = answers_between(pair, stores, moved, run.quarters, run.members)
    verdicts = race_verdicts(stores, reactions, answers, run.first_effect, run.quarters, run.members)
    return replace(run, answers=answers, verdicts=verdicts)


def directions_of(run: Run, pair: Sequence[PreparedScenario], options: RunOptions) -> Directions | None:
    """What tells whose word the directions of the answer are; nothing where there is nothing to compare with."""
    if len(pair) < 2 or plugged.AGENTS:
        return None
    series = tuple(topic.series for topic in run.topics)
    return Directions(pair, series, options.quarters, options.seed, options.ensemble)
