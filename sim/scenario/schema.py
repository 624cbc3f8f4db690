"""What a scenario file may say: its fields, as a frozen pydantic model."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from sim.io.errors import Steps
from sim.scenario.events import Event, event_models
from sim.scenario.fields import Schema, Source, Text


class Citation(Schema):
    """A sentence in a source that the scenario rests on."""

    document: Source
    locator: str = ""
    says: str = ""


class ScenarioFile(Schema):
    """One scenario file as written. Keys and ranges of parameters and series are checked by the reader."""

    format_version: Literal[1]
    title: Text
    question: Text
    group: str = ""
    extends: Text | None = None
    compare_to: Text | None = None
    documents: list[Citation] = Field([])
    expects: str = ""
    comment: str = ""
    costs: str = Field(
        "",
        description="What the scenario costs and whom, in words: what of it the model counts, and what it holds no number for, and "
        "why. Shown by show, compare, regret and the report; it is not inherited.",
    )
    parameters: dict[str, Any] = Field({})
    remove: list[str] = Field([])
    series: dict[str, dict[str, Any]] = Field({})
    events: list[Event] = Field([])


def fields_at(steps: Steps) -> list[str]:
    """Names of the fields allowed where pydantic found an unknown one."""
    model: type[BaseModel] = ScenarioFile
    if steps[0] == "documents":
        model = Citation
    for step in steps[:-1]:
        model = event_models().get(str(step), model)
    return [field.alias or name for name, field in model.model_fields.items()]
