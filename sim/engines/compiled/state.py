"""States in a quarter, compiled: what each earns, fears, spends and holds; see `initial_state` for how phases read and write."""

from sim.engines.compiled.jit import compiled
from sim.engines.compiled.layout import (
    FIRST_STEP,
    IS_THE_DYAD,
    LANES,
    NONE,
    OBSERVED_QUARTERS,
    PARAM,
    PATH_BURDEN,
    PATH_GDP,
    PATRON_SUPPLIER,
    PATRONS,
    QUARTER,
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
    YEAR,
)
from sim.rules.capability import (
    capability_change,
    change_perceived,
    hostility,
    misperception,
    system_capability,
    threat,
    transparency,
)
from sim.rules.elementary import (
    effect,
    positive_part,
    relaxed,
    share_of,
    weighted,
)
from sim.rules.spending import (
    gdp_next,
    incident_probability,
    insecurity,
    is_budget_quarter,
    outlay_gap_next,
    spending_level,
)
from sim.rules.stocks import capital_next, units_next


@compiled
def grow_economies(values, params, quarter):
    """Economies, planned burdens, and what the quarter before leaves behind."""
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
                    spread=weighted(weight=params[PARAM.chance, k], amount=params[PARAM.gdp_spread, k]),
                    years=years,
                    deviate=values[ROW.growth_deviate + i, k],
                )
                values[ROW.burden_target + i, k] = relaxed(
                    value=values[ROW.burden_target + i, k],
                    anchor=params[PARAM.burden_goal + i, k],
                    rate=share_of(part=1.0, whole=params[PARAM.goal_delay, k]),
                    years=years,
                )
    for k in range(LANES):
        values[ROW.incidents, k] = 0.0
        values[ROW.shock, k] = 0.0
        values[ROW.is_lethal, k] = 0.0
    for row in range(ROW.orders, ROW.orders + 2 * STATES * SUPPLIERS):  # orders and deliveries stand side by side
        values[row, :] = 0.0


@compiled
def update_desired_gap(values, params):
    """Where threat, insecurity and unrest would hold each budget if nothing tired, as a logarithm."""
    for k in range(LANES):
        values[ROW.insecurity, k] = insecurity(
            probability=values[ROW.probability, k],
            probability_reference=incident_probability(hazard=params[PARAM.hazard_reference, k], years=YEAR),
            outlay_per_probability=params[PARAM.outlay_per_probability, k],
            fatal_share=weighted(weight=params[PARAM.coupling, k], amount=params[PARAM.fatal_share, k]),
        )
    for i in range(STATES):
        for k in range(LANES):
            values[ROW.pressure + i, k] = weighted(
                weight=weighted(weight=params[PARAM.coupling, k], amount=params[PARAM.reaction + i, k]),
                amount=values[ROW.threat + i, k],
            )
        if i == SRB or i == XKX:
            for k in range(LANES):
                values[ROW.pressure + i, k] += values[ROW.insecurity, k]
        for k in range(LANES):
            pressure = values[ROW.pressure + i, k]
            pressure += params[PARAM.grievance + i, k]
            pressure += effect(
                slope=weighted(
                    weight=weighted(weight=params[PARAM.coupling, k], amount=params[PARAM.diversion, k]),
                    amount=values[ROW.diversion_share, k],
                ),
                value=values[ROW.unrest + i, k],
                reference=params[PARAM.unrest_reference, k],
            )
            pressure += values[ROW.supplement + i, k]
            pressure += weighted(weight=params[PARAM.external_spending, k], amount=values[ROW.insecurity_outside, k])
            values[ROW.pressure + i, k] = pressure


@compiled
def update_budgets(values, params, quarter):
    """Budgets: what each state spends."""
    update_desired_gap(values, params)
    is_surprised = 1.0 if quarter >= OBSERVED_QUARTERS else 0.0
    for i in range(STATES):
        for k in range(LANES):
            years = weighted(weight=params[PARAM.budget_interval, k], amount=QUARTER)
            surprise = weighted(
                weight=weighted(weight=is_surprised, amount=values[ROW.budget_spread + i, k]),
                amount=values[ROW.budget_deviate + i, k],
            )
            revised = outlay_gap_next(
                outlay_gap=values[ROW.outlay_gap + i, k],
                pressure=values[ROW.pressure + i, k],
                fatigue=params[PARAM.fatigue + i, k],
                adjustment=params[PARAM.adjustment + i, k],
                years=years,
                surprise=surprise,
            )
            is_due = is_budget_quarter(quarter=float(quarter), interval=params[PARAM.budget_interval, k])
            values[ROW.outlay_gap + i, k] = revised if is_due else values[ROW.outlay_gap + i, k]
            values[ROW.spending + i, k] = spending_level(
                burden_target=weighted(
                    weight=params[PARAM.spending_scale + i, k], amount=values[ROW.burden_target + i, k]
                ),
                gdp=values[ROW.gdp + i, k],
                outlay_gap=values[ROW.outlay_gap + i, k],
                burden_max=params[PARAM.burden_max, k],
            )
            values[ROW.burden + i, k] = share_of(part=values[ROW.spending + i, k], whole=values[ROW.gdp + i, k])


