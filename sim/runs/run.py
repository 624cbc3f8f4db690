"""One run: a scenario against its baseline, the same members in both, reduced and written as they come."""

import time
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from sim.analysis.dyads import middle, pair_of
from sim.analysis.incidents import drawn_window
from sim.analysis.output import RunFolder, Trajectories
from sim.analysis.results import Run
from sim.analysis.stability import reaction_of, stability_of
from sim.analysis.store import Store
from sim.engines.options import CHUNK, RunOptions, run_options
from sim.engines.simulate import PreparedScenario, drawn_parameters, prepared_scenarios
from sim.io.progress import Progress
from sim.model.network import KOSOVO, SERBIA
from sim.model.variables import Series
from sim.runs.causes import with_causes
from sim.runs.identity import held_scenarios, identity_of_run, manifest_of
from sim.runs.output import write_run
from sim.runs.recording import contrasts_of, incidents_between, recorded, series_recorded
from sim.runs.target import run_folder
from sim.scenario.loading import Scenario


def run(
    scenario: str | Path | Scenario,
    options: RunOptions | None = None,
    *,
    out: str | Path | None = None,
    overwrite: bool = False,
    pictures: bool = True,
    split: bool = True,
    progress: Progress | None = None,
    command: Sequence[str] | None = None,
    **fields: Any,
) -> Run:
    """Run a scenario against the one that it is compared to, with the same members in both.

    scenario  : a library id, a path, or what `load_scenario` returned
    options   : how it is simulated
    fields    : the same one by one, as in `run("skydagger-delivery", members=200, seed=3)`: members, seed, until, engine,
                fit, theory, settings, keep and threads, see `sim.engines.options.RunOptions`
    out       : folder to write; None writes nothing
    overwrite : whether another run in the folder may go
    split     : whether some members are simulated again to see what the spread is owed to, see `sim.runs.causes`
    command   : what the manifest keeps of how it was called
    returns   : the reduced run; `run(...).frame()` is the headline table

    Raises InputError for anything wrong with the input.
    """
    began = time.perf_counter()
    chosen = run_options(options, fields)
    pair = prepared_scenarios(scenario, chosen.settings, chosen.theory, chosen.fit)
    identity = identity_of_run(pair, chosen)
    with run_folder(out, identity, overwrite) as folder:
        finished = _reduced(pair, chosen, folder, progress)
        if split:
            finished = with_causes(finished, pair, chosen)
        if folder is not None:
            held = held_scenarios(finished.scenario, finished.baseline)
            manifest = partial(manifest_of, identity, began, command, **held)
            write_run(finished, pair, folder.draft, manifest, pictures=pictures)
    return finished


def _reduced(
    pair: Sequence[PreparedScenario], options: RunOptions, folder: RunFolder | None, progress: Progress | None
) -> Run:
    """Simulate chunk after chunk, write trajectories as they come, and reduce."""
    series = series_recorded(options)
    with (
        _trajectories(folder, series, options) as file,
        recorded(pair, options, series, progress, None if file is None else file.add) as stores,
    ):
        run = _run_of(pair, options, series, stores)  # while the last chunk is written
        return replace(run, incidents=incidents_between(stores, drawn_window(run)))


def _trajectories(
    folder: RunFolder | None, series: Sequence[Series], options: RunOptions
) -> AbstractContextManager[Trajectories | None]:
    if folder is None or options.keep == "none":
        return nullcontext()
    kept = [entry for entry in series if options.keep == "all" or entry.is_headline]
    return Trajectories(folder.draft / "trajectories.parquet", kept, options.quarters, recorded=series)


def _run_of(
    pair: Sequence[PreparedScenario], options: RunOptions, series: Sequence[Series], stores: Sequence[Store]
) -> Run:
    table = pair[-1].parameters
    count = min(options.members, CHUNK)
    reaction = reaction_of(table, drawn_parameters(table, count, seed=options.seed, engine=options.engine))
    return Run(
        scenario=pair[-1].scenario,
        baseline=pair[0].scenario if len(pair) > 1 else None,
        members=options.members,
        seed=options.seed,
        quarters=options.quarters,
        engine=options.engine,
        fit=options.fit,
        theory=options.theory,
        settings=options.settings,
        contrasts=contrasts_of(series, stores, options),
        stability=stability_of(reaction),
        pair=pair_of(middle(reaction), (SERBIA, KOSOVO)),
        keep=options.keep,
        parameters_digest=table.digest,
        model_version=table.model_version,
    )
