"""What simulations predict for each figure, and where the figure falls: the rows of a fit's tables of moments and forecasts."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.calibration import export_likelihood
from sim.calibration.likelihood import MIDDLE, log_outlays, observed, probability, replicated_exports
from sim.calibration.moments import AtLeast, Choice, Incidents, LeadTime, Level, Moment, Ordering, YearlyExports
from sim.data.tables import OBSERVED_YEARS
from sim.model.parameters import load_parameters
from sim.model.variables import VARIABLES

Values = NDArray[np.float64]
SPREAD = (0.05, 0.5, 0.95)
WIDE_SPREAD = (0.05, 0.25, 0.5, 0.75, 0.95)
ABOVE = "more than the years fitted to let expect: exports to most buyers rose together after 2021"
BELOW = "less than the years fitted to let expect"


def moment_rows(
    name: str, moment: Moment, prior: Values, posterior: Values, rng: np.random.Generator
) -> list[dict[str, Any]]:
    shared = {
        "document": moment.document, "kind": moment.kind, "unit": unit(moment),
        "figures": ";".join(moment.figures), "what": moment.what, "error": moment.why, "id": name,
    }  # fmt: skip
    if isinstance(moment, Level | Incidents | LeadTime):
        before, after = (predictive(moment, rows, rng) for rows in (prior, posterior))
        value, text = _seen(moment)
        return [_row(shared, text, value, before, after, moment.remark)]
    if isinstance(moment, YearlyExports):
        return _export_rows(shared, moment, prior, posterior, rng)
    before, after = probability(moment, prior), probability(moment, posterior)
    holds = bool(observed(moment)[0])
    text = "yes" if holds else "no"
    if isinstance(moment, AtLeast):
        text = f"at least {moment.observed():.4g}"
    chance = float((after if holds else 1.0 - after).mean())
    row = _row({**shared, "unit": "probability of yes"}, text, float("nan"), before, after, moment.remark)
    is_inside = chance >= 1.0 - SPREAD[-1]
    return [{**row, "rank": "", "inside_90": str(is_inside).lower(), "explanation": "" if is_inside else moment.remark}]


def _seen(moment: Level | Incidents | LeadTime) -> tuple[float, str]:
    """What was observed, as a number and as words."""
    if isinstance(moment, Level):
        value = moment.observed()
        return value, f"{value:.4g}"
    if isinstance(moment, Incidents):
        count = len(moment.figures)
        return float(count), f"{count} incidents"
    low, high = moment.observed()
    return 0.5 * (low + high), f"{low:.2f} to {high:.2f}"


def predictive(moment: Level | Incidents | LeadTime, rows: Values, rng: np.random.Generator) -> Values:
    """What members predict for a figure, its error included, (members,)."""
    if isinstance(moment, Level):
        return np.exp(rows[0] + moment.error * rng.standard_normal(rows.shape[1]))
    if isinstance(moment, LeadTime):
        return np.exp(rows[0] + rows[1] * rng.standard_normal(rows.shape[1]))
    return rng.poisson(rows.sum(axis=0)).astype(np.float64)


def _export_rows(
    shared: dict[str, Any], moment: YearlyExports, prior: Values, posterior: Values, rng: np.random.Generator
) -> list[dict[str, Any]]:
    seen, outlays = np.array(moment.observed()), log_outlays(moment.buyer)
    anywhere = export_likelihood.any_levels(prior.shape[1], rng)
    each = export_likelihood.level_log_likelihoods(posterior, outlays, seen, MIDDLE)
    levels = export_likelihood.drawn_levels(each, rng)
    before = replicated_exports(moment, prior, anywhere, rng)
    after = replicated_exports(moment, posterior, levels, rng)
    return [
        _row(
            {**shared, "id": f"{shared['id']}-{year}", "what": f"{moment.what.split(',')[0]}, {year}", "figures": figure},
            f"{seen[y]:.4g}", seen[y], before[y], after[y], moment.remark,
        )
        for y, (year, figure) in enumerate(zip(OBSERVED_YEARS, moment.figures, strict=True))
    ]  # fmt: skip


def _row(shared: dict[str, Any], text: str, value: float, before: Values, after: Values, remark: str) -> dict[str, Any]:
    rank = float((after < value).mean() + 0.5 * (after == value).mean())
    is_inside = SPREAD[0] <= rank <= SPREAD[-1]
    return {
        **{name: shared[name] for name in ("id", "document", "what", "figures", "kind", "unit")},
        "observed": text,
        "error": shared["error"],
        **quantiles("prior", np.quantile(before, SPREAD)),
        **quantiles("posterior", np.quantile(after, SPREAD)),
        "rank": short(rank),
        "inside_90": str(is_inside).lower(),
        "explanation": "" if is_inside else remark,
    }


def unit(moment: Moment) -> str:
    """Unit of what a moment compares."""
    if isinstance(moment, YearlyExports):
        return "million US$ per year"
    if isinstance(moment, LeadTime):
        return "years"
    if isinstance(moment, Incidents):
        return "incidents"
    if isinstance(moment, Ordering | Choice) or moment.against or len(moment.of) > 1:
        return "1" if not isinstance(moment, AtLeast) or moment.against else "million 2023 US$"
    (factor,) = moment.of
    return VARIABLES[factor.series].unit if factor.series else load_parameters().parameter(str(factor.parameter)).unit


def forecast_rows(
    moment: YearlyExports, rows: Values, fitted: int, rng: np.random.Generator
) -> Iterable[dict[str, Any]]:
    """Exports of the years after the first `fitted`, predicted by draws that were fitted to those alone."""
    seen, outlays = np.array(moment.observed()), log_outlays(moment.buyer)
    each = export_likelihood.level_log_likelihoods(rows, outlays[:fitted], seen[:fitted], MIDDLE)
    levels = export_likelihood.drawn_levels(each, rng)
    years = np.arange(fitted, len(OBSERVED_YEARS), dtype=np.float64)
    drawn = export_likelihood.drawn_exports(rows, levels, outlays[fitted:], years - MIDDLE, rng)
    for place, year in enumerate(range(fitted, len(OBSERVED_YEARS))):
        low, *_, high = spread = np.quantile(drawn[place], WIDE_SPREAD)
        is_inside = bool(low <= seen[year] <= high)
        yield {
            "buyer": moment.buyer, "year": OBSERVED_YEARS[year], "observed_musd": float(seen[year]),
            **{f"q{round(100 * share):02d}": short(value) for share, value in zip(WIDE_SPREAD, spread, strict=True)},
            "inside_90": str(is_inside).lower(),
            "explanation": "" if is_inside else moment.remark or (ABOVE if seen[year] > high else BELOW),
        }  # fmt: skip


def quantiles(name: str, three: Iterable[float]) -> dict[str, Any]:
    return {f"{name}_q{round(100 * q):02d}": short(value) for q, value in zip(SPREAD, three, strict=True)}


def short(value: float) -> float:
    """Six significant digits: enough for a reader, and the same on every machine."""
    return float(f"{value:.6g}")
