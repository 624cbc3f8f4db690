"""Why a state feels threatened: each rival's arms by class, its own, and hostility."""

from sim.engines.compiled.layout import NET, RIVAL_STATES, RIVAL_TIE, RIVALS_FROM, RIVALS_OF
from sim.explain.arms import capability
from sim.explain.attribution import Cause, Split, fixed, sum_of_splits, through
from sim.explain.events import openness
from sim.explain.recorded_run import Record, told_once
from sim.explain.relations import tie
from sim.rules import capability as rules
from sim.rules.elementary import effect, weighted


@told_once
def threat(record: Record, state: int) -> list[Split]:
    """Threat that a state perceives in each quarter; zero at the start."""
    return [_threat(record, state, quarter) for quarter in range(record.quarters)]


def _threat(record: Record, state: int, quarter: int) -> Split:
    places = range(RIVALS_FROM[state], RIVALS_FROM[state] + RIVALS_OF[state])
    arms = [_arms(record, place, quarter) for place in places]
    hostile = [_hostility(record, place, quarter) for place in places if RIVAL_TIE[place] >= 0]
    none = fixed(record.nothing)
    return through(
        rules.threat,
        rival_pressure=sum_of_splits(none, *arms),
        own_change=capability(record, state)[quarter],
        rivalry=record.given("rivalry"),
        double_standard=record.given("double_standard", state),
        hostility_pressure=sum_of_splits(none, *hostile),
        hostility_weight=record.given("hostility_weight"),
    )


def _arms(record: Record, place: int, quarter: int) -> Split:
    """One rival's arms as the state reads them, times the rival's share."""
    state, rival = (int(one) for one in RIVAL_STATES[place])
    overstated = through(
        rules.misperception,
        exaggeration=record.given("exaggeration", state),
        transparency=openness(record, state, rival, quarter),
    )
    read = through(rules.change_perceived, change=capability(record, rival)[quarter], misperception=overstated)
    return through(weighted, weight=record.given("threat_share", place), amount=read)


def _hostility(record: Record, place: int, quarter: int) -> Split:
    """Change of a state's hostility to one rival, times the rival's share."""
    e = int(RIVAL_TIE[place])
    hostile = through(rules.hostility, attitude=tie(record, e)[quarter].attitude)
    felt = through(
        effect,
        slope=record.given("threat_share", place),
        value=hostile,
        reference=record.row("hostility_start", e, quarter),
    )
    return felt.relabelled(lambda cause: Cause("hostility", *NET.ties[e], cause.event))
