"""The commands that a run or an explanation ends with: they ask about the same simulations (templates/next_steps.txt)."""

import os
import shlex
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sim.analysis.findings import setting_name
from sim.data.region import region_option
from sim.engines.options import MEMBERS
from sim.ensembles.registry import DEFAULT_FIT
from sim.explain.explain import Question
from sim.io import plugged
from sim.io.quarters import LAST, name_of
from sim.io.templates import phrase
from sim.model.network import FIRST
from sim.report.why import line_to_explain, question_of

if TYPE_CHECKING:
    from sim.analysis.comparison import Comparison
    from sim.analysis.results import Run

RESULTS = Path("results")
WIDEST = 70  # letters of a command beyond which the comments of the others are not moved
TRIED = f"reaction.{FIRST}"  # the parameter whose effect is shown by setting it to zero
Step = tuple[str, str]  # what it is for, as templates/next_steps.txt names it, and the command


def next_steps(run: "Run", ref: str, out: Path, *, full: bool) -> Iterator[str]:
    """The lines after a run.

    ref  : what the user called the scenario
    out  : the folder of the run
    full : whether its answer was printed in full
    """
    if run.baseline is None:
        steps = [("show", _command("show", ref)), ("list", "armsrace list")]
    else:
        steps = list(_after_a_comparison(run, ref, out, full))
    yield from step_lines(steps)


def step_lines(steps: Sequence[Step], baseline: str = "") -> Iterator[str]:
    """Commands below each other, with what each is for."""
    purposes = [phrase("next_steps.txt", "purpose", step, baseline) for step, _ in steps]
    commands = [command for _, command in steps]
    explained = [len(command) for command, purpose in zip(commands, purposes, strict=True) if purpose]
    width = max((length for length in explained if length <= WIDEST), default=0)
    yield phrase("next_steps.txt", "heading")
    for command, purpose in zip(commands, purposes, strict=True):
        yield f"  {command:<{width}}  {purpose}".rstrip()


def _after_a_comparison(run: "Run", ref: str, out: Path, full: bool) -> Iterator[Step]:
    is_usual_place = out == RESULTS / run.scenario.id
    if full:
        yield "show", _command("show", ref)
    else:
        elsewhere = [] if is_usual_place else ["--out", str(out)]
        yield "full", _command("run", ref, *same_run(run), *elsewhere, "--full")
    if (line := line_to_explain(run)) is not None:
        yield "explain", _command("explain", str(out), *question_words(question_of(line)), "--compare")
    if run.theory is None:
        elsewhere = [] if is_usual_place else ["--out", beside(out, "theories")]
        yield "theories", _command("run", ref, *same_run(run, with_theory=False), "--theory", "all", *elsewhere)
    yield "trace", _command("trace", _number_to_trace(run))
    if full and TRIED not in map(setting_name, run.settings):
        yield "try", _command("run", ref, *same_run(run), "--set", f"{TRIED}=0", "--out", beside(out, "no-reaction"))


def beside(folder: Path, ending: str) -> str:
    """A folder beside another, named after it.

    >>> beside(Path("mine"), "theories")
    'mine-theories'
    """
    is_named = folder.name not in ("", "..")
    return f"{folder}-{ending}" if is_named else str(folder / ".." / f"{folder.resolve().name}-{ending}")


def _number_to_trace(run: "Run") -> str:
    """The parameter on which the largest effect depends most."""
    shares = None if run.largest_effect is None else run.variance_shares(run.largest_effect)
    keys = [one.key for one in shares.rests_on if not one.key.startswith("events.")] if shares else []
    return next(iter(keys), TRIED)


def same_run(run: "Run | Comparison", *, with_theory: bool = True) -> Iterator[str]:
    """The options of a run that are not the usual ones."""
    usual = (
        ("members", run.members, MEMBERS),
        ("seed", run.seed, 1),
        ("until", name_of(run.quarters - 1), LAST),
        ("engine", run.engine, "compiled"),
        ("ensemble", run.fit, DEFAULT_FIT),
        ("theory", run.theory if with_theory else None, None),
    )
    for name, value, default in usual:
        if value != default:
            yield from (f"--{name}", str(value))
    for setting in run.settings:
        yield from ("--set", setting)
    for file, _ in plugged.FILES.values():
        yield from ("--plugin", _from_here(file))
    yield from region_option()


def _from_here(file: str | os.PathLike[str]) -> str:
    """A path from the working directory; whole where none leads there, as between drives of Windows."""
    try:
        return os.path.relpath(file)
    except ValueError:
        return os.path.abspath(file)


def question_words(question: Question) -> Iterator[str]:
    """A question as options of `armsrace explain`."""
    series = question.series
    yield from ("--actor", series.actor)
    if series.counterpart:
        yield from ("--counterpart", series.counterpart)
    if series.variable != ("attitude" if series.counterpart else "spending"):
        yield from ("--variable", series.variable)
    yield from ("--quarter", name_of(question.quarter))


def _command(verb: str, ref: str, *words: str) -> str:
    region = () if "--region" in words else region_option()
    return shlex.join(["armsrace", verb, ref, *words, *region])


def after_an_explanation(question: Question, ref: str, options: Iterable[str], against: str | None) -> Iterator[str]:
    """The line after an explanation: the other of the two questions; nothing where there is no baseline.

    options : that the user gave, beside those of the question
    against : the baseline of the scenario
    """
    if against is None:
        return
    words = [*question_words(question), *options]
    if question.since is not None:
        yield from step_lines(
            [("explain against the baseline", _command("explain", ref, *words, "--compare"))], against
        )
    elif question.quarter > 0:
        yield from step_lines([("explain the last quarter", _command("explain", ref, *words))])
