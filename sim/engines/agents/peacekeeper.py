"""The peacekeeper as a Mesa agent, and with it the state of the flashpoint."""

from typing import TYPE_CHECKING

from sim.engines.agents.relations import Actor
from sim.model import random_numbers
from sim.model.calendar import QUARTER
from sim.model.network import FIRST, GUARDED, REPROACHED, SECOND
from sim.rules import capability as seen
from sim.rules import patrons, relations, spending, tension
from sim.rules.elementary import normal_quantile, relaxed

if TYPE_CHECKING:
    from sim.engines.agents.model import RegionModel


class PeacekeeperAgent(Actor):
    """The peacekeepers, and with them the state of the flashpoint: troops, dialogue, tension, hazard and incidents."""

    def __init__(self, model: "RegionModel", code: str) -> None:
        super().__init__(model, code)
        params = model.params
        self.tension = params["tension_rest"]
        self.troops_agreed = params["troops_reference"]
        self.accession = params["accession_start"]
        self.troops = self.dialogue = self.boost = self.hazard = 0.0
        self.incidents = self.shock = self.is_lethal = 0.0
        self.reserve_scripted = self.dialogue_agreed = self.election = 0.0
        self.commander = ""
        self.calm = {FIRST: 1.0, SECOND: 1.0}
        self.insecurity_outside = self.troops_extra = 0.0
        self.reserve_left = self.mediation_left = self.boost_left = 0.0

    def start_quarter(self) -> None:
        """Incidents are counted anew."""
        self.incidents = self.shock = self.is_lethal = 0.0

    # ---- dialogue and peacekeepers ------------------------------------------------------------------------------

    def update_peacekeeping(self) -> None:
        """Dialogue, troops and grants, once this quarter's events are known."""
        params = self.params
        self.update_dialogue()
        self.update_troops()
        is_boosted = self.boost_left > 0.0
        self.boost_left -= 1.0 if is_boosted else 0.0
        self.boost = params["grant_boost"] if is_boosted else 1.0

    def update_dialogue(self) -> None:
        """The dialogue of the two sides, which draws them closer."""
        params = self.params
        is_mediated = 1.0 if self.mediation_left > 0.0 else 0.0
        self.mediation_left -= is_mediated
        self.dialogue = patrons.dialogue_intensity(
            agreed=self.dialogue_agreed,
            mediation=is_mediated * params["mediation_level"],
            accession_weight=params["accession_dialogue"],
            accession=self.accession - params["accession_start"],
            tension_weight=params["coupling"] * params["dialogue_tension"],
            tension=self.tension - params["tension_reference"],
        )
        self._approach(params["dialogue_rapprochement"] * (self.dialogue * QUARTER))

    def _approach(self, gain: float) -> None:
        self.model.state(FIRST).ties[SECOND].cooperation += gain
        self.model.state(SECOND).ties[FIRST].cooperation += gain

    def update_troops(self) -> None:
        """Peacekeepers: those agreed, reserves, and those that follow tension."""
        params = self.params
        is_called = 1.0 if self.reserve_left > 0.0 else 0.0
        self.reserve_left -= is_called
        self.troops_extra = relaxed(
            value=self.troops_extra,
            anchor=params["troops_response"] * (self.tension - params["tension_rest"]),
            rate=params["troops_adjustment"],
            years=QUARTER,
        )
        self.troops = tension.troops_deployed(
            agreed=self.troops_agreed,
            reserve_scripted=self.reserve_scripted,
            reserve_called=is_called * params["reserve_troops"],
            reinforcement=self.troops_extra,
        )

    def kfor_command(self) -> None:
        """The command of the peacekeepers: goodwill and influence for its holder, relief of tension, fewer reproaches."""
        if not self.commander:
            return
        params, nation = self.params, self.commander
        sides = [self.model.state(code) for code in (FIRST, SECOND)]
        trusted = [
            relations.trust_in_commander(
                credibility=side.trust_in(nation),
                hostility=side.hostility_to(nation),
                suspicion=side.suspicion_of(nation),
            )
            for side in sides
        ]
        for side, trust in zip(sides, trusted, strict=True):
            self.calm[side.code] = relations.resentment_share(shield=params["command_shield"], trust=trust)
            if nation in side.ties:
                side.ties[nation].cooperation += params["command_goodwill"] * (trust * QUARTER)
            if nation in self.model.net.suppliers:
                side.dealing(nation).soft_power += params["influence_command"] * QUARTER
        trust = relations.pair_mean(one=trusted[0], other=trusted[1])
        relief = params["command_outreach"] * (trust * QUARTER)
        self.tension = tension.tension_eased(tension=self.tension, relief=relief)

    # ---- tension --------------------------------------------------------------------------------------------------

    def update_tension(self) -> None:
        """Tension: it relaxes, and is raised by deliveries and words."""
        params, model = self.params, self.model
        first, second = model.state(FIRST), model.state(SECOND)
        shock = tension.tension_shock(
            delivery_weight=params["tension_delivery"],
            provocation=self.provoked_north(),
            words_weight=params["tension_words"],
            words=tension.hostile_words(rhetoric=first.ties[REPROACHED].rhetoric, years=QUARTER),
        )
        damping = tension.tension_damping(
            dialogue_weight=params["tension_dialogue"],
            dialogue=self.dialogue,
            forum_weight=params["forum_damping"],
            transparency=seen.transparency(one=first.transparency, other=second.transparency, dialogue=0.0),
        )
        relaxed_tension = tension.tension_relaxed(
            tension=self.tension,
            rest=params["tension_rest"],
            decay=params["tension_decay"],
            damping=damping,
            years=QUARTER,
        )
        self.tension = tension.tension_raised(tension=relaxed_tension, shock=shock)
        if model.is_drawn:
            self.disturb_tension()

    def provoked_north(self) -> float:
        """What deliveries to either side provoke in the other's eyes."""
        first, second = self.model.state(FIRST), self.model.state(SECOND)
        provoked = 0.0
        for giver in self.model.net.givers:
            for armed, observer in ((first, second), (second, first)):
                if giver not in (FIRST, SECOND):
                    provoked += observer.felt(giver, armed, 1.0)
        return provoked

    def disturb_tension(self) -> None:
        """The chance part of tension, which dialogue softens."""
        params = self.params
        spread = tension.softened(
            amount=params["chance"] * params["tension_spread"],
            softening=params["dialogue_softening"],
            dialogue=self.dialogue,
        )
        deviate = normal_quantile(u=self.model.draw(random_numbers.TENSION))
        self.tension = tension.tension_disturbed(
            tension=self.tension, disturbance=spending.chance_step(spread=spread, years=QUARTER, deviate=deviate)
        )

    # ---- incidents ------------------------------------------------------------------------------------------------

    def update_incident_hazard(self) -> None:
        """The hazard of an incident, whether one happens, and what follows at once."""
        params = self.params
        first, second = self.model.state(FIRST), self.model.state(SECOND)
        guarded = self.model.state(GUARDED)
        exponent = tension.hazard_exponent(
            restrained_tension=tension.restrained_tension(
                tension_weight=params["hazard_tension"],
                tension=self.tension - params["tension_reference"],
                troops_weight=params["hazard_troops"],
                troops=self.troops - params["troops_reference"],
                deterrence=params["coupling"] * params["deterrence"],
                arms=first.capability_change + second.capability_change,
            ),
            threat_weight=params["coupling"] * params["hazard_threat"],
            threat_rise=first.threat_rise + second.threat_rise,
            guarantee_weight=params["hazard_guarantee"],
            guarantee_lost=1.0 - guarded.commitment,
            election_weight=params["hazard_election"],
            election=self.election,
            moral_hazard=params["coupling"] * params["moral_hazard"],
            backing=first.backing() + second.backing(),
        )
        self.hazard = tension.hazard(
            reference=params["hazard_reference"], exponent=exponent, hazard_max=params["hazard_max"]
        )
        if self.model.is_drawn:
            self.draw_incident()
        self.after_incidents()

    def draw_incident(self) -> None:
        """Whether an incident happens, whether it is lethal, and whether mediators come."""
        params, model = self.params, self.model
        probability = params["chance"] * spending.incident_probability(hazard=self.hazard, years=QUARTER)
        happens = 1.0 if model.draw(random_numbers.INCIDENT) < probability else 0.0
        is_lethal = 1.0 if model.draw(random_numbers.SEVERITY) < params["lethal_probability"] else 0.0
        self.incidents += happens
        self.shock += happens * tension.incident_shock(severity_share=params["standoff_weight"], is_lethal=is_lethal)
        self.is_lethal += happens * is_lethal
        likely = params["chance"] * params["mediation_probability"]
        is_visited = model.draw(random_numbers.MEDIATION) < likely and self.incidents > 0.0
        self.mediation_left = params["mediation_quarters"] if is_visited else self.mediation_left
        self.reserve_left = 1.0 if self.is_lethal > 0.0 else self.reserve_left

    def after_incidents(self) -> None:
        """What incidents do at once: more grants, estrangement, tension."""
        params = self.params
        self.boost_left = params["boost_quarters"] if self.incidents > 0.0 else self.boost_left
        self._approach(-(params["incident_estrangement"] * self.shock))
        self.tension = tension.tension_raised(tension=self.tension, shock=params["tension_incident"] * self.shock)
