"""What `armsrace compare` prints: the verdict and the numbers (templates/comparison_answer.txt), and after the report is made why, how
sure, what each costs and what to try next (templates/comparison_ending.txt)."""

import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from sim.analysis.comparison import Comparison, Moment, lines_of, remarks_of
from sim.analysis.findings import Finding
from sim.analysis.output import REPORT
from sim.analysis.race_verdict import RaceVerdict
from sim.analysis.theories import agreement_words
from sim.data.actors import actor_name
from sim.io.formatting import capital, few_of, share_words
from sim.io.quarters import name_of
from sim.io.templates import lines, phrase
from sim.io.terminal import grouped_table, page_width, paragraph
from sim.model.directions import LABELS, MEANING
from sim.report.citations import in_short
from sim.report.next_steps import RESULTS, same_run, step_lines
from sim.report.race_text import in_kind_sentences
from sim.report.run_answer import SCREEN
from sim.report.run_text import certainty, few_simulations, finding_line
from sim.report.sources import ensemble_note
from sim.sweep.analysis.regret_text import regret_lines

WORDS = "comparison_words.txt"
LEAST, REASONS, CHANNELS = 2, 3, 2  # outcomes on the first screen, reasons that are told, and channels each way
Compared = Mapping[str, Comparison]  # by theory; one without a name where none or one is taken


def comparison_answer(compared: Compared, *, full: bool = False) -> Iterator[str]:
    """The verdict and the numbers.

    full : every outcome, the answers in kind, and regret
    """
    first = first_of(compared)
    places = list(first.shown if full else first.headlines)
    answer = _lines(compared, places, full)
    while not full and len(answer) > SCREEN and len(places) > LEAST:
        places.pop()
        answer = _lines(compared, places, full)
    yield from answer


def first_of(compared: Compared) -> Comparison:
    """The comparison under the first theory, for what all share."""
    return next(iter(compared.values()))


def _lines(compared: Compared, places: Sequence[int], full: bool) -> list[str]:
    """The lines of an answer as they are printed."""
    first = first_of(compared)
    answer = lines(
        "comparison_answer.txt",
        first=first,
        several=len(compared) > 1,
        full=full,
        ids=[scenario.id for scenario in first.scenarios],
        baseline=first.baseline,
        start=None if first.first_effect is None else name_of(first.first_effect),
        verdict=verdict(compared),
        changes=_laid_out(compared, places, full),
        in_kind=_in_kind(first) if full else [],
        regret=list(regret_lines(first.regrets, remarks_of(first)))
        if full and first.regrets and len(compared) == 1
        else [],
    )
    return "\n".join(answer).split("\n")


def _in_kind(comparison: Comparison) -> list[tuple[str, str]]:
    return [
        (scenario.id, line)
        for scenario in comparison.scenarios
        for line in in_kind_sentences(comparison.answers[scenario.id], comparison.quarters)
    ]


# ---- the verdict -----------------------------------------------------------------------------------------------------


def verdict(compared: Compared) -> list[str]:
    """Whether it is a race, what moves most, the incidents avoided, and where the theories part."""
    first = first_of(compared)
    if first.first_effect is None:
        return []
    if len(compared) > 1:
        return [*_of_theories(compared), _race(compared)]
    incidents = first.headlines[0]
    level = first.levels[first.baseline.id][incidents, 0]
    return [
        _race(compared),
        phrase(WORDS, "incidents", named(first, incidents), first.when, level, first.baseline.id),
        phrase(WORDS, "largest", [(id_, run.largest_effect) for id_, run in first.runs.items()]),
    ]


def named(comparison: Comparison, place: int) -> list[tuple[str, Finding]]:
    """The findings on one outcome, each with the scenario that it is about."""
    return [(scenario.id, row) for scenario, row in zip(comparison.scenarios, comparison.outcomes[place], strict=True)]


def _race(compared: Compared) -> str:
    verdicts = [
        (f"{id_} ({theory})" if len(compared) > 1 else id_, one)
        for theory, comparison in compared.items()
        for id_, one in comparison.verdicts.items()
    ]
    return race_words(verdicts, "None of them starts an" if len(verdicts) > 1 else "It starts no")


def race_words(verdicts: Sequence[tuple[str, RaceVerdict]], negated: str, by: str = "with") -> str:
    """Whether it is a race by any of some verdicts on the same two rivals; `negated` begins the sentence that says it is by none."""
    rows = [(name, one.by_spending, *one.measures[:2]) for name, one in verdicts]
    shares = sorted(one.measures[0].scenario for _, one in verdicts if one.measures[0].scenario is not None)
    ends = list(dict.fromkeys(share_words(share) for share in shares[:: max(1, len(shares) - 1)]))
    names = [actor_name(code) for code in verdicts[0][1].states]
    return phrase(WORDS, "race", names, rows, " to ".join(ends), negated, by)


def _of_theories(compared: Compared) -> Iterator[str]:
    """On which of the first outcomes the theories disagree, those first that turn, and on which they agree."""
    first = first_of(compared)
    yield agreement_words(
        (
            f"{first.topics[place].words} with {scenario.id}",
            {theory: one.outcomes[place][number] for theory, one in compared.items()},
        )
        for place in first.headlines
        for number, scenario in enumerate(first.scenarios)
    )


# ---- the table -------------------------------------------------------------------------------------------------------


