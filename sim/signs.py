"""Where the direction of an effect follows from an assumption alone: decided from the parameters' status and priors."""

from collections.abc import Iterable
from typing import Any

from sim.distributions import Distribution
from sim.parameter_table import ParameterTable, UnknownParameterError

WEAK = ("assumed", "unverified")
AGREED = (
    0.95 - 1e-9
)  # share of worlds that must move the same way, strictly, before a sign is named; less a rounding error
CONTESTED = ("hazard", "incidents")  # of arms: spiral and deterrence oppose each other, and the model holds both
ARMS_EVENTS = ("order", "deliver", "offer", "grant", "agreement", "embargo", "force_choice", "support")
HAZARD_RESTS_ON = ("hazard_tension", "hazard_troops", "hazard_unrest")  # where no arms move

# the parameters that decide in which direction a variable moves; its sign is assumed when all of them are
SIGN_RESTS_ON = {
    "spending": ("reaction.{actor}",),
    "attitude": (
        "cooperation_sensitivity",
        "rhetoric_sensitivity",
        "gratitude",
        "visit_effect",
        "dialogue_rapprochement",
    ),
    "rhetoric": ("rhetoric_sensitivity",),
    "relation": ("cooperation_sensitivity", "gratitude", "visit_effect", "dialogue_rapprochement"),
    "tension": ("tension_delivery", "tension_threat", "tension_words", "tension_dialogue"),
    "capability": ("reaction.{actor}",),
    "threat": ("rivalry", "hostility_weight"),
    "supplier_choice": ("memory_weight",),
    "patron_support": ("counter_threat_slope", "counter_relation_slope"),
    "trade": ("trade_sensitivity",),
}
SET_BY_EVENT = {"spending": ("supplement",)}  # events that move the variable of their actor themselves


def events_changed(scenario: Any, baseline: Any) -> tuple[Any, ...]:
    """Events that only one of two scenarios has, or that differ between them; all of them without a baseline."""
    ours = {event.id: event for event in scenario.events}
    theirs = {} if baseline is None else {event.id: event for event in baseline.events}
    return tuple(
        ours.get(id_) or theirs[id_]
        for id_ in (*ours, *(other for other in theirs if other not in ours))
        if id_ not in ours or id_ not in theirs or ours[id_].plain() != theirs[id_].plain()
    )


def only_events_changed(scenario: Any, baseline: Any) -> tuple[Any, ...]:
    """Events in which two scenarios differ, where nothing else differs between them; else none."""
    is_alike = baseline is not None and scenario.parameters == baseline.parameters
    return events_changed(scenario, baseline) if is_alike else ()


def is_contested(variable: str, changed: Iterable[object]) -> bool:
    """Whether the sign of a variable's change is contested: that of the hazard, unless events are all that changed and
    none of them moves arms."""
    types = [getattr(event, "type", "") for event in changed]
    return variable in CONTESTED and (not types or any(kind in ARMS_EVENTS for kind in types))


def assumed_signs(variable: str, actor: str, table: ParameterTable, events: Iterable[object] = ()) -> tuple[str, ...]:
    """The parameters on which the sign of a variable's change rests, if none of them is measured and no prior reaches
    the other sign; else nothing."""
    if any(
        getattr(event, "type", "") in SET_BY_EVENT.get(variable, ()) and getattr(event, "actor", "") == actor
        for event in events
    ):
        return ()
    keys = tuple(name.format(actor=actor) for name in SIGN_RESTS_ON.get(variable, ()))
    return keys if keys and all(_is_assumed(table, key) for key in keys) else ()


def _is_assumed(table: ParameterTable, key: str) -> bool:
    try:
        rows = table.rows_of(key)
    except UnknownParameterError:
        return False
    return table.parameter(key).status in WEAK and all(lowest(table.distributions[row]) >= 0.0 for row in rows)


def lowest(prior: Distribution) -> float:
    """The smallest value that a prior can draw."""
    bottom = {
        "fixed": prior.centre,
        "uniform": prior.centre,
        "lognormal": 0.0,
        "half_normal": 0.0,
        "one_plus_lognormal": 1.0,
    }
    return max(prior.low, bottom.get(prior.kind, prior.low))
