"""Scenarios simulated over the same members, and reduced as they come."""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from sim.analysis.answer_in_kind import Answer, ArmsMoved, answers_in_kind, arms_moved
from sim.analysis.incidents import INCIDENTS
from sim.analysis.results import Bands, Contrast, bands_of, contrast_of, joined
from sim.analysis.store import Store, stretches
from sim.engines.options import CHUNK, RunOptions
from sim.engines.simulate import PreparedScenario, simulate_pairs
from sim.io.progress import Progress
from sim.io.quarters import PER_YEAR
from sim.io.writing import temp_store
from sim.model.variables import Series, all_series

FULL_RECORD_UP_TO = 5_000  # members
ALONE_UP_TO = 2_000  # members whose series one thread reduces sooner than several, which wait for each other


@contextmanager
def recorded(
    scenarios: Sequence[PreparedScenario],
    options: RunOptions,
    series: Sequence[Series],
    progress: Progress | None = None,
) -> Iterator[list[Store]]:
    """What every scenario's members recorded, a store for each scenario, while the block lasts."""
    with temp_store() as place:
        folders = [place / str(number) if options.members > CHUNK else None for number in range(len(scenarios))]
        stores = [Store(series, options.quarters, folder) for folder in folders]
        for number, _, values in simulate_pairs(scenarios, options, series, progress):
            stores[number].add(values)
        yield stores


def series_recorded(options: RunOptions) -> tuple[Series, ...]:
    """What a run records: everything, or of very many members, unless all is kept, the headline only."""
    if options.members <= FULL_RECORD_UP_TO or options.trajectories == "all":
        return all_series()
    return tuple(series for series in all_series() if series.is_headline)


def contrasts_of(series: Sequence[Series], stores: Sequence[Store], options: RunOptions) -> tuple[Contrast, ...]:
    """Contrasts of some series between the last store and the first; of very many members a year at a time."""
    read_at_once = stretches(options.quarters, options.members)

    def contrast(each: Series) -> Contrast:
        parts = []
        for quarters in read_at_once:
            values = [store.values(each, quarters) for store in stores]
            parts.append(contrast_of(each, values[-1], values[0] if len(values) > 1 else None))
        return joined(parts, [quarters.start for quarters in read_at_once])

    if options.members <= ALONE_UP_TO:
        return tuple(map(contrast, series))
    with ThreadPoolExecutor(options.threads or os.cpu_count()) as pool:
        return tuple(pool.map(contrast, series))


def incidents_between(stores: Sequence[Store], window: range) -> Bands | None:
    """Paired difference of the number of serious incidents in a window, read a year at a time."""
    if not window or len(stores) < 2 or INCIDENTS not in stores[0].places:
        return None
    years = [range(start, min(start + PER_YEAR, window.stop)) for start in window[::PER_YEAR]]
    scenario, baseline = (
        sum(store.values(INCIDENTS, year).sum(axis=0) for year in years) for store in (stores[-1], stores[0])
    )
    return bands_of((scenario - baseline)[None])


def arms_that_differ(pair: Sequence[PreparedScenario], options: RunOptions) -> tuple[ArmsMoved, ...]:
    """Deliveries in which a scenario differs from what it is compared with; none where it is compared with nothing."""
    return arms_moved(pair[0].script, pair[-1].script, options.quarters)


def answers_between(
    pair: Sequence[PreparedScenario], stores: Sequence[Store], moved: Sequence[ArmsMoved], quarters: int, members: int
) -> tuple[Answer, ...]:
    """Rivals' answers in kind to those deliveries, from what the two recorded."""
    return answers_in_kind(moved, [pair[0].script, pair[-1].script], [stores[0], stores[-1]], quarters, members)
