"""The pictures of a run: spending, relations, risk, stocks with events, and for a comparison what the scenario changes.

A picture with differences names a sign only where the 90 % band of the paired difference is clear of zero.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from textwrap import wrap
from typing import Any

import numpy as np

from sim import __version__
from sim.analysis.results import Array, Bands, Contrast, Run
from sim.data.actors import load_actors
from sim.data.tables import EVENTS_DOCUMENTED_UNTIL, OBSERVED_YEARS
from sim.io.quarters import FIRST_YEAR, QUARTERS_PER_YEAR, index_of, name_of
from sim.model.network import KOSOVO, SERBIA, TURKEY
from sim.model.parameters import load_parameters
from sim.model.sign_assumptions import (
    AGREED,
    CONTESTED,
    assumed_signs,
    events_changed,
    is_contested,
    is_moved_by_fear_alone,
    only_events_changed,
)
from sim.plots import style
from sim.plots.style import DYAD, LOOKS, Frame, Look
from sim.plots.timeline import ARMS, LABELS, SELLERS, Mark, draw_time_line, end_time, mark_arrivals, named_events

SPENDING_RECORDED_UNTIL = float(OBSERVED_YEARS[-1] + 1)
EVENTS_RECORDED_UNTIL = FIRST_YEAR + (index_of(EVENTS_DOCUMENTED_UNTIL) + 1) / QUARTERS_PER_YEAR
QUARTERS_BEFORE, QUARTERS_AFTER = 2, 20  # what the overview shows around the moment of change
RECORD = "events on record"
UNCERTAIN = "A sign is named where 95 of 100 worlds agree; (assumed): the priors allow no other sign."
CONTESTED_TOO = "A sign is named where 95 of 100 worlds agree, not for the hazard where arms move; (assumed): the priors allow no other."
LEAST = {"-1 to 1": 0.1, "0 to 1": 0.05, "probability": 0.05, "per year": 0.05}  # a smaller difference looks small
LEAST_PER_CENT = 0.5
HARDLY = 0.05  # share of that below which a difference is called hardly any
HEIGHT, BETWEEN, BELOW = 1.95, 0.95, 0.95  # inches: a panel, from one row of panels to the next, and below the last


def write_figures(run: Run, folder: Path) -> tuple[Path, ...]:
    """Write every picture of a run as PNG and SVG; the folder is made if need be.

    returns : the files, two per picture: four pictures, and the overview where there is a baseline
    """
    folder.mkdir(parents=True, exist_ok=True)
    drawings = {"spending": spending, "relation": relation, "risk": risk, "stocks": stocks}
    if run.baseline is not None:
        drawings["overview"] = overview
    with style.our_look():
        written = [style.write_picture(lambda draw=draw: draw(run), folder, name) for name, draw in drawings.items()]  # type: ignore[misc]
    return tuple(file for pair in written for file in pair)


# ---- words -----------------------------------------------------------------------------------------------------------


def name(code: str) -> str:
    """An actor's English name."""
    return load_actors().name(code)


def footer(run: Run, bands: str = "bands 50 % and 90 %") -> str:
    """What made the picture."""
    members = "1 member" if run.members == 1 else f"{run.members} members"
    made = f"armsrace {__version__}, model {run.model_version}, {members}, seed {run.seed}, {Path(run.fit).name or run.fit} ensemble"
    made += "" if run.theory is None else f', theory "{run.theory}"'
    return f"{made}; all curves are modelled; {bands}"


def scenario_lines(run: Run) -> list[str]:
    """The question that a picture answers."""
    lines = [f"Scenario: {run.scenario.title}"]
    if run.settings:
        lines[0] = f"{style.shortened(lines[0], style.CHARACTERS // 2)}, with {', '.join(run.settings)}"
    return lines if run.baseline is None else [*lines, f"Compared with: {run.baseline.title}"]


def verdict(difference: Bands, times: Sequence[str], *, is_contested: bool = False, is_assumed: bool = False) -> str:
    """When enough worlds move the same way, in words; `times` are the names of the quarters or years of a difference."""
    if not (difference.p_positive.any() or difference.p_negative.any()):
        return "none in any world"
    signs = np.where(difference.p_positive >= AGREED, 1, np.where(difference.p_negative >= AGREED, -1, 0))
    groups = [(sign, list(places)) for sign, places in groupby(range(len(times)), key=lambda place: signs[place])]
    found = [(sign, places) for sign, places in groups if sign != 0]
    if not found or is_contested:
        return "sign not asserted"
    gaps = ""
    if len(found) > 1 and len({sign for sign, _ in found}) == 1:
        found, gaps = [(found[0][0], [found[0][1][0], found[-1][1][-1]])], ", with gaps"
    words = [f"{'higher' if sign > 0 else 'lower'} {stretch(places, times)}" for sign, places in found]
    return ", ".join(words if len(words) < 3 else [*words[:2], "…"]) + gaps + (" (assumed)" if is_assumed else "")


