"""Several scenarios side by side against one baseline: the same simulations and the same luck in all of them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Unpack

import numpy as np

from sim.analysis.answer_in_kind import Answer, series_of_answers
from sim.analysis.comparison import INCIDENTS, OUTCOMES, Comparison, moments_of, topics_compared, window_words
from sim.analysis.drivers import uncertain_numbers
from sim.analysis.findings import Directions as AnyDirections
from sim.analysis.findings import Finding, direction_of
from sim.analysis.incidents import HAZARD
from sim.analysis.race_verdict import RaceVerdict, race_verdict, years_judged
from sim.analysis.regret import NO_PREFERENCES, Aim, Preferences, Standings, aims_of, standings
from sim.analysis.results import Array, Bands, Contrast, Run, bands_of, earliest
from sim.analysis.store import Store
from sim.analysis.topics import TOPICS, Topic
from sim.directions.directions import Directions
from sim.engines.options import RunFields, RunOptions, run_options
from sim.engines.simulate import PreparedScenario, drawn_parameters, is_known, prepared_scenario
from sim.io.errors import InputError, Problem
from sim.io.formatting import PER_CENT
from sim.io.progress import Progress
from sim.io.quarters import PER_YEAR, index_of
from sim.model.network import FIRST, SECOND
from sim.model.variables import Series
from sim.runs.recording import answers_between, arms_that_differ, recorded, series_recorded
from sim.runs.run import reaction_drawn, run_of
from sim.scenario.loading import Scenario, load_scenario
from sim.scenario.overrides import apply_settings

BASELINE = "baseline"
MOST_SCENARIOS = 8
LEVELS = (0.5, 0.05, 0.95)  # median, and the ends of the 90 % range
LARGEST_AMONG = ("spending", "attitude", "uav", "loitering", "air_defence", "capital_stock")  # of any actor
LOOKED_AT = 4096  # members whose uncertain numbers are looked at where a scenario fails


def compare(
    scenarios: Sequence[str | Path | Scenario],
    options: RunOptions | None = None,
    *,
    baseline: str | Path | Scenario | None = None,
    since: str | None = None,
    preferences: Preferences = NO_PREFERENCES,
    progress: Progress | None = None,
    **fields: Unpack[RunFields],
) -> Comparison:
    """Compare scenarios with one baseline over the same members.

    scenarios : library ids, paths, or what `load_scenario` returned
    options, fields : how they are simulated, as for `sim.run`; `until` is the end of the window, too
    baseline  : None takes what all of them are compared to, and `baseline` where they are compared to different ones
    since     : first quarter of the window over which outcomes are averaged; None takes the first in which anything differs
    preferences : by the name of an outcome or of a variable

    Raises InputError for anything wrong with the input.
    """
    chosen = run_options(options, fields)
    base, compared = chosen_scenarios(scenarios, baseline)
    topics = topics_compared(base, compared)
    series = tuple(topic.series for topic in topics[:-1])
    core = {topic.series.name for topic in OUTCOMES}
    aims = [
        aim
        for aim in aims_of({one.name: (one.variable, one.unit) for one in series}, preferences)
        if aim.name in core or not aim.is_convention
    ]
    prepared = [
        prepared_scenario(scenario, chosen.theory, chosen.ensemble)
        for scenario in with_settings(base, compared, chosen.settings)
    ]
    start = None if since is None else start_of(since, chosen.until)
    moved = {side.scenario.id: arms_that_differ((prepared[0], side), chosen) for side in prepared[1:]}
    of_runs = _series_of_runs(series, chosen)
    wanted = dict.fromkeys((*of_runs, *(one for arms in moved.values() for one in series_of_answers(arms))))
    with recorded(prepared, chosen, tuple(wanted), progress) as stores:
        runs = {
            side.scenario.id: _as_run((prepared[0], side), chosen, of_runs, [stores[0], store], series)
            for side, store in zip(prepared[1:], stores[1:], strict=True)
        }
        contrasts = {name: tuple(made.by_series[one] for one in series) for name, made in runs.items()}
        answers = {
            side.scenario.id: answers_between(
                (prepared[0], side), (stores[0], store), moved[side.scenario.id], chosen.quarters, chosen.members
            )
            for side, store in zip(prepared[1:], stores[1:], strict=True)
        }
        first = earliest(contrast.first_difference for of_scenario in contrasts.values() for contrast in of_scenario)
        window = (start if start is not None else first or 0, chosen.quarters)
        means = {side.scenario.id: _means(store, series, window) for side, store in zip(prepared, stores, strict=True)}
        verdicts = _verdicts(prepared, chosen, stores, answers, first)
    return _comparison(prepared, chosen, topics, aims, contrasts, answers, window, means, verdicts, runs)


def _series_of_runs(compared: Sequence[Series], options: RunOptions) -> tuple[Series, ...]:
    """What is compared, and all of what a run records that its largest effect may be in."""
    may_be_largest = {topic.series for topic in TOPICS}
    recorded_alone = [one for one in series_recorded(options) if one.variable in LARGEST_AMONG or one in may_be_largest]
    return tuple(dict.fromkeys((*compared, *recorded_alone)))


def _as_run(
    pair: Sequence[PreparedScenario], options: RunOptions, series: Sequence[Series], stores: Sequence[Store],
    compared: Sequence[Series],
) -> Run:  # fmt: skip
    """One scenario against the baseline as a run of its own reduces it."""
    made = run_of(pair, options, series, stores, reaction_drawn(pair[-1], options))
    named = tuple(dict.fromkeys((*compared, *(topic.series for topic in made.topics))))
    return replace(made, directions=Directions(pair, named, options.quarters, options.seed, options.ensemble))


def _comparison(
    prepared: Sequence[PreparedScenario],
    options: RunOptions,
    topics: tuple[Topic, ...],
    aims: Sequence[Aim],
    contrasts: dict[str, tuple[Contrast, ...]],
    answers: dict[str, tuple[Answer, ...]],
    window: tuple[int, int],
    means: Mapping[str, Array],
    verdicts: dict[str, RaceVerdict],
    runs: dict[str, Run],
) -> Comparison:
    """What was found, from the means over the window: by scenario, (outcomes, members), those of the baseline among them."""
    base, *compared = (side.scenario for side in prepared)
    moved = {scenario.id: _differences(topics, means[scenario.id], means[base.id]) for scenario in compared}
    directions = {name: made.directions for name, made in runs.items() if made.directions is not None}
    return Comparison(
        scenarios=tuple(compared),
        baseline=base,
        members=options.members,
        seed=options.seed,
        quarters=options.quarters,
        engine=options.engine,
        fit=options.ensemble,
        theory=options.theory,
        settings=options.settings,
        topics=topics,
        contrasts=contrasts,
        findings={
            scenario.id: _findings(topics, directions[scenario.id], moved[scenario.id], window) for scenario in compared
        },
        bands={name: np.array([band.quantiles[:, 0] for band in bands]) for name, bands in moved.items()},
        levels={name: np.quantile(values, LEVELS, axis=1).T for name, values in means.items()},
        window=window,
        regrets=_regrets(prepared, options, topics, aims, means),
        answers=answers,
        directions=directions,
        verdicts=verdicts,
        model_version=prepared[0].parameters.model_version,
        runs=runs,
        moments=moments_of(runs.values()),
    )


# ---- what is compared ------------------------------------------------------------------------------------------------


def chosen_scenarios(
    scenarios: Sequence[str | Path | Scenario], baseline: str | Path | Scenario | None
) -> tuple[Scenario, tuple[Scenario, ...]]:
    """The baseline, and the others in the order given, each once; InputError where none is left or two share a name."""
    by_file = {scenario.file: scenario for scenario in map(_loaded, scenarios)}
    named = _loaded(baseline) if baseline is not None else _shared_baseline(tuple(by_file.values()))
    chosen = tuple(scenario for file, scenario in by_file.items() if file != named.file)
    ids = [named.id, *(scenario.id for scenario in chosen)]
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
    named = {scenario.compare_to for scenario in chosen if scenario.compare_to is not None}
    return load_scenario(named.pop() if len(named) == 1 else BASELINE)


def with_settings(base: Scenario, chosen: Sequence[Scenario], settings: Sequence[str]) -> list[Scenario]:
    """All scenarios with the settings that they know; InputError for one that none knows."""
    scenarios = [base, *chosen]
    unknown = [setting for setting in settings if not any(is_known(setting, scenario) for scenario in scenarios)]
    return [
        apply_settings(scenario, [setting for setting in settings if setting in unknown or is_known(setting, scenario)])
        for scenario in scenarios
    ]


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


def _regrets(
    prepared: Sequence[PreparedScenario],
    options: RunOptions,
    topics: Sequence[Topic],
    aims: Sequence[Aim],
    means: Mapping[str, Array],
) -> tuple[Standings, ...]:
    """How all scenarios do by each aim, with what failing members have in common."""
    places = {topic.series.name: place for place, topic in enumerate(topics)}
    count = min(options.members, LOOKED_AT)
    numbers = _numbers(prepared, options, count)
    fixed = {side.scenario.id: tuple(side.scenario.parameters) for side in prepared}
    return tuple(
        standings(
            aim,
            {name: values[places[aim.name]] for name, values in means.items()},
            prepared[0].scenario.id,
            numbers,
            count,
            fixed,
        )
        for aim in aims
    )


def _means(store: Store, series: Sequence[Series], window: tuple[int, int]) -> Array:
    """Means of the outcomes over the window, and the number of serious incidents expected in it, (outcomes, members)."""
    values = {one: store.values(one, range(*window)) for one in series}
    incidents = -np.expm1(-values[HAZARD] / PER_YEAR).sum(axis=0)  # at most one in a quarter
    return np.array([*(of.mean(axis=0) for of in values.values()), incidents])


def _differences(topics: Sequence[Topic], scenario: Array, baseline: Array) -> list[Bands]:
    """Paired differences of every outcome over the window; those of spending and capability in per cent."""
    return [
        bands_of((topic.scale * (PER_CENT * (a / b - 1.0) if topic.in_per_cent else a - b))[None])
        for topic, a, b in zip(topics, scenario, baseline, strict=True)
    ]


def _findings(
    topics: Sequence[Topic], directions: AnyDirections, bands: Sequence[Bands], window: tuple[int, int]
) -> tuple[Finding, ...]:
    """The differences as findings, with whose word their directions are."""
    rows = []
    for topic, band in zip(topics, bands, strict=True):
        low, _, median, _, high = band.quantiles[:, 0].tolist()
        shares = float(band.p_positive[0]), float(band.p_negative[0])
        series = HAZARD if topic == INCIDENTS else topic.series
        whose = direction_of(directions, series, range(*window), *shares, relative=topic.in_per_cent)
        rows.append(Finding(topic, window_words(*window), median, low, high, *shares, whose))
    return tuple(rows)


def _verdicts(
    prepared: Sequence[PreparedScenario],
    options: RunOptions,
    stores: Sequence[Store],
    answers: Mapping[str, Sequence[Answer]],
    first: int | None,
) -> dict[str, RaceVerdict]:
    """By scenario, whether it is a race between the two sides."""
    years = years_judged(first, options.quarters)
    reactions = [reaction_drawn(side, options) for side in prepared]
    return {
        side.scenario.id: race_verdict(
            (FIRST, SECOND),
            (stores[0], store),
            (reactions[0], reaction),
            answers[side.scenario.id],
            years,
            options.members,
        )
        for side, store, reaction in zip(prepared[1:], stores[1:], reactions[1:], strict=True)
    }


def _numbers(prepared: Sequence[PreparedScenario], options: RunOptions, count: int) -> dict[str, Array]:
    """What is uncertain, in the first members."""
    table = prepared[0].parameters
    drawn = drawn_parameters(table, count, seed=options.seed)
    numbers = uncertain_numbers(table, drawn, [side.script for side in prepared], options.seed, range(count))
    return {name: values for name, values in numbers.items() if np.ptp(values) > 0.0}
