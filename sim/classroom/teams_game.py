"""The game of teams: policies of `scenarios/classroom/teams.yaml`, and the run that follows from what was chosen."""

from collections.abc import Mapping, Sequence
from typing import Any

from sim.classroom.answers import run_view
from sim.classroom.engine_cache import PreparedRun, asked, scenario_of
from sim.classroom.requests import GameRequest
from sim.classroom.sliders import with_events
from sim.classroom.teams_file import PATRON, Policy, Team, rules
from sim.io.errors import InputError, Problem, refusal, suggestion
from sim.io.quarters import index_of, name_of
from sim.scenario.loading import Scenario


def described() -> dict[str, Any]:
    """What the page must know to play: teams with their policies' titles, and the quarters of the turns."""
    game = rules()
    return {
        "scenario": game.scenario,
        "example": game.example.model_dump(),
        "turns": [{"from": name_of(first), "to": name_of(last)} for first, last in _spans(game.turns)],
        "teams": [_described(team) for team in game.teams],
    }


def _described(team: Team) -> dict[str, Any]:
    policies = [{"id": policy.id, "title": policy.title, "needs": policy.needs} for policy in team.policies]
    return {"code": team.code, "name": team.name, "role": team.role, "policies": policies}


def _spans(count: int) -> list[tuple[int, int]]:
    """First and last quarter of each turn, as numbers."""
    first, length = index_of(rules().first), rules().quarters
    return [(first + turn * length, first + (turn + 1) * length - 1) for turn in range(count)]


def played(request: GameRequest) -> Scenario:
    """The scenario with the events of all that was chosen; InputError lists what is no choice."""
    teams = _teams(request.patron)
    problems = [
        problem for number, turn in enumerate(request.turns) for problem in _problems(f"turns[{number}]", turn, teams)
    ]
    if len(request.turns) > rules().turns:
        problems.append(Problem(None, "turns", f"{len(request.turns)} turns; the game has {rules().turns}"))
    if problems:
        raise InputError("request", problems)
    rows = [row for number, turn in enumerate(request.turns) for row in _events(number, turn, teams)]
    return with_events(scenario_of(rules().scenario), rows)


def _teams(patron: str) -> dict[str, Team]:
    teams = {team.code: team for team in rules().teams}
    patrons = [code for code, team in teams.items() if team.role == PATRON]
    if patron not in patrons:
        raise refusal("request", f"{patron[:40]!r} is no patron of this game{suggestion(patron, patrons)}", "patron")
    return {code: team for code, team in teams.items() if team.role != PATRON or code == patron}


def _problems(where: str, turn: Mapping[str, str], teams: Mapping[str, Team]) -> list[Problem]:
    problems = [Problem(None, f"{where}.{code}", "no such team in this game") for code in turn if code not in teams]
    for code, team in teams.items():
        known = [policy.id for policy in team.policies]
        if turn.get(code) not in known:
            problems.append(Problem(None, f"{where}.{code}", f"choose one of {', '.join(known)}"))
    return problems


def _events(number: int, turn: Mapping[str, str], teams: Mapping[str, Team]) -> list[dict[str, Any]]:
    """Events of one turn, as a scenario file writes them."""
    first, last = _spans(number + 1)[number]
    rows = []
    for code, team in teams.items():
        policy = next(choice for choice in team.policies if choice.id == turn[code])
        if not is_met(policy, turn):
            continue
        for place, event in enumerate(policy.events):
            row = {field: value for field, value in event.items() if field != "after"}
            row["id"] = f"turn-{number + 1}-{code.lower()}-{policy.id}-{place + 1}"
            row["at"] = name_of(first + event.get("after", 0))
            if row.get("until") == "turn":
                row["until"] = name_of(last)
            rows.append(row)
    return rows


def is_met(policy: Policy, turn: Mapping[str, str]) -> bool:
    """Whether the other team chose what a policy needs."""
    if policy.needs is None:
        return True
    code, wanted = policy.needs.split(".")
    return turn.get(code) == wanted


def unmet(request: GameRequest) -> list[list[str]]:
    """For each turn, the teams whose policy came to nothing because another did not join."""
    teams = _teams(request.patron)
    return [_alone(turn, teams) for turn in request.turns]


def _alone(turn: Mapping[str, str], teams: Mapping[str, Team]) -> list[str]:
    chosen = [(code, policy) for code, team in teams.items() for policy in team.policies if policy.id == turn.get(code)]
    return [code for code, policy in chosen if not is_met(policy, turn)]


def answer(request: GameRequest) -> dict[str, Any]:
    """The class's path against what would have been had everybody carried on."""
    scenario = played(request)
    base_run = asked(scenario_of(rules().scenario), {})
    return {"alone": unmet(request), **run_view(PreparedRun(scenario, scenario.digest), base_run)}


def turn_names(turns: Sequence[Mapping[str, str]]) -> str:
    """The choices in one line, for the comment of a scenario file."""
    return "; ".join(
        f"turn {number + 1}: " + ", ".join(f"{code} {choice}" for code, choice in turn.items())
        for number, turn in enumerate(turns)
    )
