"""Why a buyer of armed unmanned aircraft leans to one supplier: what moved the appeal of each offer."""

from sim.engines.compiled import layout
from sim.engines.compiled.layout import NET, NONE, STATES, SUPPLIERS, UAV
from sim.engines.compiled.vectorized import on_arrays
from sim.explain.arms import stocks, valued
from sim.explain.attribution import Attributed, Cause, apply, apply_sequentially, constant, single_cause
from sim.explain.events import level
from sim.explain.recorded_run import Record, cached
from sim.explain.relations import memory, tie
from sim.explain.spending import log_spending
from sim.explain.supplier_history import agreements, held_from, soft_power
from sim.model.network import SUPPORTED
from sim.rules.elementary import exp
from sim.rules.supplier_history import appeal_of_agreements, dependence, share_of_others, standing
from sim.rules.transfers import deal_burden, deal_value, offer_merit, offer_utility, price_premium


@cached
def appeal(record: Record, buyer: int, supplier: int, quarter: int) -> Attributed:
    """Utility of a supplier's offer; its reference is what does not change."""
    name = NET.suppliers[supplier]
    utility = apply(
        offer_utility,
        merit=_merit(record, buyer, supplier, quarter),
        memory_weight=record.param("memory_weight"),
        memory=_memory(record, buyer, supplier, quarter),
        standard_weight=record.param("standard_weight"),
        standard=record.param("nato_standard", supplier) * record.param("nato_alignment", buyer),
        standing=_standing(record, buyer, supplier, quarter),
        demonstration=record.param("demonstration"),
        example=_example(record, buyer, supplier, quarter),
        embargo_weight=record.param("accept_embargo"),
        embargo=level(record, "embargo", name, quarter, NET.states[buyer]),
    )
    return utility.relabelled(lambda cause: cause if cause.who else Cause(cause.channel, name, cause.what, cause.event))


def _merit(record: Record, buyer: int, supplier: int, quarter: int) -> Attributed:
    """What the offer is worth by what the supplier is and sells."""
    lasting = record.param("appeal", supplier) + record.param("appeal_to", buyer * SUPPLIERS + supplier)
    return apply(
        offer_merit,
        appeal=lasting + record.param("class_appeal", UAV * SUPPLIERS + supplier),
        relation_weight=record.param("relation_weight"),
        attitude=_attitude(record, buyer, supplier, quarter),
        price_weight=record.param("price_weight"),
        deal_burden=_burden(record, buyer, quarter),
        premium=on_arrays(price_premium, price_index=record.param("price_index", supplier)),
    )


def _burden(record: Record, buyer: int, quarter: int) -> Attributed:
    """Price relative to the buyer's funds; what moves the buyer's spending is one cause."""
    budget = apply(exp, x=log_spending(record, buyer, quarter))
    return apply(
        deal_burden,
        value=on_arrays(deal_value, units=record.param("request_units", UAV), price=record.param("uav_price")),
        spending=budget.relabelled(lambda cause: Cause("funds", NET.states[buyer], "", cause.event)),
        procurement_share=record.param("procurement_share", buyer),
    )


def _attitude(record: Record, buyer: int, supplier: int, quarter: int) -> Attributed:
    """The buyer's attitude to the supplier."""
    e = int(layout.TIE_OF[layout.STATE_ACTOR[buyer], layout.SUPPLIER_ACTOR[supplier]])
    if e == NONE:
        return constant(record.zeros)
    attitude = tie(record, e)[quarter].attitude
    return attitude.relabelled(lambda cause: Cause("attitude", *NET.ties[e], cause.event))


def _memory(record: Record, buyer: int, supplier: int, quarter: int) -> Attributed:
    """What the buyer remembers of the supplier."""
    if layout.GRUDGE_OF[buyer, supplier] == NONE:
        return constant(record.zeros)
    held = memory(record, buyer, supplier)[quarter]
    return held.relabelled(lambda cause: Cause("memory", NET.suppliers[supplier], "", cause.event))


def _standing(record: Record, buyer: int, supplier: int, quarter: int) -> Attributed:
    """What past dealings add: influence, arms in use, agreements, and the support of a patron."""
    client, patron = NET.states[buyer], NET.suppliers[supplier]
    is_backed = client in SUPPORTED and patron in NET.patrons
    return apply(
        standing,
        influence_weight=record.param("influence_appeal"),
        influence=soft_power(record, buyer, supplier)[quarter],
        lock_in=record.param("lock_in"),
        dependence=_dependence(record, buyer, supplier, quarter),
        agreements=apply_sequentially(
            appeal_of_agreements,
            in_force=agreements(record, buyer, supplier)[quarter][0],
            weight=record.param("agreement_appeal"),
        ),
        support_weight=record.param("support_appeal"),
        support=level(record, "support", patron, quarter, client) if is_backed else 1.0,
    )


def _dependence(record: Record, buyer: int, supplier: int, quarter: int) -> Attributed:
    """Share of the buyer's equipment that came from the supplier; the dilution by all other equipment is one cause."""
    sent = held_from(record, buyer, supplier)[quarter]
    if not sent.parts:
        return constant(record.zeros)
    equipment = valued(record, stocks(record, buyer)[quarter], is_perceived=False).value
    return apply(dependence, held=sent, held_in_all=record.row("held_in_all", buyer, quarter), equipment=equipment)


def _example(record: Record, buyer: int, supplier: int, quarter: int) -> Attributed:
    """Other buyers' example."""
    share = on_arrays(
        share_of_others,
        adopters=record.row("adopters", supplier, quarter),
        is_adopter=record.row("adopted", buyer * SUPPLIERS + supplier, quarter),
        states=float(STATES),
    )
    return single_cause(share, Cause("example", NET.suppliers[supplier]))
