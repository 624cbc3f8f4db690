"""What happens at the flashpoint, and who keeps the peace there."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from sim.data.actors import load_actors
from sim.model.network import REGION
from sim.model.schedule import ONE, Item, Spell, number, parameter
from sim.model.variables import BETWEEN, KEEPERS
from sim.scenario.event import INCIDENTS, EventBase, SeriesForm
from sim.scenario.fields import Commander, Severity, Troops, Until, whole


class Incident(EventBase):
    """Incidents in <flashpoint>, between <first> and <second>."""

    type: Literal["incident"]
    severity: Severity = Field(description="`lethal` or `standoff`")
    count: Annotated[int, whole(1, 100)] = Field(1, description="how many in the quarter; 1 if left out")

    other_names = ("attack", "clash", "violence", "crisis")
    sentence = f"{{count}} {{severity}} incident{{s}} in {REGION.flashpoint}"
    label = "{severity} incident"
    example = "severity: lethal"
    price = f"relations: tension and the attitudes of {BETWEEN}; the dead and injured have no price in the model"
    row = INCIDENTS

    def words(self) -> dict[str, str]:
        return {"s": "s" if self.count > 1 else ""}

    def effects(self) -> Iterator[Item]:
        count = number(float(self.count))
        yield self.add("incidents", (), count)
        if self.severity == "lethal":
            yield self.add("shock", (), count)
            yield self.add("is_lethal", (), ONE)
        else:
            yield self.add("shock", (), parameter("standoff_weight"), count)


class Kfor(EventBase):
    """<mission>'s strength from this quarter on."""

    type: Literal["kfor"]
    troops: Troops

    other_names = ("troops", "peacekeepers", "withdrawal", "withdraw", "deployment")
    sentence = f"{KEEPERS} has {{troops}} thousand"
    label = f"{KEEPERS} at {{troops}} thousand"
    example = "troops: 5.5"
    price = "none is counted: the nations that send soldiers pay for them, and the model holds no budget of theirs"
    row = KEEPERS
    series = SeriesForm("kfor.troops", "troops", "kfor.troops", f"soldiers of {KEEPERS}")

    def effects(self) -> Iterator[Item]:
        yield self.set("troops_agreed", (), self.size("troops"))


class ReleaseReserve(EventBase):
    """<mission>'s reserve deployed for some quarters."""

    type: Literal["release_reserve"]
    troops: Troops
    quarters: Annotated[int, whole(1, 72)] = Field(1, description="for how many quarters; 1 if left out")

    sentence = f"{KEEPERS} adds a reserve of {{troops}} thousand for {{quarters}} quarter(s)"
    label = f"reserve of {KEEPERS} deployed, {{troops}} thousand"
    example = "troops: 0.6, quarters: 2"
    price = "none is counted: the nations that send the reserve pay for it, and the model holds no budget of theirs"
    row = KEEPERS

    @property
    def end_quarter(self) -> int:
        return self.quarter + self.quarters - 1

    def effects(self) -> Iterator[Spell]:
        yield self.hold("reserve_scripted", (), self.size("troops"))


class Command(EventBase):
    """A nation that commands <mission>, until the end of a quarter or for good; a later command replaces it."""

    type: Literal["command"]
    nation: Commander = Field(description="who commands")
    until: Until = None

    sentence = f"{{nation}} commands {KEEPERS}{{until: until }}"
    label = f"{{nation}} commands {KEEPERS}"
    example = f"nation: {next(iter(load_actors().with_role('commander')), '')}, until: 2026Q4"
    price = "relations: the side that trusts the nation less is calmed less; the staff that it sends is not counted"
    row = KEEPERS

    def effects(self) -> Iterator[Spell]:
        yield self.choose("commander", (), self.nation)
