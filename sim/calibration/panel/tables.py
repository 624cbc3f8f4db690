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

FILES = ("dyads.csv", "estimates.csv", "checks.csv")
DIGITS = 4
STATUS = "estimated"

MaybeNumber = Annotated[float | None, BeforeValidator(lambda cell: None if cell == "" else cell)]
"""A number, or a blank: not estimated, or without bound."""


class DyadRow(CsvRow):
    """What the panel says of one state's reaction to one rival. Reactions and restraints are growth of log spending a year per unit of log
    spending [1/yr], elasticities per cent per per cent [1].

    years           : changes that the estimate rests on
    alone           : the dyad by itself, after the shocks of each year; blank if its years are few
    mean to high    : the reaction with all dyads together: mean, standard deviation, 5, 50 and 95 per cent
    p_negative      : [1]  probability that the reaction is negative
    restraint       : pull of the state's own level
    elasticity      : of the long run, median
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
    """What an estimator says of panels whose reaction is known: strangers, shuffled years, and simulated panels; and what a level saves of
    the squared error in years that were not fitted.

    quantity      : "reaction", "restraint" or "single reactions" [1/yr]; or "error saved" [1], whose sd is its standard error and
                    whose `positive` is the share of dyads for which it saves
    truth         : [1/yr]  what the panels were made with
    mean, sd      : [1/yr]  of the estimates
    coverage      : [1]     share of 90 % ranges that hold the truth; blank where no range is made
    positive      : [1]     share of 90 % ranges that lie above zero
    beyond        : [1]     share of estimates at or above that of the data
    draws         : panels or lists
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


@dataclass(frozen=True)
class Tables:
    """All that an estimation found."""

    dyads: tuple[DyadRow, ...]
    estimates: tuple[EstimateRow, ...]
    checks: tuple[CheckRow, ...]

    def estimate(self, group: str, name: str) -> EstimateRow:
        return next(row for row in self.estimates if (row.group, row.name) == (group, name))

    def check(self, group: str, name: str, quantity: str = "reaction") -> CheckRow | None:
        found = (row for row in self.checks if (row.group, row.name, row.quantity) == (group, name, quantity))
        return next(found, None)

    def dyad(self, state: str, rival: str) -> DyadRow | None:
        return next((row for row in self.dyads if (row.state, row.rival) == (state, rival)), None)

    @property
    def source(self) -> str:
        return self.dyads[0].source


def shipped() -> Tables:
    """The tables that ship with the program."""
    return read_tables(data_file("calibration", "reactions"))


def read_tables(folder: Path) -> Tables:
    """The tables of a folder; InputError if one is missing or wrong."""
    dyads, estimates, checks = (folder / name for name in FILES)
    return Tables(
        read_rows(dyads, DyadRow, may_be_empty=False),
        read_rows(estimates, EstimateRow, may_be_empty=False),
        read_rows(checks, CheckRow),
    )


def write_tables(tables: Tables, folder: Path) -> tuple[Path, ...]:
    """Write the tables into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    models: tuple[type[CsvRow], ...] = (DyadRow, EstimateRow, CheckRow)
    for name, model, rows in zip(FILES, models, (tables.dyads, tables.estimates, tables.checks), strict=True):
        _write(folder / name, model, rows)
    return tuple(folder / name for name in FILES)


def document(tables: Tables, files: Sequence[Path]) -> dict[str, Any]:
    """The tables as one JSON document; null is what a table leaves blank."""
    parts = (("dyads", tables.dyads), ("estimates", tables.estimates), ("checks", tables.checks))
    rows = {name: [row.model_dump(exclude={"line"}) for row in part] for name, part in parts}
    return {**rows, "files": [str(file) for file in files]}


Row = TypeVar("Row", bound=CsvRow)


def made(model: type[Row], values: Iterable[dict[str, Any]], source: str) -> tuple[Row, ...]:
    """Rows of a table, each as it will be read again."""
    return tuple(
        model.model_validate(
            {name: _cell(value) for name, value in {**one, "status": STATUS, "source": source}.items()} | {"line": line}
        )
        for line, one in enumerate(values, start=2)
    )


def _write(file: Path, model: type[CsvRow], rows: Sequence[CsvRow]) -> None:
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(model.columns())
        writer.writerows([_cell(getattr(row, name)) for name in model.columns()] for row in rows)


def _cell(value: Any) -> str:
    """A value as it stands in a table: numbers to some digits, what is not known or has no bound blank."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    return f"{value:.{DIGITS}g}" if isinstance(value, float) else str(value)
