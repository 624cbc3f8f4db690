"""What the scenario changes, around the moment of change."""

from typing import Any

from sim.analysis.results import Run
from sim.io.templates import phrase
from sim.model.network import KOSOVO, SERBIA, TURKEY
from sim.plots import draw, panels, style
from sim.plots.registry import Plot
from sim.plots.style import Frame

BETWEEN = 1.15  # inches
TOLD = 8  # lines of the answer that are told in words


def overview(run: Run) -> Frame:
    """Paired differences in two rows of three."""
    shown = [
        panels.panel(run, f"Spending of {panels.name(SERBIA)}", "spending", SERBIA),
        panels.panel(run, f"Spending of {panels.name(KOSOVO)}", "spending", KOSOVO),
        panels.panel(run, f"{panels.name(SERBIA)}'s attitude to {panels.name(TURKEY)}", "attitude", SERBIA, TURKEY),
        panels.panel(run, "Tension", "tension", SERBIA, KOSOVO),
        panels.panel(run, "Hazard of incidents", "hazard", SERBIA, KOSOVO),
        panels.Panel(
            f"Chance of a Turkish UAV for {panels.name(SERBIA)}",
            run.contrast("supplier_choice", SERBIA, TURKEY),
            style.STYLES[TURKEY],
        ),
    ]
    lines = [*panels.scenario_lines(run), panels.CONTESTED_TOO]
    key = [*style.key_of("median difference"), style.KEY_CHANGE]
    title = "What the scenario changes: paired differences between the two"
    made = style.frame(title, lines, key, panels.footer(run), 0.2 + 2 * panels.HEIGHT + BETWEEN + panels.BELOW)
    for number, one in enumerate(shown):
        left, width = style.columns(3)[number % 3]
        draw_panel(
            made.panel(left, 0.2 + number // 3 * (panels.HEIGHT + BETWEEN), width, panels.HEIGHT), run, one, width
        )
    return made


def draw_panel(axes: Any, run: Run, panel: panels.Panel, width: float) -> None:
    """One difference from shortly before the worlds part to five years after."""
    shown = panels.lay_around(axes, panels.change_or_end(run.first_effect, run.quarters), run.quarters)
    words = panels.draw_difference(axes, run, panel, shown)
    axes.set_title(f"{panel.heading}\n{panels.wrapped(words, width)}", size=style.TYPE)
    draw.change_line(axes, panels.change_time(run), panels.change_name(run))


def words(run: Run) -> str:
    rows = [f"{phrase('finding_words.txt', 'line', row)}." for row in run.shown_findings[:TOLD]]
    return f"Paired differences between the two worlds around the first effect. {' '.join(rows)}".strip()


PLOT = Plot(
    "overview", "run", overview, "What the scenario changes, around the moment of change", words, section="moves",
    place=10, is_drawn=lambda run: run.baseline is not None,
)  # fmt: skip
