"""Regret in words (templates/regret_answer.txt): a table for each outcome, who is good enough by all, and whose direction it is."""

from collections.abc import Iterator, Sequence
from typing import Any

from sim.analysis.regret import HIGHER, LOWER, NO_REMARKS, Remarks, Standing, Standings, enough_by_all
from sim.io.formatting import in_a_hundred, readable
from sim.io.templates import lines

MOST = 8  # outcomes that are printed and drawn
HEADER = ("scenario", "median", "regret", "at 95 %", "worst", "best", "better", "worse", "enough")


def regret_lines(tables: Sequence[Standings], remarks: Remarks = NO_REMARKS) -> Iterator[str]:
    """The tables of regret and what to think of them."""
    aims = [table.aim for table in tables]
    named = [row.choice for row in tables[0].rows if row.choice in remarks.costs]
    yield from lines(
        "regret_answer.txt",
        outcomes=[_outcome(table, remarks) for table in tables[:MOST]],
        more=max(0, len(tables) - MOST),
        aims=aims,
        by_all=_by_all(tables, remarks) if len(tables) > 1 else [],
        costs=[(choice, remarks.costs[choice]) for choice in named],
        cost_width=max(map(len, named), default=0),
        **_directions(tables),
    )


def _outcome(table: Standings, remarks: Remarks) -> dict[str, Any]:
    """A row for each scenario: the outcome, the regret, worlds of a hundred, and whose word the direction is."""
    signs = [remarks.direction(row.choice, table.aim.name) for row in table.rows]
    cells = [regret_cells(row, table.baseline) for row in table.rows]
    return {
        "aim": table.aim,
        "header": [*HEADER, "direction"] if any(signs) else HEADER,
        "cells": [[*row, sign] for row, sign in zip(cells, signs, strict=True)] if any(signs) else cells,
        "failing": [row for row in table.rows if row.marks],
    }


def regret_cells(row: Standing, baseline: str) -> list[str]:
    """A row of the table of one outcome."""
    is_baseline = row.choice == baseline
    name = f"{row.choice} (baseline)" if is_baseline and row.choice != "baseline" else row.choice
    against = ["-" if is_baseline else in_a_hundred(share) for share in (row.better, row.worse)]
    numbers = map(readable, (row.value[2], row.regret[2], row.regret[4], row.worst))
    return [name, *numbers, in_a_hundred(row.best), *against, in_a_hundred(row.enough)]


def _by_all(tables: Sequence[Standings], remarks: Remarks) -> list[tuple[str, float, list[tuple[str, int]]]]:
    """In how many worlds a choice is good enough by all, and in how many outcomes its direction is put in, or open."""
    signs = {
        choice: [remarks.direction(choice, table.aim.name) for table in tables] for choice in enough_by_all(tables)
    }
    return [
        (choice, share, [(sign, signs[choice].count(sign)) for sign in dict.fromkeys(signs[choice]) if sign])
        for choice, share in enough_by_all(tables).items()
        if choice != tables[0].baseline
    ]


def _directions(tables: Sequence[Standings]) -> dict[str, Any]:
    """The outcomes whose direction is a convention, and how to turn one round."""
    aims = [table.aim for table in tables if table.aim.is_convention]
    ways = [(way, [aim.name for aim in aims if aim.prefer == way]) for way in (LOWER, HIGHER)]
    conventions = [(way, names) for way, names in ways if names]
    turned = {LOWER: HIGHER, HIGHER: LOWER}
    return {
        "conventions": conventions,
        "turned": f"{conventions[0][1][0]}={turned[conventions[0][0]]}" if conventions else "",
    }
