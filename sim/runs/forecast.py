"""What states will spend, as an ensemble has it: the years after the last observed one, with their uncertainty.

A member's forecast is the last observed figure times the member's own growth since. So the forecast is in the measure of
the published series, whatever error a member takes that series to have. No figure of spending after the last observed
year goes in; what happened to 2025, as far as the documents tell, does.
"""

import csv
import hashlib
import json
import time
from collections.abc import Iterator, Sequence
from operator import index
from pathlib import Path
from typing import Any

import numpy as np

from sim.analysis.forecast import Forecast
from sim.analysis.output import FIGURES, FORECAST, MANIFEST, RunFolder, write_json
from sim.analysis.results import LEVEL_NAMES, Array, bands_of
from sim.data.tables import OBSERVED_YEARS, PRICE_LEVEL, amount, observed_paths, rows_by_id
from sim.engines.options import CHUNK, check_options
from sim.engines.simulate import PreparedScenario, prepared_scenario, simulated
from sim.ensembles.registry import DEFAULT_FIT, PRIOR, load_fit
from sim.io.errors import InputError, Problem
from sim.io.progress import Progress
from sim.io.provenance import provenance
from sim.io.quarters import LAST_YEAR, PER_YEAR, index_of, quarters_of_year
from sim.model.network import network
from sim.model.variables import Series
from sim.runs.run import PACKAGES, check_target, folder_for
from sim.scenario.loading import load_scenario

MEMBERS = 4000
SCENARIO = "skydagger-delivery"  # all that the documents tell, and nothing that they do not
OBSERVED_UNTIL = OBSERVED_YEARS[-1]
FIRST, UNTIL = OBSERVED_UNTIL + 1, OBSERVED_UNTIL + 2
COLUMNS = ("state", "year", "unit", *LEVEL_NAMES)
IN_2023, IN_2024 = "million constant 2023 US$", "million constant 2024 US$"
GROWTH = f"per cent above {OBSERVED_UNTIL}, real"
DIGITS = 6  # of a number in the table, far beyond what is known


def forecast(
    *,
    fit: str = DEFAULT_FIT,
    members: int = MEMBERS,
    seed: int = 1,
    until: int = UNTIL,
    out: str | Path | None = None,
    overwrite: bool = False,
    progress: Progress | None = None,
    pictures: bool = True,
    command: Sequence[str] | None = None,
) -> Forecast:
    """Forecast the military spending of every state, and write it to a folder if one is named.

    fit     : the ensemble, as for `sim.run`
    members : how many worlds, each with its own draw of the uncertain parameters
    seed    : of every draw; the same seed gives the same bytes
    until   : last year
    out     : folder to write, whole or not at all; None writes nothing
    command : what the manifest keeps of how it was called

    Raises InputError for anything wrong with the input.
    """
    began = time.perf_counter()
    check(fit, members, seed, until)
    members, seed, until = index(members), index(seed), index(until)
    chosen = prepared_scenario(load_scenario(SCENARIO), fit=fit)
    identity = identity_of(chosen, fit_name(fit), members, seed, until)
    folder = None if out is None else folder_for(Path(out).resolve(), identity, overwrite)
    try:
        found = _forecast(chosen, fit_name(fit), members, seed, until, progress)
        if folder is not None:
            _write(found, folder, pictures)
            write_json(manifest_of(identity, began, command), folder.draft / MANIFEST)
            check_target(folder.target, identity, overwrite)  # another run may have come in between
            folder.finish()
    finally:
        if folder is not None:
            folder.withdraw()
    return found


# ---- what was asked --------------------------------------------------------------------------------------------------


def fit_name(fit: str) -> str:
    """Name of an ensemble, wherever its folder lies."""
    return PRIOR if fit == PRIOR else load_fit(fit).id


def check(fit: str, members: int, seed: int, until: int) -> None:
    """All that is wrong with the options at once."""
    problems: list[Problem] = []
    try:
        check_options(members, seed, f"{FIRST}Q{PER_YEAR}", "compiled", fit, "none")
    except InputError as error:
        problems += error.problems
    if not hasattr(until, "__index__") or isinstance(until, bool):
        problems.append(Problem(None, "until", f"{until!r} is not a year; write it as {UNTIL}"))
    elif not FIRST <= until <= LAST_YEAR:
        why = f"; spending until {OBSERVED_UNTIL} is observed" if until < FIRST else ""
        problems.append(Problem(None, "until", f"{until} is outside {FIRST}-{LAST_YEAR}{why}"))
    if problems:
        raise InputError("options", problems)


