"""The questions that the page asks: a path each, a checked wish, and the answer as JSON."""

import json
from collections.abc import Callable
from typing import Any

from sim.classroom import answers, richardson_plane, teams_game
from sim.classroom.engine_cache import LruCache, asked, compared_with, scenario_of
from sim.classroom.explanation import why
from sim.classroom.initial_payload import start
from sim.classroom.requests import GameRequest, RaceRequest, RunRequest, WhyRequest, read_request
from sim.classroom.save_scenario import comment_of, scenario_text
from sim.classroom.sliders import checked
from sim.classroom.teams_file import rules

JSON, YAML = "application/json", "text/yaml"
ANSWERS_KEPT = 400
Answer = tuple[str, bytes]
_answers: LruCache[bytes] = LruCache(ANSWERS_KEPT)


def as_json(data: Any) -> bytes:
    """Data as compact JSON."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def _kept(name: str, kind: type[Any], find: Callable[[Any], Any]) -> Callable[[Any], Answer]:
    """A question whose answers are kept, since thirty pupils ask the same."""

    def answer(body: Any) -> Answer:
        request = read_request(kind, body)
        key = (name, request.model_dump_json())
        return JSON, _answers.get(key, lambda: as_json(find(request)))

    return answer


def _run_file(body: Any) -> Answer:
    """The scenario file of a run: compared with the untouched scenario, or with what the page compared it with."""
    request = read_request(RunRequest, body)
    untouched, positions = scenario_of(request.scenario), checked(request.levers)
    changed = asked(untouched, positions, request.theory).scenario
    base = untouched if request.compare is None else compared_with(untouched, request.compare)
    title = f"{untouched.title}, {'as changed' if positions else 'as shown'} in class"
    return YAML, scenario_text(changed, untouched, base, title, comment_of(positions), request.theory).encode()


def _game_file(body: Any) -> Answer:
    """The scenario file of a game."""
    request = read_request(GameRequest, body)
    untouched = scenario_of(rules().scenario)
    title, comment = "A game of teams", f"Chosen in class: {teams_game.turn_names(request.turns)}."
    return YAML, scenario_text(teams_game.played(request), untouched, untouched, title, comment, None).encode()


GET: dict[str, Callable[[Any], Answer]] = {"/api/start": lambda _: (JSON, as_json(start()))}
POST: dict[str, Callable[[Any], Answer]] = {
    "/api/watch": _kept("watch", RunRequest, answers.watch),
    "/api/change": _kept("change", RunRequest, answers.change),
    "/api/effects": _kept("effects", RunRequest, answers.effects),
    "/api/theories": _kept("theories", RunRequest, answers.three_theories),
    "/api/race": _kept("race", RaceRequest, richardson_plane.plane),
    "/api/region": _kept("region", RunRequest, richardson_plane.region),
    "/api/why": _kept("why", WhyRequest, why),
    "/api/game": _kept("game", GameRequest, teams_game.answer),
    "/api/scenario-file": _run_file,
    "/api/game-file": _game_file,
}
