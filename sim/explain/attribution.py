"""A number attributed to causes: how far it is from its reference, and how much of that each cause has contributed.

The reference is the same number where no cause acts. Attributed numbers are added, and multiplied by plain ones, as the engines
do it. A rule is applied to them as it stands: the parts follow by switching its arguments on one after the other, from their
references to their values, in the order in which the call names them. Each step is laid to the parts of the argument that it
switches on, in proportion (the secant of the rule, which for a logarithm or an exponential is the logarithmic mean). So the parts
always add up to the distance from the reference, and the equations stay where they are, in `sim.rules`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sim.engines.compiled.vectorized import Array, Rule, on_arrays

NEARBY = 1e-6  # step of a derivative, where parts cancel and no secant is left
CANCELLED = 1e-9


@dataclass(frozen=True, order=True)
class Cause:
    """What moved a number.

    channel : how it acts: arms, hostility, delivery, incident, chance, ...
    who     : the actor whose arms, hostility, gift it is, or ""
    what    : the class of arms, the counterpart, or ""
    event   : id of the scripted event behind it, or "" if no script made it happen
    """

    channel: str
    who: str = ""
    what: str = ""
    event: str = ""

    @property
    def key(self) -> str:
        """The cause in one word, for files."""
        return ".".join(word for word in (self.channel, self.who, self.what) if word) + (
            f":{self.event}" if self.event else ""
        )


Parts = Mapping[Cause, Array]


@dataclass(frozen=True, eq=False)
class Attributed:
    """A number of every member, and the parts that lead to it from its reference."""

    value: Array
    parts: Parts
    __array_ufunc__ = None  # an array that is added to it or multiplied by it leaves the work to the methods below

    @property
    def reference(self) -> Array:
        return self.value - sum_of(self.parts)

    def relabelled(self, name: Callable[[Cause], Cause]) -> "Attributed":
        """The same number, with causes named as the reader of the next number needs them."""
        return replace(self, parts=added([(name(cause), part) for cause, part in self.parts.items()]))

    def __add__(self, other: Any) -> "Attributed":
        if isinstance(other, Attributed):
            return Attributed(self.value + other.value, added([*self.parts.items(), *other.parts.items()]))
        return Attributed(self.value + other, self.parts)

    def __neg__(self) -> "Attributed":
        return self * -1.0

    def __sub__(self, other: Any) -> "Attributed":
        return self + -other

    def __mul__(self, factor: Any) -> "Attributed":
        return Attributed(self.value * factor, scaled(self.parts, factor))

    __rmul__ = __mul__


def sum_of(parts: Parts) -> Array:
    """What all causes have contributed."""
    return sum(parts.values(), start=np.zeros(()))


def added(terms: Iterable[tuple[Cause, Array]]) -> dict[Cause, Array]:
    """Parts by cause, those of the same cause added."""
    parts: dict[Cause, Array] = {}
    for cause, part in terms:
        parts[cause] = parts[cause] + part if cause in parts else part
    return parts


def scaled(parts: Parts, factor: Any) -> dict[Cause, Array]:
    """Every part times a number."""
    return {cause: factor * part for cause, part in parts.items()}


def single_cause(value: Any, cause: Cause) -> Attributed:
    """A number that is wholly due to one cause: its reference is zero."""
    return Attributed(np.asarray(value, dtype=np.float64), {cause: np.asarray(value, dtype=np.float64)})


def constant(value: Any) -> Attributed:
    """A number that is its own reference."""
    return Attributed(np.asarray(value, dtype=np.float64), {})


def total(terms: Iterable[Attributed], start: Any = 0.0) -> Attributed:
    """The sum of numbers, cause by cause, from a constant on."""
    terms = tuple(terms)
    value = sum((term.value for term in terms), start=np.asarray(start, dtype=np.float64))
    return Attributed(value, added(item for term in terms for item in term.parts.items()))


def rebased(number: Attributed, reference: Any, cause: Cause) -> Attributed:
    """The number measured from another reference; the distance between the two is laid to a cause."""
    return Attributed(number.value, added([*number.parts.items(), (cause, number.reference - reference)]))


def apply(rule: Rule, **arguments: Any) -> Attributed:
    """A rule of attributed numbers.

    arguments : of the rule, by name; a plain number or array is taken as it is, an attributed number is switched on from its
                reference, in the order of the call
    returns   : what the rule gives; the parts add up to its distance from what it gives for the references
    """
    reached, values = _at_references(rule, arguments)
    terms: list[tuple[Cause, Array]] = []
    for name, argument in arguments.items():
        if isinstance(argument, Attributed) and argument.parts:
            before, values[name] = reached, argument.value
            reached = on_arrays(rule, **values)
            slope = _secant(rule, values, name, argument, reached - before)
            terms += scaled(argument.parts, slope).items()
    return Attributed(reached, added(terms))


def apply_sequentially(rule: Rule, **arguments: Any) -> Attributed:
    """The same for a rule that bends: the parts of an argument are switched on one after the other, the oldest first.

    So a new cause leaves the parts of older ones as they were, and what it does together with them is laid to it.
    """
    reached, values = _at_references(rule, arguments)
    terms: list[tuple[Cause, Array]] = []
    for name, argument in arguments.items():
        for cause, part in argument.parts.items() if isinstance(argument, Attributed) else ():
            before, values[name] = reached, values[name] + part
            reached = on_arrays(rule, **values)
            terms.append((cause, reached - before))
    return Attributed(reached, added(terms))


def _at_references(rule: Rule, arguments: Mapping[str, Any]) -> tuple[Array, dict[str, Any]]:
    """What a rule gives where no cause acts, and the values of its arguments there."""
    values = {name: one.reference if isinstance(one, Attributed) else one for name, one in arguments.items()}
    return on_arrays(rule, **values), values


def _secant(rule: Rule, values: Mapping[str, Any], name: str, argument: Attributed, rise: Array) -> Array:
    """Change of a rule per unit of one argument, between the argument's reference and its value."""
    run = sum_of(argument.parts)
    widest = np.max([np.abs(part) for part in argument.parts.values()], axis=0)
    is_cancelled = np.abs(run) <= CANCELLED * widest
    slope = rise / np.where(is_cancelled, 1.0, run)
    if not (is_cancelled & (widest > 0.0)).any():
        return np.where(is_cancelled, 0.0, slope)
    aside = on_arrays(rule, **{**values, name: argument.value + NEARBY})
    return np.where(is_cancelled, (aside - on_arrays(rule, **values)) / NEARBY, slope)


def logarithmic_mean(one: Array, other: Array) -> Array:
    """Mean of two positive numbers that turns a difference of logarithms into a difference of numbers.

    >>> round(float(logarithmic_mean(np.array(1.0), np.array(np.e))), 6)
    1.718282
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = (other - one) / np.log(other / one)
    return np.where(np.abs(other - one) <= CANCELLED * np.abs(one), 0.5 * (one + other), mean)


def difference(after: Parts, before: Parts) -> dict[Cause, Array]:
    """Part by part, what was added between two moments or between two scenarios."""
    return added([*after.items(), *scaled(before, -1.0).items()])
