"""The picture of the rival theories: what matters most, each theory a line of its own, told apart without colour."""

from dataclasses import replace
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.findings import first_full_year
from sim.analysis.results import Array, Bands, Run
from sim.data.tables import EVENTS_DOCUMENTED_UNTIL
from sim.io.formatting import in_a_hundred
from sim.io.quarters import FIRST_YEAR, QUARTERS_PER_YEAR, index_of, name_of
from sim.model.network import KOSOVO, SERBIA, TURKEY
from sim.model.variables import Series
from sim.plots import style
from sim.plots.run import BELOW, HEIGHT, QUARTERS_AFTER, QUARTERS_BEFORE, footer, name, part_of, scenario_lines
from sim.plots.style import Frame, Look

if TYPE_CHECKING:
    from sim.analysis.theories import Rivals

# Colours of no actor, dark enough to be told from white by anyone; dash, marker and name tell them apart without.
LOOKS = (Look("#000000", (), "^"), Look("#595959", (6, 2), "s"), Look("#7A7A7A", (1.5, 1.5), "o"))
SIGNS = {"^": "▲", "s": "■", "o": "●"}
ASIDE = 0.19  # years between the ranges of two theories
ROW = 1.52  # inches from the foot of a panel to the next one: the axis, and three lines of words
COLUMN, PANEL, LEFT = 4.0, 1.88, 0.93  # inches; the names of the lines stand to the right of a panel
NARROW = 43  # characters of a theory on a line
DISAGREE = "The documents disagree about what arms do; no direction is asserted here. Above each panel: worlds of 100."


