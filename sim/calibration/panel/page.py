"""What the estimates say in words: the answer of the command, and the page (templates `reactions_answer.txt`, `reactions.txt`)."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from sim.calibration.panel.hierarchical import MEAN_SCALE
from sim.calibration.panel.study import ALONE, FOCUS, HELD_OUT, INSTRUMENTS, KEPT, LEAST_YEARS, MAIN, TRUTHS
from sim.calibration.panel.tables import FILES, STATUS, CheckRow, DyadRow, EstimateRow, Tables
from sim.data.actors import load_actors
from sim.data.tables import sources
from sim.io.formatting import PER_CENT, fixed, per_cent
from sim.io.templates import lines, phrase
from sim.model.parameters import load_parameters
from sim.report.document import Band, Report, TableRow, plain_row, sections_of
from sim.report.render import page_html, page_markdown

TITLE = "Do rivals answer each other's military spending?"
COMMAND = "armsrace reactions --panel spending.csv --dyads rivals.csv --checks 300"
MINUTES = 30  # that 300 checks of each kind take
TENTH = 1.1
NO_BOUND = "no bound"
DYAD_HEADER = ("dyad", "years", "alone", "together", "90 % range", "P(negative)", "long run (90 % range)")
ESTIMATE_HEADER = ("way", "reaction", "90 % range", "P(negative)", "restraint", "long run (90 % range)", "changes")
CHECK_HEADER = ("estimate", "made with", "mean", "spread", "held", "positive", "as large", "draws")
GROUPS = {
    "together": "All dyads together: the mean reaction",
    "least squares": "Least squares: one reaction for all",
    "short run": "Least squares: changes beside the levels",
    "shared shocks": "Least squares: shocks that states share",
    "trends": "Least squares: trends",
    "errors clustered": "Least squares: errors clustered otherwise",
    "short panels": "Least squares: correction of the bias of short panels",
    "errors of measurement": "Least squares: errors of measurement",
    "several rivals": "Least squares by state: rivals of a state taken together",
    "mean of dyads": "Each dyad by itself: plain mean",
    "weighted mean of dyads": "Each dyad by itself: mean weighted by how sure each is",
    "spread between dyads": "Each dyad by itself: spread of reactions between dyads",
    "years": "Least squares: some of the years",
    "without a region": "Least squares: without a region",
    "without a pair": "Least squares: without one pair",
    "without a state": "Least squares: without one state",
    "limit of a change": "Least squares: largest change of a log budget that counts",
}


def write_page(tables: Tables, target: Path, command: str) -> Path:
    """Write the page as one HTML file."""
    target.write_text(page_html(report_of(tables, command), paper="landscape"), encoding="utf-8", newline="\n")
    return target


def page_body(tables: Tables) -> str:
    """The page as Markdown, without its title."""
    return page_markdown(report_of(tables, COMMAND)).partition("\n\n")[2]


def report_of(tables: Tables, command: str) -> Report:
    """The page in its order."""
    values = {
        **_facts(tables),
        **_checked(tables),
        "command": command,
        "dyad_header": DYAD_HEADER,
        "dyad_cells": [_dyad_cells(row) for row in tables.dyads],
        "estimate_header": ESTIMATE_HEADER,
        "estimate_rows": list(_banded(tables.estimates, _estimate_cells)),
        "check_header": CHECK_HEADER,
        "check_rows": list(_banded(tables.checks, _check_cells)),
        "model": _todays_answers(tables),
        "pace": _default(f"adjustment.{FOCUS[0][0]}"),
        "table_files": FILES,
        "status": STATUS,
        "scale": MEAN_SCALE,
    }
    return Report(TITLE, sections_of("reactions.txt", **values))


def answer(tables: Tables, files: Sequence[Path] = (), unused: Sequence[str] = ()) -> Iterator[str]:
    """The lines that the command prints: the verdict, its numbers, every dyad.

    files  : what was written, if the estimates are of a user's panel
    unused : rivalries of his list of which no year could be used
    """
    header = DYAD_HEADER[:-1]
    values = {
        **_facts(tables),
        "dyad_header": header,
        "dyad_cells": [_dyad_cells(row)[: len(header)] for row in tables.dyads],
        "minutes": MINUTES,
        "files": [str(file) for file in files],
        "unused": unused,
    }
    yield from lines("reactions_answer.txt", **values)


def verdict(tables: Tables) -> str:
    """The first sentences of the answer."""
    return phrase("reactions_words.txt", "verdict", tables.estimate("together", "flat prior"))


def _facts(tables: Tables) -> dict[str, Any]:
    """What both texts say."""
    focus = [row for row in tables.estimates if row.name == MAIN and row.group in {"-".join(pair) for pair in FOCUS}]
    alone = [row for row in (tables.dyad(*pair) for pair in FOCUS) if row is not None]
    return {
        "rise": rise,
        "in_per_cent": lambda share: PER_CENT * share,
        "names": _names,
        "flat": tables.estimate("together", "flat prior"),
        "together": tables.estimate("together", MAIN),
        "no_shocks": tables.estimate("together", "no shared shocks"),
        "by_region": tables.estimate("together", "shocks of year and region"),
        "focus": focus,
        "focus_years": max((row.years for row in alone), default=0),
        "plain": tables.estimate("least squares", MAIN),
        "steady": tables.estimate("least squares", "steady budgets weigh more"),
        "jackknife": tables.estimate("short panels", "half-panel jackknife"),
        "strangers": tables.check("strangers from the same regions", "least squares"),
        "held_out": tables.check(HELD_OUT, "rival's level beside the own one", "error saved"),
        "held_out_own": tables.check(HELD_OUT, "own level beside none", "error saved"),
        "steady_strangers": tables.check("strangers from the same regions", "steady budgets weigh more"),
        "tables": tables,
        "least": LEAST_YEARS,
        "source": _source(tables.source),
        "instruments": tables.estimate("errors of measurement", INSTRUMENTS),
        "extremes": [(row.name.rpartition(": ")[2], row) for row in tables.estimates if row.group == "without a state"],
        "breaks": list(_breaks(tables)),
    }


def _breaks(tables: Tables) -> Iterator[tuple[EstimateRow, EstimateRow]]:
    """For Serbia and Kosovo alone, the estimate with breaks of the rival's series and without, where they differ."""
    for pair in FOCUS:
        found = {row.name: row for row in tables.estimates if row.group == f"{'-'.join(pair)} alone"}
        kept, without = found.get(f"{ALONE}, {KEPT}"), found.get(ALONE)
        if kept is not None and without is not None and kept.rows > without.rows:
            yield kept, without


