"""Why tension and the hazard of incidents move: deliveries, words, threats, incidents, dialogue, peacekeepers, chance."""

from sim.engines.compiled.layout import ACTORS, NET, SIDES, SRB, SRB_ACTOR, TIE_SRB_TUR, XKX, XKX_ACTOR
from sim.engines.compiled.vectorized import on_arrays
from sim.explain.arms import capability, spending_start
from sim.explain.attribution import Attributed, Cause, apply, apply_sequentially, constant, single_cause, total
from sim.explain.deliveries import felt
from sim.explain.events import command, dialogue, forum, level, scripted, shock
from sim.explain.recorded_run import Record, by_quarter, cached
from sim.explain.relations import tie
from sim.explain.supplier_history import held_in_all
from sim.explain.threat import threat
from sim.model.calendar import HISTORY_UNTIL, QUARTER
from sim.model.network import SERBIA
from sim.rules import tension as rules
from sim.rules.elementary import positive_part
from sim.rules.relations import pair_mean
from sim.rules.spending import chance_step


@by_quarter
def tension(
    record: Record, quarter: int, before: tuple[Attributed, Attributed] | None
) -> tuple[Attributed, Attributed]:
    """Tension as it goes into the hazard and at the quarter's end; the reference is its level of rest."""
    last = constant(record.param("tension_rest")) if before is None else before[1]
    disturbed = _disturbed(record, quarter, _strained(record, quarter, last))
    shaken = record.param("tension_incident") * shock(record, quarter)
    return disturbed, apply_sequentially(rules.tension_raised, shock=shaken, tension=disturbed)


def _strained(record: Record, quarter: int, before: Attributed) -> Attributed:
    """Tension after it has relaxed, was raised and eased."""
    before = scripted(record, "tension", (), quarter, before)
    if (relief := _outreach(record, quarter)) is not None:
        before = apply_sequentially(rules.tension_eased, tension=before, relief=relief)
    relaxed = apply_sequentially(
        rules.tension_relaxed,
        tension=before,
        rest=record.param("tension_rest"),
        decay=record.param("tension_decay"),
        damping=_damping(record, quarter),
        years=QUARTER,
    )
    rise = _rise(record, quarter)
    raised = apply_sequentially(rules.tension_raised, shock=_shock(record, quarter, rise), tension=relaxed)
    return apply_sequentially(rules.tension_eased, tension=raised, relief=apply(positive_part, x=-rise))


def _outreach(record: Record, quarter: int) -> Attributed | None:
    """What the work of the commander of KFOR takes off, if there is one."""
    holder = command(record, quarter)
    if holder is None:
        return None
    one, other = (record.row("trusted", side, quarter) for side in range(SIDES))
    believed = on_arrays(pair_mean, one=one, other=other)
    return single_cause(record.param("command_outreach") * (believed * QUARTER), holder)


def _damping(record: Record, quarter: int) -> Attributed:
    """What dialogue and forums add to the speed at which tension relaxes."""
    return apply(
        rules.tension_damping,
        dialogue_weight=record.param("tension_dialogue"),
        dialogue=dialogue(record, quarter),
        forum_weight=record.param("forum_damping"),
        transparency=forum(record, quarter),
    )


def _rise(record: Record, quarter: int) -> Attributed:
    """What the change of both sides' threat adds, or takes off."""
    now, last = (
        total([threat(record, state)[when] for state in (SRB, XKX) if when >= 0], record.zeros)
        for when in (quarter, quarter - 1)
    )
    return apply(
        rules.tension_rise,
        sensitivity=record.param("coupling") * record.param("tension_threat"),
        softening=record.param("dialogue_softening"),
        dialogue=record.row("dialogue", 0, quarter),
        threat=now,
        threat_last=last,
    )


