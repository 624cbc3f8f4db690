"""The two sides in a quarter, compiled: dialogue, peacekeepers, tension, incidents; see `initial_state` for how phases read and write."""

from sim.engines.compiled import layout
from sim.engines.compiled.arrays import Parameters, Pools, Provoked, Values
from sim.engines.compiled.layout import ACTORS, FIRST, HELPED, LANES, NONE, PARAM, ROW, SECOND, SIDES, SUPPLIERS
from sim.model.calendar import QUARTER
from sim.rules import tension
from sim.rules.capability import hostility, transparency
from sim.rules.elementary import drifted
from sim.rules.patrons import dialogue_intensity
from sim.rules.relations import credibility, pair_mean, resentment_share, trust_in_commander
from sim.rules.spending import chance_step, incident_probability
from sim.rules.transfers import provocation_felt

# ---- dialogue and peacekeepers ---------------------------------------------------------------------------------------


def update_peacekeeping(values: Values, params: Parameters) -> None:
    """Dialogue, peacekeepers and grants, once this quarter's events are known."""
    update_dialogue(values, params)
    update_troops(values, params)
    for k in range(LANES):
        is_boosted = values[ROW.boost_left, k] > 0.0
        values[ROW.boost_left, k] -= 1.0 if is_boosted else 0.0
        values[ROW.boost, k] = params[PARAM.grant_boost, k] if is_boosted else 1.0


def update_dialogue(values: Values, params: Parameters) -> None:
    """The dialogue of the two sides, which draws them closer."""
    for k in range(LANES):
        is_mediated = 1.0 if values[ROW.mediation_left, k] > 0.0 else 0.0
        values[ROW.mediation_left, k] -= is_mediated
        values[ROW.dialogue, k] = dialogue_intensity(
            agreed=values[ROW.dialogue_agreed, k],
            mediation=is_mediated * params[PARAM.mediation_level, k],
            accession_weight=params[PARAM.accession_dialogue, k],
            accession=values[ROW.accession, k] - params[PARAM.accession_start, k],
            tension_weight=params[PARAM.coupling, k] * params[PARAM.dialogue_tension, k],
            tension=values[ROW.tension, k] - params[PARAM.tension_reference, k],
        )
        gain = params[PARAM.dialogue_rapprochement, k] * (values[ROW.dialogue, k] * QUARTER)
        values[ROW.cooperation + layout.TIE_FIRST_SECOND, k] += gain
        values[ROW.cooperation + layout.TIE_SECOND_FIRST, k] += gain


def update_troops(values: Values, params: Parameters) -> None:
    """Peacekeepers: those agreed, reserves, and those that follow tension."""
    for k in range(LANES):
        is_called = 1.0 if values[ROW.reserve_left, k] > 0.0 else 0.0
        values[ROW.reserve_left, k] -= is_called
        above_rest = values[ROW.tension, k] - params[PARAM.tension_rest, k]
        values[ROW.troops_extra, k] = drifted(
            value=values[ROW.troops_extra, k],
            anchor=params[PARAM.troops_response, k] * above_rest,
            kept=values[ROW.troops_kept, k],
        )
        values[ROW.troops, k] = tension.troops_deployed(
            agreed=values[ROW.troops_agreed, k],
            reserve_scripted=values[ROW.reserve_scripted, k],
            reserve_called=is_called * params[PARAM.reserve_troops, k],
            reinforcement=values[ROW.troops_extra, k],
        )


