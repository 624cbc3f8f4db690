"""What the analysis of stability says, in sentences."""

from typing import Any

from sim.analysis.findings import in_a_hundred, signed
from sim.model.network import KOSOVO, SERBIA, TURKEY

AT = "2026Q4"  # the quarter whose arms, hostility and risk are kept
REST = f"if the arms, the hostility and the risk of {AT} stayed as they are for good"
SHOWN = (SERBIA, KOSOVO, TURKEY)


def pace_words(told: dict[str, Any]) -> str:
    """Class and pace over worlds."""
    shares = told["share_of_members"]
    ways = {"stable": "settles", "marginal": "stands on the edge", "runaway": "runs away"}
    found = [f"{ways[name]} in {_worlds(share)}" for name, share in shares.items() if share > 0.0]
    first = f"Left alone, the race {', '.join(found)}"
    rate = told["eigenvalue_per_year"]
    pace = [
        f"{words} {_range(told[name], 1)} years"
        for name, words in (("half_time_years", "a push halves in"), ("doubling_time_years", "a push doubles in"))
        if told[name] is not None
    ]
    slowest = f"the slowest mode has the eigenvalue {signed(rate['q50'], 3)} a year ({signed(rate['q05'], 3)} to {signed(rate['q95'], 3)})"
    return f"{first}; {'; '.join([*pace, slowest])}."


def _worlds(share: float) -> str:
    return "all worlds" if share >= 1.0 else f"{in_a_hundred(share)} of 100 worlds"


def edge_words(told: dict[str, Any]) -> str:
    """Distance to the threshold."""
    scaling = told["threshold_scaling"]
    middle = scaling["q50"]
    if middle is None:
        return "No multiple of the reactions, up to a thousand, takes the middle world over the edge."
    times = f"Distance to the edge: all reactions together would have to be multiplied by {_range(scaling, 2)}"
    if middle >= 1.0:
        return f"{times} for the race to stop settling."
    return f"{times}, that is cut, for the race to settle."


def _range(quantiles: dict[str, Any], digits: int) -> str:
    """The middle, and 90 % of worlds; an end without limit is said so."""
    low, middle, high = (
        "without limit" if quantiles[name] is None else f"{quantiles[name]:.{digits}f}"
        for name in ("q05", "q50", "q95")
    )
    return f"{middle} ({low} to {high})"
