"""Drones held, arms delivered, and what the script makes happen."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from sim.analysis.results import Run
from sim.data.actors import load_actors
from sim.io.quarters import FIRST_YEAR, PER_YEAR
from sim.model.network import FIRST, SECOND
from sim.plots import draw, panels, style
from sim.plots.panels import HEIGHT, name, panel
from sim.plots.registry import Plot
from sim.plots.style import STYLES, Frame
from sim.plots.timeline import ARMS, LABELS, SELLERS, Mark, draw_time_line, end_time, mark_arrivals, named_events

STATES = (SECOND, FIRST)


def stocks(run: Run) -> Frame:
    """The time line above, and a row of panels for each of the two states."""
    named = named_events(run)
    strip = 0.3 + 0.27 * min(len(named), LABELS + 1)
    key = [*panels.level_key(run, panels.RECORD), style.KEY_EVENT]
    title = f"Drones held by {name(SECOND)} and {name(FIRST)}, arms delivered, and what happens"
    first_row, next_row = strip + 0.9, HEIGHT + 0.72
    made = panels.framed(run, title, key, first_row + next_row + HEIGHT + panels.BELOW)
    draw_time_line(made.panel(style.LEFT, -0.25, style.WIDTH - style.LEFT - style.RIGHT, strip), run, named)
    (first, width), (second, _), (third, _) = style.columns(3)
    for row, state in enumerate(STATES):
        down, label = first_row + row * next_row, "calendar year" if row == 1 else ""
        for left, arms in ((first, "uav"), (second, "loitering")):
            axes = made.panel(left, down, width, HEIGHT)
            held = panel(run, f"{name(state)}: {ARMS[arms]}", arms, state, zero=True)
            panels.draw_levels(axes, run, held, panels.EVENTS_RECORDED_UNTIL, label)
            mark_arrivals(axes, named, state)
        draw_deliveries(made.panel(third, down, width - 0.5, HEIGHT), run, state, named, label)
    return made


def draw_deliveries(axes: Any, run: Run, buyer: str, named: Sequence[Mark], label: str) -> None:
    """Arms delivered to a state in each year by its main sellers: the mean over simulations, and 90 % of simulations."""
    years = np.array(run.years) + 0.5
    draw.time_axis(axes, FIRST_YEAR, end_time(run), label=label)
    draw.record_shade(axes, panels.EVENTS_RECORDED_UNTIL)
    ends, shown = {}, []
    for number, seller in enumerate(SELLERS[buyer]):
        contrast, look = run.contrast("deliveries", buyer, seller), STYLES[seller]
        times = years + 0.28 * (number - (len(SELLERS[buyer]) - 1) / 2)
        low, high = bounds = PER_YEAR * contrast.yearly_scenario.quantiles[[0, -1]]
        mean = PER_YEAR * contrast.yearly_scenario.mean
        axes.vlines(times, low, high, color=look.colour, linewidth=2.0, alpha=style.DARK)
        line = {"linestyle": look.linestyle, "marker": look.marker, "markersize": 5, "linewidth": 1.6}
        axes.plot(times, mean, color=look.colour, **line)
        if contrast.yearly_baseline is not None:
            shown.append(PER_YEAR * contrast.yearly_baseline.mean)
            draw.baseline(axes, times, shown[-1])
        ends[load_actors().short(seller)] = float(mean[-1])
        shown += [bounds, mean]
    draw.value_axis(axes, shown, "million 2023 US$ in the year", zero=True)
    draw.end_names(axes, ends)
    mark_arrivals(axes, named, buyer)
    axes.set_title(f"Deliveries to {name(buyer)}: mean")


def words(run: Run) -> str:
    return (
        f"Drones held and arms delivered. {panels.level_words(run, 'loitering', [(state, '') for state in STATES], 0)}"
    )


PLOT = Plot("stocks", "run", stocks, "Drones and deliveries", words, section="moves", place=50)
