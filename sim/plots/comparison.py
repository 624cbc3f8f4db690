"""The pictures of a comparison: every outcome with all scenarios below each other, and the same differences over time."""

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from sim import __version__
from sim.analysis.comparison import OUTCOMES, Comparison
from sim.analysis.findings import Finding, Topic
from sim.io.formatting import counted, true_minus
from sim.io.quarters import FIRST_YEAR, QUARTERS_PER_YEAR, name_of, year_of
from sim.plots import style
from sim.plots.regret import digits, write_regret_figure
from sim.plots.run import CONTESTED_TOO, QUARTERS_AFTER, QUARTERS_BEFORE, Panel, draw_difference, wrapped
from sim.plots.style import DYAD, INK, LOOKS, QUIET, Frame, Look

NAMES, COUNTS, ROW, BETWEEN = 2.75, 0.95, 0.4, 0.98  # inches
ACROSS = 4  # scenarios in one picture of paths
SHOWN = (0, 2, 5, 6)  # outcomes whose paths are drawn
HEIGHT, STEP = 1.35, 2.42
CONVENTION = "Which direction is preferred is a convention, not a finding; --prefer turns it round."
SIGN_NOTE = (
    "Right of each panel: worlds of 100 that are higher / lower than the baseline. Below 95, no direction is asserted."
)


