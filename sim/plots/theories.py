"""The picture of the rival theories: what matters most, each theory a line of its own, told apart without colour."""

from dataclasses import dataclass, replace
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.findings import first_full_year
from sim.analysis.results import Array, Bands
from sim.io.quarters import FIRST_YEAR, QUARTERS_PER_YEAR, name_of
from sim.model.network import KOSOVO, SERBIA, TURKEY
from sim.model.variables import Series
from sim.plots import draw, panels, style
from sim.plots.registry import Plot
from sim.plots.style import Frame, Style
from sim.plots.timeline import event_time

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
DISAGREE = "The documents disagree about what arms do; no direction is asserted here. Above each panel: worlds of 100."


def headings() -> dict[str, Series]:
    """What is shown, by its heading."""
    return {
        "Tension of Serbia and Kosovo": Series("tension", SERBIA, KOSOVO),
        "Hazard of serious incidents": Series("hazard", SERBIA, KOSOVO),
        f"{panels.name(SERBIA)}'s attitude to {panels.name(TURKEY)}": Series("attitude", SERBIA, TURKEY),
        f"Spending of {panels.name(SERBIA)}": Series("spending", SERBIA),
        f"Spending of {panels.name(KOSOVO)}": Series("spending", KOSOVO),
    }


def under_theories(rivals: "Rivals") -> Frame:
    """Paired differences under each theory, around the moment of change."""
    run = rivals.first
    made_by = panels.footer(replace(run, theory=None), "upright lines hold 90 %")
    room = 0.42 + 2 * panels.HEIGHT + ROW + panels.BELOW
    made = style.frame(TITLE, [*panels.scenario_lines(run), DISAGREE], key(rivals), made_by, room)
    for number, (heading, series) in enumerate(headings().items()):
        left, down = LEFT + number % 3 * COLUMN, 0.42 + number // 3 * (panels.HEIGHT + ROW)
        draw_panel(made.panel(left, down, PANEL, panels.HEIGHT), rivals, heading, series)
    made.write(LEFT + 2 * COLUMN - 0.75, made.top + panels.HEIGHT + ROW - 0.28, theory_words(rivals), linespacing=1.25)
    return made


def theory_words(rivals: "Rivals") -> str:
    """What each theory means, and the document whose words it rests on."""
    paragraphs = (
        f'{SIGNS[one.marker]} {theory.name}: {theory.meaning}; "{theory.quote}" (document {theory.document})'
        for theory, one in zip(rivals.theories.values(), THEORY_STYLES, strict=True)
    )
    return "\n".join(line for text in paragraphs for line in wrap(text, NARROW, subsequent_indent="    "))


def key(rivals: "Rivals") -> list[Any]:
    """The signs of the theories and of the first effect."""
    medians = (f"{theory}: median" for theory in rivals.runs)
    return [*map(style.key_style, medians, THEORY_STYLES), style.KEY_CHANGE]


@dataclass(frozen=True)
class Lines:
    """One series under each theory.

    times   : in years
    bands   : of the difference, by theory
    ranged  : places of the times that have a range
    counted : place of the time of which worlds are counted, and its name
    """

    times: Array
    bands: dict[str, Bands]
    ranged: list[int]
    counted: int
    when: str


def draw_panel(axes: Any, rivals: "Rivals", heading: str, series: Series) -> None:
    """The difference of one series under each theory."""
    quarters = rivals.first.quarters
    change = panels.change_or_end(rivals.first_effect, quarters)
    shown = panels.lay_around(axes, change, quarters, most=3)
    is_yearly = series.variable == "spending"
    lines = yearly(rivals, series, shown, change) if is_yearly else quarterly(rivals, series, shown, change)
    ends, drawn = draw_lines(axes, lines)
    draw.zero_line(axes)
    draw.value_axis(axes, drawn, "% of the year" if is_yearly else series.unit, zero=True, head=0.24)
    draw.end_names(axes, ends)
    draw.change_line(axes, event_time(change), name_of(change))
    axes.set_title(f"{heading}\n{worlds(lines)}", size=style.TYPE)


def quarterly(rivals: "Rivals", series: Series, shown: range, change: int) -> Lines:
    """Every quarter, with a range for that of change and for each fourth one after it."""
    times = FIRST_YEAR + (np.array(shown) + 0.5) / QUARTERS_PER_YEAR
    fourth = (change, *range(change, shown.stop - 2, QUARTERS_PER_YEAR))
    ranged = [place for place, quarter in enumerate(shown) if quarter in fourth]
    bands = {theory: run.by_series[series].difference for theory, run in rivals.runs.items()}
    return Lines(times, parts(bands, list(shown)), ranged, ranged[0], name_of(shown[ranged[0]]))


def yearly(rivals: "Rivals", series: Series, shown: range, change: int) -> Lines:
    """Calendar years, each with a range."""
    years = panels.years_of(rivals.first.years, shown)
    whole = [place for place, year in enumerate(years) if year >= first_full_year(change)] or [len(years) - 1]
    bands = {theory: run.by_series[series].yearly_per_cent for theory, run in rivals.runs.items()}
    places = [year - FIRST_YEAR for year in years]
    return Lines(np.array(years) + 0.5, parts(bands, places), list(range(len(years))), whole[0], str(years[whole[0]]))


def parts(bands: dict[str, Bands | None], places: list[int]) -> dict[str, Bands]:
    """The bands at some of their times."""
    return {theory: panels.part_of(one, places) for theory, one in bands.items() if one is not None}


def draw_lines(axes: Any, lines: Lines) -> tuple[dict[str, float], list[Array]]:
    """A line for each theory, and upright ranges beside each other; returns the ends of the lines and what was drawn."""
    ends, drawn = {}, []
    for number, ((theory, band), one) in enumerate(zip(lines.bands.items(), THEORY_STYLES, strict=True)):
        times, median = lines.times[lines.ranged] + ASIDE * number, band.median[lines.ranged]
        low, high = band.quantiles[0][lines.ranged], band.quantiles[-1][lines.ranged]
        axes.vlines(times, low, high, color=one.colour, linewidth=2.2, alpha=0.8)
        axes.plot(lines.times, band.median, color=one.colour, linestyle=one.linestyle, linewidth=1.8)
        point = {"marker": one.marker, "markersize": 7, "markeredgecolor": "white", "markeredgewidth": 0.8}
        axes.plot(times, median, linestyle="", color=one.colour, zorder=5, **point)
        ends[f"{SIGNS[one.marker]} {theory}"] = float(band.median[-1])
        drawn += [band.median, low, high]
    return ends, drawn


def worlds(lines: Lines) -> str:
    """How many worlds of a hundred rise and fall under each theory; no sign is named."""
    shares = ((band.p_positive[lines.counted], band.p_negative[lines.counted]) for band in lines.bands.values())
    counts = (
        f"{SIGNS[one.marker]} {panels.count_words(float(up))}/{panels.count_words(float(down))}"
        for one, (up, down) in zip(THEORY_STYLES, shares, strict=True)
    )
    return f"higher/lower in {lines.when}:\n{'   '.join(counts)}"


def words(_: "Rivals") -> str:
    return "Lines of medians and upright ranges of 90 % of worlds for each theory; the table above holds the numbers."


PLOT = Plot("theories", "theories", under_theories, TITLE, words, section="answer")
