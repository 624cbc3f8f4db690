"""Military spending of the states that are told first."""

from sim.analysis.results import Run
from sim.data.actors import NUMBERS
from sim.io.errors import listed
from sim.model.network import TOLD
from sim.model.variables import Series
from sim.plots.panels import PLANS, SPENDING_RECORDED_UNTIL, WHOSE, compared, finding_title, level_words, name, panel
from sim.plots.registry import Plot
from sim.plots.style import Frame


def spending(run: Run) -> Frame:
    """Levels, and what the scenario changes, a column for each state."""
    panels = [panel(run, name(state), "spending", state, zero=True) for state in TOLD]
    title = f"Military spending of {listed(map(name, TOLD), 'and')}"
    title = finding_title(run, title, *(Series("spending", state) for state in TOLD))
    return compared(run, title, panels, SPENDING_RECORDED_UNTIL, PLANS, WHOSE)


def words(run: Run) -> str:
    return f"Fan charts of military spending. {level_words(run, 'spending', [(state, '') for state in TOLD], 0)}"


PLOT = Plot(
    "spending", "run", spending, f"Military spending of {NUMBERS[len(TOLD)]} states", words, section="moves", place=20
)
