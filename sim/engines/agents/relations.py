"""What agents feel for each other: ties, trade, and what they make of arms that others receive."""

from typing import TYPE_CHECKING

import mesa

from sim.model.calendar import QUARTER
from sim.model.parameters import CLASSES
from sim.rules import capability as seen
from sim.rules import relations, transfers
from sim.rules.elementary import relaxed, share_of

if TYPE_CHECKING:
    from sim.engines.agents.model import RegionModel
    from sim.engines.agents.state import StateAgent


PERCEIVED = ("uav", "loitering")  # classes whose worth in the eyes of rivals is a number of its own


def perceived_value(params: dict[str, float], kind: str) -> float:
    """What rivals see in a dollar of a class of arms."""
    return params[f"{kind}_perceived_value"] if kind in PERCEIVED else 1.0


class Actor(mesa.Agent):
    """Anyone who can hold an attitude: knows its code, its ties by counterpart, and the parameters of this member."""

    def __init__(self, model: "RegionModel", code: str) -> None:
        super().__init__(model)
        self.code = code
        self.name = model.net.actors.name(code) if code else ""
        self.ties: dict[str, Tie] = {}

    @property
    def params(self) -> dict[str, float]:
        """Parameters of this member by key."""
        return self.model.params

    def attitude_to(self, code: str) -> float:
        """Attitude to another actor; zero where the two are indifferent; KeyError if there is no such actor."""
        if code not in self.ties:
            self.model.net.actors.index(code)
        return self.ties[code].attitude if code in self.ties else 0.0

    def hostility_to(self, code: str) -> float:
        return seen.hostility(attitude=self.attitude_to(code))


class Tie:
    """What one actor feels for another: slow cooperation, fast rhetoric, and their sum."""

    def __init__(self, base: float) -> None:
        self.base = base
        self.cooperation = base
        self.rhetoric = 0.0
        self.attitude = relations.attitude(cooperation=base, rhetoric=0.0)
        self.hostility_start = seen.hostility(attitude=self.attitude)

    def fade(self, params: dict[str, float], trade_gap: float) -> None:
        """Return to the anchor; words fade."""
        anchor = relations.cooperation_anchor(base=self.base, trade_weight=params["trade_anchor"], trade_gap=trade_gap)
        self.cooperation = relaxed(
            value=self.cooperation, anchor=anchor, rate=params["cooperation_recovery"], years=QUARTER
        )
        self.rhetoric = relaxed(value=self.rhetoric, anchor=0.0, rate=params["rhetoric_decay"], years=QUARTER)

    def update(self) -> None:
        """The attitude, from cooperation and rhetoric."""
        self.cooperation = relations.bounded(level=self.cooperation)
        self.rhetoric = relations.bounded(level=self.rhetoric)
        self.attitude = relations.attitude(cooperation=self.cooperation, rhetoric=self.rhetoric)


class Trade:
    """Trade of a pair: its distance from the trend, and its index."""

    def __init__(self) -> None:
        self.gap = 0.0
        self.index = 1.0


class Order:
    """A booked order, delivered when due."""

    def __init__(self, buyer: str, supplier: str, kind: str, payment: int, units: float, value: float) -> None:
        self.buyer, self.supplier, self.kind = buyer, supplier, kind
        self.payment, self.units, self.value = payment, units, value


