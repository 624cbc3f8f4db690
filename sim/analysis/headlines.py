"""Which lines of an answer are told first."""

from collections.abc import Sequence

from sim.analysis.findings import Finding, Topic, largest_of_each

ALWAYS = ("spending", "SRB")  # the race is about it
RISK = "hazard"
OTHERS = 2
# a change that is large: a tenth of a budget, in per cent, and a quarter of the scale
LARGE = {"spending": 10.0, "attitude": 0.5, "tension": 0.25}


def headlines(rows: Sequence[Finding]) -> tuple[Finding, ...]:
    """Serbia's spending, the two others that move most for their scale, and the rate of incidents, as far as they move.

    Where fewer of these move, other lines fill the places in their order.
    """
    largest = tuple(largest_of_each(rows).values())
    first = [row for row in largest if (row.topic.variable, row.topic.actor) == ALWAYS]
    risk = [row for row in largest if row.topic.variable == RISK]
    others = sorted((row for row in largest if row not in first and row not in risk), key=_rank)
    return (*first, *others[: OTHERS + (not first)], *risk)


def _rank(row: Finding) -> tuple[bool, bool, bool, float]:
    """Lower for what moves visibly, is one of the things first asked for, is sure, and is large."""
    large = LARGE.get(row.topic.variable)
    size = abs(row.median_shown) / large if large else 0.0
    return row.median_shown == 0.0, large is None, row.is_undetermined, -size


def headlines_first(rows: Sequence[Finding]) -> tuple[Finding, ...]:
    """All rows, those of the topics that are told first in front."""
    order: dict[Topic, int] = {row.topic: place for place, row in enumerate(headlines(rows))}
    return tuple(sorted(rows, key=lambda row: order.get(row.topic, len(order))))
