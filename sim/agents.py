"""The Mesa model: states, patrons and the peacekeeper as agents that see their neighbours, decide and act.

    >>> from sim.agents import RegionModel
    >>> model = RegionModel("skydagger-delivery")  # doctest: +SKIP
    >>> model.run_until("2026Q4")  # doctest: +SKIP
    >>> model.state("SRB").spending  # doctest: +SKIP

Each agent calls the rules of `sim.rules` with what it knows; nothing is computed here. One member of the compiled
ensemble and one run of this model with the same seed and member give the same numbers, bit for bit.
"""

from collections.abc import Callable, Sequence
from typing import Any

import mesa
import numpy as np
from numpy.typing import NDArray

from sim import chance
from sim.chance import EVENT, QUARTERLY, channel_of, member_parameters, uniform
from sim.parameters import CLASSES, ParameterTable
from sim.quarters import index_of, name_of
from sim.rules import capability as seen
from sim.rules import draws, patrons, relations, spending, stocks, tension, transfers
from sim.rules import elementary as plain
from sim.rules.elementary import effect, log, normal_quantile, positive_part, relaxed, share_of, weighted
from sim.script import (
    AGREEMENT,
    DELIVERY,
    FROM_BUDGET,
    FROM_OUTSIDE,
    GRANT,
    INCIDENT_HAPPENS,
    LEVEL,
    OFFER,
    ORDER,
    STATEMENT,
    SUPPLEMENT,
    TRADE_SHOCK,
    VISIT,
    Item,
    Script,
    Size,
    script_of,
)
from sim.seeds import EVENTS_DOCUMENTED_UNTIL, OBSERVED_YEARS, observed_paths
from sim.variables import Series, all_series
from sim.world import DOMESTIC, KOSOVO, SERBIA, TURKEY, World, world

QUARTER = 0.25
YEAR = 1.0
OBSERVED_QUARTERS = 4 * len(OBSERVED_YEARS)
FIRST_STEP = 0.625  # from the middle of the last observed year to the middle of the next quarter
COUNTED = {"uav": "uav", "loitering": "loitering"}
UNCOUNTED_PRICE = 1.0


class Actor(mesa.Agent):
    """Anyone who can hold an attitude: knows its code, its ties, and the parameters of this world.

    ties : counterpart's code -> Tie
    """

    def __init__(self, model: "RegionModel", code: str) -> None:
        super().__init__(model)
        self.code = code
        self.name = model.net.actors.name(code)
        self.ties: dict[str, Tie] = {}

    @property
    def given(self) -> dict[str, float]:
        """Parameters of this world by key."""
        return self.model.given

    def attitude_to(self, code: str) -> float:
        """Attitude to another actor; zero where the two are indifferent."""
        return self.ties[code].attitude if code in self.ties else 0.0

    def hostility_to(self, code: str) -> float:
        return seen.hostility(attitude=self.attitude_to(code))


class Tie:
    """What one actor feels for another: slow cooperation, fast rhetoric, and their sum."""

    def __init__(self, base: float) -> None:
        self.base = base
        self.cooperation = base
        self.rhetoric = 0.0
        self.attitude = relations.attitude(cooperation=base, rhetoric=0.0)
        self.hostility_start = seen.hostility(attitude=self.attitude)

    def fade(self, given: dict[str, float], trade_gap: float) -> None:
        """Return to the anchor; words fade."""
        anchor = relations.cooperation_anchor(base=self.base, trade_weight=given["trade_anchor"], trade_gap=trade_gap)
        self.cooperation = relaxed(
            value=self.cooperation, anchor=anchor, rate=given["cooperation_recovery"], years=QUARTER
        )
        self.rhetoric = relaxed(value=self.rhetoric, anchor=0.0, rate=given["rhetoric_decay"], years=QUARTER)

    def express(self) -> None:
        self.cooperation = relations.bounded(level=self.cooperation)
        self.rhetoric = relations.bounded(level=self.rhetoric)
        self.attitude = relations.attitude(cooperation=self.cooperation, rhetoric=self.rhetoric)


class Trade:
    """Trade of a pair: its distance from the trend, and its index."""

    def __init__(self) -> None:
        self.gap = 0.0
        self.index = 1.0


class Order:
    """A booked order, delivered when due."""

    def __init__(self, buyer: str, supplier: str, kind: str, payment: int, units: float, value: float) -> None:
        self.buyer, self.supplier, self.kind = buyer, supplier, kind
        self.payment, self.units, self.value = payment, units, value


class PatronAgent(Actor):
    """A patron: grants to Kosovo, and a rate of deliveries to Serbia."""

    def __init__(self, model: "RegionModel", code: str) -> None:
        super().__init__(model, code)
        self.patronage = Patronage(self)

    def patronise(self) -> None:
        self.patronage.decide()


