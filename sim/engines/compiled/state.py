"""States in a quarter, compiled: what each earns, fears, spends and holds; see `initial_state` for how phases read and write."""

from sim.engines.compiled.jit import compiled
from sim.engines.compiled.layout import (
    AT,
    FIRST_STEP,
    IS_THE_DYAD,
    LANES,
    NONE,
    OBSERVED_QUARTERS,
    OF,
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
def grow(now, given, quarter):
    """Economies, planned burdens, and what the quarter before leaves behind."""
    year = quarter // 4
    years = FIRST_STEP if quarter == OBSERVED_QUARTERS else QUARTER
    for i in range(STATES):
        if quarter < OBSERVED_QUARTERS:
            for k in range(LANES):
                now[AT.gdp + i, k] = PATH_GDP[i, year]
                now[AT.burden_target + i, k] = PATH_BURDEN[i, year]
        else:
            for k in range(LANES):
                now[AT.gdp + i, k] = gdp_next(
                    gdp=now[AT.gdp + i, k],
                    growth=given[OF.gdp_growth + i, k],
                    spread=weighted(weight=given[OF.chance, k], amount=given[OF.gdp_spread, k]),
                    years=years,
                    deviate=now[AT.growth_luck + i, k],
                )
                now[AT.burden_target + i, k] = relaxed(
                    value=now[AT.burden_target + i, k],
                    anchor=given[OF.burden_goal + i, k],
                    rate=share_of(part=1.0, whole=given[OF.goal_delay, k]),
                    years=years,
                )
    for k in range(LANES):
        now[AT.incidents, k] = 0.0
        now[AT.shock, k] = 0.0
        now[AT.is_lethal, k] = 0.0
    for row in range(AT.orders, AT.orders + 2 * STATES * SUPPLIERS):  # orders and deliveries stand side by side
        now[row, :] = 0.0


@compiled
def press(now, given):
    """Where threat, insecurity and unrest would hold each budget if nothing tired, as a logarithm."""
    for k in range(LANES):
        now[AT.insecurity, k] = insecurity(
            probability=now[AT.probability, k],
            probability_reference=incident_probability(hazard=given[OF.hazard_reference, k], years=YEAR),
            outlay_per_probability=given[OF.outlay_per_probability, k],
            fatal_share=weighted(weight=given[OF.coupling, k], amount=given[OF.fatal_share, k]),
        )
    for i in range(STATES):
        for k in range(LANES):
            now[AT.pressure + i, k] = weighted(
                weight=weighted(weight=given[OF.coupling, k], amount=given[OF.reaction + i, k]),
                amount=now[AT.threat + i, k],
            )
        if i == SRB or i == XKX:
            for k in range(LANES):
                now[AT.pressure + i, k] += now[AT.insecurity, k]
        for k in range(LANES):
            pressure = now[AT.pressure + i, k]
            pressure += given[OF.grievance + i, k]
            pressure += effect(
                slope=weighted(
                    weight=weighted(weight=given[OF.coupling, k], amount=given[OF.diversion, k]),
                    amount=now[AT.diversion_share, k],
                ),
                value=now[AT.unrest + i, k],
                reference=given[OF.unrest_reference, k],
            )
            pressure += now[AT.supplement + i, k]
            pressure += weighted(weight=given[OF.external_spending, k], amount=now[AT.insecurity_outside, k])
            now[AT.pressure + i, k] = pressure


@compiled
def budget(now, given, quarter):
    """Budgets: what each state spends."""
    press(now, given)
    is_surprised = 1.0 if quarter >= OBSERVED_QUARTERS else 0.0
    for i in range(STATES):
        for k in range(LANES):
            years = weighted(weight=given[OF.budget_interval, k], amount=QUARTER)
            surprise = weighted(
                weight=weighted(weight=is_surprised, amount=now[AT.budget_spread + i, k]),
                amount=now[AT.budget_luck + i, k],
            )
            revised = outlay_gap_next(
                outlay_gap=now[AT.outlay_gap + i, k],
                pressure=now[AT.pressure + i, k],
                fatigue=given[OF.fatigue + i, k],
                adjustment=given[OF.adjustment + i, k],
                years=years,
                surprise=surprise,
            )
            is_due = is_budget_quarter(quarter=float(quarter), interval=given[OF.budget_interval, k])
            now[AT.outlay_gap + i, k] = revised if is_due else now[AT.outlay_gap + i, k]
            now[AT.spending + i, k] = spending_level(
                burden_target=weighted(weight=given[OF.spending_scale + i, k], amount=now[AT.burden_target + i, k]),
                gdp=now[AT.gdp + i, k],
                outlay_gap=now[AT.outlay_gap + i, k],
                burden_max=given[OF.burden_max, k],
            )
            now[AT.burden + i, k] = share_of(part=now[AT.spending + i, k], whole=now[AT.gdp + i, k])


@compiled
def wear(now, given, is_drawn):
    """Stocks: equipment bought with the budget, grants, wear. The mean of the patrons' drawn deliveries is taken off
    Serbia's purchases, so that its baseline stays neutral."""
    for i in range(STATES):
        for k in range(LANES):
            inflow = weighted(weight=given[OF.procurement_share + i, k], amount=now[AT.spending + i, k])
            if i == XKX:
                for p in range(PATRONS):
                    inflow += now[AT.grants + p, k]
            if i == SRB and is_drawn:
                for p in range(PATRONS):
                    usual = weighted(
                        weight=weighted(weight=given[OF.chance, k], amount=given[OF.patron_access + p, k]),
                        amount=weighted(weight=given[OF.counter_rate, k], amount=now[AT.counter_mean, k]),
                    )
                    inflow -= usual if PATRON_SUPPLIER[p] != NONE else 0.0
                inflow = positive_part(x=inflow)
            now[AT.capital_stock + i, k] = capital_next(
                capital=now[AT.capital_stock + i, k],
                inflow=inflow,
                depreciation=given[OF.depreciation, k],
                years=QUARTER,
            )
            now[AT.uav + i, k] = units_next(
                units=now[AT.uav + i, k], attrition=given[OF.uav_attrition, k], years=QUARTER
            )
            now[AT.uav_own + i, k] = units_next(
                units=now[AT.uav_own + i, k], attrition=given[OF.uav_attrition, k], years=QUARTER
            )
            now[AT.loitering + i, k] = units_next(
                units=now[AT.loitering + i, k], attrition=given[OF.loitering_attrition, k], years=QUARTER
            )
            now[AT.loitering_own + i, k] = units_next(
                units=now[AT.loitering_own + i, k], attrition=given[OF.loitering_attrition, k], years=QUARTER
            )


@compiled
def assess(now, given, quarter):
    """Capabilities as rivals see them, and the threat that each state reads from them."""
    years = weighted(weight=float(quarter), amount=QUARTER)
    for i in range(STATES):
        perceive(now, given, i)
        for k in range(LANES):
            now[AT.capability_change + i, k] = capability_change(
                capability=now[AT.capability + i, k],
                log_capability_start=now[AT.log_capability_start + i, k],
                trend_growth=given[OF.gdp_growth + i, k],
                years=years,
            )
            now[AT.threat_last + i, k] = now[AT.threat + i, k]
            now[AT.threat + i, k] = 0.0
    doubt(now, given)
    for i in range(STATES):
        for k in range(LANES):
            rival_pressure = 0.0
            hostility_pressure = 0.0
            for n in range(RIVALS_FROM[i], RIVALS_FROM[i] + RIVALS_OF[i]):
                share = given[OF.threat_share + n, k]
                read = change_perceived(
                    change=now[AT.capability_change + RIVAL_STATES[n, 1], k], misperception=now[AT.misperception + n, k]
                )
                rival_pressure += weighted(weight=share, amount=read)
                e = RIVAL_TIE[n]
                if e >= 0:
                    hostility_pressure += effect(
                        slope=share,
                        value=hostility(attitude=now[AT.attitude + e, k]),
                        reference=now[AT.hostility_start + e, k],
                    )
            now[AT.threat + i, k] = threat(
                rival_pressure=rival_pressure,
                own_change=now[AT.capability_change + i, k],
                rivalry=given[OF.rivalry, k],
                double_standard=given[OF.double_standard + i, k],
                hostility_pressure=hostility_pressure,
                hostility_weight=given[OF.hostility_weight, k],
            )


@compiled
def doubt(now, given):
    """By how much each state overstates each rival's build-up; between Serbia and Kosovo, dialogue clears doubts up."""
    for n in range(RIVALS):
        i, rival = RIVAL_STATES[n]
        dialogue = AT.dialogue if IS_THE_DYAD[n] else AT.nothing
        for k in range(LANES):
            clear = transparency(
                one=now[AT.transparency + i, k],
                other=now[AT.transparency + rival, k],
                dialogue=weighted(weight=given[OF.dialogue_transparency, k], amount=now[dialogue, k]),
            )
            now[AT.misperception + n, k] = misperception(exaggeration=given[OF.exaggeration + i, k], transparency=clear)


@compiled
def perceive(now, given, i):
    """Capability of one state as its rivals see it."""
    for k in range(LANES):
        capability = now[AT.capital_stock + i, k]
        capability += system_capability(
            units=now[AT.uav + i, k],
            units_own=now[AT.uav_own + i, k],
            price=given[OF.uav_price, k],
            perceived_value=given[OF.uav_perceived_value, k],
        )
        capability += system_capability(
            units=now[AT.loitering + i, k],
            units_own=now[AT.loitering_own + i, k],
            price=given[OF.loitering_price, k],
            perceived_value=given[OF.loitering_perceived_value, k],
        )
        now[AT.capability + i, k] = capability
