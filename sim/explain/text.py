"""An explanation in words: what moved, by how much, and what each cause is called (templates/causes.yaml, explanation*.txt)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sim.data.actors import actor_name, named, whose
from sim.explain.attribution import Cause
from sim.explain.explain import Explanation, Part
from sim.io.formatting import MINUS, decimals_for, fixed, signed
from sim.io.quarters import name_of
from sim.io.templates import lines, points, wordings
from sim.model.variables import Series
from sim.scenario.event_types import event_models

ROWS = 10  # causes that are told one by one
NAMED_IN_SENTENCE = 3
WORTH_SAYING = 0.1  # share of the change from which a cause is named
SCALES = {"supplier_choice": 100.0}


@dataclass(frozen=True)
class CauseRow:
    """A cause as it is shown: its words, the entry of the script behind it, and its part in the unit that is shown."""

    words: str
    event: str
    value: float
    low: float = 0.0
    high: float = 0.0


# ---- names -----------------------------------------------------------------------------------------------------------


def cause_words(cause: Cause) -> str:
    """What a cause is called.

    >>> cause_words(Cause("arms", "XKX", "loitering", "skydagger-order"))
    "Kosovo's one-way drones"
    """
    arms, composed = (wordings("causes.yaml")[part] for part in ("arms", "composed"))
    one, many = channel_words()
    if cause.channel == "chance":
        return composed["chance_of" if cause.who else "chance"].format(whose=whose(cause.who), what=cause.what)
    pattern = one.get(cause.channel) or cause.channel.replace("_", " ")  # a type of event may say no more than its name
    if not cause.who and "{who" in pattern:
        return many[cause.channel]
    return pattern.format(
        who=named(cause.who), whose=whose(cause.who), to=named(cause.what), what=arms.get(cause.what, cause.what)
    )


@cache
def channel_words() -> tuple[dict[str, str], dict[str, str]]:
    """The ways in which causes act, in words: of one actor, and of many; those of events stand with their types."""
    known, told = wordings("causes.yaml"), [(model.channel, *model.cause) for model in event_models().values()]
    one = {channel: words for channel, words, _ in told if words}
    many = {channel: words for channel, _, words in told if words}
    return {**known["causes"], **one}, {**known["general"], **many}


def subject(series: Series) -> str:
    """The number that moved, at the start of a sentence."""
    pattern: str = wordings("causes.yaml")["subjects"][series.variable]
    return pattern.format(
        actor=actor_name(series.actor), whose=whose(series.actor), counterpart=named(series.counterpart)
    )


def unit(series: Series) -> str:
    scale = f"on the scale {series.unit}".replace("-1", f"{MINUS}1")
    return wordings("causes.yaml")["units"].get(series.variable) or scale


# ---- the causes as rows ----------------------------------------------------------------------------------------------


def rows(explanation: Explanation) -> list[CauseRow]:
    """Causes in the unit that is shown, those that read alike added, the largest first."""
    scale = scale_of(explanation)
    alike: dict[tuple[str, str], list[Part]] = {}
    for part in explanation.parts:
        alike.setdefault((cause_words(part.cause), part.cause.event), []).append(part)
    merged = [
        CauseRow(*words, *(scale * sum(getattr(part, end) for part in parts) for end in ("value", "low", "high")))
        for words, parts in alike.items()
    ]
    return sorted(merged, key=lambda row: -abs(row.value))


def scale_of(explanation: Explanation) -> float:
    """The factor from a number to the unit in which it is shown."""
    return SCALES.get(explanation.question.series.variable, 1.0)


def digits_of(explanation: Explanation) -> int:
    """Decimals of everything that is said of a change."""
    return decimals_for([scale_of(explanation) * explanation.change])


def gathered(shown: Sequence[CauseRow], most: int = ROWS) -> list[CauseRow]:
    """The largest rows, and in one the others and all that would be shown as nothing."""
    least = 0.5 * 10.0 ** -decimals_for((sum(row.value for row in shown),))
    kept = min(most, sum(abs(row.value) >= least for row in shown))
    if len(shown) <= kept + 1:
        return list(shown)
    rest = shown[kept:]
    words = wordings("causes.yaml")["composed"]["gathered"].format(count=len(rest))
    return [*shown[:kept], CauseRow(words, "", sum(row.value for row in rest))]


def cells(explanation: Explanation) -> tuple[list[tuple[str, str, str, str]], str]:
    """Words, event, part and share of each cause that is shown, and the sum of the parts."""
    shown, digits = gathered(rows(explanation)), digits_of(explanation)
    total = sum(row.value for row in shown)
    shares = [f"{fixed(100.0 * row.value / total)} %" if total else "" for row in shown]
    table = [(row.words, row.event, signed(row.value, digits), share) for row, share in zip(shown, shares, strict=True)]
    return table, signed(total, digits)


# ---- sentences -------------------------------------------------------------------------------------------------------


def in_short(explanation: Explanation) -> tuple[str, ...]:
    """Why it moved, and what worked against it, as shares: beside medians of a run no number of its own."""
    return points("explanation_short.txt", **_facts(explanation))


def explanation_lines(explanation: Explanation, files: Sequence[Path]) -> Iterator[str]:
    """The lines of the answer."""
    table, total = cells(explanation)
    scale, digits = scale_of(explanation), digits_of(explanation)
    alone = [(f"{signed(scale * value, digits):>10}", name) for name, value in explanation.alone]
    facts = _facts(explanation)
    yield from lines("explanation_answer.txt", **facts, cells=table, total=total, alone=alone, files=files)


def _facts(explanation: Explanation) -> dict[str, Any]:
    """What the sentences are filled in with."""
    question, scale, digits = explanation.question, scale_of(explanation), digits_of(explanation)
    shown = rows(explanation)
    change = sum(row.value for row in shown)
    told = [row for row in shown if abs(row.value) >= WORTH_SAYING * abs(change)]
    is_scale = question.series.variable not in wordings("causes.yaml")["units"]
    return {
        "scenario": explanation.scenario,
        "baseline": explanation.baseline if question.since is None else None,
        "subject": subject(question.series),
        "unit": "" if is_scale else unit(question.series),
        "scale": unit(question.series) if is_scale else "",
        "quarter": name_of(question.quarter),
        "since": name_of(question.since or 0),
        "members": explanation.members,
        "is_rise": explanation.change >= 0,
        "amount": fixed(abs(scale * explanation.change), digits),
        "before": fixed(scale * explanation.before, digits),
        "after": fixed(scale * explanation.after, digits),
        "median": signed(scale * explanation.median, digits),
        "digits": digits,
        "change": change,
        "along": [row for row in told if row.value * change > 0.0][:NAMED_IN_SENTENCE],
        "against": [row for row in told if row.value * change < 0.0][:NAMED_IN_SENTENCE],
        "count": len(shown),
    }
