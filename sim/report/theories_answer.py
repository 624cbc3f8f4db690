"""The text that `armsrace run --theory all` ends with (templates/theories_answer.txt)."""

import shlex
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from sim.analysis.output import REPORT
from sim.analysis.race_verdict import most_concerned
from sim.analysis.theories import ByTheory, Rivals, ways_of
from sim.analysis.topics import Topic, states_concerned
from sim.io.formatting import capital, fixed
from sim.io.quarters import name_of
from sim.io.templates import lines, phrase
from sim.io.terminal import page_width
from sim.report.caveats import theory_replaced
from sim.report.citations import in_short
from sim.report.comparison_text import race_words
from sim.report.next_steps import beside, same_run, step_lines
from sim.report.run_answer import TABLE_FROM
from sim.report.run_text import differing_parameters, few_simulations, settings_words

WORDS = "theory_words.txt"


def rival_answer(rivals: Rivals, *, full: bool = False) -> Iterator[str]:
    """The verdict and the numbers.

    full : every line that moves, and the shares of simulations where the theories disagree
    """
    run, shown = rivals.first, rivals.shown_rows
    chosen = shown if full else rivals.headlines
    contested = [line for line in shown if len(ways_of(line)) > 1]
    is_wide = page_width() >= TABLE_FROM
    cells = [(what_of(line), *(phrase(WORDS, "change", row) for row in line.values())) for line in chosen]
    if (
        first := next((line for line in chosen if topic_of(line).variable == "hazard"), chosen[0] if chosen else None)
    ) is not None:
        cells.append(baseline_cells(rivals, first))
    yield from lines(
        "theories_answer.txt",
        run=run,
        full=full,
        start=None if rivals.first_effect is None else name_of(rivals.first_effect),
        verdict=verdict(rivals),
        is_wide=is_wide,
        columns=["what changes" if not full else "", *rivals.runs],
        changes=[*_laid_out(chosen, "change"), *_level(rivals, cells[-1:] if full else (), is_wide)]
        if full or not is_wide
        else cells,
        has_undetermined=any(row.is_moved and row.is_undetermined for line in chosen for row in line.values()),
        contested=_laid_out(contested, "simulations") if full else [],
    )


def verdict(rivals: Rivals) -> str:
    """Whether it is a race under any theory, and on what the theories agree."""
    return "" if rivals.first_effect is None else f"{_race(rivals)} {rivals.agreement}".strip()


def _race(rivals: Rivals) -> str:
    """Whether it is a race under any theory, of the two rivals whom the scenario concerns most."""
    run = rivals.first
    verdict = most_concerned(run.verdicts, states_concerned(run.scenario, run.baseline))
    if verdict is None:
        return ""
    place = run.verdicts.index(verdict)
    verdicts = [(name, one.verdicts[place]) for name, one in rivals.runs.items()]
    return race_words(verdicts, "Under no theory does this start an", "under")


def what_of(line: ByTheory) -> str:
    """What a line is about, with its unit: "Incident rate in 2026, a year"."""
    row = next(iter(line.values()))
    return f"{capital(row.what)}{f', {row.topic.unit}' if row.topic.unit else ''}"


def baseline_cells(rivals: Rivals, line: ByTheory) -> tuple[str, ...]:
    """What a line is about in the baseline, under each theory."""
    topic, row = topic_of(line), next(iter(line.values()))
    unit = topic.series.unit if topic.in_per_cent else topic.unit
    levels = (fixed(level, topic.digits) for level in rivals.baseline_level(line).values())
    return (f"{capital(row.what)} in {rivals.first.baseline.id}{f', {unit}' if unit else ''}", *levels)


def ending(rivals: Rivals, ref: str, out: Path, *, full: bool = False) -> Iterator[str]:
    """What follows when everything is written: how sure, the theories, the report, and the commands to try next.

    ref : what the user called the scenario
    out : the folder of the comparison
    """
    run = rivals.first
    yield from lines(
        "theories_ending.txt",
        run=run,
        settings=settings_words(run, with_theory=False),
        few_simulations=few_simulations(run.members),
        differing=differing_parameters(run),
        theories=theory_texts(rivals).items(),
        cite=in_short("run", [ref], run.members, run.seed),
        report=out / REPORT if (out / REPORT).is_file() else out,
    )
    again = ["armsrace", "run", ref, *same_run(run, with_theory=False)]
    name = next(iter(rivals.runs))
    steps = [("alone", shlex.join([*again, "--theory", name, "--out", beside(out, name)]))]
    if not full:
        steps.insert(0, ("full", shlex.join([*again, "--theory", "all", "--full"])))
    yield from step_lines(steps)


def theory_texts(rivals: Rivals) -> dict[str, str]:
    """What each theory means, the words that it rests on with their place, and what it fixes."""
    return {
        name: phrase(WORDS, "theory", theory, theory_replaced(rivals.runs[name]))
        for name, theory in rivals.theories.items()
    }


def _level(rivals: Rivals, cells: Sequence[tuple[str, ...]], is_wide: bool) -> Iterator[Any]:
    """The level in the baseline below the changes: a row under a heading of its own; on a narrow page, a sentence."""
    for what, *levels in cells:
        yield (
            (what, [("", *levels)])
            if is_wide
            else phrase(WORDS, "level", what, list(zip(rivals.runs, levels, strict=True)))
        )


def topic_of(line: ByTheory) -> Topic:
    return next(iter(line.values())).topic


def _laid_out(shown: Sequence[ByTheory], macro: str) -> list[Any]:
    """Under the name of each topic a row for each time, with a cell for each theory; on a narrow page, sentences."""
    cells = [{name: phrase(WORDS, macro, row) for name, row in line.items()} for line in shown]
    times = [next(iter(line.values())).when for line in shown]
    rows = list(zip(map(topic_of, shown), times, cells, strict=True))
    if page_width() < TABLE_FROM:
        return [phrase(WORDS, "line", topic, when, list(of.items())) for topic, when, of in rows]
    return [
        (phrase(WORDS, "heading", topic), [(when, *of.values()) for _, when, of in group])
        for topic, group in groupby(rows, key=lambda row: row[0])
    ]