def _checked(tables: Tables) -> dict[str, Any]:
    """What the page says of simulated panels; None if there are none."""
    lasting, idle, small = "no reaction, lasting shocks of regions", "no reaction", "a small reaction"
    focus = ("-".join(pair) for pair in FOCUS)
    alone = (tables.check(idle, f"{pair} alone") for pair in focus)
    return {
        "checks": bool(tables.checks),
        "lasting": tables.check(lasting, "least squares"),
        "lasting_region": tables.check(lasting, "least squares, shocks of year and region"),
        "lasting_together": tables.check(lasting, "together, flat prior"),
        "lasting_spread": TRUTHS[lasting].region_shock,
        "idle_restraint": tables.check(idle, "least squares", "restraint"),
        "idle_together": tables.check(idle, "together", "restraint"),
        "small": tables.check(small, "least squares"),
        "small_together": tables.check(small, "together, flat prior"),
        "single": tables.check(small, "together", "single reactions"),
        "alone": [row for row in alone if row is not None],
    }


def rise(reaction: float) -> float:
    """Per cent that a rival's ten per cent add to a year's growth, for a reaction [1/yr].

    >>> round(rise(0.02), 2)
    0.19
    """
    return PER_CENT * (TENTH**reaction - 1.0)


def _todays_answers(tables: Tables) -> list[tuple[str, float, EstimateRow]]:
    """For Serbia and Kosovo: the first year's answer by the model's defaults [1/yr], and the panel's row."""
    found = {row.group: row for row in tables.estimates if row.name == MAIN}
    pairs = [pair for pair in FOCUS if "-".join(pair) in found]
    return [(_names("-".join(pair)), _todays_answer(*pair), found["-".join(pair)]) for pair in pairs]


