"""Why a state feels threatened: each rival's arms by class, its own, and hostility."""

from sim.engines.compiled.layout import NET, RIVAL_STATES, RIVAL_TIE, RIVALS_FROM, RIVALS_OF
from sim.explain.arms import capability
from sim.explain.attribution import Attributed, Cause, apply, total
from sim.explain.events import openness
from sim.explain.recorded_run import Record, by_quarter
from sim.explain.relations import tie
from sim.rules import capability as rules


@by_quarter
def threat(record: Record, state: int, quarter: int, _: Attributed | None) -> Attributed:
    """Threat that a state perceives; zero at the start."""
    places = range(RIVALS_FROM[state], RIVALS_FROM[state] + RIVALS_OF[state])
    hostile = [_hostility(record, place, quarter) for place in places if RIVAL_TIE[place] >= 0]
    return apply(
        rules.threat,
        rival_pressure=total([_arms(record, place, quarter) for place in places], record.zeros),
        own_change=capability(record, state)[quarter],
        rivalry=record.param("rivalry"),
        double_standard=record.param("double_standard", state),
        hostility_pressure=total(hostile, record.zeros),
        hostility_weight=record.param("hostility_weight"),
    )


def _arms(record: Record, place: int, quarter: int) -> Attributed:
    """One rival's arms as the state reads them, times the rival's share."""
    state, rival = (int(one) for one in RIVAL_STATES[place])
    overstated = apply(
        rules.misperception,
        exaggeration=record.param("exaggeration", state),
        transparency=openness(record, state, rival, quarter),
    )
    read = apply(rules.change_perceived, change=capability(record, rival)[quarter], misperception=overstated)
    return record.param("threat_share", place) * read


def _hostility(record: Record, place: int, quarter: int) -> Attributed:
    """Change of a state's hostility to one rival, times the rival's share."""
    e = int(RIVAL_TIE[place])
    hostile = apply(rules.hostility, attitude=tie(record, e)[quarter].attitude)
    change = record.param("threat_share", place) * (hostile - record.row("hostility_start", e, quarter))
    return change.relabelled(lambda cause: Cause("hostility", *NET.ties[e], cause.event))
