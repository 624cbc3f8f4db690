"""The long series of military spending of `seeds/spending.csv`: one release, apart from the rows that simulations replay."""

from functools import cache
from typing import Annotated, ClassVar

from pydantic import Field

from sim.io.assets import data_file
from sim.io.csv_reader import CsvRow, Name, read_rows

Positive = Annotated[float, Field(gt=0.0)]


class SpendingRow(CsvRow):
    """What a state spent in a year.

    spending : million constant 2023 US$
    burden   : per cent of GDP
    """

    identity: ClassVar[tuple[str, ...]] = ("state", "year")

    state: Name
    year: int
    spending: Positive
    burden: Positive
    status: Name
    source: Name


@cache
def spending_rows() -> tuple[SpendingRow, ...]:
    """The rows of the series, state by state and year by year; InputError lists all that is wrong with the file."""
    return read_rows(data_file("seeds", "spending.csv"), SpendingRow, may_be_empty=False)
