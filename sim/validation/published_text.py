"""The published results and what the code gives for each, as a reader sees them."""

import math
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from sim.io.formatting import true_minus
from sim.io.terminal import GAP, paragraph, table

if TYPE_CHECKING:
    from sim.validation.published import Comparison, Line, PublishedResult
    from sim.validation.published_theory import Value

HEADER = ("quantity", "unit", "expected", "got", "within", "")
NUMBERS = (2, 3, 4)
PLAIN = 3  # decimals of a number without a tolerance
FINEST = 9  # decimals of an exact one
EXACT = 1e-9
LEGEND = (
    "Each line is computed now and held against the number of the source; `within` is the largest difference allowed, and exact means "
    "to nine decimals. Two numbers are the two sides, or the two ends of an interval. A line that is only shown decides nothing. The "
    "numbers expected are reported (printed in the source), derived (computed by us from what it prints) or unverified (as commonly "
    "reproduced or remembered, not checked against the page)."
)


def result_lines(results: tuple["PublishedResult", ...], others: tuple["PublishedResult", ...]) -> Iterator[str]:
    """The whole answer."""
    yield "Published results, recomputed"
    yield paragraph(LEGEND)
    for result in results:
        yield from _result_lines(result)
    yield ""
    yield "The same routine on our own pair: nothing published to compare with, so nothing holds or fails"
    for result in others:
        yield from _result_lines(result)
    yield ""
    yield paragraph(summary(results))


def _result_lines(result: "PublishedResult") -> Iterator[str]:
    verdict = "is shown, not judged" if result.verdict == "not judged" else result.verdict
    yield ""
    yield paragraph(f"{result.id} {verdict}. {result.title}", hanging="    ")
    yield paragraph(f"{_citation(result.source)}; {result.locator} ({result.status})", indent="    ")
    for key in dict.fromkeys(comparison.line.source for comparison in result.comparisons if comparison.line.source):
        yield paragraph(f"Also: {_citation(key)}", indent="    ")
    if result.note:
        yield paragraph(result.note, indent="    ")
    yield from _table(result)


def _table(result: "PublishedResult") -> Iterator[str]:
    """The lines of a result as one table; the name of a part stands above its lines."""
    rows = [_row(comparison, result) for comparison in result.comparisons]
    header, rule, *body = table(HEADER, rows, right=NUMBERS).splitlines()
    yield header
    yield rule
    unit = len(rule.split(maxsplit=1)[0]) + len(GAP)
    parts = iter(comparison.part for comparison in result.comparisons)
    last = ""
    for line in body:
        begins = line[unit : unit + 1].strip()  # a unit stands on the first line of a row and on no other
        if begins and (part := next(parts)) != last:
            last = part
            yield paragraph(f"{part}:")
        yield line


def _row(comparison: "Comparison", result: "PublishedResult") -> tuple[str, ...]:
    line = comparison.line
    extra = [word for word in (line.note, comparison.status) if word and word != result.status]
    quantity = line.quantity + (f" ({', '.join(extra)})" if extra else "")
    word = "shown" if comparison.verdict == "not judged" else comparison.verdict
    return quantity, line.unit, expected_words(line), got_words(comparison), _tolerance_words(line), word


def expected_words(line: "Line") -> str:
    """What a line expects, as a reader sees it."""
    if line.within is not None:
        return true_minus(f"{line.within[0]:.12g} to {line.within[1]:.12g}")
    if line.contains is not None:
        return f"contains {line.contains:g}"
    if line.above is not None:
        return f"all above {line.above:g}"
    return "" if line.value is None else _words(line.value, _decimals(line))


def got_words(comparison: "Comparison") -> str:
    """What the code gives, with a digit more than is expected; with all its digits where it fails."""
    if comparison.verdict == "fails" and not isinstance(comparison.got, str):
        return _joined(true_minus(f"{number:.12g}") for number in _each(comparison.got))
    decimals = _decimals(comparison.line)
    return _words(comparison.got, None if decimals is None else min(FINEST, decimals + 1))


