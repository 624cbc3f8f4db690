"""The report of a comparison (templates/comparison_report.txt): the verdict, effects and costs side by side, why, and the sources."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sim import __version__
from sim.analysis.comparison import BY_THEORY, Comparison, lines_of
from sim.io.formatting import capital
from sim.io.templates import phrase
from sim.model.directions import LABELS, MEANING
from sim.model.theories import theories
from sim.plots import regret
from sim.plots.comparison import choices, merged
from sim.report import comparison_text as text
from sim.report.document import Band, Cell, Image, Report, Table, TableRow, plain_row, sections_of
from sim.report.images import image_of, images
from sim.report.race_text import in_kind_sentences
from sim.report.run_report import ending, write
from sim.report.run_text import few_simulations
from sim.report.sources import citation, fit_label
from sim.report.theories import cell_of
from sim.sweep.analysis.regret_text import HEADER, regret_cells

CAPTION = "What the scenarios change"
SECTIONS = ("answer", "why", "regret")


def write_comparison_report(compared: text.Compared, folder: Path, manifest: dict[str, Any], command: str) -> None:
    """Write the report into the folder of a comparison, beside its pictures; equal comparisons have equal reports."""
    first = text.first_of(compared)
    rows = [row for one in compared.values() for outcome in one.outcomes for row in outcome]
    documents = {tuple(document.items()): document for scenario in first.scenarios for document in scenario.documents}
    sections = sections_of(
        "comparison_report.txt",
        first=first,
        several=len(compared) > 1,
        scenarios=first.scenarios,
        baseline=first.baseline,
        few_simulations=few_simulations(first.members),
        verdict=text.verdict(compared) or ["Nothing differs between them."],
        effects=_effects(compared),
        costs=[]
        if first.first_effect is None
        else [row for name, one in compared.items() for row in _costs(one, name if len(compared) > 1 else "")],
        labels=[(label, MEANING[label]) for label in LABELS if any(row.label == label for row in rows)],
        theories=[theories()[name] for name in compared if name in theories()],
        reasons=list(text.reasons(first)) if len(compared) == 1 else [],
        in_kind=[
            (scenario.id, line)
            for scenario in first.scenarios
            for line in in_kind_sentences(first.answers[scenario.id], first.quarters)
        ],
        regret=_regret(first),
        images=_images(compared),
        documents=[citation(document) for document in documents.values()],
        caveats=(),
        command=command,
        **ending(first.scenarios, first.baseline, manifest, _made_by(first)),
    )
    names = " and ".join(scenario.title for scenario in first.scenarios[:2])
    title = names if len(first.scenarios) < 3 else f"{names}, and {len(first.scenarios) - 2} more"
    write(Report(f"{title}, compared", sections), folder)


def _images(compared: text.Compared) -> dict[str, list[Image]]:
    """The pictures by section."""
    first = text.first_of(compared)
    shown = images("comparison", merged(compared) if len(compared) > 1 else first, SECTIONS)
    if first.regrets and len(compared) == 1:
        shown["regret"].append(image_of(regret.PLOT, choices(first), regret.PLOT.name))
    return shown


def _made_by(comparison: Comparison) -> str:
    ids = ", ".join(scenario.id for scenario in comparison.scenarios)
    return phrase(
        "run_words.txt", "compared_by", comparison, __version__, fit_label(comparison.fit), ids, comparison.baseline.id
    )


def _effects(compared: text.Compared) -> Table:
    """Every outcome, and what each scenario moves most, with a row for each scenario; of several theories a block for each scenario."""
    first = text.first_of(compared)
    if len(compared) > 1:
        return _effects_by_theory(compared)
    rows: list[Band | TableRow] = []
    for place in first.shown:
        rows.append(Band(capital(first.topics[place].words)))
        rows += [plain_row(id_, *text.cells(row)) for id_, row in text.named(first, place)]
    for moment in first.moments:
        rows.append(Band(text.moment_heading(first, moment)))
        rows += [plain_row(id_, *text.cells(first.at(moment, id_))) for id_ in first.runs]
    header = ("scenario", "median", "90 % range", "share of simulations")
    return Table(CAPTION, header, tuple(rows), numbers=(1, 2), file="comparison.csv")


def _effects_by_theory(compared: text.Compared) -> Table:
    """A block for each scenario: a row for each outcome, and a column for each theory."""
    first = text.first_of(compared)
    rows: list[Band | TableRow] = []
    for id_ in first.runs:
        rows.append(Band(id_))
        rows += [
            TableRow((Cell(text.line_name(first, line[0])), *map(cell_of, line)))
            for line in lines_of(compared, id_, first.shown, first.moments)
        ]
    numbers = tuple(range(1, 1 + len(compared)))
    return Table(f"{CAPTION} under each theory", ("what changes", *compared), tuple(rows), numbers, file=BY_THEORY)


def _costs(comparison: Comparison, theory: str) -> Iterator[TableRow]:
    """A row for each scenario; `theory` is named where there are several."""
    incidents = comparison.headlines[0]
    for scenario in comparison.scenarios:
        row, largest = comparison.findings[scenario.id][incidents], comparison.runs[scenario.id].largest_effect
        yield plain_row(
            f"{scenario.id}, {theory}" if theory else scenario.id,
            f"{row.change} ({row.band})",
            "nothing visibly" if largest is None else f"{largest.what}: {largest.change} ({largest.band})",
            scenario.costs or "its file does not say",
        )


def _regret(comparison: Comparison) -> Table | None:
    """A row for each scenario below the name of each outcome that has a direction."""
    if not comparison.regrets:
        return None
    words = {topic.series.name: topic.words for topic in comparison.topics}
    rows: list[Band | TableRow] = []
    for table in comparison.regrets:
        rows.append(Band(words[table.aim.name], f"{table.aim.prefer} is preferred"))
        rows += [plain_row(*regret_cells(row, table.baseline)) for row in table.rows]
    return Table("Regret by outcome", HEADER, tuple(rows), numbers=tuple(range(1, len(HEADER))), file="regret.csv")
