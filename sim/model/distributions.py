"""What is known of one number: the range in which it is legal, and a distribution within that range."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sim.io.errors import number_fault, shown_value, suggestion

KINDS = ("fixed", "lognormal", "normal", "half_normal", "uniform", "one_plus_lognormal")
FITTED = "fitted"  # no distribution of its own: its values are the draws of a fit
STEP_ABOVE = 1e-9  # how far a draw is kept from a bound that is not itself legal
# a number that is out of range by one of these factors was probably written in another unit
_SLIPS = (
    ("share", 100, " per cent"),
    ("probability", 100, " per cent"),
    ("thousand", 1000, ""),
    ("million", 10**6, ""),
)


@dataclass(frozen=True)
class LegalRange:
    """The values that a quantity may take; both ends included unless ``above`` says that the low one is not."""

    low: float = -math.inf
    high: float = math.inf
    unit: str = ""
    above: bool = False

    def check(self, value: Any) -> float:
        """The value as a float; ValueError says what is legal and, where that is plain, what was probably meant."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(number_fault(value))
        if not math.isfinite(value):
            raise ValueError(f"{shown_value(value)} is not a finite number")
        if not self.holds(value):
            raise ValueError(f"{shown_value(value)} is {self._breach(value)}{self._slip(value)}")
        return float(value)

    def holds(self, value: float) -> bool:
        return self.low <= value <= self.high and not (self.above and value == self.low)

    @property
    def clamp(self) -> tuple[float, float]:
        """Where draws are cut off."""
        return (self.low + STEP_ABOVE if self.above else self.low), self.high

    def _breach(self, value: float) -> str:
        unit = f" ({self.unit})" if self.unit not in ("", "1") else ""
        if math.isfinite(self.low) and math.isfinite(self.high):
            ends = f"{self.low:.12g} to {self.high:.12g}" if self.low < 0 else f"{self.low:.12g}-{self.high:.12g}"
            return f"outside {ends}{unit}"
        if value > self.high:
            return f"above {self.high:.12g}{unit}, the highest legal value"
        low = f"{self.low:.12g}{unit}"
        return f"not above {low}" if self.above else f"below {low}, the lowest legal value"

    def _slip(self, value: float) -> str:
        for word, factor, name in _SLIPS:
            if word in self.unit and value > 0 and self.holds(value / factor):
                return f"; write {value / factor:.12g} for {value:.12g}{name}"
        return ""


@dataclass(frozen=True)
class Distribution:
    """What is known of one number.

    kind   : fixed | lognormal | normal | half_normal | uniform | one_plus_lognormal
    centre : the value (fixed), median (lognormal, half_normal, one_plus_lognormal), mean (normal), low end (uniform)
    spread : sd of the logarithm (lognormal; of x - 1 for one_plus_lognormal), sd (normal), width (uniform), else 0
    low, high : legal range; draws are clamped to it
    """

    kind: str
    centre: float
    spread: float = 0.0
    low: float = -math.inf
    high: float = math.inf

    def plain(self) -> float | dict[str, Any]:
        """The distribution as a scenario file writes it: a number, or a mapping such as ``{lognormal: [5.0, 0.6]}``."""
        if self.kind == "fixed":
            return self.centre
        if self.kind == "half_normal":
            return {self.kind: self.centre}
        return {self.kind: [self.centre, self.centre + self.spread if self.kind == "uniform" else self.spread]}


def distribution(value: Any, legal: LegalRange) -> Distribution:
    """A size as a scenario writes it; ValueError says what is wrong with it.

    >>> distribution({"lognormal": [5, 0.6]}, LegalRange(low=0.0)).centre
    5.0
    """
    if not isinstance(value, Mapping):
        return _distribution("fixed", legal.check(value), 0.0, legal)
    kind, numbers = only_entry(value)
    if kind == "half_normal":
        return _distribution(kind, legal.check(numbers), 0.0, legal)
    if not isinstance(numbers, list | tuple) or len(numbers) != 2:
        comma = "; decimals take a point: 0.5" if isinstance(numbers, list | tuple) and len(numbers) in (3, 4) else ""
        raise ValueError(f"{kind} needs two numbers in brackets: {kind}: {_NEEDED[kind]}{comma}")
    centre, end = legal.check(numbers[0]), numbers[1]
    return _distribution(kind, centre, legal.check(end) - centre if kind == "uniform" else end, legal)


_NEEDED = {
    **dict.fromkeys(("lognormal", "one_plus_lognormal"), "[median, sd of the logarithm]"),
    "normal": "[mean, sd]",
    "uniform": "[low, high]",
}


def only_entry(value: Mapping[str, Any]) -> tuple[str, Any]:
    """Kind and numbers of a distribution as a file writes it; ValueError when it is none."""
    if len(value) == 2 and all(type(end) in (int, float) for end in value.values()):
        ends = ", ".join(map(str, value.values()))
        raise ValueError(f"a block of two numbers is not a distribution; a range is written {{uniform: [{ends}]}}")
    if len(value) != 1:
        raise ValueError("a distribution has exactly one entry, for example {lognormal: [5, 0.6]}")
    kind, content = next(iter(value.items()))
    if kind not in KINDS[1:]:
        raise ValueError(f'unknown distribution "{kind}"{suggestion(str(kind), KINDS[1:])}')
    return kind, content


def _distribution(kind: str, centre: float, spread: Any, legal: LegalRange) -> Distribution:
    """A distribution around a legal centre; one that cannot vary becomes fixed."""
    lowest = {"lognormal": 0.0, "half_normal": 0.0, "one_plus_lognormal": 1.0}.get(kind, -math.inf)
    if centre < lowest:
        raise ValueError(f"the median {centre:.12g} of a {kind} must not be below {lowest:.12g}")
    width = LegalRange(low=0.0).check(spread) if kind != "uniform" or spread >= 0 else None
    if width is None:
        raise ValueError("the low end of a uniform must not be above its high end")
    constant = centre == lowest or (width == 0.0 and kind != "half_normal")
    return Distribution("fixed" if constant else kind, centre, 0.0 if constant else width, *legal.clamp)
