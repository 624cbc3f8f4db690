"""Where every number of a run stands: rows of the compiled engine's two arrays, and the links between them.

`ROW` gives the first row of each variable among the values, `PARAM` the first row of each parameter. Both are constants, so that
the compiler knows every address. Rows of a state variable follow the actor table, rows of a tie the list of ties.
"""

from collections import namedtuple
from typing import Any

import numpy as np

from sim.data.tables import observed_paths
from sim.model.network import DOMESTIC, FOLLOWED, GUARDED, REPROACHED, SUPPORTED, network
from sim.model.network import FIRST as FIRST_CODE
from sim.model.network import SECOND as SECOND_CODE
from sim.model.parameters import CLASSES, load_parameters
from sim.model.random_numbers import BUDGET, COMMON, GROWTH, INCIDENT, MEDIATION, REQUEST, SEVERITY, TENSION

LANES = 32

NET = network()
STATES = len(NET.states)
SUPPLIERS = len(NET.suppliers)
PATRONS = len(NET.patrons)
ACTORS = len(NET.givers)
KINDS = len(CLASSES)
TIES = len(NET.ties)
PAIRS = len(NET.pairs)
GRUDGES = len(NET.grudges)
CLIENTS = len(SUPPORTED)
RIVALS = len(NET.rivals)
SUSPICIONS = len(NET.suspects)
SIDES = 2  # of the flashpoint

FIRST, SECOND = NET.states.index(FIRST_CODE), NET.states.index(SECOND_CODE)
HELPED = NET.states.index(GUARDED)
UAV, LOITERING = CLASSES.index("uav"), CLASSES.index("loitering")
AIR_DEFENCE = CLASSES.index("air_defence")
DOM = NET.suppliers.index(DOMESTIC)
FOLLOWED_SUPPLIER = NET.suppliers.index(FOLLOWED)
FIRST_ACTOR, SECOND_ACTOR = NET.givers.index(FIRST_CODE), NET.givers.index(SECOND_CODE)
NONE = -1

# what is drawn in every quarter: its row, how many, the channel of the first, whether it is turned into a normal deviate
DRAWS = (
    ("growth_deviate", STATES, GROWTH, True),
    ("budget_deviate", STATES, BUDGET, True),
    ("common_deviate", 1, COMMON, True),
    ("tension_deviate", 1, TENSION, True),
    ("request_deviate", STATES, REQUEST, False),
    ("incident_deviate", 1, INCIDENT, False),
    ("severity_deviate", 1, SEVERITY, False),
    ("mediation_deviate", 1, MEDIATION, False),
)
DRAW_CHANNELS = np.array([channel + i for _, count, channel, _ in DRAWS for i in range(count)])
DRAW_ROWS = len(DRAW_CHANNELS)
NORMAL_ROWS = sum(count for _, count, _, is_normal in DRAWS if is_normal)

# how many rows each of some variables has, and the variables, in the order of their rows
_VARIABLES = (
    *((count, name) for name, count, _, _ in DRAWS),  # this quarter's draws, which stand side by side
    (STATES, "gdp burden_target log_spending_gap spending burden budget_spread common_spread"),
    (STATES, "capital_stock uav loitering air_defence owed capability capability_start capability_change"),
    (
        STATES,
        "threat threat_reference threat_rise commitment unrest supplement forced_supplier desired_gap gap_revised",
    ),
    (STATES, "transparency held_in_all"),
    (STATES * KINDS, "request_reached"),  # probability of a request of this class or one before it
    (TIES, "cooperation rhetoric attitude hostility_start"),
    (PAIRS, "trade_gap trade"),
    (GRUDGES, "memory"),
    # per supplier and state, the state first
    (STATES * SUPPLIERS, "choice orders deliveries embargo armed influence soft_power held_from dependence"),
    (STATES * SUPPLIERS, "signed in_force standing adopted"),
    # states that received armed aircraft from a supplier; its price against the reference supplier's, as a logarithm
    (SUPPLIERS, "adopters premium"),
    (STATES * ACTORS, "provoked"),  # per actor and state, the state first
    (STATES * KINDS * SUPPLIERS, "arrived"),
    (STATES * KINDS, "arrived_in_all"),
    (PATRONS, "grants"),
    (CLIENTS * PATRONS, "support"),
    (RIVALS, "misperception"),  # by how much a state overstates a rival's build-up
    # how credible the followed supplier and the peacekeepers' commander are to a side, and what resentment that leaves
    (SIDES, "image trusted calm"),
    (SUSPICIONS, "suspicion"),
    (TIES, "answer"),  # in kind, to the words of the quarter before
    (1, "tension hazard incidents shock is_lethal troops_agreed reserve_scripted reserve_left troops"),
    (1, "dialogue_agreed mediation_left dialogue boost_left boost accession election commander"),
    (1, "insecurity_outside troops_extra"),
    # scratch for the choice of a supplier
    (SUPPLIERS, "utility"),
    (1, "utility_best weight_in_all usual_burden"),
    # scratch for what flows into a stock, for what a delivery provokes, for a state's guarantors and its rivals' drones
    (1, "inflow guarantee rival_uav rival_loitering felt equipment agreement_appeal nothing one"),
    (1, "cooperation_kept rhetoric_kept memory_kept influence_kept ratification_kept wear_kept troops_kept"),
    (1, "provoked_north"),
)
ROWS_OF_THE_WORLD = {name: count for count, names in _VARIABLES for name in names.split()}


