"""The report of a fit: its words stand in `sim/report/templates/fit.txt`, its tables and pictures are made here."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any

from sim.calibration import report_text as words
from sim.calibration.report_text import BLANK, observed_number, observed_words, of, range_words, unit_words
from sim.ensembles.folder import Fit, read_fit
from sim.ensembles.tables import FittedMoment, FittedParameter, ForecastCell, LeftOut, Ranks
from sim.io.formatting import PER_CENT, counted, fixed, signed, significant
from sim.io.templates import phrase
from sim.io.writing import written_whole
from sim.plots.fit_svg import density_picture, forecast_picture, range_picture, rank_picture
from sim.report.document import Band, Cell, Fold, PagePart, Picture, Report, Table, TableRow, plain_row, sections_of
from sim.report.forms.render import page_html, page_markdown
from sim.scenario.mechanisms import channels

WORST = 8  # rank histograms shown before the others are folded away
MOST_GROUPS = 3  # that are named as holding most of what is assumed


def write_report(folder: Path, target: Path, *, overwrite: bool = False) -> Path:
    """Write the report of the fit in a folder as one HTML file.

    InputError if the folder is no whole fit, and where the page would replace another unasked.
    """
    page = report_html(folder)
    with written_whole(target, overwrite=overwrite) as draft:
        draft.write_text(page, encoding="utf-8", newline="\n")
    return target


def report_html(folder: Path) -> str:
    """The report of the fit in a folder as an HTML page that loads nothing."""
    fit = read_fit(folder)
    footer = f"Fit written {fit.manifest.written} by armsrace. This page loads nothing from a network."
    return page_html(report_of(fit), footer=footer, paper="landscape")


def report_markdown(folder: Path) -> str:
    """The report of the fit in a folder as Markdown: the same words and tables, without the pictures."""
    return page_markdown(report_of(read_fit(folder)))


def report_of(fit: Fit) -> Report:
    """The page in its order: a paragraph of the template is a text, and its headings begin the sections."""
    values = {"fit": fit, "of": of, "significant": significant, **_facts(fit), **_tables(fit)}
    sections = (
        replace(section, level=3) if section.anchor == "limits" else section
        for section in sections_of("fit.txt", **values)
    )
    return Report(f"What the figures taught: fit {fit.manifest.id}", tuple(sections))


def _facts(fit: Fit) -> dict[str, Any]:
    """What the template says of a fit beside what stands in it."""
    crowded = Counter(parameter.group for parameter in fit.parameters if parameter.is_assumed)
    versions = fit.manifest.versions
    return {
        "words_counted": words_counted,
        "expected": lambda share, count: fixed(share * count),
        "document_words": words.document_words,
        "crowded": ", ".join(f"{group} ({amount})" for group, amount in crowded.most_common(MOST_GROUPS)),
        "undecided": ", ".join(_directions(fit.parameters)),
        "missed": ", ".join(words.forecast_name(cell) for cell in fit.forecasts or () if not cell.is_inside_90),
        "version": next((versions[name] for name in ("armsrace", "balkan-armsrace") if name in versions), ""),
    }


def _directions(parameters: Sequence[FittedParameter]) -> Iterator[str]:
    """The parameters that carry the model's channels, as far as they are assumed: `reaction (11 of 12)`."""
    for name in sorted({key.partition(".")[0] for channel in channels() for key in channel.neutral}):
        alike = [parameter for parameter in parameters if parameter.name == name]
        if assumed := sum(parameter.is_assumed for parameter in alike):
            yield name if len(alike) == 1 else f"{name} ({of(assumed, len(alike))})"


def words_counted(parameters: Iterable[FittedParameter]) -> dict[str, int]:
    """How many parameters are pinned, bounded and assumed."""
    verdicts: list[str] = [parameter.word for parameter in parameters]
    return {word: verdicts.count(word) for word in words.MARKS}


def _tables(fit: Fit) -> dict[str, Any]:
    """Tables and pictures by the names that the template gives them; a list where several follow each other."""
    outside = [moment for moment in fit.moments if moment.is_outside]
    inside = [moment for moment in fit.moments if not moment.is_outside]
    groups = list(dict.fromkeys(parameter.group for parameter in fit.parameters))
    return {
        "groups": _groups(fit, groups),
        "taught": _taught(fit),
        "all_parameters": [_group(fit, group) for group in groups],
        "facts_outside": _fact_table("Facts outside the 90 % range of fitted simulations", outside),
        "facts_inside": _fact_table("Facts inside the 90 % range, or without such a range", inside),
        "forecast": list(_forecast(fit.forecasts or ())),
        "left_out": _left_out(fit.left_out or ()),
        "temperatures": Fold("Temperatures, step by step", _temperatures(fit)),
        "ranks": list(_rank_tables(fit.ranks or ())),
        "manifest_table": _manifest(fit),
    }


