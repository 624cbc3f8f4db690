"""The report of a run (templates/run_report.txt): what answers a question, says why, how sure, and where each number comes from."""

import json
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.analysis.findings import Finding, setting_name
from sim.analysis.incidents import PARTS
from sim.analysis.output import FIGURES, REPORT, REPORT_DATA, sealed, write_json
from sim.analysis.parameter_text import evidence
from sim.analysis.topics import states_concerned
from sim.ensembles.identifiability import ASSUMED, learned
from sim.io.formatting import capital, signed
from sim.io.templates import phrase
from sim.model.directions import LABELS, MEANING
from sim.model.network import TOLD, network
from sim.model.theories import theories
from sim.plots.channels import channel_sentence
from sim.report import run_text
from sim.report.caveats import caveats
from sim.report.citations import reference_lines
from sim.report.cost_text import displaced, prices, purchase_sentences
from sim.report.document import Band, Cell, Report, TableRow, plain_row, report_to_json, sections_of
from sim.report.event_text import amount, event_words, fitted_amount, series_name
from sim.report.forms.render import page_html
from sim.report.images import images
from sim.report.race_text import (
    answer_cells,
    answers_told,
    definitions,
    in_kind_sentences,
    plain_verdict,
    verdict_cells,
    verdict_sentence,
    verdicts_told,
)
from sim.report.run_answer import hundredths
from sim.report.sources import fit_label, rests_on, source_words
from sim.report.stability_text import edge_words, pace_words
from sim.report.why import Why
from sim.scenario.loading import Scenario

if TYPE_CHECKING:
    from sim.analysis.results import Run

SECTIONS = ("moves", "why", "rests", "stability")  # in which pictures may stand
WORDS = ("pinned", "bounded", ASSUMED)
MOST_PARAMETERS, MOST_QUARTERS, RIVALS_TOLD = 14, 8, 2


def write_report(
    run: "Run", folder: Path, manifest: dict[str, Any], why: Why | None = None, *, is_illustrated: bool = True
) -> None:
    """Write the report into the folder of a run, beside its pictures.

    manifest : what the run's manifest tells; times and paths in it are left out, so that equal runs have equal reports
    why      : the explanation of the first line of the answer, if there is one
    is_illustrated : whether the pictures stand in it
    """
    write(Report(run.scenario.title, sections(run, manifest, why, is_illustrated=is_illustrated)), folder)


def write(report: Report, folder: Path) -> None:
    """Write report.json, which a program reads, and report.html, which is made from it."""
    write_json(report_to_json(report), folder / REPORT_DATA)
    (folder / REPORT).write_bytes(sealed(page_html(report, folder / FIGURES).encode(), "html"))


def sections(run: "Run", manifest: dict[str, Any], why: Why | None = None, *, is_illustrated: bool = True) -> Any:
    """The sections of the report in their order."""
    plain = plain_verdict(run)
    effect = "" if run.baseline is None else phrase(run_text.FINDINGS, "largest", run.largest_effect)
    return sections_of(
        "run_report.txt",
        settings=run_text.settings_words(run),
        few_simulations=run_text.few_simulations(run.members),
        differing=run_text.differing_parameters(run),
        levels=list(run_text.level_sentences(run)) if run.baseline is None else [],
        incidents=run_text.incidents_sentence(run, "without"),
        why=why,
        channel_sentence="" if run.channels is None else channel_sentence(run),
        channels=_channels(run),
        documents=rests_on(run),
        inputs=[*_event_lines(run), *_parameter_lines(run)],
        counts=_counts(run),
        theories=theories(),
        purchases=list(purchase_sentences(run.scenario, run.baseline, run.fit)) if run.baseline else [],
        displaced=displaced(run),
        prices=list(prices(run.changed_events)),
        in_kind=list(in_kind_sentences(run.answers, run.quarters, most=RIVALS_TOLD)),
        answers=answer_cells(answers_told(run.answers, RIVALS_TOLD)),
        verdict=verdict_sentence(run.verdicts),
        verdict_in_short=" ".join(filter(None, (plain[0], effect, plain[1]))),
        verdicts=verdict_cells(verdicts_told(run)),
        definitions=definitions(),
        pace=pace_words(run.stability),
        edge=edge_words(run.stability),
        images=images("run", run, SECTIONS) if is_illustrated else dict.fromkeys(SECTIONS, ()),
        caveats=caveats(run, run.shown_findings),
        command=run_text.command_again(run),
        **_changes(run),
        run=run,
        **ending([run.scenario], run.baseline, manifest, run_text.made_by(run), run.main_numbers),
    )


def ending(
    scenarios: Sequence[Scenario],
    base: Scenario | None,
    manifest: dict[str, Any],
    made_by: str,
    numbers: Sequence[str] = (),
) -> dict[str, Any]:
    """Who made the run, how to cite it, the resolved scenarios, and the manifest without times and paths."""
    import yaml

    kept = {name: manifest[name] for name in ("identity", "versions", "platform")}
    kept["identity"] = {**kept["identity"], "ensemble": fit_label(kept["identity"]["ensemble"])}
    references = list(reference_lines(scenarios, base, numbers=numbers))
    dump = partial(yaml.dump, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True, width=110)
    return {
        "made_by": made_by,
        "references": references,
        "bibtex": "\n\n".join(entry.bibtex() for _, entries in references for entry in entries),
        "resolved": [(scenario.id, dump(scenario.resolved())) for scenario in scenarios],
        "manifest": json.dumps(kept, indent=1, sort_keys=True, ensure_ascii=False),
    }


