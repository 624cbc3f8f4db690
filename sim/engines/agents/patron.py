"""Patrons and mere suppliers as Mesa agents."""

from typing import TYPE_CHECKING

from sim.engines.agents.relations import Actor
from sim.model.calendar import QUARTER
from sim.model.network import GUARDED
from sim.rules import patrons
from sim.rules.elementary import relaxed

if TYPE_CHECKING:
    from sim.engines.agents.model import RegionModel


class PatronAgent(Actor):
    """A patron: grants to the guarded side."""

    def __init__(self, model: "RegionModel", code: str) -> None:
        super().__init__(model, code)
        self.patronage = Patronage(self)


class Patronage:
    """The patron's role of an actor, which it may play beside being a state."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.grants: float = actor.params[f"grant_base.{actor.code}"]

    def update_grants(self) -> None:
        """What the patron gives the guarded side in a year."""
        params, model, code = self.actor.params, self.actor.model, self.actor.code
        guarded = model.state(GUARDED)
        support = guarded.dealings[code].support if code in guarded.dealings else 1.0
        anchor = patrons.grant_anchor(
            base=params[f"grant_base.{code}"],
            response=params["coupling"] * params[f"grant_response.{code}"],
            threat_rise=guarded.threat_rise,
            spending=guarded.spending,
            boost=support * model.peacekeeper.boost,
        )
        self.grants = relaxed(value=self.grants, anchor=anchor, rate=params["grant_adjustment"], years=QUARTER)


def update_patrons(model: "RegionModel") -> None:
    """Patrons: grants to the guarded side."""
    for patronage in model.patronages:
        patronage.update_grants()


class SupplierAgent(Actor):
    """A supplier that is neither a state of the region nor a patron."""