def stretch(places: Sequence[int], times: Sequence[str]) -> str:
    """Consecutive times in words."""
    first, last = times[places[0]], times[places[-1]]
    return f"in {first}" if len(places) == 1 else f"{first}–{last}"


def wrapped(text: str, width: float) -> str:
    """Text for a panel of so many inches, on as many lines as it needs."""
    return "\n".join(wrap(text, int((width + 0.55) * 10.4), break_long_words=False))


# ---- levels above, differences below ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Panel:
    """A series and how it is shown; yearly per cent stand for the difference of spending."""

    heading: str
    contrast: Contrast
    look: Look
    zero: bool = False

    @property
    def unit(self) -> str:
        return self.contrast.series.unit


def quarter_times(run: Run) -> Array:
    """The middle of every quarter, in years."""
    return FIRST_YEAR + (np.arange(run.quarters) + 0.5) / QUARTERS_PER_YEAR


def change_time(run: Run) -> float | None:
    """The beginning of the quarter in which anything but an order first differs, in years."""
    return None if run.first_effect is None else FIRST_YEAR + run.first_effect / QUARTERS_PER_YEAR


def change_name(run: Run) -> str:
    return "" if run.first_effect is None else name_of(run.first_effect)


def spending(run: Run) -> Frame:
    """Military spending of the three states."""
    states = (SERBIA, KOSOVO, TURKEY)
    panels = [Panel(name(state), run.contrast("spending", state), LOOKS[state], True) for state in states]
    title = f"Military spending of {name(SERBIA)}, {name(KOSOVO)} and {name(TURKEY)}"
    return compared(run, title, panels, SPENDING_RECORDED_UNTIL, "plans follow the record", UNCERTAIN)


def relation(run: Run) -> Frame:
    """Serbia's attitude to Türkiye and its two parts."""
    parts = {"relation": "Cooperation (slow)", "rhetoric": "Rhetoric (fast)", "attitude": "Attitude (their sum)"}
    panels = [Panel(words, run.contrast(part, SERBIA, TURKEY), LOOKS[SERBIA]) for part, words in parts.items()]
    title = f"How {name(SERBIA)} sees {name(TURKEY)}: slow cooperation and fast rhetoric"
    return compared(run, title, panels, EVENTS_RECORDED_UNTIL, RECORD, UNCERTAIN)


def risk(run: Run) -> Frame:
    """Tension and the hazard of incidents."""
    headings = {"tension": "Tension", "hazard": "Hazard of serious incidents"}
    panels = [Panel(words, run.contrast(part, SERBIA, KOSOVO), DYAD, True) for part, words in headings.items()]
    title = f"Tension between {name(SERBIA)} and {name(KOSOVO)}, and the risk of incidents in the north"
    return compared(run, title, panels, EVENTS_RECORDED_UNTIL, RECORD, CONTESTED_TOO)


def compared(run: Run, title: str, panels: Sequence[Panel], record: float, shaded: str, note: str) -> Frame:
    """Levels of some series side by side, and below each its paired difference if there is a baseline."""
    colour = panels[0].look.colour if len({panel.look for panel in panels}) == 1 else style.QUIET
    key = [*style.key_of("scenario: median", colour=colour), style.key_shade(shaded)]
    if run.baseline is None:
        made = style.frame(title, scenario_lines(run), key, footer(run), 1.6 * HEIGHT + BELOW)
        for (left, width), panel in zip(style.columns(len(panels)), panels, strict=True):
            draw_levels(made.panel(left, 0.0, width, 1.6 * HEIGHT), run, panel, record, "calendar year")
        return made
    key[3:3] = [style.KEY_BASELINE]
    lines = [*scenario_lines(run), note]
    made = style.frame(title, lines, [*key, style.KEY_CHANGE], footer(run), 2 * HEIGHT + BETWEEN + BELOW)
    for (left, width), panel in zip(style.columns(len(panels)), panels, strict=True):
        axes = made.panel(left, 0.0, width, HEIGHT)
        draw_levels(axes, run, panel, record)
        style.mark_change(axes, change_time(run))
        draw_change(made.panel(left, HEIGHT + BETWEEN, width, HEIGHT), run, panel, width)
    return made