def _shock(record: Record, quarter: int, rise: Attributed) -> Attributed:
    """What deliveries, hostile words and rising threat add."""
    provoking = [
        felt(record, state, giver, observer, quarter, is_shielded=False)
        for giver in range(ACTORS)
        if giver not in (SRB_ACTOR, XKX_ACTOR)
        for state, observer in ((SRB, XKX), (XKX, SRB))
    ]
    words = apply(rules.hostile_words, rhetoric=tie(record, TIE_SRB_TUR)[quarter].rhetoric, years=QUARTER)
    return apply(
        rules.tension_shock,
        delivery_weight=record.param("tension_delivery"),
        provocation=total(provoking, record.zeros),
        words_weight=record.param("tension_words"),
        words=words.relabelled(lambda cause: Cause("words", *NET.ties[TIE_SRB_TUR], cause.event)),
        threat_rise=rise,
    )


def _disturbed(record: Record, quarter: int, strained: Attributed) -> Attributed:
    """Tension after its chance part."""
    if quarter <= HISTORY_UNTIL:
        return strained
    spread = on_arrays(
        rules.softened,
        amount=record.param("chance") * record.param("tension_spread"),
        softening=record.param("dialogue_softening"),
        dialogue=record.row("dialogue", 0, quarter),
    )
    step = on_arrays(chance_step, spread=spread, years=QUARTER, deviate=record.row("tension_deviate", 0, quarter))
    disturbance = single_cause(step, Cause("chance", what="tension"))
    return apply(rules.tension_disturbed, tension=strained, disturbance=disturbance)


@cached
def exponent(record: Record, quarter: int) -> Attributed:
    """Logarithmic effects of all that the hazard hangs on; zero at the reference."""
    coupling, (strained, _) = record.param("coupling"), tension(record)[quarter]
    balance = capability(record, XKX)[quarter] - capability(record, SRB)[quarter]
    restrained = apply(
        rules.restrained_tension,
        tension_weight=record.param("hazard_tension"),
        tension=strained - record.param("tension_rest"),
        troops_weight=record.param("hazard_troops"),
        troops=troops(record, quarter) - record.param("troops_reference"),
        deterrence=coupling * record.param("deterrence"),
        balance=balance.relabelled(lambda cause: Cause("balance", cause.who, cause.what, cause.event)),
    )
    return apply(
        rules.hazard_exponent,
        restrained_tension=restrained,
        unrest_weight=record.row("diversion_share", 0, quarter) * record.param("hazard_unrest"),
        unrest=level(record, "unrest", SERBIA, quarter) - record.param("unrest_reference"),
        election_weight=record.param("hazard_election"),
        election=level(record, "election", "", quarter),
        moral_hazard=coupling * record.param("moral_hazard"),
        backing=_backing(record, quarter),
    )


def _backing(record: Record, quarter: int) -> Attributed:
    """How far Kosovo feels backed by patrons."""
    spent = spending_start(record, XKX) if quarter == 0 else record.row("spending", XKX, quarter - 1)
    purchases = record.param("procurement_share", XKX) * spent
    return apply_sequentially(rules.backing, arms=held_in_all(record, XKX, quarter), purchases=purchases)


def troops(record: Record, quarter: int) -> Attributed:
    """Peacekeepers, by what was agreed and what was called up."""
    agreed, scripted = (level(record, name, "", quarter) for name in ("troops_agreed", "reserve_scripted"))
    extra = record.row("troops_extra", 0, quarter)
    without = on_arrays(
        rules.troops_deployed,
        agreed=agreed.value,
        reserve_scripted=scripted.value,
        reserve_called=0.0,
        reinforcement=extra,
    )
    is_called = record.row("troops", 0, quarter) > without
    return apply(
        rules.troops_deployed,
        agreed=agreed,
        reserve_scripted=scripted,
        reinforcement=single_cause(extra, Cause("reinforcement")),
        reserve_called=single_cause(is_called * record.param("reserve_troops"), Cause("reserve")),
    )


def hazard(record: Record, quarter: int) -> Attributed:
    """Rate of serious incidents; its reference is the reference rate."""
    return apply_sequentially(
        rules.hazard,
        reference=record.param("hazard_reference"),
        exponent=exponent(record, quarter),
        hazard_max=record.param("hazard_max"),
    )
