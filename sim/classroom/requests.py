"""What the page may ask for, checked: anything else is refused with a message that says what is allowed."""

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sim.io.errors import InputError, schema_problems

Word = Annotated[str, Field(max_length=80)]
Number = Annotated[float, Field(ge=0.0, le=100.0)]
Rate = Annotated[float, Field(ge=0.0, le=10.0)]
Pair = Annotated[list[Rate], Field(min_length=2, max_length=2)]
Push = Annotated[list[Annotated[float, Field(ge=-100.0, le=100.0)]], Field(min_length=2, max_length=2)]
Start = Annotated[list[Annotated[float, Field(ge=0.0, le=1000.0)]], Field(min_length=2, max_length=2)]
Wish = TypeVar("Wish", bound=BaseModel)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class RunRequest(_Strict):
    """A scenario, the sliders that are moved, a theory or none, and what it is compared with.

    compare : a scenario; None where it is compared with its own, "" where with nothing
    """

    scenario: Word
    levers: Annotated[dict[Word, float | Word], Field(max_length=40)] = {}
    theory: Word | None = None
    compare: Word | None = None


class RaceRequest(_Strict):
    """A race of two: each nation's reaction, fatigue and grievance, and where lines start."""

    reaction: Pair
    fatigue: Pair
    grievance: Push
    starts: Annotated[list[Start], Field(max_length=12)] = []
    span: Annotated[float, Field(gt=0.0, le=1000.0)] = 20.0


class GameRequest(_Strict):
    """The game so far: the patron that plays, and each turn's policies by team."""

    patron: Word
    turns: Annotated[list[dict[Word, Word]], Field(max_length=20)] = []


class WhyRequest(_Strict):
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


def read_request(kind: type[Wish], data: Any) -> Wish:
    """The wish in a request's body; InputError lists all that is wrong with it."""
    if not isinstance(data, dict):
        raise _refused("the body must be a JSON object")
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        known: Callable[..., Any] = lambda _: kind.model_fields  # noqa: E731 - the fields of this wish, wherever
        raise InputError("request", schema_problems(error.errors(), data, lambda _: None, known)) from None


def _refused(message: str) -> InputError:
    from sim.io.errors import Problem

    return InputError("request", [Problem(None, "", message)])
