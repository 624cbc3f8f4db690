"""One comparison under every rival theory, line by line."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sim.analysis.findings import MOST, Finding, findings_from
from sim.analysis.results import Run, framed
from sim.io.formatting import few_of
from sim.io.quarters import index_of
from sim.io.templates import phrase
from sim.model.directions import UNCLEAR
from sim.model.theories import Theory, theories

COLUMNS = (
    "theory", "variable", "actor", "counterpart", "quarter", "unit", "difference", "low", "high", "p_positive", "p_negative",
)  # fmt: skip
ByTheory = dict[str, Finding]
STILL = "no change"


def way(row: Finding) -> str:
    """The direction of a change; "no change" where nothing moves."""
    return row.way if row.is_moved else STILL


def ways_of(line: ByTheory) -> set[str]:
    """The directions in which a number moves under the theories that move it."""
    return {way(row) for row in line.values()} - {STILL}


def agreement_words(lines: Iterable[tuple[str, ByTheory]]) -> str:
    """On what theories disagree, that first which turns, and on what they agree, of lines with what each is called."""
    named = [(words, line) for words, line in lines if ways_of(line)]
    disputed = [(words, line) for words, line in named if len(ways_of(line)) > 1]
    disputed.sort(key=lambda row: not {"higher", "lower"} <= ways_of(row[1]))
    clear = [(words, line) for words, line in named if len(ways_of(line)) == 1 and ways_of(line) != {UNCLEAR}]
    parted = [
        f"{words} ({', '.join(f'{way(row)} under {name}' for name, row in line.items())})" for words, line in disputed
    ]
    agreed = []
    for words, line in clear:
        still = [name for name, row in line.items() if not row.is_moved]
        agreed.append(f"{words} ({ways_of(line).pop()}{f'; {STILL} under {few_of(still, 2)}' if still else ''})")
    return phrase("comparison_words.txt", "theories_agree", parted, agreed)


def _largest_change(line: ByTheory) -> float:
    return max(abs(row.median_shown) for row in line.values())


@dataclass(frozen=True)
class Rivals:
    """One comparison under every theory, in the order of `calibration/theories.yaml`."""

    runs: dict[str, Run]

    @property
    def first(self) -> Run:
        """The run of the first theory, for what all share: scenario, members, seed."""
        return next(iter(self.runs.values()))

    @property
    def theories(self) -> dict[str, Theory]:
        return {name: theories()[name] for name in self.runs}

    @cached_property
    def first_effect(self) -> int | None:
        """Number of the first quarter in which anything but an order differs under any theory."""
        starts = [run.first_effect for run in self.runs.values() if run.first_effect is not None]
        return min(starts, default=None)

    @cached_property
    def rows(self) -> tuple[ByTheory, ...]:
        """The lines of the answer that the scenario touches under any theory: a finding for each theory."""
        start = self.first_effect
        if start is None:
            return ()
        topics = tuple(dict.fromkeys(topic for run in self.runs.values() for topic in run.topics))
        columns = [findings_from(run, topics, start, still=True) for run in self.runs.values()]
        lines = [dict(zip(self.runs, line, strict=True)) for line in zip(*columns, strict=True)]
        return tuple(line for line in lines if any(row.is_moved for row in line.values()))

    @cached_property
    def shown_rows(self) -> tuple[ByTheory, ...]:
        """Those of which something is left after rounding."""
        return tuple(line for line in self.rows if not all(row.is_negligible for row in line.values()))

    @cached_property
    def headlines(self) -> tuple[ByTheory, ...]:
        """Those that are told first: of the topics that a short answer under any theory names, the line that moves most."""
        topics = dict.fromkeys(row.topic for run in self.runs.values() for row in run.headlines)
        lines = {topic: [line for line in self.shown_rows if line[next(iter(line))].topic == topic] for topic in topics}
        return tuple(max(of, key=_largest_change) for of in lines.values() if of)[:MOST]

    @cached_property
    def agreement(self) -> str:
        """On which of the first lines the theories disagree and agree, those first that turn under some theory."""
        turned = [line for line in self.shown_rows if {"higher", "lower"} <= ways_of(line)]
        lines = [*turned, *(line for line in self.headlines if line not in turned)]
        return agreement_words((next(iter(line.values())).subject, line) for line in lines)

    def baseline_level(self, line: ByTheory) -> dict[str, float]:
        """The median of the baseline under each theory, where and when a line is about."""
        return {name: _level(run, line[name]) for name, run in self.runs.items()}

    def frame(self) -> Any:
        """The rows of theories.csv as a pandas DataFrame."""
        return framed(self.table(), COLUMNS)

    def table(self) -> Iterator[tuple[Any, ...]]:
        """Rows of theories.csv: the lines of the answer under each theory, one below the other."""
        for line in self.rows:
            for name, row in line.items():
                of, unit = row.topic.series, row.topic.unit or row.topic.series.unit
                numbers = (row.median, row.low, row.high, row.p_positive, row.p_negative)
                yield (name, of.variable, of.actor, of.counterpart, row.when, unit, *numbers)


def _level(run: Run, row: Finding) -> float:
    """The median of the baseline in the quarter or the year of a finding, in the unit of its level."""
    contrast = run.by_series[row.topic.series]
    bands, place = (
        (contrast.baseline, index_of(row.when))
        if "Q" in row.when
        else (contrast.yearly_baseline, run.years.index(int(row.when)))
    )
    assert bands is not None  # there are no rivals without a baseline
    return float(bands.median[place]) * (1.0 if row.topic.in_per_cent else row.topic.scale)
