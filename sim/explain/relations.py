"""Why an actor feels as it does about another: cooperation, words and attitude, by what moved them."""

from collections.abc import Iterator
from dataclasses import dataclass

from sim.engines.compiled import layout
from sim.engines.compiled.layout import NET, NONE, SIDE_STATES, STATE_OF
from sim.engines.compiled.vectorized import Array, on_arrays
from sim.explain.attribution import Attributed, Cause, apply, constant, single_cause, total
from sim.explain.deliveries import armed, felt, provoked
from sim.explain.events import amount, command, dialogue, scripted, shock
from sim.explain.recorded_run import Record, by_quarter, cached, entry
from sim.model.calendar import QUARTER
from sim.rules import capability as seen
from sim.rules import relations
from sim.rules.elementary import drifted

NORTH = (layout.TIE_FIRST_SECOND, layout.TIE_SECOND_FIRST)


@dataclass(frozen=True, eq=False)
class Tie:
    """What one actor feels for another in a quarter: as it goes into threat and choice, and at the quarter's end."""

    rhetoric: Attributed
    attitude: Attributed
    cooperation_last: Attributed
    attitude_last: Attributed


@by_quarter
def tie(record: Record, place: int, quarter: int, before: Tie | None) -> Tie:
    """Cooperation, words and attitude of a tie; the reference of cooperation is its base, of words zero."""
    cooperation = constant(record.param("relation_base", place)) if before is None else before.cooperation_last
    rhetoric = constant(record.zeros) if before is None else before.rhetoric
    cooperation = _cooperation(record, place, quarter, cooperation)
    rhetoric = _rhetoric(record, place, quarter, rhetoric)
    attitude = last = apply(relations.attitude, cooperation=cooperation, rhetoric=rhetoric)
    if place in NORTH:
        loss = record.param("incident_estrangement") * shock(record, quarter)
        cooperation = apply(relations.bounded, level=cooperation - loss)
        last = apply(relations.attitude, cooperation=cooperation, rhetoric=rhetoric)
    return Tie(rhetoric, attitude, cooperation, last)


def _cooperation(record: Record, place: int, quarter: int, before: Attributed) -> Attributed:
    """Cooperation after a quarter's fading, visits, dialogue, deliveries."""
    anchor = apply(
        relations.cooperation_anchor,
        base=record.param("relation_base", place),
        trade_weight=record.param("trade_anchor"),
        trade_gap=_trade_gap(record, int(layout.TIE_PAIR[place]), quarter - 1),
    )
    kept = apply(drifted, value=before, anchor=anchor, kept=record.row("cooperation_kept", 0, quarter))
    said = scripted(record, "cooperation", NET.ties[place], quarter, kept)
    terms = [said, *_led(record, place, quarter), *_losses(record, place, quarter), *_thanks(record, place, quarter)]
    if place in NORTH:
        terms.append(record.param("dialogue_rapprochement") * (dialogue(record, quarter) * QUARTER))
    return apply(relations.bounded, level=total(terms))


def _rhetoric(record: Record, place: int, quarter: int, before: Attributed) -> Attributed:
    """Words after a quarter's fading, statements, deliveries."""
    kept = apply(drifted, value=before, anchor=0.0, kept=record.row("rhetoric_kept", 0, quarter))
    said = scripted(record, "rhetoric", NET.ties[place], quarter, kept)
    return apply(relations.bounded, level=total([said, *_backlash(record, place, quarter)]))


@cached
def _trade_gap(record: Record, pair: int, quarter: int) -> Attributed:
    """Trade beyond its trend: shocks of the script, and what follows the relation."""
    if quarter < 0:
        return constant(record.zeros)
    shocks = [
        single_cause(amount(record, item), Cause("trade", event=entry(item)))
        for item in record.script.items
        if item.what == "trade_gap" and item.quarter <= quarter and set(item.of) == set(NET.pairs[pair])
    ]
    gap = record.row("trade_gap", pair, quarter)
    followed = gap - total(shocks, record.zeros).value
    return total([single_cause(followed, Cause("trade")), *shocks])


