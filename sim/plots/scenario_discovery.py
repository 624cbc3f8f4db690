"""The picture of a discovery: the peeling as coverage against density, and the box as cuts of the ranges of its inputs."""

from typing import Any

from sim.io.formatting import number, per_cent
from sim.plots import style
from sim.plots.registry import Plot
from sim.plots.style import INK, QUIET, Frame
from sim.sweep.analysis.loading import Sweep
from sim.sweep.analysis.scenario_discovery import Box, Discovery

MARKS = ("o", "s", "^", "D", "v")  # none, one, two, three, four inputs or more
WORDS = ("none", "1 input cut", "2", "3", "4 or more")
HEIGHT, ROW, AXIS = 3.4, 0.62, 0.75  # inches
GROUND = "#E3E3E3"
RING = {"linestyle": "", "marker": "o", "markerfacecolor": "none"}
MOST = 8

Analysis = tuple[Discovery, Sweep]


def peeling_and_box(analysis: Analysis) -> Frame:
    """The peeling on the left, the chosen box on the right."""
    discovery, sweep = analysis
    shown = dict(list(discovery.box.limits.items())[:MOST])
    height = max(HEIGHT, ROW * len(shown))
    lines = [f"Cases of interest: {discovery.question}", summary(discovery)]
    title, room = "Which region of the inputs leads there?", height + AXIS + 0.45
    made = style.frame(title, lines, key(discovery), footer(discovery, sweep), room)
    draw_peeling(made.panel(style.LEFT, 0.12, 4.6, height), discovery)
    draw_box(made.panel(6.35, 0.12, style.WIDTH - 6.35 - 0.9, height), sweep, shown)
    return made


def summary(discovery: Discovery) -> str:
    box = discovery.box
    return (
        f"Box {box.number}: {per_cent(box.density)} of its runs are such cases (density), and it holds {per_cent(box.coverage)} of all "
        f"such cases (coverage); {per_cent(discovery.met / discovery.cases)} of all runs are."
    )


def key(discovery: Discovery) -> list[Any]:
    """The signs of boxes by the number of inputs that they cut."""
    used = sorted({marker_place(box) for box in discovery.boxes})
    signs = [style.key_marker(WORDS[place], color=QUIET, marker=MARKS[place], markersize=7) for place in used]
    ring = style.key_marker("the box shown", **{"color": INK, "markeredgewidth": 2.0, "markersize": 13, **RING})
    return [*signs, ring]


def marker_place(box: Box) -> int:
    return min(len(box.limits), len(MARKS) - 1)


def footer(discovery: Discovery, sweep: Sweep) -> str:
    """What made the picture."""
    return f"{sweep.made_by}, seed {sweep.seed}; PRIM of the EMA workbench, {discovery.cases:,} runs, {discovery.met:,} of interest"


def draw_peeling(axes: Any, discovery: Discovery) -> None:
    """Every box as a mark: coverage to the right, density upwards."""
    axes.plot(
        [box.coverage for box in discovery.boxes], [box.density for box in discovery.boxes], color=QUIET, linewidth=1.0
    )
    for box in discovery.boxes:
        axes.plot(box.coverage, box.density, linestyle="", marker=MARKS[marker_place(box)], color=QUIET, markersize=6.5)
    ring = {"markersize": 15, "markeredgecolor": INK, "markeredgewidth": 2.2, **RING}
    axes.plot(discovery.box.coverage, discovery.box.density, **ring)
    axes.set(xlim=(0.0, 1.05), ylim=(0.0, 1.08))
    axes.set_xlabel("coverage: share of the cases that are in the box")
    axes.set_ylabel("density: share of the box\nthat are cases")
    axes.set_title("The peeling, from the whole space (right) inwards")


def draw_box(axes: Any, sweep: Sweep, shown: dict[str, tuple[float | None, float | None]]) -> None:
    """The range of each input that is cut, and what the box leaves of it."""
    axes.set(xlim=(0.0, 1.0), ylim=(len(shown) - 0.4, -0.6), xticks=[], yticks=[])
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    axes.set_title("The box: what it leaves of the range of each input")
    if not shown:
        axes.text(0.0, 0.0, "no input is cut")
    for place, (name, (low, high)) in enumerate(shown.items()):
        bottom, top = sweep.range_of(name)
        ends = [
            (end - bottom) / (top - bottom) for end in (bottom if low is None else low, top if high is None else high)
        ]
        axes.barh(place, 1.0, height=0.26, color=GROUND)
        axes.barh(place, ends[1] - ends[0], left=ends[0], height=0.26, color=QUIET)
        axes.text(0.0, place - 0.2, style.shortened(name, 40), va="bottom", weight="bold")
        write_ends(axes, place, (bottom, top), (low, high), ends)


def write_ends(
    axes: Any, place: int, whole: tuple[float, float], cut: tuple[float | None, float | None], ends: list[float]
) -> None:
    """The numbers below a bar: ends of the range in grey, cuts in black."""
    for at, value, side in ((0.0, whole[0], "left"), (1.0, whole[1], "right")):
        if all(abs(at - end) > 0.14 for end, is_cut in zip(ends, cut, strict=True) if is_cut is not None):
            axes.text(at, place + 0.17, number(value), va="top", ha=side, color=QUIET)
    for at, here in zip(ends, cut, strict=True):
        if here is not None:
            side = "left" if at < 0.1 else "right" if at > 0.9 else "center"
            axes.text(at, place + 0.17, number(here), va="top", ha=side, weight="bold")


PLOT = Plot("box", "discovery", peeling_and_box)
