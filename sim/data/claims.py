"""What the documents claim: `seeds/claims.csv`, one row for every claim, in our own words."""

import re
from functools import cache
from pathlib import Path
from typing import Annotated, ClassVar, Self

from pydantic import AfterValidator, model_validator

from sim.data.tables import sources
from sim.io.assets import data_file, is_there
from sim.io.csv_reader import CsvRow, Name, read_rows
from sim.io.errors import suggestion

EXECUTABLE, DATA_ONLY, OUT_OF_SCOPE = TESTS = ("executable", "data-only", "out-of-scope")
_KEY = re.compile(r"(?:^|; )([A-Za-z0-9-]+): ")  # of each document in `agrees`
KINDS = ("actor", "system", "mechanism", "lever", "contradiction", "framing")


def _among(*known: str) -> AfterValidator:
    def check(word: str) -> str:
        if word not in known:
            raise ValueError(f'"{word}" is unknown{suggestion(word, known)}')
        return word

    return AfterValidator(check)


def _known_sources(keys: str) -> str:
    for key in keys.split(";"):
        if key not in sources():
            raise ValueError(f'"{key}" is not in sources.yaml{suggestion(key, sources())}')
    return keys


class Claim(CsvRow):
    """One claim.

    source      : keys of the documents that make it, separated by `;`
    locator     : where in each of them
    agrees      : where other documents say the same
    contradicts : where they say otherwise
    test        : executable, data-only or out-of-scope
    experiment  : of an executable claim, the experiment that tests it, often shared with others
    reason      : of any other claim, why it has none
    """

    identity: ClassVar = ("id",)

    id: Name
    kind: Annotated[str, _among(*KINDS)]
    claim: Name
    source: Annotated[str, AfterValidator(_known_sources)]
    locator: Name
    agrees: str
    contradicts: str
    test: Annotated[str, _among(*TESTS)]
    experiment: str
    reason: str
    note: str

    @model_validator(mode="after")
    def _is_tested_or_says_why(self) -> Self:
        needed = "experiment" if self.test == EXECUTABLE else "reason"
        if not getattr(self, needed):
            raise ValueError(f"{self.id}.{needed} is missing; a claim that is {self.test} needs it")
        if self.test != EXECUTABLE and self.experiment:
            raise ValueError(f"{self.id}: only an executable claim has an experiment; leave it empty")
        return self

    @property
    def documents(self) -> frozenset[str]:
        """Keys of all documents that say it: those that make the claim, and those that agree."""
        agreeing = (key for key in _KEY.findall(self.agrees) if key in sources())
        return frozenset((*self.source.split(";"), *agreeing))


@cache
def claims(path: Path | None = None) -> tuple[Claim, ...]:
    """All claims in the order of the file, which a region need not have; InputError lists all that is wrong with it."""
    if path is None and not is_there("seeds", "claims.csv"):
        return ()
    return read_rows(path or data_file("seeds", "claims.csv"), Claim)