def _offsets(counts: dict[str, int]) -> tuple[int, ...]:
    """First row of each entry, when so many rows follow each other."""
    return tuple(int(start) for start in np.cumsum([0, *counts.values()])[:-1])


PARAMETERS = load_parameters()
ROWS_OF_THE_PARAMETERS = {parameter.name: len(parameter.suffixes) for parameter in PARAMETERS.parameters}
_named: Any = namedtuple  # noqa: PYI024 - its fields are data, and constants of compiled code
ROW: Any = _named("ROW", list(ROWS_OF_THE_WORLD))(*_offsets(ROWS_OF_THE_WORLD))
PARAM: Any = _named("PARAM", list(ROWS_OF_THE_PARAMETERS))(*_offsets(ROWS_OF_THE_PARAMETERS))
ROWS = sum(ROWS_OF_THE_WORLD.values())
PARAM_ROWS = PARAMETERS.size


def _table(rows: Any, columns: int) -> np.ndarray:
    """Rows of whole numbers; there may be none."""
    return np.array(rows, dtype=np.int64).reshape(-1, columns)


def _places(pairs: Any, first: tuple[str, ...], second: tuple[str, ...]) -> np.ndarray:
    return _table([(first.index(one), second.index(other)) for one, other in pairs], 2)


def _found(codes: tuple[str, ...], known: tuple[str, ...]) -> np.ndarray:
    """Place of each code among others; NONE where it is not among them."""
    return np.array([known.index(code) if code in known else NONE for code in codes], dtype=np.int64)


PATH_BURDEN = np.array([path.burden for path in observed_paths()])
PATH_GDP = np.array([path.gdp for path in observed_paths()])

SUPPLIER_ACTOR = _found(NET.suppliers, NET.givers)
STATE_ACTOR = _found(NET.states, NET.givers)
SUPPLIER_OF = _found(NET.givers, NET.suppliers)
PATRON_OF = _found(NET.suppliers, NET.patrons)
# row of what a command of the peacekeepers leaves of a state's resentment; a row of ones for the states that they do not serve
CALM_ROW = np.array([ROW.calm + (FIRST, SECOND).index(i) if i in (FIRST, SECOND) else ROW.one for i in range(STATES)])
CLIENT_OF = _found(NET.states, SUPPORTED)
SIDE_STATES = np.array([FIRST, SECOND])
PATRON_SUPPLIER = _found(NET.patrons, NET.suppliers)

TIE_OF = np.full((ACTORS, ACTORS), NONE)
for _place, (_actor, _counterpart) in enumerate(NET.ties):
    TIE_OF[NET.givers.index(_actor), NET.givers.index(_counterpart)] = _place
STATE_OF = _found(NET.givers, NET.states)

PAIR_TIES = np.array([(NET.tie(one, other), NET.tie(other, one)) for one, other in NET.pairs])
TIE_PAIR = np.array([NET.pair(one, other) for one, other in NET.ties])
RIVAL_STATES = _places(NET.rivals, NET.states, NET.states)
IS_THE_DYAD = np.array([set(pair) == {FIRST_CODE, SECOND_CODE} for pair in NET.rivals])
RIVAL_TIE = np.array([NET.tie(state, rival) for state, rival in NET.rivals])
RIVALS_FROM = np.array(
    [[state for state, _ in NET.rivals].index(code) if code in [s for s, _ in NET.rivals] else 0 for code in NET.states]
)
RIVALS_OF = np.array([[state for state, _ in NET.rivals].count(code) for code in NET.states])
GRUDGE_PLACES = _places(NET.grudges, NET.states, NET.suppliers)
GRUDGE_OF = np.full((STATES, SUPPLIERS), NONE)
for _place, (_state, _supplier) in enumerate(GRUDGE_PLACES):
    GRUDGE_OF[_state, _supplier] = _place

TIE_REPROACHED = NET.tie(FIRST_CODE, REPROACHED)
TIE_FIRST_SECOND, TIE_SECOND_FIRST = NET.tie(FIRST_CODE, SECOND_CODE), NET.tie(SECOND_CODE, FIRST_CODE)

