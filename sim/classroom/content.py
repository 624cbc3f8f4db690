"""What the page holds: the model with every scenario's script, series, actors, sliders, theories, sources, lessons, the game."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from sim.classroom.lessons import lesson_rows
from sim.classroom.model_data import Scripts, model_data, scenario_data, untouched
from sim.classroom.own_events import own_events
from sim.classroom.sliders import lever_rows, levers
from sim.classroom.teams import game
from sim.data.actors import load_actors
from sim.data.tables import EVENTS_DOCUMENTED_UNTIL, sources
from sim.io.errors import refusal
from sim.io.quarters import COUNT, index_of, name_of
from sim.model.network import FIRST as ONE
from sim.model.network import FOLLOWED, MISSION, SECOND, network
from sim.model.theories import theories
from sim.model.variables import Series, all_series
from sim.plots.timeline import event_words
from sim.scenario.event import EventBase
from sim.scenario.loading import Scenario, list_scenarios, load_scenario

FIRST = "skydagger-delivery"
RECORDS = ("baseline", "skydagger-delivery")  # the documented history, the second with the delivery of October 2025
ON_RECORD, ASSUMED, WHAT_IF = "record", "assumed", "what-if"
UNSIGNED = "unsigned text"
OURS = "the modellers"
LINES = (
    Series("attitude", ONE, FOLLOWED),
    Series("tension", ONE, SECOND),
    Series("hazard", ONE, SECOND),
    *(Series("spending", state) for state in (ONE, SECOND, FOLLOWED)),
    Series("attitude", SECOND, FOLLOWED),
    Series("attitude", FOLLOWED, ONE),
    Series("attitude", FOLLOWED, SECOND),
    Series("attitude", ONE, SECOND),
    Series("attitude", SECOND, ONE),
    *(Series("threat", state) for state in (ONE, SECOND)),
    *(Series(kind, state) for kind in ("loitering", "uav", "air_defence") for state in (ONE, SECOND)),
    *(Series("capability", state) for state in (ONE, SECOND)),
    Series("troops", MISSION),
    Series("dialogue", ONE, SECOND),
)


def content(own: Sequence[Scenario] = ()) -> dict[str, Any]:
    """Everything that the page holds but its words; scenarios of one's own are last, so that shipped ones have one code everywhere."""
    scripts = Scripts(untouched(), _told)
    scenarios = [*own, *(load_scenario(listing.id) for listing in list_scenarios())]
    by_id = {scenario.id: scenario for scenario in scenarios}
    rows = [_scenario_row(scenario, by_id) for scenario in scenarios]
    data = {
        **model_data(recorded()),
        "scripts": {id_: scenario_data(scenario, scripts) for id_, scenario in by_id.items()},
        "levers": lever_rows(by_id[FIRST], scripts),
        "own": own_events(scripts),
        "game": game(scripts),
        "events": scripts.events,
        "sizes": scripts.size_rows(),
    }
    lessons = lesson_rows()
    cited = {one["document"] for lesson in lessons for one in lesson["sources"]}
    cited |= {one.document for one in theories().values()}
    cited |= {row.get("source") for row in (*data["events"], *data["levers"])}
    return data | {
        "quarter_names": [name_of(number) for number in range(COUNT)],
        "recorded_until": index_of(EVENTS_DOCUMENTED_UNTIL),
        "series": [{"key": one.name} for one in LINES],
        "scenarios": sorted(rows, key=lambda row: (row["group"] == "own", row["compare_to"] is None)),
        "first": FIRST,
        "theory_rows": [{"name": name, "document": one.document, "quote": one.quote} for name, one in theories().items()],
        "actors": {actor.code: actor.short or actor.name for actor in load_actors().actors},
        "places": {actor.code: actor.class_map.model_dump() for actor in load_actors().actors if actor.class_map},
        "ties": [f"{actor}.{counterpart}" for actor, counterpart in network().ties],
        "sources": {key: _source_line(key) for key in sources() if key in cited},
        "lessons": lessons,
    }  # fmt: skip


