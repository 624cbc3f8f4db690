"""What stands in a panel: axes of time, values and rows, bands and ranges, and words that keep clear of each other."""

from collections.abc import Mapping, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.results import Array, Bands
from sim.io.formatting import true_minus
from sim.plots.style import BASELINE, CHARACTERS, DARK, DPI, INK, LIGHT, SHADE, TYPE, Style, shortened

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Text

STEPS = (1, 2, 4, 5)
OFFSET = "offset points"

# ---- axes ------------------------------------------------------------------------------------------------------------


def time_axis(axes: "Axes", first: float, last: float, most: int = 5, label: str = "calendar year") -> None:
    """A time axis in years, marked at the start of years, with at most so many of them named."""
    axes.set_xlim(first, last)
    years = np.arange(np.ceil(first), np.floor(last) + 1)
    step = next((step for step in STEPS if len(years[::step]) <= most), STEPS[-1])
    named = years[years % step == years[0] % step]
    marked = years if len(years) <= 8 else named
    axes.set_xticks(marked, [f"{year:.0f}" if year in named else "" for year in marked])
    axes.set_xlabel(label)


def value_axis(
    axes: "Axes", parts: Sequence[Array], unit: str, *, zero: bool = False, head: float = 0.14, least: float = 0.0
) -> None:
    """A value axis from the 90 % bands, with room above for words.

    zero  : keeps the zero line in sight
    least : the shortest stretch of values that the axis shows, so that what is tiny does not fill the panel
    """
    low = min((float(part.min(initial=np.inf)) for part in parts), default=np.inf)
    high = max((float(part.max(initial=-np.inf)) for part in parts), default=-np.inf)
    if zero or low > high:
        low, high = min(low, 0.0), max(high, 0.0)
    axes.set_ylabel(unit_label(unit), linespacing=1.05)
    if low == high == 0.0:
        axes.set(ylim=(-1.0, 1.0), yticks=[0.0], yticklabels=["0"])
        return
    missing = max(0.0, least - (high - low))
    low, high = (low - missing, high) if high <= 0.0 else (low, high + missing)
    span = high - low or abs(high)
    axes.set_ylim(low - 0.06 * span if low < 0.0 or not zero else low, high + head * span)
    number_axis(axes, "y", 5, "{:,.6g}" if max(abs(low), abs(high)) >= 1e4 else "{:.6g}")


def number_axis(axes: "Axes", axis: str, most: int, form: str = "{:.6g}") -> None:
    """About so many numbers along an axis, in this form."""
    axes.locator_params(axis=axis, nbins=most)  # type: ignore[arg-type]
    which = axes.xaxis if axis == "x" else axes.yaxis
    which.set_major_formatter(lambda value, _: true_minus(form.format(value)))


def row_axis(axes: "Axes", names: Sequence[str], count: int | None = None) -> None:
    """A row for each name, the first on top; of rows without names their count."""
    rows = len(names) if count is None else count
    axes.set_ylim(rows - 0.5, -0.5)
    axes.set_yticks(range(len(names)), names)
    axes.tick_params(axis="y", length=0)


