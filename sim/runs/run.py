"""One run: a scenario against its baseline, the same members in both worlds, reduced and written as they come."""

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from operator import index
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.analysis.drivers import uncertain_numbers
from sim.analysis.dyads import middle, pair_of
from sim.analysis.incidents import HAZARD, INCIDENTS, channels, drawn_window
from sim.analysis.output import (
    FIGURES,
    MANIFEST,
    UNCERTAINTY,
    RunFolder,
    Trajectories,
    strangers,
    write_json,
    write_summary,
)
from sim.analysis.results import Bands, Contrast, Run, bands_of, contrast_of, joined
from sim.analysis.stability import reaction_of, stability_of
from sim.analysis.store import Store
from sim.analysis.variance_shares import series_again, splits, worlds_again, write_uncertainty
from sim.engines.options import CHUNK, MEMBERS, check_options
from sim.engines.simulate import PreparedScenario, parameters_for, prepared_scenario, simulated
from sim.ensembles.draws import parameters_of_member
from sim.ensembles.registry import DEFAULT_FIT
from sim.io.background import in_background
from sim.io.errors import InputError, Problem
from sim.io.files import temp_store
from sim.io.progress import Progress
from sim.io.provenance import provenance
from sim.io.quarters import LAST, QUARTERS_PER_YEAR, index_of
from sim.model.network import KOSOVO, SERBIA
from sim.model.theories import theories
from sim.model.variables import Series, all_series
from sim.scenario.loading import Scenario, load_scenario
from sim.scenario.overrides import apply_settings

if TYPE_CHECKING:
    from sim.report.why import Why

FULL_RECORD_UP_TO = 5_000
REDUCED_AT_ONCE = 10_000
PACKAGES = ("matplotlib", "mesa", "numba", "numpy", "pyarrow", "scipy")


def run(
    scenario: str | Path | Scenario,
    *,
    members: int = MEMBERS,
    seed: int = 1,
    until: str = LAST,
    settings: Sequence[str] = (),
    engine: str = "compiled",
    fit: str = DEFAULT_FIT,
    theory: str | None = None,
    keep: str = "headline",
    out: str | Path | None = None,
    overwrite: bool = False,
    threads: int | None = None,
    progress: Progress | None = None,
    pictures: bool = True,
    split: bool = True,
    command: Sequence[str] | None = None,
) -> Run:
    """Run a scenario against the one that it is compared to, with the same members in both worlds.

    scenario : a library id, a path, or what `load_scenario` returned
    members  : how many worlds, each with its own draw of the uncertain parameters
    seed     : of every draw; the same seed gives the same bytes
    until    : last quarter
    settings : `NAME=VALUE`, applied to both worlds where both have the name
    engine   : "compiled", or "agents" for the Mesa model, which gives the same numbers more slowly
    fit      : the ensemble: a shipped fit, a folder that `armsrace calibrate` wrote, or "prior", which draws every
               uncertain parameter from its prior
    theory  : a rival theory, of `calibration/theories.yaml`, in both worlds
    keep     : which trajectories are written: "headline", "all" or "none"
    out      : folder to write; None writes nothing
    split    : whether some worlds are run again to see what the spread is owed to, see `sim.analysis.variance_shares`
    returns  : the reduced run; `run(...).frame()` is the headline table

    Raises InputError for anything wrong with the input.
    """
    began = time.perf_counter()
    check_options(members, seed, until, engine, fit, keep, theory)
    members, seed = index(members), index(seed)
    worlds = prepared_scenarios(scenario, settings, theory, fit)
    quarters = index_of(until) + 1
    identity = identity_of(worlds, members, seed, until, engine, fit, theory, keep, settings)
    folder = None if out is None else folder_for(Path(out).resolve(), identity, overwrite)
    plan = _Plan(worlds, members, seed, quarters, engine, keep, threads, progress, folder)
    try:
        finished = _finished(plan, identity, fit, theory, settings)
        with _explanation(finished, worlds, folder if pictures else None) as explained:
            if split:
                finished = _with_channels(_with_splits(finished, plan), plan)
            if folder is not None:
                _write(finished, folder, identity, began, command, explained if pictures else None)
                check_target(folder.target, identity, overwrite)  # another run may have come in between
                folder.finish()
    finally:
        if folder is not None:
            folder.withdraw()
    return finished


