"""States in a quarter, compiled: what each earns, fears, spends and holds; see `initial_state` for how phases read and write."""

from sim.engines.compiled.arrays import Parameters, World
from sim.engines.compiled.layout import (
    IS_THE_DYAD,
    LANES,
    NONE,
    PARAM,
    PATH_BURDEN,
    PATH_GDP,
    PATRON_SUPPLIER,
    PATRONS,
    RIVAL_STATES,
    RIVAL_TIE,
    RIVALS,
    RIVALS_FROM,
    RIVALS_OF,
    ROW,
    SRB,
    STATES,
    SUPPLIERS,
    XKX,
)
from sim.model.calendar import FIRST_STEP, OBSERVED_QUARTERS, QUARTER, YEAR
from sim.rules.capability import (
    capability_change,
    change_perceived,
    hostility,
    misperception,
    perceived_capability,
    system_capability,
    threat,
    transparency,
)
from sim.rules.elementary import positive_part, relaxed, share_of
from sim.rules.patrons import expected_deliveries
from sim.rules.spending import (
    desired_gap,
    gdp_next,
    incident_probability,
    insecurity,
    is_budget_quarter,
    log_spending_gap_next,
    spending_level,
)
from sim.rules.stocks import capital_next, units_next


def start_quarter(values: World) -> None:
    """Incidents, orders and deliveries are counted anew."""
    for k in range(LANES):
        values[ROW.incidents, k] = 0.0
        values[ROW.shock, k] = 0.0
        values[ROW.is_lethal, k] = 0.0
    for row in range(ROW.orders, ROW.orders + 2 * STATES * SUPPLIERS):  # orders and deliveries stand side by side
        values[row, :] = 0.0


