"""The change of a number between two moments or two worlds, split by cause; the parts add up to it in every member."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from sim.engines.compiled.encoding import row_of
from sim.engines.compiled.layout import NET
from sim.engines.compiled.vectorized import Array, on_arrays
from sim.explain.attribution import Cause, Split, added, difference, logarithmic_mean, scaled
from sim.explain.events import dialogue
from sim.explain.recorded_run import Record
from sim.explain.relations import tie
from sim.explain.security import exponent, tension, troops
from sim.explain.spending import log_spending
from sim.explain.supplier_choice import appeal
from sim.explain.threat import threat
from sim.model.variables import Series
from sim.rules.elementary import log

NUMBERS = Cause("numbers")  # parameters that differ between two worlds
NOTHING = "nothing"  # what a buyer may choose in place of a supplier


@dataclass(frozen=True, eq=False)
class Moment:
    """A series in one quarter of one world.

    value : (members,) as recorded
    terms : what the value is made of, split by cause: the value itself, its logarithm, or the utilities of all offers
    """

    value: Array
    terms: Mapping[str, Split]


@dataclass(frozen=True)
class Kind:
    """How a variable is made of its terms, and how a change of it is split."""

    terms: Callable[[Record, Series, int], Mapping[str, Split]]
    change: Callable[[Moment, Moment, Series], dict[Cause, Array]]


def moment(record: Record, series: Series, quarter: int) -> Moment:
    """A series in a quarter; KeyError if its variable cannot be explained."""
    return Moment(record.at(row_of(series), quarter), KINDS[series.variable].terms(record, series, quarter))


def parts_of_change(before: Moment, after: Moment, series: Series) -> dict[Cause, Array]:
    """The change from one moment to another, by cause, (members,) each."""
    return KINDS[series.variable].change(before, after, series)


def _moved(before: Split, after: Split) -> dict[Cause, Array]:
    """What moved a split number; another reference means other parameters."""
    parts = difference(after.parts, before.parts)
    shift = after.reference - before.reference
    is_same = np.abs(shift) <= 1e-12 * (1.0 + np.abs(after.reference))
    return parts if is_same.all() else added([*parts.items(), (NUMBERS, shift)])


def _linear(before: Moment, after: Moment, _: Series) -> dict[Cause, Array]:
    return _moved(before.terms["value"], after.terms["value"])


def _logarithmic(before: Moment, after: Moment, _: Series) -> dict[Cause, Array]:
    """A change of logarithms, turned into the change of the number by the logarithmic mean of its ends."""
    return scaled(_moved(before.terms["log"], after.terms["log"]), logarithmic_mean(before.value, after.value))


def _chosen(before: Moment, after: Moment, series: Series) -> dict[Cause, Array]:
    """A change of a share in a choice: what moved this offer, less what moved all others, by their mean shares."""
    weights = {name: logarithmic_mean(*(_shares(one)[name] for one in (before, after))) for name in before.terms}
    whole = sum(weights.values(), start=np.zeros(()))
    moved = {name: _moved(before.terms[name], after.terms[name]) for name in before.terms}
    mine = weights[series.counterpart]
    terms = [*scaled(moved[series.counterpart], mine).items()]
    for name, parts in moved.items():
        terms += scaled(parts, -mine * weights[name] / whole).items()
    return added(terms)


def _shares(one: Moment) -> dict[str, Array]:
    """Share of every offer in the choice, that of nothing too."""
    best = np.max([term.value for term in one.terms.values()], axis=0)
    weights = {name: np.exp(term.value - best) for name, term in one.terms.items()}
    whole = sum(weights.values(), start=np.zeros(()))
    return {name: weight / whole for name, weight in weights.items()}


# ---- the terms of each variable --------------------------------------------------------------------------------------


def _spending(record: Record, series: Series, quarter: int) -> dict[str, Split]:
    return {"log": log_spending(record, NET.states.index(series.actor), quarter)}


def _hazard(record: Record, _: Series, quarter: int) -> dict[str, Split]:
    """The logarithm of the hazard; what its largest value cuts off is a cause of its own."""
    effects = exponent(record, quarter)
    reached = on_arrays(log, x=record.row("hazard", 0, quarter))
    base = on_arrays(log, x=record.given("hazard_reference"))
    beyond = reached - base - effects.value
    return {"log": Split(reached, added([*effects.parts.items(), (Cause("limit"), beyond)]))}


def _choice(record: Record, series: Series, quarter: int) -> dict[str, Split]:
    buyer = NET.states.index(series.actor)
    offers = {name: appeal(record, buyer, place, quarter) for place, name in enumerate(NET.suppliers)}
    return {**offers, NOTHING: Split(record.nothing, {})}


def _of(read: Callable[[Record, Series, int], Split]) -> Callable[[Record, Series, int], dict[str, Split]]:
    return lambda record, series, quarter: {"value": read(record, series, quarter)}


def _tie(record: Record, series: Series, quarter: int) -> Split:
    one = tie(record, NET.tie(series.actor, series.counterpart))[quarter]
    return {"relation": one.cooperation_last, "rhetoric": one.rhetoric, "attitude": one.attitude_last}[series.variable]


KINDS: dict[str, Kind] = {
    "spending": Kind(_spending, _logarithmic),
    "relation": Kind(_of(_tie), _linear),
    "rhetoric": Kind(_of(_tie), _linear),
    "attitude": Kind(_of(_tie), _linear),
    "tension": Kind(_of(lambda record, _, quarter: tension(record)[quarter][1]), _linear),
    "hazard": Kind(_hazard, _logarithmic),
    "supplier_choice": Kind(_choice, _chosen),
    "threat": Kind(_of(lambda record, one, quarter: threat(record, NET.states.index(one.actor))[quarter]), _linear),
    "troops": Kind(_of(lambda record, _, quarter: troops(record, quarter)), _linear),
    "dialogue": Kind(_of(lambda record, _, quarter: dialogue(record, quarter)), _linear),
}
"""The variables that can be explained."""
