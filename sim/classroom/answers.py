"""Answers to the page: a whole run in one, against the scenario it is compared to or against the untouched run."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from sim.analysis.results import Array, bands_of, calendar_years
from sim.classroom.engine_cache import (
    MEMBERS,
    SEED,
    PreparedRun,
    asked,
    compared_with,
    members_of,
    run_together,
    scenario_of,
)
from sim.classroom.requests import RunRequest
from sim.classroom.series_view import bands, difference, lines, map_series, on_map, recorded
from sim.classroom.sliders import checked
from sim.classroom.timeline import timeline_rows
from sim.directions.directions import Directions
from sim.engines.simulate import prepared_scenario
from sim.ensembles.registry import DEFAULT_FIT
from sim.io.formatting import PER_CENT
from sim.io.quarters import COUNT
from sim.model.directions import AGREED
from sim.model.network import KOSOVO, SERBIA, TURKEY
from sim.model.theories import theories
from sim.model.variables import Series
from sim.scenario.loading import Scenario

YEARS = (2026, 2030)  # of the table of effects
FIRST_YEAR = 2018
MOVED = ("spending", "tension", "hazard", "attitude")  # variables that are drawn while a slider moves
COMPARED = (  # of the three theories
    Series("spending", SERBIA),
    Series("tension", SERBIA, KOSOVO),
    Series("hazard", SERBIA, KOSOVO),
    Series("attitude", SERBIA, TURKEY),
    Series("attitude", KOSOVO, TURKEY),
    Series("attitude", TURKEY, SERBIA),
    Series("attitude", SERBIA, KOSOVO),
)
NO_LABELS: Mapping[Series, str] = {}
EFFECTS = (
    ("spending", "SRB", "", "%"),
    ("tension", "SRB", "XKX", ""),
    ("hazard", "SRB", "XKX", "a year"),
    ("attitude", "SRB", "TUR", ""),
    ("attitude", "XKX", "TUR", ""),
    ("spending", "XKX", "", "%"),
    ("threat", "SRB", "", ""),
    ("threat", "XKX", "", ""),
    ("loitering", "SRB", "", "units"),
    ("air_defence", "SRB", "", "million US$"),
)


def watch(request: RunRequest) -> dict[str, Any]:
    """A run against the scenario that it is compared to: bands of both worlds and of the difference, and the map."""
    scenario = scenario_of(request.scenario)
    positions = checked(request.levers)
    run = asked(scenario, positions, request.theory)
    base = compared_with(scenario, request.compare)
    base_run = None if base is None else asked(base, positions, request.theory)
    named = {"compared": None if base is None else base.title, "members": MEMBERS, "fit": DEFAULT_FIT}
    return named | {"events": timeline_rows(scenario, base)} | run_view(run, base_run)


def run_view(run: PreparedRun, base_run: PreparedRun | None) -> dict[str, Any]:
    """Lines of one world, of the other and of their difference, and the map of the first."""
    places = [recorded().index(series) for series in map_series()]
    labels = {} if base_run is None else labels_of(run, base_run, lines())
    return {"series": lines_view(run, base_run, lines(), labels), "map": on_map(members_of(run)[places], map_series())}


def lines_view(
    run: PreparedRun, base_run: PreparedRun | None, wanted: Sequence[Series], labels: Mapping[Series, str] = NO_LABELS
) -> dict[str, Any]:
    """Some of `lines`, of one world, of the other and of their difference; with whose word the directions are, if known."""
    run_together([run] if base_run is None else [run, base_run])
    here = members_of(run)
    there = None if base_run is None else members_of(base_run)
    rows = {}
    for series in wanted:
        place = lines().index(series)
        rows[series.name] = {
            "ours": bands(here[place]),
            "theirs": None if there is None else bands(there[place]),
            "change": None if there is None else difference(here[place], there[place]),
            "label": labels.get(series, ""),
        }
    return rows


def change(request: RunRequest) -> dict[str, Any]:
    """The moved sliders against the untouched run, which is kept: a slider that moves waits for one world only."""
    moved, untouched = _moved_and_untouched(scenario_of(request.scenario), request)
    wanted = [series for series in lines() if series.variable in MOVED]
    return {"series": lines_view(moved, untouched, wanted), "members": MEMBERS}


def effects(request: RunRequest) -> dict[str, Any]:
    """What the scenario itself does, with the sliders moved and untouched; nothing if it is compared to nothing."""
    scenario = scenario_of(request.scenario)
    base = compared_with(scenario)
    if base is None:
        return {"effects": []}
    pairs = zip(_moved_and_untouched(scenario, request), _moved_and_untouched(base, request), strict=True)
    after, before = (dict(_effects(run, base_run)) for run, base_run in pairs)
    return {"effects": [{"what": list(key), "before": before[key], "after": after[key]} for key in before]}


def _moved_and_untouched(scenario: Scenario, request: RunRequest) -> tuple[PreparedRun, PreparedRun]:
    """A world with the sliders moved and the same untouched, without what only the map shows."""
    moved = asked(scenario, checked(request.levers), request.theory, has_map=False)
    return moved, asked(scenario, {}, request.theory, has_map=False)


def _effects(run: PreparedRun, base_run: PreparedRun) -> Iterator[tuple[tuple[str, str, str, str, int], list[float]]]:
    """What a scenario changes by calendar year: 5 %, median and 95 % over worlds."""
    here, there = members_of(run), members_of(base_run)
    for variable, actor, counterpart, unit in EFFECTS:
        place = lines().index(Series(variable, actor, counterpart))
        ours_yearly, theirs_yearly = calendar_years(here[place]), calendar_years(there[place])
        gap = PER_CENT * (ours_yearly / theirs_yearly - 1.0) if unit == "%" else ours_yearly - theirs_yearly
        levels = bands_of(gap).quantiles
        for year in YEARS:
            low, _, middle, _, high = levels[:, year - FIRST_YEAR]
            yield (
                (variable, actor, counterpart, unit, year),
                [float(f"{number:.3g}") for number in (low, middle, high)],
            )


def three_theories(request: RunRequest) -> dict[str, Any]:
    """The scenario's effect under each theory, with the words that each rests on."""
    scenario = scenario_of(request.scenario)
    base = compared_with(scenario)
    rows = []
    for name, theory in theories().items():
        run = asked(scenario, {}, name, has_map=False)
        base_run = None if base is None else asked(base, {}, name, has_map=False)
        series = lines_view(run, base_run, COMPARED)
        rows.append(
            {
                "name": name, "meaning": theory.meaning, "document": theory.document, "locator": theory.locator,
                "quote": theory.quote, "parameters": theory.parameters, "series": series,
            }
        )  # fmt: skip
    return {"theories": rows, "compared": None if base is None else base.title, "members": MEMBERS}


def labels_of(run: PreparedRun, base_run: PreparedRun, wanted: Sequence[Series]) -> dict[Series, str]:
    """Whose word the direction of each series is, when it is clear and largest; "" where nothing is to be said."""
    pair = [prepared_scenario(side.scenario, side.theory, DEFAULT_FIT) for side in (base_run, run)]
    directions = Directions(pair, tuple(wanted), COUNT, SEED, DEFAULT_FIT)
    here, there = members_of(run), members_of(base_run)
    return {series: _label(directions, series, here[place] - there[place]) for place, series in _placed(wanted)}


def _placed(wanted: Sequence[Series]) -> list[tuple[int, Series]]:
    return [(lines().index(series), series) for series in wanted]


def _label(directions: Directions, series: Series, change: Array) -> str:
    """The label of a paired change, (quarters, members)."""
    shares = np.array([(change > 0.0).mean(axis=1), (change < 0.0).mean(axis=1)])
    clear = np.where(shares.max(axis=0) >= AGREED, np.abs(np.median(change, axis=1)), 0.0)
    quarter = int(clear.argmax())
    if clear[quarter] == 0.0:
        return ""
    return directions.of(series, (quarter,), 1 if shares[0, quarter] > shares[1, quarter] else -1).label
