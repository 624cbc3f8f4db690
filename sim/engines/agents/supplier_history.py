"""What a supplier's dealings with a state leave behind."""

from sim.rules import supplier_history
from sim.rules.elementary import effect, positive_part, relaxed, share_of, weighted

QUARTER = 0.25


class Dealing:
    """A supplier's past dealings with a state.

    soft_power : influence that the supplier won since the start
    held_from  : [m USD2023]  what it sent since the start and is still in use
    signed, in_force : agreements
    dependence : share of the state's equipment in use that it sent
    standing   : what all this adds to its appeal
    support    : its support as a patron, 1 as at the start
    """

    def __init__(self) -> None:
        self.soft_power = self.held_from = self.signed = self.in_force = 0.0
        self.dependence = self.standing = 0.0
        self.support = 1.0

    def forget(self, params: dict[str, float]) -> None:
        """Influence fades, and signed agreements enter into force."""
        self.soft_power = relaxed(value=self.soft_power, anchor=0.0, rate=params["influence_decay"], years=QUARTER)
        self.in_force = relaxed(
            value=self.in_force,
            anchor=self.signed,
            rate=share_of(part=1.0, whole=params["ratification_time"]),
            years=QUARTER,
        )

    def impress(self, params: dict[str, float], value: float) -> None:
        """Influence won by a quarter's deliveries."""
        self.soft_power += supplier_history.influence_won(
            value=value, weight=params["influence_arms"], scale=params["provocation_scale"]
        )

    def command(self, params: dict[str, float]) -> None:
        """Influence won by commanding KFOR for a quarter."""
        self.soft_power += weighted(weight=params["influence_command"], amount=QUARTER)

    def stand(self, params: dict[str, float], held_in_all: float, equipment: float) -> None:
        """What the dealings add to the supplier's appeal."""
        self.dependence = supplier_history.dependence(held=self.held_from, held_in_all=held_in_all, equipment=equipment)
        standing = weighted(weight=params["influence_appeal"], amount=self.soft_power)
        standing += weighted(weight=params["lock_in"], amount=self.dependence)
        standing += supplier_history.appeal_of_agreements(in_force=self.in_force, weight=params["agreement_appeal"])
        standing += effect(slope=params["support_appeal"], value=self.support, reference=1.0)
        self.standing = standing

    def accept(self, params: dict[str, float], grants: float, grants_usual: float) -> None:
        """Yearly grants beyond those of the start, spent at the giver's firms."""
        beyond = effect(slope=QUARTER, value=grants, reference=grants_usual)
        self.held_from += weighted(weight=params["grant_tied"], amount=positive_part(x=beyond))

    def age(self, params: dict[str, float]) -> None:
        self.held_from = relaxed(value=self.held_from, anchor=0.0, rate=params["depreciation"], years=QUARTER)
