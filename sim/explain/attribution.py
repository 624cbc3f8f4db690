"""A number split by cause: how far it is from its reference, and how much of that each cause has contributed.

The reference is the same number in a neutral world in which no cause acts. A split number goes through a rule as its
plain value does; the parts follow by switching the rule's inputs on one after the other, from their references to their
values, in the order in which the call names them. Each step is laid to the parts of the input that it switches on, in
proportion (the secant of the rule, which for a logarithm or an exponential is the logarithmic mean). So the parts always
add up to the distance from the reference, and the equations stay where they are, in `sim.rules`.
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
class Split:
    """A number of every member, and the parts that lead to it from its reference."""

    value: Array
    parts: Parts

    @property
    def reference(self) -> Array:
        return self.value - sum_of(self.parts)

    def relabelled(self, name: Callable[[Cause], Cause]) -> "Split":
        """The same number, with causes named as the reader of the next number needs them."""
        return replace(self, parts=added([(name(cause), part) for cause, part in self.parts.items()]))


def sum_of(parts: Parts) -> Array:
    """What all causes have contributed."""
    return sum(parts.values(), start=np.zeros(()))


def added(terms: Iterable[tuple[Cause, Array]]) -> dict[Cause, Array]:
    """Parts by cause, those of the same cause added."""
    found: dict[Cause, Array] = {}
    for cause, part in terms:
        found[cause] = found[cause] + part if cause in found else part
    return found


def scaled(parts: Parts, factor: Any) -> dict[Cause, Array]:
    """Every part times a number."""
    return {cause: factor * part for cause, part in parts.items()}


def of(value: Any, cause: Cause) -> Split:
    """A number that is wholly owed to one cause: its reference is zero."""
    return Split(np.asarray(value, dtype=np.float64), {cause: np.asarray(value, dtype=np.float64)})


def fixed(value: Any) -> Split:
    """A number that is its own reference."""
    return Split(np.asarray(value, dtype=np.float64), {})


def sum_of_splits(*terms: Split) -> Split:
    """The sum of numbers, cause by cause."""
    value = sum((term.value for term in terms), start=np.zeros(()))
    return Split(value, added(item for term in terms for item in term.parts.items()))


def negative(split: Split) -> Split:
    """A number with the opposite sign."""
    return Split(-split.value, scaled(split.parts, -1.0))


def rebased(split: Split, reference: Any, cause: Cause) -> Split:
    """The number measured from another reference; the distance between the two is laid to a cause."""
    return Split(split.value, added([*split.parts.items(), (cause, split.reference - reference)]))


def through(rule: Rule, **arguments: Any) -> Split:
    """A rule of split numbers.

    arguments : of the rule, by name; a plain number or array is taken as it is, a split number is switched on from its
                reference, in the order of the call
    returns   : what the rule gives; the parts add up to its distance from what it gives for the references
    """
    moving = {name: one for name, one in arguments.items() if isinstance(one, Split) and one.parts}
    now = {name: one.reference if isinstance(one, Split) else one for name, one in arguments.items()}
    reached = on_arrays(rule, **now)
    terms: list[tuple[Cause, Array]] = []
    for name, one in moving.items():
        before, now[name] = reached, one.value
        reached = on_arrays(rule, **now)
        slope = _secant(rule, now, name, one, reached - before)
        terms += scaled(one.parts, slope).items()
    return Split(reached, added(terms))


def in_turn(rule: Rule, **arguments: Any) -> Split:
    """The same for a rule that bends: the parts of an input are switched on one after the other, the oldest first.

    So a new cause leaves the parts of older ones as they were, and what it does together with them is laid to it.
    """
    now = {name: one.reference if isinstance(one, Split) else one for name, one in arguments.items()}
    reached = on_arrays(rule, **now)
    terms: list[tuple[Cause, Array]] = []
    for name, one in arguments.items():
        for cause, part in one.parts.items() if isinstance(one, Split) else ():
            before, now[name] = reached, now[name] + part
            reached = on_arrays(rule, **now)
            terms.append((cause, reached - before))
    return Split(reached, added(terms))


def _secant(rule: Rule, now: Mapping[str, Any], name: str, one: Split, rise: Array) -> Array:
    """Change of a rule per unit of one input, between the input's reference and its value."""
    run = sum_of(one.parts)
    widest = np.max([np.abs(part) for part in one.parts.values()], axis=0)
    is_cancelled = np.abs(run) <= CANCELLED * widest
    slope = rise / np.where(is_cancelled, 1.0, run)
    if not (is_cancelled & (widest > 0.0)).any():
        return np.where(is_cancelled, 0.0, slope)
    aside = on_arrays(rule, **{**now, name: one.value + NEARBY})
    return np.where(is_cancelled, (aside - on_arrays(rule, **now)) / NEARBY, slope)


def logarithmic_mean(one: Array, other: Array) -> Array:
    """Mean of two positive numbers that turns a difference of logarithms into a difference of numbers.

    >>> round(float(logarithmic_mean(np.array(1.0), np.array(np.e))), 6)
    1.718282
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        found = (other - one) / np.log(other / one)
    return np.where(np.abs(other - one) <= CANCELLED * np.abs(one), 0.5 * (one + other), found)


def difference(after: Parts, before: Parts) -> dict[Cause, Array]:
    """Part by part, what was added between two moments or between two worlds."""
    return added([*after.items(), *scaled(before, -1.0).items()])
