"""The change of a number between two moments or two scenarios, attributed to causes; the parts add up to it in every member."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.engines.compiled.encoding import row_of
from sim.engines.compiled.layout import NET
from sim.engines.compiled.vectorized import Array, on_arrays
from sim.explain import attribution
from sim.explain.attribution import Attributed, Cause, added, constant, difference, scaled, sum_of
from sim.explain.events import dialogue, troops
from sim.explain.recorded_run import Record
from sim.explain.relations import tie
from sim.explain.security import exponent, tension
from sim.explain.spending import NEARLY, log_spending
from sim.explain.supplier_choice import appeal
from sim.explain.threat import threat
from sim.model.variables import Series
from sim.rules.elementary import log

NUMBERS = Cause("numbers")  # parameters that differ between two scenarios
UNACCOUNTED = Cause("unaccounted")  # what the known causes do not add up to: a mechanism that explanations do not know
EXACT = 1e-9  # of the numbers themselves, from which a distance is no rounding
NOTHING = "nothing"  # what a buyer may choose in place of a supplier


@dataclass(frozen=True, eq=False)
class Moment:
    """A series in one quarter under one scenario.

    value : (members,) as recorded
    terms : what the value is made of, attributed to causes: the value itself, its logarithm, or the utilities of all offers
    start : the same in the first quarter, where no cause has acted
    """

    value: Array
    terms: Mapping[str, Attributed]
    start: Mapping[str, Attributed]


@dataclass(frozen=True)
class ExplainedVariable:
    """How a variable is made of its terms, and how a change of it is attributed."""

    terms: Callable[[Record, Series, int], Mapping[str, Attributed]]
    change: Callable[[Moment, Moment, Series], dict[Cause, Array]]


def moment(record: Record, series: Series, quarter: int) -> Moment:
    """A series in a quarter; KeyError if its variable cannot be explained."""
    terms = EXPLAINED_VARIABLES[series.variable].terms
    return Moment(record.at(row_of(series), quarter), terms(record, series, quarter), terms(record, series, 0))


def parts_of_change(before: Moment, after: Moment, series: Series) -> dict[Cause, Array]:
    """The change from one moment to another, by cause, (members,) each. What the causes do not add up to is told as such."""
    parts = EXPLAINED_VARIABLES[series.variable].change(before, after, series)
    change = after.value - before.value
    rest = np.where(_is_rounding(change - sum_of(parts), before.value, after.value), 0.0, change - sum_of(parts))
    return added([*parts.items(), (UNACCOUNTED, rest)]) if rest.any() else parts


def _is_rounding(distance: Array, *numbers: Array) -> NDArray[np.bool_]:
    return np.abs(distance) <= EXACT * (1.0 + np.max(np.abs(numbers), axis=0))


def _moved(before: Moment, after: Moment, name: str) -> dict[Cause, Array]:
    """What moved a term: its causes, and the numbers from which it starts where two scenarios have others."""
    parts = difference(after.terms[name].parts, before.terms[name].parts)
    ends = after.start[name].reference, before.start[name].reference
    shift = np.where(_is_rounding(ends[0] - ends[1], *ends), 0.0, ends[0] - ends[1])
    return added([*parts.items(), (NUMBERS, shift)]) if shift.any() else parts


def _chosen(before: Moment, after: Moment, series: Series) -> dict[Cause, Array]:
    """A change of a share in a choice: what moved this offer, less what moved all others, by their mean shares."""
    shares = [_shares(moment) for moment in (before, after)]
    weights = {name: attribution.logarithmic_mean(*(share[name] for share in shares)) for name in before.terms}
    whole = sum(weights.values(), start=np.zeros(()))
    moved = {name: _moved(before, after, name) for name in before.terms}
    own = weights[series.counterpart]
    terms = [*scaled(moved[series.counterpart], own).items()]
    for name, parts in moved.items():
        terms += scaled(parts, -own * weights[name] / whole).items()
    return added(terms)


def _shares(moment: Moment) -> dict[str, Array]:
    """Share of every offer in the choice, that of nothing too."""
    best = np.max([term.value for term in moment.terms.values()], axis=0)
    weights = {name: np.exp(term.value - best) for name, term in moment.terms.items()}
    whole = sum(weights.values(), start=np.zeros(()))
    return {name: weight / whole for name, weight in weights.items()}


# ---- the terms of each variable --------------------------------------------------------------------------------------


def _hazard(record: Record, _: Series, quarter: int) -> Attributed:
    """The logarithm of the hazard; what its largest value cuts off is a cause of its own."""
    reached = on_arrays(log, x=record.row("hazard", 0, quarter))
    reference = on_arrays(log, x=record.param("hazard_reference"))
    is_largest = record.row("hazard", 0, quarter) >= record.param("hazard_max") * (1.0 - NEARLY)
    number = Attributed(reached, exponent(record, quarter).parts)
    return attribution.cut_off(number, reference, is_largest, Cause("limit"))


def _choice(record: Record, series: Series, quarter: int) -> dict[str, Attributed]:
    buyer = NET.states.index(series.actor)
    offers = {name: appeal(record, buyer, place, quarter) for place, name in enumerate(NET.suppliers)}
    return {**offers, NOTHING: constant(record.zeros)}


def _tie(record: Record, series: Series, quarter: int) -> Attributed:
    one = tie(record, NET.tie(series.actor, series.counterpart))[quarter]
    return {"relation": one.cooperation_last, "rhetoric": one.rhetoric, "attitude": one.attitude_last}[series.variable]


def _linear(read: Callable[[Record, Series, int], Attributed]) -> ExplainedVariable:
    return ExplainedVariable(
        lambda record, one, quarter: {"value": read(record, one, quarter)},
        lambda before, after, _: _moved(before, after, "value"),
    )


def _logarithmic(read: Callable[[Record, Series, int], Attributed]) -> ExplainedVariable:
    """A change of logarithms is turned into the change of the number by the logarithmic mean of its ends."""
    return ExplainedVariable(
        lambda record, one, quarter: {"log": read(record, one, quarter)},
        lambda before, after, _: scaled(
            _moved(before, after, "log"), attribution.logarithmic_mean(before.value, after.value)
        ),
    )


EXPLAINED_VARIABLES = {
    "spending": _logarithmic(lambda record, one, quarter: log_spending(record, NET.states.index(one.actor), quarter)),
    **dict.fromkeys(("relation", "rhetoric", "attitude"), _linear(_tie)),
    "tension": _linear(lambda record, _, quarter: tension(record)[quarter][1]),
    "hazard": _logarithmic(_hazard),
    "supplier_choice": ExplainedVariable(_choice, _chosen),
    "threat": _linear(lambda record, one, quarter: threat(record, NET.states.index(one.actor))[quarter]),
    "troops": _linear(lambda record, _, quarter: troops(record, quarter)),
    "dialogue": _linear(lambda record, _, quarter: dialogue(record, quarter)),
}
"""The variables that can be explained."""
