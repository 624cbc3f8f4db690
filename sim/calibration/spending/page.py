"""What the tables say in words: the answer of the command, and the page (templates `backtest*`)."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from scipy.special import stdtrit

from sim.calibration.incident_scores import REFERENCE, IncidentRow
from sim.calibration.spending.backtest import MODEL, PLEDGE, BacktestRow
from sim.calibration.spending.contenders import LEADS, REFERENCE_CONTENDER
from sim.calibration.spending.record import Record
from sim.data.actors import load_actors
from sim.io.formatting import capital, fixed, number, per_cent, signed
from sim.io.templates import lines
from sim.report.document import Band, Report, TableRow, plain_row, sections_of
from sim.report.forms.render import page_markdown

TITLE = "How good are the forecasts?"
UNCLEAR = "no clear difference"
HEADER = ["contender", "CRPS", "from no change", "from the model", "in 50 %", "in 90 %", "energy", "from no change"]
WORDS = {1: "One year ahead", 2: "Two years ahead"}
OVERVIEW = ("model", "no change", "drift", "constant burden", "pledges alone", "AR(1) on growth")


def page_body(record: Record) -> str:
    """The page as Markdown, without its title."""
    return page_markdown(Report(TITLE, sections_of("backtest.txt", **_facts(record)))).partition("\n\n")[2]


def answer(record: Record, files: Sequence[Path] = ()) -> Iterator[str]:
    """The lines that the command prints."""
    yield from lines("backtest_answer.txt", **_facts(record), files=[*map(str, files)])


def _facts(record: Record) -> dict[str, Any]:
    """What both texts say."""
    every = {lead: record.forecasts("all", lead) for lead in LEADS}
    return {
        "record": record,
        "every": every,
        "words": WORDS,
        "best": {lead: min(rows.values(), key=lambda row: row.crps) for lead, rows in every.items()},
        "joint": {lead: min(rows.values(), key=lambda row: row.energy or 0.0) for lead, rows in every.items()},
        "reference": REFERENCE_CONTENDER,
        "verdict": verdict,
        "told": told,
        "against_model": against_model,
        "verdict_on_model": verdict_on_model,
        "spans": {lead: _spans(record, lead) for lead in LEADS},
        "header": HEADER,
        "phrases": {"better": "better", "worse": "worse", UNCLEAR: "not clearly better or worse"},
        "pledge": PLEDGE,
        "overview": [(*cells(row)[:3], *cells(row)[4:6]) for row in every[LEADS[0]].values()],
        "rows": {lead: list(_banded(record, lead)) for lead in LEADS},
        "state_header": ["state", *OVERVIEW, "best"],
        "state_rows": {lead: list(_state_rows(record, lead)) for lead in LEADS},
        "incident_rows": [_incident_cells(row) for row in record.incidents],
        "incidents": {
            row.incidents: verdict_of(row.brier_difference, row.brier_error, row.quarters)
            for row in record.incidents
            if row.forecast != REFERENCE
        },
        "derived_rows": list(_derived_rows(record)),
    }


def _spans(record: Record, lead: int) -> dict[str, dict[str, BacktestRow]]:
    """The contenders in each span of origins."""
    groups = dict.fromkeys(
        row.group for row in record.backtest if row.group.startswith("origins ") and row.lead == lead
    )
    return {group: record.forecasts(group, lead) for group in groups}


def verdict_of(difference: float, error: float, count: int) -> str:
    """Whether a difference of scores is clear, at 90 %.

    error : standard error over so many origins or quarters

    >>> verdict_of(-0.01, 0.002, 15), verdict_of(0.01, 0.002, 15), verdict_of(0.001, 0.002, 15)
    ('better', 'worse', 'no clear difference')
    """
    if abs(difference) <= stdtrit(count - 1, 0.95) * error:
        return UNCLEAR
    return "better" if difference < 0.0 else "worse"


def verdict(row: BacktestRow) -> str:
    """Whether a contender is better than the reference."""
    return verdict_of(row.difference, row.error, row.origins)


def verdict_on_model(row: BacktestRow) -> str:
    """Whether a contender is better than the model."""
    return verdict_of(row.from_model, row.from_model_error, row.origins)


def told(row: BacktestRow) -> str:
    """The difference from the reference with its standard error."""
    return f"{signed(row.difference, 4)} ({fixed(row.error, 4)})"


def against_model(row: BacktestRow) -> str:
    """The difference from the model with its standard error; positive where the model is better."""
    return f"{signed(row.from_model, 4)} ({fixed(row.from_model_error, 4)})"


def cells(row: BacktestRow) -> tuple[str, ...]:
    """A contender in one line."""
    energy = "" if row.energy is None else fixed(row.energy, 3)
    apart = ""
    if row.energy_difference is not None and row.energy_error is not None:
        apart = f"{signed(row.energy_difference, 3)} ({fixed(row.energy_error, 3)})"
    shares = per_cent(row.inside_50), per_cent(row.inside_90)
    is_reference, is_model = row.contender == REFERENCE_CONTENDER, row.contender == MODEL
    differences = "" if is_reference else told(row), "" if is_model else against_model(row)
    return (row.contender, number(row.crps), *differences, *shares, energy, "" if is_reference else apart)


def _banded(record: Record, lead: int) -> Iterator[TableRow | Band]:
    """The contenders in all forecasts and in spans of origins."""
    groups = ("all", *_spans(record, lead))
    for group in groups:
        found = record.forecasts(group, lead)
        one = next(iter(found.values()))
        words = "All origins" if group == "all" else capital(group)
        yield Band(f"{words}: {one.forecasts} forecasts from {one.origins} origins")
        yield from (plain_row(*cells(row)) for row in found.values())


def _state_rows(record: Record, lead: int) -> Iterator[tuple[str, ...]]:
    """Score of some contenders in each state, and which is lowest."""
    for state in load_actors().states:
        found = record.forecasts(state, lead)
        best = min(OVERVIEW, key=lambda name: found[name].crps)
        apart = "" if best == REFERENCE_CONTENDER else f" {told(found[best])}"
        yield (load_actors().name(state), *(number(found[name].crps) for name in OVERVIEW), f"{best}{apart}")


def _incident_cells(row: IncidentRow) -> tuple[str, ...]:
    is_reference = row.forecast == REFERENCE
    brier = "" if is_reference else f"{signed(row.brier_difference, 3)} ({fixed(row.brier_error, 3)})"
    log = "" if is_reference else f"{signed(row.log_difference, 3)} ({fixed(row.log_error, 3)})"
    shares = per_cent(row.probability), per_cent(row.happened)
    return (row.incidents, row.forecast, *shares, fixed(row.brier, 3), brier, fixed(row.log, 3), log)


def _derived_rows(record: Record) -> Iterator[TableRow | Band]:
    groups = dict.fromkeys(row.group for row in record.derived)
    for group in groups:
        yield Band("What ships" if group == "parameters" else capital(group))
        for row in record.derived:
            if row.group == group:
                years = f"{row.first_year} to {row.last_year}"
                yield plain_row(row.name, fixed(row.median, 3), f"{fixed(row.low, 3)} to {fixed(row.high, 3)}", years)
