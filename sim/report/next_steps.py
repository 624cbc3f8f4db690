"""The commands that a run or an explanation ends with: they ask about the same worlds."""

import shlex
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sim.analysis.findings import Finding, setting_name
from sim.engines.options import MEMBERS
from sim.ensembles.registry import DEFAULT_FIT
from sim.explain.changes import EXPLAINED_VARIABLES
from sim.explain.explain import Question
from sim.io.quarters import LAST, name_of
from sim.report.why import asked_of, first_to_explain

if TYPE_CHECKING:
    from sim.analysis.results import Run

RESULTS = Path("results")
WIDEST = 70  # letters of a command beyond which the comments of the others are not moved
TRIED = "reaction.SRB"  # the parameter whose effect is shown by putting it at nought
Step = tuple[str, str]


def next_steps(run: "Run", ref: str, out: Path, rows: Sequence[Finding], *, full: bool) -> Iterator[str]:
    """The lines after a run.

    ref  : what the user called the scenario
    out  : the folder of the run
    rows : the lines of its answer
    """
    steps: list[Step] = [(_command("show", ref), "what the scenario changes")]
    if run.baseline is None:
        steps.append(("armsrace list", "scenarios to compare with it"))
    else:
        steps += _after_a_comparison(run, ref, out, rows, full)
    yield from step_lines(steps)


def step_lines(steps: Sequence[Step]) -> Iterator[str]:
    """Commands below each other, with what each is for."""
    width = max((len(command) for command, comment in steps if comment and len(command) <= WIDEST), default=0)
    yield "Next:"
    yield from (f"  {command:<{width}}  {comment}".rstrip() for command, comment in steps)


def _after_a_comparison(run: "Run", ref: str, out: Path, rows: Sequence[Finding], full: bool) -> Iterator[Step]:
    if not full:
        elsewhere = [] if out == RESULTS / run.scenario.id else ["--out", str(out)]
        yield _command("run", ref, *same_worlds(run), *elsewhere, "--full"), "every line, every caveat"
    moved = [row for row in rows if row.topic.variable in EXPLAINED_VARIABLES]
    if moved:
        asked = asked_of(first_to_explain(moved))
        yield _command("explain", str(out), *question_words(asked), "--compare"), "why the first line moved"
    if run.theory is None:
        elsewhere = [] if out == RESULTS / run.scenario.id else ["--out", f"{out}-theories"]
        words = (*same_worlds(run, with_theory=False), "--theory", "all", *elsewhere)
        yield _command("run", ref, *words), "the rival theories side by side"
    yield f"armsrace trace {TRIED}", "where a number comes from"
    if TRIED not in map(setting_name, run.settings):
        yield _command("run", ref, *same_worlds(run), "--set", f"{TRIED}=0", "--out", f"{out}-no-reaction"), ""


def same_worlds(run: "Run", *, with_theory: bool = True) -> Iterator[str]:
    """The options of a run that are not the usual ones."""
    usual = (
        ("members", run.members, MEMBERS),
        ("seed", run.seed, 1),
        ("until", name_of(run.quarters - 1), LAST),
        ("engine", run.engine, "compiled"),
        ("fit", run.fit, DEFAULT_FIT),
        ("theory", run.theory if with_theory else None, None),
    )
    for name, value, default in usual:
        if value != default:
            yield from (f"--{name}", str(value))
    for setting in run.settings:
        yield from ("--set", setting)


def question_words(asked: Question) -> Iterator[str]:
    """A question as options of `armsrace explain`."""
    one = asked.series
    yield from ("--actor", one.actor)
    if one.counterpart:
        yield from ("--counterpart", one.counterpart)
    if one.variable != ("attitude" if one.counterpart else "spending"):
        yield from ("--variable", one.variable)
    yield from ("--quarter", name_of(asked.quarter))


def _command(verb: str, ref: str, *words: str) -> str:
    return shlex.join(["armsrace", verb, ref, *words])


def after_an_explanation(asked: Question, ref: str, options: Iterable[str], against: str | None) -> Iterator[str]:
    """The line after an explanation: the other of the two questions; nothing where there is no baseline.

    options : that the user gave, beside those of the question
    against : the baseline of the scenario
    """
    if against is None:
        return
    words = [*question_words(asked), *options]
    if asked.since is not None:
        yield from step_lines([(_command("explain", ref, *words, "--compare"), f"why it differs from {against} then")])
    elif asked.quarter > 0:
        yield from step_lines([(_command("explain", ref, *words), "why it moved since the quarter before")])
