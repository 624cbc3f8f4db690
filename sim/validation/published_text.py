"""The published results and what the code gives for each, as a reader sees them."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

from sim.data.tables import sources
from sim.io.formatting import true_minus
from sim.io.templates import Verbatim, lines
from sim.io.terminal import GAP, paragraph, table
from sim.validation.published import Check, Expected, PublishedResult
from sim.validation.published_theory import Value

HEADER = ("quantity", "unit", "expected", "got", "within", "")
NUMBERS = (2, 3, 4)
PLAIN = 3  # decimals of a number without a tolerance
FINEST = 9  # decimals of an exact one
EXACT = 1e-9
ONE = {"holds": "1 holds", "fails": "1 fails", "data only": "1 is data only", "not judged": "1 is not judged"}
MANY = {"holds": "hold", "fails": "fail", "data only": "are data only", "not judged": "are not judged"}


def result_lines(results: Sequence[PublishedResult], own_pairs: Sequence[PublishedResult]) -> Iterator[str]:
    """The whole answer."""
    held = [result for result in results if result.verdict == "holds"]
    return lines(
        "published.txt", results=results, others=own_pairs, citation=_citation, counts=counts_words(results), held=held,
        met=[result.id for result in held if result.meets_data],
        comparisons=lambda result: Verbatim("\n".join(_table(result))),
    )  # fmt: skip


def counts_words(results: Sequence[PublishedResult]) -> str:
    """How many hold and which fail."""
    ids = {verdict: [result.id for result in results if result.verdict == verdict] for verdict in ONE}
    words = {key: ONE[key] if len(named) == 1 else f"{len(named)} {MANY[key]}" for key, named in ids.items() if named}
    if ids["fails"]:
        words["fails"] += f" ({', '.join(ids['fails'])})"
    return ", ".join(words.values())


def _citation(key: str) -> str:
    """Author, title, outlet and year of a source."""
    source = sources()[key]
    outlet = source.get("outlet") or ""
    year = (source.get("date") or "no date")[:7]
    parts = (source.get("author"), source["title"], outlet, "" if outlet.endswith(year) else year)
    return ", ".join(part for part in parts if part)


def _table(result: PublishedResult) -> Iterator[str]:
    """The lines of a result as one table; the name of a part stands above its lines."""
    rows = [_row(comparison, result) for comparison in result.comparisons]
    header, rule, *body = table(HEADER, rows, right=NUMBERS).splitlines()
    yield from (header, rule)
    unit = len(rule.split(maxsplit=1)[0]) + len(GAP)
    parts = iter(comparison.part for comparison in result.comparisons)
    last = ""
    for line in body:
        begins = line[unit : unit + 1].strip()  # a unit stands on the first line of a row and on no other
        if begins and (part := next(parts)) != last:
            last = part
            yield paragraph(f"{part}:")
        yield line


def _row(comparison: Check, result: PublishedResult) -> tuple[str, ...]:
    line = comparison.line
    extra = [word for word in (line.note, comparison.status) if word and word != result.status]
    quantity = line.quantity + (f" ({', '.join(extra)})" if extra else "")
    word = "shown" if comparison.verdict == "not judged" else comparison.verdict
    return quantity, line.unit, expected_words(line), got_words(comparison), _tolerance_words(line), word


def expected_words(line: Expected) -> str:
    """What a line expects, as a reader sees it."""
    if line.within is not None:
        return true_minus(f"{line.within[0]:.12g} to {line.within[1]:.12g}")
    if line.contains is not None:
        return f"contains {line.contains:g}"
    if line.above is not None:
        return f"all above {line.above:g}"
    return "" if line.value is None else _words(line.value, _decimals(line))


def got_words(comparison: Check) -> str:
    """What the code gives, with a digit more than is expected; with all its digits where it fails."""
    if comparison.verdict == "fails" and not isinstance(comparison.got, str):
        return ", ".join(true_minus(f"{number:.12g}") for number in _each(comparison.got))
    decimals = _decimals(comparison.line)
    return _words(comparison.got, None if decimals is None else min(FINEST, decimals + 1))


def _tolerance_words(line: Expected) -> str:
    if line.tolerance is None:
        return ""
    return "exact" if line.tolerance <= EXACT else f"{line.tolerance:.9f}".rstrip("0").rstrip(".")


def _decimals(line: Expected) -> int | None:
    """Decimals that a tolerance makes worth showing; None where there is no tolerance."""
    if line.within is not None:
        return max(len(f"{end:.12g}".partition(".")[2]) for end in line.within)
    if line.tolerance is None:
        return None
    return FINEST if line.tolerance <= EXACT else max(0, math.floor(-math.log10(line.tolerance)))


def _words(value: Value | list[float], decimals: int | None) -> str:
    return value if isinstance(value, str) else ", ".join(_number(number, decimals) for number in _each(value))


def _each(value: float | tuple[float, ...] | list[float]) -> Sequence[float]:
    return [value] if isinstance(value, int | float) else value


def _number(number: float, decimals: int | None) -> str:
    """A number with the decimals given; exact ones lose the zeros at their end."""
    text = f"{number:.{PLAIN if decimals is None else decimals}f}"
    if decimals == FINEST:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else true_minus(text)


def results_json(results: Sequence[PublishedResult], own_pairs: Sequence[PublishedResult]) -> dict[str, Any]:
    """The whole answer for programs."""
    verdicts = [result.verdict for result in results]
    return {
        "check": "published",
        "results": list(map(_result_json, results)),
        "applications": list(map(_result_json, own_pairs)),
        "summary": {word: verdicts.count(word) for word in ("holds", "fails", "data only")},
    }


def _result_json(result: PublishedResult) -> dict[str, Any]:
    return {
        "id": result.id, "title": result.title, "verdict": result.verdict, "meets_data": result.meets_data, "source": result.source,
        "citation": _citation(result.source), "locator": result.locator, "status": result.status, "note": result.note,
        "comparisons": list(map(_comparison_json, result.comparisons)),
    }  # fmt: skip


def _comparison_json(comparison: Check) -> dict[str, Any]:
    line = comparison.line
    return {
        "part": comparison.part, "quantity": line.quantity, "unit": line.unit,
        "expected": {name: getattr(line, name) for name in ("value", "tolerance", "within", "contains", "above")},
        "got": _finite(comparison.got), "verdict": comparison.verdict, "status": comparison.status,
        "source": line.source or None, "note": line.note,
    }  # fmt: skip


def _finite(value: Value) -> Any:
    """A value for JSON, which has no word for what is not finite."""
    if isinstance(value, tuple):
        return [_finite(number) for number in value]
    return value if isinstance(value, str) or math.isfinite(value) else None
