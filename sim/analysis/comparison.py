"""What must be read with the regret of a comparison: whose word each direction is, and what each scenario costs."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property

from sim.analysis.answer_in_kind import Answer
from sim.analysis.findings import Directions, Finding
from sim.analysis.regret import Remarks, Standings
from sim.analysis.results import Array, Contrast, earliest
from sim.analysis.topics import Topic
from sim.io.quarters import PER_YEAR, name_of, year_of
from sim.model.variables import Series
from sim.scenario.loading import Scenario


@dataclass(frozen=True, repr=False)
class Comparison:
    """What was found.

    contrasts : scenario id -> contrasts of the outcomes' series, with the baseline
    findings  : scenario id -> a finding for each outcome, over the window
    bands     : scenario id -> (outcomes, 5) quantiles of the same differences, at `sim.analysis.results.LEVELS`
    window    : numbers of the first quarter of the window and of the one after its last
    regrets   : by each outcome that has a direction
    answers   : scenario id -> rivals' answers in kind to the deliveries in which it differs from the baseline
    directions : scenario id -> what tells whose word a direction is
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
    answers: dict[str, tuple[Answer, ...]]
    directions: Mapping[str, Directions]
    model_version: str

    def __repr__(self) -> str:
        names = ", ".join(scenario.id for scenario in self.scenarios)
        return f"Comparison({names} against {self.baseline.id}: {self.members:,} simulations, seed {self.seed})"

    @cached_property
    def first_effect(self) -> int | None:
        """Number of the first quarter in which any outcome of any scenario differs from the baseline, or None."""
        contrasts = (contrast for contrasts in self.contrasts.values() for contrast in contrasts)
        return earliest(contrast.first_difference for contrast in contrasts)

    @property
    def when(self) -> str:
        return window_words(*self.window)


@cache
def series() -> tuple[Series, ...]:
    """The series of the outcomes."""
    return tuple(outcome.series for outcome in OUTCOMES)


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
    Topic("tension between Serbia and Kosovo", "tension", "SRB", "XKX", (), ""),
    Topic("Kosovo's perceived threat", "threat", "XKX", "", (), ""),
    Topic("Kosovo's capability (its arms)", "capability", "XKX", "", (), "%", 1, in_per_cent=True),
    Topic("incident rate", "hazard", "SRB", "XKX", (), "a year"),
    Topic("Serbia's long-term relations with Türkiye", "relation", "SRB", "TUR", (), ""),
    Topic("Serbia's long-term relations with Kosovo", "relation", "SRB", "XKX", (), ""),
)


def remarks_of(comparison: Comparison) -> Remarks:
    """The costs that the files of the scenarios state, and whose word the directions of the findings are."""
    findings = comparison.findings.items()
    signs = {(scenario, row.topic.series.name): row.label for scenario, rows in findings for row in rows}
    return Remarks({scenario.id: scenario.costs for scenario in comparison.scenarios}, signs)
