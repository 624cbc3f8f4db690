"""Spiral against deterrence: the change of the rate of incidents and its parts, each way switched off in paired runs."""

from collections.abc import Sequence
from typing import Any

from sim.analysis.findings import signed
from sim.analysis.incidents import PARTS
from sim.analysis.results import Array, Bands, Run
from sim.io.quarters import FIRST_YEAR, QUARTERS_PER_YEAR
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
    "neither": "Neither of the two",
    "interplay": "What the two do only together",
}
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
        f"The same pairs of worlds ({run.channels.members}) with either way switched off, and with both. "
        "Means of the parts add up to that of the change."
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
        lines += [f"{year}: {whole} a year, of which", *(f"    {part} {mean}" for part, mean in parts.items()), ""]
    return "\n".join(lines).replace("-", "−")


def means(run: Run, year: int) -> tuple[str, dict[str, str]]:
    """The change of the rate in a year, and of its parts, means of worlds."""
    assert run.channels is not None
    quarters = slice((year - FIRST_YEAR) * QUARTERS_PER_YEAR, (year - FIRST_YEAR + 1) * QUARTERS_PER_YEAR)
    parts = {part: signed(float(run.channels.parts[part].mean[quarters].mean()), 3) for part in PARTS}
    return signed(float(run.channels.total.mean[quarters].mean()), 3), parts


def first_full_year(run: Run) -> int:
    return FIRST_YEAR + -(-(run.first_effect or 0) // QUARTERS_PER_YEAR)


def _years(run: Run) -> Sequence[int]:
    """The year after the first effect, and the last of the answer."""
    first = first_full_year(run)
    wanted = [first, LATEST] if first < LATEST else [first]
    return [year for year in wanted if year in run.years] or [run.years[-1]]


def channel_sentence(run: Run) -> str:
    """The parts of the risk's change over the first full year, in one sentence."""
    year = first_full_year(run)
    if year not in run.years:
        return "The run ends too early to say more."
    whole, parts = means(run, year)
    return (
        f"In {year} the rate of serious incidents differs by {whole} a year in the mean: {parts['spiral']} by the "
        f"spiral alone, {parts['deterrence']} by deterrence alone, {parts['interplay']} that the two do only together, and "
        f"{parts['neither']} by neither."
    )


def words(run: Run) -> str:
    return f"Fan charts of the change of the risk and of its parts. {channel_sentence(run)}"


PLOT = Plot(
    "channels", "run", channels, TITLE, words, section="why", place=20, is_drawn=lambda run: run.channels is not None
)
