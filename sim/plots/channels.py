"""Spiral against deterrence: the change of the rate of incidents and its parts, each way switched off in paired runs."""

from collections.abc import Sequence
from typing import Any

from sim.analysis.incidents import PARTS
from sim.analysis.results import Array, Bands, Run
from sim.analysis.topics import first_full_year
from sim.io.formatting import signed
from sim.io.quarters import FIRST_YEAR, PER_YEAR
from sim.io.templates import phrase
from sim.plots import draw, panels, style
from sim.plots.panels import HEIGHT
from sim.plots.registry import Plot
from sim.plots.style import DYAD, INK, QUIET, Frame, Style
from sim.plots.timeline import end_time, event_time

BETWEEN = 1.0  # inches
LATEST = 2030  # year that is told in numbers beside the first
TITLE = "Risk of incidents: the spiral against deterrence"
HEADINGS = {
    "spiral": "Spiral alone: arms, tension, risk",
    "deterrence": "Deterrence alone",
    "neither": "Other channels",
    "interplay": "Interaction of the two",
}
IN_SHORT = {"neither": "other", "interplay": "interaction"}
CHANNEL_STYLES = {
    "spiral": Style("#B3001B", (), "^"),
    "deterrence": Style("#0B5394", (), "v"),
    "neither": Style(QUIET, (), "s"),
    "interplay": Style(INK, (), "D"),
}


def channels(run: Run) -> Frame:
    """The whole change and its parts, in two rows of three with the numbers in the last place."""
    assert run.channels is not None
    pairs = (
        f"{run.channels.members} of the simulations run again without either way, and without both; "
        "means of the parts add up to the change."
    )
    key = [*style.key_of("mean"), style.KEY_CHANGE]
    made = panels.framed(run, TITLE, key, 2 * HEIGHT + BETWEEN + panels.BELOW, pairs)
    shown = [("The whole change", run.channels.total, DYAD)]
    shown += [(HEADINGS[part], run.channels.parts[part], CHANNEL_STYLES[part]) for part in PARTS]
    bounds = [bands.quantiles[[0, -1]] for _, bands, _ in shown]
    columns = style.columns(3)
    for axes, _, (heading, bands, part_style) in made.grid(shown, columns, HEIGHT + BETWEEN, HEIGHT):
        draw_part(axes, run, bands, part_style, bounds)
        panels.mark_change(axes, run.first_effect, is_named=bands is run.channels.total)
        axes.set_title(heading)
    made.write(columns[2][0] - 0.5, made.top + HEIGHT + 1.1, numbers(run), linespacing=1.3)
    return made


def draw_part(axes: Any, run: Run, bands: Bands, part_style: Style, bounds: Sequence[Array]) -> None:
    """A part of the change: its bands, and its mean, since means add up."""
    draw.time_axis(axes, max(FIRST_YEAR, event_time(run.first_effect or 0) - 1.0), end_time(run), most=4)
    draw.band_fill(axes, panels.quarter_times(run), bands.quantiles, part_style.colour)
    line = {"color": part_style.colour, "marker": part_style.marker, "markersize": 6, "markevery": (6, 12)}
    axes.plot(panels.quarter_times(run), bands.mean, **line)
    draw.zero_line(axes)
    draw.value_axis(axes, bounds, "per year", zero=True)


def numbers(run: Run) -> str:
    """The parts in the first full year and at the end."""
    lines = []
    for year in (run.years[-1],) if run.first_effect is None else _years(run):
        whole, parts = means(run, year)
        lines += [f"{year}: {signed(whole, 3)} a year, of which"]
        lines += [*(f"    {IN_SHORT.get(part, part)} {signed(mean, 3)}" for part, mean in parts.items()), ""]
    return "\n".join(lines)


def means(run: Run, year: int) -> tuple[float, dict[str, float]]:
    """The change of the rate in a year, and of its parts, means of simulations."""
    assert run.channels is not None
    quarters = slice((year - FIRST_YEAR) * PER_YEAR, (year - FIRST_YEAR + 1) * PER_YEAR)
    parts = {part: float(run.channels.parts[part].mean[quarters].mean()) for part in PARTS}
    return float(run.channels.total.mean[quarters].mean()), parts


def _years(run: Run) -> Sequence[int]:
    """The year after the first effect, and the last of the answer."""
    first = first_full_year(run.first_effect or 0)
    wanted = [first, LATEST] if first < LATEST else [first]
    return [year for year in wanted if year in run.years] or [run.years[-1]]


def channel_sentence(run: Run) -> str:
    """The parts of the risk's change over the first full year, in one sentence."""
    year = first_full_year(run.first_effect or 0)
    if year not in run.years:
        return phrase("run_words.txt", "channels_too_short")
    return phrase("run_words.txt", "channels", year, *means(run, year))


def words(run: Run) -> str:
    return f"Fan charts of the change of the risk and of its parts. {channel_sentence(run)}"


PLOT = Plot(
    "channels", "run", channels, TITLE, words, section="why", place=20, is_drawn=lambda run: run.channels is not None
)
