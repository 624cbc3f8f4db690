"""One series on its own: its level over some years, and below it what the scenario changes."""

from dataclasses import dataclass

from sim.analysis.results import Contrast, Run
from sim.io.formatting import number, share_words, signed_number, true_minus
from sim.io.quarters import name_of, year_of
from sim.model.network import MISSION
from sim.model.variables import VARIABLES, Series
from sim.plots import draw, panels, style
from sim.plots.registry import Plot
from sim.plots.style import Frame, style_of
from sim.plots.timeline import event_time

LEVEL, DIFFERENCE = 3.3, 1.9  # inches
RECORDED_BY_YEAR = ("spending", "burden", "gdp")
OF_TWO = {
    "relation": "between", "trade": "between", "orders": "by, from", "deliveries": "to, from", "patron_support": "by, for",
    "dependence": "on", "supplier_choice": "by, of", "influence": "over",
}  # fmt: skip


@dataclass(frozen=True)
class SeriesChart:
    """A series of a run, from the quarter `first` to the quarter `last`, both included."""

    run: Run
    series: Series
    first: int
    last: int

    @property
    def contrast(self) -> Contrast:
        return self.run.by_series[self.series]

    @property
    def quarters(self) -> range:
        return range(self.first, self.last + 1)

    @property
    def years(self) -> str:
        return f"{year_of(self.first)}-{year_of(self.last)}"


def series_words(series: Series) -> str:
    """What a series shows and of whom: `Military spending of Serbia`."""
    label, actor = VARIABLES[series.variable].label, panels.name(series.actor) if series.actor != MISSION else ""
    if not series.counterpart:
        return f"{label} of {actor}" if actor else label
    other = panels.name(series.counterpart)
    if series.variable in style.OF_PAIRS or series.variable == "incidents":
        return f"{label} between {actor} and {other}"
    first, _, second = OF_TWO.get(series.variable, "of, towards").partition(", ")
    return (
        f"{label} {first} {actor} and {other}" if first == "between" else f"{label}: {actor} {second or first} {other}"
    )


def series(chart: SeriesChart) -> Frame:
    """The band of the level, with the median of what it is compared with, and the band of the paired difference."""
    run, look = chart.run, style_of(chart.series.variable, chart.series.actor)
    is_yearly = chart.series.variable in RECORDED_BY_YEAR
    until = panels.SPENDING_RECORDED_UNTIL if is_yearly else panels.EVENTS_RECORDED_UNTIL
    has_record = until > event_time(chart.first)
    key = panels.level_key(run, panels.PLANS if is_yearly else panels.RECORD, look.colour)
    room = LEVEL + panels.BELOW + (DIFFERENCE + panels.BETWEEN if chart.contrast.difference is not None else 0.0)
    title = f"{series_words(chart.series)}, {chart.years.replace('-', '–')}"
    made = panels.framed(run, title, key if has_record else key[:-1], room, *finding(chart))
    ((left, width),) = style.columns(1)
    axes = made.panel(left, 0.0, width, LEVEL)
    end = event_time(chart.last + 1)
    draw.time_axis(axes, event_time(chart.first), end, most=12, label="")
    draw.record_shade(axes, until)
    shown = panels.part_of(chart.contrast.scenario, chart.quarters)
    times = panels.quarter_times(run)[chart.first : chart.last + 1]
    draw.bands(axes, times, shown, look)
    parts = [shown.quantiles]
    if chart.contrast.baseline is not None:
        base = panels.part_of(chart.contrast.baseline, chart.quarters)
        draw.baseline(axes, times, base.median)
        parts.append(base.quantiles)
    draw.value_axis(axes, parts, chart.series.unit, zero=chart.series.unit != "-1 to 1")
    axes.set_title("Level")
    if chart.contrast.difference is not None:
        below = made.panel(left, LEVEL + panels.BETWEEN, width, DIFFERENCE)
        draw.time_axis(below, event_time(chart.first), end, most=12)
        panel = panels.Panel("", chart.contrast, look)
        words = panels.draw_difference(below, run, panel, chart.quarters)
        below.set_title(f"Effect of the scenario (with minus without): {words}", size=style.HEAD)
    else:
        axes.set_xlabel("calendar year")
    return made


def finding(chart: SeriesChart) -> list[str]:
    """The level at both ends, and the effect where it is largest, in a sentence each."""
    level, place = chart.contrast.scenario, chart.last
    (start,), (low, _, middle, _, high) = level.quantiles[2:3, chart.first], level.quantiles[:, place]
    unit = true_minus(chart.series.unit)
    ends = f"Unit: {unit}. Median {number(start)} in {name_of(chart.first)} and {number(middle)} in {name_of(place)}"
    said = [f"{ends}, when 90 % of simulations lie from {number(low)} to {number(high)}."]
    change = chart.contrast.difference
    if change is not None:
        place = max(chart.quarters, key=lambda quarter: abs(change.median[quarter]))
        low, _, middle, _, high = change.quantiles[:, place]
        said.append(
            f"Largest effect of the scenario, {name_of(place)}: {signed_number(middle)} ({signed_number(low)} to {signed_number(high)}); "
            f"higher in {share_words(float(change.p_positive[place]))} of simulations, lower in "
            f"{share_words(float(change.p_negative[place]))}."
        )
    return said


PLOT = Plot("series", "series", series)
