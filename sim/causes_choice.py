"""Why a buyer of armed unmanned aircraft leans to one supplier: what moved the appeal of each offer."""

from sim.causes_arms import stocks
from sim.causes_spending import log_spending
from sim.causes_threat import threat
from sim.causes_ties import memory, tie
from sim.layout import GRUDGE_OF, NET, NONE, OF, RIVAL_STATES, RIVALS_FROM, RIVALS_OF, SUPPLIERS, STATE_ACTOR, SUPPLIER_ACTOR, TIE_OF, UAV
from sim.parts import Cause, Split, fixed, negative, sum_of_splits, through
from sim.record import Record, told_once
from sim.rule_arrays import on_arrays
from sim.rules.capability import system_gap
from sim.rules.elementary import positive_part, weighted
from sim.rules.transfers import affordability, deal_value


@told_once
def appeal(record: Record, buyer: int, supplier: int, quarter: int) -> Split:
    """What moves the utility of a supplier's offer; its constant parts are the reference."""
    terms = [
        through(weighted, weight=record.given("need_weight"), amount=need(record, buyer, quarter)),
        negative(through(weighted, weight=record.given("price_weight"), amount=_cost(record, buyer, supplier, quarter))),
    ]
    e = int(TIE_OF[STATE_ACTOR[buyer], SUPPLIER_ACTOR[supplier]])
    if e != NONE:
        felt = tie(record, e)[quarter].attitude
        felt = felt.relabelled(lambda cause: Cause("attitude", *NET.ties[e], cause.event))
        terms.append(through(weighted, weight=record.given("relation_weight"), amount=felt))
    if GRUDGE_OF[buyer, supplier] != NONE:
        held = memory(record, buyer, supplier)[quarter]
        held = held.relabelled(lambda cause: Cause("memory", cause.who, cause.what, cause.event))
        terms.append(negative(through(weighted, weight=record.given("memory_weight"), amount=held)))
    return sum_of_splits(*terms)