@compiled
def update_stocks(values, params, is_drawn):
    """Stocks: equipment bought with the budget, grants, wear. The mean of the patrons' drawn deliveries is taken off
    Serbia's purchases, so that its baseline stays neutral."""
    for i in range(STATES):
        for k in range(LANES):
            inflow = weighted(weight=params[PARAM.procurement_share + i, k], amount=values[ROW.spending + i, k])
            if i == XKX:
                for p in range(PATRONS):
                    inflow += values[ROW.grants + p, k]
            if i == SRB and is_drawn:
                for p in range(PATRONS):
                    usual = weighted(
                        weight=weighted(weight=params[PARAM.chance, k], amount=params[PARAM.patron_access + p, k]),
                        amount=weighted(weight=params[PARAM.counter_rate, k], amount=values[ROW.counter_mean, k]),
                    )
                    inflow -= usual if PATRON_SUPPLIER[p] != NONE else 0.0
                inflow = positive_part(x=inflow)
            values[ROW.capital_stock + i, k] = capital_next(
                capital=values[ROW.capital_stock + i, k],
                inflow=inflow,
                depreciation=params[PARAM.depreciation, k],
                years=QUARTER,
            )
            values[ROW.uav + i, k] = units_next(
                units=values[ROW.uav + i, k], attrition=params[PARAM.uav_attrition, k], years=QUARTER
            )
            values[ROW.uav_own + i, k] = units_next(
                units=values[ROW.uav_own + i, k], attrition=params[PARAM.uav_attrition, k], years=QUARTER
            )
            values[ROW.loitering + i, k] = units_next(
                units=values[ROW.loitering + i, k], attrition=params[PARAM.loitering_attrition, k], years=QUARTER
            )
            values[ROW.loitering_own + i, k] = units_next(
                units=values[ROW.loitering_own + i, k], attrition=params[PARAM.loitering_attrition, k], years=QUARTER
            )


@compiled
def update_threat(values, params, quarter):
    """Capabilities as rivals see them, and the threat that each state reads from them."""
    years = weighted(weight=float(quarter), amount=QUARTER)
    for i in range(STATES):
        update_capability(values, params, i)
        for k in range(LANES):
            values[ROW.capability_change + i, k] = capability_change(
                capability=values[ROW.capability + i, k],
                log_capability_start=values[ROW.log_capability_start + i, k],
                trend_growth=params[PARAM.gdp_growth + i, k],
                years=years,
            )
            values[ROW.threat_last + i, k] = values[ROW.threat + i, k]
            values[ROW.threat + i, k] = 0.0
    update_misperception(values, params)
    for i in range(STATES):
        for k in range(LANES):
            rival_pressure = 0.0
            hostility_pressure = 0.0
            for n in range(RIVALS_FROM[i], RIVALS_FROM[i] + RIVALS_OF[i]):
                share = params[PARAM.threat_share + n, k]
                read = change_perceived(
                    change=values[ROW.capability_change + RIVAL_STATES[n, 1], k],
                    misperception=values[ROW.misperception + n, k],
                )
                rival_pressure += weighted(weight=share, amount=read)
                e = RIVAL_TIE[n]
                if e >= 0:
                    hostility_pressure += effect(
                        slope=share,
                        value=hostility(attitude=values[ROW.attitude + e, k]),
                        reference=values[ROW.hostility_start + e, k],
                    )
            values[ROW.threat + i, k] = threat(
                rival_pressure=rival_pressure,
                own_change=values[ROW.capability_change + i, k],
                rivalry=params[PARAM.rivalry, k],
                double_standard=params[PARAM.double_standard + i, k],
                hostility_pressure=hostility_pressure,
                hostility_weight=params[PARAM.hostility_weight, k],
            )


@compiled
def update_misperception(values, params):
    """By how much each state overstates each rival's build-up; between Serbia and Kosovo, dialogue clears doubts up."""
    for n in range(RIVALS):
        i, rival = RIVAL_STATES[n]
        dialogue = ROW.dialogue if IS_THE_DYAD[n] else ROW.nothing
        for k in range(LANES):
            clear = transparency(
                one=values[ROW.transparency + i, k],
                other=values[ROW.transparency + rival, k],
                dialogue=weighted(weight=params[PARAM.dialogue_transparency, k], amount=values[dialogue, k]),
            )
            values[ROW.misperception + n, k] = misperception(
                exaggeration=params[PARAM.exaggeration + i, k], transparency=clear
            )


@compiled
def update_capability(values, params, i):
    """Capability of one state as its rivals see it."""
    for k in range(LANES):
        capability = values[ROW.capital_stock + i, k]
        capability += system_capability(
            units=values[ROW.uav + i, k],
            units_own=values[ROW.uav_own + i, k],
            price=params[PARAM.uav_price, k],
            perceived_value=params[PARAM.uav_perceived_value, k],
        )
        capability += system_capability(
            units=values[ROW.loitering + i, k],
            units_own=values[ROW.loitering_own + i, k],
            price=params[PARAM.loitering_price, k],
            perceived_value=params[PARAM.loitering_perceived_value, k],
        )
        values[ROW.capability + i, k] = capability
