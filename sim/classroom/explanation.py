"""Why did it move? The change of one number, split into causes that add up to it, as the page shows it."""

from typing import Any

from sim.classroom.engine_cache import MEMBERS, SEED, compared_with, scenario_of
from sim.classroom.requests import WhyRequest
from sim.directions.directions import direction_between
from sim.engines.simulate import prepared_scenario
from sim.ensembles.registry import DEFAULT_FIT
from sim.explain.changes import EXPLAINED_VARIABLES
from sim.explain.explain import asked, explained
from sim.explain.text import SCALES, by_name, gathered, rows, sentences, unit
from sim.io.quarters import COUNT, PER_YEAR, index_of, name_of
from sim.model.theories import theory
from sim.report.run_text import direction_sentence

ROWS = 6  # causes that are told one by one
DIGITS = 5


def variables() -> list[str]:
    """The variables whose changes can be explained."""
    return list(EXPLAINED_VARIABLES)


def why(request: WhyRequest) -> dict[str, Any]:
    """The causes of a change since a year earlier, or against what the scenario is compared with."""
    scenario = scenario_of(request.scenario)
    if request.theory is not None:
        theory(request.theory)
    since = None if request.compare else _year_before(request.quarter)
    question = asked(
        request.variable,
        request.actor,
        request.counterpart,
        request.quarter,
        since,
        is_compared=request.compare,
        last=COUNT - 1,
    )
    base = compared_with(scenario, request.against)
    pair = (scenario,) if base is None else (base, scenario)
    worlds = [prepared_scenario(side, request.theory, DEFAULT_FIT) for side in pair]
    explanation = explained(question, worlds, members=MEMBERS, seed=SEED)
    scale = SCALES.get(request.variable, 1.0)
    said = list(sentences(explanation, names_events=False))
    if request.compare:
        whose = direction_between(
            worlds, question.series, question.quarter, members=MEMBERS, seed=SEED, fit=DEFAULT_FIT
        )
        said += [words for words in [direction_sentence(whose)] if words]
    return {
        "since": since,
        "unit": unit(question.series),
        "change": _short(scale * explanation.change),
        "sentences": said,
        "rows": [
            {"words": row.words, "value": _short(row.value)} for row in gathered(by_name(rows(explanation)), ROWS)
        ],
    }


def _short(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")


def _year_before(quarter: str) -> str:
    """A year earlier, or the first quarter where there is none."""
    try:
        return name_of(max(0, index_of(quarter) - PER_YEAR))
    except ValueError:
        return quarter  # what is wrong with it is said with the rest