def _led(record: Record, place: int, quarter: int) -> Iterator[Attributed]:
    """What the command of peacekeepers adds."""
    actor, counterpart = NET.ties[place]
    holder, observer = command(record, quarter), STATE_OF[NET.givers.index(actor)]
    if holder is not None and holder.who == counterpart and observer in SIDE_STATES:
        believed = record.row("trusted", list(SIDE_STATES).index(observer), quarter)
        yield single_cause(record.param("command_goodwill") * (believed * QUARTER), holder)


def _witnessed(record: Record, place: int, quarter: int) -> Iterator[tuple[Array, Attributed, int]]:
    """Hostility to each rival whom the counterpart armed, what that provokes, and in whose eyes."""
    for _, to_rival, giver, rival, observer in layout.WITNESSES[layout.WITNESSES[:, 0] == place]:
        provoking = felt(record, int(rival), int(giver), int(observer), quarter)
        if provoking.parts:
            yield hostility_before(record, int(to_rival), quarter), provoking, int(observer)


def _losses(record: Record, place: int, quarter: int) -> Iterator[Attributed]:
    """Cooperation withdrawn from whoever armed a rival, and from a hostile giver that armed a neighbour."""
    for hostile, provoking, _ in _witnessed(record, place, quarter):
        yield _loss(hostile, provoking, record.param("cooperation_sensitivity"))
    for _, giver, neighbour, row in layout.ENCIRCLED[layout.ENCIRCLED[:, 0] == place]:
        provoking = provoked(record, int(neighbour), int(giver), quarter)
        if provoking.parts:
            yield _loss(hostility_before(record, place, quarter), provoking, record.drawn[row])


def _loss(hostile: Array, provoking: Attributed, sensitivity: Array) -> Attributed:
    return -apply(relations.cooperation_loss, hostility=hostile, provocation=provoking, sensitivity=sensitivity)


def _backlash(record: Record, place: int, quarter: int) -> Iterator[Attributed]:
    """Words against whoever armed a rival, and answers in kind."""
    for hostile, provoking, observer in _witnessed(record, place, quarter):
        yield -apply(
            relations.rhetoric_loss,
            hostility=hostile,
            provocation=provoking,
            sensitivity=record.param("rhetoric_sensitivity"),
            unrest=record.row("unrest", observer, quarter),
            amplification=record.param("unrest_amplification"),
            framing=record.param("framing", observer),
        )
    for number, (answering, _, _) in enumerate(layout.ANSWERS):
        if answering == place:
            yield single_cause(-record.row("answer", number, quarter), Cause("answer", *NET.ties[place]))


def _thanks(record: Record, place: int, quarter: int) -> Iterator[Attributed]:
    """Cooperation won by arming this state itself."""
    observer, giver = (NET.givers.index(code) for code in NET.ties[place])
    if STATE_OF[observer] != NONE:
        raw = provoked(record, int(STATE_OF[observer]), giver, quarter)
        if raw.parts:
            yield record.param("gratitude") * raw


def hostility_before(record: Record, place: int, quarter: int) -> Array:
    """Hostility of a tie at the end of the quarter before."""
    if quarter > 0:
        return on_arrays(seen.hostility, attitude=record.row("attitude", place, quarter - 1))
    base = record.param("relation_base", place)
    return on_arrays(seen.hostility, attitude=on_arrays(relations.attitude, cooperation=base, rhetoric=0.0))


@by_quarter
def memory(record: Record, state: int, supplier: int, quarter: int, before: Attributed | None) -> Attributed:
    """What a state holds against a supplier."""
    held = constant(record.zeros) if before is None else before
    terms = [apply(drifted, value=held, anchor=0.0, kept=record.row("memory_kept", 0, quarter))]
    for _, _, to_rival, rival in layout.GRUDGE_CAUSES[layout.GRUDGE_CAUSES[:, 0] == layout.GRUDGE_OF[state, supplier]]:
        hostile = hostility_before(record, int(to_rival), quarter)
        provoking = armed(record, int(rival), supplier, quarter)
        terms += [hostile * provoking] if provoking.parts else []
    return total(terms)
