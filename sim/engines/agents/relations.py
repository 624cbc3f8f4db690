"""What agents share: an actor with its ties, the trade of a pair, an order."""

from typing import TYPE_CHECKING

import mesa

from sim.rules import capability as seen
from sim.rules import relations
from sim.rules.elementary import relaxed

if TYPE_CHECKING:
    from sim.engines.agents.model import RegionModel

QUARTER = 0.25
YEAR = 1.0


class Actor(mesa.Agent):
    """Anyone who can hold an attitude: knows its code, its ties, and the parameters of this world.

    ties : counterpart's code -> Tie
    """

    def __init__(self, model: "RegionModel", code: str) -> None:
        super().__init__(model)
        self.code = code
        self.name = model.net.actors.name(code)
        self.ties: dict[str, Tie] = {}

    @property
    def params(self) -> dict[str, float]:
        """Parameters of this world by key."""
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

    def express(self) -> None:
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
