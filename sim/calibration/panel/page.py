"""What the estimates say in words: the answer of the command, and the page (templates `reactions*`)."""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from sim.calibration.panel.hierarchical import MEAN_SCALE
from sim.calibration.panel.model_prior import SLOPE, YEARS, prior_of_reaction
from sim.calibration.panel.study import FOCUS, LEAST_YEARS, TRUTHS
from sim.calibration.panel.tables import FILES, STATUS, Tables
from sim.data.actors import load_actors
from sim.data.tables import sources
from sim.io.formatting import PER_CENT, fixed, per_cent
from sim.io.templates import lines, wordings
from sim.report.document import Band, Report, TableRow, plain_row, sections_of
from sim.report.forms.render import page_html, page_markdown

TITLE = "Do rivals answer each other's military spending?"
COMMAND = "armsrace reactions --panel spending.csv --dyads rivals.csv --checks 300"
MAIN = "main estimate"
PAIRS = tuple("-".join(pair) for pair in FOCUS)


def write_page(tables: Tables, target: Path, command: str) -> None:
    """Write the page as one HTML file into a folder that is on the way."""
    target.write_text(page_html(_report(tables, command), paper="landscape"), encoding="utf-8", newline="\n")


def page_body(tables: Tables) -> str:
    """The page as Markdown, without its title."""
    return page_markdown(_report(tables, COMMAND)).partition("\n\n")[2]


def answer(tables: Tables, files: Sequence[Path] = (), unused: Sequence[str] = ()) -> Iterator[str]:
    """The lines that the command prints: the verdict, its numbers, every dyad.

    files  : what was written, if the estimates are of a user's panel
    unused : rivalries of his list of which no year could be used
    """
    facts = _facts(tables)
    cells = [row[:-1] for row in facts["dyad_cells"]]
    yield from lines("reactions_answer.txt", **facts, answer_cells=cells, files=[*map(str, files)], unused=unused)


def _report(tables: Tables, command: str) -> Report:
    bands = {"estimate_rows": (tables.estimates, _estimate_cells), "check_rows": (tables.checks, _check_cells)}
    rows = {name: list(_banded(*each)) for name, each in bands.items()}
    return Report(TITLE, sections_of("reactions.txt", **_facts(tables), **rows, command=command))


def _facts(tables: Tables) -> dict[str, Any]:
    """What both texts say; None for a row that is not there."""
    words, source = wordings("reactions_tables.yaml"), tables.dyads[0].source
    kept, without = "no shared shocks, breaks of the rival's series left in", "no shared shocks"
    breaks = [tuple(tables.row("estimates", f"{pair} alone", name) for name in (kept, without)) for pair in PAIRS]
    rows = {name: tables.row(table, *key) for table in ("estimates", "checks") for name, key in words[table].items()}
    return rows | {
        "tables": tables,
        "headings": words["headings"],
        "dyad_cells": [_dyad_cells(row) for row in tables.dyads],
        "rise": rise,
        "in_per_cent": lambda share: PER_CENT * share,
        "names": _names,
        "focus": [row for pair in PAIRS if (row := tables.row("estimates", pair, MAIN))],
        "focus_years": max((row.years for pair in FOCUS if (row := tables.row("dyads", *pair))), default=0),
        "alone": [row for pair in PAIRS if (row := tables.row("checks", "no reaction", f"{pair} alone", "reaction"))],
        "extremes": [(row.name.rpartition(": ")[2], row) for row in tables.estimates if row.group == "without a state"],
        "breaks": [pair for pair in breaks if all(pair) and pair[0].rows > pair[1].rows],
        "least": LEAST_YEARS,
        "priors": {pair: prior_of_reaction(tables, pair.split("-")[0]) for pair in PAIRS} if tables.dyads else {},
        "years": YEARS,
        "slope": SLOPE,
        "table_files": FILES,
        "status": STATUS,
        "scale": MEAN_SCALE,
        "lasting_spread": TRUTHS["no reaction, lasting shocks of regions"].region_shock,
        "source": str(sources()[source]["title"]) if source in sources() else source,
    }


def rise(reaction: float) -> float:
    """Per cent that a rival's ten per cent add to a year's growth, for a reaction [1/yr].

    >>> round(rise(0.02), 2)
    0.19
    """
    return PER_CENT * (1.1**reaction - 1.0)


def _dyad_cells(row: Any) -> tuple[str, ...]:
    alone = f"{row.state}-{row.rival}", str(row.years), _with_error(row.alone, row.alone_error)
    return (*alone, fixed(row.mean, 3), _span(row.low, row.high, 3), per_cent(row.p_negative), _long_run(row))


def _estimate_cells(row: Any) -> tuple[str, ...]:
    reaction = _with_error(row.reaction, row.error or None), _span(row.low, row.high, 3) if row.error else ""
    p_negative = "" if row.p_negative is None else per_cent(row.p_negative)
    restraint = _with_error(row.restraint, row.restraint_error)
    return (row.name, *reaction, p_negative, restraint, _long_run(row), str(row.rows))


def _check_cells(row: Any) -> tuple[str, ...]:
    shares = ("" if share is None else per_cent(share) for share in (row.coverage, row.positive, row.beyond))
    name = row.name if row.quantity == "reaction" else f"{row.name}: {row.quantity}"
    return (name, *(fixed(value, 3) for value in (row.truth, row.mean, row.sd)), *shares, str(row.draws))


def _with_error(value: float | None, error: float | None) -> str:
    """A number and the standard error behind it, or nothing if it is not known."""
    return "" if value is None else fixed(value, 3) + ("" if error is None else f" ({fixed(error, 3)})")


def _span(low: float | None, high: float | None, digits: int) -> str:
    return "no bound" if low is None or high is None else f"{fixed(low, digits)} to {fixed(high, digits)}"


def _long_run(row: Any) -> str:
    """The long-run elasticity with its range."""
    span = _span(row.elasticity_low, row.elasticity_high, 2)
    return "" if row.elasticity is None else f"{fixed(row.elasticity, 2)} ({span})"


def _banded(rows: Sequence[Any], cells: Callable[[Any], tuple[str, ...]]) -> Iterator[TableRow | Band]:
    """Rows below the name of their group."""
    groups: dict[str, list[TableRow]] = {}
    for row in rows:
        groups.setdefault(row.group, []).append(plain_row(*cells(row)))
    return chain.from_iterable((Band(_group_words(group)), *members) for group, members in groups.items())


def _group_words(group: str) -> str:
    """The heading of a group: of a dyad, its states."""
    pair, alone, _ = group.partition(" alone")
    if pair in PAIRS:
        return f"{'Alone' if alone else 'All dyads together'}: {_names(pair)}"
    return str(wordings("reactions_tables.yaml")["groups"].get(group, group[:1].upper() + group[1:]))


def _names(dyad: str) -> str:
    """A dyad in words.

    >>> _names("SRB-XKX")
    "Serbia's reaction to Kosovo"
    """
    state, rival = (load_actors().name(code) for code in dyad.split("-"))
    return f"{state}'s reaction to {rival}"
