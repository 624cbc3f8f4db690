"""Why an actor feels as it does about another: cooperation, words and attitude, by what moved them."""

from collections.abc import Iterator
from dataclasses import dataclass

from sim.causes_deals import arrivals
from sim.layout import (
    ACTORS,
    GRUDGE_CAUSES,
    GRUDGE_OF,
    KINDS,
    NET,
    NONE,
    STATE_ACTOR,
    STATE_OF,
    STATES,
    SUPPLIER_ACTOR,
    SUPPLIERS,
    TIE_PAIR,
    TIE_SRB_XKX,
    TIE_XKX_SRB,
    WITNESSES,
)
from sim.parameters import CLASSES
from sim.parts import Cause, Split, fixed, negative, of, sum_of_splits, through
from sim.phases import QUARTER
from sim.record import Record, told_once
from sim.rule_arrays import Array, on_arrays
from sim.rules import capability as seen
from sim.rules import relations
from sim.rules.elementary import drifted, weighted
from sim.rules.patrons import dialogue_intensity
from sim.rules.spending import relative_change
from sim.rules.transfers import provocation
from sim.script import AGREEMENT, GRANT, INCIDENT_HAPPENS, LEVEL, STATEMENT, TRADE_SHOCK, VISIT, Item

NORTH = (TIE_SRB_XKX, TIE_XKX_SRB)


def ends(item: Item) -> frozenset[str]:
    return frozenset((item.subject, item.target))


# ---- what provokes ---------------------------------------------------------------------------------------------------


@told_once
def provoked(record: Record, state: int, giver: int, quarter: int) -> Split:
    """What a giver's deliveries to a state, their agreements and its gifts provoke in a quarter."""
    return sum_of_splits(*_delivered(record, state, giver, quarter), *_signed(record, state, giver, quarter))


@told_once
def armed(record: Record, state: int, supplier: int, quarter: int) -> Split:
    """What a supplier's deliveries to a state provoke in a quarter, which its rivals remember."""
    return sum_of_splits(*_delivered(record, state, int(SUPPLIER_ACTOR[supplier]), quarter))


def _delivered(record: Record, state: int, giver: int, quarter: int) -> Iterator[Split]:
    """Pooled by class, then laid to each supplier by its share."""
    for kind in range(KINDS):
        came = [one for one in arrivals(record, state)[quarter] if one.kind == kind]
        if not any(SUPPLIER_ACTOR[one.supplier] == giver for one in came):
            continue
        pool = sum_of_splits(*(of(one.value, Cause(str(SUPPLIER_ACTOR[one.supplier]), event=_behind(one.cause))) for one in came))
        felt = through(
            provocation,
            value=pool,
            weight=record.given("provocation_weight", kind),
            scale=record.given("provocation_scale"),
        )
        felt = through(weighted, weight=record.given("coupling"), amount=felt)
        mine = {cause: part for cause, part in felt.parts.items() if cause.channel == str(giver)}
        who, to = NET.givers[giver], NET.states[state]
        for cause, part in mine.items():
            yield of(part, Cause("delivery", who, to, "" if cause.event == "~" else cause.event))


def _behind(cause: Cause) -> str:
    """The event behind a delivery; a sign of its own for those that no event is behind."""
    return cause.event or "~"


def _signed(record: Record, state: int, giver: int, quarter: int) -> Iterator[Split]:
    """Agreements and gifts."""
    who, to = NET.givers[giver], NET.states[state]
    for item in record.items(AGREEMENT, quarter):
        if ends(item) == {who, to}:
            felt = on_arrays(
                weighted, weight=record.given("coupling"), amount=record.given("provocation_by_agreement")
            )
            yield of(felt, Cause("agreement", who, to, item.id))
    for item in record.items(GRANT, quarter):
        if (item.subject, item.target) == (who, to):
            felt = on_arrays(
                provocation,
                value=record.size(item),
                weight=record.given("provocation_by_grant"),
                scale=record.given("provocation_scale"),
            )
            yield of(
                on_arrays(weighted, weight=record.given("coupling"), amount=felt), Cause("gift", who, to, item.id)
            )


# ---- what happens in the north ---------------------------------------------------------------------------------------


