"""How an event is told by its type, and read on its own."""

from functools import cache
from typing import Annotated, Any

from pydantic import Discriminator, Tag, TypeAdapter

from sim.scenario.events import Accession, Agreement, Arrival, Command, Delivery, Dialogue, Election, Embargo, EventBase, ForceChoice, Forum, Grant, Incident, Insecurity, Kfor, Offer, Order, ReleaseReserve, Statement, Supplement, Support, TradeShock, Unrest, Visit

_ARRIVAL = "deliver with ref"


def _event_tag(raw: Any) -> str | None:
    kind = raw.get("type") if isinstance(raw, dict) else getattr(raw, "type", None)
    if kind == "deliver" and (isinstance(raw, Arrival) or (isinstance(raw, dict) and "ref" in raw)):
        return _ARRIVAL
    return None if kind is None else str(kind)


Event = Annotated[
    Annotated[Order, Tag("order")]
    | Annotated[Delivery, Tag("deliver")]
    | Annotated[Arrival, Tag(_ARRIVAL)]
    | Annotated[Grant, Tag("grant")]
    | Annotated[Agreement, Tag("agreement")]
    | Annotated[Visit, Tag("visit")]
    | Annotated[Statement, Tag("statement")]
    | Annotated[Incident, Tag("incident")]
    | Annotated[Election, Tag("election")]
    | Annotated[Embargo, Tag("embargo")]
    | Annotated[Offer, Tag("offer")]
    | Annotated[ForceChoice, Tag("force_choice")]
    | Annotated[Kfor, Tag("kfor")]
    | Annotated[Dialogue, Tag("dialogue")]
    | Annotated[Accession, Tag("accession")]
    | Annotated[TradeShock, Tag("trade_shock")]
    | Annotated[Supplement, Tag("supplement")]
    | Annotated[Unrest, Tag("unrest")]
    | Annotated[ReleaseReserve, Tag("release_reserve")]
    | Annotated[Command, Tag("command")]
    | Annotated[Support, Tag("support")]
    | Annotated[Insecurity, Tag("insecurity")]
    | Annotated[Forum, Tag("forum")],
    Discriminator(_event_tag),
]


@cache
def event_adapter() -> TypeAdapter[Event]:
    """Reads one event on its own."""
    return TypeAdapter(Event)


@cache
def event_models() -> dict[str, type[EventBase]]:
    """The model of every tag in an error's steps, ``order`` for example."""
    union = Event.__origin__.__args__  # type: ignore[attr-defined]
    return {member.__metadata__[0].tag: member.__origin__ for member in union}
