"""What suppliers' dealings with a state leave behind."""

from sim.engines.agents.relations import Observer
from sim.model.calendar import QUARTER
from sim.model.network import DOMESTIC, FOLLOWED, GUARDED
from sim.rules import capability as seen
from sim.rules import patrons, relations, supplier_history
from sim.rules.elementary import relaxed, share_of


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
        self.dependence: float = 0.0
        self.standing: float = 0.0
        self.support = 1.0

    def fade_influence(self, params: dict[str, float]) -> None:
        """Influence fades, and signed agreements enter into force."""
        self.soft_power = relaxed(value=self.soft_power, anchor=0.0, rate=params["influence_decay"], years=QUARTER)
        self.in_force = relaxed(
            value=self.in_force,
            anchor=self.signed,
            rate=share_of(part=1.0, whole=params["ratification_time"]),
            years=QUARTER,
        )

    def update_standing(self, params: dict[str, float], held_in_all: float, equipment: float) -> None:
        """The state's dependence on the supplier, and what past dealings add to the supplier's appeal."""
        self.dependence = supplier_history.dependence(held=self.held_from, held_in_all=held_in_all, equipment=equipment)
        self.standing = supplier_history.standing(
            influence_weight=params["influence_appeal"],
            influence=self.soft_power,
            lock_in=params["lock_in"],
            dependence=self.dependence,
            agreements=supplier_history.appeal_of_agreements(in_force=self.in_force, weight=params["agreement_appeal"]),
            support_weight=params["support_appeal"],
            support=self.support,
        )


class Client(Observer):
    """What a state's suppliers have won, and what it holds from them.

    dealings   : supplier's code -> what their past dealings left behind, for suppliers that there were any with
    influence  : supplier's code -> value that the supplier puts on influence over the state
    deliveries : supplier's code -> [m USD2023] this quarter
    held_in_all : [m USD2023] what all outside suppliers sent since the start and is still in use
    """

    capital_stock: float
    uav: float
    loitering: float
    dealings: dict[str, Dealing]
    influence: dict[str, float]
    deliveries: dict[str, float]
    held_in_all: float

    def dealing(self, supplier: str) -> Dealing:
        """Past dealings with a supplier, begun if there were none."""
        return self.dealings.setdefault(supplier, Dealing())

    def trust_in(self, code: str) -> float:
        """Credibility of another actor's assurances."""
        return relations.credibility(memory=self.memory.get(code, 0.0), loss=self.params["credibility_loss"])

    def arms_at_value(self, uav_value: float, loitering_value: float) -> float:
        """All that the state holds, with the classes that are counted at some value per dollar."""
        return seen.perceived_capability(
            capital=self.capital_stock,
            uav=seen.system_capability(units=self.uav, price=self.params["uav_price"], perceived_value=uav_value),
            loitering=seen.system_capability(
                units=self.loitering,
                price=self.params["loitering_price"],
                perceived_value=loitering_value,
            ),
        )

    def fade_influence(self) -> None:
        """Influence that suppliers won fades, and signed agreements enter into force."""
        for dealing in self.dealings.values():
            dealing.fade_influence(self.params)

    def influence_from_deliveries(self) -> None:
        """Influence that suppliers win by this quarter's deliveries."""
        for supplier, dealing in self.dealings.items():
            if supplier in self.provoked and supplier != DOMESTIC:
                dealing.soft_power += supplier_history.influence_won(
                    value=self.deliveries[supplier],
                    weight=self.params["influence_arms"],
                    scale=self.params["provocation_scale"],
                )

    def update_influence(self) -> None:
        """The value that suppliers put on influence: their interest, what accession leaves them, and what they have won."""
        for supplier in self.model.net.suppliers:
            self.influence[supplier] = patrons.influence_index(
                base=self.params[f"influence_value.{supplier}.{self.code}"],
                accession_weight=self.params["accession_influence"] if supplier == FOLLOWED else 0.0,
                accession=self.model.peacekeeper.accession,
                accession_start=self.params["accession_start"],
                won=self.dealings[supplier].soft_power if supplier in self.dealings else 0.0,
            )

    def supplier_appeal(self) -> None:
        """What past dealings add to each supplier's appeal, and how far the state depends on it."""
        self.held_in_all = 0.0
        for supplier in self.model.net.suppliers:
            self.held_in_all += self.dealings[supplier].held_from if supplier in self.dealings else 0.0
        equipment = self.arms_at_value(1.0, 1.0)
        for dealing in self.dealings.values():
            dealing.update_standing(self.params, self.held_in_all, equipment)

    def depreciate_holdings(self) -> None:
        """What suppliers sent wears. Grants to the guarded side beyond those of the start are spent at the giver's firms."""
        for patronage in self.model.patronages if self.code == GUARDED else ():
            code = patronage.actor.code
            if code in self.dealings and code in self.model.net.suppliers:
                self.dealings[code].held_from += supplier_history.tied_purchases(
                    tied_share=self.params["grant_tied"],
                    grants=patronage.grants,
                    grants_usual=self.params[f"grant_base.{code}"],
                    years=QUARTER,
                )
        for dealing in self.dealings.values():
            dealing.held_from = relaxed(
                value=dealing.held_from, anchor=0.0, rate=self.params["depreciation"], years=QUARTER
            )
