"""A race of two nations, after Richardson: what the page draws in the plane of their arms, and in words."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from sim.analysis.richardson import Floats, LinearRace
from sim.analysis.stability import CLASSES, stability_over_members
from sim.classroom.engine_cache import SEED, asked, scenario_of
from sim.classroom.requests import RaceRequest, RunRequest
from sim.classroom.series_view import rounded
from sim.classroom.sliders import checked
from sim.engines.simulate import prepared_scenario
from sim.ensembles.registry import DEFAULT_FIT
from sim.model.parameters import load_parameters

ARROWS = 13  # on each side of the plane
STEP, STEPS = 0.1, 400  # years
FAR = 3.0  # spans beyond which a line has left the picture
MEMBERS = 1000


def plane(request: RaceRequest) -> dict[str, Any]:
    """Resting lines, arrows, lines from the starts, and the class of a race."""
    (k, m), (a, b) = request.reaction, request.fatigue
    race = LinearRace(reaction=np.array([[0.0, k], [m, 0.0]]), fatigue=np.array([a, b]), grievance=np.array(request.grievance))  # fmt: skip
    grid = np.linspace(0.0, request.span, ARROWS)
    paths = [_path(race, start, request.span) for start in request.starts]
    return {
        "span": request.span,
        "resting": _resting(race, request.span),
        "arrows": _arrows(race, grid),
        "paths": [path for path, _ in paths],
        "ends": [end for _, end in paths],
        "class": race.race_class(),
        "outcome": race.outcome(),
        "rate": round(race.stability_eigenvalue, 4),
        "doubling": _years(race.doubling_time),
        "halving": _years(race.half_life),
        "balance": _balance(race),
        "test": {"fatigues": round(a * b, 4), "reactions": round(k * m, 4)},
    }


def _years(time: float) -> float | None:
    return round(time, 1) if np.isfinite(time) else None


def _balance(race: LinearRace) -> list[float] | None:
    """Arms at which neither changes; None where there is no such point."""
    try:
        return rounded(race.equilibrium())
    except ValueError:
        return None


def _resting(race: LinearRace, span: float) -> list[list[list[float]]]:
    """The two lines on which one nation stands still, as points; no line for a nation without fatigue."""
    try:
        return [rounded(line) for line in race.nullclines(np.linspace(0.0, span, 2))]
    except ValueError:
        return []


def _arrows(race: LinearRace, grid: Floats) -> list[list[float]]:
    """Place and direction of arrows of one length: x, y, and the direction's two parts."""
    field = race.direction_field(grid)
    length = np.hypot(field[..., 0], field[..., 1])
    arrows = []
    for row, y in enumerate(grid):
        for column, x in enumerate(grid):
            if length[row, column] > 0.0:
                u, v = field[row, column] / length[row, column]
                arrows.append([round(float(number), 3) for number in (x, y, u, v)])
    return arrows


def _path(race: LinearRace, start: Sequence[float], span: float) -> tuple[list[list[float]], dict[str, Any]]:
    """Arms of both from a start, in tenths of a year, until they leave the picture for good, and how that ends: after how
    many years, and whether outside. Arms are never negative."""
    try:
        path = race.trajectory(start, steps=STEPS, step=STEP, integrator="rk4", floor=0.0)
    except OverflowError:
        path = race.trajectory(start, steps=STEPS // 8, step=STEP, integrator="rk4", floor=0.0)
    outside = (path > FAR * span).any(axis=1)
    last = int(outside.argmax()) if outside.any() else len(path)
    kept = path[: max(last, 1)]
    beyond = np.asarray((kept > span).any(axis=1))
    outside_last = len(kept) if beyond.all() else int(beyond[::-1].argmin())  # steps outside at the end
    left = len(kept) - outside_last if beyond[-1] else len(kept) - 1
    return rounded(kept), {"years": round(left * STEP, 1), "is_out": bool(beyond[-1])}


def region(request: RunRequest) -> dict[str, Any]:
    """Whether the race of all states settles: in how many worlds of the ensemble, with the sliders as they are."""
    from sim.engines.compiled.engine import drawn_parameters

    run = asked(scenario_of(request.scenario), checked(request.levers), request.theory)
    table = prepared_scenario(run.scenario, run.theory, DEFAULT_FIT).parameters
    stability = stability_over_members(table, drawn_parameters(table, members=np.arange(MEMBERS), seed=SEED))
    shares = stability["share_of_members"]
    return {
        "members": MEMBERS,
        "states": len(load_parameters().suffixes("fatigue")),
        "shares": {name: round(shares[name], 3) for name in CLASSES},
        "radius": {name: round(value, 3) for name, value in stability["spectral_radius"].items()},
        "rate": {name: round(value, 3) for name, value in stability["eigenvalue_per_year"].items()},
    }
