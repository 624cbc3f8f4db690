"""How many peacekeepers there are, by what was agreed and what was called up."""

from sim.engines.compiled.vectorized import on_arrays
from sim.explain.attribution import Attributed, Cause, apply, single_cause
from sim.explain.events import level
from sim.explain.recorded_run import Record
from sim.rules.tension import troops_deployed


def troops(record: Record, quarter: int) -> Attributed:
    """Peacekeepers, by what was agreed and what was called up."""
    agreed, scripted = (level(record, name, "", quarter) for name in ("troops_agreed", "reserve_scripted"))
    extra = record.row("troops_extra", 0, quarter)
    without = on_arrays(
        troops_deployed,
        agreed=agreed.value,
        reserve_scripted=scripted.value,
        reserve_called=0.0,
        reinforcement=extra,
    )
    is_called = record.row("troops", 0, quarter) > without
    return apply(
        troops_deployed,
        agreed=agreed,
        reserve_scripted=scripted,
        reinforcement=single_cause(extra, Cause("reinforcement")),
        reserve_called=single_cause(is_called * record.param("reserve_troops"), Cause("reserve")),
    )
