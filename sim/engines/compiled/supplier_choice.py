"""How likely a request of a buyer leads to a deal with Türkiye, in the relations of the start; compiled.

The replay draws no requests, so these probabilities are computed here, with the functions of `sim.engines.compiled.buyer` that decide the
requests of later years.
"""

from collections.abc import Sequence

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.engines.compiled import initial_state, peacekeeper, relations, supplier_history
from sim.engines.compiled.buyer import burden_of, consent, need, utility
from sim.engines.compiled.jit import compiled
from sim.engines.compiled.layout import LANES, LOITERING, NET, PARAM, ROW, ROWS, SUPPLIERS, TUR_AS_SUPPLIER, UAV
from sim.model.parameters import CLASSES
from sim.rules.elementary import share_of
from sim.rules.transfers import choice_weight, deal_value


@compiled
def usual_value(values, params, buyer, kind, k):
    """Value of a request of median size."""
    if kind == UAV:
        return deal_value(units=params[PARAM.request_units + kind, k], price=params[PARAM.uav_price, k])
    if kind == LOITERING:
        return deal_value(units=params[PARAM.request_units + kind, k], price=params[PARAM.loitering_price, k])
    funds = params[PARAM.procurement_share + buyer, k] * values[ROW.spending + buyer, k]
    return params[PARAM.request_share + kind, k] * funds


@compiled
def choice_of_turkey(values, params, buyer, kind, value, k):
    """Probability that a buyer chooses Türkiye for a request."""
    wanted = need(values, params, buyer, kind, k)
    burden = burden_of(values, params, buyer, value, k)
    best = 0.0
    for s in range(SUPPLIERS):
        offered = utility(values, params, buyer, s, kind, burden, wanted, k)
        best = offered if offered > best else best
    total = choice_weight(utility=0.0, utility_best=best)
    chosen = 0.0
    for s in range(SUPPLIERS):
        offered = utility(values, params, buyer, s, kind, burden, wanted, k)
        weight = choice_weight(utility=offered, utility_best=best)
        total += weight
        chosen = weight if s == TUR_AS_SUPPLIER else chosen
    return share_of(part=chosen, whole=total)


@njit(nogil=True, error_model="numpy", cache=True)
def chances_of_blocks(params, buyers, kinds, choices, consents):
    """params (parameters, members); choices, consents (requests, members), members a multiple of the block."""
    for block in range(params.shape[1] // LANES):
        lanes = slice(block * LANES, (block + 1) * LANES)
        drawn = np.ascontiguousarray(params[:, lanes])
        values = np.zeros((ROWS, LANES))
        initial_state.initial_values(values, drawn)
        peacekeeper.update_peacekeeping(values, drawn)
        supplier_history.update_influence(values, drawn)
        relations.update_attitudes(values)
        for n in range(buyers.shape[0]):
            buyer, kind = buyers[n], kinds[n]
            for k in range(LANES):
                value = usual_value(values, drawn, buyer, kind, k)
                place = block * LANES + k
                choices[n, place] = choice_of_turkey(values, drawn, buyer, kind, value, k)
                consents[n, place] = consent(values, drawn, buyer, TUR_AS_SUPPLIER, kind, value, k)


def chances_of_turkey(
    params: NDArray[np.float64], requests: Sequence[tuple[str, str]]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Probabilities that a request of median size goes to Türkiye, and that Türkiye consents.

    params   : (parameters, members)
    requests : buyer and class of each
    returns  : two arrays (requests, members)
    """
    members = params.shape[1]
    padded = params[:, np.resize(np.arange(members), -(-members // LANES) * LANES)]
    buyers = np.array([NET.states.index(buyer) for buyer, _ in requests], dtype=np.int64)
    kinds = np.array([CLASSES.index(kind) for _, kind in requests], dtype=np.int64)
    choices, consents = np.zeros((2, len(requests), padded.shape[1]))
    chances_of_blocks(padded, buyers, kinds, choices, consents)
    return choices[:, :members], consents[:, :members]
