"""The small pictures of a fit's report, as SVG that stands inside the page: densities, ranges, rank histograms.

Each is a few paths with rounded coordinates, so that equal figures give equal bytes, and carries what it shows in words.
Prior and posterior differ in shape, not only in colour: the prior is a broken line, the posterior a filled one.
"""

import html
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from sim.ensembles.tables import FittedParameter, ForecastCell, Range

Array = NDArray[np.float64]
UPPER_QUARTILE = float(ndtri(0.75))
NINETY = float(ndtri(0.95))  # half the width of the 90 % range, in standard deviations
FARTHEST, CELL = 6.0, 0.01
DEVIATES = np.linspace(-FARTHEST, FARTHEST, round(2.0 * FARTHEST / CELL) + 1)
TINIEST = 1e-300

# ---- densities -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PriorScale:
    """A prior as a change of scale: between values of the parameter and standard normal deviates."""

    deviates: Callable[[Array], Array]
    values: Callable[[Array], Array]


def scale_of(kind: str, prior: Range) -> PriorScale:
    """The scale on which a prior with these 5, 50 and 95 % quantiles is standard normal."""
    low, middle, high = prior.low, prior.middle, prior.high
    if kind == "half_normal":
        spread = max(middle, TINIEST) / UPPER_QUARTILE
        return PriorScale(
            lambda x: ndtri(np.clip(2.0 * ndtr(x / spread) - 1.0, 0.0, 1.0)),
            lambda z: spread * ndtri(0.5 + 0.5 * ndtr(z)),
        )
    if kind == "uniform":
        width = (high - low) / 0.9
        start = low - 0.05 * width
        return PriorScale(lambda x: ndtri(np.clip((x - start) / width, 0.0, 1.0)), lambda z: start + width * ndtr(z))
    base = 1.0 if kind == "one_plus_lognormal" else 0.0
    if kind == "normal" or low <= base:
        spread = (high - low) / (2.0 * NINETY)
        return PriorScale(lambda x: (x - middle) / spread, lambda z: middle + spread * z)
    spread = math.log((high - base) / (low - base)) / (2.0 * NINETY)
    median = math.log(middle - base)
    return PriorScale(
        lambda x: (np.log(np.maximum(x - base, TINIEST)) - median) / spread,
        lambda z: base + np.exp(median + spread * z),
    )


POINTS = 81
MOST = 20.0  # ranges that span a larger factor are drawn on a logarithmic axis


def densities(parameter: FittedParameter, draws: Array) -> tuple[Array, Array, Array]:
    """Values of a parameter, and around each the density of prior and posterior, relative to the higher peak.

    Draws are smoothed on the scale on which the prior is standard normal, so that both are cut off alike at a bound.
    """
    scale = scale_of(parameter.prior_kind, parameter.prior)
    deviates = np.clip(scale.deviates(draws), -FARTHEST, FARTHEST)
    ends = np.quantile(deviates, (0.005, 0.995))
    first, last = scale.values(np.array([min(-2.4, ends[0]), max(2.4, ends[1])]))
    edges = np.linspace(first, last, POINTS + 1)
    at = scale.deviates(edges)
    prior = np.diff(ndtr(at))
    posterior = np.diff(np.interp(at, DEVIATES, np.cumsum(smoothed(deviates)) * CELL))
    top = max(float(prior.max()), float(posterior.max()))
    return 0.5 * (edges[1:] + edges[:-1]), prior / top, posterior / top


def smoothed(deviates: Array) -> Array:
    """Density of deviates on the grid DEVIATES, from a Gaussian kernel that leaves their standard deviation as it is."""
    spread = max(float(deviates.std()), CELL)
    width = max(1.06 * spread * len(deviates) ** -0.2, CELL)
    kept = deviates.mean() + (deviates - deviates.mean()) / math.hypot(1.0, width / spread)
    places = np.clip(np.rint((kept + FARTHEST) / CELL).astype(np.int64), 0, len(DEVIATES) - 1)
    counts = np.bincount(places, minlength=len(DEVIATES))
    reach = min(round(5.0 * width / CELL), len(DEVIATES) // 2)
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) * CELL / width) ** 2)
    return np.convolve(counts, kernel, mode="same") / (len(deviates) * kernel.sum() * CELL)


