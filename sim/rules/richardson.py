"""Richardson's linear pair: how fast a state arms against its rival, and where that leads.

Any one unit of arms and of time serves, as long as all arguments share it; million 2023 US$ and
years are written here. Letters: k, l reaction; a, b fatigue; g, h grievance.
"""

import math

from sim.rules.elementary import exp


def armament_growth(rival_arms: float, own_arms: float, reaction: float, fatigue: float, grievance: float) -> float:
    """Speed at which a state adds to its arms, given its rival's and its own.

    rival_arms : [m USD2023]     arms the rival holds
    own_arms   : [m USD2023]     arms the state holds
    reaction   : [1/yr]          growth provoked per unit of rival arms (k)
    fatigue    : [1/yr]          growth held back per unit of own arms (a)
    grievance  : [m USD2023/yr]  growth against an unarmed rival (g); negative is goodwill
    returns    : [m USD2023/yr]  negative when the state disarms

    Source: richardson1960, the linear pair.

    >>> armament_growth(rival_arms=8.0, own_arms=10.0, reaction=0.25, fatigue=0.5, grievance=1.0)
    -2.0
    """
    return reaction * rival_arms - fatigue * own_arms + grievance


def armament_growth_unscrapped(growth: float) -> float:
    """Speed of arming when a state may stop buying but scraps nothing.

    growth  : [m USD2023/yr]  growth the state would choose if it could scrap
    returns : [m USD2023/yr]  never negative

    Source: pruyt2013, exercise 6.6.

    >>> armament_growth_unscrapped(growth=-2.0)
    0.0
    """
    return max(0.0, growth)


def joint_armament_growth(joint_arms: float, reaction: float, fatigue: float, joint_grievance: float) -> float:
    """Speed at which two states of equal reaction and fatigue arm together.

    joint_arms      : [m USD2023]     arms of both (x + y)
    reaction        : [1/yr]          reaction of each (k)
    fatigue         : [1/yr]          fatigue of each (a)
    joint_grievance : [m USD2023/yr]  grievances of both (g + h)
    returns         : [m USD2023/yr]  growth of the sum

    Source: richardson1960, the line fitted to 1909-13.

    >>> joint_armament_growth(joint_arms=18.0, reaction=0.25, fatigue=0.5, joint_grievance=2.0)
    -2.5
    """
    return (reaction - fatigue) * joint_arms + joint_grievance


def stability_margin(own_fatigue: float, rival_fatigue: float, own_reaction: float, rival_reaction: float) -> float:
    """How far joint fatigue outweighs joint reaction: a race of two settles when it is positive.

    own_fatigue    : [1/yr]    fatigue of the state (a); the theory needs both fatigues positive
    rival_fatigue  : [1/yr]    fatigue of its rival (b)
    own_reaction   : [1/yr]    reaction of the state (k)
    rival_reaction : [1/yr]    reaction of its rival (l)
    returns        : [1/yr^2]  negative when the race runs away

    Source: richardson1960, ab > kl.

    >>> stability_margin(own_fatigue=2.0, rival_fatigue=3.0, own_reaction=1.0, rival_reaction=4.0)
    2.0
    """
    return own_fatigue * rival_fatigue - own_reaction * rival_reaction


def arms_at_rest(rival_arms: float, reaction: float, fatigue: float, grievance: float) -> float:
    """Arms at which a state stops arming while its rival stands still: its nullcline.

    rival_arms : [m USD2023]     arms the rival holds
    reaction   : [1/yr]          growth provoked per unit of rival arms (k)
    fatigue    : [1/yr]          growth held back per unit of own arms (a); not zero
    grievance  : [m USD2023/yr]  growth against an unarmed rival (g)
    returns    : [m USD2023]     negative where only goodwill would be left

    Source: richardson1960, the barrier lines.

    >>> arms_at_rest(rival_arms=6.0, reaction=0.25, fatigue=0.5, grievance=1.0)
    5.0
    """
    return (reaction * rival_arms + grievance) / fatigue


def doubling_time(growth_rate: float) -> float:
    """Time in which a runaway race doubles, once its fastest mode leads.

    growth_rate : [1/yr]  stability eigenvalue
    returns     : [yr]    infinite when the race does not grow

    Source: richardson1960.

    >>> round(doubling_time(growth_rate=0.1), 3)
    6.931
    """
    return math.log(2.0) / growth_rate if growth_rate > 0.0 else math.inf


def half_life(growth_rate: float) -> float:
    """Time in which a stable race halves its distance to equilibrium, once its slowest mode leads.

    growth_rate : [1/yr]  stability eigenvalue
    returns     : [yr]    infinite when the race does not settle

    Source: richardson1960.

    >>> round(half_life(growth_rate=-0.25), 3)
    2.773
    """
    return doubling_time(growth_rate=-growth_rate)


