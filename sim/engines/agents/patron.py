"""Patrons and mere suppliers as Mesa agents."""

from typing import TYPE_CHECKING

from sim.engines.agents.relations import QUARTER, Actor, Order
from sim.model import random_numbers
from sim.model.network import KOSOVO, SERBIA, TURKEY
from sim.model.schedule import FROM_OUTSIDE
from sim.rules import elementary as plain
from sim.rules import patrons, spending
from sim.rules.elementary import effect, normal_quantile, positive_part, relaxed, weighted

if TYPE_CHECKING:
    from sim.engines.agents.model import RegionModel
    from sim.engines.agents.state import StateAgent


class PatronAgent(Actor):
    """A patron: grants to Kosovo, and a rate of deliveries to Serbia."""

    def __init__(self, model: "RegionModel", code: str) -> None:
        super().__init__(model, code)
        self.patronage = Patronage(self)


class Patronage:
    """The patron's role of an actor, which Türkiye plays beside being a state."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.grants = actor.params[f"grant_base.{actor.code}"]
        self.counter_rate = 0.0
        self.counter_support = 0.0

    def decide(self) -> None:
        """The rate of deliveries to Serbia, and this quarter's grants to Kosovo."""
        params, model, code = self.actor.params, self.actor.model, self.actor.code
        serbia, kosovo = model.state(SERBIA), model.state(KOSOVO)
        to_turkey = serbia.ties[TURKEY]
        lost = effect(slope=-1.0, value=to_turkey.attitude, reference=to_turkey.base)
        self.counter_rate = patrons.counter_transfer_rate(
            access=weighted(weight=self.support(serbia), amount=params[f"patron_access.{code}"]),
            base_rate=params["counter_rate"],
            threat_pull=weighted(
                weight=weighted(weight=params["coupling"], amount=params["counter_threat_slope"]), amount=serbia.threat
            ),
            relation_pull=weighted(
                weight=weighted(weight=params["coupling"], amount=params["counter_relation_slope"]),
                amount=positive_part(x=lost),
            ),
            rate_max=params["counter_rate_max"],
        )
        self.counter_support = weighted(weight=self.counter_rate, amount=model.counter_size_mean)
        anchor = patrons.grant_anchor(
            base=params[f"grant_base.{code}"],
            response=weighted(weight=params["coupling"], amount=params[f"grant_response.{code}"]),
            threat=kosovo.threat,
            spending=kosovo.spending,
            boost=weighted(weight=self.support(kosovo), amount=model.peacekeeper.boost),
        )
        self.grants = relaxed(value=self.grants, anchor=anchor, rate=params["grant_adjustment"], years=QUARTER)

    def support(self, client: "StateAgent") -> float:
        """Level of support for a client, 1 as at the start."""
        dealing = client.dealings.get(self.actor.code)
        return 1.0 if dealing is None else dealing.support

    def send(self) -> None:
        """Arms to Serbia, if the lot falls so; they arrive in the next quarter and cost Serbia's budget nothing."""
        model, params = self.actor.model, self.actor.params
        place = model.net.patrons.index(self.actor.code)
        probability = weighted(
            weight=params["chance"], amount=spending.incident_probability(hazard=self.counter_rate, years=QUARTER)
        )
        if model.draw(random_numbers.COUNTER_TRANSFER + place) < probability:
            value = plain.lognormal_value(
                median=params["counter_size"],
                spread=params["counter_spread"],
                deviate=normal_quantile(u=model.draw(random_numbers.COUNTER_SIZE + place)),
            )
            buyer = model.state(SERBIA)
            buyer.orders[self.actor.code] += value
            model.book(1, Order(SERBIA, self.actor.code, "air_defence", FROM_OUTSIDE, value, value))


class SupplierAgent(Actor):
    """A supplier that is neither a state of the region nor a patron."""
