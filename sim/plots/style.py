"""The style of all pictures: one colour, dash and marker per actor for ever, the frame around the panels, and the files.

Sizes are inches on paper and points of type: no type is below 12 points, so that the last row of a lecture reads it.
matplotlib's state machine `pyplot` is not used.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from warnings import catch_warnings, filterwarnings

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.data.actors import load_actors
from sim.io.writing import written_together

T = TypeVar("T")
AS_FILE: dict[str, dict[str, Any]] = {
    "svg": {"metadata": {"Date": None}},
    "png": {"metadata": {"Software": None}, "pil_kwargs": {"compress_level": 4}},
    "pdf": {"metadata": {"CreationDate": None}},
}
Columns = Sequence[tuple[float, float]]  # left edge and width of each, inches


@dataclass(frozen=True)
class Style:
    """How something is drawn: colour, dash (points on and off; none is a full line) and marker."""

    colour: str
    dash: tuple[float, ...]
    marker: str

    @property
    def linestyle(self) -> Any:
        return (0, self.dash) if self.dash else "-"


STYLES = {actor.code: Style(actor.colour, actor.dash, actor.marker) for actor in load_actors().actors}
DYAD = Style("#87005A", (), "o")
BASELINE = Style("#000000", (3.5, 1.8), "")
OF_PAIRS = ("tension", "hazard", "incidents", "dialogue")  # variables of the two sides together

INK, QUIET, SHADE = "#000000", "#595959", "#EDEDED"
LIGHT, DARK = 0.22, 0.45  # opacity of the 90 % and the 50 % band
DOTTED = (0, (1, 2))
WIDTH, DPI = 12.0, 110
LEFT, RIGHT, GAP = 1.08, 0.25, 1.15  # inches beside the panels and between columns
NARROW = (0.78, 0.3, 0.72)  # the same for small panels
TITLE, HEAD, TYPE = 17.0, 13.0, 12.0
CHARACTERS = 126  # of 12-point type that fit across a picture
RC: dict[Any, Any] = {
    **dict.fromkeys(("font.size", "axes.labelsize", "xtick.labelsize", "ytick.labelsize"), TYPE),
    "axes.titlesize": HEAD,
    "axes.titlelocation": "left",
    "axes.titley": 1.0,
    **dict.fromkeys(("axes.spines.top", "axes.spines.right", "axes.formatter.useoffset"), False),
    "axes.unicode_minus": True,
    "axes.formatter.limits": (-6, 7),
    "lines.linewidth": 2.2,
    "path.simplify": True,
    "svg.hashsalt": "armsrace",
    "svg.fonttype": "none",
    **dict.fromkeys(("text.parse_math", "text.usetex"), False),
}
_OF_THE_MACHINE = ("backend", "interactive", "toolbar", "timezone", "webagg", "tk.", "date.epoch", "figure.raise")


def style_of(variable: str, actor: str) -> Style:
    """What belongs to the two sides together has a style of its own, all else that of its actor."""
    return DYAD if variable in OF_PAIRS else STYLES.get(actor, DYAD)


def font_folder() -> Path:
    """Where the letters of the pictures are."""
    return Path(matplotlib.get_data_path()) / "fonts" / "ttf"


@contextmanager
def our_style() -> Iterator[None]:
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

    def grid(
        self, items: Iterable[T], columns: Columns, step: float, height: float, top: float = 0.0
    ) -> Iterator[tuple[Axes, float, T]]:
        """Axes, their width and the item for each of some items, row by row, one row `step` inches below the other."""
        for number, item in enumerate(items):
            left, width = columns[number % len(columns)]
            yield self.panel(left, top + number // len(columns) * step, width, height), width, item

    def write(self, x: float, down: float, text: str, **type_: Any) -> None:
        """Text at a place in inches from the upper left corner."""
        self.figure.text(x / WIDTH, 1.0 - down / self.height, text, va="top", **type_)


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


def columns(count: int, left: float = LEFT, right: float = RIGHT, gap: float = GAP) -> Columns:
    """Left edge and width of so many equal columns, inches."""
    width = (WIDTH - left - right - gap * (count - 1)) / count
    return [(left + number * (width + gap), width) for number in range(count)]


# ---- the key ---------------------------------------------------------------------------------------------------------


def key_line(words: str, **shape: Any) -> Line2D:
    """A line in the key, with its words."""
    return Line2D([], [], label=words, **shape)


def key_marker(words: str, **shape: Any) -> Line2D:
    """A marker in the key, with its words."""
    return key_line(words, **{"linestyle": "", "marker": "o", "markersize": 9, **shape})


def key_patch(words: str, facecolor: str, **shape: Any) -> Patch:
    """A patch in the key, with its words."""
    return Patch(facecolor=facecolor, label=words, **{"edgecolor": INK, "linewidth": 0.8, **shape})


def key_of(median: str, *, colour: str = QUIET, **shape: Any) -> list[Any]:
    """The signs of bands: the middle in these words, in its own shape if it has one, and the two bands."""
    return [
        key_line(median, **{"color": colour, **shape}),
        Patch(facecolor=colour, alpha=DARK + LIGHT * (1 - DARK), linewidth=0, label="50 %"),
        Patch(facecolor=colour, alpha=LIGHT, linewidth=0, label="90 % of simulations"),
    ]


def key_style(words: str, style: Style, **shape: Any) -> Line2D:
    """A line with its dash and marker."""
    line = {"color": style.colour, "linestyle": style.linestyle, "marker": style.marker, "markersize": 7}
    return key_line(words, **{**line, **shape})


def key_shade(words: str) -> Patch:
    """The years on record."""
    return key_patch(words, SHADE, edgecolor=QUIET)


KEY_BASELINE = key_line("compared with: median", color=BASELINE.colour, linestyle=BASELINE.linestyle)
KEY_CHANGE = key_line("first effect", color=INK, linewidth=0.9)
KEY_EVENT = key_line("named event", color=INK, linewidth=1.2, linestyle=DOTTED)


# ---- files -----------------------------------------------------------------------------------------------------------


def write_picture(picture: Frame, folder: Path, name: str, formats: Sequence[str]) -> tuple[Path, ...]:
    """One picture in some formats; the same run gives the same bytes."""
    names = [f"{name}.{form}" for form in formats]
    with written_together(folder, names) as draft:
        for file, form in zip(names, formats, strict=True):
            with (draft / file).open("wb") as out:
                picture.figure.savefig(out, format=form, **AS_FILE[form])
    return tuple(folder / file for file in names)
