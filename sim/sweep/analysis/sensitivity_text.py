"""What a sensitivity analysis found (templates/sensitivity_answer.txt): a table for each outcome, and whether its ranking can be
trusted."""

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sim.io.formatting import PER_CENT, fixed, number
from sim.io.templates import lines, phrase
from sim.sweep.analysis.loading import Sweep
from sim.sweep.analysis.measures import EFFECT, FIRST, PAWN, SPREAD, TOTAL
from sim.sweep.analysis.sensitivity import ROUNDING, MeasureRow, Sensitivity

MOST_INPUTS, MOST_PAIRS, MOST_OUTCOMES = 10, 5, 4
WORTH_RANKING = 0.1  # of the largest value
FEW_RANKED = 6
WIDE = 0.2  # half an interval over the largest value from which it is too wide to read
EQUAL = 20.0  # times as many points: who needs more are called as good as equal
WORDS = "sensitivity_words.txt"


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


def verdict(analysis: Sensitivity) -> Verdict:
    """Whether the ranking by the leading measure can be trusted, and how many points would settle it.

    Half an interval shrinks with the square root of the points.
    """
    rows = analysis.of(analysis.leading)
    top, floor = rows[0], analysis.floors.get(analysis.leading, 0.0)
    if not top.value - top.half > floor:
        return Verdict(
            False,
            False,
            wanted=_more(analysis, [(top.half / max(top.value - floor, WIDE * top.value, 1e-300)) ** 2, 4.0]),
        )
    ranked = [row for row in rows if row.value > max(WORTH_RANKING * top.value, floor)][:FEW_RANKED]
    gaps = {(a.name, b.name): _factor(a, b) for a, b in itertools.pairwise(ranked)}
    unsettled = tuple(pair for pair, factor in gaps.items() if 1.0 < factor <= EQUAL)
    equal = tuple(pair for pair, factor in gaps.items() if factor > EQUAL)
    wide = [(row.half / (WIDE * top.value)) ** 2 for row in ranked if row.half > WIDE * top.value]
    factors = [*(gaps[pair] for pair in unsettled), *wide]
    return Verdict(not factors, True, unsettled, equal, _more(analysis, factors) if factors else None)


def _factor(above: MeasureRow, below: MeasureRow) -> float:
    """By how much the points must grow to tell two values apart."""
    gap = above.value - below.value
    return float((above.half**2 + below.half**2) / gap**2) if gap > 0.0 else math.inf


def _more(analysis: Sensitivity, factors: Sequence[float]) -> int | None:
    """Points in all, rounded up: to whole blocks, whose number is a power of two in a Sobol design; else to two digits.

    None where there is no telling: an interval that could not be made.
    """
    wanted = analysis.points * max(factors)
    if not math.isfinite(wanted):
        return None
    if analysis.of(analysis.leading)[0].method == "sobol":
        return int(analysis.block * 2 ** math.ceil(math.log2(wanted / analysis.block)))
    if analysis.block > 1:
        return int(analysis.block * math.ceil(wanted / analysis.block))
    step = 10.0 ** max(0, math.floor(math.log10(wanted)) - 1)
    return int(math.ceil(wanted / step) * step)


def verdict_sentence(analysis: Sensitivity) -> str:
    """The verdict, once, and how many points would settle it."""
    return phrase(WORDS, "verdict", verdict(analysis), analysis.points, analysis.block)


def sensitivity_answer(sweep: Sweep, analyses: Sequence[Sensitivity], constant: Sequence[str]) -> Iterator[str]:
    """The lines of the answer, without the files."""
    units = {analysis.unit for analysis in analyses if analysis.unit}
    measures = list(dict.fromkeys(measure for analysis in analyses for measure in analysis.measures))
    yield from lines(
        "sensitivity_answer.txt",
        sweep=sweep,
        sweep_words=sweep_words(sweep),
        has_differences=any(analysis.against is not None for analysis in analyses),
        outcomes=[_outcome(analysis) for analysis in analyses[:MOST_OUTCOMES]],
        columns=range(1, 2 + len(measures) + 3),
        more=max(0, len(analyses) - MOST_OUTCOMES),
        constant=constant,
        meaning=phrase(WORDS, "meaning", measures, units.pop() if len(units) == 1 else "the outcome's unit"),
    )


