"""The phases of a quarter, compiled: every rule over all members of a block, states and ties in table order.

`now` is the world, `given` the parameters; both have one row per number (see `sim.engines.compiled.layout`) and one column, or lane, per
member. No phase computes anything itself: it fetches, calls a rule, accumulates and stores. `sim.engines.agents.model` walks the same
phases with one member's agents; the order is told there, in `RegionModel.step`. Here stand the world's beginning, the
lots of a quarter, and how states see each other; the other phases are in `sim.engines.compiled.state`, `sim.engines.compiled.relations`, `sim.engines.compiled.peacekeeper`,
`sim.engines.compiled.buyer` and `sim.engines.compiled.events`.
"""

from sim.model.random_numbers import QUARTERLY, uniform
from sim.engines.compiled.jit import compiled
from sim.engines.compiled.layout import AT, CLIENTS, IS_THE_DYAD, KINDS, LOT_CHANNELS, LOT_ROWS, NONE, NORMAL_ROWS, OF, PATH_BURDEN, PATH_GDP, PATRONS, RIVAL_STATES, RIVAL_TIE, RIVALS, RIVALS_FROM, RIVALS_OF, SIDES, STATES, SUPPLIERS, SUSPICIONS, TIES
from sim.rules.capability import (
    capability_change,
    change_perceived,
    hostility,
    misperception,
    system_capability,
    threat,
    transparency,
)
from sim.rules.elementary import effect, kept_share, log, lognormal_mean, normal_quantile, share_of, weighted
from sim.rules.relations import attitude
from sim.rules.spending import budget_spread, incident_probability, spending_level, stationary_spread
from sim.rules.stocks import capital_start
from sim.rules.transfers import price_premium

LANES = 32
QUARTER = 0.25
YEAR = 1.0
OBSERVED_QUARTERS = 4 * PATH_GDP.shape[1]
FIRST_STEP = 0.625  # from the middle of the last observed year to the middle of the next quarter


@compiled
def begin(now, given):
    """The world at the start of 2018."""
    now[:, :] = 0.0
    set_out(now, given)
    for i in range(STATES):
        endow(now, given, i)
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
def endow(now, given, i):
    """What a state starts with: its economy, budget and arms."""
    for k in range(LANES):
        now[AT.gdp + i, k] = PATH_GDP[i, 0]
        now[AT.burden_target + i, k] = PATH_BURDEN[i, 0]
        now[AT.spending + i, k] = spending_level(
            burden_target=weighted(weight=given[OF.spending_scale + i, k], amount=PATH_BURDEN[i, 0]),
            gdp=PATH_GDP[i, 0],
            outlay_gap=0.0,
            burden_max=given[OF.burden_max, k],
        )
        now[AT.budget_spread + i, k] = budget_spread(
            stationary_spread=weighted(
                weight=given[OF.chance, k],
                amount=stationary_spread(
                    growth_spread=given[OF.growth_spread, k], adjustment=given[OF.adjustment + i, k]
                ),
            ),
            adjustment=given[OF.adjustment + i, k],
            years=weighted(weight=given[OF.budget_interval, k], amount=QUARTER),
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


@compiled
def set_out(now, given):
    """What suppliers, patrons and the peacekeepers start from: their prices, nothing sent, usual support, full credibility."""
    for n in range(SUSPICIONS):
        for k in range(LANES):
            now[AT.suspicion + n, k] = given[OF.suspicion + n, k]
    for s in range(SUPPLIERS):
        for k in range(LANES):
            now[AT.premium + s, k] = price_premium(price_index=given[OF.price_index + s, k])
    now[AT.support : AT.support + CLIENTS * PATRONS, :] = 1.0
    now[AT.image : AT.image + SIDES, :] = 1.0
    for k in range(LANES):
        now[AT.one, k] = 1.0
        now[AT.commander, k] = NONE
        now[AT.lot_scale, k] = 1.0
        now[AT.influence_kept, k] = kept_share(rate=given[OF.influence_decay, k], years=QUARTER)
        now[AT.wear_kept, k] = kept_share(rate=given[OF.depreciation, k], years=QUARTER)
        now[AT.troops_kept, k] = kept_share(rate=given[OF.troops_adjustment, k], years=QUARTER)
        now[AT.ratification_kept, k] = kept_share(
            rate=share_of(part=1.0, whole=given[OF.ratification_time, k]), years=QUARTER
        )


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
