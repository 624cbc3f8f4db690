"""States in a quarter, compiled: what each earns, fears, spends and holds; see `initial_state` for how phases read and write."""

from sim.engines.compiled import layout
from sim.engines.compiled.arrays import Parameters, Values
from sim.engines.compiled.layout import HELPED, LANES, LOITERING, PARAM, PATRONS, RIVALS, ROW, STATES, SUPPLIERS, UAV
from sim.model.calendar import FIRST_STEP, OBSERVED_QUARTERS, QUARTER
from sim.rules import capability, spending
from sim.rules.elementary import drifted, relaxed, share_of
from sim.rules.stocks import capital_next, units_next


def start_quarter(values: Values) -> None:
    """Incidents, orders and deliveries are counted anew."""
    for k in range(LANES):
        values[ROW.incidents, k] = 0.0
        values[ROW.shock, k] = 0.0
        values[ROW.is_lethal, k] = 0.0
    for row in range(ROW.orders, ROW.orders + 2 * STATES * SUPPLIERS):  # orders and deliveries stand side by side
        values[row, :] = 0.0


def grow_economy(values: Values, params: Parameters, quarter: int) -> None:
    """Economies and planned burdens: as observed, then growing."""
    year = quarter // 4
    years = FIRST_STEP if quarter == OBSERVED_QUARTERS else QUARTER
    for i in range(STATES):
        if quarter < OBSERVED_QUARTERS:
            for k in range(LANES):
                values[ROW.gdp + i, k] = layout.PATH_GDP[i, year]
                values[ROW.burden_target + i, k] = layout.PATH_BURDEN[i, year]
        else:
            for k in range(LANES):
                values[ROW.gdp + i, k] = spending.gdp_next(
                    gdp=values[ROW.gdp + i, k],
                    growth=params[PARAM.gdp_growth + i, k],
                    spread=params[PARAM.chance, k] * params[PARAM.gdp_spread, k],
                    years=years,
                    deviate=values[ROW.growth_deviate + i, k],
                )
                values[ROW.burden_target + i, k] = relaxed(
                    value=values[ROW.burden_target + i, k],
                    anchor=params[PARAM.burden_goal + i, k],
                    rate=share_of(part=1.0, whole=params[PARAM.goal_delay, k]),
                    years=years,
                )


def fade(values: Values, row: int, kept: int) -> None:
    """A number drifts towards zero; `kept` is the row of the share that a quarter leaves."""
    for k in range(LANES):
        values[row, k] = drifted(value=values[row, k], anchor=0.0, kept=values[kept, k])


# ---- what rivals see, and the threat ---------------------------------------------------------------------------------


def perceived_value(params: Parameters, kind: int, k: int) -> float:
    """What rivals see in a dollar of a class of arms."""
    if kind == UAV:
        return params[PARAM.uav_perceived_value, k]
    if kind == LOITERING:
        return params[PARAM.loitering_perceived_value, k]
    return 1.0


def arms_at_value(values: Values, params: Parameters, i: int, row: int, is_perceived: bool) -> None:
    """All that a state holds, into a row: as its rivals see it, or at what it cost."""
    for k in range(LANES):
        uav = capability.system_capability(
            units=values[ROW.uav + i, k],
            price=params[PARAM.uav_price, k],
            perceived_value=params[PARAM.uav_perceived_value, k] if is_perceived else 1.0,
        )
        loitering = capability.system_capability(
            units=values[ROW.loitering + i, k],
            price=params[PARAM.loitering_price, k],
            perceived_value=params[PARAM.loitering_perceived_value, k] if is_perceived else 1.0,
        )
        values[row, k] = capability.perceived_capability(
            capital=values[ROW.capital_stock + i, k], uav=uav, loitering=loitering
        )


