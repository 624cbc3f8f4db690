"""The report of a fit: its words stand in `sim/report/templates/fit.txt`, its tables and pictures are made here."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any

from sim.data.actors import actor_name
from sim.data.tables import sources
from sim.ensembles.folder import Fit, read_fit
from sim.ensembles.tables import FittedMoment, FittedParameter, ForecastCell, LeftOut, Range, Ranks
from sim.io.formatting import PER_CENT, counted, fixed, signed, significant
from sim.io.templates import phrase
from sim.io.writing import written_whole
from sim.plots.fit_svg import density_picture, forecast_picture, range_picture, rank_picture
from sim.report.document import Band, Cell, Fold, PagePart, Picture, Report, Table, TableRow, plain_row, sections_of
from sim.report.forms.render import page_html, page_markdown
from sim.scenario.mechanisms import channels

WORST = 8  # rank histograms shown before the others are folded away
MOST_GROUPS = 3  # that are named as holding most of what is assumed
MARKS = {"pinned": "●", "bounded": "◐", "assumed": "○"}
BLANK = "–"
TIMES = ("year", "date")  # units of which every digit counts


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
        "document_words": document_words,
        "crowded": ", ".join(f"{group} ({amount})" for group, amount in crowded.most_common(MOST_GROUPS)),
        "undecided": ", ".join(_directions(fit.parameters)),
        "missed": ", ".join(forecast_name(cell) for cell in fit.forecasts or () if not cell.is_inside_90),
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
    return {word: verdicts.count(word) for word in MARKS}


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
    rows = tuple(plain_row(*row) for row in manifest_rows(fit))
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
    header = ("group", "fitted", *(f"{mark} {word}" for word, mark in MARKS.items()))
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
        Cell(f"{MARKS[parameter.word]} {parameter.word}", f"moved {signed(parameter.shift, 2)}"),
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
        Cell(inside_words(moment.is_inside_90)),
    )
    return TableRow(cells, background(moment), anchor=f"fact-{moment.id}", is_marked=moment.is_outside)


def _ranges(moment: FittedMoment) -> Cell:
    if moment.prior is None or moment.posterior is None:
        return Cell(BLANK)
    observed = observed_number(moment.observed)
    return Cell(svg=range_picture(moment.prior, moment.posterior, observed, moment_range_words(moment)))


# ---- forecast and documents ------------------------------------------------------------------------------------------


def _forecast(forecasts: Sequence[ForecastCell]) -> Iterator[PagePart]:
    title = "Turkish arms exports, observed and predicted"
    names = [forecast_name(cell) for cell in forecasts]
    yield Picture(title, forecast_picture(forecasts, names, f"{title}; the table below holds the same numbers"))
    rows = tuple(_forecast_row(cell) for cell in sorted(forecasts, key=lambda cell: cell.is_inside_90))
    header = ("buyer and year", "observed", "5 %", "25 %", "median", "75 %", "95 %", "90 % range")
    caption = "Exports predicted from the years to 2021, million US$; cells outside first"
    yield Table(caption, header, rows, numbers=(1, 2, 3, 4, 5, 6))


def _forecast_row(cell: ForecastCell) -> TableRow:
    texts = [forecast_name(cell), *map(significant, (cell.observed, *cell.quantiles))]
    note = explanation_words(not cell.is_inside_90, cell.explanation)
    return TableRow(tuple(map(Cell, (*texts, inside_words(cell.is_inside_90)))), note, is_marked=not cell.is_inside_90)


def _left_out(conclusions: Sequence[LeftOut]) -> Table:
    hanging = {row.document for row in conclusions if row.is_flipped}
    ordered = sorted(conclusions, key=lambda row: (row.document not in hanging, row.document))
    rows: list[TableRow | Band] = []
    for document, group in groupby(ordered, key=lambda row: row.document):
        rows.append(Band(f"without {document_words(document)}"))
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


# ---- words of the cells -----------------------------------------------------------------------------------------------


def inside_words(is_inside: bool | None) -> str:
    """Whether the observed lies in the 90 % range."""
    return BLANK if is_inside is None else "inside" if is_inside else "outside"


def moment_range_words(moment: FittedMoment) -> str:
    """What the picture of a fact's ranges shows."""
    seen = f"observed {observed_words(moment.observed)}"
    prior, posterior = range_words(moment.prior, moment.unit), range_words(moment.posterior, moment.unit)
    return f"{moment.id}: {seen}; prior {prior}; posterior {posterior}"


