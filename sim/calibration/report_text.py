"""Words of the cells of a fit's report: ranges, verdicts, what was observed, values of its manifest."""

import json
from collections.abc import Iterator
from typing import Any

from sim.data.actors import actor_name
from sim.data.tables import sources
from sim.ensembles.folder import Fit
from sim.ensembles.tables import FittedMoment, ForecastCell, Range
from sim.io.formatting import fixed, significant
from sim.io.templates import phrase

MARKS = {"pinned": "●", "bounded": "◐", "assumed": "○"}

# ---- facts -----------------------------------------------------------------------------------------------------------


def inside_words(is_inside: bool | None) -> str:
    """Whether the observed lies in the 90 % range."""
    return BLANK if is_inside is None else "inside" if is_inside else "outside"


def moment_range_words(moment: FittedMoment) -> str:
    """What the picture of a fact's ranges shows."""
    seen = f"observed {observed_words(moment.observed)}"
    prior, posterior = range_words(moment.prior, moment.unit), range_words(moment.posterior, moment.unit)
    return f"{moment.id}: {seen}; prior {prior}; posterior {posterior}"


def background(moment: FittedMoment) -> str:
    """Why a fact lies outside, where it stands, and why it is uncertain."""
    explanation = explanation_words(moment.is_outside, moment.explanation)
    where = f"document {', '.join(moment.documents)}" if moment.documents else ""
    figures = f"figures {', '.join(moment.figures)}" if moment.figures else ""
    doubt = f"uncertain: {moment.error}" if moment.error and observed_number(moment.error) is None else ""
    return "; ".join(filter(None, (explanation.rstrip("."), moment.kind.replace("_", " "), where, figures, doubt)))


def explanation_words(is_outside: bool, explanation: str) -> str:
    """Why the observed lies outside, as far as anyone said."""
    return explanation or ("no explanation is known" if is_outside else "")


def document_words(key: str) -> str:
    """A document with title, author and year, as a line; its key where it is none of ours."""
    return phrase("fit_words.txt", "document", key, sources().get(key, ""))


# ---- forecast --------------------------------------------------------------------------------------------------------


def forecast_name(cell: ForecastCell) -> str:
    """Buyer and year of a cell of Table 1."""
    return f"{actor_name(cell.buyer)} {cell.year}"


def manifest_rows(fit: Fit) -> Iterator[tuple[str, str]]:
    """The manifest, a name and a value in each row."""
    for field, value in fit.manifest.model_dump(exclude_defaults=True).items():
        if isinstance(value, dict):
            title = {"versions": "version of"}.get(field, f"{field}:")
            yield from ((f"{title} {key}", value_words(part)) for key, part in sorted(value.items()))
        else:
            yield field, value_words(value)


def value_words(value: Any) -> str:
    """A value of a JSON file as people read it.

    >>> value_words(True), value_words(811.42), value_words(["armsrace", "calibrate"]), value_words({"a": 1})
    ('yes', '811', 'armsrace calibrate', '{"a": 1}')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return significant(value)
    if isinstance(value, list) and all(isinstance(part, str | int | float) for part in value):
        return " ".join(map(str, value))
    if value is None or isinstance(value, str | int):
        return BLANK if value is None else str(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


BLANK = "–"
TIMES = ("year", "date")  # units of which every digit counts


def of(part: int, whole: int) -> str:
    """A part of a whole.

    >>> of(3, 12)
    '3 of 12'
    """
    return f"{fixed(part)} of {fixed(whole)}"


def range_words(quantiles: Range | None, unit: str = "") -> str:
    """Median and 5-95 % range.

    >>> range_words(Range(1.0, 2.0, 4.0)), range_words(None)
    ('2.00 (1.00 to 4.00)', '–')
    """
    if quantiles is None:
        return BLANK
    low, middle, high = (f"{value:.1f}" if unit in TIMES else significant(value) for value in quantiles)
    return f"{middle} ({low} to {high})"


def observed_words(text: str) -> str:
    """What was observed: words and whole numbers as they are written, other numbers with three digits.

    >>> observed_words("2 incidents"), observed_words("2023"), observed_words("12.919237"), observed_words("2e+04")
    ('2 incidents', '2023', '12.9', '20,000')
    """
    value = observed_number(text)
    return text if value is None or text.lstrip("-").isdigit() else significant(value)


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
