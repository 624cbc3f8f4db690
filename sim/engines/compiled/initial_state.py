"""The world's beginning, compiled: every rule over all members of a block, states and ties in table order.

`now` is the world, `given` the parameters; both have one row per number (see `sim.engines.compiled.layout`) and one column, or
lane, per member. No phase computes anything itself: it fetches, calls a rule, accumulates and stores. `sim.engines.agents.model`
walks the same phases with one member's agents; the order is told there, in `RegionModel.step`.
"""

from sim.engines.compiled.jit import compiled
from sim.engines.compiled.layout import (
    AT,
    CLIENTS,
    KINDS,
    LANES,
    NONE,
    OF,
    PATH_BURDEN,
    PATH_GDP,
    PATRONS,
    QUARTER,
    SIDES,
    STATES,
    SUPPLIERS,
    SUSPICIONS,
    TIES,
)
from sim.engines.compiled.state import perceive
from sim.rules.capability import (
    hostility,
)
from sim.rules.elementary import kept_share, log, lognormal_mean, share_of, weighted
from sim.rules.relations import attitude
from sim.rules.spending import budget_spread, incident_probability, spending_level, stationary_spread
from sim.rules.stocks import capital_start
from sim.rules.transfers import price_premium


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