def draw_levels(axes: Any, run: Run, panel: Panel, record: float, label: str = "") -> None:
    """A series in both worlds over the whole run."""
    times, contrast = quarter_times(run), panel.contrast
    style.lay_time(axes, FIRST_YEAR, end_time(run), label=label)
    style.shade_record(axes, record)
    style.draw_bands(axes, times, contrast.scenario, panel.look)
    shown = [contrast.scenario.quantiles]
    if contrast.baseline is not None:
        style.draw_median(axes, times, contrast.baseline)
        shown.append(contrast.baseline.quantiles)
    style.lay_values(axes, shown, panel.unit, zero=panel.zero)
    axes.set_title(panel.heading)


def draw_change(axes: Any, run: Run, panel: Panel, width: float) -> None:
    """The paired difference over the whole run."""
    first = QUARTERS_PER_YEAR * ((run.first_effect or 0) // QUARTERS_PER_YEAR)
    style.lay_time(axes, FIRST_YEAR, end_time(run), label="calendar year")
    words = draw_difference(axes, run, panel, range(first, run.quarters))
    axes.set_title(wrapped(f"Difference: {words}", width), size=style.TYPE)
    style.mark_change(axes, change_time(run), change_name(run))


def draw_difference(axes: Any, run: Run, panel: Panel, shown: range) -> str:
    """The difference over some quarters, or over the years that they touch; returns when it is clear of zero."""
    if panel.contrast.yearly_per_cent is not None:
        ends = {year: QUARTERS_PER_YEAR * (year - FIRST_YEAR + 1) for year in run.years}
        years = [year for year, end in ends.items() if shown.start < end - 2 < shown.stop]
        bands = part_of(panel.contrast.yearly_per_cent, [year - FIRST_YEAR for year in years])
        style.draw_ranges(axes, np.array(years) + 0.5, bands, panel.look)
        names, unit, least = [str(year) for year in years], "per cent,\nby calendar year", LEAST_PER_CENT
    else:
        assert panel.contrast.difference is not None
        bands = part_of(panel.contrast.difference, list(shown))
        style.draw_bands(axes, quarter_times(run)[list(shown)], bands, panel.look)
        names, unit, least = [name_of(quarter) for quarter in shown], panel.unit, LEAST.get(panel.unit, 0.0)
    axes.axhline(0.0, color=style.INK, linewidth=1.0, zorder=1)
    style.lay_values(axes, [bands.quantiles], unit, zero=True, head=0.24, least=least)
    one = panel.contrast.series
    if 0.0 < np.abs(bands.quantiles).max(initial=0.0) < HARDLY * least:
        return "hardly any"
    numbers = load_parameters().with_overrides(run.scenario.parameters)
    asked = one.variable, one.actor, numbers, events_changed(run.scenario, run.baseline)
    followed = CONTESTED[0] if is_moved_by_fear_alone(*asked) else one.variable
    contested = is_contested(followed, only_events_changed(run.scenario, run.baseline))
    is_assumed = followed in CONTESTED or bool(assumed_signs(*asked))
    return verdict(bands, names, is_contested=contested, is_assumed=is_assumed)


def part_of(bands: Bands, places: Sequence[int]) -> Bands:
    """The bands at some of their times."""
    chosen = np.array(places, dtype=int)
    return Bands(bands.quantiles[:, chosen], bands.mean[chosen], bands.p_positive[chosen], bands.p_negative[chosen])


def overview(run: Run) -> Frame:
    """What the scenario changes, around the moment of change."""
    panels = [
        Panel(f"Spending of {name(SERBIA)}", run.contrast("spending", SERBIA), LOOKS[SERBIA]),
        Panel(f"Spending of {name(KOSOVO)}", run.contrast("spending", KOSOVO), LOOKS[KOSOVO]),
        Panel(f"{name(SERBIA)}'s attitude to {name(TURKEY)}", run.contrast("attitude", SERBIA, TURKEY), LOOKS[SERBIA]),
        Panel("Tension", run.contrast("tension", SERBIA, KOSOVO), DYAD),
        Panel("Hazard of incidents", run.contrast("hazard", SERBIA, KOSOVO), DYAD),
        Panel(
            f"Chance of a Turkish UAV for {name(SERBIA)}",
            run.contrast("supplier_choice", SERBIA, TURKEY),
            LOOKS[TURKEY],
        ),
    ]
    lines = [*scenario_lines(run), CONTESTED_TOO]
    key = [*style.key_of("median difference"), style.KEY_CHANGE]
    title = "What the scenario changes: paired differences between the two"
    made = style.frame(title, lines, key, footer(run), 0.2 + 2 * HEIGHT + 1.15 + BELOW)
    for number, panel in enumerate(panels):
        left, width = style.columns(3)[number % 3]
        down = 0.2 + number // 3 * (HEIGHT + 1.15)
        draw_around_change(made.panel(left, down, width, HEIGHT), run, panel, width)
    return made


def draw_around_change(axes: Any, run: Run, panel: Panel, width: float) -> None:
    """One difference from shortly before the worlds part to five years after."""
    change = run.first_effect
    if change is None:
        change = min(index_of(EVENTS_DOCUMENTED_UNTIL), run.quarters - 1)
    shown = range(max(0, change - QUARTERS_BEFORE), min(run.quarters, change + QUARTERS_AFTER + 1))
    first, last = (FIRST_YEAR + end / QUARTERS_PER_YEAR for end in (shown.start, shown.stop))
    style.lay_time(axes, first, last, label="calendar year")
    words = draw_difference(axes, run, panel, shown)
    axes.set_title(f"{panel.heading}\n{wrapped(words, width)}", size=style.TYPE)
    style.mark_change(axes, change_time(run), change_name(run))


# ---- stocks and deliveries -------------------------------------------------------------------------------------------


def stocks(run: Run) -> Frame:
    """Drones held, arms delivered, and what the script makes happen."""
    named = named_events(run)
    strip = 0.3 + 0.27 * min(len(named), LABELS + 1)
    key = [*style.key_of("scenario: median"), style.key_shade(RECORD), style.KEY_EVENT]
    if run.baseline is not None:
        key[3:3] = [style.KEY_BASELINE]
    title = f"Drones held by {name(KOSOVO)} and {name(SERBIA)}, arms delivered, and what happens"
    first_row, next_row = strip + 0.9, HEIGHT + 0.72
    made = style.frame(title, scenario_lines(run), key, footer(run), first_row + next_row + HEIGHT + BELOW)
    draw_time_line(made.panel(style.LEFT, -0.25, style.WIDTH - style.LEFT - style.RIGHT, strip), run, named)
    (first, width), (second, _), (third, _) = style.columns(3)
    for row, state in enumerate((KOSOVO, SERBIA)):
        down, label = first_row + row * next_row, "calendar year" if row == 1 else ""
        for left, arms in ((first, "uav"), (second, "loitering")):
            panel = Panel(f"{name(state)}: {ARMS[arms]}", run.contrast(arms, state), LOOKS[state], True)
            axes = made.panel(left, down, width, HEIGHT)
            draw_levels(axes, run, panel, EVENTS_RECORDED_UNTIL, label)
            mark_arrivals(axes, named, state)
        draw_deliveries(made.panel(third, down, width - 0.5, HEIGHT), run, state, named, label)
    return made


def draw_deliveries(axes: Any, run: Run, buyer: str, named: Sequence[Mark], label: str) -> None:
    """Arms delivered to a state in each year by its main sellers: the mean over worlds, and 90 % of worlds."""
    years = np.array(run.years) + 0.5
    style.lay_time(axes, FIRST_YEAR, end_time(run), label=label)
    style.shade_record(axes, EVENTS_RECORDED_UNTIL)
    ends, shown = {}, []
    for number, seller in enumerate(SELLERS[buyer]):
        contrast = run.contrast("deliveries", buyer, seller)
        aside = years + 0.28 * (number - (len(SELLERS[buyer]) - 1) / 2)
        bounds = QUARTERS_PER_YEAR * contrast.yearly_scenario.quantiles[[0, -1]]
        mean = QUARTERS_PER_YEAR * contrast.yearly_scenario.mean
        style.draw_means(axes, aside, mean, bounds, LOOKS[seller])
        if contrast.yearly_baseline is not None:
            shown.append(QUARTERS_PER_YEAR * contrast.yearly_baseline.mean)
            style.draw_baseline(axes, aside, shown[-1])
        ends[name(seller)] = float(mean[-1])
        shown += [bounds, mean]
    style.lay_values(axes, shown, "million 2023 US$ in the year", zero=True)
    style.label_ends(axes, ends)
    mark_arrivals(axes, named, buyer)
    axes.set_title(f"Deliveries to {name(buyer)}: mean")
