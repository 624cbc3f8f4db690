"""One comparison under every rival theory, line by line."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sim.analysis.findings import MOST, Finding, findings_from
from sim.analysis.results import Run, framed
from sim.model.theories import Theory, theories

COLUMNS = (
    "theory", "variable", "actor", "counterpart", "quarter", "unit", "difference", "low", "high", "p_positive", "p_negative",
)  # fmt: skip
ByTheory = dict[str, Finding]


def _largest_change(line: ByTheory) -> float:
    return max(abs(row.median_shown) for row in line.values())


@dataclass(frozen=True)
class Rivals:
    """One comparison under every theory.

    runs : by theory, in the order of `calibration/theories.yaml`
    """

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
