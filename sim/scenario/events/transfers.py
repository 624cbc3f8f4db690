"""Arms and money: what is ordered, delivered, offered, given, and who may sell to whom."""

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from sim.data.actors import load_actors
from sim.model import schedule
from sim.model.distributions import Distribution
from sim.model.network import BUYER, FOLLOWED, GUARDED, SELLER
from sim.model.parameters import CLASSES
from sim.model.schedule import ONE, Item, Spell, number, parameter
from sim.scenario import fields
from sim.scenario.event import ARMS, EventBase, SeriesForm
from sim.scenario.fields import LaterQuarter, Patron, Payment, Slug, State, Supplier, Until, WeaponClass, size

Seller = Annotated[Supplier, Field(description="who sells or gives")]
Buyer = Annotated[State, Field(description="who receives")]
ARRIVAL = "delivery: {supplier} to {buyer}, {weapon_class}"


class Deal(EventBase):
    """Something between a ``supplier`` and a ``buyer``; each type declares the two after its name, as files are written."""

    row = ARMS
    between = ("supplier", "buyer")
    moves_arms = True


def _transfer_schema(schema: dict[str, Any]) -> None:
    """Tells editors what ``Transfer._check_amount`` tells readers."""
    schema["if"] = {"properties": {"class": {"enum": list(fields.COUNTED_CLASSES)}}}
    schema["then"] = {"required": ["n"], "properties": {"value_musd": False}}
    schema["else"] = {"required": ["value_musd"], "properties": {"n": False, "unit_price_musd": False}}


class Transfer(Deal):
    """Arms of one class from a supplier to a buyer: drones in units, all else by value.

    Without ``unit_price_musd`` a drone costs what the model's parameter for its class says (``uav_price``,
    ``loitering_price``), so that price and perceived capability go together in every world. In its templates ``{goods}``
    stands for arms, price and payment.
    """

    model_config = ConfigDict(json_schema_extra=_transfer_schema)

    supplier: Seller
    buyer: Buyer
    weapon_class: WeaponClass = Field(alias="class", description="class of arms")
    n: Annotated[Distribution | None, size(fields.UNITS)] = Field(
        None, description="how many; for `uav` and `loitering` only, and needed there"
    )
    unit_price_musd: Annotated[Distribution | None, size(fields.PRICE)] = Field(
        None, description="price of one; without it the model's own (`uav_price`, `loitering_price`)"
    )
    value_musd: Annotated[Distribution | None, size(fields.VALUE)] = Field(
        None, description="worth; needed for all classes but `uav` and `loitering`"
    )
    payment: Payment = Field(description="from the buyer's budget, on credit, or as a gift")

    moves = {"capital_stock": "buyer"}

    @model_validator(mode="after")
    def _check_amount(self) -> Self:
        counted = self.n is not None and self.value_musd is None
        valued = self.n is None and self.unit_price_musd is None and self.value_musd is not None
        if self.weapon_class in fields.COUNTED_CLASSES and not counted:
            raise ValueError(f"{self.weapon_class} is counted in units: give n, and no value_musd")
        if self.weapon_class not in fields.COUNTED_CLASSES and not valued:
            raise ValueError(f"{self.weapon_class} is given by value: give value_musd, and no n or unit_price_musd")
        return self

    def arms(self, operation: int, quarter: int, *, booked: bool = False) -> Item:
        """Units and price; arms that are given by value are units at a price of one."""
        if self.value_musd is not None:
            sizes = (self.size("value_musd"), ONE)
        elif self.unit_price_musd is not None:
            sizes = (self.size("n"), self.size("unit_price_musd"))
        else:
            sizes = (self.size("n"), parameter(f"{self.weapon_class}_price"))
        payment = schedule.FROM_BUDGET if self.payment == "budget" else schedule.FROM_OUTSIDE
        return Item(
            quarter, operation, self.id, self.weapon_class, (), self.supplier, self.buyer, sizes, payment=payment,
            booked=booked,
        )  # fmt: skip


class Order(Transfer):
    """A signed order, delivered when due; without ``due`` the lead time is drawn."""

    type: Literal["order"]
    due: LaterQuarter = Field(None, description="quarter of the delivery; without it drawn")

    other_names = (
        "purchase",
        "buy",
        "sale",
        "sell",
        "acquire",
        "acquisition",
        "deal",
        "contract",
        "procurement",
        "import",
    )
    sentence = "{buyer} orders from {supplier} {goods}{due:, due }"
    label = "order: {supplier} to {buyer}, {weapon_class}"
    due_label = ARRIVAL
    example = f"supplier: {SELLER}, buyer: {BUYER}, class: artillery, value_musd: 100, payment: budget, due: 2027Q1"
    price = (
        "money and relations: paid by budget, the buyer owes the sum after delivery (`owed`) and pays it in "
        "instalments that displace other equipment (`capital_stock`); credit is never paid back in the model, and gifts "
        "displace nothing; rivals are "
        "provoked, and hold it against the supplier"
    )
    ends = "due"

    @property
    def first_felt(self) -> int:
        return self.quarter if self.end_quarter is None else self.end_quarter

    def arriving(self, at: str | None) -> Self:
        return self if at is None else self.model_copy(update={"due": at})

    def effects(self) -> Iterator[Item]:
        yield self.arms(schedule.ORDER, self.quarter, booked=self.end_quarter is None)
        if self.end_quarter is not None:
            yield self.arms(schedule.DELIVER, self.end_quarter)


