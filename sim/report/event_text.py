"""Events and sizes of a scenario in words."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sim.data.actors import actor_name
from sim.data.region import region
from sim.ensembles.identifiability import learned
from sim.ensembles.registry import PRIOR
from sim.ensembles.tables import FittedParameter
from sim.io import formatting
from sim.model.distributions import Distribution
from sim.model.parameters import CLASS_WORDS, load_parameters
from sim.rules.draws import CODES, drawn_value

LOW, HIGH = 0.05, 0.95
MILLION = 1e6
SMALL = 0.1  # million US$ below which a price is written in US$
GROUPS = region().groups  # the questions of the library, in the order in which a newcomer asks them


def groups_in_order(groups: Iterable[str]) -> tuple[str, ...]:
    """Groups of scenarios, each once: the library's own in their order, then others by their first appearance.

    >>> groups_in_order(["mine", "What if diplomacy is tried?", "What is on record?", "mine"])
    ('What is on record?', 'What if diplomacy is tried?', 'mine')
    """
    named = dict.fromkeys(groups)
    return (*(group for group in GROUPS if group in named), *(group for group in named if group not in GROUPS))


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
    """A number, or the median of a distribution with its 90 % range."""
    if not isinstance(value, Distribution):
        return number(float(value))
    if value.kind == "fixed":
        return number(value.centre)
    low, high = band(value)
    middle = drawn_value(CODES[value.kind], value.centre, value.spread, value.low, value.high, 0.5)
    return f"{number(middle)} (90 % range {number(low, 2)} to {number(high, 2)})"


def fitted_amount(key: str, prior: Distribution, fit: str) -> str:
    """A number as runs with an ensemble draw it; of one that was fitted the median and range after the fit, and those before it."""
    row = learned(fit).get(key)
    return amount(prior) if row is None else _after_and_before(row, 1.0)


def _after_and_before(row: FittedParameter, scale: float) -> str:
    """Median and 90 % range of a fitted number and of its prior."""
    digits = (2, 4, 2)
    after, before = (
        [number(float(f"{scale * end:.{most}g}"), most) for end, most in zip(ends, digits, strict=True)]
        for ends in (row.posterior, row.prior)
    )
    return f"{after[1]} (fitted, 90 % range {after[0]} to {after[2]}; prior {before[1]}, {before[0]} to {before[2]})"


def prior_words(prior: Distribution) -> str:
    """How a simulation draws the number, in words."""
    spread = number(prior.spread)
    match prior.kind:
        case "fixed":
            return "the same in every simulation"
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


def event_words(event: Any, known: Iterable[Any] = (), fit: str = PRIOR) -> str:
    """One event, or one series, as a line: when, what, who.

    known : events of the same scenario, among them the order that a delivery fulfils
    fit   : the ensemble that the run draws from, which knows the usual prices otherwise than their priors do
    """
    if isinstance(event, SeriesSummary):
        return _series_words(event)
    note = f" ({event.note})" if event.note else ""
    return f"{event.at} {event.id}: {_sentence(event, known, fit)}{note}"


def _series_words(series: SeriesSummary) -> str:
    first, last = series.entries[0], series.entries[-1]
    sizes = [getattr(entry, first.series.size) for entry in series.entries]
    if first.series.is_flow:
        total = sum(size.centre for size in sizes)
        return f"{first.at} to {last.at} {series.name}: {number(total)} m US$ in {len(sizes)} quarters"
    values = [amount(size) for size in sizes]
    changes = [value != before for value, before in zip(values, [None, *values[:-1]], strict=True)]
    return f"{series.name}: " + ", ".join(
        f"{value} from {entry.at}"
        for entry, value, changed in zip(series.entries, values, changes, strict=True)
        if changed
    )


def _sentence(event: Any, known: Iterable[Any], fit: str) -> str:
    """What an event does; of the arrival of a known order, what arrives."""
    ref = getattr(event, "ref", None)
    order = next((entry for entry in known if ref is not None and entry.id == ref), None)
    if order is not None:
        return order.filled(event.sentence_of_order, _word)
    goods = {"goods": _goods(event, fit)} if hasattr(event, "weapon_class") else {}
    return event.filled(event.sentence, _word, **goods)


def _word(content: Any) -> str:
    """One content of a field: a size, a class of arms, an actor, or what it says itself."""
    if isinstance(content, Distribution):
        return amount(content)
    return CLASS_WORDS.get(content) or actor_name(str(content))


def _usual_price(weapon_class: str, fit: str) -> str:
    """The price of one piece that an ensemble draws, its range and how it is known; small ones in US$, others in millions."""
    table, key = load_parameters(), f"{weapon_class}_price"
    if key not in table.names:
        return "the usual price"
    prior, row = table.distributions[table.offset(key)], learned(fit).get(key)
    unit, scale = ("US$", MILLION) if prior.centre < SMALL else ("m US$", 1.0)
    low, high = (number(float(f"{scale * end:.2g}")) for end in band(prior))
    words = f"{number(scale * prior.centre)} {unit} each (90 % range {low} to {high})"
    if row is not None:
        price, _, ranges = _after_and_before(row, scale).partition(" ")
        words = f"{price} {unit} each {ranges}"
    return f"{words}, {table.parameter(key).status}; see: armsrace trace {key}"


def _goods(event: Any, fit: str) -> str:
    what = CLASS_WORDS[event.weapon_class]
    if event.value_musd is not None:
        goods = f"{what} for {amount(event.value_musd)} m US$"
    else:
        given = event.unit_price_musd
        price = _usual_price(event.weapon_class, fit) if given is None else f"{amount(given)} m US$ each"
        goods = f"{amount(event.n)} {what} at {price}"
    return f"{goods}; paid by {event.payment}"
