"""The text that `armsrace explain` prints: a few sentences, and a table of the causes."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from sim.explain.explain import Explanation
from sim.explain.text import SCALES, digits_for, gathered, rows, sentences, signed, unit
from sim.io.terminal import paragraph, table

ALONE = "Each of the scenario's differences alone, and what they do together beyond that (interaction):"
SCRIPT = "In brackets and in the column entry: the id of what the scenario makes happen; armsrace show {id} tells its source."
MEANS = "The parts are means over worlds, which add up; in any one world they can be larger, smaller or opposite."


def explanation_lines(explanation: Explanation, files: Sequence[Path]) -> Iterator[str]:
    """The lines of the answer."""
    yield from (paragraph(sentence) for sentence in sentences(explanation))
    yield ""
    yield _table(explanation)
    yield ""
    yield paragraph(MEANS)
    yield paragraph(SCRIPT.format(id=explanation.scenario.id))
    yield from _alone(explanation)
    if files:
        yield ""
        yield paragraph(f"Picture: {', '.join(str(file) for file in files)}")


def _table(explanation: Explanation) -> str:
    shown = gathered(rows(explanation))
    digits = digits_for([SCALES.get(explanation.question.series.variable, 1.0) * explanation.change])
    cells = [(row.words, row.event, signed(row.value, digits), share(row.value, shown)) for row in shown]
    total = sum(row.value for row in shown)
    cells.append(("the change", "", signed(total, digits), "100 %"))
    return table(
        ("cause", "entry", unit(explanation.question.series), "of the change"), cells, right=(2, 3), wrap=(0, 1, 2)
    )


def share(value: float, shown: Sequence[object]) -> str:
    total = sum(row.value for row in shown)  # type: ignore[attr-defined]
    return f"{round(100.0 * value / total)} %".replace("-", "−") if total else ""


def _alone(explanation: Explanation) -> Iterator[str]:
    if explanation.alone:
        scale = SCALES.get(explanation.question.series.variable, 1.0)
        digits = digits_for([scale * explanation.change])
        yield ""
        yield paragraph(ALONE)
        yield from (f"  {signed(scale * value, digits):>10}  {name}" for name, value in explanation.alone)
