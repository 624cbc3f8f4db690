"""Exponential, logarithm and normal quantile from `+ - * /` alone, so that every engine and machine agrees bit for bit.

The C library's `exp` and `log` differ between systems in the last bit and cannot be laid side by side in vector
registers. These follow the FreeBSD msun algorithms (`e_exp.c`, `e_log.c`) and Wichura's AS 241 with their published
coefficients; `exp` and `log` are within two units in the last place of the exact value, `normal_quantile` is right to
fifteen digits (see `tests/rules/test_elementary.py`).

`doubled`, `significand` and `exponent` are exact in any implementation; the compiled engine replaces these three, and
only these, by bit operations.
"""

import math

LN2_HIGH = 6.93147180369123816490e-01
LN2_LOW = 1.90821492927058770002e-10
LOG2_E = 1.44269504088896338700e00
HALF_SQRT2 = 0.70710678118654752440
EXP_LIMIT = 700.0
NOT_A_NUMBER = float("nan")
SMALLEST, LARGEST = 2.2250738585072014e-308, 1.7976931348623157e308


def doubled(value: float, times: float) -> float:
    """Value doubled a whole number of times (halved if negative), exactly.

    value   : [1]  any finite number
    times   : [1]  a whole number between -1000 and 1000
    returns : [1]

    Source: exact arithmetic.

    >>> doubled(value=3.0, times=-1.0)
    1.5
    """
    return math.ldexp(value, int(times))


def significand(value: float) -> float:
    """The part of a positive number in [0.5, 1) that is left when its power of two is taken out.

    value   : [1]  positive and normal
    returns : [1]

    Source: exact arithmetic.

    >>> significand(value=12.0)
    0.75
    """
    return math.frexp(value)[0]


def exponent(value: float) -> float:
    """The power of two that belongs to `significand`.

    value   : [1]  positive and normal
    returns : [1]

    Source: exact arithmetic.

    >>> exponent(value=12.0)
    4.0
    """
    return float(math.frexp(value)[1])


def exp(x: float) -> float:
    """Exponential function; arguments beyond +-700 are taken as +-700; not a number stays not a number.

    x       : [1]
    returns : [1]

    Source: freebsd-msun, e_exp.c.

    >>> exp(x=0.0)
    1.0
    """
    is_number = x == x
    x = x if is_number else 0.0
    x = EXP_LIMIT if x > EXP_LIMIT else x
    x = -EXP_LIMIT if x < -EXP_LIMIT else x
    times = float(math.floor(x * LOG2_E + 0.5))
    high = x - times * LN2_HIGH
    low = times * LN2_LOW
    r = high - low
    t = r * r
    c = r - t * (
        1.66666666666666019037e-01
        + t
        * (
            -2.77777777770155933842e-03
            + t * (6.61375632143793436117e-05 + t * (-1.65339022054652515390e-06 + t * 4.13813679705723846039e-08))
        )
    )
    value = doubled(value=1.0 - ((low - (r * c) / (2.0 - c)) - high), times=times)
    return value if is_number else NOT_A_NUMBER


def log(x: float) -> float:
    """Natural logarithm of a positive number, held within the normal ones; not a number for any other.

    x       : [1]  positive and normal
    returns : [1]

    Source: freebsd-msun, e_log.c.

    >>> log(x=1.0)
    0.0
    """
    inside = x if x > SMALLEST else SMALLEST
    inside = inside if inside < LARGEST else LARGEST
    value = log_of_normal(x=inside)
    return value if x > 0.0 else NOT_A_NUMBER


def log_of_normal(x: float) -> float:
    """Natural logarithm of a number that is known to be positive and normal.

    x       : [1]  positive and normal
    returns : [1]

    Source: freebsd-msun, e_log.c.

    >>> log_of_normal(x=1.0)
    0.0
    """
    part = significand(value=x)
    times = exponent(value=x)
    is_small = part < HALF_SQRT2
    part = part * 2.0 if is_small else part
    times = times - 1.0 if is_small else times
    f = part - 1.0
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    even = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01))
    odd = z * (
        6.666666666666735130e-01
        + w * (2.857142874366239149e-01 + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01))
    )
    half_square = 0.5 * f * f
    return times * LN2_HIGH - ((half_square - (s * (half_square + (even + odd)) + times * LN2_LOW)) - f)


