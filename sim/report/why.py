"""Why the first line of an answer moved, for the report of a run."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sim.analysis.findings import Finding
from sim.explain.changes import EXPLAINED_VARIABLES
from sim.explain.explain import Question, explained
from sim.explain.text import cells, in_short, unit
from sim.io.quarters import PER_YEAR, index_of, name_of
from sim.report.document import Image

if TYPE_CHECKING:
    from sim.analysis.results import Run
    from sim.engines.simulate import PreparedScenario

MEMBERS = 128  # simulations that are run again, at most


@dataclass(frozen=True)
class Why:
    """Why a number moved.

    sentences : the explanation in words
    cells    : a row for each cause: its words, the event behind it, its part, its share; they add up to `total`
    """

    sentences: tuple[str, ...]
    quarter: str
    members: int
    unit: str
    cells: tuple[tuple[str, str, str, str], ...]
    total: str
    picture: Image | None


def why(run: "Run", pair: Sequence["PreparedScenario"], figures: Path, formats: Sequence[str]) -> Why | None:
    """The explanation of the line that is explained first; its picture is written among the figures, if any is asked for."""
    line = line_to_explain(run)
    if run.baseline is None or line is None:
        return None
    from sim.plots import waterfall
    from sim.report.images import image_of

    question = question_of(line)
    explanation = explained(question, pair, members=min(run.members, MEMBERS), seed=run.seed)
    name = waterfall.file_name(explanation)
    if formats:
        waterfall.PLOT.write(explanation, figures, name, formats)
    table, total = cells(explanation)
    return Why(
        sentences=in_short(explanation),
        quarter=name_of(question.quarter),
        members=explanation.members,
        unit=unit(question.series),
        cells=tuple(table),
        total=total,
        picture=image_of(waterfall.PLOT, explanation, name) if formats else None,
    )


def line_to_explain(run: "Run") -> Finding | None:
    """The largest effect, or the first line of the answer that can be explained; None where there is none."""
    lines = [row for row in run.ordered_findings if row.topic.variable in EXPLAINED_VARIABLES]
    return run.largest_effect if run.largest_effect in lines else next(iter(lines), None)


def question_of(line: Finding) -> Question:
    """The question that a line of the answer raises; of a calendar year, the last quarter."""
    quarter = index_of(line.when if "Q" in line.when else f"{line.when}Q{PER_YEAR}")
    return Question(line.topic.series, quarter, None)
