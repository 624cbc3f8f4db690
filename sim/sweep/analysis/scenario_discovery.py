"""Which region of the inputs leads to an outcome: boxes found by PRIM, as the EMA workbench does it.

PRIM peels thin slices off the whole space, each time the one whose loss makes the outcome most frequent in what is left. Every
box on the way has a coverage (share of all cases of interest that it holds) and a density (share of its cases that are of interest).
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.analysis.output import to_json
from sim.analysis.results import Frame, framed
from sim.io.errors import refusal
from sim.model.network import FIRST, SECOND
from sim.sweep.analysis.design_layout import lots
from sim.sweep.analysis.loading import Sweep
from sim.sweep.analysis.measures import quiet
from sim.version import __version__

CONDITION = re.compile(r"\s*(?P<metric>\S+?)\s*(?P<sign>>=|<=|>|<)\s*(?P<value>[-+]?[0-9.]+(?:[eE][-+]?[0-9]+)?)\s*")
PEEL, LEAST_MASS = 0.05, 0.05  # of what is left, peeled at once; of all cases, that a box holds at least
EARN = 0.02  # by which every further input must better a box to be worth its place in it
FEWEST, MOST = 20, 50_000  # cases of interest; cases in all
INSTALL = "pip install 'balkan-armsrace[discover]'"
Limits = dict[str, tuple[float | None, float | None]]
COLUMNS = ("shown", "box", "coverage", "density", "mass", "input", "low", "high", "unit", "chance")


@dataclass(frozen=True)
class Condition:
    """What makes a run a case of interest: a metric above or below a value."""

    metric: str
    sign: str
    value: float

    def __str__(self) -> str:
        return f"{self.metric} {self.sign} {self.value:g}"

    def holds(self, values: Any) -> Any:
        """Whether it holds, run by run."""
        compare = {">": np.greater, ">=": np.greater_equal, "<": np.less, "<=": np.less_equal}[self.sign]
        return compare(values, self.value)


@dataclass(frozen=True)
class Box:
    """A region of the inputs.

    limits : input -> lower and upper end, None where it is not cut; inputs without a cut are left out
    chance : input -> how likely a cut as good as the worse of its two would be by chance; empty where runs share their point
    """

    number: int
    coverage: float
    density: float
    mass: float
    limits: Limits
    chance: dict[str, float]

    @property
    def worth(self) -> float:
        """Harmonic mean of coverage and density, less what its inputs must earn."""
        both = self.coverage + self.density
        return (2.0 * self.coverage * self.density / both if both else 0.0) - EARN * len(self.limits)

    def to_json(self) -> dict[str, Any]:
        return {**vars(self), "limits": {name: {"low": low, "high": high} for name, (low, high) in self.limits.items()}}


@dataclass(frozen=True)
class Discovery:
    """The boxes of one peeling.

    cases, met : runs looked at, and those of interest
    left_out   : runs without an outcome
    boxes      : from the whole space inwards
    box        : the one with the best harmonic mean of coverage and density, simpler ones first, without cuts that earn nothing
    units      : of the inputs
    """

    conditions: tuple[Condition, ...]
    scenario: str
    against: str | None
    cases: int
    met: int
    left_out: int
    thinned: bool
    boxes: tuple[Box, ...]
    box: Box
    units: Mapping[str, str] = field(default_factory=dict)

    @property
    def question(self) -> str:
        """What is looked for, in words."""
        against = "" if self.against is None else f" minus {self.against}"
        return f"{' and '.join(map(str, self.conditions))} ({self.scenario}{against})"

    def frame(self) -> Frame:
        """A row for each box and input that it cuts, as a pandas DataFrame: first the box that is shown, then all of the peeling.

        low, high : ends of the box in the input's unit; empty where it is not cut
        """
        return framed(self._rows(), COLUMNS)

    def _rows(self) -> Iterator[tuple[Any, ...]]:
        for is_shown, box in [(True, self.box), *((False, box) for box in self.boxes)]:
            for name, limits in box.limits.items():
                low, high = (math.nan if end is None else end for end in limits)
                head = (is_shown, box.number, box.coverage, box.density, box.mass)
                yield (*head, name, low, high, self.units.get(name, ""), box.chance.get(name, math.nan))

    def document(self, sweep: str) -> dict[str, Any]:
        """What `discover --format json` prints, given the name of the sweep."""
        content = {
            "sweep": sweep,
            "version": __version__,
            "where": [str(condition) for condition in self.conditions],
            "scenario": self.scenario,
            "against": self.against,
            "cases": self.cases,
            "cases_of_interest": self.met,
            "runs_left_out": self.left_out,
            "cases_are_a_sample": self.thinned,
            "box": self.box.to_json(),
            "boxes": [box.to_json() for box in self.boxes],
        }
        return dict(to_json(content))


def discovered(
    sweep: Sweep, where: Sequence[str], scenario: str | None = None, against: str | None = None
) -> Discovery:
    """What `discover` finds for conditions as the user writes them; scenario may be left out where there is only one.

    Raises InputError as `discover`, and for a condition or a name that is none.
    """
    conditions = [condition_of(text, sweep) for text in where]
    chosen, base = only_scenario(sweep, scenario), None if against is None else sweep.scenario(against)
    require_workbench()
    return discover(sweep, conditions, chosen, base)


def only_scenario(sweep: Sweep, name: str | None) -> str:
    """The scenario asked for, or the only one; InputError where that leaves a choice."""
    if name is None and len(sweep.scenarios) > 1:
        choices = " or ".join(sweep.scenarios)
        sweep.refuse("scenario", f"the sweep has {len(sweep.scenarios)}; choose with --scenario {choices}")
    return sweep.scenario(sweep.scenarios[0] if name is None else name)


def require_workbench() -> None:
    """InputError with the line to install it, if the workbench is not there."""
    try:
        with quiet():
            import ema_workbench.analysis.prim  # noqa: F401
    except ImportError:
        message = f"discovery needs the EMA workbench, which is not installed; run: {INSTALL}"
        raise refusal("armsrace discover", message) from None


def condition_of(text: str, sweep: Sweep) -> Condition:
    """A condition as the user writes it; InputError if it cannot be read or names no metric of the sweep."""
    match = CONDITION.fullmatch(text)
    try:
        value = float(match["value"]) if match else np.nan
    except ValueError:
        match = None
    if match is None:
        message = f"write METRIC > NUMBER (or >=, <, <=), in quotes: --where 'tension.{FIRST}.{SECOND}.2030Q4 > 0.5'"
        raise refusal("--where", message, text)
    return Condition(sweep.metric(match["metric"]).name, match["sign"], value)


def discover(sweep: Sweep, conditions: Sequence[Condition], scenario: str, against: str | None = None) -> Discovery:
    """Peel the space of the inputs towards the runs in which all conditions hold.

    against : a scenario whose outcome in the same world is subtracted before the conditions are looked at

    Raises InputError where too few runs, or too many, meet the conditions.
    """
    table = cases(sweep, conditions, scenario, against)
    fine = table.dropna()
    met = np.all([condition.holds(fine[condition.metric].to_numpy()) for condition in conditions], axis=0)
    check_count(sweep, conditions, fine, met)
    kept = np.sort(np.argsort(lots("cases", len(fine), sweep.seed), kind="stable")[:MOST])
    names = [input_.name for input_ in sweep.inputs if np.ptp(fine[input_.name].to_numpy()) > 0.0]
    has_members = int(sweep.runs["member"].nunique()) > 1
    boxes = peeled(fine[names].iloc[kept], met[kept], with_chance=not has_members)
    inputs = {name: fine[name].to_numpy()[kept] for name in names}
    return Discovery(
        conditions=tuple(conditions),
        scenario=scenario,
        against=against,
        cases=len(kept),
        met=int(met[kept].sum()),
        left_out=len(table) - len(fine),
        thinned=len(kept) < len(fine),
        boxes=boxes,
        box=trimmed(max(boxes, key=lambda candidate: candidate.worth), inputs, met[kept]),
        units={input_.name: input_.unit for input_ in sweep.inputs},
    )


def trimmed(box: Box, inputs: dict[str, Any], met: Any) -> Box:
    """A box without the cuts that do not earn their place, the idlest first."""
    while box.limits:
        smaller = [without(box, name, inputs, met) for name in box.limits]
        best = max(smaller, key=lambda candidate: candidate.worth)
        if best.worth < box.worth:
            return box
        box = best
    return box


def without(box: Box, name: str, inputs: dict[str, Any], met: Any) -> Box:
    """A box that no longer cuts an input."""
    limits = {kept: ends for kept, ends in box.limits.items() if kept != name}
    inside = np.ones(len(met), dtype=bool)
    for kept, (low, high) in limits.items():
        inside &= inputs[kept] >= (-np.inf if low is None else low)
        inside &= inputs[kept] <= (np.inf if high is None else high)
    chance = {kept: value for kept, value in box.chance.items() if kept != name}
    held = int((met & inside).sum())
    coverage, density = held / int(met.sum()), held / max(1, int(inside.sum()))
    return Box(box.number, coverage, density, float(inside.mean()), limits, chance)


def cases(sweep: Sweep, conditions: Sequence[Condition], scenario: str, against: str | None) -> Any:
    """A row for each world: the inputs and the metrics of the conditions, paired differences where a scenario is subtracted."""
    table = sweep.inputs_by_world()
    for name in dict.fromkeys(condition.metric for condition in conditions):
        worlds = sweep.worlds(name)
        table[name] = worlds[scenario] if against is None else worlds[scenario] - worlds[against]
    return table.reset_index(drop=True)


def check_count(sweep: Sweep, conditions: Sequence[Condition], table: Any, met: Any) -> None:
    """InputError where the runs of interest are too few, or all, with the range of the outcomes."""
    if FEWEST <= met.sum() < len(met):
        return
    ranges = [
        f"{name} runs from {table[name].min():.4g} to {table[name].max():.4g}, median {table[name].median():.4g}"
        for name in dict.fromkeys(condition.metric for condition in conditions if len(table))
    ]
    if len(met) and met.all():
        count, need = "all", "choose a value that parts them"
    else:
        count = f"only {int(met.sum()):,}"
        need = f"at least {FEWEST} are needed; choose another value, or run more points"
    advice = f"{need} ({'; '.join(ranges) or 'no run has an outcome'})"
    sweep.refuse("where", f"{' and '.join(map(str, conditions))} holds in {count} of {len(met):,} runs: {advice}")


def peeled(inputs: Any, met: Any, *, with_chance: bool) -> tuple[Box, ...]:
    """The boxes of one peeling by the workbench, from the whole space inwards."""
    with quiet():
        from ema_workbench.analysis.prim import Prim

        below_all = float(met.mean()) / 2.0  # the density that a box must have: that of the whole space will do
        search = Prim(inputs, met, threshold=below_all, peel_alpha=PEEL, mass_min=LEAST_MASS)
        peeling = search.find_box()
    whole = search.box_init
    steps = zip(peeling.peeling_trajectory.to_dict("records"), peeling.box_lims, peeling.qp, strict=True)
    return tuple(
        _box(number, step, ends, whole, chance if with_chance else {})
        for number, (step, ends, chance) in enumerate(steps)
    )


def _box(number: int, step: dict[str, Any], ends: Any, whole: Any, chance: dict[str, list[float]]) -> Box:
    """One box of the workbench as we keep it."""
    limits: Limits = {}
    for name in ends.columns:
        low, high = float(ends[name][0]), float(ends[name][1])
        cut = (low if low > whole[name][0] else None, high if high < whole[name][1] else None)
        if cut != (None, None):
            limits[str(name)] = cut
    worst = {
        name: max(chance_of_end for chance_of_end in pair if chance_of_end >= 0.0)
        for name, pair in chance.items()
        if name in limits
    }
    return Box(number, float(step["coverage"]), float(step["density"]), float(step["mass"]), limits, worst)
