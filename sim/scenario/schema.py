"""What a scenario file may say: its fields, as a frozen pydantic model."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field

from sim.io.errors import shown_value
from sim.io.schema import Schema
from sim.model.network import FIRST
from sim.scenario.event_types import Event
from sim.scenario.fields import Source, Text


class Citation(Schema):
    """A sentence in a source that the scenario rests on."""

    document: Source
    locator: str = ""
    says: str = ""


class OwnSource(Schema):
    """A source that the project does not know."""

    title: Text = Field(description="as printed")
    author: str = Field("", description="names, joined by `and`")
    outlet: str = Field("", description="where it was published")
    date: str = Field("", description="year, month or day")
    url: str = Field("", description="where it can be read")


def _levels(value: Any) -> Any:
    if isinstance(value, int | float | str):
        raise ValueError(f"{shown_value(value)} has no quarter; write {{2026Q1: {value}}}")
    return value


Levels = Annotated[dict[str, Any], BeforeValidator(_levels)]


class ScenarioFile(Schema):
    """One scenario file as written. Keys and ranges of parameters and series are checked by the reader."""

    also_called: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("name", "headline", "id"), "title"),
        **dict.fromkeys(("base", "extend", "inherits", "parent", "inherit"), "extends"),
        **dict.fromkeys(("baseline", "compare", "against", "compared_to", "compare_with"), "compare_to"),
        **dict.fromkeys(("source", "references", "literature", "bibliography"), "documents"),
        **dict.fromkeys(("description", "note", "notes", "comments"), "comment"),
        **dict.fromkeys(("expectation", "expectations", "hypothesis", "expect", "prediction"), "expects"),
        **dict.fromkeys(("params", "set", "settings", "values"), "parameters"),
        **dict.fromkeys(("removed", "without", "delete", "drop"), "remove"),
        **dict.fromkeys(("event", "changes", "orders", "what"), "events"),
        **dict.fromkeys(("cost", "price", "prices"), "costs"),
    }

    format_version: Literal[1] = Field(description="always `1`")
    title: Text = Field(description="a headline")
    question: Text = Field(description="what the scenario asks")
    group: str = Field("", description="the heading under which `armsrace list` shows it")
    extends: Text | None = Field(
        None, description="id or file of the scenario whose parameters, series and events hold here too"
    )
    compare_to: Text | None = Field(
        None, description="id or file of the scenario that it is compared with; without it a run gives levels only"
    )
    documents: list[Citation] = Field(
        [], description='what it rests on: a list of `{document: "002", locator: paragraph 2, says: in your words}`'
    )
    sources: dict[str, OwnSource] = Field(
        {},
        description="sources of your own by key, which documents and events may then cite: `{ana-2026: {title: ..., author: ...}}`",
    )
    expects: str = Field("", description="what you expect, written before you run it")
    comment: str = Field("", description="what a reader should know to judge the answer")
    costs: str = Field(
        "",
        description="What the scenario costs and whom, in words: what of it the model counts, and what it holds no number for, and "
        "why. Shown by show, compare, regret and the report; it is not inherited.",
    )
    parameters: dict[str, Any] = Field(
        {}, description=f"parameters by name, `reaction.{FIRST}: 0.4`; a number or a distribution"
    )
    remove: list[str] = Field([], description="ids of inherited events that do not happen here")
    series: dict[str, Levels] = Field({}, description="levels that are held from a quarter on")
    events: list[Event] = Field([], description="what happens")