def prepared_scenarios(
    scenario: str | Path | Scenario, settings: Sequence[str], theory_name: str | None, fit: str
) -> tuple[PreparedScenario, ...]:
    """The baseline, if there is one, and the scenario; settings go to both worlds where both have the name."""
    chosen = scenario if isinstance(scenario, Scenario) else load_scenario(scenario)
    changed = apply_settings(chosen, settings)
    if chosen.compare_to is None:
        return (prepared_scenario(changed, theory_name, fit),)
    base = load_scenario(chosen.compare_to)
    known = {f"events.{event.id}" for event in base.events}
    shared = [one for one in settings if not one.startswith("events.") or one.split("=")[0].rsplit(".", 1)[0] in known]
    return prepared_scenario(apply_settings(base, shared), theory_name, fit), prepared_scenario(
        changed, theory_name, fit
    )


def identity_of(
    worlds: Sequence[PreparedScenario],
    members: int,
    seed: int,
    until: str,
    engine: str,
    fit: str,
    theory_name: str | None,
    keep: str,
    settings: Sequence[str],
) -> dict[str, Any]:
    """Everything that decides a run's numbers and files; two runs with the same identity have the same bytes."""
    return {
        "scenario": worlds[-1].scenario.id,
        "baseline": worlds[0].scenario.id if len(worlds) > 1 else None,
        "scenario_sha256": worlds[-1].scenario.digest,
        "baseline_sha256": worlds[0].scenario.digest if len(worlds) > 1 else None,
        "parameters_sha256": worlds[-1].parameters.digest,
        "model_version": worlds[-1].parameters.model_version,
        "members": members,
        "seed": seed,
        "until": until,
        "engine": engine,
        "fit": fit,
        "theory": theory_name,
        "keep": keep,
        "settings": list(settings),
    }


def folder_for(target: Path, identity: dict[str, Any], overwrite: bool) -> RunFolder:
    """Where the run goes, ready to be written to."""
    check_target(target, identity, overwrite)
    try:
        return RunFolder(target)
    except OSError as error:
        message = f"cannot be written ({error.strerror}); choose another folder with --out"
        raise InputError(target, [Problem(None, "", message)]) from None


def check_target(target: Path, identity: dict[str, Any], overwrite: bool) -> None:
    """A folder that holds anything but a run is left alone, and so is another run unless told; InputError says so."""
    message = None
    if any((parent / MANIFEST).is_file() for parent in target.parents):
        message = "lies inside the folder of another run; choose another folder with --out"
    elif target.exists() and not target.is_dir():
        message = "is a file; choose a folder with --out"
    elif target.is_dir() and any(target.iterdir()):
        message = _objection(target, identity, overwrite)
    if message is not None:
        raise InputError(target, [Problem(None, "", message)])


def _objection(target: Path, identity: dict[str, Any], overwrite: bool) -> str | None:
    """Why a folder with something in it must not be replaced, or None."""
    found = _identity_in(target)
    if found is None:
        return "is not empty and holds no run; choose another folder with --out"
    if others := strangers(target):
        return f'holds a run and also "{others[0]}", which would be lost; move it, or choose another folder with --out'
    if found != identity and not overwrite:
        return "holds another run; choose another folder with --out, or add --overwrite to replace it"
    return None


def _identity_in(target: Path) -> dict[str, Any] | None:
    """Identity of the run that a folder holds; None if it holds none."""
    try:
        manifest = json.loads((target / MANIFEST).read_text(encoding="utf-8"))
        found = manifest["identity"]
        is_ours = manifest["format_version"] == 1 and {"scenario", "scenario_sha256", "seed"} <= set(found)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found if is_ours else None


@dataclass(frozen=True)
class _Plan:
    """What is to be simulated, and how."""

    worlds: tuple[PreparedScenario, ...]
    members: int
    seed: int
    quarters: int
    engine: str
    keep: str
    threads: int | None
    progress: Progress | None
    folder: RunFolder | None

    @property
    def series(self) -> tuple[Series, ...]:
        """What is recorded: everything, or for very many members, unless all is kept, the headline only."""
        if self.members <= FULL_RECORD_UP_TO or self.keep == "all":
            return all_series()
        return tuple(one for one in all_series() if one.is_headline)

    def stretches(self) -> list[range]:
        """Quarters that are reduced at once: all of them, or for very many members a year at a time."""
        step = self.quarters if self.members <= REDUCED_AT_ONCE else QUARTERS_PER_YEAR
        return [range(start, min(start + step, self.quarters)) for start in range(0, self.quarters, step)]

    def chunks(self) -> Iterator[NDArray[np.int64]]:
        for start in range(0, self.members, CHUNK):
            yield np.arange(start, min(start + CHUNK, self.members), dtype=np.int64)


