"""Tension between the two sides, and the rate of incidents."""

from sim.analysis.results import Run
from sim.model.network import FIRST, REGION, SECOND
from sim.model.variables import Series
from sim.plots.panels import EVENTS_RECORDED_UNTIL, RECORD, WHOSE, compared, finding_title, level_words, name, panel
from sim.plots.registry import Plot
from sim.plots.style import Frame

HEADINGS = {"tension": "Tension", "hazard": "Incident rate"}


def risk(run: Run) -> Frame:
    """Levels, and what the scenario changes, of tension and of the rate."""
    panels = [panel(run, words, part, FIRST, SECOND, zero=True) for part, words in HEADINGS.items()]
    title = f"Tension between {name(FIRST)} and {name(SECOND)}, and the risk of incidents in {REGION.flashpoint_short}"
    title = finding_title(run, title, *(Series(part, FIRST, SECOND) for part in HEADINGS))
    return compared(run, title, panels, EVENTS_RECORDED_UNTIL, RECORD, WHOSE)


def words(run: Run) -> str:
    levels = [level_words(run, variable, [(FIRST, SECOND)], 2) for variable in HEADINGS]
    return f"Fan charts of tension and of the rate of incidents. {' '.join(levels)}"


PLOT = Plot("risk", "run", risk, "Tension, and the risk of incidents", words, section="moves", place=40)