def grow_economy(values: World, params: Parameters, quarter: int) -> None:
    """Economies and planned burdens: as observed, then growing."""
    year = quarter // 4
    years = FIRST_STEP if quarter == OBSERVED_QUARTERS else QUARTER
    for i in range(STATES):
        if quarter < OBSERVED_QUARTERS:
            for k in range(LANES):
                values[ROW.gdp + i, k] = PATH_GDP[i, year]
                values[ROW.burden_target + i, k] = PATH_BURDEN[i, year]
        else:
            for k in range(LANES):
                values[ROW.gdp + i, k] = gdp_next(
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


# ---- what rivals see, and the threat ---------------------------------------------------------------------------------


def arms_at_value(values: World, params: Parameters, i: int, row: int, is_perceived: bool) -> None:
    """All that a state holds, into a row: as its rivals see it, or at what it cost."""
    for k in range(LANES):
        uav = system_capability(
            units=values[ROW.uav + i, k],
            units_own=values[ROW.uav_own + i, k],
            price=params[PARAM.uav_price, k],
            perceived_value=params[PARAM.uav_perceived_value, k] if is_perceived else 1.0,
        )
        loitering = system_capability(
            units=values[ROW.loitering + i, k],
            units_own=values[ROW.loitering_own + i, k],
            price=params[PARAM.loitering_price, k],
            perceived_value=params[PARAM.loitering_perceived_value, k] if is_perceived else 1.0,
        )
        values[row, k] = perceived_capability(capital=values[ROW.capital_stock + i, k], uav=uav, loitering=loitering)


def update_capability(values: World, params: Parameters, quarter: int) -> None:
    """Capabilities as rivals see them, and how far each grew beyond its state's economy."""
    years = float(quarter) * QUARTER
    for i in range(STATES):
        arms_at_value(values, params, i, ROW.capability + i, True)
        for k in range(LANES):
            values[ROW.capability_change + i, k] = capability_change(
                capability=values[ROW.capability + i, k],
                log_capability_start=values[ROW.log_capability_start + i, k],
                trend_growth=params[PARAM.gdp_growth + i, k],
                years=years,
            )


def update_misperception(values: World, params: Parameters) -> None:
    """By how much each state overstates each rival's build-up; between Serbia and Kosovo, dialogue clears doubts up."""
    for n in range(RIVALS):
        i, rival = RIVAL_STATES[n]
        dialogue = ROW.dialogue if IS_THE_DYAD[n] else ROW.nothing
        for k in range(LANES):
            clear = transparency(
                one=values[ROW.transparency + i, k],
                other=values[ROW.transparency + rival, k],
                dialogue=params[PARAM.dialogue_transparency, k] * values[dialogue, k],
            )
            values[ROW.misperception + n, k] = misperception(
                exaggeration=params[PARAM.exaggeration + i, k], transparency=clear
            )


def update_threat(values: World, params: Parameters) -> None:
    """The threat that each state reads from its rivals' capabilities and its own hostility to them."""
    for i in range(STATES):
        for k in range(LANES):
            rival_pressure = 0.0
            hostility_pressure = 0.0
            for n in range(RIVALS_FROM[i], RIVALS_FROM[i] + RIVALS_OF[i]):
                share = params[PARAM.threat_share + n, k]
                rival_pressure += share * change_perceived(
                    change=values[ROW.capability_change + RIVAL_STATES[n, 1], k],
                    misperception=values[ROW.misperception + n, k],
                )
                e = RIVAL_TIE[n]
                if e >= 0:
                    hostile = hostility(attitude=values[ROW.attitude + e, k])
                    hostility_pressure += share * (hostile - values[ROW.hostility_start + e, k])
            values[ROW.threat_last + i, k] = values[ROW.threat + i, k]
            values[ROW.threat + i, k] = threat(
                rival_pressure=rival_pressure,
                own_change=values[ROW.capability_change + i, k],
                rivalry=params[PARAM.rivalry, k],
                double_standard=params[PARAM.double_standard + i, k],
                hostility_pressure=hostility_pressure,
                hostility_weight=params[PARAM.hostility_weight, k],
            )


# ---- budgets ---------------------------------------------------------------------------------------------------------


def update_desired_gap(values: World, params: Parameters) -> None:
    """Where threat, insecurity and unrest would hold each budget if nothing tired, as a logarithm."""
    for k in range(LANES):
        values[ROW.insecurity, k] = insecurity(
            probability=values[ROW.probability, k],
            probability_reference=incident_probability(hazard=params[PARAM.hazard_reference, k], years=YEAR),
            outlay_per_probability=params[PARAM.outlay_per_probability, k],
            fatal_share=params[PARAM.coupling, k] * params[PARAM.fatal_share, k],
        )
    for i in range(STATES):
        fear = ROW.insecurity if i == SRB or i == XKX else ROW.nothing
        for k in range(LANES):
            values[ROW.desired_gap + i, k] = desired_gap(
                reaction=params[PARAM.coupling, k] * params[PARAM.reaction + i, k],
                threat=values[ROW.threat + i, k],
                insecurity=values[fear, k],
                grievance=params[PARAM.grievance + i, k],
                diversion=params[PARAM.coupling, k] * params[PARAM.diversion, k] * values[ROW.diversion_share, k],
                unrest=values[ROW.unrest + i, k] - params[PARAM.unrest_reference, k],
                supplement=values[ROW.supplement + i, k],
                insecurity_outside=params[PARAM.external_spending, k] * values[ROW.insecurity_outside, k],
            )


def update_budget(values: World, params: Parameters, quarter: int) -> None:
    """Budgets: what each state spends. In loops of their own over the states, so that each fits the vector registers."""
    revise_gaps(values, params, quarter)
    for i in range(STATES):
        for k in range(LANES):
            is_due = is_budget_quarter(quarter=float(quarter), interval=params[PARAM.budget_interval, k])
            gap = values[ROW.log_spending_gap + i, k]
            values[ROW.log_spending_gap + i, k] = values[ROW.gap_revised + i, k] if is_due else gap
    for i in range(STATES):
        for k in range(LANES):
            values[ROW.spending + i, k] = spending_level(
                burden_target=params[PARAM.spending_scale + i, k] * values[ROW.burden_target + i, k],
                gdp=values[ROW.gdp + i, k],
                log_spending_gap=values[ROW.log_spending_gap + i, k],
                burden_max=params[PARAM.burden_max, k],
            )
            values[ROW.burden + i, k] = share_of(part=values[ROW.spending + i, k], whole=values[ROW.gdp + i, k])


def revise_gaps(values: World, params: Parameters, quarter: int) -> None:
    """How far each state's spending would be off its plan if a budget were due."""
    is_drawn = 1.0 if quarter >= OBSERVED_QUARTERS else 0.0
    for i in range(STATES):
        for k in range(LANES):
            values[ROW.gap_revised + i, k] = log_spending_gap_next(
                log_spending_gap=values[ROW.log_spending_gap + i, k],
                desired_gap=values[ROW.desired_gap + i, k],
                fatigue=params[PARAM.fatigue + i, k],
                adjustment=params[PARAM.adjustment + i, k],
                years=params[PARAM.budget_interval, k] * QUARTER,
                shock=is_drawn * values[ROW.budget_spread + i, k] * values[ROW.budget_deviate + i, k],
            )


# ---- stocks ----------------------------------------------------------------------------------------------------------


def update_stocks(values: World, params: Parameters, is_drawn: bool) -> None:
    """Stocks: what flows in, and wear."""
    for i in range(STATES):
        flow_in(values, params, i, is_drawn)
        for k in range(LANES):
            values[ROW.capital_stock + i, k] = capital_next(
                capital=values[ROW.capital_stock + i, k],
                inflow=values[ROW.inflow, k],
                depreciation=params[PARAM.depreciation, k],
                years=QUARTER,
            )
        for k in range(LANES):
            values[ROW.uav + i, k] = units_next(
                units=values[ROW.uav + i, k], attrition=params[PARAM.uav_attrition, k], years=QUARTER
            )
            values[ROW.uav_own + i, k] = units_next(
                units=values[ROW.uav_own + i, k], attrition=params[PARAM.uav_attrition, k], years=QUARTER
            )
        for k in range(LANES):
            values[ROW.loitering + i, k] = units_next(
                units=values[ROW.loitering + i, k], attrition=params[PARAM.loitering_attrition, k], years=QUARTER
            )
            values[ROW.loitering_own + i, k] = units_next(
                units=values[ROW.loitering_own + i, k], attrition=params[PARAM.loitering_attrition, k], years=QUARTER
            )


def flow_in(values: World, params: Parameters, i: int, is_drawn: bool) -> None:
    """Equipment that flows into a state's capital: bought, and paid by patrons. What patrons' drawn deliveries bring on
    average is taken off Serbia's purchases, so that its baseline stays neutral."""
    for k in range(LANES):
        values[ROW.inflow, k] = params[PARAM.procurement_share + i, k] * values[ROW.spending + i, k]
    if i == XKX:
        for p in range(PATRONS):
            for k in range(LANES):
                values[ROW.inflow, k] += values[ROW.grants + p, k]
    if i == SRB and is_drawn:
        for p in range(PATRONS):
            if PATRON_SUPPLIER[p] != NONE:
                for k in range(LANES):
                    values[ROW.inflow, k] -= expected_deliveries(
                        access=params[PARAM.chance, k] * params[PARAM.patron_access + p, k],
                        rate=params[PARAM.counter_rate, k],
                        value=values[ROW.counter_mean, k],
                    )
        for k in range(LANES):
            values[ROW.inflow, k] = positive_part(x=values[ROW.inflow, k])
