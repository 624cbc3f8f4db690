"""What the page is given when it opens: scenarios, sliders, theories, actors, the map, lessons, the game."""

from functools import cache
from typing import Any

from sim.classroom import explanation, teams_game
from sim.classroom.engine_cache import MEMBERS, SEED, scenario_of
from sim.classroom.lessons import lesson_rows
from sim.classroom.series_view import described, lines
from sim.classroom.sliders import lever_row, levers
from sim.classroom.timeline import source_line
from sim.data.actors import Actor, load_actors
from sim.data.tables import EVENTS_DOCUMENTED_UNTIL, sources
from sim.ensembles.registry import DEFAULT_FIT
from sim.io.quarters import COUNT, name_of
from sim.model.network import network
from sim.model.theories import theories
from sim.scenario.loading import Scenario, list_scenarios, load_scenario

FIRST = "skydagger-delivery"


@cache
def start() -> dict[str, Any]:
    """Everything about the model that does not depend on a run."""
    return {
        "quarters": [name_of(number) for number in range(COUNT)],
        "recorded_until": EVENTS_DOCUMENTED_UNTIL,
        "members": MEMBERS,
        "seed": SEED,
        "fit": DEFAULT_FIT,
        "series": [described(series) for series in lines()],
        "scenarios": scenario_rows(),
        "first": FIRST,
        "levers": [lever_row(lever) for lever in levers().values()],
        "theories": [{"name": name, "meaning": theory.meaning} for name, theory in theories().items()],
        "actors": [actor_row(actor) for actor in load_actors().actors],
        "ties": [list(tie) for tie in network().ties],
        "sources": {key: source_line(key) for key in sources()},
        "lessons": lesson_rows(),
        "explained": explanation.variables(),
        "game": teams_game.described(),
    }


def actor_row(actor: Actor) -> dict[str, Any]:
    """An actor, with its place on the map if it has one."""
    place = None if actor.class_map is None else actor.class_map.model_dump()
    return {"code": actor.code, "name": actor.name, "short": actor.short or actor.name, "place": place}


def scenario_rows() -> list[dict[str, Any]]:
    """The scenarios of the library that can be read, those that are compared to something first."""
    rows = [scenario_row(scenario_of(listing.id)) for listing in list_scenarios()]
    return sorted(rows, key=lambda row: row["compare_to"] is None)


def scenario_row(scenario: Scenario) -> dict[str, Any]:
    """A scenario without its numbers."""
    base = None if scenario.compare_to is None else load_scenario(scenario.compare_to)
    return {
        "id": scenario.id,
        "title": scenario.title,
        "question": scenario.question,
        "group": scenario.group,
        "expects": scenario.expects,
        "comment": scenario.comment,
        "documents": [dict(citation) for citation in scenario.documents],
        "compare_to": None if base is None else {"id": base.id, "title": base.title},
        "levers": [lever.id for lever in levers().values() if lever.fits(scenario)],
    }
