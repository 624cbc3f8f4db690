"""Panels that several pictures of a run share: the level of a series, its paired difference, and what is said of them.

A direction is named only where 95 of 100 simulations agree on it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from textwrap import wrap
from typing import Any

import numpy as np

from sim.analysis.findings import Directions, direction_of, horizon_year, largest_effect, quarters_named, yearly_levels
from sim.analysis.results import Array, Bands, Contrast, Run
from sim.data.actors import load_actors
from sim.data.tables import EVENTS_DOCUMENTED_UNTIL, OBSERVED_YEARS
from sim.io.formatting import capital, counted, in_a_hundred
from sim.io.quarters import FIRST_YEAR, PER_YEAR, index_of, name_of
from sim.io.templates import phrase
from sim.model.directions import AGREED, UNCLEAR
from sim.model.variables import Series
from sim.plots import draw, style
from sim.plots.style import Frame, Style
from sim.plots.timeline import end_time, event_time
from sim.version import __version__

SPENDING_RECORDED_UNTIL = float(OBSERVED_YEARS[-1] + 1)
EVENTS_RECORDED_UNTIL = event_time(index_of(EVENTS_DOCUMENTED_UNTIL) + 1)
QUARTERS_BEFORE, QUARTERS_AFTER = 2, 20  # what is shown around the moment of change
RECORD, PLANS = "model, known events", "model, known plans"
WHOSE = "A direction is named where 95 of 100 simulations agree; in brackets: what it rests on (see the answer)."
LEAST = {"-1 to 1": 0.1, "0 to 1": 0.05, "probability": 0.05, "per year": 0.05}  # a smaller difference looks small
LEAST_PER_CENT = 0.5
PER_CENT = "per cent,\nby calendar year"
HARDLY = 0.05  # share of that below which a difference is called hardly any
BANDS = "bands 50 % and 90 %"
HEIGHT, BETWEEN, BELOW = 1.95, 0.95, 0.95  # inches: a panel, from one row of panels to the next, and below the last

# ---- words -----------------------------------------------------------------------------------------------------------


def name(code: str) -> str:
    """An actor's English name."""
    return load_actors().name(code)


def made_by(result: Any) -> str:
    """What made the result behind a picture."""
    many, fit = counted(result.members, "simulation"), Path(result.fit).name or result.fit
    return f"armsrace {__version__}, model {result.model_version}, {many}, seed {result.seed}, {fit} ensemble"


def under_theory(result: Any) -> str:
    return "" if result.theory is None else f', theory "{result.theory}"'


def scenario_lines(run: Run) -> list[str]:
    """The question that a picture answers."""
    lines = [f"Scenario: {run.scenario.title}"]
    if run.settings:
        lines[0] = f"{style.shortened(lines[0], style.CHARACTERS // 2)}, with {', '.join(run.settings)}"
    return lines if run.baseline is None else [*lines, f"Compared with: {run.baseline.title}"]


def framed(run: Run, title: str, key: Sequence[Any], room: float, *notes: str, bands: str = BANDS) -> Frame:
    """An empty picture of a run, with the question that it answers, notes on it, and what made it."""
    footer = f"{made_by(run)}{under_theory(run)}; all curves are modelled; {bands}"
    return style.frame(title, [*scenario_lines(run), *notes], key, footer, room)


def finding_title(run: Run, fallback: str, *series: Series) -> str:
    """What a picture shows as a sentence: what moves most for its scale of these series."""
    row = largest_effect(row for row in run.shown_findings if row.topic.series in series)
    return fallback if row is None else capital(phrase("finding_words.txt", "title", row))


def level_key(run: Run, shaded: str, colour: str = style.QUIET) -> list[Any]:
    """The signs of levels in both sides."""
    median, *bands = style.key_of("scenario: median", colour=colour)
    return [median, *bands, *([] if run.baseline is None else [style.KEY_BASELINE]), style.key_shade(shaded)]


def level_words(run: Run, variable: str, whom: Sequence[tuple[str, str]], digits: int) -> str:
    """Medians and 90 % of simulations in the horizon year."""
    parts = []
    for actor, counterpart in whom:
        low, middle, high = yearly_levels(run, Series(variable, actor, counterpart), digits)
        parts.append(f"{name(actor)} {middle} ({low} to {high})")
    unit = Series(variable, *whom[0]).unit
    return f"{capital(unit)}, {horizon_year(run)}, median and 90 %: {'; '.join(parts)}."


