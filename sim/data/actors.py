"""Who takes part: the actor table of ``seeds/actors.yaml``. Its order is the order of every sum in the model."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, Field, Strict, model_validator

from sim.io.assets import data_file
from sim.io.errors import shown_value, suggestion
from sim.io.schema import Schema, validated
from sim.io.yaml_reader import read_yaml

Role = Literal["state", "supplier", "patron", "peacekeeper", "commander"]
ROLES: tuple[str, ...] = get_args(Role)
IN_FULL = 12  # the largest count that is written out
NUMBERS = "no one two three four five six seven eight nine ten eleven twelve".split()

Colour = Annotated[str, Field(pattern="^#[0-9A-F]{6}$")]
Length = Annotated[float, Field(gt=0.0)]
Share = Annotated[float, Field(ge=0.0, le=100.0)]


def _code(code: str) -> str:
    if not re.fullmatch("[A-Z0-9]{2,5}", code):
        raise ValueError(f"{shown_value(code)} is not a code; write 2 to 5 capital letters and digits, such as USA")
    return code


class MapPlace(Schema):
    """A place on the class page's map, in hundredths of its width and, from above, its height; and where the name stands there."""

    x: Share
    y: Share
    label: Literal["below", "above", "left", "right"] = "below"


class Actor(Schema):
    """One actor: its code, its English names, the roles it plays, and how and where it is drawn.

    called  : other codes and names of it that people write, in small letters
    stems   : beginnings of the words by which a question names it, a regular expression
    nato_since : year of accession to NATO
    dash    : points on and off; none is a full line
    marker  : of matplotlib
    network : place on the network picture, across and up; None where it has none
    """

    code: Annotated[str, AfterValidator(_code)]
    name: str
    short: str = ""
    called: Annotated[tuple[str, ...], Strict(False)] = ()
    stems: Annotated[str, Field(pattern=r"^[\w |-]*$")] = ""
    roles: Annotated[tuple[Role, ...], Strict(False)]
    nato_since: int | None = None
    colour: Colour
    dash: Annotated[tuple[Length, ...], Strict(False)]
    marker: Annotated[str, Field(pattern="^[.,ov^<>1-48spP*hH+xXDd|_]$")]
    network: Annotated[tuple[float, float], Strict(False)] | None = None
    class_map: MapPlace | None = None

    @model_validator(mode="after")
    def _dash_ends_with_a_gap(self) -> "Actor":
        if len(self.dash) % 2:
            raise ValueError("dash needs pairs of numbers, points on and points off; [] is a full line")
        return self


class _File(Schema):
    format_version: Literal[1]
    actors: Annotated[tuple[Actor, ...], Field(min_length=1), Strict(False)]


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

    @cached_property
    def abroad(self) -> tuple[str, ...]:
        """Suppliers other than a state's own production."""
        return tuple(code for code in self.suppliers if code != "DOM")

    @cached_property
    def mere_suppliers(self) -> tuple[str, ...]:
        """Suppliers abroad that are neither states nor patrons."""
        return tuple(code for code in self.abroad if code not in (*self.states, *self.patrons))

    @cached_property
    def backers(self) -> tuple[str, ...]:
        """Patrons that also supply arms."""
        return tuple(code for code in self.patrons if code in self.suppliers)

    def with_role(self, role: str) -> tuple[str, ...]:
        """Codes of the actors that play a role, in file order."""
        return tuple(actor.code for actor in self.actors if role in actor.roles)

    def name(self, code: str) -> str:
        """English name of an actor; KeyError when there is none."""
        return self.actors[self.index(code)].name

    def short(self, code: str) -> str:
        """Its short name where it has one; KeyError when there is none."""
        actor = self.actors[self.index(code)]
        return actor.short or actor.name

    def index(self, code: str) -> int:
        """Place of an actor in the table; KeyError when there is none."""
        if code not in self.codes:
            raise KeyError(f'no actor "{code}"{suggestion(code, self.codes)}')
        return self.codes.index(code)

    @property
    def states_counted(self) -> str:
        """How many states there are, as in a sentence: ``twelve states``."""
        count = len(self.states)
        return f"{NUMBERS[count] if count <= IN_FULL else count} states"


def load_actors(path: Path | None = None) -> ActorTable:
    """The actor table; the project's own unless another file is named. InputError lists all problems."""
    return _project_actors() if path is None else _read(path)


def actor_name(code: str) -> str:
    """English name of an actor, or its code where it is none of ours."""
    actors = load_actors()
    return actors.name(code) if code in actors.codes else code


def named(code: str) -> str:
    """The name of an actor within a sentence.

    >>> named("SRB"), named("USA")
    ('Serbia', 'the United States')
    """
    name = actor_name(code)
    return f"the {name}" if name.split(" ")[0] in ("United", "European") else name


def whose(code: str) -> str:
    """The name of an actor as an owner.

    >>> whose("SRB"), whose("USA")
    ("Serbia's", "the United States'")
    """
    owner = named(code)
    return f"{owner}'" if owner.endswith("s") else f"{owner}'s"


@cache
def _project_actors() -> ActorTable:
    return _read(data_file("seeds", "actors.yaml"))


def _read(path: Path) -> ActorTable:
    document = read_yaml(path)
    actors = validated(_File, document).actors
    document.refuse(
        (("actors", number), message)
        for number, actor in enumerate(actors)
        for message in _taken(actor, actors[:number])
    )
    return ActorTable(actors)


def _taken(actor: Actor, earlier: tuple[Actor, ...]) -> Iterator[str]:
    """What an actor must have for itself and an earlier one has."""
    for field in ("code", "colour", "dash", "marker"):
        value = getattr(actor, field)
        owner = next((rival.code for rival in earlier if getattr(rival, field) == value), None)
        if owner is not None:
            shown = list(value) if field == "dash" else f'"{value}"'
            yield f"the {field} {shown} is already taken by {owner}"
