"""Patrons and mere suppliers as Mesa agents."""

from typing import TYPE_CHECKING

from sim.engines.agents.relations import Actor, Order
from sim.model import random_numbers
from sim.model.calendar import QUARTER
from sim.model.network import KOSOVO, SERBIA, TURKEY
from sim.model.schedule import FROM_OUTSIDE
from sim.rules import patrons, spending
from sim.rules.elementary import lognormal_value, normal_quantile, relaxed

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

    def support(self, client: "StateAgent") -> float:
        """Level of support for a client, 1 as at the start."""
        dealing = client.dealings.get(self.actor.code)
        return 1.0 if dealing is None else dealing.support

    def update_counter_rate(self) -> None:
        """The rate of deliveries to Serbia, and what they are worth in an average year."""
        params, model = self.actor.params, self.actor.model
        serbia = model.state(SERBIA)
        to_turkey = serbia.ties[TURKEY]
        self.counter_rate = patrons.counter_transfer_rate(
            access=self.support(serbia) * params[f"patron_access.{self.actor.code}"],
            base_rate=params["counter_rate"],
            threat_slope=params["coupling"] * params["counter_threat_slope"],
            threat=serbia.threat,
            relation_slope=params["coupling"] * params["counter_relation_slope"],
            relation_loss=to_turkey.base - to_turkey.attitude,
            rate_max=params["counter_rate_max"],
        )
        self.counter_support = self.counter_rate * model.counter_size_mean

    def update_grants(self) -> None:
        """What the patron gives Kosovo in a year."""
        params, model, code = self.actor.params, self.actor.model, self.actor.code
        kosovo = model.state(KOSOVO)
        anchor = patrons.grant_anchor(
            base=params[f"grant_base.{code}"],
            response=params["coupling"] * params[f"grant_response.{code}"],
            threat=kosovo.threat,
            spending=kosovo.spending,
            boost=self.support(kosovo) * model.peacekeeper.boost,
        )
        self.grants = relaxed(value=self.grants, anchor=anchor, rate=params["grant_adjustment"], years=QUARTER)

    def draw_counter_transfer(self) -> None:
        """Arms to Serbia, if the draw falls so; they arrive in the next quarter and cost Serbia's budget nothing."""
        model, params = self.actor.model, self.actor.params
        place = model.net.patrons.index(self.actor.code)
        probability = spending.incident_probability(hazard=self.counter_rate, years=QUARTER)
        if model.draw(random_numbers.COUNTER_TRANSFER + place) < params["chance"] * probability:
            value = lognormal_value(
                median=params["counter_size"],
                spread=params["counter_spread"],
                deviate=normal_quantile(u=model.draw(random_numbers.COUNTER_SIZE + place)),
            )
            model.state(SERBIA).orders[self.actor.code] += value
            model.book(1, Order(SERBIA, self.actor.code, "air_defence", FROM_OUTSIDE, value, value))


def update_patrons(model: "RegionModel") -> None:
    """Patrons: the rate of deliveries to Serbia, and grants to Kosovo."""
    for patronage in model.patronages:
        patronage.update_counter_rate()
        patronage.update_grants()


def draw_counter_transfers(model: "RegionModel") -> None:
    """Arms that patrons send to Serbia."""
    for patronage in model.patronages:
        if patronage.actor.code in model.net.suppliers:
            patronage.draw_counter_transfer()


class SupplierAgent(Actor):
    """A supplier that is neither a state of the region nor a patron."""
