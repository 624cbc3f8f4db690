"""The time line of a run: which events are named, in which words, and where they stand."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sim import look
from sim.actors import load_actors
from sim.quarters import FIRST_YEAR
from sim.results import QUARTERS_PER_YEAR, Run
from sim.world import KOSOVO, SERBIA, TURKEY

SELLERS = {KOSOVO: (TURKEY,), SERBIA: (TURKEY, "RUS", "CHN")}
ARMS = {"uav": "armed UAVs", "loitering": "loitering munitions"}
EVENT_WORDS = {
    "accession": "momentum of accession to EU and NATO",
    "agreement": "agreement: {parties}",
    "command": "{nation} commands KFOR",
    "deliver": "delivery: {supplier} to {buyer}, {weapon_class}",
    "dialogue": "dialogue of Belgrade and Pristina",
    "election": "election: {where}",
    "embargo": "embargo: {supplier} sells nothing to {buyer}",
    "force_choice": "choice: {buyer} buys from {supplier} only",
    "forum": "forum of {members}",
    "grant": "grant: {patron} to {recipient}",
    "incident": "{severity} incident",
    "insecurity": "insecurity from outside",
    "kfor": "strength of KFOR",
    "offer": "offer: {supplier} to {buyer}, {weapon_class}",
    "order": "order: {supplier} to {buyer}, {weapon_class}",
    "release_reserve": "reserve of KFOR deployed",
    "statement": "statement: {actor} on {target}",
    "supplement": "budget wish of {actor}",
    "support": "support: {patron} for {recipient}",
    "trade_shock": "shock to the trade of {parties}",
    "unrest": "unrest in {actor}",
    "visit": "visit: {actor} to {target}",
}
LABELS = 6  # events that are named on the time line


@dataclass(frozen=True)
class Mark:
    """An event on the time line: its time in years and, if it is named, its words."""

    time: float
    words: str


def end_time(run: Run) -> float:
    return FIRST_YEAR + run.quarters / QUARTERS_PER_YEAR


def event_time(quarter: int) -> float:
    """The beginning of a quarter, in years."""
    return FIRST_YEAR + quarter / QUARTERS_PER_YEAR


def draw_time_line(axes: Any, run: Run, named: Sequence[Mark]) -> None:
    """Recorded events as short strokes, and the scenario's own with their words, each on a line of its own."""
    shown = list(named[:LABELS])
    if len(named) > LABELS:
        shown.append(Mark(named[LABELS].time, f"and {len(named) - LABELS} more"))
    look.lay_time(
        axes, FIRST_YEAR, end_time(run), most=20, label="calendar year; short strokes are the script's other events"
    )
    axes.set(ylim=(0.0, len(shown) + 0.6), yticks=[])
    axes.spines["left"].set_visible(False)
    others = {event_time(event.quarter) for event in run.scenario.events if not event.id.startswith("series.")}
    axes.vlines(sorted(others), 0.0, 0.35, color=look.QUIET, linewidth=1.2)
    for number, mark in enumerate(shown):
        row = len(shown) - number
        axes.vlines(mark.time, 0.0, row, color=look.INK, linewidth=1.2, linestyle=(0, (1, 2)))
        axes.plot([mark.time], [row], "o", color=look.INK, markersize=7)
        look.name_beside(axes, mark.time, row, mark.words)


def mark_events(axes: Any, named: Sequence[Mark]) -> None:
    for time in sorted({mark.time for mark in named[:LABELS]}):
        axes.axvline(time, color=look.INK, linewidth=1.2, linestyle=(0, (1, 2)), zorder=1)


def named_events(run: Run) -> list[Mark]:
    """What the scenario adds, changes or leaves out; without a baseline, incidents and the drones of the two states."""
    events = {event.id: event for event in run.scenario.events if event.quarter < run.quarters}
    if run.baseline is None:
        chosen = [(event, "") for event in events.values() if is_of_drones(event, events) or event.type == "incident"]
    else:
        before = {event.id: event for event in run.baseline.events if event.quarter < run.quarters}
        new = [(event, "") for id_, event in events.items() if id_ not in before]
        new += [(e, "changed: ") for id_, e in events.items() if id_ in before and e.plain() != before[id_].plain()]
        chosen = new + [(event, "left out: ") for id_, event in before.items() if id_ not in events]
        events = {**before, **events}
    found = sorted(marks(chosen, events), key=lambda mark: mark.time)
    return [mark for mark in found if mark.time < end_time(run)]


def marks(chosen: Sequence[tuple[Any, str]], events: dict[str, Any]) -> Iterator[Mark]:
    """Marks of events; of a series, which has an event a quarter, the first, and of an order with a date the arrival too."""
    begun = set()
    arriving = {getattr(event, "ref", None) for event in events.values()}
    for event, prefix in chosen:
        series = event.id.rsplit(".", 1)[0] if event.id.startswith("series.") else event.id
        if series not in begun:
            begun.add(series)
            yield Mark(event_time(event.quarter), f"{event.at}  {prefix}{event_words(event, events)}")
        if event.type == "order" and event.due is not None and event.id not in arriving:
            yield Mark(event_time(event.end_quarter), f"{event.due}  {prefix}{event_words(event, events, 'deliver')}")


def is_of_drones(event: Any, events: dict[str, Any]) -> bool:
    goods = events.get(getattr(event, "ref", ""), event)
    return event.type == "deliver" and goods.buyer in SELLERS and goods.weapon_class in ARMS


def event_words(event: Any, events: dict[str, Any], kind: str = "") -> str:
    """An event in a few neutral words; the arrival of an order is described by the order."""
    fields = dict(events.get(getattr(event, "ref", ""), event))
    return EVENT_WORDS[kind or event.type].format(**{field: spoken(content) for field, content in fields.items()})


def spoken(content: Any) -> str:
    """A field of an event in words."""
    if isinstance(content, tuple):
        return " and ".join(spoken(part) for part in content)
    if content in load_actors().codes:
        return load_actors().name(content)
    return ARMS.get(content, content.replace("_", " ")) if isinstance(content, str) else str(content)
