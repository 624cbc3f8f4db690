"""Events and sizes of a scenario in words."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sim.data.actors import actor_name
from sim.io import formatting
from sim.model.distributions import Distribution
from sim.model.parameters import load_parameters
from sim.rules.draws import CODES, drawn_value

LOW, HIGH = 0.05, 0.95
MILLION = 1e6
SMALL = 0.1  # million US$ below which a price is written in US$
CLASS_WORDS = {
    "uav": "armed UAVs", "loitering": "loitering munitions", "artillery": "artillery", "armour": "armoured vehicles",
    "air_defence": "air defence", "arms": "arms and ammunition",
}  # fmt: skip
GROUPS = (
    "What is on record?",
    "What if arms are sold, or not sold?",
    "What if diplomacy is tried?",
    "What if KFOR changes, or the north flares up?",
    "What if home, trade or Europe change?",
)  # the questions of the library, in the order in which a newcomer asks them


def groups_in_order(groups: Iterable[str]) -> tuple[str, ...]:
    """Groups of scenarios, each once: the library's own in their order, then others by their first appearance.

    >>> groups_in_order(["mine", "What if diplomacy is tried?", "What is on record?", "mine"])
    ('What is on record?', 'What if diplomacy is tried?', 'mine')
    """
    found = dict.fromkeys(groups)
    return (*(group for group in GROUPS if group in found), *(group for group in found if group not in GROUPS))


@dataclass
class SeriesSummary:
    """All entries of one series, shown as one."""

    name: str
    entries: list[Any] = field(default_factory=list)

    @property
    def id(self) -> str:
        return f"series.{self.name}"


def series_name(id_: str) -> str | None:
    """Name of the series that an event is an entry of, or None.

    >>> series_name("series.unrest.SRB.2026Q1")
    'unrest.SRB'
    """
    return id_.removeprefix("series.").rpartition(".")[0] if id_.startswith("series.") else None


def band(prior: Distribution) -> tuple[float, float]:
    """The values that 5 % and 95 % of all draws lie below."""
    low, high = (
        drawn_value(CODES[prior.kind], prior.centre, prior.spread, prior.low, prior.high, share)
        for share in (LOW, HIGH)
    )
    return low, high


def number(value: float, digits: int = 4) -> str:
    """A number as people write it: four digits at most, or fewer, thousands with commas.

    >>> number(4000.0), number(0.0351234), number(17.83), number(948.0, 2)
    ('4,000', '0.03512', '17.83', '950')
    """
    return formatting.number(value, digits)


def amount(value: Any) -> str:
    """A number, or the middle of a distribution with its 5-95 % range."""
    if not isinstance(value, Distribution):
        return number(float(value))
    if value.kind == "fixed":
        return number(value.centre)
    low, high = band(value)
    middle = drawn_value(CODES[value.kind], value.centre, value.spread, value.low, value.high, 0.5)
    return f"{number(middle)} (5-95 %: {number(low, 2)} to {number(high, 2)})"


def prior_words(prior: Distribution) -> str:
    """How a world draws the number, in words."""
    spread = number(prior.spread)
    match prior.kind:
        case "fixed":
            return "the same in every world"
        case "lognormal":
            return f"lognormal around its median, above zero; sd of the logarithm {spread}"
        case "normal":
            return f"normal around its mean, sd {spread}"
        case "half_normal":
            return "half-normal, from zero upwards, with this median"
        case "uniform":
            return f"uniform from {number(prior.centre)} to {number(prior.centre + prior.spread)}"
        case _:
            return f"one plus a lognormal, never below one; sd of the logarithm {spread}"


def event_words(event: Any, others: Iterable[Any] = ()) -> str:
    """One event, or one series, as a line: when, what, who.

    others : events of the same scenario, among them the order that a delivery fulfils
    """
    if isinstance(event, SeriesSummary):
        return _series_words(event)
    note = f" ({event.note})" if event.note else ""
    return f"{event.at} {event.id}: {_arrival_words(event, others) or _words(event)}{note}"


def _series_words(series: SeriesSummary) -> str:
    first, last = series.entries[0], series.entries[-1]
    values = [_size(entry) for entry in series.entries]
    if first.type == "deliver":
        total = sum(entry.value_musd.centre for entry in series.entries)
        return f"{first.at} to {last.at} {series.name}: {number(total)} m US$ in {len(values)} quarters"
    changes = [value != before for value, before in zip(values, [None, *values[:-1]], strict=True)]
    return f"{series.name}: " + ", ".join(
        f"{value} from {entry.at}"
        for entry, value, changed in zip(series.entries, values, changes, strict=True)
        if changed
    )


def _size(event: Any) -> str:
    size = next(
        getattr(event, name) for name in ("level", "troops", "value_musd") if getattr(event, name, None) is not None
    )
    return amount(size)


def _arrival_words(event: Any, others: Iterable[Any]) -> str:
    """What arrives of an order, or nothing where the event is no arrival of a known order."""
    ref = getattr(event, "ref", None)
    order = next((other for other in others if ref is not None and other.id == ref), None)
    if order is None:
        return ""
    return f"the {CLASS_WORDS[order.weapon_class]} ordered in {order.at} arrive"


def _usual_price(weapon_class: str) -> str:
    """The declared price of one piece, its range and how it is known; small ones in US$, others in millions."""
    table, key = load_parameters(), f"{weapon_class}_price"
    if key not in table.names:
        return "the usual price"
    prior = table.distributions[table.offset(key)]
    unit, scale = ("US$", MILLION) if prior.centre < SMALL else ("m US$", 1.0)
    low, high = (number(float(f"{scale * end:.2g}")) for end in band(prior))
    status = table.parameter(key).status
    return f"{number(scale * prior.centre)} {unit} each (5-95 %: {low} to {high}), {status}; see: armsrace trace {key}"


def _goods(event: Any) -> str:
    what = CLASS_WORDS[event.weapon_class]
    if event.value_musd is not None:
        goods = f"{what} for {amount(event.value_musd)} m US$"
    else:
        given = event.unit_price_musd
        price = _usual_price(event.weapon_class) if given is None else f"{amount(given)} m US$ each"
        goods = f"{amount(event.n)} {what} at {price}"
    return f"{goods}; paid by {event.payment}"


def _words(event: Any) -> str:
    """What an event is, by its type."""
    until = getattr(event, "until", None)
    end = f" until {until}" if until else ""
    match event.type:
        case "deliver" if getattr(event, "ref", None) is not None:
            return f"the order {event.ref} arrives"
        case "order" | "deliver" | "offer" as kind:
            due = f", due {event.due}" if getattr(event, "due", None) else ""
            verb = {"order": "orders", "deliver": "receives", "offer": "is offered"}[kind]
            return f"{actor_name(event.buyer)} {verb} from {actor_name(event.supplier)} {_goods(event)}{due}"
        case "grant":
            return f"{actor_name(event.patron)} gives {actor_name(event.recipient)} {amount(event.value_musd)} m US$"
        case "agreement":
            return f"military agreement of {_pair(event)}"
        case "trade_shock":
            return f"trade of {_pair(event)} changes by {amount(event.change)} (1 is 100 %)"
        case "visit":
            return f"leaders of {actor_name(event.actor)} visit {actor_name(event.target)}"
        case "statement":
            return f"{actor_name(event.actor)} speaks about {actor_name(event.target)}, tone {amount(event.tone)} on -1 to 1"
        case "incident":
            return f"{event.count} {event.severity} incident{'s' if event.count > 1 else ''} in the north of Kosovo"
        case "election":
            return f"election, {actor_name(event.where)}"
        case "embargo":
            return f"{actor_name(event.supplier)} sells nothing to {actor_name(event.buyer)}{end}"
        case "force_choice":
            return f"{actor_name(event.buyer)} buys from {actor_name(event.supplier)} only{end}"
        case "supplement":
            return f"{actor_name(event.actor)} wants a budget changed by {amount(event.change)} (1 is 100 %){end}"
        case "release_reserve":
            return f"KFOR adds a reserve of {amount(event.troops)} thousand for {event.quarters} quarter(s)"
        case "kfor":
            return f"KFOR has {amount(event.troops)} thousand"
        case "unrest":
            return f"unrest in {actor_name(event.actor)} at {amount(event.level)}"
        case "command":
            return f"{actor_name(event.nation)} commands KFOR{end}"
        case "support":
            level = f"{amount(event.level)} times its level of 2018"
            return f"{actor_name(event.patron)} backs {actor_name(event.recipient)} at {level}{end}"
        case "insecurity":
            return f"insecurity from outside at {amount(event.level)}{end}"
        case "forum":
            members = ", ".join(map(actor_name, event.members))
            return f"regional forum of {members} at {amount(event.level)}{end}"
        case kind:
            return f"{kind} at {_size(event)}"


def _pair(event: Any) -> str:
    return " and ".join(actor_name(code) for code in event.parties)
