"""What the report of a fit says, section by section: paragraphs, tables and pictures, without any mark-up.

`sim.calibration.report` writes the same content as HTML and as Markdown.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from sim.calibration import report_text as words
from sim.calibration.report_text import (
    BLANK,
    count,
    number,
    observed_number,
    observed_words,
    plural,
    range_words,
    unit_words,
)
from sim.ensembles.folder import Fit, read_fit
from sim.ensembles.tables import LeftOut, Moment, Parameter
from sim.plots.fit_svg import density_picture, forecast_picture, range_picture, rank_picture
from sim.report.document import Band, BulletList, Cell, Fold, PagePart, Picture, Report, Section, Table, TableRow, Text
from sim.report.render import page_html, page_markdown

WORST = 8  # rank histograms shown before the others are folded away


def title_of(fit: Fit) -> str:
    """Title of the page."""
    return f"What the figures taught: fit {fit.manifest.id}"


def sections(fit: Fit) -> tuple[Section, ...]:
    """The page in its order."""
    return (
        Section("summary", "In short", tuple(_summary(fit))),
        Section("limits", "What this cannot tell", (BulletList(tuple(words.limits(fit))),), level=3),
        Section("parameters", "Parameters", tuple(_parameters(fit))),
        Section("facts", "Facts, and what fitted worlds say of them", tuple(_facts(fit))),
        Section("forecast", "Turkish exports of 2022 and 2023, foretold", tuple(_forecast(fit))),
        Section("left-out", "One document left out at a time", tuple(_left_out(fit))),
        Section("checks", "Checks of the machinery", tuple(_checks(fit))),
        Section("cite", "How to cite", tuple(_citation(fit))),
        Section("manifest", "Manifest", (_manifest(fit),)),
    )


def _summary(fit: Fit) -> Iterator[PagePart]:
    if fit.manifest.is_quick:
        yield Text(words.quick_words(fit), is_warning=True)
    yield Text(words.summary(fit), terms=("fitted parameters", "prior", "posterior", "draw", "effective sample size"))
    yield Text(words.method(fit))


# ---- parameters ------------------------------------------------------------------------------------------------------

PARAMETER_HEADER = ("parameter", "densities", "prior", "posterior", "sd ratio", "verdict")


def _parameters(fit: Fit) -> Iterator[PagePart]:
    yield Text(f"{words.THREE} {words.STANDARD}", terms=("median", "sd ratio"))
    yield Text(words.VERDICTS, terms=("Pinned", "Bounded", "Assumed"))
    yield Text(
        "In the pictures the broken line is the prior and the filled shape the posterior, on one axis; where they lie on each "
        "other nothing was learned."
    )
    yield _groups(fit)
    learned = [parameter for parameter in fit.parameters if not parameter.is_assumed]
    learned.sort(key=lambda one: (one.word != "pinned", one.sd_ratio, one.key))
    if learned:
        rows = tuple(_parameter(fit, parameter, parameter.meaning) for parameter in learned)
        yield Table(
            "What the figures taught: pinned and bounded parameters, the narrowest first",
            PARAMETER_HEADER, rows, numbers=(4,), pictures=(1,),
        )  # fmt: skip
    else:
        yield Text("The figures pin no parameter and bound none.")
    for group in dict.fromkeys(parameter.group for parameter in fit.parameters):
        yield _group(fit, group)


def _groups(fit: Fit) -> Table:
    """How many parameters of each group were learned."""
    rows = []
    for group in dict.fromkeys(parameter.group for parameter in fit.parameters):
        alike = [parameter for parameter in fit.parameters if parameter.group == group]
        rows.append(_counts(group, alike))
    rows.append(_counts("all", fit.parameters))
    return Table(
        "Fitted parameters by group",
        ("group", "fitted", *(f"{words.MARKS[word]} {word}" for word in words.MARKS)),
        tuple(rows),
        numbers=(1, 2, 3, 4),
    )


def _counts(name: str, alike: Sequence[Parameter]) -> TableRow:
    told = words.words_counted(alike)
    return _line(name, count(len(alike)), *(count(told[word]) for word in words.MARKS))


def _group(fit: Fit, group: str) -> Fold:
    """All parameters of a group, those of one name below a line that says what it means."""
    alike = [parameter for parameter in fit.parameters if parameter.group == group]
    rows: list[TableRow | Band] = []
    for name, ones in groupby(alike, key=lambda one: one.name):
        members = list(ones)
        rows.append(Band(name, f"{members[0].meaning} ({unit_words(members[0].unit)})"))
        rows += [_parameter(fit, one, "", anchor=f"parameter-{one.key}") for one in members]
    told = words.words_counted(alike)
    counted = ", ".join(f"{told[word]} {word}" for word in words.MARKS)
    caption = f"Parameters of the group {group}"
    table = Table(caption, PARAMETER_HEADER, tuple(rows), numbers=(4,), pictures=(1,))
    return Fold(f"{group}: {plural(len(alike), 'parameter')} ({counted})", table)


def _parameter(fit: Fit, one: Parameter, meaning: str, anchor: str = "") -> TableRow:
    small = f"{meaning} ({unit_words(one.unit)})" if meaning else ""
    return TableRow(
        (
            Cell(one.key, small),
            Cell(svg=density_picture(one, fit.draws[one.key], words.density_words(one))),
            Cell(range_words(one.prior)),
            Cell(range_words(one.posterior)),
            Cell(number(one.sd_ratio)),
            Cell(words.verdict(one), words.shift_words(one)),
        ),
        words.informed_words(one),
        links=tuple((name, _fact_anchor(fit.moments_of(name)[0])) for name in one.moments),
        anchor=anchor,
    )


# ---- facts -----------------------------------------------------------------------------------------------------------

FACT_HEADER = ("fact", "ranges", "observed", "prior", "posterior", "rank", "90 % range")


def _facts(fit: Fit) -> Iterator[PagePart]:
    yield Text(
        "A fact is something the documents say and the model can be asked to reproduce (a moment, in the files): a number, an "
        "order, a yes or no. What was observed is uncertain too; by how much, or why, is written beside it.",
        terms=("fact",),
    )
    yield BulletList(tuple(words.document_words(key) for key in fit.documents))
    yield Text(words.facts_words(fit.moments), terms=("rank",))
    yield Text(
        "In the pictures the broken line is what worlds drawn from the prior say, the bar what fitted worlds say (5 to 95 of 100), "
        "and the diamond what was observed; the axis is logarithmic where they span more than a factor of twenty."
    )
    outside = [moment for moment in fit.moments if moment.is_outside]
    others = [moment for moment in fit.moments if not moment.is_outside]
    if outside:
        rows = tuple(_fact(moment) for moment in outside)
        yield Table("Facts outside the 90 % range of fitted worlds", FACT_HEADER, rows, numbers=(5,), pictures=(1,))
    else:
        yield Text("No fact lies outside the 90 % range of fitted worlds.")
    if others:
        rows = tuple(_fact(moment) for moment in others)
        caption = "Facts inside the 90 % range, or without such a range"
        yield Table(caption, FACT_HEADER, rows, numbers=(5,), pictures=(1,))


def _fact(moment: Moment) -> TableRow:
    observed = observed_words(moment.observed)
    error = "" if observed_number(moment.error) is None else f"error {observed_words(moment.error)}"
    inside = words.inside_words(moment.is_inside_90)
    return TableRow(
        (
            Cell(moment.id, _what(moment)),
            Cell(svg=_ranges(moment)) if moment.prior and moment.posterior else Cell(BLANK),
            Cell(observed, error),
            Cell(range_words(moment.prior, moment.unit)),
            Cell(range_words(moment.posterior, moment.unit)),
            Cell(words.rank_words(moment)),
            Cell(inside),
        ),
        _background(moment),
        anchor=_fact_anchor(moment),
        is_marked=moment.is_outside,
    )


def _fact_anchor(moment: Moment) -> str:
    return f"fact-{moment.id}"


def _what(moment: Moment) -> str:
    """What a fact is, and in which unit."""
    return moment.what if moment.unit in ("", "1") else f"{moment.what} ({unit_words(moment.unit)})"


def _background(moment: Moment) -> str:
    """Why a fact lies outside, where it stands, and why it is uncertain."""
    explanation = words.explanation_words(moment.is_outside, moment.explanation)
    where = f"document {', '.join(moment.documents)}" if moment.documents else ""
    figures = f"figures {', '.join(moment.figures)}" if moment.figures else ""
    doubt = f"uncertain: {moment.error}" if moment.error and observed_number(moment.error) is None else ""
    return "; ".join(filter(None, (explanation.rstrip("."), moment.kind.replace("_", " "), where, figures, doubt)))


def _ranges(moment: Moment) -> str:
    if moment.prior is None or moment.posterior is None:
        return ""
    observed = observed_number(moment.observed)
    return range_picture(moment.prior, moment.posterior, observed, words.moment_range_words(moment))


# ---- forecast and documents ------------------------------------------------------------------------------------------


def _forecast(fit: Fit) -> Iterator[PagePart]:
    forecasts = fit.forecasts
    if not forecasts:
        yield Text(_absent("forecast", "table1_forecast.csv"))
        return
    yield Text(words.forecast_words(forecasts))
    names = [words.forecast_name(one) for one in forecasts]
    title = "Turkish arms exports, observed and foretold"
    yield Picture(title, forecast_picture(forecasts, names, f"{title}; the table below holds the same numbers"))
    rows = tuple(
        TableRow(
            (
                Cell(words.forecast_name(one)),
                Cell(number(one.observed)),
                *(Cell(number(value)) for value in one.quantiles),
                Cell(words.inside_words(one.is_inside_90)),
            ),
            words.explanation_words(not one.is_inside_90, one.explanation),
            is_marked=not one.is_inside_90,
        )
        for one in sorted(forecasts, key=lambda one: one.is_inside_90)
    )
    header = ("buyer and year", "observed", "5 %", "25 %", "median", "75 %", "95 %", "90 % range")
    caption = "Exports foretold from the years to 2021, million US$; cells outside first"
    yield Table(caption, header, rows, numbers=(1, 2, 3, 4, 5, 6))


def _left_out(fit: Fit) -> Iterator[PagePart]:
    if not fit.left_out:
        yield Text(_absent("comparison", "leave_one_out.csv"))
        return
    yield Text(words.left_out_words(fit.left_out))
    hanging = {row.document for row in fit.left_out if row.is_flipped}
    ordered = sorted(fit.left_out, key=lambda row: (row.document not in hanging, row.document))
    rows: list[TableRow | Band] = []
    for document, ones in groupby(ordered, key=lambda row: row.document):
        rows.append(Band(f"without {words.document_words(document)}"))
        rows += [_conclusion(row) for row in ones]
    header = ("conclusion", "with all documents", "without this one", "the conclusion")
    yield Table("Conclusions with and without each document; documents on which one hangs first", header, tuple(rows))


def _conclusion(row: LeftOut) -> TableRow:
    return TableRow(
        (
            Cell(row.conclusion),
            Cell(row.with_all or BLANK),
            Cell(row.without or BLANK),
            Cell("changes" if row.is_flipped else "stays"),
        ),
        is_marked=row.is_flipped,
    )


def _absent(what: str, file: str) -> str:
    return f"This {what} was not made for this fit: its folder holds no {file} with rows. A full fit makes it."


# ---- machinery -------------------------------------------------------------------------------------------------------


def _checks(fit: Fit) -> Iterator[PagePart]:
    yield Text(words.recovery_words(fit))
    yield Text(words.chains_words(fit), terms=("R-hat",))
    yield Text(words.temperatures_words(fit))
    yield Fold("Temperatures, step by step", _temperatures(fit))
    yield Text(words.calibration_words(fit), terms=("Simulation-based calibration", "rank histogram"))
    yield from _rank_tables(fit)
    if fit.diagnostics.uncertainty is not None:
        rows = tuple(_line(name, value) for name, value in words.uncertainty_rows(fit.diagnostics.uncertainty))
        yield Table("Uncertainty of the fit itself", ("name", "value"), rows)


def _temperatures(fit: Fit) -> Table:
    told = fit.diagnostics
    shares = [BLANK if one is None else number(one) for one in told.acceptance]
    shares = [BLANK] * (len(told.temperatures) - len(shares)) + shares  # the first step may have nothing to accept
    rows = tuple(
        _line(str(step), number(temperature), share)
        for step, (temperature, share) in enumerate(zip(told.temperatures, shares, strict=False), 1)
    )
    return Table("How the figures were brought in", ("step", "temperature", "moves accepted"), rows, numbers=(1, 2))


def _rank_tables(fit: Fit) -> Iterator[PagePart]:
    if not fit.ranks:
        yield Text(_absent("test", "sbc.csv"))
        return
    yield Text(
        "In the pictures ten bars should reach the broken line; in the grey band lie 99 of 100 bars where the method is right. p is "
        "how often chance alone makes bars at least as uneven.",
        terms=("p",),
    )
    ordered = sorted(fit.ranks, key=lambda ranks: (ranks.p_value, ranks.key))
    header = ("parameter", "rank histogram", "counts, lowest tenth first", "p")
    lines = tuple(
        TableRow(
            (
                Cell(ranks.key),
                Cell(svg=rank_picture(ranks.counts, words.ranks_words(ranks))),
                Cell(", ".join(count(part) for part in ranks.counts)),
                Cell(number(ranks.p_value)),
            )
        )
        for ranks in ordered
    )
    yield Table("The least even rank histograms", header, lines[:WORST], numbers=(3,), pictures=(1,))
    if len(lines) > WORST:
        rest = Table("The other rank histograms", header, lines[WORST:], numbers=(3,), pictures=(1,))
        yield Fold(f"The other {len(lines) - WORST} rank histograms (not printed)", rest, is_printed=False)


# ---- end -------------------------------------------------------------------------------------------------------------


def _citation(fit: Fit) -> Iterator[PagePart]:
    yield Text(words.citation(fit))
    yield Text("Cite the documents beside it, since the facts are theirs:")
    yield BulletList(tuple(words.document_words(key) for key in fit.documents))


def _manifest(fit: Fit) -> Table:
    rows = tuple(_line(name, value) for name, value in words.manifest_rows(fit))
    return Table("What was fitted, how, and with what", ("name", "value"), rows)


def _line(*texts: str) -> TableRow:
    return TableRow(tuple(Cell(text) for text in texts))


def write_report(folder: Path, target: Path) -> Path:
    """Write the report of the fit in a folder as one HTML file; InputError if the folder is no whole fit."""
    page = report_html(folder)
    draft = target.with_name(f".{target.name}-draft")
    draft.write_text(page, encoding="utf-8", newline="\n")
    return draft.replace(target)


def report_html(folder: Path) -> str:
    """The report of the fit in a folder as an HTML page that loads nothing."""
    fit = read_fit(folder)
    footer = f"Fit written {fit.manifest.written} by armsrace. This page loads nothing from a network."
    return page_html(Report(title_of(fit), sections(fit)), footer=footer, paper="landscape")


def report_markdown(folder: Path) -> str:
    """The report of the fit in a folder as Markdown: the same words and tables, without the pictures."""
    fit = read_fit(folder)
    return page_markdown(Report(title_of(fit), sections(fit)))
