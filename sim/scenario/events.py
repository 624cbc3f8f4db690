"""The types of event that a scenario file may hold, as frozen pydantic models."""

from functools import cache
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import ConfigDict, Discriminator, Field, PrivateAttr, Tag, TypeAdapter, model_validator

from sim.io import quarters
from sim.model.distributions import Distribution
from sim.model.network import network
from sim.scenario.fields import (
    CHANGE,
    COUNTED_CLASSES,
    LEVEL,
    PRICE,
    SUPPORT,
    TONE,
    TROOPS,
    UNITS,
    VALUE,
    AnyActor,
    Backer,
    Client,
    Commander,
    LaterQuarter,
    Members,
    Parties,
    Patron,
    Payment,
    Quarter,
    Schema,
    Severity,
    Slug,
    Source,
    State,
    Supplier,
    WeaponClass,
    choice,
    size,
    whole,
)


class EventBase(Schema):
    """What every event says: its id, its quarter, and where it is known from."""

    id: Slug
    at: Quarter
    source: Annotated[str | None, Source.__metadata__[0]] = None
    locator: str = ""
    note: str = ""
    _origin: str = PrivateAttr("")

    differing: ClassVar[tuple[str, str] | None] = None  # two fields that must not name the same actor
    ends: ClassVar[str | None] = None  # the field with the last quarter, if any

    @property
    def quarter(self) -> int:
        """Number of quarters from 2018Q1 to the event."""
        return quarters.index_of(self.at)

    @property
    def end_quarter(self) -> int | None:
        """The quarter that ``until`` or ``due`` names, as a number; None when the event does not say."""
        end = getattr(self, self.ends) if self.ends else None
        return None if end is None else quarters.index_of(end)

    @property
    def origin(self) -> str:
        """File and line of the event."""
        return self._origin

    def placed(self, origin: str) -> Self:
        """The same event, knowing where it was read."""
        event = self.model_copy()
        event._origin = origin
        return event

    def plain(self) -> dict[str, Any]:
        """The event as a scenario file writes it."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)

    @model_validator(mode="after")
    def _check_pairs(self) -> Self:
        if self.differing and getattr(self, self.differing[0]) == getattr(self, self.differing[1]):
            raise ValueError(f"{self.differing[0]} and {self.differing[1]} must be two different actors")
        if self.end_quarter is not None and self.end_quarter < self.quarter:
            raise ValueError(f"{self.ends} lies before at ({self.at}); swap or correct them")
        return self


def _transfer_schema(schema: dict[str, Any]) -> None:
    """Tells editors what ``Transfer._check_amount`` tells readers."""
    schema["if"] = {"properties": {"class": {"enum": list(COUNTED_CLASSES)}}}
    schema["then"] = {"required": ["n"], "properties": {"value_musd": False}}
    schema["else"] = {"required": ["value_musd"], "properties": {"n": False, "unit_price_musd": False}}


class Transfer(EventBase):
    """Arms of one class from a supplier to a buyer: drones in units, all else by value.

    Without ``unit_price_musd`` a drone costs what the model's parameter for its class says (``uav_price``,
    ``loitering_price``), so that price and perceived capability go together in every world.
    """

    model_config = ConfigDict(json_schema_extra=_transfer_schema)
    differing = ("supplier", "buyer")

    supplier: Supplier
    buyer: State
    weapon_class: WeaponClass = Field(alias="class")
    n: Annotated[Distribution | None, size(UNITS)] = None
    unit_price_musd: Annotated[Distribution | None, size(PRICE)] = None
    value_musd: Annotated[Distribution | None, size(VALUE)] = None
    payment: Payment

    @model_validator(mode="after")
    def _check_amount(self) -> Self:
        counted = self.n is not None and self.value_musd is None
        valued = self.n is None and self.unit_price_musd is None and self.value_musd is not None
        if self.weapon_class in COUNTED_CLASSES and not counted:
            raise ValueError(f"{self.weapon_class} is counted in units: give n, and no value_musd")
        if self.weapon_class not in COUNTED_CLASSES and not valued:
            raise ValueError(f"{self.weapon_class} is given by value: give value_musd, and no n or unit_price_musd")
        return self


class Order(Transfer):
    """A signed order, delivered when due; without ``due`` the lead time is drawn."""

    ends = "due"
    type: Literal["order"]
    due: LaterQuarter = None


class Delivery(Transfer):
    """Arms that arrive without an order in the file."""

    type: Literal["deliver"]


class Arrival(EventBase):
    """The arrival of an order, in a quarter other than the order's own ``due``."""

    type: Literal["deliver"]
    ref: Slug


class Offer(Transfer):
    """A supplier's offer, which the buyer may decline."""

    type: Literal["offer"]


class Grant(EventBase):
    """Money or training given by a patron."""

    differing = ("patron", "recipient")
    type: Literal["grant"]
    patron: Patron
    recipient: State
    value_musd: Annotated[Distribution, size(VALUE)]


