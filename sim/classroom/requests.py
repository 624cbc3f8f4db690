"""What the page may ask for, checked: anything else is refused with a message that says what is allowed."""

from typing import Annotated, Any, TypeVar

from pydantic import Field

from sim.io.errors import refusal
from sim.io.schema import Schema, validated
from sim.io.yaml_reader import Document

Word = Annotated[str, Field(max_length=80)]
Number = Annotated[float, Field(ge=0.0, le=100.0)]
Rate = Annotated[float, Field(ge=0.0, le=10.0)]
Pair = Annotated[list[Rate], Field(min_length=2, max_length=2)]
Push = Annotated[list[Annotated[float, Field(ge=-100.0, le=100.0)]], Field(min_length=2, max_length=2)]
Start = Annotated[list[Annotated[float, Field(ge=0.0, le=1000.0)]], Field(min_length=2, max_length=2)]
Request = TypeVar("Request", bound=Schema)


class RunRequest(Schema):
    """A scenario, the sliders that are moved, a theory or none, and what it is compared with.

    compare : a scenario; None where it is compared with its own, "" where with nothing
    """

    scenario: Word
    levers: dict[Word, float | Word] = Field(default={}, max_length=40)
    theory: Word | None = None
    compare: Word | None = None


class RaceRequest(Schema):
    """A race of two: each nation's reaction, fatigue and grievance, and where lines start."""

    reaction: Pair
    fatigue: Pair
    grievance: Push
    starts: list[Start] = Field(default=[], max_length=12)
    span: Annotated[float, Field(gt=0.0, le=1000.0)] = 20.0


class GameRequest(Schema):
    """The game so far: the patron that plays, and each turn's policies by team."""

    patron: Word
    turns: list[dict[Word, Word]] = Field(default=[], max_length=20)


class WhyRequest(Schema):
    """A point on a line: which series, the quarter, and whether against the year before or what it is compared with.

    against : the scenario that it is compared with; None for its own
    """

    scenario: Word
    theory: Word | None = None
    variable: Word
    actor: Word
    counterpart: Word = ""
    quarter: Word
    compare: bool = False
    against: Word | None = None


def read_request(kind: type[Request], data: Any) -> Request:
    """The request in a body; InputError lists all that is wrong with it."""
    if not isinstance(data, dict):
        raise refusal("request", "the body must be a JSON object")
    return validated(kind, Document("request", data))
