"""Who takes part: the actor table of ``seeds/actors.yaml``. Its order is the order of every sum in the model."""

from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from sim.io.assets import data_file
from sim.io.errors import InputError, Problem, suggestion
from sim.io.yaml_reader import Document, read_yaml

ROLES = ("state", "supplier", "patron", "peacekeeper")


@dataclass(frozen=True)
class Actor:
    """One actor: its code, its English name, and the roles it plays."""

    code: str
    name: str
    roles: tuple[str, ...]


@dataclass(frozen=True)
class ActorTable:
    """All actors in file order."""

    actors: tuple[Actor, ...]

    @cached_property
    def codes(self) -> tuple[str, ...]:
        return tuple(actor.code for actor in self.actors)

    @cached_property
    def states(self) -> tuple[str, ...]:
        return self.with_role("state")

    @cached_property
    def suppliers(self) -> tuple[str, ...]:
        return self.with_role("supplier")

    @cached_property
    def patrons(self) -> tuple[str, ...]:
        return self.with_role("patron")

    def with_role(self, role: str) -> tuple[str, ...]:
        """Codes of the actors that play a role, in file order."""
        return tuple(actor.code for actor in self.actors if role in actor.roles)

    def name(self, code: str) -> str:
        """English name of an actor; KeyError when there is none."""
        return self.actors[self.index(code)].name

    def index(self, code: str) -> int:
        """Place of an actor in the table; KeyError when there is none."""
        if code not in self.codes:
            raise KeyError(f'no actor "{code}"{suggestion(code, self.codes)}')
        return self.codes.index(code)


def load_actors(path: Path | None = None) -> ActorTable:
    """The actor table; the project's own unless another file is named."""
    return _project_actors() if path is None else _read(path)


def actor_name(code: str) -> str:
    """English name of an actor, or its code where it is none of ours."""
    actors = load_actors()
    return actors.name(code) if code in actors.codes else code


@cache
def _project_actors() -> ActorTable:
    return _read(data_file("seeds", "actors.yaml"))


def _read(path: Path) -> ActorTable:
    document = read_yaml(path)
    rows = document.data.get("actors")
    if not isinstance(rows, list) or not rows:
        raise InputError(document.file, [Problem(1, "actors", "missing; add the list of actors")])
    problems = [
        Problem(document.line(("actors", number)), f"actors[{number}]", message)
        for number, row in enumerate(rows)
        for message in _row_problems(row, rows[:number])
    ]
    if problems:
        raise InputError(document.file, problems)
    return _table(document)


def _table(document: Document) -> ActorTable:
    rows = document.data["actors"]
    return ActorTable(tuple(Actor(row["code"], row["name"], tuple(row["roles"])) for row in rows))


def _row_problems(row: Any, earlier: list[Any]) -> list[str]:
    if not isinstance(row, dict) or set(row) != {"code", "name", "roles"}:
        return ["must have exactly the fields code, name and roles"]
    problems = [f"{field} must be text" for field in ("code", "name") if not isinstance(row[field], str)]
    if not isinstance(row["roles"], list):
        problems.append("roles must be a list")
    else:
        unknown = [str(role) for role in row["roles"] if role not in ROLES]
        problems += [f'unknown role "{role}"{suggestion(role, ROLES)}' for role in unknown]
    if any(isinstance(other, dict) and other.get("code") == row["code"] for other in earlier):
        problems.append(f'the code "{row["code"]}" is already taken')
    return problems
