"""A number attributed to causes: how far it is from its reference, and how much of that each cause has contributed.

The reference is the same number where no cause acts. Attributed numbers are added, and multiplied by plain ones, as the engines
do it. A rule is applied to them as it stands: the parts follow by switching its arguments on one after the other, from their
references to their values, in the order in which the call names them. Each step is laid to the parts of the argument that it
switches on, in proportion (the secant of the rule, which for a logarithm or an exponential is the logarithmic mean). So the parts
always add up to the distance from the reference, and the equations stay where they are, in `sim.rules`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

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
        words = ".".join(filter(None, (self.channel, self.who, self.what)))
        return f"{words}:{self.event}" if self.event else words


Parts = Mapping[Cause, Array]


@dataclass(frozen=True, eq=False)
class Attributed:
    """A number of every member, and the parts that lead to it from its reference."""

    value: Array
    parts: Parts
    __array_ufunc__ = None  # an array that is added to it or multiplied by it leaves the work to the methods below

    @cached_property
    def reference(self) -> Array:
        return self.value - sum_of(self.parts)

    @property
    def approach(self) -> Array:
        """What is reached with each cause that is added to those before it, from the reference on, (causes, members)."""
        rows = np.empty((1 + len(self.parts), *np.shape(self.reference)))
        for place, row in enumerate((self.reference, *self.parts.values())):
            rows[place] = row
        return np.asarray(np.add.accumulate(rows)[1:])

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


def cut_off(number: Attributed, reference: Any, is_reached: NDArray[np.bool_], limit: Cause) -> Attributed:
    """The number measured from another reference where a limit is reached, which is then what cuts it off. Elsewhere nothing closes
    the distance: what is missing there stays missing, and is told as such."""
    missing = is_reached * (number.reference - reference)
    return Attributed(number.value, added([*number.parts.items(), (limit, missing)]))


def apply(rule: Rule, **arguments: Any) -> Attributed:
    """A rule of attributed numbers.

    arguments : of the rule, by name; a plain number or array is taken as it is, an attributed number is switched on from its
                reference, in the order of the call
    returns   : what the rule gives; the parts add up to its distance from what it gives for the references
    """
    moving = _moving(arguments)
    reached = _reached(rule, arguments, {name: one.value[None] for name, one in moving.items()})
    terms: list[tuple[Cause, Array]] = []
    for step, (name, argument) in enumerate(moving.items(), start=1):

        def tangent(step: int = step, name: str = name) -> Array:
            switched = _values(arguments, [*moving][:step])
            return (on_arrays(rule, **{**switched, name: switched[name] + NEARBY}) - reached[step]) / NEARBY

        terms += scaled(argument.parts, _slope(argument, reached[step] - reached[step - 1], tangent)).items()
    return Attributed(reached[-1], added(terms))


def apply_sequentially(rule: Rule, **arguments: Any) -> Attributed:
    """The same for a rule that bends: the parts of an argument are switched on one after the other, the oldest first.

    So a new cause leaves the parts of older ones as they were, and what it does together with them is laid to it.
    """
    moving = _moving(arguments)
    reached = _reached(rule, arguments, {name: one.approach for name, one in moving.items()})
    causes = [cause for argument in moving.values() for cause in argument.parts]
    return Attributed(reached[-1], added(zip(causes, np.diff(reached, axis=0), strict=True)))


def _moving(arguments: Mapping[str, Any]) -> dict[str, Attributed]:
    """The arguments that any cause has moved."""
    return {name: one for name, one in arguments.items() if isinstance(one, Attributed) and one.parts}


def _values(arguments: Mapping[str, Any], switched_on: Sequence[str] = ()) -> dict[str, Any]:
    """Plain arguments, attributed ones at their references but for some that are switched on."""
    return {
        name: (one.value if name in switched_on else one.reference) if isinstance(one, Attributed) else one
        for name, one in arguments.items()
    }


def _reached(rule: Rule, arguments: Mapping[str, Any], steps: Mapping[str, Array]) -> Array:
    """What a rule gives where no cause acts, and after each step of its arguments, one argument after the other.

    steps   : the values that an argument goes through from its reference on, (steps, members)
    returns : (1 + steps of all arguments, members), from one call of the rule
    """
    values = _values(arguments)
    shape = max((np.shape(value) for value in values.values()), key=len)
    count = 1 + sum(map(len, steps.values()))
    at = 1
    for name, value in values.items():
        taken = steps.get(name)
        if taken is not None or np.ndim(value):
            rows = np.empty((count, *shape))
            rows[:] = value
            if taken is not None:
                rows[at : at + len(taken)] = taken
                at += len(taken)
                rows[at:] = taken[-1]
            values[name] = rows.reshape(-1)
    return on_arrays(rule, **values).reshape(count, *shape)


def _slope(argument: Attributed, rise: Array, tangent: Callable[[], Array]) -> Array:
    """Change of a rule per unit of one argument between the argument's reference and its value, the secant; the tangent where its
    parts cancel."""
    run = sum_of(argument.parts)
    sizes = [np.abs(part) for part in argument.parts.values()]
    widest = np.max(sizes, axis=0) if len(sizes) > 1 else sizes[0]
    is_cancelled = np.abs(run) <= CANCELLED * widest
    slope = rise / np.where(is_cancelled, 1.0, run)
    if not (is_cancelled & (widest > 0.0)).any():
        return np.where(is_cancelled, 0.0, slope)
    return np.where(is_cancelled, tangent(), slope)


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
