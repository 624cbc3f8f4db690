"""The phases in which actors rub against each other: provocation, resentment, tension, incidents, patrons; compiled.

See `sim.engines.compiled.initial_state` for how they read and write.
"""

from sim.engines.compiled.jit import compiled
from sim.engines.compiled.layout import ACTORS, AT, CALM_ROW, CLIENT_OF, ENCIRCLED, GRUDGE_CAUSES, KINDS, OF, ONE_ROW, PATRONS, SRB, SRB_ACTOR, STATE_ACTOR, STATES, SUPPLIER_ACTOR, SUPPLIERS, SUSPICION_ROW, TIE_OF, TIE_SRB_TUR, TIE_SRB_XKX, TIE_XKX_SRB, WITNESSES, XKX, XKX_ACTOR
from sim.engines.compiled.initial_state import LANES, QUARTER, YEAR
from sim.rules.capability import hostility, transparency
from sim.rules.elementary import effect, positive_part, relaxed, share_of, weighted
from sim.rules.patrons import counter_transfer_rate, grant_anchor
from sim.rules.relations import cooperation_loss, rhetoric_loss
from sim.rules.spending import chance_step, incident_probability
from sim.rules.tension import (
    backing,
    hazard,
    hostile_words,
    incident_shock,
    softened,
    tension_disturbed,
    tension_eased,
    tension_raised,
    tension_relaxed,
)
from sim.rules.transfers import provocation, provocation_felt


@compiled
def provoke(now, given, is_touched):
    """What this quarter's deliveries provoke: pooled by buyer and class, then laid to each supplier by its share."""
    for i in range(STATES):
        for c in range(KINDS):
            if not is_touched[i, c]:
                continue
            pool = AT.arrived + (i * KINDS + c) * SUPPLIERS
            for k in range(LANES):
                now[AT.felt, k] = weighted(
                    weight=given[OF.coupling, k],
                    amount=provocation(
                        value=now[AT.arrived_in_all + i * KINDS + c, k],
                        weight=given[OF.provocation_weight + c, k],
                        scale=given[OF.provocation_scale, k],
                    ),
                )
            for s in range(SUPPLIERS):
                for k in range(LANES):
                    share = share_of(part=now[pool + s, k], whole=now[AT.arrived_in_all + i * KINDS + c, k])
                    part = weighted(weight=share, amount=now[AT.felt, k])
                    now[AT.provoked + i * ACTORS + SUPPLIER_ACTOR[s], k] += part
                    now[AT.armed + i * SUPPLIERS + s, k] += part


@compiled
def resent(now, given, is_provoked):
    """Whoever sees a rival armed withdraws cooperation and speaks up."""
    commander = int(now[AT.commander, 0])  # scripted, so the same in every member
    for n in range(WITNESSES.shape[0]):
        e, to_rival, giver, rival, observer = WITNESSES[n]
        if not is_provoked[rival, giver]:
            continue
        suspicion = SUSPICION_ROW[observer, giver]
        calm = CALM_ROW[observer] if giver == commander else ONE_ROW
        for k in range(LANES):
            felt = provocation_felt(
                provocation=now[AT.provoked + rival * ACTORS + giver, k],
                suspicion=now[suspicion, k],
                resentment_share=now[calm, k],
            )
            hostile = hostility(attitude=now[AT.attitude + to_rival, k])
            now[AT.cooperation + e, k] -= cooperation_loss(
                hostility=hostile, provocation=felt, sensitivity=given[OF.cooperation_sensitivity, k]
            )
            now[AT.rhetoric + e, k] -= rhetoric_loss(
                hostility=hostile,
                provocation=felt,
                sensitivity=given[OF.rhetoric_sensitivity, k],
                unrest=weighted(weight=now[AT.diversion_share, k], amount=now[AT.unrest + observer, k]),
                amplification=given[OF.unrest_amplification, k],
                framing=given[OF.framing + observer, k],
            )


@compiled
def shun(now, given, is_provoked):
    """Whoever sees a hostile giver arm a neighbour, or sign with it, withdraws cooperation from the giver."""
    for n in range(ENCIRCLED.shape[0]):
        e, giver, neighbour, row = ENCIRCLED[n]
        if not is_provoked[neighbour, giver]:
            continue
        for k in range(LANES):
            now[AT.cooperation + e, k] -= cooperation_loss(
                hostility=hostility(attitude=now[AT.attitude + e, k]),
                provocation=now[AT.provoked + neighbour * ACTORS + giver, k],
                sensitivity=given[row, k],
            )