def log_spending_gap_growth(
    rival_gap: float,
    own_gap: float,
    reaction: float,
    fatigue: float,
    adjustment: float,
    share: float,
    rivalry: float,
) -> float:
    """Speed at which a state's log spending moves off its plan, once arms follow spending: the pair in logarithms.

    rival_gap  : [1]     logarithmic distance of the rival's spending from its plan
    own_gap    : [1]     the same of the state
    reaction   : [1]     elasticity of the desired budget to threat (kappa)
    fatigue    : [1]     budget withheld per unit of relative excess burden (phi)
    adjustment : [1/yr]  speed at which budgets adjust (alpha)
    share      : [1]     share of the state's threat that the rival makes up (sigma)
    rivalry    : [1]     0: the state reacts to the rival's level; 1: to the gap (chi)
    returns    : [1/yr]

    Source: richardson1960, action-reaction and fatigue in logarithms. Departs: arms follow spending at once, so that
    two states fill a plane; for two states this changes neither the place of rest nor its class.

    >>> log_spending_gap_growth(
    ...     rival_gap=1.0, own_gap=0.0, reaction=0.5, fatigue=0.25, adjustment=0.5, share=0.5, rivalry=0.25
    ... )
    0.125
    """
    desired = reaction * (share * rival_gap - rivalry * own_gap)
    return adjustment * (desired - own_gap - fatigue * (exp(x=own_gap) - 1.0))


def rival_gap_at_rest(own_gap: float, reaction: float, fatigue: float, share: float, rivalry: float) -> float:
    """How far a rival's spending must be off its plan for a state to rest where it is: a nullcline in logarithms.

    own_gap  : [1]  logarithmic distance of the state's spending from its plan
    reaction : [1]  elasticity of the desired budget to threat (kappa); not zero
    fatigue  : [1]  budget withheld per unit of relative excess burden (phi)
    share    : [1]  share of the state's threat that the rival makes up (sigma); not zero
    rivalry  : [1]  0: the state reacts to the rival's level; 1: to the gap (chi)
    returns  : [1]

    Source: richardson1960, the barrier lines in logarithms.

    >>> rival_gap_at_rest(own_gap=0.5, reaction=0.5, fatigue=0.0, share=0.5, rivalry=0.5)
    2.5
    """
    return (own_gap * (1.0 + reaction * rivalry) + fatigue * (exp(x=own_gap) - 1.0)) / (reaction * share)


def linear_reaction(own_plan: float, rival_plan: float, reaction: float, adjustment: float, share: float) -> float:
    """Reaction of the linear pair that equals the logarithmic one on the plans: growth per dollar of the rival (k).

    own_plan   : [m USD2023/yr]  spending that the state plans
    rival_plan : [m USD2023/yr]  spending that the rival plans; not zero
    reaction   : [1]             elasticity of the desired budget to threat (kappa)
    adjustment : [1/yr]          speed at which budgets adjust (alpha)
    share      : [1]             share of the state's threat that the rival makes up (sigma)
    returns    : [1/yr]          it depends on the ratio of the plans: a linear pair is bound to its unit

    Source: model; derivative of the logarithmic pair on the plans.

    >>> linear_reaction(own_plan=200.0, rival_plan=100.0, reaction=0.5, adjustment=0.5, share=0.5)
    0.25
    """
    return adjustment * reaction * share * own_plan / rival_plan


def linear_fatigue(reaction: float, fatigue: float, adjustment: float, rivalry: float) -> float:
    """Fatigue of the linear pair that equals the logarithmic one on the plans (a).

    reaction   : [1]     elasticity of the desired budget to threat (kappa)
    fatigue    : [1]     budget withheld per unit of relative excess burden (phi)
    adjustment : [1/yr]  speed at which budgets adjust (alpha)
    rivalry    : [1]     0: the state reacts to the rival's level; 1: to the gap (chi)
    returns    : [1/yr]

    Source: model; derivative of the logarithmic pair on the plans.

    >>> linear_fatigue(reaction=0.5, fatigue=0.25, adjustment=0.5, rivalry=0.5)
    0.75
    """
    return adjustment * (1.0 + fatigue + rivalry * reaction)


def linear_grievance(own_plan: float, rival_plan: float, reaction: float, fatigue: float) -> float:
    """Grievance of the linear pair that lets both rest on their plans (g).

    own_plan   : [m USD2023/yr]    spending that the state plans
    rival_plan : [m USD2023/yr]    spending that the rival plans
    reaction   : [1/yr]            growth provoked per dollar of the rival (k)
    fatigue    : [1/yr]            growth held back per dollar of its own (a)
    returns    : [m USD2023/yr^2]  negative is goodwill

    Source: richardson1960, the linear pair at rest.

    >>> linear_grievance(own_plan=200.0, rival_plan=100.0, reaction=0.25, fatigue=0.5)
    75.0
    """
    return fatigue * own_plan - reaction * rival_plan


def threat_slope(hostility: float, arms: float, own_arms: float, guarantee: float) -> float:
    """Rise of the threat that one rival is per unit of the logarithm of its arms: the derivative of `capability.threat_from`.

    hostility : [1]          of the state towards the rival, between 0 and 1
    arms      : [m USD2023]  of the rival
    own_arms  : [m USD2023]  of the state
    guarantee : [m USD2023]
    returns   : [1]          between 0 and 1

    Source: model.

    >>> threat_slope(hostility=0.5, arms=100.0, own_arms=25.0, guarantee=25.0)
    0.5
    """
    felt = hostility * arms
    return felt / (own_arms + guarantee + felt)
