"""Which inputs of a finished sweep matter for an outcome: measures for each input, each actor and each mechanism.

The method follows from the layout of the design unless one is named; a method that does not fit the layout is refused with the
reason. Points whose outcome is missing are left out, and with them their block or trajectory.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from sim.io.formatting import PER_CENT, signed
from sim.sweep.analysis import measures
from sim.sweep.analysis.design_layout import Layout, bound_together, independent, lots, saltelli, trajectories
from sim.sweep.analysis.loading import EVERYBODY, Array, LoadedInput, PointOutcomes, Sweep
from sim.sweep.analysis.measures import EFFECT, FIRST, PAWN, SECOND, SPREAD, TOTAL, Measure

GROUPINGS = ("input", "actor", "mechanism")
PAIR = "pair"  # of inputs, or of groups that were varied together
BOUND = 0.3  # rank correlation between inputs from which their parts can hardly be told
ROUNDING = 1e-9  # relative spread that is only rounding
GRID = 4  # levels of Morris' design where the manifest names none
HOW = {FIRST: "at least", TOTAL: "at most", PAWN: "largest", EFFECT: "largest", SPREAD: "largest"}


@dataclass(frozen=True)
class MeasureRow:
    """A measure for one input or group.

    by   : input, actor or mechanism
    how  : for a group of inputs that were varied one by one: at least (their first indices summed), at most (their totals
           summed), or largest; else empty
    half : half the width of the 95 % interval; not a number where there is none
    """

    method: str
    measure: str
    by: str
    name: str
    value: float
    half: float
    how: str = ""


@dataclass(frozen=True)
class Swing:
    """Mean outcome where an input is in its lowest, its middle and its highest fifth."""

    name: str
    low: float
    middle: float
    high: float


@dataclass(frozen=True)
class Sensitivity:
    """What was found for one outcome.

    block  : points that belong together: of a Sobol block, of a Morris trajectory, else 1
    points : design points used; left_out those without an outcome, with the rest of their blocks
    floors : measure -> what an input without effect could get on these points
    """

    metric: str
    unit: str
    scenario: str
    against: str | None
    points: int
    left_out: int
    members: int
    within: float | None
    mean: float
    rows: tuple[MeasureRow, ...]
    swings: tuple[Swing, ...]
    floors: dict[str, float]
    notes: tuple[str, ...] = field(default=())
    block: int = 1

    @property
    def outcome(self) -> str:
        """The outcome in words."""
        against = "" if self.against is None else f" minus {self.against}"
        return f"{self.metric}, {self.scenario}{against}"

    def of(self, measure: str, by: str = "input") -> tuple[MeasureRow, ...]:
        """Rows of one measure, the largest first."""
        rows = [row for row in self.rows if row.measure == measure and row.by == by]
        return tuple(sorted(rows, key=lambda row: -row.value))

    @property
    def measures(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(row.measure for row in self.rows if row.by == "input"))

    @property
    def pairs(self) -> tuple[MeasureRow, ...]:
        """What two inputs do together beyond what each does alone, the largest first; empty where the design does not tell."""
        return self.of(SECOND, PAIR)

    @property
    def leading(self) -> str:
        """The measure that ranks the inputs: total where there is one, or the effect, or what there is."""
        return next(name for name in (TOTAL, EFFECT, FIRST, PAWN) if name in self.measures)


class NoVarianceError(ValueError):
    """The outcome is the same at every point, or there is none at any."""


def sensitivity(
    sweep: Sweep, metric: str, scenario: str, against: str | None = None, methods: Sequence[str] = ()
) -> Sensitivity:
    """What matters for one outcome of a sweep.

    against : a scenario whose outcome in the same world is subtracted
    methods : sobol, morris, rbd-fast or pawn; none lets the design decide

    Raises InputError for what the table does not allow, NoVarianceError for an outcome that never changes.
    """
    table = sweep.points(metric, scenario, against)
    if not np.isfinite(table.outcome).any():
        raise NoVarianceError
    varied = [column for column in range(len(sweep.inputs)) if np.ptp(table.inputs[:, column]) > 0.0]
    if not varied:
        sweep.refuse("inputs", "the sweep varies no input; nothing can be told apart")
    inputs = table.inputs[:, varied]
    chosen = tuple(methods) or fitting(inputs)
    plans = [_plan(sweep, inputs, table, name) for name in chosen]
    made, used = [], np.zeros(len(inputs), dtype=bool)
    level = float(sweep.worlds(metric)[scenario].abs().max())
    for plan in plans:
        if not np.ptp(plan.outcome) > ROUNDING * max(float(np.abs(plan.outcome).max()), level):
            raise NoVarianceError
        made += list(plan.measure(plan))
        used[plan.places] = True
    names = [sweep.inputs[column] for column in varied]
    idle = idle_inputs(sweep, scenario, against)
    rows = tuple(row for measure in made for row in rows_of(able(measure, names, idle), names))
    if not rows:
        raise NoVarianceError
    return Sensitivity(
        metric=metric,
        unit=sweep.metric(metric).unit,
        scenario=scenario,
        against=against,
        points=int(used.sum()),
        left_out=max(plan.left_out for plan in plans),
        members=table.members,
        within=table.within,
        mean=float(table.outcome[used].mean()),
        rows=rows,
        swings=tuple(swing for swing in swings(inputs[used], table.outcome[used], names) if swing.name not in idle),
        floors={measure.name: measure.floor for measure in made if measure.floor is not None},
        notes=tuple(notes(sweep, inputs, table, scenario, against)),
        block=max(1 if plan.layout is None else plan.layout.size for plan in plans),
    )


def able(measure: Measure, inputs: Sequence[LoadedInput], idle: Collection[str]) -> Measure:
    """A measure without the groups of which no input can move the scenario."""
    kept = [
        place for place, group in enumerate(measure.groups) if any(inputs[column].name not in idle for column in group)
    ]
    return replace(
        measure,
        groups=tuple(measure.groups[place] for place in kept),
        firsts=tuple(measure.firsts[place] for place in kept) if measure.firsts else (),
        values=measure.values[kept],
        halves=measure.halves[kept],
        copies=None if measure.copies is None else measure.copies[:, kept],
    )


def idle_inputs(sweep: Sweep, scenario: str, against: str | None) -> frozenset[str]:
    """Inputs that can move neither a scenario nor the one that is subtracted."""
    return sweep.lacking(scenario) if against is None else sweep.lacking(scenario) & sweep.lacking(against)


def fitting(inputs: Array) -> tuple[str, ...]:
    """The methods that a layout is made for, or those that take any points."""
    if saltelli(inputs) is not None:
        return ("sobol",)
    return ("morris",) if trajectories(inputs) is not None else ("rbd-fast", "pawn")


@dataclass(frozen=True)
class _MethodTask:
    """What a method is given: whole blocks, or single points."""

    layout: Layout | None
    inputs: Array
    outcome: Array
    places: Any
    left_out: int
    grid: int
    seed: int
    measure: "Callable[[_MethodTask], tuple[Measure, ...]]"


def _plan(sweep: Sweep, inputs: Array, table: PointOutcomes, method: str) -> _MethodTask:
    """What a method gets from the table, or InputError with the reason why the design does not allow it."""
    find, measure, least, unit = _NEEDS[method]
    layout = None if find is None else find(inputs)
    if find is not None and layout is None:
        this = f"this one is a design of the kind {sweep.kind}; choose {' or '.join(fitting(inputs))}"
        sweep.refuse("method", f"{method} {_WHY[method]}; {this}")
    if layout is None and trajectories(inputs) is not None:
        why = "needs points that stand on their own, and this design is made of Morris' trajectories; choose morris"
        sweep.refuse("method", f"{method} {why}")
    places = independent(inputs) if layout is None else np.arange(len(inputs))
    size = 1 if layout is None else layout.size
    kept = np.isfinite(table.outcome[places]).reshape(-1, size).all(axis=1).repeat(size)
    count = int(kept.sum()) // size
    if count < least:
        message = f"{method} needs at least {least} {unit} with an outcome, and there are {count}; run a larger sweep"
        sweep.refuse("points", message)
    places = places[kept]
    grid = int(sweep.design.get("levels", GRID))
    return _MethodTask(
        layout, inputs[places], table.outcome[places], places, int((~kept).sum()), grid, sweep.seed, measure
    )


_NEEDS: dict[str, tuple[Callable[[Array], Layout | None] | None, Any, int, str]] = {
    "sobol": (
        saltelli, lambda plan: measures.sobol(plan.layout, plan.outcome, plan.seed), measures.FEWEST_BLOCKS, "blocks of points",
    ),
    "morris": (
        trajectories, lambda plan: measures.morris(plan.layout, plan.inputs, plan.outcome, plan.grid, plan.seed),
        measures.FEWEST_TRAJECTORIES, "trajectories",
    ),
    "rbd-fast": (
        None, lambda plan: measures.rbd_fast(plan.inputs, plan.outcome, plan.seed), measures.FEWEST_POINTS, "points",
    ),
    "pawn": (None, lambda plan: measures.pawn(plan.inputs, plan.outcome, plan.seed), measures.FEWEST_POINTS, "points"),
}  # fmt: skip
_WHY = {
    "sobol": "needs a design of the kind sobol, whose points exchange one input at a time between two samples",
    "morris": "needs a design of the kind morris, whose points change one input at a time",
}


# ---- rows ------------------------------------------------------------------------------------------------------------


def rows_of(measure: Measure, inputs: Sequence[LoadedInput]) -> Iterator[MeasureRow]:
    """A measure for what was varied together, and for actors and mechanisms."""
    if measure.firsts:
        yield from _together(measure, inputs)
        return
    labels = [group_label([inputs[column] for column in group]) for group in measure.groups]
    for label, value, half in zip(labels, measure.values, measure.halves, strict=True):
        yield MeasureRow(measure.method, measure.name, "input", label, float(value), float(half))
    for by in GROUPINGS[1:]:
        if all(len({inputs[column].group(by) for column in group}) == 1 for group in measure.groups):
            yield from _grouped(measure, [inputs[group[0]].group(by) for group in measure.groups], by)


def _together(measure: Measure, inputs: Sequence[LoadedInput]) -> Iterator[MeasureRow]:
    """A measure of two groups together, for every two of them."""
    for group, first, value, half in zip(measure.groups, measure.firsts, measure.values, measure.halves, strict=True):
        parts = ([inputs[column] for column in part] for part in (group[:first], group[first:]))
        yield MeasureRow(
            measure.method, measure.name, PAIR, " x ".join(map(group_label, parts)), float(value), float(half)
        )


def group_label(inputs: Sequence[LoadedInput]) -> str:
    """Name of one input, or of inputs that were varied together."""
    if len(inputs) == 1:
        return str(inputs[0].name)
    for by in ("actor", "mechanism"):
        words = {input_.group(by) for input_ in inputs}
        if len(words) == 1 and words != {EVERYBODY}:
            return f"{words.pop()} ({len(inputs)} inputs)"
    return " + ".join(input_.name for input_ in inputs)


def _grouped(measure: Measure, groups: Sequence[str], by: str) -> Iterator[MeasureRow]:
    """A measure for groups of what was varied one by one: sums that bound the group's own index, or the largest member."""
    for group in dict.fromkeys(groups):
        places = [place for place, label in enumerate(groups) if label == group]
        how = HOW[measure.name] if len(places) > 1 else ""
        if how == "largest" or measure.copies is None:
            top = max(places, key=lambda place: measure.values[place])
            value, half = measure.values[top], measure.halves[top]
        else:
            value = measure.values[places].sum()
            half = measure.scale * measure.copies[:, places].sum(axis=1).std()
        yield MeasureRow(measure.method, measure.name, by, group, float(value), float(half), how)


