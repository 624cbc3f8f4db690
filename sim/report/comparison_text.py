"""What a comparison found, in words: each outcome with a line for every scenario, then regret."""

from collections.abc import Iterator
from pathlib import Path

from sim.analysis.comparison import Comparison, remarks_of
from sim.analysis.findings import SCALES, SIGN_RULE, Finding
from sim.io.quarters import name_of
from sim.io.terminal import entry, page_width, paragraph, table
from sim.model.sign_assumptions import CONTESTED
from sim.report.caveats import ensemble_note
from sim.sweep.analysis.regret_text import regret_lines

FEW, TABLE_FROM = 100, 92
ASSUMED = "Sign assumed: the direction was put in with parameters that cannot be negative; a run tells the size."
OTHERWISE = (
    "On their own the scenarios are compared with different ones, here all with the same: what a scenario shares with another counts as "
    "its doing, too. --baseline ID takes another."
)
CONTESTED_WORDS = "Sign contested: the documents disagree whether arms make incidents likelier or deter them; the model holds both views."


def comparison_answer(found: Comparison, out: Path) -> Iterator[str]:
    """The lines of the answer."""
    yield paragraph(
        f"{len(found.scenarios)} scenario{'s' * (len(found.scenarios) != 1)} against {found.baseline.id}: {found.baseline.title}"
    )
    yield from (entry(one.id, one.title, max(len(one.id) for one in found.scenarios)) for one in found.scenarios)
    yield ""
    yield paragraph(setting_words(found))
    if note := ensemble_note(found.fit):
        yield paragraph(note)
    if len({one.compare_to for one in found.scenarios}) > 1:
        yield paragraph(OTHERWISE)
    if found.members < FEW:
        yield paragraph("With so few worlds the ranges are rough; 1,000 is the default.")
    if found.first_effect is None:
        yield paragraph(
            "Nothing differs between them in the quarters of this run. Check the quarters of the events, and --until."
        )
    yield ""
    yield from change_lines(found)
    yield ""
    yield from regret_lines(found.regrets, remarks_of(found)) if found.regrets else ()
    yield ""
    yield from files(found, out)


def setting_words(found: Comparison) -> str:
    """How the comparison was made."""
    worlds = "1 world" if found.members == 1 else f"{found.members:,} worlds"
    first = "" if found.first_effect is None else f" The first difference comes in {name_of(found.first_effect)}."
    settings = f", changed everywhere: {', '.join(found.settings)}" if found.settings else ""
    theory = f", theory {found.theory}" if found.theory else ""
    return (
        f"{worlds}, each run under every scenario with the same draws and the same luck, seed {found.seed}{theory}{settings}.{first} "
        f"Shown is the mean of {found.when}, scenario minus baseline: the middle world and the range of 90 of 100 worlds."
    )


def change_lines(found: Comparison) -> Iterator[str]:
    """Each outcome with a line for every scenario; on a narrow page as sentences."""
    lines = list(zip(*(found.findings[one.id] for one in found.scenarios), strict=True))
    if page_width() < TABLE_FROM:
        for line in lines:
            yield from (
                paragraph(f"{one.id}: {row.sentence}", hanging="    ")
                for one, row in zip(found.scenarios, line, strict=True)
            )
    else:
        yield from change_table(found, lines)
    rows = [row for line in lines for row in line]
    notes = {
        SIGN_RULE: any(row.is_undetermined for row in rows),
        ASSUMED: any(row.reservation.endswith("assumed") for row in rows),
        CONTESTED_WORDS: any(row.topic.variable in CONTESTED for row in rows),
        SCALES: True,
    }
    yield paragraph(" ".join(note for note, is_said in notes.items() if is_said))


def change_table(found: Comparison, lines: list[tuple[Finding, ...]]) -> Iterator[str]:
    """One table, cut into a part for each outcome under its name."""
    cells = [
        [f"  {one.id}", row.change, row.band, certainty(row)]
        for line in lines
        for one, row in zip(found.scenarios, line, strict=True)
    ]
    head, rule, *body = table(["what moves", "change", "5-95 %", "worlds of 100"], cells, wrap=()).split("\n")
    yield from (head, rule)
    for place, line in enumerate(lines):
        yield line[0].topic.words[:1].upper() + line[0].topic.words[1:]
        yield from body[place * len(line) : (place + 1) * len(line)]


def certainty(row: Finding) -> str:
    """Worlds that go which way, for a cell."""
    return "unchanged" if row.p_positive == row.p_negative == 0.0 else row.certainty


def files(found: Comparison, out: Path) -> Iterator[str]:
    """Where the files are."""
    yield f"Tables:   {out / 'comparison.csv'}, contrasts.csv (by quarter){', regret.csv' if found.regrets else ''}"
    yield f"Pictures: {out / 'figures' / 'comparison.png'}, paths.png{', regret.png' if found.regrets else ''}"
