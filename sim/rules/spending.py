"""Military spending: the path that a state plans, how threat and fatigue move it off that path, and what purchases take."""

import math

from sim.rules.elementary import exp, log, relaxed

SMALL_GAP = 1e-6


def incident_probability(hazard: float, years: float) -> float:
    """Probability of at least one incident at a constant hazard.

    hazard  : [1/yr]
    years   : [yr]
    returns : [1]

    Source: Poisson process.

    >>> incident_probability(hazard=0.0, years=1.0)
    0.0
    """
    return 1.0 - exp(x=-(hazard * years))


def desired_gap(
    reaction: float, threat_rise: float, yielding: float, grievance: float, insecurity_outside: float
) -> float:
    """Logarithmic distance from its planned path at which a state would hold its spending if nothing tired.

    reaction           : [1]  elasticity of the budget to threat; may be negative
    threat_rise        : [1]  perceived threat, less that which the published budgets already answer
    yielding           : [1]  largest cut that threat can cause, as a logarithm
    grievance          : [1]  lasting wish to spend more than planned, or less
    insecurity_outside : [1]  rise that wars elsewhere cause
    returns            : [1]

    Source: richardson1960, action-reaction and grievance in logarithms; document 004 (wars elsewhere).

    >>> desired_gap(reaction=0.5, threat_rise=0.5, yielding=0.75, grievance=-0.125, insecurity_outside=0.0625)
    0.1875
    """
    answer = reaction * threat_rise
    held = answer if answer > -yielding else -yielding
    return held + grievance + insecurity_outside


def fatigue_slope(log_spending_gap: float) -> float:
    """Excess burden per unit of the logarithmic distance of spending from its plan: `(exp(gap) - 1) / gap`.

    log_spending_gap : [1]
    returns          : [1]  one on the plan, more above it, less below

    Source: definition; near zero by its series, where the quotient would lose its digits.

    >>> fatigue_slope(log_spending_gap=0.0)
    1.0
    """
    distance = log_spending_gap if log_spending_gap > 0.0 else -log_spending_gap
    is_small = distance < SMALL_GAP
    divisor = 1.0 if is_small else log_spending_gap
    return 1.0 + 0.5 * log_spending_gap if is_small else (exp(x=log_spending_gap) - 1.0) / divisor


def log_spending_gap_next(
    log_spending_gap: float, desired_gap: float, fatigue: float, adjustment: float, years: float, shock: float
) -> float:
    """Logarithmic distance of spending from its planned path after one budget.

    log_spending_gap : [1]     at the start
    desired_gap      : [1]     where threat would hold it if nothing tired
    fatigue          : [1]     budget withheld per unit of relative excess burden
    adjustment       : [1/yr]  speed at which budgets adjust
    years            : [yr]    between two budgets
    shock            : [1]     the chance part of this budget
    returns          : [1]     zero, exactly, if nothing presses and no chance disturbs

    Source: richardson1960, action-reaction and fatigue in logarithms. Departs: fatigue is felt relative to the planned
    burden; solved exactly within the step for the excess burden per unit of distance at its start, so that no speed
    and no fatigue makes it oscillate.

    >>> log_spending_gap_next(log_spending_gap=0.0, desired_gap=0.0, fatigue=0.5, adjustment=0.35, years=0.25, shock=0.125)
    0.125
    """
    tiring = 1.0 + fatigue * fatigue_slope(log_spending_gap=log_spending_gap)
    anchor = desired_gap / tiring
    return relaxed(value=log_spending_gap, anchor=anchor, rate=adjustment * tiring, years=years) + shock


def spending_level(
    burden_target: float, gdp: float, log_spending_gap: float, supplement: float, burden_max: float
) -> float:
    """Military spending, never above the largest burden that the state can bear.

    burden_target    : [1]             planned share of spending in GDP
    gdp              : [m USD2023/yr]
    log_spending_gap : [1]             logarithmic distance from the plan
    supplement       : [1]             what a scenario decides beside it, as a logarithm; nothing tires of it
    burden_max       : [1]
    returns          : [m USD2023/yr]

    Source: model.

    >>> spending_level(burden_target=0.02, gdp=100.0, log_spending_gap=0.0, supplement=0.0, burden_max=0.06)
    2.0
    """
    wanted = burden_target * gdp * exp(x=log_spending_gap + supplement)
    limit = burden_max * gdp
    return wanted if wanted < limit else limit