def normal_quantile(u: float) -> float:
    """Standard normal value below which a share u of the distribution lies.

    u       : [1]  strictly between 0 and 1
    returns : [1]

    Source: wichura1988, algorithm AS 241 (PPND16).

    >>> normal_quantile(u=0.5)
    0.0
    """
    q = u - 0.5
    distance = q if q > 0.0 else -q
    r = 0.180625 - q * q
    centre = (
        q
        * (
            (
                (
                    (
                        (
                            ((2.5090809287301226727e3 * r + 3.3430575583588128105e4) * r + 6.7265770927008700853e4) * r
                            + 4.5921953931549871457e4
                        )
                        * r
                        + 1.3731693765509461125e4
                    )
                    * r
                    + 1.9715909503065514427e3
                )
                * r
                + 1.3314166789178437745e2
            )
            * r
            + 3.3871328727963666080e0
        )
        / (
            (
                (
                    (
                        (
                            ((5.2264952788528545610e3 * r + 2.8729085735721942674e4) * r + 3.9307895800092710610e4) * r
                            + 2.1213794301586595867e4
                        )
                        * r
                        + 5.3941960214247511077e3
                    )
                    * r
                    + 6.8718700749205790830e2
                )
                * r
                + 4.2313330701600911252e1
            )
            * r
            + 1.0
        )
    )
    tail = u if q < 0.0 else 1.0 - u
    s = math.sqrt(-log_of_normal(x=tail))
    near = s - 1.6
    far = s - 5.0
    near_value = (
        (
            (
                (
                    (
                        (
                            (7.74545014278341407640e-4 * near + 2.27238449892691845833e-2) * near
                            + 2.41780725177450611770e-1
                        )
                        * near
                        + 1.27045825245236838258e0
                    )
                    * near
                    + 3.64784832476320460504e0
                )
                * near
                + 5.76949722146069140550e0
            )
            * near
            + 4.63033784615654529590e0
        )
        * near
        + 1.42343711074968357734e0
    ) / (
        (
            (
                (
                    (
                        (
                            (1.05075007164441684324e-9 * near + 5.47593808499534494600e-4) * near
                            + 1.51986665636164571966e-2
                        )
                        * near
                        + 1.48103976427480074590e-1
                    )
                    * near
                    + 6.89767334985100004550e-1
                )
                * near
                + 1.67638483018380384940e0
            )
            * near
            + 2.05319162663775882187e0
        )
        * near
        + 1.0
    )
    far_value = (
        (
            (
                (
                    (
                        (
                            (2.01033439929228813265e-7 * far + 2.71155556874348757815e-5) * far
                            + 1.24266094738807843860e-3
                        )
                        * far
                        + 2.65321895265761230930e-2
                    )
                    * far
                    + 2.96560571828504891230e-1
                )
                * far
                + 1.78482653991729133580e0
            )
            * far
            + 5.46378491116411436990e0
        )
        * far
        + 6.65790464350110377720e0
    ) / (
        (
            (
                (
                    (
                        (
                            (2.04426310338993978564e-15 * far + 1.42151175831644588870e-7) * far
                            + 1.84631831751005468180e-5
                        )
                        * far
                        + 7.86869131145613259100e-4
                    )
                    * far
                    + 1.48753612908506148525e-2
                )
                * far
                + 1.36929880922735805310e-1
            )
            * far
            + 5.99832206555887937690e-1
        )
        * far
        + 1.0
    )
    outer = near_value if s <= 5.0 else far_value
    outer = outer if q > 0.0 else -outer
    return centre if distance <= 0.425 else outer


def positive_part(x: float) -> float:
    """The number if it is above zero, otherwise zero.

    x       : [1]
    returns : [1]

    Source: definition.

    >>> positive_part(x=-2.0)
    0.0
    """
    return x if x > 0.0 else 0.0


def clamped(x: float, low: float, high: float) -> float:
    """The number, or the nearer end of the interval if it lies outside.

    x       : [1]
    low     : [1]
    high    : [1]  not below low
    returns : [1]

    Source: definition.

    >>> clamped(x=3.0, low=-1.0, high=2.0)
    2.0
    """
    x = x if x > low else low
    return x if x < high else high


def share_of(part: float, whole: float) -> float:
    """Share of a part in a whole; zero where there is no whole.

    part    : [1]  not negative
    whole   : [1]  not negative
    returns : [1]  between 0 and 1

    Source: definition.

    >>> share_of(part=1.0, whole=4.0)
    0.25
    """
    return part / whole if whole > 0.0 else 0.0


def logistic(x: float) -> float:
    """Probability that belongs to a logit.

    x       : [1]
    returns : [1]  between 0 and 1

    Source: definition.

    >>> logistic(x=0.0)
    0.5
    """
    return 1.0 / (1.0 + exp(x=-x))


def kept_share(rate: float, years: float) -> float:
    """Share of a departure that is left after a while of drifting back at a constant rate.

    rate    : [1/yr]
    years   : [yr]
    returns : [1]

    Source: solution of dx/dt = -rate x.

    >>> kept_share(rate=0.0, years=0.25)
    1.0
    """
    return exp(x=-(rate * years))


def drifted(value: float, anchor: float, kept: float) -> float:
    """A value of which a share of the departure from its anchor is left.

    value   : [1]
    anchor  : [1]
    kept    : [1]  see `kept_share`
    returns : [1]

    Source: solution of dx/dt = rate (anchor - x).

    >>> drifted(value=3.0, anchor=1.0, kept=0.25)
    1.5
    """
    return anchor + (value - anchor) * kept


def relaxed(value: float, anchor: float, rate: float, years: float) -> float:
    """A value after it has drifted towards its anchor at a constant rate, solved exactly.

    value   : [1]     at the start
    anchor  : [1]     where it would end
    rate    : [1/yr]
    years   : [yr]
    returns : [1]

    Source: solution of dx/dt = rate (anchor - x).

    >>> relaxed(value=3.0, anchor=1.0, rate=0.0, years=1.0)
    3.0
    """
    return drifted(value=value, anchor=anchor, kept=kept_share(rate=rate, years=years))


def lognormal_value(median: float, spread: float, deviate: float) -> float:
    """Lognormal value that belongs to a standard normal deviate.

    median  : [1]  positive
    spread  : [1]  standard deviation of the logarithm
    deviate : [1]  standard normal
    returns : [1]  positive

    Source: definition.

    >>> lognormal_value(median=4.0, spread=0.5, deviate=0.0)
    4.0
    """
    return median * exp(x=spread * deviate)


def whole(x: float) -> float:
    """The nearest whole number, at least one.

    x       : [1]
    returns : [1]

    Source: definition.

    >>> whole(x=5.5)
    6.0
    """
    number = float(math.floor(x + 0.5))
    return number if number > 1.0 else 1.0
