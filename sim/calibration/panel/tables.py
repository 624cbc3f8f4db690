"""The tables of estimates: those that ship with the program, and those that the command writes from a user's own panel."""

import csv
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import BeforeValidator

from sim.calibration.panel.inputs import Country, Year
from sim.io.assets import data_file
from sim.io.csv_reader import CsvRow, Name, read_rows

DIGITS = 4
STATUS = "estimated"

MaybeNumber = Annotated[float | None, BeforeValidator(lambda cell: None if cell == "" else cell)]
"""A number, or a blank: not estimated, or without bound."""


class DyadRow(CsvRow):
    """What the panel says of one state's reaction to one rival. Reactions and restraints are growth of log spending a year per unit of log
    spending [1/yr], elasticities per cent per per cent [1].

    years        : changes that the estimate rests on
    alone        : the dyad by itself, after the shocks of each year; blank if its years are few
    mean to high : the reaction with all dyads together: mean, standard deviation, 5, 50 and 95 per cent
    p_negative   : [1]  probability that the reaction is negative
    restraint    : pull of the state's own level
    elasticity   : of the long run, median
    """

    identity: ClassVar[tuple[str, ...]] = ("state", "rival")

    state: Country
    rival: Country
    region: Name
    first_year: Year
    last_year: Year
    years: int
    alone: MaybeNumber
    alone_error: MaybeNumber
    mean: float
    sd: float
    low: float
    median: float
    high: float
    p_negative: float
    restraint: float
    elasticity: MaybeNumber
    elasticity_low: MaybeNumber
    elasticity_high: MaybeNumber
    status: Name
    source: Name


class EstimateRow(CsvRow):
    """One estimate of the reaction common to all dyads, or of one dyad, in one way.

    reaction, restraint : [1/yr]  of the rival's and of the own level, with standard errors, and 90 % range of the reaction
    p_negative          : [1]     only of a posterior, and where its prior leaves the sign open
    elasticity          : [1]     of the long run; blank ends have no bound
    rows, units         : changes, and dyads or states
    """

    identity: ClassVar[tuple[str, ...]] = ("group", "name")

    group: Name
    name: Name
    reaction: float
    error: float
    low: float
    high: float
    p_negative: MaybeNumber
    restraint: MaybeNumber
    restraint_error: MaybeNumber
    elasticity: MaybeNumber
    elasticity_low: MaybeNumber
    elasticity_high: MaybeNumber
    rows: int
    units: int
    status: Name
    source: Name


class CheckRow(CsvRow):
    """What an estimator says of panels and lists whose reaction is known, and what a level saves in years that were not fitted.

    quantity : "reaction", "restraint" or "single reactions" [1/yr]; or "error saved" [1], the share of the squared error, whose sd is its
               standard error and whose `positive` is the share of dyads for which it saves
    truth    : [1/yr]  what the panels were made with
    mean, sd : [1/yr]  of the estimates
    coverage : [1]     share of 90 % ranges that hold the truth; blank where no range is made
    positive : [1]     share of 90 % ranges that lie above zero
    beyond   : [1]     share of estimates at or above that of the data
    draws    : panels or lists
    """

    identity: ClassVar[tuple[str, ...]] = ("group", "name", "quantity")

    group: Name
    name: Name
    quantity: Name
    truth: float
    mean: float
    sd: float
    coverage: MaybeNumber
    positive: MaybeNumber
    beyond: MaybeNumber
    draws: int
    status: Name
    source: Name


MODELS: dict[str, Any] = {"dyads": DyadRow, "estimates": EstimateRow, "checks": CheckRow}
FILES = tuple(f"{name}.csv" for name in MODELS)


@dataclass(frozen=True)
class Tables:
    """All that an estimation found."""

    dyads: tuple[DyadRow, ...]
    estimates: tuple[EstimateRow, ...]
    checks: tuple[CheckRow, ...]

    def row(self, table: str, *identity: str) -> Any:
        """The row of a table that has this identity, or None."""
        columns = MODELS[table].identity
        found = (row for row in getattr(self, table) if tuple(getattr(row, name) for name in columns) == identity)
        return next(found, None)


def read_tables(folder: Path | None = None) -> Tables:
    """The tables of a folder, or those that ship; InputError if one is missing or wrong."""
    folder = folder or data_file("calibration", "reactions")
    files = {name: folder / f"{name}.csv" for name in MODELS}
    return Tables(*(read_rows(files[name], model, may_be_empty=name == "checks") for name, model in MODELS.items()))


def write_tables(tables: Tables, folder: Path) -> tuple[Path, ...]:
    """Write the tables into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, model in MODELS.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(model.columns())
            writer.writerows([_cell(getattr(row, key)) for key in model.columns()] for row in getattr(tables, name))
    return tuple(folder / name for name in FILES)


def document(tables: Tables, files: Sequence[Path]) -> dict[str, Any]:
    """The tables as one JSON document; null is what a table leaves blank."""
    rows = {name: [row.model_dump(exclude={"line"}) for row in getattr(tables, name)] for name in MODELS}
    return {**rows, "files": [str(file) for file in files]}


Row = TypeVar("Row", bound=CsvRow)


def made(model: type[Row], rows: Iterable[Sequence[Any]], source: str) -> tuple[Row, ...]:
    """Rows of a table from their cells but status and source, each as it will be read again."""
    columns = model.columns()
    return tuple(
        model.model_validate(dict(zip(columns, map(_cell, (*row, STATUS, source)), strict=True)) | {"line": line})
        for line, row in enumerate(rows, start=2)
    )


def _cell(value: Any) -> str:
    """A value as it stands in a table: numbers to some digits, what is not known or has no bound blank."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    return f"{value:.{DIGITS}g}" if isinstance(value, float) else str(value)
