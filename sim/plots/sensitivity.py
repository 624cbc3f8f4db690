"""The tornado of an outcome: how much each input matters, and where the outcome stands when the input is low, middling or high."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from sim.io.formatting import counted
from sim.plots import draw, style
from sim.plots.registry import Plot
from sim.plots.style import INK, QUIET, Frame, Style
from sim.sweep.analysis.loading import Sweep
from sim.sweep.analysis.measures import EFFECT, FIRST, PAWN, TOTAL
from sim.sweep.analysis.sensitivity import Sensitivity
from sim.sweep.analysis.sensitivity_text import verdict

MOST = 12
ROW, AXIS, HEAD = 0.36, 0.75, 0.12  # inches: an input, the scale below, the heading above
NAMES, WIDE = 3.1, 4.0  # inches: the names of the inputs, and a panel
BAR = "#BDBDBD"
FLOOR = Style(QUIET, (1.5, 2.0), "")
SIGNS = {
    FIRST: Style(QUIET, (), "o"), TOTAL: Style(INK, (), "s"), EFFECT: Style(INK, (), "s"), PAWN: Style(QUIET, (), "D"),
}  # fmt: skip
WORDS = {FIRST: "alone (first index)", TOTAL: "in all (total index)", EFFECT: "mean size of effect", PAWN: "PAWN"}
FIFTHS = {  # how the mean outcome in a fifth of an input is marked
    words: {"marker": marker, "markerfacecolor": face, "markeredgecolor": INK, "linestyle": ""}
    for words, marker, face in (("lowest fifth", "<", "white"), ("middle", "|", INK), ("highest fifth", ">", INK))
}
SHARES = "share of the outcome's variance"

Analysis = tuple[Sensitivity, Sweep]


def measures_and_swings(analysis: Analysis) -> Frame:
    """Measures with their intervals on the left, the swing of the outcome on the right."""
    result, sweep = analysis
    rows = result.of(result.leading)[:MOST]
    height = ROW * len(rows)
    lines = [outcome_line(result), ranking_line(result)]
    room = HEAD + height + AXIS + 0.35
    made = style.frame("Which inputs matter?", lines, key(result), footer(result, sweep), room)
    places = {row.name: place for place, row in enumerate(rows)}
    draw_measures(made.panel(NAMES, HEAD, WIDE, height), result, places)
    right = made.panel(NAMES + WIDE + 0.35, HEAD, style.WIDTH - NAMES - WIDE - 0.35 - 0.45, height)
    draw_swings(right, result, places)
    return made


def outcome_line(result: Sensitivity) -> str:
    unit = f" ({result.unit})" if result.unit else ""
    return f"Outcome: {result.outcome}{unit}"


def ranking_line(result: Sensitivity) -> str:
    """Whether the order can be trusted."""
    order = verdict(result)
    if not order.has_leader:
        return "No input stands out from one without effect: run more points before reading an order."
    if order.is_settled:
        return "The order of the leading inputs is settled" + (
            ", but for some that are as good as equal." if order.equal else "."
        )
    return f"The order or the sizes are not settled yet; about {order.wanted:,} points in all would do."


def key(result: Sensitivity) -> list[Any]:
    """The signs in words."""
    signs = [style.key_style(WORDS[measure], SIGNS[measure]) for measure in shown(result)]
    signs += [style.key_marker(words, color=INK, **{"markersize": 7, **sign}) for words, sign in FIFTHS.items()]
    if result.leading in result.floors:
        signs.append(style.key_style("reached without effect", FLOOR))
    return signs


def shown(result: Sensitivity) -> list[str]:
    """The measures that are drawn: those on the scale of the leading one."""
    measures = (FIRST, TOTAL, PAWN)
    return [EFFECT] if result.leading == EFFECT else [measure for measure in measures if measure in result.measures]


def footer(result: Sensitivity, sweep: Sweep) -> str:
    """What made the picture."""
    members = counted(result.members, "simulation")
    return f"{sweep.made_by}, {result.points:,} points of {members}, seed {sweep.seed}; whiskers 95 %"


def lay_rows(axes: Any, names: Sequence[str], count: int) -> None:
    """A row for each input, with a light ground under every second one."""
    draw.row_axis(axes, names, count)
    for place in range(1, count, 2):
        axes.axhspan(place - 0.5, place + 0.5, color="#F5F5F5", linewidth=0, zorder=0)


def draw_measures(axes: Any, result: Sensitivity, places: dict[str, int]) -> None:
    """A sign and a whisker for every measure of every input."""
    lay_rows(axes, [style.shortened(name, 34) for name in places], len(places))
    measures = shown(result)
    for number, measure in enumerate(measures):
        aside, sign = 0.24 * (number - (len(measures) - 1) / 2), SIGNS[measure]
        rows = [row for row in result.of(measure) if row.name in places]
        at = np.array([places[row.name] for row in rows]) + aside
        values, halves = (np.array([getattr(row, part) for row in rows]) for part in ("value", "half"))
        low, high = np.maximum(values - halves, 0.0), np.maximum(values + halves, 0.0)
        axes.hlines(at, low, high, color=sign.colour, linewidth=1.8)
        axes.plot(np.maximum(values, 0.0), at, linestyle="", marker=sign.marker, color=sign.colour, markersize=6.5)
    if result.leading in result.floors:
        line = {"color": FLOOR.colour, "linestyle": FLOOR.linestyle, "linewidth": 1.4}
        axes.axvline(result.floors[result.leading], zorder=1, **line)
    axes.set_xlim(left=-0.02 * axes.get_xlim()[1])
    axes.locator_params(axis="x", nbins=5)
    is_effect = result.leading == EFFECT
    label = f"change over the whole range, {result.unit}" if is_effect else scale_words(measures)
    axes.set_xlabel(style.shortened(label, 48))
    axes.set_title("How much it matters")


def scale_words(measures: Sequence[str]) -> str:
    return SHARES if PAWN not in measures else (f"{SHARES}; PAWN: 0 to 1" if len(measures) > 1 else "0 to 1")


def draw_swings(axes: Any, result: Sensitivity, places: dict[str, int]) -> None:
    """A bar between the mean outcomes in the fifths of each input, around the mean of all points."""
    lay_rows(axes, [], len(places))
    axes.axvline(result.mean, color=INK, linewidth=0.9, zorder=1)
    for swing in result.swings:
        if swing.name in places:
            at, ends = places[swing.name], np.array([swing.low, swing.middle, swing.high])
            axes.barh(at, np.nanmax(ends) - np.nanmin(ends), left=np.nanmin(ends), height=0.52, color=BAR, zorder=2)
            for value, sign in zip(ends, FIFTHS.values(), strict=True):
                axes.plot(value, at, markersize=8, zorder=4, **sign)
    axes.use_sticky_edges = False
    axes.margins(x=0.08)
    axes.locator_params(axis="x", nbins=5)
    axes.set_xlabel(style.shortened(f"mean outcome{f', {result.unit}' if result.unit else ''}", 44))
    axes.set_title("Where the outcome goes")


PLOT = Plot("sensitivity", "sensitivity", measures_and_swings)
