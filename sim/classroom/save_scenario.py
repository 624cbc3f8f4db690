"""Keep: what is on the page as a scenario file that `armsrace run` accepts, compared with the untouched scenario."""

from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from sim.classroom.sliders import Position
from sim.io.errors import FORMAT_VERSION
from sim.scenario.event import EventBase
from sim.scenario.events.transfers import Arrival
from sim.scenario.loading import Scenario, to_json


def scenario_text(
    changed: Scenario, untouched: Scenario, base: Scenario | None, title: str, comment: str, theory_name: str | None
) -> str:
    """A scenario file that extends the untouched scenario by all that the class changed, and is compared with the base.

    A theory is no part of the file, since both worlds have it: the first line says how the file is run with it.
    """
    before = {event.id: event for event in untouched.events}
    after = {event.id: event for event in changed.events}
    differing = {id_ for id_, event in after.items() if id_ not in before or before[id_].plain() != event.plain()}
    replaced = _with_arrivals(differing & set(before), before.values())
    content: dict[str, Any] = {
        "format_version": FORMAT_VERSION,
        "title": title,
        "question": untouched.question if base is None else f'What changes against "{base.title}"?',
        "group": "made in class",
        "extends": untouched.id,
        **({} if base is None else {"compare_to": base.id}),
        "comment": comment,
    }
    known = untouched.parameters
    if parameters := {key: to_json(value) for key, value in changed.parameters.items() if known.get(key) != value}:
        content["parameters"] = parameters
    if replaced:
        content["remove"] = sorted(replaced)
    content["events"] = [event.plain() for id_, event in after.items() if id_ in differing | replaced]
    options = "" if theory_name is None else f" --theory {theory_name}"
    head = f"# made with armsrace classroom; run it with: armsrace run FILE{options}\n"
    return head + yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=120)


def _with_arrivals(ids: Iterable[str], events: Iterable[EventBase]) -> set[str]:
    """Ids with those of the arrivals of these orders, which cannot stay when an order is taken out."""
    chosen = set(ids)
    return chosen | {event.id for event in events if isinstance(event, Arrival) and event.ref in chosen}


def comment_of(positions: Mapping[str, Position]) -> str:
    """What the sliders were at, in words."""
    moved = ", ".join(f"{id_} at {value}" for id_, value in positions.items())
    return f"Sliders moved in class: {moved}." if moved else "Nothing was changed in class."
