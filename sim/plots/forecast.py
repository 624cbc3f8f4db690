"""The picture of a forecast: for every state what was observed, and a fan from the last observed year on."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim import __version__
from sim.analysis.results import Array
from sim.data.tables import OBSERVED_YEARS
from sim.io.formatting import fixed, signed
from sim.plots import style
from sim.plots.run import name
from sim.plots.style import INK, LOOKS, Frame, Look

if TYPE_CHECKING:
    from sim.analysis.forecast import Forecast

COLUMNS = 4
LEFT, RIGHT, GAP = 0.78, 0.3, 0.72  # inches beside the panels and between columns
HEIGHT, HEADING, AXIS = 1.3, 0.54, 0.32  # inches: a panel, the words above it, the years below it
WIDTH = (style.WIDTH - LEFT - RIGHT - GAP * (COLUMNS - 1)) / COLUMNS
BESIDE = 0.06  # room before the first year and after the last, as a share of the years between them
LAST = OBSERVED_YEARS[-1]
IS = f"A world's forecast: the figure of {LAST} (SIPRI) times that world's growth since, from plans, reaction to rivals, and chance."
IS_NOT = f"It knows no spending after {LAST} and no state's actual budget: the goals are assumed, from pledges before {LAST + 1}."
UNIT = "Million constant 2023 US$ a year, each state on a scale of its own from zero."


def write_forecast_figure(found: "Forecast", folder: Path) -> tuple[Path, Path]:
    """Write the picture as PNG and SVG; the folder is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    with style.our_look():
        return style.write_picture(lambda: forecast_figure(found), folder, "forecast")


def forecast_figure(found: "Forecast") -> Frame:
    """A panel for each state."""
    lines = -(-len(found.states) // COLUMNS)
    step = HEADING + HEIGHT + AXIS
    made = style.frame(title(found.years), [IS, IS_NOT, UNIT], key(), footer(found), lines * step + 0.18)
    for place, state in enumerate(found.states):
        left = LEFT + place % COLUMNS * (WIDTH + GAP)
        axes = made.panel(left, place // COLUMNS * step + HEADING - 0.27, WIDTH, HEIGHT)
        draw_state(axes, found, place, state)
    return made


def title(years: tuple[int, ...]) -> str:
    """The question.

    >>> title((2024, 2025)), title((2024, 2025, 2026))[-18:]
    ('What will twelve states spend on their military in 2024 and 2025?', 'from 2024 to 2026?')
    """
    when = f"from {years[0]} to {years[-1]}" if len(years) > 2 else f"in {' and '.join(map(str, years))}"
    return f"What will twelve states spend on their military {when}?"


def key() -> list[Any]:
    """The signs in words."""
    dot = style.key_line("observed", Look(INK, (), "o"))
    dot.set_linestyle("")
    median, *bands = style.key_of("forecast: median")
    median.set_color(INK)
    return [dot, median, *bands]


def footer(found: "Forecast") -> str:
    """What made the picture."""
    members = "1 member" if found.members == 1 else f"{found.members} members"
    made = f"armsrace {__version__}, model {found.model_version}, {members}, seed {found.seed}, {found.fit} ensemble"
    return f"{made}; above: real growth from {LAST}, 90 %"


def draw_state(axes: Any, found: "Forecast", place: int, state: str) -> None:
    """What one state spent, and the fan of what it will."""
    observed, years = found.observed[place], np.array([LAST, *found.years])
    fan = np.concatenate([np.full((len(found.spending), 1), observed[-1]), found.spending[:, place]], axis=1)
    lay_years(axes, found.years[-1])
    draw_fan(axes, years, fan, LOOKS[state].colour)
    axes.plot(OBSERVED_YEARS, observed, linestyle="", marker="o", markersize=5, color=INK, zorder=5)
    style.lay_values(axes, [observed, fan], "", zero=True, head=0.05)
    axes.locator_params(axis="y", nbins=4)
    axes.yaxis.set_major_formatter(lambda value, _: fixed(value))
    axes.set_title(name(state), y=1.19, weight="bold")
    axes.text(0.0, 1.08, growth_words(found, place), transform=axes.transAxes)


def draw_fan(axes: Any, years: Array, fan: Array, colour: str) -> None:
    """The 90 % band, the 50 % band over it, and the median; `fan` is (5, years)."""
    low, lower, median, upper, high = fan
    axes.fill_between(years, low, high, color=colour, alpha=style.LIGHT, linewidth=0)
    axes.fill_between(years, lower, upper, color=colour, alpha=style.DARK, linewidth=0)
    for edge in (low, high):
        axes.plot(years, edge, color=style.QUIET, linewidth=0.8)
    axes.plot(years, median, color=INK)


def lay_years(axes: Any, last: int) -> None:
    """A mark for every year, of which the first and the last observed one and the last are named where there is room."""
    years = np.arange(OBSERVED_YEARS[0], last + 1)
    named = {OBSERVED_YEARS[0], last} | ({LAST} if last > LAST + 1 else set())
    room = BESIDE * (last - years[0])
    axes.set_xlim(years[0] - room, last + room)
    axes.set_xticks(years, [str(year) if year in named else "" for year in years])


def growth_words(found: "Forecast", place: int) -> str:
    """Growth until the last year: the median, and the range of 90 % of worlds."""
    low, _, median, _, high = (signed(value, 0) for value in found.growth[:, place, -1])
    return f"{found.years[-1]}: {median} % ({low} to {high})"
