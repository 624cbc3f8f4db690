"""Several scenarios against one baseline: which outcomes are compared, what was found of each, and which of them is told first."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from sim.analysis import topics as offered
from sim.analysis.answer_in_kind import Answer
from sim.analysis.findings import Directions, Finding
from sim.analysis.race_verdict import RaceVerdict
from sim.analysis.regret import Remarks, Standings
from sim.analysis.results import Array, Contrast, Frame, earliest, framed
from sim.analysis.topics import Topic
from sim.data.actors import whose
from sim.io.quarters import PER_YEAR, name_of, year_of
from sim.model.network import FIRST, FOLLOWED, SECOND
from sim.model.variables import Series
from sim.scenario.loading import Scenario

COLUMNS = (
    "outcome", "what", "scenario", "window", "unit", "baseline_level", "scenario_level", "difference", "low", "high",
    "p_positive", "p_negative", "direction",
)  # fmt: skip


@dataclass(frozen=True, repr=False)
class Comparison:
    """What was found.

    topics    : the outcomes; serious incidents, which have no contrast, are the last
    contrasts : scenario id -> contrasts of the outcomes' series, with the baseline
    findings  : scenario id -> a finding for each outcome, over the window
    bands     : scenario id -> (outcomes, 5) quantiles of the same differences, at `sim.analysis.results.LEVELS`
    levels    : scenario id, the baseline's among them -> median of each outcome over the window
    window    : numbers of the first quarter of the window and of the one after its last
    regrets   : by each outcome that has a direction
    answers   : scenario id -> rivals' answers in kind to the deliveries in which it differs from the baseline
    directions : scenario id -> what tells whose word a direction is
    verdicts  : scenario id -> whether it is a race between the two sides
    """

    scenarios: tuple[Scenario, ...]
    baseline: Scenario
    members: int
    seed: int
    quarters: int
    engine: str
    fit: str
    theory: str | None
    settings: tuple[str, ...]
    topics: tuple[Topic, ...]
    contrasts: dict[str, tuple[Contrast, ...]]
    findings: dict[str, tuple[Finding, ...]]
    bands: dict[str, Array]
    levels: dict[str, Array]
    window: tuple[int, int]
    regrets: tuple[Standings, ...]
    answers: dict[str, tuple[Answer, ...]]
    directions: Mapping[str, Directions]
    verdicts: dict[str, RaceVerdict]
    model_version: str

    def __repr__(self) -> str:
        names = ", ".join(scenario.id for scenario in self.scenarios)
        return f"Comparison({names} against {self.baseline.id}: {self.members:,} simulations, seed {self.seed})"

    @cached_property
    def first_effect(self) -> int | None:
        """Number of the first quarter in which any outcome of any scenario differs from the baseline, or None."""
        contrasts = (contrast for contrasts in self.contrasts.values() for contrast in contrasts)
        return earliest(contrast.first_difference for contrast in contrasts)

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Rows of comparison.csv: the mean over the window, scenario minus baseline."""
        for scenario, rows in self.findings.items():
            levels = zip(self.levels[self.baseline.id], self.levels[scenario], strict=True)
            for row, (without, of_scenario) in zip(rows, levels, strict=True):
                numbers = (row.median, row.low, row.high, row.p_positive, row.p_negative)
                unit = row.topic.unit or row.topic.series.unit
                head = (row.topic.series.name, row.topic.words, scenario, self.when, unit)
                yield (*head, float(without), float(of_scenario), *numbers, row.label)

    def frame(self) -> Frame:
        """The same as a pandas DataFrame."""
        return framed(self.rows(), COLUMNS)

    @property
    def when(self) -> str:
        return window_words(*self.window)

    @cached_property
    def outcomes(self) -> tuple[tuple[Finding, ...], ...]:
        """Of each outcome a finding for every scenario."""
        return tuple(zip(*(self.findings[scenario.id] for scenario in self.scenarios), strict=True))

    @cached_property
    def shown(self) -> tuple[int, ...]:
        """Places of the outcomes of every comparison, and of those added of which something is left after rounding."""
        usual = {*OUTCOMES, INCIDENTS}
        places = range(-1, len(self.topics) - 1)  # what is last comes first
        rows = [(place % len(self.topics), self.topics[place], self.outcomes[place]) for place in places]
        return tuple(place for place, topic, of in rows if topic in usual or not all(row.is_negligible for row in of))

    @cached_property
    def headlines(self) -> tuple[int, ...]:
        """Places of the outcomes that are told first: serious incidents, and those that a scenario moves most for their scale."""

        def rank(place: int) -> tuple[bool, float]:
            return max((not row.is_undetermined and row.size > 0.0, row.size) for row in self.outcomes[place])

        incidents = len(self.topics) - 1
        others = [place for place, topic in enumerate(self.topics[:-1]) if topic.variable != "hazard"]
        return (incidents, *sorted(others, key=rank, reverse=True)[: TOLD_FIRST - 1])


def window_words(start: int, stop: int) -> str:
    """A stretch of quarters, in years where it is whole years.

    >>> window_words(32, 48), window_words(31, 48)
    ('2026-2029', '2025Q4-2029Q4')
    """
    if start % PER_YEAR or stop % PER_YEAR:
        return f"{name_of(start)}-{name_of(stop - 1)}"
    first, last = year_of(start), year_of(stop - 1)
    return str(first) if first == last else f"{first}-{last}"


_OFFERED = (
    replace(offered.spending_of(FIRST), times=()),
    replace(offered.spending_of(SECOND), times=()),
    offered.tension(()),
    Topic(f"{whose(SECOND)} perceived threat", "threat", SECOND, "", (), "", large=0.5),
    Topic(f"{whose(SECOND)} capability (its arms)", "capability", SECOND, "", (), "%", 1, in_per_cent=True, large=25.0),
    offered.incident_rate(()),
    offered.long_term_relations(FIRST, FOLLOWED, ()),
    offered.long_term_relations(FIRST, SECOND, ()),
)
OUTCOMES = offered.recorded_once(_OFFERED)
INCIDENTS = Topic("serious incidents", "incidents", FIRST, SECOND, (), "", large=2.5)  # over the whole window
TOLD_FIRST, MOST_ADDED = 5, 6


def topics_compared(base: Scenario, scenarios: Iterable[Scenario]) -> tuple[Topic, ...]:
    """The outcomes of every comparison, and budgets, ties and arms of those whom these scenarios are about."""
    known = {topic.series: topic for topic in OUTCOMES}
    added: dict[Series, Topic] = {}
    for scenario in scenarios:
        for topic in offered.topics_concerned(scenario, base):
            if topic.series not in known:
                added.setdefault(topic.series, replace(topic, times=()))
    return (*OUTCOMES, *list(added.values())[:MOST_ADDED], INCIDENTS)


def remarks_of(comparison: Comparison) -> Remarks:
    """The costs that the files of the scenarios state, and whose word the directions of the findings are."""
    findings = comparison.findings.items()
    signs = {(scenario, row.topic.series.name): row.label for scenario, rows in findings for row in rows}
    return Remarks({scenario.id: scenario.costs for scenario in comparison.scenarios}, signs)
