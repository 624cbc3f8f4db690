"""The phases of a quarter, compiled: every rule over all members of a block, states and ties in table order.

`now` is the world, `given` the parameters; both have one row per number (see `sim.layout`) and one column, or lane, per
member. No phase computes anything itself: it fetches, calls a rule, accumulates and stores. `sim.agents` walks the same
phases with one member's agents; the order is told there, in `RegionModel.step`.
"""

from sim.chance import QUARTERLY, uniform
from sim.compiled import compiled
from sim.layout import (
    AT,
    GRUDGES,
    KINDS,
    LOT_CHANNELS,
    LOT_ROWS,
    NONE,
    NORMAL_ROWS,
    OF,
    PAIR_TIES,
    PAIRS,
    PATH_BURDEN,
    PATH_GDP,
    PATRON_SUPPLIER,
    PATRONS,
    RIVAL_STATES,
    RIVAL_TIE,
    RIVALS_FROM,
    RIVALS_OF,
    SRB,
    STATES,
    SUPPLIERS,
    TIE_PAIR,
    TIE_SRB_XKX,
    TIE_XKX_SRB,
    TIES,
    TUR_AS_SUPPLIER,
    XKX,
)
from sim.rules.capability import capability_change, hostility, system_capability, threat
from sim.rules.elementary import (
    drifted,
    effect,
    kept_share,
    log,
    lognormal_mean,
    normal_quantile,
    relaxed,
    share_of,
    weighted,
)
from sim.rules.patrons import dialogue_intensity, diversion_share, influence_index
from sim.rules.relations import attitude, bounded, cooperation_anchor, pair_mean, trade_gap_next, trade_index
from sim.rules.spending import (
    budget_surprise,
    excess_burden,
    gdp_next,
    incident_probability,
    insecurity,
    is_budget_quarter,
    outlay_gap_next,
    spending_level,
    stationary_spread,
)
from sim.rules.stocks import capital_next, capital_start, units_next

LANES = 32
QUARTER = 0.25
YEAR = 1.0
OBSERVED_QUARTERS = 4 * PATH_GDP.shape[1]
FIRST_STEP = 0.625  # from the middle of the last observed year to the middle of the next quarter


@compiled
def begin(now, given):
    """The world at the start of 2018."""
    now[:, :] = 0.0
    for i in range(STATES):
        for k in range(LANES):
            now[AT.gdp + i, k] = PATH_GDP[i, 0]
            now[AT.burden_target + i, k] = PATH_BURDEN[i, 0]
            now[AT.spending + i, k] = spending_level(
                burden_target=PATH_BURDEN[i, 0], gdp=PATH_GDP[i, 0], outlay_gap=0.0, burden_max=given[OF.burden_max, k]
            )
            now[AT.stationary_spread + i, k] = stationary_spread(
                growth_spread=given[OF.growth_spread, k], adjustment=given[OF.adjustment + i, k]
            )
            now[AT.capital_stock + i, k] = capital_start(
                spending=now[AT.spending + i, k],
                procurement_share=given[OF.procurement_share + i, k],
                depreciation=given[OF.depreciation, k],
                growth=given[OF.capital_growth, k],
            )
            now[AT.uav + i, k] = given[OF.uav_start + i, k]
            now[AT.uav_own + i, k] = given[OF.uav_start + i, k]
            now[AT.loitering + i, k] = given[OF.loitering_start + i, k]
            now[AT.loitering_own + i, k] = given[OF.loitering_start + i, k]
            now[AT.unrest + i, k] = given[OF.unrest_reference, k]
            now[AT.forced_supplier + i, k] = NONE
        perceive(now, given, i)
        for k in range(LANES):
            now[AT.log_capability_start + i, k] = log(x=now[AT.capability + i, k])
    for e in range(TIES):
        for k in range(LANES):
            now[AT.cooperation + e, k] = given[OF.relation_base + e, k]
            now[AT.attitude + e, k] = attitude(cooperation=given[OF.relation_base + e, k], rhetoric=0.0)
            now[AT.hostility_start + e, k] = hostility(attitude=now[AT.attitude + e, k])
    for p in range(PATRONS):
        for k in range(LANES):
            now[AT.grants + p, k] = given[OF.grant_base + p, k]
    for k in range(LANES):
        now[AT.tension, k] = given[OF.tension_rest, k]
        now[AT.troops_agreed, k] = given[OF.troops_reference, k]
        now[AT.accession, k] = given[OF.accession_start, k]
        now[AT.cooperation_kept, k] = kept_share(rate=given[OF.cooperation_recovery, k], years=QUARTER)
        now[AT.rhetoric_kept, k] = kept_share(rate=given[OF.rhetoric_decay, k], years=QUARTER)
        now[AT.memory_kept, k] = kept_share(rate=given[OF.memory_decay, k], years=QUARTER)
        now[AT.counter_mean, k] = lognormal_mean(median=given[OF.counter_size, k], spread=given[OF.counter_spread, k])
    for i in range(STATES):
        for k in range(LANES):
            total = 0.0
            for c in range(KINDS):
                rate = weighted(weight=given[OF.request_factor + i, k], amount=given[OF.request_rate + c, k])
                total += weighted(weight=given[OF.chance, k], amount=incident_probability(hazard=rate, years=QUARTER))
                now[AT.request_reached + i * KINDS + c, k] = total


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


