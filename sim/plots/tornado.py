"""What the first lines of an answer rest on: how far each uncertain number moves them from its lowest to its highest fifth."""

from collections.abc import Iterator
from textwrap import fill
from typing import Any

from sim.analysis.findings import Finding
from sim.analysis.parameter_text import evidence, number_words
from sim.analysis.results import Run
from sim.analysis.topics import Topic
from sim.analysis.variance_shares import VarianceShares
from sim.io.formatting import signed
from sim.model.network import FOLLOWED
from sim.plots import draw, panels, style
from sim.plots.registry import Plot
from sim.plots.style import INK, STYLES, Frame

MOST = 4  # lines of the answer
BELOW = 1.0  # inches from the bars of one line to those of the next
NAMES, RIGHT = 5.1, 0.5  # inches beside the bars
LABEL = 44  # characters of a line that names a number
ENDS = {"lowest": "white", "highest": INK}
BARS = "Bars: median change in the fifth of simulations where a number is lowest (hollow end) to where it is highest (full end)."
WORDS = "Behind each number how well the figures know it: well determined, narrowed, or assumed."


Line = tuple[Finding, VarianceShares]


def lines_with_drivers(run: Run) -> Iterator[Line]:
    """The lines of the answer of which it is known what they rest on."""
    for row in run.shown_findings:
        shares = run.variance_shares(row)
        if shares is not None and shares.rests_on:
            yield row, shares


def told_rows(run: Run) -> list[Line]:
    """A line of each topic, in the order of the answer; of too many, those of which the median shows anything."""
    chosen: dict[Topic, Line] = {}
    for row, shares in sorted(lines_with_drivers(run), key=lambda line: not line[0].median_shown):
        chosen.setdefault(row.topic, (row, shares))
    kept = list(chosen.values())[:MOST]
    return [line for line in lines_with_drivers(run) if line in kept]


def tornado(run: Run) -> Frame:
    """Bars for each line of the answer, below each other."""
    rows = told_rows(run)
    heights = [0.36 * len(shares.rests_on) + 0.2 for _, shares in rows]
    signs = [style.key_marker(f"{end} fifth", color=colour, markeredgecolor=INK) for end, colour in ENDS.items()]
    room = sum(heights) + BELOW * len(rows) + 0.2
    made = panels.framed(run, "What the result rests on", signs, room, BARS, WORDS, bands="bars of medians")
    down = 0.0
    for (row, shares), height in zip(rows, heights, strict=True):
        axes = made.panel(NAMES, down, style.WIDTH - NAMES - RIGHT, height)
        draw_bars(axes, shares, row.topic.scale)
        axes.set_title(f"Change of {row.what}{f', {row.topic.unit}' if row.topic.unit else ''}", x=0.0)
        down += height + BELOW
    return made


def draw_bars(axes: Any, shares: VarianceShares, scale: float) -> None:
    """A bar for each number, the one that matters most on top."""
    for number, driver in enumerate(shares.rests_on):
        at = len(shares.rests_on) - number
        ends = [scale * driver.low, scale * driver.high]
        axes.plot(ends, [at, at], color=STYLES[FOLLOWED].colour, linewidth=9, alpha=0.55, solid_capstyle="butt")
        for end, colour in zip(ends, ENDS.values(), strict=True):
            axes.plot([end], [at], marker="o", markersize=8, color=colour, markeredgecolor=INK, zorder=4)
    axes.axvline(0.0, color=INK, linewidth=1.0, zorder=1)
    labels = [fill(f"{number_words(driver.key)} ({evidence(driver.word)})", LABEL) for driver in shares.rests_on]
    axes.set_yticks(range(len(labels), 0, -1), labels)
    axes.set_ylim(0.4, len(labels) + 0.6)
    draw.number_axis(axes, "x", 7)


def words(run: Run) -> str:
    """For the first lines of the answer, the number on which each rests most."""
    bars = []
    for row, shares in lines_with_drivers(run):
        first = shares.rests_on[0]
        ends = (signed(row.topic.scale * end, row.topic.digits) for end in (first.low, first.high))
        bars.append(f"{row.what}: {number_words(first.key)} ({evidence(first.word)}), {' to '.join(ends)}")
    return f"Bars from the lowest to the highest fifth of each uncertain number. {'; '.join(bars[:MOST])}."


PLOT = Plot(
    "tornado", "run", tornado, "What the result rests on: each uncertain number from its lowest to its highest fifth", words,
    section="rests", place=10, is_drawn=lambda run: bool(told_rows(run)),
)  # fmt: skip
