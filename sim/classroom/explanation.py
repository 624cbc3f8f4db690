"""Why did it move? The change of one number, split into causes that add up to it, as the page shows it."""

from typing import Any

from sim.classroom.engine_cache import MEMBERS, SEED, compared_with, scenario_of
from sim.classroom.requests import WhyWish
from sim.engines.simulate import world_for
from sim.ensembles.registry import DEFAULT_FIT
from sim.explain.changes import KINDS
from sim.explain.explain import asked, explained
from sim.explain.text import SCALES, by_name, gathered, rows, sentences, unit
from sim.io.quarters import COUNT, PER_YEAR, index_of, name_of
from sim.model.theories import reading

ROWS = 6  # causes that are told one by one
DIGITS = 5


def variables() -> list[str]:
    """The variables whose changes can be explained."""
    return list(KINDS)


def why(wish: WhyWish) -> dict[str, Any]:
    """The causes of a change since a year earlier, or against what the scenario is compared with."""
    scenario = scenario_of(wish.scenario)
    if wish.reading is not None:
        reading(wish.reading)
    since = None if wish.compare else _year_before(wish.quarter)
    question = asked(
        wish.variable, wish.actor, wish.counterpart, wish.quarter, since, is_compared=wish.compare, last=COUNT - 1
    )
    base = compared_with(scenario, wish.against)
    pair = (scenario,) if base is None else (base, scenario)
    worlds = [world_for(one, wish.reading, DEFAULT_FIT) for one in pair]
    found = explained(question, worlds, members=MEMBERS, seed=SEED)
    scale = SCALES.get(wish.variable, 1.0)
    return {
        "since": since,
        "unit": unit(question.series),
        "change": _short(scale * found.change),
        "sentences": list(sentences(found, names_events=False)),
        "rows": [{"words": row.words, "value": _short(row.value)} for row in gathered(by_name(rows(found)), ROWS)],
    }


def _short(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")


def _year_before(quarter: str) -> str:
    """A year earlier, or the first quarter where there is none."""
    try:
        return name_of(max(0, index_of(quarter) - PER_YEAR))
    except ValueError:
        return quarter  # what is wrong with it is said with the rest
