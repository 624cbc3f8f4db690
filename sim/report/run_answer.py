"""The text that `armsrace run` ends with (templates/run_answer.txt): what is filled in, and what is left out when it is short."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.analysis.findings import HORIZON, Finding, Topic, headlines_first, largest_of_each
from sim.analysis.output import UNCERTAINTY
from sim.analysis.variance_shares import LEAST, VarianceShares
from sim.io.formatting import MINUS, PER_CENT, fixed
from sim.io.quarters import index_of, name_of
from sim.io.templates import lines
from sim.io.terminal import page_width
from sim.report import run_text
from sim.report.caveats import caveats
from sim.report.cost_text import displaced, purchase_sentences
from sim.report.race_text import race_lines
from sim.report.sources import rests_on

if TYPE_CHECKING:
    from sim.analysis.results import Run

STOCKS = ("uav", "loitering")  # counted at the end of a year, where all else is the mean of its quarters
TABLE_FROM = 92  # columns below which the rows are written as sentences
SPREAD_ROWS, DRIVERS = 6, 3
FOLLOWED = (("spending", "SRB"), ("hazard", "SRB"))
LEVEL_YEARS = (2023, 2026, 2030)
LEVELS = (
    Topic("Serbia's spending, m US$/yr", "spending", "SRB", "", (), "", 0),
    Topic("Kosovo's spending, m US$/yr", "spending", "XKX", "", (), "", 0),
    Topic("Türkiye's spending, m US$/yr", "spending", "TUR", "", (), "", 0),
    Topic("Serbia's burden, % of GDP", "burden", "SRB", "", (), "", 1, PER_CENT),
    Topic("Kosovo's burden, % of GDP", "burden", "XKX", "", (), "", 1, PER_CENT),
    Topic("Serbia's attitude to Türkiye", "attitude", "SRB", "TUR", (), ""),
    Topic("Serbia's attitude to Kosovo", "attitude", "SRB", "XKX", (), ""),
    Topic("tension of Serbia and Kosovo", "tension", "SRB", "XKX", (), ""),
    Topic("serious incidents, per year", "hazard", "SRB", "XKX", (), ""),
    Topic("Kosovo's armed UAVs", "uav", "XKX", "", (), "", 1),
    Topic("Serbia's armed UAVs", "uav", "SRB", "", (), "", 1),
    Topic("Kosovo's loitering munitions", "loitering", "XKX", "", (), "", 0),
    Topic("chance Serbia buys Turkish UAVs", "supplier_choice", "SRB", "TUR", (), ""),
    Topic("KFOR's strength, thousand", "troops", "NATO", "", (), "", 1),
)


def answer(run: "Run", *, full: bool = False) -> Iterator[str]:
    """The lines of the answer.

    full : every line that moved, what each spread is owed to, and all that is said of the sources
    """
    yield from lines(
        "run_answer.txt",
        run=run,
        full=full,
        settings=run_text.settings_words(run),
        few_worlds=run_text.few_worlds(run.members),
        incidents=run_text.incidents_sentence(run, "" if run.baseline is None else f"in {run.baseline.id}"),
        purchases=list(purchase_sentences(run.scenario, run.baseline)) if run.baseline else [],
        race=race_lines(run),
        displaced=displaced(run),
        stability=run_text.stability_sentence(run),
        caveats=caveats(run, run.shown_findings, full=full),
        grounds=(*rests_on(run, leaning=full), *run_text.parameters_set(run)),
        **(_levels(run) if run.baseline is None else _changes(run, full)),
    )


def ending(run: "Run", ref: str, out: Path, *, full: bool = False) -> Iterator[str]:
    """What follows when everything is written: the files, and the commands to try next.

    ref : what the user called the scenario
    out : the folder of the run
    """
    from sim.report.next_steps import next_steps  # it loads what explains, for which the answer does not wait

    yield from written(out)
    yield from next_steps(run, ref, out, run.ordered_findings, full=full)


def written(out: Path) -> Iterator[str]:
    """What stands in the folder of a run."""
    files = sorted(f"{file.name}/" if file.is_dir() else file.name for file in out.iterdir())
    yield from lines("files_written.txt", folder=out, files=files)


# ---- changes against the baseline ------------------------------------------------------------------------------------


def _changes(run: "Run", full: bool) -> dict[str, Any]:
    """The rows to print, what each spread is owed to, and what is left to say of the others."""
    rows = run.ordered_findings if full else headlines_first(_chosen(run.shown_findings))
    spread = _spread(run, rows)
    moved = {row.topic for row in rows}
    return {
        "start": None if run.first_effect is None else name_of(run.first_effect),
        "first_words": run_text.first_words(run),
        "differing": run_text.differing_parameters(run),
        "is_wide": page_width() >= TABLE_FROM,
        "rows": rows,
        "cells": [(row.what, row.change, row.band, run_text.certainty(row)) for row in rows],
        "has_undetermined": any(row.is_undetermined for row in rows),
        "still": list(dict.fromkeys(row.topic.words for row in run.findings if row.topic not in moved)),
        "ends_early": HORIZON not in run.years,
        "horizon": HORIZON,
        "too_few": LEAST if run.members < LEAST and rows else 0,
        "spread": spread,
        "members_again": run.uncertainty[0].members if run.uncertainty else 0,
        "share_cells": [(row["what"], *row["cells"]) for row in spread if row["cells"]][:SPREAD_ROWS],
        "driven": [row for row in spread if row["rests_on"]][:SPREAD_ROWS],
        "uncertainty_file": UNCERTAINTY,
    }


def _chosen(rows: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """The rows of the short answer: each topic when it moves most, and at all times what readers ask for most."""
    largest = largest_of_each(rows)
    return tuple(row for row in rows if largest[row.topic] is row or (row.topic.variable, row.topic.actor) in FOLLOWED)


def _spread(run: "Run", rows: tuple[Finding, ...]) -> list[dict[str, Any]]:
    """The first row of each topic with what its spread is owed to, where that was computed."""
    firsts = {row.topic: row for row in reversed(rows)}
    owed = [(row, run.variance_shares(row)) for row in rows if firsts[row.topic] is row]
    return [
        {"what": row.what, "shares": hundredths(of), "cells": share_cells(of), "rests_on": of.rests_on[:DRIVERS]}
        for row, of in owed
        if of is not None
    ]


def hundredths(of: VarianceShares) -> dict[str, str]:
    """Shares in hundredths by what they are owed to; empty where no world differs."""
    return {} if of.shares is None else {name: fixed(PER_CENT * share) for name, share in of.shares._asdict().items()}


def share_cells(of: VarianceShares) -> list[str]:
    """The same with their errors; the error of a share that rests on a handful of worlds is not known."""
    errors = ["?"] * 3 if of.errors is None else [fixed(PER_CENT * error) for error in of.errors]
    return [f"{share} ±{error}" for share, error in zip(hundredths(of).values(), errors, strict=False)]


# ---- levels of a run that is compared with nothing -------------------------------------------------------------------


def _levels(run: "Run") -> dict[str, Any]:
    years = [year for year in LEVEL_YEARS if year in run.years] or [run.years[-1]]
    years = years if page_width() >= TABLE_FROM else years[-2:]
    recorded = [topic for topic in LEVELS if topic.series in run.by_series]
    levels = [(topic.words, *(_level(run, topic, year) for year in years)) for topic in recorded]
    return {"years": [str(year) for year in years], "levels": levels}


def _level(run: "Run", topic: Topic, year: int) -> str:
    """The middle of a year, and the range of 90 of 100 worlds where there is any."""
    contrast = run.by_series[topic.series]
    if topic.variable in STOCKS:
        quantiles = contrast.scenario.quantiles[:, index_of(f"{year}Q4")]
    else:
        quantiles = contrast.yearly_scenario.quantiles[:, run.years.index(year)]
    low, median, high = (fixed(topic.scale * quantiles[level], topic.digits) for level in (0, 2, 4))
    return median if low == high else f"{median} ({low}{' to ' if MINUS in low else '-'}{high})"
