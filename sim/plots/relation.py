"""The first side's attitude to the followed supplier and its two parts."""

from sim.analysis.results import Run
from sim.data.actors import named
from sim.model.network import FIRST, FOLLOWED
from sim.model.variables import Series
from sim.plots.panels import EVENTS_RECORDED_UNTIL, RECORD, WHOSE, compared, finding_title, level_words, name, panel
from sim.plots.registry import Plot
from sim.plots.style import Frame

PARTS = {"relation": "Long-term relations", "rhetoric": "Rhetoric (fast)", "attitude": "Attitude (their sum)"}


def relation(run: Run) -> Frame:
    """Levels, and what the scenario changes, a column for each part and one for their sum."""
    panels = [panel(run, words, part, FIRST, FOLLOWED) for part, words in PARTS.items()]
    title = f"How {name(FIRST)} sees {named(FOLLOWED)}: slow cooperation and fast rhetoric"
    title = finding_title(run, title, *(Series(part, FIRST, FOLLOWED) for part in reversed(PARTS)))
    return compared(run, title, panels, EVENTS_RECORDED_UNTIL, RECORD, WHOSE)


def words(run: Run) -> str:
    return f"Fan charts of how {name(FIRST)} sees {named(FOLLOWED)}. {level_words(run, 'attitude', [(FIRST, FOLLOWED)], 2)}"


PLOT = Plot("relation", "run", relation, f"How {name(FIRST)} sees {named(FOLLOWED)}", words, section="moves", place=30)