def count_words(share: float) -> str:
    """A share of simulations, of a hundred, in digits.

    >>> count_words(1.0), count_words(0.999), count_words(0.0004), count_words(0.0)
    ('100', '99', '<1', '0')
    """
    return {"all": "100", "none": "0", "under 1": "<1"}.get(in_a_hundred(share), in_a_hundred(share))


def verdict(difference: Bands, times: Sequence[str], label: str = "") -> str:
    """When enough simulations move the same way, in words.

    times : names of the quarters or years of a difference
    label : whose word the direction is
    """
    if not (difference.p_positive.any() or difference.p_negative.any()):
        return "none in any simulation"
    signs = np.where(difference.p_positive >= AGREED, 1, np.where(difference.p_negative >= AGREED, -1, 0))
    groups = [(sign, list(places)) for sign, places in groupby(range(len(times)), key=lambda place: signs[place])]
    clear = [(sign, places) for sign, places in groups if sign != 0]
    if not clear:
        return UNCLEAR
    gaps = ""
    if len(clear) > 1 and len({sign for sign, _ in clear}) == 1:
        clear, gaps = [(clear[0][0], [clear[0][1][0], clear[-1][1][-1]])], ", with gaps"
    words = [f"{'higher' if sign > 0 else 'lower'} {stretch(places, times)}" for sign, places in clear]
    return ", ".join(words if len(words) < 3 else [*words[:2], "…"]) + gaps + (f" ({label})" if label else "")


def stretch(places: Sequence[int], times: Sequence[str]) -> str:
    """Consecutive times in words."""
    first, last = times[places[0]], times[places[-1]]
    return f"in {first}" if len(places) == 1 else f"{first}–{last}"


def wrapped(text: str, width: float) -> str:
    """Text for a panel of so many inches, on as many lines as it needs."""
    return "\n".join(wrap(text, int((width + 0.55) * 10.4), break_long_words=False))


# ---- times -----------------------------------------------------------------------------------------------------------


def quarter_times(run: Run) -> Array:
    """The middle of every quarter, in years."""
    return FIRST_YEAR + (np.arange(run.quarters) + 0.5) / PER_YEAR


def mark_change(axes: Any, first_effect: int | None, *, is_named: bool = True) -> None:
    """A line at the beginning of the quarter in which anything but an order first differs."""
    if first_effect is not None:
        draw.change_line(axes, event_time(first_effect), name_of(first_effect) if is_named else "")


def change_or_end(first_effect: int | None, quarters: int) -> int:
    """The quarter of the first effect; without one, the end of the record or of the run."""
    return min(index_of(EVENTS_DOCUMENTED_UNTIL), quarters - 1) if first_effect is None else first_effect


def lay_around(axes: Any, change: int, quarters: int, **time: Any) -> range:
    """A time axis from shortly before a quarter to five years after; returns its quarters."""
    shown = range(max(0, change - QUARTERS_BEFORE), min(quarters, change + QUARTERS_AFTER + 1))
    draw.time_axis(axes, event_time(shown.start), event_time(shown.stop), **time)
    return shown


# ---- levels above, differences below ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Panel:
    """A series and how it is shown; yearly per cent stand for the difference of spending."""

    heading: str
    contrast: Contrast
    style: Style
    zero: bool = False


def panel(run: Run, heading: str, variable: str, actor: str, counterpart: str = "", *, zero: bool = False) -> Panel:
    """A series of a run in its own style."""
    return Panel(heading, run.contrast(variable, actor, counterpart), style.style_of(variable, actor), zero)


def compared(run: Run, title: str, panels: Sequence[Panel], record: float, shaded: str, note: str) -> Frame:
    """Levels of some series side by side, and below each its paired difference if there is a baseline."""
    colour = panels[0].style.colour if len({panel.style for panel in panels}) == 1 else style.QUIET
    key, columns = level_key(run, shaded, colour), style.columns(len(panels))
    if run.baseline is None:
        made = framed(run, title, key, 1.6 * HEIGHT + BELOW)
        for axes, _, panel in made.grid(panels, columns, 0.0, 1.6 * HEIGHT):
            draw_levels(axes, run, panel, record, "calendar year")
        return made
    made = framed(run, title, [*key, style.KEY_CHANGE], 2 * HEIGHT + BETWEEN + BELOW, note)
    for (left, width), panel in zip(columns, panels, strict=True):
        axes = made.panel(left, 0.0, width, HEIGHT)
        draw_levels(axes, run, panel, record)
        mark_change(axes, run.first_effect, is_named=False)
        draw_change(made.panel(left, HEIGHT + BETWEEN, width, HEIGHT), run, panel, width)
    return made


