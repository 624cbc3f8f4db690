"""The time line of a run: which events are named, in which words, and where they stand."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sim.analysis.results import Run
from sim.data.actors import load_actors
from sim.io.formatting import signed_number
from sim.io.quarters import FIRST_YEAR, PER_YEAR, name_of
from sim.model.distributions import Distribution
from sim.model.network import DOMESTIC, FIRST, FOLLOWED, REGION, SECOND
from sim.plots import draw, style
from sim.rules.draws import CODES, drawn_value
from sim.scenario.event import INCIDENTS

SELLERS = {side: REGION.sellers.get(side, (FOLLOWED,)) for side in (SECOND, FIRST)}
ARMS = {"uav": "armed drones", "loitering": "one-way drones"}
LABELS = 8  # events that are named on the time line


@dataclass(frozen=True)
class Mark:
    """A named event on the time line: its time in years, its words, and the state that receives arms by it, or ""."""

    time: float
    words: str
    receiver: str = ""


def end_time(run: Run) -> float:
    return FIRST_YEAR + run.quarters / PER_YEAR


def event_time(quarter: int) -> float:
    """The beginning of a quarter, in years."""
    return FIRST_YEAR + quarter / PER_YEAR


def draw_time_line(axes: Any, run: Run, named: Sequence[Mark]) -> None:
    """Recorded events as short strokes, and the scenario's own with their words, each on a line of its own."""
    shown = list(named[:LABELS])
    if len(named) > LABELS:
        shown.append(Mark(named[LABELS].time, f"and {len(named) - LABELS} more"))
    draw.time_axis(
        axes, FIRST_YEAR, end_time(run), most=20, label="calendar year; short strokes are the script's other events"
    )
    axes.set(ylim=(0.0, len(shown) + 0.6), yticks=[])
    axes.spines["left"].set_visible(False)
    marked = {event_time(event.quarter) for event in run.scenario.events if not event.id.startswith("series.")}
    axes.vlines(sorted(marked), 0.0, 0.35, color=style.QUIET, linewidth=1.2)
    for number, mark in enumerate(shown):
        row = len(shown) - number
        axes.vlines(mark.time, 0.0, row, color=style.INK, linewidth=1.2, linestyle=style.DOTTED)
        axes.plot([mark.time], [row], "o", color=style.INK, markersize=7)
        draw.name_beside(axes, mark.time, row, mark.words)


def mark_arrivals(axes: Any, named: Sequence[Mark], state: str) -> None:
    """Upright lines where a named event brings arms to a state."""
    for time in sorted({mark.time for mark in named[:LABELS] if mark.receiver == state}):
        axes.axvline(time, color=style.INK, linewidth=1.2, linestyle=style.DOTTED, zorder=1)


def named_events(run: Run) -> list[Mark]:
    """What the scenario adds, changes or leaves out; without a baseline, incidents and the drones of the two states."""
    events = {event.id: event for event in run.scenario.events if event.quarter < run.quarters}
    if run.baseline is None:
        chosen = [(event, "") for event in events.values() if is_of_drones(event, events) or event.row == INCIDENTS]
    else:
        before = {event.id: event for event in run.baseline.events if event.quarter < run.quarters}
        new = [(event, "") for id_, event in events.items() if id_ not in before]
        new += [(e, "changed: ") for id_, e in events.items() if id_ in before and e.plain() != before[id_].plain()]
        chosen = new + [(event, "left out: ") for id_, event in before.items() if id_ not in events]
        events = {**before, **events}
    marks = [mark for mark in labelled(chosen, events) if mark[0] < run.quarters]
    return list(merged(sorted(marks, key=lambda mark: mark[0])))


def labelled(chosen: Sequence[tuple[Any, str]], events: dict[str, Any]) -> Iterator[tuple[int, str, str]]:
    """Quarter, words and receiver of events: of a series what differs from the entry before, of an order the arrival too."""
    last: dict[str, str] = {}
    arriving = {getattr(event, "ref", None) for event in events.values()}
    for event, prefix in chosen:
        words = prefix + event_words(event, events)
        series = event.id.rsplit(".", 1)[0] if event.id.startswith("series.") else ""
        if not series or last.get(series) != words:
            yield event.quarter, words, receiver(event, events)
        last[series] = words
        if event.is_due and event.id not in arriving:
            yield event.end_quarter, prefix + event_words(event, events, event.due_label), event.buyer


def merged(marks: Iterable[tuple[int, str, str]]) -> Iterator[Mark]:
    """Marks in the order of time; what happens in the same words again and again is one mark, at its first time."""
    times: dict[tuple[str, str], list[int]] = {}
    for quarter, words, receiver in marks:
        times.setdefault((words, receiver), []).append(quarter)
    for (words, receiver), quarters in times.items():
        again = f", {len(quarters)} times to {name_of(quarters[-1])}" if len(quarters) > 1 else ""
        yield Mark(event_time(quarters[0]), f"{name_of(quarters[0])}  {words}{again}", receiver)


def receiver(event: Any, events: dict[str, Any]) -> str:
    """The state that gets arms by an event, or ""."""
    return _order_of(event, events).buyer if event.brings_arms else ""


def is_of_drones(event: Any, events: dict[str, Any]) -> bool:
    return receiver(event, events) in SELLERS and _order_of(event, events).weapon_class in ARMS


def _order_of(event: Any, events: dict[str, Any]) -> Any:
    """Of an arrival the order, of any other event the event itself."""
    return events.get(getattr(event, "ref", ""), event)


def event_words(event: Any, events: dict[str, Any], template: str = "") -> str:
    """An event in a few neutral words; the arrival of an order is described by the order."""
    order = _order_of(event, events)
    change = getattr(order, "change", None)
    words = {} if change is None else {"change": f"{signed_number(100 * middle(change))} %"}
    return order.filled(template or event.label_template(), spoken, **words)


def spoken(content: Any) -> str:
    """A field of an event in words; of an uncertain number the middle."""
    if isinstance(content, Distribution):
        return f"{'' if content.kind == 'fixed' else 'about '}{middle(content):.3g}"
    if content == DOMESTIC:
        return "home industry"
    if content in load_actors().codes:
        return load_actors().name(content)
    return ARMS.get(content, content.replace("_", " ")) if isinstance(content, str) else str(content)


def middle(size: Distribution) -> float:
    """The value that half of all draws lie below."""
    return drawn_value(CODES[size.kind], size.centre, size.spread, size.low, size.high, 0.5)
