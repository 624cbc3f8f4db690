"""The picture of the rival theories: what matters most, each theory a line of its own, told apart without colour."""

from collections.abc import Sequence
from dataclasses import replace
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from sim.analysis.results import Array, Bands
from sim.analysis.topics import first_full_year
from sim.data.actors import named
from sim.io.quarters import PER_YEAR
from sim.model.network import FIRST, FOLLOWED, SECOND
from sim.model.variables import Series
from sim.plots import draw, panels, style
from sim.plots.panels import HEIGHT, count_words, name
from sim.plots.registry import Plot
from sim.plots.style import Frame, Style

if TYPE_CHECKING:
    from sim.analysis.theories import Rivals

# Colours of no actor, dark enough to be told from white by anyone; dash, marker and name tell them apart without.
THEORY_STYLES = (Style("#000000", (), "^"), Style("#595959", (6, 2), "s"), Style("#7A7A7A", (1.5, 1.5), "o"))
SIGNS = {"^": "▲", "s": "■", "o": "●"}
ASIDE = 0.19  # years between the ranges of two theories
ROW = 1.52  # inches from the foot of a panel to the next one: the axis, and three lines of words
COLUMN, PANEL, LEFT = 4.0, 1.88, 0.93  # inches; the names of the lines stand to the right of a panel
NARROW = 43  # characters of a theory on a line
TITLE = "What the scenario changes, under each theory"
ABOVE = "Above each panel: per cent of simulations."


def headings() -> dict[str, Series]:
    """What is shown, by its heading."""
    return {
        f"Tension between {name(FIRST)} and {name(SECOND)}": Series("tension", FIRST, SECOND),
        "Incident rate": Series("hazard", FIRST, SECOND),
        f"{name(FIRST)}'s attitude to {named(FOLLOWED)}": Series("attitude", FIRST, FOLLOWED),
        f"Spending of {name(FIRST)}": Series("spending", FIRST),
        f"Spending of {name(SECOND)}": Series("spending", SECOND),
    }


def under_theories(rivals: "Rivals") -> Frame:
    """Paired differences under each theory, around the moment of change."""
    run = rivals.first
    room = 0.42 + 2 * HEIGHT + ROW + panels.BELOW
    every = replace(run, theory=None)
    notes = (*wrap(rivals.agreement, style.CHARACTERS), ABOVE)
    made = panels.framed(every, TITLE, key(rivals), room, *notes, bands="bars: 90 %")
    columns = [(LEFT + number * COLUMN, PANEL) for number in range(3)]
    for axes, _, (heading, series) in made.grid(headings().items(), columns, HEIGHT + ROW, HEIGHT, 0.42):
        draw_panel(axes, rivals, heading, series)
    made.write(LEFT + 2 * COLUMN - 0.75, made.top + HEIGHT + ROW - 0.28, theory_words(rivals), linespacing=1.25)
    return made


def theory_words(rivals: "Rivals") -> str:
    """What each theory means, and the document whose words it rests on."""
    paragraphs = (
        f'{SIGNS[look.marker]} {theory.name}: {theory.meaning}; "{theory.quote}" (document {theory.document})'
        for theory, look in zip(rivals.theories.values(), THEORY_STYLES, strict=True)
    )
    return "\n".join(line for text in paragraphs for line in wrap(text, NARROW, subsequent_indent="    "))


def key(rivals: "Rivals") -> list[Any]:
    """The signs of the theories and of the first effect."""
    medians = (f"{theory}: median" for theory in rivals.runs)
    return [*map(style.key_style, medians, THEORY_STYLES), style.KEY_CHANGE]


def draw_panel(axes: Any, rivals: "Rivals", heading: str, series: Series) -> None:
    """The difference of one series under each theory, and how many simulations of a hundred rise and fall; no sign is named."""
    run, is_yearly = rivals.first, series.variable == "spending"
    change = panels.change_or_end(rivals.first_effect, run.quarters)
    shown = panels.lay_around(axes, change, run.quarters, most=3)
    times, names, _ = panels.difference_of(run.by_series[series], run.years, shown)
    contrasts = {theory: rival.by_series[series] for theory, rival in rivals.runs.items()}
    bands = {theory: panels.difference_of(contrast, run.years, shown)[2] for theory, contrast in contrasts.items()}
    ranged, counted = yearly(names, change) if is_yearly else quarterly(shown, change)
    ends, drawn = draw_lines(axes, times, bands, ranged)
    draw.zero_line(axes)
    draw.value_axis(axes, drawn, "% of the year" if is_yearly else series.unit, zero=True, head=0.24)
    draw.end_names(axes, ends)
    panels.mark_change(axes, change)
    counts = (
        f"{SIGNS[look.marker]} {count_words(band.p_positive[counted])}/{count_words(band.p_negative[counted])}"
        for look, band in zip(THEORY_STYLES, bands.values(), strict=True)
    )
    axes.set_title(f"{heading}\nhigher/lower in {names[counted]}:\n{'   '.join(counts)}", size=style.TYPE)


def quarterly(shown: range, change: int) -> tuple[list[int], int]:
    """Places of the quarters that have a range, that of change and each fourth one after it, and of that which is counted."""
    fourth = (change, *range(change, shown.stop - 2, PER_YEAR))
    ranged = [place for place, quarter in enumerate(shown) if quarter in fourth]
    return ranged, ranged[0]


def yearly(names: Sequence[str], change: int) -> tuple[list[int], int]:
    """The same of calendar years, all of which have a range."""
    whole = (place for place, year in enumerate(names) if int(year) >= first_full_year(change))
    return list(range(len(names))), next(whole, len(names) - 1)


def draw_lines(
    axes: Any, times: Array, bands: dict[str, Bands], ranged: list[int]
) -> tuple[dict[str, float], list[Array]]:
    """A line for each theory, and upright ranges beside each other; returns the ends of the lines and what was drawn."""
    ends, drawn = {}, []
    for number, ((theory, band), look) in enumerate(zip(bands.items(), THEORY_STYLES, strict=True)):
        aside, (low, *_, high) = times[ranged] + ASIDE * number, band.quantiles[:, ranged]
        axes.vlines(aside, low, high, color=look.colour, linewidth=2.2, alpha=0.8)
        axes.plot(times, band.median, color=look.colour, linestyle=look.linestyle, linewidth=1.8)
        point = {"marker": look.marker, "markersize": 7, "markeredgecolor": "white", "markeredgewidth": 0.8}
        axes.plot(aside, band.median[ranged], linestyle="", color=look.colour, zorder=5, **point)
        ends[f"{SIGNS[look.marker]} {theory}"] = float(band.median[-1])
        drawn += [band.median, low, high]
    return ends, drawn


def words(_: "Rivals") -> str:
    return (
        "Lines of medians and upright ranges of 90 % of simulations for each theory; the table above holds the numbers."
    )


PLOT = Plot("theories", "theories", under_theories, TITLE, words, section="answer")
