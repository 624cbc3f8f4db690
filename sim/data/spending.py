"""The long series of military spending of `seeds/spending.csv`: one release, apart from the rows that simulations replay."""

from functools import cache
from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field

from sim.data.actors import load_actors
from sim.io.assets import data_file
from sim.io.csv_reader import CsvRow, Name, read_rows
from sim.io.errors import shown_value, suggestion


def _state(code: str) -> str:
    if code not in load_actors().states:
        hint = suggestion(code, load_actors().states)
        raise ValueError(f"{shown_value(code)} is not a state of seeds/actors.yaml{hint}")
    return code


Positive = Annotated[float, Field(gt=0.0)]


class SpendingRow(CsvRow):
    """What a state spent in a year, million constant 2023 US$, and per cent of GDP."""

    identity: ClassVar[tuple[str, ...]] = ("state", "year")

    state: Annotated[str, AfterValidator(_state)]
    year: int
    spending: Positive
    burden: Positive
    status: Name
    source: Name


@cache
def spending_rows(path: Path | None = None) -> tuple[SpendingRow, ...]:
    """The rows of the series, state by state and year by year; InputError lists all that is wrong with the file."""
    return read_rows(path or data_file("seeds", "spending.csv"), SpendingRow, may_be_empty=False)