# ---- tables ----------------------------------------------------------------------------------------------------------


def _changes(run: "Run") -> dict[str, Any]:
    """What moves, what each spread is due to, and what each theory says, line by line."""
    rows = _rows_told(run, run.ordered_findings)
    due = [(row, shares) for row in rows if (shares := run.variance_shares(row))]
    by_theory = []
    for row, shares in ((row, run.variance_shares(row)) for row in _rows_told(run, run.shown_findings)):
        if shares is not None and shares.by_theory:
            ends = [[_shown(row, end) for end in (view.median, view.low, view.high)] for view in shares.by_theory]
            what = f"{row.what}, {row.topic.unit}" if row.topic.unit else row.what
            by_theory.append((what, *(f"{median} ({low} to {high})" for median, low, high in ends)))
    labels = [(label, MEANING[label]) for label in LABELS if any(row.label == label for row in rows)]
    return {
        "labels": labels,
        "directions": [(row.what, row.label, run_text.channels_words(row.whose)) for row in rows if row.whose.label],
        "headline_cells": [
            (capital(row.what), row.change, row.band, run_text.certainty(row)) for row in run.headlines if run.baseline
        ],
        "changes": [(row.what, row.change, row.band, run_text.certainty(row)) for row in rows],
        "shares": [(row.what, *hundredths(shares).values()) for row, shares in due if shares.shares],
        "by_theory": by_theory,
        "members_again": run.uncertainty[0].members if run.uncertainty else 0,
    }


def _rows_told(run: "Run", rows: Sequence[Finding]) -> list[Finding]:
    """The rows about those whom the scenario or the short answer names; the others stand in findings.csv."""
    named = {*states_concerned(run.scenario, run.baseline), *TOLD, *(row.topic.actor for row in run.headlines)}
    return [row for row in rows if row.topic.actor in named or row.topic.actor not in network().states]


def _shown(row: Finding, value: float) -> str:
    return signed(row.topic.scale * value, row.topic.digits)


def _channels(run: "Run") -> list[tuple[str, ...]]:
    """Last quarters of the years from the first effect on: the change of the risk, and its parts."""
    if run.channels is None:
        return []
    last = [f"{year}Q4" for year in run.years]
    start = run.first_effect or 0
    means = run.channels.to_json(run.quarter_names)[start:]
    kept = [mean for mean in means if mean["quarter"] in last][:MOST_QUARTERS]
    return [(mean["quarter"], *(signed(mean[part], 3) for part in ("total", *PARTS))) for mean in kept]


def _event_lines(run: "Run") -> Iterator[TableRow | Band]:
    known = (*run.scenario.events, *(() if run.baseline is None else run.baseline.events))
    events = [event for event in run.changed_events if series_name(getattr(event, "id", "")) is None]
    if events:
        yield Band("Events that only one of the two has, or that differ between them")
    for event in events:
        source, locator = getattr(event, "source", None), getattr(event, "locator", "")
        is_assumed = source in (None, "assumed")
        is_sized = any(isinstance(value, dict) for value in event.plain().values())
        where = "assumed" if is_assumed else f"{source}{', ' + locator if locator else ''}"
        ground = "a source of the scenario file" if source in run.scenario.sources else "documented"
        word = ASSUMED if is_assumed else f"{ground}{'; sizes ' + ASSUMED if is_sized else ''}"
        yield plain_row(getattr(event, "id", ""), event_words(event, known, run.fit), where, word)


def _parameter_lines(run: "Run") -> Iterator[TableRow | Band]:
    """The numbers on which the first lines rest, and those that the scenario or the user sets."""
    table, fitted = run.parameters, learned(run.fit)
    own = {*run.scenario.parameters, *map(setting_name, run.settings)}
    named = [*run.scenario.parameters, *map(setting_name, run.settings), *_most_frequent(run)]
    keys = [key for key in dict.fromkeys(named) if key in table.starts]
    if keys:
        yield Band("Parameters on which the answer rests most, and those that were set")
    for key in keys[:MOST_PARAMETERS]:
        place = table.rows_of(key)[0]
        declared, fit = table.parameter(key), fitted.get(table.keys[place])
        prior = table.distributions[place]
        value = amount(prior) if key in own else fitted_amount(table.keys[place], prior, run.fit)
        where = source_words(declared.source) + (f", {declared.locator}" if declared.locator else "")
        word = f"{evidence(ASSUMED if fit is None else fit.word)}{' (set here)' if key in own else ''}"
        unit = "" if declared.unit == "1" else declared.unit
        yield TableRow((Cell(key, declared.meaning), Cell(value, unit), Cell(where), Cell(word)))


def _most_frequent(run: "Run") -> list[str]:
    """The parameters that the lines of the answer rest on, the most frequent first."""
    keys = [driver.key for shares in run.uncertainty or () for driver in shares.rests_on]
    named = [key for key in keys if not key.startswith("events.")]
    return sorted(dict.fromkeys(named), key=lambda key: -named.count(key))


def _counts(run: "Run") -> list[str]:
    """How many of the uncertain numbers of the model the figures know, and how well."""
    words = [str(row.word) for row in learned(run.fit).values()]
    return [f"{words.count(word)} {evidence(word)}" for word in WORDS] if words else []
