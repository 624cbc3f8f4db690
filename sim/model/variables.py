"""What a run records: the variables, their units and meanings, and the series of each in a fixed order."""

from dataclasses import dataclass
from functools import cache

from sim.model.network import DOMESTIC, EUROPE, KOSOVO, SERBIA, TURKEY, Network, network
from sim.model.parameters import CLASSES

NATO = "NATO"
MUSD = "million 2023 US$"


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
        Variable(
            "patron_support",
            "million 2023 US$ per year",
            "grants of a patron to Kosovo",
            "Support by patrons",
        ),
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
        Variable("tension", "0 to 1", "tension between Serbia and Kosovo", "Tension"),
        Variable("hazard", "per year", "incident rate: serious incidents in the north of Kosovo", "Incident rate"),
        Variable("incidents", "count in the quarter", "serious incidents in the north of Kosovo", "Incidents"),
        Variable("troops", "thousand", "peacekeepers of KFOR", "KFOR troops"),
        Variable("dialogue", "0 to 1", "intensity of the Belgrade-Pristina dialogue", "Dialogue"),
        Variable("unrest", "0 to 1", "domestic unrest", "Domestic unrest"),
    )
}
ARRIVALS = {name: f"arrivals_{name}" for name in CLASSES}
"""Variables that hold what a supplier [counterpart] delivers to a state [actor] of one class of arms in a quarter [m USD2023]. They
are no part of `all_series`, which would triple it."""
OF_STATES = (
    "spending",
    "burden",
    "capital_stock",
    "gdp",
    "uav",
    "loitering",
    "air_defence",
    "owed",
    "capability",
    "threat",
    "unrest",
)
OF_TIES = ("relation", "rhetoric", "attitude", "trade")
OF_THE_DYAD = ("tension", "hazard", "incidents", "dialogue")
HEADLINE_STATES = (SERBIA, KOSOVO, TURKEY)


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
        """Whether every member of it is kept by default: all states' spending, and all of Serbia, Kosovo and Türkiye."""
        if self.variable == "spending":
            return True
        if self.variable in ("orders", "deliveries", "supplier_choice", "patron_support", "influence", "dependence"):
            return self.actor in HEADLINE_STATES or self.counterpart in (SERBIA, KOSOVO)
        return self.actor in (*HEADLINE_STATES, NATO) and self.counterpart in ("", *HEADLINE_STATES)


def arrivals(buyer: str, weapon_class: str) -> tuple[Series, ...]:
    """What each supplier delivers to a state in one class, a series a supplier; recorded where it is asked for, see `ARRIVALS`."""
    return tuple(
        Series(ARRIVALS[weapon_class], buyer, supplier) for supplier in network().suppliers if supplier != buyer
    )


@cache
def all_series() -> tuple[Series, ...]:
    """Every recorded series of the project's network."""
    return series_of(network())


def series_of(net: Network) -> tuple[Series, ...]:
    """Every recorded series of a network: states, ties, suppliers, patrons, the dyad and KFOR."""
    series = [Series(variable, state) for variable in OF_STATES for state in net.states]
    series += [Series(variable, *tie) for variable in OF_TIES for tie in net.ties]
    series += [Series("supplier_choice", buyer, s) for buyer in (SERBIA, KOSOVO) for s in net.suppliers]
    series += [Series(variable, *deal) for variable in ("orders", "deliveries") for deal in _deals(net)]
    series += [Series("patron_support", p, KOSOVO) for p in net.patrons if p != EUROPE]
    series += [Series("influence", TURKEY, state) for state in net.states if state != TURKEY]
    series += [Series("dependence", *deal) for deal in _ties_of_supply(net)]
    series += [Series("image", side, TURKEY) for side in (SERBIA, KOSOVO)]
    series += [Series("misperception", SERBIA, KOSOVO), Series("misperception", KOSOVO, SERBIA)]
    series += [Series(variable, SERBIA, KOSOVO) for variable in OF_THE_DYAD]
    series.append(Series("troops", NATO))
    return tuple(series)


def _ties_of_supply(net: Network) -> list[tuple[str, str]]:
    """Buyer and supplier whose tie is recorded: Türkiye's buyers, and what the patrons of Serbia and Kosovo sent."""
    backed = [(client, p) for client in (SERBIA, KOSOVO) for p in net.patrons if p in net.suppliers and p != TURKEY]
    return [(buyer, TURKEY) for buyer in net.states if buyer != TURKEY] + backed


def _deals(net: Network) -> list[tuple[str, str]]:
    """Buyer and supplier of the deals that are recorded: all of Serbia's and Kosovo's, and all of Türkiye's sales."""
    return [
        (buyer, supplier)
        for buyer in net.states
        for supplier in net.suppliers
        if buyer != supplier and (buyer in (SERBIA, KOSOVO) or supplier == TURKEY) and supplier != DOMESTIC
    ]


FLOWS = ("incidents", "orders", "deliveries")  # counted by quarter: a year has their sum, of all else the mean