@told_once
def shock(record: Record, quarter: int) -> Split:
    """Incidents of a quarter, weighted by severity."""
    terms = []
    for item in record.items(INCIDENT_HAPPENS, quarter):
        weight = record.nothing + 1.0 if item.what == "lethal" else record.given("standoff_weight")
        value = on_arrays(weighted, weight=weight, amount=record.size(item))
        terms.append(of(value, Cause("incident", event=item.id)))
    drawn = record.row("shock", 0, quarter) - sum_of_splits(fixed(record.nothing), *terms).value
    return sum_of_splits(of(drawn, Cause("incident")), *terms)


@told_once
def level(record: Record, name: str, subject: str, quarter: int) -> Split:
    """A level that the script sets, such as unrest, by the events that moved it; the reference is its start."""
    value = _start_of(record, name)
    steps: dict[Cause, Array] = {}
    for item in record.script.items:
        if item.kind == LEVEL and item.what == name and item.subject == subject and item.quarter <= quarter:
            cause = Cause(name, subject, "", item.id)
            steps[cause] = steps.get(cause, record.nothing) + record.size(item) - value
            value = record.size(item)
    return Split(value, steps)


def _start_of(record: Record, name: str) -> Array:
    """A level before the script sets it."""
    source = {"troops_agreed": "troops_reference", "accession": "accession_start", "unrest": "unrest_reference"}
    return record.given(source[name]) if name in source else record.nothing


@told_once
def dialogue(record: Record, quarter: int) -> Split:
    """Dialogue between Belgrade and Pristina: what was agreed, mediation, the pull of accession."""
    pulse = record.row("dialogue", 0, quarter) - on_arrays(
        dialogue_intensity, **_dialogue_arguments(record, quarter, record.nothing)
    )
    # a pulse that the upper end cuts off is not seen, and has no effect either
    mediation = of(pulse, Cause("mediation"))
    return through(dialogue_intensity, **_dialogue_arguments(record, quarter, mediation))


def _dialogue_arguments(record: Record, quarter: int, mediation: Split | Array) -> dict[str, Split | Array]:
    agreed, accession = level(record, "dialogue_agreed", "", quarter), level(record, "accession", "", quarter)
    is_plain = not isinstance(mediation, Split)
    return {
        "agreed": agreed.value if is_plain else agreed,
        "mediation": mediation,
        "accession_weight": record.given("accession_dialogue"),
        "accession": accession.value if is_plain else accession,
        "accession_start": record.given("accession_start"),
    }


# ---- ties ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Tie:
    """What one actor feels for another in a quarter: as it goes into threat and choice, and at the quarter's end."""

    rhetoric: Split
    attitude: Split
    cooperation_last: Split
    attitude_last: Split


@told_once
def tie(record: Record, place: int) -> list[Tie]:
    """Cooperation, words and attitude of a tie in each quarter; the reference of cooperation is its base, of words zero."""
    cooperation = fixed(record.given("relation_base", place))
    rhetoric = fixed(record.nothing)
    found = []
    for quarter in range(record.quarters):
        cooperation = _cooperation(record, place, quarter, cooperation)
        rhetoric = _rhetoric(record, place, quarter, rhetoric)
        attitude = through(relations.attitude, cooperation=cooperation, rhetoric=rhetoric)
        if place in NORTH:
            loss = through(weighted, weight=record.given("incident_estrangement"), amount=shock(record, quarter))
            cooperation = through(relations.bounded, level=sum_of_splits(cooperation, negative(loss)))
        last = through(relations.attitude, cooperation=cooperation, rhetoric=rhetoric)
        found.append(Tie(rhetoric, attitude, cooperation, last))
    return found


def _cooperation(record: Record, place: int, quarter: int, before: Split) -> Split:
    """Cooperation after a quarter's fading, visits, dialogue, deliveries."""
    anchor = through(
        relations.cooperation_anchor,
        base=record.given("relation_base", place),
        trade_weight=record.given("trade_anchor"),
        trade_gap=_trade_gap(record, int(TIE_PAIR[place]), quarter - 1),
    )
    kept = through(drifted, value=before, anchor=anchor, kept=record.row("cooperation_kept", 0, quarter))
    terms = [kept, *_visits(record, place, quarter), *_losses(record, place, quarter), *_thanks(record, place, quarter)]
    if place in NORTH:
        held = through(weighted, weight=dialogue(record, quarter), amount=QUARTER)
        terms.append(through(weighted, weight=record.given("dialogue_rapprochement"), amount=held))
    return through(relations.bounded, level=sum_of_splits(*terms))


