"""Buying arms, from a state's need to a booked order and its delivery."""

from typing import TYPE_CHECKING

from sim.engines.agents.relations import Order
from sim.engines.agents.supplier_history import Client
from sim.model import random_numbers
from sim.model.calendar import QUARTER
from sim.model.network import DOMESTIC
from sim.model.parameters import CLASSES
from sim.model.schedule import FROM_BUDGET
from sim.rules import capability as seen
from sim.rules import elementary as plain
from sim.rules import spending, supplier_history, transfers
from sim.rules.elementary import normal_quantile, share_of

if TYPE_CHECKING:
    from sim.engines.agents.model import RegionModel

COUNTED = ("uav", "loitering")
UNCOUNTED_PRICE = 1.0


class Buyer(Client):
    """What a state knows and does when it buys arms.

    choice    : supplier's code -> probability, for a usual request of armed unmanned aircraft
    adopted   : supplier's code -> 1 if it sent the buyer armed aircraft since the start, else 0
    """

    place: int
    spending: float
    threat_rise: float
    request_reached: dict[str, float]
    air_defence: float
    owed: float
    rivals: tuple[str, ...]
    choice: dict[str, float]
    embargo: dict[str, float]
    orders: dict[str, float]
    forced_supplier: str
    adopted: dict[str, float]

    def gap(self, kind: str) -> float:
        """How far the state lies behind its rivals in a class, or with air defence behind their drones."""
        params = self.params
        if kind not in (*COUNTED, "air_defence"):
            return 0.0
        drones = dict.fromkeys(COUNTED, 0.0)
        for rival in self.rivals:
            share = params[f"threat_share.{self.code}.{rival}"]
            for of in COUNTED:
                drones[of] += share * getattr(self.model.state(rival), of)
        if kind in COUNTED:
            lot = params[f"request_units.{kind}"]
            return seen.system_gap(units=getattr(self, kind), rival_units=drones[kind], lot=lot)
        return seen.drone_gap(
            uav=params["uav_price"] * drones["uav"],
            loitering=params["loitering_price"] * drones["loitering"],
            air_defence=self.air_defence,
            scale=params["provocation_scale"],
        )

    def burden_of(self, value: float) -> float:
        """What a deal at the reference price costs the state, against its funds."""
        return transfers.deal_burden(
            value=value, spending=self.spending, procurement_share=self.params[f"procurement_share.{self.code}"]
        )

    def utility(self, supplier: str, kind: str, burden: float) -> float:
        """Utility of a supplier's offer, against buying nothing; burden is that of the deal at the reference price."""
        params = self.params
        appeal = params[f"appeal.{supplier}"] + params[f"appeal_to.{self.code}.{supplier}"]
        merit = transfers.offer_merit(
            appeal=appeal + params[f"class_appeal.{kind}.{supplier}"],
            relation_weight=params["relation_weight"],
            attitude=self.attitude_to(supplier),
            price_weight=params["price_weight"],
            deal_burden=burden,
            premium=transfers.price_premium(price_index=params[f"price_index.{supplier}"]),
        )
        example = supplier_history.share_of_others(
            adopters=self.model.adopters[supplier],
            is_adopter=self.adopted[supplier],
            states=float(len(self.model.net.states)),
        )
        return transfers.offer_utility(
            merit=merit,
            memory_weight=params["memory_weight"],
            memory=self.memory.get(supplier, 0.0),
            standard_weight=params["standard_weight"],
            standard=params[f"nato_standard.{supplier}"] * params[f"nato_alignment.{self.code}"],
            standing=self.dealings[supplier].standing if supplier in self.dealings else 0.0,
            demonstration=params["demonstration"],
            example=example if kind in COUNTED else 0.0,
            embargo_weight=params["accept_embargo"],
            embargo=self.embargo[supplier],
        )

    def shares(self, kind: str, value: float) -> dict[str, float]:
        """Probability of each supplier in the state's choice, where buying nothing has utility zero."""
        burden = self.burden_of(value)
        utilities = {supplier: self.utility(supplier, kind, burden) for supplier in self.model.net.suppliers}
        best = 0.0
        for utility in utilities.values():
            best = utility if utility > best else best
        weights = {
            supplier: transfers.choice_weight(utility=utility, utility_best=best)
            for supplier, utility in utilities.items()
        }
        total = transfers.choice_weight(utility=0.0, utility_best=best)
        for weight in weights.values():
            total += weight
        return {supplier: share_of(part=weight, whole=total) for supplier, weight in weights.items()}

    def weigh_usual(self, kind: str) -> None:
        """The choice for a usual request of a class that is counted."""
        value = transfers.deal_value(units=self.params[f"request_units.{kind}"], price=self.price_of(kind))
        self.choice = self.shares(kind, value)

    def request_rates(self) -> list[float]:
        """Rates at which the state seeks deals, class by class."""
        params, coupling = self.params, self.params["coupling"]
        return [
            transfers.request_rate(
                base=params[f"request_rate.{kind}"],
                factor=params[f"request_factor.{self.code}"],
                threat_weight=coupling * params["request_threat"],
                threat_rise=self.threat_rise,
                emulation=coupling * params[f"emulation.{kind}"],
                gap=self.gap(kind),
                demand=params["external_demand"],
                insecurity=self.model.peacekeeper.insecurity_outside,
            )
            for kind in CLASSES
        ]

    def update_requests(self) -> None:
        """The probability that the state requests a class of arms in this quarter, or one before it in the list."""
        rates = self.request_rates()
        total = 0.0
        for rate in rates:
            total += rate
        probability = self.params["chance"] * spending.incident_probability(hazard=total, years=QUARTER)
        self.request_reached, reached = {}, 0.0
        for kind, rate in zip(CLASSES, rates, strict=True):
            reached += rate
            self.request_reached[kind] = probability * share_of(part=reached, whole=total)

    def request(self) -> None:
        """At most one request a quarter, of a class that is drawn by its share of all rates."""
        u = self.model.draw(random_numbers.REQUEST + self.place)
        for kind, reached in self.request_reached.items():
            if u < reached:
                self.negotiate(kind)
                return

    def negotiate(self, kind: str) -> None:
        """Choose a supplier or none; if it consents, the order is booked."""
        model, place = self.model, self.place
        units = self.request_size(kind, normal_quantile(u=model.draw(random_numbers.REQUEST_SIZE + place)))
        value = transfers.deal_value(units=units, price=self.price_of(kind))
        supplier = self.chosen(kind, value, model.draw(random_numbers.REQUEST_CHOICE + place))
        if not supplier:
            return
        if model.draw(random_numbers.REQUEST_CONSENT + place) < model.consent(supplier, self, kind, value):
            self.orders[supplier] += value
            wait = model.waiting(kind, model.draw(random_numbers.REQUEST_LEAD + place))
            model.book(wait, Order(self.code, supplier, kind, FROM_BUDGET, units, value))

    def request_size(self, kind: str, deviate: float) -> float:
        """Units of a request; of a class that is not counted, its value."""
        spread = self.params[f"request_spread.{kind}"]
        if kind in COUNTED:
            median = self.params[f"request_units.{kind}"]
            return plain.whole(x=plain.lognormal_value(median=median, spread=spread, deviate=deviate))
        funds = self.params[f"procurement_share.{self.code}"] * self.spending
        median = self.params[f"request_share.{kind}"] * funds
        return plain.lognormal_value(median=median, spread=spread, deviate=deviate)

    def price_of(self, kind: str) -> float:
        """Price of a unit; one in a class that is not counted."""
        return self.params[f"{kind}_price"] if kind in COUNTED else UNCOUNTED_PRICE

    def chosen(self, kind: str, value: float, u: float) -> str:
        """The supplier that the buyer chooses for a uniform draw, in table order; "" if it buys nothing."""
        if self.forced_supplier:
            return self.forced_supplier
        reached = 0.0
        for supplier, share in self.shares(kind, value).items():
            reached += share
            if u < reached:
                return supplier
        return ""

    def receive(self, supplier: str, kind: str, units: float, value: float, payment: int) -> None:
        """A delivery: into stocks, the pool of provocation, and the quarter's deliveries."""
        pool = self.arrived.setdefault(kind, {})
        pool[supplier] = pool.get(supplier, 0.0) + value
        self.arrived_in_all[kind] = self.arrived_in_all.get(kind, 0.0) + value
        self.deliveries[supplier] += value
        self.owed += float(payment) * value
        if supplier != DOMESTIC:
            self.dealing(supplier).held_from += value
        if kind == "uav" and supplier != DOMESTIC and self.adopted[supplier] == 0.0:
            self.adopted[supplier] = 1.0
            self.model.adopters[supplier] += 1.0
        if kind == "uav":
            self.uav += units
        elif kind == "loitering":
            self.loitering += units
        else:
            self.capital_stock += value
            self.air_defence += value if kind == "air_defence" else 0.0


def receive_orders(model: "RegionModel") -> None:
    """Booked orders that fall due, in the order in which they were placed."""
    for order in model.books.pop(model.quarter, ()):
        model.state(order.buyer).receive(order.supplier, order.kind, order.units, order.value, order.payment)
