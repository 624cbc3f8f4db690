"""Lessons: `scenarios/lessons/*.yaml`, each a title, steps that set the page and reveal it part by part, and a guide."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from sim.classroom.sliders import checked, levers
from sim.data.tables import sources
from sim.io.assets import data_file
from sim.io.errors import InputError, Steps, refusal, suggestion
from sim.io.quarters import index_of, name_of
from sim.io.schema import Schema, validated
from sim.io.yaml_reader import read_yaml
from sim.scenario.loading import list_scenarios

Mode = Literal["watch", "change", "understand", "theories", "teams"]
Panel = Literal[
    "map", "spending", "tension", "hazard", "attitude", "events", "effects", "plane", "words", "region", "why"
]
FIRST_QUARTER = name_of(0)
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Rates = Annotated[list[Annotated[float, Field(ge=0.0, le=10.0)]], Field(min_length=2, max_length=2)]
Push = Annotated[list[Annotated[float, Field(ge=-100.0, le=100.0)]], Field(min_length=2, max_length=2)]


class Cited(Schema):
    """A place in a document and, in our words, what it says."""

    document: str
    locator: str
    says: Text


class Race(Schema):
    """The race of two that Understand shows."""

    reaction: Rates
    fatigue: Rates
    grievance: Push


class Step(Schema):
    """One step: how the page is set, what it reveals, and what the class is asked.

    show    : panels that are revealed; those not named stay covered until a later step, all are open where it is empty
    only    : whether panels of earlier steps are covered again
    view    : whether charts open with both lines or with the difference
    hide    : whether what comes after the quarter `at` is covered
    until   : the quarter at which the time line of this step ends
    sliders : which sliders of Change are shown, all of them where it is empty
    say     : what the page says to the class, and `question` what it asks
    do      : what the teacher does, and `expect` what is seen then and what pupils may say; for the teacher's page
    """

    title: Text
    minutes: Annotated[int, Field(ge=1, le=45)]
    mode: Mode
    scenario: str = ""
    at: str = ""
    until: str = ""
    hide: bool = False
    view: Literal["levels", "change"] = "levels"
    levers: dict[str, float | str] = Field({})
    sliders: list[str] = Field([])
    show: list[Panel] = Field([])
    only: bool = False
    race: Race | None = None
    say: Text
    question: str = ""
    do: Text
    expect: Text


class Guide(Schema):
    """The teacher's page beside its steps: what the lesson is for, what to do before, and what to keep in mind."""

    goals: list[Text]
    before: list[Text]
    care: list[Text]
    beyond: list[Text] = Field([])


class Lesson(Schema):
    """A lesson of one school hour; `number` is its place in the list."""

    title: Text
    number: Annotated[int, Field(ge=1, le=99)]
    question: Text
    minutes: Annotated[int, Field(ge=5, le=90)]
    sources: list[Cited]
    steps: Annotated[list[Step], Field(min_length=1)]
    guide: Guide


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
    """What only the rest of the project knows: scenarios, quarters, sliders, sources, and the sum of minutes."""
    for number, step in enumerate(lesson.steps):
        yield from ((("steps", number, *place), message) for place, message in _step_faults(step))
    for number, cited in enumerate(lesson.sources):
        if cited.document not in sources():
            yield ("sources", number, "document"), f'there is no source "{cited.document}"'
    total = sum(step.minutes for step in lesson.steps)
    if total != lesson.minutes:
        yield ("minutes",), f"{lesson.minutes} minutes, and the steps take {total}; make them agree"


def _step_faults(step: Step) -> Iterator[tuple[Steps, str]]:
    """Where in a step something is wrong, and what."""
    known = [listing.id for listing in list_scenarios()]
    if step.scenario and step.scenario not in known:
        yield ("scenario",), f'there is no scenario "{step.scenario}"{suggestion(step.scenario, known)}'
    for field in ("at", "until"):
        try:
            index_of(getattr(step, field) or FIRST_QUARTER)
        except ValueError as error:
            yield (field,), str(error)
    try:
        checked(step.levers)
    except InputError as error:
        yield ("levers",), "; ".join(problem.message for problem in error.problems)
    if step.sliders and step.mode != "change":
        yield ("sliders",), f"sliders are shown in change, and this step is of {step.mode}; leave them out"
    for place, slider in enumerate(step.sliders):
        if slider in step.sliders[:place]:
            yield ("sliders", place), f'"{slider}" is named before; name it once'
        if slider not in levers():
            yield ("sliders", place), f'there is no slider "{slider}"{suggestion(slider, levers())}'


def lesson_rows() -> list[dict[str, Any]]:
    """The lessons as plain data for the page."""
    return [{"id": id_, **lesson.model_dump(mode="json")} for id_, lesson in lessons().items()]