@compiled
def remember(now, is_provoked):
    """Whoever sees a rival armed remembers who did it."""
    for n in range(GRUDGE_CAUSES.shape[0]):
        g, supplier, to_rival, rival = GRUDGE_CAUSES[n]
        if not is_provoked[rival, SUPPLIER_ACTOR[supplier]]:
            continue
        for k in range(LANES):
            now[AT.memory + g, k] += weighted(
                weight=hostility(attitude=now[AT.attitude + to_rival, k]),
                amount=now[AT.armed + rival * SUPPLIERS + supplier, k],
            )


@compiled
def thank(now, given, is_provoked):
    """Whoever was armed is grateful."""
    for i in range(STATES):
        for giver in range(ACTORS):
            e = TIE_OF[STATE_ACTOR[i], giver]
            if e < 0 or not is_provoked[i, giver]:
                continue
            for k in range(LANES):
                now[AT.cooperation + e, k] += weighted(
                    weight=given[OF.gratitude, k], amount=now[AT.provoked + i * ACTORS + giver, k]
                )


@compiled
def risk(now, given, is_drawn):
    """The hazard of an incident, whether one happens, and what follows from it at once."""
    for k in range(LANES):
        exponent = effect(
            slope=given[OF.hazard_tension, k], value=now[AT.tension, k], reference=given[OF.tension_rest, k]
        )
        exponent -= effect(
            slope=given[OF.hazard_troops, k], value=now[AT.troops, k], reference=given[OF.troops_reference, k]
        )
        exponent -= effect(
            slope=weighted(weight=given[OF.coupling, k], amount=given[OF.deterrence, k]),
            value=now[AT.capability_change + XKX, k],
            reference=now[AT.capability_change + SRB, k],
        )
        exponent += effect(
            slope=weighted(weight=now[AT.diversion_share, k], amount=given[OF.hazard_unrest, k]),
            value=now[AT.unrest + SRB, k],
            reference=given[OF.unrest_reference, k],
        )
        exponent += weighted(weight=given[OF.hazard_election, k], amount=now[AT.election, k])
        exponent += weighted(
            weight=weighted(weight=given[OF.coupling, k], amount=given[OF.moral_hazard, k]),
            amount=backing(
                arms=now[AT.held_in_all + XKX, k],
                purchases=weighted(weight=given[OF.procurement_share + XKX, k], amount=now[AT.spending + XKX, k]),
            ),
        )
        now[AT.hazard, k] = hazard(
            reference=given[OF.hazard_reference, k], exponent=exponent, hazard_max=given[OF.hazard_max, k]
        )
        now[AT.probability, k] = incident_probability(hazard=now[AT.hazard, k], years=YEAR)
    if is_drawn:
        for k in range(LANES):
            probability = weighted(
                weight=given[OF.chance, k], amount=incident_probability(hazard=now[AT.hazard, k], years=QUARTER)
            )
            happens = 1.0 if now[AT.incident_luck, k] < probability else 0.0
            is_lethal = 1.0 if now[AT.severity_luck, k] < given[OF.lethal_probability, k] else 0.0
            now[AT.incidents, k] += happens
            now[AT.shock, k] += weighted(
                weight=happens, amount=incident_shock(severity_share=given[OF.standoff_weight, k], is_lethal=is_lethal)
            )
            now[AT.is_lethal, k] += weighted(weight=happens, amount=is_lethal)
            likely = weighted(weight=given[OF.chance, k], amount=given[OF.mediation_probability, k])
            is_visited = now[AT.mediation_luck, k] < likely
            is_visited = is_visited and now[AT.incidents, k] > 0.0
            now[AT.mediation_left, k] = given[OF.mediation_quarters, k] if is_visited else now[AT.mediation_left, k]
            now[AT.reserve_left, k] = 1.0 if now[AT.is_lethal, k] > 0.0 else now[AT.reserve_left, k]
    for k in range(LANES):
        now[AT.boost_left, k] = given[OF.boost_quarters, k] if now[AT.incidents, k] > 0.0 else now[AT.boost_left, k]
        loss = weighted(weight=given[OF.incident_estrangement, k], amount=now[AT.shock, k])
        now[AT.cooperation + TIE_SRB_XKX, k] -= loss
        now[AT.cooperation + TIE_XKX_SRB, k] -= loss
        now[AT.tension, k] = tension_raised(
            tension=now[AT.tension, k], shock=weighted(weight=given[OF.tension_incident, k], amount=now[AT.shock, k])
        )


