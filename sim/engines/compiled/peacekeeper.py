"""Serbia and Kosovo in a quarter, compiled: dialogue, KFOR, tension and incidents; see `initial_state` for how phases read and write."""

from sim.engines.compiled.jit import compiled
from sim.engines.compiled.layout import (
    ACTORS,
    AT,
    LANES,
    NONE,
    OF,
    QUARTER,
    SIDE_STATES,
    SIDES,
    SRB,
    SRB_ACTOR,
    STATE_ACTOR,
    SUPPLIER_OF,
    SUPPLIERS,
    SUSPICION_ROW,
    TIE_OF,
    TIE_SRB_TUR,
    TIE_SRB_XKX,
    TIE_XKX_SRB,
    TRUST_ROW,
    XKX,
    XKX_ACTOR,
    YEAR,
)
from sim.rules.capability import transparency
from sim.rules.elementary import drifted, effect, positive_part, weighted
from sim.rules.patrons import dialogue_intensity, diversion_share
from sim.rules.relations import (
    credibility,
    pair_mean,
    resentment_share,
)
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
from sim.rules.transfers import lot_scale, provocation_felt


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
def lead(now, given, pools):
    """The command of KFOR: goodwill and influence for the nation that holds it, relief of tension, fewer reproaches."""
    nation = int(now[AT.commander, 0])  # scripted, so the same in every member
    if nation == NONE:
        return
    for side in range(SIDES):
        i = SIDE_STATES[side]
        e, s = TIE_OF[STATE_ACTOR[i], nation], SUPPLIER_OF[nation]
        memory = TRUST_ROW[STATE_ACTOR[i], nation]
        for k in range(LANES):
            trust = credibility(memory=now[memory, k], loss=given[OF.credibility_loss, k])
            now[AT.trusted + side, k] = trust
            now[AT.calm + side, k] = resentment_share(shield=given[OF.command_shield, k], credibility=trust)
        if e >= 0:
            for k in range(LANES):
                now[AT.cooperation + e, k] += weighted(
                    weight=given[OF.command_goodwill, k],
                    amount=weighted(weight=now[AT.trusted + side, k], amount=QUARTER),
                )
        if s >= 0:
            pools.is_linked[i, s] = True
            for k in range(LANES):
                now[AT.soft_power + i * SUPPLIERS + s, k] += weighted(
                    weight=given[OF.influence_command, k], amount=QUARTER
                )
    for k in range(LANES):
        trust = pair_mean(one=now[AT.trusted, k], other=now[AT.trusted + 1, k])
        now[AT.tension, k] = tension_eased(
            tension=now[AT.tension, k],
            relief=weighted(weight=given[OF.command_outreach, k], amount=weighted(weight=trust, amount=QUARTER)),
        )


@compiled
def settle(now, given):
    """Dialogue, peacekeepers, the pull of accession and of outside insecurity, once this quarter's events are known."""
    for k in range(LANES):
        is_mediated = 1.0 if now[AT.mediation_left, k] > 0.0 else 0.0
        now[AT.mediation_left, k] -= is_mediated
        now[AT.dialogue, k] = dialogue_intensity(
            agreed=now[AT.dialogue_agreed, k],
            mediation=weighted(weight=is_mediated, amount=given[OF.mediation_level, k]),
            accession_weight=given[OF.accession_dialogue, k],
            accession=now[AT.accession, k],
            accession_start=given[OF.accession_start, k],
        )
        is_called = 1.0 if now[AT.reserve_left, k] > 0.0 else 0.0
        now[AT.reserve_left, k] -= is_called
        troops = now[AT.troops_agreed, k]
        troops += now[AT.reserve_scripted, k]
        troops += weighted(weight=is_called, amount=given[OF.reserve_troops, k])
        now[AT.troops_extra, k] = drifted(
            value=now[AT.troops_extra, k],
            anchor=effect(
                slope=given[OF.troops_response, k], value=now[AT.tension, k], reference=given[OF.tension_rest, k]
            ),
            kept=now[AT.troops_kept, k],
        )
        troops += now[AT.troops_extra, k]
        now[AT.troops, k] = positive_part(x=troops)
        is_boosted = now[AT.boost_left, k] > 0.0
        now[AT.boost_left, k] -= 1.0 if is_boosted else 0.0
        now[AT.boost, k] = given[OF.grant_boost, k] if is_boosted else 1.0
        now[AT.diversion_share, k] = diversion_share(
            relief=given[OF.accession_relief, k],
            accession=now[AT.accession, k],
            accession_start=given[OF.accession_start, k],
        )
        gain = weighted(
            weight=given[OF.dialogue_rapprochement, k], amount=weighted(weight=now[AT.dialogue, k], amount=QUARTER)
        )
        now[AT.cooperation + TIE_SRB_XKX, k] += gain
        now[AT.cooperation + TIE_XKX_SRB, k] += gain
        now[AT.lot_scale, k] = lot_scale(demand=given[OF.external_demand, k], insecurity=now[AT.insecurity_outside, k])
