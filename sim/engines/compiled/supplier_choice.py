"""How likely a request of a buyer leads to a deal with the followed supplier, in the relations of the start; compiled.

The replay draws no requests, so these probabilities are computed here, with the functions of `sim.engines.compiled.buyer` that decide the
requests of later years.
"""

from sim.engines.compiled import initial_state, peacekeeper, relations, supplier_history
from sim.engines.compiled.arrays import Numbers, Parameters, Rows, Values
from sim.engines.compiled.buyer import burden_of, consent, utility
from sim.engines.compiled.layout import FOLLOWED_SUPPLIER, LANES, LOITERING, PARAM, ROW, SUPPLIERS, UAV
from sim.rules.elementary import share_of
from sim.rules.transfers import choice_weight, deal_value


def usual_value(values: Values, params: Parameters, buyer: int, kind: int, k: int) -> float:
    """Value of a request of median size."""
    if kind == UAV:
        return deal_value(units=params[PARAM.request_units + kind, k], price=params[PARAM.uav_price, k])
    if kind == LOITERING:
        return deal_value(units=params[PARAM.request_units + kind, k], price=params[PARAM.loitering_price, k])
    funds = params[PARAM.procurement_share + buyer, k] * values[ROW.spending + buyer, k]
    return params[PARAM.request_share + kind, k] * funds


def choice_of_followed(values: Values, params: Parameters, buyer: int, kind: int, value: float, k: int) -> float:
    """Probability that a buyer chooses the followed supplier for a request."""
    burden = burden_of(values, params, buyer, value, k)
    best = 0.0
    for s in range(SUPPLIERS):
        offered = utility(values, params, buyer, s, kind, burden, k)
        best = offered if offered > best else best
    total = choice_weight(utility=0.0, utility_best=best)
    chosen = 0.0
    for s in range(SUPPLIERS):
        offered = utility(values, params, buyer, s, kind, burden, k)
        weight = choice_weight(utility=offered, utility_best=best)
        total += weight
        chosen = weight if s == FOLLOWED_SUPPLIER else chosen
    return share_of(part=chosen, whole=total)


def chances_of_block(
    params: Parameters, values: Values, buyers: Numbers, kinds: Numbers, choices: Rows, consents: Rows
) -> None:
    """Both probabilities for a block of members: choices, consents (requests, LANES); values is room for numbers."""
    initial_state.initial_values(values, params)
    peacekeeper.update_peacekeeping(values, params)
    supplier_history.update_influence(values, params)
    relations.update_attitudes(values)
    for n in range(buyers.shape[0]):
        for k in range(LANES):
            value = usual_value(values, params, buyers[n], kinds[n], k)
            choices[n, k] = choice_of_followed(values, params, buyers[n], kinds[n], value, k)
            consents[n, k] = consent(values, params, buyers[n], FOLLOWED_SUPPLIER, kinds[n], value, k)