@compiled
def cast(lots, quarter, seed, member):
    """The lots of the quarter, for all that is drawn in every quarter, as uniform numbers."""
    for i in range(LOT_ROWS):
        for k in range(LANES):
            lots[i, k] = uniform(seed, member[k], quarter, LOT_CHANNELS[i], QUARTERLY)


@compiled
def bend(lots):
    """The first of the lots, made standard normal."""
    for i in range(NORMAL_ROWS):
        for k in range(LANES):
            lots[i, k] = normal_quantile(u=lots[i, k])


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
def fade(now, given):
    """Relations return to their anchors, words and grudges fade."""
    for e in range(TIES):
        for k in range(LANES):
            anchor = cooperation_anchor(
                base=given[OF.relation_base + e, k],
                trade_weight=given[OF.trade_anchor, k],
                trade_gap=now[AT.trade_gap + TIE_PAIR[e], k],
            )
            now[AT.cooperation + e, k] = drifted(
                value=now[AT.cooperation + e, k], anchor=anchor, kept=now[AT.cooperation_kept, k]
            )
            now[AT.rhetoric + e, k] = drifted(value=now[AT.rhetoric + e, k], anchor=0.0, kept=now[AT.rhetoric_kept, k])
    for g in range(GRUDGES):
        for k in range(LANES):
            now[AT.memory + g, k] = drifted(value=now[AT.memory + g, k], anchor=0.0, kept=now[AT.memory_kept, k])


@compiled
def settle(now, given):
    """Dialogue, peacekeepers, the pull of accession, and the value of influence, once this quarter's events are known."""
    for k in range(LANES):
        is_mediated = 1.0 if now[AT.mediation_left, k] > 0.0 else 0.0
        now[AT.mediation_left, k] -= is_mediated
        now[AT.dialogue, k] = dialogue_intensity(
            agreed=now[AT.dialogue_agreed, k],
            mediation=weighted(weight=is_mediated, amount=given[OF.mediation_level, k]),
            accession_weight=given[OF.accession_dialogue, k],
            accession=now[AT.accession, k],
            accession_start=given[OF.accession_start, k],
        )
        is_called = 1.0 if now[AT.reserve_left, k] > 0.0 else 0.0
        now[AT.reserve_left, k] -= is_called
        troops = now[AT.troops_agreed, k]
        troops += now[AT.reserve_scripted, k]
        troops += weighted(weight=is_called, amount=given[OF.reserve_troops, k])
        now[AT.troops, k] = troops
        is_boosted = now[AT.boost_left, k] > 0.0
        now[AT.boost_left, k] -= 1.0 if is_boosted else 0.0
        now[AT.boost, k] = given[OF.grant_boost, k] if is_boosted else 1.0
        now[AT.diversion_share, k] = diversion_share(
            relief=given[OF.accession_relief, k],
            accession=now[AT.accession, k],
            accession_start=given[OF.accession_start, k],
        )
        gain = weighted(
            weight=given[OF.dialogue_rapprochement, k], amount=weighted(weight=now[AT.dialogue, k], amount=QUARTER)
        )
        now[AT.cooperation + TIE_SRB_XKX, k] += gain
        now[AT.cooperation + TIE_XKX_SRB, k] += gain
    for i in range(STATES):
        for s in range(SUPPLIERS):
            for k in range(LANES):
                weight = given[OF.accession_influence, k] if s == TUR_AS_SUPPLIER else 0.0
                now[AT.influence + i * SUPPLIERS + s, k] = influence_index(
                    base=given[OF.influence_value + s * STATES + i, k],
                    accession_weight=weight,
                    accession=now[AT.accession, k],
                    accession_start=given[OF.accession_start, k],
                )