def write_comparison_figures(found: Comparison, folder: Path) -> tuple[Path, ...]:
    """Write all pictures as PNG and SVG; the folder is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    groups = [found.scenarios[first : first + ACROSS] for first in range(0, len(found.scenarios), ACROSS)]
    with style.our_look():
        written += style.write_picture(lambda: comparison_figure(found), folder, "comparison")
        for number, group in enumerate(groups):
            name = "paths" if number == 0 else f"paths-{number + 1}"
            written += style.write_picture(lambda group=group: paths_figure(found, group), folder, name)  # type: ignore[misc]
    if found.regrets:
        written += write_regret_figure(found.regrets, regret_notes(found), footer(found), folder)
    return tuple(written)


def regret_notes(found: Comparison) -> list[str]:
    """The lines above the picture of regret."""
    ours = any(one.aim.is_convention for one in found.regrets)
    direction = CONVENTION if ours else "The directions were given by the user."
    return [
        f"Mean of {found.when}, scenarios as choices in the same worlds; baseline: {found.baseline.title}",
        direction,
    ]


def footer(found: Comparison) -> str:
    """What made the picture."""
    members = counted(found.members, "member")
    ensemble = Path(found.fit).name or found.fit
    made = f"armsrace {__version__}, model {found.model_version}, {members}, seed {found.seed}, {ensemble} ensemble"
    return made + ("" if found.theory is None else f', theory "{found.theory}"')


def look_of(one: Topic) -> Look:
    """Pairs have a look of their own, states theirs."""
    return DYAD if one.variable in ("tension", "hazard") else LOOKS[one.actor]


# ---- all scenarios, outcome by outcome -------------------------------------------------------------------------------


def comparison_figure(found: Comparison) -> Frame:
    """Two columns of panels; in each a row for every scenario with its range."""
    height = ROW * len(found.scenarios)
    step = height + BETWEEN
    lines = [f"Mean of {found.when}, scenario minus baseline. Baseline: {found.baseline.title}", SIGN_NOTE]
    title = "What the scenarios change, in the same worlds"
    median, *bands = style.key_of("median")
    median.set(linestyle="", marker="o", markerfacecolor="white", markeredgecolor=INK)
    made = style.frame(title, lines, [median, *bands], footer(found), 0.1 + (len(OUTCOMES) + 1) // 2 * step)
    width = (style.WIDTH - NAMES - 2 * COUNTS - 0.35) / 2
    for number, topic in enumerate(OUTCOMES):
        left = NAMES + number % 2 * (width + COUNTS + 0.35)
        axes = made.panel(left, 0.1 + number // 2 * step, width, height)
        draw_ranges(axes, found, number, topic, named=number % 2 == 0)
    return made


def draw_ranges(axes: Any, found: Comparison, number: int, topic: Topic, *, named: bool) -> None:
    """The range of one outcome under every scenario, and how many worlds go which way."""
    axes.set_ylim(len(found.scenarios) - 0.5, -0.5)
    axes.axvline(0.0, color=INK, linewidth=1.0, zorder=1)
    colour = look_of(topic).colour
    for place, scenario in enumerate(found.scenarios):
        row, bands = found.findings[scenario.id][number], found.bands[scenario.id][number]
        low, lower, median, upper, high = bands
        axes.hlines(place, low, high, color=colour, linewidth=4.0, alpha=style.DARK)
        axes.hlines(place, lower, upper, color=colour, linewidth=10.0, alpha=2 * style.DARK)
        axes.plot(median, place, linestyle="", marker="o", markersize=7, color="white", markeredgecolor=INK, zorder=5)
        beside: dict[str, Any] = {"xytext": (6, 0), "textcoords": "offset points", "va": "center"}
        axes.annotate(counts(row), (1.0, place), xycoords=axes.get_yaxis_transform(), **beside)
    names = [style.shortened(one.id, 29) for one in found.scenarios] if named else []
    axes.set_yticks(range(len(names)), names)
    axes.tick_params(axis="y", length=0)
    axes.margins(x=0.06)
    axes.locator_params(axis="x", nbins=4)
    axes.xaxis.set_major_formatter(lambda value, _: true_minus(f"{value:.6g}"))
    unit = topic.unit or {"relation": "−1 to 1", "tension": "0 to 1", "threat": "log change"}[topic.variable]
    heading = f"{topic.words[:1].upper()}{topic.words[1:]}, {unit}"
    axes.set_title(style.shortened(heading, 56), size=style.TYPE)


def counts(row: Finding) -> str:
    """Worlds of a hundred above and below the baseline.

    >>> from sim.runs.comparison import OUTCOMES
    >>> counts(Finding(OUTCOMES[0], "2026", 1.0, 0.5, 2.0, 0.999, 0.0004, (), False))
    '99 / <1'
    """
    return f"{digits(row.p_positive)} / {digits(row.p_negative)}"


# ---- over time -------------------------------------------------------------------------------------------------------


def paths_figure(found: Comparison, scenarios: Sequence[Any]) -> Frame:
    """A column for each scenario, a row for each outcome, on the same scale along a row."""
    lines = [
        f"Scenario minus baseline in the same worlds. Baseline: {found.baseline.title}",
        CONTESTED_TOO,
    ]
    key = [*style.key_of("median difference", colour=QUIET), style.KEY_CHANGE]
    made = style.frame("What the scenarios change over time", lines, key, footer(found), 0.75 + len(SHOWN) * STEP - 0.3)
    for row, number in enumerate(SHOWN):
        drawn = []
        for (left, width), scenario in zip(style.columns(len(scenarios)), scenarios, strict=False):
            axes = made.panel(left, 0.65 + row * STEP, width, HEIGHT)
            if row == 0:
                made.write(
                    left, made.top - 0.2, style.shortened(scenario.id, int(width * 10)), size=style.HEAD, weight="bold"
                )
            draw_path(axes, found, scenario, number, width, is_top=row == 0)
            drawn.append(axes)
        low, high = min(axes.get_ylim()[0] for axes in drawn), max(axes.get_ylim()[1] for axes in drawn)
        for axes in drawn:
            axes.set_ylim(low, high)
    return made


def draw_path(axes: Any, found: Comparison, scenario: Any, number: int, width: float, *, is_top: bool) -> None:
    """The difference of one outcome under one scenario, from shortly before anything differs."""
    topic, contrast = OUTCOMES[number], found.contrasts[scenario.id][number]
    change = found.first_effect if found.first_effect is not None else found.window[0]
    shown = range(max(0, change - QUARTERS_BEFORE), min(found.quarters, change + QUARTERS_AFTER + 1))
    first, last = (FIRST_YEAR + end / QUARTERS_PER_YEAR for end in (shown.start, shown.stop))
    style.lay_time(axes, first, last, most=3, label="")
    years = tuple(year_of(QUARTERS_PER_YEAR * year) for year in range(found.quarters // QUARTERS_PER_YEAR))
    run: Any = SimpleNamespace(years=years, quarters=found.quarters, scenario=scenario, baseline=found.baseline)
    words = draw_difference(axes, run, Panel(topic.words, contrast, look_of(topic)), shown)
    if found.first_effect is not None:
        style.mark_change(axes, FIRST_YEAR + change / QUARTERS_PER_YEAR, name_of(change) if is_top else "")
    heading = f"{topic.words[:1].upper()}{topic.words[1:]}".removesuffix(" (slow part)")
    axes.set_title(f"{wrapped(heading, width)}\n{wrapped(words, width)}", size=style.TYPE)
