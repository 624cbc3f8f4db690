"""The phase portrait of two states in both forms: nullclines, direction field, fixed point, several trajectories."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.results import Array, Run
from sim.analysis.richardson import LinearRace
from sim.analysis.stability import AT
from sim.data.actors import whose
from sim.io.formatting import counted
from sim.io.quarters import index_of
from sim.model.network import FIRST, SECOND
from sim.plots import draw, style
from sim.plots.panels import name
from sim.plots.registry import Plot
from sim.plots.style import INK, QUIET, STYLES, Frame
from sim.version import __version__

if TYPE_CHECKING:
    from sim.analysis.dyads import LogPair

SPAN = np.log(2.5)  # of the plane in logarithms: from 1 / 2.5 to 2.5 times the plan
STARTS = ((0.45, 0.5), (2.1, 0.55), (0.5, 2.1), (1.9, 2.2), (1.05, 2.3), (2.3, 1.2))  # times the plan
YEARS, STEP = 60.0, 0.25  # of a path, and between two of its points
ARROWS = 11
SIZE = 4.3  # inches of a panel
CLASS_WORDS = {"stable": "both return (stable)", "marginal": "on the edge", "runaway": "both leave (runaway)"}
RESTS = "Each coloured line is where one state stands still; where they cross, both rest on their plans. Medians of all parameters."
STILL = "The rest of the region stands still, and arms follow spending at once. Left in proportions, right in dollars."
LINE = {"color": INK, "linewidth": 1.2}
BOTH_REST = {"linestyle": "", "marker": "D", "color": "white", "markeredgecolor": INK}


@dataclass(frozen=True)
class Plane:
    """One form of a pair as it is drawn.

    lines  : two nullclines, (points, 2)
    grid   : (n, 2) points of the direction field; speeds: (n, 2)
    paths  : trajectories, (points, 2) each
    rest   : where both rest
    bounds : of both axes
    """

    heading: str
    labels: Sequence[str]
    lines: tuple[Array, Array]
    grid: Array
    speeds: Array
    paths: tuple[Array, ...]
    rest: tuple[float, float]
    bounds: tuple[tuple[float, float], tuple[float, float]]
    is_logarithmic: bool


@dataclass(frozen=True)
class Portrait:
    """What is drawn: two states alone, their plans [m USD2023/yr], and the run or analysis that gave the parameters."""

    pair: "LogPair"
    plans: tuple[float, float]
    source: Any


def portrait_of(run: Run) -> Portrait:
    """What a run shows of the two sides, their plans the medians of the baseline."""
    assert run.pair is not None
    quarter = min(index_of(AT), run.quarters - 1)
    contrasts = [run.contrast("spending", code) for code in run.pair.states]
    first, second = (float((contrast.baseline or contrast.scenario).median[quarter]) for contrast in contrasts)
    return Portrait(run.pair, (first, second), run)


def phase_name(dyad: tuple[str, str]) -> str:
    """Name of the files of two states."""
    return f"phase-{dyad[0]}-{dyad[1]}"


def write_portrait(portrait: Portrait, folder: Path) -> tuple[Path, ...]:
    """The picture of any two states as PNG and SVG."""
    return replace(PLOT, draw=phase_portrait).write(portrait, folder, phase_name(portrait.pair.states))


def phase_portrait(portrait: Portrait) -> Frame:
    """Both forms side by side, from the same parameters."""
    pair, plans, dyad = portrait.pair, portrait.plans, portrait.pair.states
    planes = (log_plane(pair, dyad), linear_plane(pair.linear(plans), plans, dyad))
    title = f"{name(dyad[0])} and {name(dyad[1])} alone: {CLASS_WORDS[pair.race_class()]}"
    source, fit = portrait.source, Path(portrait.source.fit).name or portrait.source.fit
    many = counted(source.members, "simulation")
    made_by = f"armsrace {__version__}, {many}, seed {source.seed}, {fit} ensemble; paths of {YEARS:.0f} years"
    made = style.frame(title, [f"Scenario: {source.scenario.title}", RESTS, STILL], key(dyad), made_by, SIZE + 1.35)
    for left, plane in zip((1.05, 6.95), planes, strict=True):
        draw_plane(made.panel(left, 0.0, SIZE + 0.35, SIZE), plane, dyad)
    return made


def key(dyad: Sequence[str]) -> list[Any]:
    """The signs in words."""
    rests = [style.key_style(f"{name(code)} rests", STYLES[code], marker="") for code in dyad]
    path = style.key_line("path from its start", marker="o", markersize=5, **LINE)
    return [*rests, path, style.key_marker("both rest", **BOTH_REST)]


def labels(dyad: Sequence[str], unit: str) -> list[str]:
    """Of both axes."""
    return [f"{name(code)}: spending,\n{unit}" for code in dyad]


def log_plane(pair: "LogPair", dyad: tuple[str, str]) -> Plane:
    """The logarithmic form, drawn in proportions of the plan."""
    reach = np.geomspace(
        1e-9, 3.0 * SPAN, 200
    )  # close steps near the plan: there a line may be almost level, or almost upright
    span = np.concatenate([-reach[::-1], [0.0], reach])
    side = np.linspace(-SPAN, SPAN, ARROWS) * 0.92
    grid = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    starts = [(float(np.log(across)), float(np.log(up))) for across, up in STARTS]
    return Plane(
        heading="In logarithms: proportions count",
        labels=labels(dyad, "times its plan"),
        lines=(_proportions(pair.nullcline(0, span)), _proportions(pair.nullcline(1, span))),
        grid=np.exp(grid),
        speeds=pair.growth(grid),
        paths=tuple(np.exp(pair.trajectory(start, years=YEARS, step=STEP)) for start in starts),
        rest=(1.0, 1.0),
        bounds=((float(np.exp(-SPAN)), float(np.exp(SPAN))),) * 2,
        is_logarithmic=True,
    )


def linear_plane(race: LinearRace, plans: tuple[float, float], dyad: tuple[str, str]) -> Plane:
    """The linear form, in dollars."""
    scale = np.array(plans)
    top = 2.5 * scale
    side = np.linspace(0.04, 0.96, ARROWS)
    grid = np.stack(np.meshgrid(side * top[0], side * top[1]), axis=-1).reshape(-1, 2)
    nullclines = [race.nullclines(np.linspace(-1.0, 4.0, 3) * scale[1 - place])[place] for place in (0, 1)]
    starts = [scale * np.array(start) for start in STARTS]
    return Plane(
        heading="Linear, in dollars: Richardson's own form",
        labels=labels(dyad, "million 2023 US$ a year"),
        lines=(nullclines[0], nullclines[1]),
        grid=grid,
        speeds=race.growth(grid),
        paths=tuple(
            _within(race.trajectory(start, steps=round(YEARS / STEP), step=STEP, integrator="rk4"), 1.2 * top)
            for start in starts
        ),
        rest=plans,
        bounds=((0.0, float(top[0])), (0.0, float(top[1]))),
        is_logarithmic=False,
    )


def _proportions(line: Array) -> Array:
    """A line in proportions of the plan, without its points far outside the plane."""
    return np.exp(line[np.abs(line).max(axis=1) < 10.0 * SPAN])


def _within(path: Array, top: Array) -> Array:
    """A path until it leaves the plane."""
    outside = ((path > top) | (path < -top)).any(axis=1)
    return path[: int(outside.argmax())] if outside.any() else path


def draw_plane(axes: Any, plane: Plane, dyad: tuple[str, str]) -> None:
    """One form."""
    lay_plane(axes, plane)
    for line, code in zip(plane.lines, dyad, strict=True):
        axes.plot(*line.T, color=STYLES[code].colour, linestyle=STYLES[code].linestyle, linewidth=2.6, zorder=3)
    draw_field(axes, plane)
    for path in plane.paths:
        axes.plot(*path.T, zorder=4, **LINE)
        axes.plot(*path[0], "o", color=INK, markersize=6, zorder=5)
    axes.plot(*plane.rest, markersize=10, zorder=6, **BOTH_REST)
    axes.set_title(plane.heading)


def lay_plane(axes: Any, plane: Plane) -> None:
    """Axes of the plane, with the same proportions across and upwards."""
    if plane.is_logarithmic:
        axes.set(xscale="log", yscale="log")
        ticks = [0.5, 0.7, 1.0, 1.5, 2.0]
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_ticks(ticks, [f"{tick:g}" for tick in ticks])
            axis.set_ticks([], minor=True)
    else:
        draw.number_axis(axes, "x", 5, "{:,.0f}")
        draw.number_axis(axes, "y", 5, "{:,.0f}")
    axes.set(xlim=plane.bounds[0], ylim=plane.bounds[1])
    axes.set_xlabel(plane.labels[0], linespacing=1.05)
    axes.set_ylabel(plane.labels[1], linespacing=1.05)


def draw_field(axes: Any, plane: Plane) -> None:
    """Arrows of one length along the direction of motion, on the paper."""
    span = np.array([high - low for low, high in plane.bounds])
    unit = plane.speeds if plane.is_logarithmic else plane.speeds / span
    length = np.maximum(np.linalg.norm(unit, axis=1, keepdims=True), 1e-12)
    shape = {"angles": "uv", "color": QUIET, "alpha": 0.75, "pivot": "mid", "scale": 26.0, "width": 0.0042}
    axes.quiver(*plane.grid.T, *(unit / length).T, zorder=2, **shape)


def words(_: Run) -> str:
    return (
        f"Two phase planes of {whose(FIRST)} and {whose(SECOND)} spending, in logarithms and in dollars: "
        "two lines on which one state rests, arrows of motion, six paths. The sentences above say where they lead."
    )


PLOT = Plot(
    phase_name((FIRST, SECOND)), "run", lambda run: phase_portrait(portrait_of(run)),
    f"{name(FIRST)} and {name(SECOND)} alone: phase portrait", words, section="stability",
)  # fmt: skip