def update_capability(values: Values, params: Parameters, quarter: int) -> None:
    """Capabilities as rivals see them, and how far each grew beyond its state's economy."""
    years = float(quarter) * QUARTER
    for i in range(STATES):
        arms_at_value(values, params, i, ROW.capability + i, True)
        for k in range(LANES):
            values[ROW.capability_change + i, k] = capability.capability_change(
                capability=values[ROW.capability + i, k],
                capability_start=values[ROW.capability_start + i, k],
                trend_growth=params[PARAM.gdp_growth + i, k],
                years=years,
                guarantee=guarantee_of(params, i, 1.0, params[PARAM.troops_reference, k], k),
                alone=params[PARAM.deterrence_alone, k],
            )


def update_misperception(values: Values, params: Parameters) -> None:
    """By how much each state overstates each rival's arms; between the two sides, dialogue clears doubts up."""
    for n in range(RIVALS):
        i, rival = layout.RIVAL_STATES[n]
        dialogue = ROW.dialogue if layout.IS_THE_DYAD[n] else ROW.nothing
        for k in range(LANES):
            clear = capability.transparency(
                one=values[ROW.transparency + i, k],
                other=values[ROW.transparency + rival, k],
                dialogue=params[PARAM.dialogue_transparency, k] * values[dialogue, k],
            )
            values[ROW.misperception + n, k] = capability.misperception(
                exaggeration=params[PARAM.exaggeration + i, k], transparency=clear
            )


def update_threat(values: Values, params: Parameters, quarter: int) -> None:
    """The threat that each state reads from its rivals' arms, and what of it the observed budgets alone make, which they answer."""
    for i in range(STATES):
        threat_of(values, params, i, ROW.threat, ROW.capability, False)
        if quarter < OBSERVED_QUARTERS:
            threat_of(values, params, i, ROW.threat_reference, ROW.capital_stock, True)
        for k in range(LANES):
            values[ROW.threat_rise + i, k] = values[ROW.threat + i, k] - values[ROW.threat_reference + i, k]


def threat_of(values: Values, params: Parameters, i: int, row: int, arms: int, is_usual: bool) -> None:
    """The threat of rivals' arms, against a state's own and its guarantors', into a row; in usual relations and promises, or today's."""
    for k in range(LANES):
        promise = 1.0 if is_usual else values[ROW.commitment + i, k]
        troops = params[PARAM.troops_reference, k] if is_usual else values[ROW.troops, k]
        values[ROW.guarantee, k] = guarantee_of(params, i, promise, troops, k)
        values[row + i, k] = 0.0
    for n in range(layout.RIVALS_FROM[i], layout.RIVALS_FROM[i] + layout.RIVALS_OF[i]):
        rival, e = layout.RIVAL_STATES[n, 1], layout.RIVAL_TIE[n]
        for k in range(LANES):
            hostile = capability.hostility(attitude=values[ROW.attitude + e, k])
            values[row + i, k] += params[PARAM.threat_share + n, k] * capability.threat_from(
                hostility=values[ROW.hostility_start + e, k] if is_usual else hostile,
                arms=capability.arms_read(
                    capability=values[arms + rival, k], misperception=values[ROW.misperception + n, k]
                ),
                own_arms=values[arms + i, k],
                guarantee=values[ROW.guarantee, k],
            )


def guarantee_of(params: Parameters, i: int, commitment: float, troops: float, k: int) -> float:
    """What a state's guarantors add to its own arms in its eyes."""
    return capability.guarantee(
        worth=params[PARAM.guarantee_worth, k],
        cover=params[PARAM.guarantee_cover + i, k],
        commitment=commitment,
        presence_share=params[PARAM.guarantee_presence + i, k],
        presence=share_of(part=troops, whole=params[PARAM.troops_reference, k]),
    )


# ---- budgets ---------------------------------------------------------------------------------------------------------


def update_desired_gap(values: Values, params: Parameters) -> None:
    """Where threat would hold each budget if nothing tired, as a logarithm."""
    for i in range(STATES):
        for k in range(LANES):
            values[ROW.desired_gap + i, k] = spending.desired_gap(
                reaction=params[PARAM.coupling, k] * params[PARAM.reaction + i, k],
                threat_rise=values[ROW.threat_rise + i, k],
                yielding=params[PARAM.yielding, k],
                grievance=params[PARAM.grievance + i, k],
                insecurity_outside=params[PARAM.external_spending, k] * values[ROW.insecurity_outside, k],
            )


