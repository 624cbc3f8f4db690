"""Quarters: written ``2025Q4``, counted from ``2018Q1`` = 0."""

import re

START = "2018Q1"
LAST = "2035Q4"
FIRST_YEAR = int(START[:4])
LAST_YEAR = int(LAST[:4])
PER_YEAR = 4
COUNT = PER_YEAR * (LAST_YEAR - FIRST_YEAR + 1)

_QUARTER = re.compile(r"([0-9]{4})Q([1-4])")
_YEAR = re.compile(r"[0-9]{4}")


def index_of(quarter: str) -> int:
    """The number of quarters from 2018Q1 to this one.

    >>> index_of("2025Q4")
    31
    """
    parts = _QUARTER.fullmatch(quarter) if isinstance(quarter, str) else None
    if parts is None:
        raise ValueError(f'"{quarter}" is not a quarter; write year and quarter as {START}')
    index = PER_YEAR * (int(parts[1]) - FIRST_YEAR) + int(parts[2]) - 1
    if not 0 <= index < COUNT:
        raise ValueError(f"{quarter} is outside {START}-{LAST}")
    return index


def name_of(index: int) -> str:
    """The quarter that lies this many quarters after 2018Q1.

    >>> name_of(31)
    '2025Q4'
    """
    if not 0 <= index < COUNT:
        raise ValueError(f"quarter number {index} is outside 0-{COUNT - 1} ({START}-{LAST})")
    return f"{year_of(index)}Q{index % PER_YEAR + 1}"


def year_of(index: int) -> int:
    """The calendar year of a quarter number.

    >>> year_of(31)
    2025
    """
    return FIRST_YEAR + index // PER_YEAR


def is_year(value: object) -> bool:
    """Whether a value is written as a bare year: ``2021`` as number or text. Its range is not looked at."""
    return not isinstance(value, bool) and _YEAR.fullmatch(str(value)) is not None


def quarters_of_year(year: int | str) -> tuple[str, ...]:
    """The four quarters of a bare year.

    >>> quarters_of_year(2021)
    ('2021Q1', '2021Q2', '2021Q3', '2021Q4')
    """
    if not is_year(year):
        raise ValueError(f'"{year}" is not a year; write it as {FIRST_YEAR}')
    if not FIRST_YEAR <= int(year) <= LAST_YEAR:
        raise ValueError(f"{year} is outside {FIRST_YEAR}-{LAST_YEAR}")
    return tuple(f"{int(year)}Q{quarter}" for quarter in range(1, PER_YEAR + 1))
