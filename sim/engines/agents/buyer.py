"""Buying arms, from a state's need to a booked order."""

from sim.engines.agents.relations import QUARTER, Actor, Order
from sim.engines.agents.supplier_history import Dealing
from sim.model import random_numbers
from sim.model.parameters import CLASSES
from sim.model.schedule import FROM_BUDGET
from sim.rules import capability as seen
from sim.rules import elementary as plain
from sim.rules import spending, supplier_history, transfers
from sim.rules.elementary import normal_quantile, positive_part, share_of, weighted

COUNTED = ("uav", "loitering")
UNCOUNTED_PRICE = 1.0


class Buyer(Actor):
    """What an actor knows and does when it buys arms.

    memory    : supplier's code -> how much it armed the buyer's rivals
    choice    : supplier's code -> probability, for a usual request of armed unmanned aircraft
    influence : supplier's code -> value that the supplier puts on influence over the buyer
    dealings  : supplier's code -> what their past dealings left behind, for suppliers that there were any with
    adopted   : supplier's code -> 1 if it sent the buyer armed aircraft since the start, else 0
    """

    place: int
    spending: float
    threat: float
    rivals: tuple[str, ...]
    memory: dict[str, float]
    choice: dict[str, float]
    influence: dict[str, float]
    embargo: dict[str, float]
    orders: dict[str, float]
    forced_supplier: str
    supplier_history: dict[str, Dealing]
    adopted: dict[str, float]

    def need(self, kind: str) -> float:
        """Threat above the start, and how far the state lies behind its rivals in a class that counts by units."""
        wanted = positive_part(x=self.threat)
        if kind in COUNTED:
            rival_units = 0.0
            for rival in self.rivals:
                rival_units += weighted(
                    weight=self.params[f"threat_share.{self.code}.{rival}"],
                    amount=getattr(self.model.state(rival), kind),
                )
            wanted += seen.system_gap(units=getattr(self, kind), rival_units=rival_units)
        return wanted

    def utility(self, supplier: str, kind: str, burden: float, wanted: float) -> float:
        """Utility of a supplier's offer, against buying nothing; burden is that of the deal at the reference price."""
        params = self.params
        total = params[f"appeal.{supplier}"]
        total += params[f"appeal_to.{self.code}.{supplier}"]
        total += params[f"class_appeal.{kind}.{supplier}"]
        total += weighted(weight=params["need_weight"], amount=wanted)
        if supplier in self.ties:
            total += weighted(weight=params["relation_weight"], amount=self.attitude_to(supplier))
        total -= weighted(
            weight=params["price_weight"],
            amount=transfers.affordability(
                deal_burden=burden, premium=transfers.price_premium(price_index=params[f"price_index.{supplier}"])
            ),
        )
        if supplier in self.memory:
            total -= weighted(weight=params["memory_weight"], amount=self.memory[supplier])
        total += weighted(
            weight=params["standard_weight"],
            amount=weighted(weight=params[f"nato_standard.{supplier}"], amount=params[f"nato_alignment.{self.code}"]),
        )
        total += self.dealings[supplier].standing if supplier in self.dealings else 0.0
        if kind in COUNTED:
            others = supplier_history.share_of_others(
                adopters=self.model.adopters[supplier],
                is_adopter=self.adopted[supplier],
                states=float(len(self.model.net.states)),
            )
            total += weighted(weight=params["demonstration"], amount=others)
        return total

    def burden_of(self, value: float) -> float:
        """What a deal at the reference price costs the state, against its funds."""
        burden: float = transfers.deal_burden(
            value=value, spending=self.spending, procurement_share=self.params[f"procurement_share.{self.code}"]
        )
        return burden

    def shares(self, kind: str, value: float) -> dict[str, float]:
        """Probability of each supplier in the state's choice, where buying nothing has utility zero."""
        wanted = self.need(kind)
        burden = self.burden_of(value)
        utilities = {supplier: self.utility(supplier, kind, burden, wanted) for supplier in self.model.net.suppliers}
        best = max(0.0, *utilities.values())
        weights = {
            supplier: transfers.choice_weight(utility=utility, utility_best=best)
            for supplier, utility in utilities.items()
        }
        total = transfers.choice_weight(utility=0.0, utility_best=best)
        for weight in weights.values():
            total += weight
        return {supplier: share_of(part=weight, whole=total) for supplier, weight in weights.items()}

    def weigh_uav(self) -> None:
        """The choice for a usual request of armed unmanned aircraft."""
        value = transfers.deal_value(units=self.params["request_units.uav"], price=self.params["uav_price"])
        self.choice = self.shares("uav", value)

    def request(self) -> None:
        """At most one request a quarter, of a class that is drawn."""
        params = self.params
        u = weighted(
            weight=self.model.peacekeeper.request_scale, amount=self.model.draw(random_numbers.REQUEST + self.place)
        )
        total = 0.0
        for kind in CLASSES:
            rate = weighted(weight=params[f"request_factor.{self.code}"], amount=params[f"request_rate.{kind}"])
            total += weighted(weight=params["chance"], amount=spending.incident_probability(hazard=rate, years=QUARTER))
            if u < total:
                self.negotiate(kind)
                return

    def negotiate(self, kind: str) -> None:
        """Choose a supplier or none; if it consents, the order is booked."""
        model, place = self.model, self.place
        units, price = self._request_size(kind, normal_quantile(u=model.draw(random_numbers.REQUEST_SIZE + place)))
        value = transfers.deal_value(units=units, price=price)
        supplier = self._chosen(kind, value, model.draw(random_numbers.REQUEST_CHOICE + place))
        if not supplier:
            return
        if model.draw(random_numbers.REQUEST_CONSENT + place) < model.consent(supplier, self, kind, value):
            self.orders[supplier] += value
            wait = model.waiting(kind, model.draw(random_numbers.REQUEST_LEAD + place))
            model.book(wait, Order(self.code, supplier, kind, FROM_BUDGET, units, value))

    def _request_size(self, kind: str, deviate: float) -> tuple[float, float]:
        params = self.params
        if kind in COUNTED:
            median = params[f"request_units.{kind}"]
            units = plain.lognormal_value(median=median, spread=params[f"request_spread.{kind}"], deviate=deviate)
            return plain.whole(x=units), params[f"{kind}_price"]
        funds = weighted(weight=params[f"procurement_share.{self.code}"], amount=self.spending)
        median = weighted(weight=params[f"request_share.{kind}"], amount=funds)
        value = plain.lognormal_value(median=median, spread=params[f"request_spread.{kind}"], deviate=deviate)
        return value, UNCOUNTED_PRICE

    def _chosen(self, kind: str, value: float, u: float) -> str:
        if self.forced_supplier:
            return self.forced_supplier
        reached = 0.0
        for supplier, share in self.shares(kind, value).items():
            reached += share
            if u < reached:
                return supplier
        return ""