@compiled
def express(now):
    """Attitudes, from cooperation and rhetoric."""
    for e in range(TIES):
        for k in range(LANES):
            now[AT.cooperation + e, k] = bounded(level=now[AT.cooperation + e, k])
            now[AT.rhetoric + e, k] = bounded(level=now[AT.rhetoric + e, k])
            now[AT.attitude + e, k] = attitude(cooperation=now[AT.cooperation + e, k], rhetoric=now[AT.rhetoric + e, k])


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
    for i in range(STATES):
        for k in range(LANES):
            rival_pressure = 0.0
            hostility_pressure = 0.0
            for n in range(RIVALS_FROM[i], RIVALS_FROM[i] + RIVALS_OF[i]):
                share = given[OF.threat_share + n, k]
                rival_pressure += weighted(weight=share, amount=now[AT.capability_change + RIVAL_STATES[n, 1], k])
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
                hostility_pressure=hostility_pressure,
                hostility_weight=given[OF.hostility_weight, k],
            )


@compiled
def press(now, given):
    """Where threat, insecurity, fatigue and unrest would hold each budget, as a logarithm."""
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
            pressure -= weighted(
                weight=given[OF.fatigue + i, k],
                amount=excess_burden(outlay_gap=now[AT.outlay_gap + i, k]),
            )
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
            now[AT.pressure + i, k] = pressure


@compiled
def budget(now, given, quarter):
    """Budgets: what each state spends."""
    press(now, given)
    is_surprised = 1.0 if quarter >= OBSERVED_QUARTERS else 0.0
    for i in range(STATES):
        for k in range(LANES):
            years = weighted(weight=given[OF.budget_interval, k], amount=QUARTER)
            surprise = budget_surprise(
                stationary_spread=weighted(
                    weight=is_surprised,
                    amount=weighted(weight=given[OF.chance, k], amount=now[AT.stationary_spread + i, k]),
                ),
                adjustment=given[OF.adjustment + i, k],
                years=years,
                deviate=now[AT.budget_luck + i, k],
            )
            revised = outlay_gap_next(
                outlay_gap=now[AT.outlay_gap + i, k],
                pressure=now[AT.pressure + i, k],
                adjustment=given[OF.adjustment + i, k],
                years=years,
                surprise=surprise,
            )
            is_due = is_budget_quarter(quarter=float(quarter), interval=given[OF.budget_interval, k])
            now[AT.outlay_gap + i, k] = revised if is_due else now[AT.outlay_gap + i, k]
            now[AT.spending + i, k] = spending_level(
                burden_target=now[AT.burden_target + i, k],
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
def trade(now, given, quarter):
    """Trade of every pair."""
    years = weighted(weight=float(quarter), amount=QUARTER)
    for n in range(PAIRS):
        one, other = PAIR_TIES[n]
        for k in range(LANES):
            now[AT.trade_gap + n, k] = trade_gap_next(
                trade_gap=now[AT.trade_gap + n, k],
                relation=pair_mean(one=now[AT.cooperation + one, k], other=now[AT.cooperation + other, k]),
                relation_start=pair_mean(
                    one=given[OF.relation_base + one, k], other=given[OF.relation_base + other, k]
                ),
                sensitivity=given[OF.trade_sensitivity, k],
                years=QUARTER,
            )
            now[AT.trade + n, k] = trade_index(
                trade_gap=now[AT.trade_gap + n, k], growth=given[OF.trade_growth, k], years=years
            )
