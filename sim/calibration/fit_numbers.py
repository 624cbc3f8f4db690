"""How the report of a fit writes numbers: three significant digits, units in words, blanks as a dash."""

from sim.ensembles.fit_rows import Range

DIGITS = 3
SMALLEST = 1e-6  # below which a number is written with a power of ten
BLANK = "–"
TIMES = ("year", "date")  # units of which every digit counts


def number(value: float) -> str:
    """A number with three significant digits, a true minus sign, and commas between thousands.

    >>> number(0.35), number(17.834), number(-4512.3), number(0.0)
    ('0.350', '17.8', '−4,510', '0')
    """
    rounded = float(f"{value:.{DIGITS}g}")
    if rounded == 0.0:
        return "0"
    if abs(rounded) >= 10.0 ** (DIGITS - 1):
        return f"{rounded:,.0f}".replace("-", "−")
    if abs(rounded) < SMALLEST:
        digits, _, power = f"{rounded:.{DIGITS - 1}e}".partition("e")
        return f"{digits} × 10^{int(power)}".replace("-", "−")
    decimals = DIGITS - 1 - int(f"{rounded:e}".partition("e")[2])
    return f"{rounded:.{decimals}f}".replace("-", "−")


def count(value: float) -> str:
    """A count.

    >>> count(2000), count(1834.4)
    ('2,000', '1,834')
    """
    return f"{value:,.0f}"


def of(part: int, whole: int) -> str:
    """A part of a whole.

    >>> of(3, 12)
    '3 of 12'
    """
    return f"{count(part)} of {count(whole)}"


def range_words(one: Range | None, unit: str = "") -> str:
    """Median and 5-95 % range.

    >>> range_words(Range(1.0, 2.0, 4.0)), range_words(None)
    ('2.00 (1.00 to 4.00)', '–')
    """
    if one is None:
        return BLANK
    low, middle, high = (
        f"{value:.1f}" if unit in TIMES else number(value) for value in (one.low, one.middle, one.high)
    )
    return f"{middle} ({low} to {high})"


def observed_words(text: str) -> str:
    """What was observed: words and whole numbers as they are written, other numbers with three digits.

    >>> observed_words("2 incidents"), observed_words("2023"), observed_words("12.919237"), observed_words("2e+04")
    ('2 incidents', '2023', '12.9', '20,000')
    """
    value = observed_number(text)
    return text if value is None or text.lstrip("-").isdigit() else number(value)


def observed_number(text: str) -> float | None:
    """The number that a text is, or None."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) < float("inf") else None


def unit_words(unit: str) -> str:
    """A unit as people read it.

    >>> unit_words("1"), unit_words("m USD2023/yr")
    ('no unit', 'million US$ of 2023 a year')
    """
    return UNITS.get(unit, unit)


UNITS = {
    "": "no unit", "1": "no unit", "1/yr": "per year", "1/yr^0.5": "per square root of a year", "1/thousand": "per thousand",
    "yr": "years", "m USD2023": "million US$ of 2023", "m USD2023/yr": "million US$ of 2023 a year",
}  # fmt: skip


def plural(amount: int, word: str) -> str:
    """A count and its noun.

    >>> plural(1, "figure"), plural(2, "figure")
    ('1 figure', '2 figures')
    """
    return f"{count(amount)} {word}{'' if amount == 1 else 's'}"
