"""The file of the game of teams, `scenarios/classroom/teams.yaml`, read and checked whole before anybody plays."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from sim.io.assets import data_file
from sim.io.errors import InputError, Problem, Steps, dotted, schema_problems, suggestion
from sim.io.quarters import COUNT, index_of, name_of
from sim.io.yaml_reader import read_yaml
from sim.scenario.event_types import event_adapter
from sim.scenario.loading import list_scenarios

PATRON = "patron"
WAIT = "wait"
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class Policy(_Strict):
    """What a team may do in a turn: events of a scenario file without `id` and `at`.

    needs : TEAM.POLICY of the same turn, without which nothing happens
    """

    id: Text
    title: Text
    needs: str | None = None
    events: list[dict[str, Any]]


class Team(_Strict):
    """Who plays: a capital, or one of the patrons among which a class chooses."""

    code: Text
    name: Text
    role: Literal["state", "patron"]
    policies: Annotated[list[Policy], Field(min_length=1)]


class Example(_Strict):
    """A game that a page without the program goes through: the patron, and each turn's policies by team."""

    patron: Text
    turns: list[dict[str, str]]


class Rules(_Strict):
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
    try:
        found = Rules.model_validate(document.data)
    except ValidationError as error:
        raise InputError(file, schema_problems(error.errors(), document.data, document.line, _fields)) from None
    problems = [Problem(document.line(place), dotted(place), message) for place, message in _problems(found)]
    if problems:
        raise InputError(file, problems)
    return found


def _fields(steps: Steps) -> list[str]:
    kind: type[BaseModel] = (
        Policy if "policies" in steps else Team if "teams" in steps else Example if "example" in steps else Rules
    )
    return list(kind.model_fields)


def _problems(found: Rules) -> Iterator[tuple[Steps, str]]:
    """What only the rest of the project knows: scenario, quarters, partners, events, and the example."""
    scenarios = [one.id for one in list_scenarios()]
    if found.scenario not in scenarios:
        yield ("scenario",), f'there is no scenario "{found.scenario}"{suggestion(found.scenario, scenarios)}'
    try:
        if index_of(found.first) + found.quarters * found.turns > COUNT:
            yield ("turns",), f"the last turn would end after {name_of(COUNT - 1)}; play fewer or shorter turns"
    except ValueError as error:
        yield ("first",), str(error)
    known = {f"{team.code}.{policy.id}" for team in found.teams for policy in team.policies}
    for number, team in enumerate(found.teams):
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
                yield from (((*here, "events", position, *where), message) for where, message in _event_problems(event))
    yield from ((("example", *place), message) for place, message in _example_problems(found))


def _event_problems(event: dict[str, Any]) -> Iterator[tuple[Steps, str]]:
    row = {**{field: value for field, value in event.items() if field != "after"}, "id": "checked", "at": name_of(0)}
    if row.get("until") == "turn":
        row["until"] = name_of(1)
    try:
        event_adapter().validate_python(row)
    except ValidationError as error:
        for one in error.errors():
            yield tuple(step for step in one["loc"] if step in event), str(one["msg"]).removeprefix("Value error, ")


def _example_problems(found: Rules) -> Iterator[tuple[Steps, str]]:
    patron = found.example.patron
    if patron not in [team.code for team in found.teams if team.role == PATRON]:
        yield ("patron",), f'"{patron}" is no patron of this game'
    if len(found.example.turns) != found.turns:
        yield ("turns",), f"{len(found.example.turns)} turns; the game has {found.turns}"
    playing = [team for team in found.teams if team.role != PATRON or team.code == patron]
    for number, turn in enumerate(found.example.turns):
        for team in playing:
            known = [policy.id for policy in team.policies]
            if turn.get(team.code) not in known:
                yield ("turns", number), f"{team.code}: choose one of {', '.join(known)}"
