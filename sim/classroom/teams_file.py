"""The file of the game of teams, `scenarios/classroom/teams.yaml`, read and checked whole before anybody plays."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, ValidationError

from sim.io.assets import data_file
from sim.io.errors import Steps, suggestion
from sim.io.quarters import COUNT, index_of, name_of
from sim.io.schema import Schema, validated
from sim.io.yaml_reader import read_yaml
from sim.scenario.event_types import event_adapter
from sim.scenario.loading import list_scenarios

PATRON = "patron"
WAIT = "wait"
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Policy(Schema):
    """What a team may do in a turn: events of a scenario file without `id` and `at`.

    needs : TEAM.POLICY of the same turn, without which nothing happens
    """

    id: Text
    title: Text
    needs: str | None = None
    events: list[dict[str, Any]]


class Team(Schema):
    """Who plays: a capital, or one of the patrons among which a class chooses."""

    code: Text
    name: Text
    role: Literal["state", "patron"]
    policies: Annotated[list[Policy], Field(min_length=1)]


class Example(Schema):
    """A game that a page without the program goes through: the patron, and each turn's policies by team."""

    patron: Text
    turns: list[dict[str, str]]


class Rules(Schema):
    """The game: its scenario, the quarter in which it begins, quarters of a turn, turns, teams."""

    format_version: Literal[1]
    scenario: Text
    first: Text
    quarters: Annotated[int, Field(ge=1, le=20)]
    turns: Annotated[int, Field(ge=1, le=20)]
    example: Example
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
    """What only the rest of the project knows: scenario, quarters, partners, events, and the example."""
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
            yield (
                ("teams", number, "policies"),
                f'a team must be able to carry on: add a policy with the id "{WAIT}" and no events',
            )
        for place, policy in enumerate(team.policies):
            here = ("teams", number, "policies", place)
            if policy.needs is not None and policy.needs not in known:
                yield (*here, "needs"), f'there is no policy "{policy.needs}"{suggestion(policy.needs, known)}'
            for position, event in enumerate(policy.events):
                yield from (((*here, "events", position, *where), message) for where, message in _event_faults(event))
    yield from ((("example", *place), message) for place, message in _example_faults(game))


def _event_faults(event: dict[str, Any]) -> Iterator[tuple[Steps, str]]:
    row = {**{field: value for field, value in event.items() if field != "after"}, "id": "checked", "at": name_of(0)}
    if row.get("until") == "turn":
        row["until"] = name_of(1)
    try:
        event_adapter().validate_python(row)
    except ValidationError as error:
        for fault in error.errors():
            yield tuple(step for step in fault["loc"] if step in event), str(fault["msg"]).removeprefix("Value error, ")


def _example_faults(game: Rules) -> Iterator[tuple[Steps, str]]:
    patron = game.example.patron
    if patron not in [team.code for team in game.teams if team.role == PATRON]:
        yield ("patron",), f'"{patron}" is no patron of this game'
    if len(game.example.turns) != game.turns:
        yield ("turns",), f"{len(game.example.turns)} turns; the game has {game.turns}"
    playing = [team for team in game.teams if team.role != PATRON or team.code == patron]
    for number, turn in enumerate(game.example.turns):
        for team in playing:
            known = [policy.id for policy in team.policies]
            if turn.get(team.code) not in known:
                yield ("turns", number), f"{team.code}: choose one of {', '.join(known)}"
