"""One series of one scenario, simulated for a chart of its own: picture, table and source line."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from sim.analysis.output import write_cells
from sim.data.spellings import code_meant
from sim.engines.options import RunOptions
from sim.engines.simulate import prepared_scenarios
from sim.io.errors import refusal, suggestion
from sim.io.formatting import few_of
from sim.io.progress import Progress
from sim.io.quarters import FIRST_YEAR, LAST_YEAR, PER_YEAR, index_of, name_of
from sim.io.suggestions import meant_by
from sim.io.writing import written_together
from sim.model.network import FIRST, REPROACHED, SECOND
from sim.model.variables import VARIABLES, Series, all_series
from sim.plots import panels
from sim.plots.series import PLOT, SeriesChart, series_words
from sim.runs.recording import recorded
from sim.runs.run import reaction_drawn, run_of
from sim.scenario.fields import series_by_name
from sim.scenario.loading import Scenario

COLUMNS = ("series", "unit", "simulated", "quarter", "low", "median", "high")
MOST = 6  # names that a message lists


def series_named(word: str) -> Series:
    """The series that a name means, in full or short; InputError says which there are."""
    known = series_by_name()
    variable, *codes = word.split(".")
    coded = ".".join([variable, *(code_meant(code) or code for code in codes)])
    meant = meant_by(word, known)
    if len(meant) == 1:
        return known[meant[0]]
    if len(meant) > 1:
        raise refusal(
            "chart", f"{word} of whom? Name one: {few_of(meant, MOST)}; armsrace list --series shows all", "SERIES"
        )
    alike = [name for name in known if name.startswith(f"{variable}.")]
    near = suggestion(coded, [coded] if coded in known else known)
    if not near and alike:
        near = f"; there are {few_of(alike, MOST)}"
    raise refusal("chart", f'no series is called "{word}"{near or "; armsrace list --series shows all"}', "SERIES")


def years_named(text: str | None) -> tuple[int, int]:
    """First and last quarter of a stretch such as 2020-2030 or 2020Q2-2030Q4; InputError for one that is none."""
    if text is None:
        return 0, PER_YEAR * (LAST_YEAR - FIRST_YEAR + 1) - 1
    ends = re.fullmatch(r"([0-9]{4})(Q[1-4])?[-\u2013]([0-9]{4})(Q[1-4])?", text)
    if ends is None:
        raise refusal("chart", f'"{text}" is no stretch of years; write it as 2020-2030', "FROM-TO")
    try:
        first, last = index_of(ends[1] + (ends[2] or "Q1")), index_of(ends[3] + (ends[4] or "Q4"))
    except ValueError as error:
        raise refusal("chart", str(error), "FROM-TO") from None
    if last <= first:
        raise refusal("chart", f"{text} ends before it begins; swap the two", "FROM-TO")
    return first, last


def series_chart(
    scenario: str | Path | Scenario,
    series: Series,
    years: tuple[int, int],
    options: RunOptions,
    progress: Progress | None,
) -> SeriesChart:
    """A series simulated in a scenario and in what it is compared with.

    years : first and last quarter of the chart
    """
    pair = prepared_scenarios(scenario, options.settings, options.theory, options.ensemble)
    with recorded(pair, options, (series,), progress) as stores:
        finished = run_of(pair, options, (series,), stores, reaction_drawn(pair[-1], options))
    return SeriesChart(finished, series, years[0], min(years[1], finished.quarters - 1))


def write_chart(chart: SeriesChart, folder: Path, form: str) -> tuple[Path, Path]:
    """The picture and its table; returns both files."""
    name = f"{chart.series.name}-{chart.years}-{chart.run.scenario.id}"
    picture, table = f"{name}.{form}", f"{name}.csv"
    with written_together(folder, (picture, table)) as draft:
        PLOT.write(chart, draft, name, (form,))
        write_cells(draft / table, COLUMNS, rows(chart))
    return folder / picture, folder / table


def rows(chart: SeriesChart) -> Iterator[tuple[str, ...]]:
    """Low, median and high by quarter, simulated with the scenario and without: the ends of the 90 % range, as plain numbers."""
    baseline = chart.run.baseline.id if chart.run.baseline else ""
    simulated = {
        chart.run.scenario.id: chart.contrast.scenario,
        baseline: chart.contrast.baseline,
        "difference": chart.contrast.difference,
    }
    for name, bands in simulated.items():
        if bands is not None:
            for quarter in chart.quarters:
                numbers = (plain(float(value)) for value in bands.quantiles[[0, 2, 4], quarter])
                yield (chart.series.name, chart.series.unit, name, name_of(quarter), *numbers)


def plain(value: float) -> str:
    """A number to seven digits, without an exponent.

    >>> plain(-0.000012345), plain(1234567.0), plain(0.0)
    ('-0.000012345', '1234567', '0')
    """
    return np.format_float_positional(value + 0.0, precision=7, unique=True, fractional=False, trim="-")


def source_line(chart: SeriesChart) -> str:
    """What made the chart, for the line below it in a paper."""
    against = f" compared with {chart.run.baseline.id}" if chart.run.baseline else ""
    made = panels.made_by(chart.run) + panels.under_theory(chart.run)
    return f"Source: {made}; scenario {chart.run.scenario.id}{against}; 90 % range."


def document(chart: SeriesChart, files: Iterable[Path]) -> dict[str, object]:
    """What `chart --format json` prints."""
    return {
        "series": chart.series.name, "title": series_words(chart.series), "unit": chart.series.unit,
        "files": [str(file) for file in files], "source": source_line(chart),
        "rows": [dict(zip(COLUMNS[2:], (*row[2:4], *map(float, row[4:])), strict=True)) for row in rows(chart)],
    }  # fmt: skip


# ---- which there are -------------------------------------------------------------------------------------------------


def series_document() -> dict[str, object]:
    """What `list --series --format json` prints."""
    return {
        "series": [
            {"name": one.name, "title": series_words(one), "unit": one.unit, "meaning": VARIABLES[one.variable].meaning}
            for one in all_series()
        ]
    }


def series_lines() -> Iterator[str]:
    """Every series by its variable: what it is, its unit, and for whom it is recorded."""
    from sim.io.terminal import bullet, paragraph

    for variable in VARIABLES.values():
        names = [one.name.removeprefix(f"{variable.name}.") for one in all_series() if one.variable == variable.name]
        yield paragraph(f"{variable.name}: {variable.meaning} ({variable.unit})")
        yield bullet(", ".join(names))
    yield ""
    yield paragraph(
        f"Write a name with its country or countries: armsrace chart spending.{SECOND} 2020-2030, "
        f"armsrace chart relation.{FIRST}.{REPROACHED}"
    )
