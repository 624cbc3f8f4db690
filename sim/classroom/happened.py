"""The time line: the events of a scenario in words, each with the place in a document that it rests on."""

from typing import Any

from sim.classroom.engine import compared_with
from sim.scenario import Scenario
from sim.seeds import sources
from sim.timeline import event_words

ASSUMED = "assumed"


def told_events(scenario: Scenario) -> list[dict[str, Any]]:
    """Events in order of time; of levels that are held, the quarter in which each begins."""
    base = compared_with(scenario)
    before = {} if base is None else {event.id: event.plain() for event in base.events}
    known = {event.id: event for event in scenario.events}
    rows = [_row(event, known, before) for event in scenario.events if not _is_yearly(event)]
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
        "source": event.source,
        "locator": event.locator,
        "note": event.note,
    }


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
