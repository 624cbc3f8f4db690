"""What a scenario costs those who pay for it, in sentences (templates/cost_words.txt)."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from sim.analysis.topics import HORIZON
from sim.data.actors import actor_name
from sim.ensembles.identifiability import learned
from sim.ensembles.registry import PRIOR
from sim.io.formatting import PER_CENT
from sim.io.quarters import index_of, name_of
from sim.io.templates import phrase
from sim.model.network import network
from sim.model.variables import Series
from sim.scenario.event_types import event_models
from sim.scenario.levers import events_changed
from sim.scenario.loading import Scenario
from sim.scenario.purchases import purchase_of

if TYPE_CHECKING:
    from sim.analysis.results import Run

WORDS = "cost_words.txt"
MOST = 3  # buyers that are told
OWED_FROM = 0.1  # million US$ below which a debt is left out


def purchase_sentences(scenario: Scenario, base: Scenario | None, fit: str = PRIOR) -> Iterator[str]:
    """Of each purchase that a scenario adds or changes and that is more than its buyer can pay in a year, what it displaces.

    fit : the ensemble at whose medians prices and budgets are taken
    """
    kept = {event.id for event in scenario.events}
    for event in events_changed(scenario, base):
        if event.id in kept and (words := purchase_words(event, fit)):
            yield words


def purchase_words(event: Any, fit: str) -> str:
    """What a purchase displaces; nothing where it displaces little, or where no budget pays."""
    bought = purchase_of(event, {key: row.posterior.middle for key, row in learned(fit).items()})
    if bought is None or not bought.is_told:
        return ""
    return phrase(WORDS, "purchase", bought, actor_name(bought.buyer), event.id)


def prices(events: Iterable[Any]) -> Iterator[tuple[str, str]]:
    """The price of each type among some events, once, in the order of the types: (name of the type, price)."""
    tags = {event.tag() for event in events if hasattr(event, "tag")}
    yield from ((tag, model.price) for tag, model in event_models().items() if tag in tags)


def displaced(run: "Run") -> str:
    """What buyers owe and no longer buy because of the scenario; nothing where no budget pays for more or less."""
    last = min(run.quarters - 1, index_of(f"{HORIZON}Q4"))
    debtors = [row for state in network().states if (row := _displaced_in(run, state, last))]
    rows = sorted(debtors, key=lambda row: -abs(row["owed"]))[:MOST]
    return phrase(WORDS, "displaced", rows, name_of(last)) if rows else ""


def _displaced_in(run: "Run", state: str, last: int) -> dict[str, Any]:
    owed, capital = (run.by_series.get(Series(name, state)) for name in ("owed", "capital_stock"))
    if owed is None or owed.difference is None:
        return {}
    debt = owed.difference.median[: last + 1]
    most = max(range(len(debt)), key=lambda quarter: abs(debt[quarter]))
    if abs(debt[most]) < OWED_FROM:
        return {}
    equipment = None
    if capital is not None and capital.difference is not None and capital.baseline is not None:
        equipment = PER_CENT * float(capital.difference.median[last] / capital.baseline.median[last])
    return {"state": actor_name(state), "owed": float(debt[most]), "most": name_of(most), "equipment": equipment}
