"""Serbia and Kosovo in a quarter, compiled: dialogue, KFOR, tension and incidents; see `initial_state` for how phases read and write."""

from sim.engines.compiled.jit import compiled
from sim.engines.compiled.layout import (
    ACTORS,
    LANES,
    NONE,
    PARAM,
    QUARTER,
    ROW,
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
from sim.rules.transfers import provocation_felt, request_scale


@compiled
def update_incident_hazard(values, params, is_drawn):
    """The hazard of an incident, whether one happens, and what follows from it at once."""
    for k in range(LANES):
        exponent = effect(
            slope=params[PARAM.hazard_tension, k], value=values[ROW.tension, k], reference=params[PARAM.tension_rest, k]
        )
        exponent -= effect(
            slope=params[PARAM.hazard_troops, k],
            value=values[ROW.troops, k],
            reference=params[PARAM.troops_reference, k],
        )
        exponent -= effect(
            slope=weighted(weight=params[PARAM.coupling, k], amount=params[PARAM.deterrence, k]),
            value=values[ROW.capability_change + XKX, k],
            reference=values[ROW.capability_change + SRB, k],
        )
        exponent += effect(
            slope=weighted(weight=values[ROW.diversion_share, k], amount=params[PARAM.hazard_unrest, k]),
            value=values[ROW.unrest + SRB, k],
            reference=params[PARAM.unrest_reference, k],
        )
        exponent += weighted(weight=params[PARAM.hazard_election, k], amount=values[ROW.election, k])
        exponent += weighted(
            weight=weighted(weight=params[PARAM.coupling, k], amount=params[PARAM.moral_hazard, k]),
            amount=backing(
                arms=values[ROW.held_in_all + XKX, k],
                purchases=weighted(
                    weight=params[PARAM.procurement_share + XKX, k], amount=values[ROW.spending + XKX, k]
                ),
            ),
        )
        values[ROW.hazard, k] = hazard(
            reference=params[PARAM.hazard_reference, k], exponent=exponent, hazard_max=params[PARAM.hazard_max, k]
        )
        values[ROW.probability, k] = incident_probability(hazard=values[ROW.hazard, k], years=YEAR)
    if is_drawn:
        for k in range(LANES):
            probability = weighted(
                weight=params[PARAM.chance, k], amount=incident_probability(hazard=values[ROW.hazard, k], years=QUARTER)
            )
            happens = 1.0 if values[ROW.incident_deviate, k] < probability else 0.0
            is_lethal = 1.0 if values[ROW.severity_deviate, k] < params[PARAM.lethal_probability, k] else 0.0
            values[ROW.incidents, k] += happens
            values[ROW.shock, k] += weighted(
                weight=happens,
                amount=incident_shock(severity_share=params[PARAM.standoff_weight, k], is_lethal=is_lethal),
            )
            values[ROW.is_lethal, k] += weighted(weight=happens, amount=is_lethal)
            likely = weighted(weight=params[PARAM.chance, k], amount=params[PARAM.mediation_probability, k])
            is_visited = values[ROW.mediation_deviate, k] < likely
            is_visited = is_visited and values[ROW.incidents, k] > 0.0
            values[ROW.mediation_left, k] = (
                params[PARAM.mediation_quarters, k] if is_visited else values[ROW.mediation_left, k]
            )
            values[ROW.reserve_left, k] = 1.0 if values[ROW.is_lethal, k] > 0.0 else values[ROW.reserve_left, k]
    for k in range(LANES):
        values[ROW.boost_left, k] = (
            params[PARAM.boost_quarters, k] if values[ROW.incidents, k] > 0.0 else values[ROW.boost_left, k]
        )
        loss = weighted(weight=params[PARAM.incident_estrangement, k], amount=values[ROW.shock, k])
        values[ROW.cooperation + TIE_SRB_XKX, k] -= loss
        values[ROW.cooperation + TIE_XKX_SRB, k] -= loss
        values[ROW.tension, k] = tension_raised(
            tension=values[ROW.tension, k],
            shock=weighted(weight=params[PARAM.tension_incident, k], amount=values[ROW.shock, k]),
        )


@compiled
def update_tension(values, params, is_provoked, is_drawn):
    """Tension: it relaxes, is raised by deliveries, words and rising threat, and eased by falling threat."""
    for k in range(LANES):
        values[ROW.provoked_north, k] = 0.0
    for giver in range(ACTORS):
        if giver != SRB_ACTOR and giver != XKX_ACTOR and (is_provoked[SRB, giver] or is_provoked[XKX, giver]):
            for k in range(LANES):
                values[ROW.provoked_north, k] += provocation_felt(
                    provocation=values[ROW.provoked + SRB * ACTORS + giver, k],
                    suspicion=values[SUSPICION_ROW[XKX, giver], k],
                    resentment_share=1.0,
                )
                values[ROW.provoked_north, k] += provocation_felt(
                    provocation=values[ROW.provoked + XKX * ACTORS + giver, k],
                    suspicion=values[SUSPICION_ROW[SRB, giver], k],
                    resentment_share=1.0,
                )
    for k in range(LANES):
        damping = weighted(weight=params[PARAM.tension_dialogue, k], amount=values[ROW.dialogue, k])
        shared = transparency(
            one=values[ROW.transparency + SRB, k], other=values[ROW.transparency + XKX, k], dialogue=0.0
        )
        damping += weighted(weight=params[PARAM.forum_damping, k], amount=shared)
        tension = tension_relaxed(
            tension=values[ROW.tension, k],
            rest=params[PARAM.tension_rest, k],
            decay=params[PARAM.tension_decay, k],
            damping=damping,
            years=QUARTER,
        )
        shock = weighted(weight=params[PARAM.tension_delivery, k], amount=values[ROW.provoked_north, k])
        shock += weighted(
            weight=params[PARAM.tension_words, k],
            amount=hostile_words(rhetoric=values[ROW.rhetoric + TIE_SRB_TUR, k], years=QUARTER),
        )
        rise = effect(
            slope=softened(
                amount=weighted(weight=params[PARAM.coupling, k], amount=params[PARAM.tension_threat, k]),
                softening=params[PARAM.dialogue_softening, k],
                dialogue=values[ROW.dialogue, k],
            ),
            value=values[ROW.threat + SRB, k] + values[ROW.threat + XKX, k],
            reference=values[ROW.threat_last + SRB, k] + values[ROW.threat_last + XKX, k],
        )
        shock += positive_part(x=rise)
        tension = tension_raised(tension=tension, shock=shock)
        values[ROW.tension, k] = tension_eased(tension=tension, relief=positive_part(x=-rise))
    if is_drawn:
        for k in range(LANES):
            spread = softened(
                amount=weighted(weight=params[PARAM.chance, k], amount=params[PARAM.tension_spread, k]),
                softening=params[PARAM.dialogue_softening, k],
                dialogue=values[ROW.dialogue, k],
            )
            values[ROW.tension, k] = tension_disturbed(
                tension=values[ROW.tension, k],
                surprise=chance_step(spread=spread, years=QUARTER, deviate=values[ROW.tension_deviate, k]),
            )


@compiled
def kfor_command(values, params, pools):
    """The command of KFOR: goodwill and influence for the nation that holds it, relief of tension, fewer reproaches."""
    nation = int(values[ROW.commander, 0])  # scripted, so the same in every member
    if nation == NONE:
        return
    for side in range(SIDES):
        i = SIDE_STATES[side]
        e, s = TIE_OF[STATE_ACTOR[i], nation], SUPPLIER_OF[nation]
        memory = TRUST_ROW[STATE_ACTOR[i], nation]
        for k in range(LANES):
            trust = credibility(memory=values[memory, k], loss=params[PARAM.credibility_loss, k])
            values[ROW.trusted + side, k] = trust
            values[ROW.calm + side, k] = resentment_share(shield=params[PARAM.command_shield, k], credibility=trust)
        if e >= 0:
            for k in range(LANES):
                values[ROW.cooperation + e, k] += weighted(
                    weight=params[PARAM.command_goodwill, k],
                    amount=weighted(weight=values[ROW.trusted + side, k], amount=QUARTER),
                )
        if s >= 0:
            pools.is_linked[i, s] = True
            for k in range(LANES):
                values[ROW.soft_power + i * SUPPLIERS + s, k] += weighted(
                    weight=params[PARAM.influence_command, k], amount=QUARTER
                )
    for k in range(LANES):
        trust = pair_mean(one=values[ROW.trusted, k], other=values[ROW.trusted + 1, k])
        values[ROW.tension, k] = tension_eased(
            tension=values[ROW.tension, k],
            relief=weighted(weight=params[PARAM.command_outreach, k], amount=weighted(weight=trust, amount=QUARTER)),
        )


@compiled
def update_peacekeeping(values, params):
    """Dialogue, peacekeepers, the pull of accession and of outside insecurity, once this quarter's events are known."""
    for k in range(LANES):
        is_mediated = 1.0 if values[ROW.mediation_left, k] > 0.0 else 0.0
        values[ROW.mediation_left, k] -= is_mediated
        values[ROW.dialogue, k] = dialogue_intensity(
            agreed=values[ROW.dialogue_agreed, k],
            mediation=weighted(weight=is_mediated, amount=params[PARAM.mediation_level, k]),
            accession_weight=params[PARAM.accession_dialogue, k],
            accession=values[ROW.accession, k],
            accession_start=params[PARAM.accession_start, k],
        )
        is_called = 1.0 if values[ROW.reserve_left, k] > 0.0 else 0.0
        values[ROW.reserve_left, k] -= is_called
        troops = values[ROW.troops_agreed, k]
        troops += values[ROW.reserve_scripted, k]
        troops += weighted(weight=is_called, amount=params[PARAM.reserve_troops, k])
        values[ROW.troops_extra, k] = drifted(
            value=values[ROW.troops_extra, k],
            anchor=effect(
                slope=params[PARAM.troops_response, k],
                value=values[ROW.tension, k],
                reference=params[PARAM.tension_rest, k],
            ),
            kept=values[ROW.troops_kept, k],
        )
        troops += values[ROW.troops_extra, k]
        values[ROW.troops, k] = positive_part(x=troops)
        is_boosted = values[ROW.boost_left, k] > 0.0
        values[ROW.boost_left, k] -= 1.0 if is_boosted else 0.0
        values[ROW.boost, k] = params[PARAM.grant_boost, k] if is_boosted else 1.0
        values[ROW.diversion_share, k] = diversion_share(
            relief=params[PARAM.accession_relief, k],
            accession=values[ROW.accession, k],
            accession_start=params[PARAM.accession_start, k],
        )
        gain = weighted(
            weight=params[PARAM.dialogue_rapprochement, k],
            amount=weighted(weight=values[ROW.dialogue, k], amount=QUARTER),
        )
        values[ROW.cooperation + TIE_SRB_XKX, k] += gain
        values[ROW.cooperation + TIE_XKX_SRB, k] += gain
        values[ROW.request_scale, k] = request_scale(
            demand=params[PARAM.external_demand, k], insecurity=values[ROW.insecurity_outside, k]
        )
