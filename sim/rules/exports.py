"""Yearly exports of one supplier to one buyer: small steady trade and rare large orders."""

import math

from sim.rules.elementary import exp, log, positive_part

ROOT = math.sqrt(2.0 * math.pi)
LEAST = 1e-300  # a density that is nought has a logarithm nevertheless


def lognormal_density(log_value: float, mean: float, variance: float) -> float:
    """Density, at a logarithm, of a lognormal number of given mean and variance.

    log_value : [1]        logarithm of millions of dollars
    mean      : [m USD]    positive
    variance  : [m USD^2]  positive
    returns   : [1]

    Source: fenton1960, who takes a sum of lognormal numbers for such a number.

    >>> round(lognormal_density(log_value=0.0, mean=1.0, variance=math.e - 1.0), 6)
    0.352065
    """
    square = log(x=1.0 + variance / (mean * mean))
    deviation = log_value - log(x=mean) + 0.5 * square
    return exp(x=-0.5 * deviation * deviation / square) / (math.sqrt(square) * ROOT)


def log_density_of_exports(
    exports: float, rate: float, log_order: float, order_spread: float, log_trade: float, trade_spread: float
) -> float:
    """Logarithm of the density of one year's exports: small trade alone, or with one order, or with two in place of more.

    exports      : [m USD/yr]  positive
    rate         : [1/yr]      expected orders
    log_order    : [1]         logarithm of the median order in millions of dollars
    order_spread : [1]         standard deviation of its logarithm
    log_trade    : [1]         the same of a year's small trade
    trade_spread : [1]
    returns      : [1]         logarithm of a density in years per million dollars

    Source: model; the sum of small trade and orders as in fenton1960.

    >>> none = dict(rate=0.0, log_order=0.0, order_spread=1.0)
    >>> round(log_density_of_exports(exports=1.0, log_trade=0.0, trade_spread=1.0, **none), 6)
    -0.918939
    """
    log_value = log(x=exports)
    none = exp(x=-rate)
    one = none * rate
    more = positive_part(x=1.0 - none - one)
    deviation = (log_value - log_trade) / trade_spread
    density = none * exp(x=-0.5 * deviation * deviation) / (trade_spread * ROOT)
    trade = exp(x=log_trade + 0.5 * trade_spread * trade_spread)
    trade_variance = trade * trade * (exp(x=trade_spread * trade_spread) - 1.0)
    order = exp(x=log_order + 0.5 * order_spread * order_spread)
    order_variance = order * order * (exp(x=order_spread * order_spread) - 1.0)
    density += one * lognormal_density(
        log_value=log_value, mean=trade + order, variance=trade_variance + order_variance
    )
    density += more * lognormal_density(
        log_value=log_value, mean=trade + 2.0 * order, variance=trade_variance + 2.0 * order_variance
    )
    return log(x=density / exports + LEAST)
