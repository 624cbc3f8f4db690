"""A scenario in words: its question, what it changes against another, event by event, and the documents it rests on."""

from collections.abc import Iterator
from typing import Any

from sim.data.region import region, region_option
from sim.ensembles.registry import DEFAULT_FIT
from sim.ensembles.registry import chosen as ensemble_named
from sim.io.assets import data_file
from sim.io.errors import shown_path
from sim.io.terminal import bullet, entry, paragraph
from sim.report.cost_text import prices, purchase_sentences
from sim.report.event_text import SeriesSummary, amount, event_words, groups_in_order, series_name
from sim.report.source_tables import exports_row_of
from sim.report.sources import citation
from sim.report.trace_uses import library
from sim.scenario.event_types import event_models
from sim.scenario.loading import Scenario, list_scenarios

NO_GROUP = "Other"
NO_COSTS = "The file does not say what this costs."
NOT_DOCUMENTS = ("assumed", "model-derived")


def library_document() -> dict[str, Any]:
    """What `list --format json` prints."""
    rows = [
        {"id": listing.id, "title": listing.title, "group": listing.group, "file": str(listing.file)}
        for listing in list_scenarios()
    ]
    return {"scenarios": rows, "prices": {tag: model.price for tag, model in event_models().items()}}


def library_lines() -> Iterator[str]:
    """The lines of `list`: the scenarios of the library by question, with their titles."""
    listings = list_scenarios()
    width = max((len(listing.id) for listing in listings), default=0)
    for group in groups_in_order(listing.group for listing in listings):
        yield group or NO_GROUP
        yield from (entry(listing.id, listing.title, width) for listing in listings if listing.group == group)
        yield ""
    if region().library_note:
        yield paragraph(region().library_note)
    yield paragraph(
        "Every lever has a price in money, capability or relations, or none is counted and the reason is given: armsrace show ID tells it."
    )
    chosen = "".join(f" {word}" for word in region_option())
    yield f"Next: armsrace show ID{chosen} (what it changes), armsrace run ID{chosen} (what that does)"


def resolved_text(chosen: Scenario) -> str:
    """The whole scenario as YAML, with everything it extends."""
    import yaml

    text = yaml.safe_dump(chosen.resolved(), sort_keys=False, allow_unicode=True, width=100)
    return f"# {chosen.id}, with everything it extends: {' <- '.join(reversed(chosen.chain))}\n{text.rstrip()}"


def description(chosen: Scenario, base: Scenario | None) -> dict[str, Any]:
    """What `show --format json` prints: the resolved scenario and what it changes."""
    changed, removed = _event_changes(chosen, base)
    return {
        "id": chosen.id,
        "chain": list(chosen.chain),
        "baseline": None if base is None else base.id,
        "resolved": chosen.resolved(),
        "changes": {
            "parameters": {key: _to_json(value) for key, value in _parameter_changes(chosen, base).items()},
            "events": [event.plain() for event in changed],
            "removed": [event.id for event in removed],
        },
        "prices": dict(prices((*changed, *removed))),
        "purchases": list(purchase_sentences(chosen, base)),
    }


def scenario_lines(chosen: Scenario, base: Scenario | None) -> Iterator[str]:
    """The lines of `show`."""
    yield from (paragraph(chosen.title), "")
    yield entry("question", chosen.question)
    yield entry("group", chosen.group or NO_GROUP)
    yield entry("extends", " <- ".join(reversed(chosen.chain[:-1])) or "nothing")
    yield entry("compared to", base.id if base else "nothing")
    yield entry("expected", chosen.expects)
    yield entry("comment", chosen.comment)
    yield from (entry("costs", chosen.costs or NO_COSTS), "")
    yield f"Changes against {base.id}" if base else "What it sets, beyond the declared parameters"
    yield from _change_lines(chosen, base)
    yield from _price_lines(chosen, base)
    if chosen.documents:
        yield from ("", "Documents", *(bullet(citation(document)) for document in chosen.documents))
    typed = chosen.id if chosen.file.parent == data_file("scenarios") else shown_path(chosen.file)
    steps = [f"run {typed}", f"show {typed} --resolved", *(f"trace {name}" for name in _traceable(chosen, base))]
    yield from ("", "Next:", *(" ".join(["  armsrace", step, *region_option()]) for step in steps))


def _change_lines(chosen: Scenario, base: Scenario | None) -> Iterator[str]:
    changed, removed = _event_changes(chosen, base)
    parameters = _parameter_changes(chosen, base)
    fit = ensemble_named(DEFAULT_FIT)
    known = [*chosen.events, *removed]
    for key, value in parameters.items():
        yield bullet(f"{key} = {value if isinstance(value, str) else amount(value)}")
    for event in _with_series_joined(changed):
        yield bullet(f"{event_words(event, known, fit)} {badge(event)}")
    for event in _with_series_joined(removed):
        yield bullet(f"without {event.id}: {event_words(event, known, fit)}")
    if not (changed or removed or parameters):
        yield "  nothing"


def _price_lines(chosen: Scenario, base: Scenario | None) -> Iterator[str]:
    """What is more than its buyer can pay in a year, and the price of each type of event that changes."""
    notes = list(purchase_sentences(chosen, base))
    levers = list(prices(event for kind in _event_changes(chosen, base) for event in kind))
    if notes or levers:
        yield from ("", "Price")
        yield from map(bullet, notes)
        yield from (bullet(f"{name}: {price}") for name, price in levers)


def _traceable(chosen: Scenario, base: Scenario | None) -> list[str]:
    """One name to trace: an event that the library knows, or a parameter that the scenario sets."""
    events = [event for kind in _event_changes(chosen, base) for event in kind]
    known = {event.id for scenario in library() for event in scenario.events}
    names = [event.id for event in events if series_name(event.id) is None and event.id in known]
    return [*names, *chosen.parameters][:1]


def _parameter_changes(chosen: Scenario, base: Scenario | None) -> dict[str, Any]:
    before = base.parameters if base else {}
    back = {key: "as declared" for key in before if key not in chosen.parameters}
    return {key: value for key, value in chosen.parameters.items() if before.get(key) != value} | back


def _event_changes(chosen: Scenario, base: Scenario | None) -> tuple[list[Any], list[Any]]:
    """Events that are new or different, and events of the base that do not happen, in time order."""
    before = {event.id: event for event in base.events} if base else {}
    kept = {event.id for event in chosen.events}
    changed = [event for event in chosen.events if event.id not in before or before[event.id].plain() != event.plain()]
    return changed, [event for event in before.values() if event.id not in kept]


def _with_series_joined(events: list[Any]) -> list[Any]:
    """Events in order, with only the first entry of every series; its words say how many there are."""
    kept: list[Any] = []
    seen: dict[str, SeriesSummary] = {}
    for event in events:
        name = series_name(event.id)
        if name is None:
            kept.append(event)
        elif name in seen:
            seen[name].entries.append(event)
        else:
            seen[name] = SeriesSummary(name, [event])
            kept.append(seen[name])
    return kept


def badge(event: Any) -> str:
    """Where an event is known from: a document, other press or data, or nobody but us."""
    row = exports_row_of(getattr(event, "name", ""), getattr(event, "entries", ()))
    if row is not None:
        return f"[004, Table 1, row {row}]"
    source, locator = getattr(event, "source", None), getattr(event, "locator", "")
    if source is None or source in NOT_DOCUMENTS:
        return "[assumed]"
    return f"[{source}{', ' + locator if locator else ''}]"


def _to_json(value: Any) -> Any:
    return value.plain() if hasattr(value, "plain") else value
