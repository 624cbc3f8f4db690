"""The tornado of an outcome: how much each input matters, and where the outcome stands when the input is low, middling or high."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from sim.plots import style
from sim.plots.style import INK, QUIET, Frame, Look
from sim.sweep.analysis.loading import Sweep
from sim.sweep.analysis.measures import EFFECT, FIRST, PAWN, TOTAL
from sim.sweep.analysis.sensitivity import Sensitivity
from sim.sweep.analysis.sensitivity_text import verdict

MOST = 12
ROW, AXIS, HEAD = 0.36, 0.75, 0.12  # inches: an input, the scale below, the heading above
NAMES, WIDE = 3.1, 4.0  # inches: the names of the inputs, and a panel
BAR = "#BDBDBD"
FLOOR = (1.5, 2.0)  # dash
SIGNS = {FIRST: Look(QUIET, (), "o"), TOTAL: Look(INK, (), "s"), EFFECT: Look(INK, (), "s"), PAWN: Look(QUIET, (), "D")}
WORDS = {FIRST: "alone (first index)", TOTAL: "in all (total index)", EFFECT: "mean size of effect", PAWN: "PAWN"}
SHARES = "share of the outcome's variance"


def write_tornado(found: Sensitivity, sweep: Sweep, folder: Path, name: str) -> tuple[Path, Path]:
    """Write the picture as PNG and SVG."""
    with style.our_look():
        return style.write_picture(lambda: tornado(found, sweep), folder, name)


def tornado(found: Sensitivity, sweep: Sweep) -> Frame:
    """Measures with their intervals on the left, the swing of the outcome on the right."""
    rows = found.of(found.leading)[:MOST]
    height = ROW * len(rows)
    lines = [outcome_line(found), ranking_line(found)]
    made = style.frame("Which inputs matter?", lines, key(found), footer(found, sweep), HEAD + height + AXIS + 0.35)
    places = {row.name: place for place, row in enumerate(rows)}
    left = made.panel(NAMES, HEAD, WIDE, height)
    draw_measures(left, found, places)
    right = made.panel(NAMES + WIDE + 0.35, HEAD, style.WIDTH - NAMES - WIDE - 0.35 - 0.45, height)
    draw_swings(right, found, places)
    return made


def outcome_line(found: Sensitivity) -> str:
    unit = f" ({found.unit})" if found.unit else ""
    return f"Outcome: {found.outcome}{unit}"


def ranking_line(found: Sensitivity) -> str:
    """Whether the order can be trusted."""
    said = verdict(found)
    if not said.has_leader:
        return "No input stands out from one without effect: run more points before reading an order."
    if said.is_settled:
        return "The order of the leading inputs is settled" + (
            ", but for some that are as good as equal." if said.equal else "."
        )
    return f"The order or the sizes are not settled yet; about {said.wanted:,} points in all would do."


def key(found: Sensitivity) -> list[Any]:
    """The signs in words."""
    signs = [style.key_line(WORDS[measure], SIGNS[measure]) for measure in shown(found)]
    for words, marker, face in FIFTHS:
        sign = style.key_line(words, Look(INK, (), marker))
        sign.set(linestyle="", markerfacecolor=face, markeredgecolor=INK)
        signs.append(sign)
    if found.leading in found.floors:
        signs.append(style.key_line("reached without effect", Look(QUIET, FLOOR, "")))
    return signs


FIFTHS = (("lowest fifth", "<", "white"), ("middle", "|", INK), ("highest fifth", ">", INK))


def shown(found: Sensitivity) -> list[str]:
    """The measures that are drawn: those on the scale of the leading one."""
    return [EFFECT] if found.leading == EFFECT else [one for one in (FIRST, TOTAL, PAWN) if one in found.measures]


def footer(found: Sensitivity, sweep: Sweep) -> str:
    """What made the picture."""
    members = f"{found.members:,} member{'s' * (found.members != 1)}"
    return f"{sweep.made_by}, {found.points:,} points of {members}, seed {sweep.seed}; whiskers 95 %"


def lay_rows(axes: Any, places: dict[str, int]) -> None:
    """A row for each input, the first on top, with a light ground under every second one."""
    axes.set_ylim(len(places) - 0.5, -0.5)
    axes.set_yticks([])
    for place in range(1, len(places), 2):
        axes.axhspan(place - 0.5, place + 0.5, color="#F5F5F5", linewidth=0, zorder=0)


def draw_measures(axes: Any, found: Sensitivity, places: dict[str, int]) -> None:
    """A sign and a whisker for every measure of every input."""
    lay_rows(axes, places)
    measures = shown(found)
    for number, measure in enumerate(measures):
        aside = 0.24 * (number - (len(measures) - 1) / 2)
        rows = [row for row in found.of(measure) if row.name in places]
        at = np.array([places[row.name] for row in rows]) + aside
        values, halves = (np.array([getattr(row, part) for row in rows]) for part in ("value", "half"))
        sign = SIGNS[measure]
        axes.hlines(
            at, np.maximum(values - halves, 0.0), np.maximum(values + halves, 0.0), color=sign.colour, linewidth=1.8
        )
        axes.plot(np.maximum(values, 0.0), at, linestyle="", marker=sign.marker, color=sign.colour, markersize=6.5)
    axes.set_yticks(list(places.values()), [style.shortened(name, 34) for name in places])
    axes.tick_params(axis="y", length=0)
    if found.leading in found.floors:
        axes.axvline(found.floors[found.leading], color=QUIET, linestyle=(0, FLOOR), linewidth=1.4, zorder=1)
    axes.set_xlim(left=-0.02 * axes.get_xlim()[1])
    axes.locator_params(axis="x", nbins=5)
    is_effect = found.leading == EFFECT
    axes.set_xlabel(
        style.shortened(f"change over the whole range, {found.unit}" if is_effect else scale_words(measures), 48)
    )
    axes.set_title("How much it matters")


def scale_words(measures: Sequence[str]) -> str:
    return SHARES if PAWN not in measures else (f"{SHARES}; PAWN: 0 to 1" if len(measures) > 1 else "0 to 1")


def draw_swings(axes: Any, found: Sensitivity, places: dict[str, int]) -> None:
    """A bar between the mean outcomes in the fifths of each input, around the mean of all points."""
    lay_rows(axes, places)
    axes.axvline(found.mean, color=INK, linewidth=0.9, zorder=1)
    for swing in found.swings:
        if swing.name in places:
            at, ends = places[swing.name], np.array([swing.low, swing.middle, swing.high])
            axes.barh(at, np.nanmax(ends) - np.nanmin(ends), left=np.nanmin(ends), height=0.52, color=BAR, zorder=2)
            for value, (_, marker, face) in zip(ends, FIFTHS, strict=True):
                axes.plot(
                    value,
                    at,
                    linestyle="",
                    marker=marker,
                    markersize=8,
                    markerfacecolor=face,
                    markeredgecolor=INK,
                    zorder=4,
                )
    axes.use_sticky_edges = False
    axes.margins(x=0.08)
    axes.locator_params(axis="x", nbins=5)
    axes.set_xlabel(style.shortened(f"mean outcome{f', {found.unit}' if found.unit else ''}", 44))
    axes.set_title("Where the outcome goes")
