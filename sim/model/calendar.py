"""The clock of the model: the lengths of its steps, and how far the record reaches."""

from sim.data.tables import EVENTS_DOCUMENTED_UNTIL, OBSERVED_YEARS
from sim.io.quarters import PER_YEAR, index_of

YEAR = 1.0
QUARTER = 0.25  # year
FIRST_STEP = 0.625  # year; from the middle of the last observed year to the middle of the next quarter
OBSERVED_QUARTERS = PER_YEAR * len(OBSERVED_YEARS)
HISTORY_UNTIL = index_of(EVENTS_DOCUMENTED_UNTIL)
"""The last quarter whose orders, deliveries and incidents come from the record only; later ones are drawn as well."""
