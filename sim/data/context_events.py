"""What happened beyond the five documents: `seeds/context_events.csv`, orders, deliveries, incidents, troops, declarations."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from sim.data.actors import load_actors
from sim.io.assets import data_file, is_there
from sim.io.csv_reader import CsvRow, Name, Names, read_rows
from sim.io.errors import InputError, Problem

SOURCE = "context-events"
"""The key of `sources.yaml` under which scenarios cite the table; the locator is then the id of a row."""

DEALS = ("order", "approval", "delivery")
LENGTHS = {"day": 10, "month": 7, "year": 4}

Range = tuple[float, float]
"""Lowest and highest figure that sources give; twice the same where they agree."""


def _range(cell: str) -> Range | None:
    if cell == "":
        return None
    if not re.fullmatch(r"\d+(\.\d+)?(-\d+(\.\d+)?)?", cell):
        raise ValueError(f'"{cell}" is not a number or two of them; write 6, 19.3, 25-41, or leave it empty if unknown')
    low, _, high = cell.partition("-")
    if float(high or low) < float(low):
        raise ValueError(f'"{cell}": the lower number comes first')
    return float(low), float(high or low)


def _matching(pattern: str, example: str) -> AfterValidator:
    def check(cell: str) -> str:
        if not re.fullmatch(pattern, cell):
            raise ValueError(f'"{cell}" is not written as {example}')
        return cell

    return AfterValidator(check)


DATE = r"\d{4}(-\d{2}(-\d{2})?)?"
Figures = Annotated[Range | None, BeforeValidator(_range)]


class ContextEvent(CsvRow):
    """One event.

    date, date_end : as precise as known; the end is empty where it is a moment
    date_precision : day, month or year, or inferred where the source does not print the date in full
    kind           : order, approval (a sale that may follow), delivery, incident, troops, declaration
    actors         : of a deal who gives and who receives; of an incident the sides of the dispute and whom else it struck
    weapon_class   : of a deal, one of the model's classes; armed and unarmed drones are both uav
    number         : of a deal pieces, of troops persons
    value          : of a deal, million current US$ of `value_year`
    payment        : of a deal: from the buyer's budget, on credit, as a gift; empty where unknown
    killed, injured: of an incident, persons; injured is None where unknown
    follows        : id of an acquisition of a rival that came before, of the same class or of one that this counters: in
                     time, not in cause
    source, locator: who reports it and where; url is empty where it is not certain
    status         : reported (a page that says so was read) or unverified (believed to be published, not checked)
    """

    identity: ClassVar = ("id",)

    id: Annotated[str, _matching(r"X\d{3}", "X001")]
    date: Annotated[str, _matching(DATE, "2023, 2023-05 or 2023-05-29")]
    date_end: Annotated[str, _matching(f"({DATE})?", "2023, 2023-05 or 2023-05-29")]
    date_precision: Literal["day", "month", "year", "inferred"]
    kind: Literal["order", "approval", "delivery", "incident", "troops", "declaration"]
    actors: Names
    weapon_class: Annotated[
        Literal["", "uav", "loitering", "artillery", "armour", "air_defence", "arms"], Field(alias="class")
    ]
    number: Figures
    value: Figures
    value_year: Annotated[str, _matching(r"(20\d{2})?", "2023")]
    payment: Literal["", "budget", "credit", "grant"]
    killed: Figures
    injured: Figures
    event: Name
    follows: str
    source: Name
    url: Annotated[str, _matching(r"(https?://\S+)?", "https://example.org/page")]
    status: Literal["reported", "unverified"]
    locator: Name
    note: str

    @property
    def is_deal(self) -> bool:
        return self.kind in DEALS

    @property
    def severity(self) -> str:
        """Of an incident: `lethal` if somebody was killed, `standoff` if not, injured or none."""
        return "lethal" if self.killed and self.killed[1] > 0 else "standoff"

    @model_validator(mode="after")
    def _says_what_its_kind_needs(self) -> Self:
        if problem := next(self._problems(), None):
            raise ValueError(f"{self.id}: {problem}")
        return self

    def _problems(self) -> Iterator[str]:
        if len(self.date) != LENGTHS.get(self.date_precision, len(self.date)):
            yield f'the date "{self.date}" is not as precise as it says ({self.date_precision})'
        if self.date_end and self.date_end < self.date[: len(self.date_end)]:
            yield "date_end lies before date; swap or correct them"
        if not all(re.fullmatch("[A-Z]{3,5}", actor) for actor in self.actors) or not self.actors:
            yield f"actors are codes such as {load_actors().codes[0]}, separated by ;"
        if self.is_deal and len(self.actors) != 2:
            yield "a deal has two actors: who gives, then who receives"
        if self.is_deal != bool(self.weapon_class):
            yield f"class is {'missing' if self.is_deal else 'of deals only; leave it empty'}"
        if not self.is_deal and (self.payment or self.follows):
            yield "payment and follows are of deals only; leave them empty"
        if (self.value is None) != (self.value_year == ""):
            yield "value and value_year stand together; give both or none"
        if (self.kind == "incident") != (self.killed is not None):
            yield "killed is needed of an incident (0 if nobody was) and of nothing else"
        if self.kind == "troops" and self.number is None:
            yield "number is missing: how many soldiers"
        if self.status == "reported" and not self.url:
            yield "a reported row gives the url of the page that was read; without one it is unverified"


@cache
def context_events(path: Path | None = None) -> tuple[ContextEvent, ...]:
    """All events in the order of the file, of which a region need have none; InputError lists all that is wrong with it."""
    if path is None and not is_there("seeds", "context_events.csv"):
        return ()
    file = path or data_file("seeds", "context_events.csv")
    rows = read_rows(file, ContextEvent)
    if problems := list(_wrong_links(rows)):
        raise InputError(file, problems)
    return rows


def _wrong_links(rows: tuple[ContextEvent, ...]) -> Iterator[Problem]:
    """Rows that follow no earlier deal."""
    deals = {row.id: row for row in rows if row.is_deal}
    for row in rows:
        before = deals.get(row.follows)
        if row.follows and before is None:
            yield Problem(row.line, "follows", f'"{row.follows}" is not the id of an order, approval or delivery')
        elif before is not None and before.date[: len(row.date)] > row.date:
            yield Problem(row.line, "follows", f"{row.id} ({row.date}) comes before {before.id} ({before.date})")
