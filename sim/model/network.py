"""Who is linked to whom: states, suppliers, directed ties, pairs, rivals. Both engines walk these lists in this order."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import groupby
from operator import itemgetter

from sim.data.actors import ActorTable, load_actors
from sim.data.region import region
from sim.io.assets import data_file
from sim.io.errors import InputError, Problem
from sim.model.parameter_table import ParameterTable
from sim.model.parameters import load_parameters

REGION = region()
FIRST, SECOND = REGION.sides
GUARDED, FOLLOWED, REPROACHED = REGION.guarded, REGION.supplier, REGION.reproached
SUPPORTED, HEADLINE = REGION.clients, REGION.headline
MISSION = REGION.mission or ""
TOLD = tuple(code for code in HEADLINE if code in load_actors().states)  # states that are told first
DOMESTIC = "DOM"
SELLER = next(iter(load_actors().mere_suppliers), FOLLOWED)  # who only sells, for examples
BUYER = SECOND if FOLLOWED == FIRST else FIRST  # a side that buys of the followed supplier, for examples


@dataclass(frozen=True)
class Network:
    """The network of the model, fixed for a run.

    ties     : directed pairs (actor, counterpart) that hold an attitude, in the order of `relation_base`
    pairs    : undirected pairs that trade, each once
    rivals   : (state, rival) in the order of `threat_share`
    neighbours : (state, neighbour) in the order of `encirclement`
    suspects : (state, supplier) in the order of `suspicion`
    repliers : states in the order of `reply`
    """

    actors: ActorTable
    ties: tuple[tuple[str, str], ...]
    rivals: tuple[tuple[str, str], ...]
    hostile: tuple[tuple[str, str], ...]
    neighbours: tuple[tuple[str, str], ...] = ()
    suspects: tuple[tuple[str, str], ...] = ()
    repliers: tuple[str, ...] = ()

    @property
    def states(self) -> tuple[str, ...]:
        return self.actors.states

    @property
    def suppliers(self) -> tuple[str, ...]:
        return self.actors.suppliers

    @property
    def patrons(self) -> tuple[str, ...]:
        return self.actors.patrons

    @cached_property
    def givers(self) -> tuple[str, ...]:
        """All who can arm, pay or sign with a state."""
        return self.actors.codes

    @cached_property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        firsts: dict[frozenset[str], tuple[str, str]] = {}
        for tie in self.ties:
            firsts.setdefault(frozenset(tie), tie)
        return tuple(firsts.values())

    def tie(self, actor: str, counterpart: str) -> int:
        """Place of a directed pair in `ties`; -1 if the two are indifferent."""
        return self._tie_places.get((actor, counterpart), -1)

    @cached_property
    def _tie_places(self) -> dict[tuple[str, str], int]:
        return {tie: place for place, tie in enumerate(self.ties)}

    def pair(self, first: str, second: str) -> int:
        """Place of an undirected pair in `pairs`; -1 if there is none."""
        places = {frozenset(pair): place for place, pair in enumerate(self.pairs)}
        return places.get(frozenset((first, second)), -1)

    @cached_property
    def grudges(self) -> tuple[tuple[str, str], ...]:
        """(state, supplier) for every state that can hold it against a supplier that it arms a rival."""
        wary = [state for state in self.states if any(state == actor for actor, _ in self.hostile)]
        return tuple((state, supplier) for state in wary for supplier in self.suppliers if supplier != state)


@cache
def network() -> Network:
    """The network that the project's actor and parameter tables declare."""
    return network_of(load_actors(), load_parameters())


def network_of(actors: ActorTable, parameters: ParameterTable) -> Network:
    """The network of two tables. A tie may turn hostile if both of its ends are states. InputError if the rivals of a state do not stand
    together, as the compiled engine takes them, or have no tie."""
    ties = tuple(_pair(suffix) for suffix in parameters.suffixes("relation_base"))
    rivals = tuple(_pair(suffix) for suffix in parameters.suffixes("threat_share"))
    groups = [state for state, _ in groupby(rivals, key=itemgetter(0))]
    scattered = [state for state in dict.fromkeys(groups) if groups.count(state) > 1]
    _refuse(f"the rivals of {state} must stand together; move them" for state in scattered)
    message = "there is no relation_base.{0}.{1}, and a threat needs an attitude; add one, or take {0}.{1} out"
    _refuse(message.format(*pair) for pair in rivals if pair not in ties)
    hostile = tuple(tie for tie in ties if tie[0] in actors.states and tie[1] in actors.states)
    neighbours = tuple(_pair(suffix) for suffix in parameters.suffixes("encirclement"))
    suspects = tuple(_pair(suffix) for suffix in parameters.suffixes("suspicion"))
    return Network(actors, ties, rivals, hostile, neighbours, suspects, parameters.suffixes("reply"))


def _refuse(faults: Iterable[str]) -> None:
    """InputError where the rivals do not fit."""
    if problems := [Problem(None, "parameters.threat_share.default", fault) for fault in faults]:
        raise InputError(data_file("calibration", "parameters.yaml"), problems)


def _pair(suffix: str) -> tuple[str, str]:
    actor, counterpart = suffix.split(".")
    return actor, counterpart
