"""Events of a class's own: which the page's form offers, and what each does, compiled once for every choice of names."""

from collections.abc import Iterator
from itertools import permutations, product
from typing import Any

from pydantic import ValidationError

from sim.classroom.model_data import Scripts, event_of, untouched
from sim.io.quarters import COUNT, PER_YEAR, name_of
from sim.model.network import DOMESTIC, FIRST, FOLLOWED, SECOND, network
from sim.model.parameters import CLASSES
from sim.scenario.fields import COUNTED_CLASSES
from sim.scenario.purchases import MOST_BUDGETS, TOLD_FROM, equipment_budgets

ID = "own"
SIDES = (FIRST, SECOND)
SPEAKERS = (FIRST, SECOND, FOLLOWED, "USA", "EU", "RUS")
BEGINNING = name_of(0)
# fields that are chosen, in order; the number, with the lowest, the usual and the highest on the form; whether it may end
FORMS: dict[str, dict[str, Any]] = {
    "deliver": {"fields": ["supplier", "buyer", "class", "payment"], "number": "n", "range": [1, 10, 100000]},
    "grant": {"fields": ["patron", "recipient"], "number": "value_musd", "range": [0, 20, 10000]},
    "visit": {"fields": ["actor", "target"]},
    "statement": {"fields": ["actor", "target"], "number": "tone", "range": [-1, -0.5, 1]},
    "dialogue": {"fields": [], "number": "level", "range": [0, 0.6, 1]},
    "kfor": {"fields": [], "number": "troops", "range": [0, 6, 100]},
    "guarantee": {"fields": ["state"], "number": "level", "range": [0, 0.5, 1], "until": True},
    "supplement": {"fields": ["actor"], "number": "change", "range": [-0.9, 0.1, 10], "until": True},
    "unrest": {"fields": ["actor"], "number": "level", "range": [0, 0.6, 1]},
    "incident": {"fields": ["severity"]},
    "accession": {"fields": [], "number": "level", "range": [0, 0.6, 1]},
    "embargo": {"fields": ["supplier", "buyer"], "until": True},
}


def own_events(scripts: Scripts) -> dict[str, Any]:
    """The forms, what each choice does, the places of the pool for the form's number, prices, and what a state can pay in a year."""
    does: dict[str, Any] = {}
    for kind, form in FORMS.items():
        for names in _names(kind):
            row = {"id": ID, "at": BEGINNING, "type": kind, **dict(zip(form["fields"], names, strict=True))}
            if "number" in form:
                # drones are counted, other arms are worth something
                is_worth = kind == "deliver" and names[2] not in COUNTED_CLASSES
                row["value_musd" if is_worth else form["number"]] = 1
            try:
                does["|".join((kind, *names))] = scripts.event(event_of(row))["does"]
            except ValidationError:
                continue  # two who have nothing to do with each other
    places = [place for size, place in scripts.sizes.items() if size.draw.startswith(f"{ID}.")]
    prices = {kind: untouched().parameter(f"{kind}_price").priors[0].centre for kind in COUNTED_CLASSES}
    equipment = {state: equipment_budgets(state)[: -(-COUNT // PER_YEAR)] for state in SIDES}
    return {
        "forms": FORMS, "does": does, "numbers": places, "counted": list(COUNTED_CLASSES), "prices": prices,
        "equipment": equipment, "told_from": TOLD_FROM, "most_budgets": MOST_BUDGETS,
    }  # fmt: skip


def _names(kind: str) -> Iterator[tuple[str, ...]]:
    """Every choice of names that a form may offer."""
    net = network()
    sellers = [code for code in net.suppliers if code != DOMESTIC]
    if kind == "deliver":
        yield from product(sellers, SIDES, CLASSES, ("budget", "credit", "grant"))
    elif kind == "embargo":
        yield from product(sellers, SIDES)
    elif kind == "grant":
        yield from product(net.patrons, SIDES)
    elif kind in ("visit", "statement"):
        yield from permutations(SPEAKERS, 2)
    elif kind == "incident":
        yield from (("standoff",), ("lethal",))
    else:
        yield from [(code,) for code in SIDES] if FORMS[kind]["fields"] else [()]
