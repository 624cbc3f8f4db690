"""The phases of a quarter, compiled: every rule over all members of a block, states and ties in table order.

`now` is the world, `given` the parameters; both have one row per number (see `sim.layout`) and one column, or lane, per
member. No phase computes anything itself: it fetches, calls a rule, accumulates and stores. `sim.agents` walks the same
phases with one member's agents; the order is told there, in `RegionModel.step`.
"""

from numba import njit

from sim.chance import QUARTERLY, uniform
from sim.layout import (
    ACTORS,
    AT,
    ATTITUDE_ROW,
    DOM,
    EU_PATRON,
    FRIENDS,
    FRIENDS_FROM,
    FRIENDS_OF,
    GRUDGE_CAUSES,
    GRUDGES,
    KINDS,
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
    SRB_ACTOR,
    STATES,
    SUPPLIER_ACTOR,
    SUPPLIERS,
    TIE_OF,
    TIE_PAIR,
    TIE_SRB_TUR,
    TIE_SRB_XKX,
    TIE_XKX_SRB,
    TIES,
    STATE_ACTOR,
    TUR_AS_SUPPLIER,
    UAV,
    LOITERING,
    LOT_CHANNELS,
    LOT_ROWS,
    MEMORY_ROW,
    WITNESSES,
    XKX,
    XKX_ACTOR,
)
from sim.rules.capability import capability_change, hostility, system_capability, system_gap, threat
from sim.rules.elementary import (
    drifted,
    effect,
    kept_share,
    log,
    lognormal_mean,
    logistic,
    normal_quantile,
    positive_part,
    relaxed,
    share_of,
    weighted,
)
from sim.rules.patrons import (
    counter_transfer_rate,
    dialogue_intensity,
    diversion_share,
    grant_anchor,
    influence_index,
)
from sim.rules.relations import (
    attitude,
    bounded,
    cooperation_anchor,
    cooperation_loss,
    pair_mean,
    rhetoric_loss,
    trade_gap_next,
    trade_index,
)
from sim.rules.spending import (
    budget_surprise,
    chance_step,
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
from sim.rules.tension import (
    hazard,
    hostile_words,
    incident_shock,
    softened,
    tension_disturbed,
    tension_eased,
    tension_raised,
    tension_relaxed,
)
from sim.rules.transfers import (
    affordability,
    choice_weight,
    deal_profit,
    friendship_at_stake,
    provocation,
)

LANES = 32
QUARTER = 0.25
YEAR = 1.0
OBSERVED_QUARTERS = 4 * PATH_GDP.shape[1]
FIRST_STEP = 0.625  # from the middle of the last observed year to the middle of the next quarter

compiled = njit(nogil=True, error_model="numpy")


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
        gain = weighted(weight=given[OF.dialogue_rapprochement, k], amount=weighted(weight=now[AT.dialogue, k], amount=QUARTER))
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
def provoke(now, given, is_touched):
    """What this quarter's deliveries provoke: pooled by buyer and class, then laid to each supplier by its share."""
    for i in range(STATES):
        for c in range(KINDS):
            if not is_touched[i, c]:
                continue
            pool = AT.arrived + (i * KINDS + c) * SUPPLIERS
            for s in range(SUPPLIERS):
                for k in range(LANES):
                    felt = weighted(
                        weight=given[OF.coupling, k],
                        amount=provocation(
                            value=now[AT.arrived_in_all + i * KINDS + c, k],
                            weight=given[OF.provocation_weight + c, k],
                            scale=given[OF.provocation_scale, k],
                        ),
                    )
                    share = share_of(part=now[pool + s, k], whole=now[AT.arrived_in_all + i * KINDS + c, k])
                    part = weighted(weight=share, amount=felt)
                    now[AT.provoked + i * ACTORS + SUPPLIER_ACTOR[s], k] += part
                    now[AT.armed + i * SUPPLIERS + s, k] += part


@compiled
def resent(now, given, is_provoked):
    """Whoever sees a rival armed withdraws cooperation, speaks up, and remembers; whoever was armed is grateful."""
    for n in range(WITNESSES.shape[0]):
        e, to_rival, giver, rival, observer = WITNESSES[n]
        if not is_provoked[rival, giver]:
            continue
        for k in range(LANES):
            felt = now[AT.provoked + rival * ACTORS + giver, k]
            hostile = hostility(attitude=now[AT.attitude + to_rival, k])
            now[AT.cooperation + e, k] -= cooperation_loss(
                hostility=hostile, provocation=felt, sensitivity=given[OF.cooperation_sensitivity, k]
            )
            now[AT.rhetoric + e, k] -= rhetoric_loss(
                hostility=hostile,
                provocation=felt,
                sensitivity=given[OF.rhetoric_sensitivity, k],
                unrest=weighted(weight=now[AT.diversion_share, k], amount=now[AT.unrest + observer, k]),
                amplification=given[OF.unrest_amplification, k],
            )
    for n in range(GRUDGE_CAUSES.shape[0]):
        g, supplier, to_rival, rival = GRUDGE_CAUSES[n]
        if not is_provoked[rival, SUPPLIER_ACTOR[supplier]]:
            continue
        for k in range(LANES):
            now[AT.memory + g, k] += weighted(
                weight=hostility(attitude=now[AT.attitude + to_rival, k]), amount=now[AT.armed + rival * SUPPLIERS + supplier, k]
            )
    for i in range(STATES):
        for giver in range(ACTORS):
            e = TIE_OF[STATE_ACTOR[i], giver]
            if e < 0 or not is_provoked[i, giver]:
                continue
            for k in range(LANES):
                now[AT.cooperation + e, k] += weighted(
                    weight=given[OF.gratitude, k], amount=now[AT.provoked + i * ACTORS + giver, k]
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
def risk(now, given, is_drawn):
    """The hazard of an incident, whether one happens, and what follows from it at once."""
    for k in range(LANES):
        exponent = effect(slope=given[OF.hazard_tension, k], value=now[AT.tension, k], reference=given[OF.tension_rest, k])
        exponent -= effect(slope=given[OF.hazard_troops, k], value=now[AT.troops, k], reference=given[OF.troops_reference, k])
        exponent -= effect(
            slope=weighted(weight=given[OF.coupling, k], amount=given[OF.deterrence, k]),
            value=now[AT.capability_change + XKX, k],
            reference=now[AT.capability_change + SRB, k],
        )
        exponent += effect(
            slope=weighted(weight=now[AT.diversion_share, k], amount=given[OF.hazard_unrest, k]),
            value=now[AT.unrest + SRB, k],
            reference=given[OF.unrest_reference, k],
        )
        exponent += weighted(weight=given[OF.hazard_election, k], amount=now[AT.election, k])
        now[AT.hazard, k] = hazard(
            reference=given[OF.hazard_reference, k], exponent=exponent, hazard_max=given[OF.hazard_max, k]
        )
        now[AT.probability, k] = incident_probability(hazard=now[AT.hazard, k], years=YEAR)
    if is_drawn:
        for k in range(LANES):
            probability = weighted(
                weight=given[OF.chance, k], amount=incident_probability(hazard=now[AT.hazard, k], years=QUARTER)
            )
            happens = 1.0 if now[AT.incident_luck, k] < probability else 0.0
            is_lethal = 1.0 if now[AT.severity_luck, k] < given[OF.lethal_probability, k] else 0.0
            now[AT.incidents, k] += happens
            now[AT.shock, k] += weighted(
                weight=happens, amount=incident_shock(severity_share=given[OF.standoff_weight, k], is_lethal=is_lethal)
            )
            now[AT.is_lethal, k] += weighted(weight=happens, amount=is_lethal)
            is_visited = now[AT.mediation_luck, k] < given[OF.mediation_probability, k]
            is_visited = is_visited and now[AT.incidents, k] > 0.0
            now[AT.mediation_left, k] = given[OF.mediation_quarters, k] if is_visited else now[AT.mediation_left, k]
            now[AT.reserve_left, k] = 1.0 if now[AT.is_lethal, k] > 0.0 else now[AT.reserve_left, k]
    for k in range(LANES):
        now[AT.boost_left, k] = given[OF.boost_quarters, k] if now[AT.incidents, k] > 0.0 else now[AT.boost_left, k]
        loss = weighted(weight=given[OF.incident_estrangement, k], amount=now[AT.shock, k])
        now[AT.cooperation + TIE_SRB_XKX, k] -= loss
        now[AT.cooperation + TIE_XKX_SRB, k] -= loss
        now[AT.tension, k] = tension_raised(
            tension=now[AT.tension, k], shock=weighted(weight=given[OF.tension_incident, k], amount=now[AT.shock, k])
        )


@compiled
def strain(now, given, is_provoked, is_drawn):
    """Tension: it relaxes, is raised by deliveries, words and rising threat, and eased by falling threat."""
    for k in range(LANES):
        now[AT.provoked_north, k] = 0.0
    for giver in range(ACTORS):
        if giver != SRB_ACTOR and giver != XKX_ACTOR and (is_provoked[SRB, giver] or is_provoked[XKX, giver]):
            for k in range(LANES):
                now[AT.provoked_north, k] += now[AT.provoked + SRB * ACTORS + giver, k]
                now[AT.provoked_north, k] += now[AT.provoked + XKX * ACTORS + giver, k]
    for k in range(LANES):
        tension = tension_relaxed(
            tension=now[AT.tension, k],
            rest=given[OF.tension_rest, k],
            decay=given[OF.tension_decay, k],
            damping=given[OF.tension_dialogue, k],
            dialogue=now[AT.dialogue, k],
            years=QUARTER,
        )
        shock = weighted(weight=given[OF.tension_delivery, k], amount=now[AT.provoked_north, k])
        shock += weighted(
            weight=given[OF.tension_words, k],
            amount=hostile_words(rhetoric=now[AT.rhetoric + TIE_SRB_TUR, k], years=QUARTER),
        )
        rise = effect(
            slope=softened(
                amount=weighted(weight=given[OF.coupling, k], amount=given[OF.tension_threat, k]),
                softening=given[OF.dialogue_softening, k],
                dialogue=now[AT.dialogue, k],
            ),
            value=now[AT.threat + SRB, k] + now[AT.threat + XKX, k],
            reference=now[AT.threat_last + SRB, k] + now[AT.threat_last + XKX, k],
        )
        shock += positive_part(x=rise)
        tension = tension_raised(tension=tension, shock=shock)
        now[AT.tension, k] = tension_eased(tension=tension, relief=positive_part(x=-rise))
    if is_drawn:
        for k in range(LANES):
            spread = softened(
                amount=weighted(weight=given[OF.chance, k], amount=given[OF.tension_spread, k]),
                softening=given[OF.dialogue_softening, k],
                dialogue=now[AT.dialogue, k],
            )
            now[AT.tension, k] = tension_disturbed(
                tension=now[AT.tension, k], surprise=chance_step(spread=spread, years=QUARTER, deviate=now[AT.tension_luck, k])
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
                amount=excess_burden(
                    spending=now[AT.spending + i, k],
                    gdp=now[AT.gdp + i, k],
                    burden_target=now[AT.burden_target + i, k],
                ),
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
                    weight=is_surprised, amount=weighted(weight=given[OF.chance, k], amount=now[AT.stationary_spread + i, k])
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
def need(now, given, buyer, kind, k):
    """A buyer's need: threat above the start, and how far it lies behind its rivals in the class."""
    wanted = positive_part(x=now[AT.threat + buyer, k])
    if kind == UAV or kind == LOITERING:
        row = AT.uav if kind == UAV else AT.loitering
        rival_units = 0.0
        for n in range(RIVALS_FROM[buyer], RIVALS_FROM[buyer] + RIVALS_OF[buyer]):
            rival_units += weighted(weight=given[OF.threat_share + n, k], amount=now[row + RIVAL_STATES[n, 1], k])
        wanted += system_gap(units=now[row + buyer, k], rival_units=rival_units)
    return wanted


@compiled
def utility(now, given, buyer, supplier, kind, value, wanted, k):
    """Utility of a supplier's offer to a buyer, against buying nothing."""
    total = given[OF.appeal + supplier, k]
    total += given[OF.appeal_to + buyer * SUPPLIERS + supplier, k]
    total += given[OF.class_appeal + kind * SUPPLIERS + supplier, k]
    total += weighted(weight=given[OF.need_weight, k], amount=wanted)
    total += weighted(weight=given[OF.relation_weight, k], amount=now[ATTITUDE_ROW[buyer, supplier], k])
    total -= weighted(
        weight=given[OF.price_weight, k],
        amount=affordability(
            value=value,
            price_index=given[OF.price_index + supplier, k],
            spending=now[AT.spending + buyer, k],
            procurement_share=given[OF.procurement_share + buyer, k],
        ),
    )
    total -= weighted(weight=given[OF.memory_weight, k], amount=now[MEMORY_ROW[buyer, supplier], k])
    total += weighted(
        weight=given[OF.standard_weight, k],
        amount=weighted(weight=given[OF.nato_standard + supplier, k], amount=given[OF.nato_alignment + buyer, k]),
    )
    return total


@compiled
def consent(now, given, buyer, supplier, kind, value, k):
    """Probability that a supplier accepts a buyer's request; domestic production always does."""
    if supplier == DOM:
        return 1.0
    total = given[OF.accept_base, k]
    total += weighted(weight=given[OF.accept_profit, k], amount=deal_profit(value=value, scale=given[OF.deal_scale, k]))
    total += weighted(weight=given[OF.accept_influence, k], amount=now[AT.influence + buyer * SUPPLIERS + supplier, k])
    e = TIE_OF[SUPPLIER_ACTOR[supplier], STATE_ACTOR[buyer]]
    if e >= 0:
        total += weighted(weight=given[OF.accept_relation, k], amount=now[AT.attitude + e, k])
    stake = 0.0
    first = FRIENDS_FROM[buyer, supplier]
    for n in range(first, first + FRIENDS_OF[buyer, supplier]):
        stake += friendship_at_stake(
            hostility=hostility(attitude=now[AT.attitude + FRIENDS[n, 3], k]),
            attitude=now[AT.attitude + FRIENDS[n, 2], k],
            trade_weight=given[OF.friend_weight, k],
        )
    provoking = weighted(
        weight=given[OF.coupling, k],
        amount=provocation(
            value=value, weight=given[OF.provocation_weight + kind, k], scale=given[OF.provocation_scale, k]
        ),
    )
    total -= weighted(weight=given[OF.accept_friendship + supplier, k], amount=weighted(weight=provoking, amount=stake))
    total -= weighted(weight=given[OF.accept_embargo, k], amount=now[AT.embargo + buyer * SUPPLIERS + supplier, k])
    return logistic(x=total)


@compiled
def choose(now, given, buyer, utilities):
    """Shares of the suppliers in a buyer's choice, where buying nothing has utility zero."""
    for k in range(LANES):
        best = 0.0
        for s in range(SUPPLIERS):
            best = utilities[s, k] if utilities[s, k] > best else best
        total = choice_weight(utility=0.0, utility_best=best)
        for s in range(SUPPLIERS):
            utilities[s, k] = choice_weight(utility=utilities[s, k], utility_best=best)
        for s in range(SUPPLIERS):
            total += utilities[s, k]
        for s in range(SUPPLIERS):
            now[AT.choice + buyer * SUPPLIERS + s, k] = share_of(part=utilities[s, k], whole=total)


@compiled
def patronise(now, given, is_drawn):
    """Patrons: the rate of deliveries to Serbia, and grants to Kosovo."""
    for p in range(PATRONS):
        for k in range(LANES):
            coupling = given[OF.coupling, k]
            lost = effect(
                slope=-1.0, value=now[AT.attitude + TIE_SRB_TUR, k], reference=given[OF.relation_base + TIE_SRB_TUR, k]
            )
            now[AT.counter_rate + p, k] = counter_transfer_rate(
                access=given[OF.patron_access + p, k],
                base_rate=given[OF.counter_rate, k],
                threat_pull=weighted(
                    weight=weighted(weight=coupling, amount=given[OF.counter_threat_slope, k]), amount=now[AT.threat + SRB, k]
                ),
                relation_pull=weighted(
                    weight=weighted(weight=coupling, amount=given[OF.counter_relation_slope, k]), amount=positive_part(x=lost)
                ),
                rate_max=given[OF.counter_rate_max, k],
            )
            now[AT.counter_support + p, k] = weighted(
                weight=now[AT.counter_rate + p, k], amount=now[AT.counter_mean, k]
            )
            anchor = grant_anchor(
                base=given[OF.grant_base + p, k],
                response=weighted(weight=coupling, amount=given[OF.grant_response + p, k]),
                threat=now[AT.threat + XKX, k],
                spending=now[AT.spending + XKX, k],
                boost=now[AT.boost, k],
            )
            now[AT.grants + p, k] = relaxed(
                value=now[AT.grants + p, k], anchor=anchor, rate=given[OF.grant_adjustment, k], years=QUARTER
            )


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
                capital=now[AT.capital_stock + i, k], inflow=inflow, depreciation=given[OF.depreciation, k], years=QUARTER
            )
            now[AT.uav + i, k] = units_next(units=now[AT.uav + i, k], attrition=given[OF.uav_attrition, k], years=QUARTER)
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
                relation_start=pair_mean(one=given[OF.relation_base + one, k], other=given[OF.relation_base + other, k]),
                sensitivity=given[OF.trade_sensitivity, k],
                years=QUARTER,
            )
            now[AT.trade + n, k] = trade_index(
                trade_gap=now[AT.trade_gap + n, k], growth=given[OF.trade_growth, k], years=years
            )
