"""The look of all pictures: one colour, dash and marker per actor for ever, the frame, and how bands are drawn.

Sizes are inches on paper and points of type: no type is below 12 points, so that the last row of a lecture reads it.
matplotlib is loaded here and in `sim.plots.run` only. Its state machine `pyplot` is not used.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from textwrap import wrap
from typing import Any
from warnings import catch_warnings, filterwarnings

import numpy as np

from sim.analysis.results import Array, Bands
from sim.io.formatting import true_minus

logging.getLogger("matplotlib").setLevel(logging.ERROR)  # a home that cannot be written is no news to the user

import matplotlib  # noqa: E402
from matplotlib.axes import Axes  # noqa: E402
from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: E402
from matplotlib.backends.backend_svg import FigureCanvasSVG  # noqa: E402
from matplotlib.collections import LineCollection  # noqa: E402
from matplotlib.figure import Figure  # noqa: E402
from matplotlib.lines import Line2D  # noqa: E402
from matplotlib.patches import Patch  # noqa: E402
from matplotlib.text import Text  # noqa: E402


@dataclass(frozen=True)
class Look:
    """How an actor is drawn: colour, dash (points on and off; none is a full line) and marker."""

    colour: str
    dash: tuple[float, ...]
    marker: str

    @property
    def linestyle(self) -> Any:
        return (0, self.dash) if self.dash else "-"


# The first six colours are Okabe and Ito's; the others keep far from all before them, from black and from white, under
# normal vision and the three colour blindnesses.
LOOKS = {
    "SRB": Look("#0072B2", (), "o"),
    "XKX": Look("#D55E00", (6, 2), "s"),
    "TUR": Look("#009E73", (6, 2, 1.5, 2), "^"),
    "RUS": Look("#CC79A7", (3, 1.5), "D"),
    "CHN": Look("#E69F00", (1.5, 1.5), "v"),
    "USA": Look("#56B4E9", (9, 2), "P"),
    "EU": Look("#8700F0", (9, 2, 1.5, 2), "*"),
    "NATO": Look("#001E87", (6, 2, 1.5, 2, 1.5, 2), "X"),
    "ALB": Look("#5A2D00", (6, 4), "<"),
    "GRC": Look("#9678FF", (3, 4), ">"),
    "BIH": Look("#96C369", (1.5, 4), "p"),
    "BGR": Look("#D2003C", (9, 4), "h"),
    "HRV": Look("#8700C3", (6, 4, 1.5, 4), "8"),
    "MNE": Look("#D200B4", (9, 4, 1.5, 4), "d"),
    "MKD": Look("#96003C", (6, 2, 3, 2), "H"),
    "ROU": Look("#780F78", (9, 2, 3, 2), "+"),
    "SVN": Look("#F03C69", (9, 2, 6, 2), "x"),
    "IRN": Look("#D2B4B4", (12, 2), "1"),
    "FRA": Look("#A54B87", (12, 2, 1.5, 2), "2"),
    "ISR": Look("#874BF0", (12, 2, 3, 2), "3"),
    "ARE": Look("#4BD22D", (12, 4), "4"),
    "DOM": Look("#964B00", (3, 1.5, 1.5, 1.5), "|"),
}
TIES = {False: Look("#1B6B3A", (), ""), True: Look("#A50F15", (2.5, 1.2), "")}  # friendly, hostile
DYAD = Look("#87005A", (), "o")
BASELINE = Look("#000000", (3.5, 1.8), "")

INK, QUIET, SHADE = "#000000", "#595959", "#EDEDED"
LIGHT, DARK = 0.22, 0.45  # opacity of the 90 % and the 50 % band
WIDTH, DPI = 12.0, 110
TITLE, HEAD, TYPE = 17.0, 13.0, 12.0
CHARACTERS = 126  # of 12-point type that fit across a picture
RC: dict[Any, Any] = {
    "font.size": TYPE,
    "axes.labelsize": TYPE,
    "xtick.labelsize": TYPE,
    "ytick.labelsize": TYPE,
    "axes.titlesize": HEAD,
    "axes.titlelocation": "left",
    "axes.titley": 1.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": True,
    "axes.formatter.useoffset": False,
    "axes.formatter.limits": (-6, 7),
    "lines.linewidth": 2.2,
    "path.simplify": True,
    "svg.hashsalt": "armsrace",
    "svg.fonttype": "none",
    "text.parse_math": False,
    "text.usetex": False,
}
_OF_THE_MACHINE = ("backend", "interactive", "toolbar", "timezone", "webagg", "tk.", "date.epoch", "figure.raise")


@contextmanager
def our_look() -> Iterator[None]:
    """matplotlib's own defaults and ours, whatever `matplotlibrc` says; quiet about glyphs that the font lacks."""
    settings: dict[Any, Any] = dict(matplotlib.rcParamsDefault)
    settings = {key: value for key, value in settings.items() if not key.startswith(_OF_THE_MACHINE)}
    with matplotlib.rc_context({**settings, **RC}), catch_warnings():
        filterwarnings("ignore", message="Glyph")
        yield


