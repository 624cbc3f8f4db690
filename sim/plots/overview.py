"""What the scenario changes, around the moment of change."""

from typing import Any

from sim.analysis.findings import findings
from sim.analysis.results import Run
from sim.model.network import KOSOVO, SERBIA, TURKEY
from sim.plots import draw, style
from sim.plots.panels import (
    BELOW,
    CONTESTED_TOO,
    HEIGHT,
    Panel,
    change_name,
    change_or_end,
    change_time,
    draw_difference,
    footer,
    lay_around,
    name,
    panel,
    scenario_lines,
    wrapped,
)
from sim.plots.registry import Plot
from sim.plots.style import Frame

BETWEEN = 1.15  # inches


def overview(run: Run) -> Frame:
    """Paired differences in two rows of three."""
    panels = [
        panel(run, f"Spending of {name(SERBIA)}", "spending", SERBIA),
        panel(run, f"Spending of {name(KOSOVO)}", "spending", KOSOVO),
        panel(run, f"{name(SERBIA)}'s attitude to {name(TURKEY)}", "attitude", SERBIA, TURKEY),
        panel(run, "Tension", "tension", SERBIA, KOSOVO),
        panel(run, "Hazard of incidents", "hazard", SERBIA, KOSOVO),
        Panel(
            f"Chance of a Turkish UAV for {name(SERBIA)}",
            run.contrast("supplier_choice", SERBIA, TURKEY),
            style.STYLES[TURKEY],
        ),
    ]
    lines = [*scenario_lines(run), CONTESTED_TOO]
    key = [*style.key_of("median difference"), style.KEY_CHANGE]
    title = "What the scenario changes: paired differences between the two"
    made = style.frame(title, lines, key, footer(run), 0.2 + 2 * HEIGHT + BETWEEN + BELOW)
    for number, one in enumerate(panels):
        left, width = style.columns(3)[number % 3]
        draw_panel(made.panel(left, 0.2 + number // 3 * (HEIGHT + BETWEEN), width, HEIGHT), run, one, width)
    return made


def draw_panel(axes: Any, run: Run, panel: Panel, width: float) -> None:
    """One difference from shortly before the worlds part to five years after."""
    shown = lay_around(axes, change_or_end(run.first_effect, run.quarters), run.quarters)
    words = draw_difference(axes, run, panel, shown)
    axes.set_title(f"{panel.heading}\n{wrapped(words, width)}", size=style.TYPE)
    draw.change_line(axes, change_time(run), change_name(run))


def words(run: Run) -> str:
    rows = [f"{row.sentence}." for row in findings(run) if not row.is_negligible]
    return f"Paired differences between the two worlds around the first effect. {' '.join(rows[:8])}"


PLOT = Plot(
    "overview", "run", overview, "What the scenario changes, around the moment of change", words, section="moves",
    place=10, is_drawn=lambda run: run.baseline is not None,
)  # fmt: skip
