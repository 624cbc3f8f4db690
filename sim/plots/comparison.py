"""All outcomes of a comparison, with all scenarios below each other."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from sim.analysis.comparison import Comparison
from sim.analysis.findings import Finding
from sim.analysis.topics import Topic
from sim.io.formatting import capital
from sim.plots import draw, paths, regret, style
from sim.plots.panels import count_words
from sim.plots.registry import Plot
from sim.plots.style import INK, Frame

NAMES, COUNTS, ROW, BETWEEN = 2.75, 0.95, 0.4, 0.98  # inches
ACROSS = 4  # scenarios in one picture of paths
SCALES = {
    **dict.fromkeys(("relation", "attitude"), "−1 to 1"),
    "tension": "0 to 1",
    "threat": "level",
    "incidents": "number in all",
}
CONVENTION = "Which direction is preferred is a convention, not a finding; --prefer turns it round."
SIGN_NOTE = "Right of each panel: per cent of simulations that are higher / lower than the baseline. Below 95, no direction is asserted."


def write_comparison(compared: Mapping[str, Comparison], folder: Path) -> None:
    """Write all pictures of a comparison: of several theories all in one; of one the paths, too, and regret."""
    first = next(iter(compared.values()))
    if len(compared) > 1:
        PLOT.write(merged(compared), folder)
        return
    PLOT.write(first, folder)
    for start in range(0, len(first.scenarios), ACROSS):
        group = replace(first, scenarios=first.scenarios[start : start + ACROSS])
        paths.PLOT.write(group, folder, f"paths-{start // ACROSS + 1}" if start else "paths")
    if first.regrets:
        regret.PLOT.write(choices(first), folder)


def merged(compared: Mapping[str, Comparison]) -> Comparison:
    """All theories in one: each scenario with a row for every theory."""
    first = next(iter(compared.values()))
    rows = {
        f"{scenario.id} ({theory})": (scenario, one) for scenario in first.scenarios for theory, one in compared.items()
    }
    return replace(
        first,
        theory=None,
        scenarios=tuple(replace(scenario, id=name) for name, (scenario, _) in rows.items()),
        findings={name: one.findings[scenario.id] for name, (scenario, one) in rows.items()},
        bands={name: one.bands[scenario.id] for name, (scenario, one) in rows.items()},
    )


def words(comparison: Comparison) -> str:
    """Of each outcome that is told first, the median and the range under every scenario."""
    told = [
        f"{capital(comparison.topics[place].words)}: "
        + "; ".join(
            f"{scenario.id} {row.change} ({row.band})"
            for scenario, row in zip(comparison.scenarios, comparison.outcomes[place], strict=True)
        )
        for place in comparison.headlines
    ]
    return f"Medians and 90 % ranges, mean of {comparison.when}. {'. '.join(told)}."


def choices(comparison: Comparison) -> regret.Choices:
    """The scenarios of a comparison as choices."""
    is_convention = any(table.aim.is_convention for table in comparison.regrets)
    lines = [
        f"Mean of {comparison.when}, scenarios as choices in the same simulations; baseline: {comparison.baseline.title}",
        CONVENTION if is_convention else "The directions were given by the user.",
    ]
    return regret.Choices(comparison.regrets, lines, paths.footer(comparison))


def ranges(comparison: Comparison) -> Frame:
    """Two columns of panels; in each a row for every scenario with its range."""
    height = ROW * len(comparison.scenarios)
    step = height + BETWEEN
    lines = [f"Mean of {comparison.when}, scenario minus baseline. Baseline: {comparison.baseline.title}", SIGN_NOTE]
    key = style.key_of("median", linestyle="", marker="o", markerfacecolor="white", markeredgecolor=INK)
    title = "What the scenarios change, in the same simulations"
    made = style.frame(title, lines, key, paths.footer(comparison), 0.1 + (len(comparison.shown) + 1) // 2 * step)
    width = (style.WIDTH - NAMES - 2 * COUNTS - 0.35) / 2
    columns = [(NAMES, width), (NAMES + (width + COUNTS + 0.35), width)]
    for axes, _, (row, number) in made.grid(enumerate(comparison.shown), columns, step, height, 0.1):
        topic = comparison.topics[number]
        named = [style.shortened(scenario.id, 29) for scenario in comparison.scenarios] if row % 2 == 0 else []
        draw.row_axis(axes, named, len(comparison.scenarios))
        draw_ranges(axes, comparison, number, topic)
    return made


def draw_ranges(axes: Any, comparison: Comparison, number: int, topic: Topic) -> None:
    """The range of one outcome under every scenario, and how many simulations go which way."""
    axes.axvline(0.0, color=INK, linewidth=1.0, zorder=1)
    colour = style.style_of(topic.variable, topic.actor).colour
    beside: dict[str, Any] = {"xytext": (6, 0), "textcoords": "offset points", "va": "center"}
    for place, scenario in enumerate(comparison.scenarios):
        bands = comparison.bands[scenario.id][number]
        draw.row_range(axes, place, bands, colour, (4.0, 10.0), color="white", markeredgecolor=INK)
        words = counts(comparison.findings[scenario.id][number])
        axes.annotate(words, (1.0, place), xycoords=axes.get_yaxis_transform(), **beside)
    axes.margins(x=0.06)
    draw.number_axis(axes, "x", 4)
    heading = f"{capital(topic.words)}, {topic.unit or SCALES[topic.variable]}"
    axes.set_title(style.shortened(heading, 56), size=style.TYPE)


def counts(row: Finding) -> str:
    """Simulations of a hundred above and below the baseline.

    >>> from sim.analysis.comparison import INCIDENTS
    >>> counts(Finding(INCIDENTS, "2026", 1.0, 0.5, 2.0, 0.999, 0.0004))
    '99 / <1'
    """
    return f"{count_words(row.p_positive)} / {count_words(row.p_negative)}"


PLOT = Plot("comparison", "comparison", ranges, "What the scenarios change", words, section="answer", place=10)
