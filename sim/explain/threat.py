"""Why a state feels threatened: each rival's arms by class, its own, its guarantors, and hostility."""

from typing import Any

from sim.engines.compiled.layout import NET, RIVAL_STATES, RIVAL_TIE, RIVALS_FROM, RIVALS_OF
from sim.explain.arms import capability
from sim.explain.attribution import Attributed, Cause, apply, apply_sequentially, single_cause, total
from sim.explain.events import level, openness, troops
from sim.explain.recorded_run import Record, by_quarter, cached
from sim.explain.relations import tie
from sim.model.calendar import QUARTER
from sim.rules import capability as rules
from sim.rules.elementary import share_of


@by_quarter
def threat(record: Record, state: int, quarter: int, _: Attributed | None) -> Attributed:
    """Threat that a state perceives; its reference is the threat of the arms, guarantees and hostility of the start."""
    places = range(RIVALS_FROM[state], RIVALS_FROM[state] + RIVALS_OF[state])
    return total([_threat_from(record, place, quarter) for place in places], record.zeros)


@cached
def threat_rise(record: Record, state: int, quarter: int) -> Attributed:
    """Threat beyond that which the published budgets already answer; its reference is zero."""
    felt = threat(record, state)[quarter]
    answered = record.row("threat_reference", state, quarter) - felt.reference
    return felt - single_cause(answered, Cause("answered", NET.states[state])) - felt.reference


def _threat_from(record: Record, place: int, quarter: int) -> Attributed:
    """Threat that one rival is, times its share."""
    state, rival = (int(one) for one in RIVAL_STATES[place])
    e = int(RIVAL_TIE[place])
    hostile = apply(rules.hostility, attitude=tie(record, e)[quarter].attitude)
    overstated = apply(
        rules.misperception,
        exaggeration=record.param("exaggeration", state),
        transparency=openness(record, state, rival, quarter),
    )
    read = apply(rules.arms_read, capability=capability(record, rival)[quarter], misperception=overstated)
    felt = apply_sequentially(
        rules.threat_from,
        hostility=hostile.relabelled(lambda cause: Cause("hostility", *NET.ties[e], cause.event)),
        arms=read,
        own_arms=capability(record, state)[quarter],
        guarantee=_guarantee(
            record,
            state,
            level(record, "commitment", NET.states[state], quarter),
            apply(share_of, part=troops(record, quarter), whole=record.param("troops_reference")),
        ),
    )
    return record.param("threat_share", place) * felt


def growth_of_arms(record: Record, state: int, quarter: int) -> Attributed:
    """Logarithmic change of a state's capability beside that of its guarantors, beyond the growth of its economy."""
    years = single_cause(record.zeros + float(quarter) * QUARTER, Cause("arms", NET.states[state], "budget"))
    return apply_sequentially(
        rules.capability_change,
        capability=capability(record, state)[quarter],
        capability_start=record.row("capability_start", state, quarter),
        trend_growth=record.param("gdp_growth", state),
        years=years,
        guarantee=_guarantee(record, state, 1.0, 1.0),
        alone=record.param("deterrence_alone"),
    )


def _guarantee(record: Record, state: int, commitment: Any, presence: Any) -> Attributed:
    """What a state's guarantors add to its own arms; where their promise holds and peacekeepers are as many as at the start, both are 1."""
    return apply(
        rules.guarantee,
        worth=record.param("guarantee_worth"),
        cover=record.param("guarantee_cover", state),
        commitment=commitment,
        presence_share=record.param("guarantee_presence", state),
        presence=presence,
    )
