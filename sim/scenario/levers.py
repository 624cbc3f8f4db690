"""What a scenario changes against another: its events, in groups that hang together, and its parameters."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from sim.scenario.loading import Scenario


def events_changed(scenario: Scenario, baseline: Scenario | None) -> tuple[Any, ...]:
    """Events that only one of two scenarios has, or that differ between them; all of them without a baseline."""
    events = {event.id: event for event in scenario.events}
    base_events = {} if baseline is None else {event.id: event for event in baseline.events}
    removed = tuple(event for id_, event in base_events.items() if id_ not in events)
    changed = (
        event for id_, event in events.items() if id_ not in base_events or event.plain() != base_events[id_].plain()
    )
    return (*changed, *removed)


def levers(base: Scenario, full: Scenario) -> list[tuple[str, frozenset[str]]]:
    """What a scenario changes: groups of events that hang together, and parameters; (name, event ids and keys)."""
    events = {event.id: event for one in (base, full) for event in one.events}
    changed = {event.id for event in events_changed(full, base)}
    groups: dict[str, set[str]] = {}
    for key in sorted(changed):
        groups.setdefault(_leader(key, events), set()).add(key)
    named = [(name, frozenset(group)) for name, group in groups.items()]
    keys = full.parameters.keys() | base.parameters.keys()
    moved = sorted(key for key in keys if full.parameters.get(key) != base.parameters.get(key))
    return named + [(key, frozenset((key,))) for key in moved]


def _leader(key: str, events: dict[str, Any]) -> str:
    """The event that a group is named after: of a delivery its order, of a quarter of a series the series."""
    ref = getattr(events[key], "ref", None)
    name: str = ref if ref is not None else key
    return name.rpartition(".")[0] if name.startswith("series.") else name


def with_lever(base: Scenario, full: Scenario, names: Collection[str]) -> Scenario:
    """A scenario with some of what another changes: event ids and keys of parameters, see `levers`."""
    kept = [event for event in base.events if event.id not in names]
    new = [event for event in full.events if event.id in names]
    events = tuple(sorted([*kept, *new], key=lambda event: event.quarter))
    parameters = {key: value for key, value in base.parameters.items() if key not in names}
    over = {key: value for key, value in full.parameters.items() if key in names}
    return replace(base, events=events, parameters=parameters | over)
