"""The peacekeeper as a Mesa agent, and with it the state of the north."""

from typing import TYPE_CHECKING

from sim.engines.agents.relations import QUARTER, YEAR, Actor
from sim.model import random_numbers
from sim.model.network import KOSOVO, SERBIA, TURKEY
from sim.rules import capability as seen
from sim.rules import patrons, relations, spending, tension, transfers
from sim.rules.elementary import effect, normal_quantile, positive_part, relaxed, weighted

if TYPE_CHECKING:
    from sim.engines.agents.model import RegionModel


class PeacekeeperAgent(Actor):
    """KFOR, and with it the state of the north: troops, dialogue, tension, hazard and incidents."""

    def __init__(self, model: "RegionModel", code: str) -> None:
        super().__init__(model, code)
        params = model.params
        self.tension = params["tension_rest"]
        self.troops_agreed = params["troops_reference"]
        self.accession = params["accession_start"]
        self.troops = self.dialogue = self.diversion_share = self.boost = 0.0
        self.hazard = self.probability = 0.0
        self.incidents = self.shock = self.is_lethal = 0.0
        self.reserve_scripted = self.dialogue_agreed = self.election = 0.0
        self.commander = ""
        self.calm = {SERBIA: 1.0, KOSOVO: 1.0}
        self.insecurity_outside = self.troops_extra = 0.0
        self.request_scale = 1.0
        self.reserve_left = self.mediation_left = self.boost_left = 0.0

    def start_quarter(self) -> None:
        self.incidents = self.shock = self.is_lethal = 0.0

    def settle(self) -> None:
        """Dialogue, troops, the pull of accession and of outside insecurity, once this quarter's events are known."""
        params = self.params
        is_mediated = 1.0 if self.mediation_left > 0.0 else 0.0
        self.mediation_left -= is_mediated
        self.dialogue = patrons.dialogue_intensity(
            agreed=self.dialogue_agreed,
            mediation=weighted(weight=is_mediated, amount=params["mediation_level"]),
            accession_weight=params["accession_dialogue"],
            accession=self.accession,
            accession_start=params["accession_start"],
        )
        is_called = 1.0 if self.reserve_left > 0.0 else 0.0
        self.reserve_left -= is_called
        self.troops = self.troops_agreed
        self.troops += self.reserve_scripted
        self.troops += weighted(weight=is_called, amount=params["reserve_troops"])
        self.troops_extra = relaxed(
            value=self.troops_extra,
            anchor=effect(slope=params["troops_response"], value=self.tension, reference=params["tension_rest"]),
            rate=params["troops_adjustment"],
            years=QUARTER,
        )
        self.troops += self.troops_extra
        self.troops = positive_part(x=self.troops)
        is_boosted = self.boost_left > 0.0
        self.boost_left -= 1.0 if is_boosted else 0.0
        self.boost = params["grant_boost"] if is_boosted else 1.0
        self.diversion_share = patrons.diversion_share(
            relief=params["accession_relief"], accession=self.accession, accession_start=params["accession_start"]
        )
        gain = weighted(weight=params["dialogue_rapprochement"], amount=weighted(weight=self.dialogue, amount=QUARTER))
        self._approach(gain)
        self.request_scale = transfers.request_scale(
            demand=params["external_demand"], insecurity=self.insecurity_outside
        )

    def lead(self) -> None:
        """The command of KFOR: goodwill and influence for its holder, relief of tension, fewer reproaches."""
        if not self.commander:
            return
        params, nation = self.params, self.commander
        sides = [self.model.state(code) for code in (SERBIA, KOSOVO)]
        trusted = [side.trust_in(nation) for side in sides]
        for side, trust in zip(sides, trusted, strict=True):
            self.calm[side.code] = relations.resentment_share(shield=params["command_shield"], credibility=trust)
            if nation in side.ties:
                side.ties[nation].cooperation += weighted(
                    weight=params["command_goodwill"], amount=weighted(weight=trust, amount=QUARTER)
                )
            if nation in self.model.net.suppliers:
                side.dealing(nation).command(params)
        trust = relations.pair_mean(one=trusted[0], other=trusted[1])
        self.ease(weighted(weight=params["command_outreach"], amount=weighted(weight=trust, amount=QUARTER)))

    def ease(self, relief: float) -> None:
        self.tension = tension.tension_eased(tension=self.tension, relief=relief)

    def _approach(self, gain: float) -> None:
        self.model.state(SERBIA).ties[KOSOVO].cooperation += gain
        self.model.state(KOSOVO).ties[SERBIA].cooperation += gain

    def risk(self) -> None:
        """The hazard of an incident, whether one happens, and what follows at once."""
        params, model = self.params, self.model
        serbia, kosovo = model.state(SERBIA), model.state(KOSOVO)
        exponent = effect(slope=params["hazard_tension"], value=self.tension, reference=params["tension_rest"])
        exponent -= effect(slope=params["hazard_troops"], value=self.troops, reference=params["troops_reference"])
        exponent -= effect(
            slope=weighted(weight=params["coupling"], amount=params["deterrence"]),
            value=kosovo.capability_change,
            reference=serbia.capability_change,
        )
        exponent += effect(
            slope=weighted(weight=self.diversion_share, amount=params["hazard_unrest"]),
            value=serbia.unrest,
            reference=params["unrest_reference"],
        )
        exponent += weighted(weight=params["hazard_election"], amount=self.election)
        exponent += weighted(
            weight=weighted(weight=params["coupling"], amount=params["moral_hazard"]),
            amount=tension.backing(
                arms=kosovo.held_in_all,
                purchases=weighted(weight=params[f"procurement_share.{KOSOVO}"], amount=kosovo.spending),
            ),
        )
        self.hazard = tension.hazard(
            reference=params["hazard_reference"], exponent=exponent, hazard_max=params["hazard_max"]
        )
        self.probability = spending.incident_probability(hazard=self.hazard, years=YEAR)
        if model.is_drawn:
            self._incident()
        self.boost_left = params["boost_quarters"] if self.incidents > 0.0 else self.boost_left
        self._approach(-weighted(weight=params["incident_estrangement"], amount=self.shock))
        self.tension = tension.tension_raised(
            tension=self.tension, shock=weighted(weight=params["tension_incident"], amount=self.shock)
        )

    def _incident(self) -> None:
        params, model = self.params, self.model
        probability = weighted(
            weight=params["chance"], amount=spending.incident_probability(hazard=self.hazard, years=QUARTER)
        )
        happens = 1.0 if model.draw(random_numbers.INCIDENT) < probability else 0.0
        is_lethal = 1.0 if model.draw(random_numbers.SEVERITY) < params["lethal_probability"] else 0.0
        self.incidents += happens
        self.shock += weighted(
            weight=happens,
            amount=tension.incident_shock(severity_share=params["standoff_weight"], is_lethal=is_lethal),
        )
        self.is_lethal += weighted(weight=happens, amount=is_lethal)
        likely = weighted(weight=params["chance"], amount=params["mediation_probability"])
        is_visited = model.draw(random_numbers.MEDIATION) < likely and self.incidents > 0.0
        self.mediation_left = params["mediation_quarters"] if is_visited else self.mediation_left
        self.reserve_left = 1.0 if self.is_lethal > 0.0 else self.reserve_left

    def strain(self) -> None:
        """Tension: it relaxes, is raised by deliveries, words and rising threat, and eased by falling threat."""
        params, model = self.params, self.model
        serbia, kosovo = model.state(SERBIA), model.state(KOSOVO)
        damping = weighted(weight=params["tension_dialogue"], amount=self.dialogue)
        shared = seen.transparency(one=serbia.transparency, other=kosovo.transparency, dialogue=0.0)
        damping += weighted(weight=params["forum_damping"], amount=shared)
        relaxed_tension = tension.tension_relaxed(
            tension=self.tension,
            rest=params["tension_rest"],
            decay=params["tension_decay"],
            damping=damping,
            years=QUARTER,
        )
        provoked = 0.0
        for giver in model.net.givers:
            if giver not in (SERBIA, KOSOVO):
                provoked += kosovo.felt(giver, serbia, 1.0)
                provoked += serbia.felt(giver, kosovo, 1.0)
        shock = weighted(weight=params["tension_delivery"], amount=provoked)
        words = tension.hostile_words(rhetoric=serbia.ties[TURKEY].rhetoric, years=QUARTER)
        shock += weighted(weight=params["tension_words"], amount=words)
        rise = effect(
            slope=tension.softened(
                amount=weighted(weight=params["coupling"], amount=params["tension_threat"]),
                softening=params["dialogue_softening"],
                dialogue=self.dialogue,
            ),
            value=serbia.threat + kosovo.threat,
            reference=serbia.threat_last + kosovo.threat_last,
        )
        shock += positive_part(x=rise)
        raised = tension.tension_raised(tension=relaxed_tension, shock=shock)
        self.tension = tension.tension_eased(tension=raised, relief=positive_part(x=-rise))
        if model.is_drawn:
            spread = tension.softened(
                amount=weighted(weight=params["chance"], amount=params["tension_spread"]),
                softening=params["dialogue_softening"],
                dialogue=self.dialogue,
            )
            surprise = spending.chance_step(
                spread=spread, years=QUARTER, deviate=normal_quantile(u=model.draw(random_numbers.TENSION))
            )
            self.tension = tension.tension_disturbed(tension=self.tension, surprise=surprise)