class Pair(EventBase):
    """Something between two actors."""

    parties: Parties

    @model_validator(mode="after")
    def _check_parties(self) -> Self:
        if self.parties[0] == self.parties[1]:
            raise ValueError("parties must be two different actors")
        return self


class Agreement(Pair):
    """A military agreement between two actors."""

    type: Literal["agreement"]


def _check_tie(one: str, other: str) -> None:
    """Two actors must hold a relation in the model, or the event would do nothing."""
    if network().tie(one, other) < 0:
        known = [there for here, there in network().ties if here == one]
        others = f"{one} has relations with {', '.join(known)}" if known else f"{one} has none"
        raise ValueError(f"the model holds no relation of {one} with {other}, so nothing would happen; {others}")


class TradeShock(Pair):
    """A lasting relative change of the trade between two actors."""

    type: Literal["trade_shock"]
    change: Annotated[Distribution, size(CHANGE)]

    @model_validator(mode="after")
    def _check_that_they_trade(self) -> Self:
        _check_tie(*self.parties)
        return self


class Visit(EventBase):
    """A visit of one actor's leaders to another."""

    differing = ("actor", "target")
    type: Literal["visit"]
    actor: AnyActor
    target: AnyActor

    @model_validator(mode="after")
    def _check_that_they_relate(self) -> Self:
        _check_tie(self.actor, self.target)
        return self


class Statement(EventBase):
    """A public statement of one actor about another, from hostile (-1) to friendly (1)."""

    differing = ("actor", "target")
    type: Literal["statement"]
    actor: AnyActor
    target: AnyActor
    tone: Annotated[Distribution, size(TONE)]

    @model_validator(mode="after")
    def _check_that_they_relate(self) -> Self:
        _check_tie(self.actor, self.target)
        return self


class Incident(EventBase):
    """Incidents in north Kosovo, between Serbia and Kosovo."""

    type: Literal["incident"]
    severity: Severity
    count: Annotated[int, whole(1, 100)] = 1


class Election(EventBase):
    """An election in Kosovo or Serbia, which lasts this quarter and raises the hazard in the north."""

    type: Literal["election"]
    where: Annotated[str, choice("one of the two sides of the north", lambda: ("XKX", "SRB"))]


class Embargo(EventBase):
    """A supplier sells nothing to a buyer, until the end of a quarter or for good."""

    differing = ("supplier", "buyer")
    ends = "until"
    type: Literal["embargo"]
    supplier: Supplier
    buyer: State
    until: LaterQuarter = None


class ForceChoice(EventBase):
    """All requests of a buyer go to one supplier, until the end of a quarter or for good."""

    differing = ("supplier", "buyer")
    ends = "until"
    type: Literal["force_choice"]
    buyer: State
    supplier: Supplier
    until: LaterQuarter = None


class Kfor(EventBase):
    """KFOR's strength from this quarter on."""

    type: Literal["kfor"]
    troops: Annotated[Distribution, size(TROOPS)]


class Dialogue(EventBase):
    """Intensity of the Belgrade-Pristina dialogue from this quarter on."""

    type: Literal["dialogue"]
    level: Annotated[Distribution, size(LEVEL)]


class Accession(EventBase):
    """Momentum of the region's accession to EU and NATO from this quarter on."""

    type: Literal["accession"]
    level: Annotated[Distribution, size(LEVEL)]


class Unrest(EventBase):
    """Domestic unrest in a state from this quarter on."""

    type: Literal["unrest"]
    actor: State
    level: Annotated[Distribution, size(LEVEL)]


class Supplement(EventBase):
    """A relative change of the budget that a state desires, until the end of a quarter or for good."""

    ends = "until"
    type: Literal["supplement"]
    actor: State
    change: Annotated[Distribution, size(CHANGE)]
    until: LaterQuarter = None


class ReleaseReserve(EventBase):
    """KFOR's reserve deployed for some quarters."""

    type: Literal["release_reserve"]
    troops: Annotated[Distribution, size(TROOPS)]
    quarters: Annotated[int, whole(1, 72)] = 1


class Command(EventBase):
    """A nation that commands KFOR, until the end of a quarter or for good; a later command replaces it."""

    ends = "until"
    type: Literal["command"]
    nation: Commander
    until: LaterQuarter = None


class Support(EventBase):
    """How far a patron backs Kosovo or Serbia (1 as at the start, 0 withdrawn), until the end of a quarter or for good."""

    ends = "until"
    type: Literal["support"]
    patron: Backer
    recipient: Client
    level: Annotated[Distribution, size(SUPPORT)]
    until: LaterQuarter = None


class Insecurity(EventBase):
    """Insecurity from outside the region that every state feels, until the end of a quarter or for good."""

    ends = "until"
    type: Literal["insecurity"]
    level: Annotated[Distribution, size(LEVEL)]
    until: LaterQuarter = None


class Forum(EventBase):
    """A regional forum of exercises and transparency, which counts between its members only."""

    ends = "until"
    type: Literal["forum"]
    members: Members
    level: Annotated[Distribution, size(LEVEL)]
    until: LaterQuarter = None


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
