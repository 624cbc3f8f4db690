"""The waterfall of an explanation: from where a number was to where it is, one cause after the other."""

from pathlib import Path
from textwrap import wrap
from typing import Any

from sim import __version__
from sim.explain.explain import Explanation
from sim.explain.text import SCALES, CauseRow, gathered, rows, subject, unit
from sim.io.formatting import counted, decimals_for, fixed, signed, true_minus
from sim.io.quarters import name_of
from sim.plots import style
from sim.plots.style import DYAD, LOOKS, Frame

SHOWN = 9
STEP = 0.42  # inches from one bar to the next
BELOW_TITLE = "Mean over worlds; the parts add up to the change. In brackets: the entry of the scenario behind a cause."
WORDS = 5.2  # inches left of the bars
LETTERS = 58  # on a line left of the bars


def write_waterfall(explanation: Explanation, folder: Path) -> tuple[Path, Path]:
    """The waterfall as PNG and as SVG in a folder, which is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    with style.our_look():
        return style.write_picture(lambda: waterfall(explanation), folder, file_name(explanation))


def file_name(explanation: Explanation) -> str:
    """Name of the picture's files, without an ending."""
    one, question = explanation.question.series, explanation.question
    base = explanation.baseline.id if explanation.baseline else "baseline"
    since = ["against", base] if question.since is None else ["since", name_of(question.since)]
    words = ["explain", one.variable, one.actor, one.counterpart, name_of(question.quarter), *since]
    return "-".join(word for word in words if word)


def waterfall(explanation: Explanation) -> Frame:
    """Bars from the first value to the last, the largest cause first."""
    one, question = explanation.question.series, explanation.question
    shown = gathered(rows(explanation), SHOWN)
    ours = LOOKS.get(one.actor, DYAD) if one.variable not in ("tension", "hazard", "dialogue") else DYAD
    lines = [f"Scenario: {explanation.scenario.title}", f"Explained: {_when(explanation)}", BELOW_TITLE]
    key = [style.key_bar("raises it", ours, is_filled=True), style.key_bar("lowers it", ours, is_filled=False)]
    title = f"{subject(one)}: why it moved"
    height = STEP * (len(shown) + 2)
    made = style.frame(title, lines, key, _footer(explanation), height + 0.95)
    axes = made.panel(WORDS, -0.1, style.WIDTH - WORDS - 0.95, height)
    _draw(axes, explanation, shown, ours)
    axes.set_xlabel(unit(one) if question.since is not None else f"{unit(one)}, in {name_of(question.quarter)}")
    return made


def _when(explanation: Explanation) -> str:
    question = explanation.question
    if question.since is None:
        return f"{name_of(question.quarter)}, against {explanation.baseline.id if explanation.baseline else ''}"
    return f"{name_of(question.since)} to {name_of(question.quarter)}"


def _footer(explanation: Explanation) -> str:
    digits = decimals_for([_scaled(explanation, explanation.change)])
    worlds = counted(explanation.members, "world")
    return f"armsrace {__version__}; {worlds}; middle world's change {signed(_scaled(explanation, explanation.median), digits)}; modelled"


def _scaled(explanation: Explanation, value: float) -> float:
    return SCALES.get(explanation.question.series.variable, 1.0) * value


def _draw(axes: Any, explanation: Explanation, shown: list[CauseRow], ours: style.Look) -> None:
    """The bars from above to below, a thin line from each end to the next bar, and every part in figures."""
    before, after = (_scaled(explanation, value) for value in (explanation.before, explanation.after))
    digits = decimals_for([_scaled(explanation, explanation.change)])
    reached, ends, labels = before, [before, after], [_start_words(explanation)]
    axes.plot([before], [0], marker="D", color=style.INK, markersize=8, linestyle="")
    for place, row in enumerate(shown, start=1):
        style.draw_bar(axes, place, reached, row.value, ours)
        axes.plot([reached, reached], [place - 1, place], color=style.QUIET, linewidth=0.8, zorder=1)
        reached += row.value
        ends.append(reached)
        labels.append(_label(row))
    axes.plot([reached, reached], [len(shown), len(shown) + 1], color=style.QUIET, linewidth=0.8, zorder=1)
    axes.plot([after], [len(shown) + 1], marker="D", color=style.INK, markersize=8, linestyle="")
    labels.append(_end_words(explanation))
    _lay(axes, ends, labels)
    texts = [fixed(before, digits), *(signed(row.value, digits) for row in shown), fixed(after, digits)]
    style.label_bars(axes, texts)


def _label(row: CauseRow) -> str:
    """A cause and its entry, on two lines where one is too short."""
    words = f"{row.words}{f' ({row.event})' if row.event else ''}"
    return "\n".join(wrap(style.shortened(words, 2 * LETTERS), LETTERS, break_on_hyphens=False))


def _start_words(explanation: Explanation) -> str:
    since = explanation.question.since
    return (
        f"mean in {name_of(since)}"
        if since is not None
        else f"mean in {explanation.baseline.id if explanation.baseline else ''}"
    )


def _end_words(explanation: Explanation) -> str:
    if explanation.question.since is None:
        return f"mean in {explanation.scenario.id}"
    return f"mean in {name_of(explanation.question.quarter)}"


def _lay(axes: Any, ends: list[float], labels: list[str]) -> None:
    """Axes that hold all ends, with the words at the left."""
    low, high = min(ends), max(ends)
    span = high - low or abs(high) or 1.0
    axes.set_xlim(low - 0.06 * span, high + 0.06 * span)
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.set_yticks(range(len(labels)), labels)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.locator_params(axis="x", nbins=6)
    axes.xaxis.set_major_formatter(lambda value, _: true_minus(f"{value:,.6g}"))
