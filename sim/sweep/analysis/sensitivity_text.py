"""What a sensitivity analysis found, in words: a table for each outcome, and whether its ranking can be trusted."""

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sim.io.terminal import paragraph, table
from sim.sweep.analysis.loading import Sweep
from sim.sweep.analysis.measures import EFFECT, FIRST, PAWN, SPREAD, TOTAL
from sim.sweep.analysis.sensitivity import ROUNDING, MeasureRow, Sensitivity

MOST_INPUTS, MOST_OUTCOMES = 10, 4
WORTH_RANKING = 0.1  # of the largest value
FEW_RANKED = 6
PER_CENT = 100.0
WIDE = 0.2  # half an interval over the largest value from which it is too wide to read
EQUAL = 20.0  # times as many points: who needs more are called as good as equal
HEADS = {FIRST: "alone", TOTAL: "in all", EFFECT: "effect", SPREAD: "spread", PAWN: "PAWN"}
MEANING = {
    FIRST: "alone (first index): share of the variance that would go if this input were known",
    TOTAL: "in all (total index): share that would stay if everything but this input were known",
    EFFECT: "effect (Morris): mean size of the change when the input crosses its range, in {unit}",
    SPREAD: "spread: how much that change differs from place to place; large against the effect means bends or interplay",
    PAWN: "PAWN: how far the whole distribution moves, 0 to 1",
}
FIFTHS = "the three last columns: the mean outcome where the input is in its lowest, middle and highest fifth"

DIFFERENCES = (
    "Shown are differences between two scenarios in the same world, point and member; --against none shows levels."
)


@dataclass(frozen=True)
class Verdict:
    """Whether a ranking can be trusted.

    is_settled : neighbours among the leading inputs are told apart, and no interval is too wide to read
    unsettled  : names of neighbours whose intervals do not tell them apart
    equal      : names of neighbours that no sensible number of points would tell apart
    wanted     : points that would do, about; None where the ranking is settled
    """

    is_settled: bool
    has_leader: bool
    unsettled: tuple[tuple[str, str], ...] = ()
    equal: tuple[tuple[str, str], ...] = ()
    wanted: int | None = None


def verdict(one: Sensitivity) -> Verdict:
    """Whether the ranking by the leading measure can be trusted, and how many points would settle it.

    Half an interval shrinks with the square root of the points.
    """
    rows = one.of(one.leading)
    top, floor = rows[0], one.floors.get(one.leading, 0.0)
    if not top.value - top.half > floor:
        factor = (top.half / max(top.value - floor, WIDE * top.value, 1e-300)) ** 2
        return Verdict(False, False, wanted=_more(one, [factor, 4.0]))
    ranked = [row for row in rows if row.value > max(WORTH_RANKING * top.value, floor)][:FEW_RANKED]
    gaps = {(a.name, b.name): _factor(a, b) for a, b in itertools.pairwise(ranked)}
    unsettled = tuple(pair for pair, factor in gaps.items() if 1.0 < factor <= EQUAL)
    equal = tuple(pair for pair, factor in gaps.items() if factor > EQUAL)
    wide = [(row.half / (WIDE * top.value)) ** 2 for row in ranked if row.half > WIDE * top.value]
    factors = [*(gaps[pair] for pair in unsettled), *wide]
    return Verdict(not factors, True, unsettled, equal, _more(one, factors) if factors else None)


def _factor(above: MeasureRow, below: MeasureRow) -> float:
    """By how much the points must grow to tell two values apart."""
    gap = above.value - below.value
    return float((above.half**2 + below.half**2) / gap**2) if gap > 0.0 else math.inf


def _more(one: Sensitivity, factors: Sequence[float]) -> int | None:
    """Points in all, rounded up: to whole blocks, whose number is a power of two in a Sobol design; else to two digits.

    None where there is no telling: an interval that could not be made.
    """
    wanted = one.points * max(factors)
    if not math.isfinite(wanted):
        return None
    if _method(one) == "sobol":
        return int(one.block * 2 ** math.ceil(math.log2(wanted / one.block)))
    if one.block > 1:
        return int(one.block * math.ceil(wanted / one.block))
    step = 10.0 ** max(0, math.floor(math.log10(wanted)) - 1)
    return int(math.ceil(wanted / step) * step)


