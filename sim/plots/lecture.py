"""Pictures for a lecture: twelve states, the time line, the network, what a result rests on, spiral against deterrence."""

from collections.abc import Callable, Sequence
from pathlib import Path
from textwrap import wrap
from typing import Any

from sim.analysis.findings import Finding, Topic
from sim.analysis.incidents import PARTS
from sim.analysis.results import Run
from sim.analysis.variance_shares import VarianceShares
from sim.io.formatting import fixed, signed, true_minus
from sim.io.quarters import FIRST_YEAR, QUARTERS_PER_YEAR
from sim.model.network import network
from sim.model.variables import all_series
from sim.plots import style
from sim.plots.network import network_picture
from sim.plots.run import (
    BELOW,
    EVENTS_RECORDED_UNTIL,
    HEIGHT,
    SPENDING_RECORDED_UNTIL,
    change_name,
    change_time,
    footer,
    name,
    quarter_times,
    scenario_lines,
)
from sim.plots.style import INK, LOOKS, QUIET, Frame, Look
from sim.plots.timeline import end_time, event_time, named_events

COLUMNS = 4
WIDE = (style.WIDTH - 0.78 - 0.3 - 0.72 * (COLUMNS - 1)) / COLUMNS
CHANNEL_WORDS = {
    "spiral": "Spiral alone: arms, tension, risk",
    "deterrence": "Deterrence alone",
    "neither": "Neither of the two",
    "interplay": "What the two do only together",
}
CHANNEL_LOOKS = {
    "spiral": Look("#B3001B", (), "^"),
    "deterrence": Look("#0B5394", (), "v"),
    "neither": Look(QUIET, (), "s"),
    "interplay": Look(INK, (), "D"),
}
OTHERS = "words, votes, budgets, other"  # where a type of event goes that has no row
KINDS = {
    "deliveries, orders, grants": ("deliver", "order", "grant", "offer", "embargo", "force_choice", "support"),
    "agreements, visits, trade": ("agreement", "visit", "accession", "dialogue", "forum", "trade_shock"),
    OTHERS: ("statement", "election", "unrest", "supplement", "insecurity"),
    "incidents": ("incident",),
    "KFOR": ("kfor", "command", "release_reserve"),
}
TORNADO_ROWS = 4


def write_lecture_figures(run: Run, folder: Path) -> tuple[Path, ...]:
    """Write every picture that the run bears as PNG and SVG; the folder is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    drawings: dict[str, Callable[[Run], Frame]] = {"states": states, "events": events}
    if all(one in run.by_series for one in all_series()):  # runs of very many members record the headline only
        drawings["network"] = network_picture
    if tornado_rows(run):
        drawings["tornado"] = tornado
    if run.channels is not None:
        drawings["channels"] = spiral_and_deterrence
    with style.our_look():
        written = [style.write_picture(lambda draw=draw: draw(run), folder, name) for name, draw in drawings.items()]  # type: ignore[misc]
    return tuple(file for pair in written for file in pair)


# ---- twelve states ---------------------------------------------------------------------------------------------------


def states(run: Run) -> Frame:
    """Spending of every state: a panel each, in its colour, on a scale of its own."""
    codes, step = network().states, 1.55 + 0.78
    rows = -(-len(codes) // COLUMNS)
    key = [*style.key_of("scenario: median"), style.key_shade("plans follow the record")]
    if run.baseline is not None:
        key[3:3] = [style.KEY_BASELINE]
    lines = [*scenario_lines(run), "Million 2023 US$ a year, each state on a scale of its own from zero."]
    made = style.frame("Military spending of twelve states", lines, key, footer(run), rows * step + 0.2)
    for place, code in enumerate(codes):
        axes = made.panel(0.78 + place % COLUMNS * (WIDE + 0.72), place // COLUMNS * step, WIDE, 1.55)
        draw_state(axes, run, code)
    return made


def draw_state(axes: Any, run: Run, code: str) -> None:
    """One state: the fan of the scenario, and the median of what it is compared with."""
    contrast, times = run.contrast("spending", code), quarter_times(run)
    style.lay_time(axes, FIRST_YEAR, end_time(run), most=3, label="")
    axes.axvspan(FIRST_YEAR, min(SPENDING_RECORDED_UNTIL, end_time(run)), color=style.SHADE, linewidth=0, zorder=0)
    style.draw_bands(axes, times, contrast.scenario, LOOKS[code])
    shown = [contrast.scenario.quantiles]
    if contrast.baseline is not None:
        style.draw_median(axes, times, contrast.baseline)
        shown.append(contrast.baseline.quantiles)
    style.lay_values(axes, shown, "", zero=True, head=0.06)
    axes.locator_params(axis="y", nbins=4)
    axes.yaxis.set_major_formatter(lambda value, _: fixed(value))
    axes.set_title(name(code))


# ---- the time line ---------------------------------------------------------------------------------------------------


def events(run: Run) -> Frame:
    """What happens and when: a row for each kind of event, and the scenario's own in words."""
    own = named_events(run)
    words = [line for mark in own[:8] for line in wrap(mark.words, 70)]
    strip = 0.5 * len(KINDS) + 0.25
    room = strip + 0.95 + 0.27 * (len(words) + 1)
    title = "What happens, and when"
    named = "Of this scenario:" if run.baseline else "Incidents and drones on record:"
    key: list[Any] = [style.key_event("on record, in both worlds"), style.key_own_event("of this scenario")]
    key = [*(key if run.baseline else [style.key_event("on record")]), style.key_shade("documented")]
    made = style.frame(title, scenario_lines(run), key, footer(run), room + 0.4)
    axes = made.panel(3.1, -0.2, style.WIDTH - 3.1 - style.RIGHT, strip)
    style.lay_time(axes, FIRST_YEAR, end_time(run), most=20)
    style.shade_record(axes, EVENTS_RECORDED_UNTIL)
    draw_events(axes, run)
    made.write(0.25, made.top + strip + 0.62, named, weight="bold")
    for number, line in enumerate(words or ["nothing; it is the record itself"]):
        made.write(0.25, made.top + strip + 0.9 + 0.27 * number, line)
    return made


