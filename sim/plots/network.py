"""The region as a network: who stands where with whom, who sells to whom, and who feels threatened.

Places are fixed and roughly geographic; neither borders nor sizes of countries are drawn.
"""

from typing import Any

import numpy as np

from sim.analysis.results import Run
from sim.io.quarters import index_of, name_of
from sim.model.network import network
from sim.plots import style
from sim.plots.run import footer, name, scenario_lines
from sim.plots.style import INK, LOOKS, Frame

AT = "2026Q4"
# across and up, roughly by longitude and latitude; who lies outside the region stands at its rim
PLACES = {
    "SVN": (0.8, 5.6), "HRV": (2.2, 5.2), "BIH": (2.6, 4.1), "SRB": (4.4, 4.3), "MNE": (2.5, 2.7), "XKX": (4.6, 2.9),
    "ALB": (3.4, 1.6), "MKD": (5.1, 1.9), "GRC": (5.0, 0.4), "BGR": (6.7, 2.9), "ROU": (6.7, 5.0), "TUR": (8.6, 1.3),
    "RUS": (8.9, 5.9), "CHN": (9.6, 4.5), "IRN": (9.8, 2.6), "USA": (0.2, 0.5), "EU": (0.2, 3.4), "FRA": (0.2, 6.6),
    "ISR": (9.8, 0.1), "ARE": (9.8, 0.9),
}  # fmt: skip
FAINT = 0.03  # attitude below which nothing is drawn
LEAST = 0.5  # million US$ of deliveries below which nothing is drawn
SIZE = 5.0
SHORT = {"BIH": "Bosnia and H.", "MKD": "N. Macedonia", "ARE": "UAE"}
LONGEST = 10  # letters of a name that is written in full; others by a short one or their code
UNITS = 10.2, 7.2


def network_picture(run: Run) -> Frame:
    """Attitudes on the left, arms on the right, the size of a state by the threat that it feels."""
    quarter = min(index_of(AT), run.quarters - 1)
    lines = [
        *scenario_lines(run),
        "Places are fixed and only roughly geographic. Arms: all that Türkiye sells and that Serbia and Kosovo buy.",
        f"Size of a mark: threat felt in {name_of(quarter)}, beyond that of 2018.",
    ]
    key = [
        style.key_tie("friendly", is_hostile=False),
        style.key_tie("hostile (the wider, the stronger)", is_hostile=True),
        style.key_arrow("arms delivered"),
    ]
    title = "The region: attitudes, arms, threat"
    made = style.frame(title, lines, key, footer(run, "medians and means"), SIZE * 0.86 + 0.65)
    width = style.WIDTH / 2 - 0.3
    for left, heading, draw in (
        (0.2, f"Attitudes in {name_of(quarter)} (the less friendly of the two)", draw_attitudes),
        (0.35 + width, f"Arms delivered 2018 to {name_of(quarter)}, mean", draw_deliveries),
    ):
        axes = made.panel(left, 0.0, width, SIZE * 0.86)
        axes.set(xlim=(-0.6, UNITS[0] + 0.5), ylim=(-0.5, UNITS[1] + 0.1), xticks=[], yticks=[])
        axes.set_title(heading)
        axes.spines[["left", "bottom"]].set_visible(False)
        draw(axes, run, quarter)
        draw_places(axes, run, quarter)
    return made


def draw_places(axes: Any, run: Run, quarter: int) -> None:
    """A mark for each actor with its name; a state's grows with the threat that it feels."""
    states = network().states
    for code, (x, y) in PLACES.items():
        size = 9.0
        if code in states:
            felt = float(run.contrast("threat", code).scenario.median[quarter])
            size += 22.0 * float(np.clip(felt, 0.0, 0.6))
        axes.plot(
            [x],
            [y],
            marker=LOOKS[code].marker,
            markersize=size,
            color=LOOKS[code].colour,
            markeredgecolor=INK,
            zorder=4,
        )
        box = {"facecolor": "white", "linewidth": 0, "pad": 0.4, "alpha": 0.8}
        label = name(code) if len(name(code)) <= LONGEST else SHORT.get(code, code)
        axes.annotate(
            label,
            (x, y),
            xytext=(0, 10 + size / 2),
            textcoords="offset points",
            ha="center",
            va="center",
            bbox=box,
            zorder=5,
        )


def draw_attitudes(axes: Any, run: Run, quarter: int) -> None:
    """A line for each pair that holds attitudes."""
    for one, other in network().pairs:
        both = [(one, other), (other, one)]
        felt = [float(run.contrast("attitude", *tie).scenario.median[quarter]) for tie in both if tie in network().ties]
        lowest = min(felt)
        if abs(lowest) >= FAINT and one in PLACES and other in PLACES:
            style.draw_tie(axes, PLACES[one], PLACES[other], lowest)


def draw_deliveries(axes: Any, run: Run, quarter: int) -> None:
    """An arrow for each seller and buyer, the wider the more."""
    for contrast in run.contrasts:
        one = contrast.series
        if one.variable != "deliveries" or one.actor not in PLACES or one.counterpart not in PLACES:
            continue
        total = float(contrast.scenario.mean[: quarter + 1].sum())
        if total >= LEAST:
            style.draw_arrow(
                axes,
                PLACES[one.counterpart],
                PLACES[one.actor],
                0.8 + 1.3 * np.log10(total / LEAST),
                LOOKS[one.counterpart],
            )
