"""Quarters: written ``2025Q4``, counted from ``2018Q1`` = 0."""

import re

START = "2018Q1"
LAST = "2035Q4"
FIRST_YEAR = int(START[:4])
LAST_YEAR = int(LAST[:4])
PER_YEAR = 4
MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
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
        raise ValueError(f'"{quarter}" is not a quarter; {_as_quarter(str(quarter))}')
    index = PER_YEAR * (int(parts[1]) - FIRST_YEAR) + int(parts[2]) - 1
    if not 0 <= index < COUNT:
        raise ValueError(f"{quarter} is outside {START}-{LAST}")
    return index


def _as_quarter(text: str) -> str:
    """How to write the quarter that a text most likely means.

    >>> _as_quarter("Q2 2026"), _as_quarter("2026-05")
    ('write 2026Q2', 'write 2026Q2')
    >>> _as_quarter("2026"), _as_quarter("2026Q5"), _as_quarter("soon")
    ('write its quarter, too: 2026Q1', 'a year has the quarters Q1 to Q4: 2026Q4', 'write year and quarter: 2026Q1')
    """
    words = text.strip().lower()
    year = next(iter(re.findall(r"(?<![0-9])20[0-9]{2}(?![0-9])", words)), None)
    rest = "" if year is None else re.sub(r"[\s./_-]+", " ", words.replace(year, " ", 1)).strip()
    number = re.fullmatch(r"(?:q|quarter )([0-9])|([0-9]) ?q|([0-9])(?:st|nd|rd|th) quarter", rest)
    if year is None:
        return "write year and quarter: 2026Q1"
    if not rest:
        return f"write its quarter, too: {year}Q1"
    if number is None:
        month = _month(rest)
        return f"write year and quarter: {year}Q1" if month is None else f"write {year}Q{(month + 2) // 3}"
    quarter = int(next(filter(None, number.groups())))
    return f"write {year}Q{quarter}" if 1 <= quarter <= PER_YEAR else f"a year has the quarters Q1 to Q4: {year}Q4"


def _month(words: str) -> int | None:
    """The month, 1 to 12, that is named in words without the year; of two numbers the one that can be a month."""
    numbers = [int(word) for word in re.findall(r"[0-9]+", words)]
    named = next((place for place, name in enumerate(MONTHS, start=1) if re.search(rf"\b{name}", words)), None)
    months = [number for number in numbers if 1 <= number <= len(MONTHS)]
    is_date = len(numbers) <= 2 and not re.search("[a-z]", words) and len(set(months)) == 1
    return months[0] if named is None and is_date else named


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
