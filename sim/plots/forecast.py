"""The picture of a forecast: for every state what was observed, and a fan from the last observed year on."""

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.results import Array
from sim.data.actors import load_actors
from sim.data.tables import OBSERVED_YEARS
from sim.io.formatting import signed
from sim.plots import draw, style
from sim.plots.panels import made_by, name
from sim.plots.registry import Plot
from sim.plots.states import COLUMNS
from sim.plots.style import INK, STYLES, Frame, Style

if TYPE_CHECKING:
    from sim.analysis.forecast import Forecast

HEIGHT, HEADING, AXIS = 1.3, 0.54, 0.32  # inches: a panel, the words above it, the years below it
BESIDE = 0.06  # room before the first year and after the last, as a share of the years between them
LAST = OBSERVED_YEARS[-1]
IS = f"A simulation's forecast: the figure of {LAST} (SIPRI) times its growth since, from plans, reaction to rivals, and chance."
IS_NOT = f"It knows no spending after {LAST} and no state's actual budget: the goals are assumed, from pledges before {LAST + 1}."
UNIT = "Million constant 2023 US$ a year, each state on a scale of its own from zero."


def fans(forecast: "Forecast") -> Frame:
    """A panel for each state."""
    lines = -(-len(forecast.states) // COLUMNS)
    step = HEADING + HEIGHT + AXIS
    footer = f"{made_by(forecast)}; above: real growth from {LAST}, 90 %"
    made = style.frame(title(forecast.years), [IS, IS_NOT, UNIT], key(), footer, lines * step + 0.18)
    columns = style.columns(COLUMNS, *style.NARROW)
    for axes, _, (place, state) in made.grid(enumerate(forecast.states), columns, step, HEIGHT, HEADING - 0.27):
        draw_state(axes, forecast, place, state)
    return made


def title(years: tuple[int, ...]) -> str:
    """The question.

    >>> title((2024, 2025))[-26:], title((2024, 2025, 2026))[-18:]
    ('military in 2024 and 2025?', 'from 2024 to 2026?')
    """
    when = f"from {years[0]} to {years[-1]}" if len(years) > 2 else f"in {' and '.join(map(str, years))}"
    return f"What will {load_actors().states_counted} spend on their military {when}?"


def key() -> list[Any]:
    """The signs in words."""
    dot = style.key_style("observed", Style(INK, (), "o"), linestyle="")
    return [dot, *style.key_of("forecast: median", color=INK)]


def draw_state(axes: Any, forecast: "Forecast", place: int, state: str) -> None:
    """What one state spent, and the fan of what it will."""
    observed, years = forecast.observed[place], np.array([LAST, *forecast.years])
    fan = np.concatenate([np.full((len(forecast.spending), 1), observed[-1]), forecast.spending[:, place]], axis=1)
    lay_years(axes, forecast.years[-1])
    draw_fan(axes, years, fan, STYLES[state].colour)
    axes.plot(OBSERVED_YEARS, observed, linestyle="", marker="o", markersize=5, color=INK, zorder=5)
    draw.value_axis(axes, [observed, fan], "", zero=True, head=0.05)
    draw.number_axis(axes, "y", 4, "{:,.0f}")
    axes.set_title(name(state), y=1.19, weight="bold")
    axes.text(0.0, 1.08, growth_words(forecast, place), transform=axes.transAxes)


def draw_fan(axes: Any, years: Array, fan: Array, colour: str) -> None:
    """The bands, the edges of the outer one, and the median; `fan` is (5, years)."""
    draw.band_fill(axes, years, fan, colour)
    for edge in (fan[0], fan[-1]):
        axes.plot(years, edge, color=style.QUIET, linewidth=0.8)
    axes.plot(years, fan[2], color=INK)


def lay_years(axes: Any, last: int) -> None:
    """A mark for every year, of which the first and the last observed one and the last are named where there is room."""
    years = np.arange(OBSERVED_YEARS[0], last + 1)
    named = {OBSERVED_YEARS[0], last} | ({LAST} if last > LAST + 1 else set())
    room = BESIDE * (last - years[0])
    axes.set_xlim(years[0] - room, last + room)
    axes.set_xticks(years, [str(year) if year in named else "" for year in years])


def growth_words(forecast: "Forecast", place: int) -> str:
    """Growth until the last year: the median, and the range of 90 % of simulations."""
    low, _, median, _, high = (signed(value, 0) for value in forecast.growth[:, place, -1])
    return f"{forecast.years[-1]}: {median} % ({low} to {high})"


PLOT = Plot("forecast", "forecast", fans)
