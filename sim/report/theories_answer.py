"""The text that `armsrace run --theory all` ends with (templates/theories_answer.txt)."""

import shlex
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from sim.analysis.theories import ByTheory, Rivals
from sim.analysis.topics import Topic
from sim.io.quarters import name_of
from sim.io.templates import lines, phrase
from sim.io.terminal import page_width
from sim.model.directions import UNCLEAR
from sim.report.caveats import theory_replaced
from sim.report.next_steps import same_run, step_lines
from sim.report.run_answer import TABLE_FROM, written
from sim.report.run_text import differing_parameters, few_simulations, first_words, settings_words

WORDS = "theory_words.txt"


def rival_answer(rivals: Rivals, **_: Any) -> Iterator[str]:
    """The lines of the answer."""
    run, shown = rivals.first, rivals.shown_rows
    contested = [line for line in shown if len(ways_of(line)) > 1]
    yield from lines(
        "theories_answer.txt",
        run=run,
        settings=settings_words(run, with_theory=False),
        few_simulations=few_simulations(run.members),
        theories=theory_texts(rivals).items(),
        start=None if rivals.first_effect is None else name_of(rivals.first_effect),
        differing=differing_parameters(run),
        first_words=first_words(run),
        is_wide=page_width() >= TABLE_FROM,
        columns=["", *rivals.runs],
        changes=_laid_out(shown, "change"),
        has_undetermined=any(row.is_moved and row.is_undetermined for line in shown for row in line.values()),
        contested=_laid_out(contested, "simulations"),
    )


def ending(rivals: Rivals, ref: str, out: Path, **_: Any) -> Iterator[str]:
    """What follows when everything is written: the files, and the commands to try next.

    ref : what the user called the scenario
    out : the folder of the comparison
    """
    yield from written(out)
    run = rivals.first
    name = next(iter(rivals.runs))
    options = [*same_run(run, with_theory=False), "--theory", name, "--out", f"{out}-{name}"]
    yield from step_lines(
        [("try", shlex.join(["armsrace", *words])) for words in (["run", ref, *options], ["show", ref])]
    )


def theory_texts(rivals: Rivals) -> dict[str, str]:
    """What each theory means, the words that it rests on with their place, and what it fixes."""
    return {
        name: phrase(WORDS, "theory", theory, theory_replaced(rivals.runs[name]))
        for name, theory in rivals.theories.items()
    }


def ways_of(line: ByTheory) -> set[str]:
    """The directions in which a number moves under the theories that move it."""
    return {UNCLEAR if row.is_undetermined else row.direction for row in line.values() if row.is_moved}


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
