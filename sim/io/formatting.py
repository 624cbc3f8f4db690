"""Numbers as people read them, in texts, tables and pictures: one rule for signs, digits and thousands.

A minus is a true one (U+2212), and what rounds to zero has no sign. Data files hold what Python writes, nothing from here.
"""

import math
import re
from collections.abc import Iterable, Sequence

MINUS = "−"
PER_CENT = 100.0
THOUSAND = 1000.0
_RANGE = re.compile(r"-?[0-9.]+ to -?[0-9.]+")  # such as the unit of an attitude, -1 to 1
SMALLEST_WRITTEN_OUT = 1e-4  # of `readable`
SMALLEST_WITHOUT_POWER = 1e-6  # of `significant`


def true_minus(text: str) -> str:
    """A number that is written already, with a true minus sign.

    >>> true_minus("-0.5")
    '−0.5'
    """
    return text.replace("-", MINUS)


def fixed(value: float, digits: int = 0) -> str:
    """A number with its decimals, and commas between thousands.

    >>> fixed(1234.56, 1), fixed(-0.36, 1), fixed(-0.04, 1)
    ('1,234.6', '−0.4', '0.0')
    """
    return true_minus(f"{value:z,.{digits}f}")


def signed(value: float, digits: int) -> str:
    """A change with its sign; what rounds to zero has none.

    >>> signed(1234.56, 1), signed(-0.36, 1), signed(-0.04, 1)
    ('+1,234.6', '−0.4', '0.0')
    """
    return f"{'+' if round(value, digits) > 0.0 else ''}{fixed(value, digits)}"


def number(value: float, digits: int = 3) -> str:
    """A number to some digits, without zeros at its end; from a thousand on all that stand before the point.

    >>> number(4000.0), number(0.0351234, 4), number(-948.0, 2), number(999.7), number(3.5e-5), number(math.nan)
    ('4,000', '0.03512', '−950', '1,000', '3.5 × 10^−5', '-')
    """
    if math.isnan(value):
        return "-"
    rounded = value if abs(value) >= THOUSAND else float(f"{value:.{digits}g}")
    is_whole = rounded == 0.0 or abs(rounded) >= min(THOUSAND, 10.0**digits)
    if is_whole:
        return fixed(rounded)
    mantissa, _, power = f"{rounded:.{digits}g}".partition("e")
    return true_minus(f"{mantissa} × 10^{int(power)}" if power else mantissa)


def signed_number(value: float, digits: int = 3) -> str:
    """The same for a change, with its sign.

    >>> signed_number(0.1234), signed_number(-1234.5), signed_number(0.0)
    ('+0.123', '−1,234', '0')
    """
    return f"{'+' if value > 0.0 else ''}{number(value, digits)}"


def readable(value: float, digits: int = 3) -> str:
    """The same, and what is smaller than four decimals show is only said to be so.

    >>> readable(1234.5), readable(0.0), readable(0.00005), readable(-0.00005)
    ('1,234', '0', '<0.0001', '>−0.0001')
    """
    if 0.0 < abs(value) < SMALLEST_WRITTEN_OUT:
        return f"{'<' if value > 0.0 else '>'}{fixed(math.copysign(SMALLEST_WRITTEN_OUT, value), 4)}"
    return number(value, digits)


def readable_change(share: float) -> str:
    """A relative change in per cent.

    >>> readable_change(-0.1234)
    '−12.3 %'
    """
    return f"{readable(PER_CENT * share)} %"


def significant(value: float, digits: int = 3) -> str:
    """A number to some significant digits, all of them shown, zeros too; a very small one with a power of ten.

    >>> significant(0.35), significant(17.834), significant(-4512.3), significant(0.0), significant(1.234e-7)
    ('0.350', '17.8', '−4,510', '0', '1.23 × 10^−7')
    """
    rounded = float(f"{value:.{digits}g}")
    if rounded == 0.0:
        return "0"
    mantissa, _, power = f"{rounded:.{digits - 1}e}".partition("e")
    if abs(rounded) < SMALLEST_WITHOUT_POWER:
        return true_minus(f"{mantissa} × 10^{int(power)}")
    return fixed(rounded, max(0, digits - 1 - int(power)))


def decimals_for(values: Iterable[float]) -> int:
    """Decimals that show the largest of some numbers with three figures.

    >>> decimals_for([-12.3, 4.0]), decimals_for([0.00234])
    (1, 5)
    """
    largest = max((abs(value) for value in values), default=0.0)
    return next((digits for digits, least in enumerate((99.5, 9.95, 0.995, 0.0995, 0.00995)) if largest >= least), 5)


def per_cent(share: float) -> str:
    """A share in per cent, of one below a hundredth two digits.

    >>> per_cent(0.256), per_cent(0.0041)
    ('26 %', '0.41 %')
    """
    return f"{PER_CENT * share:.0f} %" if share >= 0.01 or share == 0.0 else f"{PER_CENT * share:.2g} %"


def share_words(share: float) -> str:
    """A share of simulations in per cent, rounded down so that "all" is never a rounding.

    >>> share_words(1.0), share_words(0.999), share_words(0.0004), share_words(0.0)
    ('all', '99 %', 'under 1 %', 'none')
    """
    words = in_a_hundred(share)
    return words if words in ("all", "none") else f"{words} %"


def in_a_hundred(share: float) -> str:
    """A share of simulations, of a hundred, rounded down so that "all" is never a rounding.

    >>> in_a_hundred(1.0), in_a_hundred(0.999), in_a_hundred(0.0004)
    ('all', '99', 'under 1')
    """
    if share >= 1.0:
        return "all"
    whole = int(PER_CENT * share + 1e-9)
    return str(whole) if whole else "none" if share <= 0.0 else "under 1"


def counted(count: int, noun: str) -> str:
    """A count with its noun.

    >>> counted(1, "simulation"), counted(1000, "simulation")
    ('1 simulation', '1,000 simulations')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def years(count: int) -> str:
    """A number of years in words, as far as words are short.

    >>> years(1), years(5), years(12)
    ('one year', 'five years', '12 years')
    """
    words = ("no", "one", "two", "three", "four", "five")
    return f"{words[count] if count < len(words) else count} year{'' if count == 1 else 's'}"


def capital(text: str) -> str:
    """A text as it begins a sentence.

    >>> capital("rate of incidents in Serbia")
    'Rate of incidents in Serbia'
    """
    return text[:1].upper() + text[1:]


def few_of(words: Sequence[str], most: int) -> str:
    """The first of a list, and how many more there are.

    >>> few_of(["a", "b", "c"], 2), few_of(["a", "b"], 2)
    ('a, b and 1 more', 'a and b')
    """
    more = [f"{len(words) - most} more"] if len(words) > most else []
    *first, last = [*words[:most], *more] or [""]
    return f"{', '.join(first)} and {last}" if first else last


def no_formula(text: str) -> str:
    """A text of a cell that no spreadsheet takes for a formula: with an apostrophe before what would begin one.

    >>> no_formula("=1+1"), no_formula("-0.5"), no_formula("-1 to 1"), no_formula("a=b")
    ("'=1+1", '-0.5', '-1 to 1', 'a=b')
    """
    if text[:1].isalnum() or _RANGE.fullmatch(text):
        return text
    start = text.lstrip("\t\r\n ")
    is_number = start[1:2].isdigit() or start[1:2] == "."
    is_formula = start[:1] in ("=", "@") or (start[:1] in ("+", "-") and not (is_number and _is_number(start)))
    return f"'{text}" if is_formula else text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
