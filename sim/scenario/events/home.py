"""What a state does at home, and what all of them feel from outside the region."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from sim.model.network import FIRST, REGION, SECOND
from sim.model.schedule import RELATIVE_CHANGE, Item, Spell, number
from sim.scenario.event import EventBase, SeriesForm
from sim.scenario.fields import Change, Level, State, Until, code

ActingState = Annotated[State, Field(description="whose it is")]


class Unrest(EventBase):
    """Domestic unrest in a state from this quarter on."""

    type: Literal["unrest"]
    actor: ActingState
    level: Level

    other_names = ("protest", "protests", "riot", "riots")
    sentence = "unrest in {actor} at {level}"
    label = "unrest in {actor} at {level}"
    example = f"actor: {FIRST}, level: 0.6"
    price = "none is counted: unrest costs a government votes and order, for which the model holds no number"
    between = ("actor",)
    moves = {"unrest": "actor"}
    series = SeriesForm("unrest.{actor}", "level", f"unrest.{FIRST}", "unrest in a state")

    def effects(self) -> Iterator[Item]:
        yield self.set("unrest", (self.actor,), self.size("level"))


class Supplement(EventBase):
    """A relative change of a budget that a state decides, until the end of a quarter or for good."""

    type: Literal["supplement"]
    actor: ActingState
    change: Change
    until: Until = None

    other_names = ("budget", "spending", "spend", "increase")
    sentence = "{actor} changes its budget by {change} (1 is 100 %){until: until }"
    label = "budget of {actor} {change}"
    example = f"actor: {FIRST}, change: 0.1, until: 2027Q4"
    price = (
        "money: the whole change from this quarter on, as far as the largest burden allows (`burden_max`, 6 % of GDP by default), beside "
        "what threat and fatigue make of the budget; what the sum would have done elsewhere in the state is not counted"
    )
    between = ("actor",)
    moves = {"spending": "actor", "burden": "actor", "capital_stock": "actor"}

    def effects(self) -> Iterator[Spell]:
        yield self.hold("supplement", (self.actor,), self.size("change"), rule=RELATIVE_CHANGE)


class Election(EventBase):
    """An election in <second> or <first>, which lasts this quarter and raises the hazard in <flashpoint_short>."""

    type: Literal["election"]
    where: Annotated[str, code(f"one of the two sides of {REGION.flashpoint_short}", lambda: (SECOND, FIRST))] = Field(
        description="side on which there is a vote"
    )

    sentence = "election, {where}"
    label = "election: {where}"
    example = f"where: {SECOND}"
    price = "none is counted: a vote is no choice of arms, and the model holds no budget for it"

    @property
    def end_quarter(self) -> int:
        return self.quarter

    def effects(self) -> Iterator[Spell]:
        yield self.hold("election", (), number(1.0))


class Insecurity(EventBase):
    """Insecurity from outside the region that every state feels, until the end of a quarter or for good."""

    type: Literal["insecurity"]
    level: Level
    until: Until = None

    sentence = "insecurity from outside at {level}{until: until }"
    label = "insecurity from outside at {level}"
    example = "level: 0.7, until: 2028Q4"
    price = "none is counted: it comes from outside the region, and nobody in the model chooses it"

    def effects(self) -> Iterator[Spell]:
        yield self.hold("insecurity_outside", (), self.size("level"))
