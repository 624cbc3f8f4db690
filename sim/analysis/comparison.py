"""What must be read with the regret of a comparison: whose word each direction is, and what each scenario costs."""

from sim.runs.comparison import Comparison, name_of_outcome
from sim.analysis.regret import Remarks
from sim.analysis.findings import Finding


def remarks_of(found: Comparison) -> Remarks:
    """The costs that the files of the scenarios state, and the signs of the findings."""
    signs = {
        (scenario, name_of_outcome(row.topic)): sign(row) for scenario, rows in found.findings.items() for row in rows
    }
    return Remarks({one.id: one.costs for one in found.scenarios}, signs)


def sign(row: Finding) -> str:
    """Whose word the sign is: undetermined, contested, assumed, or nothing to say."""
    if row.p_positive == row.p_negative == 0.0:
        return ""
    return "undetermined" if row.is_undetermined else row.reservation.removeprefix(", sign ")
