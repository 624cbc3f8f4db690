"""How stable the race of a scenario is, beside its baseline: class, pace, distance to the edge, multipliers, pairs.

Where spending would settle is told for the difference between the two sides: the threat that deliveries and hostility
leave in a quarter, kept as it is for good, times the multipliers. A scenario that changes events only
has the reactions of its baseline: then the class cannot move, and the place of rest can.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Unpack

import numpy as np

from sim.analysis.answer_in_kind import series_of_answers
from sim.analysis.race_stability import RaceStability
from sim.analysis.race_verdict import race_verdicts
from sim.analysis.results import earliest
from sim.analysis.stability import AT, Array, Reaction, quantiles_of, reaction_of
from sim.analysis.store import Store, stretches
from sim.engines.options import ALL, RunFields, RunOptions, run_options
from sim.engines.simulate import PreparedScenario, drawn_parameters, prepared_scenarios
from sim.io.errors import InputError, Problem, guess
from sim.io.formatting import PER_CENT
from sim.io.quarters import LAST, index_of
from sim.model.network import FIRST, SECOND, network
from sim.model.parameter_table import ParameterTable
from sim.model.variables import Series
from sim.runs.manifest import read_manifest
from sim.runs.recording import answers_between, arms_that_differ, recorded
from sim.scenario.loading import Scenario


def race_stability(
    scenario: str | Path | Scenario, options: RunOptions | None = None, **fields: Unpack[RunFields]
) -> RaceStability:
    """Stability of a scenario and of its baseline over the same members.

    options, fields : members, seed, settings, ensemble and theory, as for `sim.run`; the end is always the last quarter of the model

    Raises InputError for anything wrong with the input.
    """
    chosen = replace(run_options(options, fields), until=LAST, engine="compiled")
    pair = prepared_scenarios(scenario, chosen.settings, chosen.theory, chosen.ensemble)
    moved = arms_that_differ(pair, chosen)
    series = tuple(Series(name, state) for name in STANDING for state in network().states)
    with recorded(pair, chosen, (*series, *series_of_answers(moved))) as stores:
        sides = [_race_of(compared, chosen, store) for compared, store in zip(pair, stores, strict=True)]
        answers = answers_between(pair, stores, moved, chosen.quarters, chosen.members)
        first = earliest(_first_difference(one, stores, chosen) for one in series)
        reactions = tuple(side.reaction for side in sides)
        verdicts = race_verdicts(stores, reactions, answers, first, chosen.quarters, chosen.members)
    return RaceStability(
        scenario=pair[-1].scenario,
        baseline=pair[0].scenario if len(pair) > 1 else None,
        members=chosen.members,
        seed=chosen.seed,
        fit=chosen.ensemble,
        theory=chosen.theory,
        settings=chosen.settings,
        reactions=reactions,
        plans=np.median(sides[0].spending, axis=1),
        settling={} if len(sides) == 1 else _settling(*sides),
        verdicts=verdicts,
    )


def _first_difference(one: Series, stores: Sequence[Store], options: RunOptions) -> int | None:
    """Number of the first quarter in which a series of the two scenarios differs, if there are two and it does."""
    for span in stretches(options.quarters, options.members):
        differs = (stores[0].values(one, span) != stores[-1].values(one, span)).any(axis=1)
        if differs.any():
            return span.start + int(differs.argmax())
    return None


def stability_of_run(folder: str | Path) -> RaceStability:
    """Stability of the scenario of a run over its members; InputError for a folder without a single run."""
    manifest = read_manifest(folder)
    if manifest.identity["theory"] == ALL:
        message = "holds a run under every theory; name a scenario and one --theory"
        raise InputError(folder, [Problem(None, "", message)])
    with manifest.scenario() as scenario:
        return race_stability(scenario, manifest.options())


MOST = 0.5  # share of members that must settle before it is said where
STANDING = ("spending", "capital_stock", "threat")


@dataclass(frozen=True)
class _RaceOfScenario:
    """One scenario over its members.

    table : its parameters, and drawn their values, (rows, members)
    spending, stocks, threat : (states, members) in the quarter `AT`
    """

    table: ParameterTable
    drawn: Array
    reaction: Reaction
    spending: Array
    stocks: Array
    threat: Array


def _race_of(prepared: PreparedScenario, options: RunOptions, store: Store) -> _RaceOfScenario:
    states, at = network().states, index_of(AT)
    spending, stocks, threat = (
        np.concatenate([store.values(Series(name, state), range(at, at + 1)) for state in states]) for name in STANDING
    )
    drawn = drawn_parameters(prepared.parameters, options.members, seed=options.seed)
    reaction = reaction_of(prepared.parameters, drawn)
    return _RaceOfScenario(prepared.parameters, drawn, reaction, spending, stocks, threat)


# ---- where spending settles ------------------------------------------------------------------------------------------


def _settling(baseline: _RaceOfScenario, scenario: _RaceOfScenario) -> dict[str, dict[str, Any]]:
    """Per cent by which the place of rest of each state's spending moves from the baseline to the scenario.

    Over the members that settle under both, and empty where those are fewer than half.
    """
    settles = np.logical_and(*(race.reaction.stability_eigenvalue() < 0.0 for race in (baseline, scenario)))
    if np.mean(settles) < MOST:
        return {}
    change = PER_CENT * np.expm1((_rest(scenario) - _rest(baseline))[settles])
    return {state: quantiles_of(change[:, place]) or {} for place, state in enumerate(network().states)}


def _rest(side: _RaceOfScenario) -> Array:
    """Log spending at rest under the standing push of a quarter, (members, states), up to what both scenarios share."""
    reaction = side.reaction
    standing = side.threat.T - np.einsum("mij,mj->mi", reaction.net_shares, np.log(side.stocks.T))
    push = reaction.reaction * standing
    return np.einsum("mij,mj->mi", reaction.multipliers(), push)


def dyad_of(text: str) -> tuple[str, str]:
    """Two states of a word such as SRB-XKX, the two sides of an empty one; InputError names the states."""
    parts = text.upper().split("-") if text else [FIRST, SECOND]
    states = network().states
    problems = []
    if len(parts) != 2 or parts[0] == parts[-1]:
        problems.append(f'"{text}" is no pair; write two states, such as {FIRST}-{SECOND}')
    else:
        problems += [
            f'"{code}" is not one of {", ".join(states)}{guess(code, states)}' for code in parts if code not in states
        ]
    if problems:
        raise InputError("options", [Problem(None, "dyad", problem) for problem in problems])
    return parts[0], parts[1]
