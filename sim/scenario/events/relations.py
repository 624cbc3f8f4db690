"""What actors say to each other, sign, trade and agree."""

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from sim.data.actors import load_actors
from sim.model.distributions import Distribution
from sim.model.network import FIRST, GUARDED, REGION, REPROACHED, SECOND, network
from sim.model.schedule import ONE, RELATIVE_CHANGE, Item, Spell, parameter
from sim.scenario import fields
from sim.scenario.event import ARMS, RELATIONS, EventBase, SeriesForm
from sim.scenario.fields import AnyActor, Backer, Change, Client, Level, Members, Parties, State, Until, size

NORTH = (FIRST, SECOND)
Acting = Annotated[AnyActor, Field(description="whose it is")]
Towards = Annotated[AnyActor, Field(description="towards whom")]


def check_tie(actor: str, counterpart: str) -> None:
    """Two actors must hold a relation in the model, or the event would do nothing."""
    if network().tie(actor, counterpart) < 0:
        known = [there for here, there in network().ties if here == actor]
        relations = f"{actor} has relations with {', '.join(known)}" if known else f"{actor} has none"
        raise ValueError(
            f"the model holds no relation of {actor} with {counterpart}, so nothing would happen; {relations}"
        )


class Pair(EventBase):
    """Something between two actors."""

    parties: Parties = Field(description="the two actors")

    def actors(self) -> tuple[str, str]:
        return self.parties

    @model_validator(mode="after")
    def _check_parties(self) -> Self:
        if self.parties[0] == self.parties[1]:
            raise ValueError("parties must be two different actors")
        return self


class Agreement(Pair):
    """A military agreement between two actors."""

    type: Literal["agreement"]

    other_names = ("treaty", "pact", "deal-signed", "alliance")
    sentence = "military agreement of {parties: and }"
    label = "agreement: {parties: and }"
    example = f"parties: [{REPROACHED}, {FIRST}]"
    price = (
        "relations: rivals of either side are provoked, and hold it against the other; an agreement itself costs no "
        "money in the model"
    )
    row = RELATIONS
    cause = ("agreement of {who} and {to}", "agreements")
    moves_arms = True

    def effects(self) -> Iterator[Item]:
        both_ways = (self.parties, self.parties[::-1])
        for pair in both_ways:
            yield self.add("cooperation", pair, parameter("agreement_effect"))
        for giver, receiver in both_ways:
            deal = (receiver, giver)
            yield self.add("provoked", deal, parameter("coupling"), parameter("provocation_by_agreement"))
            yield self.add("signed", deal, ONE)
            yield self.add("soft_power", deal, parameter("influence_agreement"))


class TradeShock(Pair):
    """A lasting relative change of the trade between two actors."""

    type: Literal["trade_shock"]
    change: Change

    other_names = ("trade", "tariff", "tariffs")
    sentence = "trade of {parties: and } changes by {change} (1 is 100 %)"
    label = "trade of {parties: and } {change}"
    example = f"parties: [{REPROACHED}, {FIRST}], change: -0.2"
    price = "relations: attitudes follow the trade; the income that traders gain or lose is not counted"
    row = RELATIONS

    @model_validator(mode="after")
    def _check_that_they_trade(self) -> Self:
        check_tie(*self.parties)
        return self

    def effects(self) -> Iterator[Item]:
        yield self.add("trade_gap", self.parties, self.size("change"), rule=RELATIVE_CHANGE)


class Related(EventBase):
    """What an ``actor`` does towards a ``target`` that it has a relation with."""

    between = ("actor", "target")

    @model_validator(mode="after")
    def _check_that_they_relate(self) -> Self:
        check_tie(*self.actors())
        return self


class Visit(Related):
    """A visit of one actor's leaders to another."""

    type: Literal["visit"]
    actor: Acting
    target: Towards

    sentence = "leaders of {actor} visit {target}"
    label = "visit: {actor} to {target}"
    example = f"actor: {REPROACHED}, target: {FIRST}"
    price = "none is counted: a visit costs a government time, for which the model holds no number"
    row = RELATIONS
    cause = ("visit of {who} to {to}", "visits")

    def effects(self) -> Iterator[Item]:
        """Both sides draw closer, the host only as far as it believes the visitor; a visit from outside calms the north."""
        there, back, effect = (self.actor, self.target), (self.target, self.actor), parameter("visit_effect")
        yield self.add("cooperation", there, effect)
        yield self.add("cooperation", back, effect, believed=back)
        if self.target in NORTH and self.actor not in NORTH:
            yield self.ease("tension", (), parameter("visit_relief"), believed=back)
        yield self.add("soft_power", back, parameter("influence_visit"))


