"""The tables of estimates: those that ship with the program, and those that the command writes from a user's own panel.

Reactions and restraints are growth of log spending a year per unit of log spending [1/yr], elasticities per cent per per cent [1]. Ranges
are those of 90 %; a blank is not estimated, or has no bound.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, create_model

from sim.analysis.output import write_cells
from sim.calibration.panel.inputs import Country, Year
from sim.io.assets import data_file
from sim.io.csv_reader import CsvRow, Name, read_rows

DIGITS = 4
STATUS = "estimated"

MaybeNumber = Annotated[float | None, BeforeValidator(lambda cell: None if cell == "" else cell)]
"""A number, or a blank."""


def _model(identity: str, columns: Mapping[str, Any]) -> Any:
    """Rows of a table, told apart by some columns; columns of one kind stand together."""
    kinds = {name: kind for names, kind in columns.items() for name in names.split()} | {"status": Name, "source": Name}
    fields: dict[str, Any] = {name: (kind, ...) for name, kind in kinds.items()}
    model = create_model("Row", __base__=CsvRow, **fields)
    model.identity = tuple(identity.split())
    return model


# Of a state's reaction to a rival. years: changes that it rests on; alone: the dyad by itself, after the shocks of each year, blank if its
# years are few; mean to high: with all dyads together, mean, standard deviation, 5, 50 and 95 per cent; p_negative: probability that it is
# negative [1]; restraint: pull of the state's own level; elasticity: of the long run, median.
DYADS = {
    "state rival": Country,
    "region": Name,
    "first_year last_year": Year,
    "years": int,
    "alone alone_error": MaybeNumber,
    "mean sd low median high p_negative restraint": float,
    "elasticity elasticity_low elasticity_high": MaybeNumber,
}
# One way of estimating the reaction common to all dyads, or that of one. error: standard error, or standard deviation of a posterior;
# p_negative: only of a posterior whose prior leaves the sign open; elasticity: of the long run; rows, units: changes, and dyads or states.
ESTIMATES = {
    "group name": Name,
    "reaction error low high": float,
    "p_negative restraint restraint_error elasticity elasticity_low elasticity_high": MaybeNumber,
    "rows units": int,
}
# What an estimator says of panels and lists whose reaction is known. quantity: "reaction", "restraint" or "single reactions" [1/yr]; truth:
# what they were made with; mean, sd: of the estimates; coverage, positive: share of ranges that hold the truth, and that lie above zero;
# beyond: share of estimates at or above that of the data; draws: panels or lists. Or, of years that were not fitted, "error saved" by a
# level: the share of the squared error [1], as `sd` its standard error, and as `positive` the share of dyads for which it saves.
CHECKS = {
    "group name quantity": Name,
    "truth mean sd": float,
    "coverage positive beyond": MaybeNumber,
    "draws": int,
}
MODELS = {
    "dyads": _model("state rival", DYADS),
    "estimates": _model("group name", ESTIMATES),
    "checks": _model("group name quantity", CHECKS),
}
FILES = tuple(f"{name}.csv" for name in MODELS)


@dataclass(frozen=True)
class Tables:
    """All that an estimation found: rows of the three models."""

    dyads: tuple[Any, ...]
    estimates: tuple[Any, ...]
    checks: tuple[Any, ...]

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


def write_tables(tables: Tables, folder: Path) -> None:
    """Write the tables into a folder that is on the way."""
    for name, model in MODELS.items():
        columns = model.columns()
        cells = ([_cell(getattr(row, key)) for key in columns] for row in getattr(tables, name))
        write_cells(folder / f"{name}.csv", columns, cells)


def document(tables: Tables, files: Sequence[Path]) -> dict[str, Any]:
    """The tables as one JSON document; null is what a table leaves blank."""
    rows = {name: [row.model_dump(exclude={"line"}) for row in getattr(tables, name)] for name in MODELS}
    return {**rows, "files": [str(file) for file in files]}


def made(table: str, rows: Iterable[Sequence[Any]], source: str) -> tuple[Any, ...]:
    """Rows of a table from their cells but status and source, each as it will be read again."""
    model = MODELS[table]
    return tuple(
        model.model_validate(
            dict(zip(model.columns(), map(_cell, (*row, STATUS, source)), strict=True)) | {"line": line}
        )
        for line, row in enumerate(rows, start=2)
    )


def _cell(value: Any) -> str:
    """A value as it stands in a table: numbers to some digits, what is not known or has no bound blank."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    return f"{value:.{DIGITS}g}" if isinstance(value, float) else str(value)
