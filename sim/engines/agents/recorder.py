"""Reading the recorded series off a Mesa model."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from sim.model.variables import ARRIVALS, OF_STATES, Series

if TYPE_CHECKING:
    from sim.engines.agents.model import RegionModel


def _of_the_dyad(model: "RegionModel", one: Series) -> float:
    value: float = getattr(model.peacekeeper, one.variable)
    return value


def _of_a_state(model: "RegionModel", one: Series) -> float:
    value: float = getattr(model.state(one.actor), one.variable)
    return value


def _of_a_tie(model: "RegionModel", one: Series) -> float:
    tie = model.actors[one.actor].ties[one.counterpart]
    value: float = tie.cooperation if one.variable == "relation" else getattr(tie, one.variable)
    return value


def _of_a_deal(model: "RegionModel", one: Series) -> float:
    name = "choice" if one.variable == "supplier_choice" else one.variable
    value: float = getattr(model.state(one.actor), name)[one.counterpart]
    return value


def _of_arrivals(kind: str) -> Callable[["RegionModel", Series], float]:
    return lambda model, one: model.state(one.actor).arrived.get(kind, {}).get(one.counterpart, 0.0)


_READERS: dict[str, Callable[["RegionModel", Series], float]] = {
    **dict.fromkeys(
        OF_STATES,
        _of_a_state,
    ),
    **dict.fromkeys(("relation", "rhetoric", "attitude"), _of_a_tie),
    **dict.fromkeys(("supplier_choice", "orders", "deliveries"), _of_a_deal),
    **{variable: _of_arrivals(kind) for kind, variable in ARRIVALS.items()},
    "trade": lambda model, one: model.pair(one.actor, one.counterpart).index,
    "patron_support": lambda model, one: model.patronage(one.actor).grants,
    "dependence": lambda model, one: model.state(one.actor).dealing(one.counterpart).dependence,
    "image": lambda model, one: model.state(one.actor).trust_in(one.counterpart),
    "misperception": lambda model, one: model.state(one.actor).misperceptions[one.counterpart],
    "influence": lambda model, one: model.state(one.counterpart).influence[one.actor],
}


def recorded_value(model: "RegionModel", one: Series) -> float:
    """The present value of a recorded series."""
    return _READERS.get(one.variable, _of_the_dyad)(model, one)
