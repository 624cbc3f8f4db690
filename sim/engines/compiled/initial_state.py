"""How simulations begin, compiled: every rule over all members of a block, states and ties in table order.

`values` are the numbers of the simulations, `params` the parameters; both have one row per number (see
`sim.engines.compiled.layout`) and one column, or
lane, per member. No phase holds an equation: it fetches, calls a rule and stores; what it may do besides is multiply, add and
subtract. The agents of the same file name in `sim.engines.agents` take the same steps with one member; the order is told in
`sim.engines.agents.model`, `RegionModel.step`.
"""

from sim.engines.compiled import layout
from sim.engines.compiled.arrays import Parameters, Values
from sim.engines.compiled.layout import LANES, NONE, PARAM, PATRONS, ROW, SIDES, STATES, SUPPLIERS, TIES
from sim.engines.compiled.state import arms_at_value
from sim.model.calendar import QUARTER
from sim.rules.capability import hostility
from sim.rules.elementary import kept_share, share_of
from sim.rules.relations import attitude
from sim.rules.spending import budget_spread, spending_level, stationary_spread
from sim.rules.stocks import capital_start
from sim.rules.transfers import price_premium

# rows of what a quarter leaves of a number, and of the rate at which the number fades
KEPT = (
    (ROW.cooperation_kept, PARAM.cooperation_recovery),
    (ROW.rhetoric_kept, PARAM.rhetoric_decay),
    (ROW.memory_kept, PARAM.memory_decay),
    (ROW.influence_kept, PARAM.influence_decay),
    (ROW.wear_kept, PARAM.depreciation),
    (ROW.troops_kept, PARAM.troops_adjustment),
)


def initial_values(values: Values, params: Parameters) -> None:
    """The values at the start of 2018."""
    values[:, :] = 0.0
    initial_suppliers(values, params)
    for i in range(STATES):
        initial_arms(values, params, i)
        arms_at_value(values, params, i, ROW.capability + i, True)
        for k in range(LANES):
            values[ROW.capability_start + i, k] = values[ROW.capability + i, k]
    for e in range(TIES):
        for k in range(LANES):
            values[ROW.cooperation + e, k] = params[PARAM.relation_base + e, k]
            values[ROW.attitude + e, k] = attitude(cooperation=params[PARAM.relation_base + e, k], rhetoric=0.0)
            values[ROW.hostility_start + e, k] = hostility(attitude=values[ROW.attitude + e, k])
    for p in range(PATRONS):
        for k in range(LANES):
            values[ROW.grants + p, k] = params[PARAM.grant_base + p, k]
    for k in range(LANES):
        values[ROW.tension, k] = params[PARAM.tension_rest, k]
        values[ROW.troops_agreed, k] = params[PARAM.troops_reference, k]
        values[ROW.accession, k] = params[PARAM.accession_start, k]


def initial_arms(values: Values, params: Parameters, i: int) -> None:
    """What a state starts with: its economy, budget and arms."""
    for k in range(LANES):
        values[ROW.gdp + i, k] = layout.PATH_GDP[i, 0]
        values[ROW.burden_target + i, k] = layout.PATH_BURDEN[i, 0]
        values[ROW.spending + i, k] = spending_level(
            burden_target=params[PARAM.spending_scale + i, k] * layout.PATH_BURDEN[i, 0],
            gdp=layout.PATH_GDP[i, 0],
            log_spending_gap=0.0,
            supplement=0.0,
            burden_max=params[PARAM.burden_max, k],
        )
        values[ROW.budget_spread + i, k] = spread_of_budgets(params, i, params[PARAM.growth_spread + i, k], k)
        values[ROW.common_spread + i, k] = spread_of_budgets(params, i, params[PARAM.growth_common, k], k)
        values[ROW.capital_stock + i, k] = capital_start(
            spending=values[ROW.spending + i, k],
            procurement_share=params[PARAM.procurement_share + i, k],
            depreciation=params[PARAM.depreciation, k],
            growth=params[PARAM.capital_growth, k],
        )
        values[ROW.uav + i, k] = params[PARAM.uav_start + i, k]
        values[ROW.loitering + i, k] = params[PARAM.loitering_start + i, k]
        values[ROW.commitment + i, k] = 1.0
        values[ROW.unrest + i, k] = params[PARAM.unrest_reference, k]
        values[ROW.forced_supplier + i, k] = float(NONE)


def spread_of_budgets(params: Parameters, i: int, growth_spread: float, k: int) -> float:
    """Spread of a chance part of one budget, from that of annual growth."""
    spread = stationary_spread(growth_spread=growth_spread, adjustment=params[PARAM.adjustment + i, k])
    return budget_spread(
        stationary_spread=params[PARAM.chance, k] * spread,
        adjustment=params[PARAM.adjustment + i, k],
        years=params[PARAM.budget_interval, k] * QUARTER,
    )


def initial_suppliers(values: Values, params: Parameters) -> None:
    """What suppliers, patrons and the peacekeepers start from: their prices, nothing sent, usual support, full credibility."""
    for n in range(layout.SUSPICIONS):
        for k in range(LANES):
            values[ROW.suspicion + n, k] = params[PARAM.suspicion + n, k]
    for s in range(SUPPLIERS):
        for k in range(LANES):
            values[ROW.premium + s, k] = price_premium(price_index=params[PARAM.price_index + s, k])
    values[ROW.support : ROW.support + layout.CLIENTS * PATRONS, :] = 1.0
    values[ROW.image : ROW.image + SIDES, :] = 1.0
    for k in range(LANES):
        values[ROW.one, k] = 1.0
        values[ROW.commander, k] = float(NONE)
        ratification = share_of(part=1.0, whole=params[PARAM.ratification_time, k])
        values[ROW.ratification_kept, k] = kept_share(rate=ratification, years=QUARTER)
    for row, rate in KEPT:
        for k in range(LANES):
            values[row, k] = kept_share(rate=params[rate, k], years=QUARTER)
