"""Why the first line of an answer moved, for the report of a run."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sim.analysis.findings import Finding, headlines_first
from sim.explain.changes import EXPLAINED_VARIABLES
from sim.explain.explain import Explanation, Question, explained
from sim.explain.text import SCALES, digits_for, gathered, rows, sentences, share, signed, unit
from sim.io.quarters import PER_YEAR, index_of, name_of
from sim.model.variables import Series
from sim.plots.waterfall import write_waterfall
from sim.report.document import Image, Table, line
from sim.report.run_text import shown_findings

if TYPE_CHECKING:
    from sim.analysis.results import Run
    from sim.engines.simulate import PreparedScenario

MEMBERS = 256  # worlds that are run again, at most


@dataclass(frozen=True)
class Why:
    """Why a number moved: a sentence, a table that adds up, and a picture."""

    sentence: str
    table: Table
    picture: Image


def why(run: "Run", worlds: Sequence["PreparedScenario"], figures: Path) -> Why | None:
    """The explanation of the first line that moved visibly and can be explained; its picture is written among the figures."""
    rows = [row for row in headlines_first(shown_findings(run)) if row.topic.variable in EXPLAINED_VARIABLES]
    if run.baseline is None or not rows:
        return None
    explanation = explained(asked_of(first_to_explain(rows)), worlds, members=min(run.members, MEMBERS), seed=run.seed)
    picture, _ = write_waterfall(explanation, figures)
    return Why(" ".join(sentences(explanation)), _table(explanation), _image(explanation, picture))


def first_to_explain(rows: Sequence[Finding]) -> Finding:
    """The first line that moves visibly, or the first."""
    return next((row for row in rows if row.median_shown), rows[0])


def asked_of(found: Finding) -> Question:
    """The question that a line of the answer raises; of a calendar year, the last quarter."""
    topic = found.topic
    quarter = index_of(found.when if "Q" in found.when else f"{found.when}Q{PER_YEAR}")
    return Question(Series(topic.variable, topic.actor, topic.counterpart), quarter, None)


def _table(explanation: Explanation) -> Table:
    one = explanation.question.series
    shown = gathered(rows(explanation))
    digits = digits_for([SCALES.get(one.variable, 1.0) * explanation.change])
    lines = [line(row.words, row.event, signed(row.value, digits), share(row.value, shown)) for row in shown]
    total = line("the change", "", signed(sum(row.value for row in shown), digits), "100 %")
    caption = (
        f"What the change in {name_of(explanation.question.quarter)} is made of, mean of {explanation.members} worlds"
    )
    return Table(
        caption, ("cause", "entry of the scenario", unit(one), "of the change"), (*lines, total), numbers=(2, 3)
    )


def _image(explanation: Explanation, picture: Path) -> Image:
    largest = "; ".join(f"{row.words} {row.value:+.3g}" for row in gathered(rows(explanation))[:4])
    return Image(
        "Why it moved, cause by cause",
        f"Waterfall from the baseline to the scenario; largest steps: {largest}.",
        picture,
    )
