"""Lessons: `scenarios/lessons/*.yaml`, each a title, steps of one screen, and what the teacher needs."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from sim.classroom.sliders import levers
from sim.data.tables import sources
from sim.io.assets import data_file
from sim.io.errors import Steps, refusal, suggestion
from sim.io.quarters import index_of, name_of
from sim.io.schema import Schema, validated
from sim.io.yaml_reader import read_yaml
from sim.model.variables import all_series
from sim.scenario.loading import list_scenarios

Picture = Literal["lines", "why", "levers", "theories", "race", "map", "teams"]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Quarter = Annotated[str, StringConstraints(pattern=r"^20\d\dQ[1-4]$")]
Rates = Annotated[list[Annotated[float, Field(ge=0.0, le=10.0)]], Field(min_length=2, max_length=2)]
Push = Annotated[list[Annotated[float, Field(ge=-100.0, le=100.0)]], Field(min_length=2, max_length=2)]
NUMBER = re.compile(r"\{(level|without|effect|low|high|higher|lower) (\S+) (\S+)( \S+=\S+)?\}")
CLAIM = re.compile(r"(level|without|effect|low|high|higher|lower) (\S+) (\S+)( \S+=\S+)? ([<>]) (-?[\d.]+)")


class Race(Schema):
    """A race of two, as a step begins with it."""

    reaction: Rates
    fatigue: Rates
    grievance: Push
    start: Rates


class Step(Schema):
    """One screen: a question and a bet, then one picture, the finding as its headline, and one sentence.

    Texts may hold numbers of the model, for example {effect attitude.SRB.TUR 2025Q4}: `level` is the median with the scenario,
    `without` that of what it is compared with, `effect` the median of the paired differences with `low` and `high`, `higher` and
    `lower` in how many of 100 simulations the difference is above or below zero; LEVER=POSITION after the quarter moves a slider.

    picture : what is drawn
    lines   : series of the picture, at most two
    start, end, at : quarters: where the picture begins and ends, and the one that is looked at
    cover   : quarter after which nothing is drawn before the reveal; "" covers nothing
    view    : lines with and without, their difference, the scenario alone, or alone on one scale
    pins    : events that are named in the picture, by their ids
    control : "" or what the class may do: theories, more (each nation of a race has its own sliders), or a slider's id
    position : where the slider stands at the reveal
    bets    : what the class may bet on
    held    : the place of the bet that held, which the reveal marks; none where the class's own game settles it
    finding : the headline after the reveal
    say     : one sentence under the picture
    holds   : what must be true of the model for this step to be true; tests hold it
    do, expect : for the teacher
    """

    title: Text
    minutes: Annotated[int, Field(ge=1, le=45)]
    picture: Picture
    scenario: str = "skydagger-delivery"
    lines: Annotated[list[str], Field(max_length=2)] = Field([])
    start: Quarter = "2022Q1"
    end: Quarter = "2028Q4"
    at: Quarter = "2025Q4"
    cover: str = ""
    view: Literal["levels", "change", "alone", "same"] = "levels"
    pins: dict[str, Text] = Field({})
    control: str = ""
    position: str = ""
    race: Race | None = None
    ask: Text
    bets: list[Text] = Field([])
    held: Annotated[int, Field(ge=0)] | None = None
    finding: Text
    say: Text
    holds: list[str] = Field([])
    do: Text
    expect: Text


class Lesson(Schema):
    """A lesson of one school hour; `number` is its place in the list."""

    title: Text
    number: Annotated[int, Field(ge=1, le=99)]
    question: Text
    minutes: Annotated[int, Field(ge=5, le=90)]
    sources: list[dict[Literal["document", "says"], str]]
    goals: list[Text]
    before: list[Text]
    care: list[Text]
    steps: Annotated[list[Step], Field(min_length=1)]


class LessonFile(Schema):
    """A file of `scenarios/lessons/`."""

    format_version: Literal[1]
    lesson: Lesson


@cache
def lessons() -> dict[str, Lesson]:
    """The lessons by the name of their file; InputError lists all that is wrong with one."""
    files = sorted(data_file("scenarios", "lessons").glob("*.yaml"))
    by_name = {file.stem: read_lesson(file) for file in files}
    numbers = [lesson.number for lesson in by_name.values()]
    for file in files:
        if numbers.count(number := by_name[file.stem].number) > 1:
            raise refusal(file, f"{number} is the place of another lesson too; number them apart", "lesson.number")
    return dict(sorted(by_name.items(), key=lambda item: item[1].number))


def read_lesson(file: Path) -> Lesson:
    """A lesson file; InputError lists all that is wrong with it, with lines."""
    document = read_yaml(file)
    lesson = validated(LessonFile, document).lesson
    document.refuse((("lesson", *place), message) for place, message in _faults(lesson))
    return lesson


def _faults(lesson: Lesson) -> Iterator[tuple[Steps, str]]:
    """What only the rest of the project knows: scenarios, series, quarters, sliders, sources, and the sum of minutes."""
    for number, step in enumerate(lesson.steps):
        yield from ((("steps", number, *place), message) for place, message in _step_faults(step))
        if step.held is not None and step.held >= len(step.bets):
            message = f"there is no bet {step.held}; the first is 0, the last {len(step.bets) - 1}"
            yield ("steps", number, "held"), message
    for number, cited in enumerate(lesson.sources):
        if cited.get("document") not in sources():
            yield ("sources", number, "document"), f'there is no source "{cited.get("document")}"'
    total = sum(step.minutes for step in lesson.steps)
    if total > lesson.minutes:
        yield ("minutes",), f"{lesson.minutes} minutes, and the steps take {total}; make the steps shorter"


def _step_faults(step: Step) -> Iterator[tuple[Steps, str]]:
    """Where in a step something is wrong, and what."""
    scenarios = [listing.id for listing in list_scenarios()]
    controls = ["", "theories", "more", *levers()]
    known = [series.name for series in all_series()]
    for field, value, allowed in (("scenario", step.scenario, scenarios), ("control", step.control, controls)):
        if value not in allowed:
            yield (field,), f'there is no "{value}"{suggestion(value, allowed)}'
    for place, name in enumerate(step.lines):
        if name not in known:
            yield ("lines", place), f'there is no series "{name}"{suggestion(name, known)}'
    for field in ("start", "end", "at", "cover"):
        try:
            index_of(getattr(step, field) or name_of(0))
        except ValueError as error:
            yield (field,), str(error)
    positions = levers()[step.control].positions if step.control in levers() else ()
    if step.position and step.position not in map(str, positions):
        yield ("position",), f'"{step.position}" is no position of the slider "{step.control}"'
    claims = [(("holds", place), CLAIM.fullmatch(claim)) for place, claim in enumerate(step.holds)]
    numbers = [
        ((field,), found) for field in ("finding", "say", "expect") for found in NUMBER.finditer(getattr(step, field))
    ]
    for where, found in (*claims, *numbers):
        if found is None:
            yield where, "write: level, without, effect, low, high, higher or lower, SERIES QUARTER, < or >, a number"
        elif found[2] not in known:
            yield where, f'there is no series "{found[2]}"{suggestion(found[2], known)}'
        elif found[4] and found[4].strip().split("=")[0] not in (*levers(), "theory"):
            yield where, f'there is no slider "{found[4].strip()}"'


def lesson_rows() -> list[dict[str, Any]]:
    """The lessons as plain data for the page."""
    return [{"id": id_, **lesson.model_dump(mode="json")} for id_, lesson in lessons().items()]
