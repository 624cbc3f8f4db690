"""What arms, agreements and gifts provoke, by the event or the deal behind them."""

from collections.abc import Iterator

from sim.explain.deliveries import arrivals
from sim.explain.events import ends, resentment_left
from sim.engines.compiled.layout import KINDS, NET, SUPPLIER_ACTOR, SUSPICION_ROW
from sim.explain.attribution import Cause, Split, fixed, of, sum_of_splits, through
from sim.explain.recorded_run import Record, entry, told_once
from sim.engines.compiled.vectorized import Array, on_arrays
from sim.rules.elementary import weighted
from sim.rules.transfers import provocation, provocation_felt
from sim.model.schedule import AGREEMENT, GRANT


@told_once
def provoked(record: Record, state: int, giver: int, quarter: int) -> Split:
    """What a giver's deliveries to a state, their agreements and its gifts provoke in a quarter."""
    return sum_of_splits(*_delivered(record, state, giver, quarter), *_signed(record, state, giver, quarter))


@told_once
def armed(record: Record, state: int, supplier: int, quarter: int) -> Split:
    """What a supplier's deliveries to a state provoke in a quarter, which its rivals remember."""
    return sum_of_splits(*_delivered(record, state, int(SUPPLIER_ACTOR[supplier]), quarter))


def felt(record: Record, state: int, giver: int, observer: int, quarter: int, *, is_shielded: bool = True) -> Split:
    """The same in the eyes of one state, which may suspect the giver, or spare it while it commands KFOR."""
    raw = provoked(record, state, giver, quarter)
    if not raw.parts:
        return raw
    left: Array | float = resentment_left(record, observer, NET.givers[giver], quarter) if is_shielded else 1.0
    return through(
        provocation_felt,
        provocation=raw,
        suspicion=record.at(int(SUSPICION_ROW[observer, giver]), quarter),
        resentment_share=left,
    )


def _delivered(record: Record, state: int, giver: int, quarter: int) -> Iterator[Split]:
    """Pooled by class, then laid to each supplier by its share."""
    who, to = NET.givers[giver], NET.states[state]
    for kind in range(KINDS):
        came = [one for one in arrivals(record, state)[quarter] if one.kind == kind]
        if not any(SUPPLIER_ACTOR[one.supplier] == giver for one in came):
            continue
        givers = [NET.givers[SUPPLIER_ACTOR[one.supplier]] for one in came]
        pool = [of(one.value, Cause("delivery", by, to, one.cause.event)) for one, by in zip(came, givers, strict=True)]
        provoking = through(
            provocation,
            value=sum_of_splits(fixed(record.nothing), *pool),
            weight=record.given("provocation_weight", kind),
            scale=record.given("provocation_scale"),
        )
        provoking = through(weighted, weight=record.given("coupling"), amount=provoking)
        yield from (of(part, cause) for cause, part in provoking.parts.items() if cause.who == who)


def _signed(record: Record, state: int, giver: int, quarter: int) -> Iterator[Split]:
    """Agreements and gifts."""
    who, to, coupling = NET.givers[giver], NET.states[state], record.given("coupling")
    for item in record.items(AGREEMENT, quarter):
        if ends(item) == {who, to}:
            value = on_arrays(weighted, weight=coupling, amount=record.given("provocation_by_agreement"))
            yield of(value, Cause("agreement", who, to, entry(item)))
    for item in record.items(GRANT, quarter):
        if (item.subject, item.target) == (who, to):
            value = on_arrays(
                provocation,
                value=record.size(item),
                weight=record.given("provocation_by_grant"),
                scale=record.given("provocation_scale"),
            )
            yield of(on_arrays(weighted, weight=coupling, amount=value), Cause("gift", who, to, entry(item)))
