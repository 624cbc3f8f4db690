"""What the script makes happen, compiled: one line at a time, for every member of a block.

A line is one operation of `sim.model.schedule`. Columns of arms: operation, class, supplier, buyer, payment, first of the
uniform draws, and the rows of the sizes: units, price. Of a write to a variable: operation, row of the variable, rule, row of the
memory that makes it less believed, and the rows of up to four sizes.
"""

from sim.engines.compiled.arrays import Book, Lines, Parameters, Pools, Row, Rows, Values
from sim.engines.compiled.buyer import book_order, burden_of, consent, deliver, utility, waiting
from sim.engines.compiled.layout import ACTORS, KINDS, LANES, NONE, PARAM, ROW, STATES, SUPPLIERS
from sim.model.schedule import ADD, DELIVER, INFLUENCE, OFFER, PLAIN, PRODUCT, PROVOCATION, RELATIVE_CHANGE, SET
from sim.rules.elementary import positive_part, share_of
from sim.rules.relations import credibility
from sim.rules.spending import relative_change
from sim.rules.supplier_history import influence_won
from sim.rules.tension import tension_eased
from sim.rules.transfers import choice_weight, deal_value, provocation


def apply_event(
    values: Values, params: Parameters, pools: Pools, book: Book, script: Lines, line: int, quarter: int
) -> None:
    """One line of the script, for every member of the block."""
    if script.lines[line, 0] >= DELIVER:
        trade_arms(values, params, pools, book, script, line, quarter)
        return
    operation, row, rule, trust, first, second, third, fourth = script.lines[line]
    amounts = script.sizes[first]
    if rule != PLAIN:
        amounts = script.amounts
        make_amounts(amounts, script.sizes, rule, first, second, third, fourth)
    if trust != NONE:
        believe(values[trust], params, amounts, script.amounts)
        amounts = script.amounts
    write(values[row], operation, amounts)
    note_write(pools, row)


def make_amounts(amounts: Row, sizes: Rows, rule: int, first: int, second: int, third: int, fourth: int) -> None:
    """The amount of every member, by a rule and the numbers that it needs."""
    if rule == PRODUCT:
        for k in range(LANES):
            amounts[k] = sizes[first, k] * sizes[second, k]
    elif rule == RELATIVE_CHANGE:
        for k in range(LANES):
            amounts[k] = relative_change(change=sizes[first, k])
    elif rule == PROVOCATION:
        for k in range(LANES):
            provoked = provocation(
                value=sizes[first, k], perceived_value=1.0, weight=sizes[second, k], scale=sizes[third, k]
            )
            amounts[k] = sizes[fourth, k] * provoked
    elif rule == INFLUENCE:
        for k in range(LANES):
            amounts[k] = influence_won(value=sizes[first, k], weight=sizes[second, k], scale=sizes[third, k])


def believe(memories: Row, params: Parameters, amounts: Row, believed: Row) -> None:
    """As much of the amounts as is believed."""
    for k in range(LANES):
        believed[k] = credibility(memory=memories[k], loss=params[PARAM.credibility_loss, k]) * amounts[k]


def write(variable: Row, operation: int, amounts: Row) -> None:
    """A variable becomes the amounts, grows by them, or is eased by them."""
    if operation == SET:
        for k in range(LANES):
            variable[k] = amounts[k]
    elif operation == ADD:
        for k in range(LANES):
            variable[k] += amounts[k]
    else:
        for k in range(LANES):
            variable[k] = tension_eased(tension=variable[k], relief=amounts[k])


def note_write(pools: Pools, row: int) -> None:
    """Tells the phases that walk only over what was ever touched."""
    place = row - ROW.provoked
    if 0 <= place < STATES * ACTORS:
        pools.is_provoked[place // ACTORS, place % ACTORS] = True
    for first in (ROW.soft_power, ROW.held_from, ROW.signed):
        place = row - first
        if 0 <= place < STATES * SUPPLIERS:
            pools.is_linked[place // SUPPLIERS, place % SUPPLIERS] = True
            if first == ROW.signed:
                pools.is_signed[place // SUPPLIERS, place % SUPPLIERS] = True


def trade_arms(
    values: Values, params: Parameters, pools: Pools, book: Book, script: Lines, line: int, quarter: int
) -> None:
    """An order, a delivery or an offer of the script."""
    operation, kind, supplier, buyer, own, lead, amount, price = script.lines[line]
    for k in range(LANES):
        units = script.sizes[amount, k]
        value = deal_value(units=units, price=script.sizes[price, k])
        if operation == DELIVER:
            deliver(values, pools, k, buyer, supplier, kind, units, value, float(own))
            continue
        if operation == OFFER and not is_agreed(values, params, buyer, supplier, kind, value, script.lots, lead, k):
            continue
        values[ROW.orders + buyer * SUPPLIERS + supplier, k] += value
        if lead != NONE:
            due = quarter + waiting(params, kind, script.lots[lead, k], k)
            book_order(book, k, due, buyer, supplier, kind, own, units, value)


def is_agreed(
    values: Values,
    params: Parameters,
    buyer: int,
    supplier: int,
    kind: int,
    value: float,
    lots: Rows,
    lead: int,
    k: int,
) -> bool:
    """Whether a buyer takes a supplier's offer rather than nothing, and the supplier stands by it."""
    burden = burden_of(values, params, buyer, value, k)
    offered = utility(values, params, buyer, supplier, kind, burden, k)
    best = positive_part(x=offered)
    taken = choice_weight(utility=offered, utility_best=best)
    total = choice_weight(utility=0.0, utility_best=best)
    total += taken
    is_taken = lots[lead + 1, k] < share_of(part=taken, whole=total)
    return is_taken and lots[lead + 2, k] < consent(values, params, buyer, supplier, kind, value, k)


def clear_pools(values: Values, pools: Pools) -> None:
    """Empty the pools that this quarter's deliveries filled."""
    for i in range(STATES):
        for c in range(KINDS):
            if pools.is_touched[i, c]:
                pools.is_touched[i, c] = False
                values[ROW.arrived_in_all + i * KINDS + c, :] = 0.0
                for s in range(SUPPLIERS):
                    values[ROW.arrived + (i * KINDS + c) * SUPPLIERS + s, :] = 0.0
                    values[ROW.armed + i * SUPPLIERS + s, :] = 0.0
        for giver in range(ACTORS):
            if pools.is_provoked[i, giver]:
                pools.is_provoked[i, giver] = False
                values[ROW.provoked + i * ACTORS + giver, :] = 0.0