def identity_of(chosen: PreparedScenario, fit: str, members: int, seed: int, until: int) -> dict[str, Any]:
    """Everything that decides the numbers; two forecasts with the same identity have the same bytes."""
    return {
        "kind": "forecast",
        "scenario": chosen.scenario.id,
        "scenario_sha256": chosen.scenario.digest,
        "parameters_sha256": chosen.parameters.digest,
        "figures_sha256": figures_digest(),
        "model_version": chosen.parameters.model_version,
        "fit": fit,
        "members": members,
        "seed": seed,
        "until": until,
    }


def figures_digest() -> str:
    """SHA-256 of the observed figures and the price level that the table rests on."""
    figures = [[value.hex() for value in path.spending] for path in observed_paths()]
    return hashlib.sha256(json.dumps([figures, price_level().hex()]).encode()).hexdigest()


def price_level() -> float:
    """Dollars of 2024 per dollar of 2023."""
    return amount("context", PRICE_LEVEL)


# ---- the numbers -----------------------------------------------------------------------------------------------------


def _forecast(
    chosen: PreparedScenario, fit: str, members: int, seed: int, until: int, progress: Progress | None
) -> Forecast:
    years = tuple(range(FIRST, until + 1))
    relative = relative_spending(chosen, members=members, seed=seed, years=years, progress=progress)
    return Forecast(
        fit=fit,
        members=members,
        seed=seed,
        years=years,
        observed=np.array([path.spending for path in observed_paths()]),
        relative=bands_of(relative).quantiles,
        chance=yearly_chance(chosen, members=members, seed=seed),
        model_version=chosen.parameters.model_version,
    )


def relative_spending(
    chosen: PreparedScenario, *, members: int, seed: int, years: Sequence[int], progress: Progress | None = None
) -> Array:
    """Spending of calendar years over that of the last observed one, in each member, (states, years, members)."""
    series = tuple(Series("spending", state) for state in network().states)
    quarters = index_of(quarters_of_year(max(years))[-1]) + 1
    relative = np.empty((len(series), len(years), members))
    for start in range(0, members, CHUNK):
        block = np.arange(start, min(start + CHUNK, members), dtype=np.int64)
        recorded = simulated(chosen, block, seed=seed, quarters=quarters, series=series)
        last = mean_of_year(recorded, OBSERVED_UNTIL)
        for place, year in enumerate(years):
            relative[:, place, block] = mean_of_year(recorded, year) / last
        if progress is not None:
            progress("simulating", start + len(block), members)
    return relative


def mean_of_year(recorded: Array, year: int) -> Array:
    """Mean over the quarters of a calendar year: (series, quarters, members) to (series, members)."""
    mean: Array = recorded[:, [index_of(quarter) for quarter in quarters_of_year(year)]].mean(axis=1)
    return mean


def yearly_chance(chosen: PreparedScenario, *, members: int, seed: int) -> float:
    """Median over members of the spread of yearly growth that is owed to chance."""
    from sim.engines.compiled.engine import drawn_parameters

    table = chosen.parameters
    drawn = drawn_parameters(table, members=np.arange(min(members, CHUNK), dtype=np.int64), seed=seed)
    return float(np.median(drawn[list(table.rows_of("growth_spread"))]))


# ---- the table and the folder ----------------------------------------------------------------------------------------


def rows(found: Forecast) -> Iterator[dict[str, Any]]:
    """The table: a row per state, year and unit, its columns COLUMNS, numbers rounded to DIGITS."""
    spending = found.spending
    units = {IN_2023: spending, IN_2024: price_level() * spending, GROWTH: found.growth}
    for state, code in enumerate(found.states):
        for place, year in enumerate(found.years):
            for unit, values in units.items():
                quantiles = [float(f"{value:.{DIGITS}g}") for value in values[:, state, place]]
                yield dict(zip(COLUMNS, (code, year, unit, *quantiles), strict=True))


def _write(found: Forecast, folder: RunFolder, pictures: bool) -> None:
    """The table and the picture."""
    write_table(found, folder.draft / FORECAST)
    if pictures:
        from sim.plots.forecast import PLOT

        PLOT.write(found, folder.draft / FIGURES)


def write_table(found: Forecast, file: Path) -> None:
    """Write forecast.csv."""
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows(found))


def manifest_of(identity: dict[str, Any], began: float, command: Sequence[str] | None) -> dict[str, Any]:
    """What made the forecast, and which published series it is about."""
    row = rows_by_id("context")[f"milex-{network().states[0]}-{OBSERVED_UNTIL}"]
    return {
        "format_version": 1,
        "identity": identity,
        "score_against": {"quantity": row["quantity"], "unit": row["unit"], "source": row["source"]},
        **provenance(PACKAGES, began, command),
    }
