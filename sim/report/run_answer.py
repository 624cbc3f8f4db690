"""The text that `armsrace run` ends with: a table, what to think of it, what it rests on, where the files are."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sim.analysis.findings import (
    PER_CENT,
    SCALES,
    SIGN_RULE,
    Finding,
    Topic,
    contrast_of_topic,
    findings,
    headlines_first,
    largest_of_each,
)
from sim.analysis.incidents import incidents_expected
from sim.analysis.output import UNCERTAINTY
from sim.analysis.variance_shares import LEAST, Split, split_of
from sim.io.quarters import index_of, name_of
from sim.io.terminal import bullet, page_width, paragraph, table
from sim.report.caveats import (
    caveats,
    differing_parameters,
    few_worlds,
    first_words,
    horizon_note,
    parameters_set,
    rests_on,
    settings_words,
    stability_sentence,
)
from sim.report.next_steps import next_steps

if TYPE_CHECKING:
    from sim.analysis.results import Array, Contrast, Run

STOCKS = ("uav", "loitering")  # counted at the end of a year, where all else is the mean of its quarters
TABLE_FROM = 92  # columns below which the rows are written as sentences
SPREAD_ROWS = 6
SPREAD_WORDS = (
    "Parameters: what is not known about the world. Chance: the same world with other luck. Theories: which of the rival theories of the "
    "documents is taken, each with the same weight. The three are shares of their sum, on a scale that tames extreme worlds; all lines: "
    f"{UNCERTAINTY}."
)
SPREAD_OF = {
    "parameters": "from numbers that are not known",
    "chance": "from luck",
    "theories": "from which of the rival theories is taken",
}
FOLLOWED = (("spending", "SRB"), ("hazard", "SRB"))
DRIVERS = 3
DRIVER_WORDS = (
    "pinned and bounded: the figures of the documents narrowed it; assumed: they say nothing, the number is an assumption "
    "(armsrace trace NAME)."
)
LEVEL_YEARS = (2023, 2026, 2030)
LEVELS = (
    Topic("Serbia's spending, m US$/yr", "spending", "SRB", "", (), "", 0),
    Topic("Kosovo's spending, m US$/yr", "spending", "XKX", "", (), "", 0),
    Topic("Türkiye's spending, m US$/yr", "spending", "TUR", "", (), "", 0),
    Topic("Serbia's burden, % of GDP", "burden", "SRB", "", (), "", 1, PER_CENT),
    Topic("Kosovo's burden, % of GDP", "burden", "XKX", "", (), "", 1, PER_CENT),
    Topic("Serbia's attitude to Türkiye", "attitude", "SRB", "TUR", (), ""),
    Topic("Serbia's attitude to Kosovo", "attitude", "SRB", "XKX", (), ""),
    Topic("tension of Serbia and Kosovo", "tension", "SRB", "XKX", (), ""),
    Topic("serious incidents, per year", "hazard", "SRB", "XKX", (), ""),
    Topic("Kosovo's armed UAVs", "uav", "XKX", "", (), "", 1),
    Topic("Serbia's armed UAVs", "uav", "SRB", "", (), "", 1),
    Topic("Kosovo's loitering munitions", "loitering", "XKX", "", (), "", 0),
    Topic("chance Serbia buys Turkish UAVs", "supplier_choice", "SRB", "TUR", (), ""),
    Topic("KFOR's strength, thousand", "troops", "NATO", "", (), "", 1),
)


def answer(run: "Run", ref: str, out: Path, *, full: bool = False) -> Iterator[str]:
    """The lines of the answer.

    ref  : what the user called the scenario, for the commands to try next
    out  : the folder of the run
    full : every line that moved, what each spread is owed to, and all that is said of the sources
    """
    yield paragraph(run.scenario.title)
    yield paragraph(run.scenario.question)
    yield ""
    if run.baseline is None:
        yield from _levels(run)
    else:
        yield from _changes(run, full)
    if full or run.baseline is None:
        yield ""
        yield paragraph(stability_sentence(run))
    notes = caveats(run, _worth_saying(run)[0], full=full)
    if notes:
        yield from ("", "Before you use this", *(bullet(note) for note in notes))
    grounds = (*rests_on(run, leaning=full), *parameters_set(run))
    if grounds:
        yield from ("", "What it rests on", *(bullet(ground) for ground in grounds))
    yield ""
    yield from files(out)
    yield from next_steps(run, ref, out, headlines_first(_worth_saying(run)[0]), full=full)


def _worth_saying(run: "Run") -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """The rows to print, and those of which nothing is left after rounding."""
    rows = findings(run)
    kept = tuple(row for row in rows if not row.is_negligible)
    return kept, tuple(row for row in rows if row.is_negligible)


def _chosen(rows: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """The rows of the short answer: each topic when it moves most, and at all times what readers ask for most."""
    largest = largest_of_each(rows)
    return tuple(row for row in rows if largest[row.topic] is row or (row.topic.variable, row.topic.actor) in FOLLOWED)


def _changes(run: "Run", full: bool) -> Iterator[str]:
    start = run.first_effect
    against = run.baseline.id
    pairs = "1 pair" if run.members == 1 else f"{run.members:,} pairs"
    yield paragraph(
        f"{run.scenario.id} against {against}: {pairs} of worlds with the same draws, seed {run.seed}{settings_words(run)}."
    )
    if few_worlds(run):
        yield paragraph(few_worlds(run))
    if start is None:
        yield paragraph(
            "Nothing differs between the two in the quarters of this run. Check the quarters of the events, and --until."
        )
        return
    if differing := differing_parameters(run):
        yield paragraph(differing)
    yield paragraph(f"{first_words(run)} {name_of(start)}. The middle world and the range that holds 90 of 100 worlds:")
    yield ""
    found, negligible = _worth_saying(run)
    rows = headlines_first(found if full else _chosen(found))
    yield from _rows(rows)
    if any(row.is_undetermined for row in rows):
        yield paragraph(SIGN_RULE)
    yield from _incidents(run)
    yield paragraph(SCALES)
    moved = {row.topic for row in rows}
    still = dict.fromkeys(row.topic.words.strip(",") for row in negligible if row.topic not in moved)
    if full and still:
        yield paragraph(f"Hardly touched: {', '.join(still)}.")
    if horizon_note(run):
        yield paragraph(horizon_note(run))
    if not run.uncertainty:
        if run.members < LEAST and rows:
            yield paragraph(f"What the spread is owed to is not said of fewer than {LEAST} worlds.")
        return
    yield from (_spread if full else _spread_in_short)(rows_with_splits(run, rows))


def rows_with_splits(run: "Run", rows: tuple[Finding, ...]) -> list[tuple[Finding, Split]]:
    """The first row of each topic with what its spread is owed to, where that was computed."""
    firsts = {row.topic: row for row in reversed(rows)}
    return [(row, split) for row in rows if firsts[row.topic] is row and (split := split_of(run, row.topic, row.when))]


def _spread_in_short(found: Sequence[tuple[Finding, Split]]) -> Iterator[str]:
    """What the first row's spread is owed to, and the numbers it rests on, in a sentence or two."""
    for row, split in found[:1]:
        parts = [(getattr(split, f"share_{name}"), words) for name, words in SPREAD_OF.items()]
        if all(share is not None for share, _ in parts):
            shares = ", ".join(f"{PER_CENT * share:.0f} % {words}" for share, words in parts)
            yield paragraph(f"Where the spread of {row.what} comes from: {shares}.", hanging="    ")
        if split.rests_on:
            most = ", ".join(map(str, split.rests_on[:DRIVERS]))
            yield paragraph(
                f"It goes most with {most}; in brackets what the figures say of the number.", hanging="    "
            )


