"""Military spending of every state."""

from typing import Any

from sim.analysis.results import Run
from sim.data.actors import load_actors
from sim.io.quarters import FIRST_YEAR
from sim.model.network import network
from sim.plots import draw, panels, style
from sim.plots.registry import Plot
from sim.plots.style import Frame
from sim.plots.timeline import end_time

COLUMNS = 4
HEIGHT, STEP = 1.55, 1.55 + 0.78  # inches
TITLE = f"Military spending of {load_actors().states_counted}"
EACH = "Million 2023 US$ a year, each state on a scale of its own from zero."


def states(run: Run) -> Frame:
    """A panel for each state, in its colour, on a scale of its own."""
    codes = network().states
    rows = -(-len(codes) // COLUMNS)
    made = panels.framed(run, TITLE, panels.level_key(run, panels.PLANS), rows * STEP + 0.2, EACH)
    for axes, _, code in made.grid(codes, style.columns(COLUMNS, *style.NARROW), STEP, HEIGHT):
        draw_state(axes, run, code)
    return made


def draw_state(axes: Any, run: Run, code: str) -> None:
    """One state: the fan of the scenario, and the median of what it is compared with."""
    draw.time_axis(axes, FIRST_YEAR, end_time(run), most=3, label="")
    draw.record_shade(axes, panels.SPENDING_RECORDED_UNTIL)
    shown = panels.draw_sides(axes, run, panels.panel(run, panels.name(code), "spending", code))
    draw.value_axis(axes, shown, "", zero=True, head=0.06)
    draw.number_axis(axes, "y", 4, "{:,.0f}")
    axes.set_title(panels.name(code))


def words(run: Run) -> str:
    return (
        f"Fan charts of spending. {panels.level_words(run, 'spending', [(code, '') for code in network().states], 0)}"
    )


PLOT = Plot("states", "run", states, TITLE, words, section="moves", place=60)