def swings(inputs: Array, outcome: Array, varied: Sequence[LoadedInput]) -> Iterator[Swing]:
    """Mean outcome in the lowest, the middle and the highest fifth of each input."""
    fine = np.isfinite(outcome)
    for input_, column in zip(varied, inputs[fine].T, strict=True):
        low, below, above, high = np.quantile(column, (0.2, 0.4, 0.6, 0.8))
        parts = (column <= low, (column >= below) & (column <= above), column >= high)
        yield Swing(input_.name, *(float(outcome[fine][part].mean()) if part.any() else np.nan for part in parts))


def notes(sweep: Sweep, inputs: Array, table: PointOutcomes, scenario: str, against: str | None) -> Iterator[str]:
    """What is left out, and what limits the theory of the measures."""
    if idle := idle_inputs(sweep, scenario, against):
        yield f"{scenario} has no {', '.join(sorted(idle))}: left out."
    if against is not None and not sweep.is_paired:
        yield "The design turned common random numbers off: the differences hold the luck of both scenarios."
    still = len(sweep.inputs) - inputs.shape[1]
    if still:
        yield f"{still} of {len(sweep.inputs)} inputs have the same value in every run and are left out."
    if table.missing:
        failed = f"; {sweep.failed:,} of {len(sweep.runs):,} runs failed" if sweep.failed else ""
        yield f"{PER_CENT * table.missing:.2g} % of the simulations have no outcome{failed}; the mean of a point is that of the others."
    if saltelli(inputs) is None and trajectories(inputs) is None:
        names = [input_.name for input_ in sweep.inputs if np.ptp(sweep.runs[input_.name].to_numpy()) > 0.0]
        least = max(BOUND, 4.0 / np.sqrt(len(inputs)))
        pairs = list(bound_together(inputs, lots("ties", len(inputs), sweep.seed), least))
        for a, b, correlation in pairs[:3]:
            yield (
                f"{names[b]} and {names[a]} go together in this design (rank correlation {signed(correlation, 2)}): what one does is "
                "partly counted with the other."
            )
