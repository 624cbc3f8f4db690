"""The time line: the events of a scenario in words, each with its standing and the place in a document that it rests on."""

from functools import cache
from typing import Any

from sim.classroom.engine_cache import load_of
from sim.data.tables import EVENTS_DOCUMENTED_UNTIL, sources
from sim.plots.timeline import event_words
from sim.scenario.event import EventBase
from sim.scenario.loading import Scenario

RECORDS = ("baseline", "skydagger-delivery")  # the documented history, the second with the delivery of October 2025
ON_RECORD, ASSUMED, WHAT_IF = "on record", "assumed", "what-if"


def timeline_rows(scenario: Scenario, base: Scenario | None) -> list[dict[str, Any]]:
    """Events in order of time, with what tells them from the base; of levels that are held, the quarter in which each begins."""
    base_events = {} if base is None else {event.id: event for event in base.events if not _is_yearly(event)}
    events_by_id = {event.id: event for event in scenario.events}
    events = [event for event in scenario.events if not _is_yearly(event)]
    arrived = {getattr(event, "ref", None) for event in events}
    rows = [_row(event, events_by_id, base_events) for event in events]
    rows += [_due_row(event, events_by_id, base_events) for event in events if event.is_due and event.id not in arrived]
    gone = [event for event in base_events.values() if event.id not in events_by_id]
    rows += [{**_row(event, base_events, base_events), "of": "left out"} for event in gone]
    return sorted(rows, key=lambda row: str(row["at"]))


def _is_yearly(event: EventBase) -> bool:
    """Whether an event is one quarter of a yearly sum of Table 1, too many for a time line."""
    return event.id.startswith("series.") and event.series is not None and event.series.is_flow


def _row(event: EventBase, known: dict[str, EventBase], base: dict[str, EventBase]) -> dict[str, Any]:
    own = event.id not in base or base[event.id].plain() != event.plain()
    return {
        "at": event.at,
        "words": event_words(event, known),
        "of": "scenario" if own else "both",
        "standing": standing(event),
        "source": event.source,
        "locator": event.locator,
        "note": event.note,
    }


def _due_row(order: Any, known: dict[str, EventBase], base: dict[str, EventBase]) -> dict[str, Any]:
    """What was ordered comes in the quarter in which it is due, where no event says otherwise."""
    row = _row(order, known, base)
    late = ASSUMED if row["standing"] == ON_RECORD else row["standing"]
    words, note = event_words(order, known, order.due_label), f"due; ordered in {order.at}"
    return {**row, "at": order.due, "words": words, "standing": late, "note": note}


def standing(event: Any) -> str:
    """Whether an event is on record, a level that the record does not date and the model assumes, or a what-if.

    A what-if may name a document too: for the idea, since the event itself never happened.
    """
    if event.plain() not in _history():
        return WHAT_IF
    return ON_RECORD if event.source and event.at <= EVENTS_DOCUMENTED_UNTIL else ASSUMED


@cache
def _history() -> tuple[Any, ...]:
    """Every event of the documented history, as plain data."""
    return tuple(event.plain() for id_ in RECORDS for event in load_of(id_).events)


def source_line(key: str) -> dict[str, Any]:
    """A source in one line: who, what, when, whose voices, and its address if it has one."""
    row = sources()[key]
    parts = [row.get("author"), row.get("title"), row.get("outlet"), row.get("date")]
    return {
        "key": key,
        "line": ". ".join(str(part) for part in parts if part),
        "leaning": row.get("leaning") or "",
        "url": row.get("url") or "",
        "kind": row.get("kind") or "",
    }