def _tolerance_words(line: "Line") -> str:
    if line.tolerance is None:
        return ""
    return "exact" if line.tolerance <= EXACT else f"{line.tolerance:.9f}".rstrip("0").rstrip(".")


def _decimals(line: "Line") -> int | None:
    """Decimals that a tolerance makes worth showing; None where there is no tolerance."""
    if line.within is not None:
        return max(len(f"{end:.12g}".partition(".")[2]) for end in line.within)
    if line.tolerance is None:
        return None
    return FINEST if line.tolerance <= EXACT else max(0, math.floor(-math.log10(line.tolerance)))


def _words(value: "Value | list[float]", decimals: int | None) -> str:
    if isinstance(value, str):
        return value
    return _joined(_number(number, decimals) for number in _each(value))


def _each(value: "float | tuple[float, ...] | list[float]") -> Iterable[float]:
    return [value] if isinstance(value, int | float) else value


def _joined(texts: Iterable[str]) -> str:
    return ", ".join(texts)


def _number(number: float, decimals: int | None) -> str:
    """A number with the decimals given; exact ones lose the zeros at their end."""
    text = f"{number:.{PLAIN if decimals is None else decimals}f}"
    if decimals == FINEST:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else true_minus(text)


def _citation(key: str) -> str:
    """Author, title, outlet and year of a source."""
    from sim.data.tables import sources

    source = sources()[key]
    outlet = source.get("outlet") or ""
    year = (source.get("date") or "no date")[:7]
    parts = (source.get("author"), source["title"], outlet, "" if outlet.endswith(year) else year)
    return ", ".join(part for part in parts if part)


def summary(results: tuple["PublishedResult", ...]) -> str:
    """How many hold and which fail, in words."""
    ids: dict[str, list[str]] = {"holds": [], "fails": [], "data only": [], "not judged": []}
    for result in results:
        ids[result.verdict].append(result.id)
    one = {"holds": "1 holds", "fails": "1 fails", "data only": "1 is data only", "not judged": "1 is not judged"}
    many = {"holds": "hold", "fails": "fail", "data only": "are data only", "not judged": "are not judged"}
    told = {key: one[key] if len(found) == 1 else f"{len(found)} {many[key]}" for key, found in ids.items() if found}
    if ids["fails"]:
        told["fails"] += f" ({', '.join(ids['fails'])})"
    return f"{len(results)} published results: {', '.join(told.values())}"


def plain_results(results: tuple["PublishedResult", ...], others: tuple["PublishedResult", ...]) -> dict[str, Any]:
    """The whole answer for programs."""
    verdicts = [result.verdict for result in results]
    return {
        "check": "published",
        "results": [_plain(result) for result in results],
        "applications": [_plain(result) for result in others],
        "summary": {word: verdicts.count(word) for word in ("holds", "fails", "data only")},
    }


def _plain(result: "PublishedResult") -> dict[str, Any]:
    """A result for programs; what is not finite is null."""
    return {
        "id": result.id,
        "title": result.title,
        "verdict": result.verdict,
        "source": result.source,
        "citation": _citation(result.source),
        "locator": result.locator,
        "status": result.status,
        "note": result.note,
        "comparisons": [_plain_comparison(comparison) for comparison in result.comparisons],
    }


def _plain_comparison(comparison: "Comparison") -> dict[str, Any]:
    line = comparison.line
    return {
        "part": comparison.part,
        "quantity": line.quantity,
        "unit": line.unit,
        "expected": {
            "value": line.value,
            "tolerance": line.tolerance,
            "within": line.within,
            "contains": line.contains,
            "above": line.above,
        },
        "got": _finite(comparison.got),
        "verdict": comparison.verdict,
        "status": comparison.status,
        "source": line.source or None,
        "note": line.note,
    }


def _finite(value: "Value") -> Any:
    if isinstance(value, str):
        return value
    if isinstance(value, tuple):
        return [_finite(number) for number in value]
    return value if math.isfinite(value) else None