@compiled
def strain(now, given, is_provoked, is_drawn):
    """Tension: it relaxes, is raised by deliveries, words and rising threat, and eased by falling threat."""
    for k in range(LANES):
        now[AT.provoked_north, k] = 0.0
    for giver in range(ACTORS):
        if giver != SRB_ACTOR and giver != XKX_ACTOR and (is_provoked[SRB, giver] or is_provoked[XKX, giver]):
            for k in range(LANES):
                now[AT.provoked_north, k] += provocation_felt(
                    provocation=now[AT.provoked + SRB * ACTORS + giver, k],
                    suspicion=now[SUSPICION_ROW[XKX, giver], k],
                    resentment_share=1.0,
                )
                now[AT.provoked_north, k] += provocation_felt(
                    provocation=now[AT.provoked + XKX * ACTORS + giver, k],
                    suspicion=now[SUSPICION_ROW[SRB, giver], k],
                    resentment_share=1.0,
                )
    for k in range(LANES):
        damping = weighted(weight=given[OF.tension_dialogue, k], amount=now[AT.dialogue, k])
        shared = transparency(one=now[AT.transparency + SRB, k], other=now[AT.transparency + XKX, k], dialogue=0.0)
        damping += weighted(weight=given[OF.forum_damping, k], amount=shared)
        tension = tension_relaxed(
            tension=now[AT.tension, k],
            rest=given[OF.tension_rest, k],
            decay=given[OF.tension_decay, k],
            damping=damping,
            years=QUARTER,
        )
        shock = weighted(weight=given[OF.tension_delivery, k], amount=now[AT.provoked_north, k])
        shock += weighted(
            weight=given[OF.tension_words, k],
            amount=hostile_words(rhetoric=now[AT.rhetoric + TIE_SRB_TUR, k], years=QUARTER),
        )
        rise = effect(
            slope=softened(
                amount=weighted(weight=given[OF.coupling, k], amount=given[OF.tension_threat, k]),
                softening=given[OF.dialogue_softening, k],
                dialogue=now[AT.dialogue, k],
            ),
            value=now[AT.threat + SRB, k] + now[AT.threat + XKX, k],
            reference=now[AT.threat_last + SRB, k] + now[AT.threat_last + XKX, k],
        )
        shock += positive_part(x=rise)
        tension = tension_raised(tension=tension, shock=shock)
        now[AT.tension, k] = tension_eased(tension=tension, relief=positive_part(x=-rise))
    if is_drawn:
        for k in range(LANES):
            spread = softened(
                amount=weighted(weight=given[OF.chance, k], amount=given[OF.tension_spread, k]),
                softening=given[OF.dialogue_softening, k],
                dialogue=now[AT.dialogue, k],
            )
            now[AT.tension, k] = tension_disturbed(
                tension=now[AT.tension, k],
                surprise=chance_step(spread=spread, years=QUARTER, deviate=now[AT.tension_luck, k]),
            )


@compiled
def patronise(now, given):
    """Patrons: the rate of deliveries to Serbia, and grants to Kosovo."""
    to_serbia, to_kosovo = AT.support + CLIENT_OF[SRB] * PATRONS, AT.support + CLIENT_OF[XKX] * PATRONS
    for p in range(PATRONS):
        for k in range(LANES):
            coupling = given[OF.coupling, k]
            lost = effect(
                slope=-1.0, value=now[AT.attitude + TIE_SRB_TUR, k], reference=given[OF.relation_base + TIE_SRB_TUR, k]
            )
            now[AT.counter_rate + p, k] = counter_transfer_rate(
                access=weighted(weight=now[to_serbia + p, k], amount=given[OF.patron_access + p, k]),
                base_rate=given[OF.counter_rate, k],
                threat_pull=weighted(
                    weight=weighted(weight=coupling, amount=given[OF.counter_threat_slope, k]),
                    amount=now[AT.threat + SRB, k],
                ),
                relation_pull=weighted(
                    weight=weighted(weight=coupling, amount=given[OF.counter_relation_slope, k]),
                    amount=positive_part(x=lost),
                ),
                rate_max=given[OF.counter_rate_max, k],
            )
            now[AT.counter_support + p, k] = weighted(
                weight=now[AT.counter_rate + p, k], amount=now[AT.counter_mean, k]
            )
            anchor = grant_anchor(
                base=given[OF.grant_base + p, k],
                response=weighted(weight=coupling, amount=given[OF.grant_response + p, k]),
                threat=now[AT.threat + XKX, k],
                spending=now[AT.spending + XKX, k],
                boost=weighted(weight=now[to_kosovo + p, k], amount=now[AT.boost, k]),
            )
            now[AT.grants + p, k] = relaxed(
                value=now[AT.grants + p, k], anchor=anchor, rate=given[OF.grant_adjustment, k], years=QUARTER
            )
