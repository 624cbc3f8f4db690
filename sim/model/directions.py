"""Whose word the direction of an effect is.

A direction is *assumed* where what acts on the number pushes one way and cannot turn round within the ranges of the parameters; a
*balance of assumptions* where such pushes oppose each other and their sizes decide; *estimated* where a number that may have either
sign decides, and data or print inform it; and there is *no clear direction* where too few simulations agree. `sim.directions` works it
out.
"""

import math
from dataclasses import asdict, dataclass
from statistics import NormalDist
from typing import Any

from sim.model.distributions import Distribution

# share of simulations that must move the same way before a direction is named; less a rounding error
AGREED = 0.95 - 1e-9
ASSUMED, BALANCE, ESTIMATED = "direction assumed", "balance of assumptions", "direction estimated"
UNCLEAR = "no clear direction"
LABELS = (ASSUMED, BALANCE, ESTIMATED, UNCLEAR)
MEANING = {
    ASSUMED: "we assumed the direction; only the size is a result. Whatever is drawn for the uncertain numbers, fewer than 1 % of "
    "simulations without luck go the other way.",
    BALANCE: "effects whose directions we assumed work against each other. How large we took them to be decides, or an assumed number "
    "that could have either sign.",
    ESTIMATED: "a number decides that could have had either sign, and that data or print inform.",
    UNCLEAR: "fewer than 95 % of simulations move the same way.",
}
RARE = 1e-3  # probability below which a prior counts as lying wholly on one side of a number
INFORMED = ("reported", "derived", "estimated")  # statuses of a parameter that data or print inform


@dataclass(frozen=True)
class Push:
    """What one channel, or one change of a scenario, does to an effect.

    id, title : of the mechanism, or of the event or parameter
    way       : 1 up, -1 down
    share     : median of what the effect loses without it, over the median size of the effect. What channels do together is
                in the share of each, so shares need not add up to one. Of a change of the scenario, what it does alone
    is_signed : whether a parameter behind it may have either sign
    """

    id: str
    title: str
    way: int
    share: float
    is_signed: bool = False


@dataclass(frozen=True)
class Direction:
    """Whose word the direction of one effect is.

    label   : of `LABELS`; "" where the scenario's file itself sets the number, or nothing is known
    pushes  : the channels that act on it, the strongest first
    levers  : the changes of the scenario that act on it, where there are several
    deciding : ids of the channels or changes that decide: without them, or with their numbers turned round, it would be another
    otherwise : share of simulations from the prior, without luck, that move the other way
    """

    label: str
    pushes: tuple[Push, ...] = ()
    levers: tuple[Push, ...] = ()
    deciding: tuple[str, ...] = ()
    otherwise: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """The same for programs."""
        return asdict(self)


UNKNOWN = Direction("")


def share_below(prior: Distribution, value: float) -> float:
    """Probability that a prior gives less than a value, before draws are held in the legal range.

    >>> share_below(Distribution("normal", 1.0, 0.5), 1.0), share_below(Distribution("lognormal", 2.0, 0.3), 0.0)
    (0.5, 0.0)
    >>> share_below(Distribution("uniform", -1.0, 4.0), 0.0), share_below(Distribution("fixed", 0.4), 0.0)
    (0.25, 0.0)
    """
    if prior.kind == "fixed":
        return float(prior.centre < value)
    if prior.kind == "uniform":
        return min(1.0, max(0.0, (value - prior.centre) / prior.spread))
    if prior.kind == "normal":
        return NormalDist(prior.centre, prior.spread).cdf(value)
    if prior.kind == "half_normal":
        return max(0.0, 2.0 * NormalDist(0.0, prior.centre / NormalDist().inv_cdf(0.75)).cdf(value) - 1.0)
    least = 1.0 if prior.kind == "one_plus_lognormal" else 0.0
    if value <= least:
        return 0.0
    return NormalDist(math.log(prior.centre - least), prior.spread).cdf(math.log(value - least))


def is_signed(prior: Distribution, neutral: float) -> bool:
    """Whether a prior reaches both sides of the value at which the number does nothing."""
    if not prior.low < neutral < prior.high:
        return False
    below = share_below(prior, neutral)
    above = 1.0 - below if prior.kind != "fixed" else float(prior.centre > neutral)
    return min(below, above) > RARE
