"""What the sources say: the tables of `seeds/`, and the observed paths of spending that the model replays."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from math import inf
from typing import Any

from sim.data.actors import load_actors
from sim.io.assets import data_file, data_root, is_there, region_folder
from sim.io.csv_reader import cell_lines, read_texts
from sim.io.errors import InputError, Problem
from sim.io.formatting import PER_CENT
from sim.io.yaml_reader import read_yaml

OBSERVED_YEARS = tuple(range(2018, 2024))
EVENTS_DOCUMENTED_UNTIL = "2025Q4"
"""The last quarter in which orders, deliveries, incidents and agreements come from the record and none by lot."""

PRICE_LEVEL = "price-USA-2023-2024"
OBSERVED = ("milex", "burden")
CONTEXT_USES = {
    **dict.fromkeys(OBSERVED, "every simulation: spending of 2018-2023 is the observed one"),
    "price": "every simulation: spending is converted to prices of 2023 with it",
    **dict.fromkeys(("wdi", "cpi", "richardson"), "published results, recomputed (armsrace check --published)"),
}
"""What reads the rows of `context`, by the first word of their ids; those of `OBSERVED` in the observed years only."""
UNITS = {
    "milex": "million constant 2024 USD",
    "burden": "percent of GDP",
    "price": "2024 USD per 2023 USD",
}
"""Units of the rows that every simulation needs, by the first word of their ids."""

Row = dict[str, str]


@cache
def table(name: str) -> tuple[Row, ...]:
    """Rows of `figures`, `events` or `context`, each a mapping of column to text; InputError for what is missing or wrong; a
    region need not have it."""
    if not is_there("seeds", f"{name}.csv"):
        return ()
    needed = ("source",) if name == "events" else ("source", "value")
    return read_texts(data_file("seeds", f"{name}.csv"), needed, "there is no such file; reinstall the project")


@cache
def _shipped_sources() -> dict[str, dict[str, Any]]:
    """Those of the project, and beside them a region's own."""
    own = dict(read_yaml(data_file("seeds", "sources.yaml")).data)
    return own if region_folder() is None else {**read_yaml(data_root() / "seeds" / "sources.yaml").data, **own}


_own_sources: dict[str, dict[str, Any]] = {}


def sources() -> dict[str, dict[str, Any]]:
    """The sources by key: title, author, outlet, date and the rest; ours, and those that scenarios read so far brought along."""
    return {**_own_sources, **_shipped_sources()}


def add_source(key: str, content: dict[str, Any]) -> None:
    """Take a source that a scenario brings along; ValueError where the key means another one already."""
    known = sources().get(key)
    if known is not None and known != content:
        where = "in seeds/sources.yaml" if key in _shipped_sources() else "in another scenario"
        raise ValueError(f"is the key of another source {where}; choose another key")
    _own_sources[key] = content


def rows_by_id(name: str) -> dict[str, Row]:
    """Rows of a table by their id."""
    return {row["id"]: row for row in table(name)}


def amount(name: str, row_id: str) -> float:
    """The number in a row; KeyError if there is no such row, ValueError if it is blank (blank is unknown, never zero)."""
    text = rows_by_id(name)[row_id]["value"]
    if text == "":
        raise ValueError(f"{name} {row_id} is blank: unknown, not zero")
    return float(text)


@dataclass(frozen=True)
class ObservedPath:
    """What a state spent in the observed years, a number a year: million 2023 US$ per year, and share of GDP."""

    spending: tuple[float, ...]
    burden: tuple[float, ...]

    @property
    def gdp(self) -> tuple[float, ...]:
        """Real GDP that the two imply, million 2023 US$ per year."""
        return tuple(spending / burden for spending, burden in zip(self.spending, self.burden, strict=True))


@cache
def observed_paths() -> tuple[ObservedPath, ...]:
    """Observed spending and burden of every state (SIPRI, in 2023 prices), in table order. InputError lists every row of `context` that is
    missing, no positive number or of another unit."""
    states = load_actors().states
    needed = [
        PRICE_LEVEL,
        *(f"{what}-{state}-{year}" for state in states for what in OBSERVED for year in OBSERVED_YEARS),
    ]
    numbers = {row_id: _positive(row_id) for row_id in needed}
    if faults := [Problem(None, row_id, fault) for row_id, fault in numbers.items() if isinstance(fault, str)]:
        raise InputError(data_file("seeds", "context.csv"), faults)
    _refuse_other_units(needed)

    def path(state: str, what: str, unit: float) -> tuple[float, ...]:
        return tuple(float(numbers[f"{what}-{state}-{year}"]) / unit for year in OBSERVED_YEARS)

    level = float(numbers[PRICE_LEVEL])
    return tuple(ObservedPath(path(state, "milex", level), path(state, "burden", PER_CENT)) for state in states)


def _refuse_other_units(needed: Iterable[str]) -> None:
    """InputError for every row whose unit is not the one it is taken for."""
    given = {
        row_id: (rows_by_id("context")[row_id].get("unit", ""), UNITS[row_id.partition("-")[0]]) for row_id in needed
    }
    lines = context_lines()
    if faults := [
        Problem(lines[row_id], row_id, f'its unit is "{unit}"; convert the value and write "{wanted}"')
        for row_id, (unit, wanted) in given.items()
        if unit != wanted
    ]:
        raise InputError(data_file("seeds", "context.csv"), faults)


def context_lines() -> dict[str, int]:
    """The lines on which the rows of `context` start, by their id."""
    header, rows = cell_lines(data_file("seeds", "context.csv"))
    return {cells[header.index("id")]: line for line, cells in rows if cells}


def _positive(row_id: str) -> float | str:
    """The positive number in a row of `context` that every simulation needs, or what is wrong with it."""
    text = rows_by_id("context").get(row_id, {}).get("value")
    with suppress(ValueError):
        if 0.0 < (value := float(text or "")) < inf:
            return value
    problem = "there is no such row" if text is None else f'"{text}" is no positive number'
    return f"every simulation needs it, but {problem}"
