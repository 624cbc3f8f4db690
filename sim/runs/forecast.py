"""What states will spend, as an ensemble has it: the years after the last observed one, with their uncertainty.

A member's forecast is the last observed figure times the member's own growth since. So the forecast is in the measure of
the published series, whatever error a member takes that series to have. No figure of spending after the last observed
year goes in; what happened to 2025, as far as the documents tell, does.
"""

import hashlib
import json
import time
from collections.abc import Sequence
from operator import index
from pathlib import Path
from typing import Any

import numpy as np

from sim.analysis.forecast import COLUMNS, GROWTH, IN_2023, IN_2024, OBSERVED_UNTIL, Forecast, price_level
from sim.analysis.output import FIGURES, FORECAST, write_manifest, write_table
from sim.analysis.results import Array, bands_of
from sim.data.tables import observed_paths, rows_by_id
from sim.engines.options import CHUNK, RunOptions
from sim.engines.simulate import PreparedScenario, drawn_parameters, prepared_scenario, simulate_pairs
from sim.ensembles.registry import DEFAULT_FIT, PRIOR, load_fit
from sim.ensembles.registry import chosen as chosen_fit
from sim.io.errors import InputError, Problem
from sim.io.formatting import PER_CENT
from sim.io.progress import Progress
from sim.io.quarters import LAST_YEAR, PER_YEAR, index_of, quarters_of_year
from sim.io.renamed import old_keywords_refused
from sim.model.network import REGION, network
from sim.model.variables import Series
from sim.runs.identity import identity_of, manifest_of
from sim.runs.target import run_folder
from sim.scenario.loading import load_scenario
from sim.version import __version__

MEMBERS = 4000
SCENARIO = REGION.present  # all that is told, and nothing that is not
FIRST, UNTIL = OBSERVED_UNTIL + 1, OBSERVED_UNTIL + 2


@old_keywords_refused
def forecast(
    *,
    ensemble: str = DEFAULT_FIT,
    members: int = MEMBERS,
    seed: int = 1,
    until: int = UNTIL,
    out: str | Path | None = None,
    overwrite: bool = False,
    pictures: bool = True,
    progress: Progress | None = None,
    command: Sequence[str] | None = None,
) -> Forecast:
    """Forecast the military spending of every state, and write it to a folder if one is named.

    ensemble, members, seed : as for `sim.run`
    until   : last year
    out     : folder to write, whole or not at all; None writes nothing
    command : what the manifest keeps of how it was called

    Raises InputError for anything wrong with the input.
    """
    began = time.perf_counter()
    ensemble = chosen_fit(ensemble)
    options = checked(ensemble, members, seed, until)
    chosen = prepared_scenario(load_scenario(SCENARIO), fit=ensemble)
    name = PRIOR if ensemble == PRIOR else load_fit(ensemble).id  # wherever its folder lies
    kept = {"members": options.members, "seed": options.seed, "until": index(until), "ensemble": name}
    identity = identity_of(
        chosen.parameters, {"kind": "forecast", **kept, "figures_sha256": figures_digest()}, scenario=chosen.scenario
    )
    with run_folder(out, identity, overwrite) as folder:
        finished = _forecast(chosen, name, options, tuple(range(FIRST, until + 1)), progress)
        if folder is not None:
            _write(finished, folder.draft, pictures)
            manifest = manifest_of(identity, began, command, score_against=score_against())
            write_manifest(manifest, folder.draft)
    return finished


# ---- what was asked --------------------------------------------------------------------------------------------------


def checked(fit: str, members: int, seed: int, until: int) -> RunOptions:
    """The options of a forecast to the end of a year; InputError lists all that is wrong at once."""
    problems: list[Problem] = []
    if not hasattr(until, "__index__") or isinstance(until, bool):
        problems.append(Problem(None, "until", f"{until!r} is not a year; write it as {UNTIL}"))
    elif not FIRST <= until <= LAST_YEAR:
        why = f"; spending until {OBSERVED_UNTIL} is observed" if until < FIRST else ""
        problems.append(Problem(None, "until", f"{until} is outside {FIRST}-{LAST_YEAR}{why}"))
    try:
        end = f"{FIRST if problems else until}Q{PER_YEAR}"
        options = RunOptions(members=members, seed=seed, until=end, ensemble=fit)
    except InputError as error:
        problems = [*error.problems, *problems]
    if problems:
        raise InputError("options", problems)
    return options


