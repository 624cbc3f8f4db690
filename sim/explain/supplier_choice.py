"""Why a buyer of armed unmanned aircraft leans to one supplier: what moved the appeal of each offer."""

import numpy as np

from sim.engines.compiled.layout import (
    GRUDGE_OF,
    LOITERING,
    NET,
    NONE,
    RIVAL_STATES,
    RIVALS_FROM,
    RIVALS_OF,
    STATE_ACTOR,
    STATES,
    SUPPLIER_ACTOR,
    SUPPLIERS,
    TIE_OF,
    UAV,
)
from sim.engines.compiled.vectorized import Array, on_arrays
from sim.explain.arms import stocks
from sim.explain.attribution import Cause, Split, fixed, in_turn, negative, of, sum_of_splits, through
from sim.explain.events import level
from sim.explain.recorded_run import Record, told_once
from sim.explain.relations import memory, tie
from sim.explain.spending import log_spending
from sim.explain.supplier_history import held_from, in_force, soft_power
from sim.explain.threat import threat
from sim.model.network import SUPPORTED
from sim.model.parameters import CLASSES
from sim.rules.capability import system_capability, system_gap
from sim.rules.elementary import effect, exp, positive_part, weighted
from sim.rules.supplier_history import appeal_of_agreements, dependence, share_of_others
from sim.rules.transfers import affordability, deal_burden, deal_value, price_premium


@told_once
def appeal(record: Record, buyer: int, supplier: int, quarter: int) -> Split:
    """Utility of a supplier's offer; its reference is what does not change."""
    name = NET.suppliers[supplier]
    terms = [
        fixed(_constant(record, buyer, supplier)),
        through(weighted, weight=record.given("need_weight"), amount=_need(record, buyer, quarter)),
        negative(
            through(weighted, weight=record.given("price_weight"), amount=_cost(record, buyer, supplier, quarter))
        ),
        _example(record, buyer, supplier, quarter),
        *_standing(record, buyer, supplier, quarter),
        *_feelings(record, buyer, supplier, quarter),
    ]
    return sum_of_splits(*terms).relabelled(
        lambda cause: cause if cause.who else Cause(cause.channel, name, cause.what, cause.event)
    )


def _constant(record: Record, buyer: int, supplier: int) -> Array:
    standard = on_arrays(
        weighted, weight=record.given("nato_standard", supplier), amount=record.given("nato_alignment", buyer)
    )
    return np.sum(
        [
            record.given("appeal", supplier),
            record.given("appeal_to", buyer * SUPPLIERS + supplier),
            record.given("class_appeal", UAV * SUPPLIERS + supplier),
            on_arrays(weighted, weight=record.given("standard_weight"), amount=standard),
        ],
        axis=0,
    )


def _need(record: Record, buyer: int, quarter: int) -> Split:
    """Threat, and how far the buyer lies behind its rivals."""
    felt = through(positive_part, x=threat(record, buyer)[quarter])
    places = range(RIVALS_FROM[buyer], RIVALS_FROM[buyer] + RIVALS_OF[buyer])
    rivals = [
        through(
            weighted,
            weight=record.given("threat_share", place),
            amount=stocks(record, int(RIVAL_STATES[place, 1]))[quarter].units[UAV],
        )
        for place in places
    ]
    behind = in_turn(
        system_gap,
        units=stocks(record, buyer)[quarter].units[UAV],
        rival_units=sum_of_splits(fixed(record.nothing), *rivals),
    )
    return sum_of_splits(felt, behind).relabelled(lambda cause: Cause("need", cause.who, cause.what, cause.event))


def _cost(record: Record, buyer: int, supplier: int, quarter: int) -> Split:
    """Price relative to the buyer's funds; what moves the buyer's spending is one cause."""
    value = on_arrays(deal_value, units=record.given("request_units", UAV), price=record.given("uav_price"))
    logs = log_spending(record, buyer, quarter)
    budget = through(exp, x=logs).relabelled(lambda cause: Cause("funds", NET.states[buyer], "", cause.event))
    burden = through(
        deal_burden, value=value, spending=budget, procurement_share=record.given("procurement_share", buyer)
    )
    premium = on_arrays(price_premium, price_index=record.given("price_index", supplier))
    return through(affordability, deal_burden=burden, premium=premium)


def _feelings(record: Record, buyer: int, supplier: int, quarter: int) -> list[Split]:
    """The buyer's attitude to the supplier, and what it remembers."""
    terms = []
    e = int(TIE_OF[STATE_ACTOR[buyer], SUPPLIER_ACTOR[supplier]])
    if e != NONE:
        attitude = tie(record, e)[quarter].attitude
        attitude = attitude.relabelled(lambda cause: Cause("attitude", *NET.ties[e], cause.event))
        terms.append(through(weighted, weight=record.given("relation_weight"), amount=attitude))
    if GRUDGE_OF[buyer, supplier] != NONE:
        held = memory(record, buyer, supplier)[quarter]
        held = held.relabelled(lambda cause: Cause("memory", NET.suppliers[supplier], "", cause.event))
        terms.append(negative(through(weighted, weight=record.given("memory_weight"), amount=held)))
    return terms


def _standing(record: Record, buyer: int, supplier: int, quarter: int) -> list[Split]:
    """What past dealings add: influence, arms in use, agreements, and the support of a patron."""
    won = soft_power(record, buyer, supplier)[quarter]
    terms = [
        through(weighted, weight=record.given("influence_appeal"), amount=won),
        through(weighted, weight=record.given("lock_in"), amount=_dependence(record, buyer, supplier, quarter)),
        in_turn(
            appeal_of_agreements,
            in_force=in_force(record, buyer, supplier)[quarter],
            weight=record.given("agreement_appeal"),
        ),
    ]
    client, patron = NET.states[buyer], NET.suppliers[supplier]
    if client in SUPPORTED and patron in NET.patrons:
        held = level(record, "support", patron, quarter, client)
        terms.append(through(effect, slope=record.given("support_appeal"), value=held, reference=1.0))
    return terms


def _dependence(record: Record, buyer: int, supplier: int, quarter: int) -> Split:
    """Share of the buyer's equipment that came from the supplier; the dilution by all other equipment is one cause."""
    mine = held_from(record, buyer, supplier)[quarter]
    if not mine.parts:
        return fixed(record.nothing)
    held = stocks(record, buyer)[quarter]
    systems = [
        on_arrays(
            system_capability,
            units=held.units[kind].value,
            units_own=held.own[kind].value,
            price=record.given(f"{CLASSES[kind]}_price"),
            perceived_value=1.0,
        )
        for kind in (UAV, LOITERING)
    ]
    return through(
        dependence,
        held=mine,
        held_in_all=record.row("held_in_all", buyer, quarter),
        equipment=np.sum([held.capital.value, *systems], axis=0),
    )


def _example(record: Record, buyer: int, supplier: int, quarter: int) -> Split:
    """What other buyers' example adds."""
    share = on_arrays(
        share_of_others,
        adopters=record.row("adopters", supplier, quarter),
        is_adopter=record.row("adopted", buyer * SUPPLIERS + supplier, quarter),
        states=float(STATES),
    )
    value = on_arrays(weighted, weight=record.given("demonstration"), amount=share)
    return of(value, Cause("example", NET.suppliers[supplier]))
