"""Why tension and the hazard of incidents move: deliveries, words, threats, incidents, dialogue, peacekeepers, chance."""

from sim.causes_arms import capability
from sim.causes_deals import HISTORY_UNTIL
from sim.causes_threat import threat
from sim.causes_ties import dialogue, level, provoked, shock, tie
from sim.layout import ACTORS, NET, SRB, SRB_ACTOR, TIE_SRB_TUR, XKX, XKX_ACTOR
from sim.parts import Cause, Split, fixed, negative, of, sum_of_splits, through
from sim.phases import QUARTER
from sim.record import Record, told_once
from sim.rule_arrays import Array, on_arrays
from sim.rules import tension as rules
from sim.rules.elementary import effect, positive_part, weighted
from sim.rules.spending import chance_step
from sim.world import KOSOVO, SERBIA


@told_once
def tension(record: Record) -> list[tuple[Split, Split]]:
    """Tension in each quarter, as it goes into the hazard and at the quarter's end; the reference is its level of rest."""
    now, found = fixed(record.given("tension_rest")), []
    for quarter in range(record.quarters):
        strained = _disturbed(record, quarter, _strained(record, quarter, now))
        felt = through(weighted, weight=record.given("tension_incident"), amount=shock(record, quarter))
        now = through(rules.tension_raised, tension=strained, shock=felt)
        found.append((strained, now))
    return found


def _strained(record: Record, quarter: int, before: Split) -> Split:
    """Tension after it has relaxed, was raised and eased."""
    relaxed = through(
        rules.tension_relaxed,
        tension=before,
        rest=record.given("tension_rest"),
        decay=record.given("tension_decay"),
        damping=record.given("tension_dialogue"),
        dialogue=dialogue(record, quarter),
        years=QUARTER,
    )
    rise = _rise(record, quarter)
    shocks = sum_of_splits(*_shocks(record, quarter), through(positive_part, x=rise))
    raised = through(rules.tension_raised, tension=relaxed, shock=shocks)
    return through(rules.tension_eased, tension=raised, relief=through(positive_part, x=negative(rise)))


def _shocks(record: Record, quarter: int) -> tuple[Split, Split]:
    """What deliveries and hostile words add."""
    felt = [
        provoked(record, state, giver, quarter)
        for giver in range(ACTORS)
        if giver not in (SRB_ACTOR, XKX_ACTOR)
        for state in (SRB, XKX)
    ]
    words = through(rules.hostile_words, rhetoric=tie(record, TIE_SRB_TUR)[quarter].rhetoric, years=QUARTER)
    words = words.relabelled(lambda cause: Cause("words", *NET.ties[TIE_SRB_TUR], cause.event))
    return (
        through(weighted, weight=record.given("tension_delivery"), amount=sum_of_splits(fixed(record.nothing), *felt)),
        through(weighted, weight=record.given("tension_words"), amount=words),
    )


def _rise(record: Record, quarter: int) -> Split:
    """What the change of both sides' threat adds, or takes off."""
    none = fixed(record.nothing)
    now, last = (
        sum_of_splits(*(threat(record, state)[when] for state in (SRB, XKX))) if when >= 0 else none
        for when in (quarter, quarter - 1)
    )
    slope = on_arrays(
        rules.softened,
        amount=on_arrays(weighted, weight=record.given("coupling"), amount=record.given("tension_threat")),
        softening=record.given("dialogue_softening"),
        dialogue=record.row("dialogue", 0, quarter),
    )
    return through(effect, slope=slope, value=now, reference=last)


def _disturbed(record: Record, quarter: int, tension: Split) -> Split:
    """Tension after its chance part."""
    if quarter <= HISTORY_UNTIL:
        return tension
    spread = on_arrays(
        rules.softened,
        amount=on_arrays(weighted, weight=record.given("chance"), amount=record.given("tension_spread")),
        softening=record.given("dialogue_softening"),
        dialogue=record.row("dialogue", 0, quarter),
    )
    surprise = on_arrays(chance_step, spread=spread, years=QUARTER, deviate=record.row("tension_luck", 0, quarter))
    return through(rules.tension_disturbed, tension=tension, surprise=of(surprise, Cause("chance", what="tension")))


@told_once
def exponent(record: Record, quarter: int) -> Split:
    """Logarithmic effects of all that the hazard hangs on; zero at the reference."""
    strained, _ = tension(record)[quarter]
    rest = record.given("tension_rest")
    deterrence = on_arrays(weighted, weight=record.given("coupling"), amount=record.given("deterrence"))
    balance = through(
        effect, slope=deterrence, value=capability(record, XKX)[quarter], reference=capability(record, SRB)[quarter]
    )
    return sum_of_splits(
        through(effect, slope=record.given("hazard_tension"), value=strained, reference=rest),
        negative(
            through(
                effect,
                slope=record.given("hazard_troops"),
                value=troops(record, quarter),
                reference=record.given("troops_reference"),
            )
        ),
        negative(balance.relabelled(lambda cause: Cause("balance", cause.who, cause.what, cause.event))),
        _unrest(record, quarter),
        through(weighted, weight=record.given("hazard_election"), amount=level(record, "election", "", quarter)),
    )


def _unrest(record: Record, quarter: int) -> Split:
    """What unrest in Serbia adds."""
    slope = on_arrays(
        weighted, weight=record.row("diversion_share", 0, quarter), amount=record.given("hazard_unrest")
    )
    return through(
        effect, slope=slope, value=level(record, "unrest", SERBIA, quarter), reference=record.given("unrest_reference")
    )


def troops(record: Record, quarter: int) -> Split:
    """Peacekeepers, by what was agreed and what was called up."""
    agreed = level(record, "troops_agreed", "", quarter)
    scripted = level(record, "reserve_scripted", "", quarter)
    called: Array = record.row("troops", 0, quarter) - agreed.value - scripted.value
    return sum_of_splits(agreed, scripted, of(called, Cause("reserve")))


def hazard(record: Record, quarter: int) -> Split:
    """Rate of serious incidents; its reference is the reference rate."""
    return through(
        rules.hazard,
        reference=record.given("hazard_reference"),
        exponent=exponent(record, quarter),
        hazard_max=record.given("hazard_max"),
    )


DYAD = (SERBIA, KOSOVO)
