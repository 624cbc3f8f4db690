"""The time line of a run: a row for each kind of event, and the scenario's own events in words."""

from textwrap import wrap
from typing import Any

from sim.analysis.results import Run
from sim.io.quarters import FIRST_YEAR
from sim.plots import draw, panels, style
from sim.plots.registry import Plot
from sim.plots.style import INK, QUIET, Frame
from sim.plots.timeline import end_time, event_time, named_events
from sim.scenario.event import ROWS

TITLE = "What happens, and when"
NAMED = 8  # events that are told in words
SHARED: dict[str, Any] = {"markersize": 7, "markerfacecolor": "white", "markeredgecolor": QUIET, "markeredgewidth": 1.6}
OWN: dict[str, Any] = {"markersize": 9, "color": INK}


def events(run: Run) -> Frame:
    """The rows of marks, and below them the named events."""
    lines = [line for mark in named_events(run)[:NAMED] for line in wrap(mark.words, 70)]
    strip = 0.5 * len(ROWS) + 0.25
    room = strip + 0.95 + 0.27 * (len(lines) + 1)
    heading = "Of this scenario:" if run.baseline else "Incidents and drones on record:"
    made = panels.framed(run, TITLE, key(run), room + 0.4)
    axes = made.panel(3.1, -0.2, style.WIDTH - 3.1 - style.RIGHT, strip)
    draw.time_axis(axes, FIRST_YEAR, end_time(run), most=20)
    draw.record_shade(axes, panels.EVENTS_RECORDED_UNTIL)
    draw_events(axes, run)
    made.write(0.25, made.top + strip + 0.62, heading, weight="bold")
    for number, line in enumerate(lines or ["nothing; it is the record itself"]):
        made.write(0.25, made.top + strip + 0.9 + 0.27 * number, line)
    return made


def key(run: Run) -> list[Any]:
    """The signs in words."""
    shared = style.key_marker("on record, with the scenario and without" if run.baseline else "on record", **SHARED)
    own = [style.key_marker("of this scenario", **OWN)] if run.baseline else []
    return [shared, *own, style.key_shade("documented")]


def draw_events(axes: Any, run: Run) -> None:
    """A mark for each event in the row of its kind; those of one quarter beside each other."""
    known = {} if run.baseline is None else {event.id: event.plain() for event in run.baseline.events}
    seen: dict[tuple[int, int], int] = {}
    for event in run.scenario.events:
        is_own = run.baseline is not None and known.get(event.id) != event.plain()
        if event.quarter >= run.quarters or (event.id.startswith("series.") and not is_own):
            continue  # of the record's series only what the scenario changes
        row = len(ROWS) - ROWS.index(event.row)
        beside = seen[row, event.quarter] = seen.get((row, event.quarter), -1) + 1
        shape: dict[str, Any] = {"linestyle": "", "marker": "o", **({"zorder": 4, **OWN} if is_own else SHARED)}
        axes.plot([event_time(event.quarter) + 0.125], [row + 0.24 * beside], **shape)
    axes.set_yticks(list(range(len(ROWS), 0, -1)), ROWS)
    axes.set_ylim(0.6, len(ROWS) + 0.95)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)


def words(run: Run) -> str:
    own = "; ".join(mark.words for mark in named_events(run)[:NAMED])
    return f"A time line of events. Of this scenario: {own or 'nothing'}."


PLOT = Plot("events", "run", events, TITLE, words, section="rests", place=20)