def unit_label(unit: str) -> str:
    """A unit as an axis carries it: on two lines when it is long, and a bare scale called one."""
    if unit.endswith(" to 1"):
        return f"scale {true_minus(unit)}"
    return unit if len(unit) <= 16 else "\n".join(wrap(unit, len(unit) // 2 + 3))


# ---- bands and ranges ------------------------------------------------------------------------------------------------


def band_fill(axes: "Axes", times: Array, quantiles: Array, colour: str) -> None:
    """The 90 % band, and the 50 % band over it; `quantiles` are (5, times)."""
    low, lower, _, upper, high = quantiles
    axes.fill_between(times, low, high, color=colour, alpha=LIGHT, linewidth=0)
    axes.fill_between(times, lower, upper, color=colour, alpha=DARK, linewidth=0)


def bands(axes: "Axes", times: Array, shown: Bands, style: Style) -> None:
    """Both bands and the median, with the actor's marker now and then."""
    band_fill(axes, times, shown.quantiles, style.colour)
    every = max(1, len(times) // 6)
    axes.plot(times, shown.median, color=style.colour, marker=style.marker, markersize=6, markevery=(every // 2, every))


def baseline(axes: "Axes", times: Array, values: Array) -> None:
    """A line of the baseline: thin, black and broken."""
    axes.plot(times, values, color=BASELINE.colour, linestyle=BASELINE.linestyle, linewidth=1.4)


def zero_line(axes: "Axes") -> None:
    """The line of no difference."""
    axes.axhline(0.0, color=INK, linewidth=1.0, zorder=1)


def ranges(axes: "Axes", times: Array, shown: Bands, style: Style) -> None:
    """One upright range per year: 90 % thin, 50 % thick, the median as the actor's marker."""
    from matplotlib.collections import LineCollection

    low, lower, median, upper, high = shown.quantiles
    for ends, width, opacity in (((low, high), 2.5, DARK), ((lower, upper), 6.0, 2 * DARK)):
        lines = np.stack([np.stack([times, end], axis=-1) for end in ends], axis=1)
        axes.add_collection(LineCollection(list(lines), colors=style.colour, linewidths=width, alpha=opacity))
    axes.plot(times, median, linestyle="", marker=style.marker, color="white", markeredgecolor=INK, markersize=6)


def row_range(
    axes: "Axes", place: int, quantiles: Any, colour: str, widths: tuple[float, float], **median: Any
) -> None:
    """The range of one row: 90 % thin, 50 % thick, the median a dot."""
    low, lower, middle, upper, high = quantiles
    axes.hlines(place, low, high, color=colour, linewidth=widths[0], alpha=DARK)
    axes.hlines(place, lower, upper, color=colour, linewidth=widths[1], alpha=2 * DARK)
    axes.plot(middle, place, linestyle="", marker="o", markersize=7, zorder=5, **median)


# ---- words -----------------------------------------------------------------------------------------------------------


def record_shade(axes: "Axes", until: float) -> None:
    """A light ground under the years whose events or plans are those on record; the key says which."""
    first, last = axes.get_xlim()
    if until > first:
        axes.axvspan(first, min(until, last), color=SHADE, linewidth=0, zorder=0)


def name_above(axes: "Axes", time: float, words: str, side: Any) -> "Text":
    """Words at the upper edge of a panel, a little aside of a time, over whatever is there."""
    aside, edge = {"left": 5, "right": -5}.get(side, 0), axes.get_xaxis_transform()
    box = {"facecolor": "white", "linewidth": 0, "pad": 0.6}
    return axes.annotate(words, (time, 1.0), (aside, 0), edge, OFFSET, ha=side, va="top", bbox=box, zorder=4)


def name_beside(axes: "Axes", time: float, height: float, words: str) -> None:
    """Words beside a point, on the side with more room and cut to it, over whatever is there."""
    first, last = axes.get_xlim()
    share = (time - first) / (last - first)
    side, aside = ("left", 8) if share <= 0.5 else ("right", -8)
    fitting = shortened(words, int(max(share, 1.0 - share) * CHARACTERS))
    box = {"facecolor": "white", "linewidth": 0, "pad": 0.5}
    axes.annotate(fitting, (time, height), (aside, 0), "data", OFFSET, ha=side, va="center", bbox=box, zorder=4)


def change_line(axes: "Axes", time: float, words: str) -> None:
    """A thin upright line where the two sides part, named on the side with more room."""
    axes.axvline(time, color=INK, linewidth=0.9, zorder=3)
    if words:
        first, last = axes.get_xlim()
        name_above(axes, time, words, "left" if time < first + 0.7 * (last - first) else "right")


def end_names(axes: "Axes", ends: Mapping[str, float]) -> None:
    """Names beside the ends of lines, moved apart so that none lies on another, and down if they would leave the panel."""
    low, high = axes.get_ylim()
    apart = (high - low) * 1.25 * TYPE / 72 / (axes.bbox.height / DPI)
    at: dict[str, float] = {}
    for words, end in sorted(ends.items(), key=lambda item: item[1]):
        at[words] = max([end, *(below + apart for below in at.values())])
    down = max([0.0, *(height + apart / 2 - high for height in at.values())])
    for words, height in at.items():
        axes.annotate(words, (1.0, height - down), (4, 0), axes.get_yaxis_transform(), OFFSET, va="center")