def sweep_words(sweep: Sweep) -> str:
    """The size of a sweep in words, and what its design has not looked at."""
    points, members = int(sweep.runs["point"].nunique()), int(sweep.runs["member"].nunique())
    return phrase("sweep_words.txt", "sweep", sweep, points, members)


def _outcome(analysis: Sensitivity) -> dict[str, Any]:
    """Table, groups and warnings of one outcome."""
    ranked = analysis.of(analysis.leading)
    groups = [(by, _groups(analysis, by)) for by in ("actor", "mechanism")]
    return {
        "name": analysis.outcome,
        "unit": analysis.unit,
        "mean": _level(analysis, analysis.mean),
        "points": analysis.points,
        "heads": [phrase(WORDS, "head", measure) for measure in analysis.measures],
        "cells": list(_cells(analysis)),
        "more": max(0, len(ranked) - MOST_INPUTS),
        "least": number(ranked[MOST_INPUTS - 1].value) if len(ranked) > MOST_INPUTS else "",
        "groups": [(by, words) for by, words in groups if len(words) > 1],
        "pairs": [f"{row.name} {value_words(row)}" for row in analysis.pairs[:MOST_PAIRS]],
        "sentences": [verdict_sentence(analysis), *_points_words(analysis), *analysis.notes],
    }


def _cells(analysis: Sensitivity) -> Iterator[list[str]]:
    """The leading inputs with every measure and the swing of the outcome, and what an input without effect could reach."""
    by_name = {measure: {row.name: row for row in analysis.of(measure)} for measure in analysis.measures}
    swings = {swing.name: (swing.low, swing.middle, swing.high) for swing in analysis.swings}
    for row in analysis.of(analysis.leading)[:MOST_INPUTS]:
        values = [value_words(by_name[measure][row.name]) for measure in analysis.measures]
        levels = [_level(analysis, value) for value in swings.get(row.name, ())]
        yield [row.name, *values, *(levels or ["", "", ""])]
    if analysis.leading in analysis.floors:
        floor = f"to {fixed(analysis.floors[analysis.leading], 2)}"
        yield ["(without effect)", *(floor if m == analysis.leading else "" for m in analysis.measures), "", "", ""]


def value_words(row: MeasureRow) -> str:
    """A value with its interval."""
    if row.measure in (EFFECT, SPREAD):
        half = 0.0 if row.half < ROUNDING * abs(row.value) else row.half
        return number(row.value) + ("" if math.isnan(half) else f" ± {number(half)}")
    return f"{fixed(row.value, 2)} ± {fixed(row.half, 2)}"


def _level(analysis: Sensitivity, value: float) -> str:
    """A level of the outcome; of a point in time the fractions of a year matter."""
    return f"{value:.2f}" if analysis.unit.startswith("calendar year") else number(value)


def _groups(analysis: Sensitivity, by: str) -> list[str]:
    """The groups, as bounds where the inputs of a group were varied one by one."""
    rows = {measure: {row.name: row for row in analysis.of(measure, by)} for measure in analysis.measures}
    names = [row.name for row in analysis.of(analysis.leading, by)]
    return [phrase(WORDS, "group", name, _known({measure: rows[measure][name] for measure in rows})) for name in names]


def _known(rows: dict[str, MeasureRow]) -> dict[str, str]:
    """What is known of one group, by measure."""
    if FIRST in rows and TOTAL in rows:
        first, total = rows[FIRST], rows[TOTAL]
        if not first.how:
            return {"alone": fixed(first.value, 2), "total": fixed(total.value, 2)}
        high = min(1.0, max(total.value, first.value, 0.0))
        return {"low": fixed(max(0.0, first.value), 2), "high": fixed(high, 2)}
    if FIRST in rows:
        return {"how": rows[FIRST].how, "alone": fixed(max(0.0, rows[FIRST].value), 2)}
    row = next(rows[measure] for measure in (EFFECT, PAWN) if measure in rows)
    return {"how": row.how, "effect": number(row.value)}


def _points_words(analysis: Sensitivity) -> Iterator[str]:
    if analysis.left_out:
        yield phrase(WORDS, "left_out", analysis.left_out)
    if analysis.within is not None:
        yield phrase(WORDS, "within_points", analysis.members, fixed(PER_CENT * analysis.within))
