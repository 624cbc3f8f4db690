"""One block of members, compiled: what its members draw, and the phases of every quarter in their order.

`simulate_block` is the one function that carries the arrays from phase to phase; `sim.engines.compiled.engine` runs blocks.
"""

from sim.engines.compiled import (
    arrays,
    buyer,
    initial_state,
    layout,
    patron,
    peacekeeper,
    relations,
    state,
    supplier_history,
)
from sim.engines.compiled.arrays import Book, Distributions, Members, Numbers, Parameters, Pools, Rows, Values
from sim.engines.compiled.events import apply_event, clear_pools
from sim.engines.compiled.layout import ACTORS, FIRST, KINDS, LANES, NONE, ROW, SECOND, STATES, SUPPLIERS
from sim.model.calendar import HISTORY_UNTIL, OBSERVED_QUARTERS
from sim.model.random_numbers import EVENT, PARAMETER, QUARTERLY, uniform
from sim.rules import draws
from sim.rules.draws import drawn_value
from sim.rules.elementary import normal_quantile

AFTER_CHOICE = ROW.choice + SUPPLIERS * STATES


def simulate_block(
    seed: int,
    chance_seed: int,
    member: Members,
    parameters: Distributions,
    sizes: Distributions,
    script: arrays.ScriptArrays,
    work: arrays.Workspace,
    recorded: Numbers,
    out: arrays.Recorded,
) -> None:
    """Run one block of members and record it.

    seed        : of the members' parameters and of the sizes of the script's events
    chance_seed : of what is drawn quarter by quarter, and of the lead times of the script's orders
    member      : numbers of the members
    parameters  : distributions of the parameters
    sizes       : distributions of the sizes of the script's events
    work        : room for the block
    recorded    : (series,) rows of the values to record
    out         : (series, quarters, LANES) filled
    """
    values, params, pools, book, lines = work.values, work.params, work.pools, work.book, work.lines
    begin_empty(pools, book)
    draw_distributions(parameters, PARAMETER, seed, member, params)
    set_rows(parameters, params)
    draw_distributions(sizes, EVENT, seed, member, lines.sizes)
    link_sizes(script.size_parameters, params, lines.sizes)
    set_rows(sizes, lines.sizes)
    draw_event_uniforms(script.draw_channels, chance_seed, member, lines.lots)
    is_weighed = is_wanted(recorded, ROW.choice, AFTER_CHOICE)  # the choices feed nothing else
    initial_state.initial_values(values, params)
    for quarter in range(out.shape[1]):
        is_drawn = quarter > HISTORY_UNTIL
        if quarter >= OBSERVED_QUARTERS:
            draw_quarter(values, quarter, chance_seed, member)
        state.start_quarter(values)
        state.grow_economy(values, params, quarter)
        relations.fade_relations(values, params)
        supplier_history.fade_influence(values, pools)
        for line in range(script.starts[quarter], script.starts[quarter + 1]):
            apply_event(values, params, pools, book, lines, line, quarter)
        buyer.receive_orders(values, pools, book, quarter)
        peacekeeper.update_peacekeeping(values, params)
        peacekeeper.kfor_command(values, params, pools)
        relations.update_provocation(values, params, pools.is_touched)
        supplier_history.influence_from_deliveries(values, params, pools)
        relations.backlash(values, params, pools.is_provoked)
        relations.encirclement_loss(values, params, pools.is_provoked)
        relations.update_grievances(values, pools.is_provoked)
        relations.gratitude(values, params, pools.is_provoked)
        supplier_history.update_influence(values, params)
        supplier_history.supplier_appeal(values, params, pools)
        relations.update_attitudes(values)
        state.update_capability(values, params, quarter)
        state.update_misperception(values, params)
        state.update_threat(values, params, quarter)
        peacekeeper.update_tension(values, params, pools.is_provoked, is_drawn)
        peacekeeper.update_incident_hazard(values, params, is_drawn)
        state.update_desired_gap(values, params)
        state.update_budget(values, params, quarter)
        if is_weighed:
            buyer.weigh_usual(values, params, FIRST, layout.UAV)
            buyer.weigh_usual(values, params, SECOND, layout.UAV)
        if is_drawn:
            buyer.update_requests(values, params)
            buyer.request(values, params, book, work.requests, quarter, chance_seed, member)
        patron.update_patrons(values, params)
        state.update_stocks(values, params)
        supplier_history.depreciate_holdings(values, params, pools)
        relations.update_trade(values, params, quarter)
        relations.update_attitudes(values)
        record(values, recorded, quarter, out)
        clear_pools(values, pools)


