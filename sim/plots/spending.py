"""Military spending of Serbia, Kosovo and Türkiye."""

from sim.analysis.results import Run
from sim.model.variables import HEADLINE_STATES, Series
from sim.plots.panels import PLANS, SPENDING_RECORDED_UNTIL, WHOSE, compared, finding_title, level_words, name, panel
from sim.plots.registry import Plot
from sim.plots.style import Frame


def spending(run: Run) -> Frame:
    """Levels, and what the scenario changes, a column for each state."""
    panels = [panel(run, name(state), "spending", state, zero=True) for state in HEADLINE_STATES]
    first, second, third = map(name, HEADLINE_STATES)
    title = f"Military spending of {first}, {second} and {third}"
    title = finding_title(run, title, *(Series("spending", state) for state in HEADLINE_STATES))
    return compared(run, title, panels, SPENDING_RECORDED_UNTIL, PLANS, WHOSE)


def words(run: Run) -> str:
    return f"Fan charts of military spending. {level_words(run, 'spending', [(state, '') for state in HEADLINE_STATES], 0)}"


PLOT = Plot("spending", "run", spending, "Military spending of three states", words, section="moves", place=20)