def background(moment: FittedMoment) -> str:
    """Why a fact lies outside, where it stands, and why it is uncertain."""
    explanation = explanation_words(moment.is_outside, moment.explanation)
    where = f"document {', '.join(moment.documents)}" if moment.documents else ""
    figures = f"figures {', '.join(moment.figures)}" if moment.figures else ""
    doubt = f"uncertain: {moment.error}" if moment.error and observed_number(moment.error) is None else ""
    return "; ".join(filter(None, (explanation.rstrip("."), moment.kind.replace("_", " "), where, figures, doubt)))


def explanation_words(is_outside: bool, explanation: str) -> str:
    """Why the observed lies outside, as far as anyone said."""
    return explanation or ("no explanation is known" if is_outside else "")


def document_words(key: str) -> str:
    """A document with title, author and year, as a line; its key where it is none of ours."""
    return phrase("fit_words.txt", "document", key, sources().get(key, ""))


def forecast_name(cell: ForecastCell) -> str:
    """Buyer and year of a cell of Table 1."""
    return f"{actor_name(cell.buyer)} {cell.year}"


def manifest_rows(fit: Fit) -> Iterator[tuple[str, str]]:
    """The manifest, a name and a value in each row."""
    for field, value in fit.manifest.model_dump(exclude_defaults=True).items():
        if isinstance(value, dict):
            title = {"versions": "version of"}.get(field, f"{field}:")
            yield from ((f"{title} {key}", value_words(part)) for key, part in sorted(value.items()))
        else:
            yield field, value_words(value)


def value_words(value: Any) -> str:
    """A value of a JSON file as people read it.

    >>> value_words(True), value_words(811.42), value_words(["armsrace", "calibrate"]), value_words({"a": 1})
    ('yes', '811', 'armsrace calibrate', '{"a": 1}')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return significant(value)
    if isinstance(value, list) and all(isinstance(part, str | int | float) for part in value):
        return " ".join(map(str, value))
    if value is None or isinstance(value, str | int):
        return BLANK if value is None else str(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def of(part: int, whole: int) -> str:
    """A part of a whole.

    >>> of(3, 12)
    '3 of 12'
    """
    return f"{fixed(part)} of {fixed(whole)}"


def range_words(quantiles: Range | None, unit: str = "") -> str:
    """Median and 5-95 % range.

    >>> range_words(Range(1.0, 2.0, 4.0)), range_words(None)
    ('2.00 (1.00 to 4.00)', '–')
    """
    if quantiles is None:
        return BLANK
    low, middle, high = (f"{value:.1f}" if unit in TIMES else significant(value) for value in quantiles)
    return f"{middle} ({low} to {high})"


def observed_words(text: str) -> str:
    """What was observed: words and whole numbers as they are written, other numbers with three digits.

    >>> observed_words("2 incidents"), observed_words("2023"), observed_words("12.919237"), observed_words("2e+04")
    ('2 incidents', '2023', '12.9', '20,000')
    """
    value = observed_number(text)
    return text if value is None or text.lstrip("-").isdigit() else significant(value)


def observed_number(text: str) -> float | None:
    """The number that a text is, or None."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) < float("inf") else None


def unit_words(unit: str) -> str:
    """A unit as people read it.

    >>> unit_words("1"), unit_words("m USD2023/yr")
    ('no unit', 'million US$ of 2023 a year')
    """
    return UNITS.get(unit, unit)


UNITS = {
    "": "no unit", "1": "no unit", "1/yr": "per year", "1/yr^0.5": "per square root of a year", "1/thousand": "per thousand",
    "yr": "years", "m USD2023": "million US$ of 2023", "m USD2023/yr": "million US$ of 2023 a year",
}  # fmt: skip