def _finished(plan: _Plan, identity: dict[str, Any], fit: str, theory_name: str | None, settings: Sequence[str]) -> Run:
    """Simulate chunk after chunk, write trajectories as they come, and reduce."""
    kept = _kept(plan)
    with temp_store() as place, _trajectories(plan, kept) as trajectories:
        stores = [
            Store(plan.series, plan.quarters, place / str(number) if plan.members > CHUNK else None)
            for number in range(len(plan.worlds))
        ]
        _simulate(plan, stores, trajectories, kept)
        contrasts = _reduced(plan, stores)  # while the last chunk is written
        found = _run_of(plan, contrasts, identity, fit, theory_name, settings)
        return replace(found, incidents=_incidents(drawn_window(found), stores))


def _run_of(
    plan: _Plan, contrasts: tuple[Contrast, ...], identity: dict[str, Any], fit: str, theory_name: str | None,
    settings: Sequence[str],
) -> Run:  # fmt: skip
    last = plan.worlds[-1]
    reaction = reaction_of(last.parameters, _drawn(plan, last, min(plan.members, CHUNK)))
    return Run(
        scenario=last.scenario,
        baseline=plan.worlds[0].scenario if len(plan.worlds) > 1 else None,
        members=plan.members,
        seed=plan.seed,
        quarters=plan.quarters,
        engine=plan.engine,
        fit=fit,
        theory=theory_name,
        settings=tuple(settings),
        contrasts=contrasts,
        stability=stability_of(reaction),
        pair=pair_of(middle(reaction), (SERBIA, KOSOVO)),
        keep=plan.keep,
        parameters_digest=identity["parameters_sha256"],
        model_version=identity["model_version"],
    )


def _simulate(plan: _Plan, stores: Sequence[Store], trajectories: Trajectories | None, kept: Sequence[Series]) -> None:
    total = plan.members * len(plan.worlds)
    done = 0

    def advance(count: int) -> None:
        nonlocal done
        done += count
        if plan.progress is not None:
            plan.progress("simulating", done, total)

    places = [plan.series.index(one) for one in kept]
    for members in plan.chunks():
        for world, store in zip(plan.worlds, stores, strict=True):
            recorded = simulated(
                world, members, seed=plan.seed, quarters=plan.quarters, engine=plan.engine, series=plan.series,
                threads=plan.threads, progress=advance,
            )  # fmt: skip
            store.add(recorded)
            if trajectories is not None:
                trajectories.add(world.scenario.id, members, recorded[places])


def _trajectories(plan: _Plan, kept: Sequence[Series]) -> AbstractContextManager[Trajectories | None]:
    if plan.folder is None or not kept:
        return nullcontext()
    return Trajectories(plan.folder.draft / "trajectories.parquet", kept, plan.quarters)


def _kept(plan: _Plan) -> tuple[Series, ...]:
    if plan.keep == "none":
        return ()
    return tuple(one for one in plan.series if plan.keep == "all" or one.is_headline)


def _reduced(plan: _Plan, stores: Sequence[Store]) -> tuple[Contrast, ...]:
    """Contrasts of all series."""

    stretches = plan.stretches()

    def contrast(one: Series) -> Contrast:
        parts = []
        for quarters in stretches:
            values = [store.values(one, quarters) for store in stores]
            parts.append(contrast_of(one, values[-1], values[0] if len(values) > 1 else None))
        return joined(parts, [quarters.start for quarters in stretches])

    with ThreadPoolExecutor(plan.threads or os.cpu_count()) as pool:
        return tuple(pool.map(contrast, plan.series))


def _incidents(window: range, stores: Sequence[Store]) -> Bands | None:
    """Paired difference of the number of serious incidents in a window, read a year at a time."""
    if not window or len(stores) < 2 or INCIDENTS not in stores[0].places:
        return None
    years = [range(start, min(start + QUARTERS_PER_YEAR, window.stop)) for start in window[::QUARTERS_PER_YEAR]]
    ours, theirs = (
        sum(store.values(INCIDENTS, year).sum(axis=0) for year in years) for store in (stores[-1], stores[0])
    )
    return bands_of((ours - theirs)[None])


