"""The game of teams, `scenarios/classroom/teams.yaml`: read, checked whole, and compiled for the page, turn by turn."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, ValidationError

from sim.classroom.model_data import Scripts, event_of
from sim.io.assets import data_file
from sim.io.errors import Steps, shown_value, suggestion
from sim.io.quarters import COUNT, index_of, name_of
from sim.io.schema import Schema, validated
from sim.io.yaml_reader import read_yaml
from sim.scenario.loading import list_scenarios

WAIT = "wait"
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Policy(Schema):
    """What a team may do in a turn: events of a scenario file without `id` and `at`.

    points : of the team's budget
    needs  : TEAM.POLICY of the same turn, without which nothing happens
    alone  : events where what it needs is missing
    """

    id: Text
    title: Text
    points: Annotated[int, Field(ge=0, le=9)] = 0
    needs: str | None = None
    events: list[dict[str, Any]] = Field([])
    alone: list[dict[str, Any]] = Field([])


class Aim(Schema):
    """What a team may want: a series, and a second in `also`, at the end of the game, against the game in which everybody waits."""

    title: Text
    series: str
    also: str = ""
    more: bool


class Team(Schema):
    """Who plays: a capital, or one of the patrons among which a class chooses."""

    code: Text
    name: Text
    role: Literal["state", "patron"]
    aims: Annotated[list[Aim], Field(min_length=1)]
    policies: Annotated[list[Policy], Field(min_length=1)]


class Rules(Schema):
    """The game: its scenario, the quarter in which it begins, quarters of a turn, turns, points of each team, teams."""

    format_version: Literal[1]
    scenario: Text
    first: Text
    quarters: Annotated[int, Field(ge=1, le=20)]
    turns: Annotated[int, Field(ge=1, le=20)]
    points: Annotated[int, Field(ge=1, le=99)]
    teams: Annotated[list[Team], Field(min_length=2)]


@cache
def rules() -> Rules:
    """The game as its file describes it; InputError lists all that is wrong with the file."""
    return read_rules(data_file("scenarios", "classroom", "teams.yaml"))


def read_rules(file: Path) -> Rules:
    """A file of the game; InputError lists all that is wrong with it, with lines."""
    document = read_yaml(file)
    game = validated(Rules, document)
    document.refuse(_faults(game))
    return game


def _faults(game: Rules) -> Iterator[tuple[Steps, str]]:
    """What only the rest of the project knows: scenario, quarters, partners and events."""
    scenarios = [scenario.id for scenario in list_scenarios()]
    if game.scenario not in scenarios:
        yield ("scenario",), f'there is no scenario "{game.scenario}"{suggestion(game.scenario, scenarios)}'
    try:
        if index_of(game.first) + game.quarters * game.turns > COUNT:
            yield ("turns",), f"the last turn would end after {name_of(COUNT - 1)}; play fewer or shorter turns"
    except ValueError as error:
        yield ("first",), str(error)
    known = {f"{team.code}.{policy.id}" for team in game.teams for policy in team.policies}
    for number, team in enumerate(game.teams):
        if WAIT not in [policy.id for policy in team.policies]:
            message = f'a team must be able to carry on: add a policy with the id "{WAIT}" and no events'
            yield ("teams", number, "policies"), message
        for place, policy in enumerate(team.policies):
            here = ("teams", number, "policies", place)
            if policy.needs is not None and policy.needs not in known:
                yield (*here, "needs"), f'there is no policy "{policy.needs}"{suggestion(policy.needs, known)}'
            for part in ("events", "alone"):
                for position, event in enumerate(getattr(policy, part)):
                    for where, words in _event_faults(event, game.quarters):
                        yield (*here, part, position, *where), words


def _event_faults(event: Mapping[str, Any], quarters: int) -> Iterator[tuple[Steps, str]]:
    after = event.get("after", 0)
    if type(after) is not int or not 0 <= after < quarters:
        yield ("after",), f"{shown_value(after)} is no quarter of a turn; write 0 to {quarters - 1}"
        return
    try:
        event_of(_row(event, "checked", 0, 1))
    except ValidationError as error:
        for fault in error.errors():
            yield tuple(step for step in fault["loc"] if step in event), str(fault["msg"]).removeprefix("Value error, ")


def _row(event: Mapping[str, Any], id_: str, first: int, last: int) -> dict[str, Any]:
    """An event as a scenario file writes it, in a turn between two quarters."""
    row = {"id": id_, **{field: value for field, value in event.items() if field != "after"}}
    row["at"] = name_of(first + event.get("after", 0))
    if row.get("until") == "turn":
        row["until"] = name_of(last)
    return row


def game(scripts: Scripts) -> dict[str, Any]:
    """The game as the page takes it: teams with their policies, and what each policy does in each turn."""
    told = rules()
    first, length = index_of(told.first), told.quarters
    spans = [(first + turn * length, first + (turn + 1) * length - 1) for turn in range(told.turns)]
    return {
        "scenario": told.scenario,
        "points": told.points,
        "spans": spans,
        "teams": [_team(team, spans, scripts) for team in told.teams],
    }


def _team(team: Team, spans: list[tuple[int, int]], scripts: Scripts) -> dict[str, Any]:
    def compiled(policy: Policy, part: str, turn: int) -> list[dict[str, Any]]:
        """Events of a policy in a turn: what they do, and how a scenario file writes them."""
        stem = f"turn-{turn + 1}-{team.code.lower()}-{policy.id}"
        rows = [_row(one, f"{stem}-{place + 1}", *spans[turn]) for place, one in enumerate(getattr(policy, part))]
        return [{**scripts.event(event_of(row)), "file": row} for row in rows]

    policies = []
    for policy in team.policies:
        turns = [{part: compiled(policy, part, turn) for part in ("events", "alone")} for turn in range(len(spans))]
        policies.append(policy.model_dump(include={"id", "title", "points", "needs"}) | {"turns": turns})
    return {**team.model_dump(include={"code", "name", "role", "aims"}), "policies": policies}
