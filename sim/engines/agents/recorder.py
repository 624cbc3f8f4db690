"""Reading the recorded series off a Mesa model."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from sim.model.variables import ARRIVALS, OF_STATES, Series

if TYPE_CHECKING:
    from sim.engines.agents.model import RegionModel


def _of_arrivals(kind: str) -> Callable[["RegionModel", Series], float]:
    return lambda model, one: model.state(one.actor).arrived.get(kind, {}).get(one.counterpart, 0.0)


_READERS: dict[str, Callable[["RegionModel", Series], float]] = {
    **dict.fromkeys(OF_STATES, lambda model, one: getattr(model.state(one.actor), one.variable)),
    **dict.fromkeys(
        ("rhetoric", "attitude"),
        lambda model, one: getattr(model.actors[one.actor].ties[one.counterpart], one.variable),
    ),
    **dict.fromkeys(
        ("orders", "deliveries"), lambda model, one: getattr(model.state(one.actor), one.variable)[one.counterpart]
    ),
    **{variable: _of_arrivals(kind) for kind, variable in ARRIVALS.items()},
    "relation": lambda model, one: model.actors[one.actor].ties[one.counterpart].cooperation,
    "supplier_choice": lambda model, one: model.state(one.actor).choice[one.counterpart],
    "trade": lambda model, one: model.pair(one.actor, one.counterpart).index,
    "patron_support": lambda model, one: model.patronage(one.actor).grants,
    "dependence": lambda model, one: model.state(one.actor).dealing(one.counterpart).dependence,
    "image": lambda model, one: model.state(one.actor).trust_in(one.counterpart),
    "misperception": lambda model, one: model.state(one.actor).misperceptions[one.counterpart],
    "influence": lambda model, one: model.state(one.counterpart).influence[one.actor],
}


def recorded_value(model: "RegionModel", one: Series) -> float:
    """The present value of a recorded series; what is no actor's alone stands with the peacekeeper."""
    reader = _READERS.get(one.variable)
    return getattr(model.peacekeeper, one.variable) if reader is None else reader(model, one)
