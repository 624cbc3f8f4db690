"""A state as a Mesa agent: economy, budget, stocks, threat, and what it holds against its suppliers."""

from typing import TYPE_CHECKING

from sim.data.tables import OBSERVED_YEARS, observed_paths
from sim.engines.agents.buyer import Buyer
from sim.engines.agents.patron import Patronage
from sim.engines.agents.relations import QUARTER, YEAR
from sim.engines.agents.supplier_history import Dealing
from sim.model import random_numbers
from sim.model.network import DOMESTIC, KOSOVO, SERBIA, SUPPORTED, TURKEY
from sim.model.parameters import CLASSES
from sim.rules import capability as seen
from sim.rules import patrons, relations, spending, stocks, transfers
from sim.rules.elementary import effect, log, normal_quantile, positive_part, relaxed, share_of, weighted

if TYPE_CHECKING:
    from sim.engines.agents.model import RegionModel

OBSERVED_QUARTERS = 4 * len(OBSERVED_YEARS)
FIRST_STEP = 0.625  # from the middle of the last observed year to the middle of the next quarter


class StateAgent(Buyer):
    """A state: economy, budget, stocks, threat, and what it holds against its suppliers.

    spending, gdp : million 2023 US$ per year
    uav, loitering : units; `uav_own` and `loitering_own` are what its own budget paid
    threat        : log change, 0 at the start
    memory        : supplier's code -> how much it armed the state's rivals
    """

    def __init__(self, model: "RegionModel", code: str) -> None:
        super().__init__(model, code)
        params, place = model.params, model.net.states.index(code)
        self.place = place
        self.path = observed_paths()[place]
        self.gdp = self.path.gdp[0]
        self.burden_target = self.path.burden[0]
        self.burden = 0.0
        self.outlay_gap = 0.0
        self.spending = spending.spending_level(
            burden_target=self.burden_planned(), gdp=self.gdp, outlay_gap=0.0, burden_max=params["burden_max"]
        )
        self.budget_spread = spending.budget_spread(
            stationary_spread=weighted(
                weight=params["chance"],
                amount=spending.stationary_spread(
                    growth_spread=params["growth_spread"], adjustment=params[f"adjustment.{code}"]
                ),
            ),
            adjustment=params[f"adjustment.{code}"],
            years=weighted(weight=params["budget_interval"], amount=QUARTER),
        )
        self.capital_stock = stocks.capital_start(
            spending=self.spending,
            procurement_share=params[f"procurement_share.{code}"],
            depreciation=params["depreciation"],
            growth=params["capital_growth"],
        )
        self.uav = self.uav_own = params[f"uav_start.{code}"]
        self.loitering = self.loitering_own = params[f"loitering_start.{code}"]
        self.unrest = params["unrest_reference"]
        self.supplement = 0.0
        self.forced_supplier = ""
        self.capability_change = 0.0
        self.threat = self.threat_last = 0.0
        self.capability = self.perceived_capability()
        self.log_capability_start = log(x=self.capability)
        self.rivals = tuple(rival for state, rival in model.net.rivals if state == code)
        self.memory = {supplier: 0.0 for state, supplier in model.net.grudges if state == code}
        self.choice = dict.fromkeys(model.net.suppliers, 0.0)
        self.influence: dict[str, float] = dict.fromkeys(model.net.suppliers, 0.0)
        self.embargo = dict.fromkeys(model.net.suppliers, 0.0)
        self.orders = dict.fromkeys(model.net.suppliers, 0.0)
        self.deliveries = dict.fromkeys(model.net.suppliers, 0.0)
        self.adopted = dict.fromkeys(model.net.suppliers, 0.0)
        self.dealings: dict[str, Dealing] = {}
        if code in SUPPORTED:
            self.dealings = {patron: Dealing() for patron in model.net.patrons if patron in model.net.suppliers}
        self.held_in_all = 0.0
        self.transparency = 0.0
        self.misperceptions: dict[str, float] = dict.fromkeys(self.rivals, 0.0)
        self.patronage = Patronage(self) if code in model.net.patrons else None
        self.clear()

    # ---- stocks and what rivals see -----------------------------------------------------------------------------

    def perceived_capability(self) -> float:
        capability = self.capital_stock
        for units, own, kind in ((self.uav, self.uav_own, "uav"), (self.loitering, self.loitering_own, "loitering")):
            capability += seen.system_capability(
                units=units,
                units_own=own,
                price=self.params[f"{kind}_price"],
                perceived_value=self.params[f"{kind}_perceived_value"],
            )
        return capability

    def clear(self) -> None:
        """Empty the pools that a quarter's deliveries fill."""
        self.arrived: dict[str, dict[str, float]] = {}
        self.arrived_in_all: dict[str, float] = {}
        self.provoked: dict[str, float] = {}
        self.armed: dict[str, float] = {}

    def receive(self, supplier: str, kind: str, units: float, value: float, payment: int) -> None:
        """A delivery: into stocks, the pool of provocation, and the quarter's deliveries."""
        pool = self.arrived.setdefault(kind, {})
        pool[supplier] = pool.get(supplier, 0.0) + value
        self.arrived_in_all[kind] = self.arrived_in_all.get(kind, 0.0) + value
        self.deliveries[supplier] += value
        own = float(payment)
        if supplier != DOMESTIC:
            self.dealing(supplier).held_from += value
        if kind == "uav" and supplier != DOMESTIC and self.adopted[supplier] == 0.0:
            self.adopted[supplier] = 1.0
            self.model.adopters[supplier] += 1.0
        if kind == "uav":
            self.uav += units
            self.uav_own += weighted(weight=own, amount=units)
        elif kind == "loitering":
            self.loitering += units
            self.loitering_own += weighted(weight=own, amount=units)
        else:
            self.capital_stock += weighted(weight=1.0 - own, amount=value)

    def wear(self) -> None:
        """Equipment bought with the budget, grants, and wear."""
        params, model = self.params, self.model
        inflow = weighted(weight=params[f"procurement_share.{self.code}"], amount=self.spending)
        if self.code == KOSOVO:
            for patronage in model.patronages:
                inflow += patronage.grants
        if self.code == SERBIA and model.is_drawn:
            for patronage in model.patronages:
                usual = weighted(
                    weight=weighted(weight=params["chance"], amount=params[f"patron_access.{patronage.actor.code}"]),
                    amount=weighted(weight=params["counter_rate"], amount=model.counter_size_mean),
                )
                inflow -= usual if patronage.actor.code in model.net.suppliers else 0.0
            inflow = positive_part(x=inflow)
        self.capital_stock = stocks.capital_next(
            capital=self.capital_stock, inflow=inflow, depreciation=params["depreciation"], years=QUARTER
        )
        for name in ("uav", "uav_own", "loitering", "loitering_own"):
            attrition = params["uav_attrition" if name.startswith("uav") else "loitering_attrition"]
            setattr(self, name, stocks.units_next(units=getattr(self, name), attrition=attrition, years=QUARTER))

    # ---- economy and budget ---------------------------------------------------------------------------------------

    def grow(self) -> None:
        """Economy and planned burden; the quarter's tallies start anew."""
        model, params = self.model, self.params
        if model.quarter < OBSERVED_QUARTERS:
            self.gdp = self.path.gdp[model.quarter // 4]
            self.burden_target = self.path.burden[model.quarter // 4]
        else:
            years = FIRST_STEP if model.quarter == OBSERVED_QUARTERS else QUARTER
            self.gdp = spending.gdp_next(
                gdp=self.gdp,
                growth=params[f"gdp_growth.{self.code}"],
                spread=weighted(weight=params["chance"], amount=params["gdp_spread"]),
                years=years,
                deviate=normal_quantile(u=model.draw(random_numbers.GROWTH + self.place)),
            )
            self.burden_target = relaxed(
                value=self.burden_target,
                anchor=params[f"burden_goal.{self.code}"],
                rate=share_of(part=1.0, whole=params["goal_delay"]),
                years=years,
            )
        for supplier in self.orders:
            self.orders[supplier] = self.deliveries[supplier] = 0.0

    def budget(self) -> None:
        """What the state spends, given threat, insecurity, fatigue and unrest."""
        model, params = self.model, self.params
        pressure = self._pressure()
        years = weighted(weight=params["budget_interval"], amount=QUARTER)
        surprise = 0.0
        if model.quarter >= OBSERVED_QUARTERS:
            deviate = normal_quantile(u=model.draw(random_numbers.BUDGET + self.place))
            surprise = weighted(weight=self.budget_spread, amount=deviate)
        if spending.is_budget_quarter(quarter=float(model.quarter), interval=params["budget_interval"]):
            self.outlay_gap = spending.outlay_gap_next(
                outlay_gap=self.outlay_gap,
                pressure=pressure,
                fatigue=params[f"fatigue.{self.code}"],
                adjustment=params[f"adjustment.{self.code}"],
                years=years,
                surprise=surprise,
            )
        self.spending = spending.spending_level(
            burden_target=self.burden_planned(),
            gdp=self.gdp,
            outlay_gap=self.outlay_gap,
            burden_max=params["burden_max"],
        )
        self.burden = share_of(part=self.spending, whole=self.gdp)

    def burden_planned(self) -> float:
        """Planned burden, the error of the published series taken out."""
        return weighted(weight=self.model.params[f"spending_scale.{self.code}"], amount=self.burden_target)

    def _pressure(self) -> float:
        """Where threat, insecurity and unrest would hold the budget if nothing tired, as a logarithm."""
        params, coupling = self.params, self.params["coupling"]
        pressure = weighted(
            weight=weighted(weight=coupling, amount=params[f"reaction.{self.code}"]), amount=self.threat
        )
        if self.code in (SERBIA, KOSOVO):
            pressure += spending.insecurity(
                probability=self.model.peacekeeper.probability,
                probability_reference=spending.incident_probability(hazard=params["hazard_reference"], years=YEAR),
                outlay_per_probability=params["outlay_per_probability"],
                fatal_share=weighted(weight=coupling, amount=params["fatal_share"]),
            )
        pressure += params[f"grievance.{self.code}"]
        pressure += effect(
            slope=weighted(
                weight=weighted(weight=coupling, amount=params["diversion"]),
                amount=self.model.peacekeeper.diversion_share,
            ),
            value=self.unrest,
            reference=params["unrest_reference"],
        )
        pressure += self.supplement
        pressure += weighted(weight=params["external_spending"], amount=self.model.peacekeeper.insecurity_outside)
        return pressure

    # ---- threat ---------------------------------------------------------------------------------------------------

    def assess_capability(self) -> None:
        self.capability = self.perceived_capability()
        self.capability_change = seen.capability_change(
            capability=self.capability,
            log_capability_start=self.log_capability_start,
            trend_growth=self.params[f"gdp_growth.{self.code}"],
            years=weighted(weight=float(self.model.quarter), amount=QUARTER),
        )

    def assess_threat(self) -> None:
        """The threat that the state reads from its rivals' capabilities and its own hostility to them."""
        rival_pressure = hostility_pressure = 0.0
        for rival in self.rivals:
            share = self.params[f"threat_share.{self.code}.{rival}"]
            self.misperceptions[rival] = self._misperception(rival)
            read = seen.change_perceived(
                change=self.model.state(rival).capability_change, misperception=self.misperceptions[rival]
            )
            rival_pressure += weighted(weight=share, amount=read)
            if rival in self.ties:
                hostility_pressure += effect(
                    slope=share, value=self.hostility_to(rival), reference=self.ties[rival].hostility_start
                )
        self.threat_last = self.threat
        self.threat = seen.threat(
            rival_pressure=rival_pressure,
            own_change=self.capability_change,
            rivalry=self.params["rivalry"],
            double_standard=self.params[f"double_standard.{self.code}"],
            hostility_pressure=hostility_pressure,
            hostility_weight=self.params["hostility_weight"],
        )

    def _misperception(self, rival: str) -> float:
        """By how much the state overstates a rival's build-up; between Serbia and Kosovo, dialogue clears doubts up."""
        clarified = 0.0
        if {self.code, rival} == {SERBIA, KOSOVO}:
            clarified = weighted(weight=self.params["dialogue_transparency"], amount=self.model.peacekeeper.dialogue)
        clear = seen.transparency(one=self.transparency, other=self.model.state(rival).transparency, dialogue=clarified)
        return seen.misperception(exaggeration=self.params[f"exaggeration.{self.code}"], transparency=clear)

    # ---- what suppliers' dealings leave behind ----------------------------------------------------------------------

    def dealing(self, supplier: str) -> Dealing:
        """Past dealings with a supplier, begun if there were none."""
        return self.dealings.setdefault(supplier, Dealing())

    def trust_in(self, code: str) -> float:
        """Credibility of another actor's assurances."""
        return relations.credibility(memory=self.memory.get(code, 0.0), loss=self.params["credibility_loss"])

    def forget(self) -> None:
        for dealing in self.dealings.values():
            dealing.forget(self.params)

    def impress(self) -> None:
        """Influence that suppliers win by this quarter's deliveries."""
        for supplier, dealing in self.dealings.items():
            if supplier in self.provoked and supplier != DOMESTIC:
                dealing.impress(self.params, self.deliveries[supplier])

    def value(self) -> None:
        """The value that suppliers put on influence over the state."""
        params, keeper = self.params, self.model.peacekeeper
        for supplier in self.model.net.suppliers:
            index = patrons.influence_index(
                base=params[f"influence_value.{supplier}.{self.code}"],
                accession_weight=params["accession_influence"] if supplier == TURKEY else 0.0,
                accession=keeper.accession,
                accession_start=params["accession_start"],
            )
            index += self.dealings[supplier].soft_power if supplier in self.dealings else 0.0
            self.influence[supplier] = index

    def stand(self) -> None:
        """What past dealings add to each supplier's appeal, and how far the state depends on it."""
        self.held_in_all = 0.0
        for supplier in self.model.net.suppliers:
            self.held_in_all += self.dealings[supplier].held_from if supplier in self.dealings else 0.0
        equipment = self.capital_stock
        for units, own, kind in ((self.uav, self.uav_own, "uav"), (self.loitering, self.loitering_own, "loitering")):
            price = self.params[f"{kind}_price"]
            equipment += seen.system_capability(units=units, units_own=own, price=price, perceived_value=1.0)
        for dealing in self.dealings.values():
            dealing.stand(self.params, self.held_in_all, equipment)

    def age(self) -> None:
        """What suppliers sent wears."""
        if self.code == KOSOVO:
            for patronage in self.model.patronages:
                code = patronage.actor.code
                if code in self.dealings and code in self.model.net.suppliers:
                    self.dealings[code].accept(self.params, patronage.grants, self.params[f"grant_base.{code}"])
        for dealing in self.dealings.values():
            dealing.age(self.params)

    # ---- deliveries seen by others --------------------------------------------------------------------------------

    def provoke(self) -> None:
        """What this quarter's deliveries to the state provoke, laid to each supplier by its share."""
        for kind in CLASSES:
            if kind not in self.arrived:
                continue
            whole = self.arrived_in_all[kind]
            felt = weighted(
                weight=self.params["coupling"],
                amount=transfers.provocation(
                    value=whole,
                    weight=self.params[f"provocation_weight.{kind}"],
                    scale=self.params["provocation_scale"],
                ),
            )
            for supplier in self.model.net.suppliers:
                share = share_of(part=self.arrived[kind].get(supplier, 0.0), whole=whole)
                part = weighted(weight=share, amount=felt)
                self.provoked[supplier] = self.provoked.get(supplier, 0.0) + part
                self.armed[supplier] = self.armed.get(supplier, 0.0) + part

    def felt(self, giver: str, rival: "StateAgent", resentment_share: float) -> float:
        """What a giver's dealings with a rival provoke in the state's eyes."""
        return transfers.provocation_felt(
            provocation=rival.provoked.get(giver, 0.0),
            suspicion=self.params[f"suspicion.{self.code}.{giver}"]
            if (self.code, giver) in self.model.net.suspects
            else 0.0,
            resentment_share=resentment_share,
        )

    def _resentment_share(self, giver: str) -> float:
        """Share of resentment that is left while the giver commands KFOR."""
        keeper = self.model.peacekeeper
        return keeper.calm.get(self.code, 1.0) if giver == keeper.commander else 1.0

    def _resent_encirclement(self) -> None:
        """Withdraw cooperation from a hostile giver that arms a neighbour or signs with it."""
        for state, neighbour in self.model.net.neighbours:
            for giver in self.ties if state == self.code else ():
                if giver != neighbour:
                    self.ties[giver].cooperation -= relations.cooperation_loss(
                        hostility=self.hostility_to(giver),
                        provocation=self.model.state(neighbour).provoked.get(giver, 0.0),
                        sensitivity=self.params[f"encirclement.{self.code}.{neighbour}"],
                    )

    def resent(self) -> None:
        """Withdraw cooperation from whoever arms a rival, speak up against it, and remember it."""
        params = self.params
        for giver in self.model.net.givers:
            if giver not in self.ties:
                continue
            tie = self.ties[giver]
            for rival in self.model.net.givers:
                if rival == giver or rival not in self.ties or rival not in self.model.net.states:
                    continue
                felt = self.felt(giver, self.model.state(rival), self._resentment_share(giver))
                hostile = self.hostility_to(rival)
                tie.cooperation -= relations.cooperation_loss(
                    hostility=hostile, provocation=felt, sensitivity=params["cooperation_sensitivity"]
                )
                tie.rhetoric -= relations.rhetoric_loss(
                    hostility=hostile,
                    provocation=felt,
                    sensitivity=params["rhetoric_sensitivity"],
                    unrest=weighted(weight=self.model.peacekeeper.diversion_share, amount=self.unrest),
                    amplification=params["unrest_amplification"],
                    framing=params[f"framing.{self.code}"],
                )
        self._resent_encirclement()
        for supplier in self.memory:
            for rival in self.model.net.givers:
                if rival in self.model.net.states and rival in self.ties and rival != supplier:
                    self.memory[supplier] += weighted(
                        weight=self.hostility_to(rival), amount=self.model.state(rival).armed.get(supplier, 0.0)
                    )

    def thank(self) -> None:
        """Cooperation gained for whoever armed, paid or signed with the state."""
        for giver in self.model.net.givers:
            if giver in self.ties and giver in self.provoked:
                self.ties[giver].cooperation += weighted(weight=self.params["gratitude"], amount=self.provoked[giver])
