"""What a run records: the variables, their units and meanings, and the series of each in a fixed order."""

from dataclasses import dataclass
from functools import cache
from math import inf, isfinite

from sim.data.actors import load_actors, named
from sim.model.network import DOMESTIC, FIRST, FOLLOWED, GUARDED, HEADLINE, MISSION, REGION, SECOND, Network, network
from sim.model.parameters import CLASSES

MUSD = "million 2023 US$"
BETWEEN = f"{named(FIRST)} and {named(SECOND)}"
KEEPERS = load_actors().short(MISSION) if MISSION else "peacekeepers"


@dataclass(frozen=True)
class Variable:
    """A recorded quantity: its name in tables and files, its unit, and what it means."""

    name: str
    unit: str
    meaning: str
    label: str


VARIABLES = {
    variable.name: variable
    for variable in (
        Variable("spending", f"{MUSD} per year", "military spending at a yearly rate", "Military spending"),
        Variable("burden", "share of GDP", "military spending over GDP", "Military burden"),
        Variable("capital_stock", MUSD, "stock of military equipment other than drones", "Military capital"),
        Variable("gdp", f"{MUSD} per year", "gross domestic product", "GDP"),
        Variable("uav", "units", "armed drones held", "Armed drones"),
        Variable("loitering", "units", "one-way drones (loitering munitions) held", "One-way drones"),
        Variable("air_defence", MUSD, "air defence received since the start and still in use", "Air defence"),
        Variable("owed", MUSD, "still to pay for delivered arms", "Still to pay"),
        Variable("capability", f"{MUSD}-equivalent", "arms as rivals perceive them", "Perceived capability"),
        Variable("threat", "level", "threat perceived, 0 without a hostile rival", "Perceived threat"),
        Variable("relation", "-1 to 1", "long-term relations with the counterpart", "Long-term relations"),
        Variable("rhetoric", "-1 to 1", "fast verbal part of the attitude", "Words (fast)"),
        Variable("attitude", "-1 to 1", "relation plus rhetoric", "Attitude"),
        Variable("trade", "index, 1 at the start", "trade of the pair", "Trade"),
        Variable(
            "supplier_choice",
            "probability",
            "that the buyer of an armed drone chooses the supplier",
            "Choice of supplier",
        ),
        Variable("orders", MUSD, "ordered from the counterpart in the quarter", "Orders"),
        Variable("deliveries", MUSD, "delivered by the counterpart in the quarter", "Deliveries"),
        Variable("patron_support", f"{MUSD} per year", f"grants of a patron to {named(GUARDED)}", "Support by patrons"),
        Variable(
            "influence", "index", "value that the supplier puts on influence over the buyer", "Value of influence"
        ),
        Variable(
            "dependence", "share", "of the buyer's equipment in use that the supplier sent since 2018", "Dependence"
        ),
        Variable("image", "0 to 1", "credibility of the counterpart's assurances, 1 at the start", "Image"),
        Variable(
            "misperception", "share", "by which a rise of the counterpart's arms is overstated", "Overstatement of arms"
        ),
        Variable("tension", "0 to 1", f"tension between {BETWEEN}", "Tension"),
        Variable("hazard", "per year", f"incident rate: serious incidents in {REGION.flashpoint}", "Incident rate"),
        Variable("incidents", "count in the quarter", f"serious incidents in {REGION.flashpoint}", "Incidents"),
        Variable("troops", "thousand", f"peacekeepers of {KEEPERS}", f"{KEEPERS} troops"),
        Variable("dialogue", "0 to 1", f"intensity of {REGION.dialogue}", "Dialogue"),
        Variable("unrest", "0 to 1", "domestic unrest", "Domestic unrest"),
    )
}
RANGES = {
    **dict.fromkeys(
        ("spending", "burden", "capital_stock", "gdp", "uav", "loitering", "air_defence", "capability"), (0.0, inf)
    ),
    **dict.fromkeys(("trade", "orders", "deliveries", "patron_support", "hazard", "incidents", "troops"), (0.0, inf)),
    **dict.fromkeys(("supplier_choice", "dependence", "image", "tension", "dialogue", "unrest"), (0.0, 1.0)),
    **dict.fromkeys(("relation", "rhetoric", "attitude"), (-1.0, 1.0)),
}
"""What variables can be by their meaning, whatever the rules; ends included."""


