"""What `armsrace run` prints: the answer, which stands as soon as the numbers do (templates/run_answer.txt), and after the report is
made why, how sure, what it rests on and what to try next (templates/run_ending.txt)."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.analysis.drivers import NAMED_FIRST
from sim.analysis.findings import LEAST as LEAST_ROWS
from sim.analysis.findings import Finding, change_words, way_of
from sim.analysis.incidents import rate_limit
from sim.analysis.output import REPORT, UNCERTAINTY
from sim.analysis.parameter_text import drivers_words
from sim.analysis.topics import HORIZON, TOPICS, Topic, incident_rate, spending_of
from sim.analysis.variance_shares import LEAST, VarianceShares
from sim.data.actors import whose
from sim.io.formatting import MINUS, PER_CENT, capital, fixed
from sim.io.quarters import index_of, name_of
from sim.io.templates import lines, phrase
from sim.io.terminal import page_width
from sim.model.directions import LABELS, MEANING
from sim.model.network import FIRST, SECOND, TOLD
from sim.report import run_text
from sim.report.caveats import caveats
from sim.report.citations import in_short
from sim.report.cost_text import displaced, purchase_sentences
from sim.report.race_text import plain_verdict, race_lines
from sim.report.sources import ensemble_note, rests_on, short_citations

if TYPE_CHECKING:
    from sim.analysis.results import Run

STOCKS = ("uav", "loitering")  # counted at the end of a year, where all else is the mean of its quarters
TABLE_FROM = 92  # columns below which other answers write their rows as sentences
SCREEN = 24  # lines of the first screen, for which rows are left out
SPREAD_ROWS = 6
ASKED_FIRST = ("tension", "hazard")  # of which a short answer says that nothing moved, if the question names them
GROUNDS = 4  # documents of the short answer
LEVEL_YEARS = (2023, 2026, 2030)
LEVEL_VARIABLES = ("attitude", "tension", "uav", "loitering", "supplier_choice", "troops")
LEVELS = (
    *(Topic(f"{spending_of(state).words}, m US$/yr", "spending", state, "", (), "", 0) for state in TOLD),
    *(Topic(f"{whose(state)} burden, % of GDP", "burden", state, "", (), "", 1, PER_CENT) for state in (FIRST, SECOND)),
    incident_rate(()),
    *(topic for topic in TOPICS if topic.variable in LEVEL_VARIABLES),
)  # fmt: skip


def answer(run: "Run", *, full: bool = False) -> Iterator[str]:
    """The verdict and the numbers.

    full : every line that moved, what each direction and each spread rests on, and the race in detail
    """
    rows: Sequence[Any]
    numbers_of: Callable[[Sequence[Any]], dict[str, Any]]
    if run.baseline is None:
        rows, numbers_of = [topic for topic in LEVELS if topic.series in run.by_series], partial(_levels, run)
    else:
        rows, numbers_of = run.ordered_findings if full else run.headlines, partial(_changes, run, full)
    answer_lines = _lines(run, full, numbers_of(rows))
    while not full and len(answer_lines) > SCREEN and len(rows) > LEAST_ROWS:
        rows = rows[:-1]
        answer_lines = _lines(run, full, numbers_of(rows))
    yield from answer_lines


def _lines(run: "Run", full: bool, numbers: dict[str, Any]) -> list[str]:
    """The lines of an answer as they are printed.

    numbers : the changes or the levels
    """
    race, kind = plain_verdict(run)
    answer_lines = lines(
        "run_answer.txt",
        run=run,
        full=full,
        race=race,
        effect="" if run.baseline is None else phrase(run_text.FINDINGS, "largest", run.largest_effect),
        kind=kind,
        rate_limit=rate_limit(run),
        **(_in_full(run) if full else {}),
        **numbers,
    )
    return "\n".join(answer_lines).split("\n")


def theories_sentence(run: "Run") -> str:
    """What each theory makes of the line that is told first of those on whose direction they disagree; "" where they agree."""
    held = {(shares.series, shares.quarter): shares for shares in run.uncertainty or ()}
    for row in run.headlines:
        views = held[row.topic.series, row.when].by_theory if (row.topic.series, row.when) in held else ()
        moved = [view for view in views if view.p_positive or view.p_negative]
        ways = {view.theory: way_of(view.p_positive, view.p_negative) for view in moved}
        if len(set(ways.values())) > 1:
            medians = [
                (
                    view.theory,
                    change_words(row.topic.scale * view.median, row.topic.digits),
                    "" if row.topic.in_per_cent else fixed(row.topic.scale * view.baseline, row.topic.digits),
                    ways.get(view.theory, ""),
                )
                for view in views
            ]
            return phrase(
                run_text.FINDINGS,
                "by_theory",
                row.subject,
                row.topic.unit,
                medians,
                held[row.topic.series, row.when].members,
            )
    return ""


def _in_full(run: "Run") -> dict[str, Any]:
    """What only the full answer says."""
    return {
        "incidents": run_text.incidents_sentence(run, "" if run.baseline is None else f"in {run.baseline.id}"),
        "purchases": list(purchase_sentences(run.scenario, run.baseline, run.fit)) if run.baseline else [],
        "race_lines": race_lines(run),
        "displaced": displaced(run),
        "stability": run_text.stability_sentence(run),
    }


def ending(run: "Run", ref: str, out: Path, *, full: bool = False) -> Iterator[str]:
    """What follows when everything is written: why, how sure, what it rests on, the files, and the commands to try next.

    ref : what the user called the scenario
    out : the folder of the run
    """
    from sim.report.next_steps import next_steps  # it loads what explains, for which the answer does not wait

    rows = run.shown_findings if full else run.headlines
    yield from lines(
        "run_ending.txt",
        run=run,
        full=full,
        theories="" if full else theories_sentence(run),
        reasons=run.reasons,
        settings=run_text.settings_words(run),
        warnings=_warnings(run),
        labels=[
            f"{capital(label)}: {MEANING[label].split('. ')[0].rstrip('.')}."
            for label in LABELS
            if any(row.label == label for row in rows)
        ],
        caveats=caveats(run, run.shown_findings) if full else (),
        cite=in_short("run", [ref], run.members, run.seed, str(out)),
        grounds=(*rests_on(run), *run_text.parameters_set(run)) if full else (),
        short_grounds=() if full else _short_grounds(run, ref),
        **_main_spread(run),
    )
    yield from _written(out, full)
    yield from next_steps(run, ref, out, full=full)


def _written(out: Path, full: bool) -> Iterator[str]:
    """The folder of a run; where the report is, or in full each file."""
    if full or not (out / REPORT).is_file():
        yield from written(out)
    else:
        yield f"Report: {out / REPORT}; tables and charts are beside it."


def written(out: Path) -> Iterator[str]:
    """What stands in the folder of a run."""
    files = sorted(f"{file.name}/" if file.is_dir() else file.name for file in out.iterdir())
    yield from lines("files_written.txt", folder=out, files=files)


# ---- changes against the baseline ------------------------------------------------------------------------------------


def _changes(run: "Run", full: bool, rows: Sequence[Finding]) -> dict[str, Any]:
    """Some rows to print, what each spread is due to, and what is left to say of the others."""
    spread = _spread(run, rows) if full else []
    moved = {row.topic for row in rows}
    still = [
        topic.words
        for topic in run.topics
        if topic not in moved and (full or (topic.variable in ASKED_FIRST and run.asks(topic) is not None))
    ]
    return {
        "start": None if run.first_effect is None else name_of(run.first_effect),
        "first_words": run_text.first_words(run),
        "rows": rows,
        "cells": [(capital(row.what), row.change, row.band, run_text.certainty(row)) for row in rows],
        "still": [words for words in still if full or all(row.topic.words != words for row in run.shown_findings)],
        "ends_early": HORIZON not in run.years,
        "horizon": HORIZON,
        "too_few": LEAST if run.members < LEAST and rows else 0,
        "members_again": run.uncertainty[0].members if run.uncertainty else 0,
        "share_cells": [(capital(row["what"].removeprefix("the ")), *row["cells"]) for row in spread if row["cells"]][
            :SPREAD_ROWS
        ],
        "driven": [row for row in spread if row["depends_on"]][:SPREAD_ROWS],
        "uncertainty_file": UNCERTAINTY,
    }


def _spread(run: "Run", rows: Sequence[Finding]) -> list[dict[str, Any]]:
    """The first row of each topic with what its spread is due to, where that was computed."""
    firsts = {row.topic: row for row in reversed(rows)}
    due = [(row, run.variance_shares(row)) for row in rows if firsts[row.topic] is row]
    return [_due(row, of) for row, of in due if of is not None]


def _due(row: Finding, of: VarianceShares) -> dict[str, Any]:
    """What the spread of a row is due to, in words."""
    return {
        "what": row.subject,
        "shares": hundredths(of),
        "cells": share_cells(of),
        "depends_on": drivers_words(of.rests_on, NAMED_FIRST),
    }


def hundredths(of: VarianceShares) -> dict[str, str]:
    """Shares in per cent by what they are due to; empty where no simulation differs."""
    return {} if of.shares is None else {name: fixed(PER_CENT * share) for name, share in of.shares._asdict().items()}


def share_cells(of: VarianceShares) -> list[str]:
    """The same with their errors; the error of a share that rests on a handful of simulations is not known."""
    errors = ["?"] * 3 if of.errors is None else [fixed(PER_CENT * error) for error in of.errors]
    return [f"{share} ±{error}" for share, error in zip(hundredths(of).values(), errors, strict=False)]


# ---- how sure, and what it rests on ----------------------------------------------------------------------------------


def _main_spread(run: "Run") -> dict[str, Any]:
    """What the spread of the largest effect is due to, or of the first line that has any."""
    return {"spread": None if run.main_spread is None else _due(*run.main_spread)}


def _warnings(run: "Run") -> list[str]:
    """What a reader must know before using the numbers."""
    dear = list(purchase_sentences(run.scenario, run.baseline, run.fit))[:1] if run.baseline else []
    said = (
        run_text.few_simulations(run.members),
        run_text.differing_parameters(run),
        *(phrase("cost_words.txt", "dear", line) for line in dear),
        ensemble_note(run.fit),
    )
    return [words for words in said if words]


def _short_grounds(run: "Run", ref: str) -> list[str]:
    """The numbers that the scenario sets, and the documents by id and short name; of many the first, and how to see the others."""
    grounds = [*run_text.parameters_set(run), *short_citations(run)]
    if len(grounds) <= GROUNDS:
        return grounds
    more = len(grounds) - GROUNDS + 1
    return [*grounds[: GROUNDS - 1], phrase("source_words.txt", "more_documents", more, ref)]


# ---- levels of a run that is compared with nothing -------------------------------------------------------------------


def _level_years(run: "Run") -> list[int]:
    years = [year for year in LEVEL_YEARS if year in run.years] or [run.years[-1]]
    return years if page_width() >= TABLE_FROM else years[-2:]


def _levels(run: "Run", rows: Sequence[Topic]) -> dict[str, Any]:
    """Some levels to print."""
    years = _level_years(run)
    levels = [(capital(topic.words), *(_level(run, topic, year) for year in years)) for topic in rows]
    return {"years": [str(year) for year in years], "levels": levels}


def _level(run: "Run", topic: Topic, year: int) -> str:
    """The median of a year, and its 90 % range where there is any."""
    contrast = run.by_series[topic.series]
    if topic.variable in STOCKS:
        quantiles = contrast.scenario.quantiles[:, index_of(f"{year}Q4")]
    else:
        quantiles = contrast.yearly_scenario.quantiles[:, run.years.index(year)]
    low, median, high = (fixed(topic.scale * quantiles[level], topic.digits) for level in (0, 2, 4))
    return median if low == high else f"{median} ({low}{' to ' if MINUS in low else '-'}{high})"
