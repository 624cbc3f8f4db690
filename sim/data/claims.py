"""What the documents claim: `seeds/claims.csv`, one row for every claim, in our own words."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

from sim.data.tables import sources
from sim.io.assets import data_file
from sim.io.errors import InputError, Problem, suggestion

EXECUTABLE, DATA_ONLY, OUT_OF_SCOPE = TESTS = ("executable", "data-only", "out-of-scope")
KINDS = ("actor", "system", "mechanism", "lever", "contradiction", "framing")


@dataclass(frozen=True)
class Claim:
    """One claim.

    source      : keys of the documents that make it, separated by `;`
    locator     : where in each of them
    agrees      : where other documents say the same
    contradicts : where they say otherwise
    test        : executable, data-only or out-of-scope
    experiment  : of an executable claim, the experiment that tests it, often shared with others
    reason      : of any other claim, why it has none
    """

    id: str
    kind: str
    claim: str
    source: str
    locator: str
    agrees: str
    contradicts: str
    test: str
    experiment: str
    reason: str
    note: str


@cache
def claims(path: Path | None = None) -> tuple[Claim, ...]:
    """All claims in the order of the file; InputError lists all that is wrong with it."""
    file = path or data_file("seeds", "claims.csv")
    names = [field.name for field in fields(Claim)]
    found: list[tuple[int, Claim]] = []
    with file.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream, strict=True)
        if reader.fieldnames != names:
            raise InputError(file, [Problem(1, "", f"the columns must be {', '.join(names)}")])
        for row in reader:
            if None in row or None in row.values():
                message = f"must have {len(names)} cells; put text that contains a comma in quotes"
                raise InputError(file, [Problem(reader.line_num, "", message)])
            found.append((reader.line_num, Claim(**row)))
    problems = [problem for line, claim in found for problem in _problems(line, claim)]
    problems += _twins(found)
    if problems:
        raise InputError(file, problems)
    return tuple(claim for _, claim in found)


def _problems(line: int, claim: Claim) -> Iterator[Problem]:
    for name, value, known in (("kind", claim.kind, KINDS), ("test", claim.test, TESTS)):
        if value not in known:
            yield Problem(line, f"{claim.id}.{name}", f'"{value}" is unknown{suggestion(value, known)}')
    for key in claim.source.split(";"):
        if key not in sources():
            yield Problem(line, f"{claim.id}.source", f'"{key}" is not in sources.yaml{suggestion(key, sources())}')
    needed = ("claim", "locator", "experiment" if claim.test == EXECUTABLE else "reason")
    for name in needed:
        if not getattr(claim, name):
            yield Problem(line, f"{claim.id}.{name}", f"missing; a claim that is {claim.test} needs it")
    if claim.test != EXECUTABLE and claim.experiment:
        yield Problem(line, f"{claim.id}.experiment", "only an executable claim has an experiment; leave it empty")


def _twins(found: list[tuple[int, Claim]]) -> Iterator[Problem]:
    seen: dict[str, int] = {}
    for line, claim in found:
        if claim.id in seen:
            yield Problem(line, claim.id, f"given twice, on lines {seen[claim.id]} and {line}; keep one")
        seen.setdefault(claim.id, line)
