"""What a user points the estimation at: a panel of military spending, a list of rivalries, and the region of each state.

The panel is the user's own copy of the SIPRI Military Expenditure Database or of another source; none is shipped.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BeforeValidator

from sim.io.assets import data_file
from sim.io.csv_reader import CsvRow, cell_lines, read_rows
from sim.io.errors import InputError, Problem, listed, shown_value, suggestion

FIRST_YEAR, LAST_YEAR = 1900, 2100
AMOUNT = re.compile(r"spending|milex_constant[0-9]{4}_musd")
AMOUNT_WORDS = "spending, or milex_constant2023_musd with the year of its prices"
REGIONS_FILE = ("calibration", "reactions", "regions.csv")

Spending = Mapping[str, Mapping[int, float]]
"""Spending by state and year, million US$ of one year's prices; a year that is not known is not there."""


def _country(cell: str) -> str:
    if not re.fullmatch(r"[A-Z]{3}", cell):
        raise ValueError(f"{shown_value(cell)} is not a country; write three capital letters (ISO 3166), such as SRB")
    return cell


def _year(year: int) -> int:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"{year} is not a year; allowed is {FIRST_YEAR} to {LAST_YEAR}")
    return year


def _amount(cells: tuple[str, ...]) -> float | None:
    """A figure of spending; a blank one is unknown."""
    (cell,) = cells
    try:
        amount = float(cell) if cell else None
    except ValueError:
        amount = 0.0
    if amount is not None and not 0.0 < amount < float("inf"):
        hint = "write million US$ above 0, with a point and without commas, or leave an unknown figure blank"
        raise ValueError(f"{shown_value(cell)} is not spending; {hint}")
    return amount


Country = Annotated[str, AfterValidator(_country)]
Year = Annotated[int, AfterValidator(_year)]


class SpendingRow(CsvRow):
    """What a state spent in a year."""

    identity: ClassVar[tuple[str, ...]] = ("country_iso3", "year")

    country_iso3: Country
    year: Year
    spending: Annotated[float | None, BeforeValidator(_amount)]
    unread: Any


class RivalryRow(CsvRow):
    """Two states, and the first and last year in which they count as rivals, each of the other."""

    one: Country
    other: Country
    first_year: Year
    last_year: Year


class RegionRow(CsvRow):
    """The region of a state."""

    identity: ClassVar[tuple[str, ...]] = ("country_iso3",)

    country_iso3: Country
    region: str


@dataclass(frozen=True)
class Rivalry:
    """Two states that count as rivals from the first to the last year."""

    one: str
    other: str
    first_year: int
    last_year: int


def directed_pairs(rivalries: Iterable[Rivalry]) -> list[tuple[str, str]]:
    """Each reacting state with its rival, both ways, once."""
    both = (pair for rivalry in rivalries for pair in ((rivalry.one, rivalry.other), (rivalry.other, rivalry.one)))
    return list(dict.fromkeys(both))


@cache
def regions() -> dict[str, str]:
    """The region of each state: the five of SIPRI, but Türkiye in Europe, where its rivals are."""
    return {row.country_iso3: row.region for row in read_rows(data_file(*REGIONS_FILE), RegionRow)}


def read_spending(file: Path) -> dict[str, dict[int, float]]:
    """Spending of a panel file; InputError lists all that is wrong in it.

    Its columns are country_iso3, year and spending (or milex_constantYYYY_musd). Other columns are not read.
    """
    header, _ = cell_lines(file)
    amounts = [name for name in header if AMOUNT.fullmatch(name)]
    if len(amounts) != 1:
        found = f"found {listed(header, 'and')}" if header else "the file is empty"
        fault = "has no column of spending" if not amounts else f"has {len(amounts)} columns of spending"
        raise InputError(file, [Problem(1, "", f"{fault}; one is needed, called {AMOUNT_WORDS}; {found}")])
    known = {"country_iso3", "year", *amounts}

    class Row(SpendingRow):
        joined: ClassVar[Mapping[str, tuple[str, ...]]] = {
            "spending": (amounts[0],),
            "unread": tuple(name for name in header if name not in known),
        }

    spending: dict[str, dict[int, float]] = {}
    for row in read_rows(file, Row, may_be_empty=False):
        series = spending.setdefault(row.country_iso3, {})
        if row.spending is not None:
            series[row.year] = row.spending
    return spending


def read_rivalries(file: Path, spending: Spending) -> tuple[Rivalry, ...]:
    """Rivalries of a list, each checked against the panel and the table of regions; InputError lists all that is wrong."""
    rows = read_rows(file, RivalryRow, may_be_empty=False)
    faults = ((row.line, fault) for place, row in enumerate(rows) for fault in _faults(row, rows[:place], spending))
    if problems := [Problem(line, *fault) for line, fault in faults]:
        raise InputError(file, problems)
    return tuple(Rivalry(row.one, row.other, row.first_year, row.last_year) for row in rows)


def _faults(row: RivalryRow, earlier: Iterable[RivalryRow], spending: Spending) -> Iterator[tuple[str, str]]:
    """What is wrong with a rivalry: the column, and words."""
    if row.one == row.other:
        yield "other", f"{row.other} is no rival of itself; name another state"
    if row.last_year < row.first_year:
        yield "last_year", f"{row.last_year} is before the first year, {row.first_year}"
    for column, state in (("one", row.one), ("other", row.other)):
        if state not in spending:
            yield column, f"{state} has no spending in the panel{suggestion(state, spending)}"
        elif state not in regions():
            yield column, f"{state} has no region; add it to {'/'.join(REGIONS_FILE)}{suggestion(state, regions())}"
    for one in earlier:
        is_same = {row.one, row.other} == {one.one, one.other}
        if is_same and row.first_year <= one.last_year and one.first_year <= row.last_year:
            yield "one", f"{row.one} and {row.other} are rivals in the same years on line {one.line}"
