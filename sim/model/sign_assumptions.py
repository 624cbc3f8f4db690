"""Where the direction of an effect follows from an assumption alone: decided from the parameters' status and priors.

A variable is moved along paths, each a parameter or a product of some. Its sign is assumed where no path that is open can
be negative and none is measured throughout. A path is shut where one of its parameters is nought in every world, by the
user's word or the scenario's. What bought arms are worth inherits the paths of the spending that buys them.

Fear of incidents is a path of spending whose direction is that of the rate of incidents. Where it is the only one left, with
the reaction to threat put at nought, the sign of spending is that of the rate: contested where arms move, else assumed.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from sim.model.distributions import Distribution
from sim.model.parameter_table import ParameterTable, UnknownParameterError

WEAK = ("assumed", "unverified")
AGREED = (
    0.95 - 1e-9
)  # share of worlds that must move the same way, strictly, before a sign is named; less a rounding error
CONTESTED = ("hazard", "incidents")  # of arms: spiral and deterrence oppose each other, and the model holds both
HAZARD_RESTS_ON = ("hazard_tension", "hazard_troops", "hazard_guarantee")  # where no arms move

FEAR = ("outlay_per_probability", "fatal_share")  # their product is how the rate of incidents reaches a budget
AFRAID = ("SRB", "XKX")  # whose budgets it reaches
BUDGET = ("reaction.{actor}", *FEAR)
HOME = ("diversion",)  # how unrest at home reaches a budget; a path where a scenario changes unrest
PATRONS = ("counter_threat_slope", "counter_relation_slope")
ARMED_BY_PATRONS = "SRB"

# the parameters that decide in which direction a variable moves
SIGN_RESTS_ON = {
    "spending": BUDGET,
    "burden": BUDGET,
    "capital_stock": BUDGET,
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
    "patron_support": PATRONS,
    "trade": ("trade_sensitivity",),
}
BOUGHT = ("capital_stock",)  # stocks that a budget buys


def events_changed(scenario: Any, baseline: Any) -> tuple[Any, ...]:
    """Events that only one of two scenarios has, or that differ between them; all of them without a baseline."""
    events = {event.id: event for event in scenario.events}
    base_events = {} if baseline is None else {event.id: event for event in baseline.events}
    removed = tuple(event for id_, event in base_events.items() if id_ not in events)
    changed = (
        event for id_, event in events.items() if id_ not in base_events or event.plain() != base_events[id_].plain()
    )
    return (*changed, *removed)


def only_events_changed(scenario: Any, baseline: Any) -> tuple[Any, ...]:
    """Events in which two scenarios differ, where nothing else differs between them; else none."""
    is_alike = baseline is not None and scenario.parameters == baseline.parameters
    return events_changed(scenario, baseline) if is_alike else ()


def is_contested(variable: str, changed: Iterable[Any]) -> bool:
    """Whether the sign of a variable's change is contested: that of the hazard, unless events are all that changed and
    none of them moves arms."""
    events = tuple(changed)
    return variable in CONTESTED and (not events or any(event.moves_arms for event in events))


def assumed_signs(
    variable: str,
    actor: str,
    table: ParameterTable,
    events: Iterable[Any] = (),
    chosen: Collection[str] = (),
) -> tuple[str, ...]:
    """The parameters on which the sign of a variable's change rests, if no open path is measured throughout and no prior
    reaches the other sign; else nothing.

    events : in which the two worlds differ
    chosen : parameters whose value is the user's own; they are left out
    """
    changed = tuple(events)
    paths = open_paths(variable, actor, table, changed)
    if _is_set(variable, actor, changed) or not all(_is_assumed(table, path) for path in paths):
        return ()
    return tuple(dict.fromkeys(key for path in paths for key in path if _is_weak(table, key) and key not in chosen))


def open_paths(
    variable: str, actor: str, table: ParameterTable, events: Iterable[Any] = ()
) -> tuple[tuple[str, ...], ...]:
    """The paths along which a variable can move, each the parameters of a product; none that a nought shuts."""
    return tuple(
        path for path in _paths(variable, actor, tuple(events)) if not any(_is_nought(table, key) for key in path)
    )


def is_moved_by_fear_alone(variable: str, actor: str, table: ParameterTable, events: Iterable[Any] = ()) -> bool:
    """Whether fear of incidents is the only path along which a variable can still move, so that it follows their rate."""
    changed = tuple(events)
    return not _is_set(variable, actor, changed) and open_paths(variable, actor, table, changed) == (FEAR,)


def _paths(variable: str, actor: str, events: tuple[Any, ...]) -> Iterator[tuple[str, ...]]:
    names = tuple(name.format(actor=actor) for name in SIGN_RESTS_ON.get(variable, ()))
    yield from ((name,) for name in names if name not in FEAR)
    if set(FEAR) <= set(names):
        if actor in AFRAID:
            yield FEAR
        if any("unrest" in event.moves for event in events):
            yield HOME
    if variable in BOUGHT and actor == ARMED_BY_PATRONS:
        yield from ((name,) for name in PATRONS)


def _is_set(variable: str, actor: str, events: Iterable[Any]) -> bool:
    """Whether an event moves the variable itself, by what its file says and by no parameter."""
    return any(
        getattr(event, event.moves.get(variable, ""), "") == actor and not _leaves_capital(event) for event in events
    )


def _leaves_capital(event: Any) -> bool:
    """Whether it brings drones, which are counted apart, or arms that the budget pays, which are in its purchases."""
    return getattr(event, "n", None) is not None or getattr(event, "payment", "") == "budget"


def _is_assumed(table: ParameterTable, path: Iterable[str]) -> bool:
    """Whether a path cannot be negative, and something in it is not measured."""
    keys = tuple(path)
    return any(_is_weak(table, key) for key in keys) and all(
        min((lowest(table.distributions[row]) for row in _rows(table, key)), default=-1.0) >= 0.0 for key in keys
    )


def _is_weak(table: ParameterTable, key: str) -> bool:
    return bool(_rows(table, key)) and table.parameter(key).status in WEAK


def _is_nought(table: ParameterTable, key: str) -> bool:
    """Whether a parameter is nought in every world."""
    priors = [table.distributions[row] for row in _rows(table, key)]
    return bool(priors) and all(prior.kind == "fixed" and prior.centre == 0.0 for prior in priors)


def _rows(table: ParameterTable, key: str) -> Sequence[int]:
    try:
        return table.rows_of(key)
    except UnknownParameterError:
        return ()


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
