"""What a fit learned about each number, in one word: pinned, bounded or assumed."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from sim.ensembles.registry import DEFAULT_FIT, PRIOR, fit_folder, shipped_fits
from sim.ensembles.tables import FittedParameter
from sim.io.csv_reader import read_rows

ASSUMED = "assumed"


def learned(fit: str) -> Mapping[str, FittedParameter]:
    """Rows of a fit's table of parameters by key; nothing for the prior, from which nothing was learned."""
    return {} if fit == PRIOR else _rows(fit_folder(fit).resolve())


def shipped() -> Mapping[str, FittedParameter]:
    """What the fit that runs take by default learned; nothing if none ships."""
    return learned(DEFAULT_FIT) if DEFAULT_FIT in shipped_fits() else {}


@cache
def _rows(folder: Path) -> dict[str, FittedParameter]:
    return {row.key: row for row in read_rows(folder / "parameters.csv", FittedParameter)}


def word_of(fit: str, key: str) -> str:
    """pinned, bounded or assumed; a number that the fit leaves fixed, or that no fit has met, is assumed."""
    row = learned(fit).get(key)
    return ASSUMED if row is None else row.word