def draw_events(axes: Any, run: Run) -> None:
    """A mark for each event in the row of its kind; those of one quarter beside each other."""
    known = {} if run.baseline is None else {event.id: event.plain() for event in run.baseline.events}
    rows = {kind: len(KINDS) - number for number, kinds in enumerate(KINDS.values()) for kind in kinds}
    other = len(KINDS) - list(KINDS).index(OTHERS)
    seen: dict[tuple[int, int], int] = {}
    for event in run.scenario.events:
        is_own = run.baseline is not None and known.get(event.id) != event.plain()
        if event.quarter >= run.quarters or (event.id.startswith("series.") and not is_own):
            continue  # of the record's series only what the scenario changes
        row = rows.get(event.type, other)
        beside = seen[row, event.quarter] = seen.get((row, event.quarter), -1) + 1
        style.draw_event(axes, event_time(event.quarter) + 0.125, row + 0.24 * beside, is_own=is_own)
    axes.set_yticks(list(range(len(KINDS), 0, -1)), list(KINDS))
    axes.set_ylim(0.6, len(KINDS) + 0.95)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)


# ---- what a result rests on ------------------------------------------------------------------------------------------


def tornado_rows(run: Run) -> list[tuple[Finding, VarianceShares]]:
    """A line of each topic whose spread is known, those of which the middle world shows anything first."""
    rows: dict[Topic, tuple[Finding, VarianceShares]] = {}
    for row in sorted(run.shown_findings, key=lambda row: not row.median_shown):
        shares = run.variance_shares(row)
        if row.topic not in rows and shares is not None and shares.rests_on:
            rows[row.topic] = (row, shares)
    return list(rows.values())[:TORNADO_ROWS]


def tornado(run: Run) -> Frame:
    """For the first lines of the answer, how far each uncertain number moves them from its lowest to its highest fifth."""
    chosen = dict(tornado_rows(run))
    told = [(row, chosen[row]) for row in run.findings if row in chosen]
    lines = [
        *scenario_lines(run),
        "Bars: median change in the fifth of worlds where a number is lowest (hollow end) to where it is highest (full end).",
        "Behind each number what the figures say of it: pinned, bounded, or assumed.",
    ]
    heights = [0.36 * len(split.rests_on) + 0.2 for _, split in told]
    signs = [style.key_end("lowest fifth", is_full=False), style.key_end("highest fifth", is_full=True)]
    made = style.frame(
        "What the result rests on", lines, signs, footer(run, "bars of medians"), sum(heights) + 1.0 * len(told) + 0.2
    )
    down = 0.0
    for (row, split), height in zip(told, heights, strict=True):
        axes = made.panel(5.1, down, style.WIDTH - 5.1 - 0.5, height)
        draw_tornado(axes, split, row.topic.scale, row.what + (f", {row.topic.unit}" if row.topic.unit else ""))
        down += height + 1.0
    return made