# (tie of the observer to the giver, tie of the observer to the receiver, giver, receiving state, observing state):
# whoever watches a giver arm a state towards which it may be hostile
WITNESSES = _table(
    [
        (TIE_OF[_a, _g], TIE_OF[_a, _b], _g, STATE_OF[_b], STATE_OF[_a])
        for _a in range(ACTORS)
        for _g in range(ACTORS)
        for _b in range(ACTORS)
        if _g != _b and TIE_OF[_a, _g] >= 0 and TIE_OF[_a, _b] >= 0 and STATE_OF[_a] >= 0 and STATE_OF[_b] >= 0
    ],
    5,
)
# (tie of the observer to the giver, giver, neighbour's state, row of the weight): whoever watches a hostile giver next door
ENCIRCLED = _table(
    [
        (TIE_OF[STATE_ACTOR[_observer], _g], _g, _neighbour, PARAM.encirclement + _place)
        for _place, (_observer, _neighbour) in enumerate(_places(NET.neighbours, NET.states, NET.states))
        for _g in range(ACTORS)
        if TIE_OF[STATE_ACTOR[_observer], _g] >= 0 and _g != STATE_ACTOR[_neighbour]
    ],
    4,
)
# row of a state's suspicion of a giver; a row of zeros where it has none
SUSPICION_ROW = np.full((STATES, ACTORS), ROW.nothing)
for _place, (_state, _supplier) in enumerate(NET.suspects):
    SUSPICION_ROW[NET.states.index(_state), NET.givers.index(_supplier)] = ROW.suspicion + _place
# (tie that answers, tie that is answered, row of the readiness)
ANSWERS = _table(
    [
        (TIE_OF[_a, _b], TIE_OF[_b, _a], PARAM.reply + _place)
        for _place, _state in enumerate(NET.repliers)
        for _a in (NET.givers.index(_state),)
        for _b in range(ACTORS)
        if TIE_OF[_a, _b] >= 0 and TIE_OF[_b, _a] >= 0
    ],
    3,
)
# (grudge, supplier, tie to the rival, rival state): whoever may hold a delivery against its supplier
GRUDGE_CAUSES = _table(
    [
        (_place, _supplier, TIE_OF[STATE_ACTOR[_state], _b], STATE_OF[_b])
        for _place, (_state, _supplier) in enumerate(GRUDGE_PLACES)
        for _b in range(ACTORS)
        if STATE_OF[_b] >= 0 and TIE_OF[STATE_ACTOR[_state], _b] >= 0 and SUPPLIER_ACTOR[_supplier] != _b
    ],
    4,
)
# states in whose eyes a supplier may lose a friend by arming a buyer: (buyer, supplier, tie supplier-friend, tie buyer-friend)
FRIENDS = _table(
    [
        (_buyer, _supplier, TIE_OF[SUPPLIER_ACTOR[_supplier], _f], TIE_OF[STATE_ACTOR[_buyer], _f])
        for _buyer in range(STATES)
        for _supplier in range(SUPPLIERS)
        for _f in range(ACTORS)
        if STATE_OF[_f] >= 0 and TIE_OF[SUPPLIER_ACTOR[_supplier], _f] >= 0 and TIE_OF[STATE_ACTOR[_buyer], _f] >= 0
    ],
    4,
)
FRIENDS_FROM = np.zeros((STATES, SUPPLIERS), dtype=np.int64)
FRIENDS_OF = np.zeros((STATES, SUPPLIERS), dtype=np.int64)
for _place, (_buyer, _supplier, _, _) in enumerate(FRIENDS):
    FRIENDS_FROM[_buyer, _supplier] = _place if FRIENDS_OF[_buyer, _supplier] == 0 else FRIENDS_FROM[_buyer, _supplier]
    FRIENDS_OF[_buyer, _supplier] += 1

# rows of a state's attitude to a supplier, of the supplier's to the state, and of the state's grudge against it; a row of
# zeros where there is none
_BUYER_TIES, _SELLER_TIES = TIE_OF[STATE_ACTOR][:, SUPPLIER_ACTOR], TIE_OF.T[STATE_ACTOR][:, SUPPLIER_ACTOR]
ATTITUDE_ROW = np.where(_BUYER_TIES >= 0, ROW.attitude + _BUYER_TIES, ROW.nothing)
SELLER_ATTITUDE_ROW = np.where(_SELLER_TIES >= 0, ROW.attitude + _SELLER_TIES, ROW.nothing)
MEMORY_ROW = np.where(GRUDGE_OF >= 0, ROW.memory + GRUDGE_OF, ROW.nothing)
# row of the memory that makes an actor doubt another; a row of zeros where it has none
TRUST_ROW = np.full((ACTORS, ACTORS), ROW.nothing)
for _place, (_state, _supplier) in enumerate(GRUDGE_PLACES):
    TRUST_ROW[STATE_ACTOR[_state], SUPPLIER_ACTOR[_supplier]] = ROW.memory + _place
# a state and a supplier that may deal without an event: patrons and their clients
LINKED_FROM_START = np.logical_and.outer(CLIENT_OF != NONE, PATRON_OF != NONE)
# row of a patron's support for its client; a row of ones for all other pairs of a state and a supplier
SUPPORT_ROW = np.where(LINKED_FROM_START, ROW.support + np.add.outer(CLIENT_OF * PATRONS, PATRON_OF), ROW.one)