def _method(one: Sensitivity) -> str:
    return one.of(one.leading)[0].method


def verdict_words(one: Sensitivity) -> Iterator[str]:
    """The verdict, once, and how many points would settle it."""
    trust = verdict(one)
    yield " ".join([*_order_words(trust), *_more_words(one, trust.wanted)])


def _order_words(trust: Verdict) -> Iterator[str]:
    if not trust.has_leader:
        yield "Too wide to rank: no input stands out from one without effect."
        return
    if trust.unsettled:
        yield f"Too wide to rank: {_pairs(trust.unsettled)}; their intervals overlap."
        if trust.equal:
            yield f"As good as equal, whatever the number of points: {_pairs(trust.equal)}."
    elif trust.equal:
        yield (f"As good as equal: {_pairs(trust.equal)}; no sensible number of points tells them apart.")
    else:
        yield "The order of the leading inputs is settled: neighbours differ by more than their 95 % intervals."
    if not trust.unsettled and not trust.is_settled:
        yield "The sizes are rough, with intervals of more than a fifth of the largest value on either side."


def _more_words(one: Sensitivity, wanted: int | None) -> Iterator[str]:
    """How many points would do, and what to write in the design."""
    if wanted is None:
        return
    blocks = f", n: {wanted // one.block} in the design" if one.block > 1 else ""
    yield f"About {wanted:,} points in all would do{blocks} (now {one.points:,})."


def _pairs(pairs: Sequence[tuple[str, str]]) -> str:
    return "; ".join(f"{a} and {b}" for a, b in pairs)


# ---- the answer ------------------------------------------------------------------------------------------------------


def sensitivity_answer(sweep: Sweep, outcomes: Sequence[Sensitivity], constant: Sequence[str]) -> Iterator[str]:
    """The lines of the answer, without the files."""
    yield paragraph(f"Which inputs matter in the sweep {sweep.name}? {sweep_words(sweep)}.")
    if any(one.against is not None for one in outcomes):
        yield paragraph(DIFFERENCES)
    for one in outcomes[:MOST_OUTCOMES]:
        yield ""
        yield from outcome_lines(one)
    if len(outcomes) > MOST_OUTCOMES:
        more = f"{len(outcomes) - MOST_OUTCOMES} more outcomes are in sensitivity.csv; --metric NAME shows one here."
        yield from ("", paragraph(more))
    if constant:
        same = f"The same at every point, so that nothing can matter for it: {', '.join(constant)}."
        yield from ("", paragraph(same))
    yield ""
    yield from meaning(outcomes)


def sweep_words(sweep: Sweep) -> str:
    """The size of a sweep in words."""
    kind = f"design of the kind {sweep.kind}" if sweep.kind else "design of no named kind"
    points, members = int(sweep.runs["point"].nunique()), int(sweep.runs["member"].nunique())
    sizes = f"{points:,} points, {members:,} member{'s' * (members != 1)}, {len(sweep.inputs)} inputs"
    return f"A {kind}: {sizes}; {', '.join(sweep.scenarios)}"


def outcome_lines(one: Sensitivity) -> Iterator[str]:
    """Table, groups and warnings of one outcome."""
    unit = f", {one.unit}" if one.unit else ""
    yield paragraph(f"{one.outcome}{unit} (mean {level(one, one.mean)}; {one.points:,} points; 95 % intervals)")
    yield input_table(one)
    rest = len(one.of(one.leading)) - MOST_INPUTS
    if rest > 0:
        yield f"and {rest} more inputs, each below {number(one.of(one.leading)[MOST_INPUTS - 1].value)}"
    for by in ("actor", "mechanism"):
        if line := group_line(one, by):
            yield paragraph(line, hanging="  ")
    for sentence in (*verdict_words(one), *_points_words(one), *one.notes):
        yield paragraph(sentence)


