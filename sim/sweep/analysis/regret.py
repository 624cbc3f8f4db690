"""The scenarios of a finished sweep as choices over its worlds: standings by every outcome that has a direction."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sim.analysis.output import to_json
from sim.analysis.regret import (
    COLUMNS,
    Aim,
    Preferences,
    Remarks,
    Standings,
    aims_of,
    regret_document,
    standings,
    table_rows,
)
from sim.analysis.results import Frame, framed
from sim.io.errors import refusal
from sim.io.templates import phrase
from sim.io.terminal import paragraph
from sim.model.directions import AGREED, UNCLEAR
from sim.sweep.analysis.loading import BASELINE, LoadedMetric, Sweep
from sim.sweep.analysis.regret_text import regret_lines
from sim.sweep.analysis.sensitivity_text import sweep_words

WORDS = "sweep_words.txt"


@dataclass(frozen=True, repr=False)
class SweepRegret:
    """Regret over a sweep.

    tables   : by outcome, over the worlds in which every scenario has all of them
    left_out : outcomes without a direction
    """

    sweep: Sweep
    tables: tuple[Standings, ...]
    left_out: tuple[str, ...]

    def __repr__(self) -> str:
        return f"SweepRegret({self.sweep!r}: {len(self.tables)} outcomes in {self.worlds:,} simulations)"

    @property
    def worlds(self) -> int:
        return self.tables[0].worlds

    @property
    def remarks(self) -> Remarks:
        """What the scenarios cost by their files, and where too few worlds agree on a direction.

        A sweep moves the parameters themselves, so it is not said of a clear direction whose word it is.
        """
        baseline = self.tables[0].baseline
        costs = {name: side.costs for name, side in self.sweep.sides.items() if name != baseline}
        signs = {
            (row.choice, table.aim.name): UNCLEAR
            for table in self.tables
            for row in table.rows
            if row.choice != baseline and row.better + row.worse > 0.0 and max(row.better, row.worse) < AGREED
        }
        return Remarks(costs, signs)

    def frame(self) -> Frame:
        """A row for each outcome and scenario, as in regret.csv: shares of simulations lie between 0 and 1."""
        return framed(table_rows(self.tables, self.remarks), COLUMNS)

    def document(self) -> dict[str, Any]:
        """What `regret --format json` prints."""
        content = {
            "sweep": self.sweep.name,
            "baseline": self.tables[0].baseline,
            "worlds": self.worlds,
            "points": len(set(self.sweep.runs["point"])),
            "members": self.sweep.manifest.members,
            "caveat": phrase(WORDS, "caveat", self.sweep),
            "without_direction": self.left_out,
            **regret_document(self.tables, self.remarks),
        }
        return dict(to_json(content))

    def lines(self) -> Iterator[str]:
        """The lines of the answer, without the files."""
        yield from _opening(self)
        yield from regret_lines(self.tables, self.remarks)


def sweep_regret(
    sweep: Sweep, metrics: Sequence[str] = (), baseline: str | None = None, preferences: Preferences | None = None
) -> SweepRegret:
    """Hold the scenarios of a sweep against each other; InputError where there is nothing to compare, or no direction.

    metrics  : outcomes; none takes all
    baseline : the scenario that the others are held against; None takes `baseline`, or the first
    """
    base = _baseline(sweep, baseline)
    chosen = [sweep.metric(name) for name in metrics] or list(sweep.metrics)
    aims = _aims(chosen, preferences or Preferences())
    values = {aim.name: sweep.worlds(aim.name) for aim in aims}
    whole = ~sum(frame.isna().any(axis=1) for frame in values.values()).astype(bool)
    if not whole.any():
        sweep.refuse("worlds", "in no simulation does every scenario have every outcome")
    frame = sweep.inputs_by_world()[whole]
    inputs = {name: frame[name].to_numpy() for name in frame if frame[name].nunique() > 1}
    points = len(set(whole.index[whole].get_level_values("point")))
    idle = {name: sweep.lacking(name) & sweep.lacking(base) for name in sweep.scenarios}
    tables = tuple(
        standings(aim, {name: table[name][whole].to_numpy() for name in sweep.scenarios}, base, inputs, points, idle)
        for aim, table in zip(aims, values.values(), strict=True)
    )
    return SweepRegret(sweep, tables, tuple(metric.name for metric in chosen if metric.name not in values))


def _baseline(sweep: Sweep, name: str | None) -> str:
    if len(sweep.scenarios) < 2:
        message = f"the sweep has {sweep.scenarios[0]} only; regret compares scenarios: name several in the design"
        sweep.refuse("scenarios", message)
    if name is not None:
        return sweep.scenario(name)
    return BASELINE if BASELINE in sweep.scenarios else sweep.scenarios[0]


def _aims(metrics: Sequence[LoadedMetric], preferences: Preferences) -> tuple[Aim, ...]:
    outcomes = {metric.name: ("" if metric.is_moment else metric.variable, metric.unit) for metric in metrics}
    aims = aims_of(outcomes, preferences)
    if not aims:
        names = ", ".join(outcomes)
        message = f"none of {names} has a direction; say which is preferred: --prefer '{metrics[0].name}=lower'"
        raise refusal("options", message, "prefer")
    return aims


def _opening(regret: SweepRegret) -> Iterator[str]:
    """What is compared."""
    sweep, worlds = regret.sweep, regret.worlds
    yield paragraph(
        f"The scenarios of the sweep {sweep.name} as choices in {worlds:,} simulations. {sweep_words(sweep)}."
    )
    yield paragraph(phrase(WORDS, "shares", sweep, worlds))
    base = sweep.sides.get(regret.tables[0].baseline)
    for name, side in sweep.sides.items():
        if base is not None and (other := side.other_world(base)):
            yield paragraph(phrase(WORDS, "other_world", name, base.name, other))
    total = len(sweep.runs) // len(sweep.scenarios)
    if worlds < total:
        yield paragraph(f"{total - worlds:,} simulations are left out: in some scenario they have no outcome.")
    if regret.left_out:
        yield paragraph(
            f"Without a direction, and left out: {', '.join(regret.left_out)} (--prefer 'NAME=lower' or 'NAME=higher' takes one in)."
        )
    yield ""