class Patronage:
    """The patron's role of an actor, which Türkiye plays beside being a state."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.grants = actor.given[f"grant_base.{actor.code}"]
        self.counter_rate = 0.0
        self.counter_support = 0.0

    def decide(self) -> None:
        """The rate of deliveries to Serbia, and this quarter's grants to Kosovo."""
        given, model, code = self.actor.given, self.actor.model, self.actor.code
        serbia, kosovo = model.state(SERBIA), model.state(KOSOVO)
        to_turkey = serbia.ties[TURKEY]
        lost = effect(slope=-1.0, value=to_turkey.attitude, reference=to_turkey.base)
        self.counter_rate = patrons.counter_transfer_rate(
            access=given[f"patron_access.{code}"],
            base_rate=given["counter_rate"],
            threat_pull=weighted(
                weight=weighted(weight=given["coupling"], amount=given["counter_threat_slope"]), amount=serbia.threat
            ),
            relation_pull=weighted(
                weight=weighted(weight=given["coupling"], amount=given["counter_relation_slope"]),
                amount=positive_part(x=lost),
            ),
            rate_max=given["counter_rate_max"],
        )
        self.counter_support = weighted(weight=self.counter_rate, amount=model.counter_size_mean)
        anchor = patrons.grant_anchor(
            base=given[f"grant_base.{code}"],
            response=weighted(weight=given["coupling"], amount=given[f"grant_response.{code}"]),
            threat=kosovo.threat,
            spending=kosovo.spending,
            boost=model.peacekeeper.boost,
        )
        self.grants = relaxed(value=self.grants, anchor=anchor, rate=given["grant_adjustment"], years=QUARTER)

    def send(self) -> None:
        """Arms to Serbia, if the lot falls so; they arrive in the next quarter and cost Serbia's budget nothing."""
        model, given = self.actor.model, self.actor.given
        place = model.net.patrons.index(self.actor.code)
        probability = weighted(
            weight=given["chance"], amount=spending.incident_probability(hazard=self.counter_rate, years=QUARTER)
        )
        if model.draw(chance.COUNTER_TRANSFER + place) < probability:
            value = plain.lognormal_value(
                median=given["counter_size"],
                spread=given["counter_spread"],
                deviate=normal_quantile(u=model.draw(chance.COUNTER_SIZE + place)),
            )
            buyer = model.state(SERBIA)
            buyer.orders[self.actor.code] += value
            model.book(1, Order(SERBIA, self.actor.code, "air_defence", FROM_OUTSIDE, value, value))


class SupplierAgent(Actor):
    """A supplier that is neither a state of the region nor a patron."""