def kfor_command(values: Values, params: Parameters, pools: Pools) -> None:
    """The command of the peacekeepers: goodwill and influence for the nation that holds it, relief of tension, fewer reproaches."""
    nation = int(values[ROW.commander, 0])  # scripted, so the same in every member
    if nation == NONE:
        return
    for side in range(SIDES):
        i = layout.SIDE_STATES[side]
        e, s = layout.TIE_OF[layout.STATE_ACTOR[i], nation], layout.SUPPLIER_OF[nation]
        memory = layout.TRUST_ROW[layout.STATE_ACTOR[i], nation]
        attitude = ROW.attitude + e if e >= 0 else ROW.nothing
        for k in range(LANES):
            trust = trust_in_commander(
                credibility=credibility(memory=values[memory, k], loss=params[PARAM.credibility_loss, k]),
                hostility=hostility(attitude=values[attitude, k]),
                suspicion=values[layout.SUSPICION_ROW[i, nation], k],
            )
            values[ROW.trusted + side, k] = trust
            values[ROW.calm + side, k] = resentment_share(shield=params[PARAM.command_shield, k], trust=trust)
        if e >= 0:
            for k in range(LANES):
                trust = values[ROW.trusted + side, k]
                values[ROW.cooperation + e, k] += params[PARAM.command_goodwill, k] * (trust * QUARTER)
        if s >= 0:
            pools.is_linked[i, s] = True
            for k in range(LANES):
                values[ROW.soft_power + i * SUPPLIERS + s, k] += params[PARAM.influence_command, k] * QUARTER
    for k in range(LANES):
        trust = pair_mean(one=values[ROW.trusted, k], other=values[ROW.trusted + 1, k])
        relief = params[PARAM.command_outreach, k] * (trust * QUARTER)
        values[ROW.tension, k] = tension.tension_eased(tension=values[ROW.tension, k], relief=relief)


# ---- tension ---------------------------------------------------------------------------------------------------------


def update_tension(values: Values, params: Parameters, is_provoked: Provoked, is_drawn: bool) -> None:
    """Tension: it relaxes, and is raised by deliveries and words."""
    provoked_north(values, is_provoked)
    for k in range(LANES):
        shock = tension.tension_shock(
            delivery_weight=params[PARAM.tension_delivery, k],
            provocation=values[ROW.provoked_north, k],
            words_weight=params[PARAM.tension_words, k],
            words=tension.hostile_words(rhetoric=values[ROW.rhetoric + layout.TIE_REPROACHED, k], years=QUARTER),
        )
        damping = tension.tension_damping(
            dialogue_weight=params[PARAM.tension_dialogue, k],
            dialogue=values[ROW.dialogue, k],
            forum_weight=params[PARAM.forum_damping, k],
            transparency=transparency(
                one=values[ROW.transparency + FIRST, k], other=values[ROW.transparency + SECOND, k], dialogue=0.0
            ),
        )
        relaxed = tension.tension_relaxed(
            tension=values[ROW.tension, k],
            rest=params[PARAM.tension_rest, k],
            decay=params[PARAM.tension_decay, k],
            damping=damping,
            years=QUARTER,
        )
        values[ROW.tension, k] = tension.tension_raised(tension=relaxed, shock=shock)
    if is_drawn:
        disturb_tension(values, params)


def provoked_north(values: Values, is_provoked: Provoked) -> None:
    """What deliveries to either side provoke in the other's eyes."""
    for k in range(LANES):
        values[ROW.provoked_north, k] = 0.0
    for giver in range(ACTORS):
        if (
            giver != layout.FIRST_ACTOR
            and giver != layout.SECOND_ACTOR
            and (is_provoked[FIRST, giver] or is_provoked[SECOND, giver])
        ):
            for side in range(SIDES):
                armed, observer = layout.SIDE_STATES[side], layout.SIDE_STATES[1 - side]
                for k in range(LANES):
                    values[ROW.provoked_north, k] += provocation_felt(
                        provocation=values[ROW.provoked + armed * ACTORS + giver, k],
                        suspicion=values[layout.SUSPICION_ROW[observer, giver], k],
                        resentment_share=1.0,
                    )


def disturb_tension(values: Values, params: Parameters) -> None:
    """The chance part of tension, which dialogue softens."""
    for k in range(LANES):
        spread = tension.softened(
            amount=params[PARAM.chance, k] * params[PARAM.tension_spread, k],
            softening=params[PARAM.dialogue_softening, k],
            dialogue=values[ROW.dialogue, k],
        )
        values[ROW.tension, k] = tension.tension_disturbed(
            tension=values[ROW.tension, k],
            disturbance=chance_step(spread=spread, years=QUARTER, deviate=values[ROW.tension_deviate, k]),
        )


# ---- incidents -------------------------------------------------------------------------------------------------------


