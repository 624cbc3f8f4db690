"""What the scenarios of a comparison change over time, in the same simulations."""

from types import SimpleNamespace
from typing import Any

from sim.analysis.comparison import INCIDENTS, Comparison
from sim.analysis.incidents import HAZARD
from sim.analysis.results import Contrast
from sim.io.formatting import capital
from sim.io.quarters import PER_YEAR, name_of, year_of
from sim.plots import draw, panels, style
from sim.plots.registry import Plot
from sim.plots.style import Frame, style_of
from sim.plots.timeline import event_time

MOST = 4  # outcomes whose paths are drawn
HEIGHT, STEP = 1.35, 2.42  # inches


def paths(comparison: Comparison) -> Frame:
    """A column for each scenario, a row for each outcome, on the same scale along a row."""
    lines = [
        f"Scenario minus baseline in the same simulations. Baseline: {comparison.baseline.title}",
        panels.WHOSE,
    ]
    key = [*style.key_of("median difference"), style.KEY_CHANGE]
    shown = places_shown(comparison)
    room = 0.75 + len(shown) * STEP - 0.3
    made = style.frame("What the scenarios change over time", lines, key, footer(comparison), room)
    columns = style.columns(len(comparison.scenarios))
    for (left, width), scenario in zip(columns, comparison.scenarios, strict=True):
        words = style.shortened(scenario.id, int(width * 10))
        made.write(left, made.top - 0.2, words, size=style.HEAD, weight="bold")
    for row, outcome in enumerate(shown):
        drawn = []
        for (left, width), scenario in zip(columns, comparison.scenarios, strict=True):
            drawn.append(made.panel(left, 0.65 + row * STEP, width, HEIGHT))
            draw_path(drawn[-1], comparison, scenario, outcome, width, is_top=row == 0)
        low, high = min(axes.get_ylim()[0] for axes in drawn), max(axes.get_ylim()[1] for axes in drawn)
        for axes in drawn:
            axes.set_ylim(low, high)
    return made


def places_shown(comparison: Comparison) -> list[int]:
    """The outcomes that the answer tells first; in place of the number of incidents, which has no path, their rate."""
    series = [topic.series for topic in comparison.topics]
    chosen = [series.index(HAZARD) if series[place] == INCIDENTS.series else place for place in comparison.headlines]
    return sorted(chosen[:MOST])


def draw_path(axes: Any, comparison: Comparison, scenario: Any, outcome: int, width: float, *, is_top: bool) -> None:
    """The difference of one outcome under one scenario, from shortly before anything differs."""
    topic = comparison.topics[outcome]
    contrast: Contrast = comparison.contrasts[scenario.id][outcome]
    change = comparison.window[0] if comparison.first_effect is None else comparison.first_effect
    shown = panels.lay_around(axes, change, comparison.quarters, most=3, label="")
    years = tuple(year_of(PER_YEAR * year) for year in range(comparison.quarters // PER_YEAR))
    run = SimpleNamespace(years=years, quarters=comparison.quarters, directions=comparison.directions[scenario.id])
    panel = panels.Panel(topic.words, contrast, style_of(topic.variable, topic.actor))
    words = panels.draw_difference(axes, run, panel, shown)
    if comparison.first_effect is not None:
        draw.change_line(axes, event_time(change), name_of(change) if is_top else "")
    heading = capital(topic.words).removesuffix(" (slow part)")
    axes.set_title(f"{panels.wrapped(heading, width)}\n{panels.wrapped(words, width)}", size=style.TYPE)


def footer(comparison: Comparison) -> str:
    """What made the picture."""
    return panels.made_by(comparison) + panels.under_theory(comparison)


def words(comparison: Comparison) -> str:
    """What is drawn."""
    drawn = ", ".join(comparison.topics[place].words for place in places_shown(comparison))
    return f"Paths of {drawn} with each scenario minus the baseline; the table above holds the means."


PLOT = Plot("paths", "comparison", paths, "What the scenarios change over time", words, section="why", place=20)