class Statement(Related):
    """A public statement of one actor about another, from hostile (-1) to friendly (1)."""

    type: Literal["statement"]
    actor: Acting
    target: Towards
    tone: Annotated[Distribution, size(fields.TONE)] = Field(description="from hostile to friendly")

    other_names = ("speech", "threat", "rhetoric", "words", "protest-note")
    sentence = "{actor} speaks about {target}, tone {tone} on -1 to 1"
    label = "statement: {actor} on {target}"
    example = f"actor: {FIRST}, target: {REPROACHED}, tone: -0.8"
    price = "relations: a hostile word is answered in kind; a friendly one costs nothing in the model"
    cause = ("{whose} statement about {to}", "statements")

    def effects(self) -> Iterator[Item]:
        yield self.add("rhetoric", (self.actor, self.target), parameter("statement_effect"), self.size("tone"))


class Dialogue(EventBase):
    """Intensity of <dialogue> from this quarter on."""

    type: Literal["dialogue"]
    level: Level

    other_names = ("talks", "negotiation", "negotiations", "mediation")
    sentence = "dialogue at {level}"
    label = f"dialogue of {REGION.dialogue_of} at {{level}}"
    example = "level: 0.5"
    price = "none is counted: what leaders lose at home by talking has no number in the model"
    row = RELATIONS
    series = SeriesForm("dialogue", "level", "dialogue", f"intensity of the dialogue of {REGION.dialogue_of}")

    def effects(self) -> Iterator[Item]:
        yield self.set("dialogue_agreed", (), self.size("level"))


class Accession(EventBase):
    """Momentum of the region's accession to EU and NATO from this quarter on."""

    type: Literal["accession"]
    level: Level

    other_names = ("eu", "nato", "membership", "enlargement")
    sentence = "accession at {level}"
    label = "credibility of accession to EU and NATO at {level}"
    example = "level: 0.8"
    price = "none is counted: reforms, transfers and votes that accession takes are not in the model"
    row = RELATIONS
    series = SeriesForm("accession", "level", "accession", "how credible accession is")

    def effects(self) -> Iterator[Item]:
        yield self.set("accession", (), self.size("level"))


class Support(EventBase):
    """How far a patron backs <clients> (1 as at the start, 0 withdrawn), until the end of a quarter or for good."""

    type: Literal["support"]
    patron: Backer = Field(description="who backs or gives")
    recipient: Client = Field(description="who receives or is backed")
    level: Annotated[Distribution, size(fields.SUPPORT)] = Field(description="how much, on the scale of the event")
    until: Until = None

    sentence = "{patron} backs {recipient} at {level} times its level of 2018{until: until }"
    label = "support: {patron} for {recipient}, {level} times the usual"
    example = f"patron: {load_actors().backers[0]}, recipient: {GUARDED}, level: 0.5"
    price = (
        "none is counted: the patron is outside the region and the model holds no budget of its; rivals are provoked "
        "by what it gives"
    )
    row = ARMS
    between = ("patron", "recipient")
    moves_arms = True

    def label_template(self) -> str:
        is_none = self.level.kind == "fixed" and self.level.centre == 0.0
        return "support: none from {patron} for {recipient}" if is_none else self.label

    def effects(self) -> Iterator[Spell]:
        yield self.hold("support", (self.recipient, self.patron), self.size("level"), usual=1.0)


class Guarantee(EventBase):
    """How far a state's guarantors keep their promise (1 wholly, 0 withdrawn), until the end of a quarter or for good."""

    type: Literal["guarantee"]
    state: Annotated[State, Field(description="whose security is guaranteed")]
    level: Level
    until: Until = None

    sentence = "the guarantee of {state} holds at {level}{until: until }"
    label = "guarantee of {state} at {level}"
    example = f"state: {GUARDED}, level: 0"
    price = "none is counted: the guarantors pay for troops and promises, and the model holds no budget of theirs"
    between = ("state",)

    def effects(self) -> Iterator[Spell]:
        yield self.hold("commitment", (self.state,), self.size("level"), usual=1.0)


class Forum(EventBase):
    """A regional forum of exercises and transparency, which counts between its members only."""

    type: Literal["forum"]
    members: Members = Field(description="list of states")
    level: Level
    until: Until = None

    sentence = "regional forum of {members:, } at {level}{until: until }"
    label = "regional forum at {level}: {seats}"
    example = f"members: [{FIRST}, {SECOND}], level: 0.5"
    price = "capability: what members show each other can no longer surprise; meetings and exercises cost no money in the model"
    row = RELATIONS

    def words(self) -> dict[str, str]:
        among = "among" if SECOND in self.members else "not among"
        return {"seats": f"{len(self.members)} states, {load_actors().name(SECOND)} {among} them"}

    def effects(self) -> Iterator[Spell]:
        for member in self.members:
            yield self.hold("transparency", (member,), self.size("level"), actors=(member, ""))