def _spread(found: Sequence[tuple[Finding, Split]]) -> Iterator[str]:
    """What the spread of the first lines is owed to, in hundredths."""
    cells = [(row.what, *_share_cells(split)) for row, split in found if split.share_chance is not None][:SPREAD_ROWS]
    if not cells:
        return
    yield ""
    yield paragraph(
        f"What the spread of a line is owed to, in hundredths, with the standard error ({found[0][1].members} of the worlds run again):"
    )
    yield ""
    yield table(("spread of", "parameters", "chance", "theories"), cells, right=(1, 2, 3))
    yield paragraph(SPREAD_WORDS)
    yield from _drivers([(row.what, split) for row, split in found if split.rests_on])


def _drivers(rows: Sequence[tuple[str, Split]]) -> Iterator[str]:
    """The uncertain numbers that the first lines go up and down with, and what the figures know of each."""
    if not rows:
        return
    yield ""
    yield paragraph(
        "The numbers it rests on most, with the rank correlation over worlds and what the figures say of each:"
    )
    for what, split in rows[:SPREAD_ROWS]:
        yield paragraph(f"{what}: {', '.join(map(str, split.rests_on[:DRIVERS]))}", hanging="    ")
    yield paragraph(DRIVER_WORDS)


def _share_cells(split: Split) -> Iterator[str]:
    """Shares in hundredths with their errors; the error of a share that rests on a handful of worlds is not known."""
    for name in ("parameters", "chance", "theories"):
        share, error = (getattr(split, f"{part}_{name}") for part in ("share", "se"))
        yield f"{PER_CENT * share:.0f} ±{'?' if error is None else format(PER_CENT * error, '.0f')}"