def input_table(one: Sensitivity) -> str:
    """The leading inputs with every measure and the swing of the outcome."""
    by_name = {measure: {row.name: row for row in one.of(measure)} for measure in one.measures}
    swings = {swing.name: (swing.low, swing.middle, swing.high) for swing in one.swings}
    rows = [
        [
            row.name,
            *(value_words(by_name[measure][row.name]) for measure in one.measures),
            *([level(one, value) for value in swings[row.name]] if row.name in swings else [""] * 3),
        ]
        for row in one.of(one.leading)[:MOST_INPUTS]
    ]
    if one.leading in one.floors:
        floor = [f"to {one.floors[one.leading]:.2f}" if measure == one.leading else "" for measure in one.measures]
        rows.append(["(without effect)", *floor, "", "", ""])
    header = ["input", *(HEADS[measure] for measure in one.measures), "low fifth", "middle", "high fifth"]
    return table(header, rows, right=range(1, len(header)))


def value_words(row: MeasureRow) -> str:
    """A value with its interval."""
    if row.measure in (EFFECT, SPREAD):
        half = 0.0 if row.half < ROUNDING * abs(row.value) else row.half
        return number(row.value) + ("" if math.isnan(half) else f" ± {number(half)}")
    return f"{share(row.value)} ± {row.half:.2f}"


def share(value: float) -> str:
    """A share of the variance; an estimate a little below zero is shown as such.

    >>> share(-0.001), share(0.456), share(-0.034)
    ('0.00', '0.46', '-0.03')
    """
    return f"{value:.2f}".replace("-0.00", "0.00")


def number(value: float) -> str:
    """A number to three digits.

    >>> number(1234.5), number(0.012345), number(float("nan"))
    ('1,234', '0.0123', '-')
    """
    if math.isnan(value):
        return "-"
    return f"{value:,.0f}" if abs(value) >= 1000.0 else f"{value:.3g}"


def level(one: Sensitivity, value: float) -> str:
    """A level of the outcome; of a point in time the fractions of a year matter."""
    return f"{value:.2f}" if one.unit.startswith("calendar year") else number(value)


def group_line(one: Sensitivity, by: str) -> str:
    """The groups, as bounds where the inputs of a group were varied one by one; nothing where there is one group only."""
    names = [row.name for row in one.of(one.leading, by)]
    if len(names) < 2:
        return ""
    by_name = {measure: {row.name: row for row in one.of(measure, by)} for measure in one.measures}
    return f"By {by}: " + "; ".join(f"{name} {group_words(by_name, name)}" for name in names) + "."


def group_words(by_name: dict[str, dict[str, MeasureRow]], name: str) -> str:
    """What is known of one group."""
    if FIRST in by_name and TOTAL in by_name:
        first, total = by_name[FIRST][name], by_name[TOTAL][name]
        if not first.how:
            return f"{share(first.value)} alone, {share(total.value)} in all"
        return f"{max(0.0, first.value):.2f} to {min(1.0, max(total.value, first.value, 0.0)):.2f}"
    if FIRST in by_name:
        row = by_name[FIRST][name]
        return f"{row.how} {max(0.0, row.value):.2f}".strip()
    row = next(by_name[measure][name] for measure in (EFFECT, PAWN) if measure in by_name)
    return f"{number(row.value)}{' (its largest)' if row.how else ''}"


def _points_words(one: Sensitivity) -> Iterator[str]:
    if one.left_out:
        yield (
            f"{one.left_out:,} points are left out: they, or others of their block, have no outcome (a run failed, or a condition was "
            "never met)."
        )
    if one.within is not None:
        yield (
            f"The outcome of a point is the mean of {one.members:,} members. {PER_CENT * one.within:.0f} % of the variance of single "
            "worlds lies between members of the same point (chance, and numbers that the design does not vary); it is not counted here."
        )


def meaning(outcomes: Sequence[Sensitivity]) -> Iterator[str]:
    """What the columns are."""
    measures = dict.fromkeys(measure for one in outcomes for measure in one.measures)
    units = {one.unit for one in outcomes if one.unit}
    unit = units.pop() if len(units) == 1 else "the outcome's unit"
    texts = [MEANING[measure].format(unit=unit) for measure in measures]
    if FIRST in measures:
        texts.append(
            "a group's share lies between its inputs' first indices summed (at least) and their totals summed (at most)"
        )
    sentence = "; ".join([*texts, FIFTHS])
    yield paragraph(f"{sentence[:1].upper()}{sentence[1:]}.")
