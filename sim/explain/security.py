"""Why tension and the hazard of incidents move: deliveries, words, threats, incidents, dialogue, peacekeepers, chance."""

from sim.engines.compiled.layout import ACTORS, NET, QUARTER, SIDES, SRB, SRB_ACTOR, TIE_SRB_TUR, XKX, XKX_ACTOR
from sim.engines.compiled.vectorized import Array, on_arrays
from sim.explain.arms import capability, spending_start
from sim.explain.attribution import Cause, Split, fixed, in_turn, negative, of, sum_of_splits, through
from sim.explain.deliveries import HISTORY_UNTIL, felt
from sim.explain.events import command, dialogue, forum, level, scripted, shock
from sim.explain.recorded_run import Record, told_once
from sim.explain.relations import tie
from sim.explain.supplier_history import held_in_all
from sim.explain.threat import threat
from sim.model.network import SERBIA
from sim.rules import tension as rules
from sim.rules.elementary import effect, positive_part, weighted
from sim.rules.relations import pair_mean
from sim.rules.spending import chance_step


@told_once
def tension(record: Record) -> list[tuple[Split, Split]]:
    """Tension in each quarter, as it goes into the hazard and at the quarter's end; the reference is its level of rest."""
    now, found = fixed(record.given("tension_rest")), []
    for quarter in range(record.quarters):
        strained = _disturbed(record, quarter, _strained(record, quarter, now))
        shaken = through(weighted, weight=record.given("tension_incident"), amount=shock(record, quarter))
        now = in_turn(rules.tension_raised, shock=shaken, tension=strained)
        found.append((strained, now))
    return found


def _strained(record: Record, quarter: int, before: Split) -> Split:
    """Tension after it has relaxed, was raised and eased."""
    relaxed = in_turn(
        rules.tension_relaxed,
        tension=_called_on(record, quarter, before),
        rest=record.given("tension_rest"),
        decay=record.given("tension_decay"),
        damping=_damping(record, quarter),
        years=QUARTER,
    )
    rise = _rise(record, quarter)
    shocks = sum_of_splits(*_shocks(record, quarter), through(positive_part, x=rise))
    raised = in_turn(rules.tension_raised, shock=shocks, tension=relaxed)
    return in_turn(rules.tension_eased, tension=raised, relief=through(positive_part, x=negative(rise)))


def _damping(record: Record, quarter: int) -> Split:
    """What dialogue and forums add to the speed at which tension relaxes."""
    return sum_of_splits(
        through(weighted, weight=record.given("tension_dialogue"), amount=dialogue(record, quarter)),
        through(weighted, weight=record.given("forum_damping"), amount=forum(record, quarter)),
    )


def _called_on(record: Record, quarter: int, before: Split) -> Split:
    """Tension after this quarter's visits from outside and the work of the commander of KFOR."""
    before = scripted(record, "tension", (), quarter, before)
    holder = command(record, quarter)
    if holder is not None:
        one, other = (record.row("trusted", side, quarter) for side in range(SIDES))
        held = on_arrays(weighted, weight=on_arrays(pair_mean, one=one, other=other), amount=QUARTER)
        relief = on_arrays(weighted, weight=record.given("command_outreach"), amount=held)
        before = in_turn(rules.tension_eased, tension=before, relief=of(relief, holder))
    return before


def _shocks(record: Record, quarter: int) -> tuple[Split, Split]:
    """What deliveries and hostile words add."""
    provoking = [
        felt(record, state, giver, observer, quarter, is_shielded=False)
        for giver in range(ACTORS)
        if giver not in (SRB_ACTOR, XKX_ACTOR)
        for state, observer in ((SRB, XKX), (XKX, SRB))
    ]
    words = through(rules.hostile_words, rhetoric=tie(record, TIE_SRB_TUR)[quarter].rhetoric, years=QUARTER)
    words = words.relabelled(lambda cause: Cause("words", *NET.ties[TIE_SRB_TUR], cause.event))
    return (
        through(
            weighted, weight=record.given("tension_delivery"), amount=sum_of_splits(fixed(record.nothing), *provoking)
        ),
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
    surprise = on_arrays(chance_step, spread=spread, years=QUARTER, deviate=record.row("tension_deviate", 0, quarter))
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
        _moral_hazard(record, quarter),
    )


def _unrest(record: Record, quarter: int) -> Split:
    """What unrest in Serbia adds."""
    slope = on_arrays(weighted, weight=record.row("diversion_share", 0, quarter), amount=record.given("hazard_unrest"))
    return through(
        effect, slope=slope, value=level(record, "unrest", SERBIA, quarter), reference=record.given("unrest_reference")
    )


def _moral_hazard(record: Record, quarter: int) -> Split:
    """What Kosovo's backing by patrons adds."""
    share = record.given("procurement_share", XKX)
    spent = spending_start(record, XKX) if quarter == 0 else record.row("spending", XKX, quarter - 1)
    backed = in_turn(
        rules.backing, arms=held_in_all(record, XKX, quarter), purchases=on_arrays(weighted, weight=share, amount=spent)
    )
    weight = on_arrays(weighted, weight=record.given("coupling"), amount=record.given("moral_hazard"))
    return through(weighted, weight=weight, amount=backed)


def troops(record: Record, quarter: int) -> Split:
    """Peacekeepers, by what was agreed and what was called up."""
    agreed = level(record, "troops_agreed", "", quarter)
    scripted = level(record, "reserve_scripted", "", quarter)
    extra = of(record.row("troops_extra", 0, quarter), Cause("reinforcement"))
    called: Array = record.row("troops", 0, quarter) - agreed.value - scripted.value - extra.value
    return sum_of_splits(agreed, scripted, extra, of(called, Cause("reserve")))


def hazard(record: Record, quarter: int) -> Split:
    """Rate of serious incidents; its reference is the reference rate."""
    return in_turn(
        rules.hazard,
        reference=record.given("hazard_reference"),
        exponent=exponent(record, quarter),
        hazard_max=record.given("hazard_max"),
    )