class Observer(Actor):
    """What a state makes of arms that arrive in the region.

    memory   : supplier's code -> how much it armed the state's rivals
    arrived  : class -> supplier's code -> value of this quarter's deliveries to the state
    provoked : giver's code -> what its deliveries to the state, its gifts and agreements provoke this quarter
    armed    : the same of deliveries alone
    """

    unrest: float
    memory: dict[str, float]

    def clear_pools(self) -> None:
        """Empty the pools that a quarter's deliveries fill."""
        self.arrived: dict[str, dict[str, float]] = {}
        self.arrived_in_all: dict[str, float] = {}
        self.provoked: dict[str, float] = {}
        self.armed: dict[str, float] = {}

    def update_provocation(self) -> None:
        """What this quarter's deliveries to the state provoke, laid to each supplier by its share."""
        for kind in CLASSES:
            if kind not in self.arrived:
                continue
            whole = self.arrived_in_all[kind]
            felt = self.params["coupling"] * transfers.provocation(
                value=whole,
                perceived_value=perceived_value(self.params, kind),
                weight=self.params[f"provocation_weight.{kind}"],
                scale=self.params["provocation_scale"],
            )
            for supplier in self.model.net.suppliers:
                part = felt * share_of(part=self.arrived[kind].get(supplier, 0.0), whole=whole)
                self.provoked[supplier] = self.provoked.get(supplier, 0.0) + part
                self.armed[supplier] = self.armed.get(supplier, 0.0) + part

    def felt(self, giver: str, rival: "StateAgent", resentment_share: float) -> float:
        """What a giver's dealings with a rival provoke in the state's eyes."""
        return transfers.provocation_felt(
            provocation=rival.provoked.get(giver, 0.0),
            suspicion=self.suspicion_of(giver),
            resentment_share=resentment_share,
        )

    def suspicion_of(self, giver: str) -> float:
        """How much the state suspects a supplier; zero of most."""
        is_suspected = (self.code, giver) in self.model.net.suspects
        return self.params[f"suspicion.{self.code}.{giver}"] if is_suspected else 0.0

    def resentment_share(self, giver: str) -> float:
        """Share of resentment that is left while the giver commands the peacekeepers."""
        keeper = self.model.peacekeeper
        return keeper.calm.get(self.code, 1.0) if giver == keeper.commander else 1.0

    def rivals_but(self, giver: str) -> list["StateAgent"]:
        """States that the state has ties to, but the giver itself."""
        net = self.model.net
        return [
            self.model.state(code) for code in net.givers if code in net.states and code in self.ties and code != giver
        ]

    def backlash(self) -> None:
        """Withdraw cooperation from whoever arms a rival, and speak up against it."""
        params = self.params
        for giver in self.model.net.givers:
            if giver not in self.ties:
                continue
            for rival in self.rivals_but(giver):
                felt = self.felt(giver, rival, self.resentment_share(giver))
                hostile = self.hostility_to(rival.code)
                self.ties[giver].cooperation -= relations.cooperation_loss(
                    hostility=hostile, provocation=felt, sensitivity=params["cooperation_sensitivity"]
                )
                self.ties[giver].rhetoric -= relations.rhetoric_loss(
                    hostility=hostile,
                    provocation=felt,
                    sensitivity=params["rhetoric_sensitivity"],
                    unrest=self.unrest,
                    amplification=params["unrest_amplification"],
                    framing=params[f"framing.{self.code}"],
                )

    def encirclement_loss(self) -> None:
        """Withdraw cooperation from a hostile giver that arms a neighbour or signs with it."""
        for state, neighbour in self.model.net.neighbours:
            for giver in self.ties if state == self.code else ():
                if giver != neighbour:
                    self.ties[giver].cooperation -= relations.cooperation_loss(
                        hostility=self.hostility_to(giver),
                        provocation=self.model.state(neighbour).provoked.get(giver, 0.0),
                        sensitivity=self.params[f"encirclement.{self.code}.{neighbour}"],
                    )

    def update_grievances(self) -> None:
        """Remember who armed a rival."""
        for supplier in self.memory:
            for rival in self.rivals_but(supplier):
                self.memory[supplier] += self.hostility_to(rival.code) * rival.armed.get(supplier, 0.0)

    def gratitude(self) -> None:
        """Cooperation gained for whoever armed, paid or signed with the state."""
        for giver in self.model.net.givers:
            if giver in self.ties and giver in self.provoked:
                self.ties[giver].cooperation += self.params["gratitude"] * self.provoked[giver]


# ---- all ties at once ------------------------------------------------------------------------------------------------


def fade_relations(model: "RegionModel") -> None:
    """Relations return to their anchors, words and grudges fade, and hostile words of the quarter before are answered."""
    answers = {tie: answer(model, *tie) for tie in model.net.ties if tie[0] in model.net.repliers}
    for actor, counterpart in model.net.ties:
        model.actors[actor].ties[counterpart].fade(model.params, model.pair(actor, counterpart).gap)
    for (actor, counterpart), words in answers.items():
        model.actors[actor].ties[counterpart].rhetoric -= words
    for state in model.states:
        for supplier in state.memory:
            state.memory[supplier] = relaxed(
                value=state.memory[supplier], anchor=0.0, rate=model.params["memory_decay"], years=QUARTER
            )


def answer(model: "RegionModel", actor: str, counterpart: str) -> float:
    """Hostile words with which an actor answers those of the quarter before."""
    if actor not in model.actors[counterpart].ties:
        return 0.0
    spoken = model.actors[counterpart].ties[actor].rhetoric
    return relations.answer(rhetoric=spoken, readiness=model.params[f"reply.{actor}"])


def update_attitudes(model: "RegionModel") -> None:
    """Attitudes, from cooperation and rhetoric."""
    for actor, counterpart in model.net.ties:
        model.actors[actor].ties[counterpart].update()


def update_trade(model: "RegionModel") -> None:
    """Trade of every pair."""
    years = float(model.quarter) * QUARTER
    for (one, other), trade in model.pairs.items():
        there, back = model.actors[one].ties[other], model.actors[other].ties[one]
        trade.gap = relations.trade_gap_next(
            trade_gap=trade.gap,
            relation=relations.pair_mean(one=there.cooperation, other=back.cooperation),
            relation_start=relations.pair_mean(one=there.base, other=back.base),
            sensitivity=model.params["trade_sensitivity"],
            years=QUARTER,
        )
        trade.index = relations.trade_index(trade_gap=trade.gap, growth=model.params["trade_growth"], years=years)