def _with_splits(run: Run, plan: _Plan) -> Run:
    """The run with what its spread is owed to.

    The compiled engine runs the worlds again whichever ran them first: both give the same numbers.
    """
    count = worlds_again(plan.members)
    if run.baseline is None or count == 0:
        return run

    def again(theory_name: str | None, chance_seed: int | None) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        base, changed = (
            simulated(
                replace(world, parameters=parameters_for(world.scenario, theory_name or run.theory, run.fit)),
                range(count), seed=plan.seed, quarters=plan.quarters, series=series_again(), threads=plan.threads,
                chance_seed=chance_seed,
            )
            for world in plan.worlds
        )  # fmt: skip
        return changed, base

    last = plan.worlds[-1]
    drawn = _drawn(plan, last, count)
    numbers = uncertain_numbers(last.parameters, drawn, [one.script for one in plan.worlds], plan.seed, range(count))
    return replace(run, uncertainty=splits(run, tuple(theories()), again, numbers))


def _with_channels(run: Run, plan: _Plan) -> Run:
    """The run with what the change of the risk of incidents is owed to; the compiled engine runs the worlds again."""
    count = worlds_again(plan.members)
    if run.first_effect is None or count == 0:
        return run

    def again(over: Mapping[str, float]) -> NDArray[np.float64]:
        base, changed = (
            simulated(
                replace(world, parameters=world.parameters.with_overrides(over)), range(count), seed=plan.seed,
                quarters=plan.quarters, series=(HAZARD,), threads=plan.threads,
            )[0]
            for world in plan.worlds
        )  # fmt: skip
        return changed - base

    return replace(run, channels=channels(again))


def _drawn(plan: _Plan, one: PreparedScenario, count: int) -> NDArray[np.float64]:
    """Drawn parameters of the first members."""
    members = np.arange(count, dtype=np.int64)
    if plan.engine == "compiled":
        from sim.engines.compiled.engine import drawn_parameters

        return drawn_parameters(one.parameters, members=members, seed=plan.seed)
    table = one.parameters
    return np.array([parameters_of_member(table, plan.seed, int(member)) for member in members]).T


def _explanation(
    run: Run, worlds: Sequence[PreparedScenario], folder: RunFolder | None
) -> AbstractContextManager[Callable[[], "Why | None"]]:
    """Why the answer moved, worked out while the run goes on; nothing where no report is written."""
    if folder is None:
        return nullcontext(lambda: None)
    from sim.report.why import why

    return in_background(lambda: why(run, worlds, folder.draft / FIGURES))


def _write(
    run: Run, folder: RunFolder, identity: dict[str, Any], began: float, command: Sequence[str] | None,
    explained: Callable[[], "Why | None"] | None,
) -> None:  # fmt: skip
    """All files of a run but the trajectories, which are written as they come; pictures and report with an explanation."""
    write_summary(run, folder.draft / "summary.csv")
    if run.uncertainty is not None:
        write_uncertainty(run.uncertainty, folder.draft / UNCERTAINTY)
    if explained is not None:
        _write_pictures_and_report(run, folder.draft, manifest_of(run, identity, began, command), explained)
    write_json(manifest_of(run, identity, began, command), folder.draft / MANIFEST)


def _write_pictures_and_report(
    run: Run, draft: Path, manifest: dict[str, Any], explained: Callable[[], "Why | None"]
) -> None:
    """The pictures, half of them in a second process, and the page that shows them."""
    from sim.plots.registry import plots_of, write_plots
    from sim.report.run_report import write_report

    plots = plots_of("run", run)
    with in_background(lambda: write_plots(plots[::2], run, draft / FIGURES)) as others:
        write_plots(plots[1::2], run, draft / FIGURES)
        others()
    write_report(run, draft, manifest, explained())


def manifest_of(run: Run, identity: dict[str, Any], began: float, command: Sequence[str] | None) -> dict[str, Any]:
    return {
        "format_version": 1,
        "identity": identity,
        "scenario": run.scenario.resolved(),
        "baseline": None if run.baseline is None else run.baseline.resolved(),
        **provenance(PACKAGES, began, command),
    }
