"""Why tension and the hazard of incidents move: deliveries, words, threats, guarantees, incidents, dialogue, peacekeepers, chance."""

from sim.engines.compiled import layout
from sim.engines.compiled.layout import ACTORS, FIRST, NET, SECOND
from sim.engines.compiled.vectorized import on_arrays
from sim.explain.attribution import Attributed, Cause, apply, apply_sequentially, constant, single_cause, total
from sim.explain.deliveries import felt
from sim.explain.events import command, dialogue, level, openness, scripted, shock, troops
from sim.explain.recorded_run import Record, by_quarter, cached
from sim.explain.relations import tie
from sim.explain.supplier_history import held_in_all
from sim.explain.threat import growth_of_arms, threat_rise
from sim.model.calendar import HISTORY_UNTIL, QUARTER
from sim.model.network import GUARDED
from sim.rules import tension as rules
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
    """Tension after it has relaxed and was raised."""
    before = scripted(record, "tension", (), quarter, before)
    if (relief := _outreach(record, quarter)) is not None:
        before = apply_sequentially(rules.tension_eased, tension=before, relief=relief)
    relaxed = apply_sequentially(
        rules.tension_relaxed,
        tension=before,
        rest=record.param("tension_rest"),
        decay=record.param("tension_decay"),
        damping=apply(
            rules.tension_damping,
            dialogue_weight=record.param("tension_dialogue"),
            dialogue=dialogue(record, quarter),
            forum_weight=record.param("forum_damping"),
            transparency=openness(record, FIRST, SECOND, quarter, is_spoken=False),
        ),
        years=QUARTER,
    )
    return apply_sequentially(rules.tension_raised, shock=_shock(record, quarter), tension=relaxed)


def _outreach(record: Record, quarter: int) -> Attributed | None:
    """What the work of the peacekeepers' commander takes off, if there is one."""
    holder = command(record, quarter)
    if holder is None:
        return None
    one, other = (record.row("trusted", side, quarter) for side in range(layout.SIDES))
    believed = on_arrays(pair_mean, one=one, other=other)
    return single_cause(record.param("command_outreach") * (believed * QUARTER), holder)


def _shock(record: Record, quarter: int) -> Attributed:
    """What deliveries and hostile words add."""
    provoking = [
        felt(record, state, giver, observer, quarter, is_shielded=False)
        for giver in range(ACTORS)
        if giver not in (layout.FIRST_ACTOR, layout.SECOND_ACTOR)
        for state, observer in ((FIRST, SECOND), (SECOND, FIRST))
    ]
    words = apply(rules.hostile_words, rhetoric=tie(record, layout.TIE_REPROACHED)[quarter].rhetoric, years=QUARTER)
    return apply(
        rules.tension_shock,
        delivery_weight=record.param("tension_delivery"),
        provocation=total(provoking, record.zeros),
        words_weight=record.param("tension_words"),
        words=words.relabelled(lambda cause: Cause("words", *NET.ties[layout.TIE_REPROACHED], cause.event)),
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
    """Logarithmic effects of all that the hazard hangs on; its reference is that of the start."""
    coupling, (strained, _) = record.param("coupling"), tension(record)[quarter]
    arms = growth_of_arms(record, FIRST, quarter) + growth_of_arms(record, SECOND, quarter)
    kept = level(record, "commitment", GUARDED, quarter)
    restrained = apply(
        rules.restrained_tension,
        tension_weight=record.param("hazard_tension"),
        tension=strained - record.param("tension_reference"),
        troops_weight=record.param("hazard_troops"),
        troops=troops(record, quarter) - record.param("troops_reference"),
        deterrence=coupling * record.param("deterrence"),
        arms=arms.relabelled(lambda cause: Cause("balance", cause.who, cause.what, cause.event)),
    )
    return apply(
        rules.hazard_exponent,
        restrained_tension=restrained,
        threat_weight=coupling * record.param("hazard_threat"),
        threat_rise=threat_rise(record, FIRST, quarter) + threat_rise(record, SECOND, quarter),
        guarantee_weight=record.param("hazard_guarantee"),
        guarantee_lost=-kept + 1.0,
        election_weight=record.param("hazard_election"),
        election=level(record, "election", "", quarter),
        moral_hazard=coupling * record.param("moral_hazard"),
        backing=_backing(record, FIRST, quarter) + _backing(record, SECOND, quarter),
    )


def _backing(record: Record, state: int, quarter: int) -> Attributed:
    """How far a state feels backed by its suppliers."""
    planned = record.param("spending_scale", state) * record.row("burden_target", state, quarter)
    purchases = record.param("procurement_share", state) * planned * record.row("gdp", state, quarter)
    return apply_sequentially(rules.backing, arms=held_in_all(record, state, quarter), purchases=purchases)


def hazard(record: Record, quarter: int) -> Attributed:
    """Rate of serious incidents; its reference is the reference rate."""
    return apply_sequentially(
        rules.hazard,
        reference=record.param("hazard_reference"),
        exponent=exponent(record, quarter),
        hazard_max=record.param("hazard_max"),
    )