def write_theories_figure(found: "Rivals", folder: Path) -> tuple[Path, Path]:
    """Write the picture as PNG and SVG; the folder is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    with style.our_look():
        return style.write_picture(lambda: theories_figure(found), folder, "theories")


def panels() -> dict[str, Series]:
    """What is shown, and its heading."""
    return {
        "Tension of Serbia and Kosovo": Series("tension", SERBIA, KOSOVO),
        "Hazard of serious incidents": Series("hazard", SERBIA, KOSOVO),
        f"{name(SERBIA)}'s attitude to {name(TURKEY)}": Series("attitude", SERBIA, TURKEY),
        f"Spending of {name(SERBIA)}": Series("spending", SERBIA),
        f"Spending of {name(KOSOVO)}": Series("spending", KOSOVO),
    }


def theories_figure(found: "Rivals") -> Frame:
    """Paired differences under each theory, around the moment of change."""
    run = found.first
    title = "What the scenario changes, under each theory"
    made_by = footer(replace(run, theory=None), "upright lines hold 90 %")
    made = style.frame(title, [*scenario_lines(run), DISAGREE], key(found), made_by, 0.42 + 2 * HEIGHT + ROW + BELOW)
    for number, (heading, one) in enumerate(panels().items()):
        left, down = LEFT + number % 3 * COLUMN, 0.42 + number // 3 * (HEIGHT + ROW)
        draw_panel(made.panel(left, down, PANEL, HEIGHT), found, heading, one)
    made.write(LEFT + 2 * COLUMN - 0.75, made.top + HEIGHT + ROW - 0.28, theory_words(found), linespacing=1.25)
    return made


def theory_words(found: "Rivals") -> str:
    """What each theory means, and the document whose words it rests on."""
    paragraphs = (
        f'{SIGNS[one_look.marker]} {one.name}: {one.meaning}; "{one.quote}" (document {one.document})'
        for one, one_look in zip(found.theories.values(), LOOKS, strict=True)
    )
    return "\n".join(line for text in paragraphs for line in wrap(text, NARROW, subsequent_indent="    "))


def key(found: "Rivals") -> list[Any]:
    """The signs of the theories and of the first effect."""
    return [
        *(style.key_line(f"{theory}: median", one) for theory, one in zip(found.runs, LOOKS, strict=True)),
        style.KEY_CHANGE,
    ]


def draw_panel(axes: Any, found: "Rivals", heading: str, one: Series) -> None:
    """The difference of one series under each theory."""
    change = found.first_effect
    if change is None:
        change = min(index_of(EVENTS_DOCUMENTED_UNTIL), found.first.quarters - 1)
    shown = range(max(0, change - QUARTERS_BEFORE), min(found.first.quarters, change + QUARTERS_AFTER + 1))
    first, last = (FIRST_YEAR + end / QUARTERS_PER_YEAR for end in (shown.start, shown.stop))
    style.lay_time(axes, first, last, most=3)
    is_yearly = one.variable == "spending"
    draw = draw_years if is_yearly else draw_quarters
    when, counted, drawn, ends = draw(axes, found, one, shown, change)
    axes.axhline(0.0, color=style.INK, linewidth=1.0, zorder=1)
    style.lay_values(axes, drawn, "% of the year" if is_yearly else one.unit, zero=True, head=0.24)
    style.label_ends(axes, ends)
    style.mark_change(axes, FIRST_YEAR + change / QUARTERS_PER_YEAR, name_of(change))
    axes.set_title(f"{heading}\n{worlds(when, counted)}", size=style.TYPE)


Drawn = tuple[str, dict[str, tuple[float, float]], list[Array], dict[str, float]]


def draw_quarters(axes: Any, found: "Rivals", one: Series, shown: range, change: int) -> Drawn:
    """Medians by quarter, and the 90 % range of the quarter of change and of each fourth one after it."""
    times = FIRST_YEAR + (np.array(shown) + 0.5) / QUARTERS_PER_YEAR
    ranged = [
        place
        for place, quarter in enumerate(shown)
        if quarter in (change, *range(change, shown.stop - 2, QUARTERS_PER_YEAR))
    ]
    bands = {theory: part(run, one, list(shown)) for theory, run in found.runs.items()}
    ends, drawn = draw_theories(axes, times, bands, ranged)
    counted = {theory: counts(band, ranged[0]) for theory, band in bands.items()}
    return name_of(shown[ranged[0]]), counted, drawn, ends


def draw_years(axes: Any, found: "Rivals", one: Series, shown: range, change: int) -> Drawn:
    """Medians and 90 % ranges by calendar year."""
    run = found.first
    years = [year for year in run.years if shown.start < QUARTERS_PER_YEAR * (year - FIRST_YEAR + 1) - 2 < shown.stop]
    whole = [place for place, year in enumerate(years) if year >= first_full_year(change)] or [len(years) - 1]
    places = [year - FIRST_YEAR for year in years]
    bands = {theory: yearly(one_run, one, places) for theory, one_run in found.runs.items()}
    ends, drawn = draw_theories(axes, np.array(years) + 0.5, bands, list(range(len(years))))
    return str(years[whole[0]]), {theory: counts(band, whole[0]) for theory, band in bands.items()}, drawn, ends


def draw_theories(
    axes: Any, times: Array, bands: dict[str, Bands], ranged: list[int]
) -> tuple[dict[str, float], list[Array]]:
    """A line for each theory, and upright ranges beside each other; returns the ends of the lines and what was drawn."""
    ends, drawn = {}, []
    for number, ((theory, band), one) in enumerate(zip(bands.items(), LOOKS, strict=True)):
        aside = ASIDE * number  # to the right, so that no range stands before the change
        low, high = band.quantiles[0], band.quantiles[-1]
        axes.vlines(times[ranged] + aside, low[ranged], high[ranged], color=one.colour, linewidth=2.2, alpha=0.8)
        axes.plot(times, band.median, color=one.colour, linestyle=one.linestyle, linewidth=1.8)
        axes.plot(
            (times + aside)[ranged], band.median[ranged], linestyle="", color=one.colour, marker=one.marker, markersize=7,
            markeredgecolor="white", markeredgewidth=0.8, zorder=5,
        )  # fmt: skip
        ends[f"{SIGNS[one.marker]} {theory}"] = float(band.median[-1])
        drawn += [band.median, low[ranged], high[ranged]]
    return ends, drawn


def part(run: Run, one: Series, places: list[int]) -> Bands:
    difference = run.by_series[one].difference
    assert difference is not None
    return part_of(difference, places)


def yearly(run: Run, one: Series, places: list[int]) -> Bands:
    per_cent = run.by_series[one].yearly_per_cent
    assert per_cent is not None
    return part_of(per_cent, places)


def counts(bands: Bands, place: int) -> tuple[float, float]:
    """Shares of worlds above and below zero."""
    return float(bands.p_positive[place]), float(bands.p_negative[place])


def worlds(when: str, counted: dict[str, tuple[float, float]]) -> str:
    """How many worlds of a hundred rise and fall under each theory; no sign is named."""
    told = (
        f"{SIGNS[one.marker]} {digits(up)}/{digits(down)}"
        for one, (up, down) in zip(LOOKS, counted.values(), strict=True)
    )
    return f"higher/lower in {when}:\n{'   '.join(told)}"


def digits(share: float) -> str:
    """A share of worlds, of a hundred, in digits.

    >>> digits(1.0), digits(0.999), digits(0.0004), digits(0.0)
    ('100', '99', '<1', '0')
    """
    return {"all": "100", "none": "0", "under 1": "<1"}.get(in_a_hundred(share), in_a_hundred(share))
