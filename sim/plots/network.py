"""The region as a network: who stands where with whom, who sells to whom, and who feels threatened.

Places are fixed and roughly geographic; neither borders nor sizes of countries are drawn.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from sim.analysis.results import Run
from sim.analysis.stability import AT
from sim.data.actors import load_actors, named
from sim.io.quarters import index_of, name_of
from sim.model.network import FIRST, FOLLOWED, SECOND, network
from sim.model.variables import all_series
from sim.plots import panels, style
from sim.plots.registry import Plot
from sim.plots.style import INK, QUIET, STYLES, Frame, Style

PLACES = {actor.code: actor.network for actor in load_actors().actors if actor.network is not None}  # across and up
TITLE = "The region: attitudes, arms, threat"
BUYERS = f"{named(FIRST)} and {named(SECOND)}"
FIXED = f"Places are fixed and only roughly geographic. Arms: all that {named(FOLLOWED)} sells and that {BUYERS} buy."
FRIENDLY, HOSTILE = Style("#1B6B3A", (), ""), Style("#A50F15", (2.5, 1.2), "")
FAINT = 0.03  # attitude below which nothing is drawn
LEAST = 0.5  # million US$ of deliveries below which nothing is drawn
HEIGHT = 5.0 * 0.86  # inches
LONGEST = 10  # letters of a name that is written in full; others by a short one or their code
UNITS = 10.2, 7.2


def region(run: Run) -> Frame:
    """Attitudes on the left, arms on the right, the size of a state by the threat that it feels."""
    quarter = quarter_of(run)
    size = f"Size of a mark: threat felt in {name_of(quarter)}, beyond that of 2018."
    made = panels.framed(run, TITLE, key(), HEIGHT + 0.65, FIXED, size, bands="medians and means")
    width = style.WIDTH / 2 - 0.3
    for left, heading, draw in (
        (0.2, f"Attitudes in {name_of(quarter)} (the cooler side of each pair)", draw_attitudes),
        (0.35 + width, f"Arms delivered 2018 to {name_of(quarter)}, mean", draw_deliveries),
    ):
        axes = made.panel(left, 0.0, width, HEIGHT)
        axes.set(xlim=(-0.6, UNITS[0] + 0.5), ylim=(-0.5, UNITS[1] + 0.1), xticks=[], yticks=[])
        axes.set_title(heading)
        axes.spines[["left", "bottom"]].set_visible(False)
        draw(axes, run, quarter)
        draw_places(axes, run, quarter)
    return made


def quarter_of(run: Run) -> int:
    return min(index_of(AT), run.quarters - 1)


def key() -> list[Any]:
    """The signs in words."""
    ties = {"friendly": FRIENDLY, "hostile (the wider, the stronger)": HOSTILE}
    signs = [style.key_style(words, tie, marker="", linewidth=3.0) for words, tie in ties.items()]
    return [*signs, style.key_line("arms delivered", color=QUIET, marker=">", markersize=8, linewidth=2.0)]


def draw_places(axes: Any, run: Run, quarter: int) -> None:
    """A mark for each actor with its name; a state's grows with the threat that it feels."""
    box = {"facecolor": "white", "linewidth": 0, "pad": 0.4, "alpha": 0.8}
    centred: dict[str, Any] = {"textcoords": "offset points", "ha": "center", "va": "center", "bbox": box, "zorder": 5}
    for code, (x, y) in PLACES.items():
        size, look = 9.0, STYLES[code]
        if code in network().states:
            felt = float(run.contrast("threat", code).scenario.median[quarter])
            size += 22.0 * float(np.clip(felt, 0.0, 0.6))
        shape = {"marker": look.marker, "markersize": size, "color": look.colour, "markeredgecolor": INK}
        axes.plot([x], [y], zorder=4, **shape)
        axes.annotate(label(code), (x, y), xytext=(0, 10 + size / 2), **centred)


def label(code: str) -> str:
    """An actor's name, a short one, or its code."""
    actor = load_actors().actors[load_actors().index(code)]
    return actor.name if len(actor.name) <= LONGEST else actor.short or code


def draw_attitudes(axes: Any, run: Run, quarter: int) -> None:
    """A line for each pair that holds attitudes, wider the stronger they are."""
    for first, second in network().pairs:
        ties = [tie for tie in ((first, second), (second, first)) if tie in network().ties]
        lowest = min(attitude(run, tie, quarter) for tie in ties)
        if abs(lowest) >= FAINT and first in PLACES and second in PLACES:
            tie, width = HOSTILE if lowest < 0.0 else FRIENDLY, 1.0 + 6.0 * min(abs(lowest), 1.0)
            line = {"color": tie.colour, "linestyle": tie.linestyle, "linewidth": width}
            axes.plot(*zip(PLACES[first], PLACES[second], strict=True), alpha=0.75, zorder=2, **line)


def attitude(run: Run, tie: tuple[str, str], quarter: int) -> float:
    return float(run.contrast("attitude", *tie).scenario.median[quarter])


def draw_deliveries(axes: Any, run: Run, quarter: int) -> None:
    """An arrow for each seller and buyer, bent a little, the wider the more, in the colour of the seller."""
    for seller, buyer, total in deliveries(run, quarter):
        width = 0.8 + 1.3 * np.log10(total / LEAST)
        arrow = {
            "arrowstyle": f"-|>,head_width={0.25 + 0.06 * width:.3f},head_length=0.5",
            "connectionstyle": "arc3,rad=0.12", "color": STYLES[seller].colour, "linewidth": width, "shrinkA": 9.0,
            "shrinkB": 12.0, "alpha": 0.85,
        }  # fmt: skip
        axes.annotate("", PLACES[buyer], PLACES[seller], arrowprops=arrow, zorder=3)


def deliveries(run: Run, quarter: int) -> Iterator[tuple[str, str, float]]:
    """Seller, buyer and what was delivered until a quarter, of those that have a place and delivered anything to speak of."""
    for contrast in run.contrasts:
        series = contrast.series
        if series.variable == "deliveries" and series.actor in PLACES and series.counterpart in PLACES:
            total = float(contrast.scenario.mean[: quarter + 1].sum())
            if total >= LEAST:
                yield series.counterpart, series.actor, total


def words(run: Run) -> str:
    """The friendliest and the least friendly ties."""
    quarter = quarter_of(run)
    ties = sorted(network().ties, key=lambda tie: attitude(run, tie, quarter))
    named = [f"{panels.name(holder)} to {panels.name(counterpart)}" for holder, counterpart in ties]
    return (
        f"Two maps of the region with fixed places: attitudes and arms delivered. Least friendly in {name_of(quarter)}: "
        f"{', '.join(named[:3])}. Friendliest: {', '.join(named[:-4:-1])}."
    )


def is_whole(run: Run) -> bool:
    """Whether every series was recorded; runs of very many members record the headline only."""
    return all(series in run.by_series for series in all_series())


PLOT = Plot("network", "run", region, TITLE, words, section="rests", place=30, is_drawn=is_whole)