def stationary_spread(growth_spread: float, adjustment: float) -> float:
    """Long-run spread of log spending around its path that gives a known spread of the growth of calendar-year means.

    growth_spread : [1]     standard deviation of annual growth
    adjustment    : [1/yr]  speed at which budgets adjust
    returns       : [1]     standard deviation

    Source: moments of an Ornstein-Uhlenbeck process averaged over years.

    >>> round(stationary_spread(growth_spread=0.10, adjustment=0.35), 3)
    0.166
    """
    fading = exp(x=-adjustment)
    variance_of_mean = 2.0 * (adjustment - 1.0 + fading)
    covariance_of_neighbours = (1.0 - fading) * (1.0 - fading)
    growth_variance = 2.0 * (variance_of_mean - covariance_of_neighbours) / (adjustment * adjustment)
    return growth_spread / math.sqrt(growth_variance)


def budget_spread(stationary_spread: float, adjustment: float, years: float) -> float:
    """Spread of the chance part of one budget.

    stationary_spread : [1]     long-run standard deviation of log spending around its path
    adjustment        : [1/yr]  speed at which budgets adjust
    years             : [yr]    between two budgets
    returns           : [1]     standard deviation

    Source: exact transition of an Ornstein-Uhlenbeck process.

    >>> budget_spread(stationary_spread=0.1, adjustment=0.35, years=0.0)
    0.0
    """
    return stationary_spread * math.sqrt(1.0 - exp(x=-(2.0 * adjustment * years)))


def budget_shock(own_spread: float, own: float, common_spread: float, common: float) -> float:
    """The chance part of one budget: the state's own, and one that all states of the region share.

    own_spread    : [1]  see `budget_spread`
    own           : [1]  standard normal
    common_spread : [1]
    common        : [1]  standard normal, the same for all states
    returns       : [1]

    Source: model; sipri-milex-2025, year effects.

    >>> budget_shock(own_spread=0.5, own=0.5, common_spread=0.25, common=-1.0)
    0.0
    """
    return own_spread * own + common_spread * common


def chance_step(spread: float, years: float, deviate: float) -> float:
    """Step of a random walk.

    spread  : [1/yr^0.5]  standard deviation after a year
    years   : [yr]
    deviate : [1]         standard normal
    returns : [1]

    Source: random walk.

    >>> chance_step(spread=0.5, years=0.25, deviate=2.0)
    0.5
    """
    return spread * math.sqrt(years) * deviate


def log_growth(growth: float, spread: float, years: float, deviate: float) -> float:
    """Logarithm of the factor by which an economy grows in a while.

    growth  : [1/yr]
    spread  : [1/yr^0.5]  standard deviation of annual growth
    years   : [yr]
    deviate : [1]         standard normal
    returns : [1]

    Source: geometric random walk.

    >>> log_growth(growth=0.5, spread=0.5, years=0.25, deviate=-1.0)
    -0.125
    """
    return growth * years + chance_step(spread=spread, years=years, deviate=deviate)


def gdp_next(gdp: float, growth: float, spread: float, years: float, deviate: float) -> float:
    """Gross domestic product after a while of growth.

    gdp     : [m USD2023/yr]
    growth  : [1/yr]
    spread  : [1/yr^0.5]      standard deviation of annual growth
    years   : [yr]
    deviate : [1]             standard normal
    returns : [m USD2023/yr]

    Source: geometric random walk.

    >>> gdp_next(gdp=50.0, growth=0.0, spread=0.02, years=0.25, deviate=0.0)
    50.0
    """
    return gdp * exp(x=log_growth(growth=growth, spread=spread, years=years, deviate=deviate))


def relative_change(change: float) -> float:
    """Logarithm of one plus a relative change.

    change  : [1]  above -1
    returns : [1]

    Source: definition.

    >>> relative_change(change=0.0)
    0.0
    """
    return log(x=1.0 + change)


def is_budget_quarter(quarter: float, interval: float) -> bool:
    """Whether a budget is revised in a quarter.

    quarter  : [quarters]  since the start of a year
    interval : [quarters]  between two budgets
    returns  : [1]

    Source: definition.

    >>> is_budget_quarter(quarter=6.0, interval=4.0)
    False
    """
    return quarter - interval * math.floor(quarter / interval) == 0.0


def payment(owed: float, years: float, funds: float) -> float:
    """What a state pays in a year for arms that were delivered on its own account: instalments, never more than it has.

    owed    : [m USD2023]     still to pay
    years   : [yr]            over which a delivery is paid
    funds   : [m USD2023/yr]  that buy equipment
    returns : [m USD2023/yr]  which no longer buys other equipment

    Source: model; document 004 (contracts paid over years).

    >>> payment(owed=80.0, years=4.0, funds=15.0)
    15.0
    """
    due = owed / years
    return due if due < funds else funds