class StateAgent(Actor):
    """A state: economy, budget, stocks, threat, and what it holds against its suppliers.

    spending, gdp : million 2023 US$ per year
    uav, loitering : units; `uav_own` and `loitering_own` are what its own budget paid
    threat        : log change, 0 at the start
    memory        : supplier's code -> how much it armed the state's rivals
    """

    def __init__(self, model: "RegionModel", code: str) -> None:
        super().__init__(model, code)
        given, place = model.given, model.net.states.index(code)
        self.place = place
        self.path = observed_paths()[place]
        self.gdp = self.path.gdp[0]
        self.burden_target = self.path.burden[0]
        self.burden = 0.0
        self.outlay_gap = 0.0
        self.spending = spending.spending_level(
            burden_target=self.burden_target, gdp=self.gdp, outlay_gap=0.0, burden_max=given["burden_max"]
        )
        self.stationary_spread = spending.stationary_spread(
            growth_spread=given["growth_spread"], adjustment=given[f"adjustment.{code}"]
        )
        self.capital_stock = stocks.capital_start(
            spending=self.spending,
            procurement_share=given[f"procurement_share.{code}"],
            depreciation=given["depreciation"],
            growth=given["capital_growth"],
        )
        self.uav = self.uav_own = given[f"uav_start.{code}"]
        self.loitering = self.loitering_own = given[f"loitering_start.{code}"]
        self.unrest = given["unrest_reference"]
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
        self.patronage = Patronage(self) if code in model.net.patrons else None
        self.clear()

    # ---- stocks and what rivals see -----------------------------------------------------------------------------

    def perceived_capability(self) -> float:
        capability = self.capital_stock
        for units, own, kind in ((self.uav, self.uav_own, "uav"), (self.loitering, self.loitering_own, "loitering")):
            capability += seen.system_capability(
                units=units,
                units_own=own,
                price=self.given[f"{kind}_price"],
                perceived_value=self.given[f"{kind}_perceived_value"],
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
        given, model = self.given, self.model
        inflow = weighted(weight=given[f"procurement_share.{self.code}"], amount=self.spending)
        if self.code == KOSOVO:
            for patronage in model.patronages:
                inflow += patronage.grants
        if self.code == SERBIA and model.is_drawn:
            for patronage in model.patronages:
                usual = weighted(
                    weight=weighted(weight=given["chance"], amount=given[f"patron_access.{patronage.actor.code}"]),
                    amount=weighted(weight=given["counter_rate"], amount=model.counter_size_mean),
                )
                inflow -= usual if patronage.actor.code in model.net.suppliers else 0.0
        self.capital_stock = stocks.capital_next(
            capital=self.capital_stock, inflow=inflow, depreciation=given["depreciation"], years=QUARTER
        )
        for name in ("uav", "uav_own", "loitering", "loitering_own"):
            attrition = given["uav_attrition" if name.startswith("uav") else "loitering_attrition"]
            setattr(self, name, stocks.units_next(units=getattr(self, name), attrition=attrition, years=QUARTER))

    # ---- economy and budget ---------------------------------------------------------------------------------------

    def grow(self) -> None:
        """Economy and planned burden; the quarter's tallies start anew."""
        model, given = self.model, self.given
        if model.quarter < OBSERVED_QUARTERS:
            self.gdp = self.path.gdp[model.quarter // 4]
            self.burden_target = self.path.burden[model.quarter // 4]
        else:
            years = FIRST_STEP if model.quarter == OBSERVED_QUARTERS else QUARTER
            self.gdp = spending.gdp_next(
                gdp=self.gdp,
                growth=given[f"gdp_growth.{self.code}"],
                spread=weighted(weight=given["chance"], amount=given["gdp_spread"]),
                years=years,
                deviate=normal_quantile(u=model.draw(chance.GROWTH + self.place)),
            )
            self.burden_target = relaxed(
                value=self.burden_target,
                anchor=given[f"burden_goal.{self.code}"],
                rate=share_of(part=1.0, whole=given["goal_delay"]),
                years=years,
            )
        for supplier in self.orders:
            self.orders[supplier] = self.deliveries[supplier] = 0.0

    def budget(self) -> None:
        """What the state spends, given threat, insecurity, fatigue and unrest."""
        model, given = self.model, self.given
        pressure = self._pressure()
        years = weighted(weight=given["budget_interval"], amount=QUARTER)
        surprise = 0.0
        if model.quarter >= OBSERVED_QUARTERS:
            surprise = spending.budget_surprise(
                stationary_spread=weighted(weight=given["chance"], amount=self.stationary_spread),
                adjustment=given[f"adjustment.{self.code}"],
                years=years,
                deviate=normal_quantile(u=model.draw(chance.BUDGET + self.place)),
            )
        if spending.is_budget_quarter(quarter=float(model.quarter), interval=given["budget_interval"]):
            self.outlay_gap = spending.outlay_gap_next(
                outlay_gap=self.outlay_gap,
                pressure=pressure,
                adjustment=given[f"adjustment.{self.code}"],
                years=years,
                surprise=surprise,
            )
        self.spending = spending.spending_level(
            burden_target=self.burden_target,
            gdp=self.gdp,
            outlay_gap=self.outlay_gap,
            burden_max=given["burden_max"],
        )
        self.burden = share_of(part=self.spending, whole=self.gdp)

    def _pressure(self) -> float:
        """Where threat, insecurity, fatigue and unrest would hold the budget, as a logarithm."""
        given, coupling = self.given, self.given["coupling"]
        pressure = weighted(weight=weighted(weight=coupling, amount=given[f"reaction.{self.code}"]), amount=self.threat)
        if self.code in (SERBIA, KOSOVO):
            pressure += spending.insecurity(
                probability=self.model.peacekeeper.probability,
                probability_reference=spending.incident_probability(hazard=given["hazard_reference"], years=YEAR),
                outlay_per_probability=given["outlay_per_probability"],
                fatal_share=weighted(weight=coupling, amount=given["fatal_share"]),
            )
        pressure -= weighted(
            weight=given[f"fatigue.{self.code}"],
            amount=spending.excess_burden(spending=self.spending, gdp=self.gdp, burden_target=self.burden_target),
        )
        pressure += given[f"grievance.{self.code}"]
        pressure += effect(
            slope=weighted(
                weight=weighted(weight=coupling, amount=given["diversion"]),
                amount=self.model.peacekeeper.diversion_share,
            ),
            value=self.unrest,
            reference=given["unrest_reference"],
        )
        pressure += self.supplement
        return pressure

    # ---- threat ---------------------------------------------------------------------------------------------------

    def assess_capability(self) -> None:
        self.capability = self.perceived_capability()
        self.capability_change = seen.capability_change(
            capability=self.capability,
            log_capability_start=self.log_capability_start,
            trend_growth=self.given[f"gdp_growth.{self.code}"],
            years=weighted(weight=float(self.model.quarter), amount=QUARTER),
        )

    def assess_threat(self) -> None:
        """The threat that the state reads from its rivals' capabilities and its own hostility to them."""
        rival_pressure = hostility_pressure = 0.0
        for rival in self.rivals:
            share = self.given[f"threat_share.{self.code}.{rival}"]
            rival_pressure += weighted(weight=share, amount=self.model.state(rival).capability_change)
            if rival in self.ties:
                hostility_pressure += effect(
                    slope=share, value=self.hostility_to(rival), reference=self.ties[rival].hostility_start
                )
        self.threat_last = self.threat
        self.threat = seen.threat(
            rival_pressure=rival_pressure,
            own_change=self.capability_change,
            rivalry=self.given["rivalry"],
            hostility_pressure=hostility_pressure,
            hostility_weight=self.given["hostility_weight"],
        )

    # ---- deliveries seen by others --------------------------------------------------------------------------------

    def provoke(self) -> None:
        """What this quarter's deliveries to the state provoke, laid to each supplier by its share."""
        for kind in CLASSES:
            if kind not in self.arrived:
                continue
            whole = self.arrived_in_all[kind]
            felt = weighted(
                weight=self.given["coupling"],
                amount=transfers.provocation(
                    value=whole,
                    weight=self.given[f"provocation_weight.{kind}"],
                    scale=self.given["provocation_scale"],
                ),
            )
            for supplier in self.model.net.suppliers:
                share = share_of(part=self.arrived[kind].get(supplier, 0.0), whole=whole)
                part = weighted(weight=share, amount=felt)
                self.provoked[supplier] = self.provoked.get(supplier, 0.0) + part
                self.armed[supplier] = self.armed.get(supplier, 0.0) + part

    def feel_provocation(self, giver: str, amount: float) -> None:
        self.provoked[giver] = self.provoked.get(giver, 0.0) + amount

    def resent(self) -> None:
        """Withdraw cooperation from whoever arms a rival, speak up against it, and remember it."""
        given = self.given
        for giver in self.model.net.givers:
            if giver not in self.ties:
                continue
            tie = self.ties[giver]
            for rival in self.model.net.givers:
                if rival == giver or rival not in self.ties or rival not in self.model.net.states:
                    continue
                felt = self.model.state(rival).provoked.get(giver, 0.0)
                hostile = self.hostility_to(rival)
                tie.cooperation -= relations.cooperation_loss(
                    hostility=hostile, provocation=felt, sensitivity=given["cooperation_sensitivity"]
                )
                tie.rhetoric -= relations.rhetoric_loss(
                    hostility=hostile,
                    provocation=felt,
                    sensitivity=given["rhetoric_sensitivity"],
                    unrest=weighted(weight=self.model.peacekeeper.diversion_share, amount=self.unrest),
                    amplification=given["unrest_amplification"],
                )
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
                self.ties[giver].cooperation += weighted(weight=self.given["gratitude"], amount=self.provoked[giver])

    # ---- buying ---------------------------------------------------------------------------------------------------

    def need(self, kind: str) -> float:
        """Threat above the start, and how far the state lies behind its rivals in a class that counts by units."""
        wanted = positive_part(x=self.threat)
        if kind in COUNTED:
            rival_units = 0.0
            for rival in self.rivals:
                rival_units += weighted(
                    weight=self.given[f"threat_share.{self.code}.{rival}"],
                    amount=getattr(self.model.state(rival), kind),
                )
            wanted += seen.system_gap(units=getattr(self, kind), rival_units=rival_units)
        return wanted

    def utility(self, supplier: str, kind: str, value: float, wanted: float) -> float:
        """Utility of a supplier's offer, against buying nothing."""
        given = self.given
        total = given[f"appeal.{supplier}"]
        total += given[f"appeal_to.{self.code}.{supplier}"]
        total += given[f"class_appeal.{kind}.{supplier}"]
        total += weighted(weight=given["need_weight"], amount=wanted)
        if supplier in self.ties:
            total += weighted(weight=given["relation_weight"], amount=self.attitude_to(supplier))
        total -= weighted(
            weight=given["price_weight"],
            amount=transfers.affordability(
                value=value,
                price_index=given[f"price_index.{supplier}"],
                spending=self.spending,
                procurement_share=given[f"procurement_share.{self.code}"],
            ),
        )
        if supplier in self.memory:
            total -= weighted(weight=given["memory_weight"], amount=self.memory[supplier])
        total += weighted(
            weight=given["standard_weight"],
            amount=weighted(weight=given[f"nato_standard.{supplier}"], amount=given[f"nato_alignment.{self.code}"]),
        )
        return total

    def shares(self, kind: str, value: float) -> dict[str, float]:
        """Probability of each supplier in the state's choice, where buying nothing has utility zero."""
        wanted = self.need(kind)
        utilities = {supplier: self.utility(supplier, kind, value, wanted) for supplier in self.model.net.suppliers}
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
        value = transfers.deal_value(units=self.given["request_units.uav"], price=self.given["uav_price"])
        self.choice = self.shares("uav", value)

    def request(self) -> None:
        """At most one request a quarter, of a class that is drawn."""
        given = self.given
        u = self.model.draw(chance.REQUEST + self.place)
        total = 0.0
        for kind in CLASSES:
            rate = weighted(weight=given[f"request_factor.{self.code}"], amount=given[f"request_rate.{kind}"])
            total += weighted(weight=given["chance"], amount=spending.incident_probability(hazard=rate, years=QUARTER))
            if u < total:
                self.negotiate(kind)
                return

    def negotiate(self, kind: str) -> None:
        """Choose a supplier or none; if it consents, the order is booked."""
        model, place = self.model, self.place
        units, price = self._request_size(kind, normal_quantile(u=model.draw(chance.REQUEST_SIZE + place)))
        value = transfers.deal_value(units=units, price=price)
        supplier = self._chosen(kind, value, model.draw(chance.REQUEST_CHOICE + place))
        if not supplier:
            return
        if model.draw(chance.REQUEST_CONSENT + place) < model.consent(supplier, self, kind, value):
            self.orders[supplier] += value
            wait = model.waiting(kind, model.draw(chance.REQUEST_LEAD + place))
            model.book(wait, Order(self.code, supplier, kind, FROM_BUDGET, units, value))

    def _request_size(self, kind: str, deviate: float) -> tuple[float, float]:
        given = self.given
        if kind in COUNTED:
            median = given[f"request_units.{kind}"]
            units = plain.lognormal_value(median=median, spread=given[f"request_spread.{kind}"], deviate=deviate)
            return plain.whole(x=units), given[f"{kind}_price"]
        funds = weighted(weight=given[f"procurement_share.{self.code}"], amount=self.spending)
        median = weighted(weight=given[f"request_share.{kind}"], amount=funds)
        value = plain.lognormal_value(median=median, spread=given[f"request_spread.{kind}"], deviate=deviate)
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


class PeacekeeperAgent(Actor):
    """KFOR, and with it the state of the north: troops, dialogue, tension, hazard and incidents."""

    def __init__(self, model: "RegionModel", code: str) -> None:
        super().__init__(model, code)
        given = model.given
        self.tension = given["tension_rest"]
        self.troops_agreed = given["troops_reference"]
        self.accession = given["accession_start"]
        self.troops = self.dialogue = self.diversion_share = self.boost = 0.0
        self.hazard = self.probability = 0.0
        self.incidents = self.shock = self.is_lethal = 0.0
        self.reserve_scripted = self.dialogue_agreed = self.election = 0.0
        self.reserve_left = self.mediation_left = self.boost_left = 0.0

    def start_quarter(self) -> None:
        self.incidents = self.shock = self.is_lethal = 0.0

    def settle(self) -> None:
        """Dialogue, troops and the pull of accession, once this quarter's events are known."""
        given = self.given
        is_mediated = 1.0 if self.mediation_left > 0.0 else 0.0
        self.mediation_left -= is_mediated
        self.dialogue = patrons.dialogue_intensity(
            agreed=self.dialogue_agreed,
            mediation=weighted(weight=is_mediated, amount=given["mediation_level"]),
            accession_weight=given["accession_dialogue"],
            accession=self.accession,
            accession_start=given["accession_start"],
        )
        is_called = 1.0 if self.reserve_left > 0.0 else 0.0
        self.reserve_left -= is_called
        self.troops = self.troops_agreed
        self.troops += self.reserve_scripted
        self.troops += weighted(weight=is_called, amount=given["reserve_troops"])
        is_boosted = self.boost_left > 0.0
        self.boost_left -= 1.0 if is_boosted else 0.0
        self.boost = given["grant_boost"] if is_boosted else 1.0
        self.diversion_share = patrons.diversion_share(
            relief=given["accession_relief"], accession=self.accession, accession_start=given["accession_start"]
        )
        gain = weighted(weight=given["dialogue_rapprochement"], amount=weighted(weight=self.dialogue, amount=QUARTER))
        self._approach(gain)
        for state in self.model.states:
            for supplier in self.model.net.suppliers:
                state.influence[supplier] = patrons.influence_index(
                    base=given[f"influence_value.{supplier}.{state.code}"],
                    accession_weight=given["accession_influence"] if supplier == TURKEY else 0.0,
                    accession=self.accession,
                    accession_start=given["accession_start"],
                )

    def _approach(self, gain: float) -> None:
        self.model.state(SERBIA).ties[KOSOVO].cooperation += gain
        self.model.state(KOSOVO).ties[SERBIA].cooperation += gain

    def risk(self) -> None:
        """The hazard of an incident, whether one happens, and what follows at once."""
        given, model = self.given, self.model
        serbia, kosovo = model.state(SERBIA), model.state(KOSOVO)
        exponent = effect(slope=given["hazard_tension"], value=self.tension, reference=given["tension_rest"])
        exponent -= effect(slope=given["hazard_troops"], value=self.troops, reference=given["troops_reference"])
        exponent -= effect(
            slope=weighted(weight=given["coupling"], amount=given["deterrence"]),
            value=kosovo.capability_change,
            reference=serbia.capability_change,
        )
        exponent += effect(
            slope=weighted(weight=self.diversion_share, amount=given["hazard_unrest"]),
            value=serbia.unrest,
            reference=given["unrest_reference"],
        )
        exponent += weighted(weight=given["hazard_election"], amount=self.election)
        self.hazard = tension.hazard(
            reference=given["hazard_reference"], exponent=exponent, hazard_max=given["hazard_max"]
        )
        self.probability = spending.incident_probability(hazard=self.hazard, years=YEAR)
        if model.is_drawn:
            self._incident()
        self.boost_left = given["boost_quarters"] if self.incidents > 0.0 else self.boost_left
        self._approach(-weighted(weight=given["incident_estrangement"], amount=self.shock))
        self.tension = tension.tension_raised(
            tension=self.tension, shock=weighted(weight=given["tension_incident"], amount=self.shock)
        )

    def _incident(self) -> None:
        given, model = self.given, self.model
        probability = weighted(
            weight=given["chance"], amount=spending.incident_probability(hazard=self.hazard, years=QUARTER)
        )
        happens = 1.0 if model.draw(chance.INCIDENT) < probability else 0.0
        is_lethal = 1.0 if model.draw(chance.SEVERITY) < given["lethal_probability"] else 0.0
        self.incidents += happens
        self.shock += weighted(
            weight=happens,
            amount=tension.incident_shock(severity_share=given["standoff_weight"], is_lethal=is_lethal),
        )
        self.is_lethal += weighted(weight=happens, amount=is_lethal)
        is_visited = model.draw(chance.MEDIATION) < given["mediation_probability"] and self.incidents > 0.0
        self.mediation_left = given["mediation_quarters"] if is_visited else self.mediation_left
        self.reserve_left = 1.0 if self.is_lethal > 0.0 else self.reserve_left

    def strain(self) -> None:
        """Tension: it relaxes, is raised by deliveries, words and rising threat, and eased by falling threat."""
        given, model = self.given, self.model
        serbia, kosovo = model.state(SERBIA), model.state(KOSOVO)
        relaxed_tension = tension.tension_relaxed(
            tension=self.tension,
            rest=given["tension_rest"],
            decay=given["tension_decay"],
            damping=given["tension_dialogue"],
            dialogue=self.dialogue,
            years=QUARTER,
        )
        provoked = 0.0
        for giver in model.net.givers:
            if giver not in (SERBIA, KOSOVO):
                provoked += serbia.provoked.get(giver, 0.0)
                provoked += kosovo.provoked.get(giver, 0.0)
        shock = weighted(weight=given["tension_delivery"], amount=provoked)
        words = tension.hostile_words(rhetoric=serbia.ties[TURKEY].rhetoric, years=QUARTER)
        shock += weighted(weight=given["tension_words"], amount=words)
        rise = effect(
            slope=tension.softened(
                amount=weighted(weight=given["coupling"], amount=given["tension_threat"]),
                softening=given["dialogue_softening"],
                dialogue=self.dialogue,
            ),
            value=serbia.threat + kosovo.threat,
            reference=serbia.threat_last + kosovo.threat_last,
        )
        shock += positive_part(x=rise)
        raised = tension.tension_raised(tension=relaxed_tension, shock=shock)
        self.tension = tension.tension_eased(tension=raised, relief=positive_part(x=-rise))
        if model.is_drawn:
            spread = tension.softened(
                amount=weighted(weight=given["chance"], amount=given["tension_spread"]),
                softening=given["dialogue_softening"],
                dialogue=self.dialogue,
            )
            surprise = spending.chance_step(
                spread=spread, years=QUARTER, deviate=normal_quantile(u=model.draw(chance.TENSION))
            )
            self.tension = tension.tension_disturbed(tension=self.tension, surprise=surprise)


class RegionModel(mesa.Model):
    """The region of twelve states, quarter by quarter from 2018Q1; one call of `step` is one quarter.

    scenario   : library id, path or resolved scenario; its script and its parameter overrides are used
    seed       : of every draw
    member     : which world of the ensemble this is; its parameters are drawn from the priors
    parameters : a parameter table to use instead of the scenario's
    datacollector : every recorded series of every quarter so far (model level), and the states' main attributes
    """

    def __init__(
        self,
        scenario: Any = "baseline",
        *,
        seed: int = 1,
        member: int = 0,
        parameters: ParameterTable | None = None,
        script: Script | None = None,
    ) -> None:
        super().__init__(seed=seed)
        table, self.script = _prepared(scenario, parameters, script)
        self.net: World = world()
        self.draw_seed, self.member = seed, member
        self.given = dict(
            zip(table.keys, member_parameters(table.distributions, table.keys, seed, member), strict=True)
        )
        self.quarter = -1
        self.books: dict[int, list[Order]] = {}
        self.counter_size_mean = plain.lognormal_mean(
            median=self.given["counter_size"], spread=self.given["counter_spread"]
        )
        self._populate()
        self.datacollector = mesa.DataCollector(
            model_reporters={
                "quarter": "quarter_name",
                "tension": lambda m: m.peacekeeper.tension,
                "hazard": lambda m: m.peacekeeper.hazard,
            },
            agenttype_reporters={
                StateAgent: {
                    name: name
                    for name in (
                        "code",
                        "spending",
                        "burden",
                        "capital_stock",
                        "uav",
                        "loitering",
                        "capability",
                        "threat",
                    )
                }
            },
        )

    def _populate(self) -> None:
        net = self.net
        self.actors: dict[str, Actor] = {}
        for code in net.givers:
            kind: type[Actor] = SupplierAgent
            if code in net.states:
                kind = StateAgent
            elif code in net.patrons:
                kind = PatronAgent
            elif code not in net.suppliers:
                kind = PeacekeeperAgent
            self.actors[code] = kind(self, code)
        for actor, counterpart in net.ties:
            self.actors[actor].ties[counterpart] = Tie(self.given[f"relation_base.{actor}.{counterpart}"])
        self.pairs = {pair: Trade() for pair in net.pairs}
        self.states = [self.state(code) for code in net.states]
        self.patronages = [self._patronage(code) for code in net.patrons]
        (self.peacekeeper,) = self.agents_by_type[PeacekeeperAgent]

    def _patronage(self, code: str) -> Patronage:
        patronage: Patronage = getattr(self.actors[code], "patronage")  # noqa: B009 - not every actor has the role
        return patronage

    def state(self, code: str) -> StateAgent:
        """A state by its code; KeyError if there is none."""
        agent = self.actors[code]
        if not isinstance(agent, StateAgent):
            raise KeyError(f"{code} is not a state")
        return agent

    @property
    def quarter_name(self) -> str:
        return name_of(self.quarter)

    @property
    def is_drawn(self) -> bool:
        """Whether events of this quarter are drawn; before, they come from the record only."""
        return self.quarter > index_of(EVENTS_DOCUMENTED_UNTIL)

    def draw(self, channel: int) -> float:
        """The uniform number that this quarter and channel name."""
        u: float = uniform(self.draw_seed, self.member, self.quarter, channel, QUARTERLY)
        return u

    def step(self) -> None:
        """One quarter, in the order that both engines keep.

        Economies and plans; relations fade; the script and due deliveries; dialogue and troops; provocation and what
        follows from it; capabilities and threat; tension; the hazard of an incident; budgets; requests; patrons; wear of
        stocks; trade. Each phase reads the state as it was when the phase began.
        """
        self.quarter += 1
        states = self.agents_by_type[StateAgent]
        self.peacekeeper.start_quarter()
        states.do("grow")
        self._fade()
        for item in self.script.by_quarter.get(self.quarter, ()):
            _ACTIONS[item.kind](self, item)
        for order in self.books.pop(self.quarter, ()):
            self.state(order.buyer).receive(order.supplier, order.kind, order.units, order.value, order.payment)
        self.peacekeeper.settle()
        states.do("provoke")
        states.do("resent")
        states.do("thank")
        self._express()
        states.do("assess_capability")
        states.do("assess_threat")
        self.peacekeeper.strain()
        self.peacekeeper.risk()
        states.do("budget")
        for buyer in (SERBIA, KOSOVO):
            self.state(buyer).weigh_uav()
        if self.is_drawn:
            states.do("request")
        for patronage in self.patronages:
            patronage.decide()
        if self.is_drawn:
            for patronage in self.patronages:
                if patronage.actor.code in self.net.suppliers:
                    patronage.send()
        states.do("wear")
        self._trade()
        self._express()
        states.do("clear")
        self.datacollector.collect(self)

    def run_until(self, quarter: str) -> None:
        """Step up to and including a quarter."""
        while self.quarter < index_of(quarter):
            self.step()

    def _fade(self) -> None:
        for actor, counterpart in self.net.ties:
            self.actors[actor].ties[counterpart].fade(self.given, self._pair(actor, counterpart).gap)
        for state in self.states:
            for supplier in state.memory:
                state.memory[supplier] = relaxed(
                    value=state.memory[supplier], anchor=0.0, rate=self.given["memory_decay"], years=QUARTER
                )

    def _express(self) -> None:
        for actor, counterpart in self.net.ties:
            self.actors[actor].ties[counterpart].express()

    def _pair(self, one: str, other: str) -> Trade:
        return self.pairs[(one, other)] if (one, other) in self.pairs else self.pairs[(other, one)]

    def _trade(self) -> None:
        years = weighted(weight=float(self.quarter), amount=QUARTER)
        for (one, other), trade in self.pairs.items():
            there, back = self.actors[one].ties[other], self.actors[other].ties[one]
            trade.gap = relations.trade_gap_next(
                trade_gap=trade.gap,
                relation=relations.pair_mean(one=there.cooperation, other=back.cooperation),
                relation_start=relations.pair_mean(one=there.base, other=back.base),
                sensitivity=self.given["trade_sensitivity"],
                years=QUARTER,
            )
            trade.index = relations.trade_index(trade_gap=trade.gap, growth=self.given["trade_growth"], years=years)

    def book(self, wait: int, order: Order) -> None:
        """Book an order that arrives after so many quarters."""
        self.books.setdefault(self.quarter + wait, []).append(order)

    def waiting(self, kind: str, u: float) -> int:
        """Quarters from order to delivery for a uniform draw."""
        years = plain.lognormal_value(
            median=self.given[f"lead_time.{kind}"], spread=self.given["lead_spread"], deviate=normal_quantile(u=u)
        )
        return int(transfers.lead_quarters(years=years, quarter=QUARTER))

    def consent(self, supplier: str, buyer: StateAgent, kind: str, value: float) -> float:
        """Probability that a supplier accepts a buyer's request; domestic production always does."""
        if supplier == DOMESTIC:
            return 1.0
        given, seller = self.given, self.actors[supplier]
        total = given["accept_base"]
        total += weighted(
            weight=given["accept_profit"], amount=transfers.deal_profit(value=value, scale=given["deal_scale"])
        )
        total += weighted(weight=given["accept_influence"], amount=buyer.influence[supplier])
        if buyer.code in seller.ties:
            total += weighted(weight=given["accept_relation"], amount=seller.attitude_to(buyer.code))
        stake = 0.0
        for friend in self.net.givers:
            if friend in self.net.states and friend in seller.ties and friend in buyer.ties:
                stake += transfers.friendship_at_stake(
                    hostility=buyer.hostility_to(friend),
                    attitude=seller.attitude_to(friend),
                    trade_weight=given["friend_weight"],
                )
        provoking = weighted(
            weight=given["coupling"],
            amount=transfers.provocation(
                value=value, weight=given[f"provocation_weight.{kind}"], scale=given["provocation_scale"]
            ),
        )
        total -= weighted(
            weight=given[f"accept_friendship.{supplier}"], amount=weighted(weight=provoking, amount=stake)
        )
        total -= weighted(weight=given["accept_embargo"], amount=buyer.embargo[supplier])
        return plain.logistic(x=total)

    # ---- what the script makes happen -----------------------------------------------------------------------------

    def sizes(self, item: Item) -> list[float]:
        """The numbers of an item in this world."""
        return [self.given[size.parameter] if size.parameter else self._drawn_size(size) for size in item.sizes]

    def _drawn_size(self, size: Size) -> float:
        return draws.drawn_value(
            kind=draws.CODES[size.distribution.kind],
            centre=size.distribution.centre,
            spread=size.distribution.spread,
            low=size.distribution.low,
            high=size.distribution.high,
            u=self.event_draw(size.draw),
        )

    def event_draw(self, name: str) -> float:
        u: float = uniform(self.draw_seed, self.member, 0, channel_of(name), EVENT)
        return u

    def _set_level(self, item: Item) -> None:
        if item.what == "forced_supplier":
            self.state(item.target).forced_supplier = item.subject
        elif item.what == "embargo":
            self.state(item.target).embargo[item.subject] = self.sizes(item)[0]
        elif item.what == "unrest":
            self.state(item.subject).unrest = self.sizes(item)[0]
        else:
            setattr(self.peacekeeper, item.what, self.sizes(item)[0])

    def _supplement(self, item: Item) -> None:
        self.state(item.subject).supplement = spending.relative_change(change=self.sizes(item)[0])

    def _visit(self, item: Item) -> None:
        self._befriend(item, self.given["visit_effect"])

    def _agreement(self, item: Item) -> None:
        self._befriend(item, self.given["agreement_effect"])
        for giver, receiver in ((item.subject, item.target), (item.target, item.subject)):
            if receiver in self.net.states:
                amount = weighted(weight=self.given["coupling"], amount=self.given["provocation_by_agreement"])
                self.state(receiver).feel_provocation(giver, amount)

    def _befriend(self, item: Item, gain: float) -> None:
        for one, other in ((item.subject, item.target), (item.target, item.subject)):
            if other in self.actors[one].ties:
                self.actors[one].ties[other].cooperation += gain

    def _statement(self, item: Item) -> None:
        ties = self.actors[item.subject].ties
        if item.target in ties:
            ties[item.target].rhetoric += weighted(weight=self.given["statement_effect"], amount=self.sizes(item)[0])

    def _incident(self, item: Item) -> None:
        count = self.sizes(item)[0]
        weight = 1.0 if item.what == "lethal" else self.given["standoff_weight"]
        self.peacekeeper.incidents += count
        self.peacekeeper.shock += weighted(weight=weight, amount=count)
        self.peacekeeper.is_lethal += 1.0 if item.what == "lethal" else 0.0

    def _trade_shock(self, item: Item) -> None:
        self._pair(item.subject, item.target).gap += spending.relative_change(change=self.sizes(item)[0])

    def _grant(self, item: Item) -> None:
        value, state = self.sizes(item)[0], self.state(item.target)
        state.capital_stock += value
        amount = weighted(
            weight=self.given["coupling"],
            amount=transfers.provocation(
                value=value, weight=self.given["provocation_by_grant"], scale=self.given["provocation_scale"]
            ),
        )
        state.feel_provocation(item.subject, amount)

    def _order(self, item: Item) -> None:
        units, price = self.sizes(item)
        value = transfers.deal_value(units=units, price=price)
        self.state(item.target).orders[item.subject] += value
        if item.booked:
            self._book_item(item, units, value)

    def _book_item(self, item: Item, units: float, value: float) -> None:
        wait = self.waiting(item.what, self.event_draw(f"{item.id}.lead"))
        self.book(wait, Order(item.target, item.subject, item.what, item.payment, units, value))

    def _delivery(self, item: Item) -> None:
        units, price = self.sizes(item)
        value = transfers.deal_value(units=units, price=price)
        self.state(item.target).receive(item.subject, item.what, units, value, item.payment)

    def _offer(self, item: Item) -> None:
        units, price = self.sizes(item)
        value = transfers.deal_value(units=units, price=price)
        buyer = self.state(item.target)
        offered = buyer.utility(item.subject, item.what, value, buyer.need(item.what))
        best = max(0.0, offered)
        taken = transfers.choice_weight(utility=offered, utility_best=best)
        total = transfers.choice_weight(utility=0.0, utility_best=best)
        total += taken
        is_taken = self.event_draw(f"{item.id}.choice") < share_of(part=taken, whole=total)
        is_agreed = self.event_draw(f"{item.id}.consent") < self.consent(item.subject, buyer, item.what, value)
        if is_taken and is_agreed:
            buyer.orders[item.subject] += value
            self._book_item(item, units, value)

    # ---- reading --------------------------------------------------------------------------------------------------

    def reading(self, one: Series) -> float:
        """The present value of a recorded series."""
        value: float = _READERS.get(one.variable, _of_the_dyad)(self, one)
        return value


_ACTIONS: dict[int, Callable[[RegionModel, Item], None]] = {
    LEVEL: RegionModel._set_level,
    SUPPLEMENT: RegionModel._supplement,
    VISIT: RegionModel._visit,
    AGREEMENT: RegionModel._agreement,
    STATEMENT: RegionModel._statement,
    INCIDENT_HAPPENS: RegionModel._incident,
    TRADE_SHOCK: RegionModel._trade_shock,
    ORDER: RegionModel._order,
    DELIVERY: RegionModel._delivery,
    OFFER: RegionModel._offer,
    GRANT: RegionModel._grant,
}


def _of_the_dyad(model: RegionModel, one: Series) -> float:
    value: float = getattr(model.peacekeeper, one.variable)
    return value


def _of_a_state(model: RegionModel, one: Series) -> float:
    value: float = getattr(model.state(one.actor), one.variable)
    return value


def _of_a_tie(model: RegionModel, one: Series) -> float:
    tie = model.actors[one.actor].ties[one.counterpart]
    value: float = tie.cooperation if one.variable == "relation" else getattr(tie, one.variable)
    return value


def _of_a_deal(model: RegionModel, one: Series) -> float:
    name = "choice" if one.variable == "supplier_choice" else one.variable
    value: float = getattr(model.state(one.actor), name)[one.counterpart]
    return value


def _of_a_patron(model: RegionModel, one: Series) -> float:
    patronage = model._patronage(one.actor)
    return patronage.counter_support if one.counterpart == SERBIA else patronage.grants


_READERS: dict[str, Callable[[RegionModel, Series], float]] = {
    **dict.fromkeys(
        ("spending", "burden", "capital_stock", "gdp", "uav", "loitering", "capability", "threat", "unrest"),
        _of_a_state,
    ),
    **dict.fromkeys(("relation", "rhetoric", "attitude"), _of_a_tie),
    **dict.fromkeys(("supplier_choice", "orders", "deliveries"), _of_a_deal),
    "trade": lambda model, one: model._pair(one.actor, one.counterpart).index,
    "patron_support": _of_a_patron,
    "influence": lambda model, one: model.state(one.counterpart).influence[one.actor],
}


def _prepared(scenario: Any, parameters: ParameterTable | None, script: Script | None) -> tuple[ParameterTable, Script]:
    """Parameter table and script of a scenario, unless both are given."""
    if parameters is not None and script is not None:
        return parameters, script
    from sim.parameters import load_parameters
    from sim.scenario import Scenario, load_scenario

    resolved = scenario if isinstance(scenario, Scenario) else load_scenario(scenario)
    table = parameters or load_parameters().with_overrides(resolved.parameters)
    return table, script or script_of(resolved.events)


def simulate(
    parameters: ParameterTable,
    script: Script,
    *,
    members: Sequence[int] | NDArray[np.int64],
    seed: int,
    quarters: int,
    series: Sequence[Series] | None = None,
    threads: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> NDArray[np.float64]:
    """Run members one by one; arguments and result as in `sim.ensemble.simulate` (`threads` is not used)."""
    wanted = all_series() if series is None else tuple(series)
    out = np.empty((len(wanted), quarters, len(members)))
    for column, member in enumerate(members):
        model = RegionModel(parameters=parameters, script=script, seed=seed, member=int(member))
        for quarter in range(quarters):
            model.step()
            out[:, quarter, column] = [model.reading(one) for one in wanted]
        if progress is not None:
            progress(1)
    return out
