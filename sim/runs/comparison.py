"""Several scenarios side by side against one baseline: the same worlds and the same luck in all of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import index
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.analysis.comparison import OUTCOMES, Comparison, name_of_outcome, series, window_words
from sim.analysis.drivers import uncertain_numbers
from sim.analysis.findings import Finding, ScenarioPair, signs_of
from sim.analysis.regret import Aim, Standings, aims_of, standings
from sim.analysis.results import Array, Bands, Contrast, bands_of, contrast_of, earliest
from sim.analysis.store import Store
from sim.engines.options import CHUNK, MEMBERS, check_options
from sim.engines.simulate import PreparedScenario, prepared_scenario, simulated
from sim.ensembles.registry import DEFAULT_FIT
from sim.io.errors import InputError, Problem
from sim.io.files import temp_store
from sim.io.formatting import PER_CENT
from sim.io.progress import Progress
from sim.io.quarters import LAST, index_of
from sim.scenario.loading import Scenario, load_scenario
from sim.scenario.overrides import apply_settings

BASELINE = "baseline"
MOST_SCENARIOS = 8
LOOKED_AT = 4096  # worlds whose uncertain numbers are looked at where a scenario fails


def compare(
    scenarios: Sequence[str | Path | Scenario],
    *,
    baseline: str | Path | Scenario | None = None,
    members: int = MEMBERS,
    seed: int = 1,
    since: str | None = None,
    until: str = LAST,
    settings: Sequence[str] = (),
    engine: str = "compiled",
    fit: str = DEFAULT_FIT,
    theory: str | None = None,
    prefer: Sequence[str] = (),
    threshold: Sequence[str] = (),
    weight: Sequence[str] = (),
    threads: int | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """Compare scenarios with one baseline over the same worlds.

    scenarios : library ids, paths, or what `load_scenario` returned
    baseline  : None takes what all of them are compared to, and `baseline` where they are compared to different ones
    since     : first quarter of the window over which outcomes are averaged; None takes the first in which anything differs
    until     : last quarter of the window and of the run
    prefer, threshold, weight : as for `sim.analysis.regret.aims_of`, by the name of a variable

    Raises InputError for anything wrong with the input.
    """
    check_options(members, seed, until, engine, fit, "none", theory)
    outcomes = {name_of_outcome(topic): (one.variable, one.unit) for topic, one in zip(OUTCOMES, series(), strict=True)}
    aims = aims_of(outcomes, prefer, threshold, weight)
    base, chosen = chosen_scenarios(scenarios, baseline)
    worlds = [prepared_scenario(one, theory, fit) for one in with_settings(base, chosen, settings)]
    start = None if since is None else start_of(since, until)
    plan = _Plan(worlds, index(members), index(seed), index_of(until) + 1, engine, threads, progress)
    contrasts, window, means = _recorded(plan, start)
    ids = [one.scenario.id for one in worlds[1:]]
    moved = {name: _differences(means[name], means[base.id]) for name in ids}
    return Comparison(
        scenarios=tuple(one.scenario for one in worlds[1:]),
        baseline=worlds[0].scenario,
        members=members,
        seed=seed,
        quarters=plan.quarters,
        fit=fit,
        theory=theory,
        settings=tuple(settings),
        contrasts=contrasts,
        findings={
            one.scenario.id: _findings(one.scenario, worlds[0].scenario, moved[one.scenario.id], window, settings)
            for one in worlds[1:]
        },
        bands={name: np.array([one.quantiles[:, 0] for one in bands]) for name, bands in moved.items()},
        window=window,
        regrets=_regrets(plan, aims, means),
        model_version=worlds[0].parameters.model_version,
    )


# ---- what is compared ------------------------------------------------------------------------------------------------


def chosen_scenarios(
    scenarios: Sequence[str | Path | Scenario], baseline: str | Path | Scenario | None
) -> tuple[Scenario, tuple[Scenario, ...]]:
    """The baseline, and the others in the order given, each once; InputError where none is left or two share a name."""
    found = {one.file: one for one in map(_loaded, scenarios)}
    named = _loaded(baseline) if baseline is not None else _shared_baseline(tuple(found.values()))
    chosen = tuple(one for file, one in found.items() if file != named.file)
    ids = [named.id, *(one.id for one in chosen)]
    problem = None
    if not chosen:
        problem = "name at least one scenario besides the baseline; armsrace list shows them"
    elif len(chosen) > MOST_SCENARIOS:
        problem = f"{len(chosen)} scenarios are too many for one page; name {MOST_SCENARIOS} at most"
    elif len(set(ids)) < len(ids):
        problem = f"two scenarios have the id {next(one for one in ids if ids.count(one) > 1)}; rename one of the files"
    if problem is not None:
        raise InputError("options", [Problem(None, "scenarios", problem)])
    return named, chosen


def _loaded(ref: str | Path | Scenario) -> Scenario:
    return ref if isinstance(ref, Scenario) else load_scenario(ref)


def _shared_baseline(chosen: Sequence[Scenario]) -> Scenario:
    """What all are compared to, or the library's baseline where they are compared to different ones."""
    named = {one.compare_to for one in chosen if one.compare_to is not None}
    return load_scenario(named.pop() if len(named) == 1 else BASELINE)


def with_settings(base: Scenario, chosen: Sequence[Scenario], settings: Sequence[str]) -> list[Scenario]:
    """All scenarios with the settings that they know; InputError for one that none knows."""
    scenarios = [base, *chosen]
    known = [{f"events.{event.id}" for event in one.events} for one in scenarios]
    homes = {
        one: [place for place, ids in enumerate(known) if not _is_of_event(one) or _event(one) in ids]
        for one in settings
    }
    return [
        apply_settings(one, [setting for setting in settings if place in homes[setting] or not homes[setting]])
        for place, one in enumerate(scenarios)
    ]