def density_picture(parameter: FittedParameter, draws: Array, words: str) -> str:
    """Prior and posterior density of a parameter on one axis."""
    _, prior, posterior = densities(parameter, draws)
    wide, tall = 116.0, 40.0
    across = np.linspace(2.0, wide - 2.0, POINTS)
    base = tall - 3.0
    outline = path(zip(across, base - (tall - 7.0) * posterior, strict=True))
    body = (
        f'<path class="post" d="{outline}L{place(across[-1])} {place(base)}L{place(across[0])} {place(base)}Z"/>'
        f'<path class="prior-line" d="{path(zip(across, base - (tall - 7.0) * prior, strict=True))}"/>'
        f'<path class="axis" d="M2 {place(base)}H{place(wide - 2.0)}"/>'
    )
    return svg(wide, tall, words, body)


# ---- ranges ----------------------------------------------------------------------------------------------------------


def range_picture(prior: Range, posterior: Range, observed: float | None, words: str) -> str:
    """90 % ranges of prior (broken line, above) and posterior (bar), and what was observed (a diamond).

    The axis is logarithmic where all is above zero and spans a large factor.
    """
    wide, tall, edge = 140.0, 40.0, 9.0
    seen = [prior.low, prior.high, posterior.low, posterior.high, *([] if observed is None else [observed])]
    is_logarithmic = min(seen) > 0.0 and max(seen) > MOST * min(seen)
    low, high = (math.log(end) if is_logarithmic else end for end in (min(seen), max(seen)))
    span = (high - low) or 1.0

    def x(value: float) -> float:
        return edge + (wide - 2.0 * edge) * ((math.log(value) if is_logarithmic else value) - low) / span

    body = (
        f'<path class="prior-line" d="M{place(x(prior.low))} 9H{place(x(prior.high))}"/>'
        f'<path class="prior-tick" d="M{place(x(prior.middle))} 4v10"/>'
        f'<rect class="post-bar" x="{place(x(posterior.low))}" y="19" height="12"'
        f' width="{place(max(1.0, x(posterior.high) - x(posterior.low)))}"/>'
        f'<path class="post-tick" d="M{place(x(posterior.middle))} 17v16"/>'
    )
    return svg(wide, tall, words, body + ("" if observed is None else diamond(x(observed), 25.0, 7.0)))


def diamond(x: float, y: float, size: float) -> str:
    """A diamond with a white rim, so that it stands out from a bar."""
    return (
        f'<path class="observed" d="M{place(x)} {place(y - size)}l{place(size)} {place(size)}'
        f'l{place(-size)} {place(size)}l{place(-size)} {place(-size)}Z"/>'
    )


# ---- the forecast of Table 1 -----------------------------------------------------------------------------------------

LEAST = 1e-3  # million US$: what is less is drawn at the left edge
LEFT, RIGHT, HEAD, STEP, WIDTH = 280.0, 110.0, 44.0, 30.0, 980.0


def forecast_picture(forecasts: Sequence[ForecastCell], names: Sequence[str], words: str) -> str:
    """Observed exports over the predicted 50 and 90 % ranges, a row per buyer and year, on a logarithmic axis.

    names : what to write beside the rows
    """
    seen = [value for cell in forecasts for value in (cell.observed, *cell.quantiles) if value >= LEAST] or [1.0]
    first = math.floor(math.log10(min(seen)))
    last = max(first + 1, math.ceil(math.log10(max(seen))))
    has_zero = any(min(cell.observed, cell.quantiles[0]) < LEAST for cell in forecasts)
    zero = LEFT + 30.0
    start, end = zero + (50.0 if has_zero else 0.0), WIDTH - RIGHT

    def x(value: float) -> float:
        return zero if value < LEAST else start + (end - start) * (math.log10(value) - first) / (last - first)

    tall = HEAD + STEP * len(forecasts) + 54.0
    base = tall - 50.0
    ticks = [(x(10.0**power), _power(power)) for power in range(first, last + 1)]
    ticks += [(zero, "0")] if has_zero else []
    body = [
        *(f'<path class="grid" d="M{place(at)} {place(HEAD - 14)}V{place(base)}"/>' for at, _ in ticks),
        *(label(at, base + 20.0, words, "middle") for at, words in ticks),
        label((start + end) / 2.0, tall - 6.0, "million US$, logarithmic axis", "middle"),
        *_key(20.0),
    ]
    for number, (cell, name) in enumerate(zip(forecasts, names, strict=True)):
        body += _forecast_row(cell, name, HEAD + STEP * (number + 0.5), x)
    return svg(WIDTH, tall, words, "".join(body), "chart")


