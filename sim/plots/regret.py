"""The picture of regret: for every outcome the regret of each scenario, and in how many worlds it is better, the same or worse."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sim.analysis.regret import Aim, Standing, Standings
from sim.io.formatting import in_a_hundred, number
from sim.plots import style
from sim.plots.style import INK, QUIET, Frame
from sim.sweep.analysis.regret_text import MOST

ROW, BETWEEN, AXIS = 0.36, 0.95, 0.7  # inches
NAMES, REGRET, SHARES = 2.9, 3.9, 4.2
SAME, WORSE = "#C8C8C8", "#404040"
PARTS = (("better, or good enough", "white"), ("the same", SAME), ("worse, or not", WORSE))


def write_regret_figure(
    tables: Sequence[Standings], lines: Sequence[str], footer: str, folder: Path
) -> tuple[Path, Path]:
    """Write the picture as PNG and SVG."""
    with style.our_look():
        return style.write_picture(lambda: regret_figure(tables[:MOST], lines, footer), folder, "regret")


def regret_figure(tables: Sequence[Standings], lines: Sequence[str], footer: str) -> Frame:
    """A row of two panels for each outcome."""
    height = ROW * len(tables[0].rows)
    step = height + BETWEEN
    made = style.frame(
        "Which choice would one regret, and in how many worlds?", lines, key(), footer, len(tables) * step + 0.4
    )
    for place, one in enumerate(tables):
        down = 0.3 + place * step
        draw_regret(made.panel(NAMES, down, REGRET, height), one)
        draw_shares(made.panel(NAMES + REGRET + 0.5, down, SHARES, height), one)
    return made


def key() -> list[Any]:
    """The signs in words."""
    median, inner, outer = style.key_of("regret: median")
    median.set(color=INK, marker="o", linestyle="")
    return [
        median,
        inner,
        outer,
        *(style.key_part(words, colour) for words, colour in PARTS),
    ]


def lay_rows(axes: Any, one: Standings, *, named: bool) -> None:
    """A row for each scenario, the first on top."""
    axes.set_ylim(len(one.rows) - 0.5, -0.5)
    names = [style.shortened(row.choice, 30) for row in one.rows] if named else []
    axes.set_yticks(range(len(names)), names)
    axes.tick_params(axis="y", length=0)


def draw_regret(axes: Any, one: Standings) -> None:
    """Ranges of regret: 90 % thin, 50 % thick, the median a dot."""
    lay_rows(axes, one, named=True)
    for place, row in enumerate(one.rows):
        low, lower, median, upper, high = row.regret
        axes.hlines(place, low, high, color=QUIET, linewidth=3.0, alpha=style.DARK)
        axes.hlines(place, lower, upper, color=QUIET, linewidth=8.0, alpha=2 * style.DARK)
        axes.plot(median, place, linestyle="", marker="o", color=INK, markersize=7, zorder=5)
    top = max(float(row.regret[-1]) for row in one.rows) or 1.0
    axes.set_xlim(-0.03 * top, 1.06 * top)
    axes.locator_params(axis="x", nbins=5)
    axes.xaxis.set_major_formatter(lambda value, _: number(value) if value else "0")
    unit = f" ({one.aim.unit})" if one.aim.unit else ""
    axes.set_title(style.shortened(f"Regret: {one.aim.name}{unit}", 62), x=(0.25 - NAMES) / REGRET)


def draw_shares(axes: Any, one: Standings) -> None:
    """Worlds of a hundred in which a scenario is better, the same and worse; with a threshold, good enough and not."""
    lay_rows(axes, one, named=False)
    axes.set_xlim(0.0, 100.0)
    for place, row in enumerate(one.rows):
        if row.choice == one.baseline and one.aim.threshold is None:
            axes.text(0.0, place, " the baseline", va="center", color=QUIET)
            continue
        start = 0.0
        for share, (_, colour) in zip(parts(row, one.aim), PARTS, strict=True):
            axes.barh(place, 100.0 * share, left=start, height=0.58, color=colour, edgecolor=INK, linewidth=0.8)
            if share >= 0.06:
                ink = "white" if colour == WORSE else INK
                axes.text(start + 50.0 * share, place, digits(share), ha="center", va="center", color=ink)
            start += 100.0 * share
    axes.set_xticks([0, 25, 50, 75, 100])
    enough = f"good enough: {one.aim.enough}" if one.aim.threshold is not None else f"{one.aim.prefer} counts as better"
    axes.set_title(f"Worlds of 100; {enough}")


def digits(share: float) -> str:
    """A share of worlds of a hundred, in digits."""
    return {"all": "100", "none": "0", "under 1": "<1"}.get(in_a_hundred(share), in_a_hundred(share))


def parts(row: Standing, aim: Aim) -> tuple[float, float, float]:
    """Shares of worlds that are drawn as better, the same and worse."""
    if aim.threshold is not None:
        return row.enough, 0.0, 1.0 - row.enough
    return row.better, max(0.0, 1.0 - row.better - row.worse), row.worse
