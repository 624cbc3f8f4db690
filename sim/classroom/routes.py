"""The questions that the page asks: a path each, a checked wish, and the answer as JSON."""

import json
from collections.abc import Callable
from typing import Any

from sim.classroom import answers, richardson_plane, teams_game
from sim.classroom.engine_cache import Shelf, asked, compared_with, scenario_of
from sim.classroom.explanation import why
from sim.classroom.initial_payload import start
from sim.classroom.requests import GameWish, RaceWish, RunWish, WhyWish, read_wish
from sim.classroom.save_scenario import comment_of, scenario_text
from sim.classroom.sliders import checked
from sim.classroom.teams_file import rules

JSON, YAML = "application/json", "text/yaml"
ANSWERS_KEPT = 400
Answer = tuple[str, bytes]
_answers: Shelf[bytes] = Shelf(ANSWERS_KEPT)


def as_json(data: Any) -> bytes:
    """Data as compact JSON."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def _kept(name: str, kind: type[Any], find: Callable[[Any], Any]) -> Callable[[Any], Answer]:
    """A question whose answers are kept, since thirty pupils ask the same."""

    def answer(body: Any) -> Answer:
        wish = read_wish(kind, body)
        key = (name, wish.model_dump_json())
        return JSON, _answers.get(key, lambda: as_json(find(wish)))

    return answer


def _run_file(body: Any) -> Answer:
    """The scenario file of a run: compared with the untouched scenario, or with what the page compared it with."""
    wish = read_wish(RunWish, body)
    untouched, positions = scenario_of(wish.scenario), checked(wish.levers)
    changed = asked(untouched, positions, wish.reading).scenario
    base = untouched if wish.compare is None else compared_with(untouched, wish.compare)
    title = f"{untouched.title}, {'as changed' if positions else 'as shown'} in class"
    return YAML, scenario_text(changed, untouched, base, title, comment_of(positions), wish.reading).encode()


def _game_file(body: Any) -> Answer:
    """The scenario file of a game."""
    wish = read_wish(GameWish, body)
    untouched = scenario_of(rules().scenario)
    title, comment = "A game of teams", f"Chosen in class: {teams_game.turn_names(wish.turns)}."
    return YAML, scenario_text(teams_game.played(wish), untouched, untouched, title, comment, None).encode()


GET: dict[str, Callable[[Any], Answer]] = {"/api/start": lambda _: (JSON, as_json(start()))}
POST: dict[str, Callable[[Any], Answer]] = {
    "/api/watch": _kept("watch", RunWish, answers.watch),
    "/api/change": _kept("change", RunWish, answers.change),
    "/api/effects": _kept("effects", RunWish, answers.effects),
    "/api/readings": _kept("readings", RunWish, answers.three_readings),
    "/api/race": _kept("race", RaceWish, richardson_plane.plane),
    "/api/twelve": _kept("twelve", RunWish, richardson_plane.twelve),
    "/api/why": _kept("why", WhyWish, why),
    "/api/game": _kept("game", GameWish, teams_game.answer),
    "/api/scenario-file": _run_file,
    "/api/game-file": _game_file,
}
