"""The picture of regret: for every outcome the regret of each scenario, and in how many simulations it is better, the same or worse."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sim.analysis.regret import Aim, Standing, Standings
from sim.io.formatting import number
from sim.plots import draw, style
from sim.plots.panels import count_words
from sim.plots.registry import Plot
from sim.plots.style import INK, QUIET, Frame
from sim.sweep.analysis.regret_text import MOST

ROW, BETWEEN = 0.36, 0.95  # inches
NAMES, REGRET, SHARES = 2.9, 3.9, 4.2
SAME, WORSE = "#C8C8C8", "#404040"
PARTS = (("better, or good enough", "white"), ("the same", SAME), ("worse, or not", WORSE))


@dataclass(frozen=True)
class Choices:
    """What is drawn: the standings of scenarios by outcome, the lines above, and what made them."""

    tables: Sequence[Standings]
    lines: Sequence[str]
    made_by: str


def regret(choices: Choices) -> Frame:
    """A row of two panels for each outcome."""
    tables = choices.tables[:MOST]
    height = ROW * len(tables[0].rows)
    step = height + BETWEEN
    title = "Which choice would one regret, and in how many simulations?"
    made = style.frame(title, choices.lines, key(), choices.made_by, len(tables) * step + 0.4)
    for place, table in enumerate(tables):
        down = 0.3 + place * step
        draw_regret(made.panel(NAMES, down, REGRET, height), table)
        draw_shares(made.panel(NAMES + REGRET + 0.5, down, SHARES, height), table)
    return made


def key() -> list[Any]:
    """The signs in words."""
    bands = style.key_of("regret: median", color=INK, marker="o", linestyle="")
    return [*bands, *(style.key_patch(words, colour) for words, colour in PARTS)]


def draw_regret(axes: Any, table: Standings) -> None:
    """Ranges of regret, a row for each scenario."""
    draw.row_axis(axes, [style.shortened(row.choice, 30) for row in table.rows])
    for place, row in enumerate(table.rows):
        draw.row_range(axes, place, row.regret, QUIET, (3.0, 8.0), color=INK)
    top = max(float(row.regret[-1]) for row in table.rows) or 1.0
    axes.set_xlim(-0.03 * top, 1.06 * top)
    axes.locator_params(axis="x", nbins=5)
    axes.xaxis.set_major_formatter(lambda value, _: number(value))
    unit = f" ({table.aim.unit})" if table.aim.unit else ""
    axes.set_title(style.shortened(f"Regret: {table.aim.name}{unit}", 62), x=(0.25 - NAMES) / REGRET)


def draw_shares(axes: Any, table: Standings) -> None:
    """Simulations of a hundred in which a scenario is better, the same and worse; with a threshold, good enough and not."""
    draw.row_axis(axes, [], len(table.rows))
    axes.set_xlim(0.0, 100.0)
    for place, row in enumerate(table.rows):
        if row.choice == table.baseline and table.aim.threshold is None:
            axes.text(0.0, place, " the baseline", va="center", color=QUIET)
            continue
        start = 0.0
        for share, (_, colour) in zip(parts(row, table.aim), PARTS, strict=True):
            axes.barh(place, 100.0 * share, left=start, height=0.58, color=colour, edgecolor=INK, linewidth=0.8)
            if share >= 0.06:
                ink = "white" if colour == WORSE else INK
                axes.text(start + 50.0 * share, place, count_words(share), ha="center", va="center", color=ink)
            start += 100.0 * share
    axes.set_xticks([0, 25, 50, 75, 100])
    enough = (
        f"good enough: {table.aim.enough}"
        if table.aim.threshold is not None
        else f"{table.aim.prefer} counts as better"
    )
    axes.set_title(f"Per cent of simulations; {enough}")


def parts(row: Standing, aim: Aim) -> tuple[float, float, float]:
    """Shares of simulations that are drawn as better, the same and worse."""
    if aim.threshold is not None:
        return row.enough, 0.0, 1.0 - row.enough
    return row.better, max(0.0, 1.0 - row.better - row.worse), row.worse


def words(choices: Choices) -> str:
    """How often each scenario is the best by each outcome."""
    told = [
        f"{table.aim.name}: " + ", ".join(f"{row.choice} {count_words(row.best)}" for row in table.rows)
        for table in choices.tables[:MOST]
    ]
    return f"Of 100 simulations, in how many each scenario is the best. {'; '.join(told)}."


PLOT = Plot("regret", "choices", regret, "Regret", words, section="regret")