def _rhetoric(record: Record, place: int, quarter: int, before: Split) -> Split:
    """Words after a quarter's fading, statements, deliveries."""
    kept = through(drifted, value=before, anchor=0.0, kept=record.row("rhetoric_kept", 0, quarter))
    said = [
        of(
            on_arrays(weighted, weight=record.given("statement_effect"), amount=record.size(item)),
            Cause("statement", item.subject, item.target, item.id),
        )
        for item in record.items(STATEMENT, quarter)
        if (item.subject, item.target) == NET.ties[place]
    ]
    return through(relations.bounded, level=sum_of_splits(kept, *said, *_backlash(record, place, quarter)))


@told_once
def _trade_gap(record: Record, pair: int, quarter: int) -> Split:
    """Trade beyond its trend: shocks of the script, and what follows the relation."""
    if quarter < 0:
        return fixed(record.nothing)
    shocks = [
        of(on_arrays(relative_change, change=record.size(item)), Cause("trade", event=item.id))
        for item in record.script.items
        if item.kind == TRADE_SHOCK and item.quarter <= quarter and ends(item) == set(NET.pairs[pair])
    ]
    gap = record.row("trade_gap", pair, quarter)
    followed = gap - sum_of_splits(fixed(record.nothing), *shocks).value
    return sum_of_splits(of(followed, Cause("trade")), *shocks)


def _visits(record: Record, place: int, quarter: int) -> Iterator[Split]:
    for kind, name, channel in ((VISIT, "visit_effect", "visit"), (AGREEMENT, "agreement_effect", "agreement")):
        for item in record.items(kind, quarter):
            if ends(item) == set(NET.ties[place]):
                yield of(record.given(name), Cause(channel, item.subject, item.target, item.id))


def _losses(record: Record, place: int, quarter: int) -> Iterator[Split]:
    """Cooperation withdrawn from whoever armed a rival."""
    for _, to_rival, giver, rival, _ in WITNESSES[WITNESSES[:, 0] == place]:
        felt = provoked(record, int(rival), int(giver), quarter)
        if felt.parts:
            loss = through(
                relations.cooperation_loss,
                hostility=hostility_before(record, int(to_rival), quarter),
                provocation=felt,
                sensitivity=record.given("cooperation_sensitivity"),
            )
            yield negative(loss)


def _backlash(record: Record, place: int, quarter: int) -> Iterator[Split]:
    """Words against whoever armed a rival."""
    for _, to_rival, giver, rival, observer in WITNESSES[WITNESSES[:, 0] == place]:
        felt = provoked(record, int(rival), int(giver), quarter)
        if not felt.parts:
            continue
        unrest = on_arrays(
            weighted, weight=record.row("diversion_share", 0, quarter), amount=record.row("unrest", observer, quarter)
        )
        loss = through(
            relations.rhetoric_loss,
            hostility=hostility_before(record, int(to_rival), quarter),
            provocation=felt,
            sensitivity=record.given("rhetoric_sensitivity"),
            unrest=unrest,
            amplification=record.given("unrest_amplification"),
        )
        yield negative(loss)


def _thanks(record: Record, place: int, quarter: int) -> Iterator[Split]:
    """Cooperation won by arming this state itself."""
    observer, giver = (NET.givers.index(code) for code in NET.ties[place])
    if STATE_OF[observer] != NONE:
        felt = provoked(record, int(STATE_OF[observer]), giver, quarter)
        yield through(weighted, weight=record.given("gratitude"), amount=felt)


def hostility_before(record: Record, place: int, quarter: int) -> Array:
    """Hostility of a tie at the end of the quarter before."""
    if quarter > 0:
        return on_arrays(seen.hostility, attitude=record.row("attitude", place, quarter - 1))
    base = record.given("relation_base", place)
    return on_arrays(seen.hostility, attitude=on_arrays(relations.attitude, cooperation=base, rhetoric=0.0))


@told_once
def memory(record: Record, state: int, supplier: int) -> list[Split]:
    """What a state holds against a supplier in each quarter."""
    grudge = GRUDGE_OF[state, supplier]
    now, found = fixed(record.nothing), []
    for quarter in range(record.quarters):
        terms = [through(drifted, value=now, anchor=0.0, kept=record.row("memory_kept", 0, quarter))]
        for _, _, to_rival, rival in GRUDGE_CAUSES[GRUDGE_CAUSES[:, 0] == grudge]:
            hostile = hostility_before(record, int(to_rival), quarter)
            held = armed(record, int(rival), supplier, quarter)
            terms += [through(weighted, weight=hostile, amount=held)] if held.parts else []
        now = sum_of_splits(*terms)
        found.append(now)
    return found