def is_in_range(variable: str, value: float) -> bool:
    """Whether a number is finite, and one that the variable can be; any name that is none may be any number."""
    least, most = RANGES.get(variable, (-inf, inf))
    return isfinite(value) and least <= value <= most


ARRIVALS = {name: f"arrivals_{name}" for name in CLASSES}
"""Variables that hold what a supplier [counterpart] delivers to a state [actor] of one class of arms in a quarter [m USD2023]. They
are no part of `all_series`, which would triple it."""
OF_STATES = tuple("spending burden capital_stock gdp uav loitering air_defence owed capability threat unrest".split())
OF_TIES = ("relation", "rhetoric", "attitude", "trade")
OF_THE_DYAD = ("tension", "hazard", "incidents", "dialogue")


@dataclass(frozen=True, order=True)
class Series:
    """One recorded series: a variable of an actor, towards a counterpart where it has one."""

    variable: str
    actor: str
    counterpart: str = ""

    @property
    def name(self) -> str:
        """Variable, actor and counterpart in one word, as files and options write it: tension.SRB.XKX."""
        return ".".join(filter(None, (self.variable, self.actor, self.counterpart)))

    @property
    def unit(self) -> str:
        return MUSD if self.variable in ARRIVALS.values() else VARIABLES[self.variable].unit

    @property
    def is_headline(self) -> bool:
        """Whether every member of it is kept by default: all states' spending, and all of those whom the region tells first."""
        if self.variable == "spending":
            return True
        if self.variable in ("orders", "deliveries", "supplier_choice", "patron_support", "influence", "dependence"):
            return self.actor in HEADLINE or self.counterpart in (FIRST, SECOND)
        return self.actor in (*HEADLINE, MISSION) and self.counterpart in ("", *HEADLINE)


def arrivals(buyer: str, weapon_class: str) -> tuple[Series, ...]:
    """What each supplier delivers to a state in one class, a series a supplier; recorded where it is asked for, see `ARRIVALS`."""
    return tuple(Series(ARRIVALS[weapon_class], buyer, code) for code in network().suppliers if code != buyer)


@cache
def all_series() -> tuple[Series, ...]:
    """Every recorded series of the project's network."""
    return series_of(network())


def series_of(net: Network) -> tuple[Series, ...]:
    """Every recorded series of a network: states, ties, suppliers, patrons, the dyad and the peacekeepers."""
    series = [Series(variable, state) for variable in OF_STATES for state in net.states]
    series += [Series(variable, *tie) for variable in OF_TIES for tie in net.ties]
    series += [Series("supplier_choice", buyer, s) for buyer in (FIRST, SECOND) for s in net.suppliers if s != buyer]
    series += [Series(variable, *deal) for variable in ("orders", "deliveries") for deal in _deals(net)]
    series += [Series("patron_support", p, GUARDED) for p in net.patrons if p in net.suppliers and p != GUARDED]
    series += [Series("influence", FOLLOWED, state) for state in net.states if state != FOLLOWED]
    series += [Series("dependence", *deal) for deal in _ties_of_supply(net)]
    series += [Series("image", side, FOLLOWED) for side in (FIRST, SECOND) if side != FOLLOWED]
    series += [Series("misperception", FIRST, SECOND), Series("misperception", SECOND, FIRST)]
    series += [Series(variable, FIRST, SECOND) for variable in OF_THE_DYAD]
    return (*series, Series("troops", MISSION)) if MISSION else tuple(series)


def _ties_of_supply(net: Network) -> list[tuple[str, str]]:
    """Buyer and supplier whose tie is recorded: the followed supplier's buyers, and what the patrons of the two sides sent."""
    patrons = [p for p in net.patrons if p in net.suppliers and p != FOLLOWED]
    backed = [(client, p) for client in (FIRST, SECOND) for p in patrons if p != client]
    return [(buyer, FOLLOWED) for buyer in net.states if buyer != FOLLOWED] + backed


def _deals(net: Network) -> list[tuple[str, str]]:
    """Buyer and supplier of the deals that are recorded: all of the two sides', and all sales of the followed supplier."""
    return [
        (buyer, supplier)
        for buyer in net.states
        for supplier in net.suppliers
        if buyer != supplier and (buyer in (FIRST, SECOND) or supplier == FOLLOWED) and supplier != DOMESTIC
    ]


FLOWS = ("incidents", "orders", "deliveries")  # counted by quarter: a year has their sum, of all else the mean
