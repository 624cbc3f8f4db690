"""The report of a run: one page that answers a question, says why, how sure, and where each number comes from."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.analysis.findings import SCALES, SIGN_RULE, headlines_first, parameters_of, setting_name, signed
from sim.analysis.incidents import PARTS
from sim.analysis.output import REPORT
from sim.analysis.variance_shares import split_of
from sim.data.actors import load_actors
from sim.ensembles.identifiability import ASSUMED, learned
from sim.model.theories import theories
from sim.plots.channels import channel_sentence
from sim.report.caveats import (
    caveats,
    citation,
    differing_parameters,
    few_worlds,
    fit_label,
    settings_words,
    source_words,
    stability_sentence,
)
from sim.report.document import Band, Cell, Line, Listing, Part, Points, Section, Table, Text, line, page_data
from sim.report.event_text import amount, number, series_name
from sim.report.event_text import event_words as event_line
from sim.report.images import images
from sim.report.render import page_html
from sim.report.run_text import (
    answer_sentences,
    citation_sentences,
    command_again,
    incidents_sentence,
    shown_findings,
)
from sim.report.stability_text import edge_words, pace_words
from sim.report.why import Why

if TYPE_CHECKING:
    from sim.analysis.results import Run

FOOTER = "Written by armsrace. This page loads nothing from a network."
MARKS = {
    "pinned": "the figures narrow it strongly",
    "bounded": "the figures narrow it somewhat",
    ASSUMED: "they say nothing of it",
}
LIMITS = (
    "An answer is no forecast: it says what follows from stated assumptions, and how far they leave the answer open.",
    "How strongly states react to each other is not measured; the data cannot tell one reaction from another.",
    "The model knows spending, arms, attitudes and incidents. It knows no decision of a person, no secret and no accident.",
    "Do not use it to plan operations or to predict a single event; do not quote the middle without the range.",
)


def write_report(run: "Run", folder: Path, manifest: dict[str, Any], why: Why | None = None) -> Path:
    """Write report.html into the folder of a run, beside its pictures.

    manifest : what the run's manifest tells; times and paths in it are left out, so that equal runs have equal reports
    why      : the explanation of the first line of the answer, if there is one
    """
    title = run.scenario.title
    parts = sections(run, folder / "figures", manifest, why)
    page = page_html(
        title, parts, "Written by armsrace. This page loads nothing from a network.", page_data(title, parts)
    )
    target = folder / REPORT
    target.write_text(page, encoding="utf-8", newline="\n")
    return target


def sections(run: "Run", figures: Path, manifest: dict[str, Any], why: Why | None = None) -> tuple[Section, ...]:
    """The report in its order."""
    shown = images("run", run, figures, ("moves", "why", "rests", "stability"))
    found = [
        Section("question", "The question", tuple(_question(run))),
        Section("answer", "The answer", tuple(_answer(run))),
        Section("moves", "What moves", (*_moves(run), *shown["moves"])),
        Section("why", "Why it moves", (*_why(run, why), *shown["why"])),
        Section("rests", "What it rests on", (*_rests(run), *shown["rests"])),
        Section("theories", "Rival theories", tuple(_theories(run))),
        Section("stability", "Stability", (*_stability(run), *shown["stability"])),
        Section("limits", "Limits", (Points((*caveats(run, shown_findings(run)), *LIMITS)),)),
        Section("cite", "How to cite", tuple(_cite(run))),
        Section("scenario", "The scenario and the manifest", tuple(manifest_parts(run.scenario, manifest))),
    ]
    return tuple(section for section in found if section.parts)


def _question(run: "Run") -> Iterator[Part]:
    yield Text(run.scenario.question or run.scenario.title)
    if run.baseline is not None:
        pairs = "1 pair" if run.members == 1 else f"{run.members:,} pairs"
        yield Text(
            f"To answer it, {pairs} of worlds are simulated. A world is one run with its own draw of everything uncertain. Each is run "
            f"twice with the same luck: as the scenario says, and as its baseline does (“{run.baseline.title}”). The change is the "
            f"difference of the two. Seed {run.seed}{settings_words(run)}.",
            terms=("world", "change"),
        )
    else:
        yield Text(
            f"{run.members:,} worlds, seed {run.seed}{settings_words(run)}. The run is compared with nothing: these are levels."
        )
    if run.scenario.expects:
        yield Text(f"What the sources lead one to expect: {run.scenario.expects}")
    if run.scenario.costs:
        yield Text(f"What it costs: {run.scenario.costs}")


def _answer(run: "Run") -> Iterator[Part]:
    if few_worlds(run):
        yield Text(few_worlds(run), is_warning=True)
    if differing := differing_parameters(run):
        yield Text(differing, is_warning=True)
    yield Points(answer_sentences(run))
    if words := incidents_sentence(run):
        yield Text(words)


def _moves(run: "Run") -> Iterator[Part]:
    rows = headlines_first(shown_findings(run))
    if not rows:
        return
    yield Text(
        f"The middle world, and the range that holds 90 of 100 worlds. {SIGN_RULE} Sign assumed: the direction was put in, since the "
        f"parameters behind it cannot be negative; sign contested: the literature disagrees. {SCALES}",
        terms=("Undetermined", "Sign assumed", "sign contested"),
    )
    lines = tuple(line(row.what, row.change, row.band, row.certainty) for row in rows)
    yield Table("Changes, and how sure they are", ("what", "change", "5-95 %", "worlds of 100"), lines, numbers=(1, 2))
    split = [(row, one) for row in rows if (one := split_of(run, row.topic, row.when)) and one.share_chance is not None]
    if split:
        yield Text(
            "What the spread of a line is owed to, in hundredths: unknown parameters, chance, or the choice between the theories."
        )
        shares = tuple(
            line(
                row.what,
                *(
                    f"{100.0 * (share or 0.0):.0f}"
                    for share in (one.share_parameters, one.share_chance, one.share_theories)
                ),
            )
            for row, one in split
        )
        yield Table(
            "What the spread is owed to", ("spread of", "parameters", "chance", "theories"), shares, numbers=(1, 2, 3)
        )


def _why(run: "Run", why: Why | None) -> Iterator[Part]:
    if why is not None:
        yield from (Text(why.sentence), why.table, why.picture)
    if run.channels is not None:
        yield Text(
            "Arms act on the risk of incidents in two opposite ways: they raise tension (the spiral), and they deter. "
            f"{channel_sentence(run)}"
        )
        names = tuple(f"{year}Q4" for year in run.years if f"{year}Q4" in run.quarter_names)
        rows = [row for row in run.channels.plain(run.quarter_names) if row["quarter"] in names]
        first = run.quarter_names[run.first_effect or 0]
        later = [row for row in rows if row["quarter"] >= first]
        lines = tuple(
            line(row["quarter"], signed(row["total"], 3), *(signed(row[part], 3) for part in PARTS)) for row in later
        )
        header = ("quarter", "whole change", "spiral alone", "deterrence alone", "neither", "only together")
        yield Table(
            "Change of the rate of serious incidents per year, mean of worlds",
            header,
            lines[:8],
            numbers=(1, 2, 3, 4, 5),
        )


# ---- what it rests on ------------------------------------------------------------------------------------------------


def _rests(run: "Run") -> Iterator[Part]:
    marks = "; ".join(f"{word}: {words}" for word, words in MARKS.items())
    yield Text(
        f"Each number carries its source and a word for what the figures of the documents say of it. {marks}.",
        terms=tuple(MARKS),
    )
    if run.scenario.documents:
        yield Points(tuple(citation(document) for document in run.scenario.documents))
    lines = (*_event_lines(run), *_parameter_lines(run))
    if lines:
        yield Table("Inputs behind the answer", ("input", "value", "source", "word"), lines)
    counts = _counts(run)
    if counts:
        yield Text(
            f"Of all uncertain numbers of the model: {counts}. armsrace trace NAME says where any number comes from."
        )


def _event_lines(run: "Run") -> Iterator[Line | Band]:
    known = (*run.scenario.events, *(() if run.baseline is None else run.baseline.events))
    events = [event for event in run.changed_events if series_name(getattr(event, "id", "")) is None]
    if events:
        yield Band("Events in which the two worlds differ")
    for event in events:
        source, locator = getattr(event, "source", None), getattr(event, "locator", "")
        where = "assumed" if source in (None, "assumed") else f"{source}{', ' + locator if locator else ''}"
        is_sized = any(isinstance(value, dict) for value in event.plain().values())
        word = ASSUMED if source in (None, "assumed") else f"documented{'; sizes ' + ASSUMED if is_sized else ''}"
        yield line(getattr(event, "id", ""), event_line(event, known), where, word)


def _parameter_lines(run: "Run") -> Iterator[Line | Band]:
    """The numbers on which the first lines rest, and those that the scenario or the user sets."""
    table, known = parameters_of(run), learned(run.fit)
    moving = [one.key for row in run.uncertainty or () for one in row.rests_on]
    settings = [name for name in map(setting_name, run.settings) if not name.startswith("events.")]
    keys = [
        key for key in dict.fromkeys([*run.scenario.parameters, *settings, *_by_count(moving)]) if key in table.starts
    ]
    if keys:
        yield Band("Parameters on which the answer rests most, and those that were set")
    for key in keys[:14]:
        row = table.rows_of(key)[0]
        declared = table.parameter(key)
        fitted = known.get(table.keys[row])
        value = amount(table.distributions[row])
        if fitted is not None and key not in settings and key not in run.scenario.parameters:
            ends = fitted.posterior
            value = f"{number(ends.middle)} (5-95 % of worlds: {number(ends.low, 2)} to {number(ends.high, 2)})"
        where = source_words(declared.source) + (f", {declared.locator}" if declared.locator else "")
        word = fitted.word if fitted is not None else ASSUMED
        set_by = " (set here)" if key in settings or key in run.scenario.parameters else ""
        unit = "" if declared.unit == "1" else declared.unit
        yield Line((Cell(key, declared.meaning), Cell(value, unit), Cell(where), Cell(f"{word}{set_by}")))


def _by_count(keys: list[str]) -> list[str]:
    """Keys that are no events, the most frequent first."""
    named = [key for key in keys if not key.startswith("events.")]
    return sorted(dict.fromkeys(named), key=lambda key: -named.count(key))


def _counts(run: "Run") -> str:
    rows = learned(run.fit).values()
    words = [str(row.word) for row in rows]
    return ", ".join(f"{words.count(word)} {word}" for word in MARKS) if words else ""


# ---- theories, stability, the end ------------------------------------------------------------------------------------


def _theories(run: "Run") -> Iterator[Part]:
    rivals = theories()
    yield Text(
        "The documents read arms in rival ways. No theory is taken by default: the parameters that they disagree on are drawn."
    )
    yield Points(
        tuple(
            f'{one.name}: {one.meaning}; "{one.quote}" (document {one.document}, {one.locator})'
            for one in rivals.values()
        )
    )
    lines: list[Line | Band] = []
    for row in shown_findings(run):
        split = split_of(run, row.topic, row.when)
        if split is None or not split.by_theory:
            continue
        scale, digits = row.topic.scale, row.topic.digits
        cells = [
            f"{signed(scale * view.median, digits)} ({signed(scale * view.low, digits)} to {signed(scale * view.high, digits)})"
            for view in split.by_theory
        ]
        lines.append(line(f"{row.what}{f', {row.topic.unit}' if row.topic.unit else ''}", *cells))
    if lines:
        members = (run.uncertainty or ())[0].members
        caption = f"The change under each theory: middle world and 90 % of {members} worlds, the same ones in each"
        yield Table(caption, ("what", *rivals), tuple(lines), numbers=tuple(range(1, len(rivals) + 1)))


def _stability(run: "Run") -> Iterator[Part]:
    yield Text(stability_sentence(run))
    yield Text(f"{pace_words(run.stability)} {edge_words(run.stability)}")
    yield Text(
        "armsrace stability shows multipliers, and the two-nation condition of every pair of rivals beside the "
        f"{load_actors().states_counted}."
    )


def _cite(run: "Run") -> Iterator[Part]:
    yield Points(citation_sentences(run))
    yield Listing("The command that makes it again", command_again(run), "sh")


def manifest_parts(scenario: Any, manifest: dict[str, Any]) -> Iterator[Part]:
    """The resolved scenario, and the manifest without times and paths."""
    yield Text(
        "The whole scenario with everything it extends, and what made the run: open them on a screen; on paper they are left out."
    )
    resolved = _yaml(scenario.resolved())
    yield Listing(f"Scenario {scenario.id}, resolved (YAML)", resolved, "yaml", is_printed=False)
    told = {name: manifest[name] for name in ("identity", "versions", "platform")}
    told["identity"] = {**told["identity"], "fit": fit_label(told["identity"]["fit"])}
    text = json.dumps(told, indent=1, sort_keys=True, ensure_ascii=False)
    yield Listing("Manifest, without times and paths (JSON)", text, "json", is_printed=False)


def _yaml(content: Any) -> str:
    import yaml

    return str(yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=110))
