"""Every random number of a run, by counter: (seed, member, quarter, channel) names a draw, wherever and whenever made.

Nothing here has a state. A draw does not depend on which draws were made before it, on the number of workers, on the
order of members, or on whether another scenario makes draws that this one does not: scenarios share every draw that
both make (common random numbers).

The generator is Philox 4x32-10 (Salmon, Moraes, Dror and Shaw 2011). Its functions take plain integers, or arrays of
64-bit integers; the compiled engine translates them as they stand.
"""

import zlib
from collections.abc import Callable
from typing import Any

from sim.rules import draws

MASK = 0xFFFFFFFF
MULTIPLIER_0, MULTIPLIER_1 = 0xD2511F53, 0xCD9E8D57
WEYL_0, WEYL_1 = 0x9E3779B9, 0xBB67AE85
ROUNDS = 10
HALF_SCALE = 67108864.0  # 2**26
SCALE = 4503599627370496.0  # 2**52

# streams: the last word of the counter; the last stream serves the analysis of finished runs, not the model
QUARTERLY, PARAMETER, EVENT, ANALYSIS = 0, 1, 2, 3

# channels of the quarterly stream: a kind times CHANNEL_STRIDE plus the place of the actor in its list
CHANNEL_STRIDE = 256
(
    BUDGET,
    GROWTH,
    REQUEST,
    REQUEST_CHOICE,
    REQUEST_CONSENT,
    REQUEST_SIZE,
    REQUEST_LEAD,
    COMMON,
    TENSION,
    INCIDENT,
    SEVERITY,
    MEDIATION,
) = (kind * CHANNEL_STRIDE for kind in range(12))


def philox(c0: int, c1: int, c2: int, c3: int, k0: int, k1: int) -> tuple[int, int]:
    """First two of the four 32-bit words that Philox 4x32-10 gives for a counter and a key.

    c0, c1, c2, c3 : counter, each 0 to 2**32 - 1
    k0, k1         : key, each 0 to 2**32 - 1
    returns        : two words

    Source: salmon2011.

    >>> [hex(word) for word in philox(0, 0, 0, 0, 0, 0)]
    ['0x6627e8d5', '0xe169c58d']
    """
    for _ in range(ROUNDS):
        product_0 = MULTIPLIER_0 * c0
        product_1 = MULTIPLIER_1 * c2
        c0, c1, c2, c3 = (
            ((product_1 >> 32) & MASK) ^ c1 ^ k0,
            product_1 & MASK,
            ((product_0 >> 32) & MASK) ^ c3 ^ k1,
            product_0 & MASK,
        )
        k0 = (k0 + WEYL_0) & MASK
        k1 = (k1 + WEYL_1) & MASK
    return c0, c1


def uniform(seed: int, member: int, moment: int, channel: int, stream: int) -> float:
    """The draw that these five whole numbers name, strictly between 0 and 1, with 52 random bits.

    seed    : 0 to 2**63 - 1
    member  : 0 to 2**32 - 1
    moment  : quarter of the quarterly stream, 0 in the others
    channel : what is drawn
    stream  : QUARTERLY, PARAMETER, EVENT or ANALYSIS

    >>> 0.0 < uniform(seed=1, member=0, moment=31, channel=BUDGET, stream=QUARTERLY) < 1.0
    True
    """
    word_0, word_1 = philox(channel, moment, member, stream, seed & MASK, (seed >> 32) & MASK)
    return ((word_0 >> 6) * HALF_SCALE + (word_1 >> 6) + 0.5) / SCALE


uniforms: Callable[..., Any] = uniform
"""The same function, for arrays of 64-bit integers in place of any of the five, which gives an array."""


def channel_of(name: str) -> int:
    """Channel of a named draw in the streams of parameters and events.

    >>> channel_of("reaction.SRB") == channel_of("reaction.XKX")
    False
    """
    return zlib.crc32(name.encode())


def member_parameters(distributions: Any, keys: Any, seed: int, member: int) -> list[float]:
    """One member's parameters, a number a row, drawn as the compiled engine draws them from the rows' distributions by their keys."""
    return [
        draws.drawn_value(
            kind=draws.CODES[one.kind],
            centre=one.centre,
            spread=one.spread,
            low=one.low,
            high=one.high,
            u=uniform(seed, member, 0, channel_of(key), PARAMETER) if one.kind != "fixed" else 0.5,
        )
        for one, key in zip(distributions, keys, strict=True)
    ]