def begin_empty(pools: Pools, book: Book) -> None:
    """Nothing happened yet and nothing is ordered; patrons and their clients may deal from the start."""
    for i in range(STATES):
        for c in range(KINDS):
            pools.is_touched[i, c] = False
        for giver in range(ACTORS):
            pools.is_provoked[i, giver] = False
        for s in range(SUPPLIERS):
            pools.is_linked[i, s] = layout.LINKED_FROM_START[i, s]
            pools.is_signed[i, s] = False
    for k in range(LANES):
        book.placed[k] = 0
        for quarter in range(book.head.shape[1]):
            book.head[k, quarter] = NONE
            book.tail[k, quarter] = NONE


# ---- what members draw -----------------------------------------------------------------------------------------------


def draw_distributions(distributions: Distributions, stream: int, seed: int, member: Members, out: Rows) -> None:
    """Every row's distribution, drawn for the members of a block; rows that a fit gives are left to `set_rows`."""
    for row in range(distributions.kinds.shape[0]):
        kind = distributions.kinds[row]
        if kind == draws.FITTED:
            continue
        for k in range(LANES):
            if kind == draws.FIXED:
                out[row, k] = distributions.numbers[row, 0]
            else:
                out[row, k] = drawn_value(
                    kind=kind,
                    centre=distributions.numbers[row, 0],
                    spread=distributions.numbers[row, 1],
                    low=distributions.numbers[row, 2],
                    high=distributions.numbers[row, 3],
                    u=uniform(seed, member[k], 0, distributions.channels[row], stream),
                )


def set_rows(distributions: Distributions, out: Rows) -> None:
    """The rows that a fit or a sweep sets."""
    for n in range(distributions.rows_set.shape[0]):
        for k in range(LANES):
            out[distributions.rows_set[n], k] = distributions.values_set[n, k]


def link_sizes(size_parameters: Numbers, params: Parameters, sizes: Rows) -> None:
    """Sizes that are parameters: the price of a drone, where the script names none."""
    for row in range(size_parameters.shape[0]):
        if size_parameters[row] != NONE:
            for k in range(LANES):
                sizes[row, k] = params[size_parameters[row], k]


def draw_event_uniforms(channels: Numbers, seed: int, member: Members, out: Rows) -> None:
    """The uniform draws that orders and offers of the script need."""
    for row in range(channels.shape[0]):
        for k in range(LANES):
            out[row, k] = uniform(seed, member[k], 0, channels[row], EVENT)


def draw_quarter(values: Values, quarter: int, seed: int, member: Members) -> None:
    """All that is drawn in every quarter, the first of them as standard normal numbers."""
    for i in range(layout.DRAW_ROWS):
        for k in range(LANES):
            values[ROW.growth_deviate + i, k] = uniform(seed, member[k], quarter, layout.DRAW_CHANNELS[i], QUARTERLY)
    for i in range(layout.NORMAL_ROWS):
        for k in range(LANES):
            values[ROW.growth_deviate + i, k] = normal_quantile(u=values[ROW.growth_deviate + i, k])


# ---- what is recorded ------------------------------------------------------------------------------------------------


def is_wanted(recorded: Numbers, first: int, after: int) -> bool:
    """Whether any row of the values from the first to the one before `after` is recorded."""
    is_found = False
    for s in range(recorded.shape[0]):
        is_found = is_found or first <= recorded[s] < after
    return is_found


def record(values: Values, recorded: Numbers, quarter: int, out: arrays.Recorded) -> None:
    """This quarter of the recorded series."""
    for s in range(recorded.shape[0]):
        for k in range(LANES):
            out[s, quarter, k] = values[recorded[s], k]


# ---- how likely the followed supplier is -----------------------------------------------------------------------------


def chances_of_block(
    params: Parameters, values: Values, buyers: Numbers, kinds: Numbers, choices: Rows, consents: Rows
) -> None:
    """How likely a request of a buyer goes to the followed supplier, who consents, in the relations of the start: choices and consents
    (requests, LANES). The replay draws no requests, so this is worked out here, as for those of later years."""
    initial_state.initial_values(values, params)
    peacekeeper.update_peacekeeping(values, params)
    supplier_history.update_influence(values, params)
    relations.update_attitudes(values)
    for n in range(buyers.shape[0]):
        buyer.weigh_usual(values, params, buyers[n], kinds[n])
        choice = ROW.choice + buyers[n] * SUPPLIERS + layout.FOLLOWED_SUPPLIER
        for k in range(LANES):
            value = buyer.usual_value(values, params, buyers[n], kinds[n], k)
            choices[n, k] = values[choice, k]
            consents[n, k] = buyer.consent(values, params, buyers[n], layout.FOLLOWED_SUPPLIER, kinds[n], value, k)
