"""What the tool says about its own answer: how large the noise is, what a direction rests on, what the sources disagree on.

Everything is computed from the run or read from `seeds/`; only what concerns the scenario is said, in the words of
templates/caveats.txt.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from sim.analysis.findings import Finding, setting_name
from sim.data.actors import actor_name
from sim.data.tables import rows_by_id
from sim.io.formatting import PER_CENT, fixed
from sim.io.templates import points
from sim.model.directions import LABELS, MEANING, UNCLEAR
from sim.model.network import FIRST, GUARDED, REGION
from sim.model.theories import theories
from sim.report.sources import ensemble_note, fit_label

if TYPE_CHECKING:
    from sim.analysis.results import Run

PRICE_LEVEL = "price-USA-2023-2024"


def caveats(run: "Run", rows: tuple[Finding, ...]) -> tuple[str, ...]:
    """What a careful reader should know about these rows, and what the sources leave open."""
    rivals = theories()
    return points(
        "caveats.txt",
        **_size_and_noise(run, rows),
        run=run,
        fit=fit_label(run.fit),
        labelled=list(_labelled(rows)),
        ensemble_note=ensemble_note(run.fit),
        arms_guarded=_arms_guarded(run),
        theories=rivals,
        theory=rivals.get(run.theory or ""),
        others=[rival for name, rival in rivals.items() if name != run.theory],
        replaced=theory_replaced(run),
        disputes=_disputes(run),
    )


def _labelled(rows: Sequence[Finding]) -> Iterator[tuple[str, str, Finding]]:
    """Each label of a clear direction, what it means, and the first row that has it."""
    for label in LABELS:
        first = next((row for row in rows if row.label == label != UNCLEAR), None)
        if first is not None:
            yield label, MEANING[label], first


def _size_and_noise(run: "Run", rows: tuple[Finding, ...]) -> dict[str, Any]:
    """The largest change of the first side's spending, and what moves a budget that nothing disturbs."""
    noise = run.parameters.distributions[run.parameters.offset("growth_spread")].centre * PER_CENT
    sized = [row for row in rows if row.topic.variable == "spending" and row.topic.actor == FIRST]
    largest = max(sized, key=lambda row: abs(row.median), default=None)
    return {"largest": largest, "noise": noise, "is_below_noise": largest is not None and abs(largest.median) < noise}


def theory_replaced(run: "Run") -> list[str]:
    """Settings that replace what the run's theory fixes."""
    keys = theories()[run.theory].parameters if run.theory is not None else {}
    return [text for text in run.settings if any(_overlap(setting_name(text), key) for key in keys)]


def _overlap(name: str, key: str) -> bool:
    """Whether two names of parameters mean some number in common."""
    return f"{name}.".startswith(f"{key}.") or f"{key}.".startswith(f"{name}.")


def _arms_guarded(run: "Run") -> bool:
    """Whether scenario and baseline differ in arms for the guarded side, which documents read in rival ways."""
    events = (*run.scenario.events, *(() if run.baseline is None else run.baseline.events))
    orders = {event.id: event for event in events}
    changed = [orders.get(getattr(event, "ref", None), event) for event in run.changed_events]
    return any(GUARDED in (getattr(event, "buyer", ""), getattr(event, "recipient", "")) for event in changed)


# ---- figures that are contradicted, missing or without a source ------------------------------------------------------


def _disputes(run: "Run") -> list[list[dict[str, Any]]]:
    """The figures behind the changed events, each group with what it is set against."""
    known = REGION.disputed
    groups = (known[key] for event in run.changed_events for key in _dispute_keys(event) if key in known)
    return [[_figure(id_) for id_ in ids] for ids in dict.fromkeys(groups)]


def _dispute_keys(event: Any) -> tuple[str, ...]:
    weapon_class, kind = getattr(event, "weapon_class", ""), event.type
    return kind, weapon_class, f"{weapon_class}.{getattr(event, 'buyer', '')}", f"{kind}.{getattr(event, 'actor', '')}"


def _figure(id_: str) -> dict[str, Any]:
    row = rows_by_id("figures")[id_]
    number = fixed(float(row["value"])) if row["value"] else ""
    return {
        "actor": actor_name(row["subject"]),
        "row": row,
        "number": number,
        "id": id_,
        "other_level": _other_level(id_),
    }


def _other_level(id_: str) -> str:
    """The level of spending in another source, in the same prices."""
    level = next((f"milex-{state}-2023" for state, figure in REGION.spending_figures.items() if figure == id_), "")
    if not level:
        return ""
    context = rows_by_id("context")
    dollars = 1e6 * float(context[level]["value"]) / float(context[PRICE_LEVEL]["value"])
    return f"{fixed(dollars)} USD of 2023 ({level})"
