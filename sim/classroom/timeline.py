"""The time line: the events of a scenario in words, each with its standing and the place in a document that it rests on."""

from functools import cache
from typing import Any

from sim.classroom.engine_cache import load_of
from sim.data.tables import EVENTS_DOCUMENTED_UNTIL, sources
from sim.plots.timeline import event_words
from sim.scenario.events import Order
from sim.scenario.loading import Scenario

RECORDS = ("baseline", "skydagger-delivery")  # the documented history, the second with the delivery of October 2025
ON_RECORD, ASSUMED, WHAT_IF = "on record", "assumed", "what-if"


def told_events(scenario: Scenario, base: Scenario | None) -> list[dict[str, Any]]:
    """Events in order of time, with what tells them from the base; of levels that are held, the quarter in which each begins."""
    before = {} if base is None else {event.id: event.plain() for event in base.events}
    known = {event.id: event for event in scenario.events}
    events = [event for event in scenario.events if not _is_yearly(event)]
    arrived = {getattr(event, "ref", None) for event in events}
    orders = [event for event in events if isinstance(event, Order)]
    due = [_arrival(order, known, before) for order in orders if order.due and order.id not in arrived]
    rows = [*(_row(event, known, before) for event in events), *due]
    gone = [] if base is None else [event for event in base.events if event.id not in known and not _is_yearly(event)]
    rows += [{**_row(event, {one.id: one for one in base.events}, before), "of": "left out"} for event in gone if base]
    return sorted(rows, key=lambda row: str(row["at"]))


def _is_yearly(event: Any) -> bool:
    """Whether an event is one quarter of a yearly sum of Table 1, too many for a time line."""
    return bool(event.id.startswith("series.deliveries."))


def _row(event: Any, known: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    own = not before or event.id not in before or before[event.id] != event.plain()
    return {
        "at": event.at,
        "words": event_words(event, known),
        "of": "scenario" if own else "both",
        "standing": standing(event),
        "source": event.source,
        "locator": event.locator,
        "note": event.note,
    }


def _arrival(order: Order, known: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    """What was ordered comes in the quarter in which it is due, where no event says otherwise."""
    row = _row(order, known, before)
    late = ASSUMED if row["standing"] == ON_RECORD else row["standing"]
    note = f"due; ordered in {order.at}"
    return {**row, "at": order.due, "words": event_words(order, known, "deliver"), "standing": late, "note": note}


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


def told_source(key: str) -> dict[str, Any]:
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