def figures_digest() -> str:
    """SHA-256 of the observed figures and the price level that the table rests on."""
    figures = [[value.hex() for value in path.spending] for path in observed_paths()]
    return hashlib.sha256(json.dumps([figures, price_level().hex()]).encode()).hexdigest()


# ---- the numbers -----------------------------------------------------------------------------------------------------


def _forecast(
    chosen: PreparedScenario, fit: str, options: RunOptions, years: tuple[int, ...], progress: Progress | None
) -> Forecast:
    return Forecast(
        fit=fit,
        members=options.members,
        seed=options.seed,
        years=years,
        observed=np.array([path.spending for path in observed_paths()]),
        relative=bands_of(relative_spending(chosen, options, years, progress)).quantiles,
        chance=yearly_chance(chosen, options),
        model_version=chosen.parameters.model_version,
    )


def relative_spending(
    chosen: PreparedScenario, options: RunOptions, years: Sequence[int], progress: Progress | None = None
) -> Array:
    """Spending of calendar years over that of the last observed one, in each member, (states, years, members)."""
    series = tuple(Series("spending", state) for state in network().states)
    relative = np.empty((len(series), len(years), options.members))
    for _, members, recorded in simulate_pairs([chosen], options, series, progress):
        observed = mean_of_year(recorded, OBSERVED_UNTIL)
        for place, year in enumerate(years):
            relative[:, place, members] = mean_of_year(recorded, year) / observed
    return relative


def units() -> tuple[str, ...]:
    """The units of the table."""
    return IN_2023, IN_2024, GROWTH


def draws_by_unit(
    fit: str, members: int, seed: int, until: int, progress: Progress | None = None
) -> tuple[tuple[int, ...], Any, Any]:
    """The draws that a forecast sums up, to be scored: its years; by unit (states, years, members); and by unit the last observed
    figures, (states,)."""
    options, chosen = checked(fit, members, seed, until), prepared_scenario(load_scenario(SCENARIO), fit=fit)
    years = tuple(range(FIRST, until + 1))
    relative = relative_spending(chosen, options, years, progress)
    last = np.array([path.spending[-1] for path in observed_paths()])
    draws = {IN_2023: last[:, None, None] * relative, GROWTH: PER_CENT * (relative - 1.0)}
    before = {IN_2023: last, GROWTH: np.zeros(len(last))}
    draws[IN_2024], before[IN_2024] = price_level() * draws[IN_2023], price_level() * last
    return years, draws, before


def mean_of_year(recorded: Array, year: int) -> Array:
    """Mean over the quarters of a calendar year: (series, quarters, members) to (series, members)."""
    mean: Array = recorded[:, [index_of(quarter) for quarter in quarters_of_year(year)]].mean(axis=1)
    return mean


def yearly_chance(chosen: PreparedScenario, options: RunOptions) -> float:
    """Median over members and states of the spread of yearly growth that is due to chance, a state's own and the region's."""
    table = chosen.parameters
    drawn = drawn_parameters(table, min(options.members, CHUNK), seed=options.seed)
    own, common = (drawn[list(table.rows_of(name))] for name in ("growth_spread", "growth_common"))
    return float(np.median(np.hypot(own, common)))


# ---- the table and the folder ----------------------------------------------------------------------------------------


def document(forecast: Forecast, out: Path) -> dict[str, Any]:
    """What `forecast --format json` prints."""
    return {
        "ensemble": forecast.fit,
        "members": forecast.members,
        "seed": forecast.seed,
        "until": forecast.years[-1],
        "observed_until": OBSERVED_UNTIL,
        "version": __version__,
        "model_version": forecast.model_version,
        "forecast": list(forecast.rows()),
        "out": str(out),
    }


def _write(forecast: Forecast, draft: Path, pictures: bool) -> None:
    """The table and the picture."""
    write_table(draft / FORECAST, COLUMNS, (list(row.values()) for row in forecast.rows()))
    if pictures:
        from sim.plots.forecast import PLOT

        PLOT.write(forecast, draft / FIGURES)


def score_against() -> dict[str, str]:
    """The published series that a forecast is about."""
    row = rows_by_id("context")[f"milex-{network().states[0]}-{OBSERVED_UNTIL}"]
    return {"quantity": row["quantity"], "unit": row["unit"], "source": row["source"]}