def update_budget(values: Values, params: Parameters, quarter: int) -> None:
    """Budgets: what each state spends. In loops of their own over the states, so that each fits the vector registers."""
    revise_gaps(values, params, quarter)
    for i in range(STATES):
        for k in range(LANES):
            is_due = spending.is_budget_quarter(quarter=float(quarter), interval=params[PARAM.budget_interval, k])
            gap = values[ROW.log_spending_gap + i, k]
            values[ROW.log_spending_gap + i, k] = values[ROW.gap_revised + i, k] if is_due else gap
    for i in range(STATES):
        for k in range(LANES):
            values[ROW.spending + i, k] = spending.spending_level(
                burden_target=params[PARAM.spending_scale + i, k] * values[ROW.burden_target + i, k],
                gdp=values[ROW.gdp + i, k],
                log_spending_gap=values[ROW.log_spending_gap + i, k],
                supplement=values[ROW.supplement + i, k],
                burden_max=params[PARAM.burden_max, k],
            )
            values[ROW.burden + i, k] = share_of(part=values[ROW.spending + i, k], whole=values[ROW.gdp + i, k])


def revise_gaps(values: Values, params: Parameters, quarter: int) -> None:
    """How far each state's spending would be off its plan if a budget were due."""
    is_drawn = 1.0 if quarter >= OBSERVED_QUARTERS else 0.0
    for i in range(STATES):
        for k in range(LANES):
            values[ROW.gap_revised + i, k] = spending.log_spending_gap_next(
                log_spending_gap=values[ROW.log_spending_gap + i, k],
                desired_gap=values[ROW.desired_gap + i, k],
                fatigue=params[PARAM.fatigue + i, k],
                adjustment=params[PARAM.adjustment + i, k],
                years=params[PARAM.budget_interval, k] * QUARTER,
                shock=is_drawn
                * spending.budget_shock(
                    own_spread=values[ROW.budget_spread + i, k],
                    own=values[ROW.budget_deviate + i, k],
                    common_spread=values[ROW.common_spread + i, k],
                    common=values[ROW.common_deviate, k],
                ),
            )


# ---- stocks ----------------------------------------------------------------------------------------------------------


def update_stocks(values: Values, params: Parameters) -> None:
    """Stocks: what flows in, what is paid, and wear."""
    for i in range(STATES):
        flow_in(values, params, i)
        for k in range(LANES):
            values[ROW.capital_stock + i, k] = capital_next(
                capital=values[ROW.capital_stock + i, k],
                inflow=values[ROW.inflow, k],
                depreciation=params[PARAM.depreciation, k],
                years=QUARTER,
            )
            values[ROW.air_defence + i, k] = units_next(
                units=values[ROW.air_defence + i, k], attrition=params[PARAM.depreciation, k], years=QUARTER
            )
        for k in range(LANES):
            values[ROW.uav + i, k] = units_next(
                units=values[ROW.uav + i, k], attrition=params[PARAM.uav_attrition, k], years=QUARTER
            )
            values[ROW.loitering + i, k] = units_next(
                units=values[ROW.loitering + i, k], attrition=params[PARAM.loitering_attrition, k], years=QUARTER
            )


def flow_in(values: Values, params: Parameters, i: int) -> None:
    """Equipment that flows into a state's capital: bought with what instalments leave of its funds, and paid by patrons."""
    for k in range(LANES):
        funds = params[PARAM.procurement_share + i, k] * values[ROW.spending + i, k]
        paid = spending.payment(owed=values[ROW.owed + i, k], years=params[PARAM.instalment_years, k], funds=funds)
        values[ROW.owed + i, k] -= paid * QUARTER
        values[ROW.inflow, k] = funds - paid
    if i == HELPED:
        for p in range(PATRONS):
            for k in range(LANES):
                values[ROW.inflow, k] += values[ROW.grants + p, k]
