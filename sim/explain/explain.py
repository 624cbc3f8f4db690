"""Why a number moved: its change since an earlier quarter, or against the baseline, attributed to its causes.

The members are run again with everything recorded, and every part is worked out member by member (see `sim.explain.attribution`).
What is given is the mean over members, for which the parts add up; the median of the change stands beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.analysis.results import Frame, framed
from sim.data.actors import load_actors
from sim.data.spellings import code_meant
from sim.engines.compiled.vectorized import Array
from sim.engines.simulate import PreparedScenario, simulated
from sim.explain.attribution import Cause, Parts, added
from sim.explain.changes import EXPLAINED_VARIABLES, moment, parts_of_change
from sim.explain.recorded_run import Record, entry, record
from sim.io.errors import InputError, Problem, guess, nearest
from sim.io.quarters import index_of, name_of
from sim.model.schedule import Item, Script, script_of
from sim.model.variables import Series, all_series
from sim.scenario.levers import levers, with_lever
from sim.scenario.loading import Scenario

CHUNK = 512
INTERACTION = Cause("interaction")
SAME_ANYWHERE = ("chance", "economy", "plan", "grievance")  # channels that no scenario can move
ALONE_MOST = 12  # differences between two scenarios that are tried one by one


@dataclass(frozen=True)
class Question:
    """What is asked: a number, when, and since when it moved; None measures it against the baseline in the same quarter."""

    series: Series
    quarter: int
    since: int | None


@dataclass(frozen=True)
class Part:
    """What one cause contributed: the mean over members, and the range that holds nine of ten of them."""

    cause: Cause
    value: float
    low: float
    high: float


@dataclass(frozen=True, eq=False, repr=False)
class Explanation:
    """A change and its parts, the largest first.

    before, after : mean of the number where the change starts and ends
    change        : mean of the change; the parts add up to it
    median        : median of the change, which the parts do not add up to
    alone         : for a comparison, what each difference between the scenarios does alone, and beyond that together
    """

    question: Question
    scenario: Scenario
    baseline: Scenario | None
    members: int
    before: float
    after: float
    change: float
    median: float
    parts: tuple[Part, ...]
    alone: tuple[tuple[str, float], ...]

    def __repr__(self) -> str:
        return f"Explanation({self.question.series.name}: {self.change:+.6g} by {len(self.parts)} causes, {self.members:,} simulations)"

    def frame(self) -> Frame:
        """The parts as a pandas DataFrame, a row for each cause; their values add up to the change."""
        unit = self.question.series.unit
        rows = [(part.cause.key, unit, part.value, part.low, part.high) for part in self.parts]
        return framed(rows, ("cause", "unit", "value", "low", "high"))

    def document(self) -> dict[str, Any]:
        """What `armsrace explain --format json` prints."""
        question, series = self.question, self.question.series
        return {
            "variable": series.variable,
            "actor": series.actor,
            "counterpart": series.counterpart or None,
            "quarter": name_of(question.quarter),
            "since": None if question.since is None else name_of(question.since),
            "against": None if self.baseline is None else self.baseline.id,
            "scenario": self.scenario.id,
            "unit": series.unit,
            "members": self.members,
            "before": self.before,
            "after": self.after,
            "change": self.change,
            "median": self.median,
            "parts": [
                {"cause": part.cause.key, "value": part.value, "low": part.low, "high": part.high}
                for part in self.parts
            ],
            "alone": [{"entries": name, "value": value} for name, value in self.alone],
        }


def asked(
    variable: str | None, actor: str, counterpart: str, quarter: str, since: str | None, *, is_compared: bool, last: int
) -> Question:
    """The question that the words of a user mean, of a run to the quarter `last`; InputError lists all that is wrong."""
    problems: list[Problem] = []
    chosen = variable or ("attitude" if counterpart else "spending")
    now = _quarter("quarter", quarter, last, problems)
    before = now - 1 if since is None else _quarter("since", since, last, problems)
    if since is not None and is_compared:
        problems.append(Problem(None, "since", "ask for a change since a quarter or for --compare, not both"))
    elif not is_compared and not problems and not 0 <= before < now:
        message = f"{name_of(now)} has no quarter before it here; ask for a later --quarter, or an earlier --since"
        problems.append(Problem(None, "quarter" if since is None else "since", message))
    series = _series(chosen, actor, counterpart, problems)
    if problems or series is None:
        raise InputError("options", problems)
    return Question(series, now, None if is_compared else before)


def _quarter(name: str, text: str, last: int, problems: list[Problem]) -> int:
    try:
        quarter = index_of(text)
    except ValueError as error:
        problems.append(Problem(None, name, str(error)))
        return 0
    if quarter > last:
        problems.append(Problem(None, name, f"{text} is after the end of the run ({name_of(last)})"))
    return quarter


def _series(variable: str, actor: str, counterpart: str, problems: list[Problem]) -> Series | None:
    """The recorded series; the dyad of the two sides may be named in either order."""
    if variable not in EXPLAINED_VARIABLES:
        known = f"{', '.join(EXPLAINED_VARIABLES)}{guess(variable, EXPLAINED_VARIABLES)}"
        problems.append(Problem(None, "variable", f'"{variable}" is not one of {known}'))
        return None
    fitting = [series for series in all_series() if series.variable == variable]
    if Series(variable, actor, counterpart) in fitting:
        return Series(variable, actor, counterpart)
    if len(fitting) == 1 and {actor, counterpart} <= {fitting[0].actor, fitting[0].counterpart, ""}:
        return fitting[0]
    counterparts = sorted({series.counterpart for series in fitting if series.actor == actor} - {""})
    if counterparts:
        message = (
            f"{variable} of {actor} is known towards {', '.join(counterparts)}; name one with --counterpart"
            + _meant(counterpart)
        )
    else:
        message = f"{variable} is known for {', '.join(sorted({series.actor for series in fitting}))}"
        message += (
            f', not for "{actor}"' + (f' towards "{counterpart}"' if counterpart else "") + _meant(actor, counterpart)
        )
    problems.append(Problem(None, "counterpart" if counterparts else "actor", message))
    return None


def _meant(*words: str) -> str:
    """The codes of actors that were called by their names, as the end of a message."""
    codes = load_actors().codes
    known = [code_meant(word) or nearest(word, codes) for word in words if word and word not in codes]
    meant = [f'"{code}"' for code in known if code is not None]
    return f"; did you mean {' and '.join(meant)}?" if meant else ""


def explained(
    question: Question, scenarios: Sequence[PreparedScenario], *, members: int, seed: int, chunk: int = CHUNK
) -> Explanation:
    """Why a number moved, by so many members of the scenario and, if it has one, of the baseline before it."""
    is_compared = question.since is None
    if is_compared and len(scenarios) < 2:
        message = f"{scenarios[-1].scenario.id} is compared with nothing; ask for a change --since a quarter"
        raise InputError("options", [Problem(None, "compare", message)])
    compared = scenarios if is_compared else (scenarios[-1],)
    before, after, parts = _members(question, compared, range(members), seed, chunk)
    if is_compared:
        parts = _with_interaction(parts, shared_entries(scenarios[0].script, scenarios[-1].script))
    change = after - before
    return Explanation(
        question=question,
        scenario=scenarios[-1].scenario,
        baseline=scenarios[0].scenario if is_compared else None,
        members=members,
        before=float(before.mean()),
        after=float(after.mean()),
        change=float(change.mean()),
        median=float(np.median(change)),
        parts=_summarised(parts),
        alone=alone(question, scenarios, before, after, seed=seed) if is_compared else (),
    )


def _members(
    question: Question, scenarios: Sequence[PreparedScenario], numbers: Sequence[int], seed: int, chunk: int
) -> tuple[Array, Array, dict[Cause, Array]]:
    """The number before and after, and the parts of its change, for every member."""
    ends: list[tuple[Array, Array]] = []
    parts: dict[Cause, Array] = {}
    for start in range(0, len(numbers), chunk):
        some = numbers[start : start + chunk]
        before, after, some_parts = changes(question, scenarios, some, seed)
        ends.append((before, after))
        for cause, part in some_parts.items():
            parts.setdefault(cause, np.zeros(len(numbers)))[start : start + len(some)] = part
    return np.concatenate([before for before, _ in ends]), np.concatenate([after for _, after in ends]), parts


def changes(
    question: Question, scenarios: Sequence[PreparedScenario], members: Sequence[int], seed: int
) -> tuple[Array, Array, dict[Cause, Array]]:
    """The same for members that are run at once; with one scenario the change is since a quarter."""
    records: list[Record] = []
    for one in scenarios:
        twin = records[0] if records else None
        records.append(record(
            one.parameters, one.script, members=members, seed=seed, quarters=question.quarter + 1, twin=twin
        ))  # fmt: skip
    start = question.quarter if question.since is None else question.since
    before, after = moment(records[0], question.series, start), moment(records[-1], question.series, question.quarter)
    return before.value, after.value, parts_of_change(before, after, question.series)


def _summarised(parts: Parts) -> tuple[Part, ...]:
    """Means and ranges, the largest first; causes without any effect are left out."""
    summaries = [
        Part(cause, float(part.mean()), *(float(end) for end in np.quantile(part, (0.05, 0.95))))
        for cause, part in parts.items()
        if np.any(part)
    ]
    return tuple(sorted(summaries, key=lambda part: (-abs(part.value), part.cause)))


def shared_entries(one: Script, other: Script) -> frozenset[str]:
    """Entries that two scripts have alike."""
    first, second = _by_entry(one), _by_entry(other)
    return frozenset(name for name in first if first[name] == second.get(name))


def _by_entry(script: Script) -> dict[str, list[Item]]:
    items: dict[str, list[Item]] = {}
    for item in script.items:
        items.setdefault(entry(item), []).append(item)
    return items


def _with_interaction(parts: Parts, shared: frozenset[str]) -> dict[Cause, Array]:
    """Parts of a comparison, in which what both scenarios have alike can differ only by acting on what differs."""

    def name(cause: Cause) -> Cause:
        is_alike = cause.event in shared or (not cause.event and cause.channel in SAME_ANYWHERE)
        return INTERACTION if is_alike else cause

    return added((name(cause), part) for cause, part in parts.items())


# ---- what each difference between two scenarios does alone -----------------------------------------------------------


def alone(
    question: Question, scenarios: Sequence[PreparedScenario], before: Array, after: Array, *, seed: int
) -> tuple[tuple[str, float], ...]:
    """What the baseline becomes with one difference at a time, and what they do together beyond that.

    before, after : the number without any difference and with all of them, (members,)
    returns : (entries or parameters, mean change), and last ("together", the rest); nothing if there is one difference
              only, or too many to try
    """
    base, full = scenarios[0], scenarios[-1]
    named = levers(base.scenario, full.scenario)
    if not 1 < len(named) <= ALONE_MOST:
        return ()

    def mean_of(scenario: PreparedScenario) -> float:
        quarters, numbers = question.quarter + 1, np.arange(len(before))
        values = simulated(scenario, numbers, seed=seed, quarters=quarters, series=(question.series,))
        return float(values[0, question.quarter].mean())

    start, end = float(before.mean()), float(after.mean())
    effects = [(name, mean_of(_changed(base, full, keys)) - start) for name, keys in named]
    return (*effects, ("together", end - start - sum(value for _, value in effects)))


def _changed(base: PreparedScenario, full: PreparedScenario, names: frozenset[str]) -> PreparedScenario:
    """The baseline with some events and parameters of the scenario."""
    scenario = with_lever(base.scenario, full.scenario, names)
    over = {key: value for key, value in full.scenario.parameters.items() if key in names}
    return PreparedScenario(scenario, base.parameters.with_overrides(over), script_of(scenario.events))
