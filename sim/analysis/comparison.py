"""What must be read with the regret of a comparison: whose word each direction is, and what each scenario costs."""

from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from sim.analysis.findings import Finding, Topic
from sim.analysis.regret import Remarks, Standings
from sim.analysis.results import Array, Contrast
from sim.io.quarters import PER_YEAR, name_of, year_of
from sim.model.variables import Series
from sim.scenario.loading import Scenario


@dataclass(frozen=True)
class Comparison:
    """What was found.

    contrasts : scenario id -> contrasts of the outcomes' series, with the baseline
    findings  : scenario id -> a finding for each outcome, over the window
    bands     : scenario id -> (outcomes, 5) quantiles of the same differences, at `sim.analysis.results.LEVELS`
    window    : numbers of the first quarter of the window and of the one after its last
    regrets   : by each outcome that has a direction
    """

    scenarios: tuple[Scenario, ...]
    baseline: Scenario
    members: int
    seed: int
    quarters: int
    fit: str
    theory: str | None
    settings: tuple[str, ...]
    contrasts: dict[str, tuple[Contrast, ...]]
    findings: dict[str, tuple[Finding, ...]]
    bands: dict[str, Array]
    window: tuple[int, int]
    regrets: tuple[Standings, ...]
    model_version: str

    @cached_property
    def first_effect(self) -> int | None:
        """Number of the first quarter in which any outcome of any scenario differs from the baseline, or None."""
        return earliest(one for found in self.contrasts.values() for one in found)

    @property
    def when(self) -> str:
        return window_words(*self.window)


def earliest(contrasts: Any) -> int | None:
    return min((one.first_difference for one in contrasts if one.first_difference is not None), default=None)


def name_of_outcome(one: Topic) -> str:
    """The name of an outcome for --prefer and in tables: spending.SRB.

    >>> name_of_outcome(OUTCOMES[2])
    'tension.SRB.XKX'
    """
    return ".".join(part for part in (one.variable, one.actor, one.counterpart) if part)


@cache
def series() -> tuple[Series, ...]:
    """The series of the outcomes."""
    return tuple(Series(one.variable, one.actor, one.counterpart) for one in OUTCOMES)


def window_words(start: int, stop: int) -> str:
    """A stretch of quarters, in years where it is whole years.

    >>> window_words(32, 48), window_words(31, 48)
    ('2026-2029', '2025Q4-2029Q4')
    """
    if start % PER_YEAR or stop % PER_YEAR:
        return f"{name_of(start)}-{name_of(stop - 1)}"
    first, last = year_of(start), year_of(stop - 1)
    return str(first) if first == last else f"{first}-{last}"


OUTCOMES = (
    Topic("Serbia's spending", "spending", "SRB", "", (), "%", 1, in_per_cent=True),
    Topic("Kosovo's spending", "spending", "XKX", "", (), "%", 1, in_per_cent=True),
    Topic("tension of Serbia and Kosovo", "tension", "SRB", "XKX", (), ""),
    Topic("Kosovo's perceived threat", "threat", "XKX", "", (), ""),
    Topic("Kosovo's capability (its arms)", "capability", "XKX", "", (), "%", 1, in_per_cent=True),
    Topic("rate of serious incidents", "hazard", "SRB", "XKX", (), "a year"),
    Topic("Serbia's cooperation with Türkiye (slow part)", "relation", "SRB", "TUR", (), ""),
    Topic("Serbia's cooperation with Kosovo (slow part)", "relation", "SRB", "XKX", (), ""),
)


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