def _is_of_event(setting: str) -> bool:
    return setting.startswith("events.")


def _event(setting: str) -> str:
    """The event of a setting, `events.ID`."""
    return setting.partition("=")[0].strip().rsplit(".", 1)[0]


def start_of(since: str, until: str) -> int:
    """Number of the first quarter of the window; InputError if it is none, or lies after the end."""
    try:
        start = index_of(since)
    except ValueError as error:
        raise InputError("options", [Problem(None, "since", str(error))]) from None
    if start > index_of(until):
        raise InputError("options", [Problem(None, "since", f"{since} lies after the end of the run, {until}")])
    return start


# ---- the numbers -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Plan:
    """What is to be simulated, and how; the first world is the baseline."""

    worlds: Sequence[PreparedScenario]
    members: int
    seed: int
    quarters: int
    engine: str
    threads: int | None
    progress: Progress | None

    def chunks(self) -> Iterator[NDArray[np.int64]]:
        for start in range(0, self.members, CHUNK):
            yield np.arange(start, min(start + CHUNK, self.members), dtype=np.int64)


def _recorded(
    plan: _Plan, start: int | None
) -> tuple[dict[str, tuple[Contrast, ...]], tuple[int, int], dict[str, Array]]:
    """Contrasts by scenario; the window, from its first quarter if that is given; means over it, by scenario.

    The means are (outcomes, members), those of the baseline among them.
    """
    ids = [one.scenario.id for one in plan.worlds]
    with temp_store() as place:
        folders = [place / str(number) if plan.members > CHUNK else None for number in range(len(ids))]
        stores = [Store(series(), plan.quarters, folder) for folder in folders]
        _simulate(plan, stores)
        contrasts = {
            name: _contrasts(store, stores[0], plan.quarters) for name, store in zip(ids[1:], stores[1:], strict=True)
        }
        first = earliest(one.first_difference for found in contrasts.values() for one in found)
        window = (start if start is not None else first or 0, plan.quarters)
        return contrasts, window, {name: _means(store, window) for name, store in zip(ids, stores, strict=True)}


def _simulate(plan: _Plan, stores: Sequence[Store]) -> None:
    """Record the outcomes of all members in every world, chunk after chunk."""
    done = 0

    def advance(count: int) -> None:
        nonlocal done
        done += count
        if plan.progress is not None:
            plan.progress("simulating", done, plan.members * len(plan.worlds))

    for members in plan.chunks():
        for world, store in zip(plan.worlds, stores, strict=True):
            recorded = simulated(
                world, members, seed=plan.seed, quarters=plan.quarters, engine=plan.engine, series=series(),
                threads=plan.threads, progress=advance,
            )  # fmt: skip
            store.add(recorded)


def _regrets(plan: _Plan, aims: Sequence[Aim], means: Mapping[str, Array]) -> tuple[Standings, ...]:
    """How all scenarios do by each aim, with what failing worlds have in common."""
    places = {name_of_outcome(one): place for place, one in enumerate(OUTCOMES)}
    numbers = _numbers(plan.worlds, plan.members, plan.seed)
    baseline, looked_at = plan.worlds[0].scenario.id, min(plan.members, LOOKED_AT)
    fixed = {one.scenario.id: tuple(one.scenario.parameters) for one in plan.worlds}
    return tuple(
        standings(
            aim, {name: found[places[aim.name]] for name, found in means.items()}, baseline, numbers, looked_at, fixed
        )
        for aim in aims
    )


def _contrasts(store: Store, base: Store, quarters: int) -> tuple[Contrast, ...]:
    whole = range(quarters)
    return tuple(contrast_of(one, store.values(one, whole), base.values(one, whole)) for one in series())


def _means(store: Store, window: tuple[int, int]) -> Array:
    """Means of the outcomes over the window, (outcomes, members)."""
    return np.array([store.values(one, range(*window)).mean(axis=0) for one in series()])


def _differences(ours: Array, theirs: Array) -> list[Bands]:
    """Paired differences of every outcome over the window; those of spending and capability in per cent."""
    return [
        bands_of((PER_CENT * (a / b - 1.0) if topic.in_per_cent else a - b)[None])
        for topic, a, b in zip(OUTCOMES, ours, theirs, strict=True)
    ]


def _findings(
    scenario: Scenario, base: Scenario, bands: Sequence[Bands], window: tuple[int, int], settings: Sequence[str]
) -> tuple[Finding, ...]:
    """The differences as findings, with what their signs rest on."""
    sign_of = signs_of(ScenarioPair(scenario, base, tuple(settings)))
    found = []
    for topic, one in zip(OUTCOMES, bands, strict=True):
        low, _, median, _, high = one.quantiles[:, 0].tolist()
        shares = float(one.p_positive[0]), float(one.p_negative[0])
        found.append(Finding(topic, window_words(*window), median, low, high, *shares, *sign_of(topic)))
    return tuple(found)


def _numbers(worlds: Sequence[PreparedScenario], members: int, seed: int) -> dict[str, Array]:
    """What is uncertain, in the first worlds."""
    from sim.engines.compiled.engine import drawn_parameters

    first = np.arange(min(members, LOOKED_AT), dtype=np.int64)
    drawn = drawn_parameters(worlds[0].parameters, members=first, seed=seed)
    found = uncertain_numbers(worlds[0].parameters, drawn, [one.script for one in worlds], seed, first)  # type: ignore[arg-type]
    return {name: values for name, values in found.items() if np.ptp(values) > 0.0}