def _rows(rows: tuple[Finding, ...]) -> Iterator[str]:
    if page_width() < TABLE_FROM:
        yield from (paragraph(row.sentence, hanging="    ") for row in rows)
        return
    cells = [(row.what, row.change, row.band, row.certainty) for row in rows]
    yield table(("what moves", "change", "5-95 %", "worlds of 100"), cells, wrap=(0, 3))


def _incidents(run: "Run") -> Iterator[str]:
    expected = incidents_expected(run)
    if expected is not None:
        without = "" if run.baseline is None else f"in {run.baseline.id}"
        yield paragraph(expected.sentences(without), hanging="    ")


def _levels(run: "Run") -> Iterator[str]:
    worlds = "1 world" if run.members == 1 else f"{run.members:,} worlds"
    yield paragraph(
        f"{run.scenario.id}: {worlds}, seed {run.seed}{settings_words(run)}. It is compared with nothing, so these are levels."
    )
    if few_worlds(run):
        yield paragraph(few_worlds(run))
    yield ""
    years = [year for year in LEVEL_YEARS if year in run.years] or [run.years[-1]]
    years = years if page_width() >= TABLE_FROM else years[-2:]
    rows = [(topic.words, *_level_cells(run, topic, years)) for topic in LEVELS]
    header = ("middle world (5-95 %)", *map(str, years))
    yield table(header, [row for row in rows if len(row) > 1], right=tuple(range(1, len(years) + 1)))
    yield paragraph("UAVs and munitions are counted in the year's last quarter; all else is the mean of the year.")
    yield from _incidents(run)


def _level_cells(run: "Run", topic: Topic, years: list[int]) -> Iterator[str]:
    contrast = contrast_of_topic(run, topic)
    for year in years if contrast is not None else ():
        quantiles = topic.scale * _quantiles(run, contrast, year)  # type: ignore[arg-type]
        low, median, high = (f"{float(quantiles[row]):,.{topic.digits}f}" for row in (0, 2, 4))
        link = " to " if "-" in low else "-"
        yield median if low == high else f"{median} ({low}{link}{high})"


def _quantiles(run: "Run", contrast: "Contrast", year: int) -> "Array":
    if contrast.series.variable in STOCKS:
        return contrast.scenario.quantiles[:, index_of(f"{year}Q4")]
    return contrast.yearly_scenario.quantiles[:, run.years.index(year)]


def files(out: Path) -> Iterator[str]:
    """What stands in the folder of a run."""
    names = sorted(f"{file.name}/" if file.is_dir() else file.name for file in out.iterdir()) if out.is_dir() else []
    yield paragraph(f"Written to {out}/: {', '.join(names)}" if names else f"Folder: {out}/")
