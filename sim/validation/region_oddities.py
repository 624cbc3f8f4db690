"""What is odd in a region though nothing in it is wrong: figures out of all proportion, and leftovers of the one it was copied from."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sim.data.actors import load_actors
from sim.data.tables import OBSERVED, OBSERVED_YEARS, amount, context_lines, observed_paths
from sim.io.assets import data_file, shipped_regions
from sim.io.errors import FEW, listed, shown_path
from sim.io.formatting import PER_CENT
from sim.io.yaml_reader import read_yaml
from sim.model.parameters import load_parameters

JUMP = 3.0  # from a year to the next, a factor
LEAST_BURDEN, MOST_BURDEN = 0.2, 40.0  # per cent of GDP
GOAL_OFF = 0.25  # of the last observed burden
PARAMETERS, ROLES = ("calibration", "parameters.yaml"), ("seeds", "region.yaml")
TOLD = ("title", "flashpoint", "flashpoint_short", "dialogue", "dialogue_of", "groups", "limits", "designations")
"""Fields of `region.yaml` that are words on this region alone."""


def region_oddities() -> Iterator[str]:
    """A line on each, with file and line, of a region whose files are right."""
    yield from (f"warning: {words}" for words in (*_figures(), *_goals(), *_same(), *_names()))


def _figures() -> Iterator[str]:
    file, lines = shown_path(data_file("seeds", "context.csv")), context_lines()
    for state in load_actors().states:
        for what in OBSERVED:
            rows = [f"{what}-{state}-{year}" for year in OBSERVED_YEARS]
            values = [amount("context", row) for row in rows]
            for row, value, before in zip(rows[1:], values[1:], values, strict=False):
                if not 1.0 / JUMP <= value / before <= JUMP:
                    yield f"{file}, line {lines[row]}: {row} is {value / before:.3g} times the year before; check its unit"
            for row, value in zip(rows, values, strict=True) if what == "burden" else ():
                if not LEAST_BURDEN <= value <= MOST_BURDEN:
                    usual = f"{LEAST_BURDEN:g} to {MOST_BURDEN:g} %"
                    yield f"{file}, line {lines[row]}: {row} is {value:g} % of GDP, outside {usual}; check its unit"


def _goals() -> Iterator[str]:
    """Goals of spending that are far from what was spent."""
    table, document = load_parameters(), read_yaml(data_file(*PARAMETERS))
    goals = dict(zip(table.keys, (prior.centre for prior in table.distributions), strict=True))
    for state, path in zip(load_actors().states, observed_paths(), strict=True):
        goal, last = goals[f"burden_goal.{state}"], path.burden[-1]
        if abs(goal / last - 1.0) > GOAL_OFF:
            place = _place(document, "parameters", "burden_goal", "default", state)
            spent = f"the burden of {OBSERVED_YEARS[-1]} was {PER_CENT * last:.3g} %"
            yield f"{place}: burden_goal.{state} is {PER_CENT * goal:.3g} % of GDP, {spent}; check that it is meant"


def _place(document: Any, *steps: str) -> str:
    """File and line of a value, or of the nearest one that is there around it."""
    line = next((document.line(steps[:end]) for end in range(len(steps), 0, -1) if document.line(steps[:end])), None)
    return f"{shown_path(document.file)}{f', line {line}' if line else ''}"


def _same() -> Iterator[str]:
    """Entries that are word for word those of a shipped region."""
    own, roles = read_yaml(data_file(*PARAMETERS)), read_yaml(data_file(*ROLES))
    given = own.data.get("parameters") or {}
    for name, folder in shipped_regions().items():
        theirs = read_yaml(folder.joinpath(*PARAMETERS)).data["parameters"]
        said = read_yaml(folder.joinpath(*ROLES)).data
        for document, steps, same in (
            (own, ("parameters",), [key for key, entry in given.items() if entry == theirs.get(key)]),
            (roles, (), [key for key in TOLD if key in said and roles.data.get(key) == said[key]]),
        ):
            if same:
                few = same if len(same) <= FEW else [*same[:FEW], f"{len(same) - FEW} more"]
                words = f"{listed(few, 'and')} {'is' if len(same) == 1 else 'are'} as in {name}, word for word"
                yield f"{_place(document, *steps, same[0])}: {words}; check that this holds here"


def _names() -> Iterator[str]:
    """Lines that speak of a state of a shipped region that takes no part here."""
    here = {actor["code"] for actor in _actors(data_file("seeds", "actors.yaml"))}
    for folder in shipped_regions().values():
        for actor in _actors(folder / "seeds" / "actors.yaml"):
            if "state" in actor["roles"] and actor["code"] not in here:
                for parts in (PARAMETERS, ROLES):
                    yield from _speaking_of(actor, data_file(*parts))


def _actors(file: Path) -> list[dict[str, Any]]:
    actors: list[dict[str, Any]] = read_yaml(file).data["actors"]
    return actors


def _speaking_of(actor: dict[str, Any], file: Path) -> Iterator[str]:
    word = re.compile(rf"\b({actor['code']}\b|{actor['stems']})", re.IGNORECASE)
    lines = [
        str(number)
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if word.search(line.partition("#")[0])
    ]
    if lines:
        place = f"{shown_path(file)}, line{'s' if len(lines) > 1 else ''} {listed(lines, 'and')}"
        yield f"{place}: {actor['name']}, which takes no part here, is spoken of; check that it is meant"