def _todays_answer(state: str, rival: str) -> float:
    """Growth in the first year per unit of the rival's log capability, by the defaults of the parameters [1/yr]."""
    share = _default(f"threat_share.{state}.{rival}") * (1.0 + _default(f"exaggeration.{state}"))
    return _default(f"adjustment.{state}") * _default(f"reaction.{state}") * share


def _default(key: str) -> float:
    """The default of one number of the model."""
    parameters = load_parameters()
    (row,) = parameters.rows_of(key)
    return parameters.distributions[row].centre


# ---- cells -----------------------------------------------------------------------------------------------------------


def _dyad_cells(row: DyadRow) -> tuple[str, ...]:
    return (
        f"{row.state}-{row.rival}",
        str(row.years),
        "" if row.alone is None or row.alone_error is None else f"{fixed(row.alone, 3)} ({fixed(row.alone_error, 3)})",
        fixed(row.mean, 3),
        _span(row.low, row.high),
        per_cent(row.p_negative),
        _long_run(row),
    )


def _estimate_cells(row: EstimateRow) -> tuple[str, ...]:
    restraint = "" if row.restraint is None else fixed(row.restraint, 3)
    error = f" ({fixed(row.restraint_error, 3)})" if row.restraint_error is not None else ""
    has_error = row.error > 0.0
    return (
        row.name,
        f"{fixed(row.reaction, 3)} ({fixed(row.error, 3)})" if has_error else fixed(row.reaction, 3),
        _span(row.low, row.high) if has_error else "",
        "" if row.p_negative is None else per_cent(row.p_negative),
        f"{restraint}{error}",
        "" if row.restraint is None else _long_run(row),
        str(row.rows),
    )


def _check_cells(row: CheckRow) -> tuple[str, ...]:
    shares = ("" if share is None else per_cent(share) for share in (row.coverage, row.positive, row.beyond))
    name = row.name if row.quantity == "reaction" else f"{row.name}: {row.quantity}"
    return (name, fixed(row.truth, 3), fixed(row.mean, 3), fixed(row.sd, 3), *shares, str(row.draws))


def _banded(rows: Sequence[Any], cells: Any) -> Iterator[TableRow | Band]:
    """Rows below the name of their group."""
    for group, members in groupby(sorted(rows, key=lambda row: _place(rows, row.group)), key=lambda row: row.group):
        yield Band(GROUPS.get(group, _group_words(group)))
        yield from (plain_row(*cells(row)) for row in members)


def _place(rows: Sequence[Any], group: str) -> int:
    return next(place for place, row in enumerate(rows) if row.group == group)


def _group_words(group: str) -> str:
    """The heading of a group: of a dyad, its states."""
    pair, alone, _ = group.partition(" alone")
    if "-" not in pair or pair not in {"-".join(one) for one in FOCUS}:
        return group[:1].upper() + group[1:]
    return f"{'Alone' if alone else 'All dyads together'}: {_names(pair)}"


def _names(dyad: str) -> str:
    """A dyad in words.

    >>> _names("SRB-XKX")
    "Serbia's reaction to Kosovo"
    """
    state, rival = (load_actors().name(code) for code in dyad.split("-"))
    return f"{state}'s reaction to {rival}"


def _span(low: float, high: float) -> str:
    return f"{fixed(low, 3)} to {fixed(high, 3)}"


def _long_run(row: DyadRow | EstimateRow) -> str:
    """The long-run elasticity with its range, or that it has no bound."""
    if row.elasticity is None:
        return ""
    low, high = row.elasticity_low, row.elasticity_high
    ends = NO_BOUND if low is None or high is None else f"{fixed(low, 2)} to {fixed(high, 2)}"
    return f"{fixed(row.elasticity, 2)} ({ends})"


def _source(key: str) -> str:
    """A source by its title, or as the user named it."""
    return str(sources()[key]["title"]) if key in sources() else key
