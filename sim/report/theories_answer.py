"""The text that `armsrace run --theory all` ends with: what each theory says, a table, where the files are."""

import shlex
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from pathlib import Path

from sim.analysis.findings import SCALES, Finding, Topic, in_a_hundred, signed
from sim.analysis.theories import Rivals, is_moved
from sim.io.quarters import name_of
from sim.io.terminal import entry, page_width, paragraph, table
from sim.model.sign_assumptions import CONTESTED
from sim.report.caveats import differing_parameters, few_worlds, first_words, fixes, settings_words, theory_replaced
from sim.report.next_steps import same_worlds, step_lines
from sim.report.run_answer import TABLE_FROM, files

Line = dict[str, Finding]
STILL = "no change"
MARK = "?: fewer than 95 of 100 worlds move the same way."
NO_SIDE = "The documents disagree about what arms do; the model takes no side and asserts no direction for incidents."


def rival_answer(found: Rivals, ref: str, out: Path) -> Iterator[str]:
    """The lines of the answer.

    ref : what the user called the scenario, for the commands to try next
    out : the folder of the comparison
    """
    run = found.first
    yield paragraph(run.scenario.title)
    yield paragraph(run.scenario.question)
    yield ""
    pairs = "1 pair" if run.members == 1 else f"{run.members:,} pairs"
    yield paragraph(
        f"{run.scenario.id} against {run.baseline.id}, under each theory: {pairs} of worlds, seed {run.seed}, "
        f"with the same draws and the same luck under every theory{settings_words(run, with_theory=False)}."
    )
    if few_worlds(run):
        yield paragraph(few_worlds(run))
    yield ""
    yield paragraph("The documents disagree about what arms do. The theories:")
    yield from (entry(name, text) for name, text in theory_texts(found).items())
    yield ""
    yield from _comparison(found)
    yield ""
    yield from files(out)
    yield from _next_steps(found, ref, out)


def theory_texts(found: Rivals) -> dict[str, str]:
    """What each theory means, the words that it rests on with their place, and what it fixes."""
    texts = {}
    for name, one in found.theories.items():
        texts[name] = f'{one.meaning}; "{one.quote}" ({one.document}, {one.locator}); {fixes(one)}'
        replaced = theory_replaced(found.runs[name])
        texts[name] += f"; replaced by --set {', '.join(replaced)}" if replaced else ""
    return texts


def _comparison(found: Rivals) -> Iterator[str]:
    start = found.first_effect
    if start is None:
        yield paragraph(
            "Nothing differs between the two in the quarters of this run. Check the quarters of the events, and --until."
        )
        return
    lines = [line for line in found.rows if not all(row.is_negligible for row in line.values())]
    if differing := differing_parameters(found.first):
        yield paragraph(differing)
    yield paragraph(
        f"{first_words(found.first)} {name_of(start)}. The middle world, and the range that holds 90 of 100 worlds:"
    )
    yield ""
    yield from _rows(found, lines, _change)
    if any(is_moved(row) and row.is_undetermined for line in lines for row in line.values()):
        yield paragraph(MARK)
    yield paragraph(SCALES)
    contested = [line for line in lines if _topic(line).variable in CONTESTED]
    if contested:
        yield ""
        yield paragraph(NO_SIDE + " Worlds of 100:")
        yield ""
        yield from _rows(found, contested, _worlds)


def _topic(line: Line) -> Topic:
    return next(iter(line.values())).topic


def _rows(found: Rivals, lines: Sequence[Line], cell: Callable[[Finding], str]) -> Iterator[str]:
    """Under the name of each topic a row for each time, with a column for each theory; on a narrow page, sentences."""
    cells = [(f"  {next(iter(line.values())).when}", *map(cell, line.values())) for line in lines]
    if page_width() < TABLE_FROM:
        for line, (when, *told) in zip(lines, cells, strict=True):
            sides = "; ".join(f"{name} {one}" for name, one in zip(found.runs, told, strict=True))
            yield paragraph(f"{_heading(line, f' in {when.strip()}')}: {sides}", hanging="    ")
        return
    head, rule, *rows = table(("", *found.runs), cells).split("\n")
    yield from (head, rule)
    for heading, group in groupby(zip(lines, rows, strict=True), key=lambda pair: _heading(pair[0])):
        yield heading
        yield from (row for _, row in group)


def _heading(line: Line, when: str = "") -> str:
    """The topic of a line and its unit."""
    topic = _topic(line)
    words = f"{topic.words}{when}, {topic.unit}" if topic.unit else topic.words + when
    return words[:1].upper() + words[1:]


def _change(row: Finding) -> str:
    if not is_moved(row):
        return STILL
    doubt = " ?" if row.is_undetermined else ""
    return f"{signed(row.median, row.topic.digits)} ({row.band}){doubt}"


def _worlds(row: Finding) -> str:
    if not is_moved(row):
        return "all unchanged"
    return f"{in_a_hundred(row.p_positive)} higher, {in_a_hundred(row.p_negative)} lower"


def _next_steps(found: Rivals, ref: str, out: Path) -> Iterator[str]:
    name = next(iter(found.runs))
    words = [*same_worlds(found.first, with_theory=False), "--theory", name, "--out", f"{out}-{name}"]
    yield from step_lines(
        [(shlex.join(["armsrace", "run", ref, *words]), ""), (shlex.join(["armsrace", "show", ref]), "")]
    )