def _laid_out(compared: Compared, places: Sequence[int], full: bool) -> str:
    """Under the name of each outcome a row for every scenario, last what each moves most; where that is wider than the page, sentences.

    full : of what one scenario moves most a row for the others, too
    """
    if len(compared) > 1:
        return _by_theory(compared, places)
    comparison = first_of(compared)
    header = ["", "median", "90 % range", "share of simulations"]
    groups = [(capital(comparison.topics[place].words), _rows(named(comparison, place))) for place in places]
    for moment in comparison.moments:
        movers = comparison.movers(moment)
        shown = [(id_, comparison.at(moment, id_)) for id_ in comparison.runs if full or id_ in movers]
        groups.append((paragraph(moment_heading(comparison, moment), hanging="    "), _rows(shown)))
    rows = grouped_table(["what changes", *header[1:]], groups)
    if max(map(len, rows.split("\n"))) <= page_width():
        return rows
    return "\n".join(
        paragraph(f"{id_}: {finding_line(row)}", hanging="    ")
        for id_ in comparison.runs
        for (row,) in lines_of(compared, id_, places, comparison.moments)
        if full or (row.topic, row.when) not in comparison.moments or id_ in comparison.movers((row.topic, row.when))
    )


def _by_theory(compared: Compared, places: Sequence[int]) -> str:
    """A block for each scenario: below its name a row for each outcome, and a column for each theory."""
    first = first_of(compared)
    groups = [
        (
            id_,
            [
                (line_name(first, line[0]), *map(theory_cell, line))
                for line in lines_of(compared, id_, places, first.moments)
            ],
        )
        for id_ in first.runs
    ]
    header = ["what changes", *compared]
    rows = grouped_table(header, groups, wrap=(0,))
    is_wide = max(map(len, rows.split("\n"))) > page_width()
    return grouped_table(header, groups, wrap=range(len(header))) if is_wide else rows


def _rows(findings: Iterable[tuple[str, Finding]]) -> list[tuple[str, ...]]:
    return [(id_, *cells(row)) for id_, row in findings]


def cells(row: Finding) -> tuple[str, str, str]:
    """The median, its range and the shares of simulations."""
    return row.change, row.band, certainty(row) if row.is_moved else "unchanged"


def theory_cell(row: Finding) -> str:
    """The median and its range under one theory; ? marks what goes either way."""
    return phrase("theory_words.txt", "change", row)


def line_name(comparison: Comparison, row: Finding) -> str:
    """An outcome with its unit; with its time where that is not the window of all."""
    words = row.topic.words if row.when == comparison.when else row.what
    return f"{capital(words)}{f', {row.topic.unit}' if row.topic.unit else ''}"


def moment_heading(comparison: Comparison, moment: Moment) -> str:
    """What some scenarios move most, with its time and with them."""
    row = comparison.at(moment, comparison.scenarios[0].id)
    return f"{capital(row.what)}, moved most by {few_of(comparison.movers(moment), 3)}"


# ---- what follows ----------------------------------------------------------------------------------------------------


def comparison_ending(compared: Compared, refs: Sequence[str], out: Path, *, full: bool = False) -> Iterator[str]:
    """What follows when everything is written.

    refs : what the user called the scenarios
    out  : the folder of the comparison
    """
    first = first_of(compared)
    rows = [row for one in compared.values() for outcome in one.outcomes for row in outcome]
    yield from lines(
        "comparison_ending.txt",
        first=first,
        several=len(compared) > 1,
        scenarios=first.scenarios,
        width=max(len(scenario.id) for scenario in (*first.scenarios, first.baseline)),
        start=None if first.first_effect is None else name_of(first.first_effect),
        reasons=list(reasons(first)) if len(compared) == 1 else [],
        labels=[
            f"{capital(label)}: {MEANING[label].split('. ')[0].rstrip('.')}."
            for label in LABELS
            if any(row.label == label for row in rows)
        ],
        warnings=[words for words in (few_simulations(first.members), ensemble_note(first.fit)) if words],
        has_own_baselines=len({scenario.compare_to for scenario in first.scenarios}) > 1,
        cite=in_short("compare", refs, first.members, first.seed, str(out)),
        report=out / REPORT,
    )
    is_usual_place = out.parent == RESULTS and out.name.startswith("compare-")
    elsewhere = [] if is_usual_place else ["--out", str(out)]
    again = ["armsrace", "compare", *refs, *_same_comparison(first), *same_run(first, with_theory=len(compared) == 1)]
    steps = (
        []
        if full
        else [
            ("regret", shlex.join([*again, *(["--theory", "all"] if len(compared) > 1 else []), *elsewhere, "--full"]))
        ]
    )
    if len(compared) == 1 and first.theory is None:
        own = [elsewhere[0], f"{out}-theories"] if elsewhere else []
        steps.append(("theories", shlex.join([*again, "--theory", "all", *own])))
    steps.append(("word", shlex.join(["armsrace", "report", str(out), "--format", "docx"])))
    yield from step_lines(steps)


def _same_comparison(comparison: Comparison) -> Iterator[str]:
    """The options that say against what, and from when on, where they are not the usual ones."""
    if {scenario.compare_to for scenario in comparison.scenarios} != {comparison.baseline.id}:
        yield from ("--baseline", comparison.baseline.id)
    if comparison.window[0] != (comparison.first_effect or 0):
        yield from ("--since", name_of(comparison.window[0]))


def reasons(comparison: Comparison) -> Iterator[str]:
    """Of each scenario the first outcome with a clear direction, and the channels behind it."""
    count = 0
    for scenario in comparison.scenarios:
        rows = [comparison.findings[scenario.id][place] for place in comparison.headlines]
        row = next((row for row in rows if row.label and not row.is_undetermined and row.whose.pushes), None)
        if row is not None and count < REASONS:
            count += 1
            ways = phrase("finding_words.txt", "pushes", row.whose.pushes, CHANNELS)
            yield f"{capital(row.topic.words)} with {scenario.id}, {ways}."
