"""The waterfall of an explanation: from where a number was to where it is, one cause after the other."""

from textwrap import wrap
from typing import Any

from sim.analysis.output import EXPLAINED
from sim.explain.explain import Explanation
from sim.explain.text import CauseRow, digits_of, gathered, rows, scale_of, subject, unit
from sim.io.formatting import counted, fixed, signed, signed_number
from sim.io.quarters import name_of
from sim.plots import draw, style
from sim.plots.registry import Plot
from sim.plots.style import INK, QUIET, Frame, Style
from sim.version import __version__

SHOWN = 9
STEP = 0.42  # inches from one bar to the next
BELOW_TITLE = "Mean over simulations; the parts add up to the change. In brackets: the event behind a cause."
LEFT = 5.2  # inches of words left of the bars
LETTERS = 58  # on a line left of the bars
STEP_LINE = {"color": QUIET, "linewidth": 0.8, "zorder": 1}
END = {"marker": "D", "color": INK, "markersize": 8, "linestyle": ""}


def file_name(explanation: Explanation) -> str:
    """Name of the picture's files, without an ending."""
    series, question = explanation.question.series, explanation.question
    base = explanation.baseline.id if explanation.baseline else "baseline"
    since = ["against", base] if question.since is None else ["since", name_of(question.since)]
    names = [
        EXPLAINED.removesuffix("-"),
        series.variable,
        series.actor,
        series.counterpart,
        name_of(question.quarter),
        *since,
    ]
    return "-".join(name for name in names if name)


def waterfall(explanation: Explanation) -> Frame:
    """Bars from the first value to the last, the largest cause first."""
    series, question = explanation.question.series, explanation.question
    shown = gathered(rows(explanation), SHOWN)
    own = style.style_of(series.variable, series.actor)
    first, last = (f"mean in {end}" for end in _ends(explanation))
    when = f"{name_of(question.quarter)}, against {_ends(explanation)[0]}"
    if question.since is not None:
        when = f"{name_of(question.since)} to {name_of(question.quarter)}"
    lines = [f"Scenario: {explanation.scenario.title}", f"Explained: {when}", BELOW_TITLE]
    key = [style.key_patch(f"{way} it", **_bar(own, is_filled=way == "raises")) for way in ("raises", "lowers")]
    height = STEP * (len(shown) + 2)
    made = style.frame(f"{subject(series)}: why it moved", lines, key, _footer(explanation), height + 0.95)
    axes = made.panel(LEFT, -0.1, style.WIDTH - LEFT - 0.95, height)
    _draw(axes, explanation, shown, own)
    _lay(axes, [first, *map(_label, shown), last])
    axes.set_xlabel(unit(series) if question.since is not None else f"{unit(series)}, in {name_of(question.quarter)}")
    return made


def _ends(explanation: Explanation) -> tuple[str, str]:
    """What stands at either end: two quarters, or two scenarios."""
    question = explanation.question
    if question.since is not None:
        return name_of(question.since), name_of(question.quarter)
    return explanation.baseline.id if explanation.baseline else "", explanation.scenario.id


def _bar(own: Style, *, is_filled: bool) -> dict[str, Any]:
    """How a bar that raises or lowers is drawn, told apart without colour too."""
    colour, hatch = (own.colour, None) if is_filled else ("white", "////")
    return {"facecolor": colour, "edgecolor": own.colour, "linewidth": 1.2, "hatch": hatch}


def _footer(explanation: Explanation) -> str:
    simulations = counted(explanation.members, "simulation")
    median = signed(scale_of(explanation) * explanation.median, digits_of(explanation))
    return f"armsrace {__version__}; {simulations}; median change {median}; modelled"


def _draw(axes: Any, explanation: Explanation, shown: list[CauseRow], own: Style) -> None:
    """The bars from above to below, a thin line from each end to the next bar, and every part in figures."""
    before, after = (scale_of(explanation) * value for value in (explanation.before, explanation.after))
    digits = digits_of(explanation)
    reached = [before]
    axes.plot([before], [0], **END)
    for place, row in enumerate(shown, start=1):
        bar = _bar(own, is_filled=row.value >= 0.0)
        axes.barh([place], [row.value], left=[reached[-1]], height=0.62, zorder=2, **bar)
        reached.append(reached[-1] + row.value)
    for place, value in enumerate(reached):
        axes.plot([value, value], [place, place + 1], **STEP_LINE)
    axes.plot([after], [len(shown) + 1], **END)
    low, high = min(*reached, after), max(*reached, after)
    span = high - low or abs(high) or 1.0
    axes.set_xlim(low - 0.06 * span, high + 0.06 * span)
    texts = [fixed(before, digits), *(signed(row.value, digits) for row in shown), fixed(after, digits)]
    for place, text in enumerate(texts):
        axes.annotate(text, (1.015, place), xycoords=axes.get_yaxis_transform(), va="center", annotation_clip=False)


def _label(row: CauseRow) -> str:
    """A cause and its entry, on two lines where one is too short."""
    text = f"{row.words}{f' ({row.event})' if row.event else ''}"
    return "\n".join(wrap(style.shortened(text, 2 * LETTERS), LETTERS, break_on_hyphens=False))


def _lay(axes: Any, labels: list[str]) -> None:
    """Rows with their words at the left, and numbers below."""
    draw.row_axis(axes, labels)
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.spines["left"].set_visible(False)
    draw.number_axis(axes, "x", 6, "{:,.6g}")


def words(explanation: Explanation) -> str:
    """The largest steps."""
    largest = "; ".join(f"{row.words} {signed_number(row.value)}" for row in gathered(rows(explanation))[:4])
    return f"Waterfall from the baseline to the scenario; largest steps: {largest}."


PLOT = Plot("explanation", "explanation", waterfall, "Why it moved, cause by cause", words, section="why", place=10)
