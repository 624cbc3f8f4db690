"""Several scenarios against one baseline: which outcomes are compared, what was found of each, and which of them is told first."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from sim.analysis import topics as offered
from sim.analysis.answer_in_kind import Answer
from sim.analysis.findings import Directions, Finding, finding_at
from sim.analysis.race_verdict import RaceVerdict
from sim.analysis.regret import Remarks, Standings
from sim.analysis.results import Array, Contrast, Frame, Run, earliest, framed
from sim.analysis.topics import Topic
from sim.data.actors import whose
from sim.io.quarters import PER_YEAR, index_of, name_of, year_of
from sim.model.network import FIRST, FOLLOWED, SECOND
from sim.model.variables import Series
from sim.scenario.loading import Scenario

COLUMNS = (
    "outcome", "what", "scenario", "when", "level_unit", "baseline_median", "baseline_low", "baseline_high",
    "scenario_median", "scenario_low", "scenario_high", "change_unit", "change_median", "change_low", "change_high",
    "p_positive", "p_negative", "direction",
)  # fmt: skip


Moment = tuple[Topic, str]  # and the quarter or the year

BY_THEORY = "by_theory.csv"  # where there are several theories: their changes beside each other
OF_A_CHANGE = ("median", "low", "high", "p_positive", "p_negative", "direction")


@dataclass(frozen=True, repr=False)
class Comparison:
    """What was found.

    topics    : the outcomes; serious incidents, which have no contrast, are the last
    contrasts : scenario id -> contrasts of the outcomes' series, with the baseline
    findings  : scenario id -> a finding for each outcome, over the window
    bands     : scenario id -> (outcomes, 5) quantiles of the same differences, at `sim.analysis.results.LEVELS`
    levels    : scenario id, the baseline's among them -> (outcomes, 3) median, low and high of each over the window
    window    : numbers of the first quarter of the window and of the one after its last
    regrets   : by each outcome that has a direction
    answers   : scenario id -> rivals' answers in kind to the deliveries in which it differs from the baseline
    directions : scenario id -> what tells whose word a direction is
    verdicts  : scenario id -> whether it is a race between the two sides
    runs      : scenario id -> the same as a run of its own, with the series that its largest effect may be in
    moments   : what some scenario moves most, and when; a row of each for every scenario
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
    runs: Mapping[str, Run]
    moments: tuple[Moment, ...]

    def __repr__(self) -> str:
        names = ", ".join(scenario.id for scenario in self.scenarios)
        return f"Comparison({names} against {self.baseline.id}: {self.members:,} simulations, seed {self.seed})"

    @cached_property
    def first_effect(self) -> int | None:
        """Number of the first quarter in which any outcome of any scenario differs from the baseline, or None."""
        contrasts = (contrast for contrasts in self.contrasts.values() for contrast in contrasts)
        return earliest(contrast.first_difference for contrast in contrasts)

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Rows of comparison.csv: the means over the window, then what a scenario moves most, at its time."""
        for scenario in self.findings:
            levels = zip(self.levels[self.baseline.id], self.levels[scenario], strict=True)
            for row, sides in zip(self.findings[scenario], levels, strict=True):
                yield _cells(scenario, row, [side.tolist() for side in sides])
            for moment in self.moments:
                row = self.at(moment, scenario)
                yield _cells(scenario, row, _levels_at(self.runs[scenario], row))

    def at(self, moment: Moment, scenario: str) -> Finding:
        """The finding on a scenario at one of the moments."""
        return finding_at(self.runs[scenario], *moment)

    def movers(self, moment: Moment) -> list[str]:
        """The scenarios of which something is the largest effect."""
        return [name for name, run in self.runs.items() if moment_of(run) == moment]

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


def moment_of(run: Run) -> Moment | None:
    """What a scenario moves most, and when; None where it moves nothing visibly."""
    row = run.largest_effect
    return None if row is None else (row.topic, row.when)


def moments_of(runs: Iterable[Run]) -> tuple[Moment, ...]:
    """What some runs move most, and when, each once."""
    return tuple(dict.fromkeys(moment for run in runs if (moment := moment_of(run)) is not None))


def units_of(topic: Topic) -> tuple[str, str]:
    """The units of a level and of its change, which may be in per cent of the level."""
    level = IN_THE_WINDOW if topic == INCIDENTS else topic.series.unit
    return level, topic.unit or level


def _cells(scenario: str, row: Finding, levels: Sequence[Sequence[float]]) -> tuple[Any, ...]:
    """A row of comparison.csv.

    levels : median, low and high in the baseline and in the scenario
    """
    topic = row.topic
    level_unit, unit = units_of(topic)
    head = (topic.series.name, topic.words, scenario, row.when, level_unit)
    change = (unit, row.median, row.low, row.high, row.p_positive, row.p_negative)
    return (*head, *levels[0], *levels[1], *change, row.label)


def _levels_at(run: Run, row: Finding) -> list[list[float]]:
    """Median, low and high in the baseline and in the scenario, in the quarter or the year of a finding."""
    of = run.by_series[row.topic.series]
    is_quarter = "Q" in row.when
    place = index_of(row.when) if is_quarter else run.years.index(int(row.when))
    sides = (of.baseline, of.scenario) if is_quarter else (of.yearly_baseline, of.yearly_scenario)
    return [side.quantiles[[2, 0, 4], place].tolist() for side in sides if side is not None]


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
IN_THE_WINDOW = "number in the window"
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


def columns_by_theory(names: Iterable[str]) -> tuple[str, ...]:
    """The header of by_theory.csv."""
    return ("scenario", "outcome", "what", "when", "unit", *(f"{name}_{end}" for name in names for end in OF_A_CHANGE))


def rows_by_theory(compared: Mapping[str, Comparison]) -> Iterator[tuple[Any, ...]]:
    """Rows of by_theory.csv: of each scenario every outcome, and what it moves most, with the change under each theory."""
    first = next(iter(compared.values()))
    for scenario in first.findings:
        for line in lines_of(compared, scenario, range(len(first.topics)), first.moments):
            topic, when = line[0].topic, line[0].when
            changes = [(row.median, row.low, row.high, row.p_positive, row.p_negative, row.label) for row in line]
            head = (scenario, topic.series.name, topic.words, when, units_of(topic)[1])
            yield (*head, *(cell for change in changes for cell in change))


def lines_of(
    compared: Mapping[str, Comparison], scenario: str, places: Iterable[int], moments: Iterable[Moment]
) -> Iterator[list[Finding]]:
    """What some outcomes, and then some moments, are with a scenario: a finding for each theory."""
    for place in places:
        yield [one.findings[scenario][place] for one in compared.values()]
    for moment in moments:
        yield [one.at(moment, scenario) for one in compared.values()]


def remarks_of(comparison: Comparison) -> Remarks:
    """The costs that the files of the scenarios state, and whose word the directions of the findings are."""
    findings = comparison.findings.items()
    signs = {(scenario, row.topic.series.name): row.label for scenario, rows in findings for row in rows}
    return Remarks({scenario.id: scenario.costs for scenario in comparison.scenarios}, signs)