def update_incident_hazard(values: Values, params: Parameters, is_drawn: bool) -> None:
    """The hazard of an incident, whether one happens, and what follows from it at once."""
    for k in range(LANES):
        exponent = tension.hazard_exponent(
            restrained_tension=tension.restrained_tension(
                tension_weight=params[PARAM.hazard_tension, k],
                tension=values[ROW.tension, k] - params[PARAM.tension_reference, k],
                troops_weight=params[PARAM.hazard_troops, k],
                troops=values[ROW.troops, k] - params[PARAM.troops_reference, k],
                deterrence=params[PARAM.coupling, k] * params[PARAM.deterrence, k],
                arms=values[ROW.capability_change + FIRST, k] + values[ROW.capability_change + SECOND, k],
            ),
            threat_weight=params[PARAM.coupling, k] * params[PARAM.hazard_threat, k],
            threat_rise=values[ROW.threat_rise + FIRST, k] + values[ROW.threat_rise + SECOND, k],
            guarantee_weight=params[PARAM.hazard_guarantee, k],
            guarantee_lost=1.0 - values[ROW.commitment + HELPED, k],
            election_weight=params[PARAM.hazard_election, k],
            election=values[ROW.election, k],
            moral_hazard=params[PARAM.coupling, k] * params[PARAM.moral_hazard, k],
            backing=backing_of(values, params, FIRST, k) + backing_of(values, params, SECOND, k),
        )
        values[ROW.hazard, k] = tension.hazard(
            reference=params[PARAM.hazard_reference, k], exponent=exponent, hazard_max=params[PARAM.hazard_max, k]
        )
    if is_drawn:
        draw_incident(values, params)
    after_incidents(values, params)


def backing_of(values: Values, params: Parameters, i: int, k: int) -> float:
    """How far a state feels backed by its suppliers."""
    planned = params[PARAM.spending_scale + i, k] * values[ROW.burden_target + i, k] * values[ROW.gdp + i, k]
    return tension.backing(
        arms=values[ROW.held_in_all + i, k], purchases=params[PARAM.procurement_share + i, k] * planned
    )


def draw_incident(values: Values, params: Parameters) -> None:
    """Whether an incident happens, whether it is lethal, and whether mediators come."""
    for k in range(LANES):
        probability = params[PARAM.chance, k] * incident_probability(hazard=values[ROW.hazard, k], years=QUARTER)
        happens = 1.0 if values[ROW.incident_deviate, k] < probability else 0.0
        is_lethal = 1.0 if values[ROW.severity_deviate, k] < params[PARAM.lethal_probability, k] else 0.0
        values[ROW.incidents, k] += happens
        values[ROW.shock, k] += happens * tension.incident_shock(
            severity_share=params[PARAM.standoff_weight, k], is_lethal=is_lethal
        )
        values[ROW.is_lethal, k] += happens * is_lethal
        likely = params[PARAM.chance, k] * params[PARAM.mediation_probability, k]
        is_visited = values[ROW.mediation_deviate, k] < likely
        is_visited = is_visited and values[ROW.incidents, k] > 0.0
        values[ROW.mediation_left, k] = (
            params[PARAM.mediation_quarters, k] if is_visited else values[ROW.mediation_left, k]
        )
        values[ROW.reserve_left, k] = 1.0 if values[ROW.is_lethal, k] > 0.0 else values[ROW.reserve_left, k]


def after_incidents(values: Values, params: Parameters) -> None:
    """What incidents do at once: more grants, estrangement, tension."""
    for k in range(LANES):
        values[ROW.boost_left, k] = (
            params[PARAM.boost_quarters, k] if values[ROW.incidents, k] > 0.0 else values[ROW.boost_left, k]
        )
        loss = params[PARAM.incident_estrangement, k] * values[ROW.shock, k]
        values[ROW.cooperation + layout.TIE_FIRST_SECOND, k] -= loss
        values[ROW.cooperation + layout.TIE_SECOND_FIRST, k] -= loss
        values[ROW.tension, k] = tension.tension_raised(
            tension=values[ROW.tension, k], shock=params[PARAM.tension_incident, k] * values[ROW.shock, k]
        )