def shortened(text: str, length: int = CHARACTERS) -> str:
    """Text on one line, without characters that cannot be printed, cut at a word if it is too long."""
    clean = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    if len(clean) <= length:
        return clean
    return clean[: length - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


# ---- the frame -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Frame:
    """A picture in the making: title and lines above, a footer below, and room for panels between them.

    height : inches
    top    : inches from the upper edge to the titles of the first panels
    """

    figure: Figure
    height: float
    top: float

    def panel(self, left: float, top: float, width: float, height: float) -> Axes:
        """Axes at a place in inches, `top` below the start of the room for panels."""
        bottom = self.height - self.top - top - height
        return self.figure.add_axes((left / WIDTH, bottom / self.height, width / WIDTH, height / self.height))

    def write(self, x: float, down: float, text: str, **look: Any) -> None:
        """Text at a place in inches from the upper left corner."""
        self.figure.text(x / WIDTH, 1.0 - down / self.height, text, va="top", **look)


LEFT, RIGHT, GAP = 1.08, 0.25, 1.15  # inches beside the panels and between columns


def frame(title: str, lines: Sequence[str], key: Sequence[Any], footer: str, room: float) -> Frame:
    """An empty picture with its title, lines of text, the key of its signs, its footer, and `room` inches below."""
    top = 1.2 + 0.25 * len(lines)
    height = top + room
    made = Frame(Figure(figsize=(WIDTH, height), dpi=DPI), height, top)
    made.write(0.25, 0.16, shortened(title, 96), size=TITLE, weight="bold")
    for number, line in enumerate(lines):
        made.write(0.25, 0.57 + 0.25 * number, shortened(line), color=QUIET if number else INK)
    made.write(0.25, height - 0.3, shortened(footer), color=QUIET)
    corner = (0.2 / WIDTH, 1.0 - (top - 0.62) / height)
    spacing = {"borderpad": 0.2, "borderaxespad": 0.0, "handlelength": 1.8, "handletextpad": 0.5, "columnspacing": 1.2}
    made.figure.legend(
        handles=list(key), loc="upper left", bbox_to_anchor=corner, ncols=len(key), frameon=False, **spacing
    )
    return made


def columns(count: int) -> list[tuple[float, float]]:
    """Left edge and width of so many equal columns, inches."""
    width = (WIDTH - LEFT - RIGHT - GAP * (count - 1)) / count
    return [(LEFT + number * (width + GAP), width) for number in range(count)]


def key_of(median: str, *, colour: str = QUIET) -> list[Any]:
    """The signs of bands, in words."""
    return [
        Line2D([], [], color=colour, label=median),
        Patch(facecolor=colour, alpha=DARK + LIGHT * (1 - DARK), linewidth=0, label="50 %"),
        Patch(facecolor=colour, alpha=LIGHT, linewidth=0, label="90 % of worlds"),
    ]


KEY_BASELINE = Line2D([], [], color=BASELINE.colour, linestyle=BASELINE.linestyle, label="compared with: median")
KEY_CHANGE = Line2D([], [], color=INK, linewidth=0.9, label="first effect")
KEY_EVENT = Line2D([], [], color=INK, linewidth=1.2, linestyle=(0, (1, 2)), label="named event")


def key_line(words: str, look: Look) -> Line2D:
    """The sign of a line with its dash and marker."""
    return Line2D([], [], color=look.colour, linestyle=look.linestyle, marker=look.marker, markersize=7, label=words)


def key_path(words: str) -> Line2D:
    """The sign of a path with a dot at its start."""
    return Line2D([], [], color=INK, linewidth=1.2, marker="o", markersize=5, label=words)


def key_point(words: str) -> Line2D:
    """The sign of a hollow point."""
    shape: dict[str, Any] = {"color": "white", "markeredgecolor": INK, "marker": "D", "markersize": 9, "linestyle": ""}
    return Line2D([], [], label=words, **shape)


def key_event(words: str) -> Line2D:
    """The sign of an event that both worlds share."""
    shape: dict[str, Any] = {"markerfacecolor": "white", "markeredgecolor": QUIET, "markeredgewidth": 1.6}
    return Line2D([], [], marker="o", markersize=7, linestyle="", label=words, **shape)


def key_own_event(words: str) -> Line2D:
    """The sign of an event that the scenario adds or changes."""
    return Line2D([], [], color=INK, marker="o", markersize=9, linestyle="", label=words)


def key_end(words: str, *, is_full: bool) -> Line2D:
    """The sign of an end of a bar."""
    fill: dict[str, Any] = {"markerfacecolor": INK if is_full else "white", "markeredgecolor": INK}
    return Line2D([], [], marker="o", markersize=9, linestyle="", label=words, **fill)


def key_tie(words: str, *, is_hostile: bool) -> Line2D:
    """The sign of a friendly or of a hostile attitude."""
    return Line2D(
        [], [], color=TIES[is_hostile].colour, linestyle=TIES[is_hostile].linestyle, linewidth=3.0, label=words
    )


def key_arrow(words: str) -> Line2D:
    """The sign of a delivery."""
    return Line2D([], [], color=QUIET, marker=">", markersize=8, linewidth=2.0, label=words)


def key_shade(words: str) -> Patch:
    """The sign of the years on record."""
    return Patch(facecolor=SHADE, edgecolor=QUIET, linewidth=0.8, label=words)


def key_part(words: str, colour: str) -> Patch:
    """The sign of a part of a bar."""
    return Patch(facecolor=colour, edgecolor=INK, linewidth=0.8, label=words)


def key_bar(words: str, look: Look, *, is_filled: bool) -> Patch:
    """The sign of a bar that raises (filled) or lowers (striped)."""
    return Patch(**_bar(look, is_filled=is_filled), label=words)


def _bar(look: Look, *, is_filled: bool) -> dict[str, Any]:
    """How a bar is drawn, told apart without colour too."""
    return {
        "facecolor": look.colour if is_filled else "white",
        "edgecolor": look.colour,
        "linewidth": 1.2,
        "hatch": None if is_filled else "////",
    }


# ---- axes ------------------------------------------------------------------------------------------------------------

STEPS = (1, 2, 4, 5)


def lay_time(axes: Axes, first: float, last: float, most: int = 5, label: str = "calendar year") -> None:
    """A time axis in years, marked at the start of years, with at most so many of them named."""
    axes.set_xlim(first, last)
    years = np.arange(np.ceil(first), np.floor(last) + 1)
    step = next((step for step in STEPS if len(years[::step]) <= most), STEPS[-1])
    named = years[years % step == years[0] % step]
    marked = years if len(years) <= 8 else named
    axes.set_xticks(marked, [f"{year:.0f}" if year in named else "" for year in marked])
    axes.set_xlabel(label)


def lay_values(
    axes: Axes, parts: Sequence[Array], unit: str, *, zero: bool = False, head: float = 0.14, least: float = 0.0
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
    axes.locator_params(axis="y", nbins=5)
    form = "{:,.6g}" if max(abs(low), abs(high)) >= 1e4 else "{:.6g}"
    axes.yaxis.set_major_formatter(lambda value, _: true_minus(form.format(value)))


def unit_label(unit: str) -> str:
    """A unit as an axis carries it: on two lines when it is long, and a bare scale called one."""
    if unit.endswith(" to 1"):
        return f"scale {true_minus(unit)}"
    return unit if len(unit) <= 16 else "\n".join(wrap(unit, len(unit) // 2 + 3))


def shade_record(axes: Axes, until: float) -> None:
    """A light ground under the years on record, named beside its border."""
    first, last = axes.get_xlim()
    if until <= first:
        return
    axes.axvspan(first, min(until, last), color=SHADE, linewidth=0, zorder=0)
    for words, at, side, ground in (
        ("record", (first + min(until, last)) / 2, "center", SHADE),
        ("model", until, "left", "white"),
    ):
        if at < last:
            name_above(axes, at, words, side, ground).set_color(QUIET)


def name_above(axes: Axes, time: float, words: str, side: Any = "left", ground: str = "white") -> Text:
    """Words at the upper edge of a panel, a little aside of a time, over whatever is there."""
    aside = {"left": 5, "right": -5}.get(side, 0)
    box = {"facecolor": ground, "linewidth": 0, "pad": 0.6}
    place: dict[str, Any] = {
        "xycoords": axes.get_xaxis_transform(),
        "xytext": (aside, 0),
        "textcoords": "offset points",
    }
    return axes.annotate(words, (time, 1.0), ha=side, va="top", bbox=box, zorder=4, **place)


def name_beside(axes: Axes, time: float, height: float, words: str) -> None:
    """Words beside a point, on the side with more room and cut to it, over whatever is there."""
    first, last = axes.get_xlim()
    share = (time - first) / (last - first)
    side, aside = ("left", 8) if share <= 0.5 else ("right", -8)
    fitting = shortened(words, int(max(share, 1.0 - share) * CHARACTERS))
    box = {"facecolor": "white", "linewidth": 0, "pad": 0.5}
    place: dict[str, Any] = {"xytext": (aside, 0), "textcoords": "offset points", "bbox": box}
    axes.annotate(fitting, (time, height), ha=side, va="center", zorder=4, **place)


def mark_change(axes: Axes, time: float | None, words: str = "") -> None:
    """A thin upright line where the two worlds part, named on the side with more room."""
    if time is None:
        return
    axes.axvline(time, color=INK, linewidth=0.9, zorder=3)
    if words:
        first, last = axes.get_xlim()
        name_above(axes, time, words, "left" if time < first + 0.7 * (last - first) else "right")


# ---- bands -----------------------------------------------------------------------------------------------------------


def draw_bands(axes: Axes, times: Array, bands: Bands, look: Look) -> None:
    """The 90 % band, the 50 % band over it, and the median, with the actor's marker now and then."""
    low, lower, median, upper, high = bands.quantiles
    axes.fill_between(times, low, high, color=look.colour, alpha=LIGHT, linewidth=0)
    axes.fill_between(times, lower, upper, color=look.colour, alpha=DARK, linewidth=0)
    every = max(1, len(times) // 6)
    axes.plot(times, median, color=look.colour, marker=look.marker, markersize=6, markevery=(every // 2, every))


def draw_mean_bands(axes: Axes, times: Array, bands: Bands, look: Look) -> None:
    """The 90 % band, the 50 % band over it, and the mean, since means add up."""
    low, lower, _, upper, high = bands.quantiles
    axes.fill_between(times, low, high, color=look.colour, alpha=LIGHT, linewidth=0)
    axes.fill_between(times, lower, upper, color=look.colour, alpha=DARK, linewidth=0)
    axes.plot(times, bands.mean, color=look.colour, marker=look.marker, markersize=6, markevery=(6, 12))


def draw_event(axes: Axes, time: float, height: float, *, is_own: bool) -> None:
    """A mark of an event: a full dot for one of the scenario's own, else a hollow one."""
    shape: dict[str, Any] = {"markersize": 9, "color": INK, "zorder": 4}
    if not is_own:
        shape = {"markersize": 7, "markerfacecolor": "white", "markeredgecolor": QUIET, "markeredgewidth": 1.6}
    axes.plot([time], [height], linestyle="", marker="o", **shape)


def draw_end(axes: Axes, at: float, height: float, *, is_full: bool) -> None:
    """An end of a bar, hollow or full."""
    axes.plot(
        [at], [height], marker="o", markersize=8, color=INK if is_full else "white", markeredgecolor=INK, zorder=4
    )


def draw_tie(axes: Axes, one: tuple[float, float], other: tuple[float, float], value: float) -> None:
    """An attitude between two places, wider the stronger it is."""
    tie = TIES[value < 0.0]
    width = 1.0 + 6.0 * min(abs(value), 1.0)
    axes.plot(
        *zip(one, other, strict=True), color=tie.colour, linestyle=tie.linestyle, linewidth=width, alpha=0.75, zorder=2
    )


def draw_arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float], width: float, look: Look) -> None:
    """An arrow between two places, bent a little, in the look of its sender."""
    shape = {
        "arrowstyle": f"-|>,head_width={0.25 + 0.06 * width:.3f},head_length=0.5",
        "connectionstyle": "arc3,rad=0.12",
    }
    look_of = {"color": look.colour, "linewidth": width, "shrinkA": 9.0, "shrinkB": 12.0, "alpha": 0.85}
    axes.annotate("", end, start, arrowprops={**shape, **look_of}, zorder=3)


def draw_median(axes: Axes, times: Array, bands: Bands) -> None:
    """The median of the baseline."""
    draw_baseline(axes, times, bands.median)


def draw_baseline(axes: Axes, times: Array, values: Array) -> None:
    """A line of the baseline: thin, black and broken."""
    axes.plot(times, values, color=BASELINE.colour, linestyle=BASELINE.linestyle, linewidth=1.4)


def draw_means(axes: Axes, times: Array, mean: Array, bounds: Array, look: Look) -> None:
    """Means in the look of an actor, with the 90 % range of each as a thin upright line."""
    axes.vlines(times, bounds[0], bounds[1], color=look.colour, linewidth=2.0, alpha=DARK)
    axes.plot(times, mean, color=look.colour, linestyle=look.linestyle, marker=look.marker, markersize=5, linewidth=1.6)


def draw_ranges(axes: Axes, times: Array, bands: Bands, look: Look) -> None:
    """One upright range per year: 90 % thin, 50 % thick, the median as the actor's marker."""
    low, lower, median, upper, high = bands.quantiles
    for ends, width, opacity in (((low, high), 2.5, DARK), ((lower, upper), 6.0, 2 * DARK)):
        lines = np.stack([np.stack([times, end], axis=-1) for end in ends], axis=1)
        axes.add_collection(LineCollection(list(lines), colors=look.colour, linewidths=width, alpha=opacity))
    axes.plot(times, median, linestyle="", marker=look.marker, color="white", markeredgecolor=INK, markersize=6)


def draw_bar(axes: Axes, place: float, start: float, length: float, look: Look) -> None:
    """A lying bar from a value on: filled if it raises, striped if it lowers."""
    axes.barh([place], [length], left=[start], height=0.62, **_bar(look, is_filled=length >= 0.0), zorder=2)


def label_bars(axes: Axes, texts: Sequence[str]) -> None:
    """A text at the right edge of every row."""
    for place, words in enumerate(texts):
        axes.annotate(words, (1.015, place), xycoords=axes.get_yaxis_transform(), va="center", annotation_clip=False)


def label_ends(axes: Axes, ends: Mapping[str, float]) -> None:
    """Names beside the ends of lines, moved apart so that none lies on another, and down if they would leave the panel."""
    low, high = axes.get_ylim()
    apart = (high - low) * 1.25 * TYPE / 72 / (axes.bbox.height / DPI)
    place: dict[str, Any] = {"xycoords": axes.get_yaxis_transform(), "xytext": (4, 0), "textcoords": "offset points"}
    at: dict[str, float] = {}
    for words, end in sorted(ends.items(), key=lambda item: item[1]):
        at[words] = max([end, *(below + apart for below in at.values())])
    down = max([0.0, *(height + apart / 2 - high for height in at.values())])
    for words, height in at.items():
        axes.annotate(words, (1.0, height - down), va="center", **place)


# ---- files -----------------------------------------------------------------------------------------------------------


def write_picture(draw: Callable[[], Frame], folder: Path, name: str) -> tuple[Path, Path]:
    """One picture as PNG and as SVG; the same run gives the same bytes."""
    figure = draw().figure
    png, svg = folder / f"{name}.png", folder / f"{name}.svg"
    with png.open("wb") as out:
        FigureCanvasAgg(figure).print_png(out, metadata={"Software": None}, pil_kwargs={"compress_level": 4})  # type: ignore[no-untyped-call]
    with svg.open("w", encoding="utf-8", newline="\n") as text:
        FigureCanvasSVG(figure).print_svg(text, metadata={"Date": None})  # type: ignore[no-untyped-call]
    return png, svg
