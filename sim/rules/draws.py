"""One uniform number, inverted: the value that a distribution has at a share u."""

from sim.rules.elementary import clamped, lognormal_value, normal_quantile

FIXED, LOGNORMAL, NORMAL, HALF_NORMAL, UNIFORM, ONE_PLUS_LOGNORMAL, FITTED = 0, 1, 2, 3, 4, 5, 6
CODES = {
    "fixed": FIXED,
    "lognormal": LOGNORMAL,
    "normal": NORMAL,
    "half_normal": HALF_NORMAL,
    "uniform": UNIFORM,
    "one_plus_lognormal": ONE_PLUS_LOGNORMAL,
    "fitted": FITTED,
}
UPPER_QUARTILE = 0.67448975019608171


def drawn_value(kind: int, centre: float, spread: float, low: float, high: float, u: float) -> float:
    """Value below which a share u of a distribution lies, held within its legal range.

    kind    : [code]  one of the constants above
    centre  : [1]     value, median, mean, or low end of a uniform
    spread  : [1]     standard deviation (of the logarithm), or width of a uniform
    low     : [1]
    high    : [1]
    u       : [1]     strictly between 0 and 1
    returns : [1]

    Source: definition; a half-normal is given by its median.

    >>> drawn_value(kind=UNIFORM, centre=2.0, spread=4.0, low=0.0, high=10.0, u=0.25)
    3.0
    """
    if kind == FIXED:
        return centre
    if kind == UNIFORM:
        return clamped(x=centre + spread * u, low=low, high=high)
    if kind == HALF_NORMAL:
        return clamped(x=centre * normal_quantile(u=0.5 + 0.5 * u) / UPPER_QUARTILE, low=low, high=high)
    deviate = normal_quantile(u=u)
    if kind == NORMAL:
        return clamped(x=centre + spread * deviate, low=low, high=high)
    if kind == LOGNORMAL:
        return clamped(x=lognormal_value(median=centre, spread=spread, deviate=deviate), low=low, high=high)
    return clamped(x=1.0 + lognormal_value(median=centre - 1.0, spread=spread, deviate=deviate), low=low, high=high)
