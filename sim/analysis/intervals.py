"""How sure a small sample leaves us: quantiles of Student's t, and intervals of odds ratios and of yearly rates.

Closed forms, inverted by bisection, so that no statistical library is loaded.
"""

import math
from collections.abc import Callable, Sequence
from statistics import NormalDist

HALVINGS = 200  # of the bracket; sixty already leave only rounding

Interval = tuple[float, float]


def student_quantile(probability: float, freedom: int) -> float:
    """Value that Student's t stays below with a probability.

    probability : [1]  between one half and 1
    freedom     : degrees of freedom, 1 or more
    returns     : [1]

    Source: abramowitz-stegun, 26.7.3 and 26.7.4.

    >>> round(student_quantile(0.975, 10), 4)
    2.2281
    """
    if freedom < 1 or not 0.5 <= probability < 1.0:
        raise ValueError(f"Student's t needs 0.5 <= probability < 1 and freedom >= 1, got {probability} and {freedom}")
    return _inverse(lambda t: _student_inside(t, freedom), 2.0 * probability - 1.0)


def _student_inside(t: float, freedom: int) -> float:
    """Probability of a value between -t and t."""
    angle = math.atan2(t, math.sqrt(freedom))
    sine, cosine = math.sin(angle), math.cos(angle)
    is_odd = freedom % 2
    term = cosine if is_odd else 1.0
    total = term if freedom > 1 else 0.0
    for order in range(2 + is_odd, freedom - 1, 2):
        term *= (order - 1) / order * cosine * cosine
        total += term
    return 2.0 / math.pi * (angle + sine * total) if is_odd else sine * total


def odds_ratio(table: Sequence[Sequence[float]]) -> float:
    """Odds of the second column in the second row over those in the first.

    table   : 2 x 2 counts, none of them zero
    returns : [1]

    >>> odds_ratio([[30, 10], [20, 20]])
    3.0
    """
    (a, b), (c, d) = table
    return a * d / (b * c)


def odds_ratio_interval(table: Sequence[Sequence[float]], level: float) -> Interval:
    """Interval of an odds ratio, by Woolf's normal approximation of its logarithm.

    table   : 2 x 2 counts, none of them zero
    level   : [1]  0.95 for 95 per cent
    returns : [1]  low, high
    """
    spread = math.sqrt(sum(1.0 / count for row in table for count in row))
    factor = math.exp(NormalDist().inv_cdf(0.5 + level / 2.0) * spread)
    middle = odds_ratio(table)
    return middle / factor, middle * factor


def yearly_rate_interval(events: int, years: float, level: float) -> Interval:
    """Interval of a rate after counting events: Gamma posterior of a Poisson rate under Jeffreys' prior.

    events  : counted
    years   : [yr]    observed
    level   : [1]     0.95 for 95 per cent
    returns : [1/yr]  low, high
    """
    tail = (1.0 - level) / 2.0
    low, high = (_inverse(lambda mean: _gamma_below(mean, events), share) for share in (tail, 1.0 - tail))
    return low / years, high / years


def _gamma_below(x: float, whole: int) -> float:
    """Probability that a Gamma variable of shape `whole` + 1/2 and scale 1 is below x."""
    terms = (math.exp((k - 0.5) * math.log(x) - x - math.lgamma(k + 0.5)) for k in range(1, whole + 1))
    return math.erf(math.sqrt(x)) - sum(terms) if x > 0.0 else 0.0


def _inverse(rising: Callable[[float], float], wanted: float) -> float:
    """Where a rising function of positive numbers reaches a value."""
    low, high = 0.0, 1.0
    while rising(high) < wanted:
        low, high = high, 2.0 * high
    for _ in range(HALVINGS):
        middle = (low + high) / 2.0
        low, high = (middle, high) if rising(middle) < wanted else (low, middle)
    return (low + high) / 2.0