def _forecast_row(cell: ForecastCell, name: str, y: float, x: Callable[[float], float]) -> list[str]:
    low, lower, middle, upper, high = map(x, cell.quantiles)
    outside = [] if cell.is_inside_90 else [label(WIDTH - RIGHT + 20.0, y + 6.0, "outside", "start", bold=True)]
    return [
        label(LEFT, y + 6.0, name, "end", bold=not cell.is_inside_90),
        f'<path class="ninety" d="M{place(low)} {place(y)}H{place(high)}"/>',
        f'<rect class="fifty" x="{place(lower)}" y="{place(y - 7)}" height="14" width="{place(max(1.0, upper - lower))}"/>',
        f'<path class="post-tick" d="M{place(middle)} {place(y - 10)}v20"/>',
        diamond(x(cell.observed), y, 7.0),
        *outside,
    ]


def _key(left: float) -> list[str]:
    """The signs in words, above the rows."""
    return [
        diamond(left, 12.0, 7.0),
        label(left + 14.0, 18.0, "observed"),
        f'<rect class="fifty" x="{place(left + 110)}" y="5" height="14" width="40"/>',
        f'<path class="post-tick" d="M{place(left + 130)} 2v20"/>',
        label(left + 160.0, 18.0, "middle half of the prediction, its median"),
        f'<path class="ninety" d="M{place(left + 560)} 12h44"/>',
        label(left + 614.0, 18.0, "90 % of the prediction"),
    ]


def _power(power: int) -> str:
    """A power of ten as people write it.

    >>> _power(-2), _power(0), _power(4)
    ('0.01', '1', '10,000')
    """
    return f"{10.0**power:.{max(0, -power)}f}" if power < 0 else f"{10**power:,}"


# ---- rank histograms -------------------------------------------------------------------------------------------------


def rank_picture(counts: Sequence[float], words: str) -> str:
    """Bars of a rank histogram over the band in which 99 of 100 bars fall by chance, and the level they should have."""
    wide, tall, base = 132.0, 40.0, 37.0
    total, bins = sum(counts), len(counts)
    level = total / bins
    slack = 2.5758 * math.sqrt(level * (1.0 - 1.0 / bins))
    top = max(*counts, level + slack)
    step = (wide - 4.0) / bins

    def y(count: float) -> float:
        return base - (base - 3.0) * max(0.0, count) / top

    band = f'<rect class="band" x="2" y="{place(y(level + slack))}" width="{place(wide - 4.0)}"'
    body = f'{band} height="{place(y(level - slack) - y(level + slack))}"/>'
    for number, count in enumerate(counts):
        left = 2.0 + step * number + 1.0
        body += (
            f'<rect class="bar" x="{place(left)}" y="{place(y(count))}" width="{place(step - 2.0)}"'
            f' height="{place(base - y(count))}"/>'
        )
    body += f'<path class="prior-line" d="M2 {place(y(level))}H{place(wide - 2.0)}"/>'
    return svg(wide, tall, words, body)


# ---- paths -----------------------------------------------------------------------------------------------------------


def place(value: float) -> str:
    """A coordinate with one decimal at most.

    >>> place(12.04), place(-0.01), place(7.26)
    ('12', '0', '7.3')
    """
    return f"{round(float(value), 1) + 0.0:.1f}".removesuffix(".0")


def path(points: Iterable[tuple[float, float]]) -> str:
    """Points as a path."""
    return "M" + "L".join(f"{place(x)} {place(y)}" for x, y in points)


def label(x: float, y: float, words: str, anchor: str = "start", *, bold: bool = False) -> str:
    """A piece of text in a picture."""
    weight = ' font-weight="700"' if bold else ""
    return f'<text x="{place(x)}" y="{place(y)}" text-anchor="{anchor}"{weight}>{html.escape(words)}</text>'


def svg(wide: float, tall: float, words: str, body: str, kind: str = "small") -> str:
    """A picture that screen readers meet as an image with these words."""
    return (
        f'<svg class="{kind}" role="img" aria-label="{html.escape(words)}" width="{place(wide)}" height="{place(tall)}"'
        f' viewBox="0 0 {place(wide)} {place(tall)}">{body}</svg>'
    )