@cache
def recorded() -> tuple[Series, ...]:
    """Every series that the page may record: its lines, and what the map shows."""
    attitudes = tuple(Series("attitude", *tie) for tie in network().ties)
    deliveries = tuple(series for series in all_series() if series.variable == "deliveries")
    return tuple(dict.fromkeys((*LINES, *attitudes, *deliveries)))


def _scenario_row(scenario: Scenario, known: Mapping[str, Scenario]) -> dict[str, Any]:
    """A scenario without its numbers. Raises InputError where it is compared with one that the page does not have."""
    ref = scenario.compare_to
    base = ref if ref is None or ref in known else load_scenario(ref).id
    if base is not None and base not in known:
        message = "the page does not have this scenario; put its file into the same folder"
        raise refusal(scenario.file, f"{base}: {message}", "compare_to")
    return {
        "id": scenario.id,
        "title": scenario.title,
        "group": scenario.group,
        "compare_to": base,
        "levers": [lever.id for lever in levers().values() if lever.fits(scenario)],
    }


def own_scenarios(folder: Path | None) -> list[Scenario]:
    """The scenarios of a folder. InputError if there is no such folder, if one is wrong, or bears the name of a shipped one."""
    if folder is None:
        return []
    if not folder.is_dir():
        raise refusal(folder, "there is no such folder", "folder")
    shipped = {listing.id for listing in list_scenarios()}
    found = [load_scenario(file) for file in sorted(folder.glob("*.yaml"))]
    for scenario in found:
        if scenario.id in shipped:
            raise refusal(scenario.file, f'a shipped scenario is called "{scenario.id}" too; rename the file')
    return [Scenario(**{**vars(scenario), "group": "own"}) for scenario in found]


# ---- events and sources in words -------------------------------------------------------------------------------------


def _told(event: EventBase, known: Mapping[str, EventBase]) -> dict[str, Any]:
    """What the page tells of an event; nothing of one quarter of a yearly sum, of which there are too many."""
    if event.id.startswith("series."):
        return {}
    arms = {"due_words": event_words(event, dict(known), event.due_label)} if event.due_label else {}
    words, standing = event_words(event, dict(known)), _standing(event)
    told = {"words": words, **arms, "standing": standing, "source": event.source}
    # what other languages make the name of an event from: its type, between whom, and which arms
    deal = known.get(getattr(event, "ref", None) or "", event)
    who = [getattr(deal, field) for field in deal.between] or list(getattr(deal, "parties", ()))
    return {**told, "kind": str(event.plain()["type"]), "who": who, "class": getattr(deal, "weapon_class", "")}


def _standing(event: Any) -> str:
    """Whether an event is on record, a level that the record does not date and the model assumes, or a what-if."""
    if str(event.plain()) not in _history():
        return WHAT_IF
    return ON_RECORD if event.source and event.at <= EVENTS_DOCUMENTED_UNTIL else ASSUMED


@cache
def _history() -> frozenset[str]:
    """Every event of the documented history."""
    return frozenset(str(event.plain()) for id_ in RECORDS for event in load_scenario(id_).events)


def _source_line(key: str) -> dict[str, str]:
    """A source: who, what, where and when; in short; and its leaning."""
    row = sources()[key]
    parts = [row.get("author"), row.get("title"), row.get("outlet"), row.get("date")]
    author, outlet = str(row.get("author") or ""), str(row.get("outlet") or "")
    named = author if author != author.lower() else outlet or author  # "admin" names nobody
    who = re.sub(r"\s*\(.*\)", "", named) or UNSIGNED
    short = [] if who.startswith(OURS) else [who, str(row.get("date") or "")[:4]]
    return {
        "line": ". ".join(str(part) for part in parts if part),
        "short": " ".join(filter(None, short)),
        "leaning": str(row.get("leaning") or ""),
    }