class Delivery(Transfer):
    """Arms that arrive without an order in the file."""

    type: Literal["deliver"]

    other_names = ("delivery", "delivers", "arrival", "arrive", "transfer", "receive", "shipment")
    sentence = "{buyer} receives from {supplier} {goods}"
    label = ARRIVAL
    example = f"supplier: {FOLLOWED}, buyer: {BUYER}, class: uav, n: 4, payment: grant"
    price = (
        "money and relations, as of an order: paid by budget, the buyer owes the sum and pays it in instalments that "
        "displace other equipment; rivals are provoked, and hold it against the supplier"
    )
    brings_arms = True
    series = SeriesForm(
        "deliveries.{supplier}.{buyer}.{class}", "value_musd", f"deliveries.{FOLLOWED}.{BUYER}.arms",
        "deliveries of a supplier to a state, by value", {"payment": "budget"},
        {"class": tuple(name for name in CLASSES if name not in fields.COUNTED_CLASSES)}, is_flow=True,
    )  # fmt: skip

    def effects(self) -> Iterator[Item]:
        yield self.arms(schedule.DELIVER, self.quarter)


class Arrival(EventBase):
    """The arrival of an order, in a quarter other than the order's own ``due``."""

    type: Literal["deliver"]
    ref: Slug = Field(description="id of the order that arrives")

    sentence = "the order {ref} arrives"
    sentence_of_order: ClassVar[str] = "the {weapon_class} ordered in {at} arrive"  # with the fields of the order
    label = ARRIVAL
    example = "ref: order"
    price = "that of the order: this only moves the quarter from which the buyer pays and rivals are provoked"
    row = ARMS
    variant = "ref"
    brings_arms = True
    moves_arms = True


class Offer(Transfer):
    """A supplier's offer, which the buyer may decline."""

    type: Literal["offer"]

    sentence = "{buyer} is offered from {supplier} {goods}"
    label = "offer: {supplier} to {buyer}, {weapon_class}"
    example = f"supplier: {FOLLOWED}, buyer: {BUYER}, class: uav, n: 6, payment: budget"
    price = "none until it is taken; then that of an order"

    def effects(self) -> Iterator[Item]:
        yield self.arms(schedule.OFFER, self.quarter, booked=True)


class Grant(EventBase):
    """Money or training given by a patron."""

    type: Literal["grant"]
    patron: Patron = Field(description="who backs or gives")
    recipient: State = Field(description="who receives or is backed")
    value_musd: Annotated[Distribution, size(fields.VALUE)] = Field(description="worth")

    other_names = ("gift", "aid", "donation", "donate", "fund", "assistance")
    sentence = "{patron} gives {recipient} {value_musd} m US$"
    label = "grant: {patron} to {recipient}"
    example = f"patron: {load_actors().backers[0]}, recipient: {GUARDED}, value_musd: 1"
    price = (
        "relations: rivals of the receiver are provoked; the giver's money is not counted, since the model holds no "
        "budget of patrons"
    )
    row = ARMS
    between = ("patron", "recipient")
    channel = "gift"
    cause = ("gift from {who} to {to}", "gifts")
    moves_arms = True
    moves = {"capital_stock": "recipient"}

    def effects(self) -> Iterator[Item]:
        """Capital at once; rivals are provoked, and part is spent at the giver's firms and wins it influence."""
        value, deal = self.size("value_musd"), (self.recipient, self.patron)
        weight, scale = parameter("provocation_by_grant"), parameter("provocation_scale")
        yield self.add("capital_stock", (self.recipient,), value)
        yield self.add("provoked", deal, value, weight, scale, parameter("coupling"), rule=schedule.PROVOCATION)
        yield self.add("held_from", deal, parameter("grant_tied"), value)
        weight, scale = parameter("influence_grant"), parameter("influence_grant_scale")
        yield self.add("soft_power", deal, value, weight, scale, rule=schedule.INFLUENCE)


class Embargo(Deal):
    """A supplier sells nothing to a buyer, until the end of a quarter or for good."""

    type: Literal["embargo"]
    supplier: Seller
    buyer: Buyer
    until: Until = None

    other_names = ("sanction", "sanctions", "ban", "stop")
    sentence = "{supplier} sells nothing to {buyer}{until: until }"
    label = "embargo: {supplier} sells nothing to {buyer}"
    example = f"supplier: {FOLLOWED}, buyer: {BUYER}, until: 2027Q4"
    price = (
        "capability: deliveries under way are lost, and the next request goes to another supplier; what a budget buys without a "
        "request goes on, and what the seller loses in sales is not counted"
    )

    def effects(self) -> Iterator[Spell]:
        yield self.hold("embargo", (self.buyer, self.supplier), number(1.0))


class ForceChoice(Deal):
    """All requests of a buyer go to one supplier, until the end of a quarter or for good."""

    type: Literal["force_choice"]
    buyer: Buyer
    supplier: Seller
    until: Until = None

    sentence = "{buyer} buys from {supplier} only{until: until }"
    label = "choice: {buyer} buys from {supplier} only"
    example = f"buyer: {BUYER}, supplier: {FOLLOWED}, until: 2027Q4"
    price = "capability and money: the buyer pays the premium of that supplier and gives up better offers"

    def effects(self) -> Iterator[Spell]:
        yield self.choose("forced_supplier", (self.buyer,), self.supplier)
