"""What the scenario changes, around the moment of change."""

from typing import Any

from sim.analysis.results import Run
from sim.data.actors import named
from sim.io.templates import phrase
from sim.model.network import FIRST, FOLLOWED, REGION, SECOND
from sim.plots import panels, style
from sim.plots.panels import HEIGHT, name, panel
from sim.plots.registry import Plot
from sim.plots.style import Frame

BETWEEN = 1.15  # inches
TOLD = 8  # lines of the answer that are told in words


def overview(run: Run) -> Frame:
    """Paired differences in two rows of three."""
    differences = [
        panel(run, f"Spending of {name(FIRST)}", "spending", FIRST),
        panel(run, f"Spending of {name(SECOND)}", "spending", SECOND),
        panel(run, f"{name(FIRST)}'s attitude to {named(FOLLOWED)}", "attitude", FIRST, FOLLOWED),
        panel(run, "Tension", "tension", FIRST, SECOND),
        panel(run, "Incident rate", "hazard", FIRST, SECOND),
        panels.Panel(
            f"{name(FIRST)} chooses {REGION.adjective} drones",
            run.contrast("supplier_choice", FIRST, FOLLOWED),
            style.STYLES[FOLLOWED],
        ),
    ]
    key = [*style.key_of("median difference"), style.KEY_CHANGE]
    title = "Effect of the scenario (with minus without)"
    if run.largest_effect is not None:
        title = panels.finding_title(run, title, run.largest_effect.topic.series)
    made = panels.framed(run, title, key, 0.2 + 2 * HEIGHT + BETWEEN + panels.BELOW, panels.WHOSE)
    for axes, width, difference in made.grid(differences, style.columns(3), HEIGHT + BETWEEN, HEIGHT, 0.2):
        draw_panel(axes, run, difference, width)
    return made


def draw_panel(axes: Any, run: Run, difference: panels.Panel, width: float) -> None:
    """One difference from shortly before the simulations part to five years after."""
    quarters = panels.lay_around(axes, panels.change_or_end(run.first_effect, run.quarters), run.quarters)
    words = panels.draw_difference(axes, run, difference, quarters)
    axes.set_title(f"{difference.heading}\n{panels.wrapped(words, width)}", size=style.TYPE)
    panels.mark_change(axes, run.first_effect)


def words(run: Run) -> str:
    rows = [f"{phrase('finding_words.txt', 'line', row)}." for row in run.shown_findings[:TOLD]]
    return f"Effect of the scenario (with minus without) around the first effect. {' '.join(rows)}".strip()


PLOT = Plot(
    "overview", "run", overview, "What the scenario changes, around the moment of change", words, section="moves",
    place=10, is_drawn=lambda run: run.baseline is not None,
)  # fmt: skip
