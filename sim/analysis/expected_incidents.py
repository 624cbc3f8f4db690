"""Serious incidents expected in the worlds of a run, over the quarters in which they are drawn by lot."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.io.quarters import index_of, name_of
from sim.data.tables import EVENTS_DOCUMENTED_UNTIL
from sim.model.sign_assumptions import is_contested, only_events_changed
from sim.model.variables import Series
from sim.analysis.findings import HORIZON, signed

if TYPE_CHECKING:
    from sim.analysis.results import Run

INCIDENTS = Series("incidents", "SRB", "XKX")
FIRST_DRAWN = index_of(EVENTS_DOCUMENTED_UNTIL) + 1
BOTH_VIEWS = "Sign contested: the model holds both views of arms; see the readings."


@dataclass(frozen=True)
class Expected:
    """What is expected from a first quarter to the end of the horizon.

    first        : name of the first quarter
    starts_late  : whether the scenario changes something before incidents are drawn
    ours, theirs : mean number over worlds, with the scenario and without
    low, high    : 5-95 % range over worlds of the paired difference, or None where it was not worked out
    contested    : whether the literature disagrees on the direction
    """

    first: str
    starts_late: bool
    ours: float
    theirs: float | None
    low: float | None
    high: float | None
    contested: bool

    def sentences(self, without: str) -> str:
        """In words; `without` names the worlds without the scenario."""
        said = f"Serious incidents expected from {self.first} to the end of {HORIZON} (mean of all worlds): {self.ours:.2f}"
        if self.theirs is not None:
            said += f", against {self.theirs:.2f} {without}; change {signed(round(self.ours, 2) - round(self.theirs, 2), 2)}"
        if self.low is not None and self.high is not None:
            said += f" (5-95 % of worlds: {signed(self.low, 0)} to {signed(self.high, 0)})"
        late = f" They are drawn from {self.first} on; earlier quarters are on record." if self.starts_late else ""
        both = f" {BOTH_VIEWS}" if self.contested and self.theirs is not None else ""
        return f"{said}.{late}{both}"


def drawn_window(run: "Run") -> range:
    """Quarters from the first effect, or from the first in which incidents are drawn if that is later, to the end of the horizon;
    none where the run ends before."""
    first = FIRST_DRAWN if run.first_effect is None else max(run.first_effect, FIRST_DRAWN)
    end = index_of(f"{HORIZON}Q4") + 1
    return range(first, end) if end <= run.quarters else range(0)


def incidents_expected(run: "Run") -> Expected | None:
    """What is expected in both worlds; None where the run ends too early or incidents were not recorded."""
    window = drawn_window(run)
    contrast = run.by_series.get(INCIDENTS)
    if contrast is None or not window:
        return None
    ours, theirs = (
        None if bands is None else float(bands.mean[window.start : window.stop].sum())
        for bands in (contrast.scenario, contrast.baseline)
    )
    low, high = (None, None) if run.incidents is None else (float(run.incidents.quantiles[row, 0]) for row in (0, -1))
    starts_late = run.first_effect is not None and run.first_effect < window.start
    contested = is_contested("incidents", only_events_changed(run.scenario, run.baseline))
    return Expected(name_of(window.start), starts_late, ours or 0.0, theirs, low, high, contested)