def draw_tornado(axes: Any, split: VarianceShares, scale: float, heading: str) -> None:
    """One line of the answer."""
    for number, one in enumerate(split.rests_on):
        at = len(split.rests_on) - number
        low, high = scale * one.low, scale * one.high
        axes.plot([low, high], [at, at], color=LOOKS["TUR"].colour, linewidth=9, alpha=0.55, solid_capstyle="butt")
        style.draw_end(axes, low, at, is_full=False)
        style.draw_end(axes, high, at, is_full=True)
    axes.axvline(0.0, color=INK, linewidth=1.0, zorder=1)
    labels = [f"{one.key} ({one.word})" for one in split.rests_on]
    axes.set_yticks(range(len(labels), 0, -1), labels)
    axes.set_ylim(0.4, len(labels) + 0.6)
    axes.locator_params(axis="x", nbins=7)
    axes.xaxis.set_major_formatter(lambda value, _: true_minus(f"{value:.6g}"))
    axes.set_title(f"Change of {heading}", x=0.0)


# ---- spiral and deterrence -------------------------------------------------------------------------------------------


def spiral_and_deterrence(run: Run) -> Frame:
    """The change of the risk and its parts, each way switched off in paired runs."""
    assert run.channels is not None
    lines = [
        *scenario_lines(run),
        (
            f"The same pairs of worlds ({run.channels.members}) with either way switched off, and with both. "
            "Means of the parts add up to that of the change."
        ),
    ]
    key = [*style.key_of("mean"), style.KEY_CHANGE]
    title = "Risk of incidents: the spiral against deterrence"
    made = style.frame(title, lines, key, footer(run), 2 * HEIGHT + 1.0 + BELOW)
    bounds = [run.channels.total.quantiles[[0, -1]], *(run.channels.parts[part].quantiles[[0, -1]] for part in PARTS)]
    drawn = [("The whole change", run.channels.total, style.DYAD)]
    drawn += [(CHANNEL_WORDS[part], run.channels.parts[part], CHANNEL_LOOKS[part]) for part in PARTS]
    for number, (heading, bands, one) in enumerate(drawn):
        left, width = style.columns(3)[number % 3]
        axes = made.panel(left, number // 3 * (HEIGHT + 1.0), width, HEIGHT)
        style.lay_time(axes, max(FIRST_YEAR, (change_time(run) or FIRST_YEAR) - 1.0), end_time(run), most=4)
        style.draw_mean_bands(axes, quarter_times(run), bands, one)
        axes.axhline(0.0, color=INK, linewidth=1.0, zorder=1)
        style.lay_values(axes, bounds, "per year", zero=True)
        style.mark_change(axes, change_time(run), change_name(run) if number == 0 else "")
        axes.set_title(heading)
    left, _ = style.columns(3)[2]
    made.write(left - 0.5, made.top + HEIGHT + 1.1, channel_words(run), linespacing=1.3)
    return made


def channel_words(run: Run) -> str:
    """The parts in the first full year and at the end, in numbers."""
    assert run.channels is not None
    rows = []
    for year in (run.years[-1],) if run.first_effect is None else _years(run):
        places = slice((year - FIRST_YEAR) * QUARTERS_PER_YEAR, (year - FIRST_YEAR + 1) * QUARTERS_PER_YEAR)
        whole = run.channels.total.mean[places].mean()
        parts = [f"{part} {signed(run.channels.parts[part].mean[places].mean(), 3)}" for part in PARTS]
        rows += [f"{year}: {signed(whole, 3)} a year, of which", *(f"    {part}" for part in parts), ""]
    return "\n".join(rows)


def _years(run: Run) -> Sequence[int]:
    """The year after the first effect, and the last of the answer."""
    first = FIRST_YEAR + -(-(run.first_effect or 0) // QUARTERS_PER_YEAR)
    wanted = [first, 2030] if first < 2030 else [first]
    return [year for year in wanted if year in run.years] or [run.years[-1]]
