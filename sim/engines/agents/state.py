"""A state as a Mesa agent: economy, threat, budget and stocks."""

from typing import TYPE_CHECKING

from sim.data.tables import observed_paths
from sim.engines.agents.buyer import Buyer
from sim.engines.agents.patron import Patronage
from sim.engines.agents.supplier_history import Dealing
from sim.model import random_numbers
from sim.model.calendar import FIRST_STEP, OBSERVED_QUARTERS, QUARTER
from sim.model.network import FIRST, GUARDED, SECOND, SUPPORTED
from sim.rules import capability as seen
from sim.rules import spending, stocks, tension
from sim.rules.elementary import normal_quantile, relaxed, share_of

if TYPE_CHECKING:
    from sim.engines.agents.model import RegionModel


class StateAgent(Buyer):
    """A state: economy, threat, budget and stocks; what it feels and buys stands in the classes above.

    spending, gdp : million 2023 US$ per year
    uav, loitering : units
    air_defence   : million 2023 US$ received since the start and still in use; part of the capital stock
    owed          : million 2023 US$ still to pay for what was delivered
    threat        : a level, zero without a hostile rival; `threat_reference` is what the published budgets already answer
    commitment    : how far its guarantors' promise holds, 1 at the start
    """

    def __init__(self, model: "RegionModel", code: str) -> None:
        super().__init__(model, code)
        self.place = model.net.states.index(code)
        self.path = observed_paths()[self.place]
        self.rivals = tuple(rival for state, rival in model.net.rivals if state == code)
        self.unrest = model.params["unrest_reference"]
        self.supplement = self.transparency = 0.0
        self.commitment = 1.0
        self.forced_supplier = ""
        self.patronage = Patronage(self) if code in model.net.patrons else None
        self._start_economy()
        self._start_arms()
        self._start_dealings()
        self.clear_pools()

    def _start_economy(self) -> None:
        params, code = self.params, self.code
        self.gdp = self.path.gdp[0]
        self.burden_target = self.path.burden[0]
        self.burden = 0.0
        self.desired_gap = self.log_spending_gap = 0.0
        self.spending = spending.spending_level(
            burden_target=self.burden_planned(),
            gdp=self.gdp,
            log_spending_gap=0.0,
            supplement=0.0,
            burden_max=params["burden_max"],
        )
        self.budget_spread = self._budget_spread(params[f"growth_spread.{code}"])
        self.common_spread = self._budget_spread(params["growth_common"])

    def _budget_spread(self, growth_spread: float) -> float:
        """Spread of a chance part of one budget, from that of annual growth."""
        params, code = self.params, self.code
        spread = spending.stationary_spread(growth_spread=growth_spread, adjustment=params[f"adjustment.{code}"])
        return spending.budget_spread(
            stationary_spread=params["chance"] * spread,
            adjustment=params[f"adjustment.{code}"],
            years=params["budget_interval"] * QUARTER,
        )

    def _start_arms(self) -> None:
        params, code = self.params, self.code
        self.capital_stock = stocks.capital_start(
            spending=self.spending,
            procurement_share=params[f"procurement_share.{code}"],
            depreciation=params["depreciation"],
            growth=params["capital_growth"],
        )
        self.uav = params[f"uav_start.{code}"]
        self.loitering = params[f"loitering_start.{code}"]
        self.air_defence = self.owed = 0.0
        self.capability = self.arms_seen()
        self.capability_start = self.capability
        self.capability_change = 0.0
        self.threat = self.threat_reference = self.threat_rise = 0.0
        self.misperceptions: dict[str, float] = dict.fromkeys(self.rivals, 0.0)

    def _start_dealings(self) -> None:
        net = self.model.net
        self.memory = {supplier: 0.0 for state, supplier in net.grudges if state == self.code}
        self.choice = dict.fromkeys(net.suppliers, 0.0)
        self.influence = dict.fromkeys(net.suppliers, 0.0)
        self.embargo = dict.fromkeys(net.suppliers, 0.0)
        self.orders = dict.fromkeys(net.suppliers, 0.0)
        self.deliveries = dict.fromkeys(net.suppliers, 0.0)
        self.adopted = dict.fromkeys(net.suppliers, 0.0)
        self.dealings = {}
        if self.code in SUPPORTED:
            self.dealings = {patron: Dealing() for patron in net.patrons if patron in net.suppliers}
        self.held_in_all = 0.0

    def start_quarter(self) -> None:
        """Orders and deliveries are counted anew."""
        for supplier in self.orders:
            self.orders[supplier] = self.deliveries[supplier] = 0.0

    def grow_economy(self) -> None:
        """Economy and planned burden: as observed, then growing."""
        model, params = self.model, self.params
        if model.quarter < OBSERVED_QUARTERS:
            self.gdp = self.path.gdp[model.quarter // 4]
            self.burden_target = self.path.burden[model.quarter // 4]
            return
        years = FIRST_STEP if model.quarter == OBSERVED_QUARTERS else QUARTER
        self.gdp = spending.gdp_next(
            gdp=self.gdp,
            growth=params[f"gdp_growth.{self.code}"],
            spread=params["chance"] * params["gdp_spread"],
            years=years,
            deviate=normal_quantile(u=model.draw(random_numbers.GROWTH + self.place)),
        )
        self.burden_target = relaxed(
            value=self.burden_target,
            anchor=params[f"burden_goal.{self.code}"],
            rate=share_of(part=1.0, whole=params["goal_delay"]),
            years=years,
        )

    def backing(self) -> float:
        """How far the state feels backed by its suppliers."""
        planned = self.params[f"spending_scale.{self.code}"] * self.burden_target * self.gdp
        return tension.backing(arms=self.held_in_all, purchases=self.params[f"procurement_share.{self.code}"] * planned)

    # ---- what rivals see, and the threat --------------------------------------------------------------------------

    def arms_seen(self) -> float:
        """Capability as rivals see it."""
        return self.arms_at_value(self.params["uav_perceived_value"], self.params["loitering_perceived_value"])

    def update_capability(self) -> None:
        """Capability as rivals see it, and how far it grew beyond the economy, beside what guarantors add."""
        self.capability = self.arms_seen()
        self.capability_change = seen.capability_change(
            capability=self.capability,
            capability_start=self.capability_start,
            trend_growth=self.params[f"gdp_growth.{self.code}"],
            years=float(self.model.quarter) * QUARTER,
            guarantee=self.guarantee(1.0, self.params["troops_reference"]),
            alone=self.params["deterrence_alone"],
        )

    def update_misperception(self) -> None:
        """By how much the state overstates each rival's arms; between the two sides, dialogue clears doubts up."""
        for rival in self.rivals:
            dialogue = self.model.peacekeeper.dialogue if {self.code, rival} == {FIRST, SECOND} else 0.0
            clear = seen.transparency(
                one=self.transparency,
                other=self.model.state(rival).transparency,
                dialogue=self.params["dialogue_transparency"] * dialogue,
            )
            self.misperceptions[rival] = seen.misperception(
                exaggeration=self.params[f"exaggeration.{self.code}"], transparency=clear
            )

    def guarantee(self, commitment: float, troops: float) -> float:
        """What the state's guarantors add to its own arms in its eyes, at some commitment and with so many troops."""
        params, code = self.params, self.code
        return seen.guarantee(
            worth=params["guarantee_worth"],
            cover=params[f"guarantee_cover.{code}"],
            commitment=commitment,
            presence_share=params[f"guarantee_presence.{code}"],
            presence=share_of(part=troops, whole=params["troops_reference"]),
        )

    def update_threat(self) -> None:
        """The threat that the state reads from its rivals' arms, and what of it the observed budgets alone make, which they answer."""
        guarded = self.guarantee(self.commitment, self.model.peacekeeper.troops)
        self.threat = self.threat_of("capability", guarded, is_usual=False)
        if self.model.quarter < OBSERVED_QUARTERS:
            guarded = self.guarantee(1.0, self.params["troops_reference"])
            self.threat_reference = self.threat_of("capital_stock", guarded, is_usual=True)
        self.threat_rise = self.threat - self.threat_reference

    def threat_of(self, arms: str, guarded: float, *, is_usual: bool) -> float:
        """The threat of rivals' arms, against its own and its guarantors'; in the relations of the start, or in today's."""
        threat = 0.0
        for rival in self.rivals:
            hostile = self.ties[rival].hostility_start if is_usual else self.hostility_to(rival)
            held = getattr(self.model.state(rival), arms)
            threat += self.params[f"threat_share.{self.code}.{rival}"] * seen.threat_from(
                hostility=hostile,
                arms=seen.arms_read(capability=held, misperception=self.misperceptions[rival]),
                own_arms=getattr(self, arms),
                guarantee=guarded,
            )
        return threat

    # ---- budget ---------------------------------------------------------------------------------------------------

    def update_desired_gap(self) -> None:
        """Where threat would hold the budget if nothing tired, as a logarithm."""
        params, keeper = self.params, self.model.peacekeeper
        self.desired_gap = spending.desired_gap(
            reaction=params["coupling"] * params[f"reaction.{self.code}"],
            threat_rise=self.threat_rise,
            yielding=params["yielding"],
            grievance=params[f"grievance.{self.code}"],
            insecurity_outside=params["external_spending"] * keeper.insecurity_outside,
        )

    def update_budget(self) -> None:
        """What the state spends."""
        model, params = self.model, self.params
        if spending.is_budget_quarter(quarter=float(model.quarter), interval=params["budget_interval"]):
            self.log_spending_gap = spending.log_spending_gap_next(
                log_spending_gap=self.log_spending_gap,
                desired_gap=self.desired_gap,
                fatigue=params[f"fatigue.{self.code}"],
                adjustment=params[f"adjustment.{self.code}"],
                years=params["budget_interval"] * QUARTER,
                shock=self.budget_shock(),
            )
        self.spending = spending.spending_level(
            burden_target=self.burden_planned(),
            gdp=self.gdp,
            log_spending_gap=self.log_spending_gap,
            supplement=self.supplement,
            burden_max=params["burden_max"],
        )
        self.burden = share_of(part=self.spending, whole=self.gdp)

    def budget_shock(self) -> float:
        """The chance part of a budget, the state's own and the region's; none in the years that are observed."""
        if self.model.quarter < OBSERVED_QUARTERS:
            return 0.0
        own = normal_quantile(u=self.model.draw(random_numbers.BUDGET + self.place))
        common = normal_quantile(u=self.model.draw(random_numbers.COMMON))
        return spending.budget_shock(
            own_spread=self.budget_spread, own=own, common_spread=self.common_spread, common=common
        )

    def burden_planned(self) -> float:
        """Planned burden, the error of the published series taken out."""
        return self.params[f"spending_scale.{self.code}"] * self.burden_target

    # ---- stocks ---------------------------------------------------------------------------------------------------

    def update_stocks(self) -> None:
        """Stocks: what flows in, what is paid, and wear."""
        params = self.params
        funds = params[f"procurement_share.{self.code}"] * self.spending
        paid = spending.payment(owed=self.owed, years=params["instalment_years"], funds=funds)
        self.owed -= paid * QUARTER
        inflow = funds - paid
        if self.code == GUARDED:
            for patronage in self.model.patronages:
                inflow += patronage.grants
        wear = params["depreciation"]
        self.capital_stock = stocks.capital_next(
            capital=self.capital_stock, inflow=inflow, depreciation=wear, years=QUARTER
        )
        self.air_defence = stocks.units_next(units=self.air_defence, attrition=wear, years=QUARTER)
        for kind in ("uav", "loitering"):
            left = stocks.units_next(units=getattr(self, kind), attrition=params[f"{kind}_attrition"], years=QUARTER)
            setattr(self, kind, left)
