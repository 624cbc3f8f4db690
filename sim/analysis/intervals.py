"""How sure a small sample leaves us: quantiles of Student's t, and intervals of odds ratios and of yearly rates."""

import math
from collections.abc import Sequence

from sim.rules.elementary import normal_quantile

Interval = tuple[float, float]


def student_quantile(probability: float, freedom: int) -> float:
    """Value that Student's t stays below with a probability.

    probability : [1]  between one half and 1
    freedom     : degrees of freedom, 1 or more
    returns     : [1]

    >>> round(student_quantile(0.975, 10), 4)
    2.2281
    """
    if freedom < 1 or not 0.5 <= probability < 1.0:
        raise ValueError(f"Student's t needs 0.5 <= probability < 1 and freedom >= 1, got {probability} and {freedom}")
    from scipy.special import stdtrit

    return float(stdtrit(freedom, probability))


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
    factor = math.exp(normal_quantile(u=0.5 + level / 2.0) * spread)
    middle = odds_ratio(table)
    return middle / factor, middle * factor


def yearly_rate_interval(events: int, years: float, level: float) -> Interval:
    """Interval of a rate after counting events: Gamma posterior of a Poisson rate under Jeffreys' prior.

    events  : counted
    years   : [yr]    observed
    level   : [1]     0.95 for 95 per cent
    returns : [1/yr]  low, high
    """
    from scipy.special import gammaincinv

    tail = (1.0 - level) / 2.0
    low, high = (float(gammaincinv(events + 0.5, share)) for share in (tail, 1.0 - tail))
    return low / years, high / years


def paired_difference_interval(gained: int, lost: int, pairs: int, level: float) -> Interval:
    """Interval of the difference of two proportions that were counted on the same pairs, by Agresti and Min's adjusted Wald method.

    gained  : pairs with the first alone
    lost    : pairs with the second alone
    pairs   : all pairs, 1 or more
    level   : [1]  0.95 for 95 per cent
    returns : [1]  low, high, between -1 and 1; the middle is the difference, drawn a little towards zero

    After A. Agresti and Y. Min, Statistics in Medicine 24(5), 2005: half a pair is added to each of the four cells.

    >>> low, high = paired_difference_interval(gained=30, lost=10, pairs=98, level=0.95)
    >>> round(low, 4), round(high, 4)
    (0.0808, 0.3192)
    """
    total = pairs + 2.0
    middle = (gained - lost) / total
    spread = math.sqrt((gained + lost + 1.0) / total - middle * middle) / math.sqrt(total)
    reach = normal_quantile(u=0.5 + level / 2.0) * spread
    return max(-1.0, middle - reach), min(1.0, middle + reach)