def draw_levels(axes: Any, run: Run, panel: Panel, record: float, label: str = "") -> None:
    """A series in both sides over the whole run."""
    draw.time_axis(axes, FIRST_YEAR, end_time(run), label=label)
    draw.record_shade(axes, record)
    draw.value_axis(axes, draw_sides(axes, run, panel), panel.contrast.series.unit, zero=panel.zero)
    axes.set_title(panel.heading)


def draw_sides(axes: Any, run: Run, panel: Panel) -> list[Array]:
    """The bands of the scenario and the median of its baseline; returns the quantiles of both."""
    sides = [panel.contrast.scenario, *([] if panel.contrast.baseline is None else [panel.contrast.baseline])]
    draw.bands(axes, quarter_times(run), sides[0], panel.style)
    for bands in sides[1:]:
        draw.baseline(axes, quarter_times(run), bands.median)
    return [bands.quantiles for bands in sides]


def draw_change(axes: Any, run: Run, panel: Panel, width: float) -> None:
    """The paired difference over the whole run."""
    first = PER_YEAR * ((run.first_effect or 0) // PER_YEAR)
    draw.time_axis(axes, FIRST_YEAR, end_time(run), label="calendar year")
    words = draw_difference(axes, run, panel, range(first, run.quarters))
    axes.set_title(wrapped(f"Difference: {words}", width), size=style.TYPE)
    mark_change(axes, run.first_effect)


def draw_difference(axes: Any, run: Any, panel: Panel, shown: range) -> str:
    """The difference over some quarters, or over the years that they touch; returns when it is clear of zero.

    run : a run, or whatever has its years, quarters and directions
    """
    unit, is_yearly = panel.contrast.series.unit, panel.contrast.yearly_per_cent is not None
    times, names, bands = difference_of(panel.contrast, run.years, shown)
    (draw.ranges if is_yearly else draw.bands)(axes, times, bands, panel.style)
    unit, least = (PER_CENT, LEAST_PER_CENT) if is_yearly else (unit, LEAST.get(unit, 0.0))
    draw.zero_line(axes)
    draw.value_axis(axes, [bands.quantiles], unit, zero=True, head=0.24, least=least)
    if 0.0 < np.abs(bands.quantiles).max(initial=0.0) < HARDLY * least:
        return "hardly any"
    return verdict(bands, names, label_of(run.directions, panel.contrast.series, bands, names, is_yearly))


def difference_of(contrast: Contrast, years: Sequence[int], shown: range) -> tuple[Array, list[str], Bands]:
    """Times, their names, and the paired difference: over some quarters, or in per cent over the years that they touch."""
    if contrast.yearly_per_cent is not None:
        touched = [year for year in years if shown.start < PER_YEAR * (year - FIRST_YEAR + 1) - 2 < shown.stop]
        bands = part_of(contrast.yearly_per_cent, [year - FIRST_YEAR for year in touched])
        return np.array(touched) + 0.5, list(map(str, touched)), bands
    assert contrast.difference is not None
    times = FIRST_YEAR + (np.array(shown) + 0.5) / PER_YEAR
    return times, list(map(name_of, shown)), part_of(contrast.difference, list(shown))


def label_of(
    directions: Directions | None, series: Series, difference: Bands, times: Sequence[str], is_relative: bool
) -> str:
    """Whose word the direction of a difference is, when it is clear and largest."""
    share = np.maximum(difference.p_positive, difference.p_negative)
    place = int(np.argmax(np.where(share >= AGREED, np.abs(difference.median), -1.0)))
    shares = float(difference.p_positive[place]), float(difference.p_negative[place])
    return direction_of(directions, series, quarters_named(times[place]), *shares, relative=is_relative).label


def part_of(bands: Bands, places: Sequence[int]) -> Bands:
    """The bands at some of their times."""
    chosen = np.array(places, dtype=int)
    return Bands(bands.quantiles[:, chosen], bands.mean[chosen], bands.p_positive[chosen], bands.p_negative[chosen])
