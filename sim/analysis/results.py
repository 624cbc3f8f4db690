"""What a run leaves behind: quantiles over members, paired differences, and the tables of them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sim.analysis.drivers import NAMED_FIRST
from sim.analysis.findings import Directions, Finding, findings_from, headlines, largest_effect, ordered
from sim.analysis.topics import Topic, place_named, topics_of
from sim.io.formatting import PER_CENT, no_formula
from sim.io.quarters import PER_YEAR, name_of, year_of
from sim.model.parameter_table import ParameterTable
from sim.model.parameters import load_parameters
from sim.model.variables import FLOWS, Series, all_series
from sim.scenario.levers import events_changed

if TYPE_CHECKING:
    import pandas as pd

    from sim.analysis.answer_in_kind import Answer
    from sim.analysis.dyads import LogPair
    from sim.analysis.incidents import Channels
    from sim.analysis.race_verdict import RaceVerdict
    from sim.analysis.variance_shares import VarianceShares

Frame: TypeAlias = "pd.DataFrame"
LEVELS = (0.05, 0.25, 0.50, 0.75, 0.95)
LEVEL_NAMES = ("q05", "q25", "q50", "q75", "q95")
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Bands:
    """Quantiles and mean over members of one thing, and how many members are above and below zero.

    quantiles  : (5, times) at LEVELS
    mean       : (times,)
    p_positive : (times,) share of members strictly above zero
    p_negative : (times,) share of members strictly below zero
    """

    quantiles: Array
    mean: Array
    p_positive: Array
    p_negative: Array

    @property
    def median(self) -> Array:
        return np.asarray(self.quantiles[2])


def bands_of(values: Array) -> Bands:
    """Bands of a (times, members) array; quantiles interpolate linearly between order statistics."""
    ordered = np.sort(values, axis=-1)
    last = ordered.shape[-1] - 1
    places = [(int(level * last), level * last - int(level * last)) for level in LEVELS]
    quantiles = np.stack([
        ordered[..., place] + share * (ordered[..., min(place + 1, last)] - ordered[..., place])
        for place, share in places
    ])  # fmt: skip
    above, below = (np.count_nonzero(is_so, axis=-1) / values.shape[-1] for is_so in (values > 0.0, values < 0.0))
    return Bands(quantiles, ordered.mean(axis=-1), above, below)


def calendar_years(values: Array) -> Array:
    """Means over the four quarters of each full year: (quarters, members) to (years, members)."""
    years = values.shape[0] // PER_YEAR
    return values[: years * PER_YEAR].reshape(years, PER_YEAR, values.shape[1]).mean(axis=1)


@dataclass(frozen=True)
class Contrast:
    """One series in both sides and the paired difference, by quarter and by calendar year.

    baseline and difference are None where the scenario is compared to nothing.
    first_difference : number of the first quarter in which any member of the two sides differs, or None
    """

    series: Series
    scenario: Bands
    baseline: Bands | None
    difference: Bands | None
    yearly_scenario: Bands
    yearly_baseline: Bands | None
    yearly_difference: Bands | None
    yearly_per_cent: Bands | None
    first_difference: int | None

    def __repr__(self) -> str:
        against = "alone" if self.difference is None else "with a baseline"
        return f"Contrast({self.series.name}, {against}, {self.scenario.median.size} quarters)"


def joined(parts: Sequence[Contrast], starts: Sequence[int]) -> Contrast:
    """One contrast from those of stretches of time that follow each other, each beginning in a quarter of `starts`."""
    if len(parts) == 1:
        return parts[0]
    names = [one.name for one in fields(Contrast) if one.name not in ("series", "first_difference")]
    bands: dict[str, Any] = {name: _joined_bands([getattr(part, name) for part in parts]) for name in names}
    shifted = [
        None if part.first_difference is None else start + part.first_difference
        for part, start in zip(parts, starts, strict=True)
    ]
    return Contrast(series=parts[0].series, first_difference=earliest(shifted), **bands)


def _joined_bands(parts: Sequence[Bands | None]) -> Bands | None:
    """Bands of stretches of time, one after the other; None where no stretch has any."""
    stretches = [vars(part) for part in parts if part is not None]
    if not stretches:
        return None
    return Bands(**{name: np.concatenate([part[name] for part in stretches], axis=-1) for name in stretches[0]})


def earliest(quarters: Iterable[int | None]) -> int | None:
    """The first of some quarters, some of which may be None; None where all are."""
    return min((quarter for quarter in quarters if quarter is not None), default=None)


def contrast_of(series: Series, scenario: Array, baseline: Array | None) -> Contrast:
    """Contrast of a series from the members of both sides, (quarters, members) each, paired by column."""
    yearly = calendar_years(scenario)
    if baseline is None:
        return Contrast(series, bands_of(scenario), None, None, bands_of(yearly), None, None, None, None)
    yearly_base = calendar_years(baseline)
    differs, years = ((one != other).any(axis=1) for one, other in ((scenario, baseline), (yearly, yearly_base)))
    of_baseline, of_years = bands_of(baseline), bands_of(yearly_base)
    is_spending = series.variable == "spending"
    return Contrast(
        series=series,
        scenario=_differing(scenario, differs, of_baseline),
        baseline=of_baseline,
        difference=_differing(scenario - baseline, differs),
        yearly_scenario=_differing(yearly, years, of_years),
        yearly_baseline=of_years,
        yearly_difference=_differing(yearly - yearly_base, years),
        yearly_per_cent=_differing(PER_CENT * (yearly / yearly_base - 1.0), years) if is_spending else None,
        first_difference=int(differs.argmax()) if differs.any() else None,
    )


def _differing(values: Array, differs: NDArray[np.bool_], elsewhere: Bands | None = None) -> Bands:
    """Bands of the times at which the two sides differ; elsewhere those of the baseline, or of no difference."""
    if differs.all():
        return bands_of(values)
    none = np.zeros(len(differs))
    bands = elsewhere or Bands(np.zeros((len(LEVELS), len(differs))), none, none, none)
    if differs.any():
        bands, found = Bands(**{name: part.copy() for name, part in vars(bands).items()}), bands_of(values[differs])
        for name, part in vars(found).items():
            getattr(bands, name)[..., differs] = part
    return bands


@dataclass(frozen=True, repr=False)
class Run:
    """A finished run.

    scenario, baseline : resolved scenarios; baseline is None where there is nothing to compare to
    contrasts          : one per recorded series, in recorded order
    stability          : class and eigenvalues over members, see `sim.analysis.stability`
    uncertainty        : what the spread is due to, see `sim.analysis.variance_shares`; None where it was not looked at
    channels           : what the change of the risk of incidents is due to, see `sim.analysis.incidents`; None likewise, and
                         where no report was asked for
    pair               : the two sides alone, the medians over members, see `sim.analysis.dyads`
    incidents          : paired difference of the number of serious incidents, one time, see `sim.analysis.incidents`
    answers            : rivals' answers in kind to the deliveries that differ, see `sim.analysis.answer_in_kind`
    verdicts           : whether it is a race, for every two mutual rivals, see `sim.analysis.race_verdict`
    reasons            : why the largest effect came about, in sentences; empty where no report was made
    worlds             : simulates a series in the baseline, if there is one, and in the scenario, (quarters, members) each
    directions         : what tells whose word a direction is, see `sim.directions`; None where it is not to be told
    """

    scenario: Any
    baseline: Any
    members: int
    seed: int
    quarters: int
    engine: str
    fit: str
    theory: str | None
    settings: tuple[str, ...]
    contrasts: tuple[Contrast, ...]
    stability: dict[str, Any]
    keep: str
    parameters_digest: str
    model_version: str
    uncertainty: "tuple[VarianceShares, ...] | None" = None
    channels: "Channels | None" = None
    pair: "LogPair | None" = None
    incidents: Bands | None = None
    answers: "tuple[Answer, ...]" = ()
    verdicts: "tuple[RaceVerdict, ...]" = ()
    directions: Directions | None = None
    reasons: tuple[str, ...] = ()
    worlds: "Callable[[Series], tuple[Array, ...]] | None" = field(default=None, compare=False)

    def __repr__(self) -> str:
        against = "" if self.baseline is None else f" against {self.baseline.id}"
        end = name_of(self.quarters - 1)
        return f"Run({self.scenario.id}{against}: {self.members:,} simulations to {end}, seed {self.seed}, {len(self.contrasts)} series)"

    def _repr_html_(self) -> str:
        """The run, and what changes most, as a notebook shows it."""
        rows = [
            {
                "what changes": row.what, "unit": row.topic.unit, "median": row.median, "5 %": row.low, "95 %": row.high,
                "higher": f"{row.p_positive:.0%}", "lower": f"{row.p_negative:.0%}",
            }
            for row in self.headlines
        ]  # fmt: skip
        table = framed(rows).to_html(index=False, float_format="{:,.3g}".format) if rows else "<p>No effect shows.</p>"
        return f"<p>{escape(repr(self))}</p>{table if self.baseline is not None else ''}"

    def simulations(self, variable: str, actor: str, counterpart: str = "", *, years: bool = False) -> "pd.DataFrame":
        """Single simulations of a series, simulated anew, which gives the same numbers.

        years   : by full calendar year, as for `frame`
        returns : a pandas frame with a row for each quarter and member, and a column for each world, scenario and baseline;
                  its `to_xarray()` is a data set of two dimensions

        Raises KeyError if there is no such series.
        """
        import pandas as pd

        series = Series(variable, actor, counterpart)
        if series not in all_series() or self.worlds is None:
            raise KeyError(f"there is no series {series.name}; armsrace list --series names them")
        worlds = self.worlds(series)
        index = pd.MultiIndex.from_product([self.quarter_names, range(self.members)], names=["quarter", "member"])
        names = ("baseline", "scenario")[-len(worlds) :]
        rows = pd.DataFrame({name: values.reshape(-1) for name, values in zip(names, worlds, strict=True)}, index=index)
        return by_year(rows, variable) if years else rows

    @cached_property
    def by_series(self) -> dict[Series, Contrast]:
        return {contrast.series: contrast for contrast in self.contrasts}

    def contrast(self, variable: str, actor: str, counterpart: str = "") -> Contrast:
        """The contrast of one series; KeyError if it was not recorded."""
        return self.by_series[Series(variable, actor, counterpart)]

    @cached_property
    def parameters(self) -> ParameterTable:
        """The parameters of the scenario, settings included."""
        return load_parameters().with_overrides(self.scenario.parameters)

    @cached_property
    def topics(self) -> tuple[Topic, ...]:
        """What its answer may be about."""
        return topics_of(self)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """The rows of the answer that the scenario touches, in the order of their topics."""
        start = self.first_effect
        return () if start is None else tuple(findings_from(self, self.topics, start, still=False))

    @cached_property
    def shown_findings(self) -> tuple[Finding, ...]:
        """Those of which something is left after rounding."""
        return tuple(row for row in self.findings if not row.is_negligible)

    @cached_property
    def headlines(self) -> tuple[Finding, ...]:
        """Those that are told first: what the question names, and what moves most."""
        return headlines(self.shown_findings, self.asks)

    def asks(self, topic: Topic) -> int | None:
        """Where the scenario's question, or its title, names a topic; None where it does not."""
        return place_named(topic, f"{self.scenario.question or ''} {self.scenario.title}")

    @cached_property
    def largest_effect(self) -> Finding | None:
        """The row that moves most for its scale."""
        return largest_effect(self.shown_findings)

    @cached_property
    def ordered_findings(self) -> tuple[Finding, ...]:
        """All that are shown, those that are told first in front."""
        return ordered(self.shown_findings, self.headlines)

    def variance_shares(self, finding: Finding) -> "VarianceShares | None":
        """What the spread of a row of the answer is due to; None where that was not looked at."""
        place = (finding.topic.series, finding.when)
        return next((shares for shares in self.uncertainty or () if (shares.series, shares.quarter) == place), None)

    @cached_property
    def main_spread(self) -> "tuple[Finding, VarianceShares] | None":
        """The largest effect, or the first row of the answer of which it is known, with what its spread is due to."""
        rows = (*(() if self.largest_effect is None else (self.largest_effect,)), *self.headlines)
        known = ((row, self.variance_shares(row)) for row in rows)
        return next(((row, shares) for row, shares in known if shares is not None and shares.shares is not None), None)

    @cached_property
    def main_numbers(self) -> tuple[str, ...]:
        """The unknown numbers that carry most of that spread: keys of parameters and of sizes of events."""
        return () if self.main_spread is None else tuple(one.key for one in self.main_spread[1].rests_on[:NAMED_FIRST])

    @cached_property
    def first_difference(self) -> int | None:
        """Number of the first quarter in which any member of the two sides differs, or None."""
        return earliest(contrast.first_difference for contrast in self.contrasts)

    @cached_property
    def first_effect(self) -> int | None:
        """The same for everything but orders, which are on paper until they are delivered.

        Where parameters differ, too, which they do from the first quarter on, not before the first event of its own.
        """
        effects = (contrast for contrast in self.contrasts if contrast.series.variable != "orders")
        first = earliest(contrast.first_difference for contrast in effects)
        own = self.first_event_of_its_own if self.differing_parameters else None
        return first if first is None or own is None else max(first, own)

    @cached_property
    def first_event_of_its_own(self) -> int | None:
        """Number of the quarter of the earliest event in which the two sides differ, of an order with a date its delivery."""
        quarters = (event.first_felt for event in self.changed_events)
        return earliest(quarter for quarter in quarters if quarter < self.quarters)

    @cached_property
    def differing_parameters(self) -> tuple[str, ...]:
        """Parameters to which the scenario gives another value than the baseline does; none without a baseline."""
        if self.baseline is None:
            return ()
        own, base = self.scenario.parameters, self.baseline.parameters
        return tuple(key for key in dict.fromkeys((*own, *base)) if own.get(key) != base.get(key))

    @cached_property
    def changed_events(self) -> tuple[Any, ...]:
        """Events that only one of the two sides has, or that differ between them."""
        return events_changed(self.scenario, self.baseline)

    @cached_property
    def quarter_names(self) -> tuple[str, ...]:
        return tuple(name_of(quarter) for quarter in range(self.quarters))

    @property
    def years(self) -> tuple[int, ...]:
        """Full calendar years of the run."""
        return tuple(year_of(PER_YEAR * year) for year in range(self.quarters // PER_YEAR))

    def rows(self) -> Iterator[dict[str, Any]]:
        """The rows of `run --format json`: headline series by quarter, and spending by calendar year."""
        for contrast in self.contrasts:
            if contrast.series.is_headline:
                yield from contrast_rows(contrast, self.quarter_names, self.years)

    def frame(self, *, years: bool = False) -> "pd.DataFrame":
        """The headline series as a pandas DataFrame: a row for each series and quarter.

        years : for each series and full calendar year instead; what is counted (FLOWS) is summed up, of all else it is the mean
        """
        shown = [contrast for contrast in self.contrasts if contrast.series.is_headline]
        if years:
            return framed(row for contrast in shown for row in yearly_rows(contrast, self.years))
        return framed(row for contrast in shown for row in quarterly_rows(contrast, self.quarter_names))

    def summary(self) -> "pd.DataFrame":
        """Quantiles of every series, as a pandas DataFrame with one row per series, quarter and kind."""
        return framed(summary_rows(self), SUMMARY_COLUMNS)


def framed(rows: Iterable[Any], columns: Sequence[str] | None = None) -> "pd.DataFrame":
    """Rows as a pandas DataFrame."""
    import pandas as pd

    return pd.DataFrame(list(rows), columns=None if columns is None else list(columns))


def by_year(rows: "pd.DataFrame", variable: str) -> "pd.DataFrame":
    """Single simulations by quarter and member as such by full calendar year and member."""
    year = rows.index.get_level_values("quarter").str[:4].astype(int)
    grouped = rows.groupby([year.rename("year"), rows.index.get_level_values("member")])
    made: pd.DataFrame = grouped.sum() if variable in FLOWS else grouped.mean()
    return made[(grouped.size() == PER_YEAR)]


def yearly_rows(contrast: Contrast, years: Sequence[int]) -> Iterator[dict[str, Any]]:
    """Rows of one series by calendar year."""
    factor = PER_YEAR if contrast.series.variable in FLOWS else 1  # what is kept are means over the quarters
    by_year = (contrast.yearly_scenario, contrast.yearly_baseline, contrast.yearly_difference)
    for place, year in enumerate(years):
        row = _row(contrast.series, str(year), *by_year, place)
        scaled = {name: row[name] and factor * row[name] for name in ("baseline", "scenario", *DIFFERENCE[:3])}
        unit = row["unit"].replace("in the quarter", "in the year")
        yield {
            "year" if name == "quarter" else name: value
            for name, value in {**row, **scaled, "unit": unit, "quarter": year}.items()
        }


def quarterly_rows(contrast: Contrast, quarters: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Rows of one series by quarter."""
    by_quarter = (contrast.scenario, contrast.baseline, contrast.difference)
    for place, quarter in enumerate(quarters):
        yield _row(contrast.series, quarter, *by_quarter, place)


def contrast_rows(contrast: Contrast, quarters: Sequence[str], years: Sequence[int]) -> Iterator[dict[str, Any]]:
    """Rows of one series by quarter, and for spending by calendar year."""
    yield from quarterly_rows(contrast, quarters)
    if contrast.series.variable == "spending":
        by_year = (contrast.yearly_scenario, contrast.yearly_baseline, contrast.yearly_difference)
        for place, year in enumerate(years):
            yield _row(contrast.series, str(year), *by_year, place) | _per_cent(contrast.yearly_per_cent, place)


DIFFERENCE = ("difference", "low", "high", "p_positive", "p_negative")


def _row(
    series: Series, time: str, scenario: Bands, baseline: Bands | None, difference: Bands | None, place: int
) -> dict[str, Any]:
    numbers: list[float | None] = [None] * len(DIFFERENCE)
    if difference is not None:
        shares = (difference.p_positive[place], difference.p_negative[place])
        numbers = [*difference.quantiles[[2, 0, -1], place].tolist(), *map(float, shares)]
    return {
        "variable": series.variable,
        "actor": series.actor,
        "counterpart": series.counterpart or None,
        "quarter": time,
        "unit": series.unit,
        "baseline": None if baseline is None else float(baseline.median[place]),
        "scenario": float(scenario.median[place]),
        **dict(zip(DIFFERENCE, numbers, strict=True)),
    }


def _per_cent(bands: Bands | None, place: int) -> dict[str, float | None]:
    low, median, high = (None, None, None) if bands is None else bands.quantiles[[0, 2, -1], place].tolist()
    return {"difference_per_cent": median, "low_per_cent": low, "high_per_cent": high}


SUMMARY_COLUMNS = (
    "variable", "actor", "counterpart", "unit", "side", "quarter", "mean", *LEVEL_NAMES, "p_positive", "p_negative",
)  # fmt: skip


def summary_rows(run: Run) -> Iterator[tuple[Any, ...]]:
    """Rows of summary.csv: each series with the scenario and without, then the paired difference; no text is a formula."""
    for contrast in run.contrasts:
        series = contrast.series
        head = tuple(map(no_formula, (series.variable, series.actor, series.counterpart, series.unit)))
        sides = {"scenario": contrast.scenario, "baseline": contrast.baseline, "difference": contrast.difference}
        for side, bands in sides.items():
            if bands is not None:
                columns = (bands.mean, *bands.quantiles, bands.p_positive, bands.p_negative)
                numbers = zip(*(column.tolist() for column in columns), strict=True)
                for quarter, row in zip(run.quarter_names, numbers, strict=True):
                    yield (*head, side, quarter, *row)