def _manifest(fit: Fit) -> Table:
    rows = tuple(plain_row(*row) for row in words.manifest_rows(fit))
    return Table("What was fitted, how, and with what", ("name", "value"), rows)


# ---- parameters ------------------------------------------------------------------------------------------------------

PARAMETER_HEADER = ("parameter", "densities", "prior", "posterior", "sd ratio", "verdict")


def _groups(fit: Fit, groups: Iterable[str]) -> Table:
    """How many parameters of each group were learned."""
    alike = {group: [parameter for parameter in fit.parameters if parameter.group == group] for group in groups}
    rows = (
        plain_row(name, fixed(len(members)), *map(fixed, words_counted(members).values()))
        for name, members in {**alike, "all": fit.parameters}.items()
    )
    header = ("group", "fitted", *(f"{mark} {word}" for word, mark in words.MARKS.items()))
    return Table("Fitted parameters by group", header, tuple(rows), numbers=(1, 2, 3, 4))


def _taught(fit: Fit) -> Table:
    learned = [parameter for parameter in fit.parameters if not parameter.is_assumed]
    learned.sort(key=lambda parameter: (parameter.word != "pinned", parameter.sd_ratio, parameter.key))
    rows = tuple(_parameter(fit, parameter, parameter.meaning) for parameter in learned)
    caption = "What the figures taught: pinned and bounded parameters, the narrowest first"
    return Table(caption, PARAMETER_HEADER, rows, numbers=(4,), pictures=(1,))


def _group(fit: Fit, group: str) -> Fold:
    """All parameters of a group, those of one name below a line that says what it means."""
    alike = [parameter for parameter in fit.parameters if parameter.group == group]
    rows: list[TableRow | Band] = []
    for name, same_name in groupby(alike, key=lambda parameter: parameter.name):
        members = list(same_name)
        rows.append(Band(name, f"{members[0].meaning} ({unit_words(members[0].unit)})"))
        rows += [_parameter(fit, parameter, "", anchor=f"parameter-{parameter.key}") for parameter in members]
    counts = ", ".join(f"{count} {word}" for word, count in words_counted(alike).items())
    table = Table(f"Parameters of the group {group}", PARAMETER_HEADER, tuple(rows), numbers=(4,), pictures=(1,))
    return Fold(f"{group}: {counted(len(alike), 'parameter')} ({counts})", table)


def _parameter(fit: Fit, parameter: FittedParameter, meaning: str, anchor: str = "") -> TableRow:
    small = f"{meaning} ({unit_words(parameter.unit)})" if meaning else ""
    densities = phrase("fit_words.txt", "densities", parameter, PER_CENT * (1.0 - parameter.sd_ratio))
    cells = (
        Cell(parameter.key, small),
        Cell(svg=density_picture(parameter, fit.draws[parameter.key], densities)),
        Cell(range_words(parameter.prior)),
        Cell(range_words(parameter.posterior)),
        Cell(significant(parameter.sd_ratio)),
        Cell(f"{words.MARKS[parameter.word]} {parameter.word}", f"moved {signed(parameter.shift, 2)}"),
    )
    links = tuple((name, f"fact-{fit.moments_of(name)[0].id}") for name in parameter.moments)
    return TableRow(cells, phrase("fit_words.txt", "informed", parameter), links, anchor)


# ---- facts -----------------------------------------------------------------------------------------------------------


def _fact_table(caption: str, moments: Iterable[FittedMoment]) -> Table:
    header = ("fact", "ranges", "observed", "prior", "posterior", "rank", "90 % range")
    return Table(caption, header, tuple(map(_fact, moments)), numbers=(5,), pictures=(1,))


