"""What is odd in a scenario though nothing in it is wrong, in sentences (templates/oddity_words.txt)."""

from collections.abc import Iterator

from sim.data.tables import EVENTS_DOCUMENTED_UNTIL
from sim.io.assets import data_file
from sim.io.quarters import COUNT, index_of, name_of
from sim.io.templates import phrase
from sim.model.parameters import load_parameters
from sim.report.cost_text import purchase_sentences
from sim.scenario.event import EventBase
from sim.scenario.events.relations import Guarantee
from sim.scenario.levers import levers
from sim.scenario.loading import Scenario

WORDS = "oddity_words.txt"
BASELINE = "baseline"  # what others extend and are compared with
UNSOURCED = (None, "assumed")


def oddities(scenario: Scenario, base: Scenario | None, quarters: int = COUNT) -> Iterator[str]:
    """What a user may not have meant, the most serious first; of the library only what a run cannot feel.

    base     : what the scenario is compared with
    quarters : that the run simulates
    """
    added = _added(scenario, base)
    for event in added:
        if event.first_felt >= quarters:
            yield phrase(WORDS, "late", event.id, name_of(event.first_felt), name_of(quarters - 1))
        if isinstance(event, Guarantee) and not _cover(event.state, scenario):
            yield phrase(WORDS, "uncovered", event.id, event.state)
    if scenario.file.parent == data_file("scenarios"):
        return
    is_baseline = scenario.id == BASELINE
    if len(scenario.chain) == 1 and not is_baseline:
        yield phrase(WORDS, "alone")
    if base is None and not is_baseline:
        yield phrase(WORDS, "levels")
    elif base is not None and not levers(base, scenario):
        yield phrase(WORDS, "same", base.id)
    for event in added:
        if event.quarter <= index_of(EVENTS_DOCUMENTED_UNTIL) and event.source in UNSOURCED:
            yield phrase(WORDS, "early", event.id, event.at, EVENTS_DOCUMENTED_UNTIL)
    yield from purchase_sentences(scenario, base)


def _cover(state: str, scenario: Scenario) -> float:
    """How far a guarantee covers a state in a scenario, at the middle of what is declared."""
    table = load_parameters().with_overrides(scenario.parameters)
    return table.distributions[table.keys.index(f"guarantee_cover.{state}")].centre


def _added(scenario: Scenario, base: Scenario | None) -> list[EventBase]:
    """Events that a scenario has and the one that it is compared with has not."""
    known = set() if base is None else {event.id for event in base.events}
    return [] if base is None else [event for event in scenario.events if event.id not in known]
