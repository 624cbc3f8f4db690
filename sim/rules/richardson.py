"""Richardson's linear pair: how fast a state arms against its rival, and where that leads.

Any one unit of arms and of time serves, as long as all arguments share it; million 2023 US$ and
years are written here. Letters: k, l reaction; a, b fatigue; g, h grievance.
"""

import math


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

    own_fatigue    : [1/yr]    fatigue of the state (a); the reading needs both fatigues positive
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