def _fact(moment: FittedMoment) -> TableRow:
    what = moment.what if moment.unit in ("", "1") else f"{moment.what} ({unit_words(moment.unit)})"
    error = "" if observed_number(moment.error) is None else f"error {observed_words(moment.error)}"
    cells = (
        Cell(moment.id, what),
        _ranges(moment),
        Cell(observed_words(moment.observed), error),
        Cell(range_words(moment.prior, moment.unit)),
        Cell(range_words(moment.posterior, moment.unit)),
        Cell(BLANK if moment.rank is None else f"{moment.rank:.3f}"),
        Cell(words.inside_words(moment.is_inside_90)),
    )
    return TableRow(cells, words.background(moment), anchor=f"fact-{moment.id}", is_marked=moment.is_outside)


def _ranges(moment: FittedMoment) -> Cell:
    if moment.prior is None or moment.posterior is None:
        return Cell(BLANK)
    observed = observed_number(moment.observed)
    return Cell(svg=range_picture(moment.prior, moment.posterior, observed, words.moment_range_words(moment)))


# ---- forecast and documents ------------------------------------------------------------------------------------------


def _forecast(forecasts: Sequence[ForecastCell]) -> Iterator[PagePart]:
    title = "Turkish arms exports, observed and predicted"
    names = [words.forecast_name(cell) for cell in forecasts]
    yield Picture(title, forecast_picture(forecasts, names, f"{title}; the table below holds the same numbers"))
    rows = tuple(_forecast_row(cell) for cell in sorted(forecasts, key=lambda cell: cell.is_inside_90))
    header = ("buyer and year", "observed", "5 %", "25 %", "median", "75 %", "95 %", "90 % range")
    caption = "Exports predicted from the years to 2021, million US$; cells outside first"
    yield Table(caption, header, rows, numbers=(1, 2, 3, 4, 5, 6))


def _forecast_row(cell: ForecastCell) -> TableRow:
    texts = [words.forecast_name(cell), *map(significant, (cell.observed, *cell.quantiles))]
    note = words.explanation_words(not cell.is_inside_90, cell.explanation)
    return TableRow(
        tuple(map(Cell, (*texts, words.inside_words(cell.is_inside_90)))), note, is_marked=not cell.is_inside_90
    )


def _left_out(conclusions: Sequence[LeftOut]) -> Table:
    hanging = {row.document for row in conclusions if row.is_flipped}
    ordered = sorted(conclusions, key=lambda row: (row.document not in hanging, row.document))
    rows: list[TableRow | Band] = []
    for document, group in groupby(ordered, key=lambda row: row.document):
        rows.append(Band(f"without {words.document_words(document)}"))
        for row in group:
            fate = "changes" if row.is_flipped else "stays"
            texts = (row.conclusion, row.with_all or BLANK, row.without or BLANK, fate)
            rows.append(TableRow(tuple(map(Cell, texts)), is_marked=row.is_flipped))
    header = ("conclusion", "with all documents", "without this one", "the conclusion")
    return Table("Conclusions with and without each document; documents on which one hangs first", header, tuple(rows))


# ---- machinery -------------------------------------------------------------------------------------------------------


def _temperatures(fit: Fit) -> Table:
    diagnostics = fit.diagnostics
    shares = [BLANK if share is None else significant(share) for share in diagnostics.acceptance]
    shares = [BLANK] * (len(diagnostics.temperatures) - len(shares)) + shares  # the first step may accept nothing
    rows = tuple(
        plain_row(str(step), significant(temperature), share)
        for step, (temperature, share) in enumerate(zip(diagnostics.temperatures, shares, strict=False), 1)
    )
    return Table("How the figures were brought in", ("step", "temperature", "moves accepted"), rows, numbers=(1, 2))


def _rank_tables(ranks: Sequence[Ranks]) -> Iterator[PagePart]:
    header = ("parameter", "rank histogram", "counts, lowest tenth first", "p")
    rows = tuple(_rank_row(row) for row in sorted(ranks, key=lambda row: (row.p_value, row.key)))
    yield Table("The least even rank histograms", header, rows[:WORST], numbers=(3,), pictures=(1,))
    if len(rows) > WORST:
        rest = Table("The other rank histograms", header, rows[WORST:], numbers=(3,), pictures=(1,))
        yield Fold(f"The other {len(rows) - WORST} rank histograms (not printed)", rest, is_printed=False)


def _rank_row(ranks: Ranks) -> TableRow:
    counts = ", ".join(map(fixed, ranks.counts))
    picture = rank_picture(ranks.counts, f"{ranks.key}: ranks counted in tenths, {counts}")
    return TableRow((Cell(ranks.key), Cell(svg=picture), Cell(counts), Cell(significant(ranks.p_value))))
