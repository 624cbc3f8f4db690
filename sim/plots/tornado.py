"""What the first lines of an answer rest on: how far each uncertain number moves them from its lowest to its highest fifth."""

from typing import Any

from sim.analysis.findings import Finding, findings, signed
from sim.analysis.results import Run
from sim.analysis.variance_shares import Split, split_of
from sim.plots import draw, panels, style
from sim.plots.registry import Plot
from sim.plots.style import INK, STYLES, Frame

MOST = 4  # lines of the answer
BELOW = 1.0  # inches from the bars of one line to those of the next
NAMES, RIGHT = 5.1, 0.5  # inches beside the bars
ENDS = {"lowest": "white", "highest": INK}
BARS = "Bars: median change in the fifth of worlds where a number is lowest (hollow end) to where it is highest (full end)."
WORDS = "Behind each number what the figures say of it: pinned, bounded, or assumed."


def told_rows(run: Run) -> list[tuple[Finding, Split]]:
    """A line of each topic whose spread is known, in the order of the answer, with what it rests on.

    Of too many, those stay of which the middle world shows anything.
    """
    chosen: dict[tuple[Any, str], Split] = {}
    topics = set()
    for row in sorted(findings(run), key=lambda row: not row.median_shown):
        split = None if row.is_negligible or row.topic in topics else split_of(run, row.topic, row.when)
        if split is not None and split.rests_on and len(chosen) < MOST:
            topics.add(row.topic)
            chosen[row.topic, row.when] = split
    return [(row, chosen[row.topic, row.when]) for row in findings(run) if (row.topic, row.when) in chosen]


def tornado(run: Run) -> Frame:
    """Bars for each line of the answer, below each other."""
    rows = told_rows(run)
    heights = [0.36 * len(split.rests_on) + 0.2 for _, split in rows]
    signs = [style.key_marker(f"{end} fifth", color=colour, markeredgecolor=INK) for end, colour in ENDS.items()]
    room = sum(heights) + BELOW * len(rows) + 0.2
    made = panels.framed(run, "What the result rests on", signs, room, BARS, WORDS, bands="bars of medians")
    down = 0.0
    for (row, split), height in zip(rows, heights, strict=True):
        axes = made.panel(NAMES, down, style.WIDTH - NAMES - RIGHT, height)
        draw_bars(axes, split, row.topic.scale)
        axes.set_title(f"Change of {row.what}{f', {row.topic.unit}' if row.topic.unit else ''}", x=0.0)
        down += height + BELOW
    return made


def draw_bars(axes: Any, split: Split, scale: float) -> None:
    """A bar for each number, the one that matters most on top."""
    for number, driver in enumerate(split.rests_on):
        at = len(split.rests_on) - number
        ends = [scale * driver.low, scale * driver.high]
        axes.plot(ends, [at, at], color=STYLES["TUR"].colour, linewidth=9, alpha=0.55, solid_capstyle="butt")
        for end, colour in zip(ends, ENDS.values(), strict=True):
            axes.plot([end], [at], marker="o", markersize=8, color=colour, markeredgecolor=INK, zorder=4)
    axes.axvline(0.0, color=INK, linewidth=1.0, zorder=1)
    labels = [f"{driver.key} ({driver.word})" for driver in split.rests_on]
    axes.set_yticks(range(len(labels), 0, -1), labels)
    axes.set_ylim(0.4, len(labels) + 0.6)
    draw.number_axis(axes, "x", 7)


def words(run: Run) -> str:
    """For the first lines of the answer, the number on which each rests most."""
    lines = []
    for row in findings(run):
        split = None if row.is_negligible else split_of(run, row.topic, row.when)
        if split is not None and split.rests_on:
            first = split.rests_on[0]
            ends = (signed(row.topic.scale * end, row.topic.digits) for end in (first.low, first.high))
            lines.append(f"{row.what}: {first.key} ({first.word}), {' to '.join(ends)}")
    return f"Bars from the lowest to the highest fifth of each uncertain number. {'; '.join(lines[:MOST])}."


PLOT = Plot(
    "tornado", "run", tornado, "What the result rests on: each uncertain number from its lowest to its highest fifth", words,
    section="rests", place=10, is_drawn=lambda run: bool(told_rows(run)),
)  # fmt: skip
